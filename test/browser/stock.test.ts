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
  shows,
} from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

const book = '/stock/PF-01';

describe('bonded stock', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);
  const at = (page: Page, path: string) => page.goto(window.origin + path);
  const send = (page: Page, action: string): Promise<void> =>
    page.locator(`form[action="${action}"] button[type=submit]`).click();

  for (const [look, options] of looks)
    test(`books, lines, the sheet and forms with errors fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'celso');
      const fits = async (): Promise<void> => {
        assert.equal(await overflows(page), false);
        assert.deepEqual(await findings(page), []);
      };
      for (const path of ['/stock', book, `${book}/lines/2`, `${book}/count`]) {
        await at(page, path);
        for (const summary of await page.locator('main details > summary').all()) await summary.click();
        await fits();
      }
      await send(page, `${book}/count`);
      await page.waitForSelector('.govuk-error-summary');
      await fits();
      for (const [path, action] of [
        ['/stock', '/stock'],
        [book, `${book}/entries`],
      ] as const) {
        await at(page, path);
        await page.locator('main details > summary').last().click();
        await send(page, action);
        await page.waitForSelector('.govuk-error-summary');
        await fits();
      }
      await page.context().close();
    });

  test('without scripts: the keeper counts, an officer charges what is missing, and the notice leads to the line', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await become(page, window.origin, 'celso');
    await at(page, `${book}/lines/3`);
    const onHand = Number(await page.locator('dd strong bdi').first().innerText());
    await at(page, `${book}/count`);
    await page.fill('[name="lines.2.quantity"]', String(onHand - 1));
    await page.fill('[name="lines.2.explanation"]', 'One candle has melted.');
    await send(page, `${book}/count`);
    await shows(page, /One line differs/);
    const difference = await page.locator('main a[href^="/cases/"]').getAttribute('href');
    await become(page, window.origin, 'nives');
    await at(page, difference!);
    const charge = page.locator('form:has(input[name=move][value=charge-shortage])');
    await page.locator('summary', { hasText: 'Charge what is missing' }).click();
    await charge.locator('[name="decision.ground"]').fill('Customs Code, art. 66');
    await charge.locator('[name="decision.reason"]').fill('Molten candles are not goods that left.');
    await charge.locator('button[type=submit]').click();
    await shows(page, /State\s+Charged/);
    await become(page, window.origin, 'celso');
    await at(page, `${book}/lines/3`);
    await shows(page, /Missing\s+1 PCE/);
    await shows(page, /One candle has melted/);
    await at(page, '/notices');
    await page.locator('tbody th a').first().click();
    await page.locator('main a[href^="/parcels/"]').first().click();
    assert.equal(new URL(page.url()).pathname, `${book}/lines/3`);
    await page.context().close();
  });

  test('the owner sees his lines and may not count them, and whoever has nothing there sees nothing', async () => {
    const page = await openPage(browser, {});
    await become(page, window.origin, 'salma');
    await at(page, book);
    assert.equal(await page.locator('main tbody tr').count(), 3);
    assert.equal(await page.locator(`a[href="${book}/count"]`).count(), 0);
    const [file] = await Promise.all([page.waitForEvent('download'), page.click(`a[href="${book}/lines.csv"]`)]);
    assert.equal(file.suggestedFilename(), 'stock.csv');
    await become(page, window.origin, 'viktor');
    assert.equal((await at(page, book))?.status(), 404);
    await at(page, '/stock');
    await shows(page, /No book here/);
    await page.context().close();
  });
});
