-- What the home page shows, followed from the journal: figures and places, never a person and never what a parcel holds.

create table home.figures (
  day date not null,
  name text not null,
  count bigint not null,
  primary key (day, name)
);

-- Parcels between the place they are sent from and the office they enter by.
create table home.lanes (
  day date not null,
  origin text not null,
  office text not null,
  count bigint not null,
  primary key (day, origin, office)
);

-- Those of them that wait for a person now.
create table home.waiting (
  origin text not null,
  office text not null,
  count bigint not null,
  primary key (origin, office)
);

-- The last things that happened; older ones are forgotten.
create table home.news (
  number bigint generated always as identity primary key,
  at timestamptz not null,
  what text not null,
  route text,
  ground text
);
