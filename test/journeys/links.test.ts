import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { castPeople } from '#modules/demo/index.ts';
import { type Demonstration, openDemonstration } from '../support/demonstration.ts';
import { drawn } from '../support/long.ts';
import { closeOpened } from '../support/opened.ts';
import { kindOf } from '../support/walk.ts';
import { browser } from '../support/window.ts';

/** Of pages made from one another's like, such as the documents, so many are enough. */
const alikeMax = 4;

/** Documents and the list of what works name every page and say whose it is. */
const forAll = /^\/(docs|about\/report)\b/;

describe('a page leads its reader only to pages that are open to him', () => {
  let window: Demonstration;
  before(async () => {
    window = await openDemonstration();
  });
  after(closeOpened);

  /** The pages of this window that a page leads to; what has an ending in its name is a file, what begins so data. */
  function linksOf(html: string, at: string): string[] {
    const hrefs = [...html.matchAll(/<a [^>]*?href="([^"]+)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));
    const all = hrefs.map((href) => new URL(href, at)).filter(({ origin }) => origin === window.origin);
    const pages = all.filter(({ pathname }) => !/^\/v1\/|\.\w+$/.test(pathname));
    return [...new Set(pages.map(({ pathname, search }) => `${window.origin}${pathname}${search}`))];
  }

  // The ordinary run goes the ways of one of the cast, the long one those of all.
  for (const { name } of drawn(castPeople))
    test(`for ${name}`, async () => {
      const visitor = browser(window);
      const home = await visitor.post('/about/report', '/demo/person', { person: name });
      const wrong: string[] = [];
      const looked = new Map<string, number>();
      const gone = new Set<string>();
      const ways = [[new URL(home.headers.location ?? '/', window.origin).href, window.origin]];
      for (const [address = '', from = ''] of ways) {
        const kind = kindOf(address);
        const above = kind.slice(0, kind.lastIndexOf('/'));
        const way = `${kindOf(from)} to ${kind}`;
        if (gone.has(way) || (!looked.has(kind) && (looked.get(above) ?? 0) >= alikeMax)) continue;
        gone.add(way);
        const reply = await visitor.get(address);
        const { location = '' } = reply.headers;
        const elsewhere = reply.statusCode === 303 && !location.includes('/sign-in');
        if (elsewhere) ways.push([new URL(location, address).href, from]);
        else if (reply.statusCode !== 200) wrong.push(`${address}, from ${from}: answers ${reply.statusCode}`);
        if (looked.has(kind) || reply.statusCode !== 200) continue;
        looked.set(kind, 1);
        if (above !== '') looked.set(above, (looked.get(above) ?? 0) + 1);
        if (forAll.test(new URL(address).pathname)) continue;
        // What leads on around a page is the same around every page.
        const part =
          gone.size === 1 ? reply.body : reply.body.slice(reply.body.indexOf('<main'), reply.body.indexOf('</main>'));
        for (const link of linksOf(part, address)) ways.push([link, address]);
      }
      assert.ok(gone.size > 20, `${gone.size} ways`);
      assert.deepEqual(wrong, []);
    });
});
