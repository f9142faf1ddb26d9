import { dayOf } from '#kernel/effective.ts';
import { formatMoney, type Money, parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { change, claim, free, holdOf, restore } from '#modules/accounts/index.ts';
import { claims, type Consignment, packsPart } from '#modules/rulebook/index.ts';
import { noticeOf, paidFor, reissue } from '#modules/treasury/index.ts';
import { agreedToStand } from './claim.ts';
import type { Accepted, Parcel } from './model.ts';
import { acceptedBody, parcelFrom } from './read.ts';
import { borderOf, guarantorOf, type Review, review, reviewEngine } from './review.ts';
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
 * Whether the goods may be released with these figures: a code under which they may not enter, or only with the consent
 * of an authority that nobody asked for yet, is no release, and charges have to be known.
 */
export async function admissible(context: Context, parcel: Parcel, accepted: Accepted): Promise<Result<Accepted>> {
  const { determination } = await reviewAccepted(context, parcel, accepted);
  const known = new Set(parcel.checks.map((check) => check.id));
  const barring = determination.checks.find(
    ({ id, result }) =>
      result === 'failed' && !known.has(id) && ['denied', 'control'].includes(determination.leads[id] ?? ''),
  );
  if (barring)
    return refuse('clearance/accepted-barred', { pointer: '/accepted/lines', params: { reason: barring.reason } });
  return determination.decided ? ok(accepted) : refuse('clearance/accepted-undecided', { pointer: '/accepted/lines' });
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

/**
 * Decides a parcel again on what was accepted instead of what was declared, and appends that as a further version
 * beside the old one. Quota and guarantee move by the difference, and a further notice says the new amount. A guarantee
 * that does not reach leaves the parcel unsecured until it is paid. With nothing accepted it goes back to what was
 * declared.
 */
export async function redetermine(
  context: Context,
  tx: Tx,
  id: string,
  accepted: Accepted | null,
  by: string,
): Promise<void> {
  const parcel = parcelFrom((await parcelOf(tx, id))!);
  const reviewed = await reviewAccepted(context, parcel, accepted);
  const body = acceptedBody(parcel.body, accepted);
  const border = borderOf(reviewed) ?? {
    currency: context.reference.current().get(packsPart).home.currency,
    minor: 0n,
  };
  const owner = guarantorOf(body);
  await moveQuotas(context, tx, parcel, body, reviewed);
  // What was paid already needs no guarantee; the further notice asks for the rest alone.
  const paid = await paidFor(tx, id);
  // Returns have notices of their own after the last version's, and what they gave back is not owed again.
  const owed = border.minor - (await givenBackOf(tx, id));
  const noticed = (await noticeOf(tx, id))?.version ?? 0;
  const left = owed - paid;
  const agreed = agreedToStand(context.reference.current(), parcel.filer, owner, parcel.day);
  const secured = await guarantee(tx, { id, owner, unit: border.currency, amount: left }, agreed);
  const version = parcel.version + 1;
  const charges = JSON.stringify(reviewed.determination.charges);
  const failed = reviewed.decision.checks.filter((check) => check.result === 'failed' || check.result === 'unknown');
  await writeVersion(tx, {
    id,
    from: parcel.version,
    version,
    outcome: accepted ? 'released-changed' : 'control',
    status: accepted ? 'cleared' : 'control',
    acceptedValueMinor: intrinsicMinor(reviewed),
    borderMinor: border.minor,
    secured,
    digest: Buffer.from(reviewed.digest, 'hex'),
    charges,
    checks: JSON.stringify(failed),
    missing: JSON.stringify(reviewed.determination.missing),
    accepted: accepted ? JSON.stringify(accepted) : null,
    decidedBy: by,
    engine: reviewEngine,
  });
  const payer = body.declaration.importer ?? body.declaration.declarant;
  const issued = context.clock.instant();
  const guarantor = secured ? owner : null;
  await reissue(tx, {
    id,
    version: Math.max(version, noticed + 1),
    payer,
    guarantor,
    currency: border.currency,
    amount: owed > 0n ? owed : 0n,
    charges,
    secured,
    issued,
  });
  await record(tx, { id, version, status: accepted ? 'cleared' : 'control', at: issued, by, border }, reviewed);
}

/** What a parcel counts on yearly and other limits follows its accepted figures. */
async function moveQuotas(
  context: Context,
  tx: Tx,
  parcel: Parcel,
  body: Consignment,
  reviewed: Review,
): Promise<void> {
  const { home } = (await context.reference.at(parcel.epoch)).get(packsPart);
  for (const { account, kind, amount, limit: ceiling, ...of } of claims(home, body, dayOf(parcel.day))) {
    const key = { hold: parcel.id, kind };
    if (!reviewed.determination.counts.includes(account)) {
      // The way in that the accepted figures lead to counts on nothing.
      await free(tx, [key]);
      await restore(tx, [{ ...key, amount: null }]);
    } else if (!(await change(tx, { ...key, amount, ceiling }))) {
      const { owner, period, unit } = of;
      await claim(tx, [{ ...key, owner, period, unit, amount, ceiling }]);
    }
  }
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

/**
 * Moves a guarantee to another amount, or claims it where none stands yet; with nothing left to secure it is free
 * again. One that does not reach is given up whole, since half a guarantee secures nothing.
 */
export async function guarantee(
  tx: Tx,
  { id, owner, unit, amount }: { id: string; owner: string; unit: string; amount: bigint },
  agreed: boolean,
): Promise<boolean> {
  const key = { hold: id, kind: 'guarantee' };
  const standing = ((await holdOf(tx, key))?.reserved ?? 0n) > 0n;
  if (standing && amount > 0n && (await change(tx, { ...key, amount, ceiling: null }))) return true;
  if (standing) await free(tx, [key]);
  if (amount <= 0n) return true;
  if (standing || !agreed) return false;
  const [claimed] = await claim(tx, [{ ...key, owner, period: '', unit, amount, ceiling: null }]);
  return claimed?.granted === true;
}

function intrinsicMinor(reviewed: Review): bigint | null {
  const intrinsic = reviewed.determination.values['intrinsic'];
  const parsed = intrinsic ? parseMoney(intrinsic) : undefined;
  return parsed?.ok ? parsed.value.minor : null;
}
