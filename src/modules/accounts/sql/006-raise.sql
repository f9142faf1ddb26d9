-- Raises the ceilings of opened accounts by what comes in, or lowers them by what is missing, and opens those that are not
-- there yet. The ceiling of a stock account is all that was ever entered; what it consumed has left. Answers the accounts
-- that moved, as they stand then; one whose unit is another, or that would fall below what is reserved and consumed, is
-- left as it is and is not among them.
--
-- An account is named once in a call, and accounts are locked in the one order of accounts.claim.
create function accounts.raise(kinds text[], owners text[], periods text[], units text[], amounts bigint[])
returns table (kind text, owner text, period text, unit text, ceiling bigint, reserved bigint, consumed bigint)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
  insert into accounts.accounts (reference, kind, owner, period, unit, ceiling, opened, reserved, consumed)
  select gen_random_uuid(), q.kind, q.owner, q.period, q.unit, 0, true, 0, 0
  from unnest(kinds, owners, periods, units, amounts) as q (kind, owner, period, unit, amount)
  where q.amount >= 0
  order by q.kind = 'guarantee', q.kind, q.owner, q.period
  on conflict do nothing;
  perform from accounts.accounts a
  join unnest(kinds, owners, periods) as q (kind, owner, period) using (kind, owner, period)
  order by a.kind = 'guarantee', a.kind, a.owner, a.period
  for update of a;
  return query
  update accounts.accounts a set ceiling = a.ceiling + q.amount
  from unnest(kinds, owners, periods, units, amounts) as q (kind, owner, period, unit, amount)
  where a.kind = q.kind and a.owner = q.owner and a.period = q.period and a.opened and a.unit = q.unit
    and a.ceiling + q.amount >= a.reserved + a.consumed
  returning a.kind, a.owner, a.period, a.unit, a.ceiling, a.reserved, a.consumed;
end $$;
