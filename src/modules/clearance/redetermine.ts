import type { Outcome } from '#kernel/check.ts';
import { dayOf } from '#kernel/effective.ts';
import { formatMoney, type Money, parseMoney } from '#kernel/money.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { change, claim, consume, free, holdOf, restore } from '#modules/accounts/index.ts';
import type { CaseRow } from '#modules/cases/index.ts';
import { claims, type Consignment, packsPart } from '#modules/rulebook/index.ts';
import { noticeOf, paidFor, reissue } from '#modules/treasury/index.ts';
import { agreedToStand } from './claim.ts';
import type { Accepted, Parcel, Status } from './model.ts';
import { acceptedBody, parcelFrom } from './read.ts';
import { borderOf, guarantorOf, type Review, review, reviewEngine } from './review.ts';
import { writeDecidedVersion } from './store-amend.ts';
import { setStatus } from './store-parcels.ts';
import { parcelOf } from './store-read.ts';
import { givenBackOf } from './store-returns.ts';
import { writeVersion } from './store.ts';

/** Whether what an officer accepts names lines that exist, is whole in its currency, and changes something. */
export function soundChange(body: Consignment, accepted: Accepted): Result<Accepted> {
  const lines = new Map(body.declaration.goods.map((line) => [line.line, line]));
  let changed = false;
  for (const [index, line] of accepted.lines.entries()) {
    const pointer = `/accepted/lines/${index}`;
    const declared = lines.get(line.line);
    if (!declared)
      return refuse('clearance/accepted-line-unknown', {
        pointer: `${pointer}/line`,
        params: { line: String(line.line) },
      });
    if (line.price && !parseMoney(line.price).ok)
      return refuse('clearance/amount-invalid', { pointer: `${pointer}/price/amount`, params: { ...line.price } });
    changed ||=
      line.price !== undefined &&
      (line.price.amount !== declared.price.amount || line.price.currency !== declared.price.currency);
    changed ||= line.commodity !== undefined && line.commodity !== declared.commodity;
    changed ||= line.origin !== undefined && line.origin !== declared.origin;
  }
  return changed ? ok(accepted) : refuse('clearance/nothing-changed', { pointer: '/accepted/lines' });
}

/**
 * What is accepted, once the goods may be released with these figures: a code under which they may not enter, or only
 * with the consent of an authority that nobody asked for yet, is no release, and charges have to be known. Where the
 * figures lead to another way in than was claimed, that one is accepted with them.
 */
export async function admissible(context: Context, parcel: Parcel, asked: Accepted): Promise<Result<Accepted>> {
  const first = await reviewAccepted(context, parcel, asked);
  const { otherRoute: route } = first.determination;
  const accepted = route === null ? asked : { ...asked, route };
  const { determination } = route === null ? first : await reviewAccepted(context, parcel, accepted);
  const known = new Set(parcel.checks.map((check) => check.id));
  const barring = determination.checks.find(
    ({ id, result }) =>
      result === 'failed' && !known.has(id) && ['denied', 'control'].includes(determination.leads[id] ?? ''),
  );
  if (barring)
    return refuse('clearance/accepted-barred', { pointer: '/accepted/lines', params: { reason: barring.reason } });
  return determination.decided && determination.route !== null
    ? ok(accepted)
    : refuse('clearance/accepted-undecided', { pointer: '/accepted/lines' });
}

/**
 * What a declaration would come to with these figures accepted, under the law and reference data of its first
 * decision.
 */
export async function reviewAccepted(context: Context, parcel: Parcel, accepted: Accepted | null): Promise<Review> {
  const snapshot = await context.reference.at(parcel.epoch);
  const body = acceptedBody(parcel.body, accepted);
  return review(snapshot, {
    id: parcel.id,
    filer: parcel.filer,
    body,
    on: dayOf(parcel.day),
    accounts: parcel.accounts,
    exported: parcel.exported,
  });
}

/** A parcel that is decided again on other figures, and what that leaves it as. */
export interface Redetermining {
  readonly id: string;
  /** What is accepted in place of what was declared; null for what was declared. */
  readonly accepted: Accepted | null;
  readonly outcome: Outcome;
  /** Where the parcel stands afterwards; left out, where it stood. */
  readonly status?: Status;
  readonly kind: 'redetermined' | 'restored';
  /** The case with the step in which it was decided. */
  readonly by: Pick<CaseRow, 'id' | 'stamp' | 'decidedBy' | 'decidedFor'>;
}

/**
 * Decides a parcel again on what was accepted instead of what was declared, and appends that as a further version
 * beside the old one. Quota and guarantee move by the difference, and a further notice says the new amount. A guarantee
 * that does not reach leaves the parcel unsecured until it is paid. Where the limit that the goods came in under does
 * not reach for the figures it is refused, and nothing was written.
 */
export async function redetermine(context: Context, tx: Tx, one: Redetermining): Promise<Refusal | undefined> {
  const { id, accepted, outcome, kind, by } = one;
  const parcel = parcelFrom((await parcelOf(tx, id))!);
  const reviewed = await reviewAccepted(context, parcel, accepted);
  const body = acceptedBody(parcel.body, accepted);
  const refused = await moveQuotas(context, tx, parcel, body, reviewed);
  if (refused !== undefined) return refused;
  const version = parcel.version + 1;
  const status = one.status ?? parcel.status;
  const at = context.clock.instant();
  const charges = JSON.stringify(reviewed.determination.charges);
  const border = borderOf(reviewed) ?? {
    currency: context.reference.current().get(packsPart).home.currency,
    minor: 0n,
  };
  const { filer, day } = parcel;
  const secured = await chargeAnew(context, tx, {
    id,
    version,
    filer,
    day,
    before: parcel.body,
    body,
    border,
    charges,
  });
  const failed = reviewed.decision.checks.filter((check) => check.result === 'failed' || check.result === 'unknown');
  await writeVersion(tx, {
    id,
    from: parcel.version,
    version,
    outcome,
    status,
    acceptedValueMinor: intrinsicMinor(reviewed),
    borderMinor: border.minor,
    secured,
    digest: Buffer.from(reviewed.digest, 'hex'),
    charges,
    checks: JSON.stringify(failed),
    missing: JSON.stringify(reviewed.determination.missing),
    accepted: accepted ? JSON.stringify(accepted) : null,
    decidedBy: by.decidedBy ?? '',
    engine: reviewEngine,
  });
  const decided = { case: by.id, step: by.stamp + 1, by: by.decidedBy ?? '', authority: by.decidedFor };
  await writeDecidedVersion(tx, { id, version, kind, at, ...decided });
  await record(tx, { id, version, status, at, by: by.decidedBy ?? '', border }, reviewed);
  return undefined;
}

/**
 * What a parcel counts on yearly and other limits follows its accepted figures. What was used up by a release stays
 * used up, with the new amount.
 */
async function moveQuotas(
  context: Context,
  tx: Tx,
  parcel: Parcel,
  body: Consignment,
  reviewed: Review,
): Promise<Refusal | undefined> {
  const { home } = (await context.reference.at(parcel.epoch)).get(packsPart);
  for (const { account, kind, amount, limit: ceiling, ...of } of claims(home, body, dayOf(parcel.day))) {
    const key = { hold: parcel.id, kind };
    if (!reviewed.determination.counts.includes(account)) {
      // The way in that the accepted figures lead to counts on nothing.
      await free(tx, [key]);
      await restore(tx, [{ ...key, amount: null }]);
    } else if (!(await change(tx, { ...key, amount, ceiling }))) {
      const { owner, period, unit } = of;
      const [claimed] = await claim(tx, [{ ...key, owner, period, unit, amount, ceiling }]);
      if (claimed?.granted !== true) return { code: 'clearance/account-exhausted', params: { account } };
      if (parcel.status === 'released' || parcel.status === 'left') await consume(tx, [key]);
    }
  }
  return undefined;
}

/** Makes the further version the current one, and says so in the journal. */
async function record(
  tx: Tx,
  to: { id: string; version: number; status: string; at: string; by: string; border: Money },
  reviewed: Review,
): Promise<void> {
  const { amount, currency } = formatMoney(to.border);
  const { digest } = reviewed;
  const moved = await setStatus(tx, [to.id], to.status, to.at, to.version);
  await append(
    tx,
    moved.map(({ id, ...row }) => ({
      kind: 'clearance.redetermined',
      subject: id,
      data: { ...row, by: to.by, border: amount, currency, digest, engine: reviewEngine },
    })),
  );
}

/** What a further version of a parcel owes at the border, with the declaration before it. */
export interface Charged {
  readonly id: string;
  readonly version: number;
  readonly filer: string;
  readonly day: string;
  readonly before: Consignment;
  readonly body: Consignment;
  readonly border: Money;
  readonly charges: string;
}

/**
 * Asks for what a further version owes: the guarantee moves by the difference, and a further notice says the balance of
 * what was paid already. Answers whether the charges are secured or paid.
 */
export async function chargeAnew(context: Context, tx: Tx, one: Charged): Promise<boolean> {
  const { id, border, body, charges } = one;
  const owner = guarantorOf(body);
  // Returns have notices of their own after the last version's, and what they gave back is not owed again.
  const owed = border.minor - (await givenBackOf(tx, id));
  const noticed = (await noticeOf(tx, id))?.version ?? 0;
  // What was paid already needs no guarantee; the further notice asks for the rest alone.
  const amount = owed - (await paidFor(tx, id));
  const agreed = agreedToStand(context.reference.current(), one.filer, owner, one.day);
  const before = guarantorOf(one.before);
  const secured = await guarantee(tx, { id, owner, before, unit: border.currency, amount }, agreed);
  await reissue(tx, {
    id,
    version: Math.max(one.version, noticed + 1),
    payer: body.declaration.importer ?? body.declaration.declarant,
    guarantor: secured ? owner : null,
    currency: border.currency,
    amount: owed > 0n ? owed : 0n,
    charges,
    secured,
    issued: context.clock.instant(),
  });
  return secured;
}

/**
 * Moves a guarantee to another amount or another guarantor, or claims it where none stands yet; with nothing left to
 * secure it is free again. One that does not reach is given up whole, since half a guarantee secures nothing.
 */
export async function guarantee(
  tx: Tx,
  { id, owner, before, unit, amount }: { id: string; owner: string; before: string; unit: string; amount: bigint },
  agreed: boolean,
): Promise<boolean> {
  const key = { hold: id, kind: 'guarantee' };
  const standing = ((await holdOf(tx, key))?.reserved ?? 0n) > 0n;
  const stays = standing && owner === before;
  if (stays && amount > 0n && (await change(tx, { ...key, amount, ceiling: null }))) return true;
  if (standing) await free(tx, [key]);
  if (amount <= 0n) return true;
  if (stays || !agreed) return false;
  const [claimed] = await claim(tx, [{ ...key, owner, period: '', unit, amount, ceiling: null }]);
  return claimed?.granted === true;
}

function intrinsicMinor(reviewed: Review): bigint | null {
  const intrinsic = reviewed.determination.values['intrinsic'];
  const parsed = intrinsic ? parseMoney(intrinsic) : undefined;
  return parsed?.ok ? parsed.value.minor : null;
}
