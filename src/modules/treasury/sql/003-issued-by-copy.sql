-- Notices are issued by COPY: the parcels of a batch are new, so that none can stand in their way.

drop function treasury.issue(
  uuid[], int2[], text[], text[], text[], bigint[], text[], boolean[], timestamptz[], timestamptz, boolean
);
