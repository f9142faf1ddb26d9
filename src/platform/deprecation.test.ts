import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import Fastify from 'fastify';
import { deprecationHeaders, markDeprecated } from './deprecation.ts';

const app = Fastify();
markDeprecated(app);
const schemas = new Map<string, unknown>();
app.addHook('onRoute', ({ url, schema }) => void schemas.set(url, schema));
const deprecated = { since: '2026-07-01', sunset: '2027-07-01', successor: '/v1/new' };
app.get('/v1/old', { config: { deprecated } }, (_request, reply) => reply.code(403).send('no'));
app.get('/v1/new', () => 'new');
after(() => app.close());

test('a deprecated door says since when, until when and what takes its place, also where it refuses', async () => {
  const { headers, statusCode } = await app.inject('/v1/old');
  assert.equal(statusCode, 403);
  // RFC 9745 writes a date as seconds since 1970 after an @, RFC 8594 one of HTTP.
  assert.equal(headers['deprecation'], '@1782864000');
  assert.equal(headers['sunset'], 'Thu, 01 Jul 2027 00:00:00 GMT');
  assert.equal(
    headers['link'],
    '</docs/versions>; rel="deprecation"; type="text/html", </v1/new>; rel="successor-version"',
  );
  assert.ok(JSON.stringify(schemas.get('/v1/old')).includes('"deprecated":true'));
});

test('a door that stays says nothing of the kind', async () => {
  const { headers } = await app.inject('/v1/new');
  assert.deepEqual([headers['deprecation'], headers['sunset'], headers['link']], [undefined, undefined, undefined]);
});

test('a door whose end is not decided has no sunset', () => {
  assert.deepEqual(Object.keys(deprecationHeaders({ since: '2026-07-01' })), ['deprecation', 'link']);
});
