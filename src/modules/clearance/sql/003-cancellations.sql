-- A declaration that was taken back before release: by whom, on what ground, and why in his words, which stay out of the
-- journal. One that waited had no decision yet: its slips were waiting for others.
create table clearance.cancellations (
  id uuid primary key,
  version int2 not null,
  waited boolean not null,
  at timestamptz not null,
  party text not null,
  by text not null,
  ground text not null,
  reason text not null
);
create index cancellations_waited on clearance.cancellations (id) where waited;
