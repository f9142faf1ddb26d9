import { hash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { codeOf, type Connection } from '#platform/db.ts';
import { appendMany, type Entry } from '#platform/journal.ts';
import { beginUnderEpoch, type Snapshot } from '#platform/snapshot.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { accountName, NotGranted } from '#modules/accounts/index.ts';
import { issue as issueNotices } from '#modules/treasury/index.ts';
import { openHeld } from './held.ts';
import { claimKeys, standing } from './keys.ts';
import { type Answer, statusOf, type Submission } from './model.ts';
import {
  claimQuotas,
  freeUncounted,
  isDoubtful,
  keepCounted,
  keepsClaims,
  secureAll,
  secureEach,
  securing,
  takeAsSecured,
} from './claim.ts';
import { answerFor } from './answer.ts';
import { findExports, isReturn, keepExports } from './returned-exports.ts';
import { borderOf, guarantorOf, review, reviewEngine } from './review.ts';
import { declarationRow, type Item, linksOf, reviewInput, waitingRow } from './rows.ts';
import { keepDraws } from './stock-draw.ts';
import * as store from './store.ts';
import { endWaiting, writeWaiting } from './store-waiting.ts';

/** A batch met a newer epoch than its snapshot: nothing was written, and it starts again with fresh reference data. */
class EpochMoved extends Error {}

/** How a batch is tried: for less at first, and in a second turn as what it met there calls for. */
interface Turn {
  /** Quotas are asked for once it is known which keys are fresh, instead of together with the keys. */
  readonly keysFirst: boolean;
  /** Guarantees are asked for parcel by parcel, instead of together in the last message. */
  readonly oneByOne: boolean;
}

/** A key stood already in a way that changes what the others are granted: nothing was written. */
class KeysMatter extends Error {}

/**
 * Decides a batch of submissions and makes the decisions durable: begin, claim, write, commit. Every answer stands for
 * a committed row. The writer sees to it that no key comes twice in one batch.
 */
export async function clearBatch(
  context: Context,
  connection: Connection,
  submissions: readonly Submission[],
): Promise<Result<Answer>[]> {
  for (let turn: Turn = { keysFirst: false, oneByOne: false }; ; ) {
    const snapshot = context.reference.current();
    try {
      const refusals = submissions.map((one) => one.refusal?.(snapshot));
      const admitted = submissions.filter((_, index) => refusals[index] === undefined);
      const answers = admitted.length > 0 ? await attempt(context, connection, snapshot, admitted, turn) : [];
      const next = answers.values();
      return refusals.map((error) => (error === undefined ? next.next().value! : { ok: false, error }));
    } catch (error) {
      await connection.simple('rollback').catch(() => undefined);
      if (error instanceof NotGranted) turn = { ...turn, oneByOne: true };
      else if (error instanceof KeysMatter) turn = { ...turn, keysFirst: true };
      else if (error instanceof EpochMoved) await context.reference.refresh();
      else throw error;
    }
  }
}

async function attempt(
  context: Context,
  connection: Connection,
  snapshot: Snapshot,
  submissions: readonly Submission[],
  { keysFirst, oneByOne }: Turn,
): Promise<Result<Answer>[]> {
  const items = submissions.map(itemOf);
  // Hardly ever does a key stand already: quotas are asked for with the keys, which saves a way there and back.
  const ahead = !keysFirst && !items.some(keysMatter);
  // Statements that stand together are sent together, in this order; where one fails, the others fail behind it.
  const [begun, { fresh, known }] = await Promise.all([
    connection.simple(beginUnderEpoch),
    claimKeys(connection, items),
    ahead ? claimQuotas(connection, snapshot, items) : null,
  ]);
  if (begun.at(-1)?.[0]?.['epoch'] !== snapshot.epoch) throw new EpochMoved();
  if (ahead) refuseShared(fresh, [...known.keys()]);
  else {
    await findExports(connection, snapshot, fresh);
    await claimQuotas(connection, snapshot, fresh);
  }
  for (const item of fresh) item.review = review(snapshot, reviewInput(snapshot, item));
  const decided = fresh.filter((item) => item.review?.decision.outcome !== 'waiting');
  const asked = securing(snapshot, fresh);
  // Many parcels may stand on one guarantee account. It is locked by the last statement of all, and given free by the
  // commit behind it, unless somebody is likely to be refused: then it is known before who.
  const together = !oneByOne && !isDoubtful(asked);
  if (together) takeAsSecured(asked);
  else await secureEach(connection, asked);
  await commit(connection, (tx) => [
    freeUncounted(tx, [...fresh, ...known.keys()]),
    store.writeLinks(tx, linksOf(decided)),
    ...writes(context, tx, snapshot, fresh, decided),
    ...(together ? [secureAll(tx, asked)] : []),
  ]);
  const answers = new Map<Item, Result<Answer>>();
  for (const item of fresh) answers.set(item, ok(answerFor(item)));
  await Promise.all([...known].map(async ([item, stands]) => answers.set(item, await standing(context, item, stands))));
  return items.map((item) => answers.get(item) ?? refuse('clearance/key-busy'));
}

/** What nearly always completes a parcel that stands, and what brings goods back of which an export has to be found. */
const keysMatter = (item: Item): boolean => item.submission.supersedes === true || isReturn(item);

/**
 * What stands already was granted as if it were fresh, and gives it back. That was wrong where a fresh parcel asked the
 * same account beside it, where a hold was written for it, and for what completes a parcel that may hold something.
 */
function refuseShared(fresh: readonly Item[], known: readonly Item[]): void {
  const taken = known.flatMap(({ reserved }) => reserved);
  const names = new Set(taken.map(({ claim }) => accountName(claim)));
  const wrong = ({ completes, reserved }: Item): boolean =>
    completes || (names.size > 0 && reserved.some(({ claim }) => names.has(accountName(claim))));
  if (fresh.some(wrong) || taken.some(({ granted, account }) => granted && account === null)) throw new KeysMatter();
}

function itemOf(submission: Submission): Item {
  return {
    submission,
    id: newId(submission.receivedMs),
    received: instantOf(submission.receivedMs),
    digest: hash('sha256', submission.raw, 'buffer'),
    wanted: [],
    accounts: {},
    returns: null,
    reserved: [],
    review: null,
    secured: false,
    completes: false,
  };
}

/**
 * Sends what a batch writes and its commit in one message. Everything is sent in one turn, and the commit only when all
 * of it was: what failed before it was sent ends the batch, and what comes after the commit is refused loudly.
 */
async function commit(connection: Connection, writing: (tx: Connection) => readonly Promise<unknown>[]): Promise<void> {
  let over = false;
  const open = <T>(send: () => Promise<T>): Promise<T> =>
    over ? Promise.reject(new Error('a batch wrote behind its commit')) : send();
  const sent = writing({
    ...connection,
    query: (sql, params) => open(() => connection.query(sql, params)),
    copy: (sql, rows) => open(() => connection.copy(sql, rows)),
  });
  let failed = false;
  for (const one of sent) one.catch(() => (failed = true));
  await new Promise((turned) => process.nextTick(turned));
  over = true;
  const results = await Promise.allSettled(failed ? sent : [...sent, connection.simple('commit')]);
  const faults = results.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  // Where one statement fails, those behind it fail for that reason alone: what began it is told.
  if (faults.length > 0) throw faults.find((one) => codeOf(one) !== behindFailure) ?? faults[0];
}

/** A statement in a transaction that has failed already (SQLSTATE). */
const behindFailure = '25P02';

function writes(
  context: Context,
  connection: Connection,
  snapshot: Snapshot,
  items: readonly Item[],
  decided: readonly Item[],
): Promise<void>[] {
  if (items.length === 0) return [];
  const waiting = items.filter((item) => item.review?.decision.outcome === 'waiting');
  const rows = decided.map((item) => declarationRow(snapshot, item));
  const { currency } = snapshot.get(packsPart).home;
  return [
    ...(waiting.length > 0 ? [writeWaiting(connection, waiting.map(waitingRow))] : []),
    ...(rows.length > 0 ? [store.writeDeclarations(connection, rows)] : []),
    issueFor(connection, decided),
    openHeld(context, connection, snapshot, decided),
    complete(connection, decided),
    keepExports(connection, items),
    keepCounted(connection, items),
    keepDraws(connection, items.filter(keepsClaims)),
    appendMany(
      connection,
      items.map((item) => entryOf(item, currency)),
    ),
  ];
}

/** Ends the waiting of those whose missing slips came. */
async function complete(connection: Connection, decided: readonly Item[]): Promise<void> {
  const completed = decided.filter((item) => item.completes);
  if (completed.length === 0) return;
  const rows = completed.map((item) => ({
    id: item.id,
    filer: item.submission.filer,
    declaration: item.submission.body.declaration.id,
    digest: item.digest,
  }));
  await endWaiting(connection, rows, completed[0]!.received);
}

async function issueFor(connection: Connection, items: readonly Item[]): Promise<void> {
  const notices = items.flatMap((item) => {
    const border = borderOf(item.review);
    if (!border || border.minor === 0n || !keepsClaims(item)) return [];
    return [
      {
        id: item.id,
        version: 1,
        payer: item.submission.body.declaration.importer ?? item.submission.body.declaration.declarant,
        guarantor: item.secured ? guarantorOf(item.submission.body) : null,
        currency: border.currency,
        amount: border.minor,
        charges: JSON.stringify(item.review?.determination.charges),
        secured: item.secured,
        issued: item.received,
        seeded: item.submission.seeded,
      },
    ];
  });
  await issueNotices(connection, notices);
}

/** The journal says what happened in ids, codes, amounts and digests; names and addresses never enter it. */
function entryOf(item: Item, currency: string): Entry {
  const { decision, determination, digest } = item.review!;
  return {
    kind: decision.outcome === 'waiting' ? 'clearance.waiting' : 'clearance.decided',
    subject: item.id,
    ...(item.submission.seeded ? { at: item.received, seeded: true } : {}),
    data: {
      filer: item.submission.filer,
      by: item.submission.by,
      version: 1,
      outcome: decision.outcome,
      status: statusOf[decision.outcome],
      route: determination.route,
      ground: decision.ground,
      border: determination.totals?.border.amount ?? null,
      currency,
      secured: item.secured,
      snapshot: decision.snapshot,
      engine: reviewEngine,
      digest,
    },
  };
}
