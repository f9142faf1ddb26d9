import type { Transaction } from 'kysely';
import type { Reference } from '#platform/snapshot.ts';
import { type Tx, claimQuotas, giveBack, secure, writeBeside } from './accounts.ts';
import { type CommonTables, commonTables, openKysely, type Whole } from './database.ts';
import { answerOf, type Baseline, decide, type Decided, figuresOf, openChecks, type Parcel, parcelOf } from './work.ts';

/** Lean rows: one a parcel with its document as text, one a piece for the scan at the gate, and what both keep. */
export const tables = `${commonTables}
  create table parcels (
    id uuid primary key, filer text not null, declaration text not null, received timestamptz not null,
    platform text, order_number text, transport text, seller text, route text, outcome text not null,
    status text not null, desk text, border bigint not null, secured boolean not null, digest bytea not null,
    decision_digest bytea not null, accounts text not null, checks text not null, charges text not null,
    document text not null,
    unique (filer, declaration)
  ) with (toast_tuple_target = 8160);
  alter table parcels alter column document set storage external;
  create index parcels_seller on parcels (seller, id desc);
  create index parcels_order on parcels (platform, order_number);
  create index parcels_transport on parcels (transport);
  create table pieces (barcode text, parcel uuid, primary key (barcode, parcel));
`;

interface Tables extends CommonTables {
  parcels: {
    id: string;
    filer: string;
    declaration: string;
    received: string;
    platform: string | null;
    order_number: string | null;
    transport: string | null;
    seller: string | null;
    route: string | null;
    outcome: string;
    status: string;
    desk: string | null;
    border: Whole;
    secured: boolean;
    digest: Buffer;
    decision_digest: Buffer;
    accounts: string;
    checks: string;
    charges: string;
    document: string;
  };
  pieces: { barcode: string; parcel: string };
}

/** The key stood already: nothing of this transaction is kept. */
class Known extends Error {}

async function write(tx: Transaction<Tables>, reference: Reference, parcel: Parcel): Promise<string> {
  const { id, filer, body, received, digest, raw: document } = parcel;
  const common = tx as unknown as Tx;
  const used = await claimQuotas(common, parcel);
  const decided = decide(reference.current(), parcel, figuresOf(parcel, used));
  const { determination, decision, digest: found } = decided.review;
  await giveBack(common, decided, used);
  const secured = await secure(common, decided);
  const { declaration, orders, transports = [] } = body;
  const written = await tx
    .insertInto('parcels')
    .values({
      id,
      filer,
      declaration: declaration.id,
      received,
      platform: orders?.[0]?.platform ?? null,
      order_number: orders?.[0]?.number ?? null,
      transport: transports[0]?.document ?? null,
      seller: declaration.seller ?? null,
      route: determination.route,
      outcome: decision.outcome,
      status: decided.status,
      desk: decision.desk,
      border: decided.due?.minor ?? 0n,
      secured,
      digest,
      decision_digest: Buffer.from(found, 'hex'),
      accounts: JSON.stringify(decided.accounts),
      checks: JSON.stringify(openChecks(decided)),
      charges: JSON.stringify(determination.charges),
      document,
    })
    .onConflict((on) => on.columns(['filer', 'declaration']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (written === undefined) throw new Known();
  const pieces = transports.flatMap((one) => one.pieces.map(({ barcode }) => ({ barcode, parcel: id })));
  if (pieces.length > 0) await tx.insertInto('pieces').values(pieces).execute();
  await writeBeside(common, parcel, decided, secured);
  return answerOf(parcel, decided, secured);
}

/** Lean rows, lookups in memory, one transaction a parcel. */
export function openLean(
  url: string,
  connections: number,
  reference: Reference,
  parties: ReadonlyMap<string, string>,
): Baseline {
  const db = openKysely<Tables>(url, connections);
  return {
    partyOf: (key) => Promise.resolve(parties.get(key) ?? null),
    async file(filer, body, raw) {
      const parcel = parcelOf(reference.current(), filer, body, raw);
      try {
        return await db.transaction().execute((tx) => write(tx, reference, parcel));
      } catch (error) {
        if (!(error instanceof Known)) throw error;
        const standing = await db
          .selectFrom('parcels')
          .select(['id', 'received', 'digest', 'accounts', 'secured'])
          .where('filer', '=', filer)
          .where('declaration', '=', body.declaration.id)
          .executeTakeFirstOrThrow();
        if (!standing.digest.equals(parcel.digest)) return null;
        const again = { ...parcel, id: standing.id, received: standing.received };
        const decided = decide(reference.current(), again, JSON.parse(standing.accounts) as Decided['accounts']);
        return answerOf(again, decided, standing.secured);
      }
    },
  };
}
