import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { dayIn } from '#kernel/effective.ts';
import { tourStops } from '#modules/demo/index.ts';
import { systemClock } from '#platform/clock.ts';
import { languages } from '#portal/language.ts';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import { type Demonstration, openDemonstration } from '../support/demonstration.ts';
import { drawn, long } from '../support/long.ts';
import { closeOpened } from '../support/opened.ts';
import { complaintsOf, fitsTelephone, goTo, rawCode } from '../support/walk.ts';

// The history of the demonstration goes back thirty days: on a thirty-first no month ended in it.
const monthEnded = !dayIn(systemClock.instant(), 'Etc/GMT-2').endsWith('-31');

/** Stops whose page is headed by what somebody called a thing, in whatever language he speaks. */
const called = new Set(['port', 'bonded', 'registration']);
const writing: Readonly<Record<string, RegExp>> = { ar: /\p{Script=Arabic}/u, zh: /\p{Script=Han}/u };
const headingIn = (code: string, stop: string, heading: RegExp): RegExp =>
  code === 'en' || called.has(stop) ? heading : (writing[code] ?? /\p{Letter}/u);

/** What each stop says one should look for: its heading, and what is on the page in every language. */
const seen: Readonly<Record<string, { heading: RegExp; things: readonly string[]; atLeast?: Record<string, number> }>> =
  {
    chart: {
      heading: /^The window of/,
      things: ['.portolan__route', '.portolan__harbour--waiting', '[data-live-field]', '.portolan + details table'],
    },
    agent: {
      heading: /^Who acts for whom/,
      things: ['.card--released form[action$="/revoke"]', 'a[href="/representations/new"]'],
    },
    registration: {
      heading: /^Mercato del Molo/,
      things: ['form[action$="/steps"] [name="decision.ground"]', '.tag--released', '.tag--quiet'],
    },
    'dry-run': {
      heading: /^What will my parcel meet/,
      things: ['form[action="/assess"] [name="goods.0.description"]', '[name=economy]'],
    },
    commodity: {
      heading: /^Find the code/,
      things: [
        '.card:has-text("610910")',
        '.card:has-text("851830")',
        'form[action^="/commodities/"] [name=commodity]',
      ],
    },
    'law-and-date': {
      heading: /^What will my parcel meet/,
      things: [
        '.timeline__event--ink a[href*="on=2024-01-01"]',
        '.timeline__event--ink .sides',
        '.timeline__event--hand',
        '[name=on][value="2023-12-01"]',
      ],
    },
    rules: {
      heading: /^Rules of/,
      things: [
        'tr:has-text("low-value-limit"):has(:text-matches("150[.,]00"))',
        'tr:has-text("low-value-limit"):has-text("2027")',
      ],
    },
    file: { heading: /^My parcels/, things: ['tbody th a'] },
    offline: { heading: /^Without a line/, things: ['[data-line]', '[data-device-form] [name=photo]'] },
    'my-parcels': {
      heading: /^My parcels/,
      things: ['a[href*="status=released"][aria-current]', 'tbody .tag--released'],
    },
    parcel: {
      heading: /^Parcel H/,
      things: ['.timeline__event--released', 'tr:has-text("charge.tax")', 'text=/[0-9a-f]{64}/'],
      atLeast: { '.timeline__event': 5 },
    },
    'take-back': {
      heading: /^Parcel H/,
      things: ['form[action$="/cancellation"] [name=reason]', 'form[action$="/cancellation"] [name=csrf]'],
      atLeast: { 'form[action$="/cancellation"] [name=ground]': 4 },
    },
    return: {
      heading: /^Parcel H/,
      things: [
        'section.card .tag--released',
        'section.card tr:has-text("Commerce Order"), section.card tr:has-text("Tax Act")',
        'form[action$="/returns"] [name=reference]',
      ],
      atLeast: { 'form[action$="/returns"] [name=ground]': 5 },
    },
    versions: {
      heading: /^Parcel H/,
      things: ['#versions + .timeline del', '#versions + .timeline ins', 'a[href$="/amendment"]'],
      atLeast: { '#versions + .timeline .timeline__event': 2 },
    },
    trade: {
      heading: /^Three flows/,
      things: [
        '.flow .tag--stopped',
        '.flow .tag--hand',
        'table.bars',
        'form[action="/trade"] [name=mark]',
        'a[href^="/trade/parcels.csv"]',
      ],
      atLeast: { '.flow': 10 },
    },
    news: {
      heading: /^News of your parcels/,
      things: ['tbody th', 'tbody a[href^="/parcels/"]', 'a[href="/webhooks"]'],
      atLeast: { 'tbody tr': 20 },
    },
    slips: {
      heading: /^Slips/,
      things: ['tbody .tag--released', 'tbody .tag--stopped', 'tr:has-text("/total")'],
      atLeast: { 'tbody tr': 6 },
    },
    messages: {
      heading: /^Messages/,
      things: ['tbody th a[href^="/messages/"]', 'tbody .tag--stopped', 'input[type=file]'],
    },
    integrator: {
      heading: /^Keys of your programs/,
      things: ['details form[action="/keys"] [name=name]', 'tr:has-text("portolan_demo_")', 'a[href="/docs"]'],
    },
    export: {
      heading: /^Proof of export/,
      things: ['a[href$="/export-proof.jws"]', 'text=/jwks\\.json/', 'text=/[0-9a-f]{64}/', 'dl:has-text("Tessitura")'],
    },
    queue: { heading: /^Queue/, things: ['tbody .tag--stopped', 'form[action$="/claim"]'], atLeast: { 'tbody tr': 2 } },
    decision: {
      heading: /^Held parcel/,
      things: [
        'form[action$="/claim"]',
        '[name="decision.ground"]',
        '[name="decision.reason"]',
        '[name="decision.remedy"]',
      ],
    },
    'tax-bill': {
      heading: /^Tax bill/,
      things: ['tr:has-text("Consumption Tax Act")', 'tbody th a[href^="/notices/"]', 'a[href$="/print"]'],
    },
    'bank-statement': {
      heading: /^Bank statement/,
      things: ['tbody .tag--stopped', 'tbody .tag--hand', 'tbody .tag--released', 'a[href^="/guarantees/"]'],
    },
    licence: {
      heading: /^Service or licence/,
      things: ['tr:has-text("Consumption Tax Act")', '[name=move][value=accept]', '[name=ground]'],
      atLeast: { 'main tbody tr': 2 },
    },
    port: {
      heading: /Capo Sereno/,
      things: ['form[method=get] [name=tonne]', '.inset--hand', 'tfoot'],
      atLeast: { 'main table': 2 },
    },
    pay: { heading: /^Notices of charges/, things: ['tbody .tag--hand', 'tbody th a[href^="/notices/"]'] },
    aircraft: { heading: /^An aircraft lands/, things: ['form[action="/demo/aircraft"] button'] },
    bonded: {
      heading: /^Cotton T-shirt/,
      things: ['.chart__line', 'tbody .tag--released', 'tbody a[href^="/parcels/"]', 'a[href="/stock/PF-01"]'],
      atLeast: { 'main table': 3 },
    },
    'stock-difference': {
      heading: /^Difference in bonded stock/,
      things: ['a[href="/stock/PF-01/lines/2"]', '[name="decision.ground"]', '[name="decision.reason"]'],
      atLeast: { 'main details': 4 },
    },
    'short-landed': { heading: /^Parcel H/, things: ['.timeline__event--hand', '.inset--hand'] },
    'over-landed': {
      heading: /^Goods to be disposed of/,
      things: ['[name="decision.ground"]', 'text=/(XX|PT)H\\d{4,}/'],
      atLeast: { 'main details': 6 },
    },
    transfer: {
      heading: /^Transfer TR-Z001/,
      things: [
        '.stat--hand',
        '.chart__bar',
        'a[href^="/cases/"]',
        'a[href*="state=missing"]',
        'a:has-text("TR-Z001B")',
      ],
      atLeast: { 'tbody tr': 20 },
    },
    law: {
      heading: /^A change of law: The limit for the low-value route is lowered/,
      things: ['li:has-text("low-value-limit")', 'details [name^="minutes"]', 'a[href$="/drafts/1"]'],
    },
    replay: {
      heading: /^Replay of/,
      things: ['.stat--hand', '.chart__bar', 'a[href$="/result.csv"]', 'a[href*="/examples/"]', 'tr:has-text("XPN")'],
      atLeast: { 'main section': 5 },
    },
    'month-end': monthEnded
      ? {
          heading: /^Monthly summary of low-value imports/,
          things: ['a[href*="/lines/1"]', 'tr:has-text("XPN")', 'dl'],
        }
      : { heading: /^Summary declarations/, things: ['main'] },
    statistics: {
      heading: /^Trade statistics/,
      things: monthEnded ? ['.chart__bar', '.stat--released', 'a[href$=".csv"]'] : ['main'],
    },
    buyer: {
      heading: /^Find my parcel/,
      things: [
        '[name=number][value]:not([value=""])',
        '[name=fact][value]:not([value=""])',
        '.phone form[action="/find-my-parcel"]',
      ],
    },
    readiness: {
      heading: /^How ready is your economy/,
      things: ['.chart__bar', 'a[href*="change=1"]', 'td .tag--released'],
      atLeast: { '.bars tbody tr': 4, '.govuk-table tbody tr': 20 },
    },
    account: {
      heading: /^Your account/,
      things: ['#devices .tag--released', '#passkeys tbody th', '#codes form', 'form[action$="/end-all"]'],
    },
    people: { heading: /^People and roles/, things: ['a[href^="/admin/people/"]'], atLeast: { 'tbody tr': 13 } },
    clients: { heading: /^API clients/, things: ['tr:has-text("portolan_demo_")'] },
    audit: { heading: /^Parcels/, things: ['tbody th a[href^="/parcels/"]'] },
    'side-by-side': {
      heading: /^What will my parcel meet/,
      things: ['[name=with] option[value=xl]:checked', '.sides .tag--hand', '.two .chart__bar'],
      atLeast: { '.two .verdict': 2, '.sides__mark': 8 },
    },
    zone: {
      heading: /^What the zone changes/,
      things: [
        'tr:has-text("low-value-limit"):has(:text-matches("300[.,]00"))',
        'td .tag--hand',
        'a[href*="with.zone=porto-franco"]',
      ],
      atLeast: { table: 3 },
    },
    status: { heading: /^How this window runs/, things: ['.stat', 'a[href="/v1/status"]'], atLeast: { '.stat': 4 } },
    report: { heading: /^What works/, things: ['a[href^="/"]', '.tag'] },
  };

describe('the tour in a browser', { skip: skipBrowser }, () => {
  let window: Demonstration;
  let browser: Browser;
  const opened: BrowserContext[] = [];

  before(async () => {
    [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  });

  after(closeOpened);

  async function visitor(lang: string, scripts: boolean): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: scripts });
    opened.push(context);
    const page = await context.newPage();
    await page.goto(`${window.origin}/tour?lang=${lang}`);
    return page;
  }

  // The ordinary run opens every stop in one language; the long one in each, and without scripts too.
  for (const { code, dir } of drawn(languages)) {
    describe(`in ${code}`, () => {
      let page: Page;
      let complaints: string[];

      before(async () => {
        page = await visitor(code, true);
        complaints = complaintsOf(page);
      });

      for (const stop of tourStops) {
        test(`${stop.id} opens, shows what it says, and nobody is shut out`, async () => {
          complaints.length = 0;
          assert.equal(await goTo(page, window.origin, stop), 200);
          assert.deepEqual(
            [await page.getAttribute('html', 'lang'), await page.getAttribute('html', 'dir')],
            [code, dir],
          );
          const { heading, things, atLeast = {} } = seen[stop.id] ?? assert.fail(`nobody looks at ${stop.id}`);
          assert.match((await page.innerText('h1')).trim(), headingIn(code, stop.id, heading));
          for (const thing of things) assert.ok((await page.locator('main').locator(thing).count()) > 0, thing);
          for (const [thing, many] of Object.entries(atLeast))
            assert.ok((await page.locator(thing).count()) >= many, `fewer than ${many} of ${thing}`);
          assert.equal(await rawCode(page), undefined);
          assert.deepEqual(await findings(page), []);
          await fitsTelephone(page);
          assert.deepEqual(complaints, []);
        });
      }
    });
  }

  for (const { code } of long ? languages : []) {
    describe(`in ${code} without JavaScript`, () => {
      let page: Page;

      before(async () => {
        page = await visitor(code, false);
      });

      for (const stop of tourStops) {
        test(`${stop.id} is reached by its form`, async () => {
          assert.equal(await goTo(page, window.origin, stop), 200);
          assert.equal(await page.getAttribute('html', 'lang'), code);
          const { heading } = seen[stop.id]!;
          assert.match((await page.innerText('h1')).trim(), headingIn(code, stop.id, heading));
          // The page that a device keeps has nobody's name on it.
          if (stop.person !== null && stop.id !== 'offline')
            assert.equal(await page.getAttribute('.demo-bar [aria-current]', 'value'), stop.person);
        });
      }
    });
  }
});
