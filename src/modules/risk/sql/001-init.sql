-- Whom and what the window looks at more closely. Rows are true in the epochs [from_epoch, until_epoch); one that is true
-- now ends at the highest bigint.

-- Names nobody may deal with, from a list that a law names. `normalised` is what names are compared by.
create table risk.names (
  id uuid not null,
  list text not null,
  name text not null,
  normalised text not null check (normalised <> ''),
  source text not null check (source <> ''),
  from_epoch bigint not null,
  until_epoch bigint not null default 9223372036854775807 check (until_epoch > from_epoch),
  primary key (id, from_epoch)
);
create unique index names_current on risk.names (list, name) where until_epoch = 9223372036854775807;

-- Watch rules and risk profiles: which parcels go to a desk, and how many in a hundred of them.
create table risk.rules (
  -- What the journal knows the rule by, through all its changes.
  key uuid not null,
  id text not null check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
  condition text not null,
  share numeric(5, 2) not null check (share > 0 and share <= 100),
  ground text not null,
  desk text not null,
  source text not null check (source <> ''),
  valid_from date not null,
  valid_until date check (valid_until > valid_from),
  from_epoch bigint not null,
  until_epoch bigint not null default 9223372036854775807 check (until_epoch > from_epoch),
  primary key (id, from_epoch)
);
create unique index rules_current on risk.rules (id) where until_epoch = 9223372036854775807;
