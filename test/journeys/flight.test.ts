import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resumeArrivals } from '#modules/clearance/index.ts';
import { flightScenario, ids, parcel as invent } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow } from '../support/window.ts';

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const flight = flightScenario(7, clock.now());
const filed: string[] = [];

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly as: string;
  readonly body?: unknown;
  readonly raw?: string;
}

async function ask({ method, url, as, body, raw }: Asked) {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = {
    authorization: `Bearer ${window.key(as)}`,
    ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const answer = await window.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, body: answer.json() };
}

/** A large manifest goes as NDJSON: the head in the first line, each house bill in one of its own. */
async function handIn(manifest: (typeof flight.manifests)[number], as: string) {
  const { lines, ...head } = manifest;
  const payload = [head, ...lines].map((line) => JSON.stringify(line)).join('\n');
  const headers = { authorization: `Bearer ${window.key(as)}`, 'content-type': 'application/x-ndjson' };
  const answer = await window.app.inject({ method: 'POST', url: '/v1/manifests', headers, payload });
  return { status: answer.statusCode, body: answer.json() };
}

const statusOf = async (index: number) =>
  (await ask({ method: 'GET', url: `/v1/consignments/${filed[index]}`, as: flight.parcels[index]!.filer })).body;

test('every parcel of a flight is decided before it lands', async () => {
  const answers = await Promise.all(
    flight.parcels.map((one) => ask({ method: 'POST', url: '/v1/consignments', as: one.filer, raw: one.raw })),
  );
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201]);
  filed.push(...answers.map((answer) => answer.body.id));
  assert.equal(new Set(filed).size, 2_000);
  assert.ok(answers.every((answer) => answer.body.status === 'cleared' && answer.body.secured));
});

test('the manifests are taken once, and again with the same answer', async () => {
  const [air, post] = flight.manifests;
  const first = await handIn(air!, ids.carrier);
  assert.equal(first.status, 201);
  assert.equal(first.body.lines, 1_999);
  assert.deepEqual(await handIn(air!, ids.carrier), first);
  assert.equal((await handIn(post!, ids.post)).status, 201);
});

test('S38 parcels cleared before landing are released on arrival, without a full declaration', async () => {
  clock.advance(12 * 3_600_000);
  const [air, post] = flight.arrivals;
  const landed = await ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body: air });
  assert.equal(landed.status, 201);
  const gone = flight.parcels.length - 1 - flight.shortLanded.length - 1;
  assert.equal(landed.body.released, gone);
  assert.deepEqual(landed.body.shortLanded.toSorted(), [...flight.shortLanded, flight.late].toSorted());
  assert.deepEqual(landed.body.overLanded.toSorted(), [...flight.overLanded].toSorted());
  assert.equal(landed.body.incomplete, 1);
  const byPost = await ask({ method: 'POST', url: '/v1/arrivals', as: ids.post, body: post });
  assert.equal(byPost.body.released, 1);
  assert.equal((await statusOf(flight.gift)).status, 'released');
  assert.equal((await statusOf(flight.cashOnDelivery)).status, 'released');
});

test('the same arrival again gets the same answer and moves nothing', async () => {
  const before = await window.context.db.query('select count(*) from platform.journal');
  const [air] = flight.arrivals;
  const again = await ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body: air });
  assert.equal(again.body.released, flight.parcels.length - 1 - flight.shortLanded.length - 1);
  assert.deepEqual(await window.context.db.query('select count(*) from platform.journal'), before);
});

test('one order in three parcels and three orders in one are each found by their numbers', async () => {
  const numbers = new Set<string>();
  for (const index of flight.oneOrderInThree) {
    const { body } = await statusOf(index);
    numbers.add(body.orders[0].number);
  }
  assert.equal(numbers.size, 1);
  const { body } = await statusOf(flight.threeOrdersInOne);
  assert.equal(body.orders.length, 3);
});

test('a short-landed piece keeps its parcel cleared, and the parcel says which tally did not find it', async () => {
  const index = flight.parcels.findIndex((one) => one.barcodes[0] === flight.shortLanded[0]);
  const parcel = await statusOf(index);
  assert.equal(parcel.status, 'cleared');
  const moment = parcel.timeline.find((one: { kind: string }) => one.kind === 'clearance.short-landed');
  assert.equal(moment.data.barcode, flight.shortLanded[0]);
});

test('a piece that landed without data opens a disposal case and scans as unknown', async () => {
  const cases = await window.context.db.query<{ procedure: string; facts: string }>(
    `select c.procedure, c.facts from cases.cases c join clearance.overlanded o on o.id = c.subject`,
  );
  assert.equal(cases.length, 2);
  assert.ok(cases.every((one) => one.procedure === 'disposal' && JSON.parse(one.facts).cause === 'over-landed'));
  const scan = await ask({ method: 'GET', url: `/v1/scans/${flight.overLanded[0]}`, as: ids.operator });
  assert.equal(scan.body.answer, 'unknown');
});

test('a parcel in two pieces is released only when the late piece has come', async () => {
  const before = await statusOf(flight.twoPieces);
  assert.equal(before.status, 'cleared');
  assert.equal(before.presented, 1);
  const [there] = flight.parcels[flight.twoPieces]!.barcodes;
  assert.equal((await ask({ method: 'GET', url: `/v1/scans/${there}`, as: ids.operator })).body.answer, 'hold');
  clock.advance(24 * 3_600_000);
  const late = await ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body: flight.nextDay });
  assert.equal(late.body.released, 1);
  assert.equal((await statusOf(flight.twoPieces)).status, 'released');
  assert.equal((await ask({ method: 'GET', url: `/v1/scans/${there}`, as: ids.operator })).body.answer, 'go');
});

test('what the projection keeps is what the journal makes of it', async () => {
  const { rebuild } = await import('#modules/clearance/index.ts');
  const rebuilt = await rebuild(window.context);
  assert.equal(rebuilt.differing, 0);
  assert.equal(rebuilt.parcels, flight.parcels.length - flight.shortLanded.length);
});

test('a tally of more pieces than one set is answered at once, worked through in sets, and goes on after a stop', async () => {
  const made = Array.from({ length: 26 }, (_, index) =>
    invent({ seed: 51, index, at: clock.now(), run: 'LARGE', kind: 'gift' }),
  );
  const lines = [];
  for (const [index, one] of made.entries()) {
    const body = structuredClone(one.body);
    const barcodes = Array.from({ length: 99 }, (_, piece) => `LARGE-${index}-${piece}`);
    body.transports![0]!.pieces = barcodes.map((barcode) => ({ barcode }));
    lines.push({ house: one.house, pieces: 99, barcodes });
    assert.equal((await ask({ method: 'POST', url: '/v1/consignments', as: one.filer, body })).status, 201);
  }
  const manifest = { master: 'LARGE', carrier: ids.carrier, mode: 'air' as const, lines };
  assert.equal((await handIn(manifest, ids.carrier)).status, 201);
  const allExcept = { missing: ['LARGE-25-0'], extra: [] };
  const arrival = { ...flight.arrivals[0]!, reference: 'LARGE', master: 'LARGE', allExcept };
  const url = '/v1/arrivals';
  const told = await ask({ method: 'POST', url, as: ids.operator, body: arrival });
  assert.equal(told.status, 202);
  assert.deepEqual([told.body.finished, told.body.tallied, told.body.handled], [null, 26 * 99 - 1, 0]);
  const progress = async () => (await ask({ method: 'GET', url: `${url}/${told.body.id}`, as: ids.operator })).body;
  assert.equal(await resumeArrivals(window.context), true);
  const half = await progress();
  assert.deepEqual([half.finished, half.handled], [null, 2_000]);
  assert.ok(half.released > 0 && half.released < 25);
  await window.settle();
  const whole = await progress();
  assert.deepEqual([whole.handled, whole.released, whole.incomplete], [26 * 99 - 1, 25, 1]);
  assert.deepEqual(whole.shortLanded, ['LARGE-25-0']);
  assert.ok(whole.finished);
  const again = await ask({ method: 'POST', url, as: ids.operator, body: arrival });
  assert.deepEqual([again.status, again.body], [201, whole]);
  assert.equal((await ask({ method: 'GET', url: `${url}/${told.body.id}`, as: ids.smallest })).status, 404);
  const entries = await window.context.db.query<{ kind: string; many: number }>(
    `select kind, count(*)::int4 as many from platform.journal where kind in ('clearance.released', 'clearance.short-landed')
       and subject in (select id from clearance.pieces where barcode like 'LARGE-%') group by kind order by kind`,
  );
  assert.deepEqual(entries, [
    { kind: 'clearance.released', many: 25 },
    { kind: 'clearance.short-landed', many: 1 },
  ]);
});
