import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Demo, openDemo, startDemo } from '#modules/demo/index.ts';
import { endRule } from '#modules/risk/index.ts';
import { anonymous, type Principal } from '#platform/auth.ts';
import { readConfig } from '#platform/config.ts';
import type { Db } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { createApp, type Portolan } from '../../src/app.ts';
import { dropAll, filledDb } from './clone.ts';
import { languages } from '#portal/language.ts';
import { drawn } from './long.ts';
import { remembered } from './opened.ts';
import { settle } from './settle.ts';

/** A demonstration window that listens, with its whole history. Its workers run only in `settle`. */
export interface Demonstration extends Portolan {
  readonly origin: string;
  readonly demo: Demo;
  /** Runs every worker but the stream of parcels until all that was committed before has been followed. */
  settle(): Promise<void>;
  /** Closes it, and drops its database where that was made for it. */
  close(): Promise<void>;
}

/** Sessions hang on the address of the window, so its port is known before it listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function open(db: Db, port: number): Promise<Demonstration> {
  const config = readConfig({ PORT: String(port), PORTOLAN_DATA: '/nonexistent' }, []);
  const demo = await openDemo(config, db);
  if (demo === null) throw new Error('the database holds something, and no demonstration');
  const opened = await createApp({ config, db, clock: demo.clock, log: silentLog }, demo);
  await startDemo(opened.context, demo);
  const window = { ...opened, origin: config.origin, demo, settle: () => settle(db, opened.workers) };
  await window.settle();
  return { ...window, close: () => opened.app.close() };
}

/**
 * The history, and from then on no lot over every import: the demonstration's rule `sample` selects six of a thousand
 * by their random ids, and so would now and then select the very parcel that a test expects to be cleared.
 */
async function fill(db: Db): Promise<void> {
  const window = await open(db, 8080);
  const administrator: Principal = { ...anonymous('2026-01-01'), roles: ['administrator'], assurance: 'passkey' };
  assert.ok((await endRule(window.context, administrator, 'sample')).ok);
  await window.close();
}

/**
 * Opens a demonstration on this migrated database, or else on one of its own: a copy of one that was filled once for
 * all files of the run, since its history takes longer than what most files look at.
 */
export const openDemonstration = (given?: Db): Promise<Demonstration> =>
  remembered(
    listening(given).catch(async (error: unknown) => {
      // Connections that are left open would keep the file from ending, and so from saying what failed.
      if (given === undefined) await dropAll();
      throw error;
    }),
  );

async function listening(given?: Db): Promise<Demonstration> {
  const db = given ?? (await filledDb('demonstration', fill)).db;
  const port = await freePort();
  const window = await open(db, port);
  await window.app.listen({ port, host: '127.0.0.1' });
  const close = async (): Promise<void> => {
    await window.close();
    if (given === undefined) await dropAll();
  };
  return { ...window, close };
}

const wide = { width: 1280, height: 900 };
const telephone = { width: 320, height: 700 };

/**
 * The ways in which every page is looked at: each language by day and by night, once on a wide screen and once on a
 * narrow telephone. The ordinary run draws one of them, so that a fault says by which it came.
 */
export const looks: readonly (readonly [name: string, options: BrowserContextOptions])[] = drawn(
  languages.flatMap(({ code, name }, index): [string, BrowserContextOptions][] => {
    const locale = code === 'en' ? 'en-GB' : code;
    const [byDay, byNight] = index % 2 === 0 ? [wide, telephone] : [telephone, wide];
    return [
      [`${name}, day, ${byDay.width} pixels`, { viewport: byDay, locale }],
      [`${name}, night, ${byNight.width} pixels`, { viewport: byNight, colorScheme: 'dark', locale }],
    ];
  }),
);

/** Becomes somebody of the cast by the bar. */
export async function become(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(`${origin}/about/report`);
  await page.click(`button[name=person][value=${name}]`);
  await page.waitForURL((url) => url.pathname !== '/about/report');
}

/** Whether the page is wider than its window, which WCAG 2.2 §1.4.10 forbids. */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** A page in a context of its own, which axe asks for; it is closed by `page.context().close()`. */
export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  return context.newPage();
}

/** The text that is read on a page, with plain spaces where the words and figures have those that do not break. */
export const read = async (page: Page, selector = 'main'): Promise<string> =>
  (await page.locator(selector).allInnerTexts())
    .join('\n')
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .replaceAll(/[\u2066-\u2069]/g, '');

const showMs = 15_000;
const lookAgainMs = 50;

/** Waits until the page reads so: an answer that is on its way is waited for, however slow the machine. */
export async function shows(page: Page, expected: RegExp, selector = 'main'): Promise<void> {
  const until = performance.now() + showMs;
  // A page that is just being left has nothing to read.
  const look = (): Promise<string> => read(page, selector).catch(() => '');
  let text = await look();
  while (!expected.test(text) && performance.now() < until) {
    await delay(lookAgainMs);
    text = await look();
  }
  if (text === '') text = `nothing at ${selector}, but: ${await read(page)}`;
  assert.match(text, expected);
}
