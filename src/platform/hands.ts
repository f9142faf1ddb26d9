import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { type Clock, shiftedClock, systemClock } from './clock.ts';
import { environment, readConfig } from './config.ts';
import type { Context } from './context.ts';
import { type Db, isOutage, openDb } from './db.ts';
import { outageCode } from './kept.ts';
import { createLog } from './log.ts';

/** Processes that ended by a fault, after which a job is given up. */
const faultsMax = 3;
const lowest = 19;

/**
 * Takes a process of this machine to the lowest priority. Where Linux shares the processor between sessions first, as
 * outside of a container, that of a process counts only within its own: then its session, of which it is the only one,
 * gives way too. Who may not say so, or has ended, keeps what he has.
 */
function giveWay(pid: number): void {
  try {
    setPriority(pid, lowest);
    writeFileSync(`/proc/${pid}/autogroup`, String(lowest));
  } catch {
    // It is another user's, it is gone, or there is no such thing here.
  }
}

/** Processes of their own at the lowest priority, one a core: whoever files a parcel goes first. */
export class Hands {
  readonly #context: Context;
  readonly #entry: string;
  readonly #children = new Set<ChildProcess>();
  #job = '';
  #faults = 0;

  /** `entry` is the file that each of them runs, with the id of the job as its argument. */
  constructor(context: Context, entry: string) {
    this.#context = context;
    this.#entry = entry;
  }

  /** Sees to it that a job is worked on, of which so many ranges are left; false when it has failed too often. */
  hire(job: string, left: number): boolean {
    if (job !== this.#job) this.#faults = 0;
    this.#job = job;
    if (this.#faults >= faultsMax) return false;
    // One that has ended found nothing more to take, or was killed: the others go on, and new ones come after the last.
    if (this.#children.size === 0)
      for (let many = Math.min(left, availableParallelism()); many > 0; many -= 1) this.#start(job);
    return true;
  }

  #start(job: string): void {
    const child = fork(this.#entry, [job, String(this.#context.clock.now() - systemClock.now())], {
      execArgv: [],
      // In a session of its own, which gives way as a whole.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#children.add(child);
    // At once: reading what it runs costs more than a filer should wait for.
    if (child.pid !== undefined) giveWay(child.pid);
    child.once('error', () => this.#children.delete(child));
    child.once('exit', (code) => {
      this.#children.delete(child);
      if (code === 0 || code === null || code === outageCode) return;
      this.#faults += 1;
      this.#context.log.warn('job-process-ended', { job, code });
    });
  }
}

/**
 * Takes the server's process behind this connection to the lowest priority too, where it runs on this machine: it does
 * half of the work, and may not have others help it, whose priority would be the usual one. Where it runs elsewhere its
 * number names something else here, or nothing, so its name is looked at.
 */
async function giveWayAt(db: Db): Promise<void> {
  await db.query('set max_parallel_workers_per_gather = 0');
  const [{ pid } = { pid: 0 }] = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
  if (isBackend(pid)) giveWay(pid);
}

function isBackend(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres: ');
  } catch {
    return false;
  }
}

/**
 * What such a process does: works on the job that it was started for, the least urgent thing on the machine, by the
 * clock of the window, and ends with who started it.
 */
export async function asHand(work: (db: Db, job: string, clock: Clock) => Promise<void>): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  const [job = '', shiftMs = '0'] = process.argv.slice(2);
  const clock = shiftedClock(systemClock, () => Number(shiftMs));
  const { databaseUrl: url } = readConfig(environment(), []);
  if (url === undefined) throw new Error('DATABASE_URL names no database');
  const db = openDb({ url, size: 1 });
  try {
    await giveWayAt(db);
    await work(db, job, clock);
    process.exitCode = 0;
  } catch (error) {
    if (!isOutage(error)) createLog(systemClock, { process: 'job' }).error('job-failed', error);
    process.exitCode = isOutage(error) ? outageCode : 1;
  }
  await db.close();
  process.disconnect();
}
