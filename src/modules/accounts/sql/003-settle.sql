-- Moves what things hold: `consume` makes what is reserved final, `free` gives it back, `restore` gives back what was
-- consumed. A hold that has nothing left to move is passed over, so each may be said again. The accounts are locked
-- first, in the one order, and every hold is moved under its account's lock.
create function accounts.settle(what text, hold_ids uuid[], kinds text[], amounts bigint[])
returns table (hold uuid, kind text, amount bigint)
language plpgsql set enable_seqscan = off as $$
begin
  perform from accounts.accounts a
  where a.id = any (array(
    select x.account from unnest(hold_ids, kinds) q (hold, kind)
    cross join lateral (
      select h.account from accounts.holds h where h.hold = q.hold and h.kind = q.kind limit 1
    ) x
  ))
  order by a.kind = 'guarantee', a.kind, a.owner, a.period
  for update;

  return query
  with asked as materialized (
    select distinct on (q.hold, q.kind) q.hold, q.kind, h.account, h.reserved, h.consumed,
      case when what = 'restore' then greatest(least(h.consumed, q.amount), 0) else h.reserved end
        as amount
    from unnest(hold_ids, kinds, amounts) q (hold, kind, amount)
    cross join lateral (
      select x.account, x.reserved, x.consumed, x.state from accounts.holds x
      where x.hold = q.hold and x.kind = q.kind limit 1
    ) h
    where case when what = 'restore' then h.consumed > 0 else h.state = 'reserved' end
    order by q.hold, q.kind
  ),
  after as materialized (
    select a.*,
      case when what = 'restore' then a.reserved else 0 end as reserved_then,
      case what when 'consume' then a.consumed + a.amount when 'free' then a.consumed else a.consumed - a.amount end
        as consumed_then
    from asked a
  ),
  moved as (
    update accounts.holds h
    set reserved = a.reserved_then, consumed = a.consumed_then,
      state = case when a.reserved_then > 0 then 'reserved' when a.consumed_then > 0 or what = 'consume' then 'consumed'
        else 'freed' end
    from after a
    where h.hold = a.hold and h.kind = a.kind
      and h.account = a.account and h.reserved = a.reserved and h.consumed = a.consumed
    returning h.hold, h.kind, a.account, a.amount
  ),
  booked as (
    update accounts.accounts a
    set reserved = a.reserved - case when what = 'restore' then 0 else s.amount end,
      consumed = a.consumed + case what when 'consume' then s.amount when 'restore' then -s.amount else 0 end
    from (select m.account, sum(m.amount) as amount from moved m group by m.account) s
    where a.id = s.account
  )
  select m.hold, m.kind, m.amount from moved m;
end $$;

-- What is reserved becomes consumed: the parcel is released and its part of the quota is used for good.
create function accounts.consume(hold_ids uuid[], kinds text[]) returns table (hold uuid, kind text, amount bigint)
language sql as 'select * from accounts.settle(''consume'', hold_ids, kinds, null)';

-- What is reserved goes back: the parcel took another route, was denied, or its charges are paid.
create function accounts.free(hold_ids uuid[], kinds text[]) returns table (hold uuid, kind text, amount bigint)
language sql as 'select * from accounts.settle(''free'', hold_ids, kinds, null)';

-- What was consumed goes back, never more than was: the goods are returned. A null amount is all of it. A part given
-- back twice counts twice, since one thing may be returned in two parts; the caller's own record says whether it was.
create function accounts.restore(hold_ids uuid[], kinds text[], amounts bigint[])
returns table (hold uuid, kind text, amount bigint)
language sql as 'select * from accounts.settle(''restore'', hold_ids, kinds, amounts)';

-- Brings what a thing holds to another amount, by the difference: an amended declaration. Less is always granted, more
-- only under the ceiling (null: the account's own). `used` is what the others have used. A thing without a lasting hold
-- is refused `no-hold` and claims anew; the reason is otherwise as in `accounts.claim`.
create function accounts.change(hold_id uuid, hold_kind text, new_amount bigint, new_ceiling bigint default null)
returns table (granted boolean, used bigint, reason text)
language plpgsql set enable_seqscan = off as $$
declare
  account accounts.accounts;
  held accounts.holds;
  limited bigint;
begin
  select a.* into account from accounts.accounts a
  where a.id = (select h.account from accounts.holds h where h.hold = hold_id and h.kind = hold_kind)
  for update;
  select * into held from accounts.holds h
  where h.hold = hold_id and h.kind = hold_kind and h.account = account.id and h.state <> 'freed' for update;
  granted := false;
  if held.hold is null then
    reason := 'no-hold'; return next; return;
  end if;
  used := account.reserved + account.consumed - held.reserved - held.consumed;
  limited := case when account.opened then least(account.ceiling, new_ceiling)
    else coalesce(new_ceiling, account.ceiling) end;
  if new_amount > held.reserved + held.consumed and used::numeric + new_amount > coalesce(limited, 9e18) then
    reason := 'over-ceiling'; return next; return;
  end if;
  update accounts.holds h
  set amount = new_amount,
    reserved = case when held.state = 'reserved' then greatest(new_amount - held.consumed, 0) else 0 end,
    consumed = case when held.state = 'reserved' then least(held.consumed, new_amount) else new_amount end
  where h.hold = hold_id and h.kind = hold_kind;
  update accounts.accounts a
  set reserved = a.reserved - held.reserved
      + case when held.state = 'reserved' then greatest(new_amount - held.consumed, 0) else 0 end,
    consumed = a.consumed - held.consumed
      + case when held.state = 'reserved' then least(held.consumed, new_amount) else new_amount end,
    ceiling = case when a.opened then a.ceiling else coalesce(new_ceiling, a.ceiling) end
  where a.id = account.id;
  granted := true;
  return next;
end $$;

-- Reserves again what was freed, the same amount on the same account under the ceiling that the account now shows: a
-- denial is reversed. What holds still or never held is passed over; what no longer fits is not granted.
create function accounts.reserve_again(hold_ids uuid[], kinds text[])
returns table (hold uuid, kind text, amount bigint, granted boolean)
language plpgsql set enable_seqscan = off as $$
begin
  return query
  with freed as materialized (
    select row_number() over (order by q.hold, q.kind)::int as ordinal, h.hold, h.kind, h.amount,
      a.owner, a.period, a.unit, case when a.opened then null else a.ceiling end as ceiling
    from (select distinct u.hold, u.kind from unnest(hold_ids, kinds) u (hold, kind)) q
    join accounts.holds h on h.hold = q.hold and h.kind = q.kind and h.state = 'freed'
    join accounts.accounts a on a.id = h.account
  )
  select f.hold, f.kind, f.amount, c.granted
  from accounts.claim(
    array(select f.ordinal from freed f order by f.ordinal), array(select f.hold from freed f order by f.ordinal),
    array(select f.kind from freed f order by f.ordinal), array(select f.owner from freed f order by f.ordinal),
    array(select f.period from freed f order by f.ordinal), array(select f.unit from freed f order by f.ordinal),
    array(select f.amount from freed f order by f.ordinal), array(select f.ceiling from freed f order by f.ordinal)
  ) c
  join freed f on f.ordinal = c.ordinal;
end $$;
