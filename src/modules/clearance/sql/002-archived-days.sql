-- Days whose parcels were taken out of the database into a file. Their keys stay, so that nothing is filed twice under
-- one; what else is asked about them is answered with the name of the file.
create table clearance.archived_days (
  day date primary key,
  -- The ids of that day, from the first up to but without the last.
  low uuid not null,
  high uuid not null,
  parcels bigint not null,
  rows bigint not null,
  -- The file by its name alone, and the digest of everything it says of itself.
  file text not null,
  digest text not null,
  archived timestamptz not null
);
