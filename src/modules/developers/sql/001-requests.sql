-- What each key asked for last, so that its holder can look: a ring of the last 500, never a body, an address or a query.
create table developers.requests (
  client uuid not null,
  request uuid not null,
  at timestamptz not null,
  method text not null,
  path text not null check (length(path) <= 200),
  status smallint not null,
  problem text,
  primary key (client, request)
);
create index requests_at on developers.requests (at);
