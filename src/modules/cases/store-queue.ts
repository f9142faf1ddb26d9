import { column, type Tx } from '#platform/db.ts';
import type { CaseRow, QueueCount, QueueFilter } from './model.ts';
import { caseFrom } from './store.ts';

const late = `exists (select from cases.deadlines d where d.case_id = c.id and d.ended is null and d.due <= $1::timestamptz)`;

/** The page of a queue, oldest first, one row more than its size when there is another page. */
export async function queue(tx: Tx, filter: QueueFilter, now: string, size: number): Promise<CaseRow[]> {
  const rows = await tx.query<Parameters<typeof caseFrom>[0]>(
    `select c.id, c.procedure, c.version, c.subject, c.state, c.desk, c.opened, c.opened_by as "openedBy", c.closed,
       c.claimed_by as "claimedBy", c.claimed_at as "claimedAt", c.facts, c.parties, c.changed, c.stamp,
       (select min(d.due) from cases.deadlines d where d.case_id = c.id and d.ended is null) as due
     from cases.cases c
     where (c.closed is not null) = $2::boolean
       and ($3::text is null or c.desk = $3 or starts_with(c.desk, $3 || '/'))
       and ($4::text is null or c.procedure = $4) and ($5::text is null or c.state = $5)
       and ($6::text is null or c.claimed_by = $6) and ($7::boolean is null or (c.claimed_by is null) = $7)
       and ($8::boolean is null or ${late} = $8)
       and ($9::timestamptz is null or c.opened < $9) and ($10::uuid is null or c.id > $10)
     order by c.id limit $11`,
    [
      now,
      filter.closed ?? false,
      filter.desk ?? null,
      filter.procedure ?? null,
      filter.state ?? null,
      filter.claimedBy ?? null,
      filter.unclaimed ?? null,
      filter.overdue ?? null,
      filter.openedBefore ?? null,
      filter.after ?? null,
      size,
    ],
  );
  return rows.map(caseFrom);
}

/** Open cases by procedure and state, of a desk or of all. */
export const counts = (tx: Tx, desk: string | null, now: string): Promise<QueueCount[]> =>
  tx.query(
    `select c.procedure, c.state, count(*)::int as count, (count(*) filter (where c.claimed_by is null))::int as unclaimed,
       (count(*) filter (where ${late}))::int as overdue
     from cases.cases c
     where c.closed is null and ($2::text is null or c.desk = $2 or starts_with(c.desk, $2 || '/'))
     group by 1, 2 order by 1, 2`,
    [now, desk],
  );

/** When the oldest case that is still open was opened; null when none is. */
export async function oldestOpen(tx: Tx): Promise<string | null> {
  const [row] = await tx.query<{ opened: string | null }>(
    'select min(opened) as opened from cases.cases where closed is null',
  );
  return row?.opened ?? null;
}

/** Who is the subject of cases, among the ids from `low` up to `high`, and whether one of them is still open. */
export const subjectsBetween = (tx: Tx, low: string, high: string): Promise<{ subject: string; open: boolean }[]> =>
  tx.query(
    `select subject, bool_or(closed is null) as open from cases.cases where subject >= $1 and subject < $2
     group by 1 order by 1`,
    [low, high],
  );

/** Locks cases with a clock that has fallen due, passing over those that somebody else holds and those named. */
export async function lockDue(tx: Tx, now: string, besides: readonly string[], size: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select c.id from cases.deadlines d join cases.cases c on c.id = d.case_id
     where d.state = 'running' and d.due <= $1 and c.id <> all ($2::uuid[])
     order by d.due limit $3 for update of c skip locked`,
    [now, column.uuid([...besides]), size],
  );
  return [...new Set(rows.map((row) => row.id))];
}

/** For each of these locked cases, the clock that fell due first. */
export const firstDue = (tx: Tx, ids: readonly string[], now: string): Promise<{ id: string; name: string }[]> =>
  tx.query(
    `select distinct on (case_id) case_id as id, name from cases.deadlines
     where case_id = any ($1::uuid[]) and state = 'running' and due <= $2 order by case_id, due, name`,
    [column.uuid([...ids]), now],
  );

/** Whether a clock that brings a move has fallen due in this case and not been swept yet. */
export async function isDue(tx: Tx, id: string, now: string): Promise<boolean> {
  const rows = await tx.query(
    `select from cases.deadlines d join cases.cases c on c.id = d.case_id
     join cases.procedure_deadlines p on p.procedure = c.procedure and p.version = c.version and p.name = d.name
     where d.case_id = $1 and d.state = 'running' and d.due <= $2 and p.move is not null`,
    [id, now],
  );
  return rows.length > 0;
}

/** Marks these as fallen; answers those that were marked now. */
export const fall = (
  tx: Tx,
  due: readonly { id: string; name: string }[],
  now: string,
): Promise<{ id: string; name: string }[]> =>
  tx.query('select case_id as id, name from cases.fall($1::uuid[], $2::text[], $3)', [
    column.uuid(due.map((one) => one.id)),
    column.text(due.map((one) => one.name)),
    now,
  ]);

export const stamps = (tx: Tx, ids: readonly string[]): Promise<{ id: string; stamp: number }[]> =>
  tx.query('select id, stamp from cases.cases where id = any ($1::uuid[])', [column.uuid([...ids])]);
