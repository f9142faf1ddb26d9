import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { Type } from 'typebox';
import { refuse } from '#kernel/result.ts';
import { testDb } from '../../test/support/db.ts';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { createHttp, httpRefusals, type App, type Grounds } from './http.ts';
import { createLog } from './log.ts';
import { problemOf, sendProblem } from './problem.ts';
import { createReference } from './snapshot.ts';

const { db, open } = await testDb({ modules: [] });
const logged: string[] = [];
const lone = open(1);
const context: Grounds = {
  config: readConfig({}, []),
  db: {
    ...db,
    query: (sql, params) =>
      down ? lone.query('select pg_terminate_backend(pg_backend_pid())') : db.query(sql, params),
  },
  clock: systemClock,
  log: createLog(systemClock, {}, (line) => logged.push(line)),
  reference: createReference(db, []),
};
let down = false;
await context.reference.refresh();

const Parcel = Type.Object(
  { id: Type.String({ minLength: 1 }), pieces: Type.Integer() },
  { additionalProperties: false },
);

async function server(): Promise<App> {
  const app = await createHttp(context, {
    refusals: { 'test/no': { status: 409, title: 'Not now' } },
    words: (code, params) => (code === 'test/no' ? `Not now, ${params['who']}.` : undefined),
    page: (problem) => `<h1>${problem.status}</h1>`,
  });
  app.post('/v1/parcels', { schema: { body: Parcel } }, (request) => ({ id: request.body.id, raw: request.rawText }));
  app.get(
    '/v1/parcels/:id',
    { schema: { querystring: Type.Object({ page: Type.Optional(Type.String()) }, { additionalProperties: false }) } },
    (request) => request.query,
  );
  app.post('/v1/parcels/bulk', { config: { ndjson: true } }, async (request) => {
    assert.ok(request.body instanceof Readable);
    return { bytes: (await buffer(request.body)).length };
  });
  app.get('/v1/no', (_request, reply) =>
    sendProblem(reply, refuse('test/no', { pointer: '/id', params: { who: 'Ana' } }).error),
  );
  app.get('/v1/bug', () => {
    throw new Error('a secret of the house');
  });
  app.get('/v1/unlisted', (_request, reply) => sendProblem(reply, { code: 'test/unlisted' }));
  app.post('/page', (request) => request.body);
  await app.ready();
  return app;
}
const app = await server();
after(() => app.close());

const json = { 'content-type': 'application/json' };
const post = (payload: string | Buffer, headers: Record<string, string> = json) =>
  app.inject({ method: 'POST', url: '/v1/parcels', payload, headers });

interface Shown {
  status: number;
  code: string;
  detail: string;
  type: string;
  title: string;
  instance: string;
  errors?: { pointer: string; code: string; detail: string; in?: string }[];
}
const problem = (reply: { statusCode: number; headers: Record<string, unknown>; body: string }): Shown => {
  assert.match(String(reply.headers['content-type']), /^application\/problem\+json/);
  const shown: Shown = JSON.parse(reply.body);
  assert.equal(shown.status, reply.statusCode);
  assert.match(shown.instance, /^urn:uuid:[0-9a-f-]{36}$/);
  assert.equal(shown.type, `/docs/problems#${shown.code}`);
  return shown;
};

test('a good body reaches the route with its text as received', async () => {
  const text = '{ "pieces": 2,\n "id": "é" }';
  const reply = await post(text);
  assert.equal(reply.statusCode, 200);
  assert.deepEqual(reply.json(), { id: 'é', raw: text });
});

test('each bad body gets its own 4xx, a pointer and a sentence that says what to do', async () => {
  const rows: [string | Buffer, number, string, string?][] = [
    ['{"id":"a","pieces":"2"}', 400, 'http/field-type', '/pieces'],
    ['{"id":"a","pieces":2.5}', 400, 'http/field-type', '/pieces'],
    ['{"id":"a"}', 400, 'http/field-missing', '/pieces'],
    ['{"id":"a","pieces":2,"x":1}', 400, 'http/field-unknown', '/x'],
    ['{"id":"","pieces":2}', 400, 'http/field-size', '/id'],
    ['{"id":"a","id":"b","pieces":2}', 400, 'http/key-repeated', '/id'],
    ['{"id":"\\u0000","pieces":2}', 400, 'http/text-unusable', '/id'],
    ['{"id":"a","pieces":1e400}', 400, 'http/number-too-large', '/pieces'],
    [`{"id":"${'x'.repeat(10_001)}","pieces":2}`, 400, 'http/text-too-long', '/id'],
    ['{"id":"a"', 400, 'http/body-malformed'],
    ['', 400, 'http/body-missing'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 400, 'http/body-encoding'],
    [Buffer.from('\ufeff{}'), 400, 'http/body-byte-order-mark'],
    [`"${'x'.repeat(1 << 20)}"`, 413, 'http/body-too-large'],
  ];
  for (const [payload, status, code, pointer] of rows) {
    const shown = problem(await post(payload));
    const found = shown.errors?.[0] ?? shown;
    assert.equal(shown.status, status, code);
    assert.equal(found.code, code);
    assert.equal(shown.errors?.[0]?.pointer, pointer);
    assert.doesNotMatch(found.detail, /[{}]/);
    assert.match(found.detail, /^(Add|Correct|Keep|Remove|Send|Write)/, code);
  }
});

test('a type that is not read is a 415, also NDJSON where it is not taken', async () => {
  for (const type of ['text/plain', 'application/xml', 'application/x-ndjson', 'multipart/form-data; boundary=x']) {
    assert.equal(problem(await post('{"id":"a","pieces":2}', { 'content-type': type })).code, 'http/media-type', type);
  }
});

test('a route that takes NDJSON reads more than a body may hold', async () => {
  const payload = Buffer.alloc(3 << 20, '{}\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const reply = await app.inject({ method: 'POST', url: '/v1/parcels/bulk', payload, headers });
  assert.deepEqual(reply.json(), { bytes: payload.length });
});

test('queries are not coerced, and a fault in one says so', async () => {
  const shown = problem(await app.inject('/v1/parcels/1?page=1&page=2'));
  assert.deepEqual(shown.errors, [
    { pointer: '/page', code: 'http/field-type', detail: 'Send this as string.', in: 'query' },
  ]);
  assert.equal(problem(await app.inject('/v1/parcels/a%00b')).code, 'http/unusable-address');
  assert.equal(problem(await app.inject('/v1/parcels/%zz')).status, 400);
});

test('an unknown address is a 404, a wrong method a 405 that names the right ones', async () => {
  assert.equal(problem(await app.inject('/v1/nothing')).code, 'http/not-found');
  const reply = await app.inject({ method: 'DELETE', url: '/v1/parcels/7' });
  assert.equal(problem(reply).code, 'http/method-not-allowed');
  assert.equal(reply.headers['allow'], 'GET, HEAD');
});

test('a refusal of a module carries its pointer and the words of its code', async () => {
  const shown = problem(await app.inject('/v1/no'));
  assert.deepEqual(
    [shown.status, shown.title, shown.detail, shown.errors],
    [409, 'Not now', 'Not now, Ana.', [{ pointer: '/id', code: 'test/no', detail: 'Not now, Ana.' }]],
  );
});

test('a bug shows an id and nothing else, and the log holds both', async () => {
  for (const url of ['/v1/bug', '/v1/unlisted']) {
    const reply = await app.inject(url);
    const shown = problem(reply);
    assert.equal(shown.code, 'http/bug');
    assert.doesNotMatch(reply.body, /secret|unlisted/);
    assert.ok(logged.some((line) => line.includes(shown.instance.slice(9)) && /secret|unlisted/.test(line)));
  }
});

test('the window is ready with its database, and answers 503 with Retry-After without it', async () => {
  assert.deepEqual((await app.inject('/health')).json(), { status: 'ready', epoch: '0', economy: 'xp' });
  down = true;
  const reply = await app.inject('/health').finally(() => (down = false));
  assert.equal(problem(reply).code, 'http/outage');
  assert.equal(reply.headers['retry-after'], '5');
  assert.equal((await app.inject('/health')).statusCode, 200);
});

test('a person who asks for a page gets one, except from the API', async () => {
  const headers = { accept: 'text/html,*/*' };
  assert.equal((await app.inject({ url: '/nothing', headers })).body, '<h1>404</h1>');
  assert.equal(problem(await app.inject({ url: '/v1/nothing', headers })).code, 'http/not-found');
});

test('forms are read, and one with NUL in it is refused', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const send = (payload: string) => app.inject({ method: 'POST', url: '/page', payload, headers });
  assert.deepEqual((await send('a=1&b=%C3%A9')).json(), { a: '1', b: 'é' });
  assert.equal(problem(await send('a=%00')).code, 'http/text-unusable');
});

test('every answer carries the headers that keep a page from being misused', async () => {
  for (const url of ['/health', '/nothing', '/v1/bug']) {
    const { headers } = await app.inject(url);
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
  }
});

test('what is not HTTP is answered with a problem too', async () => {
  await app.listen({ port: 0 });
  const address = app.addresses()[0];
  assert.ok(typeof address === 'object');
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(address.port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => resolve(text)).on('error', reject);
  });
  assert.match(answer, /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"code":"http\/bad-request"/);
});

test('the description lists the API and no page, in OpenAPI 3.1', async () => {
  const document = (await app.inject('/openapi.json')).json<{ openapi: string; paths: Record<string, unknown> }>();
  assert.equal(document.openapi, '3.1.0');
  assert.ok('/v1/parcels' in document.paths && !('/page' in document.paths));
});

test('every code of the edge has its sentence', () => {
  const languages = '';
  for (const code of Object.keys(httpRefusals)) {
    const shown = problemOf(app.problems, { code }, '00000000-0000-7000-8000-000000000000', languages);
    assert.notEqual(shown.detail, shown.title, code);
  }
});

test('where a request came from is believed from the proxies that were named, and from nobody else', async () => {
  const options = { refusals: {}, words: () => undefined, page: () => '' };
  for (const [PORTOLAN_PROXIES, from, seen] of [
    ['', '127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1', '198.51.100.7'],
    ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ] as const) {
    const window = await createHttp({ ...context, config: readConfig({ PORTOLAN_PROXIES }, []) }, options);
    window.get('/who', (request) => ({ ip: request.ip }));
    const headers = { 'x-forwarded-for': '192.0.2.66, 198.51.100.7' };
    const told = await window.inject({ url: '/who', headers, remoteAddress: from });
    assert.equal(told.json().ip, seen);
    await window.close();
  }
});
