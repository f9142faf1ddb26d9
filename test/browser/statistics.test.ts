import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { shownSummary } from '#modules/statistics/index.ts';
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

describe('months, summary declarations and trade statistics', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  let summary = '';
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
    summary = `/summaries/${await shownSummary(window.context)}`;
  });
  after(closeOpened);

  for (const [look, options] of looks)
    test(`every page fits, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      const sound = async (path: string): Promise<void> => {
        await page.goto(window.origin + path);
        for (const one of await page.locator('main summary').all()) await one.click();
        assert.equal(await overflows(page), false, path);
        assert.deepEqual(await findings(page), [], path);
      };
      await sound('/statistics');
      await become(page, window.origin, 'dora');
      for (const path of ['/summaries', '/summaries/alone', '/statistics/figures', summary, `${summary}/lines/1`])
        await sound(path);
      await page.goto(`${window.origin}${summary}/lines/1`);
      const checklist = await page.locator('main tbody th a[href^="/parcels/"]').first().getAttribute('href');
      await sound(`${checklist}/summary`);
      await page.context().close();
    });

  test('an officer closes a month without JavaScript, and the page goes on by itself until it is closed', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'dora');
    await page.goto(window.origin);
    await page.click('nav a[href="/summaries"]');
    const month = await page.inputValue('[name=month] >> nth=-1');
    await page.fill('input[name=month]', 'October');
    await page.click('main form[method=post] button');
    await shows(page, /This is not a month/);
    await page.fill('input[name=month]', month);
    await page.click('main form[method=post] button');
    await page.waitForURL(/\/summaries\/runs\//);
    await shows(page, /Being prepared/);
    await window.settle();
    // Nobody clicks: the page asks again by itself.
    await page.waitForSelector('main .tag--released');
    await shows(page, /Closed/);
    await page.context().close();
  });

  test('a line leads to its checklists, a checklist to its line, and a parcel to both', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await become(page, window.origin, 'dora');
    await page.goto(window.origin + summary);
    await page.click('main a[href$="/lines/1"]');
    await page.click('main tbody th a[href^="/parcels/"]');
    const parcel = page.url();
    await page.goto(`${parcel}/summary`);
    const back = await page.locator(`main a[href^="${summary}"]`).count();
    assert.ok(back >= 1, 'back to the summary');
    await page.context().close();
  });
});
