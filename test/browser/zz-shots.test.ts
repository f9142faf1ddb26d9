import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { tourStops } from '#modules/demo/index.ts';
import { openBrowser } from '../support/browser.ts';
import { openDemonstration, overflows } from '../support/demonstration.ts';
import { goTo, rawCode } from '../support/walk.ts';
const out = process.env['SHOTS'] ?? '/tmp/tr/shots';
const langs = (process.env['LANGS'] ?? 'zh,fr,ar').split(',');
const width = Number(process.env['WIDTH'] ?? '320');
const only = process.env['ONLY']?.split(',');
const paths = (process.env['PATHS'] ?? '/assess,/rules/xp,/rules/xp?view=routes,/rules/xp?view=checks,/status,/statistics,/about/report,/docs,/docs/problems,/sign-in,/tour,/ports,/nowhere').split(',').filter(Boolean);
test('shots', async () => {
  mkdirSync(out, { recursive: true });
  const [window, browser] = await Promise.all([openDemonstration(), openBrowser()]);
  const dark = process.env['DARK'] === '1';
  for (const lang of langs) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: dark ? 'dark' : 'light', locale: lang });
    const page = await context.newPage();
    await page.goto(`${window.origin}/tour?lang=${lang}`);
    const look = async (name: string) => {
      const over = await overflows(page); const raw = await rawCode(page);
      if (over || raw) console.log(lang, name, over ? 'OVERFLOWS' : '', raw ?? '');
      await page.screenshot({ path: `${out}/${lang}-${width}${dark ? '-dark' : ''}-${name.replaceAll(/[^a-z0-9-]/g, '_')}.png`, fullPage: true });
    };
    for (const path of paths) { await page.goto(`${window.origin}${path}`); await look(`p${path}`); }
    for (const stop of tourStops) if (!only || only.includes(stop.id)) { await goTo(page, window.origin, stop); await look(stop.id); }
    await context.close();
  }
  await browser.close(); await window.close();
});
