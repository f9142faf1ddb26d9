-- What ports charge, published by their operators: one row a version, appended and never changed.
create table ports.tariffs (
  id uuid primary key,
  operator text not null,
  port text not null,
  -- Counts up within a port of an operator. Of two that begin on one day the later version is the one that holds.
  version int4 not null,
  from_day date not null,
  currency text not null,
  digest bytea not null,
  body text not null,
  published timestamptz not null,
  unique (operator, port, version)
);
create index tariffs_from on ports.tariffs (operator, port, from_day desc, version desc);
