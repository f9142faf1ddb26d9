import { refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Connection } from '#platform/db.ts';
import { clearBatch } from './clear.ts';
import type { Answer, Submission } from './model.ts';
import { Lanes } from './lanes.ts';
import { ensurePartitions } from './partitions.ts';

/** How many parcels one transaction takes at most while single ones are expected: each would wait longer in more. */
const batchMax = 48;
/** How many it takes of uploads alone. */
export const batchBulkMax = 128;
/** So long after one single parcel the next is expected, so that it finds no large batch before it. */
const expectedMs = 250;
/** Connections of the writer's own, so that one batch is decided while the other is being made durable. */
const connectionsMax = 2;
/**
 * Parcels that may wait for a connection. Beyond, their filer is told to come back rather than that something accepted
 * is lost.
 */
const limits = { lane: 4_000, floor: 64, all: 20_000 };

/** By which door a parcel came: a filer's single parcels do not wait behind those of his own upload. */
export type Door = 'single' | 'bulk';

interface Waiting {
  readonly submission: Submission;
  readonly door: Door;
  readonly key: string;
  readonly resolve: (answer: Result<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Natural group commit: while a transaction runs, submissions gather; when a connection is free, what has gathered
 * goes as
 * one batch. No timer waits for company. An answer is given only after its COMMIT.
 */
export class Writer {
  readonly #context: Context;
  readonly #lanes = new Lanes<Waiting>(limits);
  readonly #keysRunning = new Set<string>();
  readonly #idle: Connection[] = [];
  #running = 0;
  /** When a parcel came last that came alone, on the clock of this process. */
  #single = -expectedMs;
  #closed = false;
  #drained: (() => void) | null = null;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Decides one parcel durably. Refuses `clearance/busy` when the window closes and `clearance/lane-full` when too many
   * of this filer wait; an upload is never refused, since it holds back by itself. Throws when the database is out.
   */
  submit(submission: Submission, door: Door): Promise<Result<Answer>> {
    if (this.#closed) return Promise.resolve(refuse('clearance/busy'));
    const { filer, body } = submission;
    const { promise, resolve, reject } = Promise.withResolvers<Result<Answer>>();
    const waiting = { submission, door, key: `${filer} ${body.declaration.id}`, resolve, reject };
    if (!this.#lanes.add(`${door} ${filer}`, waiting, door === 'single'))
      return Promise.resolve(refuse('clearance/lane-full', { params: { limit: String(this.#lanes.limit) } }));
    if (door === 'single') this.#single = performance.now();
    this.#pump();
    return promise;
  }

  /** Lets what was accepted finish, then gives the connections back. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#running > 0 || this.#lanes.waiting > 0)
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    for (const connection of this.#idle.splice(0)) connection.release();
  }

  #pump(): void {
    while (this.#lanes.waiting > 0 && this.#running < connectionsMax) {
      const batch = this.#take();
      if (batch.length === 0) return;
      this.#running += 1;
      void this.#run(batch);
    }
  }

  /**
   * The next batch; a key that is running or already in it waits for the next one, so that it meets its own first
   * answer.
   */
  #take(): Waiting[] {
    const expected = performance.now() - this.#single < expectedMs;
    return this.#lanes.take(expected ? batchMax : batchBulkMax, ({ key }) => {
      if (this.#keysRunning.has(key)) return false;
      this.#keysRunning.add(key);
      return true;
    });
  }

  async #run(batch: Waiting[]): Promise<void> {
    try {
      const connection = this.#idle.pop() ?? (await this.#context.db.connection());
      const clean = await this.#settle(connection, batch);
      if (clean) this.#idle.push(connection);
      else connection.release();
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      for (const waiting of batch) this.#keysRunning.delete(waiting.key);
      this.#running -= 1;
      if (this.#lanes.waiting > 0) this.#pump();
      else if (this.#running === 0) this.#drained?.();
    }
  }

  /**
   * Runs a batch; when it fails as a whole, each parcel is tried alone, so that one of them cannot sink the others.
   * Answers whether the connection is still to be trusted.
   */
  async #settle(connection: Connection, batch: readonly Waiting[]): Promise<boolean> {
    try {
      const answers = await clearBatch(
        this.#context,
        connection,
        batch.map((waiting) => waiting.submission),
      );
      for (const [index, waiting] of batch.entries()) waiting.resolve(answers[index]!);
      return true;
    } catch (error) {
      this.#context.log.warn('clearance.batch-failed', { parcels: batch.length, reason: String(error) });
      // A machine that slept through midnight wakes up in a day whose partition nobody made yet.
      await ensurePartitions(this.#context).catch(() => undefined);
      for (const waiting of batch) {
        try {
          const [answer] = await clearBatch(this.#context, connection, [waiting.submission]);
          waiting.resolve(answer!);
        } catch (alone) {
          waiting.reject(alone);
        }
      }
      return false;
    }
  }
}
