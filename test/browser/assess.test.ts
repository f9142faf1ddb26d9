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

describe('the dry run', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  for (const [look, options] of looks) {
    test(`the form, an answer and a form with errors fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await page.goto(`${window.origin}/assess`);
      assert.deepEqual(await findings(page), []);
      await page.click('.govuk-button-group a:nth-child(2)');
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await page.fill('[name="goods.0.price"]', '12,5');
      await page.click('form[action="/assess"] button[type=submit]');
      await page.waitForSelector('.govuk-error-summary');
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await page.context().close();
    });
  }

  const cups =
    'run=1&economy=xp&goods.0.description=Two+cups&goods.0.price=120.00&goods.0.quantity=2&goods.0.commodity=691200' +
    '&goods.0.origin=CN&private=yes&currency=XPN&mode=air&method=card&assumed.yearly=0';

  for (const [look, options] of looks) {
    test(`two economies, two zones and coming days fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      for (const more of ['with=xl', 'zone=porto-franco&with=xp&with.zone=vallombra', 'on=2023-12-01', 'with=de']) {
        await page.goto(`${window.origin}/assess?${cups}&${more}`);
        assert.equal(await page.locator('.verdict').count(), more.includes('with') ? 2 : 1, more);
        assert.equal(await overflows(page), false, more);
        assert.deepEqual(await findings(page), [], more);
      }
      await page.context().close();
    });
  }

  test('without JavaScript a second economy is chosen in the form, and its own fields, scale and whole answer follow', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await page.goto(`${window.origin}/assess?${cups}`);
    await page.selectOption('[name=with]', 'xl');
    await page.click('form[action="/assess"] button:not([name])');
    await shows(page, /Levanta[^]*cannot decide[^]*scheme/i, '.two');
    await page.click('.verdict a[href="#f-with-scheme"]');
    await page.fill('[name="with.scheme"]', 'REG');
    await page.click('form[action="/assess"] button:not([name])');
    await shows(page, /Due at the border[^]*XPN 14\.40[^]*XLV[^]*≈ XPN[^]*differs/, '.sides');
    await shows(page, /drawn on one scale, by the exchange rate/, 'main');
    await page.click('text=The whole answer of Levanta');
    assert.equal(await page.inputValue('[name=economy]'), 'xl');
    assert.equal(await page.inputValue('[name=scheme]'), 'REG');
    assert.equal(await page.inputValue('[name="with.assumed.yearly"]'), '0');
    await page.context().close();
  });

  test('more goods lines are added without losing what was filled in, and empty ones never stand in the address', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await page.goto(`${window.origin}/assess`);
    await page.fill('[name="goods.0.description"]', 'Cup');
    await page.click('button[name=more]');
    assert.equal(await page.inputValue('[name="goods.0.description"]'), 'Cup');
    assert.equal(await page.locator('.verdict').count(), 0);
    await page.fill('[name="goods.0.price"]', '10');
    await page.fill('[name="goods.5.description"]', 'Toy');
    await page.fill('[name="goods.5.price"]', '10');
    await page.click('form[action="/assess"] button:not([name])');
    assert.match(page.url(), /goods\.1\.description=Toy/);
    assert.doesNotMatch(page.url(), /=(&|$)/);
    assert.match((await page.locator('.verdict').textContent()) ?? '', /missing/i);
    await page.context().close();
  });

  test('on paper stand the goods, the answer, its day, the law and the address, and no form', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.emulateMedia({ media: 'print' });
    await page.goto(`${window.origin}/assess?${cups}&on=2026-11-23`);
    for (const gone of ['form[action="/assess"]', '.nav', '#again', 'details'])
      assert.equal(await page.locator(gone).first().isVisible(), false, gone);
    const text = await read(page, 'main');
    assert.match(text, /Two cups[^]*691200[^]*Low-value import[^]*Consumption tax/);
    assert.match(text, /Law applied[^]*xp 1\.[^]*23 November 2026[^]*\/assess\?/);
    await page.context().close();
  });

  test('S07 before anything is filed, goods and route give charges and obligations with authority and legal reference', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await page.goto(`${window.origin}/assess`);
    await page.click('text=two cups');
    const text = await read(page, 'main');
    assert.match(text, /Low-value import/);
    assert.match(text, /Consumption tax/);
    assert.match(text, /XPN 5\.40/);
    assert.match(text, /The declarant/);
    assert.match(text, /Consumption Tax Act of Ponenta, art\. 14/);
    assert.match(text, /Tell the buyer about charges before the sale/);
    assert.match(text, /Ministry of Commerce/);
    assert.match(text, /Electronic Commerce Order, art\. 15/);
    await page.context().close();
  });

  test('S37 a category stands for its code, a misused one is caught, and where the law needs it the full code is asked for', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    const tried = async (price: string): Promise<string> => {
      await page.goto(`${window.origin}/assess`);
      await page.fill('[name="goods.0.description"]', 'Mug');
      await page.fill('[name="goods.0.price"]', price);
      await page.selectOption('[name="goods.0.category"]', 'mug');
      await page.fill('[name="assumed.yearly"]', '0');
      await page.selectOption('[name=method]', 'card');
      await page.selectOption('[name=mode]', 'air');
      await page.click('form[action="/assess"] button[type=submit]');
      // What stands behind a summary is read as well.
      return (await page.locator('main').textContent()) ?? '';
    };
    assert.match(await tried('20.00'), /The category stands for commodity code 6912/);
    assert.match(await tried('95.00'), /worth too much for a simplified category/);
    assert.match(await tried('400.00'), /needs the full commodity code/);
    await page.context().close();
  });

  test('a wrong field stands in the summary as a link to itself, with every other one', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    const answer = await page.goto(`${window.origin}/assess?run=1&goods.0.price=1,5&goods.0.origin=Levanta&freight=-1`);
    assert.equal(answer?.status(), 422);
    const links = await page
      .locator('.govuk-error-summary a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    assert.deepEqual(
      links.toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1)),
      ['#f-freight', '#f-goods-0-description', '#f-goods-0-origin', '#f-goods-0-price'],
    );
    for (const link of links) assert.equal(await page.locator(link ?? '?').count(), 1);
    await page.context().close();
  });

  test('the page and the API give the same determination for the same parcel', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(`${window.origin}/assess`);
    await page.click('text=a computer');
    const code = await page.locator('pre code').textContent();
    const body = code!.slice(code!.indexOf('{'));
    const answer = await fetch(`${window.origin}/v1/assessments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(answer.status, 200);
    const determination = (await answer.json()) as {
      totals: { border: { amount: string } };
      checks: { id: string; result: string; reason: string }[];
    };
    const [whole = '', places = ''] = determination.totals.border.amount.split('.');
    assert.ok((await read(page, 'main')).includes(`${Number(whole).toLocaleString('en-GB')}.${places}`));
    const skipped = determination.checks.filter(({ reason }) => reason === 'rulebook/not-asked-in-a-dry-run');
    assert.deepEqual(
      skipped.map(({ result }) => result),
      skipped.map(() => 'skipped'),
    );
    assert.ok(skipped.length >= 4);
    await page.context().close();
  });

  test('a missing fact that matters is named instead of a guess', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(
      `${window.origin}/assess?run=1&goods.0.description=Cup&goods.0.price=40&goods.0.quantity=1&goods.0.commodity=691200&private=yes`,
    );
    await shows(page, /cannot decide[^]*what he has used of the yearly limit/i, '.verdict');
    await page.context().close();
  });
});
