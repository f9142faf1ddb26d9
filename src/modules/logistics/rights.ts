import { type Refused, refuse, type Result, ok } from '#kernel/result.ts';
import { type Action, may, type Principal, type RecordRef } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { TransferRow } from './store.ts';

/** Who stands where around a transfer. Those with a piece on it are named by whoever looks them up. */
export const recordOf = (
  one: Pick<TransferRow, 'id' | 'carrier' | 'from_operator' | 'to_operator' | 'guarantor'>,
  declarant: readonly string[] = [],
): RecordRef => ({
  kind: 'transfer',
  id: one.id,
  parties: {
    carrier: [one.carrier],
    operator: [...new Set([one.from_operator, one.to_operator])],
    guarantor: [one.guarantor],
    declarant,
  },
  desk: null,
});

/** The party that a principal stands for, and those that he may read for. */
export const partiesOf = (principal: Principal): string[] => [
  ...(principal.party === null ? [] : [principal.party]),
  ...principal.representations.filter((one) => one.scope.includes('read')).map((one) => one.represented),
];

/** Whether somebody may take a step of the carrier in a transfer; who may not even see it is told of none. */
export const carries = (principal: Principal, row: TransferRow | undefined): Result<TransferRow> =>
  allowed(principal, 'transfer.prepare', row, row && recordOf(row));

/** Whether somebody may report what came: the keeper of the place it goes to. */
export const receives = (principal: Principal, row: TransferRow | undefined, operator: string): Result<TransferRow> => {
  const known = row && { ...recordOf(row), parties: { ...recordOf(row).parties, operator: [row.to_operator] } };
  const judged = allowed(principal, 'transfer.report', row, known);
  if (!judged.ok || judged.value.to_operator === operator) return judged;
  return refuse('logistics/not-yours', { pointer: '/operator', params: { party: operator } });
};

function allowed(
  principal: Principal,
  action: Action,
  row: TransferRow | undefined,
  record: RecordRef | undefined,
): Result<TransferRow> {
  if (row === undefined || record === undefined) return refuse('logistics/not-found', { pointer: '/id' });
  if (may(principal, action, record)) return ok(row);
  return may(principal, 'transfer.read', recordOf(row))
    ? refuse('logistics/not-yours', { params: { party: principal.party ?? '' } })
    : refuse('logistics/not-found', { pointer: '/id' });
}

class Undone extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(refused.error.code);
    this.refused = refused;
  }
}

/** One transaction that a refusal undoes whole: for what is only known once half of it is written. */
export async function inOne<T>(context: Context, work: (tx: Tx) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await context.db.tx(async (tx) => {
      const done = await work(tx);
      if (!done.ok) throw new Undone(done);
      return done;
    });
  } catch (error) {
    if (error instanceof Undone) return error.refused;
    throw error;
  }
}
