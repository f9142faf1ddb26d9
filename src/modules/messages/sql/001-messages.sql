-- Messages in other systems' formats, kept exactly as they came. A message is known by who sent it, its kind and its guid: the
-- same bytes again are the same message, and other bytes under the same guid are refused.
create table messages.messages (
  id uuid primary key,
  filer text not null,
  by text not null,
  kind text not null,
  guid text not null,
  received timestamptz not null,
  digest bytea not null check (length(digest) = 32),
  -- Whether the official schema was there to judge it by.
  validated boolean not null,
  bytes bytea not null,
  -- What became of each node; null until all of them went through their doors.
  nodes text,
  unique (filer, kind, guid)
);
create index messages_filer on messages.messages (filer, id desc);
