import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { casesOf, reverse } from '#modules/cases/index.ts';
import { decideHeld, ensurePartitions, rebuild } from '#modules/clearance/index.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { closeNow, startRun } from '#modules/statistics/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openDb } from '#platform/db.ts';
import { portolan, type Ran } from '../support/command.ts';
import { emptyDb } from '../support/db.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { browser, openWindow } from '../support/window.ts';

/** Old days of parcels are written into files, taken out of the database, and brought back. */

const folder = mkdtempSync('/tmp/portolan-archive-');
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true, force: true }));

const clock = fixedClock('2026-09-01T08:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const env = { DATABASE_URL: window.test.url };
const { file, land } = shipper(window, clock, 'ARC');
const reasons = { ground: 'Customs Code, art. 46', reason: 'agencies/looked-at', remedy: 'clearance/object-to-change' };
const dayMs = 86_400_000;

const read = ({ id, filer }: Filed, as = filer) => window.ask({ url: `/v1/consignments/${id}`, as });
const refile = ({ filer, body }: Filed, change: object = {}) =>
  window.ask({ method: 'POST', url: '/v1/consignments', as: filer, body: { ...body, ...change } });
const scan = ({ barcodes }: Filed) => window.ask({ url: `/v1/scans/${barcodes[0]}`, as: ids.operator });
const archive = (...argv: string[]): Promise<Ran> => portolan(env, 'archive', '--out', folder, ...argv);
const partitions = async (): Promise<string[]> =>
  (
    await db.query<{ name: string }>(
      `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'clearance.declarations'::regclass order by 1`,
    )
  ).map(({ name }) => name.slice(-8));
const officer = () =>
  principalOfClient(context.reference.current(), window.key('customs'), clock.instant().slice(0, 10))!;
const heldCase = async (id: string) => (await casesOf(db, [id])).find((one) => one.procedure === 'held-parcel')!;
const watched = (body: any): void =>
  void Object.assign(body.declaration.goods[0], { commodity: '910219', category: undefined });

const rule = {
  condition: 'commodity == "910219"',
  ground: 'demo/watch-brands',
  desk: 'customs',
  source: 'Customs Code, art. 46',
};
const put = await window.ask({
  method: 'PUT',
  url: '/v1/administration/watch-rules/watches',
  as: 'customs',
  body: rule,
});
assert.equal(put.status, 200, put.text);

// The first day ends with all of its parcels at rest: they landed and were released, one of them by an officer, and one
// was to be filed anew and never landed. The second day has one parcel of each kind that is not at rest.
const gifts = [await file('gift'), await file('gift'), await file('gift')];
const looked = await file('gift', {}, watched);
const { id: held, stamp } = await heldCase(looked.id);
const decision = { case: held, move: 'release' as const, stamp, ...reasons };
assert.ok((await decideHeld(context, officer(), decision)).ok);
const anew = await file('over-limit');
const landed = await land([...gifts, looked]);
assert.equal(landed.released, 4);

clock.advance(dayMs);
await ensurePartitions(context);
const away = await file('gift');
const open = await file('gift', {}, watched);
const owed = await file('low-value');
const waiting = await file('slip-missing');
const stray = await file('over-limit');
assert.equal((await land([owed, stray])).released, 1);

clock.advance(dayMs);
await ensurePartitions(context);
const later = await file('gift');
assert.equal((await land([later])).released, 1);
await window.settle();
const [first, second, third] = ['2026-09-01', '2026-09-02', '2026-09-03'];
const shown = new Map<string, string>();
for (const one of [...gifts, looked, anew]) shown.set(one.id, (await read(one)).text);
const scanned = (await scan(gifts[0]!)).body;
const arrival = `/v1/arrivals/${landed.id}`;
const arrived = (await window.ask({ url: arrival, as: ids.operator })).body;

test('only days that have ended are archived, and none unless a day or a policy is said', async () => {
  const before = await partitions();
  for (const [argv, words] of [
    [[], /Say --before DAY, or set PORTOLAN_KEEP_DAYS/],
    [['--before', '2026-02-30'], /is a day like/],
    [['--before', '2999-01-01'], /lies ahead/],
    [['--restore', 'x', '--drop'], /--restore stands alone/],
  ] as const) {
    const { code, err } = await archive(...argv);
    assert.equal(code, 1);
    assert.match(err, words);
  }
  const none = await archive('--before', first, '--drop');
  assert.deepEqual([none.code, none.out], [0, `No day before ${first} stands in the database.\n`]);
  assert.deepEqual(await partitions(), before);
});

test('a day stays as long as a parcel of it was released in a month that is not closed', async () => {
  const { code, out } = await archive('--before', second, '--drop');
  assert.equal(code, 2, out);
  const [told = ''] = out.split('\n').filter((line) => line.includes('were released in a month that is not closed'));
  assert.match(told, /^ {4}4 were released/);
  for (const { id } of [...gifts, looked]) assert.ok(told.includes(id), told);
  assert.ok((await partitions()).includes('20260901'));
  const inOctober = { ...context, clock: fixedClock('2026-10-02T08:00:00.000Z') };
  const begun = await startRun(inOctober, officer(), { month: '2026-09' });
  assert.ok(begun.ok, JSON.stringify(begun));
  await closeNow(inOctober);
});

test('without --drop a day is written and read back, and stays', async () => {
  const before = await window.rows();
  const { code, out, err } = await archive('--before', second);
  assert.equal(code, 0, err);
  assert.match(
    out,
    /^2026-09-01: \d+ rows in \S+xp-2026-09-01\.parcels, read back and the same; digest [0-9a-f]{64}$/m,
  );
  assert.match(out, /Nothing was taken out of the database/);
  assert.deepEqual(await window.rows(), before);
});

test('a day goes when all of its parcels are at rest, and one that is not stays with the parcels named', async () => {
  const { code, out, err } = await archive('--before', third, '--drop');
  assert.equal(code, 2, err);
  assert.match(out, /^✔ 2026-09-01 is out of the database\.$/m);
  assert.match(out, /^✖ 2026-09-02 stays: not all of its parcels are at rest\.$/m);
  for (const [words, { id }] of [
    ['1 are cleared and not released', away],
    ['1 are under control', open],
    ['1 landed and are to be filed anew', stray],
    ['1 wait for data', waiting],
    ['1 have an open case', open],
    ['1 have a notice that is not paid', owed],
  ] as const)
    assert.ok(out.includes(`${words}: ${id}\n`), `${words}: ${out}`);
  const there = await partitions();
  assert.ok(!there.includes('20260901') && there.includes('20260902'), there.join(' '));
  const [entry] = await db.query<{ data: string }>(
    `select data from platform.journal where kind = 'clearance.day-archived'`,
  );
  const data = JSON.parse(entry!.data);
  assert.deepEqual([data.day, data.file, data.parcels], [first, 'xp-2026-09-01.parcels', '5']);
});

test('an archived parcel is answered with its file and the way back, to a program and on a page', async () => {
  for (const one of [...gifts, anew]) {
    const { status, body } = await read(one);
    assert.deepEqual([status, body.code], [410, 'clearance/archived']);
    assert.match(
      body.detail,
      /2026-09-01 .* xp-2026-09-01\.parcels .* portolan archive --restore xp-2026-09-01\.parcels$/,
    );
  }
  const url = `/parcels/${gifts[0]!.id}?lang=ar`;
  const page = await window.app.inject({
    url,
    headers: { authorization: `Bearer ${window.key(gifts[0]!.filer)}`, accept: 'text/html' },
  });
  assert.equal(page.statusCode, 410);
  assert.match(page.body, /هذا الطرد في الأرشيف[^]*xp-2026-09-01\.parcels/);
  const stranger = await browser(window).get(`/parcels/${gifts[0]!.id}`);
  assert.equal(stranger.statusCode, 303, 'nobody is told without signing in');
  const unknown = await window.ask({ url: `/v1/consignments/${later.id.slice(0, -4)}ffff`, as: later.filer });
  assert.equal(unknown.status, 404, 'a parcel of a day that stands is unknown as ever');
});

test('the key of an archived parcel stays taken: again it is told where the parcel is, other content is refused', async () => {
  const before = await db.query('select count(*) as n from clearance.declarations');
  const again = await refile(gifts[0]!);
  assert.deepEqual([again.status, again.body.code], [410, 'clearance/archived']);
  assert.equal(again.body.errors[0].pointer, '/declaration/id');
  const other = await refile(gifts[0]!, { note: undefined, orders: [] });
  assert.equal(other.status, 409);
  assert.equal(other.body.code, 'clearance/key-replayed');
  assert.deepEqual(await db.query('select count(*) as n from clearance.declarations'), before);
});

test('at the gate, in the tally and in the projection an archived parcel is what it was', async () => {
  assert.deepEqual((await scan(gifts[0]!)).body, scanned);
  assert.equal(scanned.answer, 'go');
  assert.deepEqual((await window.ask({ url: arrival, as: ids.operator })).body, arrived);
  assert.equal((await rebuild(context)).differing, 0);
});

test('a decision on an archived parcel is not reversed before it is back', async () => {
  const { id, stamp: now } = await heldCase(looked.id);
  const reversed = await db.tx((tx) => reverse(context, tx, officer(), { case: id, stamp: now, decision: reasons }));
  assert.deepEqual(reversed.ok ? undefined : reversed.error.code, 'clearance/archived');
});

test('backup and drill are sound without the archived day, and the seals of the journal hold', async () => {
  const path = join(folder, 'after.portolan');
  assert.equal((await portolan(env, 'backup', path)).code, 0);
  const drill = await portolan(env, 'drill', path);
  assert.equal(drill.code, 0, drill.out);
  assert.match(drill.out, /^✔ {2}decisions with their parcel/m);
  assert.equal((await portolan(env, 'verify')).code, 0);
  const doctor = await portolan({ ...env, PORTOLAN_KEEP_DAYS: '30' }, 'doctor');
  assert.match(
    doctor.out,
    /^! \d+ days of parcels older than 30 days still stand in the database\. One day is archived\.$/m,
  );
});

test('a day stays that was written to since, that a follower has not read, or that somebody reads', async () => {
  const { code } = await archive('--before', '2026-09-04');
  assert.equal(code, 2, 'the second day still stays');
  await db.query('update clearance.declarations set desk = $2 where id = $1', [later.id, 'customs']);
  const changed = await archive('--before', '2026-09-04', '--drop');
  assert.equal(changed.code, 2);
  assert.match(changed.out, /^✖ 2026-09-03 stays: the database is not what the file holds/m);
  await db.query('update clearance.declarations set desk = null where id = $1', [later.id]);
  await db.query(`insert into platform.cursors (name) values ('slow-reader')`);
  const unread = await archive('--before', '2026-09-04', '--drop');
  assert.match(unread.out, /^✖ 2026-09-03 stays: slow-reader has not read everything of that day/m);
  await db.query(`delete from platform.cursors where name = 'slow-reader'`);
  clock.advance(dayMs);
  await ensurePartitions(context);
  const longReader = window.test.open(1);
  const connection = await longReader.connection();
  await connection.simple('begin; select count(*) from clearance.declarations');
  const busy = archive('--before', '2026-09-04', '--drop');
  const filed = await file('gift');
  assert.ok(filed.id, 'parcels are filed meanwhile');
  const told = await busy;
  assert.match(told.out, /^✖ 2026-09-03 stays: somebody reads the parcels for long/m);
  await connection.simple('rollback');
  connection.release();
});

test('a file that is damaged, or is not the one into which the day went, brings nothing back', async () => {
  const path = join(folder, 'xp-2026-09-01.parcels');
  const bytes = readFileSync(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = bytes[middle]! ^ 1;
  const damaged = join(folder, 'damaged');
  writeFileSync(damaged, bytes);
  const before = await window.rows();
  for (const [file_, words] of [
    [damaged, /damaged/],
    [join(folder, 'xp-2026-09-03.parcels'), /2026-09-03 is not archived in this window/],
    [join(folder, 'after.portolan'), /is of the form portolan-backup\/1/],
    [join(folder, 'nowhere'), /There is no file/],
  ] as const) {
    const { code, err } = await portolan(env, 'archive', '--restore', file_);
    assert.equal(code, 1);
    assert.match(err, words);
  }
  assert.deepEqual(await window.rows(), before);
});

test('the archived day comes back as it was, also into a window that was restored from a backup', async () => {
  const path = join(folder, 'xp-2026-09-01.parcels');
  const there = await emptyDb();
  const restored = await portolan({ DATABASE_URL: there.url }, 'restore', join(folder, 'after.portolan'));
  assert.equal(restored.code, 0, restored.err);
  for (const url of [there.url, window.test.url]) {
    const { code, out, err } = await portolan({ DATABASE_URL: url }, 'archive', '--restore', path);
    assert.equal(code, 0, err);
    assert.match(out, /^2026-09-01 is back in the database: \d+ rows\.$/m);
    const own = openDb({ url, size: 1 });
    const [row] = await own.query<{ n: bigint; storage: string; options: string[] }>(
      `select (select count(*) from clearance.declarations where id = any($1::uuid[])) as n,
         (select attstorage::text from pg_attribute where attrelid = c.oid and attname = 'body') as storage,
         c.reloptions as options
       from pg_class c where c.oid = 'clearance.declarations_20260901'::regclass`,
      [[...shown.keys()]],
    );
    assert.deepEqual(row, { n: 5n, storage: 'e', options: ['toast_tuple_target=8160'] });
    await own.close();
  }
  for (const one of [...gifts, looked, anew]) assert.equal((await read(one)).text, shown.get(one.id));
  assert.equal((await refile(gifts[1]!)).status, 201, 'and the same submission has its answer again');
  const twice = await portolan(env, 'archive', '--restore', path);
  assert.match(twice.err, /2026-09-01 is not archived in this window/);
  await window.settle();
  const gone = await archive('--before', second, '--drop');
  assert.equal(gone.code, 0, 'and goes again, into the file that is there');
  assert.equal((await read(gifts[0]!)).status, 410);
  assert.ok(readdirSync(folder).every((name) => !name.endsWith('.part')));
});
