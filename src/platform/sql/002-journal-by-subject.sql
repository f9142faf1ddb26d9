-- The life of one subject is read for its page, and projections are made again from each subject's last entry.

create index journal_subject on platform.journal (subject);

-- The last entry of each subject among these kinds. Entries of one subject are ordered by their sequence: whoever moves
-- a subject holds its row until the end of the transaction, so the sequence follows the moves.
create function platform.last_entries(kinds text[]) returns table (subject uuid, at timestamptz, kind text, data jsonb)
language sql stable as $$
  select distinct on (e.subject) e.subject, e.at, e.kind, e.data::jsonb
  from platform.journal e where e.kind = any (kinds)
  order by e.subject, e.seq desc
$$;
