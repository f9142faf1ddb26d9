import { column, type Tx } from '#platform/db.ts';
import type { Judged, Movement } from './reconcile.ts';

/** A statement as it is stored, without its lines. */
export interface StatementRow {
  readonly id: string;
  readonly sha256: string;
  readonly number: string;
  readonly format: 'camt.053' | 'csv';
  readonly account: string;
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  readonly opening: bigint | null;
  readonly closing: bigint | null;
  readonly received: string;
}

/** Money that moved, with what it was for. */
export type Moved = Movement & { readonly at: string; readonly kind: string; readonly subject: string };

const columns = `s.id, encode(s.sha256, 'hex') as sha256, s.number, s.format, s.account, s.currency,
  s.from_day as "from", s.until_day as until, s.opening, s.closing, s.received`;

export async function statementOf(tx: Tx, id: string): Promise<StatementRow | undefined> {
  return (await tx.query<StatementRow>(`select ${columns} from treasury.statements s where s.id = $1`, [id]))[0];
}

export async function statementByDigest(tx: Tx, sha256: string): Promise<StatementRow | undefined> {
  const [row] = await tx.query<StatementRow>(
    `select ${columns} from treasury.statements s where s.sha256 = decode($1, 'hex')`,
    [sha256],
  );
  return row;
}

/** Keeps other statements out until the transaction ends, since each is judged by what the earlier ones matched. */
export async function lockStatements(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('treasury.statements', 53))");
}

export async function addStatement(
  tx: Tx,
  one: StatementRow & { readonly actor: string; readonly authority: string },
  lines: readonly Judged[],
): Promise<void> {
  await tx.query(
    `insert into treasury.statements (id, sha256, number, format, account, currency, from_day, until_day, opening, closing,
       received, actor, authority)
     values ($1, decode($2, 'hex'), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      one.id,
      one.sha256,
      one.number,
      one.format,
      one.account,
      one.currency,
      one.from,
      one.until,
      one.opening,
      one.closing,
      one.received,
      one.actor,
      one.authority,
    ],
  );
  await tx.query(
    `insert into treasury.statement_lines
       (statement, number, booked, bank, reference, currency, amount, verdict, movement)
     select $1, u.number, u.booked::date, u.bank, u.reference, u.currency, u.amount, u.verdict, u.movement
     from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[])
       u (number, booked, bank, reference, currency, amount, verdict, movement)`,
    [
      one.id,
      column.int4(lines.map(({ number }) => number)),
      column.text(lines.map(({ booked }) => booked)),
      column.text(lines.map(({ bank }) => bank)),
      column.text(lines.map(({ reference }) => reference)),
      column.text(lines.map(({ currency }) => currency)),
      column.int8(lines.map(({ amount }) => amount)),
      column.text(lines.map(({ verdict }) => verdict)),
      column.text(lines.map(({ movement }) => movement)),
    ],
  );
}

/** What moved under one of these references, by the window's own or the bank's. */
export const movementsUnder = (tx: Tx, names: readonly string[]): Promise<Moved[]> =>
  tx.query(
    `select m.id, m.bank, m.currency, m.amount, m.at, m.kind, m.subject from treasury.movements m
     where m.bank = any ($1) or m.id = any ($1)`,
    [column.text([...names])],
  );

/** Which of these movements a line of a statement was matched with. */
export const matchedAmong = async (tx: Tx, movements: readonly string[]): Promise<string[]> =>
  (
    await tx.query<{ movement: string }>(
      `select movement from treasury.statement_lines where verdict = 'matched' and movement = any ($1)`,
      [column.text([...movements])],
    )
  ).map(({ movement }) => movement);

/** What moved between two instants and stands on no statement, not even with another amount. */
export const unmatchedBetween = (tx: Tx, from: string, until: string, size: number): Promise<Moved[]> =>
  tx.query(
    `select m.id, m.bank, m.currency, m.amount, m.at, m.kind, m.subject from treasury.movements m
     where m.at >= $1 and m.at < $2
       and not exists (select from treasury.statement_lines l where l.movement = m.id)
     order by m.at, m.id limit $3`,
    [from, until, size],
  );

/** What moved between two instants. */
export const movementsBetween = (tx: Tx, from: string, until: string, size: number): Promise<Moved[]> =>
  tx.query(
    `select m.id, m.bank, m.currency, m.amount, m.at, m.kind, m.subject from treasury.movements m
     where m.at >= $1 and m.at < $2 order by m.at, m.id limit $3`,
    [from, until, size],
  );

export const linesOf = (tx: Tx, statement: string): Promise<(Judged & { subject: string | null })[]> =>
  tx.query(
    `select l.number, l.booked, l.bank, l.reference, l.currency, l.amount, l.verdict, l.movement, m.subject
     from treasury.statement_lines l left join treasury.movements m on m.id = l.movement
     where l.statement = $1 order by l.verdict = 'matched', l.number limit 1000`,
    [statement],
  );

/** How many lines of each finding a statement has, and what they come to, by currency. */
export const sumsOf = (
  tx: Tx,
  statement: string,
): Promise<{ verdict: Judged['verdict']; currency: string; lines: number; amount: bigint }[]> =>
  tx.query(
    `select verdict, currency, count(*)::int as lines, sum(amount)::bigint as amount
     from treasury.statement_lines where statement = $1 group by 1, 2 order by 1, 2`,
    [statement],
  );

/** The statements, the latest first, with how many of their lines are somebody's work. */
export const statementsOf = (tx: Tx, size: number): Promise<(StatementRow & { lines: number; open: number })[]> =>
  tx.query(
    `select ${columns}, c.lines, c.open from treasury.statements s
     cross join lateral (
       select count(*)::int as lines, count(*) filter (where l.verdict <> 'matched')::int as open
       from treasury.statement_lines l where l.statement = s.id
     ) c order by s.received desc, s.id desc limit $1`,
    [size],
  );
