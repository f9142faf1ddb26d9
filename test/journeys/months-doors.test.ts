import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { act, casesOf } from '#modules/cases/index.ts';
import { decideRedetermination } from '#modules/clearance/index.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { closeNow } from '#modules/statistics/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { tries } from '../support/long.ts';
import { booksAgree, booksHold, decimal, type Known, type Line } from '../support/month-books.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { untilFollowable } from '../support/settle.ts';
import { openWindow, type Told } from '../support/window.ts';

/**
 * A month by its doors: checklists are amended, landed, cancelled, determined again and sent back as people do it,
 * before and after their month is closed, and the books are what they come to, to the unit.
 */

const begun = Date.parse('2026-03-02T08:00:00.000Z');
const clock = fixedClock(new Date(begun).toISOString());
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file, land } = shipper(window, clock, 'MDO');
const dayMs = 86_400_000;
const months = ['2026-03', '2026-04', '2026-05'] as const;
const reasons = { ground: 'art. 64', reason: 'looked at', remedy: 'clearance/object-to-change' };
const officer = () => principalOfClient(context.reference.current(), window.key('customs'), clock.instant())!;
let numbered = 0;

/** Every parcel has one line of four pieces, of which each is a quarter of everything. */
const pieces = 4n;
interface Held extends Known {
  readonly parcel: Filed;
  readonly own: boolean;
  version: number;
}

const post = (as: string, url: string, body: object): Promise<Told> => window.ask({ method: 'POST', url, as, body });

/** A price in hundredths, and everything that has to agree with it. */
function priced(body: any, minor: bigint): void {
  for (const one of [body.declaration.goods[0].price, body.orders[0].total, body.payments[0].amount])
    one.amount = decimal(minor, 2);
  body.declaration.freight = { currency: 'XPN', amount: '0.00' };
}

async function fileOne(minor: bigint, own: boolean): Promise<Held> {
  const parcel = await file('low-value', own ? { standing: sellerAlone } : {}, (body) => {
    Object.assign(body.declaration.goods[0], {
      commodity: '691110',
      quantity: '4',
      netWeight: '0.400',
      grossWeight: '0.480',
    });
    body.transports[0].grossWeight = '0.480';
    priced(body, minor);
  });
  const [goods] = parcel.body.declaration.goods;
  const line: Line = {
    line: 1,
    currency: 'XPN',
    unit: goods.unit,
    value: minor,
    quantity: pieces * 1_000n,
    net: 400n,
    gross: 480n,
  };
  return { id: parcel.id, parcel, own, version: 1, status: 'cleared', released: false, lines: [line] };
}
const sellerAlone = { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor };

async function decide(id: string, move: string): Promise<boolean> {
  const one = (await casesOf(db, [id])).find(({ closed }) => closed === null);
  if (one === undefined) return false;
  const done = await db.tx((tx) =>
    act(context, tx, officer(), { case: one.id, stamp: one.stamp, move, decision: reasons }),
  );
  return done.ok;
}

/** What may be done to a checklist: each tells whether it was let in, and changes what is known only then. */
const acts = {
  async amend(one: Held, minor: bigint): Promise<boolean> {
    const consignment = structuredClone(one.parcel.body);
    priced(consignment, minor);
    const body = { version: one.version, ground: 'value-changed', reason: 'so it is', consignment };
    const told = await post(one.parcel.filer, `/v1/consignments/${one.id}/amendments`, body);
    if (told.status !== 201) return false;
    one.lines[0]!.value = minor;
    one.version = told.body.version;
    return true;
  },
  async land(one: Held): Promise<boolean> {
    if (one.status !== 'cleared') return false;
    const { released } = await land([one.parcel]);
    if (released !== 1) return false;
    Object.assign(one, { status: 'released', released: true });
    return true;
  },
  async cancel(one: Held): Promise<boolean> {
    const body = { ground: 'declared-in-error', reason: 'so it is' };
    const told = await post(one.parcel.filer, `/v1/consignments/${one.id}/cancellation`, body);
    const done = told.status === 201 || (told.status === 202 && (await decide(one.id, 'grant')));
    if (done) one.status = 'cancelled';
    return done;
  },
  async determine(one: Held, minor: bigint): Promise<boolean> {
    const lines = [{ line: 1, price: { currency: 'XPN', amount: decimal(minor, 2) } }];
    const asked = { version: one.version, ground: 'wrong-value', reason: `so it is ${minor}`, lines };
    const told = await post(one.parcel.filer, `/v1/consignments/${one.id}/redeterminations`, asked);
    if (told.status !== 202) return false;
    const of = (await casesOf(db, [one.id])).find(({ id }) => id === told.body.application.case)!;
    const decision = { case: of.id, stamp: of.stamp, ...reasons, accepted: { lines } as any };
    const done = await decideRedetermination(context, officer(), decision);
    if (!done.ok) return false;
    one.lines[0]!.value = minor;
    one.version += 1;
    return true;
  },
  async back(one: Held, minor: bigint): Promise<boolean> {
    numbered += 1;
    const quantity = (minor / 4n) % pieces;
    const lines = [{ line: 1, quantity: String(quantity + 1n) }];
    const body = { reference: `MDO-${numbered}`, ground: 'changed-mind', lines };
    const applied = await post(one.parcel.filer, `/v1/consignments/${one.id}/returns`, body);
    if (applied.status !== 201) return false;
    const tally = { operator: ids.operator, place: 'XP-CAPO-AIR', back: clock.instant(), condition: 'as-sent' };
    const told = await post(ids.operator, `/v1/returns/${applied.body.id}/arrivals`, tally);
    assert.equal(told.status, 201, told.text);
    const [line] = one.lines as [Line];
    const left = line.quantity / 1_000n;
    for (const field of ['value', 'quantity', 'net', 'gross'] as const)
      line[field] -= (line[field] * (quantity + 1n)) / left;
    return true;
  },
};

const drawn = fc.constantFrom<keyof typeof acts>(
  'amend',
  'land',
  'land',
  'land',
  'cancel',
  'determine',
  'back',
  'back',
);
/** A price of four equal pieces that stays within what the low-value route takes. */
const price = fc.integer({ min: 25, max: 3_700 }).map((quarter) => BigInt(quarter) * pieces);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ what: drawn, of: fc.nat(5), minor: price }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('days' as const), of: fc.integer({ min: 3, max: 20 }) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('close' as const), of: fc.nat(1) }) },
);

async function close(month: string | undefined, own: boolean): Promise<void> {
  if (month === undefined) return;
  const told = await post(own ? ids.seller : 'customs', '/v1/summaries/runs', {
    month,
    ...(own ? { declarant: ids.seller } : {}),
  });
  assert.equal(told.status, 202, told.text);
  await closeNow(context);
}

test('what is amended, cancelled, sent back and determined again by its door flows into the books of its month to the unit', async () => {
  const done = new Map<string, number>();
  const note = (what: string): void => void done.set(what, (done.get(what) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(
      fc.array(price, { minLength: 6, maxLength: 6 }),
      fc.array(step, { minLength: 30, maxLength: 60 }),
      async (prices, steps) => {
        clock.advance(begun - clock.now());
        const known: Held[] = [];
        for (const [index, minor] of prices.entries()) known.push(await fileOne(minor, index % 3 === 0));
        for (const one of steps) {
          const month = clock.instant().slice(0, 7);
          if (one.what === 'days') clock.advance(one.of * dayMs);
          else if (one.what === 'close') await close(months[months.indexOf(month as any) - 1], one.of === 1);
          else if (await acts[one.what](known[one.of]!, one.minor)) note(one.what);
        }
        await untilFollowable(db);
        await closeNow(context);
        await booksHold(db, known);
        await booksAgree(db);
      },
    ),
    { numRuns: tries(20), seed: 54, endOnFailure: true },
  );
  for (const what of Object.keys(acts)) assert.ok((done.get(what) ?? 0) > 0, `${what}: ${JSON.stringify([...done])}`);
  const grounds = await db.query<{ ground: string }>('select distinct ground from statistics.corrections order by 1');
  assert.deepEqual(
    grounds.map(({ ground }) => ground),
    ['cancelled', 'redetermined', 'returned'],
  );
});
