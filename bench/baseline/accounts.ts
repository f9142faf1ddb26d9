import { type Kysely, sql, type Transaction } from 'kysely';
import type { Claim } from '#modules/rulebook/index.ts';
import type { CommonTables } from './database.ts';
import { type Decided, entryOf, type Parcel } from './work.ts';

/** A transaction, or the database, with at least the tables that both baselines have. */
export type Tx = Transaction<CommonTables> | Kysely<CommonTables>;

/** Claims a quota where it still fits; answers what was used before, granted or not. */
async function claimQuota(tx: Tx, { owner, period, amount, limit }: Claim): Promise<bigint> {
  if (amount <= limit) {
    const granted = await tx
      .insertInto('quotas')
      .values({ owner, period, used: amount })
      .onConflict((on) =>
        on
          .columns(['owner', 'period'])
          .doUpdateSet({ used: sql`quotas.used + excluded.used` })
          .where(sql<boolean>`quotas.used + excluded.used <= ${limit}::bigint`),
      )
      .returning('used')
      .executeTakeFirst();
    if (granted !== undefined) return BigInt(granted.used) - amount;
  }
  const standing = await tx
    .selectFrom('quotas')
    .select('used')
    .where('owner', '=', owner)
    .where('period', '=', period)
    .executeTakeFirst();
  return BigInt(standing?.used ?? 0);
}

/** Claims what a parcel's way in may depend on. */
export async function claimQuotas(tx: Tx, { wanted }: Parcel): Promise<Map<Claim, bigint>> {
  const used = new Map<Claim, bigint>();
  for (const claim of wanted) used.set(claim, await claimQuota(tx, claim));
  return used;
}

/** Gives back what the way in does not count on, where it was granted. */
export async function giveBack(tx: Tx, { free }: Decided, used: ReadonlyMap<Claim, bigint>): Promise<void> {
  for (const claim of free) {
    if ((used.get(claim) ?? 0n) + claim.amount > claim.limit) continue;
    await tx
      .updateTable('quotas')
      .set({ used: sql`used - ${claim.amount}::bigint` })
      .where('owner', '=', claim.owner)
      .where('period', '=', claim.period)
      .execute();
  }
}

/** Charges the guarantee with what is due; whether the parcel is secured. */
export async function secure(tx: Tx, { due, guarantor, review }: Decided): Promise<boolean> {
  if (due === null) return review.decision.outcome === 'cleared' || review.decision.outcome === 'control';
  if (guarantor === null) return false;
  const granted = await tx
    .updateTable('guarantees')
    .set({ reserved: sql`reserved + ${due.minor}::bigint` })
    .where('owner', '=', guarantor)
    .where(sql<boolean>`reserved + ${due.minor}::bigint <= ceiling`)
    .returning('reserved')
    .executeTakeFirst();
  return granted !== undefined;
}

/** Writes what both keep beside the parcel: the journal's entry, the notice, the case of one under control. */
export async function writeBeside(tx: Tx, parcel: Parcel, decided: Decided, secured: boolean): Promise<void> {
  const { id, received: at, body } = parcel;
  const { due, guarantor, review, status } = decided;
  const { outcome, desk, ground } = review.decision;
  const kind = outcome === 'waiting' ? 'waiting' : 'decided';
  await tx
    .insertInto('events')
    .values({ parcel: id, at, kind, data: entryOf(parcel, decided, secured) })
    .execute();
  if (due !== null)
    await tx
      .insertInto('notices')
      .values({
        parcel: id,
        payer: body.declaration.importer ?? body.declaration.declarant,
        guarantor: secured ? guarantor : null,
        currency: due.currency,
        amount: due.minor,
        state: secured ? 'secured' : 'due',
        issued: at,
      })
      .execute();
  if (status === 'control')
    await tx
      .insertInto('cases')
      .values({ parcel: id, desk: desk ?? 'customs', ground, state: 'open' })
      .execute();
}
