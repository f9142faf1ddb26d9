-- Reserves one sum on each of many accounts and writes what the things hold of it, or does nothing at all: where one sum
-- does not fit, the statement fails with PA001 and its transaction with it. So it may stand among statements that are sent
-- together, and accounts on which many parcels stand are locked for as long as the server needs, and no longer. Who meets
-- that failure starts again and claims one by one.
--
-- Each hold names the place of its account among the sums, and what the holds before it in this call take of that sum.
create function accounts.hold_all(
  kinds text[], owners text[], periods text[], units text[], amounts bigint[], ceilings bigint[],
  hold_ids uuid[], places int[], hold_amounts bigint[], befores bigint[], ats timestamptz[]
) returns void
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_mergejoin = off set enable_nestloop = off
as $$
declare
  fitting bigint;
begin
  with moved as materialized (
    select d.account, d.kind, d.owner, d.period, d.used from accounts.draw(kinds, owners, periods, units, amounts, ceilings) d
  ),
  held as (
    insert into accounts.holds (hold, kind, account, amount, used, reserved, consumed, state, at)
    select h.hold, m.kind, m.account, h.amount, m.used - g.amount + h.before, h.amount, 0, 'reserved', h.at
    from unnest(hold_ids, places, hold_amounts, befores, ats) h (hold, place, amount, before, at)
    join unnest(kinds, owners, periods, amounts) with ordinality g (kind, owner, period, amount, place) on g.place = h.place
    join moved m on m.kind = g.kind and m.owner = g.owner and m.period = g.period
    order by h.hold
  )
  select count(*) into fitting from moved;
  if fitting < cardinality(kinds) then
    raise exception 'a sum does not fit its account' using errcode = 'PA001';
  end if;
end $$;
