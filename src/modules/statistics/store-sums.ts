import { type Decimal, parseDecimal } from '#kernel/decimal.ts';
import type { Sums } from './book.ts';

function decimalOf(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`a booked figure is no decimal: ${text}`);
  return value;
}

/** Sums of quantities and weights as they are read from the database. */
export interface SumsRow {
  readonly items: bigint;
  readonly checklists: bigint;
  readonly value: string;
  readonly quantity: string;
  readonly net: string;
  readonly gross: string;
}

export const sumsOf = (row: SumsRow): Sums => ({
  items: Number(row.items),
  checklists: Number(row.checklists),
  value: BigInt(row.value),
  quantity: decimalOf(row.quantity),
  netWeight: decimalOf(row.net),
  grossWeight: decimalOf(row.gross),
});
