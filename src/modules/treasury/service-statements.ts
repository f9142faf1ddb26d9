import { createHash } from 'node:crypto';
import { addDays, dayIn, dayOf } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { formatMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { act, casesOf, type CaseRow, open, type Procedure, type Reasons } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { corrects, type Judged, reconcile, type Verdict } from './reconcile.ts';
import { readStatement, type Statement } from './statement-read.ts';
import * as store from './store-statements.ts';
import { collector } from './unpaid.ts';

/** What a statement says otherwise than the window: an officer sees to it and ends the work with his reasons. */
export const statementDifferences: Procedure = {
  name: 'statement-differences',
  version: 1,
  first: 'open',
  moves: [{ name: 'clear-up', from: ['open'], to: 'cleared-up', by: 'desk', purpose: 'tax', decision: true }],
  deadlines: [],
  effects: {},
};

/** A line of a statement as it leaves; `corrects` says who can put it right, null where it is matched. */
export interface LineView {
  readonly number: number;
  readonly booked: string;
  readonly bank: string;
  readonly reference: string;
  readonly amount: WireMoney;
  readonly verdict: Verdict;
  readonly movement: string | null;
  readonly subject: string | null;
  readonly corrects: 'payer' | 'bank' | 'collector' | null;
}

/** Money that moved by the window's own account in the statement's period and that no statement names. */
export interface MissingView {
  readonly movement: string;
  readonly kind: string;
  readonly subject: string;
  readonly bank: string;
  readonly at: string;
  readonly amount: WireMoney;
  readonly corrects: 'bank';
}

/** A statement with what was found of each line. `sums` come to what the file says, to the minor unit. */
export interface StatementView {
  readonly id: string;
  readonly number: string;
  readonly sha256: string;
  readonly format: string;
  readonly account: string;
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  readonly opening: WireMoney | null;
  readonly closing: WireMoney | null;
  readonly received: string;
  readonly sums: readonly { readonly verdict: Verdict; readonly lines: number; readonly amount: WireMoney }[];
  readonly lines: readonly LineView[];
  readonly missing: readonly MissingView[];
  readonly case: { readonly id: string; readonly state: string; readonly stamp: number } | null;
}

const recordOf = (id: string) => ({ kind: 'bank-statement' as const, id, parties: {}, desk: null });
const wire = (currency: string, minor: bigint): WireMoney => formatMoney({ currency, minor });

async function judged(tx: Tx, { lines }: Statement): Promise<Judged[]> {
  const names = [...new Set(lines.flatMap(({ bank, reference }) => [bank, reference]))].filter((one) => one !== '');
  const movements = await store.movementsUnder(tx, names);
  const matched = await store.matchedAmong(
    tx,
    movements.map(({ id }) => id),
  );
  return reconcile(lines, movements, new Set(matched));
}

/** The instants at which the days of a statement begin and end; a day more, for what the bank books on the next one. */
const periodOf = ({ from, until }: Pick<Statement, 'from' | 'until'>): [string, string] => [
  `${from}T00:00:00.000Z`,
  `${addDays(dayOf(until), 1)}T00:00:00.000Z`,
];

async function keep(
  context: Context,
  tx: Tx,
  principal: Principal,
  sha256: string,
  statement: Statement,
): Promise<string> {
  await store.lockStatements(tx);
  const there = await store.statementByDigest(tx, sha256);
  if (there !== undefined) return there.id;
  const id = newId(context.clock.now());
  const lines = await judged(tx, statement);
  const received = context.clock.instant();
  const { lines: _lines, ...head } = statement;
  const by = { actor: principal.subject, authority: principal.authority ?? '' };
  await store.addStatement(tx, { id, sha256, ...head, received, ...by }, lines);
  const open_ = lines.filter(({ verdict }) => verdict !== 'matched').length;
  const missing = (await store.unmatchedBetween(tx, ...periodOf(statement), 1)).length;
  if (open_ + missing > 0) await openWork(context, tx, id, { lines: open_, missing: missing > 0 });
  const data = { sha256, lines: lines.length, open: open_ };
  await append(tx, [{ kind: 'treasury.statement-read', subject: id, data }]);
  return id;
}

async function openWork(
  context: Context,
  tx: Tx,
  statement: string,
  facts: { lines: number; missing: boolean },
): Promise<void> {
  const { home } = context.reference.current().get(packsPart);
  const at = context.clock.instant();
  await open(tx, { procedure: statementDifferences.name, actor: 'window', at }, [
    {
      id: newId(context.clock.now()),
      subject: statement,
      desk: collector(home),
      facts: { ground: 'treasury/differences', ...facts },
    },
  ]);
}

/**
 * Takes a bank's statement and holds every line against what the window knows. The same file again changes nothing and
 * is answered as it stands; what differs becomes a case of the office that collects.
 */
export async function takeStatement(
  context: Context,
  principal: Principal,
  bytes: Buffer,
): Promise<Result<Partial<StatementView>>> {
  if (!may(principal, 'bank-statement.file', recordOf(''))) return refuse('treasury/statement-not-yours');
  const read = await readStatement(bytes, () => context.clock.now());
  if (!read.ok) return read;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const id = await context.db.tx((tx) => keep(context, tx, principal, sha256, read.value));
  return statementView(context.db, principal, id);
}

const lineView = ({ currency, amount, verdict, ...line }: Judged & { subject: string | null }): LineView => ({
  ...line,
  verdict,
  amount: wire(currency, amount),
  corrects: verdict === 'matched' ? null : corrects[verdict],
});

const missingView = ({ id, currency, amount, kind, subject, bank, at }: store.Moved): MissingView => ({
  movement: id,
  kind,
  subject,
  bank,
  at,
  amount: wire(currency, amount),
  corrects: 'bank',
});

/** The case about a statement's differences; undefined where it has none. */
export const differencesCase = async (tx: Tx, statement: string): Promise<CaseRow | undefined> =>
  (await casesOf(tx, [statement])).find(({ procedure }) => procedure === statementDifferences.name);

const shownMax = 200;

/** A statement with its lines, those that are somebody's work first, and what moved and stands on no statement. */
export async function statementView(tx: Tx, principal: Principal, id: string): Promise<Result<Partial<StatementView>>> {
  const row = await store.statementOf(tx, id);
  if (row === undefined || !may(principal, 'bank-statement.read', recordOf(id)))
    return refuse('treasury/statement-not-found');
  const { currency, opening, closing, ...rest } = row;
  const work = await differencesCase(tx, id);
  const data: StatementView = {
    ...rest,
    currency,
    opening: opening === null ? null : wire(currency, opening),
    closing: closing === null ? null : wire(currency, closing),
    sums: (await store.sumsOf(tx, id)).map((one) => ({
      verdict: one.verdict,
      lines: one.lines,
      amount: wire(one.currency, one.amount),
    })),
    lines: (await store.linesOf(tx, id)).map(lineView),
    missing: (await store.unmatchedBetween(tx, ...periodOf(row), shownMax)).map(missingView),
    case: work === undefined ? null : { id: work.id, state: work.state, stamp: work.stamp },
  };
  return ok(view(principal, { ...recordOf(id), data }));
}

/** The statements that were handed in, the latest first, with how many lines of each are somebody's work. */
export async function statementList(
  tx: Tx,
  principal: Principal,
): Promise<Result<(store.StatementRow & { lines: number; open: number })[]>> {
  if (!may(principal, 'bank-statement.read', recordOf(''))) return refuse('treasury/statement-not-yours');
  return ok(await store.statementsOf(tx, 50));
}

/** Ends the work on a statement's differences, with the officer's ground, reason and remedy. */
export async function clearUp(
  context: Context,
  principal: Principal,
  statement: string,
  { stamp, ...decision }: Reasons & { readonly stamp: number },
): Promise<Result<CaseRow>> {
  return context.db.tx(async (tx) => {
    const one = await differencesCase(tx, statement);
    if (one === undefined) return refuse('treasury/statement-not-found');
    return act(context, tx, principal, { case: one.id, move: 'clear-up', stamp, decision });
  });
}

/**
 * The statement that the simulated bank would send of the days `[from, until]`: what moved by the window's own account,
 * as CSV, for a window without a bank. It says in every line that it is simulated.
 */
export async function simulatedStatement(
  context: Context,
  principal: Principal,
  from: string,
  until: string,
): Promise<Result<string>> {
  if (!may(principal, 'bank-statement.file', recordOf(''))) return refuse('treasury/statement-not-yours');
  const { home } = context.reference.current().get(packsPart);
  const moved = await store.movementsBetween(context.db, ...periodOf({ from, until }), 5_000);
  const lines = moved.map(({ id, bank, currency, amount, at }) =>
    ['SIMULATED', `SIM-${from}`, dayIn(at, home.timeZone), currency, wire(currency, amount).amount, id, bank].join(','),
  );
  return ok(`account,statement,booked,currency,amount,reference,bank\n${lines.map((one) => `${one}\n`).join('')}`);
}
