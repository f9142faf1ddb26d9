import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Language, languageOf, languages } from '#portal/language.ts';
import { furnish, sendPage } from '#portal/pages.ts';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import { overflows } from '../support/demonstration.ts';
import { drawn, long } from '../support/long.ts';
import { closeOpened } from '../support/opened.ts';
import { bytesOf } from '../support/walk.ts';
import { innerPage, publicPage } from './gallery-pages.ts';

const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'";
const pictures = join(tmpdir(), 'portolan-gallery');

const day: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const telephone = { width: 320, height: 700 };

/** The ordinary run looks in one way at the pages; the long run in every way, and takes pictures of them. */
const looks = drawn(
  languages.flatMap(({ code }): [lang: Language, name: string, options: BrowserContextOptions][] => [
    [code, 'day', day],
    [code, 'night', { ...day, colorScheme: 'dark' }],
    [code, 'narrow', { viewport: telephone }],
    [code, 'narrow night', { viewport: telephone, colorScheme: 'dark' }],
  ]),
);

describe('the portal’s furniture in a browser', { skip: skipBrowser }, () => {
  let app: FastifyInstance;
  let browser: Browser;
  let origin: string;

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    app = fastify();
    await furnish(app);
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', policy);
    });
    const langOf = (request: FastifyRequest): Language =>
      languageOf({ query: new URLSearchParams(request.url.split('?')[1]).get('lang') ?? undefined });
    app.get('/', (request, reply) => sendPage(reply, publicPage(langOf(request))));
    app.get('/inner', (request, reply) => sendPage(reply, innerPage(langOf(request))));
    app.get('/events', (_request, reply) =>
      reply
        .type('text/event-stream')
        .send(
          'data: {"released":"127,812"}\n\nevent: fragment\ndata: {"list":"parcels","html":"<li id=new>new</li>"}\n\n',
        ),
    );
    origin = await app.listen({ port: 0, host: '127.0.0.1' });
    browser = await openBrowser();
  });

  after(async () => {
    await closeOpened();
    await app.close();
  });

  async function visit(
    path: string,
    options: BrowserContextOptions,
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${origin}${path}`);
      await look(page);
      assert.deepEqual(complaints, [], 'the browser has nothing to complain about, the policy least of all');
    } finally {
      await context.close();
    }
  }

  for (const [code, name, options] of looks) {
    for (const path of ['/', '/inner']) {
      test(`${path} in ${code}, ${name}: axe finds nothing and nothing is wider than the window`, async () => {
        await visit(`${path}?lang=${code}`, options, async (page) => {
          const file = `${path === '/' ? 'public' : 'inner'}-${code}-${name.replace(' ', '-')}.png`;
          if (long) await page.screenshot({ path: join(pictures, file), fullPage: true });
          assert.deepEqual(await findings(page), []);
          assert.equal(await overflows(page), false, 'scrolls sideways');
          assert.equal(await page.getAttribute('html', 'dir'), languages.find((one) => one.code === code)?.dir);
        });
      });
    }
  }

  test('the skip link comes first and leads past the navigation', async () => {
    await visit('/', day, async (page) => {
      await page.keyboard.press('Tab');
      assert.equal(await page.getAttribute(':focus', 'href'), '#main');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.equal(await page.locator('main :focus').count(), 1);
    });
  });

  test('a summary of errors takes the focus and its links reach their fields', async () => {
    await visit('/inner', day, async (page) => {
      assert.equal(await page.locator('.govuk-error-summary:focus').count(), 1);
      for (const [index, name] of ['value.total', 'outcome', 'reason'].entries()) {
        await page.click(`.govuk-error-summary__list li:nth-child(${index + 1}) a`);
        assert.equal(await page.getAttribute(':focus', 'name'), name);
      }
    });
  });

  test('figures follow the stream of events, and a button stops them', async () => {
    await visit('/', day, async (page) => {
      await page.waitForSelector('#new');
      assert.equal(await page.textContent('[data-live-field=released]'), '127,812');
      await page.click('.live__button');
      assert.equal(await page.textContent('.live__button'), 'Go on');
    });
  });

  test('without JavaScript every word and the way to fresh figures are there', async () => {
    await visit('/', { ...day, javaScriptEnabled: false }, async (page) => {
      assert.equal(await page.textContent('.live__control a'), 'Show the figures as they are now');
      assert.equal(await page.getAttribute('.live__control a', 'href'), '/');
    });
  });

  test('a first visit moves less than 40 kB and a later page less than 12 kB', async () => {
    const context = await browser.newContext(day);
    try {
      const page = await context.newPage();
      const bytes = (path: string): Promise<number> => bytesOf(context, page, `${origin}${path}`);
      assert.ok((await bytes('/')) < 40_000);
      const later = await bytes('/inner');
      assert.ok(later > 1000 && later < 12_000, `${later} bytes`);
    } finally {
      await context.close();
    }
  });
});
