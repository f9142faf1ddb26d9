-- A draft of the law held against the parcels of a chosen time. Its work is cut into ranges of ids, each of which is done
-- or not: whatever is killed, the next one goes on with the ranges that are left.

create table clearance.replays (
  id uuid primary key,
  -- The draft, with its name, and the pack that it changes with the version that it would be.
  draft uuid not null,
  title text not null,
  pack text not null,
  version text not null,
  -- The law that is compared with: the home pack of the window as it stood at this epoch.
  leaf text not null,
  epoch bigint not null,
  -- Days of receipt in UTC, from the first up to but without the last; parcels from this id on came too late.
  from_day date not null,
  until_day date not null,
  low uuid not null,
  high uuid not null,
  -- The day on which every parcel is taken to have come; null for each parcel's own.
  assumed date,
  -- What sellers and example parcels are called by in this replay and nowhere else is made with this key.
  key bytea not null,
  started timestamptz not null,
  started_by text not null,
  state text not null check (state in ('planning', 'running', 'done', 'cancelled', 'failed')),
  ended timestamptz,
  result text,
  check ((state = 'done') = (result is not null)),
  check ((state in ('planning', 'running')) = (ended is null))
);
create index replays_draft on clearance.replays (draft, id desc);
create index replays_open on clearance.replays (id) where ended is null;

create table clearance.replay_ranges (
  replay uuid not null,
  low uuid not null,
  high uuid not null,
  parcels int,
  -- What its parcels came to, as JSON; null while nobody has looked at them.
  tally text,
  primary key (replay, low)
);
create index replay_ranges_open on clearance.replay_ranges (replay, low) where tally is null;

-- Which parcel stands behind the name of an example: read for nobody who may not see that parcel.
create table clearance.replay_examples (
  replay uuid not null,
  handle text not null,
  parcel uuid not null,
  primary key (replay, handle)
);
