-- Issues notices for a set of parcels: secured by the guarantor's account, where the caller has claimed it, or due. A
-- notice that stands already is passed over.
create function treasury.issue(
  ids uuid[], versions int2[], payers text[], guarantors text[], currencies text[], amounts bigint[], charges text[],
  secured boolean[], issued timestamptz[], journal_at timestamptz default clock_timestamp(),
  seeded boolean default false
) returns void language plpgsql as $$
declare
  added uuid[];
  entries text[];
begin
  with written as (
    insert into treasury.notices as n (id, version, payer, guarantor, currency, amount, state, charges, issued)
    select q.id, q.version, q.payer, q.guarantor, q.currency, q.amount,
      case when q.secured then 'secured' else 'due' end, q.charges, q.issued
    from unnest(ids, versions, payers, guarantors, currencies, amounts, issue.charges, secured, issue.issued)
      as q (id, version, payer, guarantor, currency, amount, charges, secured, issued)
    order by q.id
    on conflict (id, version) do nothing
    returning n.id, n.version, n.currency, n.amount, n.state
  )
  -- One that is secured from the beginning asks nothing of anybody, and what it was issued with says so already.
  select array_agg(w.id), array_agg(jsonb_build_object('version', w.version, 'currency', w.currency,
    'minor', w.amount::text, 'state', w.state)::text)
  into added, entries from written w where w.state = 'due';
  if added is null then return; end if;
  perform platform.append(array_fill('treasury.issued'::text, array[cardinality(added)]), added, entries,
    issue.journal_at, issue.seeded);
end $$;

-- Whether nothing stands open for each of these parcels: paid, secured, cancelled, or nothing was ever due.
create function treasury.settled(ids uuid[]) returns table (id uuid, settled boolean) language sql stable as $$
  select q.id, not exists (select from treasury.notices n where n.id = q.id and n.state = 'due')
  from (select distinct u.id from unnest(ids) u (id)) q
$$;

-- What was paid for a parcel and is neither given back nor about to be.
create function treasury.paid(parcel uuid) returns bigint language sql stable as $$
  select coalesce((
    select sum(p.amount - p.refunded) from treasury.payments p where p.notice = parcel and p.state = 'paid'
  ), 0)::bigint - coalesce((select sum(n.refund) from treasury.notices n where n.id = parcel), 0)::bigint
$$;

-- Asks the guarantee accounts again for what is due, in the name of the guarantors given; answers which are secured now.
create function treasury.secure(ids uuid[], guarantors text[], at timestamptz default clock_timestamp())
returns table (id uuid, secured boolean) language plpgsql as $$
#variable_conflict use_column
declare
  granted uuid[];
begin
  perform from treasury.notices n where n.id = any (ids) order by n.id, n.version for update;
  with due as materialized (
    select n.id, n.version, n.currency, n.amount, q.guarantor, row_number() over (order by n.id)::int as ordinal
    from unnest(ids, guarantors) q (id, guarantor)
    join treasury.notices n on n.id = q.id and n.state = 'due'
    where q.guarantor is not null
  ),
  claimed as materialized (
    select d.id, d.version, d.guarantor, d.currency, d.amount
    from accounts.claim(
      array(select d.ordinal from due d order by d.ordinal), array(select d.id from due d order by d.ordinal),
      array(select 'guarantee'::text from due d), array(select d.guarantor from due d order by d.ordinal),
      array(select ''::text from due d), array(select d.currency from due d order by d.ordinal),
      array(select d.amount from due d order by d.ordinal), array(select null::bigint from due d), secure.at
    ) c
    join due d on d.ordinal = c.ordinal and c.granted
  ),
  changed as (
    update treasury.notices n set state = 'secured', guarantor = c.guarantor
    from claimed c where n.id = c.id and n.version = c.version
    returning n.id
  )
  select array_agg(c.id) into granted from changed c;
  if granted is not null then
    perform platform.append(array_fill('treasury.secured'::text, array[cardinality(granted)]), granted, null);
  end if;
  return query select u.i, u.i = any (coalesce(granted, '{}')) from unnest(ids) u (i);
end $$;

-- Cancels what these parcels still owe; what was paid is to be given back. The guarantee is freed by the caller.
create function treasury.cancel(ids uuid[], at timestamptz) returns void language plpgsql as $$
declare
  changed uuid[];
  entries text[];
begin
  perform from treasury.notices n where n.id = any (ids) order by n.id, n.version for update;
  with latest as (
    select distinct on (n.id) n.id, n.version from treasury.notices n where n.id = any (ids) order by n.id, n.version desc
  ),
  written as (
    update treasury.notices n
    set state = case when n.state in ('due', 'secured') then 'cancelled' else n.state end,
      was = case when n.state in ('due', 'secured') then n.state else n.was end,
      settled = coalesce(n.settled, cancel.at),
      refund = n.refund + treasury.paid(n.id)
    from latest l
    where n.id = l.id and n.version = l.version and (n.state in ('due', 'secured') or treasury.paid(n.id) > 0)
    returning n.id, n.version, n.state, n.currency, n.refund
  )
  select array_agg(w.id), array_agg(jsonb_build_object('version', w.version, 'state', w.state, 'currency', w.currency,
    'refund', w.refund::text)::text)
  into changed, entries from written w;
  if changed is null then return; end if;
  perform platform.append(array_fill('treasury.cancelled'::text, array[cardinality(changed)]), changed, entries);
end $$;

-- Brings back what was cancelled, when what it was cancelled for is reversed: secured where the guarantee was granted
-- again, otherwise due. A refund that no bank has made yet is called off; one that was made leaves the notice due.
create function treasury.reinstate(ids uuid[], guaranteed boolean[]) returns void language plpgsql as $$
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

-- The notice of a further version: the earlier ones are closed, what was paid counts, and what is left is secured or due.
-- Paid more than is owed now: the notice asks nothing and gives the difference back.
create function treasury.reissue(
  parcel uuid, new_version int2, new_payer text, new_guarantor text, new_currency text, owed bigint, new_charges text,
  secured boolean, issued timestamptz
) returns void language plpgsql as $$
declare
  before bigint;
  standing bigint;
begin
  perform from treasury.notices n where n.id = parcel order by n.version for update;
  before := treasury.paid(parcel);
  update treasury.notices n set state = 'cancelled', was = null, settled = reissue.issued
  where n.id = parcel and n.version < new_version and n.state in ('due', 'secured');
  select count(*) into standing from treasury.notices n where n.id = parcel;
  if owed = 0 and standing = 0 then return; end if;
  insert into treasury.notices (id, version, payer, guarantor, currency, amount, state, refund, charges, issued, settled)
  values (parcel, new_version, new_payer, new_guarantor, new_currency, greatest(owed - before, 0),
    case when owed <= before then 'paid' when secured then 'secured' else 'due' end, greatest(before - owed, 0),
    new_charges, reissue.issued, case when owed <= before then reissue.issued end);
  perform platform.append(array['treasury.reissued'], array[parcel], array[jsonb_build_object('version', new_version,
    'currency', new_currency, 'minor', greatest(owed - before, 0)::text, 'paid', before::text,
    'refund', greatest(before - owed, 0)::text)::text]);
end $$;
