import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { database, dataFolder, serverProcesses, startWindow } from '../support/process.ts';
import { check, settled } from './check.ts';
import { Load } from './load.ts';
import { prepareFolder } from './prepare.ts';

/** A disk that fills under load, on a small file system in memory that root may mount. */

const megabytes = 420;
const mib = 2 ** 20;
const folder = dataFolder('full');
const mounted =
  process.getuid?.() === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'portolan', folder], { stdio: 'ignore' }).status === 0;

/** Writes until nothing more can be written. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of [Buffer.alloc(mib), Buffer.alloc(4_096)])
      try {
        for (;;) writeSync(file, chunk);
      } catch (error) {
        assert.match(String(error), /ENOSPC/);
      }
  } finally {
    closeSync(file);
  }
}

test('a disk that fills under load makes the window answer 503, loses nothing, and the window goes on once there is room', async (t) => {
  if (!mounted) {
    process.stderr.write('NOT RUN: a full disk. Only root may mount the small file system that it needs.\n');
    return t.skip('NOT RUN: only root may mount a small file system');
  }
  // Before the folders of this file are removed.
  t.after(() => spawnSync('umount', ['-l', folder], { stdio: 'ignore' }));
  await prepareFolder(folder);
  const window = await startWindow(folder, { demo: true });
  const load = new Load(() => window.origin, 31);
  t.after(() => (load.over = true));
  const running = load.run(6);
  const ballast = join(folder, 'ballast');
  for (let round = 1; round <= 2; round += 1) {
    await delay(1_500);
    const before = load.refused.times;
    const until = performance.now() + 20_000;
    // What PostgreSQL gives back of its own files is filled as well.
    while (load.refused.times < before + 20 && performance.now() < until) {
      fill(`${ballast}-${Math.round(performance.now())}`);
      await delay(200);
    }
    assert.ok(load.refused.times >= before + 20, 'it says that it cannot take anything');
    const { bavail, bsize } = statfsSync(folder);
    t.diagnostic(
      `round ${round}: ${Math.round((bavail * bsize) / 1024)} kB free, ${load.acknowledged.size} acknowledged`,
    );
    await delay(2_000);
    const stood = load.acknowledged.size;
    for (const name of readdirSync(folder).filter((one) => one.startsWith('ballast'))) rmSync(join(folder, name));
    for (let tries = 0; load.acknowledged.size <= stood + 20; tries += 1) {
      assert.ok(tries < 300, `it did not go on within 30 s: ${window.lines.slice(-5).join('\n')}`);
      await delay(100);
    }
  }
  load.over = true;
  await running;
  await load.finish();
  assert.equal(load.refused.withoutTime, 0, 'whoever is told to come back is told when');
  assert.equal(window.child.exitCode, null, 'it was the same window all the time');
  const db = await database(folder);
  await settled(db);
  await check(load, db);
  await db.close();
  const ended = window.lines.filter((line) => line.includes('"postgres-ended"')).length;
  t.diagnostic(`${load.sent.size} parcels, answered 503 ${load.refused.times} times, PostgreSQL ended ${ended} times`);
  assert.equal((await window.end('SIGTERM')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});
