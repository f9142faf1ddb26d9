-- Money from abroad for goods that left, as payment providers and banks report it, held against what was exported.

-- What an export is worth in each currency it was invoiced in, as it stands now: accepted figures, less what came back.
-- `claim` is what it is paid under: its order, or the parcel itself where it was sold by none.
create table receipts.exports (
  parcel uuid not null,
  currency text not null,
  exporter text not null,
  filer text not null,
  declaration text not null,
  claim text not null,
  -- Every order that it was sold by, as `platform number`.
  orders text[] not null,
  minor bigint not null,
  exported date not null,
  primary key (parcel, currency)
);
create index exports_claim on receipts.exports (claim);
create index exports_exporter on receipts.exports (exporter, exported);
create index exports_orders on receipts.exports using gin (orders);
create index exports_declaration on receipts.exports (filer, declaration);

-- One receipt of money, once by its provider's reference. Without a claim it is for something that has not left yet, or
-- that nobody knows: somebody's work until it does.
create table receipts.receipts (
  id uuid primary key,
  provider text not null,
  reference text not null,
  exporter text not null,
  -- What it names: an order as `platform number`, or a declaration as `filer declaration`.
  kind text not null check (kind in ('order', 'declaration')),
  name text not null,
  currency text not null,
  minor bigint not null check (minor > 0),
  received date not null,
  reported timestamptz not null,
  claim text,
  unique (provider, reference)
);
create index receipts_claim on receipts.receipts (claim) where claim is not null;
create index receipts_waiting on receipts.receipts (name) where claim is null;
create index receipts_exporter on receipts.receipts (exporter, received desc, id desc);
create index receipts_provider on receipts.receipts (provider, id desc);
