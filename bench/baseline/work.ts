import { hash } from 'node:crypto';
import type { Check } from '#kernel/check.ts';
import { formatMoney } from '#kernel/money.ts';
import { newId } from '#kernel/id.ts';
import { instantOf, systemClock } from '#platform/clock.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { statusOf } from '#modules/clearance/model.ts';
import { briefOf } from '#modules/clearance/read.ts';
import { borderOf, guarantorOf, legalDay, type Review, review } from '#modules/clearance/review.ts';
import { represented } from '#modules/parties/index.ts';
import { type Amount, type Claim, claims, type Consignment, packsPart } from '#modules/rulebook/index.ts';

/**
 * What has to be done with a parcel, whoever does it: the window's own pure functions, called by the baselines as the
 * window calls them, so that both decide alike and only the way to and through the database differs.
 */
export interface Parcel {
  readonly id: string;
  readonly filer: string;
  readonly received: string;
  readonly digest: Buffer;
  readonly body: Consignment;
  readonly raw: string;
  readonly wanted: readonly Claim[];
}

/** A parcel that came in, and what it claims of yearly quotas. */
export function parcelOf(snapshot: Snapshot, filer: string, body: Consignment, raw: string): Parcel {
  const now = systemClock.now();
  const received = instantOf(now);
  const wanted = claims(snapshot.get(packsPart).home, body, legalDay(snapshot, received));
  return { id: newId(now), filer, received, digest: hash('sha256', raw, 'buffer'), body, raw, wanted };
}

/** The figures of accounts that a parcel is decided on. */
type Figures = Readonly<Record<string, Amount>>;

/** What was decided. */
export interface Decided {
  readonly review: Review;
  readonly accounts: Figures;
  readonly status: string;
  /** Claims that are given back, since the way in does not count on them. */
  readonly free: readonly Claim[];
  /** What has to be paid at the border, in minor units; null where there is nothing. */
  readonly due: { readonly currency: string; readonly minor: bigint } | null;
  /** Whose guarantee may be charged with it; null where nobody agreed to stand for it. */
  readonly guarantor: string | null;
}

/** What its claims were granted on, as the figures that a parcel is decided on. */
export const figuresOf = ({ wanted }: Parcel, used: ReadonlyMap<Claim, bigint>): Figures =>
  Object.fromEntries(
    wanted.map((claim) => [claim.account, formatMoney({ currency: claim.unit, minor: used.get(claim) ?? 0n })]),
  );

const stands = (snapshot: Snapshot, filer: string, owner: string, on: string): boolean =>
  represented(snapshot, filer, owner, 'guarantee', on).result === 'passed';

/** Decides a parcel on these figures, now or again. */
export function decide(snapshot: Snapshot, parcel: Parcel, accounts: Figures): Decided {
  const { id, filer, body, received, wanted } = parcel;
  const on = legalDay(snapshot, received);
  const made = review(snapshot, { id, filer, body, on, accounts });
  const { outcome } = made.decision;
  const keeps = outcome === 'cleared' || outcome === 'control';
  const border = keeps ? borderOf(made) : null;
  const due = border !== null && border.minor > 0n ? border : null;
  const owner = guarantorOf(body);
  return {
    review: made,
    accounts,
    status: statusOf[outcome],
    free: wanted.filter(({ account }) => !keeps || !made.determination.counts.includes(account)),
    due,
    guarantor: due !== null && (owner === filer || stands(snapshot, filer, owner, on)) ? owner : null,
  };
}

/** The answer, as the window gives it. */
export function answerOf({ id, body, received }: Parcel, { review: made, status }: Decided, secured: boolean): string {
  const { decision, determination } = made;
  const { id: declaration } = body.declaration;
  return JSON.stringify({
    id,
    declaration,
    version: 1,
    status,
    received,
    secured,
    decision,
    determination: briefOf(determination),
  });
}

/** What an entry of the journal says of it. */
export function entryOf({ filer, digest }: Parcel, { review: made, status }: Decided, secured: boolean): string {
  const { decision, determination } = made;
  return JSON.stringify({
    filer,
    version: 1,
    outcome: decision.outcome,
    status,
    route: determination.route,
    ground: decision.ground,
    border: determination.totals?.border.amount ?? null,
    currency: determination.totals?.border.currency ?? null,
    secured,
    snapshot: decision.snapshot,
    digest: made.digest,
    document: digest.toString('hex'),
  });
}

/** The checks that did not pass: only these are kept. */
export const openChecks = ({ review: made }: Decided): Check[] =>
  made.decision.checks.filter(({ result }) => result === 'failed' || result === 'unknown');

/** One of the baselines: takes a parcel and answers once it is durable, with null where its key has other content. */
export interface Baseline {
  /** Who holds a key; null for one that nobody knows. */
  partyOf(key: string): Promise<string | null>;
  file(filer: string, body: Consignment, raw: string): Promise<string | null>;
}
