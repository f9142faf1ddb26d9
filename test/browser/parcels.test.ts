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
  read,
} from '../support/demonstration.ts';
import { long } from '../support/long.ts';
import { closeOpened } from '../support/opened.ts';

describe('parcels', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  for (const [look, options] of looks)
    test(`the list and parcels of every kind fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'nives');
      for (const status of ['', 'cleared', 'released', 'control', 'lodged', 'denied']) {
        await page.goto(`${window.origin}/parcels?status=${status}`);
        // One list is made like the other.
        if (long || status === '') {
          assert.equal(await overflows(page), false, status);
          assert.deepEqual(await findings(page), [], status);
        }
        const first = page.locator('tbody th a').first();
        if ((await first.count()) === 0) continue;
        await page.goto(window.origin + (await first.getAttribute('href')));
        assert.equal(await overflows(page), false, `a parcel ${status}`);
        assert.deepEqual(await findings(page), [], `a parcel ${status}`);
      }
      await page.context().close();
    });

  test('nobody who is not signed in sees a parcel, and he comes back to where he wanted to go', async () => {
    const answer = await fetch(`${window.origin}/parcels?status=released`, { redirect: 'manual' });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), `/sign-in?next=${encodeURIComponent('/parcels?status=released')}`);
  });

  test('S16 S33 a seller finds his own parcels, filters them, and reads what happened from the order on', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/parcels?status=released`);
    const states = new Set(await page.locator('tbody .tag').allInnerTexts());
    assert.ok(states.has('Released') && [...states].every((state) => state.startsWith('Released')), [...states].join());
    await page.locator('tbody th a').first().click();
    const text = await read(page, 'main');
    assert.match(text, /Ordered[^]*Filed with the window[^]*Decided[^]*Landed and released/);
    assert.match(text, /later/);
    assert.match(text, /XL-LANTERN/);
    const declaration = await page.locator('h1 .ref').innerText();
    await page.goto(`${window.origin}/parcels?mark=${declaration}`);
    assert.match(page.url(), /\/parcels\/[0-9a-f-]{36}$/);
    await page.context().close();
  });

  test('a seller is shown nothing of another seller’s parcel, and not where his own buyer lives', async () => {
    const officer = await openPage(browser, { locale: 'en-GB' });
    await become(officer, window.origin, 'nives');
    await officer.goto(`${window.origin}/parcels`);
    const all = await officer
      .locator('tbody th a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    const seller = await openPage(browser, { locale: 'en-GB' });
    await become(seller, window.origin, 'salma');
    let hidden = 0;
    for (const path of all) {
      const answer = await seller.goto(window.origin + path);
      const text = await read(seller, 'main');
      if (answer?.status() === 404) {
        hidden += 1;
        continue;
      }
      assert.match(text, /XL-LANTERN/);
      await officer.goto(window.origin + path);
      const consignee = await officer
        .locator('.govuk-summary-list__row', { hasText: 'Consignee' })
        .locator('dd')
        .innerText();
      const filedByHerself = /Filed by\s+XL-LANTERN/.test(text);
      if (!filedByHerself) assert.ok(!text.includes(consignee.split('\n')[1] ?? '?'), path);
    }
    assert.ok(hidden > 0);
    await officer.context().close();
    await seller.context().close();
  });

  test('a seller takes a declaration back: told what is missing, then done; both pages fit and axe finds nothing', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/parcels?status=cleared`);
    const links = await page.locator('tbody th a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    for (const link of links) {
      await page.goto(window.origin + link);
      if ((await page.locator('form[action$="/cancellation"]').count()) > 0) break;
    }
    await page.getByText('Take this declaration back').click();
    await page.getByRole('button', { name: 'Cancel the declaration' }).click();
    const summary = page.locator('.govuk-error-summary');
    assert.match(await summary.innerText(), /Choose the ground[\s\S]*Give the reason/);
    assert.equal(await overflows(page), false);
    assert.deepEqual(await findings(page), []);
    await page.getByLabel('The goods are not sent').check();
    await page.getByRole('textbox', { name: 'Reason' }).fill('The workshop has burnt down.');
    await page.getByRole('button', { name: 'Cancel the declaration' }).click();
    assert.equal(await page.locator('.verdict .tag').innerText(), 'Cancelled');
    assert.match(await page.innerText('.verdict'), /The goods are not sent\s+The workshop has burnt down\./);
    assert.ok((await page.locator('.timeline__event:has-text("The goods are not sent")').count()) > 0);
    assert.equal(await page.getByText('Take this declaration back').count(), 0);
    assert.deepEqual(await findings(page), []);
    await page.context().close();
  });

  test('a piece that a complete tally did not find is explained', async () => {
    await window.settle();
    const rows = await window.context.db.query<{ subject: string }>(
      `select subject from platform.journal where kind = 'clearance.short-landed' limit 1`,
    );
    assert.equal(rows.length, 1);
    const page = await openPage(browser, { locale: 'en-GB' });
    await become(page, window.origin, 'nives');
    await page.goto(`${window.origin}/parcels/${rows[0]!.subject}`);
    const text = await read(page, 'main');
    assert.match(text, /A piece was not found on arrival/);
    await page.context().close();
  });
});
