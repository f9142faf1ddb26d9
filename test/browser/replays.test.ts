import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { lastReplay } from '#modules/clearance/index.ts';
import { anonymous } from '#platform/auth.ts';
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

describe('a draft of the law held against stored parcels', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  let replay = '';
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
    const mandates = [
      { authority: 'tax', element: '*', purpose: 'tax', reference: '', from: '2020-01-01', until: null },
    ];
    const officer = { ...anonymous('2026-01-01'), assurance: 'demo', authority: 'tax', roles: ['officer'] } as const;
    replay = `/replays/${await lastReplay(window.context, { ...officer, mandates })}`;
  });
  after(closeOpened);

  for (const [look, options] of looks)
    test(`the result and the form fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'dora');
      await page.goto(window.origin + replay);
      for (const summary of await page.locator('main summary').all()) await summary.click();
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await page.goto(`${window.origin}${await page.locator('nav a[href^="/law/changes/"]').getAttribute('href')}`);
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await page.context().close();
    });

  test('an officer starts a replay without JavaScript, and its page goes on by itself until the result is there', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'dora');
    await page.goto(window.origin + replay);
    await page.click('nav a[href^="/law/changes/"]');
    await page.fill('[name=assumed]', '');
    await page.click('main form button');
    await page.waitForURL(/\/replays\//);
    await shows(page, /Waiting to start/);
    await window.settle();
    // Nobody clicks: the page asks again by itself.
    await page.waitForSelector('a[href$="/result.csv"]');
    // The draft begins tomorrow, so that on its own day no parcel of the month changes.
    await shows(page, /Parcels that change\s+0\b/);
    await page.context().close();
  });

  test('the page of a result says who is affected, and an example leads to a parcel', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'dora');
    await page.goto(window.origin + replay);
    const text = await read(page);
    for (const words of ['Outcomes that flip', 'What is charged', 'Where the parcels come from', 'Sellers'])
      assert.ok(text.includes(words), words);
    assert.ok((await page.locator('.chart__bar').count()) > 5);
    await page.locator('a[href*="/examples/"]').first().click();
    assert.match(page.url(), /\/parcels\/[0-9a-f-]{36}$/);
    await page.context().close();
  });
});
