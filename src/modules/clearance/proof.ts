import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append, type JournalEntry, lastOf } from '#platform/journal.ts';
import { windowSigner } from '#platform/keys.ts';
import { partiesPart } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { archivedRefusal } from './archive.ts';
import type { Parcel } from './model.ts';
import { acceptedBody, parcelFrom, recordOf } from './read.ts';
import * as store from './store-proof.ts';
import { parcelOf } from './store-read.ts';

/** The header of a document (W3C VC-JOSE-COSE): `alg` and `kid` stand beside it. */
const header = { typ: 'vc+jwt', cty: 'vc' } as const;
const contexts = ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'];

/**
 * Signs a proof for each of these parcels that is an export, has left, and has none for its current version. It is
 * signed once and kept: whoever asks gets the same bytes again.
 */
export async function issueProofs(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  const left = await store.leftUnproven(tx, ids);
  if (left.length === 0) return;
  const issued = context.clock.instant();
  const exits = new Map((await lastOf(tx, 'clearance.left', ids)).map((entry) => [entry.subject, entry]));
  const signer = await windowSigner(tx, issued);
  const proofs = left.flatMap((row) => {
    const exit = exits.get(row.id);
    if (exit === undefined) return [];
    const payload = JSON.stringify(proofFrom(context, row, exit, issued));
    return [{ id: row.id, version: row.version, issued, jws: signer.sign(header, payload) }];
  });
  const written = await store.writeProofs(tx, proofs);
  await append(
    tx,
    written.map(({ id, version }) => ({
      kind: 'clearance.export-proven',
      subject: id,
      data: { version, kid: signer.kid },
    })),
  );
}

/** What a proof of export says, as a W3C Verifiable Credential: what left, who declared it, whose, when, where to. */
export type ExportProof = ReturnType<typeof proofFrom>;

function proofFrom(context: Context, row: store.LeftExport, exit: JournalEntry, issued: string) {
  const { home } = context.reference.current().get(packsPart);
  const parcel = parcelFrom(row);
  const body = acceptedBody(parcel.body, parcel.accepted);
  return {
    '@context': contexts,
    type: ['VerifiableCredential', 'ProofOfExport'],
    id: `urn:uuid:${newId(context.clock.now())}`,
    issuer: { id: context.config.origin, economy: home.id, ...(home.fictional ? { fictional: true } : {}) },
    validFrom: issued,
    credentialSubject: {
      consignment: parcel.id,
      version: parcel.version,
      ...declaredIn(context, parcel.filer, body),
      route: parcel.route,
      value: parcel.acceptedValue ?? parcel.declaredValue,
      goods: body.declaration.goods.map(
        ({ line, description, commodity, category, origin, quantity, unit, netWeight, price }) => ({
          line,
          description: description.text,
          language: description.language,
          ...(commodity ? { commodity } : {}),
          ...(category ? { category } : {}),
          ...(origin ? { origin } : {}),
          quantity,
          unit,
          ...(netWeight === undefined ? {} : { netWeight }),
          price,
        }),
      ),
      exit: { at: row.departed, place: String(exit.data['place']), departure: String(exit.data['departure']) },
      journal: { kind: exit.kind, transaction: String(exit.tx), sequence: String(exit.seq), at: exit.at },
    },
  };
}

/** Who declared the goods, whose they were, on which orders and where they went: nothing of who receives them. */
function declaredIn(context: Context, filer: string, { declaration, orders }: Body) {
  const { parties } = context.reference.current().get(partiesPart);
  const seller = declaration.seller ?? declaration.declarant;
  const name = parties.get(seller)?.name;
  return {
    declaration: declaration.id,
    filer,
    declarant: declaration.declarant,
    seller: { identifier: seller, ...(name === undefined ? {} : { name }) },
    ...(declaration.procedure === undefined ? {} : { procedure: declaration.procedure }),
    ...(declaration.office === undefined ? {} : { office: declaration.office }),
    destination: declaration.destination ?? declaration.consignee?.address.country ?? null,
    orders: (orders ?? []).map(({ platform, number }) => ({ platform, number })),
  };
}

type Body = Parcel['body'];

/** The proof of export of one parcel. */
export interface ExportProofView {
  readonly jws: string;
  readonly proof: ExportProof;
}

/**
 * The proof of export of a parcel, as it was signed. Refuses `clearance/not-found` to whoever may not see all of what
 * it says, `not-an-export`, and `not-left` while the goods are still here.
 */
export async function exportProof(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<ExportProofView>> {
  const unknown = refuse('clearance/not-found', { pointer: '/id' });
  const row = await parcelOf(context.db, id);
  if (!row) {
    const archived = await archivedRefusal(context.db, [id]);
    return archived ? { ok: false, error: archived } : unknown;
  }
  const { body, filer, desk, status } = parcelFrom(row);
  const record = recordOf({ id, filer, desk, body });
  if (!may(principal, 'consignment.read', record)) return unknown;
  if (body.declaration.movement !== 'export') return refuse('clearance/not-an-export', { pointer: '/id' });
  // Whoever asks before the worker came to a further version does not wait for it.
  const jws = await context.db.tx(async (tx) => {
    await issueProofs(context, tx, [id]);
    return (await store.proofOf(tx, id))?.jws;
  });
  if (jws === undefined) return refuse('clearance/not-left', { pointer: '/id', params: { status } });
  const { exportProof: seen } = view(principal, { ...record, data: { exportProof: jws } });
  if (seen === undefined) return unknown;
  const proof: ExportProof = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
  return ok({ jws: seen, proof });
}
