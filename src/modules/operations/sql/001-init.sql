-- What somebody outside may know of how this window runs: whether it answered, when it was last kept, what went wrong.

-- One row a minute, six slots of ten seconds each, the first of them the lowest bit: which were asked, and which of
-- those were answered. A slot without a bit was not asked, and counts as one in which nobody was served.
create table operations.minutes (
  minute timestamptz primary key,
  asked int not null,
  answered int not null
) with (fillfactor = 50);

create table operations.backups (
  at timestamptz primary key,
  finished timestamptz not null,
  bytes bigint not null,
  rows bigint not null,
  sha256 text not null,
  -- When a drill proved it last, and whether it did.
  drilled timestamptz,
  proved boolean
);

-- What went wrong, in the administrator's words, by language; `until` is null while it lasts.
create table operations.incidents (
  id uuid primary key,
  began timestamptz not null,
  ended timestamptz,
  words text not null,
  entered timestamptz not null,
  changed timestamptz not null
);
create index incidents_began on operations.incidents (began desc);
