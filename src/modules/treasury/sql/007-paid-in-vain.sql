-- Brings back what was cancelled, when what it was cancelled for is reversed: paid where the money came while it stood
-- cancelled and no bank has given it back yet, secured where the guarantee was granted again, otherwise due. A refund
-- that no bank has made yet is called off; one that was made leaves the notice due.
create or replace function treasury.reinstate(ids uuid[], guaranteed boolean[]) returns void language plpgsql as $$
declare
  changed uuid[];
  entries text[];
begin
  perform from treasury.notices n where n.id = any (ids) order by n.id, n.version for update;
  with latest as (
    select distinct on (n.id) n.id, n.version, q.guaranteed
    from unnest(ids, reinstate.guaranteed) q (id, guaranteed) join treasury.notices n on n.id = q.id
    order by n.id, n.version desc
  ),
  becoming as (
    select n.id, n.version, case
      when exists (
        select from treasury.payments p
        where p.notice = n.id and p.version = n.version and p.state = 'paid' and p.refunded = 0
      ) then 'paid'
      when n.state = 'cancelled' and n.was = 'secured' and l.guaranteed then 'secured'
      when n.state in ('cancelled', 'refunded') then 'due'
      else n.state end as state
    from latest l join treasury.notices n on n.id = l.id and n.version = l.version
    where (n.state = 'cancelled' and n.was is not null) or n.state = 'refunded' or n.refund > 0
  ),
  written as (
    update treasury.notices n
    set state = b.state, was = null, refund = 0, settled = case when b.state = 'paid' then n.settled end
    from becoming b where n.id = b.id and n.version = b.version
    returning n.id, n.version, n.state
  )
  select array_agg(w.id), array_agg(jsonb_build_object('version', w.version, 'state', w.state)::text)
  into changed, entries from written w;
  if changed is null then return; end if;
  perform platform.append(array_fill('treasury.reinstated'::text, array[cardinality(changed)]), changed, entries);
end $$;
