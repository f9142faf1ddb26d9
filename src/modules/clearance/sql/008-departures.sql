-- What the operator of a place reports to have left it. How far a departure has been worked through is one place in its
-- pieces, as with arrivals: a set begins behind the last piece looked at.
create table clearance.departures (
  id uuid primary key,
  filer text not null,
  reference text not null,
  -- The master bill under which the goods left; null where they left without one, or under several.
  manifest uuid,
  place text not null,
  departed timestamptz not null,
  received timestamptz not null,
  -- The digest of the pieces as they were listed, whatever their order.
  listed bytea not null,
  worked text not null default '',
  finished timestamptz,
  unique (filer, reference)
);
create index departures_unfinished on clearance.departures (id) where finished is null;

create table clearance.departure_pieces (
  departure uuid not null,
  barcode text not null,
  primary key (departure, barcode)
);
create index departure_pieces_barcode on clearance.departure_pieces (barcode);

-- Pieces of a departure that may not leave. The status is the one that the piece's parcel had; null where no declaration
-- names the piece.
create table clearance.kept_back (
  departure uuid not null,
  barcode text not null,
  id uuid,
  status text,
  at timestamptz not null,
  primary key (departure, barcode)
);
create index kept_back_id on clearance.kept_back (id);

-- When a piece left: with a departure that came to it and did not keep it back. Null while it has not.
create function clearance.piece_left(piece text) returns timestamptz stable language sql as $$
  select min(d.departed) from clearance.departure_pieces t
    join clearance.departures d on d.id = t.departure and t.barcode <= d.worked
   where t.barcode = piece
     and not exists (select from clearance.kept_back k where k.departure = t.departure and k.barcode = t.barcode)
$$;

-- Goods that leave were never on a carrier's manifest here: the operator of a place of export tallies them by their
-- barcodes alone.
alter table clearance.arrivals alter column manifest drop not null;

-- Proofs that a version of an export left, signed once and kept as they were signed: a signature made again would be
-- other bytes.
create table clearance.export_proofs (
  id uuid not null,
  version int2 not null,
  issued timestamptz not null,
  jws text not null,
  primary key (id, version)
);
