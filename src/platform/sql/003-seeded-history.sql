-- The history that a demonstration makes up is written by the same services as everything else, which know nothing of
-- it. Its connection says in each transaction to which moment the entries belong, in a setting that ends with the
-- transaction; such entries are marked as seeded, so that nobody takes them for real.

create or replace function platform.append(
  kinds text[], subjects uuid[], data text[],
  at timestamptz default clock_timestamp(), seeded boolean default false
) returns void language plpgsql as $$
declare
  past timestamptz := nullif(current_setting('portolan.seeded_at', true), '')::timestamptz;
begin
  insert into platform.journal (at, kind, subject, data, seeded)
  select case when append.seeded then append.at else coalesce(past, append.at) end,
    entry.kind, entry.subject, coalesce(entry.data, '{}'), append.seeded or past is not null
  from unnest(append.kinds, append.subjects, append.data) with ordinality as entry (kind, subject, data, place)
  order by entry.place;
end
$$;

-- Whether nothing was ever recorded here: a demonstration begins in no other window.
create function platform.is_untouched() returns boolean language sql stable as $$
  select not exists (select from platform.journal)
$$;
