import { hash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Reference } from '#platform/snapshot.ts';
import { type Tx, claimQuotas, giveBack, secure, writeBeside } from './accounts.ts';
import { openKysely } from './database.ts';
import { parcelRow, rowsOf } from './a1-rows.ts';
import type { Tables } from './a1-tables.ts';
import { answerOf, type Baseline, decide, type Decided, figuresOf, type Parcel, parcelOf } from './work.ts';

/**
 * Looks up in SQL who stands in the parcel, whether the guarantor agreed to stand for its filer, and what the tariff
 * says of its goods.
 */
async function lookUp(tx: Transaction<Tables>, { filer, body, received }: Parcel): Promise<void> {
  const { declarant, importer, seller, guarantor, goods } = body.declaration;
  const day = received.slice(0, 10);
  const named = [...new Set([declarant, importer, seller].filter((one) => typeof one === 'string'))];
  await tx
    .selectFrom('parties')
    .select(['identifier', 'roles', 'status'])
    .where('identifier', '=', sql<string>`any(${named})`)
    .execute();
  if (typeof guarantor === 'string')
    await tx
      .selectFrom('representations')
      .select('scope')
      .where('represented', '=', guarantor)
      .where('representative', '=', filer)
      .where('valid_from', '<=', day)
      .execute();
  const codes = goods.flatMap(({ commodity = '' }) => [2, 4, 6].map((length) => (commodity ?? '').slice(0, length)));
  await tx
    .selectFrom('tariff')
    .select(['commodity', 'duty', 'tax', 'permit'])
    .where('commodity', '=', sql<string>`any(${[...new Set(codes)]})`)
    .where('valid_from', '<=', day)
    .execute();
}

/** Claims the key; whether it was free. */
async function claimKey(tx: Transaction<Tables>, { filer, body, id, digest }: Parcel): Promise<boolean> {
  const claimed = await tx
    .insertInto('keys')
    .values({ filer, declaration: body.declaration.id, parcel: id, digest })
    .onConflict((on) => on.columns(['filer', 'declaration']).doNothing())
    .returning('parcel')
    .executeTakeFirst();
  return claimed !== undefined;
}

/** Writes every row of a parcel, a statement a table. */
async function write(tx: Transaction<Tables>, parcel: Parcel, decided: Decided, secured: boolean): Promise<void> {
  await tx
    .insertInto('parcels')
    .values(parcelRow(parcel, decided, secured))
    .execute();
  const { goods, orders, payments, transports, pieces, charges, checks } = rowsOf(parcel, decided);
  await tx.insertInto('goods').values(goods).execute();
  if (orders.length > 0) await tx.insertInto('orders').values(orders).execute();
  if (payments.length > 0) await tx.insertInto('payments').values(payments).execute();
  if (transports.length > 0) await tx.insertInto('transports').values(transports).execute();
  if (pieces.length > 0) await tx.insertInto('pieces').values(pieces).execute();
  if (charges.length > 0) await tx.insertInto('charges').values(charges).execute();
  if (checks.length > 0) await tx.insertInto('checks').values(checks).execute();
}

/** The answer to a key that stood already, put together from the rows; null where it came with other content. */
async function standing(db: Kysely<Tables>, { filer, body, digest }: Parcel): Promise<string | null> {
  const row = await db
    .selectFrom('keys')
    .innerJoin('parcels', 'parcels.id', 'keys.parcel')
    .select(['keys.digest', 'parcels.id', 'parcels.received', 'parcels.status', 'parcels.outcome', 'parcels.route'])
    .where('keys.filer', '=', filer)
    .where('keys.declaration', '=', body.declaration.id)
    .executeTakeFirstOrThrow();
  if (!row.digest.equals(digest)) return null;
  const [charges, checks] = await Promise.all([
    db.selectFrom('charges').selectAll().where('parcel', '=', row.id).execute(),
    db.selectFrom('checks').selectAll().where('parcel', '=', row.id).execute(),
  ]);
  return JSON.stringify({ ...row, digest: undefined, charges, checks });
}

/** Normalised rows, traders and goods looked up in SQL, one transaction a parcel. */
export function openNormalised(url: string, connections: number, reference: Reference): Baseline {
  const db = openKysely<Tables>(url, connections);
  return {
    async partyOf(key) {
      const client = await db
        .selectFrom('clients')
        .select('party')
        .where('hash', '=', hash('sha256', key, 'buffer'))
        .executeTakeFirst();
      return client?.party ?? null;
    },
    async file(filer, body, raw) {
      const parcel = parcelOf(reference.current(), filer, body, raw);
      const answer = await db.transaction().execute(async (tx) => {
        const common = tx as unknown as Tx;
        if (!(await claimKey(tx, parcel))) return undefined;
        await lookUp(tx, parcel);
        const used = await claimQuotas(common, parcel);
        const decided = decide(reference.current(), parcel, figuresOf(parcel, used));
        await giveBack(common, decided, used);
        const secured = await secure(common, decided);
        await write(tx, parcel, decided, secured);
        await writeBeside(common, parcel, decided, secured);
        return answerOf(parcel, decided, secured);
      });
      return answer ?? standing(db, parcel);
    },
  };
}
