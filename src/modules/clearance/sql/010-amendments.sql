-- Why a further version of a declaration was written: amended by its filer, with ground and reason of his own; or
-- determined again by an officer, whose reasons stand in the step of the case that is named here.
create table clearance.further_versions (
  id uuid not null,
  version int2 not null,
  kind text not null check (kind in ('amended', 'redetermined', 'restored')),
  at timestamptz not null,
  party text,
  authority text,
  by text not null,
  ground text,
  reason text,
  -- Of the amendment as it was asked for, so that the same one again is known.
  digest bytea,
  case_id uuid,
  step int,
  primary key (id, version),
  check (
    case when kind = 'amended' then num_nulls(party, ground, reason, digest) = 0 else num_nulls(case_id, step) = 0 end
  )
);

-- What was asked of a desk about a released parcel: to cancel its declaration, or to determine its charges again on
-- other figures. The words stay out of the journal and out of the facts of the case.
create table clearance.applications (
  case_id uuid primary key,
  id uuid not null,
  kind text not null check (kind in ('cancellation', 'redetermination')),
  version int2 not null,
  at timestamptz not null,
  party text,
  authority text,
  by text not null,
  ground text not null,
  reason text not null,
  -- The lines proposed in place of what was declared; null where it is about a cancellation.
  proposed text,
  check ((kind = 'redetermination') = (proposed is not null))
);
create index applications_id on clearance.applications (id);
