-- Find my parcel: who has shown that a parcel is his, links that may be sent on, and how often somebody tried. Nothing
-- here says who anybody is; tokens, numbers and addresses are kept as their hashes.

create table enquiries.visits (
  hash bytea primary key,
  -- All parcels that the number led to and that have this person at their far end.
  parcels uuid[] not null,
  opened timestamptz not null,
  expires timestamptz not null
);
create index visits_expires on enquiries.visits (expires);

create table enquiries.links (
  hash bytea primary key,
  parcel uuid not null,
  created timestamptz not null,
  expires timestamptz not null
);
create index links_expires on enquiries.links (expires);

create table enquiries.tries (
  subject bytea primary key,
  since timestamptz not null,
  tries int not null
);
create index tries_since on enquiries.tries (since);
