import { createHash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { operators, standsAs } from './manifest.ts';
import type { Departure, DepartureAnswer } from './model-goods.ts';
import { issueProofs } from './proof.ts';
import { soundInstant } from './review.ts';
import { planAfresh } from './store-arrive.ts';
import { stockGone } from './stock-draw.ts';
import * as store from './store-depart.ts';
import { manifestOf } from './store-manifest.ts';
import { listedFor } from './list.ts';

/** Pieces looked at in one transaction. A larger departure is a row of such sets, each resumable. */
const setMax = 2_000;
/** How many pieces are named one by one in an answer; the counts are always whole. */
const namedMax = 1_000;
/** Departures on one page of a list, and pieces that are shown to wait. */
const listMax = 25;
const waitingMax = 100;
/** How far the clock of whoever reports may be ahead of the window's. */
const aheadMs = 15 * 60_000;

/**
 * Takes what the operator of a place reports to have left it. What is released leaves supervision with its last piece;
 * what is not may not leave and is named. The pieces are stored first and looked at in sets, so that a departure cut
 * short goes on where it stopped.
 */
export async function reportDeparture(
  context: Context,
  principal: Principal,
  departure: Departure,
): Promise<Result<DepartureAnswer>> {
  const { operator, reference } = departure;
  const record: RecordRef = { kind: 'departure', id: reference, parties: { operator: [operator] }, desk: null };
  if (!may(principal, 'departure.report', record))
    return refuse('clearance/not-yours', { pointer: '/operator', params: { party: operator } });
  const keeps = standsAs(context, operator, operators, principal.on, '/operator');
  if (!keeps.ok) return keeps;
  const head = await headOf(context, departure);
  if (!head.ok) return head;
  const { id, manifest } = head.value;
  const standing = await context.db.tx(async (tx) => {
    const known = await store.writeDeparture(tx, head.value);
    if (known) return known;
    const { pieces, allExcept } = departure;
    if (pieces) await store.writePieces(tx, id, pieces);
    if (allExcept && manifest) await store.writePiecesExcept(tx, id, manifest, allExcept.missing, allExcept.extra);
    const data = { operator, reference, place: departure.place, left: departure.left };
    await append(tx, [{ kind: 'clearance.departure', subject: id, data }]);
    return undefined;
  });
  if (standing) {
    const other = otherwise(standing, head.value, departure);
    if (other) return refuse('clearance/departure-known', { pointer: other, params: { reference } });
  }
  const stored = standing?.id ?? id;
  if ((await store.pieceCount(context.db, stored)) <= setMax) while (await workThrough(context, stored));
  return ok(await departureAnswer(context, stored));
}

/** What stands of a departure beside its pieces, once it makes sense. */
async function headOf(context: Context, departure: Departure): Promise<Result<store.DepartureHead>> {
  const { master, pieces, allExcept } = departure;
  const departed = soundInstant(departure.left, '/left');
  if (!departed.ok) return departed;
  if (msOfInstant(departure.left) > context.clock.now() + aheadMs)
    return refuse('clearance/not-yet', { pointer: '/left' });
  if ((pieces === undefined) === (allExcept === undefined))
    return refuse('clearance/tally-missing', { pointer: '/pieces' });
  if (allExcept && master === undefined) return refuse('clearance/master-missing', { pointer: '/master' });
  const manifest = master === undefined ? undefined : await manifestOf(context.db, master);
  if (master !== undefined && !manifest)
    return refuse('clearance/manifest-unknown', { pointer: '/master', params: { master } });
  return ok({
    id: newId(context.clock.now()),
    filer: departure.operator,
    reference: departure.reference,
    manifest: manifest?.id ?? null,
    place: departure.place,
    departed: departure.left,
    received: context.clock.instant(),
    listed: listed(departure),
  });
}

/** The digest of what a departure lists, the same in whichever order. */
function listed({ pieces, allExcept }: Departure): Buffer {
  const sorted = (list: readonly string[]) => [...new Set(list)].sort();
  const list = pieces ? sorted(pieces) : { missing: sorted(allExcept!.missing), extra: sorted(allExcept!.extra) };
  return createHash('sha256').update(JSON.stringify(list)).digest();
}

/** The field in which a departure differs from the one that stands under its reference; undefined where none does. */
function otherwise(
  standing: store.DepartureHead,
  given: store.DepartureHead,
  { pieces }: Departure,
): string | undefined {
  if (standing.place !== given.place) return '/place';
  if (msOfInstant(standing.departed) !== msOfInstant(given.departed)) return '/left';
  if (standing.manifest !== given.manifest) return '/master';
  return standing.listed.equals(given.listed) ? undefined : pieces ? '/pieces' : '/allExcept';
}

/** Looks at the next set of a departure's pieces, or finishes it; false when nothing of it is left. */
async function workThrough(context: Context, id: string): Promise<boolean> {
  const departure = await store.departureOf(context.db, id);
  if (!departure || departure.finished !== null) return false;
  return context.db.tx(async (tx) => {
    await planAfresh(tx);
    const barcodes = await store.takePieces(tx, id, setMax);
    if (barcodes.length > 0) await leave(context, tx, departure, barcodes);
    else await store.finishDeparture(tx, id, context.clock.instant());
    return barcodes.length > 0;
  });
}

/** One set of pieces leaves, except those that may not; a parcel leaves supervision with the last of its pieces. */
async function leave(
  context: Context,
  tx: Tx,
  { id: departure, place, departed }: store.DepartureRead,
  barcodes: readonly string[],
): Promise<void> {
  const at = context.clock.instant();
  const standings = Map.groupBy(await store.pieceStandings(tx, departure, barcodes), ({ barcode }) => barcode);
  const kept = [...standings.values()].flatMap((one) => against(one) ?? []);
  if (kept.length > 0) await store.writeKeptBack(tx, departure, kept, at);
  const stay = new Set(kept.map(({ barcode }) => barcode));
  const gone = [...standings].flatMap(([barcode, one]) =>
    stay.has(barcode) ? [] : one.flatMap(({ id, status }) => (id !== null && status === 'released' ? [id] : [])),
  );
  const left = gone.length > 0 ? await store.leaveParcels(tx, gone, at) : [];
  await stockGone(
    tx,
    left.flatMap(({ id, status }) => (status === 'left' ? [id] : [])),
    { departure, at: departed },
  );
  await append(tx, [
    ...left.map(({ id, ...row }) => ({
      kind: row.status === 'left' ? 'clearance.left' : 'clearance.leaving',
      subject: id,
      data: { departure, place, left: departed, ...row },
    })),
    ...kept.flatMap(({ id, barcode, status }) =>
      id === null ? [] : [{ kind: 'clearance.kept-back', subject: id, data: { departure, place, barcode, status } }],
    ),
  ]);
  const whole = left.flatMap(({ id, status }) => (status === 'left' ? [id] : []));
  if (whole.length > 0) await issueProofs(context, tx, whole);
}

/**
 * Why a piece may not leave; undefined where it may: every declaration of it that was not taken back is released, and
 * no earlier departure took the piece away.
 */
function against(standings: readonly store.PieceStanding[]): store.KeptBack | undefined {
  const standing = standings.filter(({ status }) => status !== 'cancelled');
  const [shown = standings[0]!] = standing;
  const { barcode } = shown;
  if (shown.gone) return { barcode, id: shown.id, status: 'left' };
  const held = standing.find(({ status }) => status !== 'released') ?? (standing.length === 0 ? shown : undefined);
  return held && { barcode, id: held.id, status: held.status };
}

async function departureAnswer(context: Context, id: string): Promise<DepartureAnswer> {
  const departure = (await store.departureOf(context.db, id))!;
  const keptBack = await store.keptBackOf(context.db, id, namedMax);
  return {
    id,
    reference: departure.reference,
    master: departure.master,
    place: departure.place,
    left: departure.departed,
    finished: departure.finished,
    pieces: departure.pieces,
    handled: departure.handled,
    departed: departure.handled - departure.kept,
    parcels: departure.parcels,
    kept: departure.kept,
    keptBack: keptBack.map((one) => ({ barcode: one.barcode, parcel: one.id, status: one.status })),
  };
}

const recordFor = (id: string, { filer, carrier }: { filer: string; carrier: string | null }): RecordRef => ({
  kind: 'departure',
  id,
  parties: { operator: [filer], carrier: carrier === null ? [] : [carrier] },
  desk: null,
});

/** How far a departure has come. Nobody learns of one that he may not see. */
export async function departureView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<DepartureAnswer>>> {
  const departure = await store.departureOf(context.db, id);
  const record = departure && recordFor(id, departure);
  if (!record || !may(principal, 'consignment.read', record)) return refuse('clearance/not-found', { pointer: '/id' });
  return ok({ id, ...view(principal, { ...record, data: await departureAnswer(context, id) }) });
}

/** A departure as a list shows it. */
export type ListedDeparture = { id: string } & Partial<
  Pick<DepartureAnswer, 'reference' | 'master' | 'place' | 'left' | 'pieces' | 'kept'> & { operator: string }
>;

/** What left the places that a reader keeps, carries from or watches over: newest first, as many as a page has. */
export async function departureList(
  context: Context,
  principal: Principal,
  before: string | null,
): Promise<{ departures: ListedDeparture[]; next: string | null }> {
  const rows = await store.listDepartures(context.db, listedFor(principal), before, listMax + 1);
  const shown = rows.slice(0, listMax).map((row): ListedDeparture => {
    const { id, reference, filer: operator, master, place, departed: left, pieces, kept } = row;
    const data = { reference, operator, master, place, left, pieces, kept };
    return { id, ...view(principal, { ...recordFor(id, row), data }) };
  });
  return { departures: shown, next: rows.length > listMax ? (shown.at(-1)?.id ?? null) : null };
}

/** A piece that waits where it was kept back, with how its parcel stands now. */
export interface Waiting {
  readonly departure: string;
  readonly barcode: string;
  readonly parcel: string | null;
  readonly status: string | null;
  readonly since: string;
  readonly place: string;
  readonly operator: string;
}

/** The pieces that were kept back and are still here, of those departures that a reader may see. */
export async function keptBackNow(context: Context, principal: Principal): Promise<Waiting[]> {
  const rows = await store.stillKeptBack(context.db, listedFor(principal), waitingMax);
  return rows.flatMap((row) => {
    const { departure, barcode, id: parcel, status, at: since, place, filer: operator } = row;
    const data = { keptBack: [{ departure, barcode, parcel, status, since, place, operator }] };
    return view(principal, { ...recordFor(departure, row), data }).keptBack ?? [];
  });
}

/**
 * A set of each departure that was stored and is not worked through: large ones, and what a stop or a kill left. True
 * when there may be more.
 */
export async function resumeDepartures(context: Context): Promise<boolean> {
  let more = false;
  for (const { id } of await store.unfinishedDepartures(context.db)) more = (await workThrough(context, id)) || more;
  return more;
}
