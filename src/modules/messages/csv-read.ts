import { ok, refuse, type Result } from '#kernel/result.ts';
import { type CsvRow, readCsv, saidIn } from './csv.ts';
import { table } from './csv-kinds.ts';
import { type Fault, faultsMax, type Message, type MessageNode, type Placed, type PlacedRow } from './read.ts';

const heads = new Map(table.fields.map((field) => [field.name, field]));
const lines = new Map(table.rows.map((field) => [field.name, field]));

/** How many parcels one file may hold. */
const parcelsMax = 1_000;

class Reading {
  readonly faults: Fault[] = [];

  note(code: string, line: number, column: number, name: string, params: Readonly<Record<string, string>> = {}): void {
    if (this.faults.length >= faultsMax) return;
    const at = { in: 'csv', line: String(line), column: String(column) };
    this.faults.push({ code, pointer: `/${line}/${name}`, params: { ...at, found: name, ...params } });
  }

  /** The names of the columns: known, each once, and none missing that a parcel needs. */
  columns(row: CsvRow): string[] {
    const names = row.map(({ text }) => text.trim());
    for (const [index, name] of names.entries()) {
      const { line, column } = row[index]!;
      if (!heads.has(name) && !lines.has(name)) this.note('messages/column-unknown', line, column, name);
      else if (names.indexOf(name) < index) this.note('messages/column-twice', line, column, name);
    }
    for (const { name, optional } of [...table.fields, ...table.rows])
      if (!optional && !names.includes(name)) this.note('messages/column-missing', row[0]?.line ?? 1, 1, name);
    return names;
  }

  cells(row: CsvRow, names: readonly string[]): Map<string, Placed> {
    const [first] = row;
    const line = first?.line ?? 1;
    if (row.length !== names.length)
      this.note('messages/cells-differ', line, row.length, names[0] ?? '', {
        cells: String(row.length),
        columns: String(names.length),
      });
    const fields = new Map<string, Placed>();
    for (const [index, { text, column, ...at }] of row.entries()) {
      const name = names[index];
      const said = saidIn(text.trim());
      if (name !== undefined && said !== '')
        fields.set(name, { text: said, path: `/${at.line}/${name}`, line: at.line, column });
    }
    for (const [name, { optional }] of lines)
      if (!optional && !fields.has(name)) this.note('messages/cell-missing', line, names.indexOf(name) + 1, name);
    return fields;
  }
}

interface Parcel {
  readonly number: string;
  readonly line: number;
  readonly fields: Map<string, Placed>;
  readonly rows: PlacedRow[];
}

/** Puts a row to its parcel: what it says of the parcel has to be what the first row said, or nothing. */
function join(reading: Reading, parcel: Parcel, cells: ReadonlyMap<string, Placed>): void {
  const own = new Map<string, Placed>();
  for (const [name, placed] of cells) {
    if (lines.has(name)) own.set(name, placed);
    else {
      const before = parcel.fields.get(name);
      if (before === undefined) parcel.fields.set(name, placed);
      else if (before.text !== placed.text)
        reading.note('messages/says-two', placed.line, placed.column ?? 1, name, {
          found: placed.text,
          other: before.text,
        });
    }
  }
  const currency = parcel.fields.get('currency');
  if (currency !== undefined) own.set('currency', currency);
  parcel.rows.push({ at: `${table.rowsAt}/${parcel.rows.length}`, known: [...table.rows, currencyField], fields: own });
}

/** The parcel's currency is that of its lines too. */
const currencyField = heads.get('currency')!;

function nodeOf(reading: Reading, { line, fields, rows }: Parcel): MessageNode {
  for (const { name, optional } of table.fields)
    if (!optional && !fields.has(name)) reading.note('messages/cell-missing', line, 1, name);
  return { path: `/${line}`, line, fields, rows };
}

/** Reads a table into parcels: rows of one declaration stand together. */
export function readTable(bytes: Buffer): Result<Message> {
  const rows = readCsv(bytes);
  if (!rows.ok) return rows;
  const [head, ...body] = rows.value;
  if (head === undefined) return refuse('http/body-missing');
  const reading = new Reading();
  const names = reading.columns(head);
  const parcels: Parcel[] = [];
  const met = new Set<string>();
  // Where the columns are wrong, nothing can be said of the cells below them.
  for (const row of reading.faults.length > 0 ? [] : body) {
    const cells = reading.cells(row, names);
    const number = cells.get('declaration');
    const last = parcels.at(-1);
    if (last !== undefined && (number === undefined || number.text === last.number)) {
      join(reading, last, cells);
      continue;
    }
    const line = row[0]?.line ?? 1;
    if (number === undefined)
      reading.note('messages/cell-missing', line, names.indexOf('declaration') + 1, 'declaration');
    else if (met.has(number.text))
      reading.note('messages/parcel-apart', line, number.column ?? 1, 'declaration', { found: number.text });
    const parcel: Parcel = { number: number?.text ?? '', line, fields: new Map(), rows: [] };
    met.add(parcel.number);
    parcels.push(parcel);
    join(reading, parcel, cells);
  }
  const nodes = parcels.map((one) => nodeOf(reading, one));
  if (reading.faults.length === 0 && nodes.length === 0) reading.note('messages/no-rows', 2, 1, 'declaration');
  if (nodes.length > parcelsMax)
    reading.note('messages/too-many-nodes', 2, 1, 'declaration', { most: String(parcelsMax) });
  const { faults: more } = reading;
  if (more.length > 0) return refuse('messages/not-as-described', { more });
  return ok({ name: 'CSV', guid: '', kind: table, nodes, reports: false, named: false });
}
