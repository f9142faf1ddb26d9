import assert from 'node:assert/strict';
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ids, parcel as invent } from '#modules/demo/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import type { Kind } from '#modules/slips/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { run } from '../../src/cli/run.ts';
import { type Slip, slipsOf } from '../support/slips.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Files of slips: a line each, and the signed statement that vouches for all of them. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { db } = window.context;

let numbered = 0;
/** The slips of this many parcels, all of one declarant, by kind. */
function make(count: number): Map<Kind, Slip[]> {
  const slips: Slip[] = [];
  while (slips.length < 4 * count) {
    numbered += 1;
    const options = { seed: 21, index: numbered, at: clock.now(), run: 'UPL', kind: 'low-value' as const };
    const made = invent({ ...options, buyer: 9_000 + numbered });
    if (made.filer === ids.agent) slips.push(...slipsOf(JSON.parse(made.raw) as Consignment, made.filer));
  }
  return Map.groupBy(slips, ({ kind }) => kind);
}
const ndjson = (slips: readonly Slip[]): string => slips.map(({ body }) => `${JSON.stringify(body)}\n`).join('');
const senders: Readonly<Record<Kind, string>> = {
  order: ids.platform,
  payment: ids.payments,
  transport: ids.carrier,
  declaration: ids.agent,
};
const send = (kind: Kind, raw: string, headers: Record<string, string> = {}, as = senders[kind]): Promise<Told> =>
  window.ask({ method: 'POST', url: `/v1/${kind}s`, as, raw, type: 'application/x-ndjson', headers });
const linesOf = ({ text }: Told): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const stored = async (): Promise<bigint> =>
  (await db.query<{ count: bigint }>('select count(*) as count from slips.versions'))[0]!.count;

test('a file of slips is answered a line each in order, and makes the parcels of its senders', async () => {
  const made = make(1_100);
  for (const [kind, slips] of made) {
    const told = await send(kind, ndjson(slips));
    assert.equal(told.status, 200, told.text.slice(0, 500));
    const lines = linesOf(told);
    assert.deepEqual(
      lines.map(({ line, status, receipt }) => [line, status, receipt?.number]),
      slips.map(({ url }, index) => [index + 1, 201, decodeURIComponent(url.split('/').at(-1)!)]),
    );
    assert.equal((await send(kind, ndjson(slips))).text, told.text, 'the same file again is answered as before');
  }
  await window.settle();
  const [row] = await db.query<{ parcels: bigint; used: bigint }>(
    `select (select count(*) from clearance.declarations where outcome = 'cleared') as parcels,
            (select count(*) from slips.slips where state = 'used') as used`,
  );
  assert.deepEqual(row, { parcels: 1_100n, used: 4_400n });
});

test('a bad line is answered with its fault and stops nothing', async () => {
  const [first, second, third] = make(3).get('order')!;
  const text = [
    JSON.stringify(first!.body),
    '{"platform": "XL-BAZAAR"',
    '',
    JSON.stringify({ ...second!.body, total: 12 }),
    JSON.stringify({ ...second!.body, platform: 'XL-OTHER' }),
    JSON.stringify(second!.body),
    JSON.stringify({ ...second!.body, seller: null }),
    `"${'x'.repeat(1_100_000)}"`,
    JSON.stringify(third!.body),
  ].join('\n');
  const told = await send('order', text);
  assert.deepEqual(
    linesOf(told).map(({ line, status, problem }) => [line, status, problem?.code, problem?.errors?.[0]?.pointer]),
    [
      [1, 201, undefined, undefined],
      [2, 400, 'http/body-malformed', undefined],
      [4, 400, 'http/invalid', '/total'],
      [5, 403, 'slips/not-yours', '/platform'],
      [6, 201, undefined, undefined],
      [7, 409, 'slips/key-replayed', '/seller'],
      [8, 413, 'http/body-too-large', undefined],
      [9, 201, undefined, undefined],
    ],
  );
});

test('who is not known is told so ahead of any line', async () => {
  const told = await window.ask({
    method: 'POST',
    url: '/v1/orders',
    raw: ndjson(make(1).get('order')!),
    type: 'application/x-ndjson',
  });
  assert.deepEqual([told.status, told.body.code], [401, 'parties/sign-in-needed']);
});

const typ = 'portolan-upload+jws';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
function statement(
  payload: object,
  { key = pair.privateKey, header = { alg: 'ES256', typ } }: { key?: KeyObject; header?: object } = {},
): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
const about = (text: string, filer: string = ids.platform) => ({
  filer,
  lines: text.split('\n').length - 1,
  sha256: hash('sha256', text, 'hex'),
});
const vouch = (text: string, jws: string, as?: string): Promise<Told> =>
  send('order', text, { 'portolan-statement': jws }, as);

async function enter(of: string, key: object | null): Promise<Told> {
  const { body } = await window.ask({ url: '/v1/administration/clients?limit=100', as: 'customs' });
  const { id } = body.items.find(({ name }: any) => name === of);
  const url = `/v1/administration/clients/${id}/signing-key`;
  return window.ask({ method: 'PUT', url, as: 'customs', body: { key } });
}
const publicOf = ({ publicKey }: { publicKey: KeyObject }): object => publicKey.export({ format: 'jwk' });

test('a statement signed with the key on record vouches for a whole file, and is kept as it was received', async () => {
  const text = ndjson(make(3).get('order')!);
  const jws = statement(about(text));
  const before = await vouch(text, jws);
  assert.deepEqual([before.status, before.body.code], [403, 'slips/statement-no-key']);
  assert.equal((await enter(ids.platform, publicOf(pair))).status, 200);
  const told = await vouch(text, jws);
  assert.deepEqual(
    linesOf(told).map(({ status }) => status),
    [201, 201, 201],
  );
  const { number } = linesOf(told)[0].receipt;
  const slip = await window.ask({ url: `/v1/orders/${ids.platform}/${number}`, as: ids.platform });
  const kept = await window.ask({ url: `/v1/statements/${slip.body.statement}`, as: ids.platform });
  assert.deepEqual(
    [kept.body.jws, kept.body.filer, kept.body.lines, kept.body.sha256],
    [jws, ids.platform, 3, hash('sha256', text, 'hex')],
  );
  assert.equal((await window.ask({ url: `/v1/statements/${slip.body.statement}`, as: ids.payments })).status, 404);
  assert.equal((await vouch(text, jws)).text, told.text, 'again, with the same statement');
});

test('a statement that does not fit refuses the whole file, and nothing of it is kept', async () => {
  assert.equal((await enter(ids.platform, publicOf(pair))).status, 200);
  const text = ndjson(make(2).get('order')!);
  const right = about(text);
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cases: [string, string, string][] = [
    ['another key', statement(right, { key: other.privateKey }), 'jws/signature'],
    ['another type', statement(right, { header: { alg: 'ES256', typ: 'JWT' } }), 'jws/type'],
    ['a header that is not understood', statement(right, { header: { alg: 'ES256', typ, crit: ['x'] } }), 'jws/header'],
    ['padding', `${statement(right)}=`, 'jws/malformed'],
    ['another filer', statement({ ...right, filer: ids.payments }), 'slips/statement-filer'],
    ['fewer lines', statement({ ...right, lines: 1 }), 'slips/statement-lines'],
    ['another file', statement({ ...right, sha256: hash('sha256', 'x', 'hex') }), 'slips/statement-digest'],
    ['a member too many', statement({ ...right, until: '2027' }), 'slips/statement-malformed'],
    ['a number as text', statement({ ...right, lines: '2' }), 'slips/statement-malformed'],
  ];
  const before = await stored();
  for (const [what, jws, code] of cases) {
    const told = await vouch(text, jws);
    assert.equal(told.body?.code, code, what);
  }
  const lent = await vouch(text, statement(right), ids.payments);
  assert.equal(lent.body.code, 'slips/statement-no-key', 'another client');
  const changed = await vouch(text.replace('"number"', ' "number"'), statement(right));
  assert.equal(changed.body.code, 'slips/statement-digest', 'one byte more');
  const alone = await window.ask({
    method: 'POST',
    url: '/v1/orders',
    as: ids.platform,
    body: make(1).get('order')![0]!.body,
    headers: { 'portolan-statement': statement(right) },
  });
  assert.equal(alone.body.code, 'slips/statement-alone');
  assert.equal(await stored(), before);
  await enter(ids.platform, null);
  assert.equal((await vouch(text, statement(right))).body.code, 'slips/statement-no-key', 'a key that was taken away');
  assert.equal(await stored(), before);
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith('portolan-upload-'));
  assert.deepEqual(left, [], 'nothing stays on the disk');
});

test('a private key is not taken as a signing key, and nobody but an administrator enters one', async () => {
  const told = await enter(ids.platform, pair.privateKey.export({ format: 'jwk' }));
  assert.deepEqual([told.status, told.body.code, told.body.errors[0].pointer], [400, 'jws/key-private', '/key']);
});

test('the command line sends a file of slips to the door of their kind, and goes on where it was stopped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-slips-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const address = await window.app.listen({ host: '127.0.0.1', port: 0 });
  const slips = make(3).get('order')!;
  const file = join(folder, 'orders.ndjson');
  writeFileSync(file, `${ndjson(slips)}{"platform":"${ids.platform}"}\n`);
  const said = { out: '', err: '' };
  const portolan = (...more: string[]): Promise<number> =>
    run(['submit', file, '--to', address, '--key', window.key(ids.platform), ...more], {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      live: false,
      clock,
    });
  assert.equal(await portolan('--as', 'orders'), 2, said.err);
  assert.match(said.out, /kept +3/);
  const { url } = slips[0]!;
  assert.equal((await window.ask({ url, as: ids.platform })).body.state, 'received');
  assert.equal(await portolan('--as', 'orders'), 2);
  assert.match(said.err, /nothing was sent/);
  assert.equal(await portolan('--as', 'letters'), 1);
});
