import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { addDays, type Day, day as dayIn } from '#kernel/effective.ts';
import {
  archivedSchema,
  dropDay,
  idsOf,
  returnDay,
  type Stays,
  type Unrest,
  unrestOf,
} from '#modules/clearance/index.ts';
import { schemas } from '#modules/schemas.ts';
import { unbookedBetween } from '#modules/statistics/index.ts';
import { type Config, environment, programVersion, readConfig } from '#platform/config.ts';
import { codeOf, openSession, type Session, type Tx } from '#platform/db.ts';
import { stepsOf } from '#platform/migrate.ts';
import { daysOfParts, digestOfParts, type PartsManifest, verifyParts, writeParts } from '#platform/parts.ts';
import { standingIn } from '#platform/restore.ts';
import { filesOf, type Given, UsageError } from './args.ts';
import type { Command } from './command.ts';
import { FileError } from './read.ts';
import { count, exit, type Exit, type Terminal } from './terminal.ts';
import { besideWindow } from './window.ts';

const named: Readonly<Record<Unrest['because'], string>> = {
  waiting: 'wait for data',
  cleared: 'are cleared and not released',
  control: 'are under control',
  'landed-undeclared': 'landed and are to be filed anew',
  'open-case': 'have an open case',
  'unpaid-notice': 'have a notice that is not paid',
  unbooked: 'were released in a month that is not closed',
};
const shownMax = 5;

/** A parcel that left before its month is closed would be missing in the summary and the statistics of that month. */
async function unrestIn(tx: Tx, day: Day): Promise<Unrest[]> {
  const { low, high } = idsOf(day);
  const unbooked = await unbookedBetween(tx, low, high);
  const cleared = await unrestOf(tx, day);
  return unbooked.length === 0 ? cleared : [...cleared, { because: 'unbooked', ids: unbooked }];
}

/** Which parcels keep a day where it is, a line for each reason with the first of them by name. */
const unrestLines = (unrest: readonly Unrest[]): string[] =>
  unrest.map(({ because, ids }) => {
    const more = ids.length > shownMax ? ' …' : '';
    return `    ${count(ids.length)} ${named[because]}: ${ids.slice(0, shownMax).join(' ')}${more}`;
  });

function staysText(day: Day, stays: Stays): string {
  switch (stays.because) {
    case 'unrest':
      return [`✖ ${day} stays: not all of its parcels are at rest.`, ...unrestLines(stays.unrest)].join('\n');
    case 'unread':
      return `✖ ${day} stays: ${stays.followers.join(', ')} has not read everything of that day; try again when the window is open.`;
    case 'differs':
      return `✖ ${day} stays: the database is not what the file holds. Take the file away and archive the day again.`;
    default:
      return `✖ ${day} stays: somebody reads the parcels for long; try again when that has ended.`;
  }
}

/** The session of a window whose schemas are those of this program, closed however the work ends. */
async function beside<T>(config: Config, work: (session: Session) => Promise<T>): Promise<T> {
  return besideWindow(config, async (url) => {
    const session = await openSession(url);
    try {
      const standing = await standingIn(session, await stepsOf(schemas));
      if (standing?.kind !== 'same')
        throw new FileError(
          'The schemas are not those of this program: start the window once, or see portolan doctor.',
        );
      return await work(session);
    } finally {
      await session.close();
    }
  });
}

/** Before which day is archived: as it was typed, or by how many days are kept. Only days that have ended. */
function beforeOf({ values }: Given, { keepDays }: Config, today: Day): Day {
  const typed = values['before'];
  if (typed === undefined && keepDays === null)
    throw new UsageError('Say --before DAY, or set PORTOLAN_KEEP_DAYS: without either, everything is kept.');
  const before = typed === undefined ? addDays(today, -(keepDays ?? 0)) : dayIn(typed);
  if (before === undefined) throw new UsageError(`--before is a day like 2026-01-31, not “${typed}”.`);
  if (before > today) throw new UsageError(`--before ${before} lies ahead: only days that have ended are archived.`);
  return before;
}

async function writable(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new FileError(`${folder} cannot be made (${codeOf(error)}).`);
  });
}

/** The file of a day: the one that is there, or a new one; read back whole either way. */
async function fileOf(session: Session, path: string, economy: string, day: Day): Promise<PartsManifest> {
  if (!existsSync(path))
    await writeParts(session, path, { program: programVersion(), economy, schema: archivedSchema, day });
  const manifest = await verifyParts(path);
  if (manifest.day !== day || manifest.economy !== economy)
    throw new FileError(`${path} holds ${manifest.day} of ${manifest.economy}: choose another folder.`);
  return manifest;
}

/** Archives one day; false when it stays although it should go. */
async function one(
  session: Session,
  day: Day,
  { folder, economy, drop }: { readonly folder: string; readonly economy: string; readonly drop: boolean },
  { out }: Terminal,
): Promise<boolean> {
  const unrest = await unrestIn(session, day);
  if (unrest.length > 0) {
    out(`${staysText(day, { because: 'unrest', unrest })}\n`);
    return false;
  }
  const path = join(folder, `${economy}-${day}.parcels`);
  const manifest = await fileOf(session, path, economy, day);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  out(`${day}: ${count(rows)} rows in ${path}, read back and the same; digest ${digestOfParts(manifest)}\n`);
  if (!drop) return true;
  const stays = await dropDay(session, manifest, path, unrestIn);
  out(stays === undefined ? `✔ ${day} is out of the database.\n` : `${staysText(day, stays)}\n`);
  return stays === undefined;
}

async function archive(given: Given, config: Config, terminal: Terminal): Promise<Exit> {
  filesOf(given, 0, 0, 'nothing more');
  const before = beforeOf(given, config, dayIn(terminal.clock.instant().slice(0, 10))!);
  const drop = given.switches.has('drop');
  const folder = resolve(given.values['out'] ?? join(config.dataFolder, 'archive'));
  return beside(config, async (session) => {
    const days = (await daysOfParts(session, archivedSchema, before)).map((text) => dayIn(text)!);
    if (days.length === 0) {
      terminal.out(`No day before ${before} stands in the database.\n`);
      return exit.done;
    }
    await writable(folder);
    let stay = 0;
    for (const day of days)
      if (!(await one(session, day, { folder, economy: config.economy, drop }, terminal))) stay += 1;
    if (drop && stay < days.length)
      terminal.out('The files are now the only place of these parcels: keep them as you keep backups.\n');
    else if (!drop) terminal.out('Nothing was taken out of the database; --drop does that.\n');
    return stay === 0 ? exit.done : exit.refused;
  });
}

async function giveBack(given: Given, config: Config, path: string, terminal: Terminal): Promise<Exit> {
  filesOf(given, 0, 0, 'nothing more');
  if (Object.keys(given.values).length > 1 || given.switches.size > 0) throw new UsageError('--restore stands alone.');
  return beside(config, async (session) => {
    const manifest = await verifyParts(path);
    await returnDay(session, manifest, path);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    terminal.out(`${manifest.day} is back in the database: ${count(rows)} rows.\n`);
    return exit.done;
  });
}

export const archiveCommand: Command = {
  name: 'archive',
  takes: '',
  does: 'Writes old days of parcels into files of their own, and takes them out of the database.',
  options: [
    { name: 'before', value: 'DAY', help: 'every day before this one (UTC); without it, what PORTOLAN_KEEP_DAYS says' },
    { name: 'out', value: 'FOLDER', help: 'where the files go (archive in the data folder)' },
    { name: 'drop', help: 'takes each day out of the database once its file was read back' },
    { name: 'restore', value: 'FILE', help: 'puts the day of this file back instead' },
  ],
  async run(given, terminal) {
    const config = readConfig(environment(), []);
    const file = given.values['restore'];
    return file === undefined ? archive(given, config, terminal) : giveBack(given, config, resolve(file), terminal);
  },
};
