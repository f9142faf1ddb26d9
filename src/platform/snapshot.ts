import { digestOf } from '#kernel/canonical.ts';
import type { Db, Tx } from './db.ts';

/** What a part gives for an epoch. */
export interface Loaded<T> {
  /** Names the content: the same version is the same content. */
  readonly version: string;
  readonly data: T;
  /** SHA-256 of the content in hexadecimal, where the part can tell; otherwise it is taken over name and version. */
  readonly digest?: string;
}

/** One part of the reference data, loaded from rows with `from_epoch <= epoch < until_epoch`. */
export interface Part<T> {
  readonly name: 'packs' | 'rates' | 'lists' | 'watch' | 'parties';
  /** `previous` is what the part gave last: a part that finds its version unchanged returns it as it is. */
  load(tx: Tx, epoch: bigint, previous?: Loaded<T>): Promise<Loaded<T>>;
}

/** All reference data at one epoch, frozen; its digest is recorded with every decision. */
export interface Snapshot {
  readonly epoch: bigint;
  readonly digest: string;
  readonly parts: Readonly<Record<string, { readonly version: string; readonly digest: string }>>;
  get<T>(part: Part<T>): T;
}

/** The reference data of this process. */
export interface Reference {
  /** The snapshot in memory; throws before the first refresh. */
  current(): Snapshot;
  /** Reads the newest epoch and gives a snapshot at least as new as the moment of the call. */
  refresh(): Promise<Snapshot>;
  /** Reads a past snapshot back; the last few are kept. */
  at(epoch: bigint): Promise<Snapshot>;
  /**
   * Changes reference data under a new epoch. When it returns, no transaction that is still open, in any process, used
   * an older snapshot, and this process uses the new one. The change may run more than once, as in `Db.tx`.
   */
  publish<T>(change: (tx: Tx, epoch: bigint) => Promise<T>): Promise<T>;
}

/** The advisory lock: a batch holds it shared, publishing an epoch takes it exclusively. */
export const EPOCH_LOCK = 7_205_759_100_002n;

/**
 * The first message of every batch. Its last list of rows holds the epoch; a batch whose snapshot is older rolls back
 * and starts again at *resolve* with a refreshed one.
 */
export const beginUnderEpoch = `begin; select pg_advisory_xact_lock_shared(${EPOCH_LOCK}); select epoch from platform.epoch`;

/**
 * Holds the epoch for the rest of a transaction and says whether this snapshot is still the newest: whoever writes
 * under one looks anew where it is not, so that nothing is written under a right that was ended.
 */
export async function holdsEpoch(tx: Tx, snapshot: Snapshot): Promise<boolean> {
  await tx.query(`select pg_advisory_xact_lock_shared(${EPOCH_LOCK})`);
  const [row] = await tx.query<{ epoch: bigint }>('select epoch from platform.epoch');
  return row?.epoch === snapshot.epoch;
}

const keptMax = 8;

function freeze(value: unknown): void {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Maps, sets and compiled things keep their own promise; plain data is frozen through and through.
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return;
  Object.freeze(value);
  for (const item of Object.values(value)) freeze(item);
}

type Everything = ReadonlyMap<Part<unknown>, Loaded<unknown>>;

async function loadAll(
  tx: Tx,
  parts: readonly Part<unknown>[],
  epoch: bigint,
  previous: Everything,
): Promise<Everything> {
  const loaded = new Map<Part<unknown>, Loaded<unknown>>();
  for (const part of parts) {
    const one = await part.load(tx, epoch, previous.get(part));
    freeze(one.data);
    loaded.set(part, one);
  }
  return loaded;
}

function snapshotOf(epoch: bigint, loaded: Everything): Snapshot {
  const parts: Record<string, { version: string; digest: string }> = {};
  for (const [part, one] of loaded) {
    const digest = one.digest ?? digestOf([part.name, one.version]);
    parts[part.name] = Object.freeze({ version: one.version, digest });
  }
  return Object.freeze({
    epoch,
    digest: digestOf(parts),
    parts: Object.freeze(parts),
    get<T>(part: Part<T>): T {
      const one = loaded.get(part as Part<unknown>);
      if (one === undefined) throw new Error(`the reference has no part ${part.name}`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the map holds under each part what that part
      // gave.
      return one.data as T;
    },
  });
}

/** The reference data made of the given parts; a part's name may stand once. */
export function createReference(db: Db, parts: readonly Part<unknown>[]): Reference {
  if (new Set(parts.map((part) => part.name)).size !== parts.length) throw new Error('a reference part stands twice');
  let current: Snapshot | undefined;
  let newest: Everything = new Map();
  let running: Promise<Snapshot> | undefined;
  let waiting: Promise<Snapshot> | undefined;
  const kept = new Map<bigint, Snapshot>();

  const keep = (snapshot: Snapshot): Snapshot => {
    kept.set(snapshot.epoch, snapshot);
    if (kept.size > keptMax) kept.delete(kept.keys().next().value!);
    return snapshot;
  };
  const read = async (): Promise<Snapshot> => {
    const [epoch, loaded] = await db.tx(async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      const [row] = await tx.query<{ epoch: bigint }>('select epoch from platform.epoch');
      const at = row!.epoch;
      return [at, current?.epoch === at ? newest : await loadAll(tx, parts, at, newest)] as const;
    });
    if (current?.epoch === epoch) return current;
    newest = loaded;
    current = keep(snapshotOf(epoch, loaded));
    return current;
  };
  const run = (): Promise<Snapshot> => {
    const promise = read().finally(() => {
      if (running === promise) running = undefined;
    });
    running = promise;
    return promise;
  };
  const refresh = (): Promise<Snapshot> => {
    if (running === undefined) return run();
    // One that is under way may have read the epoch before the caller's moment, so the next one is awaited.
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        return run();
      });
    return waiting;
  };
  return {
    current() {
      if (current === undefined) throw new Error('the reference has not been loaded yet');
      return current;
    },
    refresh,
    at: async (epoch) =>
      kept.get(epoch) ?? keep(snapshotOf(epoch, await db.tx((tx) => loadAll(tx, parts, epoch, new Map())))),
    async publish(change) {
      const value = await db.tx(async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(${EPOCH_LOCK})`);
        const [row] = await tx.query<{ epoch: bigint }>('update platform.epoch set epoch = epoch + 1 returning epoch');
        return change(tx, row!.epoch);
      });
      await refresh();
      return value;
    },
  };
}

/** Takes over what another process has published; it reads one row where nothing was. True when something was. */
export async function keepUp(db: Db, reference: Reference): Promise<boolean> {
  const [row] = await db.query<{ epoch: bigint }>('select epoch from platform.epoch');
  if (row?.epoch === reference.current().epoch) return false;
  await reference.refresh();
  return true;
}
