import { digestOf } from '#kernel/canonical.ts';
import { dayIn, dayOf } from '#kernel/effective.ts';
import { ok, type Refusal, type Result } from '#kernel/result.ts';
import { type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { holdsEpoch, type Snapshot } from '#platform/snapshot.ts';
import { free } from '#modules/accounts/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { admitted, known } from './amend-admit.ts';
import { type AmendmentBody, type Amended, withinDeclaration } from './amend-model.ts';
import { conditionOf, lastDayOf } from './conditions.ts';
import { claimQuotas, freeUncounted } from './claim.ts';
import { openHeld } from './held.ts';
import { type Parcel, statusOf, type Status } from './model.ts';
import { briefOf, parcelFrom, recordOf, reviewAgain } from './read.ts';
import { chargeAnew } from './redetermine.ts';
import { release } from './release.ts';
import { findExports } from './returned-exports.ts';
import { borderOf, review, reviewEngine } from './review.ts';
import { declarationRow, type Item, linksOf, reviewInput } from './rows.ts';
import { amendStock } from './stock-amend.ts';
import { furtherVersions, type FurtherRow, holdParcel, landedPieces, relink, writeAmendment } from './store-amend.ts';
import { setStatus } from './store-parcels.ts';
import { type ParcelRow, versionsOf } from './store-read.ts';
import { writeDeclarations } from './store.ts';

/** The amendment is refused: whatever was written for it goes with its transaction. */
class NotAccepted extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** The reference data moved on: what the caller may do and what the law says is looked at anew. */
class EpochMoved extends Error {}

/** Why a parcel that stands so is not amended. */
const barred: Partial<Record<Status, string>> = {
  control: 'clearance/under-control',
  released: 'clearance/released-already',
  left: 'clearance/released-already',
  returned: 'clearance/released-already',
  cancelled: 'clearance/cancelled',
};

/** What a parcel's declaration is amended to, under one snapshot. */
interface Amending {
  readonly id: string;
  readonly asked: AmendmentBody;
  readonly snapshot: Snapshot;
  readonly principal: Principal;
  readonly digest: Buffer;
}

/** The versions of a parcel that stands so that it may be amended; it is held for the rest of the transaction. */
async function amendable(tx: Tx, { id, asked, digest }: Amending): Promise<ParcelRow[] | FurtherRow> {
  const held = await holdParcel(tx, id);
  if (held === undefined) throw new NotAccepted({ code: 'clearance/nothing-to-amend' });
  const made = (await furtherVersions(tx, id)).find((one) => one.digest?.equals(digest) === true);
  if (made !== undefined) return made;
  const status = held.status as Status;
  if (status !== 'cleared') throw new NotAccepted({ code: barred[status] ?? 'clearance/nothing-to-amend' });
  if (held.version !== asked.version)
    throw new NotAccepted({
      code: 'clearance/version-moved',
      pointer: '/version',
      params: { version: String(held.version) },
    });
  const versions = await versionsOf(tx, id);
  if (versions.some(({ outcome }) => outcome === 'control'))
    throw new NotAccepted({ code: 'clearance/control-announced' });
  return versions;
}

/** What the pack and the goods that have landed say against an amendment. */
async function barredBy(context: Context, tx: Tx, amending: Amending, parcel: Parcel): Promise<Refusal | undefined> {
  const { snapshot, asked } = amending;
  const { home } = snapshot.get(packsPart);
  const accepted = dayOf(parcel.day);
  const last = lastDayOf(home, accepted, 'amendment-days');
  if (last !== undefined && dayIn(context.clock.instant(), home.timeZone) > last)
    return { code: 'clearance/amendment-late', params: { last } };
  const digits = conditionOf(home, accepted, 'amendment-same-digits');
  const refused = withinDeclaration(parcel.body, asked.consignment, digits && Number(digits.value));
  if (refused !== undefined) return refused;
  const carried = new Set(
    (asked.consignment.transports ?? []).flatMap(({ pieces }) => pieces.map((one) => one.barcode)),
  );
  const lost = (await landedPieces(tx, parcel.id)).find((barcode) => !carried.has(barcode));
  return lost === undefined
    ? undefined
    : { code: 'clearance/piece-landed', pointer: '/consignment/transports', params: { barcode: lost } };
}

/** The amended declaration as a submission that holds something from before, on the legal day that the pack names. */
function itemOf(context: Context, { id, asked, snapshot, principal, digest }: Amending, parcel: Parcel): Item {
  const { home } = snapshot.get(packsPart);
  const now = context.clock.now();
  const anew = conditionOf(home, dayOf(parcel.day), 'amendment-law')?.value === 'amendment';
  return {
    submission: {
      filer: parcel.filer,
      by: principal.subject,
      body: asked.consignment,
      raw: JSON.stringify(asked.consignment),
      receivedMs: now,
      seeded: false,
    },
    id,
    received: anew ? context.clock.instant() : parcel.received,
    digest,
    wanted: [],
    accounts: {},
    reserved: [],
    review: null,
    returns: null,
    secured: false,
    completes: true,
  };
}

/** A reason among others, as decisions give it, beside the refusal itself. */
const factMissing = 'clearance/facts-missing';

/** Decides the amended declaration on what its accounts have left for it. */
async function decide(tx: Tx, snapshot: Snapshot, item: Item): Promise<void> {
  await free(tx, [{ hold: item.id, kind: 'quota' }]);
  await claimQuotas(tx, snapshot, [item], []);
  const { filer, body } = item.submission;
  Object.assign(item.accounts, await amendStock(tx, { id: item.id, filer, body }));
  item.review = review(snapshot, reviewInput(snapshot, item));
  const { decision, determination } = item.review;
  const { outcome, ground, checks } = decision;
  if (outcome !== 'cleared' && outcome !== 'control')
    throw new NotAccepted({
      code: 'clearance/amendment-not-accepted',
      pointer: '/consignment',
      params: { outcome, ground: ground ?? '' },
      more: [
        ...checks
          .filter(({ result }) => result === 'failed')
          .map(({ reason, params }) => ({ code: reason, pointer: '/consignment', params })),
        ...[...determination.missing, ...determination.slips.missing].map((missing) => ({
          code: factMissing,
          pointer: '/consignment',
          params: { missing },
        })),
      ],
    });
  await freeUncounted(tx, [item]);
}

/** Writes the further version whole, moves what it holds and owes, and brings the parcel to where that leaves it. */
async function write(context: Context, tx: Tx, amending: Amending, parcel: Parcel, item: Item): Promise<void> {
  const { id, asked, snapshot, principal, digest } = amending;
  const { decision, determination } = item.review!;
  const at = context.clock.instant();
  const version = parcel.version + 1;
  const border = borderOf(item.review) ?? { currency: snapshot.get(packsPart).home.currency, minor: 0n };
  const { filer, day, received } = parcel;
  const body = asked.consignment;
  const charges = JSON.stringify(determination.charges);
  item.secured = await chargeAnew(context, tx, { id, version, filer, day, before: parcel.body, body, border, charges });
  await writeDeclarations(tx, [{ ...declarationRow(snapshot, item), version, received }]);
  await relink(tx, id, linksOf([item]));
  const { ground, reason } = asked;
  await writeAmendment(tx, {
    id,
    version,
    at,
    party: principal.party ?? '',
    by: principal.subject,
    ground,
    reason,
    digest,
  });
  const [moved] = await setStatus(tx, [id], statusOf[decision.outcome], at, version);
  const { id: subject, ...row } = moved!;
  const data = {
    ...row,
    because: ground,
    by: principal.subject,
    outcome: decision.outcome,
    route: determination.route,
    ground: decision.ground,
    border: determination.totals?.border.amount ?? null,
    currency: border.currency,
    secured: item.secured,
    snapshot: decision.snapshot,
    engine: reviewEngine,
    digest: item.review!.digest,
  };
  await append(tx, [{ kind: 'clearance.amended', subject, data }]);
  await openHeld(context, tx, snapshot, [{ ...item, received: at }]);
  if (decision.outcome === 'cleared') await release(context, tx, [id], { because: 'amended' });
}

async function apply(context: Context, tx: Tx, amending: Amending): Promise<void> {
  if (!(await holdsEpoch(tx, amending.snapshot))) throw new EpochMoved();
  const versions = await amendable(tx, amending);
  if (!Array.isArray(versions)) return;
  const parcel = parcelFrom(versions.at(-1)!);
  const refused = await barredBy(context, tx, amending, parcel);
  if (refused !== undefined) throw new NotAccepted(refused);
  const item = itemOf(context, amending, parcel);
  await findExports(tx, amending.snapshot, [item]);
  // From which export goods come back was found when they were declared, and stays what every version is decided on.
  if ((item.returns?.exported ?? null) !== parcel.exported)
    throw new NotAccepted({
      code: 'clearance/amendment-beyond',
      pointer: '/consignment/declaration/previousDocuments',
      params: { field: 'previousDocuments' },
    });
  await decide(tx, amending.snapshot, item);
  await write(context, tx, amending, parcel, item);
}

/** What was answered for an amendment, made again from what is stored. */
async function answerOf(context: Context, id: string, digest: Buffer): Promise<Amended & { record: RecordRef }> {
  const made = (await furtherVersions(context.db, id)).find((one) => one.digest?.equals(digest) === true)!;
  const parcel = parcelFrom((await versionsOf(context.db, id)).find(({ version }) => version === made.version)!);
  const { determination, decision } = await reviewAgain(context, parcel);
  const { at, ground, reason } = made;
  return {
    id,
    declaration: parcel.declaration,
    version: parcel.version,
    status: statusOf[parcel.outcome],
    received: parcel.received,
    secured: parcel.secured,
    decision,
    determination: briefOf(determination),
    amendment: { at, ground: ground!, reason: reason! },
    record: recordOf(parcel),
  };
}

/**
 * Amends a declaration before release, for who filed it: the whole new declaration becomes a further version, decided
 * under the law of the day of acceptance (or of the amendment, where the pack says so) and with every account moved by
 * the difference, in one transaction. What would not be accepted is refused with the reasons, and the declaration
 * stands as it was. The same again is answered as before. Refuses `clearance/not-found`, `amend-not-yours`,
 * `version-moved`, `under-control`, `control-announced`, `released-already`, `cancelled`, `nothing-to-amend`,
 * `amendment-same`, `amendment-beyond`, `other-goods`, `piece-landed`, `amendment-late` and `amendment-not-accepted`.
 */
export async function amend(
  context: Context,
  principal: Principal,
  id: string,
  asked: AmendmentBody,
): Promise<Result<{ id: string } & Partial<Amended>>> {
  const parcel = await known(context, id);
  if (!parcel.ok) return parcel;
  const digest = Buffer.from(digestOf(asked), 'hex');
  for (;;) {
    const snapshot = context.reference.current();
    const fit = admitted(context, snapshot, principal, parcel.value, asked.consignment);
    if (!fit.ok) return fit;
    try {
      await context.db.tx((tx) => apply(context, tx, { id, asked, snapshot, principal, digest }));
      const { record, ...data } = await answerOf(context, id, digest);
      return ok({ id, ...view(principal, { ...record, data }) });
    } catch (error) {
      if (error instanceof NotAccepted) return { ok: false, error: error.refusal };
      if (!(error instanceof EpochMoved)) throw error;
      await context.reference.refresh();
    }
  }
}
