import { createHash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { endDisposal } from './disposal.ts';
import { coverAgain } from './give-back.ts';
import { carriers, operators, standsAs } from './manifest.ts';
import type { Arrival, ArrivalAnswer } from './model-goods.ts';
import { present, releaseSecured } from './present.ts';
import { release } from './release.ts';
import { soundInstant } from './review.ts';
import * as store from './store-arrive.ts';
import { manifestOf } from './store-manifest.ts';

/** Pieces looked at in one transaction. A larger arrival is a row of such sets, each resumable. */
const setMax = 2_000;
/** How many pieces are named one by one in an answer; the counts are always whole. */
const namedMax = 1_000;

/**
 * Takes the operator's tally and releases what it presents. The tally is stored first; the parcels follow in sets, so
 * that an arrival cut short goes on where it stopped. One of more pieces than a set is answered once it is stored, and
 * the worker goes through it.
 */
export async function reportArrival(
  context: Context,
  principal: Principal,
  arrival: Arrival,
  raw: string,
): Promise<Result<ArrivalAnswer>> {
  const record: RecordRef = {
    kind: 'arrival',
    id: arrival.reference,
    parties: { operator: [arrival.operator] },
    desk: null,
  };
  if (!may(principal, 'arrival.report', record))
    return refuse('clearance/not-yours', { pointer: '/operator', params: { party: arrival.operator } });
  const keeps = standsAs(context, arrival.operator, operators, principal.on, '/operator');
  if (!keeps.ok) return keeps;
  const landed = soundInstant(arrival.landed, '/landed');
  if (!landed.ok) return landed;
  if ((arrival.pieces === undefined) === (arrival.allExcept === undefined))
    return refuse('clearance/tally-missing', { pointer: '/pieces' });
  const manifest = await manifestFor(context, arrival);
  if (!manifest.ok) return manifest;
  const head = {
    id: newId(context.clock.now()),
    filer: arrival.operator,
    reference: arrival.reference,
    manifest: manifest.value,
    place: arrival.place,
    landed: arrival.landed,
    received: context.clock.instant(),
    complete: arrival.complete ?? arrival.allExcept !== undefined,
    digest: createHash('sha256').update(raw).digest(),
  };
  const standing = await context.db.tx(async (tx) => {
    const known = await store.writeArrival(tx, head);
    if (known) return known;
    if (arrival.pieces) await store.writeTallies(tx, head.id, arrival.pieces);
    if (arrival.allExcept && head.manifest !== null)
      await store.writeTalliesExcept(tx, head.id, head.manifest, arrival.allExcept.missing, arrival.allExcept.extra);
    const { operator, place, master } = arrival;
    const data = { operator, place, ...(master === undefined ? {} : { master }) };
    await append(tx, [{ kind: 'clearance.arrival', subject: head.id, data }]);
    return undefined;
  });
  if (standing && !standing.digest.equals(head.digest))
    return refuse('clearance/arrival-known', { pointer: '/reference', params: { reference: arrival.reference } });
  const id = standing?.id ?? head.id;
  if ((await store.talliesOf(context.db, id)).tallied <= setMax) while (await workThrough(context, id));
  return ok(await arrivalAnswer(context, id));
}

/** The manifest that a tally is held against; null where the goods came under none. */
async function manifestFor(context: Context, arrival: Arrival): Promise<Result<string | null>> {
  const { master, allExcept, complete } = arrival;
  if (master === undefined)
    return allExcept || complete ? refuse('clearance/master-missing', { pointer: '/master' }) : ok(null);
  const manifest = await manifestOf(context.db, master);
  return manifest ? ok(manifest.id) : refuse('clearance/manifest-unknown', { pointer: '/master', params: { master } });
}

/** Looks at the next set of an arrival's tally, or finishes it; false when nothing of it is left. */
async function workThrough(context: Context, id: string): Promise<boolean> {
  const arrival = await store.arrivalOf(context.db, id);
  if (!arrival || arrival.finished) return false;
  const set = await context.db.tx((tx) => presentSet(context, tx, arrival));
  if (set === null) {
    await context.db.tx((tx) => finish(context, tx, arrival));
    return false;
  }
  await releaseSecured(context, set);
  return true;
}

/** Ends an arrival: where the operator has counted everything, what no tally has found is short-landed. */
async function finish(context: Context, tx: Tx, arrival: store.ArrivalRead): Promise<void> {
  const { id, manifest, complete } = arrival;
  if (!(await store.finishArrival(tx, id, context.clock.instant())) || !complete || manifest === null) return;
  for (let after = ''; ; ) {
    const missing = await store.shortLanded(tx, manifest, after, setMax);
    const last = missing.at(-1);
    if (last === undefined) return;
    after = last.barcode;
    await append(
      tx,
      missing.flatMap(({ id: subject, barcode }) =>
        subject === null
          ? []
          : [
              {
                kind: 'clearance.short-landed',
                subject,
                data: { arrival: arrival.id, barcode, place: arrival.place },
              },
            ],
      ),
    );
  }
}

/** One set of a tally. Answers the parcels it looked at; null at the end. */
async function presentSet(context: Context, tx: Tx, arrival: store.ArrivalRead): Promise<string[] | null> {
  await store.planAfresh(tx);
  const pieces = await store.takeTallies(tx, arrival.id, setMax);
  return pieces.length === 0 ? null : present(context, tx, arrival, pieces);
}

/**
 * Follows decisions and payments: what had landed before it was decided, or waited for its charges, is released now.
 */
export async function releaseLate(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  await store.planAfresh(tx);
  const tallied = await store.talliedAmong(tx, ids);
  if (tallied.length === 0) return;
  await release(
    context,
    tx,
    tallied.map(({ id }) => id),
    { because: 'decided-after-landing' },
  );
  const declared = await store.declareOverlanded(tx, tallied);
  if (declared.length > 0)
    await endDisposal(
      context,
      tx,
      declared.map(({ id }) => id),
      'declare',
    );
  await coverAgain(context, tx, [...new Set(tallied.map(({ id }) => id))]);
}

export async function arrivalAnswer(context: Context, id: string): Promise<ArrivalAnswer> {
  const arrival = (await store.arrivalOf(context.db, id))!;
  const counts = await store.arrivalCounts(context.db, id);
  const total = (test: (row: (typeof counts)[number]) => boolean) =>
    counts.filter(test).reduce((sum, row) => sum + Number(row.count), 0);
  const { manifest, complete } = arrival;
  const short = complete && manifest !== null ? await store.shortLanded(context.db, manifest, '', namedMax) : [];
  const { tallied, handled } = await store.talliesOf(context.db, id);
  return {
    id,
    master: arrival.master,
    finished: arrival.finished,
    tallied,
    handled,
    released: total((row) => row.status === 'released'),
    held: total((row) => row.status === 'control'),
    incomplete: total((row) => row.status === 'cleared' && !row.complete),
    unsecured: total((row) => row.status === 'cleared' && row.complete && !row.secured),
    notCleared: total((row) => !['released', 'control', 'cleared'].includes(row.status)),
    shortLanded: short.map(({ barcode }) => barcode),
    overLanded: (await store.overlandedOf(context.db, id)).map(({ barcode }) => barcode),
  };
}

/**
 * The barcode of the piece without data that is the subject of a disposal case; undefined where the subject is a
 * parcel, and for whoever may read the case and not what is on the goods.
 */
export async function overLandedPiece(
  context: Context,
  principal: Principal,
  standing: Pick<RecordRef, 'parties' | 'desk'>,
  id: string,
): Promise<string | undefined> {
  const barcode = await store.overlandedBarcode(context.db, id);
  if (barcode === undefined) return undefined;
  const { parties, desk } = standing;
  return view(principal, { kind: 'consignment', id, parties, desk, data: { barcodes: [{ barcode }] } }).barcodes?.[0]
    ?.barcode;
}

/** How far an arrival has come. Nobody learns of one that he may not see. */
export async function arrivalView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<ArrivalAnswer>>> {
  const arrival = await store.arrivalOf(context.db, id);
  if (!arrival) return refuse('clearance/not-found', { pointer: '/id' });
  const record: RecordRef = { kind: 'arrival', id, parties: { operator: [arrival.filer] }, desk: null };
  const mine = may(principal, 'arrival.report', record);
  if (!mine && !may(principal, 'consignment.read', record)) return refuse('clearance/not-found', { pointer: '/id' });
  const data = await arrivalAnswer(context, id);
  return ok(mine ? data : { id, ...view(principal, { ...record, data }) });
}

/**
 * A set of each arrival that was stored and is not worked through: large ones, and what a stop or a kill left. True
 * when there may be more.
 */
export async function resumeArrivals(context: Context): Promise<boolean> {
  let more = false;
  for (const { id } of await store.unfinishedArrivals(context.db)) more = (await workThrough(context, id)) || more;
  return more;
}

export interface ScanAnswer {
  barcode: string;
  answer: 'go' | 'hold' | 'unknown';
  status: string | null;
  parcel: string | null;
  pieces: number | null;
  presented: number | null;
}

/** Whether a piece may leave the place: go, hold or unknown. It tells nothing else about the parcel. */
export async function scan(context: Context, principal: Principal, barcode: string): Promise<Result<ScanAnswer>> {
  if (
    !may(principal, 'scan.read', {
      kind: 'arrival',
      id: barcode,
      parties: { operator: principal.party ? [principal.party] : [] },
      desk: null,
    })
  )
    return refuse('clearance/not-found', { pointer: '/barcode' });
  const { party } = principal;
  const handles = party === null || standsAs(context, party, [...carriers, ...operators], principal.on, '/barcode').ok;
  if (!handles) return refuse('clearance/not-found', { pointer: '/barcode' });
  const found = await store.scanOf(context.db, barcode);
  const [first] = found;
  if (!first) return ok({ barcode, answer: 'unknown', status: null, parcel: null, pieces: null, presented: null });
  // What was taken back says nothing of goods that were declared anew.
  const standing = found.filter(({ status }) => status !== 'cancelled');
  const [shown = first] = standing;
  const go = standing.length > 0 && standing.every((piece) => piece.status === 'released' || piece.status === 'left');
  return ok({
    barcode,
    answer: go ? 'go' : 'hold',
    status: shown.status,
    parcel: shown.id,
    pieces: shown.pieces,
    presented: shown.presented,
  });
}
