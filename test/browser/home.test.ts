import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Clock } from '#platform/clock.ts';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import { type Demonstration, looks, openDemonstration, openPage, overflows } from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

const dayMs = 86_400_000;
const enoughMs = 60_000;

/** The figures are those of a day, and a day that ends in between takes them with it. */
async function awayFromMidnight(clock: Clock): Promise<void> {
  const leftMs = dayMs - (clock.now() % dayMs);
  if (leftMs < enoughMs) await delay(leftMs);
}

describe('the home page', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  for (const [look, options] of looks)
    for (const path of ['/', '/about/report', '/docs', '/docs/problems']) {
      test(`${path} fits and axe finds nothing: ${look}`, async () => {
        const page = await openPage(browser, options);
        const answer = await page.goto(window.origin + path);
        assert.equal(answer?.status(), 200);
        assert.equal(await overflows(page), false);
        assert.deepEqual(await findings(page), []);
        await page.context().close();
      });
    }

  test('the chart has a table with the same routes, and three doors stand open', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(window.origin);
    const routes = await page.locator('.portolan__sheet path.portolan__route:not(.portolan__route--waiting)').count();
    assert.ok(routes > 0);
    assert.equal(await page.locator('details table tbody tr').count(), routes);
    assert.equal(await page.locator('.card').count(), 3);
    await page.context().close();
  });

  test('a parcel that is decided moves the figures of a page that is open, without loading it again', async () => {
    await awayFromMidnight(window.context.clock);
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(window.origin);
    const figure = page.locator('[data-live-field=decided]');
    const earlier = Number(await figure.textContent());
    const parcel = await (await fetch(`${window.origin}/demo/parcel.json`)).text();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${window.demo.key}` };
    const filed = await fetch(`${window.origin}/v1/consignments`, { method: 'POST', headers, body: parcel });
    assert.equal(filed.status, 201);
    await window.settle();
    await page.locator(`[data-live-field=decided]:text-is("${earlier + 1}")`).waitFor();
    await page.context().close();
  });

  test('what just happened names nobody and no rule that watches', async () => {
    const told = await (await fetch(window.origin)).text();
    const list = /<ul class="live__list"[^]*?<\/ul>/.exec(told)?.[0] ?? '';
    assert.match(list, /<li>/);
    assert.doesNotMatch(list, /risk\/|watch|XL-|XP-[A-Z]/);
  });

  test('a document is shown as it was written, and no address reaches another file', async () => {
    const index = await (await fetch(`${window.origin}/docs`)).text();
    const first = /href="\/docs\/([^"]+\.md)"/.exec(index)?.[1];
    assert.equal((await fetch(`${window.origin}/docs/${first}`)).status, 200);
    for (const path of ['..%2f..%2fpackage.json', '%2e%2e/package.json', 'package.json', 'rows.json'])
      assert.equal((await fetch(`${window.origin}/docs/${path}`)).status, 404, path);
  });
});
