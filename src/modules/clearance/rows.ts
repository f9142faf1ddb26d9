import { parseMoney } from '#kernel/money.ts';
import type { Reservation } from '#modules/accounts/index.ts';
import { type Claim, type Opened, packsPart } from '#modules/rulebook/index.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { instantOf } from '#platform/clock.ts';
import { statusOf, type Submission } from './model.ts';
import { borderOf, legalDay, type Review, reviewEngine, type ReviewInput } from './review.ts';
import type { ReturnedExport } from './returned-exports.ts';
import type { StockFigure } from './stock-model.ts';
import type { DeclarationRow, Links } from './store.ts';
import type { WaitingRow } from './store-waiting.ts';

const hour = 3_600_000;

/** A submission inside a batch, with what has been found out about it so far. */
export interface Item {
  readonly submission: Submission;
  id: string;
  readonly received: string;
  readonly digest: Buffer;
  /** As the engine read it to say what it claims. */
  opened?: Opened;
  wanted: readonly Claim[];
  accounts: Record<string, StockFigure>;
  /** The export that these goods come back from. */
  returns: ReturnedExport | null;
  /** What its claims reserved, the quotas first, then stock, and then the guarantee. */
  reserved: readonly Reservation[];
  review: Review | null;
  secured: boolean;
  /** The key stood already with slips waiting under it, which this submission completes. */
  completes: boolean;
}

/** What decides a submission. */
export function reviewInput(
  snapshot: Snapshot,
  { id, submission, received, accounts, opened, returns }: Item,
): ReviewInput {
  const { filer, body } = submission;
  return { id, filer, body, on: legalDay(snapshot, received), accounts, opened, exported: returns?.exported ?? null };
}

/** The row of a first version, as it was decided. */
export function declarationRow(snapshot: Snapshot, item: Item): DeclarationRow {
  const { submission } = item;
  const { declaration, transports, orders } = submission.body;
  const { determination, decision, digest } = item.review!;
  const intrinsic = determination.values['intrinsic'];
  const value = intrinsic ? parseMoney(intrinsic) : undefined;
  const minor = value?.ok ? value.value.minor : null;
  return {
    id: item.id,
    version: 1,
    filer: submission.filer,
    declaration: declaration.id,
    received: item.received,
    day: legalDay(snapshot, item.received),
    movement: declaration.movement,
    procedure: declaration.procedure ?? null,
    previousProcedure: declaration.previousProcedure ?? null,
    nature: declaration.nature,
    office: declaration.office ?? null,
    placeOfGoods: declaration.placeOfGoods ?? null,
    zone: declaration.zone ?? null,
    borderMode: transports?.[0]?.borderMode ?? null,
    inlandMode: transports?.[0]?.inlandMode ?? null,
    declarant: declaration.declarant,
    representation: declaration.representation ?? null,
    importer: declaration.importer ?? null,
    seller: declaration.seller ?? orders?.[0]?.seller ?? null,
    placeOperator: declaration.placeOperator ?? null,
    postalOperator: declaration.postalOperator ?? null,
    guarantor: declaration.guarantor ?? null,
    carrier: transports?.[0]?.carrier ?? null,
    platform: orders?.[0]?.platform ?? null,
    sentFrom: declaration.consignor?.address.city ?? declaration.dispatch ?? null,
    route: determination.route,
    outcome: decision.outcome,
    status: statusOf[decision.outcome],
    desk: decision.desk,
    currency: snapshot.get(packsPart).home.currency,
    declaredValueMinor: minor,
    acceptedValueMinor: decision.outcome === 'cleared' ? minor : null,
    borderMinor: borderOf(item.review)?.minor ?? 0n,
    secured: item.secured,
    pieces: (transports ?? []).reduce((count, transport) => count + transport.pieces.length, 0),
    pack: determination.pack.id,
    packVersion: determination.pack.version,
    epoch: snapshot.epoch,
    engine: reviewEngine,
    digest: Buffer.from(digest, 'hex'),
    accounts: JSON.stringify(item.accounts),
    checks: JSON.stringify(decision.checks.filter((check) => check.result === 'failed' || check.result === 'unknown')),
    missing: JSON.stringify(determination.missing),
    charges: JSON.stringify(determination.charges),
    accepted: null,
    decidedBy: decision.by,
    body: submission.raw,
  };
}

/** The orders and pieces of these parcels; an order that a parcel names twice is linked once. */
export function linksOf(items: readonly Item[]): Links {
  const links: Links = { orders: [], pieces: [] };
  for (const { id, submission } of items) {
    const { orders = [], transports = [] } = submission.body;
    for (const [index, { platform, number }] of orders.entries()) {
      const first = orders.findIndex((one) => one.platform === platform && one.number === number);
      if (first === index) links.orders.push({ platform, number, id });
    }
    for (const { document, carrier, master = null, pieces } of transports)
      for (const { barcode, weight = null } of pieces)
        links.pieces.push({ barcode, id, document, carrier, master, weight });
  }
  return links;
}

export function waitingRow(item: Item): WaitingRow {
  const { slips } = item.review!.determination;
  return {
    id: item.id,
    filer: item.submission.filer,
    declaration: item.submission.body.declaration.id,
    seller: item.submission.body.declaration.seller ?? null,
    received: item.received,
    due: slips.withinHours === null ? null : instantOf(item.submission.receivedMs + slips.withinHours * hour),
    missing: JSON.stringify(slips.missing),
    snapshot: item.review!.decision.snapshot,
    digest: item.digest,
    body: item.submission.raw,
  };
}
