import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
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
import { fitsTelephone } from '../support/walk.ts';

describe('exports', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  const firstOf = async (page: Page, status: string): Promise<void> => {
    await page.goto(`${window.origin}/parcels?status=${status}`);
    await page.locator('tbody th a').first().click();
    await page.waitForLoadState('load');
  };

  for (const [look, options] of looks)
    test(`the way of an export, its proof and the answer that leads to it fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'irma');
      const sound = async (what: string): Promise<void> => {
        assert.equal(await overflows(page), false, what);
        assert.deepEqual(await findings(page), [], what);
        await fitsTelephone(page);
      };
      for (const status of ['cleared', 'released', 'left']) {
        await firstOf(page, status);
        await sound(`an export ${status}`);
      }
      await page.locator('.tasks a').click();
      await page.waitForLoadState('load');
      await sound('the proof');
      const asked = new URLSearchParams({
        run: '1',
        economy: 'xp',
        event: 'exit',
        'goods.0.description': 'Cloth',
        'goods.0.price': '80.00',
        'goods.0.commodity': '610910',
        currency: 'XPN',
        on: '2026-11-23',
      });
      await page.goto(`${window.origin}/assess?${asked.toString()}`);
      await sound('the answer of the pre-check');
      await page.context().close();
    });

  test('S54 an exporter follows her export from the page that says what is next to the proof she saves', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB', acceptDownloads: true });
    await become(page, window.origin, 'irma');
    await firstOf(page, 'cleared');
    await shows(page, /Bring every piece to XP-CAPO-AIR/, 'main');
    await firstOf(page, 'released');
    await shows(page, /The operator of the place reports/, 'main');
    await page.goto(`${page.url()}/export-proof`);
    await shows(page, /issued when the last piece has left/, 'main');
    await firstOf(page, 'left');
    await page.locator('.tasks a').click();
    await page.waitForLoadState('load');
    const text = await read(page, 'main');
    assert.match(text, /Tessitura Tessera/);
    assert.match(text, /Is it genuine/);
    const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('a[href$=".jws"]').click()]);
    assert.equal(saved.suggestedFilename(), 'export-proof.jws');
    await page.context().close();
  });

  for (const [look, options] of looks)
    test(`what left and what was kept back is listed for the operator and for officers, fits, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      for (const person of ['celso', 'nives']) {
        await become(page, window.origin, person);
        await page.goto(`${window.origin}/parcels`);
        await page.locator('main a[href="/departures"]').click();
        await page.waitForLoadState('load');
        assert.equal(await page.locator('tr:has-text("PTE00292")').count(), 1, person);
        assert.equal(await overflows(page), false);
        assert.deepEqual(await findings(page), []);
        await fitsTelephone(page);
        await page.locator('a[href^="/departures/"]:has-text("FLIGHT-30")').click();
        await page.waitForLoadState('load');
        assert.equal(await page.locator('tr:has-text("PTE00292")').count(), 1, person);
        assert.deepEqual(await findings(page), []);
        await fitsTelephone(page);
      }
      await become(page, window.origin, 'nives');
      await page.goto(`${window.origin}/queue`);
      assert.equal(await page.locator('main a[href="/departures"]').count(), 1, 'it is work on the queue of customs');
      await become(page, window.origin, 'salma');
      await page.goto(`${window.origin}/departures`);
      assert.equal(await page.locator('tbody tr').count(), 0, 'nothing of others is shown');
      await page.context().close();
    });

  test('a carrier reads where the export is and is shown no proof of it', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await become(page, window.origin, 'irma');
    await firstOf(page, 'left');
    const address = page.url();
    await become(page, window.origin, 'petra');
    await page.goto(address);
    assert.equal(await page.locator('.tasks a').count(), 0);
    const answer = await page.goto(`${address}/export-proof`);
    assert.equal(answer?.status(), 404);
    await page.context().close();
  });
});
