import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { after, test } from 'node:test';
import { createOutbound, mayConnect } from './outbound.ts';

const open: { close(): void; closeAllConnections(): void }[] = [];
after(() =>
  open.forEach((server) => {
    server.closeAllConnections();
    server.close();
  }),
);

/** A server on this machine; answers the port. */
async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const inside = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.0.9',
  '169.254.169.254',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::7f00:1',
  '64:ff9b::7f00:1',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'not an address',
];

test('no address of a private network, of this machine, of a tunnel or of a group is connected to', () => {
  for (const address of inside) assert.equal(mayConnect(address, false), false, address);
  for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])
    assert.equal(mayConnect(address, false), true, address);
});

test('a demonstration may reach this machine and nothing else inside', () => {
  const machine = /^(::ffff:)?127\.|^::1$/;
  for (const address of inside) assert.equal(mayConnect(address, true), machine.test(address), address);
});

test('an address is refused before anything is sent: no TLS, credentials, a literal or bare name from inside', () => {
  const outbound = createOutbound({ loopback: false });
  const cases: [string, string | undefined][] = [
    ['https://consumer.example/hook', undefined],
    ['https://consumer.example:8443/hook?a=b', undefined],
    ['http://consumer.example/', 'not-https'],
    ['http://127.0.0.1/', 'not-https'],
    ['ftp://consumer.example/', 'not-an-address'],
    ['consumer.example', 'not-an-address'],
    ['https://me:word@consumer.example/', 'has-credentials'],
    ['https://127.0.0.1/', 'not-public'],
    ['https://2130706433/', 'not-public'],
    ['https://0x7f.1/', 'not-public'],
    ['https://[::1]/', 'not-public'],
    ['https://[::ffff:169.254.169.254]/', 'not-public'],
    ['https://localhost/', 'not-public'],
    ['https://postgres/', 'not-public'],
  ];
  for (const [address, fault] of cases) assert.equal(outbound.faultOf(address), fault, address);
});

test('a name that leads inside with one of its addresses is not connected to', async () => {
  for (const found of [['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:192.168.0.1']]) {
    const outbound = createOutbound({ loopback: false, resolve: async () => found });
    assert.deepEqual(await outbound.post('https://consumer.example/', {}, '{}'), {
      answered: false,
      why: 'not-public',
    });
  }
  const nowhere = createOutbound({ loopback: false, resolve: () => Promise.reject(new Error('ENOTFOUND')) });
  assert.deepEqual(await nowhere.post('https://consumer.example/', {}, '{}'), { answered: false, why: 'name-unknown' });
});

test('the connection goes to the address that was looked at, and the name is asked for once', async () => {
  const port = await serve((request, reply) => void reply.end(String(request.headers.host)));
  let asked = 0;
  const resolve = async () => [(asked += 1) === 1 ? '127.0.0.1' : '10.0.0.1'];
  const outbound = createOutbound({ loopback: true, resolve });
  const posted = await outbound.post(`http://localhost:${port}/`, {}, '{}');
  assert.deepEqual(posted, { answered: true, status: 200, body: `localhost:${port}`, retryAfterMs: null });
  assert.equal(asked, 1);
});

test('the body and the headers arrive as they were given', async () => {
  const port = await serve((request, reply) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () =>
      reply.writeHead(202).end(`${request.method} ${String(request.headers['webhook-id'])} ${text}`),
    );
  });
  const posted = await createOutbound({ loopback: true }).post(
    `http://127.0.0.1:${port}/`,
    { 'webhook-id': 'a' },
    '{"ش":1}',
  );
  assert.deepEqual(posted, { answered: true, status: 202, body: 'POST a {"ش":1}', retryAfterMs: null });
});

test('a redirect is an answer and is not followed', async () => {
  let asked = 0;
  const port = await serve((_, reply) => {
    asked += 1;
    reply.writeHead(302, { location: '/elsewhere', 'retry-after': '7' }).end();
  });
  const posted = await createOutbound({ loopback: true }).post(`http://127.0.0.1:${port}/`, {}, '');
  assert.deepEqual(posted, { answered: true, status: 302, body: '', retryAfterMs: 7_000 });
  assert.equal(asked, 1);
});

test('of an answer without end the beginning is read', async () => {
  const port = await serve((_, reply) => {
    const more = (): void => {
      if (!reply.destroyed) reply.write('x'.repeat(1_000), () => setImmediate(more));
    };
    more();
  });
  const posted = await createOutbound({ loopback: true, answerBytesMax: 50 }).post(`http://127.0.0.1:${port}/`, {}, '');
  assert.equal(posted.answered && posted.body, 'x'.repeat(50));
});

test('silence ends after the time given, before and inside an answer', async () => {
  const quick = createOutbound({ loopback: true, timeoutMs: 100 });
  const silent = await serve(() => undefined);
  const why = { answered: false, why: 'no-answer-in-time' };
  assert.deepEqual(await quick.post(`http://127.0.0.1:${silent}/`, {}, ''), why);
  const half = await serve((_, reply) => void reply.writeHead(200).write('half'));
  assert.deepEqual(await quick.post(`http://127.0.0.1:${half}/`, {}, ''), why);
  const nameless = createOutbound({ loopback: false, timeoutMs: 100, resolve: () => new Promise(() => undefined) });
  assert.deepEqual(await nameless.post('https://consumer.example/', {}, ''), why);
});

test('a connection that is refused or cut is a failure and not an error', async () => {
  const port = await serve((request) => void request.socket.destroy());
  const outbound = createOutbound({ loopback: true });
  const why = { answered: false, why: 'connection-failed' };
  assert.deepEqual(await outbound.post(`http://127.0.0.1:${port}/`, {}, ''), why);
  assert.deepEqual(await outbound.post('http://127.0.0.1:1/', {}, ''), why);
});
