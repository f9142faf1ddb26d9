import { digitsAt, formatDecimal } from '#kernel/decimal.ts';
import type { Day } from '#kernel/effective.ts';
import type { WireMoney } from '#kernel/money.ts';
import { viewOf } from './day.ts';
import { divide, type Exact, exactOf, multiply, toPlaces } from './exact.ts';
import type { Pack } from './pack.ts';

/** A value in the pack's own currency, exact until it is rounded, and the rate that made it one. */
export interface HomeValue {
  readonly exact: Exact;
  /** Null where the value was in that currency already. */
  readonly rate: { readonly text: string; readonly source: string } | null;
}

/** A value in the pack's own currency by its rate of a day; undefined where it has none of that currency. */
export function homeValue(pack: Pack, wire: WireMoney, on: Day): HomeValue | undefined {
  const exact = exactOf(wire.amount);
  if (exact === undefined) return undefined;
  if (wire.currency === pack.currency) return { exact, rate: null };
  const { exchange } = pack.program;
  const row =
    exchange === null ? undefined : viewOf(pack, on, null).tables.get(exchange.table)?.rows.get(wire.currency);
  const rate = row?.cells['rate'];
  if (exchange === null || row === undefined || typeof rate !== 'object' || rate === null) return undefined;
  const home = exchange.quoted === 'home' ? multiply(exact, rate) : divide(exact, rate);
  return home && { exact: home, rate: { text: formatRate(rate), source: row.source } };
}

const formatRate = ({ digits, scale }: Exact): string => formatDecimal({ digits, scale });

/** What a rate makes of a value, in minor units: rounded once, last, as the pack rounds. */
export function shareOf(pack: Pack, { exact }: HomeValue, rate: string): bigint {
  const factor = exactOf(rate);
  if (factor === undefined) throw new Error(`the rate ${rate} of ${pack.id} is no decimal`);
  return digitsAt(toPlaces(multiply(exact, factor), pack.exponent, pack.rounding.mode), pack.exponent);
}
