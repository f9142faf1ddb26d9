import type { FastifyInstance } from 'fastify';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Worker } from '#platform/module.ts';
import { type Logged, keptDays, pathMax, ringSize } from './model.ts';
import * as store from './store.ts';

/** A request as it is kept in memory: its moment becomes a text only when it is written down. */
type Noted = Omit<Logged, 'at'> & { readonly ms: number };

/** The last requests of one key that are not written down yet; the oldest give way. */
class Ring {
  readonly entries: Noted[] = [];
  #next = 0;

  push(entry: Noted): void {
    if (this.entries.length < ringSize) this.entries.push(entry);
    else this.entries[this.#next] = entry;
    this.#next = (this.#next + 1) % ringSize;
  }
}

/** The log of one process. */
class Gathered {
  /** By what the requests of a key carried: whose key it is, is asked once when they are written down. */
  readonly rings = new Map<string, Ring>();
  /** How many requests of a key were written down since what fell out of its ring was let go. */
  readonly fallen = new Map<string, number>();
}
const logs = new WeakMap<Context, Gathered>();

/** So many requests may fall out of a key's ring before they are let go: finding them costs as much as writing many. */
const fallenMax = 100;

/** How many different keys are noted in a second, and how long a key or an access token may be to be one of ours. */
const ringsMax = 10_000;
const keyMax = 2_000;
const unknownKey = 401;

function logOf(context: Context): Gathered {
  let log = logs.get(context);
  if (log === undefined) logs.set(context, (log = new Gathered()));
  return log;
}

/**
 * Notes every request that came with a key, once it is answered, in the memory of this process. Nothing of it stands in
 * the way of the answer, and no request costs a statement: what gathered goes to the database once a second, at most
 * 500 of each key. What was gathered in the second in which a process is killed is lost.
 */
export function logRequests(app: FastifyInstance, context: Context): void {
  const { rings } = logOf(context);
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const { authorization } = request.headers;
    // What opened nothing is nobody's, and is not looked up a second time.
    if (authorization === undefined || authorization.length > keyMax || reply.statusCode === unknownKey) return;
    let ring = rings.get(authorization);
    if (ring === undefined) {
      if (rings.size >= ringsMax) return;
      rings.set(authorization, (ring = new Ring()));
    }
    const { url, refused } = request;
    const end = url.indexOf('?');
    ring.push({
      request: request.id,
      ms: context.clock.now(),
      method: request.method,
      path: (end < 0 ? url : url.slice(0, end)).slice(0, pathMax),
      status: reply.statusCode,
      problem: refused === '' ? null : refused,
    });
  });
  app.addHook('onClose', async () => {
    // A window also closes when its database is gone; the log is no reason to end otherwise.
    await writeDown(context).catch((error: unknown) => context.log.warn('requests-lost', { reason: String(error) }));
  });
}

/** Writes down what gathered of the keys that are known. */
async function writeDown(context: Context): Promise<void> {
  const { rings, fallen } = logOf(context);
  if (rings.size === 0) return;
  const gathered = [...rings];
  rings.clear();
  const rows: (Logged & { client: string })[] = [];
  for (const [authorization, { entries }] of gathered) {
    // Found by the door that found him before; nothing else of a request is looked at for a key.
    const { client } = await context.identify({ method: 'GET', headers: { authorization }, socket: {} } as never);
    if (client === null) continue;
    // What an earlier process left is not known, so the first of a key count as too many.
    fallen.set(client, (fallen.get(client) ?? fallenMax) + entries.length);
    for (const { ms, ...entry } of entries) rows.push({ client, at: instantOf(ms), ...entry });
  }
  if (rows.length === 0) return;
  const full = [...fallen].flatMap(([client, many]) => (many > fallenMax ? [client] : []));
  await context.db.tx(async (tx) => {
    await store.keepRequests(tx, rows);
    if (full.length > 0) await store.dropFallen(tx, full);
  });
  for (const client of full) fallen.set(client, 0);
}

const dayMs = 86_400_000;

/** What writes the log down in each process, and what lets go of it when it is old. */
export const requestLogWorkers = (context: Context): readonly Worker[] => [
  {
    name: 'developers-requests',
    idleMs: 1_000,
    everywhere: true,
    async step() {
      await writeDown(context);
      return false;
    },
  },
  {
    name: 'developers-days',
    idleMs: 3_600_000,
    async step(db) {
      await store.dropBefore(db, instantOf(context.clock.now() - keptDays * dayMs));
      return false;
    },
  },
];
