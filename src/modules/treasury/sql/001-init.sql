-- What is owed at the border, and what was paid. Amounts are whole minor units.

-- One row per version of a parcel whose charges were assessed; the id is the parcel's. A later version asks for the
-- balance: what was paid already counts towards it.
create table treasury.notices (
  id uuid not null,
  version int2 not null,
  payer text not null,
  guarantor text,
  currency text not null,
  amount bigint not null,
  state text not null,
  -- What a cancelled notice was, so that a reversal can bring it back.
  was text,
  -- What is to be given back and has not been yet.
  refund bigint not null default 0,
  charges text not null,
  issued timestamptz not null,
  settled timestamptz,
  primary key (id, version),
  constraint notices_sound check (
    amount >= 0 and refund >= 0 and state in ('secured', 'due', 'paid', 'cancelled', 'refunded')
    and (state <> 'secured' or guarantor is not null)
  )
) with (fillfactor = 80);
create index notices_payer on treasury.notices (payer, id desc);
create index notices_guarantor on treasury.notices (guarantor, id desc) where guarantor is not null;
-- Few are due at a time, and whether a parcel is settled asks for no others.
create index notices_due on treasury.notices (id) where state = 'due';
create index notices_refund on treasury.notices (id) where refund > 0;

-- A payment asked of a bank. It is written before the bank is asked, so that an answer that was lost is fetched again
-- under the same id.
create table treasury.payments (
  id uuid primary key,
  notice uuid not null,
  version int2 not null,
  party text not null,
  actor text not null,
  method text not null,
  -- The payer's own key of this payment.
  reference text not null,
  currency text not null,
  amount bigint not null check (amount > 0),
  state text not null check (state in ('asked', 'paid', 'refused', 'refunded')),
  -- The bank's own reference, and whether that bank is a simulation.
  bank text,
  simulated boolean,
  refunded bigint not null default 0 check (refunded >= 0 and refunded <= amount),
  asked timestamptz not null,
  answered timestamptz,
  foreign key (notice, version) references treasury.notices (id, version)
);
create unique index payments_once on treasury.payments (notice, version) where state in ('asked', 'paid');
create index payments_notice on treasury.payments (notice);
create index payments_asked on treasury.payments (asked) where state = 'asked';
