import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from '../src/app.ts';
import { must } from '#kernel/result.ts';
import { addDays, addMonths } from '#kernel/effective.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { monthOf, monthText } from '#modules/statistics/model.ts';
import { startRun } from '#modules/statistics/closing.ts';
import { progressOf, runById, type RunRow } from '#modules/statistics/store-runs.ts';
import { msOfInstant, systemClock } from '#platform/clock.ts';
import { type Db, openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { type Bench, noteLatencies, type Options, say } from './bench.ts';
import { figure } from './figures.ts';
import { filledFolder, withWindow } from './growth.ts';
import type { LoadOutcome } from './load.ts';
import { measured, type Run } from './measure.ts';
import { connections } from './open.ts';
import { below } from './prepare.ts';
import { officerOf } from './replay.ts';
import { quiet } from './target.ts';

const waitMs = 100;
/** For so long single filers have parcels ready; a run that takes longer ends the benchmark. */
const longestSeconds = 400;
/** The days of last month on which one part each was released. */
const daysBack = 10;

/**
 * Releases everything that was cleared on days of last month: what arrivals and the follower of the journal would have
 * written of it, and no more, since neither is measured here.
 */
async function releaseAll(db: Db, month: string, timeZone: string): Promise<number> {
  const last = addDays(addMonths(monthOf(`${month}T12:00:00.000Z`, timeZone), 1), -1);
  const at = `${last}T10:00:00Z`;
  await db.query(
    `insert into clearance.parcels (id, version, status, since, presented)
     select id, 1, 'released', $1::text::timestamptz - (hashtext(id::text) & 7) % ${daysBack} * interval '1 day', pieces
       from clearance.declarations where version = 1 and status = 'cleared' on conflict (id) do nothing`,
    [at],
  );
  const rows = await db.query(
    `insert into statistics.pending (id, declarant, month, released)
     select d.id, d.declarant, $1::text::date, p.since
       from clearance.parcels p join clearance.declarations d on d.id = p.id and d.version = p.version
      where p.status = 'released' returning 1`,
    [month],
  );
  await db.query('vacuum (analyze) clearance.parcels, statistics.pending');
  await db.query('checkpoint');
  return rows.length;
}

/** The close of a month for everybody, asked for beside the window's own doors. */
async function ask(options: Options, db: Db): Promise<{ id: string; released: number }> {
  const { app, context } = await createApp({ config: options.config, db, clock: systemClock, log: silentLog });
  const { timeZone } = context.reference.current().get(packsPart).home;
  const month = addMonths(monthOf(systemClock.instant(), timeZone), -1);
  const released = await releaseAll(db, month, timeZone);
  await quiet(options.quietMs);
  const id = must(await startRun(context, officerOf('tax'), { month: monthText(month) }));
  await app.close();
  return { id, released };
}

async function untilDone(db: Db, id: string): Promise<RunRow> {
  for (;;) {
    const row = await runById(db, id);
    if (row?.state === 'done') return row;
    if (row?.ended != null) throw new Error(`the run ended as ${row.state}`);
    await delay(waitMs);
  }
}

/** A month of checklists closed while single filers file by the clock. A month is closed once, so there is one run. */
export async function monthly(options: Options): Promise<void> {
  const { monthly: wanted, monthlyRate: rate, fillMinutes } = options.sizes;
  say(`monthly: a month of ${wanted.toLocaleString('en')} checklists, ${rate} single parcels a second beside it`);
  const full = below(options.config, 'monthly', options.config.port + 1);
  await filledFolder(full, options, wanted, fillMinutes);
  await withWindow(full, options, async (bench: Bench) => {
    const db = openDb({ url: bench.target.databaseUrl, size: 4 });
    const { load, target } = bench;
    const parcels = { run: 'MO', guarantors: 'own' as const };
    await load.prepare({ port: target.port, parcels, count: rate * longestSeconds, connections, rate });
    const { id, released } = await ask(options, db);
    let over = false;
    const filing: Promise<Run<LoadOutcome>> = measured(target, parcels.run, 0, () => load.go()).finally(
      () => (over = true),
    );
    const row = await untilDone(db, id);
    if (over) throw new Error('the run took longer than single filers had parcels for');
    load.stop();
    const single = await filing;
    const { checklists } = await progressOf(db, id);
    if (checklists !== released) throw new Error(`${released} checklists were released and ${checklists} are booked`);
    await db.close();
    const seconds = (msOfInstant(row.ended!) - msOfInstant(row.started)) / 1_000;
    say(`  ${checklists.toLocaleString('en')} checklists in ${seconds.toFixed(1)} s`);
    figure('monthly.seconds', 's', [seconds]);
    figure('monthly.checklists', 'checklists', [checklists]);
    figure('monthly.rate', 'checklists/s', [checklists / seconds]);
    noteLatencies('monthly.single', [single]);
  });
}
