-- The sealed journal: consecutive segments of it, each with the root over its entries and the hash of its own leaf,
-- which names the leaf before it. Rows are appended and never changed. Everything that a leaf is made of stands here, so
-- that tiles and checkpoints can be made over the leaves later without sealing anything again.

create table transparency.segments (
  number bigint primary key check (number >= 0),
  first_tx xid8 not null,
  first_seq bigint not null,
  last_tx xid8 not null,
  last_seq bigint not null,
  entries int4 not null check (entries > 0),
  root bytea not null check (octet_length(root) = 32),
  sealed timestamptz not null,
  hash bytea not null check (octet_length(hash) = 32)
);
