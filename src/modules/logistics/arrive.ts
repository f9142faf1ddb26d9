import { createHash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append, appendMany } from '#platform/journal.ts';
import {
  leaveTransit,
  movingPieces,
  operators,
  presentPieces,
  soundInstant,
  standsAs,
} from '#modules/clearance/index.ts';
import { after, entriesFor } from './depart.ts';
import { openDifference, openSeals, sealFaults } from './difference.ts';
import { askCharged, freeLines } from './guarantee.ts';
import type { TransferArrival } from './model.ts';
import { chosen, setMax, setsOf } from './prepare.ts';
import { inOne, receives } from './rights.ts';
import { endFound, settle } from './settle.ts';
import * as store from './store.ts';
import * as arrivalStore from './store-arrivals.ts';
import * as lineStore from './store-lines.ts';

/**
 * Takes the tally at the destination. It is stored first, the pieces follow in sets: one of more than a set is answered
 * once it is stored, and the worker goes through it. Answers the tally's id.
 */
export async function reportTransferArrival(
  context: Context,
  principal: Principal,
  id: string,
  body: TransferArrival,
  raw: string,
): Promise<Result<string>> {
  const mine = receives(principal, await store.transferBy(context.db, { id }), body.operator);
  if (!mine.ok) return mine;
  const keeps = standsAs(context, body.operator, operators, principal.on, '/operator');
  if (!keeps.ok) return keeps;
  const instant = soundInstant(body.arrived, '/arrived');
  if (!instant.ok) return instant;
  if ((body.pieces === undefined) === (body.allExcept === undefined))
    return refuse('logistics/tally-missing', { pointer: '/pieces' });
  const digest = createHash('sha256').update(raw).digest();
  const stored = await inOne(context, (tx) => storeTally(context, tx, id, body, digest));
  if (!stored.ok) return stored;
  const { arrival, pieces } = stored.value;
  if (pieces <= setMax) while (await workThrough(context, arrival));
  return ok(arrival);
}

/** Writes the tally with what was found of the seals; the same one again is the tally as it stands. */
async function storeTally(
  context: Context,
  tx: Tx,
  id: string,
  body: TransferArrival,
  digest: Buffer,
): Promise<Result<{ arrival: string; pieces: number }>> {
  const row = (await store.lockTransfer(tx, id))!;
  const may = after(row, 'count');
  if (!may.ok) return may;
  const earlier = await arrivalStore.arrivalsOf(tx, id);
  const set = JSON.parse(row.seals) as string[];
  // Only the first tally opens the seals; a later one says of them what it found new.
  const faults = earlier.length > 0 && body.seals === undefined ? {} : sealFaults(set, body.seals ?? []);
  const waits = Object.keys(faults).length > 0 || earlier.some((one) => one.waits);
  const head: arrivalStore.NewArrival = {
    id: newId(context.clock.now()),
    transfer: id,
    filer: body.operator,
    reference: body.reference,
    place: row.to_place,
    arrived: body.arrived,
    received: context.clock.instant(),
    complete: body.complete ?? body.allExcept !== undefined,
    seals: body.seals ?? [],
    waits,
    digest,
  };
  const known = await arrivalStore.writeArrival(tx, head);
  if (known)
    return known.digest.equals(digest) && known.transfer === id
      ? ok({ arrival: known.id, pieces: 0 })
      : refuse('logistics/known', { pointer: '/reference', params: { reference: body.reference } });
  const { pieces = body.allExcept?.extra ?? [] } = body;
  for (const part of setsOf(pieces)) await arrivalStore.writeTallies(tx, head.id, part);
  if (body.allExcept) await arrivalStore.writeTalliesExcept(tx, head.id, id, body.allExcept.missing);
  if (Object.keys(faults).length > 0) await openSeals(context, tx, row, faults);
  await append(tx, [
    { kind: 'logistics.tally', subject: id, data: { arrival: head.id, operator: body.operator, ...faults } },
  ]);
  const tallied = (await arrivalStore.arrivalsOf(tx, id)).find((one) => one.id === head.id)?.tallied ?? 0;
  return ok({ arrival: head.id, pieces: tallied });
}

/** The next step of a tally: a set counted, the end, or a set presented to clearance; false when nothing is left. */
async function workThrough(context: Context, id: string): Promise<boolean> {
  const arrival = await arrivalStore.arrivalOf(context.db, id);
  if (!arrival) return false;
  if (arrival.finished === null) {
    const touched = await context.db.tx((tx) => countSet(context, tx, id));
    if (touched.length > 0) await endFound(context, touched);
    return true;
  }
  if (arrival.presented === null || arrival.waits) return false;
  return presentSet(context, arrival, arrival.presented);
}

/** Counts one set of a tally, or ends the counting. Answers the transfers in which something may have been found. */
async function countSet(context: Context, tx: Tx, id: string): Promise<string[]> {
  const arrival = (await arrivalStore.arrivalOf(tx, id, true))!;
  const row = (await store.lockTransfer(tx, arrival.transfer))!;
  const barcodes = await arrivalStore.talliesAfter(tx, id, arrival.worked, setMax);
  const last = barcodes.at(-1);
  if (last === undefined) {
    if (arrival.finished === null) await endCount(context, tx, arrival, row);
    return [row.id];
  }
  const places = await lineStore.placesOf(tx, row.id, barcodes);
  const here = new Map(places.filter(({ transfer }) => transfer === row.id).map((one) => [one.barcode, one]));
  const coming = barcodes.filter((one) => here.has(one) && here.get(one)!.state !== 'arrived');
  const elsewhere = await comeFromElsewhere(context, tx, row, places, arrival.arrived);
  await arriveHere(context, tx, row, coming, here, arrival.arrived);
  const over = barcodes.filter((one) => !here.has(one));
  if (over.length > 0) await writeOver(context, tx, row, over, arrival.arrived);
  await arrivalStore.markArrival(tx, id, { worked: last });
  return elsewhere;
}

/** Pieces of this transfer that came: their guarantee is free, and what was charged for them is given back. */
async function arriveHere(
  context: Context,
  tx: Tx,
  row: store.TransferRow,
  barcodes: readonly string[],
  before: ReadonlyMap<string, lineStore.LineRow>,
  at: string,
): Promise<void> {
  if (barcodes.length === 0) return;
  const from = ['under-way', 'missing', 'elsewhere'] as const;
  const lines = await lineStore.moveLines(tx, row.id, { from, to: 'arrived', why: null, at, barcodes });
  const was = (line: lineStore.LineRow) => before.get(line.barcode)!;
  await freeLines(
    tx,
    lines.filter((line) => was(line).state !== 'elsewhere'),
  );
  const charged = new Set(lines.filter((line) => was(line).why === 'charged').map(({ hold }) => hold));
  for (const decision of charged) await askCharged(context, tx, row, decision);
  const found = lines.filter((line) => was(line).state !== 'under-way');
  const came = lines.filter((line) => was(line).state === 'under-way');
  await appendMany(tx, [
    ...entriesFor('logistics.arrived', row, came, at),
    ...entriesFor('logistics.found', row, found, at),
  ]);
}

/** Pieces that are open in other transfers and came with this one: there they are elsewhere, and guaranteed no more. */
async function comeFromElsewhere(
  context: Context,
  tx: Tx,
  row: store.TransferRow,
  places: readonly (lineStore.LineRow & { transfer: string })[],
  at: string,
): Promise<string[]> {
  const others = Map.groupBy(
    places.filter(({ transfer }) => transfer !== row.id),
    ({ transfer }) => transfer,
  );
  for (const [transfer, lines] of others) {
    const other = (await store.lockTransfer(tx, transfer))!;
    const barcodes = lines.map(({ barcode }) => barcode);
    const from = ['origin', 'under-way', 'missing'] as const;
    await lineStore.moveLines(tx, transfer, { from, to: 'elsewhere', why: 'came-elsewhere', at, barcodes });
    await freeLines(
      tx,
      lines.filter(({ state }) => state !== 'origin'),
    );
    await settle(context, tx, other);
  }
  return [...others.keys()];
}

/** Pieces that came without standing on the transfer: matched to their own data, where there is any. */
async function writeOver(
  context: Context,
  tx: Tx,
  row: store.TransferRow,
  barcodes: readonly string[],
  at: string,
): Promise<void> {
  const found = chosen(await movingPieces(tx, barcodes), row.procedure);
  const lines = barcodes.map((barcode): lineStore.LineRow => {
    const piece = found.get(barcode);
    const { id: parcel = null, filer = null, declarant = null } = piece ?? {};
    const rest = { state: 'arrived', why: null, over: true, since: at } as const;
    return { barcode, parcel, filer, declarant, hold: newId(context.clock.now()), amount: 0n, ...rest };
  });
  await lineStore.writeLines(tx, row.id, lines);
  await appendMany(tx, entriesFor('logistics.over', row, lines, at));
}

/** Ends the counting: where the operator has counted everything, what is still under way is missing. */
async function endCount(
  context: Context,
  tx: Tx,
  arrival: arrivalStore.ArrivalRow,
  row: store.TransferRow,
): Promise<void> {
  await arrivalStore.markArrival(tx, arrival.id, { finished: context.clock.instant() });
  if (arrival.complete) await missAll(context, tx, row, arrival.arrived);
  await settle(context, tx, row);
}

async function missAll(context: Context, tx: Tx, row: store.TransferRow, at: string): Promise<void> {
  const lines = await lineStore.moveLines(tx, row.id, { from: ['under-way'], to: 'missing', why: null, at });
  if (lines.length === 0) return;
  await appendMany(tx, entriesFor('logistics.missing', row, lines, at));
  await openDifference(context, tx, row, lines.length);
}

/** Presents the next set to clearance; what came through and is whole leaves. False at the end. */
async function presentSet(context: Context, arrival: arrivalStore.ArrivalRow, from: string): Promise<boolean> {
  const barcodes = await arrivalStore.talliesAfter(context.db, arrival.id, from, setMax);
  const last = barcodes.at(-1);
  if (last === undefined) {
    await arrivalStore.markArrival(context.db, arrival.id, { presented: null });
    return false;
  }
  await presentPieces(context, { id: arrival.id, place: arrival.place }, barcodes, async (tx) => {
    await arrivalStore.markArrival(tx, arrival.id, { presented: last });
    const row = await store.transferBy(tx, { id: arrival.transfer });
    if (row?.procedure !== 'transit') return;
    const lines = await lineStore.linesOf(tx, row.id, { states: ['arrived'], limit: setMax, barcodes });
    const parcels = lines.flatMap(({ parcel }) => (parcel === null ? [] : [parcel]));
    await leaveTransit(context, tx, await lineStore.wholeAmong(tx, parcels), arrival.place);
  });
  return true;
}

/** What did not arrive within the time limit is missing, whoever should have counted it. */
async function lapse(context: Context, id: string): Promise<void> {
  await context.db.tx(async (tx) => {
    const row = (await store.lockTransfer(tx, id))!;
    if (row.status !== 'departed') return;
    await missAll(context, tx, row, context.clock.instant());
    await settle(context, tx, row);
  });
}

/** A step of every tally not worked through, and of every transfer past its time; true when there may be more. */
export async function resumeTransfers(context: Context): Promise<boolean> {
  for (const { id } of await store.overdue(context.db, context.clock.instant())) await lapse(context, id);
  let more = false;
  for (const { id } of await arrivalStore.openArrivals(context.db)) more = (await workThrough(context, id)) || more;
  return more;
}
