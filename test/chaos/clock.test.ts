import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ids, parcel } from '#modules/demo/index.ts';
import type { Db } from '#platform/db.ts';
import { database, dataFolder, serverProcesses, startWindow } from '../support/process.ts';
import { slipsOf } from '../support/slips.ts';
import { check, one, settled } from './check.ts';
import { Load } from './load.ts';
import { prepareFolder } from './prepare.ts';
import { BadReceiver } from './receiver.ts';

/** The clock of a window jumps under load: over midnights to days that have no partition, and back behind its start. */

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** From here to there: past tonight, past every day that was made ready, back again, and to the day before yesterday. */
const jumps = [26 * hourMs, 9 * dayMs + 5 * hourMs, 0, -2 * dayMs, 3 * hourMs, 0];
const restMs = 2_500;

const scratch = mkdtempSync('/tmp/portolan-clock-');
const shift = join(scratch, 'shift');
after(() => rmSync(scratch, { recursive: true, force: true }));
const preload = fileURLToPath(new URL('../support/shift-clock.ts', import.meta.url));

/** Parcels whose id, day and partition do not agree, and moments at which nobody lived. */
const wrongDays = `
  select (select count(*)::int4 from clearance.declarations d
      where d.tableoid::regclass::text <> 'clearance.declarations_' || to_char(d.received at time zone 'UTC', 'YYYYMMDD')) as partitions,
    (select count(*)::int4 from (select from clearance.declarations where version = 1 group by id having count(*) > 1) t) as ids_twice,
    (select count(distinct d.tableoid)::int4 from clearance.declarations d) as days`;

/** What waits for slips that never come falls due by a jump forward, once, and one back does not let it fall again. */
async function deadline(load: Load, db: Db): Promise<void> {
  const made = parcel({ seed: 5, index: 1, at: Date.now(), run: 'NEVER', kind: 'low-value', buyer: 90_000 });
  const declaration = slipsOf(made.body, made.filer).find(({ kind }) => kind === 'declaration')!;
  const told = await load.ask(made.filer, 'POST', '/v1/declarations', JSON.stringify(declaration.body));
  const { id } = JSON.parse(told ?? '{}');
  const fallen = async (): Promise<unknown> =>
    (
      await one(
        db,
        `select count(*)::int4 as times from platform.journal where subject = $1 and kind = 'slips.expired'`,
        [id],
      )
    )['times'];
  await settled(db);
  assert.equal(await fallen(), 0);
  for (const to of [3 * dayMs, 0, 3 * dayMs, 0]) {
    writeFileSync(shift, String(to));
    for (let tries = 0; (await fallen()) === 0 || tries < 15; tries += 1) {
      assert.ok(tries < 300, 'the deadline fell');
      await delay(50);
    }
  }
  assert.equal(await fallen(), 1);
}

test('a clock that jumps forward over midnights and back under load loses and doubles nothing', async (t) => {
  const folder = dataFolder('clock');
  await prepareFolder(folder);
  writeFileSync(shift, '0');
  const env = { CLOCK_SHIFT: shift, NODE_OPTIONS: `--import=${preload}` };
  const window = await startWindow(folder, { demo: true, env });
  const load = new Load(() => window.origin, 57);
  const receiver = new BadReceiver(57);
  receiver.well = true;
  await receiver.open();
  t.after(() => {
    load.over = true;
    return receiver.close();
  });
  assert.ok(
    await load.ask(ids.agent, 'POST', '/v1/webhooks', JSON.stringify({ url: `http://127.0.0.1:${receiver.port}/` })),
  );
  const db = await database(folder);
  const running = load.run(4);
  for (const jump of jumps) {
    await delay(restMs);
    const before = load.acknowledged.size;
    writeFileSync(shift, String(jump));
    for (let tries = 0; load.acknowledged.size < before + 50; tries += 1) {
      assert.ok(
        tries < 200,
        `parcels go on after a jump to ${jump / hourMs} hours: ${window.lines.slice(-3).join('\n')}`,
      );
      await delay(50);
    }
  }
  load.over = true;
  await running;
  await load.finish();
  await settled(db);
  const { partitions, ids_twice: twice, days } = await one(db, wrongDays);
  assert.deepEqual([partitions, twice], [0, 0]);
  assert.ok(Number(days) >= 4, `parcels lie in the partitions of ${String(days)} days`);
  await check(load, db);
  const { events } = await one(db, 'select count(*)::int4 as events from feedback.events where party = $1', [
    ids.agent,
  ]);
  for (let tries = 0; receiver.effects.size < Number(events); tries += 1) {
    assert.ok(tries < 450, `${receiver.effects.size} of ${String(events)} events came within 45 s of the real clock`);
    await delay(100);
  }
  await deadline(load, db);
  t.diagnostic(`${load.sent.size} parcels in the partitions of ${String(days)} days, ${String(events)} events told`);
  await db.close();
  assert.equal((await window.end('SIGTERM')).code, 0);
  assert.deepEqual(serverProcesses(folder), []);
});
