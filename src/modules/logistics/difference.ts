import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { appendMany } from '#platform/journal.ts';
import { actAll, type CaseRow, casesOf, type Effect, open, type Procedure } from '#modules/cases/index.ts';
import { clock } from '#modules/clearance/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { entriesFor } from './depart.ts';
import { askCharged, freeLines, missingAgain } from './guarantee.ts';
import type { FoundSeal } from './model.ts';
import { carries } from './rights.ts';
import { settle } from './settle.ts';
import * as store from './store.ts';
import * as arrivalStore from './store-arrivals.ts';
import * as lineStore from './store-lines.ts';

const explainEffect: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const row = (await store.lockTransfer(tx, one.subject))!;
      const at = context.clock.instant();
      const lines = await lineStore.moveLines(tx, row.id, { from: ['missing'], to: 'elsewhere', why: 'explained', at });
      await freeLines(tx, lines);
      await appendMany(tx, entriesFor('logistics.explained', row, lines, at));
      await settle(context, tx, row);
    }
  },
  async undo(tx, cases, context) {
    for (const one of cases) {
      const refused = await missingAgain(context, tx, one, 'explained');
      if (refused) return refused;
    }
    return undefined;
  },
};

const callEffect: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const row = (await store.lockTransfer(tx, one.subject))!;
      const at = context.clock.instant();
      const lines = await lineStore.moveLines(tx, row.id, { from: ['missing'], to: 'elsewhere', why: 'charged', at });
      await freeLines(tx, lines);
      await lineStore.holdUnder(
        tx,
        row.id,
        lines.map(({ barcode }) => ({ barcode, hold: one.id })),
      );
      await askCharged(context, tx, row, one.id);
      await appendMany(tx, entriesFor('logistics.charged', row, lines, at));
      await settle(context, tx, row);
    }
  },
  async undo(tx, cases, context) {
    for (const one of cases) {
      const refused = await missingAgain(context, tx, one, 'charged');
      if (refused) return refused;
    }
    return undefined;
  },
};

const waiting = ['open', 'answered'];
const decide = { by: 'desk', purpose: 'clear', decision: true } as const;
const deciding = (states: readonly string[]) =>
  ({ name: 'decision', in: states, hours: 'fact:decideHours', from: 'entered', source: 'fact:decideSource' }) as const;

/** What did not come by its transfer: it may be found until the time limit, is explained, or its charges are called. */
export const transferDifference: Procedure = {
  name: 'transfer-difference',
  version: 1,
  first: 'open',
  moves: [
    { name: 'answer', from: waiting, to: 'answered', by: 'system' },
    { name: 'answer-late', from: ['due'], to: 'due', by: 'system' },
    { name: 'fall', from: waiting, to: 'due', by: 'clock' },
    { name: 'excuse', from: [...waiting, 'due'], to: 'excused', ...decide, effect: 'explain' },
    { name: 'charge', from: ['due'], to: 'charges-called', ...decide, effect: 'call' },
    { name: 'found', from: [...waiting, 'due'], to: 'found', by: 'system' },
  ],
  deadlines: [
    {
      name: 'limit',
      in: waiting,
      hours: 'fact:limitHours',
      from: 'fact:departed',
      move: 'fall',
      source: 'fact:limitSource',
    },
    deciding(['due']),
  ],
  effects: { explain: explainEffect, call: callEffect },
};

/** A seal that is not as it was set: the goods wait at the destination until an officer has decided, with reasons. */
export const transferSeals: Procedure = {
  name: 'transfer-seals',
  version: 1,
  first: 'open',
  moves: [
    { name: 'answer', from: waiting, to: 'answered', by: 'system' },
    { name: 'let-in', from: waiting, to: 'let-in', ...decide, effect: 'let-in' },
  ],
  deadlines: [deciding(waiting)],
  effects: {
    'let-in': {
      apply: (tx, cases) =>
        arrivalStore.letIn(
          tx,
          cases.map(({ subject }) => subject),
        ),
      // What was presented cannot be taken back out of the place.
      undo: () =>
        Promise.resolve({ code: 'logistics/step-not-possible', params: { status: 'let-in', step: 'reverse' } }),
    },
  },
};

async function openCase(
  context: Context,
  tx: Tx,
  row: store.TransferRow,
  procedure: string,
  facts: CaseRow['facts'],
): Promise<void> {
  const { home } = context.reference.current().get(packsPart);
  const at = context.clock.instant();
  const on = dayIn(at, home.timeZone);
  const decision = clock(home, on, 'control', 'decide', { procedure, hours: 72 });
  const office = home.offices.find(({ id }) => id === row.to_office);
  await open(tx, { procedure, actor: 'window', at }, [
    {
      id: newId(context.clock.now()),
      subject: row.id,
      desk: office?.authority ?? home.desks[0] ?? null,
      facts: { ...facts, ...decision },
      parties: { carrier: [row.carrier], operator: [row.to_operator], payer: [row.guarantor] },
    },
  ]);
}

/** Opens the case of what is missing from a transfer, unless one is open. */
export const openDifference = (context: Context, tx: Tx, row: store.TransferRow, pieces: number): Promise<void> =>
  openCase(context, tx, row, transferDifference.name, {
    cause: 'transfer-missing',
    master: row.master,
    pieces,
    departed: row.departed,
    limitHours: row.hours,
    limitSource: row.source,
  });

/** What was found of the seals that is not as it should be: broken, missing, or another than was set. */
export function sealFaults(set: readonly string[], found: readonly FoundSeal[]): Record<string, string> {
  const named = new Map(found.map(({ number, state }) => [number, state]));
  const list = (numbers: readonly string[]) => numbers.join(', ');
  const broken = found.filter(({ number, state }) => state === 'broken' && set.includes(number));
  const missing = set.filter((number) => (named.get(number) ?? 'missing') === 'missing');
  const other = found.filter(({ number, state }) => state !== 'missing' && !set.includes(number));
  return Object.fromEntries(
    Object.entries({
      broken: list(broken.map(({ number }) => number)),
      missing: list(missing),
      other: list(other.map(({ number }) => number)),
    }).filter(([, numbers]) => numbers !== ''),
  );
}

/** Opens the case of seals that are not as they were set. */
export const openSeals = (
  context: Context,
  tx: Tx,
  row: store.TransferRow,
  faults: Record<string, string>,
): Promise<void> =>
  openCase(context, tx, row, transferSeals.name, { cause: 'transfer-seals', master: row.master, ...faults });

/** The carrier says what happened: it is written into every open case of the transfer, for the officer to judge. */
export async function explain(
  context: Context,
  principal: Principal,
  id: string,
  reason: string,
): Promise<Result<string>> {
  const mine = carries(principal, await store.transferBy(context.db, { id }));
  if (!mine.ok) return mine;
  return context.db.tx(async (tx) => {
    const cases = (await casesOf(tx, [id])).filter((one) => one.closed === null);
    const answered = await actAll(
      context,
      tx,
      principal.subject,
      cases.map((one) => ({ case: one.id, move: one.state === 'due' ? 'answer-late' : 'answer', note: reason })),
    );
    if (!answered.some((answer) => answer.ok)) return refuse('logistics/nothing-to-explain', { pointer: '/reason' });
    return ok(id);
  });
}
