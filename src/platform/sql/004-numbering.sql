-- The journal keeps the transaction numbers of the server that it was written on. Put into another server, whose own
-- numbers are smaller, its entries would lie in the future: followers would not see them, and would pass over what is
-- written next. The entries are never rewritten; instead the window's numbers are the server's plus a shift, which is
-- nought until the window moves to a server that counts less.

create table platform.numbering (
  single boolean primary key default true check (single),
  shift bigint not null
);
insert into platform.numbering (shift) values (0);

-- Every transaction of the window with a smaller number has ended, so followers read up to here and no further.
create function platform.horizon() returns xid8 language sql stable as $$
  select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + n.shift)::text::xid8 from platform.numbering n
$$;

-- The greatest number that is stored, in the journal or as the place of a follower.
create function platform.last_number() returns bigint language sql stable as $$
  select greatest(
    (select tx::text::bigint from platform.journal order by tx desc, seq desc limit 1),
    (select tx::text::bigint from platform.cursors order by tx desc limit 1), 0)
$$;

-- Whether something is stored that this server has not counted to yet; then nothing may be written before
-- platform.continue_numbering(). Whoever wrote what is stored had a number below the next one of the server.
create function platform.is_ahead() returns boolean language sql stable as $$
  select platform.last_number() >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + n.shift
  from platform.numbering n
$$;

-- Moves the window's numbers past the greatest one that is stored; answers the shift. The default of the column carries
-- it as a constant, so that a window that never moved pays nothing and one that did pays next to nothing.
create function platform.continue_numbering() returns bigint language plpgsql as $$
declare
  known bigint;
  wanted bigint;
begin
  lock table platform.journal in access exclusive mode;
  select n.shift into known from platform.numbering n;
  wanted := platform.last_number() + 1 - pg_current_xact_id()::text::bigint;
  if wanted <= known then return known; end if;
  update platform.numbering set shift = wanted;
  execute format(
    'alter table platform.journal alter column tx set default ((pg_current_xact_id()::text::bigint + %s)::text::xid8)',
    wanted
  );
  return wanted;
end $$;
