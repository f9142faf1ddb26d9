import { formatMoney } from '#kernel/money.ts';
import type { Connection, Tx } from '#platform/db.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import {
  type Claim as AccountClaim,
  claim as claimAccounts,
  giveBack,
  holdAll,
  keep,
  type Reservation,
  reserve,
} from '#modules/accounts/index.ts';
import { represented } from '#modules/parties/index.ts';
import { openParcel, packsPart } from '#modules/rulebook/index.ts';
import { borderOf, guarantorOf, legalDay, questionOf } from './review.ts';
import type { Item } from './rows.ts';
import { type Asking, figureStock, stockAsked } from './stock-draw.ts';

/**
 * Claims what quota-dependent routes depend on, and what goods lines draw from a book, so that the decision is made on
 * granted figures. `asks` is what of a book, where that is settled already.
 */
export async function claimQuotas(
  connection: Tx,
  snapshot: Snapshot,
  items: readonly Item[],
  asks: readonly Asking[] | null = null,
): Promise<void> {
  const { home } = snapshot.get(packsPart);
  const asked = items.flatMap((item) => {
    item.opened = openParcel(
      home,
      questionOf(item.submission.body, legalDay(snapshot, item.received), item.returns?.exported),
    );
    item.wanted = item.opened.claims;
    return item.wanted.map((claim) => ({ item, claim }));
  });
  const stock = asks ?? (await stockAsked(connection, items));
  const granted = await reserveFor(connection, [
    ...asked.map(({ item, claim: { kind, owner, period, unit, amount, limit } }) => ({
      item,
      claim: { hold: item.id, kind, owner, period, unit, amount, ceiling: limit },
    })),
    ...stock,
  ]);
  for (const [index, { item, claim }] of asked.entries()) {
    const { used } = granted[index]!;
    item.accounts[claim.account] = formatMoney({ currency: claim.unit, minor: used });
  }
  if (stock.length > 0) await figureStock(connection, stock, granted.slice(asked.length));
}

/**
 * Reserves what parcels ask for. One that waited for slips may hold something from before, and so may one that asks
 * twice for the same kind: these claim with their holds.
 */
async function reserveFor(
  connection: Tx,
  asked: readonly { item: Item; claim: AccountClaim }[],
): Promise<Reservation[]> {
  const holdsBefore = ({ item, claim }: { item: Item; claim: AccountClaim }): boolean =>
    item.completes || item.wanted.filter(({ kind }) => kind === claim.kind).length > 1;
  const fresh = asked.filter((one) => !holdsBefore(one));
  const others = asked.filter(holdsBefore);
  const reserved = await reserve(
    connection,
    fresh.map(({ claim }) => claim),
  );
  const claimed = await claimAccounts(
    connection,
    others.map(({ claim }) => claim),
  );
  const answers = new Map<AccountClaim, Reservation>(reserved.map((one) => [one.claim, one]));
  for (const [index, { claim }] of others.entries()) answers.set(claim, { ...claimed[index]!, claim, account: null });
  return asked.map(({ item, claim }) => {
    const answer = answers.get(claim)!;
    item.reserved = [...item.reserved, answer];
    return answer;
  });
}

/** Whether a reservation stays: that of a quota where the route taken counts on it, and that of the guarantee. */
function counts(item: Item, index: number): boolean {
  const claim = item.wanted[index];
  const counted = item.review?.determination.counts ?? [];
  return keepsClaims(item) && (claim === undefined || counted.includes(claim.account));
}

/** Gives back what was claimed for parcels that took another route than the one that counts. */
export const freeUncounted = (connection: Tx, items: readonly Item[]): Promise<void> =>
  giveBack(
    connection,
    items.flatMap((item) => item.reserved.filter((_, index) => !counts(item, index))),
  );

/** Writes down what parcels hold from now on: what counts for the route they took, and their guarantee. */
export const keepCounted = (connection: Connection, items: readonly Item[]): Promise<void> =>
  keep(
    connection,
    items.flatMap((item) =>
      item.reserved.filter((_, index) => counts(item, index)).map((one) => ({ ...one, at: item.received })),
    ),
  );

export const keepsClaims = (item: Item): boolean =>
  item.review?.decision.outcome === 'cleared' || item.review?.decision.outcome === 'control';

/** Whether a guarantor stands for what this filer files: his own account, or one that its owner let him charge. */
export const agreedToStand = (snapshot: Snapshot, filer: string, owner: string, on: string): boolean =>
  owner === filer || represented(snapshot, filer, owner, 'guarantee', on).result === 'passed';

/** A parcel whose border charges a guarantor is asked to secure. */
interface Securing {
  readonly item: Item;
  readonly claim: AccountClaim & { readonly at: string };
}

/**
 * The parcels that ask a guarantee account for their border charges. Where nothing is owed a parcel is secure at once;
 * where the guarantor never agreed to stand for this filer, it is not, and its outcome stays: release asks again.
 */
export function securing(snapshot: Snapshot, items: readonly Item[]): Securing[] {
  const asked: Securing[] = [];
  for (const item of items) {
    const border = borderOf(item.review);
    item.secured = border !== null && border.minor === 0n && keepsClaims(item);
    if (!border || border.minor === 0n || !keepsClaims(item)) continue;
    const owner = guarantorOf(item.submission.body);
    if (!agreedToStand(snapshot, item.submission.filer, owner, legalDay(snapshot, item.received))) continue;
    const { currency: unit, minor: amount } = border;
    const account = { kind: 'guarantee', owner, period: '', unit, ceiling: null };
    asked.push({ item, claim: { hold: item.id, ...account, amount, at: item.received } });
  }
  return asked;
}

const doubtMs = 10_000;
/** Guarantors that refused not long ago, with when that is forgotten: asking them for many at once would fail. */
const doubtful = new Map<string, number>();

/** Whether what is asked will hardly be granted all at once: a guarantor just refused, or a parcel may hold before. */
export const isDoubtful = (asked: readonly Securing[]): boolean =>
  asked.some(({ item, claim }) => item.completes || (doubtful.get(claim.owner) ?? 0) > performance.now());

/** Asks for each parcel by itself. One that is refused stays not secured. */
export async function secureEach(connection: Connection, asked: readonly Securing[]): Promise<void> {
  const granted = await reserveFor(connection, asked);
  for (const [index, { item, claim }] of asked.entries()) {
    item.secured = granted[index]!.granted;
    if (item.secured) doubtful.delete(claim.owner);
    else doubtful.set(claim.owner, performance.now() + doubtMs);
  }
}

/** Takes all of them as secured, which `secureAll` then has to bear out. */
export function takeAsSecured(asked: readonly Securing[]): void {
  for (const { item } of asked) item.secured = true;
}

/** Asks for all of them together; throws `NotGranted` where one is not. */
export const secureAll = (connection: Connection, asked: readonly Securing[]): Promise<void> =>
  holdAll(
    connection,
    asked.map(({ claim }) => claim),
  );
