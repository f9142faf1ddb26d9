-- What every module stands on: which steps ran, the journal, who has read how far, the epoch of the reference data.

create table platform.migrations (
  module text not null,
  number int not null,
  hash text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (module, number)
);

-- Every change of state, written in the transaction that makes it: ids, codes, amounts, digests; never a person.
-- The order is (tx, seq): within a transaction as written; between transactions by their number, which is stable for
-- all below the oldest one still open. Only the key is indexed, since the hot path pays for every further index.
create table platform.journal (
  tx xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  at timestamptz not null,
  kind text not null,
  subject uuid not null,
  data text not null,
  seeded boolean not null,
  primary key (tx, seq)
);

-- How far each follower has read. The first row of any follower stands before everything.
create table platform.cursors (
  name text primary key,
  tx xid8 not null default '0',
  seq bigint not null default 0,
  moved timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- The one epoch of all reference data; rows of reference tables carry [from_epoch, until_epoch).
create table platform.epoch (
  single boolean primary key default true check (single),
  epoch bigint not null
);
insert into platform.epoch (epoch) values (0);

-- Appends a list of entries in its order. plpgsql, since it keeps the plan between calls.
create function platform.append(
  kinds text[], subjects uuid[], data text[],
  at timestamptz default clock_timestamp(), seeded boolean default false
) returns void language plpgsql as $$
begin
  insert into platform.journal (at, kind, subject, data, seeded)
  select append.at, entry.kind, entry.subject, coalesce(entry.data, '{}'), append.seeded
  from unnest(append.kinds, append.subjects, append.data) with ordinality as entry (kind, subject, data, place)
  order by entry.place;
end
$$;
