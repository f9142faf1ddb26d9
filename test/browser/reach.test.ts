import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, skipBrowser } from '../support/browser.ts';
import { closeOpened } from '../support/opened.ts';
import { keyboardFaults, zoomFaults } from '../support/reach.ts';

const skip = '<a class="govuk-skip-link" href="#main">Skip</a>';
const body = (main: string, first = skip): string =>
  `<!doctype html>${first}<main id="main" tabindex="-1">${main}</main>`;

describe('what looks at the reach of a page finds what is wrong with it', { skip: skipBrowser }, () => {
  let browser: Browser;
  let page: Page;
  before(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  });
  after(closeOpened);

  const radios = [1, 2]
    .map((value) => `<label><input type="radio" name="one" value="${value}">${value}</label>`)
    .join('');
  const sound = `<style>input:focus-within { outline: 2px solid }</style><a href="/">One</a> <form><p>${radios}</p><input type="datetime-local"></form>
    <details><summary>More</summary><button>Hidden</button></details><button disabled>Not yet</button>`;

  const byTab: Readonly<Record<string, readonly [document: string, fault: RegExp | null]>> = {
    'a sound page has none': [body(sound), null],
    'a focus without any sign': [
      body('<a href="/" style="outline: 0">One</a><a href="/">Two</a>'),
      /^no focus to be seen on .*One/,
    ],
    'a focus under which nothing can be read': [
      body('<style>main a:focus { background: #ffc83d; color: #9cc4f0 }</style><a href="/">One</a>'),
      /^not to be read .*One/,
    ],
    'a link under a bar that stays': [
      body('<a href="/">One</a><div style="position: fixed; inset: 0; top: 1.5rem; background: #fff">Bar</div>'),
      /^covered .*One/,
    ],
    'a link beside the window': [body('<a href="/" style="position: fixed; left: -200px">One</a>'), /^covered .*One/],
    'a button that Tab passes by': [
      body('<button tabindex="-1">One</button><a href="/">Two</a>'),
      /^never reached: .*One/,
    ],
    'a field that keeps the focus': [
      body('<input aria-label="One" onkeydown="event.preventDefault()"><a href="/">Two</a>'),
      /^the focus stays on .*One/,
    ],
    'no way past the navigation': [body('<a href="/">One</a>', ''), /^the first stop is not/],
    'a way past it to nowhere': [body('<a href="/">One</a>', skip.replace('#main', '#man')), /^the link past/],
  };
  for (const [what, [document, fault]] of Object.entries(byTab))
    test(`by the Tab key: ${what}`, async () => {
      await page.setContent(document);
      const faults = await keyboardFaults(page);
      if (fault === null) assert.deepEqual(faults, []);
      else assert.match(faults[0] ?? '', fault);
    });

  const atZoom: Readonly<Record<string, readonly [document: string, fault: RegExp | null]>> = {
    'a sound page has none': [body(sound), null],
    'a page wider than its window': [body('<p style="width: 700px">One</p>'), /: scrolls sideways/],
    'words cut off at the side': [
      body('<p style="width: 5em; overflow: hidden; white-space: nowrap">One and another</p>'),
      /: cut off: .*One/,
    ],
    'words cut off below': [
      body('<p style="height: 1em; line-height: 1; overflow: clip">One<br>Two</p>'),
      /: cut off: .*One/,
    ],
    'buttons over each other': [
      body('<button>One</button><button style="margin-left: -20px">Two</button>'),
      /One and .*Two.* over each other/,
    ],
  };
  for (const [what, [document, fault]] of Object.entries(atZoom))
    test(`at 200 %: ${what}`, async () => {
      await page.setContent(document);
      const faults = await zoomFaults(page);
      if (fault === null) assert.deepEqual(faults, []);
      else assert.match(faults[0] ?? '', fault);
    });
});
