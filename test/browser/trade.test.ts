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

describe('the seller’s screen, its calendar, and letters', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;

  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);

  test('what went wrong stands first, is found by its waybill, and opens in its three flows; without scripts', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/trade`);
    await shows(page, /Money.*Goods.*Clearance/s, '.flow >> nth=0');
    await shows(page, /Simulated/);
    await page.selectOption('select[name=exception]', 'payment-failed');
    await page.click('form[role=search] button[type=submit]');
    await shows(page, /Payment failed/, '.flow >> nth=0');
    const waybill = await page.locator('.flow .ref').nth(2).innerText();
    await page.fill('input[name=mark]', waybill.trim());
    await page.selectOption('select[name=exception]', '');
    await page.click('form[role=search] button[type=submit]');
    assert.equal(await page.locator('.flow').count(), 1);
    await page.click('.flow__title a');
    await shows(page, /Payment authorised.*Payment failed/s, '.flow__column >> nth=0');
    const csv = await page.request.get(`${window.origin}/trade/parcels.csv?exception=payment-failed`);
    assert.match(await csv.text(), /^parcel,declaration.*\r\n.*payment-failed/s);
    await page.context().close();
  });

  test('a screen that is watched says within seconds what was told of a parcel', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    const post = async (path: string, key: string, body: string): Promise<any> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      const told = await fetch(`${window.origin}${path}`, { method: 'POST', headers, body });
      assert.equal(told.status, 201);
      return told.json();
    };
    const parcel = await (await fetch(`${window.origin}/demo/parcel.json`)).text();
    const { id } = await post('/v1/consignments', window.demo.key, parcel);
    await window.settle();
    const waybill: string = JSON.parse(parcel).transports[0].document;
    await page.goto(`${window.origin}/trade?mark=${waybill}`);
    const field = `[data-live-field="${id}-goods"]`;
    await shows(page, /^Nothing told yet$/, field);
    // The simulators post to the intake over HTTP, as a carrier and a payment provider would.
    await window.workers.find(({ name }) => name === 'demo.movements')!.step(window.context.db);
    await window.settle();
    await shows(page, /^Picked up$/, field);
    await shows(page, /^Payment (captured|failed)$/, `[data-live-field="${id}-money"]`);
    await page.context().close();
  });

  test('a calendar has a private address that programs read, until it is ended', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/trade/calendar`);
    await page.click('form[action="/trade/calendar"] button');
    const address = (await page.locator('.inset--hand .ref').innerText()).trim();
    const read = await page.request.get(address);
    assert.match(await read.text(), /^BEGIN:VCALENDAR\r\n(.*\r\n)*BEGIN:VEVENT\r\n/);
    await page.click('form[action="/trade/calendar/close"] button');
    assert.equal((await page.request.get(address)).status(), 404);
    await page.context().close();
  });

  test('every page of the screen fits a telephone, reads from the right, and axe finds nothing', async () => {
    for (const [name, options] of looks) {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'salma');
      await page.goto(`${window.origin}/trade`);
      const parcel = await page.locator('.flow__title a').first().getAttribute('href');
      for (const path of ['/trade', parcel ?? '', '/trade/calendar', '/news/ways', '/news/mailbox']) {
        await page.goto(`${window.origin}${path}`);
        assert.equal(await overflows(page), false, `${name} ${path}`);
        assert.deepEqual(await findings(page), [], `${name} ${path}`);
        if (process.env['SHOTS'])
          await page.screenshot({
            path: `${process.env['SHOTS']}/${name}-${path.replaceAll('/', '_')}.png`,
            fullPage: true,
          });
      }
      await page.context().close();
    }
  });
});
