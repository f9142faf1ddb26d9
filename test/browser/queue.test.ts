import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { putRule } from '#modules/risk/index.ts';
import { anonymous } from '#platform/auth.ts';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
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

/** The rules of a demonstration select by lot; this one selects every watch, so that there are cases to decide. */
async function hold(window: Demonstration, many: number): Promise<void> {
  const { context, demo, origin } = window;
  const administrator = {
    ...anonymous('2026-01-01'),
    roles: ['administrator' as const],
    assurance: 'passkey' as const,
  };
  const rule = {
    condition: 'commodity == "910211"',
    share: '100',
    ground: 'demo/watch-brands',
    desk: 'customs',
    source: 'Customs Code, art. 46',
  };
  const put = await putRule(context, administrator, 'every-watch', { ...rule, from: '2020-01-01' });
  assert.ok(put.ok);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${demo.key}` };
  for (let number = 0; number < many; number += 1) {
    const parcel = (await (await fetch(`${origin}/demo/parcel.json`)).json()) as Invented;
    parcel.declaration.goods[0]!.commodity = '910211';
    const filed = await fetch(`${origin}/v1/consignments`, { method: 'POST', headers, body: JSON.stringify(parcel) });
    assert.equal(filed.status, 201);
  }
  await window.settle();
}

interface Invented {
  declaration: { goods: { commodity?: string }[] };
}

describe('the officer’s queue', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  before(async () => {
    window = await openDemonstration();
    await hold(window, 12);
    browser = await openBrowser();
  });
  after(closeOpened);

  const cases = async (page: Page): Promise<string[]> => {
    await page.goto(`${window.origin}/queue?view=unclaimed&procedure=held-parcel&state=open`);
    return page.locator('tbody th a').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  };

  for (const [look, options] of looks)
    test(`the queue, a case and a decision with errors fit, and axe finds nothing: ${look}`, async () => {
      const page = await openPage(browser, options);
      await become(page, window.origin, 'nives');
      await page.goto(`${window.origin}/queue`);
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      const [path] = await cases(page);
      await page.goto(window.origin + path);
      for (const summary of await page.locator('.beside details > summary').all()) await summary.click();
      assert.equal(await overflows(page), false);
      assert.deepEqual(await findings(page), []);
      await page.locator('form:has(input[name=move][value=deny]) button[type=submit]').click();
      await page.waitForSelector('.govuk-error-summary');
      assert.deepEqual(await findings(page), []);
      await page.context().close();
    });

  test('an officer takes a case, is told what a decision lacks, and releases with another origin', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'nives');
    const [path] = await cases(page);
    await page.goto(window.origin + path);
    await page.click('text=Take it');
    await shows(page, /Who has it\s+you/, 'main');
    const form = page.locator('form:has(input[name=move][value=release-changed])');
    await page.click('summary:has-text("Release with changes")');
    await form.locator('input[name="accepted.1.origin"]').fill('GR');
    await form.locator('input[name="decision.ground"]').fill('Customs Code, art. 22');
    await form.locator('button[type=submit]').click();
    await shows(page, /on which ground, for which reason/, '.govuk-error-summary');
    const target = await page.locator('.govuk-error-summary a').getAttribute('href');
    assert.equal(target, '#release-changed-decision-reason');
    assert.equal(await form.locator('input[name="accepted.1.origin"]').inputValue(), 'GR');
    await form.locator('textarea').fill('The goods are marked as made in Greece.');
    await form.locator('button[type=submit]').click();
    const text = await read(page, 'main');
    assert.match(text, /Released with changes/);
    assert.match(text, /The goods are marked as made in Greece\./);
    assert.match(text, /Object to the change/);
    assert.equal(await page.locator('ins', { hasText: 'GR' }).count(), 1);
    await page.context().close();
  });

  test('a decision on a case that changed meanwhile is refused, and nothing of it is written', async () => {
    const first = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(first, window.origin, 'nives');
    const [path] = await cases(first);
    const second = await first.context().newPage();
    await first.goto(window.origin + path);
    await second.goto(window.origin + path);
    await second.click('text=Take it');
    await first.click('summary:has-text("Deny release")');
    const form = first.locator('form:has(input[name=move][value=deny])');
    await form.locator('input[name="decision.ground"]').fill('Customs Code, art. 30');
    await form.locator('textarea').fill('The goods may not enter.');
    const answered = first.waitForResponse((response) => response.request().method() === 'POST');
    await form.locator('button[type=submit]').click();
    assert.equal((await answered).status(), 409);
    await shows(first, /Somebody changed this case while you were looking at it/, 'body');
    assert.equal(await form.locator('textarea').inputValue(), 'The goods may not enter.');
    await second.goto(window.origin + path);
    await shows(second, /State\s+Open/, 'main');
    await first.context().close();
  });

  test('a denied parcel says its ground, and the goods become a case of their own; a case can be handed to another desk', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'nives');
    const [deny, hand] = await cases(page);
    await page.goto(window.origin + deny);
    const parcel = await page.locator('.beside .govuk-summary-list a').first().getAttribute('href');
    await page.click('summary:has-text("Deny release")');
    const form = page.locator('form:has(input[name=move][value=deny])');
    await form.locator('input[name="decision.ground"]').fill('Customs Code, art. 30');
    await form.locator('textarea').fill('The goods may not enter.');
    await form.locator('button[type=submit]').click();
    await page.goto(window.origin + parcel);
    await shows(page, /Release was denied/, 'main');
    assert.equal(await page.locator('.verdict a[href^="/cases/"]').count(), 2);
    await page.goto(window.origin + hand);
    await page.click('summary:has-text("Hand it over")');
    await page.selectOption('select[name=desk]', 'market');
    await page.click('form[action$="/hand-over"] button[type=submit]');
    assert.match(page.url(), /\/queue/);
    assert.ok(!(await cases(page)).includes(hand!));
    await page.context().close();
  });

  test('an officer of another authority does not decide here, and who is no officer has no queue', async () => {
    const page = await openPage(browser, { javaScriptEnabled: false, locale: 'en-GB' });
    await become(page, window.origin, 'nives');
    const [path] = await cases(page);
    await become(page, window.origin, 'dora');
    await page.goto(window.origin + path);
    assert.equal(await page.locator('form[action$="/step"], form[action$="/claim"]').count(), 0);
    await become(page, window.origin, 'salma');
    assert.equal((await page.goto(`${window.origin}/queue`))?.status(), 403);
    await page.context().close();
  });
});
