-- News of parcels for those who asked for them. An event stands here once for each party that is told, in the order in
-- which the follower of the journal found it; nothing is kept for a party that never asked.

-- The greatest number given so far. A number begins with the day it was given on, so that whole days are dropped and a
-- cursor alone says in which partitions to look; it only rises, also when the machine's clock is set back.
create table feedback.sequence (
  single boolean primary key default true check (single),
  last bigint not null
);
insert into feedback.sequence (last) values (0);

-- Parties that read their news themselves, and when they last did.
create table feedback.inboxes (
  party text primary key,
  opened timestamptz not null default clock_timestamp(),
  read timestamptz not null default clock_timestamp()
);

-- The id is the same for every party and every time it is told. Who stands where is kept as it was; what of the data a
-- party may see is asked when it is told.
create table feedback.events (
  party text not null,
  number bigint not null,
  id uuid not null,
  kind text not null,
  parcel uuid not null,
  at timestamptz not null,
  places text not null,
  data text not null,
  seeded boolean not null,
  primary key (party, number)
) partition by range (number);

-- The first number of a day.
create function feedback.first_number(day date) returns bigint language sql immutable as $$
  select (day - date '1970-01-01')::bigint << 40
$$;

create function feedback.ensure_day(day date) returns void language plpgsql as $$
declare
  name text := 'events_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass('feedback.' || quote_ident(name)) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('feedback.ensure_day'));
  if to_regclass('feedback.' || quote_ident(name)) is not null then return; end if;
  execute format('create table feedback.%I partition of feedback.events for values from (%s) to (%s)',
    name, feedback.first_number(day), feedback.first_number(day + 1));
end $$;

-- Drops the days before this one; answers how many.
create function feedback.drop_before(day date) returns int language plpgsql as $$
declare
  name text;
  dropped int := 0;
begin
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'feedback.events'::regclass and c.relname < 'events_' || to_char(day, 'YYYYMMDD') order by 1
  loop
    execute format('drop table feedback.%I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Keeps events in their order and gives them their numbers. Whoever keeps holds the sequence until he commits, so that
-- a number that can be seen has no smaller one still to come.
create function feedback.keep(
  parties text[], ids uuid[], kinds text[], parcels uuid[], ats timestamptz[], places text[], data text[], seeded boolean[]
) returns void language plpgsql as $$
declare
  today date := (clock_timestamp() at time zone 'UTC')::date;
  base bigint;
begin
  perform feedback.ensure_day(today);
  select greatest(s.last, feedback.first_number(today)) into strict base from feedback.sequence s for update;
  insert into feedback.events (party, number, id, kind, parcel, at, places, data, seeded)
  select e.party, base + e.place, e.id, e.kind, e.parcel, e.at, e.places, e.data, e.seeded
  from unnest(keep.parties, keep.ids, keep.kinds, keep.parcels, keep.ats, keep.places, keep.data, keep.seeded)
    with ordinality as e (party, id, kind, parcel, at, places, data, seeded, place)
  order by e.place;
  update feedback.sequence set last = base + cardinality(parties);
end $$;
