import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rebuild, resumeDepartures } from '#modules/clearance/index.ts';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const ship = shipper(window, clock, 'DEP');

const url = '/v1/departures';
const depart = (body: Record<string, unknown>, as: string = ids.operator) =>
  window.ask({
    method: 'POST',
    url,
    as,
    body: { operator: ids.operator, place: 'XP-CAPO-AIR', left: clock.instant(), ...body },
  });
const read = async (id: string, as: string = ids.agent) =>
  (await window.ask({ url: `/v1/consignments/${id}`, as })).body;
const barcodesOf = (parcels: readonly Filed[]) => parcels.flatMap(({ barcodes }) => barcodes);
const twoPieces = (body: any) => {
  const { pieces } = body.transports[0];
  pieces.push({ barcode: `${pieces[0].barcode}-B` });
};

// Whoever reads his news for the first time is told what happens from then on.
await window.ask({ url: '/v1/events', as: ids.agent });
const released = [await ship.file('simplified'), await ship.file('simplified')];
const double = await ship.file('simplified', {}, twoPieces);
const doubles = [double.barcodes[0]!, `${double.barcodes[0]}-B`];
const waiting = await ship.file('simplified');

test('released parcels leave supervision; what is not released and what nobody declared is named and stays', async () => {
  await ship.land([...released, { ...double, barcodes: doubles }]);
  clock.advance(3_600_000);
  const pieces = [...barcodesOf(released), doubles[0], waiting.barcodes[0], 'NOBODY-1'];
  const told = await depart({ reference: 'GATE-1', pieces });
  assert.equal(told.status, 201, told.text);
  const { id, finished, keptBack, ...counts } = told.body;
  assert.ok(finished);
  assert.deepEqual(counts, {
    reference: 'GATE-1',
    master: null,
    place: 'XP-CAPO-AIR',
    left: '2026-11-20T07:00:00.000Z',
    pieces: 5,
    handled: 5,
    departed: 3,
    parcels: 2,
    kept: 2,
  });
  assert.deepEqual(
    keptBack.toSorted((a: any, b: any) => (a.barcode < b.barcode ? -1 : 1)),
    [
      { barcode: waiting.barcodes[0], parcel: waiting.id, status: 'cleared' },
      { barcode: 'NOBODY-1', parcel: null, status: null },
    ].toSorted((a, b) => (a.barcode! < b.barcode! ? -1 : 1)),
  );
  assert.equal(told.headers['location'], `${url}/${id}`);
  for (const one of released) {
    const parcel = await read(one.id);
    assert.equal(parcel.status, 'left');
    const moment = parcel.timeline.find(({ kind }: { kind: string }) => kind === 'clearance.left');
    assert.equal(moment.data.left, '2026-11-20T07:00:00.000Z');
    assert.equal(moment.data.place, 'XP-CAPO-AIR');
  }
  const kept = await read(waiting.id);
  assert.equal(kept.status, 'cleared');
  assert.ok(kept.timeline.some(({ kind }: { kind: string }) => kind === 'clearance.kept-back'));
});

test('a parcel of two pieces leaves with the last of them, and a piece leaves once', async () => {
  assert.equal((await read(double.id)).status, 'released');
  const told = await depart({ reference: 'GATE-2', pieces: doubles });
  assert.deepEqual(told.body.keptBack, [{ barcode: doubles[0], parcel: double.id, status: 'left' }]);
  assert.deepEqual([told.body.departed, told.body.parcels], [1, 1]);
  assert.equal((await read(double.id)).status, 'left');
});

test('the same departure again, in another order of pieces, is answered as before and moves nothing', async () => {
  const entries = () => window.context.db.query('select count(*) from platform.journal');
  const before = await entries();
  const told = await depart({ reference: 'GATE-2', pieces: doubles.toReversed() });
  assert.equal(told.status, 201);
  assert.equal(told.body.departed, 1);
  assert.deepEqual(await entries(), before);
});

test('another content under the same reference is refused naming the field', async () => {
  const again = async (change: Record<string, unknown>) => {
    const { status, body } = await depart({ reference: 'GATE-2', pieces: doubles, ...change });
    return [status, body.code, body.errors?.[0]?.pointer ?? body.pointer];
  };
  const known = 'clearance/departure-known';
  assert.deepEqual(await again({ pieces: ['OTHER'] }), [409, known, '/pieces']);
  assert.deepEqual(await again({ place: 'XP-ALTO' }), [409, known, '/place']);
  assert.deepEqual(await again({ left: '2026-11-20T06:30:00.000Z' }), [409, known, '/left']);
  assert.deepEqual(await again({ master: '618-DEP-1' }), [409, known, '/master']);
});

test('only the registered operator of a place reports what left it, of a moment that has come, in one of two ways', async () => {
  const refused = async (body: Record<string, unknown>, as?: string) => {
    const told = await depart({ reference: 'GATE-3', pieces: ['X'], ...body }, as);
    return [told.status, told.body.code, told.body.errors?.[0]?.pointer ?? told.body.pointer];
  };
  assert.deepEqual(await refused({}, ids.carrier), [403, 'clearance/not-yours', '/operator']);
  const carrier = await refused({ operator: ids.carrier }, ids.carrier);
  assert.deepEqual(carrier, [403, 'clearance/role-not-registered', '/operator']);
  assert.deepEqual(await refused({ left: '2026-11-21T06:00:00.000Z' }), [400, 'clearance/not-yet', '/left']);
  assert.deepEqual(await refused({ left: '2026-02-30T06:00:00Z' }), [400, 'clearance/day-invalid', '/left']);
  assert.deepEqual(await refused({ pieces: undefined }), [400, 'clearance/tally-missing', '/pieces']);
  const allExcept = { missing: [], extra: [] };
  assert.deepEqual(await refused({ pieces: undefined, allExcept }), [400, 'clearance/master-missing', '/master']);
  assert.deepEqual(await refused({ master: 'NONE' }), [404, 'clearance/manifest-unknown', '/master']);
});

test('a master bill of more pieces than a set leaves in sets, goes on after a stop, and its carrier reads how far', async () => {
  const parcels: Filed[] = [];
  for (let index = 0; index < 26; index += 1) {
    const codes = Array.from({ length: 99 }, (_, piece) => `MANY-${index}-${piece}`);
    const filed = await ship.file('gift', {}, (body) => {
      body.transports[0].pieces = codes.map((barcode) => ({ barcode }));
    });
    parcels.push({ ...filed, barcodes: codes });
  }
  const lines = parcels.map(({ house, barcodes }) => ({ house, pieces: 99, barcodes }));
  const bill = { master: 'MANY', carrier: ids.carrier, mode: 'air', lines };
  assert.equal((await window.ask({ method: 'POST', url: '/v1/manifests', as: ids.carrier, body: bill })).status, 201);
  const allExcept = { missing: [], extra: [] };
  const tally = { reference: 'MANY', master: 'MANY', operator: ids.operator, place: 'XP-CAPO-AIR', allExcept };
  const landed = { ...tally, landed: clock.instant() };
  assert.equal((await window.ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body: landed })).status, 202);
  await window.settle();
  const told = await depart({
    reference: 'MANY',
    master: 'MANY',
    allExcept: { missing: ['MANY-7-7'], extra: ['MORE'] },
  });
  assert.equal(told.status, 202, told.text);
  assert.equal(await resumeDepartures(window.context), true);
  const progress = async (as: string = ids.carrier) => window.ask({ url: `${url}/${told.body.id}`, as });
  const half = (await progress()).body;
  assert.deepEqual([half.finished, half.pieces, half.handled], [null, 26 * 99, 2_000]);
  await window.settle();
  const whole = (await progress()).body;
  assert.deepEqual([whole.handled, whole.departed, whole.parcels, whole.kept], [26 * 99, 26 * 99 - 1, 25, 1]);
  assert.deepEqual(whole.keptBack, [{ barcode: 'MORE', parcel: null, status: null }]);
  assert.equal((await progress(ids.smallest)).status, 404);
  const rest = await depart({ reference: 'MANY-2', master: 'MANY', allExcept });
  assert.deepEqual([rest.body.pieces, rest.body.parcels, rest.body.kept], [1, 1, 0]);
});

test('two departures of one parcel at the same moment take each piece once and leave one parcel', async () => {
  const filed = await ship.file('simplified', {}, twoPieces);
  const pieces = [filed.barcodes[0]!, `${filed.barcodes[0]}-B`];
  await ship.land([{ ...filed, barcodes: pieces }]);
  const [one, other] = await Promise.all([
    depart({ reference: 'RACE-1', pieces: [pieces[0]] }),
    depart({ reference: 'RACE-2', pieces: [pieces[1]] }),
  ]);
  assert.deepEqual([one.body.departed, other.body.departed], [1, 1]);
  assert.equal((await read(filed.id)).status, 'left');
});

test('what was kept back is work in sight of the operator, the carrier and officers until it has left', async () => {
  const waits = async (as: string): Promise<string[]> => {
    const told = await window.ask({ url, as });
    assert.equal(told.status, 200, told.text);
    return told.body.keptBack.map((one: any) => one.barcode).toSorted();
  };
  const late = waiting.barcodes[0]!;
  assert.deepEqual(await waits(ids.operator), ['MORE', 'NOBODY-1', late].toSorted());
  assert.deepEqual(await waits('customs'), ['MORE', 'NOBODY-1', late].toSorted());
  assert.deepEqual(await waits(ids.carrier), ['MORE'], 'only of what went under a master bill of its own');
  assert.deepEqual(await waits(ids.smallest), []);
  await ship.land([waiting]);
  clock.advance(1_000);
  await depart({ reference: 'GATE-4', pieces: [late] });
  assert.deepEqual(await waits(ids.operator), ['MORE', 'NOBODY-1']);
  const { body } = await window.ask({ url, as: ids.operator });
  assert.equal(body.departures[0].reference, 'GATE-4');
  assert.deepEqual([body.departures[0].pieces, body.departures[0].kept, body.next], [1, 0, null]);
  assert.deepEqual((await window.ask({ url, as: ids.smallest })).body.departures, []);
});

test('whoever stands around a parcel is told that it left, and that a piece of it was kept back', async () => {
  await window.settle();
  const told = await window.ask({ url: '/v1/events?limit=500', as: ids.agent });
  const kinds = new Set(told.body.events?.map(({ kind }: { kind: string }) => kind));
  for (const kind of ['clearance.left', 'clearance.leaving', 'clearance.kept-back']) assert.ok(kinds.has(kind), kind);
});

test('the projection after departures is what the journal makes of it', async () => {
  assert.equal((await rebuild(window.context)).differing, 0);
});
