-- Fraud that somebody reported. The report itself is a case; here stands only which case a number leads to, by its hash,
-- so that nobody who reads the database can ask as the reporter.

create table readiness.reports (
  hash bytea primary key,
  -- What the case is about: the report.
  report uuid not null unique,
  received timestamptz not null
);
