import type { Refused, Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';

class Undone extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(refused.error.code);
    this.refused = refused;
  }
}

async function whole<T>(run: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Undone) return error.refused;
    throw error;
  }
}

const orUndone = <T>(done: Result<T>): Result<T> => {
  if (!done.ok) throw new Undone(done);
  return done;
};

/** One transaction that a refusal undoes whole: for what is only known once half of it is written. */
export const inOne = <T>(context: Pick<Context, 'db'>, work: (tx: Tx) => Promise<Result<T>>): Promise<Result<T>> =>
  whole(() => context.db.tx(async (tx) => orUndone(await work(tx))));

const epochs = new WeakMap<Tx, bigint>();

/** The epoch under which this transaction changes reference data; undefined where it does not. */
export const epochOf = (tx: Tx): bigint | undefined => epochs.get(tx);

/** The same where reference data changes: when it returns, nothing is decided under what stood before. */
export const publishing = <T>(
  context: Pick<Context, 'reference'>,
  work: (tx: Tx, epoch: bigint) => Promise<Result<T>>,
): Promise<Result<T>> =>
  whole(() =>
    context.reference.publish(async (tx, epoch) => {
      epochs.set(tx, epoch);
      return orUndone(await work(tx, epoch));
    }),
  );
