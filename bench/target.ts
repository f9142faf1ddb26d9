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

/** The real window on a data folder, as `npm start -- --empty` runs it. */
export interface Target {
  readonly port: number;
  readonly databaseUrl: string;
  used(): Used;
  /** The most bytes of memory that all processes of the window together were seen to hold. */
  rssMax(): number;
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

/** What a process has used, in user and in system mode, and with `ended` what its children had used when they ended. */
function secondsOf(pid: number, ended = false): number {
  try {
    const [user, system, endedUser, endedSystem] = statOf(pid).slice(11, 15).map(Number);
    return (user! + system! + (ended ? endedUser! + endedSystem! : 0)) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** A process and all that it started, without those whose parent is left out. */
function treeOf(first: number, except?: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    try {
      const parent = Number(statOf(pid)[1]);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const within = (pid: number): number[] =>
    pid === except ? [] : [pid, ...(children.get(pid) ?? []).flatMap((child) => within(child))];
  return within(first);
}

function rssOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

const sum = (pids: readonly number[], of: (pid: number) => number): number =>
  pids.reduce((total, pid) => total + of(pid), 0);

const rssEveryMs = 500;

/** Looks twice a second at what all processes of the window hold, and keeps the most. */
function watchRss(pids: () => number[]): { max: () => number; end: () => void } {
  let most = 0;
  const look = (): void => void (most = Math.max(most, sum(pids(), rssOf)));
  const timer = setInterval(look, rssEveryMs);
  return {
    max: () => (look(), most),
    end: () => clearInterval(timer),
  };
}

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

/**
 * Starts the window and waits until it can take parcels. `flags` go to Node, for profiles; `under` is a command that
 * runs the one behind it, for a window that is to have less than the machine.
 */
export async function startTarget(
  config: Config,
  { flags = [], under = [] }: { readonly flags?: readonly string[]; readonly under?: readonly string[] } = {},
): Promise<Target> {
  const [command, ...args] = [...under, process.execPath, ...flags, join(root, 'src/main.ts'), '--empty'];
  const child = spawn(command, args, {
    cwd: root,
    env: {
      ...environment(),
      HOST: '127.0.0.1',
      PORT: String(config.port),
      PORTOLAN_DATA: config.dataFolder,
      PORTOLAN_SHARED_BUFFERS: config.sharedBuffers,
      PORTOLAN_ECONOMY: config.economy,
      PORTOLAN_PROCESSES: String(config.processes),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilReady(config.port, child);
  const postmaster = postmasterOf(config.dataFolder);
  const window = (): number[] => treeOf(child.pid!, postmaster);
  const rss = watchRss(window);
  return {
    port: config.port,
    databaseUrl: `postgres://portolan@localhost/portolan?host=${encodeURIComponent(join(config.dataFolder, 'run'))}`,
    used: () => ({
      window: sum(window(), (pid) => secondsOf(pid)),
      postgres: sum(treeOf(postmaster), (pid) => secondsOf(pid, pid === postmaster)),
    }),
    rssMax: rss.max,
    async stop() {
      rss.end();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * Another server in a process of its own, to which the same load is sent; it says on which port it listens. `beside` is
 * the window whose PostgreSQL it works with, `under` the same command as the window's.
 */
export async function startOther(
  script: string,
  {
    args = [],
    under,
    beside,
  }: { readonly args?: readonly string[]; readonly under: readonly string[]; readonly beside?: Target },
): Promise<Target> {
  const [command = '', ...words] = [...under, process.execPath, ...process.execArgv];
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, { execPath: command, execArgv: words });
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  const { port } = Object(said) as { port?: number };
  if (port === undefined) throw new Error(`${script} ended with ${String(said)}`);
  return {
    port,
    databaseUrl: '',
    used: () => ({ window: sum(treeOf(child.pid!), (pid) => secondsOf(pid)), postgres: beside?.used().postgres ?? 0 }),
    rssMax: () => 0,
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
