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

describe('transfers in a browser', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  const open = async (page: Page, master: string): Promise<void> => {
    await page.goto(`${window.origin}/transfers`);
    await page.getByRole('link', { name: master, exact: true }).click();
  };
  const shot = async (page: Page, name: string): Promise<void> => {
    const folder = process.env['TRANSFER_SHOTS'];
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };

  for (const [look, options] of looks)
    test(`the list, a transfer with every form open, preparing one and a scan fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      for (const [person, master] of [
        ['nives', 'TR-Z001'],
        ['petra', 'TR-Z002'],
        ['fausto', 'TR-Z002'],
      ] as const) {
        await become(page, window.origin, person);
        await page.goto(`${window.origin}/transfers`);
        assert.equal(await overflows(page), false);
        assert.deepEqual(await findings(page), []);
        await shot(page, `${look}-${person}-list`);
        await open(page, master);
        for (const summary of await page.locator('main details > summary').all()) await summary.click();
        await shot(page, `${look}-${person}-one`);
        assert.equal(await overflows(page), false);
        assert.deepEqual(await findings(page), []);
      }
      await page.goto(`${window.origin}/transfers/scan?barcode=NOBODY`);
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await shot(page, `${look}-scan`);
      await become(page, window.origin, 'petra');
      await page.goto(`${window.origin}/transfers/new`);
      await page.locator('main form button[type=submit]').click();
      await page.waitForSelector('.govuk-error-summary');
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await shot(page, `${look}-new`);
      await page.context().close();
    });

  test('a carrier splits what is under way, the keeper scans and counts, and the carrier explains, without a script', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'petra');
    await open(page, 'TR-Z002');
    const pieces = await page.locator('#pieces ~ * tbody th').allInnerTexts();
    assert.ok(pieces.length > 20);
    await page.click('summary:has-text("Part of it goes on elsewhere")');
    const splitting = page.locator('form[action$="/splits"]');
    await splitting.locator('[name=master]').fill('TR-SPLIT');
    await splitting.locator('[name="to.office"]').selectOption('XP000202');
    await splitting.locator('[name="to.place"]').fill('XP-STAGNONE-RAIL');
    await splitting.locator('[name="to.operator"]').fill('XP-POST');
    await splitting.locator('[name=pieces]').fill(pieces.slice(0, 4).join('\n'));
    await splitting.locator('button[type=submit]').click();
    await shows(page, /TR-SPLIT/, 'h1');
    await shows(page, /Split from/, 'main');

    await become(page, window.origin, 'fausto');
    await page.goto(`${window.origin}/transfers/scan`);
    await page.fill('[name=barcode]', pieces[5]!);
    await page.click('main form button[type=submit]');
    await shows(page, /Take it in/, '[role=status]');
    await open(page, 'TR-Z002');
    await page.click('summary:has-text("Count what came")');
    const counting = page.locator('form[action$="/arrivals"]');
    await counting.locator('[name=missing]').fill(pieces[6]!);
    await counting.locator('[name=extra]').fill('NOBODY-1');
    await counting.locator('[name=broken]').fill('PF-002-2');
    await counting.locator('button[type=submit]').click();
    const counted = await read(page, 'main');
    assert.match(counted, /Arrived, not whole/);
    assert.match(counted, /wait for a decision on the seals/);

    await become(page, window.origin, 'petra');
    await open(page, 'TR-Z002');
    await page.click('summary:has-text("Explain what happened")');
    await page.fill(
      'form[action$="/explanation"] textarea',
      'The lorry was opened at a road check; one box stayed there.',
    );
    await page.locator('form[action$="/explanation"] button[type=submit]').click();
    await shows(page, /the carrier has explained/, 'main');

    await become(page, window.origin, 'nives');
    await open(page, 'TR-Z002');
    await page.getByRole('link', { name: 'Seals' }).click();
    await shows(page, /Broken seals\s+PF-002-2/, 'main');
    await shows(page, /opened at a road check/, 'main');
    await page.click('summary:has-text("Let the goods in")');
    const deciding = page.locator('form:has(input[value="let-in"])');
    await deciding.locator('[name="decision.ground"]').fill('Customs Code, art. 86');
    await deciding.locator('[name="decision.reason"]').fill('The police report names the seal.');
    await deciding.locator('button[type=submit]').click();
    await window.settle();
    await open(page, 'TR-Z002');
    await shows(page, /Seals: let in/, 'main');
    await page.context().close();
  });

  test('who exports declares the same goods for transit, and types nothing but what is missing', async () => {
    const { demo, origin } = window;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${demo.key}` };
    const parcel: any = await (await fetch(`${origin}/demo/parcel.json`)).json();
    Object.assign(parcel.declaration, { movement: 'export', dispatch: 'XP', destination: 'XL', scheme: null });
    for (const name of ['route', 'zone', 'guarantor']) delete parcel.declaration[name];
    const filed = await fetch(`${origin}/v1/consignments`, { method: 'POST', headers, body: JSON.stringify(parcel) });
    const { id } = (await filed.json()) as { id: string };
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, origin, 'salma');
    await page.goto(`${origin}/parcels/${id}`);
    await page.click('summary:has-text("Declare it further")');
    await page.getByRole('link', { name: 'Import where it goes' }).click();
    await shows(page, /Under the law of\s+Levanta/);
    await page.goto(`${origin}/parcels/${id}/next?movement=transit`);
    assert.equal(await overflows(page), false);
    await shot(page, 'next');
    await page.locator('main form button[type=submit]').click();
    await shows(page, /a declaration id of its own/, '.govuk-error-summary');
    await page.fill('[name=declaration]', 'ONWARD-1');
    await page.fill('[name=guarantor]', 'XP-MUTUA');
    await page.locator('main form button[type=submit]').click();
    await shows(page, /ONWARD-1/, 'h1');
    await page.context().close();
  });
});
