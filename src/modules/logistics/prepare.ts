import { createHash } from 'node:crypto';
import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import {
  agreedToStand,
  carriers,
  type MovingPiece,
  movingPieces,
  operators,
  piecesOfMaster,
  standsAs,
} from '#modules/clearance/index.ts';
import { type Pack, packsPart } from '#modules/rulebook/index.ts';
import { guaranteeOf, lawOf, type TransferLaw } from './law.ts';
import type { End, LeftOutCode, Transfer } from './model.ts';
import { inOne, recordOf } from './rights.ts';
import * as store from './store.ts';
import * as lineStore from './store-lines.ts';

/** Pieces looked at in one statement. */
export const setMax = 2_000;

export function* setsOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += setMax) yield all.slice(from, from + setMax);
}

/** Why a piece of a parcel may not go, or undefined where it may: free goods need no transfer, held goods stay. */
export function barOf({ movement, status }: MovingPiece, procedure: 'transfer' | 'transit'): LeftOutCode | undefined {
  if (status === 'control') return 'logistics/piece-under-control';
  if ((movement === 'transit') !== (procedure === 'transit')) return 'logistics/piece-other-movement';
  const ready = { import: ['cleared'], export: ['cleared', 'released'], transit: ['released'] }[movement] ?? [];
  return ready.includes(status) ? undefined : 'logistics/piece-not-to-move';
}

/** For each barcode the parcel under which it may go: the newest that may, else the newest of all. */
export function chosen(pieces: readonly MovingPiece[], procedure: 'transfer' | 'transit'): Map<string, MovingPiece> {
  const found = new Map<string, MovingPiece>();
  for (const one of pieces) {
    const first = found.get(one.barcode);
    const better = first !== undefined && barOf(first, procedure) !== undefined && barOf(one, procedure) === undefined;
    if (first === undefined || better) found.set(one.barcode, one);
  }
  return found;
}

function soundEnd(pack: Pack, end: End, pointer: string): Result<null> {
  if (!pack.offices.some(({ id }) => id === end.office))
    return refuse('logistics/office-unknown', { pointer: `${pointer}/office`, params: { office: end.office } });
  if (end.zone !== undefined && !pack.program.zones.has(end.zone))
    return refuse('logistics/zone-unknown', { pointer: `${pointer}/zone`, params: { zone: end.zone } });
  return ok(null);
}

/** Whether offices, zones and operators of a route exist, and whether it leads anywhere. */
export function soundRoute(
  context: Context,
  on: string,
  { from, to, via = [] }: { from: End; to: End; via?: readonly string[] },
): Result<null> {
  const { home } = context.reference.current().get(packsPart);
  for (const [end, pointer] of [
    [from, '/from'],
    [to, '/to'],
  ] as const) {
    const stands = soundEnd(home, end, pointer);
    if (!stands.ok) return stands;
    const keeps = standsAs(context, end.operator, operators, on, `${pointer}/operator`);
    if (!keeps.ok) return keeps;
  }
  const strange = via.findIndex((office) => !home.offices.some(({ id }) => id === office));
  if (strange >= 0)
    return refuse('logistics/office-unknown', { pointer: `/via/${strange}`, params: { office: via[strange]! } });
  if (from.office === to.office && from.place === to.place)
    return refuse('logistics/same-end', { pointer: '/to/place', params: { place: to.place } });
  return ok(null);
}

/** Everything about the document that can be judged before its pieces are looked at. */
function sound(context: Context, principal: Principal, body: Transfer): Result<TransferLaw> {
  const { carrier, guarantor = carrier } = body;
  const record = recordOf({
    id: body.reference,
    carrier,
    guarantor,
    from_operator: body.from.operator,
    to_operator: body.to.operator,
  });
  if (!may(principal, 'transfer.prepare', record))
    return refuse('logistics/not-yours', { pointer: '/carrier', params: { party: carrier } });
  const carrying = standsAs(context, carrier, carriers, principal.on, '/carrier');
  if (!carrying.ok) return carrying;
  const route = soundRoute(context, principal.on, body);
  if (!route.ok) return route;
  if ((body.pieces === undefined) === (body.allOf === undefined))
    return refuse('logistics/pieces-missing', { pointer: '/pieces' });
  const snapshot = context.reference.current();
  if (!agreedToStand(snapshot, carrier, guarantor, principal.on))
    return refuse('logistics/guarantor-not-agreed', { pointer: '/guarantor', params: { party: guarantor } });
  const { home } = snapshot.get(packsPart);
  return lawOf(home, dayIn(context.clock.instant(), home.timeZone), body.procedure ?? 'transfer');
}

/** The lines of those pieces that may go, and why the others may not. */
async function linesFor(
  tx: Tx,
  barcodes: readonly string[],
  law: TransferLaw,
  at: string,
  now: number,
): Promise<{ lines: lineStore.LineRow[]; leftOut: { barcode: string; code: string }[] }> {
  const lines: lineStore.LineRow[] = [];
  const leftOut: { barcode: string; code: string }[] = [];
  for (const set of setsOf(barcodes)) {
    const found = chosen(await movingPieces(tx, set), law.procedure);
    for (const barcode of set) {
      const piece = found.get(barcode);
      const code = piece === undefined ? 'logistics/piece-unknown' : barOf(piece, law.procedure);
      if (piece === undefined || code !== undefined) {
        leftOut.push({ barcode, code: code ?? '' });
        continue;
      }
      const { id: parcel, filer, declarant } = piece;
      const amount = guaranteeOf(law, piece);
      const rest = { state: 'origin', why: null, over: false, since: at } as const;
      lines.push({ barcode, parcel, filer, declarant, hold: newId(now), amount, ...rest });
    }
  }
  return { lines, leftOut };
}

/** Both ends of a route as their columns. */
export const endsOf = (from: End, to: End) => ({
  from_office: from.office,
  from_place: from.place,
  from_zone: from.zone ?? null,
  from_operator: from.operator,
  to_office: to.office,
  to_place: to.place,
  to_zone: to.zone ?? null,
  to_operator: to.operator,
});

const headOf = (context: Context, body: Transfer, law: TransferLaw, raw: string): store.TransferRow => ({
  id: newId(context.clock.now()),
  filer: body.carrier,
  reference: body.reference,
  master: body.master,
  procedure: law.procedure,
  ...endsOf(body.from, body.to),
  via: JSON.stringify(body.via ?? []),
  carrier: body.carrier,
  guarantor: body.guarantor ?? body.carrier,
  conveyance: body.conveyance ?? null,
  seals: JSON.stringify(body.seals ?? []),
  parent: null,
  status: 'prepared',
  hours: law.hours,
  source: law.source,
  currency: law.pack.currency,
  prepared: context.clock.instant(),
  departed: null,
  due: null,
  ended: null,
  digest: createHash('sha256').update(raw).digest(),
});

/** The refusal of a document whose reference or number stands already, or what stands where it is the same one. */
export async function known(tx: Tx, head: store.TransferRow): Promise<Result<string>> {
  const standing = await store.transferBy(tx, { filer: head.filer, reference: head.reference });
  if (standing?.digest.equals(head.digest)) return ok(standing.id);
  return standing
    ? refuse('logistics/known', { pointer: '/reference', params: { reference: head.reference } })
    : refuse('logistics/master-known', { pointer: '/master', params: { master: head.master } });
}

/**
 * Prepares a transfer: the pieces that may go wait at the origin for its departure, the others are named with the
 * reason. The same document again is the transfer as it stands. Answers its id.
 */
export async function prepare(
  context: Context,
  principal: Principal,
  body: Transfer,
  raw: string,
): Promise<Result<string>> {
  const law = sound(context, principal, body);
  if (!law.ok) return law;
  const head = headOf(context, body, law.value, raw);
  return inOne(context, async (tx) => {
    if (!(await store.writeTransfer(tx, head))) return known(tx, head);
    const { allOf } = body;
    const except = new Set(allOf?.except);
    const asked = allOf
      ? (await piecesOfMaster(tx, allOf.master)).filter((one) => !except.has(one))
      : [...new Set(body.pieces)];
    const { lines, leftOut } = await linesFor(tx, asked, law.value, head.prepared, context.clock.now());
    let written = 0;
    for (const set of setsOf(lines)) {
      const done = new Set(await lineStore.writeLines(tx, head.id, set));
      written += done.size;
      for (const { barcode } of set)
        if (!done.has(barcode)) leftOut.push({ barcode, code: 'logistics/piece-on-transfer' });
    }
    if (written === 0)
      return refuse('logistics/nothing-to-move', {
        pointer: allOf ? '/allOf/master' : '/pieces',
        more: leftOut.slice(0, 20).map(({ barcode, code }) => ({ code, pointer: '/pieces', params: { barcode } })),
      });
    for (const set of setsOf(leftOut)) await store.writeLeftOut(tx, head.id, set);
    await append(tx, [
      {
        kind: 'logistics.prepared',
        subject: head.id,
        data: { master: head.master, carrier: head.carrier, pieces: written, leftOut: leftOut.length },
      },
    ]);
    return ok(head.id);
  });
}
