import { openDemo } from '#modules/demo/index.ts';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { codeOf } from '#platform/db.ts';
import type { App } from '#platform/http.ts';
import { work } from '#platform/module.ts';
import { StartError } from '#platform/postgres.ts';
import { createApp } from './app.ts';
import { runPart } from './part.ts';

async function listen(app: App, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE')
      throw new StartError(`Port ${port} is already in use: stop what uses it, or set PORT to another number.`);
    if (codeOf(error) === 'EACCES')
      throw new StartError(`Port ${port} may not be used by this user: set PORT to a number above 1023.`);
    if (codeOf(error) === 'EADDRNOTAVAIL') throw new StartError(`This machine has no address ${host}: correct HOST.`);
    throw error;
  }
}

// A process that answers: the doors, the pages, and the batch writer with its two connections.
runPart('serve', async ({ config, db, log, ends, ready }) => {
  const demo = await openDemo(config, db);
  const { app, workers } = await createApp({ config, db, clock: demo?.clock ?? systemClock, log }, demo);
  ends(() => app.close());
  const stopped = new AbortController();
  const everywhere = workers.filter((worker) => worker.everywhere);
  const working = work(db, everywhere, log, stopped.signal);
  ends(() => {
    stopped.abort();
    return working;
  });
  await listen(app, config);
  ready();
});
