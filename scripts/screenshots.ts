import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { schemas } from '#modules/schemas.ts';
import { openDb } from '#platform/db.ts';
import { migrate } from '#platform/migrate.ts';
import { startPostgres } from '#platform/postgres.ts';
import { openBrowser, skipBrowser } from '../test/support/browser.ts';
import { type Demonstration, openDemonstration } from '../test/support/demonstration.ts';
import { goTo } from '../test/support/walk.ts';

/** Takes the pictures of docs/pictures over the tour, in a demonstration window of its own. `npm run screenshots` */

const folder = join(import.meta.dirname, '../docs/pictures');
const heightMax = 1_500;
const bytesMax = 150_000;

interface Picture {
  readonly name: string;
  readonly lang: 'en' | 'ar';
  readonly height: number;
  /** Goes to what is shown, from the tour. */
  readonly go: (page: Page, origin: string) => Promise<unknown>;
}

const stop = (id: string) => (page: Page, origin: string) => goTo(page, origin, { id });

async function dryRun(page: Page, origin: string): Promise<void> {
  await stop('dry-run')(page, origin);
  await page.locator('main form button[name], main a.govuk-button').first().click();
  await page.waitForLoadState('load');
  await page.click('form[action="/assess"] button:not([name])');
  await page.waitForSelector('.verdict');
}

async function officersCase(page: Page, origin: string): Promise<void> {
  await stop('decision')(page, origin);
  await page.click('main summary:has(+ .more__body [name="decision.ground"])');
}

const pictures: readonly Picture[] = [
  { name: 'home', lang: 'en', height: 1_250, go: stop('chart') },
  { name: 'tour', lang: 'en', height: 1_100, go: (page, origin) => page.goto(`${origin}/tour`) },
  { name: 'dry-run', lang: 'en', height: 1_300, go: dryRun },
  { name: 'parcel', lang: 'en', height: heightMax, go: stop('parcel') },
  { name: 'case', lang: 'en', height: 1_400, go: officersCase },
  { name: 'queue', lang: 'en', height: 1_250, go: stop('queue') },
  { name: 'administration', lang: 'en', height: 1_000, go: stop('people') },
  { name: 'home-arabic', lang: 'ar', height: 1_250, go: stop('chart') },
];

/** Runs in the browser, which makes WebP of a PNG: a third of the weight, and no further program is needed. */
const toWebp = (address: string): string => `(async () => {
  const picture = new Image();
  picture.src = '${address}';
  await picture.decode();
  const sheet = document.createElement('canvas');
  [sheet.width, sheet.height] = [picture.width, picture.height];
  sheet.getContext('2d').drawImage(picture, 0, 0);
  return sheet.toDataURL('image/webp', 0.8);
})()`;

async function shoot(page: Page, { name, height, go }: Picture, { origin }: Demonstration): Promise<void> {
  await page.setViewportSize({ width: 1_280, height });
  await go(page, origin);
  const png = await page.screenshot();
  const canvas = await page.context().newPage();
  const webp = await canvas.evaluate<string>(toWebp(`data:image/png;base64,${png.toString('base64')}`));
  await canvas.close();
  const path = join(folder, `${name}.webp`);
  writeFileSync(path, Buffer.from(webp.slice(webp.indexOf(',') + 1), 'base64'));
  const { size } = statSync(path);
  if (size > bytesMax) throw new Error(`${name}.webp weighs ${size} bytes; ${bytesMax} are enough`);
  process.stdout.write(`docs/pictures/${name}.webp  ${Math.round(size / 1_000)} kB\n`);
}

async function takeAll(window: Demonstration): Promise<void> {
  const browser = await openBrowser();
  try {
    for (const picture of pictures) {
      const context = await browser.newContext({ deviceScaleFactor: 1 });
      const page = await context.newPage();
      await page.goto(`${window.origin}/tour?lang=${picture.lang}`);
      await shoot(page, picture, window);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

if (skipBrowser) {
  process.stderr.write(`${skipBrowser}\n`);
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'portolan-pictures-'));
const postgres = await startPostgres(data, { durable: false, sharedBuffers: '128MB' });
const db = openDb({ url: postgres.url, size: 8 });
try {
  await migrate(db, schemas);
  const window = await openDemonstration(db);
  await takeAll(window);
  await window.close();
} finally {
  await db.close();
  await postgres.stop();
  rmSync(data, { recursive: true, force: true });
}
