import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import {
  type Demonstration,
  looks,
  openDemonstration,
  openPage,
  overflows,
  read,
  shows,
} from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

describe('help with codes', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  for (const [look, options] of looks) {
    test(`words in Arabic and Chinese lead to a dry run with the code filled in; all fits, axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await page.goto(`${window.origin}/assess`);
      await page.click('main a[href^="/commodities"]');
      await page.waitForSelector('textarea[name=words]');
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await page.fill('textarea[name=words]', 'حقيبة يد جلد\n男士纯棉T恤\nxqzwvk');
      await page.click('form[action="/commodities"] button');
      await shows(page, /420221/);
      await shows(page, /610910/);
      assert.equal(await page.locator('.inset--hand').count(), 1, await read(page));
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await page.locator('section').nth(1).locator('form button').first().click();
      await page.waitForURL(/\/assess\?/);
      assert.equal(await page.inputValue('[name="goods.0.commodity"]'), '610910');
      assert.equal(await page.inputValue('[name="goods.0.description"]'), '男士纯棉T恤');
      await page.context().close();
    });
  }
});
