import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import type { Stop } from '#modules/demo/index.ts';
import { map } from '#modules/map.ts';

/** What the browser had to say against the pages it showed: errors, and what the policy forbade. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return complaints;
}

/** Goes to a stop of the tour as a person does, by its own button; the status of the page that it leads to. */
export async function goTo(page: Page, origin: string, { id }: Pick<Stop, 'id'>): Promise<number> {
  await page.goto(`${origin}/tour`);
  const [response] = await Promise.all([
    page.waitForResponse((one) => one.request().isNavigationRequest() && one.status() !== 303),
    page.click(`main button[name=stop][value="${id}"]`),
  ]);
  await page.waitForLoadState('load');
  return response.status();
}

/** Words that were looked up and not found show as their key. */
const modules = Object.keys(map).join('|');
const key = new RegExp(`\\b(${modules})[./][a-z][a-z0-9-]*`);

/** The first thing on the page that is a code where a word should stand; programs and keys for machines set apart. */
export async function rawCode(page: Page): Promise<string | undefined> {
  const texts = await page.locator('header, main, footer, .demo-bar').allInnerTexts();
  return key.exec(texts.join('\n'))?.[0];
}

/** Nothing is wider than a narrow telephone. */
export async function fitsTelephone(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 700 });
  const [width, room] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, window.innerWidth]',
  );
  if (before !== null) await page.setViewportSize(before);
  assert.ok(width <= room, `scrolls sideways: ${width} > ${room}`);
}

interface Focus {
  /** The beginning of the element that has the focus. */
  readonly on: string;
  /** Whether one sees it: an outline or a shadow. */
  readonly shows: boolean;
  readonly reached: boolean;
}

const focusOn = (page: Page, selector: string): Promise<Focus> =>
  page.evaluate<Focus>(`(() => {
    const node = document.activeElement;
    const style = getComputedStyle(node);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const shows = node === document.body || outlined || style.boxShadow !== 'none';
    return { on: node.outerHTML.slice(0, 160), shows, reached: node.matches(${JSON.stringify(selector)}) };
  })()`);

/** Presses Tab until the focus is on `selector`; every stop on the way must show that it has the focus. */
export async function tabTo(page: Page, selector: string, most: number): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    const { on, shows, reached } = await focusOn(page, selector);
    assert.ok(shows, `no focus to be seen on ${on}`);
    if (reached) return;
  }
  const { on } = await focusOn(page, selector);
  assert.fail(`${selector} is not reached by ${most} presses of Tab, but ${on}`);
}

/** The bytes that came over the wire for one visit, headers included; a line of news stays open and is left out. */
export async function bytesOf(context: BrowserContext, page: Page, address: string): Promise<number> {
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const under = new Set<string>();
  const rest = Promise.withResolvers<void>();
  let loaded = false;
  let sum = 0;
  const ended = ({ requestId, encodedDataLength = 0 }: { requestId: string; encodedDataLength?: number }): void => {
    under.delete(requestId);
    sum += encodedDataLength;
    if (loaded && under.size === 0) rest.resolve();
  };
  session.on('Network.requestWillBeSent', ({ requestId, type }) => {
    if (type !== 'EventSource') under.add(requestId);
  });
  session.on('Network.loadingFinished', ended);
  session.on('Network.loadingFailed', ended);
  await page.goto(address, { waitUntil: 'load' });
  loaded = true;
  // The browser now and then does not say that a request has ended, and then that one is not counted.
  if (under.size > 0) await Promise.race([rest.promise, delay(3_000, undefined, { ref: false })]);
  await session.detach();
  return sum;
}

/** Pages of one kind differ in numbers and references, and in their parts. */
export function kindOf(address: string): string {
  const { pathname, searchParams } = new URL(address);
  const names = pathname.split('/').map((name) => (/[\dA-Z]/.test(name) ? ':' : name));
  return `${names.join('/')} ${searchParams.get('view') ?? ''}`;
}
