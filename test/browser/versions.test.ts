import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { historyDay, historyDays } from '#modules/demo/history.ts';
import { amendedOf } from '#modules/demo/amend.ts';
import { castPrincipal } from '#modules/demo/decisions.ts';
import { parcelList } from '#modules/clearance/index.ts';
import { msOfInstant } from '#platform/clock.ts';
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
import { rawCode } from '../support/walk.ts';

/** A person amends a declaration, asks for other charges, and an officer decides. */

describe('versions of a declaration in a browser', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;

  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });

  after(closeOpened);

  const salma = () => castPrincipal(window.context, 'salma');
  async function own(status: string): Promise<string> {
    const who = await salma();
    const { rows } = await parcelList(window.context, who, { status, limit: 100 });
    return rows.find(({ filer }) => filer === who.party)?.id ?? assert.fail(`no ${status} parcel of hers`);
  }

  async function looksWell(page: Page, what: string): Promise<void> {
    assert.equal(await rawCode(page), undefined, what);
    assert.deepEqual(await findings(page), [], what);
    assert.equal(await overflows(page), false, `${what} is too wide`);
  }

  async function as(person: string, options: BrowserContextOptions, address: string): Promise<Page> {
    const page = await openPage(browser, options);
    await become(page, window.origin, person);
    assert.equal((await page.goto(`${window.origin}${address}`))?.status(), 200, address);
    return page;
  }

  for (const [look, options] of looks) {
    test(`${look}: every version stands on the parcel's page, with what changed`, async () => {
      const day = historyDay(window.demo.seed, msOfInstant(window.demo.began), historyDays);
      const id = (await amendedOf(window.context, await salma(), day)) ?? assert.fail('nothing was amended');
      const page = await as('salma', options, `/parcels/${id}`);
      assert.equal(await page.locator('#versions + .timeline .timeline__event').count(), 2);
      assert.ok((await page.locator('#versions + .timeline del').count()) >= 3, 'price, order and payment');
      await looksWell(page, `parcel ${look}`);
      await page.context().close();
    });

    test(`${look}: a person amends by form: told what is wrong at its field, then done`, async () => {
      const id = await own('cleared');
      const page = await as('salma', options, `/parcels/${id}`);
      await page.click('main a[href$="/amendment"]');
      await looksWell(page, `amend ${look}`);
      const quantity = page.locator('[name="consignment.declaration.goods.0.quantity"]');
      const stood = await quantity.inputValue();
      await quantity.fill('many');
      await page.click('main form button');
      assert.equal(await page.locator('.govuk-error-summary a').first().getAttribute('href'), '#f-ground-0');
      await page.check('[name=ground][value=quantity-changed]');
      await page.fill('[name=reason]', 'One more went into the box.');
      await page.click('main form button');
      assert.match((await page.locator('.govuk-error-summary a').first().getAttribute('href')) ?? '', /quantity$/);
      await looksWell(page, `amend refused ${look}`);
      await quantity.fill(String(Number(stood) + 1));
      await page.click('main form button');
      await page.waitForURL(`${window.origin}/parcels/${id}`);
      const text = await read(page);
      assert.match(text, /One more went into the box\./);
      await page.context().close();
    });

    test(`${look}: charges are asked for again by form, and an officer decides on the case`, async () => {
      const id = await own('released');
      const page = await as('salma', options, `/parcels/${id}/redetermination`);
      await looksWell(page, `redetermine ${look}`);
      const price = page.locator('[name^="accepted."][name$=".price"]').first();
      await price.fill((Number(await price.inputValue()) - 1).toFixed(2));
      await page.check('[name=ground][value=wrong-value]');
      await page.fill('[name=reason]', 'The coupon was not counted.');
      await page.click('main form button');
      await page.waitForURL(`${window.origin}/parcels/${id}`);
      const door =
        (await page.locator('main a[href^="/cases/"]:not(.govuk-button--secondary)').first().getAttribute('href')) ??
        '';
      await page.context().close();
      const desk = await as('nives', options, door);
      await shows(desk, /The coupon was not counted\./);
      await looksWell(desk, `case ${look}`);
      await desk.click('summary:has(+ .more__body [name^="accepted."])');
      const form = desk.locator('form:has([name^="accepted."])');
      await form.locator('[name="decision.ground"]').fill('Customs Code, art. 64');
      await form.locator('[name="decision.reason"]').fill('The receipt shows the coupon.');
      await form.locator('button').click();
      await desk.waitForURL(/done=1/);
      await desk.goto(`${window.origin}/parcels/${id}`);
      await shows(desk, /The receipt shows the coupon\./);
      await looksWell(desk, `determined ${look}`);
      await desk.context().close();
    });
  }

  test('without JavaScript a declaration is amended just so', async () => {
    const id = await own('cleared');
    const page = await as('salma', { javaScriptEnabled: false }, `/parcels/${id}/amendment`);
    await page.locator('[name="consignment.declaration.goods.0.description.text"]').fill('A lamp, hand made');
    await page.check('[name=ground][value=clerical-error]');
    await page.fill('[name=reason]', 'It was described too briefly.');
    await page.click('main form button');
    await page.waitForURL(`${window.origin}/parcels/${id}`);
    await shows(page, /A lamp, hand made/);
    await page.context().close();
  });

  test('a page of a declaration that is not amended any more says so and offers no form', async () => {
    const id = await own('released');
    const page = await openPage(browser, { javaScriptEnabled: false });
    await become(page, window.origin, 'salma');
    assert.equal((await page.goto(`${window.origin}/parcels/${id}/amendment`))?.status(), 409);
    assert.equal(await page.locator('main form').count(), 0);
    await become(page, window.origin, 'teo');
    assert.ok([404, 409].includes((await page.goto(`${window.origin}/parcels/${id}/amendment`))?.status() ?? 0));
    await page.context().close();
  });
});
