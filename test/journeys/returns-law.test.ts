import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { holdOf } from '#modules/accounts/index.ts';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { root } from '../support/files.ts';
import { openWindow, type Told } from '../support/window.ts';

/** The worked examples of returns pass through windows of their economies, on the days that they name. */

const noon = (day: string): number => Date.parse(`${day}T04:00:00.000Z`);

/** A window of an economy, and one parcel after the other in it: filed, landed, sent back. */
async function economy(name: string, first: string, packs?: string) {
  const clock = fixedClock(`${first}T04:00:00.000Z`);
  const window = await openWindow({ economy: name, clock, ...(packs === undefined ? {} : { packs }) });
  let numbered = 0;
  const on = (day: string): void => clock.advance(noon(day) - clock.now());
  const ask = async (url: string, as: string, body: object, status = 201): Promise<any> => {
    const told: Told = await window.ask({ method: 'POST', url, as, body });
    assert.equal(told.status, status, told.text);
    return told.body;
  };
  const read = async (id: string): Promise<any> =>
    (await window.ask({ url: `/v1/consignments/${id}`, as: ids.agent })).body;
  const given = (example: string): any =>
    JSON.parse(readFileSync(`${root}packs/${name}/examples/${example}.json`, 'utf8')).given.consignment;
  /** Files the parcel of an example with the slips that its route needs, and lands it on the same day. */
  const file = async (example: string, change: (declaration: any) => void = () => {}): Promise<any> => {
    numbered += 1;
    const { declaration } = structuredClone(given(example));
    Object.assign(declaration, {
      id: `LAW-${numbered}`,
      declarant: ids.agent,
      guarantor: ids.guarantor,
      seller: ids.seller,
    });
    for (const document of declaration.documents ?? []) assert.ok(document.type);
    change(declaration);
    const barcode = `LAW-${name}-${numbered}`;
    const order = `ORDER-${numbered}`;
    const buyer = declaration.consignee.name.text;
    // No example has more than one line, and one has freight: the order's total holds both.
    const { price } = declaration.goods[0];
    const total = declaration.freight ? { ...price, amount: '110.00' } : price;
    const body = {
      orders: [{ platform: ids.platform, number: order, seller: ids.seller, buyer, total }],
      payments: [
        {
          provider: ids.payments,
          reference: `PAY-${numbered}`,
          order,
          method: 'card',
          payer: buyer,
          amount: total,
          paid: clock.instant(),
        },
      ],
      transports: [{ carrier: ids.carrier, document: barcode, borderMode: 'air', pieces: [{ barcode }] }],
      declaration,
    };
    return { ...(await ask('/v1/consignments', ids.agent, body)), barcode };
  };
  const land = async ({ id, barcode }: any): Promise<any> => {
    await ask('/v1/arrivals', ids.operator, {
      reference: barcode,
      operator: ids.operator,
      place: 'PLACE',
      landed: clock.instant(),
      pieces: [barcode],
    });
    return read(id);
  };
  const apply = (id: string, more: object = {}): Promise<any> =>
    ask(`/v1/consignments/${id}/returns`, ids.agent, {
      reference: `BACK-${(numbered += 1)}`,
      ground: 'changed-mind',
      ...more,
    });
  const back = async (id: string): Promise<any> => {
    await ask(`/v1/returns/${id}/arrivals`, ids.operator, {
      operator: ids.operator,
      place: 'PLACE',
      back: clock.instant(),
      condition: 'as-sent',
    });
    return (await window.ask({ url: `/v1/returns/${id}`, as: ids.agent })).body;
  };
  const yearly = async (hold: string): Promise<bigint> =>
    (await holdOf(window.context.db, { hold, kind: 'quota' }))?.consumed ?? 0n;
  return { window, clock, on, file, land, read, apply, back, yearly };
}
type Economy = Awaited<ReturnType<typeof economy>>;

async function released({ file, land }: Economy, example: string, change?: (declaration: any) => void): Promise<any> {
  const parcel = await land(await file(example, change));
  assert.equal(
    parcel.status,
    'released',
    JSON.stringify([parcel.missing, parcel.decision.checks.filter(({ result }: any) => result === 'failed')]),
  );
  return parcel;
}
const given = ({ given: parts }: any): unknown =>
  Object.fromEntries(parts.map((one: any) => [one.charge, one.amount.amount]));

const folder = mkdtempSync('/tmp/returns-packs-');
after(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of a pack that takes as known what the pack says it has not seen; of its examples it keeps one. */
function taking(name: string, example: string, known: Record<string, object>): string {
  const copy = join(folder, name);
  cpSync(`${root}packs/${name}`, copy, { recursive: true });
  for (const other of readdirSync(join(copy, 'examples')))
    if (other !== `${example}.json`) rmSync(join(copy, 'examples', other));
  const values = JSON.parse(readFileSync(join(copy, 'values.json'), 'utf8'));
  for (const [value, row] of Object.entries(known)) values[value].values = [{ from: '2010-09-01', ...row }];
  writeFileSync(join(copy, 'values.json'), JSON.stringify(values));
  return folder;
}

test('CN-12: applied for on day 29, back on day 44: 109.20 is given back and the yearly total restored', async () => {
  const cn = await economy('cn', '2026-03-01');
  const parcel = await released(cn, 'cn-12');
  assert.equal(await cn.yearly(parcel.id), 120_000n);
  cn.on('2026-03-30');
  const applied = await cn.apply(parcel.id);
  assert.equal(applied.due, '2026-04-15T16:00:00.000Z', 'the end of the forty-fifth day there');
  cn.on('2026-04-14');
  const done = await cn.back(applied.id);
  assert.deepEqual(
    [done.state, done.law.route, given(done), done.refund.border.amount, done.refund.elsewhere.amount],
    ['refunded', 'cbec-return', { vat: '109.20' }, '0.00', '109.20'],
  );
  assert.equal(await cn.yearly(parcel.id), 0n);
  assert.equal((await cn.read(parcel.id)).status, 'returned');
});

test('CN-13: applied for on day 32 nothing is given back, and the goods go back all the same', async () => {
  const cn = await economy('cn', '2026-03-01');
  const late = await released(cn, 'cn-13');
  const tooLong = await released(cn, 'return-46');
  const wine = await released(cn, 'return-wine');
  const part = await released(cn, 'return-part', ({ goods }: any) =>
    Object.assign(goods[0], { quantity: '3', netWeight: '0.900' }),
  );
  cn.on('2026-03-20');
  const both = await cn.back((await cn.apply(wine.id)).id);
  assert.deepEqual(given(both), { ct: '23.33', vat: '30.33' });
  const slow = await cn.apply(tooLong.id);
  const third = { lines: [{ line: 1, quantity: '1' }] };
  const parts = [];
  for (const more of [third, third, {}]) parts.push(given(await cn.back((await cn.apply(part.id, more)).id)));
  assert.deepEqual(parts, [{ vat: '2.31' }, { vat: '2.31' }, { vat: '2.31' }]);
  assert.equal(await cn.yearly(part.id), 0n);
  cn.on('2026-04-02');
  const applied = await cn.apply(late.id);
  assert.deepEqual([applied.law.granted, applied.law.reason, applied.given], [false, 'applied-too-late', []]);
  cn.on('2026-04-10');
  const done = await cn.back(applied.id);
  assert.deepEqual([done.state, done.refund.elsewhere.amount], ['refused', '0.00']);
  assert.equal(await cn.yearly(late.id), 120_000n);
  cn.on('2026-04-15');
  assert.equal((await cn.back(slow.id)).state, 'refunded', 'the forty-fifth day is in time');
});

test('CN-18: exported under 9610 and back within six months it enters free, the rebate to be repaid', async () => {
  const cn = await economy('cn', '2026-02-10');
  const exporting = (declaration: any): void => {
    Object.assign(declaration, {
      movement: 'export',
      nature: 'sale',
      procedure: '9610',
      dispatch: 'CN',
      destination: 'JP',
    });
    declaration.consignee.address.country = 'JP';
    delete declaration.previousProcedure;
  };
  const parcel = await cn.file('cn-18', exporting);
  assert.equal((await cn.land(parcel)).status, 'released', JSON.stringify(parcel.decision));
  const left = { operator: ids.operator, place: 'PLACE', left: cn.clock.instant(), reference: 'OUT' };
  await cn.window.ask({
    method: 'POST',
    url: '/v1/departures',
    as: ids.operator,
    body: { ...left, pieces: [parcel.barcode] },
  });
  assert.equal((await cn.read(parcel.id)).status, 'left');
  cn.on('2026-08-09');
  const naming =
    (number: string) =>
    (declaration: any): void => {
      declaration.previousDocuments = [{ type: 'EXP', number }];
    };
  const unknown = await cn.file('cn-18', naming('NOBODY'));
  assert.deepEqual(unknown.determination.missing, ['days.exported']);
  const back = await cn.file('cn-18', naming(parcel.declaration));
  assert.deepEqual(
    [back.status, back.determination.route, back.determination.charges],
    ['cleared', 'returned-export', []],
    JSON.stringify(back.decision),
  );
  assert.deepEqual(
    back.determination.obligations.map(({ id }: any) => id),
    ['repay-rebate'],
  );
  await cn.land(back);
  await cn.window.settle();
  assert.equal((await cn.read(parcel.id)).status, 'returned');
});

test('NZ-6: after a change of mind duty is refunded and GST is not; faulty goods give both', async () => {
  const nz = await economy(
    'nz',
    '2026-11-20',
    taking('nz', 'nz-6', { 'entry-fee': { value: '60.00', source: { law: 'fees' } } }),
  );
  const mind = await released(nz, 'nz-6');
  const faulty = await released(nz, 'nz-6');
  const small = await released(nz, 'sent-back-small', (declaration) => delete declaration.documents);
  nz.on('2026-11-23');
  const first = await nz.back((await nz.apply(mind.id)).id);
  assert.deepEqual([first.state, given(first), first.refund.border.amount], ['refunded', { duty: '150.00' }, '150.00']);
  const proof = { ground: 'faulty', documents: [{ type: 'FAULTY', number: 'FAULTY-1' }] };
  const second = await nz.back((await nz.apply(faulty.id, proof)).id);
  assert.deepEqual(given(second), { duty: '150.00', gst: '247.50' });
  assert.deepEqual(given(await nz.back((await nz.apply(small.id)).id)), {});
});

test('EU and IE: VAT is taken back where it was declared, the flat duty stays unless the goods are faulty', async () => {
  const eu = await economy('eu', '2026-11-20');
  const ioss = await released(eu, 'return-ioss');
  const ordinary = await eu.file('return-h1');
  assert.equal(ordinary.status, 'lodged', 'H1 asks for more than a parcel says');
  eu.on('2026-11-23');
  const done = await eu.back((await eu.apply(ioss.id)).id);
  assert.deepEqual(
    [done.state, Object.keys(given(done) as object), done.refund.border.amount],
    ['refunded', ['vat'], '0.00'],
  );
  assert.ok(done.law.obligations.some(({ id }: any) => id === 'ioss-correction'));
});

test('IE: faulty goods give the flat duty back too', async () => {
  const ie = await economy('ie', '2026-11-20');
  const parcel = await released(ie, 'return-faulty', (declaration) => delete declaration.documents);
  ie.on('2026-11-23');
  const proof = { ground: 'faulty', documents: [{ type: 'DEFECT', number: 'D-1' }] };
  const done = await ie.back((await ie.apply(parcel.id, proof)).id);
  assert.deepEqual([done.state, Object.keys(given(done) as object)], ['refunded', ['duty', 'vat']]);
});

test('GB: the seller adjusts the VAT of the sale; what was paid on import hangs on facts that are missing', async () => {
  const gb = await economy('gb', '2026-11-20');
  const sold = await released(gb, 'return');
  gb.on('2026-11-23');
  const done = await gb.back((await gb.apply(sold.id)).id);
  assert.deepEqual(
    [done.state, Object.keys(given(done) as object), done.refund.border.amount],
    ['refunded', ['vat'], '0.00'],
  );
  const imported = await gb.land(await gb.file('return-import'));
  assert.equal(imported.status, 'released', JSON.stringify([imported.decision, imported.missing]));
  const doubtful = await gb.back((await gb.apply(imported.id)).id);
  assert.deepEqual([doubtful.state, doubtful.law.granted, doubtful.law.missing], ['doubt', null, ['law.repayment']]);
});
