import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, skipBrowser } from '../support/browser.ts';
import { type Demonstration, openDemonstration } from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

describe('registration', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);

  test('without JavaScript a business registers with a paper, and who registered it signs in', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${window.origin}/register`);
    await page.fill('[name=name]', 'Rete di Sale');
    await page.fill('[name=address]', 'Via del Faro 7');
    await page.selectOption('[name="identifiers.0.scheme"]', 'lei');
    await page.fill('[name="identifiers.0.value"]', '506700GE1G29325QX364');
    await page.check('[name="roles.seller"]');
    await page.fill('[name="person.shown"]', 'Ada Salina');
    await page.fill('[name="person.name"]', 'ada.salina');
    await page.click('form[action="/register"] button');
    assert.match(await page.innerText('main'), /check digits/, 'a mistyped number is told at its field');
    await page.fill('[name="identifiers.0.value"]', '506700GE1G29325QX363');
    const extract = { name: 'extract.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 extract') };
    await page.setInputFiles('[name=documents]', extract);
    await page.click('form[action="/register"] button');
    await page.waitForSelector('main a.govuk-button[href*="/password/"]');
    await page.click('main a.govuk-button');
    await page.fill('[name=password]', 'a long enough word');
    await page.fill('[name=again]', 'a long enough word');
    await page.click('main form button');
    await page.goto(`${window.origin}/business`);
    const seen = await page.innerText('main');
    assert.match(seen, /506700GE1G29325QX363/);
    await page.click('main details summary');
    assert.match(await page.innerText('main'), /extract\.pdf/);
    await context.close();
  });
});
