-- Batch transfer: the pieces of many parcels move between two offices under one document. Where a piece is stands in one
-- row: the latest line that names it; and it is open (at its origin, under way, missing) in one transfer at most.

create table logistics.transfers (
  id uuid primary key,
  filer text not null,
  reference text not null,
  -- The document's own number.
  master text not null unique,
  procedure text not null,
  from_office text not null,
  from_place text not null,
  from_zone text,
  from_operator text not null,
  to_office text not null,
  to_place text not null,
  to_zone text,
  to_operator text not null,
  -- Offices on the way, as a JSON list.
  via text not null,
  carrier text not null,
  guarantor text not null,
  conveyance text,
  -- Numbers of the seals it departed under, as a JSON list.
  seals text not null,
  -- The transfer that it was split from.
  parent uuid,
  status text not null,
  hours int not null,
  source text not null,
  currency char(3) not null,
  prepared timestamptz not null,
  departed timestamptz,
  due timestamptz,
  ended timestamptz,
  digest bytea not null,
  unique (filer, reference)
);
create index transfers_due on logistics.transfers (due) where status = 'departed';
create index transfers_parent on logistics.transfers (parent) where parent is not null;

create table logistics.lines (
  transfer uuid not null,
  barcode text not null,
  -- The parcel; null for a piece that came over and that nobody has declared.
  parcel uuid,
  filer text,
  declarant text,
  -- Under which id the guarantee of this piece is held. It stays the same when the piece goes on under a further transfer.
  hold uuid not null,
  amount bigint not null,
  state text not null check (state in ('origin', 'under-way', 'arrived', 'missing', 'elsewhere')),
  -- Where else it is, or what was decided of it; null while nothing needs saying.
  why text,
  -- It came without standing on the transfer.
  over boolean not null default false,
  since timestamptz not null,
  primary key (transfer, barcode)
) with (fillfactor = 80);
create unique index lines_open on logistics.lines (barcode) where state in ('origin', 'under-way', 'missing');
create index lines_barcode on logistics.lines (barcode);
create index lines_parcel on logistics.lines (parcel) where parcel is not null;
create index lines_state on logistics.lines (transfer, state);
create index lines_filer on logistics.lines (filer, transfer);
create index lines_declarant on logistics.lines (declarant, transfer);

-- Pieces that were asked for and did not go on the transfer, with the reason.
create table logistics.left_out (
  transfer uuid not null,
  barcode text not null,
  code text not null,
  primary key (transfer, barcode)
);

create table logistics.arrivals (
  id uuid primary key,
  transfer uuid not null,
  filer text not null,
  reference text not null,
  place text not null,
  arrived timestamptz not null,
  received timestamptz not null,
  complete boolean not null,
  -- What was found of the seals, as JSON; and whether the goods wait for a decision on them.
  seals text not null,
  waits boolean not null,
  digest bytea not null,
  worked text not null default '',
  finished timestamptz,
  -- How far its pieces were presented to clearance, which begins when nothing waits; null when all of them were.
  presented text default '',
  unique (filer, reference)
);
create index arrivals_transfer on logistics.arrivals (transfer);
create index arrivals_open on logistics.arrivals (id) where finished is null or (presented is not null and not waits);

create table logistics.tallies (
  arrival uuid not null,
  barcode text not null,
  primary key (arrival, barcode)
);
create index tallies_barcode on logistics.tallies (barcode);
