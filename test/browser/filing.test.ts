import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ids } from '#modules/demo/index.ts';
import { findings, chromiumPath, openBrowser, skipBrowser } from '../support/browser.ts';
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

interface Focused {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** Answers one question by keys alone: past the navigation, from field to field, and on by its button. */
async function answerByKeys(page: Page, said: Readonly<Record<string, string>>): Promise<void> {
  await tabTo(page, '.govuk-skip-link', 1);
  await page.keyboard.press('Enter');
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const { name, type, value } = await page.evaluate<Focused>(
      "(({ name = '', type = '', value = '' }) => ({ name, type, value }))(document.activeElement)",
    );
    if (type === 'submit' && value === 'next')
      return void (await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]));
    const answer = said[name];
    if (answer === undefined) continue;
    if (type === 'radio') await page.keyboard.press('Space');
    else if (type.startsWith('select')) await page.keyboard.press('ArrowDown');
    else await page.keyboard.type(answer);
  }
  assert.fail(`no way on: ${await read(page)}`);
}

/** Looks until this is something: the policy of our pages forbids the browser to wait by itself. */
async function until(page: Page, what: string): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await page.evaluate<unknown>(what);
    if (found) return Number(found);
    await delay(100);
  }
  return assert.fail(`${what} never came true, but: ${await read(page)}`);
}

/** A browser with a folder of its own, as somebody has it at home: what it keeps is there when it is opened again. */
const atHome = (folder: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-sync'],
    viewport: { width: 360, height: 740 },
    locale: 'en-GB',
  });

/** A line to the window that can be cut: what a browser is told about its network says little about the window. */
async function openLine(origin: string) {
  const { port } = new URL(origin);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => (near.destroy(), far.destroy(), sockets.delete(socket)));
    }
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    origin: `http://127.0.0.1:${own}`,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    mend: () => once(server.listen(own, '127.0.0.1'), 'listening'),
  };
}

describe('filing by hand', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);

  test('S05 five parcels written without a line, the browser closed and opened again, are five parcels once there is a line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-browser-'));
    const line = await openLine(window.origin);
    const device = `${line.origin}/file/device`;
    let home = await atHome(folder);
    try {
      let page = home.pages()[0] ?? (await home.newPage());
      await become(page, line.origin, 'salma');
      await page.goto(device);
      await shows(page, /There is a line/);
      await until(page, `caches.match('/file/device').then((kept) => kept !== undefined)`);
      line.cut();
      await page.reload();
      await shows(page, /There is no line/);
      for (const number of [1, 2, 3, 4, 5]) {
        // One of them lacks what the law asks: without a line nobody can say so yet.
        await write(page, number, number === 5 ? { 'declaration.goods.0.commodity': '' } : {});
        await page.click('[data-device-form] button:not([name])');
        await shows(page, new RegExp(`Waits for the line: ${number}`));
      }
      assert.deepEqual(await findings(page), []);
      assert.equal(await overflows(page), false);
      await home.close();

      home = await atHome(folder);
      page = home.pages()[0] ?? (await home.newPage());
      await page.goto(device);
      await shows(page, /There is no line[\s\S]*Waits for the line: 5/);
      await line.mend();
      await page.evaluate(`dispatchEvent(new Event('online'))`);
      await until(page, `document.querySelectorAll('[data-state=sent]').length === 4`);
      await shows(page, /Refused: correct it/);
      await page.click('[data-state=refused] a[href*="#"]');
      await page.waitForSelector('.govuk-error-summary a[href="#f-declaration-goods-0-commodity"]');
      assert.equal(await page.inputValue('[name="declaration.goods.0.description.text"]'), 'Cup number 5');
      await page.fill('[name="declaration.goods.0.commodity"]', '691200');
      await page.click('[data-device-form] button:not([name])');
      await until(page, `document.querySelectorAll('[data-state=sent]').length === 5`);
    } finally {
      await home.close();
      line.cut();
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
        assert.deepEqual(await findings(page), [], what);
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
    await tabTo(page, '.govuk-skip-link', 1);
    await page.keyboard.press('Enter');
    await tabTo(page, 'form[action="/file/drafts"] button', 10);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[name="declaration.nature"]');
    const said = { ...answers(7), 'declaration.movement': '', 'payments.0.provider': '', 'transports.0.carrier': '' };
    for (let questions = 0; !page.url().endsWith('/check'); questions += 1) {
      assert.ok(questions < 12, `${page.url()}: ${await read(page)}`);
      await answerByKeys(page, said);
    }
    assert.equal(await page.locator('form[action$="/send"] button').count(), 1, await read(page));
    await tabTo(page, '.govuk-skip-link', 1);
    await page.keyboard.press('Enter');
    await tabTo(page, 'form[action$="/send"] button', 40);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await shows(page, /Cleared/);
    await page.context().close();
  });

  /** A table of so many parcels; one price is no figure. */
  function tableOf(many: number): Buffer {
    const head =
      'declaration,description,price,commodity,consignee,consignee-address,consignee-id,order,provider,payment,carrier,waybill';
    const rows = Array.from({ length: many }, (_, index) =>
      [
        `TB-${index}`,
        'Cup',
        index === 3 ? 'x' : '9.50',
        '691200',
        'Alba Ripamare',
        'Via del Faro 3',
        `XP0002${10_000 + index}`,
        `TBO-${index}`,
        ids.payments,
        `TBP-${index}`,
        ids.carrier,
        `TBH-${index}`,
      ].join(),
    );
    return Buffer.from([head, ...rows].join('\n'));
  }

  /**
   * Opens a page, pauses it while the first thing that it asks for is under way, and closes it then: with `answered`
   * once that was answered and nothing followed. Tells how often it had asked.
   */
  async function pausedAndClosed(
    context: BrowserContext,
    { asks, answered }: { asks: string; answered: boolean },
    begin: (page: Page) => Promise<unknown>,
  ): Promise<number> {
    const page = await context.newPage();
    let asked = 0;
    const held = Promise.withResolvers<void>();
    await page.route(asks, async (route) => {
      asked += 1;
      await held.promise;
      await route.continue();
    });
    // The button is there before the page has asked: paused so early, it would ask for nothing.
    await Promise.all([page.waitForRequest(asks), begin(page)]);
    await page.click('button:text-is("Pause")');
    if (answered) {
      const answer = page.waitForResponse(asks);
      held.resolve();
      await answer;
      await delay(200);
    }
    await shows(page, /Paused\. You may close this page/);
    assert.equal(await page.locator('button:text-is("Go on")').count(), 1);
    await page.close();
    return asked;
  }

  test('a table of parcels goes up in pieces, waits while it is paused, goes on after its page was closed, and says what is wrong', async () => {
    const first = await openPage(browser, { locale: 'en-GB', acceptDownloads: true });
    const context = first.context();
    await become(first, window.origin, 'salma');
    const buffer = tableOf(10_000);
    const sent = await pausedAndClosed(context, { asks: '**/v1/tables/*/pieces/*', answered: true }, async (page) => {
      await page.goto(`${window.origin}/file/table`);
      await page.setInputFiles('[name=file]', { name: 'cups.csv', mimeType: 'text/csv', buffer });
      await page.click('[data-table] button[type=submit]');
    });
    assert.equal(sent, 1, 'of three pieces');
    const page = await context.newPage();
    const pieces: string[] = [];
    page.on('request', (request) => /pieces/.test(request.url()) && pieces.push(request.url()));
    await page.goto(`${window.origin}/file/table`);
    await page.waitForURL(/\/file\/table\/[0-9a-f-]{36}$/);
    assert.equal(
      await page.inputValue('[name="column.3"]'),
      'declaration.goods.0.commodity',
      'our own names are known',
    );
    await page.click('form[action$="/mapping"] button');
    await shows(page, /Is this right\?/);
    assert.equal(pieces.length, 2, 'each piece goes up once');
    const steps = await pausedAndClosed(context, { asks: '**/v1/tables/*/steps', answered: false }, async (another) => {
      await another.goto(page.url());
      await another.click('[data-step] button');
    });
    assert.equal(steps, 1);
    await page.reload();
    await shows(page, /Done[\s\S]*Parcels filed\s*9,999[\s\S]*Parcels refused\s*1/);
    assert.deepEqual(await findings(page), []);
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="faults.csv"]')]);
    assert.equal(saved.suggestedFilename(), 'errors.csv');
    await page.context().close();
  });

  /** Whether a page is small and early enough for a bad line: 400 kbit/s, 400 ms away. */
  const isLight = (path: string) => async (): Promise<void> => {
    const page = await openPage(browser, { locale: 'en-GB', viewport: { width: 360, height: 740 } });
    if (path.startsWith('/file')) await become(page, window.origin, 'salma');
    const context = page.context();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.clearBrowserCache');
    const kilobit = 125;
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 400,
      downloadThroughput: 400 * kilobit,
      uploadThroughput: 400 * kilobit,
    });
    const first = await bytesOf(context, page, window.origin + path);
    const paint = await until(page, `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`);
    assert.ok(first < 100_000, `${path} moved ${first} bytes`);
    assert.ok(paint < 3_000, `${path} was seen after ${paint} ms`);
    const later = await bytesOf(context, page, window.origin + path);
    assert.ok(later < 30_000, `${path} moved ${later} bytes again`);
    await context.close();
  };

  test(
    'S05 on a line of 400 kbit/s filing is read within 3 seconds, and moves less than 100 kB at first and 30 kB later',
    isLight('/file/device'),
  );
  // Further pages that somebody opens on a bad line.
  for (const path of ['/', '/assess', '/find-my-parcel'])
    test(`on a line of 400 kbit/s ${path} is light and read early`, isLight(path));
});
