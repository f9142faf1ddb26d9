-- The issuer of this window: what proves who somebody is, and what the OpenID Connect library keeps between two requests.

-- The keys that sign what the issuer says (JWK, ES256). Several stand at once while one is replaced by the next.
create table issuer.keys (
  kid text primary key,
  jwk text not null,
  made timestamptz not null
);

-- What the library keeps: codes, interactions, sessions, grants, assertions already used. Everything here ends by itself.
create table issuer.records (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  uid text,
  expires timestamptz not null,
  primary key (model, id)
);
create index records_grant on issuer.records (grant_id) where grant_id is not null;
create index records_uid on issuer.records (uid) where uid is not null;
create index records_expires on issuer.records (expires);

-- What was asked of somebody who is on his way in, or who adds a passkey: the challenge of his passkey, and the person whose
-- password was right and whose second proof is still to come.
create table issuer.steps (
  subject text primary key,
  challenge text,
  person uuid,
  expires timestamptz not null
);
create index steps_expires on issuer.steps (expires);

create table issuer.passkeys (
  id text primary key,
  person uuid not null,
  name text not null check (name <> ''),
  key bytea not null,
  counter bigint not null,
  transports text[] not null,
  created timestamptz not null,
  used timestamptz
);
create index passkeys_person on issuer.passkeys (person);

-- The secret of a person's authenticator app, and the last step of time whose code was taken: none is taken twice.
create table issuer.authenticators (
  person uuid primary key,
  secret bytea not null check (length(secret) = 20),
  confirmed boolean not null,
  step bigint not null,
  created timestamptz not null
);

-- Codes on paper, each good once. They are long enough that their hash gives nothing away.
create table issuer.recovery_codes (
  person uuid not null,
  hash bytea not null check (length(hash) = 32),
  primary key (person, hash)
);
