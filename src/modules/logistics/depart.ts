import { createHash } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { next } from '#kernel/lifecycle.ts';
import { formatMoney } from '#kernel/money.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { appendMany } from '#platform/journal.ts';
import { accountOf, freeOf, holdAll, NotGranted } from '#modules/accounts/index.ts';
import { carriers, movingPieces, soundInstant, standsAs } from '#modules/clearance/index.ts';
import { type Departure, moves, type Split, type Step, type TransferStatus } from './model.ts';
import { barOf, chosen, endsOf, known, setsOf, soundRoute } from './prepare.ts';
import { carries, inOne } from './rights.ts';
import { settle } from './settle.ts';
import * as store from './store.ts';
import * as lineStore from './store-lines.ts';

/** The status after a step, or the refusal that says how the transfer stands. */
export function after(row: store.TransferRow, step: Step): Result<TransferStatus> {
  const to = next(moves, row.status, step);
  return to.ok ? to : refuse('logistics/step-not-possible', { params: { status: row.status, step } });
}

/** Entries for the parcels of these lines, each once for each of its pieces. */
export const entriesFor = (kind: string, row: store.TransferRow, lines: readonly lineStore.LineRow[], at: string) =>
  lines.flatMap(({ parcel, barcode }) =>
    parcel === null
      ? []
      : [{ kind, subject: parcel, data: { transfer: row.id, master: row.master, barcode, at, place: row.to_place } }],
  );

/** Pieces named in a list that do not stand where the step needs them: the first of them, by its place in the list. */
async function allStand(
  tx: Tx,
  transfer: string,
  pieces: readonly string[],
  state: 'origin' | 'under-way',
  list: string,
): Promise<Result<null>> {
  const there = new Set<string>();
  for (const set of setsOf(pieces))
    for (const { barcode } of await lineStore.linesOf(tx, transfer, {
      states: [state],
      limit: set.length,
      barcodes: set,
    }))
      there.add(barcode);
  const stray = pieces.findIndex((one) => !there.has(one));
  if (stray < 0) return ok(null);
  const code = state === 'origin' ? 'logistics/piece-not-prepared' : 'logistics/piece-not-under-way';
  return refuse(code, { pointer: `/${list}/${stray}`, params: { barcode: pieces[stray]! } });
}

/** Leaves behind what may not go any more, since something happened to its parcel after it was prepared. */
async function leaveBarred(tx: Tx, row: store.TransferRow, at: string): Promise<void> {
  for (let behind = ''; ; ) {
    const set = await lineStore.linesOf(tx, row.id, { states: ['origin'], after: behind, limit: 2_000 });
    const last = set.at(-1);
    if (last === undefined) return;
    behind = last.barcode;
    const found = chosen(
      await movingPieces(
        tx,
        set.map(({ barcode }) => barcode),
      ),
      row.procedure,
    );
    const barred = set.flatMap(({ barcode }) => {
      const piece = found.get(barcode);
      const code = piece === undefined ? 'logistics/piece-unknown' : barOf(piece, row.procedure);
      return code === undefined ? [] : [{ barcode, code }];
    });
    if (barred.length === 0) continue;
    await store.writeLeftOut(tx, row.id, barred);
    const barcodes = barred.map(({ barcode }) => barcode);
    await lineStore.moveLines(tx, row.id, { from: ['origin'], to: 'elsewhere', why: 'left-behind', at, barcodes });
  }
}

/** The refusal where a guarantee falls short: what is needed of it, and what is free. */
export function guaranteeShort(row: store.TransferRow, needed: bigint, left: bigint): Refusal {
  const text = (minor: bigint) => formatMoney({ currency: row.currency, minor: minor > 0n ? minor : 0n }).amount;
  const params = { needed: text(needed), free: text(left), currency: row.currency, guarantor: row.guarantor };
  return { code: 'logistics/guarantee-short', params };
}

/** Holds the guarantee of every piece, all or none. */
async function secure(
  tx: Tx,
  row: store.TransferRow,
  lines: readonly lineStore.LineRow[],
  at: string,
): Promise<Result<null>> {
  const account = { kind: 'guarantee', owner: row.guarantor, period: '' };
  const claims = lines
    .filter(({ amount }) => amount > 0n)
    .map(({ hold, amount }) => ({ hold, ...account, unit: row.currency, amount, ceiling: null, at }));
  const needed = claims.reduce((sum, { amount }) => sum + amount, 0n);
  const there = claims.length === 0 ? undefined : await accountOf(tx, account);
  const left = there ? freeOf(there) : 0n;
  if (left !== null && left < needed)
    return { ok: false, error: { ...guaranteeShort(row, needed, left), pointer: '/guarantor' } };
  await holdAll(tx, claims);
  return ok(null);
}

/**
 * A transfer departs: what was not loaded stays behind, the guarantee is held for every piece that goes, and the time
 * limit begins. All of it or nothing.
 */
export async function depart(
  context: Context,
  principal: Principal,
  id: string,
  body: Departure,
): Promise<Result<string>> {
  const instant = soundInstant(body.departed, '/departed');
  if (!instant.ok) return instant;
  const once = () =>
    inOne(context, async (tx) => {
      const mine = carries(principal, await store.lockTransfer(tx, id));
      if (!mine.ok) return mine;
      const row = mine.value;
      const to = after(row, 'depart');
      if (!to.ok) return row.departed === instantOf(msOfInstant(body.departed)) ? ok(id) : to;
      const { departed, leftBehind = [] } = body;
      const stand = await allStand(tx, id, leftBehind, 'origin', 'leftBehind');
      if (!stand.ok) return stand;
      for (const barcodes of setsOf(leftBehind))
        await lineStore.moveLines(tx, id, {
          from: ['origin'],
          to: 'elsewhere',
          why: 'left-behind',
          at: departed,
          barcodes,
        });
      await leaveBarred(tx, row, departed);
      const lines = await lineStore.moveLines(tx, id, { from: ['origin'], to: 'under-way', why: null, at: departed });
      if (lines.length === 0) return refuse('logistics/nothing-to-move', { pointer: '/leftBehind' });
      const secured = await secure(tx, row, lines, context.clock.instant());
      if (!secured.ok) return secured;
      const due = instantOf(msOfInstant(departed) + row.hours * 3_600_000);
      const seals = body.seals ? JSON.stringify(body.seals) : row.seals;
      const conveyance = body.conveyance ?? row.conveyance;
      await store.setTransfer(tx, { id, status: to.value, departed, due, ended: null, seals, conveyance });
      await appendMany(tx, [
        { kind: 'logistics.left', subject: id, data: { pieces: lines.length, due } },
        ...entriesFor('logistics.departed', row, lines, departed),
      ]);
      return ok(id);
    });
  try {
    return await once();
  } catch (error) {
    // Between looking and holding somebody else used the account: asked once more, it says how much is left.
    if (error instanceof NotGranted) return once();
    throw error;
  }
}

/** Takes back a transfer that has not departed: its pieces are free for another. */
export async function withdraw(context: Context, principal: Principal, id: string): Promise<Result<string>> {
  return inOne(context, async (tx) => {
    const mine = carries(principal, await store.lockTransfer(tx, id));
    if (!mine.ok) return mine;
    const row = mine.value;
    const to = after(row, 'withdraw');
    if (!to.ok) return row.status === 'withdrawn' ? ok(id) : to;
    const at = context.clock.instant();
    const lines = await lineStore.moveLines(tx, id, { from: ['origin'], to: 'elsewhere', why: 'withdrawn', at });
    await store.setTransfer(tx, { ...row, status: to.value, ended: at });
    await appendMany(tx, [{ kind: 'logistics.withdrawn', subject: id, data: { pieces: lines.length } }]);
    return ok(id);
  });
}

/**
 * Part of what is under way goes on under a further document, with its guarantee and within the same time limit. The
 * same again is the further transfer as it stands. Answers its id.
 */
export async function split(
  context: Context,
  principal: Principal,
  id: string,
  body: Split,
  raw: string,
): Promise<Result<string>> {
  const instant = soundInstant(body.at, '/at');
  if (!instant.ok) return instant;
  return inOne(context, async (tx) => {
    const mine = carries(principal, await store.lockTransfer(tx, id));
    if (!mine.ok) return mine;
    const row = mine.value;
    const head = splitHead(context, row, body, raw);
    const standing = await store.transferBy(tx, { filer: head.filer, reference: head.reference });
    if (standing) return known(tx, head);
    const may = after(row, 'split');
    if (!may.ok) return may;
    if (body.carrier !== undefined) {
      const carrying = standsAs(context, body.carrier, carriers, principal.on, '/carrier');
      if (!carrying.ok) return carrying;
    }
    const from = { office: row.from_office, place: row.from_place, operator: row.from_operator };
    const route = soundRoute(context, principal.on, { from, to: body.to, via: body.via ?? [] });
    if (!route.ok) return route;
    const pieces = [...new Set(body.pieces)];
    if (pieces.length === 0) return refuse('logistics/pieces-missing', { pointer: '/pieces' });
    const stand = await allStand(tx, id, pieces, 'under-way', 'pieces');
    if (!stand.ok) return stand;
    if (!(await store.writeTransfer(tx, head))) return known(tx, head);
    for (const barcodes of setsOf(pieces)) {
      const gone = { from: ['under-way'] as const, to: 'elsewhere', why: 'split', at: body.at, barcodes } as const;
      const lines = await lineStore.moveLines(tx, id, gone);
      const on = lines.map((one) => ({ ...one, state: 'under-way' as const, why: null, since: body.at }));
      await lineStore.writeLines(tx, head.id, on);
      await appendMany(tx, entriesFor('logistics.split', head, on, body.at));
    }
    await appendMany(tx, [
      { kind: 'logistics.left', subject: head.id, data: { pieces: pieces.length, due: head.due, parent: id } },
    ]);
    await settle(context, tx, row);
    return ok(head.id);
  });
}

/** The document of a further transfer: who stands good and until when stay as they were. */
const splitHead = (context: Context, row: store.TransferRow, body: Split, raw: string): store.TransferRow => ({
  ...row,
  id: newId(context.clock.now()),
  reference: body.reference,
  master: body.master,
  ...endsOf(
    {
      office: row.from_office,
      place: row.from_place,
      operator: row.from_operator,
      ...(row.from_zone === null ? {} : { zone: row.from_zone }),
    },
    body.to,
  ),
  via: JSON.stringify(body.via ?? []),
  carrier: body.carrier ?? row.carrier,
  conveyance: body.conveyance ?? null,
  seals: JSON.stringify(body.seals ?? []),
  parent: row.id,
  status: 'departed',
  prepared: context.clock.instant(),
  departed: body.at,
  digest: createHash('sha256').update(raw).digest(),
});
