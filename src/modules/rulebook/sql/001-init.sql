create schema if not exists rulebook;

-- The sources of every pack that was ever in force here, as text: any past decision can be worked out again from them.
create table rulebook.packs (
  id text not null,
  version text not null,
  hash text not null,
  parent text,
  sources text not null,
  from_epoch bigint not null,
  until_epoch bigint,
  installed timestamptz not null default clock_timestamp(),
  primary key (id, from_epoch),
  check (until_epoch is null or until_epoch > from_epoch)
);

create unique index packs_current on rulebook.packs (id) where until_epoch is null;

-- Which pack the window runs as its home.
create table rulebook.home (
  pack text not null,
  from_epoch bigint primary key,
  until_epoch bigint,
  check (until_epoch is null or until_epoch > from_epoch)
);

create unique index home_current on rulebook.home ((true)) where until_epoch is null;
