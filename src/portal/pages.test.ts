import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fastify from 'fastify';
import { html } from '#kernel/html.ts';
import { assetUrl } from './assets.ts';
import { inLanguage, languageCookie, languageOf } from './language.ts';
import { page } from './layout.ts';
import { furnish, sendPage } from './pages.ts';
import { harboursOfTheCoast, portolanChart } from './portolan.ts';
import { words } from './text.ts';

const app = fastify();
const frame = { t: words('ar'), url: '/parcels?q=<b>&lang=ar', nav: [{ text: 'Parcels', href: '/parcels' }] };
const document = page({ ...frame, title: 'T <x>', main: html`<h1>T</h1>${'long '.repeat(500)}` });

before(async () => {
  await furnish(app);
  app.get('/page', (_request, reply) => sendPage(reply, document));
  app.get('/json', () => ({ long: 'x'.repeat(5000) }));
});
after(() => app.close());

test('a page is compressed as the browser accepts, kept by nobody, and the same when unpacked', async () => {
  for (const [encoding, unpack] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const answer = await app.inject({ url: '/page', headers: { 'accept-encoding': encoding } });
    assert.equal(answer.headers['content-encoding'], encoding);
    assert.equal(answer.headers['cache-control'], 'private, no-store');
    assert.match(String(answer.headers['vary']), /accept-encoding/i);
    assert.equal(unpack(answer.rawPayload).toString(), document.toString());
  }
  assert.equal((await app.inject('/page')).payload, document.toString());
});

test('an answer of the API is not compressed', async () => {
  const answer = await app.inject({ url: '/json', headers: { 'accept-encoding': 'br, gzip' } });
  assert.equal(answer.headers['content-encoding'], undefined);
});

test('an asset whose address names its content is kept for ever, by another address it is asked for again', async () => {
  const named = await app.inject({ url: assetUrl('app.css'), headers: { 'accept-encoding': 'br' } });
  assert.match(String(named.headers['cache-control']), /immutable/);
  const bare = await app.inject('/assets/app.css');
  assert.match(String(bare.headers['cache-control']), /no-cache/);
  assert.equal(brotliDecompressSync(named.rawPayload).toString(), bare.payload);
  const again = await app.inject({
    url: '/assets/app.css',
    headers: { 'if-none-match': String(bare.headers['etag']) },
  });
  assert.equal(again.statusCode, 304);
  assert.equal((await app.inject('/assets/..%2fassets.ts')).statusCode, 404);
});

test('a document says its language and direction, loads the sheet for it, and holds no inline style or script', () => {
  const text = document.toString();
  assert.match(text, /^<!doctype html>\n<html lang="ar" dir="rtl">/);
  assert.ok(text.includes(assetUrl('app.rtl.css')));
  assert.doesNotMatch(text, / style=|<style|<script>| on\w+=/);
  assert.ok(text.includes('<title>T &lt;x&gt; – Portolan</title>'));
});

test('the way whose address is nearest the page’s own is the current one', () => {
  const nav = ['/', '/parcels', '/parcels/mine', '/parcel'].map((href) => ({ text: href, href }));
  const current = (url: string): string[] =>
    [
      ...page({ ...frame, nav, url, title: 't', main: '' })
        .toString()
        .matchAll(/href="([^"]*)" aria-current/g),
    ].map(([, href]) => href ?? '');
  assert.deepEqual(current('/parcels/mine/5?x=/'), ['/parcels/mine']);
  assert.deepEqual(current('/parcels'), ['/parcels']);
  assert.deepEqual(current('/'), ['/']);
  assert.deepEqual(current('/elsewhere'), []);
});

test('the language is what the address asks, else the cookie, else the browser, else English', () => {
  assert.equal(languageOf({ query: 'ar', cookie: 'en', acceptLanguage: 'en' }), 'ar');
  assert.equal(languageOf({ query: 'xx', cookie: 'ar' }), 'ar');
  assert.equal(languageOf({ acceptLanguage: 'de-DE, en;q=0.3, ar-EG;q=0.8' }), 'ar');
  assert.equal(languageOf({ acceptLanguage: 'zh-CN, zh;q=0.9' }), 'zh');
  assert.equal(languageOf({ acceptLanguage: 'ar;q=0, *' }), 'en');
  assert.equal(languageOf({}), 'en');
});

test('changing the language keeps the rest of the address, and the cookie only travels to this window', () => {
  assert.equal(inLanguage('/x?a=1%202&lang=en', 'ar'), '/x?a=1+2&lang=ar');
  assert.equal(inLanguage('/x', 'ar'), '/x?lang=ar');
  assert.equal(languageCookie('ar', true), 'language=ar; Path=/; Max-Age=31536000; SameSite=Lax; Secure');
});

test('the portolan stays light, names harbours in both languages, and its table holds every route drawn', () => {
  const harbours = harboursOfTheCoast();
  const routes = harbours
    .slice(1)
    .map(({ id }, index) => ({ from: harbours[0]!.id, to: id, volume: index, waiting: 1 }));
  const lost = { from: 'nowhere', to: 'garbino', volume: 9, waiting: 9 };
  const { chart, table } = portolanChart(words('en'), { harbours, routes: [...routes, lost] });
  assert.ok(chart.toString().length < 12_000, `${chart.toString().length} bytes`);
  for (const { name } of harbours)
    for (const code of ['en', 'ar']) assert.ok(chart.toString().includes(name[code] ?? 'no name'));
  assert.equal(table.toString().match(/<tr/g)?.length, routes.length + 1);
  assert.doesNotMatch(chart.toString(), /NaN|Infinity|undefined/);
});

test('a portolan without a parcel is drawn all the same', () => {
  const harbours = harboursOfTheCoast();
  const { chart } = portolanChart(words('en'), {
    harbours,
    routes: [{ from: 'garbino', to: 'garbino', volume: 0, waiting: 0 }],
  });
  assert.doesNotMatch(chart.toString(), /NaN|Infinity/);
});
