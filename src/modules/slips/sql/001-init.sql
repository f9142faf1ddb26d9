-- Orders, payments, transport documents and declarations as their own senders hand them in, each under its own key.

-- The statement, signed by whoever uploaded a file of slips, that vouches for its lines; kept as it was received.
create table slips.statements (
  id uuid primary key,
  filer text not null,
  received timestamptz not null,
  lines int not null,
  digest bytea not null check (length(digest) = 32),
  jws text not null
);

-- One row per slip as it stands now. The id is made at first receipt. A slip is used once a parcel was decided with it, and
-- does not change afterwards.
create table slips.slips (
  kind text not null check (kind in ('order', 'payment', 'transport', 'declaration')),
  sender text not null,
  number text not null,
  id uuid not null unique,
  version int2 not null,
  received timestamptz not null,
  due timestamptz not null,
  state text not null check (state in ('received', 'matched', 'contradicts', 'used', 'expired')),
  reasons text not null,
  parcel uuid,
  -- What a declaration was last handed on with, so that the same parcel is not handed on again and again.
  handed bytea,
  primary key (kind, sender, number)
) with (fillfactor = 80);
create index slips_sender on slips.slips (sender, id desc);
create index slips_due on slips.slips (due, id)
  where state in ('received', 'matched', 'contradicts') and (parcel is null or kind = 'declaration');

-- Every version as it came; a correction adds one and takes none away.
create table slips.versions (
  id uuid not null,
  version int2 not null,
  filer text not null,
  by text not null,
  received timestamptz not null,
  digest bytea not null check (length(digest) = 32),
  statement uuid references slips.statements (id),
  raw text not null,
  primary key (id, version)
);

-- Which slips a version of a slip is, or names: an order names itself, a payment its order, a declaration its orders.
create table slips.names (
  kind text not null,
  sender text not null,
  number text not null,
  id uuid not null,
  version int2 not null,
  primary key (kind, sender, number, id, version)
);
create index names_id on slips.names (id);
