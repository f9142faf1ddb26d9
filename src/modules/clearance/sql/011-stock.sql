-- Bonded stock. How much of a line is there, reserved and gone stands in its account (kind 'stock', owner the book, period
-- the item); here stand the goods that the line is of, and every movement that the account has made but reservations.
-- Quantities are millionths of the line's unit.

-- A book: what a place operator keeps of the goods that lie at his place under suspension.
create table clearance.stock_books (
  number text primary key,
  id uuid not null,
  operator text not null,
  place text not null,
  office text not null,
  zone text,
  opened timestamptz not null,
  by text not null
);
create index stock_books_operator on clearance.stock_books (operator);

-- A line of a book: goods of one owner and one kind, as the import declared them that brought the first of them in.
create table clearance.stock_lines (
  book text not null,
  item text not null,
  id uuid not null,
  owner text not null,
  commodity text not null,
  description text not null,
  language text not null,
  origin text,
  unit text not null,
  -- For one unit, at the first entry.
  currency text not null,
  unit_value numeric not null,
  primary key (book, item)
);
create index stock_lines_owner on clearance.stock_lines (owner, book);
create unique index stock_lines_id on clearance.stock_lines (id);

-- An entry into stock under the operator's own reference. What it entered are movements.
create table clearance.stock_entries (
  id uuid primary key,
  book text not null,
  operator text not null,
  reference text not null,
  received timestamptz not null,
  by text not null,
  digest bytea not null,
  unique (book, reference)
);

-- A line's movements, never changed: 'entered' and 'surplus' came in, 'returned' came back, 'gone' and 'shortage' left.
-- `cause` is the entry, the return or the case, for goods that went the parcel itself; `parcel` and `line` name the goods
-- line of the import that brought them, or of the parcel that took them.
create table clearance.stock_movements (
  book text not null,
  item text not null,
  at timestamptz not null,
  kind text not null,
  quantity bigint not null,
  cause uuid not null,
  parcel uuid,
  line int2,
  -- Of what was entered: the charges that are suspended for it, in minor units of the economy's currency.
  suspended bigint,
  number bigint not null generated always as identity,
  constraint moves_something check (quantity > 0)
);
create index stock_movements_line on clearance.stock_movements (book, item, number);
create index stock_movements_parcel on clearance.stock_movements (parcel, line) where kind = 'entered';
create unique index stock_movements_once on clearance.stock_movements (cause, kind, parcel, line)
  where kind in ('gone', 'returned');

-- What goods lines of parcels draw from a book. How much of it is reserved or gone stands in the hold.
create table clearance.stock_draws (
  id uuid not null,
  line int2 not null,
  hold uuid not null,
  book text not null,
  item text not null,
  quantity bigint not null,
  primary key (id, line)
);
create unique index stock_draws_hold on clearance.stock_draws (hold);

-- What was counted, and what the book said at that moment.
create table clearance.stock_counts (
  id uuid primary key,
  book text not null,
  -- The operator, or the authority whose officer counted.
  counter text not null,
  reference text not null,
  counted timestamptz not null,
  received timestamptz not null,
  by text not null,
  digest bytea not null,
  unique (book, counter, reference)
);

create table clearance.stock_count_lines (
  count uuid not null,
  item text not null,
  expected bigint not null,
  counted bigint not null,
  explanation text,
  -- The case that a difference has opened.
  difference uuid,
  primary key (count, item)
);
create unique index stock_count_lines_difference on clearance.stock_count_lines (difference) where difference is not null;
