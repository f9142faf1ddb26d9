import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ids } from '#modules/demo/index.ts';
import { axeFindings, chromiumPath, openBrowser, skipBrowser } from '../support/browser.ts';
import {
  become,
  type Demonstration,
  looks,
  openDemonstration,
  openPage,
  overflows,
  shows,
} from '../support/demonstration.ts';
import { bytesOf, fitsTelephone, tabTo } from '../support/walk.ts';

/** What a person writes of the parcel with this number. */
const answers = (number: number): Record<string, string> => ({
  'declaration.goods.0.description.text': `Cup number ${number}`,
  'declaration.goods.0.price.amount': '12.50',
  'declaration.goods.0.commodity': '691200',
  'declaration.consignee.name.text': 'Alba Ripamare',
  'declaration.consignee.address.lines.0': 'Via del Faro 3',
  'declaration.consignee.identity.number': `XP00000100${number}`,
  'orders.0.number': `OFF-${number}`,
  'payments.0.reference': `OFFP-${number}`,
  'transports.0.document': `OFFH-${number}`,
});

async function write(page: Page, number: number, more: Record<string, string> = {}): Promise<void> {
  await page.check('[name="declaration.movement"][value=import]');
  await page.selectOption('[name="payments.0.provider"]', ids.payments);
  await page.selectOption('[name="transports.0.carrier"]', ids.carrier);
  for (const [name, value] of Object.entries({ ...answers(number), ...more }))
    await page.fill(`[name="${name}"]`, value);
}

/** A browser with a folder of its own, as somebody has it at home: what it keeps is there when it is opened again. */
const atHome = (folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-sync'],
    viewport: { width: 360, height: 740 },
    locale: 'en-GB',
  });

describe('filing by hand', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await window.close();
  });

  test('S05 five parcels written without a line, the browser closed and opened again, are five parcels once there is a line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-browser-'));
    const device = `${window.origin}/file/device`;
    try {
      const first = await atHome(folder);
      const page = first.pages()[0] ?? (await first.newPage());
      await become(page, window.origin, 'salma');
      await page.goto(device);
      await shows(page, /There is a line/);
      await page.waitForFunction(`caches.match('/file/device').then((kept) => kept !== undefined)`);
      await first.setOffline(true);
      await page.reload();
      await shows(page, /There is no line/);
      for (const number of [1, 2, 3, 4]) {
        await write(page, number);
        await page.click('[data-device-form] button:not([name])');
        await shows(page, new RegExp(`Waits for the line: ${number}`));
      }
      // One of them lacks what the law asks: without a line nobody can say so yet.
      await write(page, 5, { 'declaration.goods.0.commodity': '' });
      await page.click('[data-device-form] button:not([name])');
      await shows(page, /Waits for the line: 5/);
      assert.deepEqual(await axeFindings(page), []);
      assert.equal(await overflows(page), false);
      await first.close();

      const again = await atHome(folder);
      const back = again.pages()[0] ?? (await again.newPage());
      await again.setOffline(true);
      await back.goto(device);
      await shows(back, /Waits for the line: 5/);
      await again.setOffline(false);
      await back.waitForFunction(`document.querySelectorAll('[data-state=sent]').length === 4`);
      await shows(back, /Refused: correct it/);
      await back.click('[data-state=refused] a[href*="#"]');
      await back.waitForSelector('.govuk-error-summary a[href="#f-declaration-goods-0-commodity"]');
      assert.equal(await back.inputValue('[name="declaration.goods.0.description.text"]'), 'Cup number 5');
      await back.fill('[name="declaration.goods.0.commodity"]', '691200');
      await back.click('[data-device-form] button:not([name])');
      await back.waitForFunction(`document.querySelectorAll('[data-state=sent]').length === 5`);
      await again.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const many = `select count(*) as many from clearance.declarations where body like '%"OFF-%'`;
    const [filed] = await window.context.db.query<{ many: bigint }>(many);
    assert.equal(filed?.many, 5n, 'five parcels, once each');
  });

  for (const [look, options] of looks)
    test(`the pages of filing fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'salma');
      const sound = async (what: string): Promise<void> => {
        assert.equal(await overflows(page), false, what);
        assert.deepEqual(await axeFindings(page), [], what);
        await fitsTelephone(page);
      };
      await page.goto(`${window.origin}/file`);
      await sound('the start');
      await page.click('form[action="/file/drafts"] button[value="1"]');
      await page.waitForSelector('[name="declaration.nature"]');
      await sound('everything on one page');
      await page.click('button[value=next]');
      await page.waitForSelector('.govuk-error-summary');
      await sound('with what is lacking');
      await page.goto(`${window.origin}/file/table`);
      await sound('tables');
      await page.context().close();
    });

  test('S05 a parcel is filed by the keyboard alone, question by question', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/file`);
    await tabTo(page, 'form[action="/file/drafts"] button', 40);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name="declaration.nature"]');
    await tabTo(page, '[name="declaration.movement"]', 40);
    await page.keyboard.press('Space');
    await tabTo(page, 'button[value=next]', 10);
    await page.keyboard.press('Enter');
    await shows(page, /What is in it\?/, 'h1');
    await tabTo(page, '[name="declaration.goods.0.description.text"]', 40);
    await page.keyboard.type('Cup');
    await page.keyboard.press('Tab');
    await page.keyboard.type('12.50');
    await tabTo(page, 'button[value=next]', 10);
    await page.keyboard.press('Enter');
    await shows(page, /the goods or their way require it|Who is it for/);
    await page.context().close();
  });

  test('a table of parcels goes up in pieces, waits while it is paused, and says what is wrong', async () => {
    const page = await openPage(browser, { locale: 'en-GB', acceptDownloads: true });
    await become(page, window.origin, 'salma');
    await page.goto(`${window.origin}/file/table`);
    const head =
      'declaration,description,price,commodity,consignee,consignee-address,consignee-id,order,provider,payment,carrier,waybill';
    const rows = Array.from({ length: 400 }, (_, index) =>
      [
        `TB-${index}`,
        'Cup',
        index === 3 ? 'x' : '9.50',
        '691200',
        'Alba Ripamare',
        'Via del Faro 3',
        `XP00002${1_000 + index}`,
        `TBO-${index}`,
        ids.payments,
        `TBP-${index}`,
        ids.carrier,
        `TBH-${index}`,
      ].join(),
    );
    const buffer = Buffer.from([head, ...rows].join('\n'));
    await page.setInputFiles('[name=file]', { name: 'cups.csv', mimeType: 'text/csv', buffer });
    await page.click('[data-table] button[type=submit]');
    await page.waitForURL(/\/file\/table\/[0-9a-f-]{36}$/);
    assert.equal(
      await page.inputValue('[name="column.3"]'),
      'declaration.goods.0.commodity',
      'our own names are known',
    );
    await page.click('form[action$="/mapping"] button');
    await shows(page, /Is this right\?/);
    await page.click('[data-step] button');
    await shows(page, /Done[\s\S]*Parcels filed\s*399[\s\S]*Parcels refused\s*1/);
    assert.deepEqual(await axeFindings(page), []);
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="faults.csv"]')]);
    assert.equal(saved.suggestedFilename(), 'errors.csv');
    await page.context().close();
  });

  // What a first visit and every later one may move, and how long a bad line may take; the lead adds addresses here.
  const light = [
    ['home', '/'],
    ['dry run', '/assess'],
    ['filing', '/file/device'],
  ] as const;
  for (const [name, path] of light)
    test(`S05 on a line of 400 kbit/s ${name} is read within 3 seconds, and moves less than 100 kB at first and 30 kB later`, async () => {
      const page = await openPage(browser, { locale: 'en-GB', viewport: { width: 360, height: 740 } });
      if (path.startsWith('/file')) await become(page, window.origin, 'salma');
      const context = page.context();
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      await session.send('Network.clearBrowserCache');
      const kilobits = 125;
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 400,
        downloadThroughput: 400 * kilobits,
        uploadThroughput: 400 * kilobits,
      });
      const first = await bytesOf(context, page, window.origin + path);
      const paint = await page.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0].startTime`);
      assert.ok(first < 100_000, `${name} moved ${first} bytes`);
      assert.ok(paint < 3_000, `${name} was seen after ${paint} ms`);
      const later = await bytesOf(context, page, window.origin + path);
      assert.ok(later < 30_000, `${name} moved ${later} bytes again`);
      await context.close();
    });
});
