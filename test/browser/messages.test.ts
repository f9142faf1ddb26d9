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
  shows,
} from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

describe('messages in the formats of other systems', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;

  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);

  const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

  test('a file is handed in without scripts: what is wrong is said by line, and what is read is shown', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/slips`);
    await page.click('main a[href="/messages"]');
    await page.setInputFiles('input[name=file]', file('parcels.csv', 'declaration,colour\nX,red\n'));
    await page.click('form[action="/messages"] button');
    await shows(page, /no column colour/, '.govuk-error-summary');
    await page.setInputFiles('input[name=file]', file('bad.xml', '<a>\n<b></a>'));
    await page.click('form[action="/messages"] button');
    await shows(page, /line 2/, '.govuk-error-summary');
    const exported = await page.locator('tbody tr').count();
    const columns = 'declaration,movement,nature,declarant,currency,line,description,language,price,quantity';
    const seller = (await (await fetch(`${window.origin}/demo/parcel.json`)).json()) as {
      declaration: { declarant: string };
    };
    const row = `T-1,import,sale,${seller.declaration.declarant},XPN,1,Lantern,en,12.00,1`;
    await page.setInputFiles('input[name=file]', file('parcels.csv', `${columns}\n${row}\n`));
    await page.click('form[action="/messages"] button');
    assert.match(new URL(page.url()).pathname, /^\/messages\/[0-9a-f-]{36}$/);
    await shows(page, /Taken|Refused/);
    await page.click('.govuk-back-link');
    await page.waitForSelector('input[type=file]');
    assert.equal(await page.locator('tbody tr').count(), exported + 1);
    await page.context().close();
  });

  for (const [look, options] of looks)
    test(`the list and a message fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'teo');
      await page.goto(`${window.origin}/messages`);
      const one = await page.locator('tbody th a').last().getAttribute('href');
      for (const path of ['/messages', one]) {
        await page.goto(window.origin + path);
        for (const more of await page.locator('main details > summary').all()) await more.click();
        const shots = process.env['PORTOLAN_SHOTS'];
        if (shots)
          await page.screenshot({
            path: `${shots}/${look.replaceAll(/\W+/g, '-')}-${path === one ? 'one' : 'list'}.png`,
            fullPage: true,
          });
        assert.equal(await overflows(page), false, path ?? '');
        assert.deepEqual(await findings(page), [], path ?? '');
      }
      await page.context().close();
    });

  test('whoever is not signed in signs in first, and a message of another is not there', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(`${window.origin}/messages`);
    assert.match(new URL(page.url()).pathname, /^\/oidc\/interaction\//);
    await become(page, window.origin, 'teo');
    await page.goto(`${window.origin}/messages`);
    const one = await page.locator('tbody th a').last().getAttribute('href');
    await become(page, window.origin, 'viktor');
    assert.equal((await page.goto(window.origin + one))?.status(), 404);
    await page.context().close();
  });
});
