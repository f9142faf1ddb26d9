import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import * as fc from 'fast-check';
import { must } from '#kernel/result.ts';
import { systemClock } from '#platform/clock.ts';
import type { App } from '#platform/http.ts';
import { withUploads } from '#platform/uploads.ts';
import { testDb, type TestDb } from '../../../test/support/db.ts';
import { attach, attachmentOf, attachmentsOf, attachmentBytesMax, sendAttachment } from './index.ts';
import { kindOf, nameOf } from './model.ts';

const starts: Readonly<Record<string, string>> = {
  'application/pdf': '%PDF-1.7\n',
  'image/jpeg': '\xff\xd8\xff\xe0',
  'image/png': '\x89PNG\r\n\x1a\n',
  'image/webp': 'RIFF\x00\x00\x00\x00WEBPVP8 ',
};
const bytesOf = (mediaType: string): Buffer => Buffer.from(`${starts[mediaType]}rest`, 'latin1');
const pdf = bytesOf('application/pdf');
const about = { kind: 'thing', id: 'one' };
const context = { clock: systemClock };
let opened: TestDb;
before(async () => {
  opened = await testDb();
});

const attached = (more: object) =>
  opened.db.tx((tx) => attach(context, tx, { name: 'paper.pdf', bytes: pdf, by: 'ana', about, ...more }));

test('a file is what its first bytes say, whatever its name says', () => {
  for (const mediaType of Object.keys(starts)) assert.equal(kindOf(bytesOf(mediaType))?.mediaType, mediaType);
  for (const text of ['<html>', 'GIF89a', ' %PDF-1.7', 'RIFF0000WAVE', '\x89PNG', ''])
    assert.equal(kindOf(Buffer.from(text, 'latin1')), undefined);
});

test('a name loses folders, controls and marks of direction, and ends as its file is', () => {
  const kind = kindOf(pdf)!;
  assert.equal(nameOf('C:\\papers\\licence.PDF', kind), 'licence.pdf');
  assert.equal(nameOf('../../etc/passwd', kind), 'passwd.pdf');
  assert.equal(nameOf('page.html', kind), 'page.html.pdf');
  assert.equal(nameOf('\u202efdp.exe', kind), 'fdp.exe.pdf');
  assert.equal(nameOf('رخصة.pdf', kind), 'رخصة.pdf');
  assert.equal(nameOf('', kind), 'file.pdf');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
      const name = nameOf(given, kind);
      assert.match(name, /^[^/\\"\p{Cc}\p{Cf}]{1,}\.pdf$/u);
      assert.ok(Array.from(name).length <= 104);
      assert.equal(nameOf(name, kind), name, 'what was kept once stays');
    }),
  );
});

test('bytes are given back as they came, with their digest, and only for the record they are about', async () => {
  const kept = must(await attached({}));
  assert.equal(kept.sha256, hash('sha256', pdf, 'hex'));
  const back = must(await attachmentOf(opened.db, about, kept.id));
  assert.deepEqual(back.bytes, pdf);
  assert.equal(back.mediaType, 'application/pdf');
  assert.ok((await attachmentsOf(opened.db, about)).some(({ id }) => id === kept.id));
  for (const other of [
    { kind: 'thing', id: 'two' },
    { kind: 'other', id: 'one' },
  ]) {
    const found = await attachmentOf(opened.db, other, kept.id);
    assert.equal(found.ok ? '' : found.error.code, 'documents/not-found');
  }
  const odd = await attachmentOf(opened.db, about, 'no-id');
  assert.equal(odd.ok, false);
});

test('what is too large, empty or of another kind is refused and leaves nothing', async () => {
  const cases: [object, string][] = [
    [{ bytes: Buffer.concat([pdf, Buffer.alloc(attachmentBytesMax)]) }, 'documents/too-large'],
    [{ tooLarge: true }, 'documents/too-large'],
    [{ bytes: Buffer.alloc(0) }, 'documents/empty'],
    [{ bytes: Buffer.from('<html>') }, 'documents/kind-unknown'],
  ];
  const earlier = await attachmentsOf(opened.db, about);
  for (const [given, code] of cases) {
    const result = await attached(given);
    assert.equal(result.ok ? '' : result.error.code, code);
  }
  assert.deepEqual(await attachmentsOf(opened.db, about), earlier);
});

async function server(): Promise<App> {
  const app = Fastify() as unknown as App;
  after(() => app.close());
  await withUploads(app, { files: 2, bytes: 64 }, (scope) => {
    scope.post('/files', (request) => ({
      body: request.body,
      files: [...request.uploads].map(([field, all]) => [
        field,
        all.map(({ name, bytes, tooLarge }) => [name, bytes.length, tooLarge]),
      ]),
    }));
  });
  app.get('/file', (_request, reply) =>
    sendAttachment(reply, {
      id: '',
      name: "l'été (1).pdf",
      mediaType: 'application/pdf',
      size: pdf.length,
      sha256: '',
      by: '',
      attached: '',
      bytes: pdf,
    }),
  );
  app.post('/plain', (request) => request.body);
  return app;
}

const multipart = (form: FormData) => new Response(form);

test('a form brings its texts as its body and its files beside them, and no other address reads files', async () => {
  const app = await server();
  const form = new FormData();
  form.set('csrf', 'token');
  form.append('name', 'first');
  form.append('name', 'second');
  form.append('paper', new File([pdf], 'paper.pdf'));
  form.append('empty', new File([], ''));
  const sent = multipart(form);
  const headers = { 'content-type': sent.headers.get('content-type') ?? '' };
  const payload = Buffer.from(await sent.arrayBuffer());
  const taken = await app.inject({ method: 'POST', url: '/files', headers, payload });
  assert.deepEqual(taken.json(), {
    body: { csrf: 'token', name: 'first' },
    files: [['paper', [['paper.pdf', pdf.length, false]]]],
  });
  const elsewhere = await app.inject({ method: 'POST', url: '/plain', headers, payload });
  assert.equal(elsewhere.statusCode, 415);
});

test('a file that is too large is told as such; too many files, and a body beyond them, are not read', async () => {
  const app = await server();
  const send = async (files: File[], more = {}) => {
    const form = new FormData();
    for (const one of files) form.append('paper', one);
    const sent = multipart(form);
    const payload = Buffer.from(await sent.arrayBuffer());
    const headers = { 'content-type': sent.headers.get('content-type') ?? '', ...more };
    return app.inject({ method: 'POST', url: '/files', headers, payload });
  };
  const large = await send([new File([Buffer.alloc(65)], 'a')]);
  assert.deepEqual(large.json().files, [['paper', [['a', 64, true]]]]);
  const many = await send([1, 2, 3].map((one) => new File(['x'], String(one))));
  assert.equal(many.statusCode, 413);
  const huge = await send([new File([Buffer.alloc(400_000)], 'a')]);
  assert.notEqual(huge.statusCode, 200);
});

test('an attachment is sent to be kept under its name, and never to be shown', async () => {
  const app = await server();
  const { headers, rawPayload } = await app.inject({ url: '/file' });
  assert.equal(headers['content-disposition'], "attachment; filename*=UTF-8''l%27%C3%A9t%C3%A9%20%281%29.pdf");
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['content-type'], 'application/pdf');
  assert.deepEqual(rawPayload, pdf);
});
