import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Config } from '#platform/config.ts';
import { environment } from '#platform/config.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Processor time that a set of processes has used, in seconds since they began. */
export interface Used {
  readonly window: number;
  readonly postgres: number;
}

/** The real window process on a data folder, as `npm start -- --empty` runs it. */
export interface Target {
  readonly port: number;
  readonly databaseUrl: string;
  used(): Used;
  /** Bytes of memory that the window's processes hold, without PostgreSQL. */
  rss(): number;
  stop(): Promise<void>;
}

const ticksPerSecond = 100;

/** Processor time of the whole machine, in seconds: all of it, and what was used. */
export function ticksOfMachine(): { readonly all: number; readonly busy: number } {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = fields.reduce((sum, field) => sum + field, 0) / ticksPerSecond;
  // Idle and waiting for a disk.
  return { all, busy: all - (fields[3]! + fields[4]!) / ticksPerSecond };
}

const quietShare = 0.08;
const quietCheckMs = 700;

/** Waits, at most so long, until hardly anything else runs on the machine. */
export async function quiet(waitMs: number): Promise<void> {
  for (let waited = 0; waited < waitMs; waited += quietCheckMs) {
    const before = ticksOfMachine();
    await delay(quietCheckMs);
    const after = ticksOfMachine();
    if ((after.busy - before.busy) / (after.all - before.all) < quietShare) return;
  }
}

/** The fields of a line of /proc/<pid>/stat after the name, which may itself hold blanks. */
const statOf = (pid: number): string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

function secondsOf(pid: number): number {
  try {
    const stat = statOf(pid);
    return (Number(stat[11]) + Number(stat[12])) / ticksPerSecond;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((one) => {
    try {
      return Number(statOf(one)[1]) === pid;
    } catch {
      return false;
    }
  });
}

/** The window is a process that looks after others: those that serve, and the one that works; PostgreSQL is not it. */
const windowOf = (main: number, postmaster: number): number[] => [
  main,
  ...childrenOf(main).filter((pid) => pid !== postmaster),
];

const rssOf = (pid: number): number => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
};

const sumOf = (pids: readonly number[], of: (pid: number) => number): number =>
  pids.reduce((sum, pid) => sum + of(pid), 0);

/** The postmaster's pid stands in the first line of its file. */
const postmasterOf = (folder: string): number =>
  Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

async function untilReady(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the window ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(50);
  }
  throw new Error('the window did not open within 30 seconds');
}

/** Starts the window and waits until it can take parcels. `flags` go to Node, for profiles. */
export async function startTarget(config: Config, flags: readonly string[] = []): Promise<Target> {
  const child = spawn(process.execPath, [...flags, join(root, 'src/main.ts'), '--empty'], {
    cwd: root,
    env: {
      ...environment(),
      HOST: '127.0.0.1',
      PORT: String(config.port),
      PORTOLAN_DATA: config.dataFolder,
      PORTOLAN_SHARED_BUFFERS: config.sharedBuffers,
      PORTOLAN_ECONOMY: config.economy,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilReady(config.port, child);
  const postmaster = postmasterOf(config.dataFolder);
  return {
    port: config.port,
    databaseUrl: `postgres://portolan@localhost/portolan?host=${encodeURIComponent(join(config.dataFolder, 'run'))}`,
    used: () => ({
      window: sumOf(windowOf(child.pid!, postmaster), secondsOf),
      postgres: sumOf([postmaster, ...childrenOf(postmaster)], secondsOf),
    }),
    rss: () => sumOf(windowOf(child.pid!, postmaster), rssOf),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A bare HTTP server in a process of its own, to which the same load is sent. */
export async function startBare(port: number): Promise<Target> {
  const child = fork(fileURLToPath(new URL('./bare.ts', import.meta.url)), [String(port)]);
  await once(child, 'message');
  return {
    port,
    databaseUrl: '',
    used: () => ({ window: secondsOf(child.pid!), postgres: 0 }),
    rss: () => 0,
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
