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

describe('a change of law on its pages', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  const waiting = async (page: Page): Promise<string> => {
    await page.goto(`${window.origin}/law/changes`);
    return `${window.origin}${await page.locator('main table a').first().getAttribute('href')}`;
  };

  for (const [look, options] of looks)
    test(`every page fits and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'marina');
      const change = await waiting(page);
      const seen = async (address: string): Promise<void> => {
        await page.goto(address);
        for (const summary of await page.locator('main summary').all()) await summary.click();
        assert.equal(await overflows(page), false, address);
        assert.deepEqual(await findings(page), [], address);
      };
      const paths = ['/law/changes', '/law/changes/new', '/law/versions/xp', '/law/versions/xp/1?file=values.json'];
      for (const path of paths) await seen(window.origin + path);
      for (const path of ['', '/drafts/1?file=pack.json']) await seen(change + path);
      await become(page, window.origin, 'nives');
      await seen(change);
      await page.context().close();
    });

  test('who may not propose is told so, and who may not approve has no form for it', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    for (const person of ['salma', 'nives', 'lino']) {
      await become(page, window.origin, person);
      assert.equal((await page.goto(`${window.origin}/law/changes/new`))?.status(), 403, person);
    }
    const change = await waiting(page);
    await page.goto(change.replace('/law/changes/', '/cases/'));
    assert.equal(page.url(), change, 'a case of this procedure has its own page');
    assert.doesNotMatch(await read(page, '.beside'), /Approve it|Withdraw it/);
    await page.context().close();
  });

  /** Opens a step by its name and sends its form. */
  const take = async (page: Page, name: string, fields: Record<string, string> = {}): Promise<void> => {
    await page.click(`main summary:has-text("${name}")`);
    const form = page.locator(`main details[open] form:has(button:has-text("${name}"))`);
    for (const [field, text] of Object.entries(fields)) await form.locator(`[name="${field}"]`).fill(text);
    await form.locator('button').click();
  };
  const minutes = {
    'minutes.text': 'The conference agreed.',
    'minutes.reference': 'Minutes 12, item 2',
    'decision.reason': 'Postage has become dearer.',
  };

  test('a figure is drafted by the form, proposed, approved twice and in force, without JavaScript', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'marina');
    await page.goto(`${window.origin}/law/changes/new`);
    await page.fill('[name="title"]', 'Gifts up to 75');
    await page.selectOption('[name="value"]', 'gift-limit');
    await page.fill('[name="figure"]', 'much');
    await page.fill('[name="from"]', '2031-01-01');
    await page.selectOption('[name="law"]', 'post-act');
    await page.click('main form button');
    await shows(page, /xp\/values\.json:\d+ \/gift-limit\/values\/1/);
    await page.fill('[name="figure"]', '75.00');
    await page.click('main form button');
    const address = page.url();
    await shows(page, /is XPN 75\.00 from 1 January 2031 instead of XPN 60\.00/);
    const stranger = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    assert.equal((await stranger.goto(address))?.status(), 404);
    await take(page, 'Propose it');
    await shows(page, /Before the steering body/);
    assert.doesNotMatch(await read(page, '.beside'), /Approve it/);
    assert.equal((await stranger.goto(address))?.status(), 200);
    await become(page, window.origin, 'dora');
    await page.goto(address);
    await take(page, 'Approve it', { ...minutes, 'minutes.text': '' });
    await shows(page, /Give the minutes/);
    await page.locator('main details[open] form [name="minutes.text"]').fill('Agreed.');
    await page.locator('main details[open] form button:has-text("Approve it")').click();
    await shows(page, /1 of 2: Inter-Ministerial Conference/);
    await become(page, window.origin, 'nives');
    await page.goto(address);
    await take(page, 'Approve it', minutes);
    const text = await read(page);
    assert.match(text, /In force[^]*2 of 2[^]*In force as[^]*xp \d+\.\d+\.\d+/);
    assert.match(text, /Treasury of Ponenta, Tax Office[^]*Agreed\./);
    await page.goto(`${window.origin}/rules/xp?on=2031-01-02`);
    await shows(page, /XPN 75\.00/, 'tr:has-text("gift-limit")');
    await page.goto(`${window.origin}/law/versions/xp`);
    await shows(page, /still in force[^]*A change of law[^]*\d+\.\d+\.\d+[^]*The files of a start/);
    await stranger.context().close();
    await page.context().close();
  });
});
