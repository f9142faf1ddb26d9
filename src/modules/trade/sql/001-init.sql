-- What carriers, warehouses and payment providers say of parcels, each under keys of its own. Nothing here is changed
-- or taken away but whether an event has found its parcel.
create table trade.events (
  party text not null,
  event text not null,
  id uuid not null unique,
  step text not null,
  -- What it is about: `barcode`, `waybill`, or `order` with its platform as sender.
  kind text not null check (kind in ('barcode', 'waybill', 'order')),
  sender text not null,
  number text not null,
  -- When it happened, and how far from UTC its source's clock stands.
  at timestamptz not null,
  zone text not null,
  place text,
  currency text,
  minor bigint,
  expected timestamptz,
  simulated boolean not null,
  received timestamptz not null,
  body text not null,
  joined boolean not null default false,
  primary key (party, event)
) with (fillfactor = 90);
-- Events whose parcel nobody has filed yet.
create index events_waiting on trade.events (kind, number) where not joined;

-- Which parcels an event is about. `differs` where the money moved is not what the declaration says was paid.
create table trade.joined (
  parcel uuid not null,
  event uuid not null,
  differs boolean not null,
  primary key (parcel, event)
);

-- One row per parcel of which anybody has told anything: where its goods and its money stand. It is worked out anew
-- from the events whenever one is added, so that their order does not matter.
create table trade.parcels (
  parcel uuid primary key,
  -- Who stands around it, those who told of it included.
  parties text[] not null,
  goods_step text,
  goods_event uuid,
  money_step text,
  money_event uuid,
  expected timestamptz,
  differs boolean not null,
  changed timestamptz not null default clock_timestamp()
) with (fillfactor = 80);
create index parcels_parties on trade.parcels using gin (parties);
create index parcels_changed on trade.parcels (changed);

-- Private addresses of calendars: whoever holds one reads what is due for a party, until it is given up.
create table trade.calendars (
  hash bytea primary key check (length(hash) = 32),
  person text not null,
  party text not null,
  made timestamptz not null,
  unique (person)
);
