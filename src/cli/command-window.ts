import { rebuild } from '#modules/clearance/index.ts';
import { resetDemo } from '#modules/demo/index.ts';
import { ConfigError, environment, readConfig } from '#platform/config.ts';
import { type Part, supervise } from '../supervise.ts';
import { filesOf } from './args.ts';
import type { Command } from './command.ts';
import { count, exit } from './terminal.ts';
import { schemaNames, withDatabase, withWindow } from './window.ts';

const nothing = 'nothing more';

export const rebuildCommand: Command = {
  name: 'rebuild',
  takes: '',
  does: 'Makes the projection of parcels again from the journal and says how many rows stood otherwise.',
  options: [],
  async run(given, terminal) {
    filesOf(given, 0, 0, nothing);
    const { parcels, differing } = await withWindow(rebuild);
    terminal.out(
      `${count(parcels)} parcels made again from the journal; ${count(differing)} stood otherwise before.\n`,
    );
    return differing === 0 ? exit.done : exit.refused;
  },
};

export const demoResetCommand: Command = {
  name: 'demo reset',
  takes: '',
  does: 'Removes everything of a demonstration, so that the next start makes a new one; refuses any other window.',
  options: [],
  async run(given, terminal) {
    filesOf(given, 0, 0, nothing);
    const reset = await withDatabase((db) => resetDemo(db, schemaNames));
    if (!reset.ok) {
      terminal.err('This window is no demonstration; nothing was removed.\n');
      return exit.refused;
    }
    terminal.out('The demonstration is gone; npm start makes a new one.\n');
    return exit.done;
  },
};

/** One part of a window whose database is the operator's own, so that its parts may run on several machines. */
const partCommand = (name: Part, does: string): Command => ({
  name,
  takes: '',
  does,
  options: [],
  run(given) {
    filesOf(given, 0, 0, nothing);
    const settings = () => {
      const config = readConfig(environment(), ['--empty']);
      if (config.databaseUrl === undefined)
        throw new ConfigError(`Set DATABASE_URL: ${name} alone needs a database that its other processes reach too.`);
      return config;
    };
    supervise(settings, [name], ['--empty']);
    // It ends the process, by a signal or because it cannot go on.
    return Promise.withResolvers<never>().promise;
  },
});

export const serveCommand = partCommand(
  'serve',
  'Answers at HOST and PORT for the window at DATABASE_URL, until a signal.',
);
export const workCommand = partCommand(
  'work',
  'Does what stands behind the doors of the window at DATABASE_URL, until a signal.',
);
