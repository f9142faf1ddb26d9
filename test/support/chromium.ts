import { existsSync } from 'node:fs';

const shell = ['/usr/bin/chromium-headless-shell'];
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/**
 * Where a Chromium is on this machine: at CHROMIUM_PATH where that is set, or else in `/usr/bin`. Rather than the whole
 * browser it is its shell without a screen, where the same engine draws the same pages in a fifth less time, unless the
 * `whole` is asked for, as people have it. Where only one is there, it will do.
 */
export function findChromium({ whole = false } = {}): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined) return existsSync(given) ? given : undefined;
  return (whole ? [...browsers, ...shell] : [...shell, ...browsers]).find(existsSync);
}
