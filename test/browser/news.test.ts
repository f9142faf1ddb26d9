import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { sender } from '#modules/feedback/index.ts';
import { createOutbound } from '#platform/outbound.ts';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import {
  become,
  type Demonstration,
  looks,
  openDemonstration,
  openPage,
  overflows,
  read,
  shows,
} from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

describe('news of parcels and where they are sent', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  let server: Server;
  let address = '';
  /** What the receiver answers; how often it was asked. */
  let status = 204;
  let asked = 0;

  /** Files a parcel of the shop that the bar shows, by its key. */
  async function file(): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${window.demo.key}` };
    const parcel = await (await fetch(`${window.origin}/demo/parcel.json`)).text();
    const filed = await fetch(`${window.origin}/v1/consignments`, { method: 'POST', headers, body: parcel });
    assert.equal(filed.status, 201);
  }

  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
    server = createServer((request, reply) => {
      asked += 1;
      request.resume().on('end', () => reply.writeHead(status).end('not today'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/portolan`;
  });
  after(async () => {
    await closeOpened();
    server.close().closeAllConnections();
  });

  const summary = async (page: Page, key: string): Promise<string> =>
    (await page.locator('.govuk-summary-list__row', { hasText: key }).locator('dd').innerText()).trim();

  test('an inbox is opened, shows what happens from then on, and is narrowed by kind, without scripts', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'viktor');
    await page.goto(`${window.origin}/news`);
    assert.equal(await page.locator('tbody tr').count(), 0);
    await page.click('form[action="/news/open"] button');
    assert.equal(await page.locator('form[action="/news/open"]').count(), 0);
    await become(page, window.origin, 'salma');
    await file();
    await window.settle();
    await page.goto(`${window.origin}/news`);
    const first = page.locator('tbody tr').first();
    assert.match(await first.innerText(), /Decided/);
    assert.match((await first.locator('a').getAttribute('href')) ?? '', /^\/parcels\//);
    await page.selectOption('select[name=kind]', 'clearance.denied');
    await page.click('form[role=search] button[type=submit]');
    assert.doesNotMatch(await read(page, 'tbody, .empty'), /Decided/);
    await page.context().close();
  });

  test('a webhook is added, its secret shown once, and what it is sent is told; without scripts', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/webhooks`);
    await page.locator('details > summary').first().click();
    await page.fill('input[name=url]', 'http://10.0.0.1/');
    await page.click('form[action="/webhooks"] button[type=submit]');
    await shows(page, /https/, '.govuk-error-summary');
    await page.fill('input[name=url]', address);
    await page.fill('input[name=size]', '5');
    await page.click('form[action="/webhooks"] button[type=submit]');
    const secret = /whsec_[A-Za-z0-9+/=]{44}/.exec(await read(page))?.[0];
    assert.ok(secret);
    await page.click('main a[href^="/webhooks/"]');
    assert.ok(!(await page.content()).includes(secret));
    await file();
    await window.settle();
    assert.equal(asked, 1);
    await page.reload();
    assert.match(await summary(page, 'Last answer'), /204/);
    assert.equal(await summary(page, 'Still to be sent'), 'Nothing');
    await page.click('form[action$="/state"] button');
    assert.match(await summary(page, 'State'), /Paused/);
    await page.click('form[action$="/state"] button');
    assert.match(await summary(page, 'State'), /Active/);
    await page.click('form[action$="/secret"] button');
    assert.notEqual(/whsec_[A-Za-z0-9+/=]{44}/.exec(await read(page))?.[0], secret);
    await page.context().close();
  });

  test('a dead letter is seen with its last answer and sent again from the page', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/webhooks`);
    await page.click('tbody th a');
    status = 500;
    await file();
    // Twelve attempts take a day and more: here the time of the machine is passed over.
    let now = Date.now();
    const means = { outbound: createOutbound({ loopback: true }), now: () => now, random: () => 0 };
    await window.settle();
    for (let attempts = 0; attempts < 12; attempts += 1) {
      now += 7 * 3_600_000;
      const worker = sender(window.context, means);
      while (await worker.step(window.context.db));
    }
    await page.reload();
    const row = page.locator('table:has(th:text("Given up")) tbody tr').first();
    assert.match(await row.innerText(), /500 not today/);
    status = 204;
    const sent = asked;
    await row.locator('form button').click();
    await shows(page, /sent again in a moment/, 'body');
    now += 7 * 3_600_000;
    const worker = sender(window.context, means);
    while (await worker.step(window.context.db));
    assert.ok(asked > sent);
    await page.reload();
    assert.match(await row.innerText(), /Delivered/);
    await page.context().close();
  });

  for (const [look, options] of looks)
    test(`each of the pages fits, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'salma');
      await page.goto(`${window.origin}/webhooks`);
      const hook = await page.locator('tbody th a').first().getAttribute('href');
      for (const path of ['/news', '/webhooks', hook]) {
        await page.goto(window.origin + path);
        for (const more of await page.locator('main details > summary').all()) await more.click();
        assert.equal(await overflows(page), false, path ?? '');
        assert.deepEqual(await findings(page), [], path ?? '');
      }
      await page.context().close();
    });

  test('an officer is told that news go to parties, and whoever is not signed in signs in first', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(`${window.origin}/webhooks`);
    assert.match(new URL(page.url()).pathname, /^\/oidc\/interaction\//);
    await become(page, window.origin, 'nives');
    for (const path of ['/news', '/webhooks']) {
      const reply = await page.goto(window.origin + path);
      assert.equal(reply?.status(), 403);
      await shows(page, /News of parcels go to parties/);
    }
    await page.context().close();
  });
});
