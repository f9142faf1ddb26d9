-- Who exists, who acts for whom, who is competent for what, and who signs in. Rows of the reference carry the epochs
-- [from_epoch, until_epoch) in which they were true, so that any past snapshot can be read back. A row that is true now ends
-- at the highest bigint.

create table parties.parties (
  id uuid not null,
  identifier text not null check (identifier ~ '^[\x21-\x7e]([\x20-\x7e]{0,33}[\x21-\x7e])?$'),
  name text not null,
  language text not null,
  latin text,
  roles text[] not null,
  status text not null check (status in ('active', 'suspended')),
  valid_from date not null,
  valid_until date check (valid_until > valid_from),
  from_epoch bigint not null,
  until_epoch bigint not null default 9223372036854775807 check (until_epoch > from_epoch),
  primary key (identifier, from_epoch)
);
create unique index parties_current on parties.parties (identifier) where until_epoch = 9223372036854775807;

create table parties.representations (
  id uuid not null,
  represented text not null,
  representative text not null check (representative <> represented),
  kind text not null check (kind in ('direct', 'indirect')),
  scope text[] not null check (cardinality(scope) > 0),
  chain text[] not null,
  valid_from date not null,
  valid_until date check (valid_until > valid_from),
  from_epoch bigint not null,
  until_epoch bigint not null default 9223372036854775807 check (until_epoch > from_epoch),
  primary key (id, from_epoch)
);
create unique index representations_current on parties.representations (id) where until_epoch = 9223372036854775807;

create table parties.authorities (
  id uuid not null,
  identifier text not null check (identifier ~ '^[a-z][a-z0-9-]{0,34}$'),
  name text not null,
  language text not null,
  latin text,
  from_epoch bigint not null,
  until_epoch bigint not null default 9223372036854775807 check (until_epoch > from_epoch),
  primary key (identifier, from_epoch)
);
create unique index authorities_current on parties.authorities (identifier) where until_epoch = 9223372036854775807;

-- No mandate without the law that gives it.
create table parties.mandates (
  id uuid not null,
  authority text not null,
  element text not null,
  purpose text not null,
  reference text not null check (reference <> ''),
  valid_from date not null,
  valid_until date check (valid_until > valid_from),
  from_epoch bigint not null,
  until_epoch bigint not null default 9223372036854775807 check (until_epoch > from_epoch),
  primary key (id, from_epoch)
);
create unique index mandates_current on parties.mandates (id) where until_epoch = 9223372036854775807;

-- The key itself is shown once and never stored.
create table parties.clients (
  id uuid not null,
  name text not null,
  party text,
  authority text,
  hash bytea not null check (length(hash) = 32),
  prefix text not null,
  scopes text[] not null,
  status text not null check (status in ('active', 'revoked')),
  created timestamptz not null,
  from_epoch bigint not null,
  until_epoch bigint not null default 9223372036854775807 check (until_epoch > from_epoch),
  primary key (id, from_epoch),
  check ((party is null) <> (authority is null))
);
create unique index clients_current on parties.clients (id) where until_epoch = 9223372036854775807;
create unique index clients_hash on parties.clients (hash) where until_epoch = 9223372036854775807;

-- People are read at every request, so a change of theirs holds at once and needs no epoch.
create table parties.users (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
  shown text not null,
  password text,
  roles text[] not null,
  party text,
  authority text,
  status text not null check (status in ('active', 'suspended')),
  demo boolean not null,
  created timestamptz not null,
  changed timestamptz not null,
  check (party is null or authority is null),
  check (not demo or password is null)
);

create table parties.sessions (
  hash bytea primary key check (length(hash) = 32),
  person uuid not null references parties.users (id) on delete cascade,
  assurance text not null check (assurance in ('password', 'demo', 'passkey')),
  created timestamptz not null,
  seen timestamptz not null
);
create index sessions_person on parties.sessions (person);
create index sessions_created on parties.sessions (created);

-- Links that work once: the first administrator's (nobody yet) and those with which a person sets a password.
create table parties.links (
  hash bytea primary key check (length(hash) = 32),
  person uuid references parties.users (id) on delete cascade,
  created timestamptz not null,
  expires timestamptz not null
);

-- Sign-ins tried since a moment, by name and by address; both only as hashes, since neither has to be known here.
create table parties.attempts (
  subject bytea primary key,
  since timestamptz not null,
  tries int not null
);

create index representations_pair on parties.representations (representative, represented)
  where until_epoch = 9223372036854775807;
