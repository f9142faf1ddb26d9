import type { Keeping } from '#modules/operations/index.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Lag } from '#platform/followers.ts';
import type { Standing } from '#platform/restore.ts';
import type { Vitals } from '#platform/vitals.ts';
import { count } from './terminal.ts';

/** What the doctor found: what is the matter, in a sentence, and what to do about it. */
export interface Finding {
  readonly id: string;
  /** `wrong` has to be mended, `warn` looked at. */
  readonly state: 'well' | 'warn' | 'wrong';
  readonly says: string;
  readonly remedy?: string;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** An age in words: `3 minutes`. */
export function ageText(seconds: number): string {
  const [size, unit]: [number, string] =
    seconds < minute
      ? [1, 'second']
      : seconds < hour
        ? [minute, 'minute']
        : seconds < 2 * day
          ? [hour, 'hour']
          : [day, 'day'];
  const many = Math.floor(seconds / size);
  return `${count(many)} ${unit}${many === 1 ? '' : 's'}`;
}

const well = (id: string, says: string): Finding => ({ id, state: 'well', says });
const warn = (id: string, says: string, remedy: string): Finding => ({ id, state: 'warn', says, remedy });
const wrong = (id: string, says: string, remedy: string): Finding => ({ id, state: 'wrong', says, remedy });

const freeWarnBytes = 5e9;
const freeWrongBytes = 1e9;
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Whether there is room on the disk of the data folder. */
export function disk(folder: string, freeBytes: number): Finding {
  const says = `The disk of ${folder} has ${gigabytes(freeBytes)} free.`;
  const remedy =
    'Free some space, or move the folder to a larger disk: PostgreSQL alone may need 4 GB for its log under load.';
  if (freeBytes < freeWrongBytes) return wrong('disk', says, remedy);
  return freeBytes < freeWarnBytes ? warn('disk', says, remedy) : well('disk', says);
}

/** Whether the server is one that keeps what it acknowledged. */
export function durable(vitals: Vitals): Finding[] {
  const { version, encoding, fsync, synchronousCommit, fullPageWrites } = vitals;
  const name = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
  const fit =
    version >= 150_000 && encoding === 'UTF8'
      ? well('server', `${name} answers.`)
      : wrong(
          'server',
          `${name}, encoded as ${encoding}, cannot be used.`,
          'Use PostgreSQL 15 or later, encoded as UTF8.',
        );
  const off = [
    fsync === 'on' ? '' : 'fsync',
    synchronousCommit === 'off' ? 'synchronous_commit' : '',
    fullPageWrites === 'on' ? '' : 'full_page_writes',
  ].filter((one) => one !== '');
  const kept =
    off.length === 0
      ? well('durable', 'What is acknowledged is on the disk.')
      : wrong(
          'durable',
          `What is acknowledged can be lost when the machine fails: ${off.join(', ')} ${off.length === 1 ? 'is' : 'are'} off.`,
          `Switch ${off.join(', ')} on in the server’s settings and restart it.`,
        );
  return [fit, kept];
}

/** Whether the schemas are those of this program. */
export function schema(standing: Standing | undefined): Finding {
  if (standing === undefined)
    return wrong(
      'schema',
      'There is no window in the database.',
      'npm start -- --empty makes one; portolan restore brings one back.',
    );
  const { kind, missing, strange } = standing;
  if (kind === 'same') return well('schema', 'The schemas are those of this program.');
  if (kind === 'older')
    return warn(
      'schema',
      `The database is older than this program by ${missing.length === 1 ? 'one step' : `${missing.length} steps`}.`,
      'Make a backup; the next start takes the database forward, and there is no other way back.',
    );
  if (kind === 'newer')
    return wrong(
      'schema',
      `The database is newer than this program: it went through ${strange.join(', ')}.`,
      'Start the newer program.',
    );
  return wrong(
    'schema',
    `The database went through other steps than this program’s: ${strange.join(', ')}.`,
    'Start the program that made it.',
  );
}

const lagWarn = 2 * minute;
const lagWrong = 15 * minute;

/** Whether followers keep up. A window that is closed reads nothing, which is no fault. */
export function followers(lags: readonly Lag[], running: boolean): Finding {
  const slow = lags.filter(({ seconds }) => seconds >= lagWarn).toSorted((a, b) => b.seconds - a.seconds);
  const [slowest] = slow;
  if (slowest === undefined) return well('followers', `${lags.length} followers of the journal keep up.`);
  const says = `${slow.map(({ name, seconds }) => `${name} by ${ageText(seconds)}`).join(', ')} behind the journal.`;
  if (!running) return warn('followers', says, 'They go on when the window is open.');
  const remedy = 'Look for worker-failed in the log, and for a transaction that is open for long.';
  return slowest.seconds >= lagWrong ? wrong('followers', says, remedy) : warn('followers', says, remedy);
}

/** Whether somebody keeps a transaction open: followers stop before it, and nothing is cleaned behind it. */
export function transactions({ oldestSeconds, prepared }: Vitals): Finding {
  if (prepared > 0)
    return wrong('transactions', `${prepared} prepared transactions are open.`, 'End them: see pg_prepared_xacts.');
  const says = `The oldest open transaction is ${ageText(oldestSeconds)} old.`;
  if (oldestSeconds < 10 * minute) return well('transactions', says);
  const remedy = 'A backup may last so long; anything else is to be ended: see pg_stat_activity.';
  return oldestSeconds < 6 * hour ? warn('transactions', says, remedy) : wrong('transactions', says, remedy);
}

/** Whether this machine and the server have the same time; `ours` was read around the server's. */
export function clock({ now }: Vitals, ours: number): Finding {
  const apart = Math.abs(now - ours) / 1_000;
  const says = `The clocks of this machine and of PostgreSQL are ${apart.toFixed(1)} seconds apart; here it is ${instantOf(ours)}.`;
  if (apart < 2) return well('clock', says);
  const remedy = 'Let both machines take their time from the network (chrony, systemd-timesyncd).';
  return apart < 60 ? warn('clock', says, remedy) : wrong('clock', says, remedy);
}

const backupWarn = 26 * hour;
const backupWrong = 8 * day;
const drillWarn = 35 * day;

/** Whether the window was kept, and the keeping proved. */
export function backups(kept: Keeping, now: number): Finding[] {
  const ageOf = (instant: string): number => Math.max(0, (now - msOfInstant(instant)) / 1_000);
  const remedy = 'Run portolan backup every day and take the file to another machine: see docs/operate.md.';
  const made = ((): Finding => {
    if (kept.backup === null) return warn('backup', 'No backup of this window is known.', remedy);
    const says = `The last backup is ${ageText(ageOf(kept.backup))} old.`;
    if (ageOf(kept.backup) < backupWarn) return well('backup', says);
    return ageOf(kept.backup) < backupWrong ? warn('backup', says, remedy) : wrong('backup', says, remedy);
  })();
  if (kept.failed !== null) {
    const says = `The drill ${ageText(ageOf(kept.failed))} ago found that not everything was in the backup.`;
    return [
      made,
      wrong('drill', says, 'Make a new backup and run portolan drill on it; keep the old one until that is proved.'),
    ];
  }
  const often = 'Run portolan drill on a backup once a month.';
  if (kept.proved === null) return [made, warn('drill', 'No backup was ever proved by a drill.', often)];
  const says = `A backup was last proved ${ageText(ageOf(kept.proved))} ago.`;
  return [made, ageOf(kept.proved) < drillWarn ? well('drill', says) : warn('drill', says, often)];
}

/** Whether the days to come have their partitions. */
export const partitions = (ahead: number, running: boolean): Finding => {
  const says = `Partitions stand ready for ${ahead === 1 ? 'one day' : `${ahead} days`}, today among them.`;
  if (ahead >= 2) return well('partitions', says);
  const remedy =
    'The window makes them once an hour and at its start: look for worker-failed in the log, or restart it.';
  return running
    ? wrong('partitions', says, remedy)
    : warn('partitions', says, 'The window makes them at its next start.');
};

/** Whether days older than those that are meant to be kept still stand in the database; `overdue` is how many. */
export function archived(keepDays: number | null, overdue: number, done: number): Finding {
  const out = done === 0 ? '' : ` ${done === 1 ? 'One day is' : `${count(done)} days are`} archived.`;
  if (keepDays === null) return well('archive', `Parcels of every day stay in the database.${out}`);
  if (overdue === 0)
    return well('archive', `No parcels older than ${count(keepDays)} days stand in the database.${out}`);
  const says = `${overdue === 1 ? 'One day' : `${count(overdue)} days`} of parcels older than ${count(keepDays)} days still stand in the database.${out}`;
  return warn('archive', says, 'Run portolan archive --drop; it says which days cannot go yet, and why.');
}

/** Whether the official schemas of a folder can be read; null for `broken` where there is no such folder. */
export function official(path: string, broken: readonly { file: string; said: string }[] | null): Finding {
  if (broken === null)
    return wrong(
      'schemas',
      `There is no folder ${path}: no message is judged by an official schema.`,
      'Set PORTOLAN_SCHEMAS to the folder with the schemas, or leave it out.',
    );
  const [first] = broken;
  if (first === undefined) return well('schemas', `Messages are judged by the official schemas in ${path}.`);
  const more = broken.length === 1 ? '' : ` ${count(broken.length - 1)} more cannot be read either.`;
  const says = `${first.file} in ${path} cannot be read: ${first.said}.${more}`;
  return wrong(
    'schemas',
    says,
    'Put the whole official set of schemas there, as it was published, and restart the window.',
  );
}

/** Which law is in force, and whether it was confirmed. */
export const packs = (home: string, all: readonly { id: string; version: string; status: string }[]): Finding => {
  const listed = all.map(({ id, version, status }) => `${id} ${version} (${status})`).join(', ');
  const mine = all.find(({ id }) => id === home);
  if (mine?.status === 'draft')
    return warn(
      'packs',
      `The home pack is a draft, and every answer says so. Known: ${listed}.`,
      'Let the authorities confirm its values before it decides on real parcels.',
    );
  return well('packs', `The home is ${home}. Known: ${listed}.`);
};
