import type { Check, Decision, Outcome } from '#kernel/check.ts';
import { dayOf } from '#kernel/effective.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Context } from '#platform/context.ts';
import type { RecordRef } from '#platform/auth.ts';
import type { Tx } from '#platform/db.ts';
import type { Amount, Charge, Consignment, Determination, Explained } from '#modules/rulebook/index.ts';
import { type Accepted, type Answer, type Brief, type Parcel, type Status, statusOf } from './model.ts';
import { type Review, review, reviewExplained, type ReviewInput } from './review.ts';
import { cancellationOf } from './store-cancel.ts';
import * as store from './store-read.ts';

const money = (minor: bigint | null, currency: string | null): Amount | null =>
  minor === null || currency === null ? null : formatMoney({ currency, minor });

/** A parcel as it stands, read from its current version and its present state. */
export function parcelFrom(row: store.ParcelRow): Parcel {
  return {
    id: row.id,
    version: row.version,
    filer: row.filer,
    declaration: row.declaration,
    received: row.received,
    day: row.day,
    exported: row.exported === null ? null : dayOf(row.exported),
    status: row.status as Status,
    since: row.since,
    presented: row.presented,
    pieces: row.pieces,
    outcome: row.outcome as Outcome,
    route: row.route,
    desk: row.desk,
    secured: row.secured,
    currency: row.currency,
    declaredValue: money(row.declared_value_minor, row.currency),
    acceptedValue: money(row.accepted_value_minor, row.currency),
    border: money(row.border_minor, row.currency),
    pack: row.pack,
    packVersion: row.pack_version,
    epoch: row.epoch,
    engine: row.engine,
    digest: row.digest.toString('hex'),
    accounts: JSON.parse(row.accounts) as Parcel['accounts'],
    checks: JSON.parse(row.checks) as Check[],
    missing: JSON.parse(row.missing) as string[],
    charges: JSON.parse(row.charges) as Charge[],
    accepted: row.accepted === null ? null : (JSON.parse(row.accepted) as Accepted),
    decidedBy: row.decided_by,
    body: JSON.parse(row.body) as Consignment,
    raw: row.body,
  };
}

/** A parcel as it stands now, for whoever judges himself who may see it; undefined where nothing was decided. */
export async function parcelNow(tx: Tx, id: string): Promise<Parcel | undefined> {
  const row = await store.parcelOf(tx, id);
  return row && parcelFrom(row);
}

/** The declaration as it was accepted: what an officer changed takes the place of what was declared, line by line. */
export function acceptedBody<T extends { readonly declaration: Partial<Consignment['declaration']> }>(
  body: T,
  accepted: Accepted | null,
): T {
  if (!accepted) return body;
  const changes = new Map(accepted.lines.map((line) => [line.line, line]));
  const goods = body.declaration.goods?.map((line) => {
    const change = changes.get(line.line);
    if (!change) return line;
    return {
      ...line,
      ...(change.price ? { price: change.price } : {}),
      ...(change.commodity ? { commodity: change.commodity } : {}),
      ...(change.origin ? { origin: change.origin } : {}),
    };
  });
  const { route } = accepted;
  return { ...body, declaration: { ...body.declaration, goods, ...(route === undefined ? {} : { route }) } };
}

/** Decides a stored version again from what was stored with it. The digest must come out the same. */
export const reviewAgain = async (context: Context, parcel: Parcel): Promise<Review> =>
  review(await context.reference.at(parcel.epoch), inputOf(parcel));

/** The determination of a stored version, worked out again with every step. */
export const explainAgain = async (context: Context, parcel: Parcel): Promise<Explained> =>
  reviewExplained(await context.reference.at(parcel.epoch), inputOf(parcel));

const inputOf = (parcel: Parcel): ReviewInput => ({
  id: parcel.id,
  filer: parcel.filer,
  body: acceptedBody(parcel.body, parcel.accepted),
  on: dayOf(parcel.day),
  accounts: parcel.accounts,
  exported: parcel.exported,
  engine: parcel.engine,
});

/**
 * What of a determination is answered at once: the reasons stand in the decision, the steps are given when asked for.
 */
export function briefOf(determination: Determination): Brief {
  const { checks: _checks, leads: _leads, ...brief } = determination;
  return brief;
}

/**
 * The first answer given for a parcel, made again from what was stored, with the declaration it was given for, and
 * whether that was cancelled since.
 */
export async function storedAnswer(
  context: Context,
  id: string,
): Promise<{ answer: Answer; body: Consignment; cancelled: boolean } | null> {
  const first = (await store.versionsOf(context.db, id))[0];
  if (!first) {
    const waiting = await store.waitingOf(context.db, id);
    if (!waiting) return null;
    const cancelled = (await cancellationOf(context.db, id)) !== undefined;
    return { answer: waitingAnswer(waiting), body: JSON.parse(waiting.body) as Consignment, cancelled };
  }
  const parcel = parcelFrom(first);
  const { determination, decision } = await reviewAgain(context, parcel);
  const status = statusOf[parcel.outcome];
  const answer = {
    id,
    declaration: parcel.declaration,
    version: 1,
    status,
    received: parcel.received,
    secured: parcel.secured,
    decision,
    determination: briefOf(determination),
  };
  return { answer, body: parcel.body, cancelled: parcel.status === 'cancelled' };
}

/** The answer while slips are missing; it stays the same until they come. */
export function waitingAnswer(
  waiting: Pick<store.WaitingRead, 'id' | 'declaration' | 'received' | 'missing' | 'due' | 'snapshot'>,
): Answer {
  const missing = JSON.parse(waiting.missing) as string[];
  return {
    id: waiting.id,
    declaration: waiting.declaration,
    version: 1,
    status: 'waiting',
    received: waiting.received,
    secured: false,
    decision: waitingDecision(missing, waiting.due, waiting.received, waiting.snapshot),
    determination: null,
  };
}

/** What a filer is told while slips are missing: which, and by when. */
function waitingDecision(missing: readonly string[], due: string | null, received: string, snapshot: string): Decision {
  return {
    outcome: 'waiting',
    checks: missing.map((slip) => ({
      id: `slip/${slip}`,
      result: 'unknown',
      reason: 'clearance/slip-missing',
      params: { slip, due: due ?? '' },
      rule: 'slips',
      source: '',
      missing: [slip],
    })),
    ground: 'clearance/slips-missing',
    remedy: 'clearance/hand-in-slips',
    desk: null,
    automated: true,
    by: 'engine',
    day: received.slice(0, 10),
    snapshot,
  };
}

/** Who stands where around a parcel, for `may` and `view`. */
export function recordOf(parcel: Pick<Parcel, 'id' | 'filer' | 'desk' | 'body'>): RecordRef {
  const { declaration, orders, transports } = parcel.body;
  const list = (...values: (string | null | undefined)[]) => values.filter((value): value is string => Boolean(value));
  return {
    kind: 'consignment',
    id: parcel.id,
    parties: {
      filer: [parcel.filer],
      declarant: [declaration.declarant],
      importer: list(declaration.importer),
      seller: [...new Set([...list(declaration.seller), ...(orders ?? []).flatMap((order) => list(order.seller))])],
      carrier: [...new Set((transports ?? []).map((transport) => transport.carrier))],
      operator: list(declaration.placeOperator, declaration.postalOperator),
      guarantor: list(declaration.guarantor),
      platform: [...new Set((orders ?? []).map((order) => order.platform))],
    },
    desk: parcel.desk,
  };
}
