import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { must } from '#kernel/result.ts';
import type { Problem } from './model.ts';
import { readConfig } from '#platform/config.ts';
import { createReference, type Reference } from '#platform/snapshot.ts';
import { testDb } from '../../../test/support/db.ts';
import { packsFolder } from '../../../test/support/pack.ts';
import { loadPackFolder, packFoldersIn, sourceOf } from './folder.ts';
import { assessRequest, installPacks, packsPart, sourcesAt, versionOf } from './service.ts';
import { replacePack, versionsOf } from './store.ts';

const { db } = await testDb({ modules: ['rulebook'] });
const folder = await mkdtemp(join(tmpdir(), 'packs-'));
after(() => rm(folder, { recursive: true }));

function context(env: Record<string, string> = {}): {
  config: ReturnType<typeof readConfig>;
  db: typeof db;
  reference: Reference;
} {
  return { config: readConfig(env, []), db, reference: createReference(db, [packsPart]) };
}

test('packs are installed once: a second start publishes no epoch', async () => {
  const first = context();
  const shipped = (await packFoldersIn(packsFolder)).map((one) => basename(one));
  assert.deepEqual([...must(await installPacks(first)).changed].sort(), shipped);
  const { epoch } = first.reference.current();
  const second = context();
  assert.deepEqual(must(await installPacks(second)).changed, []);
  assert.equal((await second.reference.refresh()).epoch, epoch);
  assert.equal(second.reference.current().get(packsPart).home.id, 'xp');
});

test('a changed pack opens a new epoch, and the old one is still read back as it was', async () => {
  await cp(join(packsFolder, 'xp'), join(folder, 'xp'), { recursive: true });
  // The examples of the pack say what its own limit gives.
  await rm(join(folder, 'xp', 'examples'), { recursive: true });
  const file = join(folder, 'xp', 'values.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"150.00"', '"160.00"'));
  const started = context({ PORTOLAN_PACKS: folder });
  const before = await started.reference.refresh();
  assert.deepEqual(must(await installPacks(started)).changed, ['xp']);
  const now = started.reference.current();
  assert.equal(now.epoch, before.epoch + 1n);
  assert.notEqual(now.digest, before.digest);
  const limit = (snapshot: typeof now): string | undefined =>
    snapshot.get(packsPart).home.program.values.get('low-value-limit')?.rows[1]?.text;
  assert.equal(limit(now), '160.00');
  assert.equal(limit(await context().reference.at(before.epoch)), '150.00');
});

test('another home is a new epoch, and a home without a pack is refused', async () => {
  const levanta = context({ PORTOLAN_ECONOMY: 'xl', PORTOLAN_PACKS: folder });
  must(await installPacks(levanta));
  assert.equal(levanta.reference.current().get(packsPart).home.id, 'xl');
  const nowhere = await installPacks(context({ PORTOLAN_ECONOMY: 'zz' }));
  assert.equal(nowhere.ok ? '' : nowhere.error.code, 'rulebook/home-missing');
});

test('law that a change has adopted stays before files of an older or equal version, and gives way to a higher one', async () => {
  const started = context({ PORTOLAN_PACKS: folder });
  must(await installPacks(started));
  const own = must(await loadPackFolder(join(folder, 'xp')));
  const head = JSON.parse(own.files['pack.json'] ?? '');
  const version = (text: string): string => JSON.stringify({ ...head, version: text });
  const adopted = must(sourceOf({ ...own.files, 'pack.json': version('1.5.0') }));
  const change = '01900000-0000-7000-8000-000000000001';
  await started.reference.publish((tx, epoch) => replacePack(tx, epoch, { ...versionOf(adopted), change }));
  const again = must(await installPacks(started));
  assert.deepEqual(again.kept, [{ pack: 'xp', adopted: '1.5.0', folder: head.version }]);
  assert.deepEqual(again.changed, []);
  assert.equal(started.reference.current().get(packsPart).home.version, '1.5.0');
  const file = join(folder, 'xp', 'pack.json');
  const text = await readFile(file, 'utf8');
  // The tenth is higher than the fifth, though not as a text.
  await writeFile(file, version('1.10.0'));
  const higher = must(await installPacks(started));
  assert.deepEqual([higher.changed, higher.replaced.length, higher.kept.length], [['xp'], 1, 0]);
  assert.equal(started.reference.current().get(packsPart).home.version, '1.10.0');
  await writeFile(file, text);
  must(await installPacks(started));
  assert.equal(started.reference.current().get(packsPart).home.version, head.version);
});

test('examples that change in a folder are taken over without an epoch: they are no law', async () => {
  const started = context({ PORTOLAN_PACKS: folder });
  const before = await started.reference.refresh();
  const file = join(folder, 'xp', 'CHANGELOG.md');
  await writeFile(file, `${await readFile(file, 'utf8')}\nA word more.\n`);
  assert.deepEqual(must(await installPacks(started)).changed, []);
  assert.equal((await started.reference.refresh()).epoch, before.epoch);
  const stored = await db.tx((tx) => sourcesAt(tx, before.epoch));
  assert.match(stored.get('xp')?.files['CHANGELOG.md'] ?? '', /A word more/);
});

/** What was refused of `xp` when one of its files is changed so; every file is put back afterwards. */
async function refusedWith(file: string, change: (text: string) => string): Promise<Problem[]> {
  const path = join(folder, 'xp', file);
  const text = await readFile(path, 'utf8');
  await writeFile(path, change(text));
  const started = context({ PORTOLAN_PACKS: folder });
  const { epoch } = await started.reference.refresh();
  const { changed, refused } = must(await installPacks(started));
  await writeFile(path, text);
  assert.deepEqual(changed, []);
  const now = await started.reference.refresh();
  assert.equal(now.epoch, epoch, 'the version before it stays in force');
  assert.equal(now.get(packsPart).home.program.values.get('low-value-limit')?.rows[1]?.text, '160.00');
  return refused.flatMap(({ problems }) => problems);
}

test('a version with a problem is refused with file, line and remedy, and the one before it stays in force', async () => {
  must(await installPacks(context({ PORTOLAN_PACKS: folder })));
  const [problem] = await refusedWith('values.json', (text) => text.replace('"160.00"', '"much"'));
  assert.equal(problem?.file, 'xp/values.json');
  const lines = (await readFile(join(folder, 'xp', 'values.json'), 'utf8')).split('\n');
  assert.equal(problem?.line, 1 + lines.findIndex((one) => one.includes('"160.00"')));
  assert.match(problem?.remedy ?? '', /write digits/);
});

test('a version whose worked example comes out otherwise is refused, naming the example', async () => {
  await cp(join(packsFolder, 'xp', 'examples'), join(folder, 'xp', 'examples'), { recursive: true });
  const problems = await refusedWith('values.json', (text) => text.replace('"160.00"', '"170.00"'));
  const example = problems.find((one) => one.file === 'xp/examples/limit-150-01.json');
  assert.equal(example?.pointer, '/expect/route');
  assert.ok((example?.line ?? 0) > 1);
  await rm(join(folder, 'xp', 'examples'), { recursive: true });
});

test('a folder that is no pack is refused by its name and hinders no other', async () => {
  const problems = await refusedWith('pack.json', () => '{');
  assert.match(problems[0]?.file ?? '', /xp\/pack\.json$/);
  assert.match(problems[0]?.remedy ?? '', /a comma or a quote mark/);
  const first = await installPacks(context({ PORTOLAN_PACKS: folder, PORTOLAN_ECONOMY: 'zz' }));
  assert.equal(first.ok ? '' : first.error.code, 'rulebook/home-missing');
});

/** Puts a supplement for the tariff of `eu` into a data folder, with one duty. */
async function importInto(data: string, duty: string, change: object = {}): Promise<void> {
  const [pack, name] = ['eu', 'list'];
  const counts = { lines: 1, rows: 1, inherited: 0, elsewhere: 0, unrated: 0 };
  const source = { title: 'The list', grade: 'secondary', url: null, seen: null };
  const input = { file: 'list.csv', sha256: '0'.repeat(64) };
  const said = { pack, name, table: 'tariff', source, edition: null, input, counts, unparsed: [] };
  const place = join(data, 'supplements', 'eu-list');
  await mkdir(join(place, 'tables'), { recursive: true });
  await writeFile(join(place, 'supplement.json'), JSON.stringify({ ...said, ...change }));
  await writeFile(
    join(place, 'tables', 'tariff.csv'),
    `commodity,duty,from,until,source,article\n6109,${duty},2021-01-01,,list,\n`,
  );
}

test('what was imported comes into force at the next start, and one for no pack is refused with the remedy', async () => {
  const data = join(folder, 'data');
  await importInto(data, '12%');
  const started = context({ PORTOLAN_DATA: data });
  assert.ok(must(await installPacks(started)).changed.includes('eu'));
  const { all } = (await started.reference.refresh()).get(packsPart);
  const rows = all.get('de')?.program.tables.get('tariff')?.rows ?? [];
  assert.ok(rows.some(({ source: of }) => of === 'The list'));
  assert.deepEqual(must(await installPacks(context({ PORTOLAN_DATA: data }))).changed, []);
  await importInto(data, '12%', { pack: 'zz' });
  const { refused } = must(await installPacks(context({ PORTOLAN_DATA: data })));
  assert.match(refused[0]?.problems[0]?.remedy ?? '', /take the supplement away/);
});

test('what is imported later joins a version that a change of law has adopted, which stays adopted', async () => {
  const data = join(folder, 'more-data');
  await importInto(data, '12%');
  const started = context({ PORTOLAN_DATA: data });
  must(await installPacks(started));
  const now = await db.tx((tx) => sourcesAt(tx, 9_223_372_036_854_775_806n));
  const { files } = now.get('eu')!;
  const head = JSON.parse(files['pack.json'] ?? '');
  const adopted = must(sourceOf({ ...files, 'pack.json': JSON.stringify({ ...head, version: '99.0.0' }) }));
  const change = '01900000-0000-7000-8000-000000000002';
  await started.reference.publish((tx, epoch) => replacePack(tx, epoch, { ...versionOf(adopted), change }));
  assert.deepEqual(must(await installPacks(started)).changed, []);
  await importInto(data, '13%');
  const installed = must(await installPacks(started));
  assert.deepEqual([installed.changed, installed.kept.map(({ pack }) => pack)], [['eu'], ['eu']]);
  const eu = started.reference.current().get(packsPart).all.get('eu');
  assert.equal(eu?.version, '99.0.0');
  const row = eu?.program.tables.get('tariff')?.rows.find(({ key }) => key === '6109');
  assert.equal(row?.cells['duty'], '13%');
  const [current] = (await db.tx((tx) => versionsOf(tx, 'eu'))).values();
  assert.deepEqual([current?.version, current?.change], ['99.0.0', change]);
});

test('an assessment names an unknown economy and a day that the calendar lacks', async () => {
  const { reference } = context();
  const packs = (await reference.refresh()).get(packsPart);
  const consignment = {
    declaration: {
      movement: 'import' as const,
      nature: 'sale' as const,
      goods: [
        {
          line: 1,
          description: { text: 'Goods', language: 'en' },
          quantity: '1',
          unit: 'C62',
          price: { currency: 'XPN', amount: '1.00' },
        },
      ],
    },
  };
  const now = '2026-11-23T12:00:00Z';
  const code = (request: Parameters<typeof assessRequest>[1]): string => {
    const result = assessRequest(packs, request, now);
    return result.ok ? result.value.pack.id : `${result.error.code} ${result.error.pointer}`;
  };
  assert.equal(code({ economy: 'zz', consignment }), 'rulebook/economy-unknown /economy');
  assert.equal(code({ on: '2026-02-30', consignment }), 'rulebook/day-unknown /on');
  assert.equal(code({ economy: 'de', consignment }), 'de');
});
