import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type Page, chromium } from 'playwright-core';
import { findChromium } from './chromium.ts';
import { remembered } from './opened.ts';
import { keyboardFaults, letterFaults, zoomFaults } from './reach.ts';

/** Without a Chromium the browser tests are skipped, and say so. */
export const chromiumPath = findChromium();

/** The reason to skip a browser test, or false. */
export const skipBrowser = chromiumPath ? false : 'no Chromium found: set CHROMIUM_PATH or install one';

/** What is looked at right after a click is the page that the click led to, whole and not just begun. */
function wholeAfterClicks(page: Page): void {
  const frame = page.mainFrame();
  const click = frame.click.bind(frame);
  frame.click = async (...given) => {
    await click(...given);
    await page.waitForLoadState();
  };
}

/** Starts the browser, without a sandbox since tests also run as root, and without any traffic of its own. */
export const openBrowser = (more: readonly string[] = []): Promise<Browser> => remembered(launch(more));

async function launch(more: readonly string[]): Promise<Browser> {
  if (!chromiumPath) throw new Error('no Chromium');
  const quiet = ['--disable-background-networking', '--no-first-run', '--disable-sync'];
  const args = ['--no-sandbox', '--disable-gpu', ...quiet, ...more];
  const browser = await chromium.launch({ executablePath: chromiumPath, args });
  browser.on('context', (context) => context.on('page', wholeAfterClicks));
  return browser;
}

/**
 * What axe finds wrong on a page, one line for each. The page must run scripts: axe hangs for ever where it may not.
 */
async function axeFindings(page: Page): Promise<string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('axe did not come back within 30 s')), 30_000);
  try {
    // Our pages have no frames, so axe runs in one piece, and it describes only what is wrong: a third of the time.
    const axe = new AxeBuilder({ page }).options({ runOnly: tags, resultTypes: ['violations'] }).setLegacyMode();
    const { violations } = await Promise.race([axe.analyze(), late.promise]);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong on a page: what axe finds, and what is lost at 200 %. */
export const findings = async (page: Page): Promise<string[]> => [
  ...(await axeFindings(page)),
  ...(await zoomFaults(page)),
];

/** The same, and what is lost with letters twice as large, and what stands in the way of the Tab key. */
export const allFindings = async (page: Page): Promise<string[]> => [
  ...(await keyboardFaults(page)),
  ...(await letterFaults(page)),
  ...(await findings(page)),
];
