-- Filings that are being written by hand, templates for goods that are sent again and again, and tables of parcels.

-- One row per filing that was put down. Its id is made where it is begun, also on a device without a line, and the number of
-- its declaration follows from it: sent twice, it is filed once.
create table filing.drafts (
  id uuid primary key,
  filer text not null,
  by text not null,
  changed timestamptz not null,
  expires timestamptz not null,
  -- What stands in its fields, by their names.
  answers text not null,
  -- The parcel that came of it; null while it is being written.
  parcel uuid
);
create index drafts_filer on filing.drafts (filer, changed desc) where parcel is null;
create index drafts_expire on filing.drafts (expires);

create table filing.templates (
  id uuid primary key,
  filer text not null,
  name text not null,
  changed timestamptz not null,
  answers text not null,
  unique (filer, name)
);

-- A table of parcels on its way in. `received` counts its bytes that are here, `taken` those whose rows went through the
-- door of parcels; a row that goes through it again is answered as before, so that nothing is filed twice.
create table filing.tables (
  id uuid primary key,
  filer text not null,
  by text not null,
  name text not null,
  begun timestamptz not null,
  expires timestamptz not null,
  size bigint not null check (size > 0),
  received bigint not null check (received between 0 and size),
  taken bigint not null check (taken between 0 and received),
  -- The line of the file at which the rows that were not taken begin.
  line int not null,
  -- Which column says what, and what is the same for every row; null until somebody said so.
  mapping text,
  filed int not null,
  refused int not null,
  -- Why the rest of the file cannot be read; null where it can.
  stopped text
);
create index tables_filer on filing.tables (filer, begun desc);
create index tables_expire on filing.tables (expires);

create table filing.pieces (
  table_id uuid not null references filing.tables (id) on delete cascade,
  at bigint not null,
  bytes bytea not null,
  primary key (table_id, at)
);

-- What is wrong, cell by cell: one row per fault.
create table filing.faults (
  table_id uuid not null references filing.tables (id) on delete cascade,
  line int not null,
  place int not null,
  cell int,
  declaration text,
  code text not null,
  pointer text,
  params text not null,
  primary key (table_id, line, place)
);

-- The mapping that a party used last for a table with this head.
create table filing.mappings (
  filer text not null,
  head bytea not null check (length(head) = 32),
  mapping text not null,
  primary key (filer, head)
);
