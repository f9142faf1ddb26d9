import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import {
  type Demonstration,
  looks,
  openDemonstration,
  openPage,
  overflows,
  read,
  shows,
} from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

describe('the rules in force', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    browser = await openBrowser();
  });
  after(closeOpened);

  const paths = [
    '/rules',
    '/rules/xp',
    '/rules/xp?view=routes',
    '/rules/xp?view=checks',
    '/rules/xp?view=tables&table=goods',
    '/rules/de?view=sources',
    '/rules/xp/zones/porto-franco',
  ];
  for (const [look, options] of looks)
    test(`every part fits and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      for (const path of paths) {
        await page.goto(window.origin + path);
        assert.equal(await overflows(page), false, path);
        assert.deepEqual(await findings(page), [], path);
      }
      await page.context().close();
    });

  test('a value stands with its dates, its source and that source’s grade, and another day shows another one', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    const row = async (on: string): Promise<string> => {
      await page.goto(`${window.origin}/rules/xp?on=${on}`);
      return read(page, 'tr:has-text("Limit for the low-value route")');
    };
    assert.match(await row('2026-11-23'), /XPN 150\.00[^]*1 January 2024[^]*art\. 4\(1\), as amended 2023[^]*invented/);
    assert.match(await row('2026-11-23'), /XPN 120\.00[^]*announced, not law yet/);
    assert.match(await row('2026-11-23'), /Porto Franco Pilot Zone[^]*XPN 300\.00[^]*xp\/porto-franco/);
    const earlier = await row('2022-05-01');
    assert.match(earlier, /XPN 100\.00/);
    assert.doesNotMatch(earlier, /XPN 150\.00|XPN 300\.00/);
    await page.context().close();
  });

  test('a draft says so, and an economy without rules is told apart from one with them', async () => {
    const page = await openPage(browser, { locale: 'en-GB' });
    await page.goto(`${window.origin}/rules/de`);
    await shows(page, /draft/, 'main');
    assert.equal((await page.goto(`${window.origin}/rules/nowhere`))?.status(), 404);
    await page.context().close();
  });
});
