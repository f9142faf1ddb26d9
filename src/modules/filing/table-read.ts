import type { Refusal, Result } from '#kernel/result.ts';
import { type CsvRow, csvTable, readCsv, saidIn } from '#modules/messages/index.ts';
import { type Question, questionsOf, type Setting } from './fields.ts';
import type { Words } from '#portal/text.ts';

/**
 * How rows of anybody's table become filings: a column is a field of the form, so that a table is read, asked and
 * refused as the form is. Rows of one declaration are its goods lines.
 */

/** The column that says which declaration a row belongs to. */
export const numberColumn = 'number';

export interface Mapping {
  /** What each column of the file says: a field of the form, with goods as those of the first line. */
  readonly columns: readonly (string | null)[];
  /** What every row says without a column for it. */
  readonly fixed: Readonly<Record<string, string>>;
  /** The language of names and descriptions. */
  readonly language: string;
}

/** What the same can be said of for all rows, where no column says it. */
export const fixable = [
  'declaration.movement',
  'declaration.nature',
  'declaration.declarant',
  'declaration.guarantor',
  'declaration.seller',
  'declaration.consignee.private',
  'payments.0.method',
  'payments.0.provider',
  'orders.0.platform',
  'transports.0.carrier',
  'transports.0.borderMode',
  'currency',
] as const;

/** What each row has to say itself. */
export const neededColumns = [
  numberColumn,
  'declaration.goods.0.description.text',
  'declaration.goods.0.price.amount',
] as const;

/** The fields of the form that a column can say. */
export const columnFields = (t: Words, setting: Setting): Question['fields'] =>
  questionsOf(t, setting, 1).flatMap(({ fields }) => fields);

/** The columns of our own tables by the fields that they fill. */
export const ownColumns: ReadonlyMap<string, string> = new Map(
  csvTable.fields
    .map((one) => [one, one.home ?? ''] as const)
    .concat(csvTable.rows.map((one) => [one, `/declaration/goods/0${one.home ?? ''}`] as const))
    .map(([{ name, as }, home]) => {
      const field = home.slice(1).replaceAll('/', '.');
      if (name === 'declaration') return [name, numberColumn];
      if (name === 'currency') return [name, 'currency'];
      return [name, as === 'amount' ? `${field}.amount` : as === 'pieces' ? `${field}.0` : field];
    }),
);

/** A fault of a cell. */
export interface RowFault {
  readonly name: string;
  readonly line: number;
  readonly cell: number | null;
  readonly code: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** The rows of one declaration as the fields of a form. */
export interface TableParcel {
  readonly number: string;
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
  /** Where in the file each field stands. */
  readonly places: ReadonlyMap<string, { readonly line: number; readonly cell: number }>;
  /** The line of the file for each line of goods. */
  readonly rows: readonly number[];
  readonly faults: readonly RowFault[];
}

/** A part of a table: whole rows, from its beginning or from where the last part ended. */
export interface Part {
  readonly rows: readonly CsvRow[];
  /** How many bytes of it these rows are, and how many lines. */
  readonly bytes: number;
  readonly lines: number;
}

/** The places at which lines begin, and how far the last whole row reaches. */
function linesIn(bytes: Buffer, last: boolean): { starts: number[]; end: number } {
  const starts = [0];
  let end = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 0x22) quoted = !quoted;
    if (bytes[at] !== 0x0a) continue;
    starts.push(at + 1);
    if (!quoted) end = at + 1;
  }
  // A row that does not end in so many bytes is taken for the rest of them: what is wrong with it is then told.
  return { starts, end: last || end === 0 ? bytes.length : end };
}

/**
 * Takes whole rows off the beginning of these bytes. The rows of one declaration stay together: as long as more
 * follows, the last declaration waits for the next part. `declarations` is the column that names it.
 */
export function partOf(bytes: Buffer, last: boolean, declarations: number | null): Result<Part> {
  const { starts, end } = linesIn(bytes, last);
  const read = readCsv(bytes.subarray(0, end));
  if (!read.ok) return read;
  const rows = read.value;
  const linesTo = (to: number): number => starts.filter((start) => start <= to).length - 1;
  const whole: Result<Part> = { ok: true, value: { rows, bytes: end, lines: linesTo(end) } };
  if (last || declarations === null || rows.length === 0) return whole;
  const numberIn = (row: CsvRow): string => row[declarations]?.text.trim() ?? '';
  let kept = rows.length;
  const open = numberIn(rows.at(-1)!);
  while (kept > 1 && ['', open].includes(numberIn(rows[kept - 1]!))) kept -= 1;
  const next = rows[kept];
  // A declaration that fills a part alone is taken as far as it is there.
  if (next === undefined || kept <= 1) return whole;
  const [{ line }] = next as [CsvRow[number]];
  return { ok: true, value: { rows: rows.slice(0, kept), bytes: starts[line - 1]!, lines: line - 1 } };
}

interface Gathered extends TableParcel {
  readonly values: Record<string, string>;
  readonly places: Map<string, { line: number; cell: number }>;
  readonly rows: number[];
  readonly faults: RowFault[];
}

const goodsOf = /^declaration\.goods\.0\./;

/** Puts one row to its parcel: what it says of the parcel has to be what the first row said, or nothing. */
function join(parcel: Gathered, row: CsvRow, mapping: Mapping, line: number): void {
  const place = parcel.rows.push(line) - 1;
  if (row.length !== mapping.columns.length)
    parcel.faults.push({ name: '', line, cell: null, code: 'filing/row-short' });
  for (const [index, { text }] of row.entries()) {
    const column = mapping.columns[index];
    const said = saidIn(text.trim());
    if (!column || column === numberColumn || said === '') continue;
    const name = column.replace(goodsOf, `declaration.goods.${place}.`);
    const at = { line, cell: index + 1 };
    const before = parcel.places.has(name) ? parcel.values[name] : undefined;
    if (before !== undefined && before !== said)
      parcel.faults.push({ name: column, ...at, code: 'filing/row-says-two' });
    parcel.values[name] = said;
    parcel.places.set(name, at);
  }
}

/** Puts rows together into parcels; `base` is the number of lines of the file before the first of them. */
export function parcelsOf(rows: readonly CsvRow[], mapping: Mapping, base: number): TableParcel[] {
  const parcels: Gathered[] = [];
  const numbers = mapping.columns.indexOf(numberColumn);
  for (const row of rows) {
    const line = (row[0]?.line ?? 1) + base;
    const number = saidIn(row[numbers]?.text.trim() ?? '');
    let parcel = parcels.at(-1);
    if (parcel === undefined || (number !== '' && number !== parcel.number)) {
      const nameless = { name: numberColumn, line, cell: numbers + 1, code: 'filing/needed' };
      const faults = number === '' ? [nameless] : [];
      parcel = { number, line, values: { ...mapping.fixed }, places: new Map(), rows: [], faults };
      parcels.push(parcel);
    }
    join(parcel, row, mapping, line);
  }
  return parcels;
}

/** A refusal at the fields of a form, as faults of the cells that filled them, or should have. */
export function faultsIn(refusal: Refusal, parcel: TableParcel, { columns }: Mapping): RowFault[] {
  const all = refusal.more && refusal.more.length > 0 ? refusal.more : [refusal];
  return all.slice(0, 20).map(({ code, pointer = '', params }) => {
    const field = pointer.slice(1).replaceAll('/', '.');
    const name =
      field === 'declaration.id' ? numberColumn : field.replace(/^declaration\.goods\.\d+\./, 'declaration.goods.0.');
    const row = Number(/^declaration\.goods\.(\d+)\./.exec(field)?.[1] ?? 0);
    const at = parcel.places.get(field);
    const cell = at?.cell ?? (columns.includes(name) ? columns.indexOf(name) + 1 : null);
    const line = at?.line ?? parcel.rows[row] ?? parcel.line;
    return { code, name, line, cell, ...(params === undefined ? {} : { params }) };
  });
}
