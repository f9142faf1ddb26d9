import { type Dialect, type Read, readDuty } from './duty.ts';
import { isJson } from './facts.ts';
import type { PackSource } from './model.ts';
import type { SupplementShape } from './schema.ts';

/** A table as its pack declares it: what an import has to fill. */
export interface TableForm {
  readonly key: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** How a national file is read into a table of a pack. */
export interface ImportForm extends TableForm {
  /** The column of the file that holds the code. */
  readonly code: string;
  /** The column that says how deep a line stands under the ones before it; a blank duty is then its parent's. */
  readonly indent: string | null;
  /** The column of the file for each column of the table; `=HS2022` stands for itself. */
  readonly from: Readonly<Record<string, string>>;
  readonly dialect: Dialect;
  /**
   * Which codes are kept: all, those that no others stand under (then a longer code is found only where it stands), or
   * only headings, those above others.
   */
  readonly kept: 'all' | 'finest' | 'headings';
}

/** A line of the file as it was read. */
export interface ImportLine {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export type Unparsed = SupplementShape['unparsed'][number];

/** The days on which the rows are law, and the source they cite. */
export interface ImportDays {
  readonly from: string;
  readonly until: string | null;
  readonly source: string;
}

interface Level {
  readonly indent: number;
  readonly duties: Readonly<Record<string, string>>;
}

/** What takes in a file and gives a table. */
export interface Importer {
  readonly unparsed: readonly Unparsed[];
  readonly counts: SupplementShape['counts'];
  add(line: ImportLine): void;
  /** A line that could not even be taken for a row. */
  skip(line: number, reason: string): void;
  /** The rows as CSV, in the order of their keys; counts them. */
  csv(days: ImportDays): string;
}

/**
 * Reads a national file line by line into the rows of a table. What cannot be read is kept with its line and reason,
 * and its row stays with an empty cell: without it a heading above would answer for goods that it is not about.
 */
export class TableImport implements Importer {
  readonly #form: ImportForm;
  readonly #rows = new Map<string, Readonly<Record<string, string>>>();
  readonly #duties = new Map<string, Read>();
  readonly unparsed: Unparsed[] = [];
  readonly counts = { lines: 0, rows: 0, inherited: 0, elsewhere: 0, unrated: 0 };
  #levels: Level[] = [];

  constructor(form: ImportForm) {
    this.#form = form;
  }

  add({ line, cells }: ImportLine): void {
    const { code: column, columns } = this.#form;
    this.counts.lines += 1;
    const own = this.#own(cells);
    const code = (cells[column] ?? '').replace(/[. ]/g, '');
    const parents = this.#parents(cells, line, code);
    const row: Record<string, string> = {};
    let inherited = false;
    let elsewhere = false;
    const below: Record<string, string> = {};
    for (const [name, unit] of Object.entries(columns)) {
      const text = own[name] ?? '';
      if (unit !== 'duty') {
        row[name] = text.trim();
        continue;
      }
      const inherits = text.trim() === '' && parents?.duties[name] !== undefined;
      const duty = inherits ? parents.duties[name]! : this.#duty({ line, code, column: name, text });
      if (duty === undefined) continue;
      row[name] = below[name] = duty;
      inherited ||= inherits;
      elsewhere ||= duty.includes('see "');
    }
    if (this.#form.indent !== null)
      this.#levels.push({ indent: Number(cells[this.#form.indent]), duties: { ...parents?.duties, ...below } });
    this.#keep(code, row, { line, inherited, elsewhere });
  }

  skip(line: number, reason: string): void {
    this.counts.lines += 1;
    this.unparsed.push({ line, code: '', column: this.#form.key, text: '', reason });
  }

  csv(days: ImportDays): string {
    const codes = [...this.#rows.keys()].sort();
    const { kept: which } = this.#form;
    const kept = codes.filter((code, index) => {
      const above = codes[index + 1]?.startsWith(code) === true;
      return which === 'all' || above === (which === 'headings');
    });
    this.counts.rows = kept.length;
    return csvOf(
      this.#form,
      kept.map((code) => [code, this.#rows.get(code)!]),
      days,
    );
  }

  #own(cells: ImportLine['cells']): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#form.from).map(([name, from]) => [
        name,
        from.startsWith('=') ? from.slice(1) : (cells[from] ?? ''),
      ]),
    );
  }

  /** The line under which this one stands; those that are not above it are forgotten. */
  #parents(cells: ImportLine['cells'], line: number, code: string): Level | undefined {
    const { indent } = this.#form;
    if (indent === null) return undefined;
    const depth = Number(cells[indent]);
    if (!/^\d+$/.test(cells[indent] ?? ''))
      this.unparsed.push({ line, code, column: this.#form.key, text: cells[indent] ?? '', reason: 'no depth' });
    this.#levels = this.#levels.filter((one) => one.indent < depth);
    return this.#levels.at(-1);
  }

  /** The text of a duty as packs write it; undefined where there is none, empty where it cannot be read. */
  #duty({ line, code, column, text }: Omit<Unparsed, 'reason'>): string | undefined {
    if (text.trim() === '') return undefined;
    const read = this.#duties.get(text) ?? readDuty(text, this.#form.dialect);
    this.#duties.set(text, read);
    if ('duty' in read) return read.duty.text;
    this.unparsed.push({ line, code, column, text, reason: read.problem });
    return '';
  }

  #keep(
    code: string,
    row: Readonly<Record<string, string>>,
    { line, inherited, elsewhere }: { line: number; inherited: boolean; elsewhere: boolean },
  ): void {
    if (code === '') return;
    const { key, columns } = this.#form;
    const refuse = (reason: string): void => void this.unparsed.push({ line, code, column: key, text: code, reason });
    if (!/^[0-9]{2,10}$/.test(code)) return refuse('it is no code');
    if (this.#rows.has(code)) return refuse('the code stood before');
    const duties = Object.keys(columns).filter((name) => columns[name] === 'duty');
    if (duties.length > 0 && duties.every((name) => row[name] === undefined)) {
      this.counts.unrated += 1;
      return;
    }
    this.#rows.set(code, row);
    if (inherited) this.counts.inherited += 1;
    if (elsewhere) this.counts.elsewhere += 1;
  }
}

/**
 * Reads which codes of an older edition became which of the next: lines of `edition,code,successor`, one for each
 * pair. A code that did not change needs no line.
 */
export class CorrelationImport implements Importer {
  readonly #form: TableForm;
  readonly #successors = new Map<string, Set<string>>();
  readonly unparsed: Unparsed[] = [];
  readonly counts = { lines: 0, rows: 0, inherited: 0, elsewhere: 0, unrated: 0 };

  constructor(form: TableForm) {
    this.#form = form;
  }

  add({ line, cells }: ImportLine): void {
    this.counts.lines += 1;
    const { edition = '', code = '', successor = '' } = cells;
    const [old, next] = [code, successor].map((one) => one.replace(/[. ]/g, ''));
    if (!/^HS[0-9]{4}$/.test(edition) || !/^[0-9]{6}$/.test(old ?? '') || !/^[0-9]{6}$/.test(next ?? '')) {
      const reason = 'a line is an edition such as HS2017, a code and its successor, both of six digits';
      this.unparsed.push({
        line,
        code: old ?? '',
        column: this.#form.key,
        text: `${edition},${code},${successor}`,
        reason,
      });
      return;
    }
    const key = `${edition}.${old}`;
    const known = this.#successors.get(key) ?? new Set();
    this.#successors.set(key, known.add(next ?? ''));
  }

  skip(line: number, reason: string): void {
    this.counts.lines += 1;
    this.unparsed.push({ line, code: '', column: this.#form.key, text: '', reason });
  }

  csv(days: ImportDays): string {
    const keys = [...this.#successors.keys()].sort();
    this.counts.rows = keys.length;
    return csvOf(
      this.#form,
      keys.map((key) => [key, { successors: [...this.#successors.get(key)!].sort().join(' ') }]),
      days,
    );
  }
}

function csvOf(
  { key, columns }: TableForm,
  rows: readonly (readonly [key: string, cells: Readonly<Record<string, string>>])[],
  { from, until, source }: ImportDays,
): string {
  const names = Object.keys(columns);
  const head = [key, ...names, 'from', 'until', 'source', 'article'];
  const lines = rows.map(([code, cells]) => [
    code,
    ...names.map((name) => cells[name] ?? ''),
    from,
    until ?? '',
    source,
    '',
  ]);
  return [head, ...lines].map((line) => `${line.map(quoted).join(',')}\n`).join('');
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

/** The form of a table as a pack declares it; undefined where it declares none of this name. */
export function tableForm({ files }: PackSource, table: string): TableForm | undefined {
  const tables: unknown = JSON.parse(files['tables.json'] ?? '{}');
  const declared = isJson(tables) ? tables[table] : undefined;
  if (!isJson(declared) || typeof declared.key !== 'string' || !isJson(declared.columns)) return undefined;
  const columns = Object.entries(declared.columns).map(([name, unit]): [string, string] => [name, String(unit)]);
  return { key: declared.key, columns: Object.fromEntries(columns) };
}
