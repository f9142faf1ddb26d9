import { column, type Tx } from '#platform/db.ts';
import {
  builtIn,
  type CaseRow,
  type DeadlineRow,
  endsOf,
  type MoveRow,
  type NewCase,
  type Procedure,
} from './model.ts';

const caseColumns = `c.id, c.procedure, c.version, c.subject, c.state, c.desk, c.opened, c.opened_by as "openedBy", c.closed,
  c.claimed_by as "claimedBy", c.claimed_at as "claimedAt", c.facts, c.parties, c.changed, c.stamp,
  (select min(d.due) from cases.deadlines d where d.case_id = c.id and d.ended is null) as due`;

type RawCase = Omit<CaseRow, 'facts' | 'parties' | 'details' | 'decidedBy' | 'decidedFor'> & {
  facts: string;
  parties: string;
};

export function caseFrom(raw: RawCase): CaseRow {
  const facts: CaseRow['facts'] = JSON.parse(raw.facts);
  const parties: CaseRow['parties'] = JSON.parse(raw.parties);
  return { ...raw, facts, parties, details: null, decidedBy: null, decidedFor: null };
}

/** Reads cases in the order of their ids; `lock` holds their rows until the transaction ends. */
export async function casesOf(tx: Tx, ids: readonly string[], lock: boolean): Promise<CaseRow[]> {
  if (lock) {
    await tx.query('select 1 from cases.cases where id = any ($1::uuid[]) order by id for update', [
      column.uuid([...ids]),
    ]);
  }
  const rows = await tx.query<RawCase>(
    `select ${caseColumns} from cases.cases c where c.id = any ($1::uuid[]) order by c.id`,
    [column.uuid([...ids])],
  );
  return rows.map(caseFrom);
}

export async function casesOfSubjects(tx: Tx, subjects: readonly string[], size: number): Promise<CaseRow[]> {
  const rows = await tx.query<RawCase>(
    `select ${caseColumns} from cases.cases c where c.subject = any ($1::uuid[]) order by c.subject, c.id limit $2`,
    [column.uuid([...subjects]), size],
  );
  return rows.map(caseFrom);
}

export interface Opening {
  readonly procedure: string;
  readonly version: number;
  readonly actor: string;
  readonly at: string;
  readonly journalAt: string | null;
  readonly seeded: boolean;
}

export async function open(tx: Tx, opening: Opening, cases: readonly NewCase[]): Promise<string[]> {
  const text = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  const rows = await tx.query<{ id: string }>(
    `select id from cases.open($1::uuid[], $2, $3, $4::uuid[], $5::text[], $6::text[], $7::text[], $8, $9,
       coalesce($10::timestamptz, clock_timestamp()), $11)`,
    [
      column.uuid(cases.map((one) => one.id)),
      opening.procedure,
      opening.version,
      column.uuid(cases.map((one) => one.subject)),
      column.text(cases.map((one) => one.desk)),
      column.text(cases.map((one) => text(one.parties))),
      column.text(cases.map((one) => text(one.facts))),
      opening.actor,
      opening.at,
      opening.journalAt,
      opening.seeded,
    ],
  );
  return rows.map((row) => row.id);
}

export interface Step {
  readonly case: string;
  readonly stamp: number | null;
  readonly move: string;
  readonly ground: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly details: unknown;
  readonly note: string | null;
}

export interface Stepped {
  readonly id: string;
  readonly moved: boolean;
  readonly refusal: string | null;
  readonly number: number | null;
}

const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

export async function act(
  tx: Tx,
  who: { by: string; actor: string; authority: string | null; at: string },
  steps: readonly Step[],
): Promise<Stepped[]> {
  return tx.query(
    `select id, moved, refusal, number from cases.act($1::uuid[], $2::int[], $3::text[], $4, $5, $6, $7::text[], $8::text[],
       $9::text[], $10::text[], $11::text[], $12)`,
    [
      column.uuid(steps.map((step) => step.case)),
      column.int4(steps.map((step) => step.stamp)),
      column.text(steps.map((step) => step.move)),
      who.by,
      who.actor,
      who.authority,
      column.text(steps.map((step) => step.ground)),
      column.text(steps.map((step) => step.reason)),
      column.text(steps.map((step) => step.remedy)),
      column.text(steps.map((step) => jsonOrNull(step.details))),
      column.text(steps.map((step) => step.note)),
      who.at,
    ],
  );
}

/** Records one move that every procedure has; the caller has judged it under the case's lock. */
export async function record(
  tx: Tx,
  who: { actor: string; authority: string | null; at: string },
  step: Step & { to: string; undoes: number | null },
): Promise<void> {
  await tx.query(
    `select 1 from cases.record(array[$1::uuid], array[$2], array[$3], array[$4::int], $5, $6, array[$7], array[$8],
       array[$9], array[$10], array[$11], $12, clock_timestamp(), false)`,
    [
      step.case,
      step.move,
      step.to,
      step.undoes,
      who.actor,
      who.authority,
      step.ground,
      step.reason,
      step.remedy,
      jsonOrNull(step.details),
      step.note,
      who.at,
    ],
  );
}

/** Puts these facts in the place of those of the same name; clocks that begin from now on read them. */
export async function restate(tx: Tx, id: string, facts: CaseRow['facts']): Promise<void> {
  await tx.query('update cases.cases set facts = (facts::jsonb || $2::jsonb)::text where id = $1', [
    id,
    JSON.stringify(facts),
  ]);
}

export async function setHolder(
  tx: Tx,
  id: string,
  holder: { claimedBy: string | null; claimedAt: string | null; desk: string | null },
): Promise<void> {
  await tx.query('update cases.cases set claimed_by = $2, claimed_at = $3, desk = $4 where id = $1', [
    id,
    holder.claimedBy,
    holder.claimedAt,
    holder.desk,
  ]);
}

export async function movesOf(tx: Tx, id: string): Promise<MoveRow[]> {
  const rows = await tx.query<Omit<MoveRow, 'details'> & { details: string | null }>(
    `select number, move, decision, from_state as "from", to_state as "to", actor, authority, at, ground, reason, remedy,
       details, note, undoes from cases.moves where case_id = $1 order by number`,
    [id],
  );
  return rows.map((row) => {
    const details: unknown = row.details === null ? null : JSON.parse(row.details);
    return { ...row, details };
  });
}

export const deadlinesOf = (tx: Tx, id: string): Promise<DeadlineRow[]> =>
  tx.query(
    'select name, since, due, source, state, ended from cases.deadlines where case_id = $1 order by since, due, name',
    [id],
  );

/**
 * Stores the data of a procedure's version; what is stored already under another digest is left and answered as false.
 */
export async function install(tx: Tx, procedure: Procedure, digest: string): Promise<boolean> {
  const added = await tx.query(
    'insert into cases.procedures (name, version, first, ends, digest) values ($1, $2, $3, $4, $5) on conflict do nothing returning 1',
    [procedure.name, procedure.version, procedure.first, endsOf(procedure), digest],
  );
  if (added.length === 0) {
    const [there] = await tx.query<{ digest: string }>(
      'select digest from cases.procedures where name = $1 and version = $2',
      [procedure.name, procedure.version],
    );
    return there?.digest === digest;
  }
  const states = [...new Set([procedure.first, ...procedure.moves.flatMap((move) => [...move.from, move.to])])];
  for (const move of procedure.moves) {
    await installMove(tx, procedure, move.name, move.from, move.to, move.by, move.decision === true);
  }
  for (const name of builtIn) await installMove(tx, procedure, name, states, null, 'desk', name === 'reverse');
  for (const one of procedure.deadlines) {
    await tx.query('insert into cases.procedure_deadlines values ($1, $2, $3, $4, $5, $6, $7, $8)', [
      procedure.name,
      procedure.version,
      one.name,
      one.in,
      String(one.hours),
      one.from,
      one.source,
      one.move ?? null,
    ]);
  }
  return true;
}

async function installMove(
  tx: Tx,
  procedure: Procedure,
  name: string,
  from: readonly string[],
  to: string | null,
  by: string,
  decision: boolean,
): Promise<void> {
  await tx.query('insert into cases.procedure_moves values ($1, $2, $3, $4, $5, $6, $7)', [
    procedure.name,
    procedure.version,
    name,
    from,
    to,
    by,
    decision,
  ]);
}

/** The procedures of open cases, so that none is left without its code. */
export const openProcedures = (tx: Tx): Promise<{ procedure: string; version: number }[]> =>
  tx.query('select distinct procedure, version from cases.cases where closed is null');
