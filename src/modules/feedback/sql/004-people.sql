-- What people want to be told of and by which way, each in his own language: a cursor over the events of his party.
-- Nothing is written for a parcel. An address of a person stands here and nowhere else.
create table feedback.wishes (
  id uuid primary key,
  person uuid not null,
  party text not null,
  way text not null check (way in ('mail', 'push')),
  -- An address of a mailbox, or the endpoint of a browser's push service.
  address text not null,
  -- The browser's public key and secret (RFC 8291); null for mail.
  p256dh text,
  auth text,
  -- A group of kinds of events: `all`, `results`, `asks`.
  about text not null check (about in ('all', 'results', 'asks')),
  language text not null,
  -- What the links of each letter carry: whoever holds it confirms or ends this wish, and nothing else.
  token text not null unique,
  -- `asked` until its mailbox was confirmed, `active`, `ended` when its receiver said so or answered nothing for long.
  state text not null check (state in ('asked', 'active', 'ended')),
  created timestamptz not null,
  cursor bigint not null,
  next_at timestamptz not null default to_timestamp(0),
  -- Names the attempt that runs: only this one may say what came of it.
  attempt uuid,
  attempts int2 not null default 0,
  -- Whether the letter that asks for confirmation has been sent.
  invited boolean not null default false,
  told timestamptz,
  last_answer text,
  unique (person, way, address)
) with (fillfactor = 60);
create index wishes_party on feedback.wishes (party) where state = 'active';

-- The letters of a window without a mail server: a mailbox that says it is simulated. The id is made of what a letter
-- tells, so that the same one twice is one.
create table feedback.letters (
  id text primary key,
  person uuid not null,
  address text not null,
  subject text not null,
  body text not null,
  at timestamptz not null
);
create index letters_person on feedback.letters (person, at desc);
create index letters_at on feedback.letters (at);

-- The key with which this window says to push services who it is (RFC 8292).
create table feedback.push_keys (
  single boolean primary key default true check (single),
  public_key text not null,
  private_key text not null,
  made timestamptz not null
);
