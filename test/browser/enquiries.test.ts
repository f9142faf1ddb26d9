import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { tourStops } from '#modules/demo/index.ts';
import { anonymous } from '#platform/auth.ts';
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

/** The buyer's door in a browser: on a telephone, without a script, and while an officer looks at the same case. */
describe('find my parcel', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);

  /** Opens the page of the parcel that the tour leads to, as its buyer does. */
  async function find(page: Page): Promise<void> {
    const { context, demo, origin } = window;
    const stop = tourStops.find(({ id }) => id === 'buyer')!;
    const path = await stop.path(context, demo, anonymous('2026-01-01'));
    await page.goto(origin + path);
    await page.click('form[action="/find-my-parcel"] button[type=submit]');
    await page.waitForURL(/\/find-my-parcel\/parcel/);
  }

  for (const [look, options] of looks)
    test(`the form, a parcel, a link, a report and the self-assessment fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      const looked = async (): Promise<void> => {
        assert.equal(await overflows(page), false, page.url());
        assert.deepEqual(await findings(page), [], page.url());
      };
      await page.goto(`${window.origin}/find-my-parcel`);
      await page.click('form[action="/find-my-parcel"] button[type=submit]');
      await page.waitForSelector('.govuk-error-summary');
      await looked();
      await find(page);
      for (const summary of await page.locator('main details > summary').all()) await summary.click();
      await looked();
      await page.click('form[action$="/link"] button[type=submit]');
      const link = await page.locator('.inset--released .ref').innerText();
      await page.goto(link);
      await looked();
      for (const path of ['/report-fraud', '/readiness', `/readiness?answers=${'012-'.repeat(5)}`]) {
        await page.goto(window.origin + path);
        await looked();
      }
      await page.context().close();
    });

  test('a buyer answers what the desk asks from a telephone without scripts, and the officer’s page says so at once', async () => {
    const buyer = await openPage(browser, {
      javaScriptEnabled: false,
      locale: 'en-GB',
      viewport: { width: 320, height: 640 },
    });
    await find(buyer);
    await shows(buyer, /asks you/);
    const held = await window.context.db.query<{ id: string; desk: string }>(
      `select c.id, c.desk from cases.cases c join enquiries.visits v on c.subject = v.parcels[1]
       where c.procedure = 'held-parcel' order by v.opened desc limit 1`,
    );
    const { id, desk } = held[0]!;
    const officer = await openPage(browser, { locale: 'en-GB' });
    await become(officer, window.origin, desk === 'quarantine' ? 'orso' : 'nives');
    await officer.goto(`${window.origin}/cases/${id}`);
    await shows(officer, /State\s+Waiting for an answer/);

    await buyer.fill('#fact-text', 'It is for my garden, and it was washed.');
    await buyer.click('form:has([name=step][value=fact]) button[type=submit]');
    await shows(buyer, /A person reads it/, 'body');
    await shows(buyer, /You gave a fact|Answered/);
    await shows(officer, /State\s+Answered/);
    await shows(officer, /It is for my garden, and it was washed\./, '[data-live-list=moves]');

    await officer.click('[data-live-list=moves] a');
    await officer.waitForLoadState('load');
    await officer.click('summary:text-is("Release")');
    const form = officer.locator('form:has(input[name=move][value=release])');
    await form.locator('input[name="decision.ground"]').fill('Customs Code, art. 47');
    await form.locator('textarea').fill('The answer settles it.');
    await form.locator('button[type=submit]').click();
    await shows(officer, /State\s+Released/);
    await buyer.click('text=See how it stands now');
    await shows(buyer, /It was released|Nothing stands in its way/);
    await shows(buyer, /The answer settles it\./);

    await officer.context().close();
    await buyer.context().close();
  });

  test('a photograph reaches the case of the desk, and its buyer reads the reply to a question where he asked', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await find(page);
    await page.click('summary:has-text("Ask a person")');
    await page.fill('#question-text', 'How long will it take?');
    await page.click('form:has([name=step][value=question]) button[type=submit]');
    await shows(page, /The answer appears on this page/, 'body');
    await page.click('summary:has-text("Send a paper or a photograph")');
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const buffer = Buffer.from(png, 'base64');
    await page.setInputFiles('input[name=file]', { name: 'garden.png', mimeType: 'image/png', buffer });
    await page.click('form:has([name=step][value=paper]) button[type=submit]');
    await shows(page, /It lies with your parcel’s case/, 'body');
    const path = await page.locator('a[href*="/papers/"]').first().getAttribute('href');
    const caseId = path?.split('/')[3];
    await become(page, window.origin, 'nives');
    await page.goto(`${window.origin}/cases/${caseId}`);
    await shows(page, /garden\.png/);
    await page.goto(`${window.origin}/queue?procedure=enquiry`);
    await page.locator('tbody th a').first().click();
    await shows(page, /Question of a buyer/);
    await page.context().close();
  });
});
