-- Services and licences of intellectual property that cross the border: filed with their contract, assessed by the pack,
-- reviewed, paid by a notice of the treasury.

create table services.transactions (
  id uuid primary key,
  filer text not null,
  -- The filer's own key.
  reference text not null,
  digest bytea not null,
  direction text not null check (direction in ('import', 'export')),
  -- A short list with the classes of the balance of payments behind it.
  kind text not null,
  supplier text not null,
  customer text not null,
  currency text not null,
  minor bigint not null check (minor > 0),
  -- In the window's own currency, by the rate of the day; what is counted.
  home_minor bigint not null,
  day date not null,
  body text not null,
  state text not null check (state in ('under-review', 'accepted', 'refused')),
  -- What the pack charges, JSON text as a notice holds it.
  charges text not null,
  owed bigint not null check (owed >= 0),
  pack text not null,
  received timestamptz not null,
  decided timestamptz,
  unique (filer, reference)
);
create index transactions_filer on services.transactions (filer, id desc);
create index transactions_supplier on services.transactions (supplier, id desc);
create index transactions_customer on services.transactions (customer, id desc);
create index transactions_day on services.transactions (day);
