import { createServer } from 'node:net';
import { once } from 'node:events';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Demo, openDemo, startDemo } from '#modules/demo/index.ts';
import { readConfig } from '#platform/config.ts';
import { silentLog } from '#platform/log.ts';
import { createApp, type Portolan } from '../../src/app.ts';
import { testDb } from './db.ts';

/** A demonstration window that listens, with the first days of its history. */
export interface Demonstration extends Portolan {
  readonly origin: string;
  readonly demo: Demo;
  /** Runs every worker but the stream of parcels until none has anything to do. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Sessions hang on the address of the window, so its port is known before it listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Opens one on a database of its own; its history ends after so many days, which is enough to look at. */
export async function openDemonstration(days = 4): Promise<Demonstration> {
  const { db } = await testDb();
  const port = await freePort();
  const config = readConfig({ PORT: String(port), PORTOLAN_DATA: '/nonexistent' }, []);
  const demo = (await openDemo(config, db))!;
  const opened = await createApp({ config, db, clock: demo.clock, log: silentLog }, demo);
  const enough = new Error('enough of a history');
  await startDemo(opened.context, demo, (done) => {
    if (done === days) throw enough;
  }).catch((error: unknown) => {
    if (error !== enough) throw error;
  });
  await opened.app.listen({ port, host: '127.0.0.1' });
  const workers = opened.workers.filter(({ name }) => !name.includes('stream'));
  const settle = async (): Promise<void> => {
    for (let busy = true; busy; ) {
      busy = false;
      for (const worker of workers) busy = (await worker.step(db)) || busy;
    }
  };
  await settle();
  return { ...opened, origin: config.origin, demo, settle, close: () => opened.app.close() };
}

/** The three ways in which every page is looked at: by day, at night from right to left, on the narrowest screen. */
export const looks: Readonly<Record<string, BrowserContextOptions>> = {
  day: { viewport: { width: 1280, height: 900 }, locale: 'en-GB' },
  'night, Arabic': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark', locale: 'ar' },
  '320 pixels': { viewport: { width: 320, height: 700 }, locale: 'en-GB' },
  '320 pixels, Arabic': { viewport: { width: 320, height: 700 }, locale: 'ar' },
};

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
