-- The parcels of this window. A parcel's id is a UUIDv7 made at receipt, so that its day is read off the id and the
-- tables that grow with traffic are cut by it.

-- The caller's key. It is not partitioned, because the same key sent again another day must still find its parcel.
create table clearance.keys (
  filer text not null,
  declaration text not null,
  id uuid not null,
  digest bytea not null,
  primary key (filer, declaration)
);

-- One row per version of a declaration, appended when that version is decided and never changed.
create table clearance.declarations (
  id uuid not null,
  version int2 not null,
  filer text not null,
  declaration text not null,
  received timestamptz not null,
  day date not null,
  movement text not null,
  procedure text,
  previous_procedure text,
  nature text not null,
  office text,
  place_of_goods text,
  zone text,
  border_mode text,
  inland_mode text,
  declarant text not null,
  representation text,
  importer text,
  seller text,
  place_operator text,
  postal_operator text,
  guarantor text,
  carrier text,
  platform text,
  -- The town it was sent from, as the consignor gives it, or the country: kept here, since reading it out of the document
  -- for the chart of every parcel costs more than writing the row.
  sent_from text,
  route text,
  outcome text not null,
  status text not null,
  desk text,
  currency char(3),
  declared_value_minor bigint,
  accepted_value_minor bigint,
  border_minor bigint not null,
  secured boolean not null,
  pieces int2 not null,
  pack text not null,
  pack_version text not null,
  epoch bigint not null,
  engine int2 not null,
  digest bytea not null,
  accounts text not null,
  checks text not null,
  missing text not null,
  charges text not null,
  -- What an officer accepted instead of what was declared, with ground and reason; null while nothing was changed.
  accepted text,
  decided_by text not null,
  body text not null,
  primary key (id, version)
) partition by range (id);

create index declarations_seller on clearance.declarations (seller, id desc) where version = 1;
create index declarations_filer on clearance.declarations (filer, id desc) where version = 1;

-- A day's partition is made ahead of the traffic. Documents of about 2 kB stay inline: moving them out costs more than
-- it saves at this size.
create function clearance.ensure_day(day date) returns void language plpgsql as $$
declare
  name text := 'declarations_' || to_char(day, 'YYYYMMDD');
  low text := lpad(to_hex((extract(epoch from day::timestamp) * 1000)::bigint), 12, '0');
  high text := lpad(to_hex((extract(epoch from (day + 1)::timestamp) * 1000)::bigint), 12, '0');
begin
  if to_regclass('clearance.' || quote_ident(name)) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('clearance.ensure_day'));
  if to_regclass('clearance.' || quote_ident(name)) is not null then return; end if;
  execute format(
    'create table clearance.%I partition of clearance.declarations for values from (%L) to (%L)',
    name,
    substr(low, 1, 8) || '-' || substr(low, 9, 4) || '-0000-0000-000000000000',
    substr(high, 1, 8) || '-' || substr(high, 9, 4) || '-0000-0000-000000000000'
  );
  execute format('alter table clearance.%I set (toast_tuple_target = 8160)', name);
  execute format('alter table clearance.%I alter column body set storage external', name);
end $$;

-- Orders, transport documents and pieces are linked many to many: one order may travel in three parcels, three orders in one.
create table clearance.orders (
  platform text not null,
  number text not null,
  id uuid not null,
  primary key (platform, number, id)
);

create table clearance.transports (
  document text not null,
  id uuid not null,
  carrier text not null,
  master text,
  primary key (document, id)
);
create index transports_master on clearance.transports (master) where master is not null;

create table clearance.pieces (
  barcode text not null,
  id uuid not null,
  document text not null,
  weight text,
  primary key (barcode, id)
);
create index pieces_id on clearance.pieces (id);

-- Slips without a decision. The parcel has its id from first receipt; what is missing is named, and by when.
create table clearance.waiting (
  id uuid primary key,
  filer text not null,
  declaration text not null,
  seller text,
  received timestamptz not null,
  due timestamptz,
  missing text not null,
  snapshot text not null,
  digest bytea not null,
  body text not null,
  decided timestamptz
);
create index waiting_due on clearance.waiting (due) where decided is null;

-- One row per parcel whose state left its first outcome. It can be made again from the journal.
create table clearance.parcels (
  id uuid primary key,
  version int2 not null,
  status text not null,
  since timestamptz not null,
  presented int2 not null
) with (fillfactor = 80);

create table clearance.manifests (
  id uuid primary key,
  filer text not null,
  master text not null unique,
  mode text not null,
  conveyance text,
  expected timestamptz,
  received timestamptz not null,
  digest bytea not null
);

create table clearance.manifest_lines (
  manifest uuid not null,
  line int not null,
  house text not null,
  pieces int2 not null,
  weight text,
  primary key (manifest, line)
);
create index manifest_lines_house on clearance.manifest_lines (house);

create table clearance.manifest_pieces (
  manifest uuid not null,
  barcode text not null,
  house text not null,
  primary key (manifest, barcode)
);
create index manifest_pieces_barcode on clearance.manifest_pieces (barcode);

-- The operator's tally of one arrival. `complete` says that the operator has counted everything it received of this master bill.
create table clearance.arrivals (
  id uuid primary key,
  filer text not null,
  reference text not null,
  manifest uuid not null,
  place text not null,
  landed timestamptz not null,
  received timestamptz not null,
  complete boolean not null,
  digest bytea not null,
  finished timestamptz,
  unique (filer, reference)
);
create index arrivals_unfinished on clearance.arrivals (id) where finished is null;

create table clearance.tallies (
  arrival uuid not null,
  barcode text not null,
  handled boolean not null default false,
  primary key (arrival, barcode)
);
create index tallies_barcode on clearance.tallies (barcode);
create index tallies_open on clearance.tallies (arrival) where not handled;

-- A piece that landed without any data. It has an id of its own, under which its disposal case stands.
create table clearance.overlanded (
  id uuid primary key,
  barcode text not null unique,
  arrival uuid not null,
  at timestamptz not null,
  declared uuid
);
