-- Businesses that ask to be registered, people whom a party invites, and representations that wait for the represented.

create table registration.applications (
  id uuid primary key,
  identifier text not null,
  -- Every identifier with its scheme and how far it was looked at, as JSON.
  identifiers text not null,
  name text not null,
  language text not null,
  latin text,
  country text not null,
  address text not null,
  roles text[] not null,
  person uuid not null,
  shown text not null,
  desk text,
  state text not null check (state in ('open', 'asked', 'approved', 'refused')),
  received timestamptz not null,
  ended timestamptz,
  check ((ended is null) = (state in ('open', 'asked')))
);
-- A business that waits is not asked for a second time.
create unique index applications_waiting on registration.applications (identifier) where state in ('open', 'asked');
create index applications_person on registration.applications (person, id);
create index applications_state on registration.applications (state, id);
create index applications_identifier on registration.applications (identifier, id);

create table registration.invitations (
  id uuid primary key,
  hash bytea not null unique check (length(hash) = 32),
  party text not null,
  shown text not null,
  roles text[] not null,
  invited_by text not null,
  created timestamptz not null,
  expires timestamptz not null
);
create index invitations_party on registration.invitations (party, id);

create table registration.offers (
  id uuid primary key,
  represented text not null,
  representative text not null check (representative <> represented),
  kind text not null check (kind in ('direct', 'indirect')),
  scope text[] not null check (cardinality(scope) > 0),
  onward boolean not null,
  valid_from date not null,
  valid_until date check (valid_until > valid_from),
  offered_by text not null,
  offered timestamptz not null,
  state text not null check (state in ('offered', 'confirmed', 'declined', 'withdrawn')),
  ended timestamptz,
  check ((ended is null) = (state = 'offered'))
);
-- One offer waits between two parties: who wants another one withdraws it first.
create unique index offers_waiting on registration.offers (represented, representative) where state = 'offered';
create index offers_representative on registration.offers (representative, id) where state = 'offered';
