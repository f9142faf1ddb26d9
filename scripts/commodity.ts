import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { codesFor, teach } from '#modules/commodity/index.ts';
import { schemas } from '#modules/schemas.ts';
import { fixedClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { migrate } from '#platform/migrate.ts';
import { startPostgres } from '#platform/postgres.ts';
import { createWork } from '../src/app.ts';

/**
 * Measures commodity help on goods that it was not taught: how often the right code is first, and among the first five,
 * and how long a search takes. It imports the whole nomenclature into a window of its own. `node scripts/commodity.ts`
 */

interface Case {
  readonly text: string;
  readonly language: string;
  readonly codes: readonly string[];
}

const root = join(import.meta.dirname, '..');
const shared = join(process.env['PORTOLAN_SHARED'] ?? join(root, '../shared'), 'data');
const rowsOf = (text: string): Record<string, string>[] =>
  parse(text, { columns: true, bom: true, relax_quotes: true, relax_column_count: true });
const listed = JSON.parse(readFileSync(join(root, 'bench/commodity/goods.json'), 'utf8')) as {
  goods: { stock: string; codes: string[]; share: 'learning' | 'held-out'; in?: Record<string, string> }[];
};

/** The names of the retailer's goods by stock code; the first one that is written in capitals. */
function retailNames(): Map<string, string> {
  const folder = join(shared, 'orders/uci-online-retail');
  const names = new Map<string, string>();
  for (const file of readdirSync(folder).toSorted())
    for (const { StockCode = '', Description = '' } of rowsOf(
      gunzipSync(readFileSync(join(folder, file))).toString(),
    )) {
      const name = Description.replace(/\s+/g, ' ').trim();
      const code = StockCode.trim();
      if (!names.has(code) && /^[A-Z0-9 ,.&/'"-]{6,}$/.test(name)) names.set(code, name);
    }
  return names;
}

/** Goods as they are declared in the samples of a customs authority, with the code that was declared. */
function declaredGoods(known: ReadonlySet<string>): Case[] {
  const folder = join(shared, 'wco-dm/cds/samples');
  const found = new Map<string, Case>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.xml$/i.test(name)) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, commodity = ''] of text.matchAll(/<(?:\w+:)?Commodity>([\s\S]*?)<\/(?:\w+:)?Commodity>/g)) {
      const [, described = ''] = /<(?:\w+:)?Description>([^<]*)</.exec(commodity) ?? [];
      const [, code = ''] = /<(?:\w+:)?ID>(\d{8})</.exec(commodity) ?? [];
      // Some samples say only which test they are.
      if (described === '' || /^tt[a-z]/i.test(described) || !known.has(code.slice(0, 6))) continue;
      const plain = described.replaceAll('&apos;', "'").replaceAll('&amp;', '&').trim();
      found.set(`${plain} ${code}`, { text: plain, language: 'en', codes: [code.slice(0, 6)] });
    }
  }
  return [...found.values()];
}

const even = (text: string): boolean => (createHash('sha256').update(`portolan ${text}`).digest()[0] ?? 0) % 2 === 0;

/** The lines of a national tariff: not goods as people describe them, but many. */
function tariffLines(known: ReadonlySet<string>): { learn: Case[]; hold: Case[] } {
  const all = rowsOf(readFileSync(join(shared, 'tariff/uk-and-eu-2021/global-uk-tariff.csv'), 'utf8'))
    .map(({ commodity = '', description = '' }) => ({ code: commodity, text: description }))
    .filter(({ code, text }) => text !== '' && text.length <= 160 && known.has(code.slice(0, 6)));
  const cases = (rows: typeof all): Case[] =>
    rows.map(({ code, text }) => ({ text, language: 'en', codes: [code.slice(0, 6)] }));
  const held = all.filter(({ code }) => !even(code));
  return { learn: cases(all.filter(({ code }) => even(code))), hold: cases(held.filter((_, at) => at % 8 === 0)) };
}

async function measured(name: string, cases: readonly Case[], find: (one: Case) => Promise<string[]>, times: number[]) {
  let [first, five] = [0, 0];
  const wrong: string[] = [];
  for (const one of cases) {
    const start = performance.now();
    const found = await find(one);
    times.push(performance.now() - start);
    if (one.codes.includes(found[0] ?? '')) first += 1;
    if (found.some((code) => one.codes.includes(code))) five += 1;
    else wrong.push(`${one.text} [${one.codes.join(' ')}] got ${found.join(' ')}`);
  }
  const share = (many: number): string => `${((100 * many) / cases.length).toFixed(0)} %`;
  process.stdout.write(`| ${name} | ${cases.length} | ${share(first)} | ${share(five)} |\n`);
  if (process.argv.includes('--wrong')) process.stdout.write(wrong.map((line) => `    ${line}\n`).join(''));
}

function tell(what: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  process.stdout.write(
    `\n${times.length} searches of ${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms.\n`,
  );
}

function imported(out: string): void {
  const file = join(shared, 'codes/hs-2022/harmonized-system.csv');
  const told = ['--pack', 'eu', '--title', 'Harmonized System 2022', '--from', '2021-01-01', '--edition', 'HS2022'];
  for (const more of [[], ['--headings']]) {
    const name = more.length === 0 ? 'hs' : 'hs-headings';
    const args = ['import', 'nomenclature', file, ...told, '--code', 'hscode', '--name', name, '--out', out, ...more];
    const { status } = spawnSync(process.execPath, [join(root, 'src/cli.ts'), ...args], { stdio: 'ignore' });
    // Lines without a code of two digits or more are listed by the import, and it says so by this.
    if (status !== 0 && status !== 2) throw new Error(`the nomenclature was not imported (${status})`);
  }
}

async function main(): Promise<void> {
  if (!existsSync(shared)) throw new Error(`there is no data in ${shared}; PORTOLAN_SHARED says where it is`);
  const folder = mkdtempSync(join(tmpdir(), 'portolan-commodity-'));
  const postgres = await startPostgres(join(folder, 'db'), { durable: false, sharedBuffers: '64MB' });
  const db = openDb({ url: postgres.url, size: 4 });
  try {
    imported(join(folder, 'supplements'));
    await migrate(db, schemas);
    const config = readConfig({ PORTOLAN_ECONOMY: 'de', PORTOLAN_DATA: folder }, ['--empty']);
    const { context } = await createWork({ config, db, clock: fixedClock('2026-11-26T08:00:00.000Z'), log: silentLog });
    const start = performance.now();
    await codesFor(context, 'cup', 'en');
    process.stdout.write(`Index made in ${((performance.now() - start) / 1_000).toFixed(1)} s.\n\n`);
    const known = new Set(
      (await db.query<{ code: string }>('select code from commodity.subheadings')).map((r) => r.code),
    );
    const names = retailNames();
    const retail = (share: string, language: string): Case[] =>
      listed.goods.flatMap(({ stock, codes, share: own, in: translated }) => {
        const text = language === 'en' ? names.get(stock) : translated?.[language];
        return own !== share || text === undefined ? [] : [{ text, language, codes }];
      });
    const times: number[] = [];
    const long: number[] = [];
    const find = async ({ text, language }: Case): Promise<string[]> =>
      (await codesFor(context, text, language)).map(({ code }) => code);
    const round = async (when: string): Promise<void> => {
      for (const language of ['en', 'zh', 'fr', 'ar'])
        await measured(`retail, ${language}, ${when}`, retail('held-out', language), find, times);
      await measured(`customs samples, en, ${when}`, declaredGoods(known), find, times);
    };
    const taught = (cases: readonly Case[]): Promise<void> =>
      db.tx((tx) =>
        teach(
          tx,
          cases.map(({ text, language, codes }) => ({ description: { text, language }, commodity: codes[0] ?? null })),
        ),
      );
    await round('untaught');
    await taught(retail('learning', 'en'));
    await round('taught by retail');
    const { learn, hold } = tariffLines(known);
    await measured('tariff lines, en, taught by retail', hold, find, long);
    await taught(learn);
    await measured('tariff lines, en, taught by tariff too', hold, find, long);
    await round('taught by tariff too');
    tell('goods', times);
    tell('tariff lines', long);
  } finally {
    await db.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
