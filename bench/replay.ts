import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from '../src/app.ts';
import { must } from '#kernel/result.ts';
import { addDays, dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { startReplay } from '#modules/clearance/replay.ts';
import { replayById, type ReplayRow } from '#modules/clearance/store-replay.ts';
import type { ReplayResult } from '#modules/clearance/replay-result.ts';
import { sourceOf } from '#modules/rulebook/folder.ts';
import { sourcesAt } from '#modules/rulebook/service.ts';
import { keepDraft } from '#modules/rulebook/store-drafts.ts';
import type { Principal } from '#platform/auth.ts';
import { msOfInstant, systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { type Db, openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { type Bench, noteLatencies, type Options, say } from './bench.ts';
import { figure } from './figures.ts';
import { filledFolder, withWindow } from './growth.ts';
import type { LoadOutcome } from './load.ts';
import { measured, type Run } from './measure.ts';
import { connections } from './open.ts';
import { below } from './prepare.ts';
import { quiet } from './target.ts';

const waitMs = 100;
/** Seconds of single filers alone, to hold the others against. */
const aloneSeconds = 5;
/** For so long single filers have parcels ready; a replay that takes longer ends the benchmark. */
const longestSeconds = 150;

/** An officer of an authority with a mandate of one purpose: nobody of the window's own parties may ask for this. */
export const officerOf = (purpose: 'tax' | 'clear'): Principal => ({
  subject: 'bench',
  name: 'bench',
  client: null,
  party: null,
  authority: purpose,
  roles: ['officer'],
  representations: [],
  mandates: [{ authority: purpose, element: '*', purpose, reference: '', from: '2020-01-01', until: null }],
  scopes: [],
  assurance: 'password',
  on: dayIn(systemClock.instant(), 'UTC'),
});

/** Keeps a draft of the home pack in which the limit of the low-value route is lower. */
async function lowerLimit(context: Context): Promise<string> {
  const { economy } = context.config;
  const sources = await context.db.tx((tx) => sourcesAt(tx, context.reference.current().epoch));
  const base = sources.get(economy)!;
  const values = JSON.parse(base.files['values.json']!) as {
    'low-value-limit': { values: { value: string; status?: string }[] };
  };
  for (const row of values['low-value-limit'].values) if (row.status === undefined) row.value = '90.00';
  const files = { ...base.files, 'values.json': JSON.stringify(values) };
  const { version, hash } = must(sourceOf(files));
  const id = newId(systemClock.now());
  const [made, sourcesText] = [systemClock.instant(), JSON.stringify(files)];
  const draft = {
    id,
    pack: economy,
    title: 'A lower limit',
    version,
    hash,
    baseHash: base.hash,
    made,
    madeBy: 'bench',
  };
  await context.db.tx((tx) => keepDraft(tx, { ...draft, sources: sourcesText }));
  return id;
}

/** A replay of all parcels, asked for beside the window's own doors, since nobody of its parties may ask for one. */
async function ask(options: Options, db: Db): Promise<string> {
  const { app, context } = await createApp({ config: options.config, db, clock: systemClock, log: silentLog });
  const today = dayIn(systemClock.instant(), 'UTC');
  const period = { from: addDays(today, -60), until: addDays(today, 1), assumed: 'own' as const };
  const id = must(await startReplay(context, officerOf('tax'), await lowerLimit(context), period));
  await app.close();
  return id;
}

async function untilDone(db: Db, id: string): Promise<ReplayRow> {
  for (;;) {
    const row = await replayById(db, id);
    if (row?.state === 'done') return row;
    if (row?.ended != null) throw new Error(`the replay ended as ${row.state}`);
    await delay(waitMs);
  }
}

interface Replayed {
  readonly seconds: number;
  readonly parcels: number;
  readonly single: Run<LoadOutcome>;
}

/** One replay of everything, and single filers beside it from beginning to end. */
async function replayRun(bench: Bench, db: Db, number: number): Promise<Replayed> {
  const { load, target, options } = bench;
  const { replayRate: rate } = options.sizes;
  const parcels = { run: `Y${number}`, guarantors: 'own' as const };
  await load.prepare({ port: target.port, parcels, count: rate * longestSeconds, connections, rate });
  await quiet(options.quietMs);
  let over = false;
  const filing = measured(target, parcels.run, 0, () => load.go()).finally(() => (over = true));
  const row = await untilDone(db, await ask(options, db));
  if (over) throw new Error('the replay took longer than single filers had parcels for');
  load.stop();
  const single = await filing;
  const { parcels: many } = JSON.parse(row.result!) as ReplayResult;
  const seconds = (msOfInstant(row.ended!) - msOfInstant(row.started)) / 1_000;
  say(`  Y${number}: ${many.toLocaleString('en')} parcels in ${seconds.toFixed(1)} s`);
  return { seconds, parcels: many, single };
}

/** A draft held against a full database while single filers file by the clock. */
export async function replay(options: Options): Promise<void> {
  const { replayed, replayRate, runs, fillMinutes } = options.sizes;
  say(
    `replay: a database of ${replayed.toLocaleString('en')} parcels, ${replayRate} single parcels a second beside it`,
  );
  const full = below(options.config, 'replay', options.config.port + 1);
  await filledFolder(full, options, replayed, fillMinutes);
  await withWindow(full, options, async (bench) => {
    const db = openDb({ url: bench.target.databaseUrl, size: 4 });
    const { load, target } = bench;
    const parcels = { run: 'YA', guarantors: 'own' as const };
    await load.prepare({
      port: target.port,
      parcels,
      count: replayRate * aloneSeconds,
      connections,
      rate: replayRate,
    });
    const alone = await measured(target, 'YA', options.quietMs, () => load.go());
    const done: Replayed[] = [];
    for (let number = 1; number <= runs; number += 1) done.push(await replayRun(bench, db, number));
    await db.close();
    const note = (name: string, unit: string, of: (run: Replayed) => number): void => figure(name, unit, done.map(of));
    note('replay.seconds', 's', ({ seconds }) => seconds);
    note('replay.parcels', 'parcels', (run) => run.parcels);
    note('replay.rate', 'parcels/s', (run) => run.parcels / run.seconds);
    note('replay.others', 'share of the machine', ({ single }) => single.others);
    noteLatencies('replay.alone', [alone]);
    noteLatencies(
      'replay.single',
      done.map(({ single }) => single),
    );
  });
}
