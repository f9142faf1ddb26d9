-- One thing for everything that is used up and given back: yearly quota, guarantee, quantity on a certificate, bonded
-- stock, tariff quota. Amounts are whole minor units of the account's unit. Whoever moves an account writes the journal
-- entry of what it moved it for; opening an account and changing its ceiling are entries of this module.

create table accounts.accounts (
  id bigint not null generated always as identity,
  -- The journal's subject for an account that somebody opened; one that began with its first claim has none.
  reference uuid,
  kind text not null,
  owner text not null,
  -- A year, a day, a certificate number: what the account is counted for. An account that knows no period has ''.
  period text not null,
  unit text not null,
  -- An opened account's ceiling is its own. One that began with its first claim keeps the limit last claimed under, for
  -- showing it: there each claim brings the limit of the law that it is made under. Null is without limit.
  ceiling bigint,
  opened boolean not null,
  reserved bigint not null,
  consumed bigint not null,
  primary key (kind, owner, period),
  -- One constraint instead of three: each is read and compiled again for every statement that writes.
  constraint never_below_zero check (least(ceiling, reserved, consumed) >= 0 and opened = (reference is not null))
) with (fillfactor = 70);
create unique index accounts_id on accounts.accounts (id);
create unique index accounts_reference on accounts.accounts (reference) where reference is not null;

-- What one thing (a parcel) holds on one kind of account.
create table accounts.holds (
  hold uuid not null,
  kind text not null,
  account bigint not null,
  -- As last claimed or changed, and what the account had already used before it.
  amount bigint not null,
  used bigint not null,
  reserved bigint not null,
  consumed bigint not null,
  state text not null,
  at timestamptz not null,
  primary key (hold, kind),
  constraint never_more_than_claimed check (
    least(used, reserved, consumed) >= 0 and reserved + consumed <= amount and state in ('reserved', 'consumed', 'freed')
  )
) with (fillfactor = 85);
create index holds_account on accounts.holds (account, hold);
