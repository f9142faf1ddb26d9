-- Tax bills of a period, the payments that are not of one notice alone, and refunds as they were made.

-- What one payer owes for one period under one guarantor: the secured notices of parcels that were released in it. It
-- collects until the period ends; then it is issued with a due day. Days are `[from_day, until_day)`.
create table treasury.bills (
  id uuid primary key,
  payer text not null,
  guarantor text not null,
  currency text not null,
  from_day date not null,
  until_day date not null check (until_day > from_day),
  state text not null check (state in ('collecting', 'open', 'called', 'settled')),
  -- What it asked when it was issued; what it asks now is what its notices still ask.
  amount bigint check (amount >= 0),
  issued timestamptz,
  due date,
  -- The law that sets the due day; null for the window's own practice.
  source text,
  -- When it was found unpaid after its due day.
  overdue timestamptz,
  settled timestamptz,
  constraint bills_issued check ((state = 'collecting') = (issued is null) and (issued is null) = (due is null))
);
create unique index bills_collecting on treasury.bills (payer, guarantor, currency, from_day) where state = 'collecting';
create index bills_payer on treasury.bills (payer, id desc);
create index bills_guarantor on treasury.bills (guarantor, id desc);
create index bills_running on treasury.bills (state, id) where state <> 'settled';

-- The parcels of a bill. What each owes is its notice that stands at the moment, so that a cancellation or a further
-- version after the bill was issued moves the bill by the difference.
create table treasury.bill_lines (
  bill uuid not null references treasury.bills (id),
  id uuid not null,
  primary key (bill, id)
);
create index bill_lines_parcel on treasury.bill_lines (id);

-- A payment that is not of one notice alone: of a bill, or one that raises the ceiling of a guarantor. Written before
-- the bank is asked, as a payment of a notice is.
create table treasury.orders (
  id uuid primary key,
  purpose text not null check (purpose in ('bill', 'top-up')),
  -- The bill's id, or the guarantor.
  subject text not null,
  party text not null,
  actor text not null,
  method text not null,
  reference text not null,
  currency text not null,
  amount bigint not null check (amount > 0),
  state text not null check (state in ('asked', 'paid', 'refused')),
  bank text,
  simulated boolean,
  asked timestamptz not null,
  answered timestamptz
);
create unique index orders_reference on treasury.orders (purpose, subject, party, reference) where state <> 'refused';
create unique index orders_running on treasury.orders (subject) where purpose = 'bill' and state = 'asked';
create index orders_subject on treasury.orders (purpose, subject, id desc);
create index orders_asked on treasury.orders (asked) where state = 'asked';
create index orders_answered on treasury.orders (answered) where state = 'paid';

-- A bill is paid notice by notice, each part a payment of its own: whatever happens to a notice later finds its payment.
alter table treasury.payments add column whole uuid references treasury.orders (id);
create index payments_whole on treasury.payments (whole) where whole is not null;
create index payments_answered on treasury.payments (answered) where whole is null and state in ('paid', 'refunded');

-- A refund that the bank has made. The id is what the bank was asked under.
create table treasury.refunds (
  id text primary key,
  payment uuid not null references treasury.payments (id),
  notice uuid not null,
  version int2 not null,
  party text not null,
  method text not null,
  currency text not null,
  amount bigint not null check (amount > 0),
  bank text not null,
  simulated boolean not null,
  made timestamptz not null
);
create index refunds_party on treasury.refunds (party, made desc);
create index refunds_made on treasury.refunds (made);

-- What these parcels' notices ask at the moment; at most one version of a notice asks anything.
create function treasury.standing(of_bill uuid)
returns table (id uuid, version int2, amount bigint, state text, charges text) language sql stable as $$
  select n.id, n.version, n.amount, n.state, n.charges
  from treasury.bill_lines l join treasury.notices n on n.id = l.id
  where l.bill = of_bill and n.state in ('secured', 'due')
$$;
