-- What a demonstration remembers of itself. The row exists only in a window that the demonstration made when it was empty.
create table demo.state (
  one boolean primary key default true check (one),
  seed int4 not null,
  -- The thirty days of history are counted back from here, also when making them was cut short and goes on later.
  began timestamptz not null,
  -- The key of the small seller's shop system, so that the pages can show a line that works. It exists in this window only.
  key text not null,
  days_done int2 not null default 0,
  seeded timestamptz,
  -- How far the legal clock was moved forward.
  shift_ms int8 not null default 0,
  paused boolean not null default false,
  -- The stream: its next parcel, the flights of it that have landed, and how many parcels it sent on which day.
  next int8 not null default 0,
  landed int8 not null default 0,
  stream_day date,
  stream_count int4 not null default 0
);

-- Each time somebody let an aircraft land, and how long it took.
create table demo.aircraft (
  number int4 primary key,
  began timestamptz not null,
  parcels int4 not null,
  stage text not null check (stage in ('filing', 'landing', 'done')),
  filed int4 not null default 0,
  filing_ms int4,
  landing_ms int4,
  released int4,
  held int4,
  ended timestamptz
);
create unique index aircraft_one_at_a_time on demo.aircraft ((true)) where ended is null;
