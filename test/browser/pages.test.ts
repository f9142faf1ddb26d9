import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import { type Demonstration, openDemonstration } from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';
import { bytesOf, complaintsOf, fitsTelephone, goTo, tabTo } from '../support/walk.ts';

const reason = 'The certificate was sent afterwards and is in order.';

describe('the pages of a demonstration in a browser', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;

  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });

  after(closeOpened);

  async function visit(options: BrowserContextOptions, walk: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      await walk(page);
    } finally {
      await context.close();
    }
  }

  const plain = { javaScriptEnabled: false };
  const stop = (page: Page, id: string): Promise<number> => goTo(page, window.origin, { id });

  test('without JavaScript the dry run says each charge with its rule, who owes it and where it is collected', async () => {
    await visit(plain, async (page) => {
      await page.goto(`${window.origin}/assess`);
      await page.fill('[name="goods.0.description"]', 'Ceramic cups');
      await page.fill('[name="goods.0.price"]', '80.00');
      await page.fill('[name="goods.0.commodity"]', '691200');
      await page.fill('[name="goods.0.origin"]', 'XL');
      await page.fill('[name="goods.0.netWeight"]', '0.8');
      await page.fill('[name=dispatch]', 'XL');
      await page.fill('[name="assumed.yearly"]', '0');
      await page.selectOption('[name=mode]', 'air');
      await page.selectOption('[name=method]', 'card');
      await page.click('form[action="/assess"] button:not([name])');
      const row = page.locator('tr', { hasText: 'charge.tax' }).first();
      assert.match(await row.innerText(), /XPN\s80\.00\s+12%\s+XPN\s9\.60[^]*Consumption Tax Act/);
      assert.match(await page.innerText('main'), /nothing has been stored/);
    });
  });

  test('without JavaScript a bill is refused by one bank and paid by another, and its notices are settled', async () => {
    await visit(plain, async (page) => {
      await stop(page, 'tax-bill');
      const bill = page.url();
      await page.goto(`${window.origin}/bills?state=open`);
      const open = await page.locator(`a[href="${new URL(bill).pathname}"]`).count();
      await page.goto(bill);
      // A history that lies within one month has only a bill that still collects.
      if (open === 0) return;
      await page.selectOption('[name=method]', 'simulated-refusing');
      await page.click('form[action$="/pay"] button');
      assert.match(await page.innerText('.govuk-error-summary'), /refused/);
      await page.selectOption('[name=method]', 'simulated-bank');
      await page.click('form[action$="/pay"] button');
      assert.equal(await page.innerText('.govuk-summary-list .tag >> nth=0'), 'Settled');
      assert.equal(await page.locator('form[action$="/pay"]').count(), 0);
    });
  });

  test('without JavaScript an officer takes a case, is asked for a reason, and releases the parcel', async () => {
    await visit(plain, async (page) => {
      await stop(page, 'decision');
      await page.click('form[action$="/claim"] button');
      assert.equal(await page.locator('form[action$="/claim"]').count(), 0, 'it is taken');
      const address = page.url();
      await page.click('summary:text-is("Release")');
      await page.click('button:text-is("Release")');
      assert.equal(await page.locator('.govuk-error-summary').count(), 1);
      assert.equal(await page.locator('details[open] #release-decision-reason[aria-invalid]').count(), 1);
      await page.fill('#release-decision-reason', reason);
      await page.click('button:text-is("Release")');
      assert.equal(page.url().split('?')[0], address.split('?')[0]);
      assert.equal(await page.innerText('.govuk-summary-list .tag >> nth=0'), 'Released');
      assert.match(await page.innerText('main .timeline'), /in order/);
    });
  });

  test('without JavaScript a consumer pays a notice, the bank says that it is simulated, and her parcel goes', async () => {
    await visit(plain, async (page) => {
      await stop(page, 'pay');
      const owed = await page.locator('tbody .tag--hand').count();
      await page.click('tbody tr:last-child th a');
      assert.match(await page.innerText('main'), /Simulated: no money moved/);
      const parcel = await page.getAttribute('a[href^="/parcels/"]', 'href');
      await page.click('form[action$="/pay"] button');
      assert.match(await page.innerText('main'), /Paid/);
      await window.settle();
      await page.goto(`${window.origin}/notices`);
      assert.equal(await page.locator('tbody .tag--hand').count(), owed - 1);
      await page.goto(`${window.origin}${parcel}`);
      assert.equal(await page.innerText('.verdict .tag'), 'Released');
    });
  });

  test('without JavaScript the bar makes one somebody else and moves the legal clock; the page stays where it was', async () => {
    await visit(plain, async (page) => {
      await page.goto(`${window.origin}/rules`);
      await page.click('.demo-bar button[value=lino]');
      assert.match(await page.innerText('.header__person'), /^Lino Cabotti\s+Court of Accounts/);
      await page.goto(`${window.origin}/about/report`);
      await page.click('.demo-bar button[value=hour]');
      assert.equal(page.url(), `${window.origin}/about/report`);
      assert.match(await page.innerText('.demo-bar'), /Legal clock moved to/);
      await page.click('.header__tools button');
      assert.equal(await page.locator('.header__person').count(), 0);
      await page.click('.header__tools a[hreflang=ar]');
      assert.equal(await page.getAttribute('html', 'dir'), 'rtl');
    });
  });

  test('the auditor finds every reason and no consignee', async () => {
    await visit(plain, async (page) => {
      await stop(page, 'audit');
      await page.click('tbody th a[href^="/parcels/"] >> nth=-1');
      const text = await page.innerText('main');
      assert.match(text, /Checks and reasons/);
      assert.doesNotMatch(text, /Consignee/);
    });
  });

  test('the seller sees no buyer’s address on her list', async () => {
    await visit(plain, async (page) => {
      await stop(page, 'parcel');
      const consignee = await page.innerText('dt:text-is("Consignee") + dd');
      await stop(page, 'file');
      const list = await page.innerText('main');
      for (const line of consignee.split('\n')) assert.ok(!list.includes(line.trim()), line);
    });
  });

  test('by keyboard alone: past the navigation, to the dry run, through its errors to an answer', async () => {
    await visit({}, async (page) => {
      const complaints = complaintsOf(page);
      await page.goto(`${window.origin}/assess`);
      await page.keyboard.press('Tab');
      assert.equal(await page.getAttribute(':focus', 'href'), '#main');
      assert.ok(await page.locator(':focus').isVisible());
      await page.keyboard.press('Enter');
      await tabTo(page, '[name="goods.0.description"]', 4);
      await tabTo(page, 'form[action="/assess"] button:not([name])', 40);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.govuk-error-summary:focus');
      assert.match(await page.title(), /^Error/);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.equal(await page.getAttribute(':focus', 'name'), 'goods.0.description');
      await page.keyboard.type('Ceramic cups');
      await page.keyboard.press('Tab');
      await page.keyboard.type('40.00');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.verdict');
      assert.deepEqual(await findings(page), []);
      await fitsTelephone(page);
      assert.deepEqual(
        complaints.filter((one) => !one.includes('422')),
        [],
      );
    });
  });

  test('by keyboard alone: an officer decides a case, and the error leads to the field', async () => {
    await visit({}, async (page) => {
      await stop(page, 'queue');
      const unclaimed = page.locator('tbody tr:has(form):has-text("Held parcel") th a').first();
      const address = await ((await unclaimed.count()) > 0
        ? unclaimed
        : page.locator('tbody tr:has-text("Held parcel") th a').first()
      ).getAttribute('href');
      await page.goto(`${window.origin}${address}`);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await tabTo(page, 'summary:has(+ .more__body [name="decision.ground"])', 20);
      await page.keyboard.press('Enter');
      await tabTo(page, 'details[open] .govuk-button', 8);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.govuk-error-summary:focus');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.equal(await page.getAttribute(':focus', 'name'), 'decision.reason');
      assert.deepEqual(await findings(page), []);
      await fitsTelephone(page);
      await page.keyboard.type(reason);
      await tabTo(page, 'details[open] .govuk-button', 4);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.govuk-notification-banner');
      assert.equal(await page.innerText('.govuk-summary-list .tag >> nth=0'), 'Released');
      assert.deepEqual(await findings(page), []);
    });
  });

  test('by keyboard alone: signing in says what is wrong without saying which half of it', async () => {
    await visit({}, async (page) => {
      await page.goto(`${window.origin}/sign-in`);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.equal(await page.getAttribute(':focus', 'autocomplete'), 'username');
      await page.keyboard.type('nobody');
      await page.keyboard.press('Tab');
      assert.equal(await page.getAttribute(':focus', 'type'), 'password');
      await page.keyboard.type('not the password');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.govuk-error-summary:focus');
      assert.deepEqual(await findings(page), []);
      await fitsTelephone(page);
    });
  });

  const further = [
    '/rules/eu',
    '/rules/xl?view=checks',
    '/admin/parties',
    '/admin/authorities',
    '/admin/packs',
    '/admin/incidents',
    '/admin/incidents/new',
    '/status',
    '/admin/settings',
    '/parcels/new-and-unknown',
  ];
  describe('in Arabic and at night', () => {
    let page: Page;

    before(async () => {
      page = await (await browser.newContext({ colorScheme: 'dark' })).newPage();
      await page.goto(`${window.origin}/tour?lang=ar`);
      await stop(page, 'people');
    });

    for (const path of further) {
      test(`${path}: axe finds nothing and nothing is wider than a telephone`, async () => {
        await page.goto(`${window.origin}${path}`);
        assert.equal(await page.getAttribute('html', 'dir'), 'rtl');
        assert.deepEqual(await findings(page), []);
        await fitsTelephone(page);
      });
    }
  });

  test('the bar of the demonstration leaves a telephone to the page', async () => {
    await visit({ viewport: { width: 320, height: 640 } }, async (page) => {
      await page.goto(window.origin);
      const bar = await page.locator('.demo-bar').boundingBox();
      assert.ok(bar!.height < 100, `${bar!.height} pixels high`);
      await page.click('.demo-bar button[value=lino]');
      assert.equal(new URL(page.url()).pathname, '/parcels');
    });
  });

  test('a first visit moves less than 100 kB and later pages less than 30 kB each', async () => {
    await visit({}, async (page) => {
      const first = await bytesOf(page.context(), page, `${window.origin}/`);
      assert.ok(first > 1_000 && first < 100_000, `${first} bytes for the first page`);
      await stop(page, 'parcel');
      const parcel = new URL(page.url()).pathname;
      const goods = '/rules/xp?view=tables&table=goods';
      for (const path of [
        '/assess',
        '/rules/xp',
        goods,
        '/parcels',
        parcel,
        '/tour',
        '/about/report',
        '/docs',
        '/?lang=ar',
      ]) {
        const later = await bytesOf(page.context(), page, `${window.origin}${path}`);
        assert.ok(later > 500 && later < 30_000, `${later} bytes for ${path}`);
      }
    });
  });
});
