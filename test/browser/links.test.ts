import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { castPeople } from '#modules/demo/index.ts';
import { allFindings, openBrowser, skipBrowser } from '../support/browser.ts';
import { become, type Demonstration, looks, openDemonstration, openPage, overflows } from '../support/demonstration.ts';
import { long } from '../support/long.ts';
import { closeOpened } from '../support/opened.ts';
import { kindOf } from '../support/walk.ts';

/** Of pages made from one another's like, such as the documents, so many are enough. */
const alikeMax = 12;

/** The pages of this window that the page leads to; what has an ending in its name is a file, what begins so data. */
const linksOf = async (page: Page): Promise<string[]> => {
  const { origin } = new URL(page.url());
  const all = await page.locator('a[href]').evaluateAll((links: { href: string }[]) => links.map(({ href }) => href));
  const pages = all.map((href) => href.replace(/#.*/, '')).filter((href) => href.startsWith(`${origin}/`));
  return pages.filter((href) => !/^\/v1\/|\.\w+$/.test(new URL(href).pathname));
};

// The ordinary run meets the pages in the tests of what they are for.
const skip = skipBrowser || (long ? false : 'the long run follows every link');

describe('every page that a link leads to opens, and nobody is shut out', { skip }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });
  after(closeOpened);

  const seen = new Set<string>();
  const alike = new Map<string, number>();
  function isNew(address: string): boolean {
    const kind = kindOf(address);
    const above = kind.slice(0, kind.lastIndexOf('/'));
    const many = alike.get(above) ?? 0;
    if (seen.has(kind) || (above !== '' && many === alikeMax)) return false;
    seen.add(kind);
    alike.set(above, many + 1);
    return true;
  }

  /** Each page is looked at in one way, the next in the next: every language and width meets many of them. */
  let looked = 0;
  async function wrongWith(page: Page, address: string): Promise<string[]> {
    const [look, { viewport, colorScheme = 'light', locale = 'en' }] = looks[(looked += 1) % looks.length]!;
    await page.setViewportSize(viewport!);
    await page.emulateMedia({ colorScheme });
    await page.setExtraHTTPHeaders({ 'accept-language': locale });
    const response = await page.goto(address);
    if (response?.status() !== 200) return [`answers ${response?.status()}`];
    for (const summary of await page.locator('main summary').all()) await summary.click();
    const faults = [...((await overflows(page)) ? ['scrolls sideways'] : []), ...(await allFindings(page))];
    return faults.map((fault) => `${look}: ${fault}`);
  }

  for (const { name } of castPeople)
    test(`for ${name}`, async () => {
      const page = await openPage(browser, {});
      await become(page, window.origin, name);
      const wrong: string[] = [];
      const waiting = [[page.url().replace(/#.*/, ''), 'the bar']];
      for (const [address = '', from = ''] of waiting) {
        const faults = await wrongWith(page, address);
        wrong.push(...faults.map((fault) => `${address}, from ${from}: ${fault}`));
        for (const link of await linksOf(page)) if (isNew(link)) waiting.push([link, address]);
      }
      assert.deepEqual(wrong, []);
      await page.context().close();
    });
});
