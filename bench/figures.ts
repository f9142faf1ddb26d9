/** One measured figure: the median of its runs, the lowest and the highest. */
export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

const rounded = (value: number): number =>
  Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));

/** The median of some runs, with the range. */
function figureOf(unit: string, values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return {
    value: rounded((upper + lower) / 2),
    unit,
    low: rounded(sorted[0] ?? Number.NaN),
    high: rounded(sorted.at(-1) ?? Number.NaN),
    runs: sorted.length,
  };
}

/** Everything that was measured so far. */
export const figures: Record<string, Figure> = {};

/** Writes a figure down: its name, its unit, the value of each run. */
export function figure(name: string, unit: string, values: readonly number[]): void {
  figures[name] = figureOf(unit, values);
}

const shown = (value: number): string =>
  Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

/** Everything that was measured as a table for a person. */
export function tableOf(): string {
  const rows = Object.entries(figures).map(([name, one]) => [
    name,
    shown(one.value),
    one.unit,
    one.runs > 1 ? `${shown(one.low)} to ${shown(one.high)}` : '',
    `${one.runs} run${one.runs === 1 ? '' : 's'}`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((place) => Math.max(...rows.map((row) => row[place]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, place) => (place === 1 ? cell.padStart(widths[1]!) : cell.padEnd(widths[place]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
