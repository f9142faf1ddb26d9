import { closeWriter } from '#modules/clearance/index.ts';
import { type Demo, demoTable, openDemo, startDemo } from '#modules/demo/index.ts';
import { measure } from '#modules/operations/index.ts';
import { firstAdministratorLink } from '#modules/parties/index.ts';
import { systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { work } from '#platform/module.ts';
import { words } from '#portal/text.ts';
import { createWork } from './app.ts';
import { runPart } from './part.ts';

/** History is being cleared: a line that goes on where a person watches, a few lines where a file does. */
function progress(done: number, of: number): void {
  const line = `Clearing the demonstration's history: day ${done} of ${of}`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${done === of ? '\n' : ''}`);
  else if (done === of) process.stdout.write(`${line}\n`);
}

/**
 * What somebody needs who has just started a window: where its parcels stand, or how its first administrator comes in.
 */
async function greet(context: Context, demo: Demo | null): Promise<void> {
  if (demo) return void process.stdout.write(`${await demoTable(context, demo, words('en'))}\n`);
  const link = await firstAdministratorLink(context);
  if (link)
    process.stdout.write(
      `Nobody administers this window yet. This link makes the first administrator, once:\n${link}\n`,
    );
}

// The process that works behind those that answer: followers of the journal, sweeps, arrivals, news, the demonstration.
runPart('work', async ({ config, db, log, again, ends, ready }) => {
  const demo = await openDemo(config, db);
  const { context, workers } = await createWork({ config, db, clock: demo?.clock ?? systemClock, log }, demo);
  ends(() => closeWriter(context));
  ready();
  if (demo) await startDemo(context, demo, progress);
  measure(context);
  const stopped = new AbortController();
  const working = work(db, workers, log, stopped.signal);
  ends(() => {
    stopped.abort();
    return working;
  });
  if (!again) await greet(context, demo);
});
