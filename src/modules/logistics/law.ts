import { type Decimal, fromMinor, multiplyDecimal, parseDecimal, toMinor } from '#kernel/decimal.ts';
import type { Day } from '#kernel/effective.ts';
import { allocate } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { MovingPiece } from '#modules/clearance/index.ts';
import { deadlinesInForce, type Pack, valuesInForce } from '#modules/rulebook/index.ts';

/** What the law of the window asks of a transfer on one day: until when, and how much stands good for each parcel. */
export interface TransferLaw {
  readonly hours: number;
  readonly source: string;
  /** The share of what a parcel is measured by that is guaranteed, and the least that is guaranteed for it. */
  readonly share: Decimal;
  readonly least: bigint;
  readonly pack: Pack;
  readonly procedure: 'transfer' | 'transit';
}

/**
 * The law of a procedure: the deadline that runs after it, and the values `<procedure>-guarantee-share` and
 * `<procedure>-guarantee-least`. A pack without them does not know the procedure; the refusal says which is missing.
 */
export function lawOf(pack: Pack, on: Day, procedure: 'transfer' | 'transit'): Result<TransferLaw> {
  const missing = (what: string) => refuse('logistics/no-law', { params: { procedure, missing: what, day: on } });
  const limit = deadlinesInForce(pack, on).find((one) => one.after === procedure);
  if (limit === undefined) return missing(`deadlines: after ${procedure}`);
  const values = valuesInForce(pack, on).filter(({ zone, announced }) => zone === null && !announced);
  const valueOf = (id: string) => parseDecimal(values.find((one) => one.id === id)?.value ?? '');
  const share = valueOf(`${procedure}-guarantee-share`);
  if (share === undefined) return missing(`${procedure}-guarantee-share`);
  const least = valueOf(`${procedure}-guarantee-least`);
  if (least === undefined) return missing(`${procedure}-guarantee-least`);
  const { hours, source } = limit;
  return ok({
    hours,
    source,
    share,
    least: toMinor(least, pack.exponent, pack.rounding.mode),
    pack,
    procedure,
  });
}

/**
 * What stands good for one piece, in minor units of the pack's currency: the share of the charges that its parcel would
 * pay, in transit of its value, and never less than the least; cut over the parcel's pieces without a unit lost.
 */
export function guaranteeOf({ share, least, pack, procedure }: TransferLaw, piece: MovingPiece): bigint {
  const base = procedure === 'transit' ? piece.value_minor : piece.border_minor;
  const { exponent, rounding } = pack;
  const wanted = toMinor(multiplyDecimal(fromMinor(base, exponent), share), exponent, rounding.mode);
  const parcel = wanted > least ? wanted : least;
  if (piece.pieces <= 1) return parcel;
  return (
    allocate(
      parcel,
      Array.from({ length: piece.pieces }, () => 1n),
    )[piece.place] ?? 0n
  );
}
