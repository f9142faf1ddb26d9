import { newId } from '#kernel/id.ts';
import { type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { free, reserveAgain } from '#modules/accounts/index.ts';
import { act, type CaseRow, caseOf, type Effect, type NewCase, open, type Procedure } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { noticeOf, reinstate as reinstateNotices } from '#modules/treasury/index.ts';
import { besidesArchived } from './archive.ts';
import { giveBack } from './give-back.ts';
import { carryGivenUp } from './given-up.ts';
import { endDisposal, openDisposal } from './disposal.ts';
import type { Accepted } from './model.ts';
import { clock } from './clocks.ts';
import { parcelFrom, recordOf, reviewAgain } from './read.ts';
import { legalDay } from './review.ts';
import { admissible, redetermine, soundChange } from './redetermine.ts';
import { release } from './release.ts';
import type { Item } from './rows.ts';
import { cancelledAmong } from './store-cancel.ts';
import { redraw } from './stock-draw.ts';
import { setStatus } from './store-parcels.ts';
import { parcelOf } from './store-read.ts';

const subjects = (cases: readonly CaseRow[]): string[] => cases.map((one) => one.subject);
const holdsOf = (cases: readonly CaseRow[]) =>
  subjects(cases).flatMap((hold) => [
    { hold, kind: 'guarantee' },
    { hold, kind: 'quota' },
  ]);

/** Moves parcels and writes the whole row of the projection to the journal, from which it can be made again. */
async function move(context: Context, tx: Tx, ids: readonly string[], status: string, kind: string): Promise<void> {
  const moved = await setStatus(tx, ids, status, context.clock.instant());
  await append(
    tx,
    moved.map(({ id, ...row }) => ({ kind, subject: id, data: row })),
  );
}

const holdAgain = (context: Context, tx: Tx, cases: readonly CaseRow[]): Promise<void> =>
  move(context, tx, subjects(cases), 'control', 'clearance.control-restored');

/** What was taken back after the control is not put under control again: nothing is declared any more. */
async function unlessTakenBack(
  tx: Tx,
  cases: readonly CaseRow[],
  undo: () => Promise<Refusal | void>,
): Promise<Refusal | void> {
  if ((await cancelledAmong(tx, subjects(cases))).length > 0) return { code: 'clearance/cancelled' };
  return undo();
}

/** The control is lifted: the parcel stands as cleared, and goes if everything else is in place. */
const releaseEffect: Effect = {
  async apply(tx, cases, context) {
    await move(context, tx, subjects(cases), 'cleared', 'clearance.control-lifted');
    await release(context, tx, subjects(cases), { because: 'control-lifted' });
  },
  undo: (tx, cases, context) => unlessTakenBack(tx, cases, () => holdAgain(context, tx, cases)),
};

/** Value, code or origin are accepted otherwise than declared: a new version, every account moved by the difference. */
const changeEffect: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const to = { outcome: 'released-changed', status: 'cleared', kind: 'redetermined' } as const;
      const accepted = one.details as Accepted;
      const refused = await redetermine(context, tx, { id: one.subject, accepted, ...to, by: one });
      if (refused !== undefined) return refused;
    }
    await release(context, tx, subjects(cases), { because: 'released-changed' });
    return undefined;
  },
  undo: (tx, cases, context) =>
    unlessTakenBack(tx, cases, async () => {
      for (const one of cases) {
        const to = { accepted: null, outcome: 'control', status: 'control', kind: 'restored' } as const;
        const refused = await redetermine(context, tx, { id: one.subject, ...to, by: one });
        if (refused !== undefined) return refused;
      }
      return undefined;
    }),
};

/** What parcels held before they were denied: a quota only where their way in counts on one. */
async function heldBefore(context: Context, tx: Tx, cases: readonly CaseRow[]): Promise<ReturnType<typeof holdsOf>> {
  const counted = new Set<string>();
  for (const id of subjects(cases)) {
    const row = await parcelOf(tx, id);
    const counts = row ? (await reviewAgain(context, parcelFrom(row))).determination.counts : [];
    if (counts.length > 0) counted.add(id);
  }
  return holdsOf(cases).filter(({ hold, kind }) => kind !== 'quota' || counted.has(hold));
}

/** Gives back guarantees that no notice rests on: the parcel was paid before it was denied. */
async function freeUnneeded(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    if ((await noticeOf(tx, id))?.state !== 'secured') await free(tx, [{ hold: id, kind: 'guarantee' }]);
}

/**
 * Release is denied: charges are cancelled, accounts are given back, and what becomes of the goods is a case of its
 * own.
 */
const denyEffect: Effect = {
  async apply(tx, cases, context) {
    await move(context, tx, subjects(cases), 'denied', 'clearance.denied');
    await giveBack(context, tx, subjects(cases));
    await openDisposal(
      context,
      tx,
      cases.map(({ subject, desk, parties }) => ({ subject, desk, parties, cause: 'denied' })),
    );
    await carryGivenUp(context, tx, cases);
  },
  async undo(tx, cases, context) {
    if (!(await redraw(tx, subjects(cases)))) return { code: 'clearance/stock-not-enough' };
    const again = await reserveAgain(tx, await heldBefore(context, tx, cases));
    const guaranteed = subjects(cases).map((id) =>
      again.some((one) => one.hold === id && one.kind === 'guarantee' && one.granted),
    );
    await reinstateNotices(tx, subjects(cases), guaranteed);
    await freeUnneeded(tx, subjects(cases));
    await endDisposal(context, tx, subjects(cases), 'withdraw');
    await holdAgain(context, tx, cases);
    return undefined;
  },
};

const deciding = ['open', 'answered', 'awaiting-answer'];

/**
 * A parcel under control: a person of the desk releases it, releases it with changes, denies it, or asks the filer
 * first.
 */
export const heldParcel: Procedure = {
  name: 'held-parcel',
  version: 1,
  first: 'open',
  moves: [
    {
      name: 'release',
      from: deciding,
      to: 'released',
      by: 'desk',
      purpose: 'clear',
      decision: true,
      effect: 'release',
    },
    {
      name: 'release-changed',
      from: deciding,
      to: 'released-changed',
      by: 'desk',
      purpose: 'clear',
      decision: true,
      effect: 'change',
    },
    { name: 'deny', from: deciding, to: 'denied', by: 'desk', purpose: 'clear', decision: true, effect: 'deny' },
    { name: 'ask', from: ['open', 'answered'], to: 'awaiting-answer', by: 'desk', purpose: 'clear' },
    { name: 'answer', from: ['awaiting-answer'], to: 'answered', by: 'party' },
  ],
  deadlines: [
    {
      name: 'decision',
      in: ['open', 'answered'],
      hours: 'fact:decideHours',
      from: 'entered',
      source: 'fact:decideSource',
    },
    {
      name: 'answer',
      in: ['awaiting-answer'],
      hours: 'fact:answerHours',
      from: 'entered',
      source: 'fact:answerSource',
    },
  ],
  effects: {
    release: besidesArchived(releaseEffect),
    change: besidesArchived(changeEffect),
    deny: besidesArchived(denyEffect),
  },
};

/**
 * Opens a case for each parcel of a batch that a check has put under control, and a disposal case for each denied
 * one.
 */
export async function openHeld(context: Context, tx: Tx, snapshot: Snapshot, items: readonly Item[]): Promise<void> {
  const held = items.filter((item) => item.review?.decision.outcome === 'control');
  const denied = items.filter((item) => item.review?.decision.outcome === 'denied');
  const { home } = snapshot.get(packsPart);
  const opened = (item: Item): NewCase => {
    const { decision, determination } = item.review!;
    const facts = {
      ground: decision.ground,
      route: determination.route,
      ...clock(home, legalDay(snapshot, item.received), 'control', 'decide', { procedure: 'held-parcel', hours: 72 }),
      ...clock(home, legalDay(snapshot, item.received), 'held', 'answer', { procedure: 'held-parcel', hours: 240 }),
    };
    return {
      id: newId(item.submission.receivedMs),
      subject: item.id,
      desk: decision.desk,
      parties: partiesOf(item),
      facts,
    };
  };
  const controls = momentsOf(held).map(([moment, group]) =>
    open(tx, { procedure: heldParcel.name, actor: 'engine', ...moment }, group.map(opened)),
  );
  const refused = (item: Item) => ({
    subject: item.id,
    cause: 'denied',
    desk: item.review?.decision.desk ?? null,
    parties: partiesOf(item),
  });
  const disposals = momentsOf(denied).map(([moment, group]) => openDisposal(context, tx, group.map(refused), moment));
  // All of them are sent in one turn, with the rest of the batch.
  await Promise.all([...controls, ...disposals]);
}

/** Cases of one batch open at one moment, its last receipt; history that a demonstration makes up opens at its own. */
function momentsOf(items: readonly Item[]): [{ at: string; seeded: boolean }, Item[]][] {
  const fresh = items.filter((item) => !item.submission.seeded);
  const moments: [{ at: string; seeded: boolean }, Item[]][] = items
    .filter((item) => item.submission.seeded)
    .map((item) => [{ at: item.received, seeded: true }, [item]]);
  const last = fresh.at(-1);
  return last ? [...moments, [{ at: last.received, seeded: false }, fresh]] : moments;
}

const partiesOf = (item: Item): CaseRow['parties'] =>
  recordOf({ id: item.id, filer: item.submission.filer, desk: null, body: item.submission.body }).parties;

/** What an officer decides on a held parcel: every decision with ground, reason and remedy. */
export interface HeldDecision {
  readonly case: string;
  readonly move: 'release' | 'release-changed' | 'deny';
  /** The number of the last move that the officer saw; a case that changed meanwhile is refused. */
  readonly stamp: number;
  readonly ground: string;
  readonly reason: string;
  readonly remedy: string;
  readonly accepted?: Accepted;
}

/** Decides on a held parcel. Refuses a stale view, a decision without reasons, and changes that change nothing. */
export async function decideHeld(
  context: Context,
  principal: Principal,
  decision: HeldDecision,
): Promise<Result<CaseRow>> {
  const { case: id, move: name, stamp, accepted, ...reasons } = decision;
  let details: Accepted | null = null;
  if (name === 'release-changed') {
    const held = await caseOf(context.db, id);
    const row = held && (await parcelOf(context.db, held.subject));
    if (!row) return refuse('cases/not-found', { pointer: '/case' });
    const parcel = parcelFrom(row);
    const checked = soundChange(parcel.body, accepted ?? { lines: [] });
    const allowed = checked.ok ? await admissible(context, parcel, checked.value) : checked;
    if (!allowed.ok) return allowed;
    details = allowed.value;
  }
  return context.db.tx((tx) =>
    act(context, tx, principal, { case: id, move: name, stamp, decision: reasons, details }),
  );
}
