-- The books of a month: what checklists counted for when it was closed, and every difference that became known since.
-- Nothing here is written twice: a checklist is either pending or booked, and what is booked is only ever added to.

-- Checklists that were released and stand in no book yet, with the month of their release.
create table statistics.pending (
  id uuid primary key,
  declarant text not null,
  month date not null,
  released timestamptz not null
);
create index pending_month on statistics.pending (month);

-- The closing of a month, for everybody or for one declarant. Its work is cut into ranges of ids, each of which is done
-- or not: whatever is killed, the next one goes on with the ranges that are left.
create table statistics.runs (
  id uuid primary key,
  month date not null,
  declarant text,
  -- The law by which it merges is that of the home pack at this epoch.
  epoch bigint not null,
  -- By the clock of whoever asked, and by that which dates the journal.
  started timestamptz not null,
  asked timestamptz not null default clock_timestamp(),
  started_by text not null,
  state text not null check (state in ('planning', 'running', 'done', 'failed')),
  ended timestamptz,
  check ((state in ('planning', 'running')) = (ended is null))
);
create index runs_open on statistics.runs (id) where ended is null;
create index runs_month on statistics.runs (month, id);

create table statistics.ranges (
  run uuid not null,
  low uuid not null,
  high uuid not null,
  -- How many checklists it held; null while nobody has booked them.
  checklists int,
  primary key (run, low)
);
create index ranges_open on statistics.ranges (run, low) where checklists is null;

-- A checklist that is booked: to which month it counts, and under which summary, or why under none.
create table statistics.checklists (
  id uuid primary key,
  run uuid not null,
  month date not null,
  declarant text not null,
  released timestamptz not null,
  rule text,
  summary uuid,
  reason text,
  -- The number of its last booking: nought when it was closed, then one for each correction.
  entry int2 not null,
  check ((summary is null) = (reason is not null))
) with (fillfactor = 90);
create index checklists_alone on statistics.checklists (month, id) where summary is null;

-- One summary declaration: the checklists of a run that are alike in the fields that the law names. Its id is made of
-- these, so that whoever books into it needs to ask nobody.
create table statistics.summaries (
  id uuid primary key,
  run uuid not null,
  month date not null,
  declarant text not null,
  rule text not null,
  movement text not null,
  -- The fields by which it was merged, in the order of their names, as JSON.
  head text not null,
  -- When its run had booked the last checklist; what comes later corrects it.
  filed timestamptz
);
create index summaries_month on statistics.summaries (month, declarant, id);
create index summaries_declarant on statistics.summaries (declarant, month, id);
create index summaries_run on statistics.summaries (run) where filed is null;

-- One line of it, with what it comes to now. What it was filed with is that less its corrections.
create table statistics.summary_lines (
  id uuid primary key,
  summary uuid not null,
  number int,
  commodity text,
  origin text,
  currency text not null,
  unit text not null,
  items bigint not null,
  checklists bigint not null,
  value_minor numeric not null,
  quantity numeric not null,
  net_weight numeric not null,
  gross_weight numeric not null
) with (fillfactor = 70);
create index summary_lines_summary on statistics.summary_lines (summary, number);

-- What is counted together: one row for each combination that occurs, and for each month what it comes to.
create table statistics.cells (
  id uuid primary key,
  movement text not null,
  route text,
  procedure text,
  country text,
  commodity text,
  currency text not null,
  unit text not null
);

create table statistics.figures (
  period date not null,
  cell uuid not null,
  items bigint not null,
  checklists bigint not null,
  value_minor numeric not null,
  quantity numeric not null,
  net_weight numeric not null,
  gross_weight numeric not null,
  primary key (period, cell)
) with (fillfactor = 70);

-- What is booked of one line of goods, with a sign: all of it at the close of its month, differences later.
create table statistics.bookings (
  id uuid not null,
  entry int2 not null,
  part int2 not null,
  line int2 not null,
  period date not null,
  summary_line uuid,
  cell uuid not null,
  -- Who stands behind it: what one or two alone have done is not published.
  trader text not null,
  items int2 not null,
  checklists int2 not null,
  value_minor bigint not null,
  quantity numeric not null,
  net_weight numeric not null,
  gross_weight numeric not null,
  primary key (id, entry, part)
);
create index bookings_summary_line on statistics.bookings (summary_line, id) where summary_line is not null;
create index bookings_corrections on statistics.bookings (summary_line) where summary_line is not null and entry > 0;
-- What is booked together lies together, so that a month is found by blocks.
create index bookings_period on statistics.bookings using brin (period) with (pages_per_range = 32);

-- Why a checklist was booked again: what had happened to it, when that became known, and in which month it counts.
create table statistics.corrections (
  id uuid not null,
  entry int2 not null,
  period date not null,
  at timestamptz not null,
  ground text not null,
  primary key (id, entry)
);

-- The months that have figures, and whether they changed since they were last published.
create table statistics.periods (
  period date primary key,
  published timestamptz,
  changed boolean not null
);

-- What everybody may read of a month. Without figures where too few stand behind them, or where they would tell the
-- figures of such a row.
create table statistics.published (
  period date not null,
  movement text not null,
  breakdown text not null check (breakdown in ('all', 'country', 'chapter', 'route')),
  key text not null,
  checklists bigint,
  items bigint,
  value_minor numeric,
  net_weight numeric,
  primary key (period, movement, breakdown, key),
  check (num_nulls(checklists, items, value_minor, net_weight) in (0, 4))
);
