import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
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

describe('the developer’s door', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;

  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);

  async function file(key: string, value: string): Promise<number> {
    const body = await (await fetch(`${window.origin}/docs/test-values/${value}.json`)).text();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    return (await fetch(`${window.origin}/v1/consignments`, { method: 'POST', headers, body })).status;
  }

  test('a key is made, used, looked after, replaced and revoked by its own people, without scripts', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/keys`);
    await page.locator('main details > summary').first().click();
    await page.click('form[action="/keys"] button[type=submit]');
    await shows(page, /There is a problem/, '.govuk-error-summary');
    await page.fill('input[name=name]', 'Trial program');
    await page.check('input[name="scopes.file"]');
    await page.check('input[name="scopes.read"]');
    assert.equal(await page.locator('input[name="scopes.pay"], input[name="scopes.administer"]').count(), 0);
    await page.click('form[action="/keys"] button[type=submit]');
    await shows(page, /The key of Trial program/);
    const [key = ''] = /portolan_[\w-]{43}/.exec(await read(page)) ?? [];
    assert.equal(await file(key, 'held'), 201);
    assert.equal(await file(key, 'clean'), 201);
    const lost = await fetch(`${window.origin}/v1/notices/x`, { headers: { authorization: `Bearer ${key}` } });
    const { type } = JSON.parse(await lost.text()) as { type: string };
    await window.settle();
    await page.click('main a[href^="/keys/"]');
    assert.ok(!(await page.content()).includes(key));
    await shows(page, /GET \/v1\/notices\/x[^]*POST \/v1\/consignments/, 'tbody');
    await page.click(`tbody a[href="${type}"]`);
    assert.equal(new URL(page.url()).pathname, '/docs/problems');
    await page.goto(`${window.origin}/keys`);
    await page.click('tr:has-text("Trial program") a[href$="/rotation"]');
    await page.check('input[name=overlap][value="0"]');
    await page.click('form[action$="/rotation"] button[type=submit]');
    await shows(page, /The key of Trial program/);
    const [second = ''] = /portolan_[\w-]{43}/.exec(await read(page)) ?? [];
    assert.equal(await file(key, 'clean'), 401);
    assert.equal(await file(second, 'clean'), 201);
    await page.goto(`${window.origin}/keys`);
    await page.click('tr:has-text("Trial program"):has-text("In use") form[action$="/revoke"] button');
    await shows(page, /revoked/, '.govuk-notification-banner');
    assert.equal(await file(second, 'clean'), 401);
    await page.context().close();
  });

  test('somebody who only pays for his party sees its keys and makes none', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'gildo');
    await page.goto(`${window.origin}/keys`);
    assert.equal(await page.locator('form[action="/keys"]').count(), 0);
    await page.context().close();
  });

  test('a webhook to the receiver that fails is answered 500 and tried again', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/webhooks`);
    await page.locator('details > summary').first().click();
    await page.fill('input[name=url]', `${window.origin}/demo/receivers/failing`);
    await page.click('form[action="/webhooks"] button[type=submit]');
    await page.click('main a[href^="/webhooks/"]');
    assert.equal(await file(window.demo.key, 'refused'), 201);
    await window.settle();
    await page.reload();
    await shows(page, /500/);
    await page.context().close();
  });

  for (const [look, options] of looks)
    test(`each of the pages fits, is light, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'salma');
      await page.goto(`${window.origin}/keys`);
      const key = (await page.locator('tbody th a').first().getAttribute('href')) ?? '';
      const addresses = [
        '/keys',
        key,
        `${key}/rotation`,
        '/docs',
        '/docs/quick-start',
        '/docs/jobs',
        '/docs/test-values',
      ];
      const more = [
        '/docs/api',
        '/docs/api/clearance',
        '/docs/problems',
        '/docs/problems/clearance',
        '/docs/versions',
        '/docs/adr/0012-processes',
      ];
      for (const address of [...addresses, ...more]) {
        const reply = (await page.goto(`${window.origin}${address}`)) ?? assert.fail(address);
        assert.equal(reply.status(), 200, address);
        assert.deepEqual(await findings(page), [], address);
        assert.equal(await overflows(page), false, `${address} is wider than its window`);
        const { responseBodySize } = await reply.request().sizes();
        assert.ok(responseBodySize < 30_000, `${responseBodySize} bytes for ${address}`);
      }
      await page.context().close();
    });
});
