import { hash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Connection } from '#platform/db.ts';
import { append, type Entry } from '#platform/journal.ts';
import { beginUnderEpoch, type Snapshot } from '#platform/snapshot.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { issue as issueNotices } from '#modules/treasury/index.ts';
import { openHeld } from './held.ts';
import { type Answer, statusOf, type Submission } from './model.ts';
import { claimQuotas, freeUncounted, keepsClaims, secure } from './claim.ts';
import { briefOf, storedAnswer, waitingAnswer } from './read.ts';
import { borderOf, firstDifference, guarantorOf, legalDay, onlyAddsSlips, review, reviewEngine } from './review.ts';
import { declarationRow, type Item, linksOf, waitingRow } from './rows.ts';
import * as store from './store.ts';
import { endWaiting, waitingAmong, writeWaiting } from './store-waiting.ts';

/** A batch met a newer epoch than its snapshot: nothing was written, and it starts again with fresh reference data. */
class EpochMoved extends Error {}

/**
 * Decides a batch of submissions and makes the decisions durable: begin, claim, write, commit. Every answer stands for
 * a committed row. The writer sees to it that no key comes twice in one batch.
 */
export async function clearBatch(
  context: Context,
  connection: Connection,
  submissions: readonly Submission[],
): Promise<Result<Answer>[]> {
  for (;;) {
    const snapshot = context.reference.current();
    try {
      return await attempt(context, connection, snapshot, submissions);
    } catch (error) {
      await connection.simple('rollback').catch(() => undefined);
      if (!(error instanceof EpochMoved)) throw error;
      await context.reference.refresh();
    }
  }
}

async function attempt(
  context: Context,
  connection: Connection,
  snapshot: Snapshot,
  submissions: readonly Submission[],
): Promise<Result<Answer>[]> {
  const items = submissions.map(itemOf);
  // Statements that stand together are sent together, in this order; where one fails, the others fail behind it.
  const [begun, { fresh, known }] = await Promise.all([
    connection.simple(beginUnderEpoch),
    claimKeys(connection, items),
  ]);
  if (begun.at(-1)?.[0]?.['epoch'] !== snapshot.epoch) throw new EpochMoved();
  await claimQuotas(connection, snapshot, fresh);
  for (const item of fresh) item.review = review(snapshot, reviewInput(snapshot, item));
  const decided = fresh.filter((item) => item.review?.decision.outcome !== 'waiting');
  // Many parcels may stand on one guarantee account, so that it is locked as late as can be.
  await Promise.all([
    freeUncounted(connection, fresh),
    decided.length > 0 ? store.writeLinks(connection, linksOf(decided)) : null,
    secure(connection, snapshot, fresh),
  ]);
  await write(context, connection, snapshot, fresh, decided);
  await connection.simple('commit');
  const answers = new Map<Item, Result<Answer>>();
  for (const item of fresh) answers.set(item, ok(answerFor(item)));
  await Promise.all([...known].map(async ([item, stands]) => answers.set(item, await standing(context, item, stands))));
  return items.map((item) => answers.get(item) ?? refuse('clearance/key-busy'));
}

function itemOf(submission: Submission): Item {
  return {
    submission,
    id: newId(submission.receivedMs),
    received: instantOf(submission.receivedMs),
    digest: hash('sha256', submission.raw, 'buffer'),
    wanted: [],
    accounts: {},
    review: null,
    secured: false,
    completes: false,
  };
}

const reviewInput = (snapshot: Snapshot, item: Item) => ({
  id: item.id,
  filer: item.submission.filer,
  body: item.submission.body,
  on: legalDay(snapshot, item.received),
  accounts: item.accounts,
});

interface Standing {
  id: string | null;
  digest: Buffer | null;
}

/**
 * Sorts a batch into fresh submissions and those whose key stands already. Slips that complete a waiting parcel count
 * as fresh.
 */
async function claimKeys(
  connection: Connection,
  items: readonly Item[],
): Promise<{ fresh: Item[]; known: Map<Item, Standing> }> {
  const found = await store.claimKeys(
    connection,
    items.map((item) => ({
      filer: item.submission.filer,
      declaration: item.submission.body.declaration.id,
      id: item.id,
      digest: item.digest,
    })),
  );
  const fresh: Item[] = [];
  const known = new Map<Item, Standing>();
  const changed: { item: Item; id: string }[] = [];
  for (const [index, item] of items.entries()) {
    const claim = found[index];
    if (!claim || claim.fresh) fresh.push(item);
    else {
      known.set(item, claim);
      if (claim.id && claim.digest && !claim.digest.equals(item.digest)) changed.push({ item, id: claim.id });
    }
  }
  if (changed.length === 0) return { fresh, known };
  const waiting = new Map(
    (
      await waitingAmong(
        connection,
        changed.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  for (const { item, id } of changed) {
    const row = waiting.get(id);
    const { supersedes = false, body } = item.submission;
    if (!row || !(supersedes || onlyAddsSlips(JSON.parse(row.body) as Consignment, body))) continue;
    known.delete(item);
    fresh.push(Object.assign(item, { id, completes: true }));
  }
  return { fresh, known };
}

async function write(
  context: Context,
  connection: Connection,
  snapshot: Snapshot,
  items: readonly Item[],
  decided: readonly Item[],
): Promise<void> {
  if (items.length === 0) return;
  const waiting = items.filter((item) => item.review?.decision.outcome === 'waiting');
  const rows = decided.map((item) => declarationRow(snapshot, item));
  await Promise.all([
    waiting.length > 0 ? writeWaiting(connection, waiting.map(waitingRow)) : null,
    rows.length > 0 ? store.writeDeclarations(connection, rows) : null,
    issueFor(connection, decided),
    openHeld(context, connection, snapshot, decided),
    complete(connection, decided),
    append(connection, items.map(entryOf)),
  ]);
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
      },
    ];
  });
  const seeded = new Set(items.filter((item) => item.submission.seeded).map((item) => item.id));
  const [history, fresh] = [notices.filter(({ id }) => seeded.has(id)), notices.filter(({ id }) => !seeded.has(id))];
  await issueNotices(connection, fresh);
  for (const notice of history) await issueNotices(connection, [notice], { seeded: true });
}

/** The journal says what happened in ids, codes, amounts and digests; names and addresses never enter it. */
function entryOf(item: Item): Entry {
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
      border: determination.decided ? determination.totals.border.amount : null,
      currency: determination.totals.border.currency,
      secured: item.secured,
      snapshot: decision.snapshot,
      engine: reviewEngine,
      digest,
    },
  };
}

export function answerFor(item: Item): Answer {
  const { decision, determination } = item.review!;
  if (decision.outcome === 'waiting') {
    const row = waitingRow(item);
    return waitingAnswer({ ...row, declaration: item.submission.body.declaration.id });
  }
  return {
    id: item.id,
    declaration: item.submission.body.declaration.id,
    version: 1,
    status: statusOf[decision.outcome],
    received: item.received,
    secured: item.secured,
    decision,
    determination: briefOf(determination),
  };
}

/**
 * The answer for a key that stood already: the same submission gets the same answer, another one is refused by its
 * field.
 */
async function standing(context: Context, item: Item, stands: Standing): Promise<Result<Answer>> {
  if (!stands.id) return refuse('clearance/key-busy', { pointer: '/declaration/id' });
  const stored = await storedAnswer(context, stands.id);
  if (!stored) return refuse('clearance/key-busy', { pointer: '/declaration/id' });
  if (stands.digest?.equals(item.digest)) return ok(stored.answer);
  if (stored.cancelled) return refuse('clearance/cancelled', { pointer: '/declaration/id' });
  const pointer = firstDifference(stored.body, item.submission.body);
  return pointer
    ? refuse('clearance/key-replayed', { pointer, params: { declaration: item.submission.body.declaration.id } })
    : ok(stored.answer);
}
