import { isUtf8 } from 'node:buffer';
import { ok, refuse, type Result } from '#kernel/result.ts';

/** One cell, with the line at which it begins and its column, both from 1. */
export interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export type CsvRow = readonly Cell[];

/** What a table may hold at most. */
const cellMax = 10_000;
const rowsMax = 20_000;

const malformed = (line: number, column: number, said: string): Result<never> =>
  refuse('messages/csv-malformed', {
    pointer: `/${line}`,
    params: { in: 'csv', line: String(line), column: String(column), said },
  });

/** Reads the cells of a text, strictly as RFC 4180 has them: quotes only around a whole cell, doubled inside. */
class Cells {
  readonly rows: Cell[][] = [];
  #at = 0;
  #line = 1;
  #row: Cell[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Result<CsvRow[]> {
    while (this.#at < this.#text.length) {
      const from = this.#line;
      const column = this.#row.length + 1;
      const cell = this.#text[this.#at] === '"' ? this.#quoted() : this.#plain();
      if (!cell.ok) return cell;
      if (cell.value.length > cellMax) return malformed(from, column, 'a cell is too long');
      this.#row.push({ text: cell.value, line: from, column });
      if (this.#text[this.#at] === ',') {
        this.#at += 1;
        // A comma at the very end stands before one more cell, which is empty.
        if (this.#at === this.#text.length) this.#row.push({ text: '', line: this.#line, column: column + 1 });
      } else if (!this.#endOfRow()) return malformed(this.#line, column, 'something stands behind the closing quote');
      if (this.rows.length > rowsMax) return malformed(this.#line, 1, `more than ${rowsMax} rows`);
    }
    this.#push();
    return ok(this.rows);
  }

  #quoted(): Result<string> {
    const [line, column] = [this.#line, this.#row.length + 1];
    let text = '';
    for (let from = this.#at + 1; ; ) {
      const quote = this.#text.indexOf('"', from);
      if (quote < 0) return malformed(line, column, 'a quote is never closed');
      text += this.#text.slice(from, quote);
      if (this.#text[quote + 1] !== '"') {
        this.#at = quote + 1;
        this.#line += text.split('\n').length - 1;
        return ok(text);
      }
      text += '"';
      from = quote + 2;
    }
  }

  #plain(): Result<string> {
    let end = this.#at;
    while (end < this.#text.length && !',\r\n'.includes(this.#text[end]!)) {
      if (this.#text[end] === '"') return malformed(this.#line, this.#row.length + 1, 'a quote stands inside a cell');
      end += 1;
    }
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    return ok(text);
  }

  #endOfRow(): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 2);
    const length = rest === '\r\n' ? 2 : rest.startsWith('\n') ? 1 : 0;
    if (length === 0 && rest !== '') return false;
    this.#at += length;
    this.#push();
    this.#line += 1;
    return true;
  }

  /** An empty line is no row. */
  #push(): void {
    if (this.#row.length > 1 || (this.#row[0]?.text ?? '') !== '') this.rows.push(this.#row);
    this.#row = [];
  }
}

/** Tab and line ends: the control characters that a table has. */
const spaces: ReadonlySet<number> = new Set([9, 10, 13]);

/** Reads a table from its bytes; a byte order mark says nothing. A refusal names line and column. */
export function readCsv(bytes: Buffer): Result<CsvRow[]> {
  if (!isUtf8(bytes)) return refuse('http/body-encoding');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const control = bytes.findIndex((byte) => (byte < 32 && !spaces.has(byte)) || byte === 127);
  if (control >= 0) {
    const line = bytes.subarray(0, control).toString('utf8').split('\n').length;
    return malformed(line, 1, 'a control character stands there');
  }
  return new Cells(text).read();
}

/** What a spreadsheet would take for a formula. */
const formula = /^[=+@\t\r-]/;

/** A cell as it is written: in quotes where it has to be, and with a mark before what would be a formula. */
export function cellOf(text: string): string {
  const plain = formula.test(text) || /^'[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** What a cell says, without the mark that keeps a spreadsheet from reckoning. */
export const saidIn = (cell: string): string => (/^'+[=+@\t\r-]/.test(cell) ? cell.slice(1) : cell);
