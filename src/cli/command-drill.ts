import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sums } from '#modules/accounts/index.ts';
import { agreement, rebuild } from '#modules/clearance/index.ts';
import { noteDrill } from '#modules/operations/index.ts';
import { verify } from '#modules/transparency/index.ts';
import { schemas } from '#modules/schemas.ts';
import type { Manifest } from '#platform/backup-file.ts';
import { systemClock } from '#platform/clock.ts';
import { type Config, environment, readConfig } from '#platform/config.ts';
import { type Db, openDb } from '#platform/db.ts';
import { compareTables, journalBelow } from '#platform/drill.ts';
import { silentLog } from '#platform/log.ts';
import { migrate, stepsOf } from '#platform/migrate.ts';
import { startPostgres } from '#platform/postgres.ts';
import { continueNumbering, restoreInto, type Standing, standingOf } from '#platform/restore.ts';
import { createApp } from '../app.ts';
import { filesOf } from './args.ts';
import { fileMeter, planOf, readWhole, tellWindow } from './command-keep.ts';
import type { Command } from './command.ts';
import { FileError } from './read.ts';
import { count, exit, Progress, type Terminal } from './terminal.ts';
import { besideWindow, hasWindow, inSentences } from './window.ts';

/** One thing that the drill looked at. */
export interface Proof {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly ok: boolean;
}

const equal = (what: string, expected: bigint | number, found: bigint | number, ok = true): Proof => ({
  what,
  expected: count(Number(expected)),
  found: count(Number(found)),
  ok: ok && BigInt(expected) === BigInt(found),
});

async function tableProofs(url: string, manifest: Manifest): Promise<Proof[]> {
  const tables = await compareTables(url, manifest);
  return tables.map(({ table, parts, kept, found, same }) =>
    equal(parts === 1 ? table : `${table}, ${parts} parts`, kept, found, same),
  );
}

async function innerProofs(db: Db): Promise<Proof[]> {
  const { decided, withoutDeclaration, withoutEntry } = await agreement(db);
  const accounts = await sums(db);
  const { segments, faults } = await verify(db);
  return [
    equal('decisions with their parcel', decided, decided - withoutDeclaration),
    equal('parcels without their decision', 0, withoutEntry),
    equal(`faults in ${count(Number(segments))} sealed segments of the journal`, 0, faults.length),
    ...accounts.map(({ kind, unit, byAccounts, byHolds, wrong }) =>
      equal(`accounts ${kind} ${unit}, minor units`, BigInt(byAccounts), BigInt(byHolds), wrong === 0n),
    ),
  ];
}

/** Puts the whole window together on what was restored: it opens, and its projection is that of its journal. */
async function windowProofs(db: Db, config: Config): Promise<Proof[]> {
  const { app, context } = await createApp({ config, db, clock: systemClock, log: silentLog });
  try {
    const { statusCode } = await app.inject({ url: '/health' });
    const { differing } = await rebuild(context);
    return [
      equal('rows of the projection that the journal makes otherwise', 0, differing),
      equal('/health of the restored window', 200, statusCode),
    ];
  } finally {
    await app.close();
  }
}

/** What the running window has recorded up to the position of the backup, against what was restored. */
async function againstRunning(config: Config, restored: Db, below: string): Promise<Proof[]> {
  if (!hasWindow(config)) return [];
  return besideWindow(config, async (url) => {
    const db = openDb({ url, size: 1 });
    try {
      const [there, here] = await Promise.all([journalBelow(db, below), journalBelow(restored, below)]);
      return [
        equal('journal of the running window up to there', there.entries, here.entries, there.digest === here.digest),
      ];
    } finally {
      await db.close();
    }
  });
}

/** Tells the window what the drill found, so that everybody may know when a backup was last proved. */
const noted = (config: Config, at: string, { clock }: Terminal, proved: boolean): Promise<void> =>
  besideWindow(config, (url) => tellWindow(url, (db) => noteDrill(db, at, clock.instant(), proved)));

async function prove(
  url: string,
  given: { readonly path: string; readonly manifest: Manifest; readonly standing: Standing; readonly config: Config },
  terminal: Terminal,
): Promise<Proof[]> {
  const { path, manifest, standing, config } = given;
  const meter = fileMeter(path);
  const progress = new Progress(terminal, meter, 'bytes', 'of the file restored');
  await restoreInto(url, path, manifest, standing, (read) => {
    meter.read = read;
    progress.tick(read);
  });
  const tables = await tableProofs(url, manifest);
  const db = openDb({ url, size: 6 });
  try {
    await migrate(db, schemas);
    await continueNumbering(db);
    const running = await againstRunning(config, db, manifest.journalBelow);
    const inner = await innerProofs(db);
    const home = { ...config, economy: manifest.economy, demo: false };
    return [...tables, ...running, ...inner, ...(await windowProofs(db, home))];
  } finally {
    await db.close();
  }
}

/** The proofs as a table for people. */
export function proofTable(proofs: readonly Proof[]): string {
  const rows = [
    ['', 'what', 'expected', 'found'],
    ...proofs.map(({ what, expected, found, ok }) => [ok ? '✔' : '✖', what, expected, found]),
  ];
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]!.length));
  const [what, expected, found] = [width(1), width(2), width(3)];
  const lines = rows.map(
    (row) => `${row[0]!.padEnd(1)}  ${row[1]!.padEnd(what)}  ${row[2]!.padStart(expected)}  ${row[3]!.padStart(found)}`,
  );
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export const drillCommand: Command = {
  name: 'drill',
  takes: 'FILE',
  does: 'Restores a backup into a server that is thrown away, and proves that everything is in it.',
  options: [{ name: 'in', value: 'FOLDER', help: 'where that server works (the folder for temporary files)' }],
  async run(given, terminal) {
    const [file = ''] = filesOf(given, 1, 1, 'one file');
    const path = resolve(file);
    const config = readConfig(environment(), []);
    const manifest = await readWhole(path, terminal);
    const standing = standingOf(manifest.steps, await stepsOf(schemas));
    if (standing.kind === 'newer' || standing.kind === 'other')
      throw new FileError(planOf(manifest, standing, path).join('\n'));
    const folder = mkdtempSync(join(given.values['in'] ?? tmpdir(), 'portolan-drill-'));
    try {
      const proofs = await inSentences(async () => {
        const postgres = await startPostgres(folder, { sharedBuffers: '128MB', connections: 20 });
        try {
          return await prove(postgres.url, { path, manifest, standing, config }, terminal);
        } finally {
          await postgres.stop();
        }
      });
      terminal.out(proofTable(proofs));
      const wrong = proofs.filter(({ ok }) => !ok).length;
      if (hasWindow(config)) await noted(config, manifest.at, terminal, wrong === 0);
      const compared = hasWindow(config) ? 'and against the window' : 'and no window was there to compare with';
      terminal.out(
        wrong === 0
          ? `Everything up to ${manifest.at} is in ${path}: ${proofs.length} comparisons, ${compared}.\n`
          : `${wrong} of ${proofs.length} comparisons fail: do not rely on ${path}.\n`,
      );
      return wrong === 0 ? exit.done : exit.refused;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
