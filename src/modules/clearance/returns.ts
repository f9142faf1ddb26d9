import { compareDecimal, formatDecimal } from '#kernel/decimal.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { actAll, open } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { archivedRefusal } from './archive.ts';
import { operators, standsAs } from './manifest.ts';
import type { Parcel } from './model.ts';
import { parcelFrom, recordOf } from './read.ts';
import { moreThanLeft } from './returns-back.ts';
import { returnProcedure } from './returns-case.ts';
import { leftOf, type Quantities, quantitiesOf, releasedAt, returnClocks } from './returns-law.ts';
import type { Law, ReturnArrival, ReturnBody, ReturnView } from './returns-model.ts';
import { askedOf, underWay, viewOf } from './returns-view.ts';
import { firstDifference } from './differences.ts';
import { soundInstant } from './review.ts';
import { parcelOf } from './store-read.ts';
import * as store from './store-returns.ts';

/** How far the clock of whoever reports may be ahead of the window's. */
const aheadMs = 15 * 60_000;

/** The lines of an application, whole: those it names, or everything that is left. */
function linesOf(parcel: Parcel, asked: ReturnBody, left: Quantities): Result<{ line: number; quantity: string }[]> {
  if (asked.lines === undefined)
    return left.size > 0
      ? ok([...left].map(([line, quantity]) => ({ line, quantity: formatDecimal(quantity) })))
      : refuse('clearance/return-nothing-left');
  const declared = new Set(parcel.body.declaration.goods.map(({ line }) => line));
  const seen = new Set<number>();
  for (const [index, { line, quantity }] of asked.lines.entries()) {
    const pointer = `/lines/${index}`;
    const params = { line: String(line) };
    if (!declared.has(line)) return refuse('clearance/return-line-unknown', { pointer: `${pointer}/line`, params });
    if (seen.has(line)) return refuse('clearance/return-line-repeated', { pointer: `${pointer}/line`, params });
    seen.add(line);
    const part = quantitiesOf([{ line, quantity }]).get(line)!;
    if (part.digits === 0n) return refuse('clearance/return-quantity-zero', { pointer: `${pointer}/quantity`, params });
    const rest = left.get(line);
    if (rest === undefined || compareDecimal(part, rest) > 0)
      return { ok: false, error: moreThanLeft(line, left, `${pointer}/quantity`) };
  }
  return ok(asked.lines);
}

/** What was applied for under this reference before: the same again is the same return. */
function known(row: store.ReturnRow, parcel: string, asked: ReturnBody): Result<store.ReturnRow> {
  const { lines, ...rest } = askedOf(row);
  const differs =
    row.parcel !== parcel
      ? '/id'
      : firstDifference({ ...rest, ...(asked.lines === undefined ? {} : { lines }) }, asked);
  const params = { reference: row.reference };
  return differs === undefined ? ok(row) : refuse('clearance/return-known', { pointer: differs, params });
}

async function applied(
  context: Context,
  tx: Tx,
  principal: Principal,
  id: string,
  asked: ReturnBody,
): Promise<Result<store.ReturnRow>> {
  const party = principal.party ?? '';
  const held = await store.holdParcel(tx, id);
  const before = await store.returnUnder(tx, party, asked.reference);
  if (before !== undefined) return known(before, id, asked);
  const parcel = parcelFrom((await parcelOf(tx, id))!);
  const released = held === undefined ? undefined : await releasedAt(tx, id);
  if (held?.status === 'returned') return refuse('clearance/return-nothing-left');
  if (released === undefined || (held!.status !== 'released' && held!.status !== 'left'))
    return refuse('clearance/return-not-released');
  if (parcel.body.declaration.movement !== 'import') return refuse('clearance/return-of-export');
  const back = quantitiesOf(await store.returnedOf(tx, id));
  const lines = linesOf(parcel, asked, leftOf(parcel, [back, ...underWay(await store.returnsOf(tx, id))]));
  if (!lines.ok) return lines;
  const at = context.clock.instant();
  const row = {
    id: newId(context.clock.now()),
    parcel: id,
    party,
    by: principal.subject,
    reference: asked.reference,
    asked: JSON.stringify({ ...asked, lines: lines.value }),
    applied: at,
  };
  if (!(await store.writeReturn(tx, row)))
    return known((await store.returnUnder(tx, party, asked.reference))!, id, asked);
  const { home } = context.reference.current().get(packsPart);
  const { parties } = recordOf(parcel);
  await open(tx, { procedure: returnProcedure.name, actor: principal.subject, at }, [
    {
      id: row.id,
      subject: id,
      desk: home.desks[0] ?? null,
      // Whoever applied may call it off as the one who brought it.
      parties: { ...parties, filer: [...new Set([...(parties.filer ?? []), party])] },
      facts: { cause: 'returned', ground: null, ...returnClocks(home, released, at) },
    },
  ]);
  await append(tx, [{ kind: 'clearance.return-applied', subject: id, data: { return: row.id, ground: asked.ground } }]);
  return ok((await store.returnOf(tx, row.id))!);
}

/**
 * Applies for goods of a released import to go back, whole or in part, for who sells, filed or declares them or runs
 * the platform. The same reference again is answered as before. Too late is no refusal: the goods may go back, and the
 * answer says that nothing is given back for them, and why. Refuses `clearance/not-found`, `return-not-yours`,
 * `return-not-released`, `return-of-export`, `return-nothing-left`, `return-more-than-left`, and lines that do not
 * fit.
 */
export async function applyForReturn(
  context: Context,
  principal: Principal,
  id: string,
  asked: ReturnBody,
): Promise<Result<Partial<ReturnView>>> {
  const row = await parcelOf(context.db, id);
  if (row === undefined) {
    const archived = await archivedRefusal(context.db, [id]);
    return archived ? { ok: false, error: archived } : refuse('clearance/not-found', { pointer: '/id' });
  }
  const record = recordOf(parcelFrom(row));
  if (!may(principal, 'consignment.return', record))
    return may(principal, 'consignment.read', record)
      ? refuse('clearance/return-not-yours')
      : refuse('clearance/not-found', { pointer: '/id' });
  const done = await context.db.tx((tx) => applied(context, tx, principal, id, asked));
  return done.ok ? ok(await viewOf(context, principal, done.value)) : done;
}

/** Whether the goods are back as they are told to be. */
function backAlready(row: store.ReturnRow, arrival: ReturnArrival): Result<null> | undefined {
  if (row.back === null) return row.outcome === null ? undefined : refuse('clearance/return-ended');
  const kept = { operator: row.operator, place: row.place, back: row.back, condition: row.condition };
  const moment = (instant: string): string => instantOf(msOfInstant(instant));
  const told = { ...arrival, back: moment(arrival.back) };
  const differs = firstDifference({ ...kept, back: moment(row.back) }, told);
  return differs === undefined ? ok(null) : refuse('clearance/return-back-otherwise', { pointer: differs });
}

/** The steps that follow when goods are back: by the rules where they can say, otherwise by a person. */
async function decided(context: Context, tx: Tx, id: string): Promise<void> {
  const row = (await store.returnOf(tx, id))!;
  const { granted, source } = JSON.parse(row.law!) as Law;
  const doubtful = granted === null || (granted && row.condition !== 'as-sent');
  const move = doubtful ? 'doubt' : granted ? 'give-back' : 'withhold';
  const own = returnProcedure.moves.find(({ name }) => name === move)!.reasons;
  const decision = own && { ...own, ...(source === '' ? {} : { ground: source }) };
  const [acted] = await actAll(context, tx, 'window', [{ case: id, move, ...(decision ? { decision } : {}) }]);
  if (!acted!.ok) throw new Error(`return ${id}: ${acted!.error.code} after its goods were back`);
}

/**
 * The place operator has the goods of a return. What came back is written, and the rules decide at once on what is
 * given back; what is in doubt waits for a person. The same again is answered as before. Refuses
 * `clearance/not-yours`, `not-yet`, `return-unknown`, `return-ended`, `return-back-otherwise`,
 * `return-before-release`, `return-more-than-left`.
 */
export async function reportReturn(
  context: Context,
  principal: Principal,
  id: string,
  arrival: ReturnArrival,
): Promise<Result<Partial<ReturnView>>> {
  const { operator } = arrival;
  const record = { kind: 'arrival' as const, id, parties: { operator: [operator] }, desk: null };
  if (!may(principal, 'arrival.report', record))
    return refuse('clearance/not-yours', { pointer: '/operator', params: { party: operator } });
  const keeps = standsAs(context, operator, operators, principal.on, '/operator');
  if (!keeps.ok) return keeps;
  const sound = soundInstant(arrival.back, '/back');
  if (!sound.ok) return sound;
  if (msOfInstant(arrival.back) > context.clock.now() + aheadMs)
    return refuse('clearance/not-yet', { pointer: '/back' });
  const done = await context.db.tx(async (tx): Promise<Result<null>> => {
    const row = await store.returnOf(tx, id);
    if (row === undefined) return refuse('clearance/return-unknown', { pointer: '/id' });
    const before = backAlready(row, arrival);
    if (before !== undefined) return before;
    const [acted] = await actAll(context, tx, 'window', [{ case: id, move: 'arrive', details: arrival }]);
    if (!acted!.ok) {
      // Another report was here first; it is answered as what stands.
      const now = (await store.returnOf(tx, id))!;
      return acted!.error.code === 'cases/move-not-allowed'
        ? (backAlready(now, arrival) ?? refuse('clearance/return-ended'))
        : acted!;
    }
    await decided(context, tx, id);
    return ok(null);
  });
  if (!done.ok) return done;
  return ok(await viewOf(context, principal, (await store.returnOf(context.db, id))!));
}
