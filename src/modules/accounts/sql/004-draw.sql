-- Reserves on many accounts at once, one sum for each, for things that hold nothing yet: what each of them holds is written
-- by the caller in the same transaction, once it is known whether it stays. Answers the accounts on which the sum fitted,
-- with what is used on them now; the others are locked and unchanged, and are claimed one by one.
--
-- Accounts are locked in the one order of accounts.claim, whatever became of them. A sum that brings a ceiling opens the
-- account when there is none; one without asks under the account's own.
create function accounts.draw(
  kinds text[], owners text[], periods text[], units text[], amounts bigint[], ceilings bigint[]
) returns table (account bigint, kind text, owner text, period text, used bigint)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
  return query
  insert into accounts.accounts as a (kind, owner, period, unit, ceiling, opened, reserved, consumed)
  select q.kind, q.owner, q.period, q.unit, q.ceiling, false, q.amount, 0
  from unnest(kinds, owners, periods, units, amounts, ceilings) as q (kind, owner, period, unit, amount, ceiling)
  where q.ceiling is not null or (
    select true from accounts.accounts e where e.kind = q.kind and e.owner = q.owner and e.period = q.period
  )
  order by q.kind = 'guarantee', q.kind, q.owner, q.period
  on conflict (kind, owner, period) do update
  set reserved = a.reserved + excluded.reserved,
    ceiling = case when a.opened then a.ceiling else coalesce(excluded.ceiling, a.ceiling) end
  where excluded.reserved > 0 and a.unit = excluded.unit
    and a.reserved::numeric + a.consumed + excluded.reserved <= coalesce(
      case when a.opened then least(a.ceiling, excluded.ceiling) else coalesce(excluded.ceiling, a.ceiling) end, 9e18
    )
  returning a.id, a.kind, a.owner, a.period, a.reserved + a.consumed;
end $$;

-- Takes back what `draw` reserved, from accounts that the transaction holds since.
create function accounts.draw_back(ids bigint[], amounts bigint[]) returns void
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_mergejoin = off set enable_hashjoin = off
as $$
begin
  update accounts.accounts a set reserved = a.reserved - q.amount
  from unnest(ids, amounts) q (account, amount) where a.id = q.account;
end $$;
