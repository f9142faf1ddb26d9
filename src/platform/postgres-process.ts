import { readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What a running server has written about itself into its folder. */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
  readonly status: 'starting' | 'ready' | 'stopping' | 'standby' | '';
}

const stepMs = 20;

/** Reads `postmaster.pid`: the process in line 1, its socket's folder in line 5, its status in line 8. */
export function readPostmaster(data: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const status = (lines[7] ?? '').trim();
  const known = (['starting', 'ready', 'stopping', 'standby'] as const).find((one) => one === status) ?? '';
  return { pid: Number(lines[0]), socketFolder: lines[4] ?? '', status: known };
}

/** Whether a process runs; one that is dead and not yet taken away by its parent (state Z) does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
  } catch {
    return false;
  }
}

function worksIn(pid: number, data: string): boolean {
  try {
    const there = statSync(`/proc/${pid}/cwd`);
    const here = statSync(data);
    return there.dev === here.dev && there.ino === here.ino && isRunning(pid);
  } catch {
    return false;
  }
}

/** The processes of a server: all of them work in its folder, also those that outlive their postmaster for a moment. */
export const processesIn = (data: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => worksIn(pid, data));

/** Waits until something holds, looking every 20 ms; false when it did not within the time. */
export async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  for (let waited = 0; !holds(); waited += stepMs) {
    if (waited >= withinMs) return false;
    await delay(stepMs);
  }
  return true;
}

/** The server that runs on a folder, if one does; one that is stopping is waited for. */
export async function runningOn(data: string): Promise<Postmaster | undefined> {
  const found = readPostmaster(data);
  if (found === undefined || !worksIn(found.pid, data)) return undefined;
  const settled = (): boolean => {
    const now = readPostmaster(data);
    return now === undefined || now.status === 'ready' || !worksIn(now.pid, data);
  };
  // Recovery after a crash can take its time, and a server that recovers must be waited for, not fought.
  await until(settled, 120_000);
  const now = readPostmaster(data);
  return now !== undefined && now.status === 'ready' && worksIn(now.pid, data) ? now : undefined;
}

/**
 * Takes away the lock files of a server that is dead. Its number may belong to another process by now, or to a dead
 * one that nobody has fetched, and PostgreSQL would refuse to start in both cases. While any process still works in
 * the folder nothing is touched: false then.
 */
export async function clearStale(data: string, socketFolder: string): Promise<boolean> {
  if (!(await until(() => processesIn(data).length === 0, 5_000))) return false;
  for (const file of [join(data, 'postmaster.pid'), join(socketFolder, '.s.PGSQL.5432.lock')]) {
    try {
      unlinkSync(file);
    } catch {
      // It is not there, which is what was wanted.
    }
  }
  return true;
}
