import type { Module } from '#platform/module.ts';
import { aircraftWorker } from './aircraft.ts';
import type { Demo } from './demo.ts';
import { refreshDemo } from './demo.ts';
import { refusals } from './model.ts';
import { movementsWorker } from './movements.ts';
import { pages } from './pages.ts';
import { streamWorker } from './stream.ts';

/** The demonstration as app.ts mounts it, once a window turned out to be one. */
export const demoModule = (demo: Demo): Module => ({
  name: 'demo',
  refusals,
  pages: (app, context) => pages(app, context, demo),
  work: (context) => [
    streamWorker(context),
    aircraftWorker(context, demo.seed),
    movementsWorker(context, demo),
    {
      name: 'demo.clock',
      idleMs: 500,
      everywhere: true,
      async step() {
        await refreshDemo(context, demo);
        return false;
      },
    },
  ],
});
