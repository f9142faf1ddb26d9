-- Claims many amounts at once, for things that are being decided together.
--
-- Accounts are locked in one order everywhere: the kinds that a route depends on, then guarantee, each by key. A caller
-- that needs both calls for the former first. Where all that is asked of an account fits, the group is granted at once by
-- one statement; where it does not, the claims on that account are taken one by one in ordinal order, so that the one
-- that is too large is refused alone and a smaller one behind it is still granted.
--
-- A claim that brings a ceiling opens the account when there is none, and its first row is held to the ceiling too; one
-- without a ceiling asks under the account's own, and is refused `no-account` when there is none. An opened account's own
-- ceiling binds beside the one that a claim brings.
--
-- `used` is what the account had reserved and consumed before this claim. Reasons: `over-ceiling`, `no-account`,
-- `other-unit`, and `other-claim` when this thing already holds another amount or account of the kind. The same claim
-- again is answered as the first was while its hold lasts; a refused one leaves no hold and may be tried again, and so
-- may one that was freed.
--
-- Reading the two tables through their keys is forced: a plan made while they were empty would otherwise scan them whole
-- once they have grown.
create function accounts.claim(
  ordinals int[], hold_ids uuid[], kinds text[], owners text[], periods text[], units text[], amounts bigint[],
  ceilings bigint[], at timestamptz default clock_timestamp()
) returns table (ordinal int, granted boolean, used bigint, reason text)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_mergejoin = off set enable_nestloop = off
as $$
declare
  answered record;
  part record;
  account accounts.accounts;
  earlier record;
  number bigint;
  limited bigint;
  before bigint;
  taken bigint;
  asked_ceiling bigint;
begin
  -- One row of lists instead of a loop over rows: nearly always everything is answered here.
  with asked as materialized (
    select a.*, h.account is not null as repeated, h.used as first_used, h.same, row_number() over part as place,
      sum(a.amount) over part as upto,
      sum(a.amount) over (part rows between unbounded preceding and unbounded following) as total,
      min(a.ceiling) over (part rows between unbounded preceding and unbounded following) as lowest,
      min(a.unit) over (part rows between unbounded preceding and unbounded following) as first_unit,
      max(a.unit) over (part rows between unbounded preceding and unbounded following) as last_unit
    from unnest(ordinals, hold_ids, kinds, owners, periods, units, amounts, ceilings) with ordinality
      as a (ordinal, hold, kind, owner, period, unit, amount, ceiling, position)
    left join lateral (
      select x.account, x.used, x.amount = a.amount and (a.owner, a.period, a.unit) = (
        select y.owner, y.period, y.unit from accounts.accounts y where y.id = x.account
      ) as same
      from accounts.holds x
      where x.hold = a.hold and x.kind = a.kind and x.state <> 'freed'
      limit 1
    ) h on true
    window part as (partition by h.account is not null, a.kind, a.owner, a.period order by a.ordinal)
  ),
  moved as (
    insert into accounts.accounts as a (kind, owner, period, unit, ceiling, opened, reserved, consumed)
    select f.kind, f.owner, f.period, f.unit, f.lowest, false,
      case when f.first_unit = f.last_unit and f.total <= coalesce(f.lowest, 9e18) then f.total::bigint else 0 end, 0
    from asked f
    where f.place = 1 and not f.repeated and (f.lowest is not null or (
      select true from accounts.accounts e where e.kind = f.kind and e.owner = f.owner and e.period = f.period
    ))
    order by f.kind = 'guarantee', f.kind, f.owner, f.period
    on conflict (kind, owner, period) do update
    set reserved = a.reserved + excluded.reserved,
      ceiling = case when a.opened then a.ceiling else coalesce(excluded.ceiling, a.ceiling) end
    where excluded.reserved > 0 and a.unit = excluded.unit
      and a.reserved::numeric + a.consumed + excluded.reserved <= coalesce(
        case when a.opened then least(a.ceiling, excluded.ceiling) else coalesce(excluded.ceiling, a.ceiling) end, 9e18
      )
    returning a.id, a.kind, a.owner, a.period, a.reserved + a.consumed as used
  ),
  fitting as materialized (
    select f.position, f.hold, f.kind, f.amount, m.id, (m.used - f.total + f.upto - f.amount)::bigint as used
    from asked f
    join moved m on m.kind = f.kind and m.owner = f.owner and m.period = f.period
    where not f.repeated and f.first_unit = f.last_unit and f.total <= coalesce(f.lowest, 9e18)
  ),
  held as (
    insert into accounts.holds as h (hold, kind, account, amount, used, reserved, consumed, state, at)
    select f.hold, f.kind, f.id, f.amount, f.used, f.amount, 0, 'reserved', claim.at
    from fitting f order by f.hold, f.kind, f.position
    on conflict (hold, kind) do nothing
    returning h.hold, h.kind, h.account, h.used
  )
  select array_agg(o.ordinal) filter (where o.done) as ordinals, array_agg(o.granted) filter (where o.done) as granted,
    array_agg(o.used) filter (where o.done) as used, array_agg(o.position) filter (where not o.done) as left_over,
    coalesce(array_agg(o.position) filter (where not o.done and o.fits), '{}') as doubled
  into answered
  from (
    select a.ordinal, a.position, f.id is not null as fits, h.hold is not null or a.repeated as done,
      h.hold is not null or coalesce(a.same, false) as granted, coalesce(f.used, a.first_used) as used
    from asked a
    left join fitting f on f.position = a.position
    left join held h on h.hold = f.hold and h.kind = f.kind and h.account = f.id and h.used = f.used
  ) o;
  return query select d.o, d.g, d.u, case when not d.g then 'other-claim' end
    from unnest(answered.ordinals, answered.granted, answered.used) d (o, g, u);
  if answered.left_over is null then return; end if;

  -- The same thing claims twice in this call, its earlier hold was freed, or another transaction took its hold in this very
  -- moment: the figure reserved for it here is taken back, and the claim is answered below from the hold as it now stands.
  update accounts.accounts a set reserved = a.reserved - d.amount
  from (
    select kinds[p] as kind, owners[p] as owner, periods[p] as period, sum(amounts[p]) as amount
    from unnest(answered.doubled) p group by 1, 2, 3
  ) d
  where a.kind = d.kind and a.owner = d.owner and a.period = d.period;

  for part in
    select kinds[p] as kind, owners[p] as owner, periods[p] as period, array_agg(p order by ordinals[p]) as positions
    from unnest(answered.left_over) p group by 1, 2, 3
    order by kinds[p] = 'guarantee', 1, 2, 3
  loop
    select * into account from accounts.accounts a
    where a.kind = part.kind and a.owner = part.owner and a.period = part.period for update;
    before := account.reserved + account.consumed;
    taken := 0;
    asked_ceiling := null;
    foreach number in array part.positions loop
      ordinal := ordinals[number]; granted := false; used := before + taken; reason := null;
      limited := case when account.opened then least(account.ceiling, ceilings[number])
        else coalesce(ceilings[number], account.ceiling) end;
      asked_ceiling := coalesce(ceilings[number], asked_ceiling);
      select x.used, x.amount = amounts[number] and x.account = account.id as same into earlier
      from accounts.holds x where x.hold = hold_ids[number] and x.kind = part.kind and x.state <> 'freed';
      if not found then
        if account.id is null then
          used := 0; reason := 'no-account';
        elsif account.unit <> units[number] then
          reason := 'other-unit';
        elsif before::numeric + taken + amounts[number] > coalesce(limited, 9e18) then
          reason := 'over-ceiling';
        else
          insert into accounts.holds as h (hold, kind, account, amount, used, reserved, consumed, state, at)
          values (hold_ids[number], part.kind, account.id, amounts[number], before + taken, amounts[number], 0,
            'reserved', claim.at)
          on conflict (hold, kind) do update
          set account = excluded.account, amount = excluded.amount, used = excluded.used, reserved = excluded.reserved,
            state = excluded.state, at = excluded.at
          where h.state = 'freed';
          granted := found;
          if granted then
            taken := taken + amounts[number];
          else
            select x.used, x.amount = amounts[number] and x.account = account.id as same into earlier
            from accounts.holds x where x.hold = hold_ids[number] and x.kind = part.kind;
          end if;
        end if;
      end if;
      if not granted and reason is null then
        granted := earlier.same; used := earlier.used;
        reason := case when not earlier.same then 'other-claim' end;
      end if;
      return next;
    end loop;
    if taken > 0 then
      update accounts.accounts a
      set reserved = a.reserved + taken,
        ceiling = case when a.opened then a.ceiling else coalesce(asked_ceiling, a.ceiling) end
      where a.id = account.id;
    end if;
  end loop;
end $$;
