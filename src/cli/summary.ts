import { addMoney, formatMoney, type Money, zero } from '#kernel/money.ts';
import { count } from './terminal.ts';

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

interface Entry {
  parcels: number;
  rows: number;
  readonly amounts: Map<string, Money>;
}

const empty = (): Entry => ({ parcels: 0, rows: 0, amounts: new Map() });

function add(entry: Entry, rows: number, amount: Money | null): void {
  entry.parcels += 1;
  entry.rows += rows;
  if (amount === null) return;
  entry.amounts.set(amount.currency, addMoney(entry.amounts.get(amount.currency) ?? zero(amount.currency), amount));
}

/** Missing facts as a summary counts them: the same fact of another line is the same reason. */
export const missingWords = (missing: readonly string[]): string =>
  `missing ${[...new Set(missing.map((fact) => fact.replaceAll(/\.\d+\./g, '.*.')))].join(', ')}`;

/** Counts parcels by outcome and, within it, by what it was; what it prints adds up to what was read. */
export class Summary {
  readonly #outcomes = new Map<string, { whole: Entry; parts: Map<string, Entry> }>();
  readonly #total = empty();
  readonly #rowsLeftOut = new Map<string, number>();

  /** Counts one parcel; `rows` is what it was made of, `amount` what it owes at the border. */
  add(outcome: string, part: string, rows: number, amount: Money | null = null): void {
    const found = this.#outcomes.get(outcome) ?? { whole: empty(), parts: new Map<string, Entry>() };
    this.#outcomes.set(outcome, found);
    const inner = found.parts.get(part) ?? empty();
    found.parts.set(part, inner);
    for (const entry of [found.whole, inner, this.#total]) add(entry, rows, amount);
  }

  /** Counts rows that were left out of parcels that went on. */
  leave(reasons: Readonly<Record<string, number>>): void {
    for (const [reason, rows] of Object.entries(reasons)) {
      this.#rowsLeftOut.set(reason, (this.#rowsLeftOut.get(reason) ?? 0) + rows);
    }
  }

  /** How many parcels ended so. */
  of(outcome: string): number {
    return this.#outcomes.get(outcome)?.whole.parcels ?? 0;
  }

  get parcels(): number {
    return this.#total.parcels;
  }

  /** The counts as data, for scripts and for comparing one run with another. */
  toJSON(): {
    outcomes: Record<string, Record<string, number>>;
    rowsLeftOut: Record<string, number>;
    parcels: number;
    rows: number;
  } {
    const outcomes: Record<string, Record<string, number>> = {};
    for (const [outcome, { parts }] of this.#sorted()) {
      outcomes[outcome] = Object.fromEntries([...parts].sort(byName).map(([part, entry]) => [part, entry.parcels]));
    }
    const { parcels, rows } = this.#total;
    return { outcomes, rowsLeftOut: Object.fromEntries([...this.#rowsLeftOut].sort(byName)), parcels, rows };
  }

  /** The table for people. */
  table(): string {
    const lines: string[][] = [['outcome', 'parcels', 'rows', 'at the border']];
    for (const [outcome, { whole, parts }] of this.#sorted()) {
      lines.push([outcome, ...cells(whole)]);
      const inner = [...parts].filter(([part]) => part !== '').sort(([, a], [, b]) => b.parcels - a.parcels);
      for (const [part, entry] of inner) lines.push([`  ${part}`, ...cells(entry)]);
    }
    lines.push(['total', ...cells(this.#total)]);
    const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
    const rows = lines.map((line) =>
      line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    );
    const left = [...this.#rowsLeftOut]
      .sort(byName)
      .map(([reason, number]) => `rows left out, ${reason}: ${count(number)}`);
    return `${[...rows, ...left].map((row) => row.trimEnd()).join('\n')}\n`;
  }

  #sorted(): [string, { whole: Entry; parts: Map<string, Entry> }][] {
    return [...this.#outcomes].sort(([, a], [, b]) => b.whole.parcels - a.whole.parcels);
  }
}

function cells(entry: Entry): string[] {
  const amounts = [...entry.amounts.values()].map(formatMoney).map(({ currency, amount }) => `${currency} ${amount}`);
  return [count(entry.parcels), count(entry.rows), amounts.join(' + ')];
}
