import { type Static, Type } from 'typebox';

/** Why a declaration is taken back. */
export const grounds = [
  'order-cancelled',
  'not-dispatched',
  'declared-in-error',
  'declared-twice',
  'not-delivered',
] as const;
export type Ground = (typeof grounds)[number];

/** The body of `POST /v1/consignments/{id}/cancellation`. */
export const CancellationBody = Type.Object(
  {
    ground: Type.Unsafe<Ground>(Type.Union(grounds.map((ground) => Type.Literal(ground)))),
    reason: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }),
  },
  { additionalProperties: false, $id: 'Cancellation' },
);
export type CancellationBody = Static<typeof CancellationBody>;

/** A cancellation as it is shown to whoever may see decisions. */
export interface Cancellation extends CancellationBody {
  readonly at: string;
}

/** What is shown of a cancellation that is kept. */
export const cancellationFrom = ({ at, ground, reason }: Cancellation): Cancellation => ({ at, ground, reason });
