import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Demo, openDemo, startDemo } from '#modules/demo/index.ts';
import { readConfig } from '#platform/config.ts';
import type { Db } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { createApp, type Portolan } from '../../src/app.ts';

/** A demonstration window that listens, with its whole history, so that a browser can walk through it. */
export interface DemoWindow extends Portolan {
  readonly origin: string;
  readonly demo: Demo;
  /** Runs every worker until none has anything to do, except the quiet stream, which never ends. */
  settle(): Promise<void>;
}

/** A port that is free now. The window must know its own address before it listens: its forms answer to no other. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Makes a demonstration of an empty migrated database and opens it on loopback. Its workers run only in `settle`. */
export async function openDemoWindow(db: Db): Promise<DemoWindow> {
  const port = await freePort();
  const config = readConfig({ PORT: String(port), PORTOLAN_DATA: '/nonexistent' }, []);
  const demo = await openDemo(config, db);
  if (demo === null) throw new Error('the database is not empty');
  const opened = await createApp({ config, db, clock: demo.clock, log: silentLog }, demo);
  await opened.app.listen({ host: config.host, port });
  await startDemo(opened.context, demo);
  const settle = async (): Promise<void> => {
    const workers = opened.workers.filter(({ name }) => !name.startsWith('demo.'));
    for (let busy = true; busy; ) {
      busy = false;
      for (const worker of workers) busy = (await worker.step(db)) || busy;
    }
  };
  await settle();
  return { ...opened, origin: config.origin, demo, settle };
}
