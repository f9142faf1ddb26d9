-- A pack as somebody would have it: its whole sources, and the version in force that it was written on. A change of law
-- has a draft for each time it was handed in, numbered; every one stays readable.
create table rulebook.drafts (
  id uuid primary key,
  change uuid not null,
  number int not null,
  pack text not null,
  title text not null,
  version text not null,
  hash text not null,
  base_hash text not null,
  sources text not null,
  made timestamptz not null,
  made_by text not null,
  unique (change, number)
);

-- The changes that are adopted and wait for their moment; without one they wait for nothing but to be published.
create table rulebook.adopted (
  change uuid primary key,
  in_force timestamptz
);

-- The change of law that brought a version into force, and the legal moment; null where it came from a folder at a start.
alter table rulebook.packs add column change uuid;
alter table rulebook.packs add column since timestamptz;
create index packs_change on rulebook.packs (change) where change is not null;
