-- Bank statements, held against what the window knows to have moved. The file itself is not kept, since it names
-- people: its digest says which it was, and each line keeps what it is matched by.

create table treasury.statements (
  id uuid primary key,
  sha256 bytea not null unique,
  -- The bank's own number of the statement.
  number text not null,
  format text not null check (format in ('camt.053', 'csv')),
  account text not null,
  currency text not null,
  from_day date not null,
  until_day date not null,
  opening bigint,
  closing bigint,
  received timestamptz not null,
  actor text not null,
  authority text not null
);
create index statements_account on treasury.statements (account, from_day desc);

-- Amounts are signed: money in is above zero.
create table treasury.statement_lines (
  statement uuid not null references treasury.statements (id),
  number int4 not null,
  booked date not null,
  -- The bank's own reference of the booking, and the one that whoever ordered it gave.
  bank text not null,
  reference text not null,
  currency text not null,
  amount bigint not null,
  verdict text not null check (
    verdict in ('matched', 'unknown', 'doubled', 'partial', 'over', 'other-currency', 'reversed')
  ),
  -- The payment, the order or the refund that the line speaks of.
  movement text,
  primary key (statement, number),
  constraint statement_lines_matched check (verdict <> 'matched' or movement is not null)
);
-- One movement of money is matched by one line of all statements.
create unique index statement_lines_once on treasury.statement_lines (movement) where verdict = 'matched';

create index statement_lines_movement on treasury.statement_lines (movement) where movement is not null;

-- What moved, as the window has it: payments of a notice, of a bill or for a ceiling, and refunds, signed.
create view treasury.movements as
  select p.id::text as id, p.bank, p.currency, p.amount, p.answered as at, 'payment' as kind, p.notice::text as subject
  from treasury.payments p where p.whole is null and p.state in ('paid', 'refunded')
  union all
  select o.id::text, o.bank, o.currency, o.amount, o.answered, o.purpose, o.subject
  from treasury.orders o where o.state = 'paid'
  union all
  select r.id, r.bank, r.currency, -r.amount, r.made, 'refund', r.notice::text from treasury.refunds r;
create index payments_bank on treasury.payments (bank) where whole is null and bank is not null;
create index orders_bank on treasury.orders (bank) where bank is not null;
create index refunds_bank on treasury.refunds (bank);
