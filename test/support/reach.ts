import type { Page } from 'playwright-core';

/** Presses of a key go to the browser together, each of which would take its own way there and back. */
const atOnce = 40;

/** What a person can act on, and how a fault names it; put before each of the scripts that run in the browser. */
const common = `
  const actable = 'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  const named = (node) => node.cloneNode().outerHTML.slice(0, 160) + (node.textContent ?? '').trim().slice(0, 40);
`;

/**
 * Kept in the page while the Tab key goes over it: what is still to be reached, and what was wrong on the way. It looks
 * when the next press comes, since only then has the page moved to where the focus is.
 */
const begin = `(() => {
  ${common}
  // The radios of a group are one stop.
  const stopOf = (node) =>
    node.type === 'radio' && node.form
      ? [...node.form.elements].find(({ type, name }) => type === 'radio' && name === node.name)
      : node;
  const open = (node) => shown(node) && !node.matches(':disabled') && !node.closest('[inert]');
  const drawn = (node, part) => {
    const style = node instanceof Element ? getComputedStyle(node, part) : {};
    const outline = style.outlineStyle === 'none' || style.outlineWidth === '0px' ? '' : style.outline;
    return [outline, style.boxShadow, style.backgroundColor, style.border].join();
  };
  // The focus of a radio or a box is drawn before its label, that of some fields around them.
  const look = (node) =>
    [drawn(node), drawn(node.parentElement), drawn(node.nextElementSibling, '::before')].join('|');
  const brightness = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  // Axe reads a page as it comes; what has the focus has other colours.
  const readable = (node) => {
    const { color, backgroundColor } = getComputedStyle(node);
    if (!backgroundColor.startsWith('rgb(') || !node.innerText?.trim()) return true;
    const [one, other] = [brightness(color), brightness(backgroundColor)];
    return Math.max(one, other) / Math.min(one, other) >= 4.5;
  };
  const between = (low, high, room) => (Math.max(low, 0) + Math.min(high, room)) / 2;
  const above = ({ left, right, top, bottom }) =>
    document.elementFromPoint(between(left, right, innerWidth), between(top, bottom, innerHeight));
  const uncovered = (node) =>
    [...node.getClientRects()].some((box) => {
      const on = box.width > 4 && box.height > 4 && above(box);
      return on && (node.contains(on) || on.closest('label')?.control === node);
    });
  const left = new Set([...document.querySelectorAll(actable)].filter(open).map(stopOf));
  const { activeElement: prior } = document;
  const { href } = location;
  const faults = [];
  let first, last, seen, times, done;
  const stop = () => {
    const node = document.activeElement ?? document.body;
    // With the first press the focus is not on anything yet.
    if (done || (!first && node === document.body)) return;
    if (last?.isConnected && node !== last && look(last) === seen) faults.push('no focus to be seen on ' + named(last));
    done = node === document.body || (node === first && node !== last);
    if (done) return;
    left.delete(stopOf(node));
    if (!uncovered(node)) faults.push('covered or out of sight with the focus: ' + named(node));
    if (!readable(node)) faults.push('not to be read with the focus: ' + named(node));
    // A field for a moment has a stop for each of its parts.
    times = node === last ? times + 1 : 0;
    done = times > 8;
    if (done) faults.push('the focus stays on ' + named(node));
    [first, last, seen] = [first ?? node, node, look(node)];
  };
  const reach = {
    done: () => done,
    toTop() {
      history.replaceState(history.state, '', href);
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute('tabindex');
      scrollTo(0, 0);
    },
    start() {
      reach.toTop();
      addEventListener('keydown', stop, true);
    },
    end() {
      removeEventListener('keydown', stop, true);
      delete globalThis.reach;
      reach.toTop();
      prior?.focus();
      if (!done) faults.push('the focus never comes to the end of the page');
      const never = [...left].filter((node) => node.isConnected && open(node));
      return [...faults, ...never.map((node) => 'never reached: ' + named(node))];
    },
  };
  reach.toTop();
  globalThis.reach = reach;
  return left.size;
})()`;

/** What whoever has only a keyboard meets on a page: not reached, not seen, covered, or held. */
export async function keyboardFaults(page: Page): Promise<string[]> {
  const stops = await page.evaluate<number>(begin);
  const on = (selector: string): Promise<boolean> =>
    page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`);
  const faults: string[] = [];
  await page.keyboard.press('Tab');
  if (await on('.govuk-skip-link')) {
    await page.keyboard.press('Enter');
    if (!(await on('main'))) faults.push('the link past the navigation does not lead to what the page is about');
  } else faults.push('the first stop is not the link past the navigation');
  await page.evaluate('reach.start()');
  const most = stops * 4 + 20;
  for (let presses = 0; presses < most && !(await page.evaluate('reach.done()')); presses += atOnce)
    await Promise.all(Array.from({ length: atOnce }, () => page.keyboard.down('Tab')));
  await page.keyboard.up('Tab');
  return [...faults, ...(await page.evaluate<string[]>('reach.end()'))];
}

/** With letters of this size, what is beyond the side of the page, cut off, or under something else to act on. */
const lost = (letters: string): string => `(() => {
  ${common}
  document.documentElement.style.fontSize = '${letters}';
  const { scrollWidth, clientWidth } = document.documentElement;
  const faults = scrollWidth > clientWidth ? ['scrolls sideways'] : [];
  const cuts = (way) => way === 'hidden' || way === 'clip';
  for (const node of document.body.querySelectorAll('*')) {
    // What only a screen reader reads is cut off on purpose.
    if (node.clientWidth < 2 || !shown(node) || !node.innerText?.trim()) continue;
    const { overflowX, overflowY } = getComputedStyle(node);
    const sideways = cuts(overflowX) && node.scrollWidth > node.clientWidth + 1;
    const below = cuts(overflowY) && node.scrollHeight > node.clientHeight + 1;
    if (sideways || below) faults.push('cut off: ' + named(node));
  }
  const boxes = [...document.querySelectorAll(actable)]
    .filter(shown)
    .flatMap((node) => [...node.getClientRects()].map((box) => ({ node, box })))
    .filter(({ box }) => box.left >= 0 && box.right <= clientWidth);
  const both = (one, other, low, high) => Math.min(one[high], other[high]) - Math.max(one[low], other[low]);
  for (const [at, one] of boxes.entries())
    for (const other of boxes.slice(at + 1)) {
      const [wide, high] = [both(one.box, other.box, 'left', 'right'), both(one.box, other.box, 'top', 'bottom')];
      // Lines of links touch.
      if (wide > 4 && high > 4 && !one.node.contains(other.node))
        faults.push(named(one.node) + ' and ' + named(other.node) + ' lie over each other');
    }
  document.documentElement.style.fontSize = '';
  return faults;
})()`;

async function lostAt(page: Page, width: number, height: number, letters: string): Promise<string[]> {
  const before = page.viewportSize();
  await page.setViewportSize({ width, height });
  const faults = await page.evaluate<string[]>(lost(letters));
  if (before !== null) await page.setViewportSize(before);
  return faults.map((fault) => `at ${width} pixels with letters of ${letters}: ${fault}`);
}

/** What is lost at 200 % of a usual screen, 1280 by 1024, of which the page then has half. */
export const zoomFaults = (page: Page): Promise<string[]> => lostAt(page, 640, 512, '100%');

/** What is lost on that screen where the letters alone are twice as large. */
export const letterFaults = (page: Page): Promise<string[]> => lostAt(page, 1280, 1024, '200%');
