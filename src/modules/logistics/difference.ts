import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { formatMoney } from '#kernel/money.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { appendMany } from '#platform/journal.ts';
import { accountOf, claim, free, holdOf } from '#modules/accounts/index.ts';
import { actAll, type CaseRow, casesOf, type Effect, open, type Procedure } from '#modules/cases/index.ts';
import { clock } from '#modules/clearance/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { noticeOf, paidFor, reissue } from '#modules/treasury/index.ts';
import { entriesFor } from './depart.ts';
import type { FoundSeal } from './model.ts';
import { carries } from './rights.ts';
import { settle } from './settle.ts';
import * as store from './store.ts';

const guarantee = 'guarantee';
const holdsOf = (lines: readonly store.LineRow[]) => lines.map(({ hold }) => ({ hold, kind: guarantee }));

/** Gives back what is held for these pieces. */
export async function freeLines(tx: Tx, lines: readonly store.LineRow[]): Promise<void> {
  if (lines.length > 0) await free(tx, holdsOf(lines));
}

/** The pieces that a decision charged: their guarantee is held together, under the case in which it was taken. */
async function chargedBy(tx: Tx, transfer: string, decision: string): Promise<store.LineRow[]> {
  const lines = await store.linesOf(tx, transfer, { states: ['elsewhere'], limit: 200_000 });
  return lines.filter(({ why, hold }) => why === 'charged' && hold === decision);
}

/**
 * Makes the notice of a decision ask what its pieces come to now: what was paid counts, the guarantee stands for the
 * rest, and what is too much goes back.
 */
export async function askCharged(context: Context, tx: Tx, row: store.TransferRow, decision: string): Promise<void> {
  const lines = await chargedBy(tx, row.id, decision);
  const owed = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const rest = owed - (await paidFor(tx, decision));
  const account = { kind: guarantee, owner: row.guarantor, period: '', unit: row.currency, ceiling: null };
  await free(tx, [{ hold: decision, kind: guarantee }]);
  const held = rest > 0n ? (await claim(tx, [{ hold: decision, ...account, amount: rest }]))[0] : undefined;
  const version = ((await noticeOf(tx, decision))?.version ?? 0) + 1;
  await reissue(tx, {
    id: decision,
    version,
    payer: row.guarantor,
    guarantor: row.guarantor,
    currency: row.currency,
    amount: owed,
    charges: JSON.stringify([chargeOf(row, owed)]),
    secured: held?.granted ?? false,
    issued: context.clock.instant(),
  });
}

/** What was not accounted for on the way, in the shape in which a notice shows charges. */
const chargeOf = (row: store.TransferRow, minor: bigint) => ({
  id: 'transfer-called',
  base: null,
  rate: null,
  amount: formatMoney({ currency: row.currency, minor }),
  liable: 'declarant',
  collect: 'border',
  due: 'release',
  secured: true,
  rule: row.procedure,
  source: row.source,
  lines: [],
  waived: null,
});

const explainEffect: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const row = (await store.lockTransfer(tx, one.subject))!;
      const at = context.clock.instant();
      const lines = await store.moveLines(tx, row.id, { from: ['missing'], to: 'elsewhere', why: 'explained', at });
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

/** Pieces that were decided on are missing again, and the guarantee is held for them as it was. */
async function missingAgain(
  context: Context,
  tx: Tx,
  one: CaseRow,
  was: 'explained' | 'charged',
): Promise<Refusal | undefined> {
  const row = (await store.lockTransfer(tx, one.subject))!;
  const at = context.clock.instant();
  const lines =
    was === 'charged'
      ? await chargedBy(tx, row.id, one.id)
      : (await store.linesOf(tx, row.id, { states: ['elsewhere'], limit: 200_000 })).filter(({ why }) => why === was);
  const needed = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const key = { kind: guarantee, owner: row.guarantor, period: '' };
  const account = await accountOf(tx, key);
  const own = was === 'charged' ? ((await holdOf(tx, { hold: one.id, kind: guarantee }))?.reserved ?? 0n) : 0n;
  const ceiling = account?.ceiling ?? null;
  if (account && ceiling !== null && ceiling - account.reserved - account.consumed + own < needed)
    return { code: 'logistics/guarantee-short', params: shortOf(row, needed, ceiling - account.reserved) };
  const barcodes = lines.map(({ barcode }) => barcode);
  const holds = lines.map(({ barcode }) => ({ barcode, hold: newId(context.clock.now()) }));
  await store.moveLines(tx, row.id, { from: ['elsewhere'], to: 'missing', why: null, at, barcodes, was });
  await store.holdUnder(tx, row.id, holds);
  if (was === 'charged') await askCharged(context, tx, row, one.id);
  const granted = await claim(
    tx,
    lines.map(({ amount }, index) => ({
      hold: holds[index]!.hold,
      ...key,
      unit: row.currency,
      amount,
      ceiling: null,
    })),
  );
  if (granted.some((answer) => !answer.granted)) throw new Error(`the guarantee of ${row.id} was used meanwhile`);
  await store.setTransfer(tx, { ...row, status: 'arrived', ended: null });
  await appendMany(tx, entriesFor('logistics.missing', row, lines, at));
  return undefined;
}

const shortOf = (row: store.TransferRow, needed: bigint, left: bigint): Record<string, string> => {
  const text = (minor: bigint) => formatMoney({ currency: row.currency, minor: minor > 0n ? minor : 0n }).amount;
  return { needed: text(needed), free: text(left), currency: row.currency, guarantor: row.guarantor };
};

const callEffect: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const row = (await store.lockTransfer(tx, one.subject))!;
      const at = context.clock.instant();
      const lines = await store.moveLines(tx, row.id, { from: ['missing'], to: 'elsewhere', why: 'charged', at });
      await freeLines(tx, lines);
      await store.holdUnder(
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
    { name: 'accept-explanation', from: [...waiting, 'due'], to: 'explained', ...decide, effect: 'explain' },
    { name: 'call', from: ['due'], to: 'called', ...decide, effect: 'call' },
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
        store.letIn(
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
): Promise<void> => openCase(context, tx, row, transferSeals.name, { master: row.master, ...faults });

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
