import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sums } from '#modules/accounts/index.ts';
import { act, casesOf } from '#modules/cases/index.ts';
import { stockBack } from '#modules/clearance/stock-draw.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { newId } from '#kernel/id.ts';
import { fixedClock } from '#platform/clock.ts';
import { tries } from '../support/long.ts';
import type { Filed } from '../support/parcels.ts';
import { bondedPlace, type Ware } from '../support/stock.ts';
import { openWindow } from '../support/window.ts';

/** Whatever happens to a line of a book, also at once, it balances: what came in is what left and what is there. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const place = bondedPlace(window, clock, 'BAL');
assert.equal((await place.open()).status, 201);

const ware: Ware = { commodity: '610910', origin: 'TR', unit: 'C62', quantity: '1000', price: '3000.00' };
const officer = () =>
  principalOfClient(context.reference.current(), window.key('customs'), clock.instant().slice(0, 10))!;
const reasons = { ground: 'Customs Code, art. 66', reason: 'Found so.', remedy: 'Object within thirty days.' };

/** A line as it ought to stand: whole pieces, and the parcels that hold some of them. */
interface Model {
  entered: number;
  surplus: number;
  shortage: number;
  gone: number;
  returned: number;
  readonly reserved: Map<Filed, number>;
  readonly away: Map<Filed, number>;
}
const reservedOf = ({ reserved }: Model): number => [...reserved.values()].reduce((sum, many) => sum + many, 0);
const onHandOf = (model: Model): number => model.entered + model.surplus + model.returned - model.shortage - model.gone;

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ what: fc.constant('enter' as const), many: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('draw' as const), many: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('cancel' as const), many: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('leave' as const), many: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('return' as const), many: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('count' as const), many: fc.integer({ min: -4, max: 3 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Takes a step and says how the model moves by what the window answered. */
async function take(item: string, imported: string, model: Model, { what, many }: Step): Promise<() => void> {
  const nothing = (): void => undefined;
  if (what === 'enter') {
    const told = await place.enter([{ item, import: imported, line: 1, quantity: String(many) }]);
    assert.equal(told.status, 201, told.text);
    return () => void (model.entered += many);
  }
  if (what === 'draw') {
    const change = place.draws([{ ...ware, item, quantity: String(many), price: '20.00' }]);
    const parcel = await place.file('low-value', {}, change);
    const { status } = (await window.ask({ url: `/v1/consignments/${parcel.id}`, as: parcel.filer })).body;
    return status === 'cleared' ? () => void model.reserved.set(parcel, many) : nothing;
  }
  if (what === 'cancel' || what === 'leave') {
    // Steps that are taken at once never touch the same parcel: the caller takes it out of the model first.
    const [parcel, drawn] = [...model.reserved][many] ?? [];
    if (parcel === undefined || drawn === undefined) return nothing;
    model.reserved.delete(parcel);
    if (what === 'cancel') {
      const asked = { ground: 'order-cancelled', reason: 'The buyer has changed her mind.' };
      const told = await place.ask(`/v1/consignments/${parcel.id}/cancellation`, asked, parcel.filer);
      assert.equal(told.status, 201, told.text);
      return nothing;
    }
    await place.land([parcel]);
    assert.equal((await place.leave([parcel])).departed, parcel.barcodes.length);
    return () => {
      model.gone += drawn;
      model.away.set(parcel, drawn);
    };
  }
  if (what === 'return') {
    const [parcel, left = 0] = [...model.away].find(([, out]) => out > 0) ?? [];
    if (parcel === undefined) return nothing;
    const back = Math.min(many, left);
    model.away.set(parcel, left - back);
    const made = newId(clock.now());
    await db.query(
      'insert into clearance.returned_lines (id, return, line, quantity, value_minor) values ($1, $2, 1, $3, 0)',
      [parcel.id, made, String(back)],
    );
    await db.tx((tx) => stockBack(tx, [{ id: parcel.id, return: made, at: clock.instant() }], 'XPN'));
    return () => void (model.returned += back);
  }
  return adjust(item, model, many);
}

/** Counts so many more than the book says, and has the difference booked where the law of the book lets it. */
async function adjust(item: string, model: Model, more: number): Promise<() => void> {
  const { figures } = (await place.line(item)).line;
  const quantity = Math.max(Number(figures.onHand) + more, 0);
  const told = await place.count([{ item, quantity: String(quantity) }]);
  assert.equal(told.status, 201, told.text);
  const [line] = told.body.lines;
  const by = Number(line.difference);
  if (by === 0) return () => undefined;
  const [found] = await casesOf(db, [line.case]);
  const { id, stamp } = found!;
  const move = by < 0 ? 'charge-shortage' : 'enter-surplus';
  const done = await db.tx((tx) => act(context, tx, officer(), { case: id, move, stamp, decision: reasons }));
  if (!done.ok) {
    assert.equal(done.error.code, 'clearance/stock-reserved');
    return () => undefined;
  }
  return () => void (by < 0 ? (model.shortage -= by) : (model.surplus += by));
}

let run = 0;

test('a line balances whatever is entered, drawn, cancelled, gone, returned and counted, also at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 7 }),
      async (rounds) => {
        const item = String((run += 1));
        const imported = await place.filled([ware]);
        const model: Model = {
          ...{ entered: 12, surplus: 0, shortage: 0, gone: 0, returned: 0 },
          reserved: new Map(),
          away: new Map(),
        };
        const first = await place.enter([{ item, import: imported.id, line: 1, quantity: '12' }]);
        assert.equal(first.status, 201, first.text);
        for (const steps of rounds) {
          const moves = await Promise.all(steps.map((one) => take(item, imported.id, model, one)));
          for (const move of moves) move();
          const { figures } = (await place.line(item)).line;
          const { entered, surplus, shortage, gone, returned } = figures;
          const said = [entered, surplus, shortage, gone, returned, figures.reserved, figures.onHand].map(Number);
          const { reserved: _reserved, away: _away, ...sums } = model;
          assert.deepEqual(said, [...Object.values(sums), reservedOf(model), onHandOf(model)]);
          assert.ok(Number(figures.free) >= 0, 'nothing is promised twice');
        }
      },
    ),
    { numRuns: tries(6) },
  );
  for (const { wrong } of await sums(db)) assert.equal(wrong, 0n);
});
