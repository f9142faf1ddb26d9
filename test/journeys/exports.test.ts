import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { rebuild } from '#modules/clearance/index.ts';
import { exportParcel, ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow } from '../support/window.ts';

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });

let numbered = 0;
async function file(change: (body: any) => void = () => undefined, pieces = 1) {
  numbered += 1;
  const made = exportParcel({ seed: 3, index: numbered, at: clock.now(), run: 'EXP', pieces });
  const body: any = JSON.parse(made.raw);
  change(body);
  const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: ids.exporter, body });
  return { ...made, told, id: String(told.body.id), sent: body };
}
const common = { operator: ids.operator, place: 'XP-CAPO-AIR' };
const bring = (reference: string, pieces: readonly string[], more: Record<string, unknown> = {}) =>
  window.ask({
    method: 'POST',
    url: '/v1/arrivals',
    as: ids.operator,
    body: { ...common, reference, landed: clock.instant(), pieces, ...more },
  });
const send = (reference: string, pieces: readonly string[]) =>
  window.ask({
    method: 'POST',
    url: '/v1/departures',
    as: ids.operator,
    body: { ...common, reference, left: clock.instant(), pieces },
  });
const read = async (id: string) => (await window.ask({ url: `/v1/consignments/${id}`, as: ids.exporter })).body;
const proof = (id: string, as: string = ids.exporter) => window.ask({ url: `/v1/consignments/${id}/export-proof`, as });
const payloadOf = (jws: string): any => JSON.parse(Buffer.from(jws.split('.')[1]!, 'base64url').toString());
const keys = async () => (await window.ask({ url: '/.well-known/jwks.json' })).body as JSONWebKeySet;

const sold = await file();

test('an export is decided by the same message as an import, on order, receipt and waybill', async () => {
  assert.equal(sold.told.status, 201, sold.told.text);
  const { status, determination, decision } = sold.told.body;
  assert.deepEqual([status, determination.route, decision.outcome], ['cleared', 'export-simple', 'cleared']);
  assert.deepEqual(determination.charges, []);
  assert.ok(determination.obligations.some((one: any) => one.id === 'export-proof' && one.authority === 'tax'));
  const unpaid = await file((body) => delete body.payments);
  assert.equal(unpaid.told.body.status, 'waiting');
  assert.deepEqual(
    unpaid.told.body.decision.checks.map((one: any) => one.id),
    ['slip/payment'],
  );
  const gift = await file((body) => {
    delete body.payments;
    delete body.orders;
    delete body.transports[0].orders;
    body.declaration.nature = 'gift';
    body.declaration.route = undefined;
  });
  assert.equal(gift.told.body.status, 'cleared', gift.told.text);
});

test('a receipt over another amount than the goods is told to whose figure it is', async () => {
  const differing = await file((body) => {
    body.payments[0].amount.amount = '1.00';
  });
  const found = differing.told.body.decision.checks.find((one: any) => one.id.includes('payment-amount'));
  assert.equal(found.result, 'failed');
});

test('proof of export is refused before the goods have left, with where they stand', async () => {
  const early = await proof(sold.id);
  assert.deepEqual([early.status, early.body.code], [409, 'clearance/not-left']);
});

test('goods that came by lorry are tallied by their barcodes without a master bill, and the export is released', async () => {
  const told = await bring('DOCK-1', sold.barcodes);
  assert.equal(told.status, 201, told.text);
  assert.deepEqual([told.body.master, told.body.released, told.body.shortLanded], [null, 1, []]);
  assert.equal((await read(sold.id)).status, 'released');
  assert.equal((await proof(sold.id)).body.code, 'clearance/not-left');
  const all = await bring('DOCK-2', sold.barcodes, { complete: true });
  assert.deepEqual([all.status, all.body.code], [400, 'clearance/master-missing']);
});

test('S54 whoever exported gets a signed proof when the goods have left, that anybody verifies with the public key', async () => {
  clock.advance(3 * 3_600_000);
  const left = await send('FLIGHT-1', sold.barcodes);
  assert.deepEqual([left.body.departed, left.body.parcels, left.body.kept], [1, 1, 0], left.text);
  assert.equal((await read(sold.id)).status, 'left');
  const got = await proof(sold.id);
  assert.equal(got.status, 200);
  assert.match(String(got.headers['content-type']), /^application\/jose/);
  const jwks = await keys();
  const { payload, protectedHeader } = await compactVerify(got.text, createLocalJWKSet(jwks));
  assert.deepEqual({ ...protectedHeader, kid: '' }, { alg: 'ES256', kid: '', typ: 'vc+jwt', cty: 'vc' });
  const said = JSON.parse(new TextDecoder().decode(payload));
  assert.equal(said.issuer.id, window.context.config.origin);
  const { goods, journal, ...subject } = said.credentialSubject;
  assert.deepEqual(subject.declaration, sold.sent.declaration.id);
  assert.deepEqual(subject.seller, { identifier: ids.exporter, name: 'Tessitura Tessera' });
  assert.deepEqual([subject.destination, subject.office], ['XL', 'XP000102']);
  assert.deepEqual(subject.value, sold.sent.declaration.goods[0].price);
  assert.deepEqual(goods[0].price, sold.sent.declaration.goods[0].price);
  assert.equal(goods[0].commodity, sold.sent.declaration.goods[0].commodity);
  assert.deepEqual(subject.exit, { at: '2026-11-20T09:00:00.000Z', place: 'XP-CAPO-AIR', departure: left.body.id });
  const [entry] = await window.context.db.query<{ kind: string; seq: bigint }>(
    'select kind, seq from platform.journal where subject = $1 and seq = $2',
    [sold.id, journal.sequence],
  );
  assert.equal(entry?.kind, 'clearance.left');
  assert.ok(!got.text.includes(sold.sent.declaration.consignee.name.text));
  assert.ok(!JSON.stringify(said).includes(sold.sent.declaration.consignee.name.text), 'it names nobody who receives');
});

test('the same bytes come again, also to the tax office, and plain node:crypto verifies them', async () => {
  const first = (await proof(sold.id)).text;
  clock.advance(86_400_000);
  assert.equal((await proof(sold.id)).text, first);
  const [head = '', body = '', signature = ''] = first.split('.');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString());
  const jwk = (await keys()).keys.find((one) => one.kid === kid);
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const good = (text: string) =>
    verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  assert.ok(good(`${head}.${body}`));
  const forged = payloadOf(first);
  forged.credentialSubject.value.amount = '999.00';
  assert.ok(!good(`${head}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}`));
  assert.ok(!JSON.stringify(await keys()).includes('"d"'), 'no private half is published');
  assert.equal((await proof(sold.id, 'tax')).text, first);
});

test('the page shows the proof, and the few lines on it verify the saved document and nothing else', async () => {
  const url = `/parcels/${sold.id}/export-proof`;
  const headers = { authorization: `Bearer ${window.key(ids.exporter)}` };
  const page = (await window.app.inject({ url, headers })).body;
  const plain = page.replaceAll('&#39;', "'").replaceAll('&gt;', '>').replaceAll('&quot;', '"');
  const script = /<code>(import [\s\S]*?)<\/code>/.exec(plain)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'portolan-proof-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const saved = await window.app.inject({ url: `${url}.jws`, headers });
  assert.match(String(saved.headers['content-disposition']), /export-proof\.jws/);
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify(await keys()));
  const run = (jws: string): string => {
    writeFileSync(join(folder, 'export-proof.jws'), jws);
    return execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
  };
  assert.deepEqual(JSON.parse(run(saved.body)), payloadOf(saved.body));
  const [head = '', , signature = ''] = saved.body.split('.');
  const forged = Buffer.from('{"credentialSubject":{}}').toString('base64url');
  assert.equal(run(`${head}.${forged}.${signature}`), 'not genuine');
});

test('whoever may not see all that a proof says is not told of it', async () => {
  for (const as of [ids.carrier, ids.operator, ids.smallest]) {
    const told = await proof(sold.id, as);
    assert.deepEqual([told.status, told.body.code], [404, 'clearance/not-found'], as);
  }
});

test('an import has no proof of export, also once it passed the gate', async () => {
  const told = await window.ask({ url: `/v1/consignments?limit=1`, as: ids.agent });
  assert.equal(told.status, 200);
  const { shipper } = await import('../support/parcels.ts');
  const ship = shipper(window, clock, 'IMP');
  const one = await ship.file('simplified');
  await ship.land([one]);
  await send('GATE-1', one.barcodes);
  const refused = await proof(one.id, ids.agent);
  assert.deepEqual([refused.status, refused.body.code], [409, 'clearance/not-an-export']);
});

test('of an export in two pieces the proof comes with the last of them and says when that left', async () => {
  const two = await file(undefined, 2);
  await bring('DOCK-3', two.barcodes);
  await send('FLIGHT-2', [two.barcodes[0]!]);
  assert.equal((await proof(two.id)).body.code, 'clearance/not-left');
  clock.advance(3_600_000);
  await send('FLIGHT-3', [two.barcodes[1]!]);
  assert.equal(payloadOf((await proof(two.id)).text).credentialSubject.exit.at, clock.instant());
});

test('two windows’ processes that sign for the first time at once end up with one key', async () => {
  const { windowSigner } = await import('#platform/keys.ts');
  const { db } = window.context;
  await db.query('update platform.signing_keys set retired = clock_timestamp()');
  const signers = await Promise.all(Array.from({ length: 4 }, () => db.tx((tx) => windowSigner(tx, clock.instant()))));
  assert.equal(new Set(signers.map(({ kid }) => kid)).size, 1);
  assert.equal((await keys()).keys.length, 2, 'the retired key still verifies what it signed');
  await compactVerify((await proof(sold.id)).text, createLocalJWKSet(await keys()));
});

test('an export that was taken back is not sent away and has no proof', async () => {
  const back = await file();
  const body = { ground: 'order-cancelled', reason: 'The buyer no longer wants it.' };
  const url = `/v1/consignments/${back.id}/cancellation`;
  assert.equal((await window.ask({ method: 'POST', url, as: ids.exporter, body })).status, 201);
  await bring('DOCK-4', back.barcodes);
  const kept = await send('FLIGHT-4', back.barcodes);
  assert.deepEqual(kept.body.keptBack, [{ barcode: back.barcodes[0], parcel: back.id, status: 'cancelled' }]);
  assert.equal((await proof(back.id)).body.code, 'clearance/not-left');
  const cases = await window.context.db.query('select id from cases.cases where subject = $1', [back.id]);
  assert.deepEqual(cases, [], 'goods that stay at home are not to be disposed of');
});

test('the projection after exports is what the journal makes of it', async () => {
  await window.settle();
  assert.equal((await rebuild(window.context)).differing, 0);
});
