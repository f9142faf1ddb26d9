-- Sets clocks running for cases that have come into a state (`left_states` null: by opening) and ends those of the state
-- they left. A reversal gives the whole time anew, since nobody could use the time that passed while it was decided.
create function cases.turn_clocks(
  case_ids uuid[], left_states text[], numbers int[], at timestamptz, reversal boolean
) returns void language plpgsql set enable_seqscan = off as $$
begin
  update cases.deadlines d
  set state = case when d.state <> 'running' then d.state when reversal then 'stopped' when d.due <= turn_clocks.at
      then 'fallen' else 'met' end,
    ended = turn_clocks.at
  from unnest(case_ids) q (id)
  join cases.cases c on c.id = q.id
  where d.case_id = c.id and d.ended is null and not exists (
    select from cases.procedure_deadlines p
    where p.procedure = c.procedure and p.version = c.version and p.name = d.name and c.state = any (p.states)
  );

  insert into cases.deadlines (case_id, name, since, due, source, state)
  select c.id, p.name, q.number, begins.at + hours.count * interval '1 hour',
    case when p.source like 'fact:%' then coalesce(f.facts ->> substr(p.source, 6), p.source) else p.source end, 'running'
  from unnest(case_ids, left_states, numbers) q (id, left_state, number)
  join cases.cases c on c.id = q.id
  join cases.procedure_deadlines p on p.procedure = c.procedure and p.version = c.version
    and c.state = any (p.states) and (q.left_state is null or q.left_state <> all (p.states))
  cross join lateral (select c.facts::jsonb as facts) f
  cross join lateral (
    select case when p.hours like 'fact:%' then f.facts ->> substr(p.hours, 6) else p.hours end::numeric::float8 as count
  ) hours
  cross join lateral (
    select case when reversal or p.runs_from = 'entered' then turn_clocks.at when p.runs_from = 'opened' then c.opened
      else (f.facts ->> substr(p.runs_from, 6))::timestamptz end as at
  ) begins
  where hours.count is not null and begins.at is not null;
end $$;

-- Opens cases of one procedure, each in its first state with its clocks running, and says so in the journal. One that is
-- open already is passed over; the ids that were opened are returned. `desks`, `parties` and `facts` may be null: on no
-- desk, nobody, nothing. `at` is the legal moment, `journal_at` that of the journal.
create function cases.open(
  ids uuid[], procedure_name text, procedure_version int, subjects uuid[], desks text[], parties text[], facts text[],
  actor text, at timestamptz default clock_timestamp(), journal_at timestamptz default clock_timestamp(),
  seeded boolean default false
) returns table (id uuid) language plpgsql as $$
#variable_conflict use_column
declare
  opened uuid[];
  entries text[];
  beginning text;
begin
  select p.first into strict beginning from cases.procedures p
  where p.name = procedure_name and p.version = procedure_version;

  with asked as (
    select * from unnest(ids, subjects, desks, open.parties, open.facts) as q (id, subject, desk, parties, facts)
  ),
  added as (
    insert into cases.cases (id, procedure, version, subject, state, desk, opened, opened_by, facts, parties, changed, stamp)
    select q.id, procedure_name, procedure_version, q.subject, beginning, q.desk, open.at, open.actor,
      coalesce(q.facts, '{}'), coalesce(q.parties, '{}'), open.at, 0
    from asked q order by q.id
    on conflict (id) do nothing
    returning id, subject, desk
  )
  select array_agg(a.id order by a.id),
    array_agg(jsonb_build_object('procedure', procedure_name, 'version', procedure_version, 'subject', a.subject,
      'state', beginning, 'desk', a.desk)::text order by a.id)
  into opened, entries from added a;
  if opened is null then return; end if;

  perform cases.turn_clocks(opened, null, array_fill(0, array[cardinality(opened)]), open.at, false);
  perform platform.append(array_fill('cases.opened'::text, array[cardinality(opened)]), opened, entries,
    open.journal_at, open.seeded);
  return query select o from unnest(opened) o;
end $$;

-- Writes moves whose legality the caller has judged under the cases' locks: the case's new state, the move with its
-- reasons, the clocks, the journal. Each case stands once in a call. The journal has a digest of the words, not the words.
create function cases.record(
  ids uuid[], move_names text[], to_states text[], undone int[], actor text, authority text,
  grounds text[], reasons text[], remedies text[], details text[], notes text[],
  at timestamptz, journal_at timestamptz, seeded boolean
) returns table (id uuid, from_state text, to_state text, number int)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  moved_ids uuid[];
  left_states text[];
  now_states text[];
  numbers int[];
  kinds text[];
  entries text[];
begin
  with asked as (
    select * from unnest(ids, move_names, to_states, undone, grounds, reasons, remedies, record.details, notes)
      as q (id, move, to_state, undoes, ground, reason, remedy, details, note)
  ),
  before as (
    select q.*, c.procedure, c.version, c.subject, c.state, c.stamp + 1 as number, coalesce(q.to_state, c.state) as becomes,
      m.decision
    from asked q
    join cases.cases c on c.id = q.id
    join cases.procedure_moves m on m.procedure = c.procedure and m.version = c.version and m.move = q.move
  ),
  changed as (
    update cases.cases c
    set state = b.becomes, stamp = b.number, changed = record.at,
      closed = case when b.becomes = any (p.ends) then coalesce(c.closed, record.at) end
    from before b
    join cases.procedures p on p.name = b.procedure and p.version = b.version
    where c.id = b.id
    returning c.id
  ),
  written as (
    insert into cases.moves (case_id, number, procedure, version, move, decision, from_state, to_state, actor, authority,
      at, ground, reason, remedy, details, note, undoes)
    select b.id, b.number, b.procedure, b.version, b.move, b.decision, b.state, b.becomes, record.actor, record.authority,
      record.at, b.ground, b.reason, b.remedy, b.details, b.note, b.undoes
    from before b order by b.id
    returning case_id
  )
  select array_agg(b.id order by b.id), array_agg(b.state order by b.id), array_agg(b.becomes order by b.id),
    array_agg(b.number order by b.id),
    array_agg(case b.move when 'claim' then 'cases.claimed' when 'hand-over' then 'cases.handed-over'
      when 'reverse' then 'cases.reversed' else 'cases.moved' end order by b.id),
    array_agg(jsonb_strip_nulls(jsonb_build_object('procedure', b.procedure, 'version', b.version, 'subject', b.subject,
      'number', b.number, 'move', b.move, 'from', b.state, 'to', b.becomes, 'undoes', b.undoes,
      'authority', record.authority, 'decision', b.decision, 'reasons', case when b.decision then encode(sha256(
        convert_to(jsonb_build_array(b.ground, b.reason, b.remedy, b.details)::text, 'UTF8')), 'hex') end
      ))::text order by b.id)
  into moved_ids, left_states, now_states, numbers, kinds, entries
  from before b;
  if moved_ids is null then return; end if;

  perform cases.turn_clocks(moved_ids, left_states, numbers, record.at, 'reverse' = any (move_names));
  perform platform.append(kinds, moved_ids, entries, record.journal_at, record.seeded);
  return query select * from unnest(moved_ids, left_states, now_states, numbers);
end $$;

-- Takes one step in each of many cases, under locks taken in the order of their ids. `by` says who acts (`desk`, `party`,
-- `clock`, `system`) and must be whom the procedure lets take the move; a stamp that is not null must be the case's.
-- `moved` is false with a refusal for a case that cannot take the step, and nothing of it is written then.
--
-- No effect runs here: an effect is code of the procedure's owner, run by this module's `act` and `actAll`. A store that
-- calls this function itself belongs to that owner and does in the same transaction what the effect would.
create function cases.act(
  ids uuid[], stamps int[], move_names text[], by text, actor text, authority text,
  grounds text[] default null, reasons text[] default null, remedies text[] default null, details text[] default null,
  notes text[] default null, at timestamptz default clock_timestamp(),
  journal_at timestamptz default clock_timestamp(), seeded boolean default false
) returns table (id uuid, moved boolean, refusal text, from_state text, to_state text, number int)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  judged record;
begin
  perform from cases.cases c where c.id = any (ids) order by c.id for update;

  select array_agg(v.position) filter (where v.refusal is null) as fit,
    array_agg(v.id) filter (where v.refusal is not null) as refused_ids,
    array_agg(v.refusal) filter (where v.refusal is not null) as refusals,
    array_agg(v.to_state) filter (where v.refusal is null) as to_states
  into judged
  from (
    select q.position, q.id, m.to_state, case
      when c.id is null then 'cases/not-found'
      when row_number() over (partition by q.id order by q.position) > 1 or c.stamp <> q.stamp
        then 'cases/changed-meanwhile'
      when m.to_state is null then 'cases/move-unknown'
      when c.state <> all (m.froms) then 'cases/move-not-allowed'
      when m.by <> act.by then 'cases/not-yours'
      when m.decision and not (coalesce(q.ground, '') ~ '\S' and coalesce(q.reason, '') ~ '\S' and
        coalesce(q.remedy, '') ~ '\S') then 'cases/reasons-missing'
    end as refusal
    from unnest(ids, stamps, move_names, grounds, reasons, remedies) with ordinality
      as q (id, stamp, move, ground, reason, remedy, position)
    left join cases.cases c on c.id = q.id
    left join cases.procedure_moves m on m.procedure = c.procedure and m.version = c.version and m.move = q.move
  ) v;

  return query select r.id, false, r.refusal, null::text, null::text, null::int
  from unnest(judged.refused_ids, judged.refusals) as r (id, refusal);
  if judged.fit is null then return; end if;

  return query
  select r.id, true, null::text, r.from_state, r.to_state, r.number
  from cases.record(
    array(select ids[p] from unnest(judged.fit) with ordinality u (p, n) order by n),
    array(select move_names[p] from unnest(judged.fit) with ordinality u (p, n) order by n),
    judged.to_states, null, act.actor, act.authority,
    array(select grounds[p] from unnest(judged.fit) with ordinality u (p, n) order by n),
    array(select reasons[p] from unnest(judged.fit) with ordinality u (p, n) order by n),
    array(select remedies[p] from unnest(judged.fit) with ordinality u (p, n) order by n),
    array(select act.details[p] from unnest(judged.fit) with ordinality u (p, n) order by n),
    array(select notes[p] from unnest(judged.fit) with ordinality u (p, n) order by n),
    act.at, act.journal_at, act.seeded
  ) r;
end $$;

-- Marks deadlines as fallen, each once: one that another sweep has taken meanwhile is not among those returned. One that
-- brings a move ends with it; the others stay, and their cases are overdue until somebody acts.
create function cases.fall(case_ids uuid[], names text[], at timestamptz, journal_at timestamptz default clock_timestamp())
returns table (case_id uuid, name text) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  fallen uuid[];
  fallen_names text[];
  entries text[];
begin
  with marked as (
    update cases.deadlines d
    set state = 'fallen', ended = case when p.move is not null then fall.at end
    from unnest(case_ids, names) q (id, name)
    join cases.cases c on c.id = q.id
    join cases.procedure_deadlines p on p.procedure = c.procedure and p.version = c.version and p.name = q.name
    where d.case_id = q.id and d.name = q.name and d.state = 'running' and d.due <= fall.at
    returning d.case_id, d.name, d.due, d.source, p.move, c.subject
  )
  select array_agg(m.case_id order by m.case_id, m.name), array_agg(m.name order by m.case_id, m.name),
    array_agg(jsonb_strip_nulls(jsonb_build_object('deadline', m.name, 'due', m.due, 'source', m.source, 'move', m.move,
      'subject', m.subject))::text order by m.case_id, m.name)
  into fallen, fallen_names, entries from marked m;
  if fallen is null then return; end if;
  perform platform.append(array_fill('cases.deadline-fell'::text, array[cardinality(fallen)]), fallen, entries,
    fall.journal_at);
  return query select * from unnest(fallen, fallen_names);
end $$;
