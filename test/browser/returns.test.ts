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

describe('returns', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  const one = async (sql: string): Promise<string> => {
    const [row] = await window.context.db.query<{ id: string }>(sql);
    return row!.id;
  };
  const refunded = (): Promise<string> =>
    one(`select r.parcel as id from clearance.returns r join clearance.declarations d on d.id = r.parcel
          where r.outcome = 'refunded' and d.filer = 'XL-LANTERN' order by r.id desc limit 1`);
  const fits = async (page: Page, what: string): Promise<void> => {
    assert.equal(await overflows(page), false, what);
    assert.deepEqual(await findings(page), [], what);
  };

  for (const [look, options] of looks)
    test(`a parcel with a return, the case of one in doubt and the operator’s page fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'salma');
      await page.goto(`${window.origin}/parcels/${await refunded()}`);
      const form = page.locator('details:has(form[action$="/returns"])');
      if ((await form.count()) > 0) await form.locator('summary').first().click();
      await fits(page, 'a parcel');
      await become(page, window.origin, 'nives');
      const doubt = await one("select id from cases.cases where procedure = 'return' and state = 'doubt' limit 1");
      await page.goto(`${window.origin}/cases/${doubt}`);
      await fits(page, 'a case');
      await become(page, window.origin, 'celso');
      await page.goto(`${window.origin}/returns`);
      await fits(page, 'goods back');
      await page.context().close();
    });

  test('a seller sends a line back, is told what is missing, and the operator takes it in: given back, without scripts', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    const parcel = await one(`select p.id from clearance.parcels p join clearance.declarations d on d.id = p.id
      where p.status = 'released' and d.filer = 'XL-LANTERN' and d.route = 'low-value' and d.border_minor > 0
        and not exists (select from clearance.returns r where r.parcel = p.id) order by p.since desc limit 1`);
    await page.goto(`${window.origin}/parcels/${parcel}`);
    const form = page.locator('form[action$="/returns"]');
    await page.locator('details:has(form[action$="/returns"]) summary').first().click();
    await form.locator('button').click();
    await shows(page, /Choose why the goods go back/, '.govuk-error-summary');
    await form.locator('[name^="quantity."]').first().fill('999999');
    await form.locator('[name=ground]').first().check();
    await form.locator('button').click();
    await shows(page, /only [\d.]+ are left/, '.govuk-error-summary');
    assert.equal(await page.locator('.govuk-error-summary a[href^="#return-quantity"]').count(), 1);
    const many = /only ([\d.]+) are left/.exec(await read(page, '.govuk-error-summary'))![1]!;
    await form.locator('[name^="quantity."]').first().fill(many);
    await form.locator('button').click();
    assert.equal(new URL(page.url()).pathname, `/parcels/${parcel}`);
    const text = await read(page, 'section.card');
    assert.match(text, /On its way back[^]*To be back by[^]*would be given back/);
    const number = (await page.locator('section.card .ref').first().innerText()).trim();

    await become(page, window.origin, 'celso');
    await page.goto(`${window.origin}/returns`);
    await page.locator('form[action="/returns"] button').click();
    await shows(page, /number on the label/, '.govuk-error-summary');
    await page.locator('[name=id]').fill(number);
    await page.locator('[name=place]').fill('XP-CAPO-AIR');
    await page.locator('form[action="/returns"] button').click();
    await shows(page, /are back/, '.govuk-notification-banner');

    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/parcels/${parcel}`);
    await shows(page, /Back, and given back[^]*What is given back/, 'section.card');
    await page.context().close();
  });

  test('an officer gives nothing back for goods that are damaged, with ground, reason and remedy', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await become(page, window.origin, 'nives');
    await page.goto(`${window.origin}/queue?procedure=return`);
    await shows(page, /Return of goods/, 'main');
    const doubt = await one(
      "select id from cases.cases where procedure = 'return' and state = 'doubt' and claimed_by is null limit 1",
    );
    await page.goto(`${window.origin}/cases/${doubt}`);
    await shows(page, /Back; an officer decides[^]*Damaged[^]*What an officer may give back/, 'section.card');
    const step = page.locator('details:has([name=move][value=refuse-refund])');
    await step.locator('summary').first().click();
    await step.locator('[name="decision.ground"]').fill('Commerce Order, art. 14');
    await step.locator('[name="decision.reason"]').fill('The goods were used and broken.');
    await step.locator('button').click();
    await shows(page, /Refused[^]*used and broken/, 'main');
    await page.context().close();
  });
});
