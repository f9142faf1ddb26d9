-- A pack as somebody would have it: its whole sources, and the version in force that it was written on.
create table rulebook.drafts (
  id uuid primary key,
  pack text not null,
  title text not null,
  version text not null,
  hash text not null,
  base_hash text not null,
  sources text not null,
  made timestamptz not null,
  made_by text not null
);
