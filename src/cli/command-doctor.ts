import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addDays, dayOf } from '#kernel/effective.ts';
import { archivedDays, archivedSchema, daysAhead } from '#modules/clearance/index.ts';
import { schemasIn } from '#modules/messages/index.ts';
import { lastKept } from '#modules/operations/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { schemas } from '#modules/schemas.ts';
import { type Config, ConfigError, environment, isLoopback, readConfig } from '#platform/config.ts';
import { type Db, openDb } from '#platform/db.ts';
import { followersLag } from '#platform/followers.ts';
import { knock } from '#platform/knock.ts';
import { stepsOf } from '#platform/migrate.ts';
import { daysOfParts } from '#platform/parts.ts';
import { runningOn } from '#platform/postgres-process.ts';
import { standingIn } from '#platform/restore.ts';
import { createReference } from '#platform/snapshot.ts';
import { isAhead, vitalsOf } from '#platform/vitals.ts';
import { filesOf } from './args.ts';
import type { Command } from './command.ts';
import * as find from './findings.ts';
import type { Finding } from './findings.ts';
import { FileError } from './read.ts';
import { exit, type Terminal } from './terminal.ts';
import { besideWindow, hasWindow } from './window.ts';

const answerWithinMs = 5_000;

function settings({ origin, host, economy }: Config): Finding {
  const says = `The window of ${economy} is at ${origin}.`;
  if (origin.startsWith('https:') || isLoopback(host)) return { id: 'settings', state: 'well', says };
  return { id: 'settings', state: 'wrong', says, remedy: 'Set PORTOLAN_ORIGIN to the public https address.' };
}

/** The data folder: there, writable, of one owner, and with room. */
function folder({ dataFolder, databaseUrl }: Config): Finding[] {
  if (databaseUrl !== undefined)
    return [{ id: 'folder', state: 'well', says: 'The database is at DATABASE_URL; the data folder is not used.' }];
  const there = existsSync(dataFolder);
  const looked = there ? dataFolder : dirname(dataFolder);
  const { bavail, bsize } = statfsSync(existsSync(looked) ? looked : '/');
  const room = find.disk(dataFolder, bavail * bsize);
  if (!there) {
    const remedy = 'Set PORTOLAN_DATA to where the window is, or start one.';
    return [{ id: 'folder', state: 'wrong', says: `There is no folder ${dataFolder}.`, remedy }, room];
  }
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const remedy = 'Run this as the user that runs the window, or give the folder to that user.';
    return [{ id: 'folder', state: 'wrong', says: `${dataFolder} cannot be written by this user.`, remedy }, room];
  }
  const data = join(dataFolder, 'postgres');
  const owner = statSync(dataFolder).uid;
  const inner = existsSync(data) ? statSync(data).uid : owner;
  const same = owner === inner || process.getuid?.() === 0;
  const says = same
    ? `${dataFolder} can be written.`
    : `${dataFolder} belongs to user ${owner}, and the database in it to user ${inner}.`;
  const remedy = 'Give the whole folder to the user that runs the window (chown -R).';
  return [same ? { id: 'folder', state: 'well', says } : { id: 'folder', state: 'wrong', says, remedy }, room];
}

/** Official schemas by which messages are judged, where a folder of them is named. */
function official({ schemas: path }: Config): Finding[] {
  if (path === null) return [];
  return [existsSync(path) ? find.official(path, schemasIn(path).unreadable()) : find.official(path, null)];
}

async function answers({ host, port }: Config): Promise<boolean> {
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return knock(`http://${here.includes(':') ? `[${here}]` : here}:${port}/health`, answerWithinMs);
}

/** Days beyond those that are meant to be kept. */
async function keeping(db: Db, { keepDays }: Config, today: string): Promise<Finding> {
  const before = keepDays === null ? undefined : addDays(dayOf(today), -keepDays);
  const overdue = before === undefined ? [] : await daysOfParts(db, archivedSchema, before);
  return find.archived(keepDays, overdue.length, (await archivedDays(db)).length);
}

async function inside(db: Db, config: Config, terminal: Terminal, open: boolean): Promise<Finding[]> {
  const before = terminal.clock.now();
  const vitals = await vitalsOf(db);
  const ours = (before + terminal.clock.now()) / 2;
  const server = [...find.durable(vitals), find.clock(vitals, ours), find.transactions(vitals)];
  const standing = await standingIn(db, await stepsOf(schemas));
  if (standing?.kind !== 'same') return [...server, find.schema(standing)];
  const today = terminal.clock.instant().slice(0, 10);
  const reference = createReference(db, [packsPart]);
  const { home, all } = (await reference.refresh()).get(packsPart);
  const numbering: Finding = (await isAhead(db))
    ? {
        id: 'numbering',
        state: 'wrong',
        says: 'The journal is further than this server has counted: the database was moved here from another one.',
        remedy: 'Restart the window; it goes on behind the last entry.',
      }
    : { id: 'numbering', state: 'well', says: 'The journal goes on where it ended.' };
  return [
    ...server,
    find.schema(standing),
    numbering,
    find.partitions(await daysAhead(db, today), open),
    await keeping(db, config, today),
    find.followers(await followersLag(db), open),
    ...find.backups(await lastKept(db), terminal.clock.now()),
    find.packs(home.id, [...all.values()]),
  ];
}

async function examine(config: Config, terminal: Terminal): Promise<Finding[]> {
  const outside = [settings(config), ...folder(config), ...official(config)];
  if (!hasWindow(config)) return outside;
  const data = join(config.dataFolder, 'postgres');
  const up = config.databaseUrl !== undefined || (await runningOn(data)) !== undefined;
  const open = up && (await answers(config));
  const health: Finding = open
    ? { id: 'window', state: 'well', says: `The window answers at port ${config.port}.` }
    : {
        id: 'window',
        state: 'warn',
        says: `No window answers at ${config.host}, port ${config.port}.`,
        remedy: 'Start it, or set HOST and PORT here as they are set for it.',
      };
  try {
    const found = await besideWindow(config, async (url) => {
      const db = openDb({ url, size: 2 });
      return inside(db, config, terminal, open).finally(() => db.close());
    });
    return [...outside, health, ...found];
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const remedy = 'Look into postgres.log in the data folder, or at the address in DATABASE_URL.';
    return [...outside, health, { id: 'server', state: 'wrong', says: error.message, remedy }];
  }
}

const marks = { well: '✔', warn: '!', wrong: '✖' } as const;

export const doctorCommand: Command = {
  name: 'doctor',
  takes: '',
  does: 'Looks at the machine and the window, and says what is wrong and what to do about it.',
  options: [{ name: 'json', help: 'the same for programs' }],
  async run(given, terminal) {
    filesOf(given, 0, 0, 'nothing more');
    let found: Finding[];
    try {
      found = await examine(readConfig(environment(), []), terminal);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      found = [{ id: 'settings', state: 'wrong', says: error.message, remedy: 'Correct the setting.' }];
    }
    const sound = found.every(({ state }) => state !== 'wrong');
    if (given.switches.has('json')) terminal.out(`${JSON.stringify({ sound, findings: found }, null, 2)}\n`);
    else
      for (const { state, says, remedy } of found)
        terminal.out(`${marks[state]} ${says}\n${remedy === undefined ? '' : `    ${remedy}\n`}`);
    return sound ? exit.done : exit.wrong;
  },
};
