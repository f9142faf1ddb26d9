/**
 * Splits the retailer's wholesale orders into parcels as consumers buy them, for volume. The lines of an order are dealt out
 * in their order: one to four lines a parcel, one to three pieces a line (never more than the line has), each parcel to one
 * of 40,000 invented consumers. Everything that is chosen comes from SHA-256 of the seed, the order and the number of the
 * parcel in it, so that the same seed gives the same bytes.
 *
 *   node examples/online-retail/split.ts SEED FILE.csv.gz… > parcels.csv
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { isUnreadable, meterOf, readTable, type Row } from '../../src/cli/read.ts';

const linesMax = 4;
const piecesMax = 3;
const consumers = 40_000;

/** What was done with the lines of the table; the sum of the first four is all of them. */
export interface Split {
  /** Lines that are in a parcel. */
  lines: number;
  cancelled: number;
  /** Without a price or a quantity above zero. */
  empty: number;
  /** Postage, discounts, fees, vouchers: entries of the books, not goods. */
  notGoods: number;
  parcels: number;
}

const notGoods = /^(POST|DOT|C2|M|m|D|S|B|CRUK|PADS|BANK CHARGES|AMAZONFEE|gift_.*)$/;
const positive = /^(?=.*[1-9])\d+(\.\d+)?$/;

const cell = (row: Row, name: string): string => row.cells[name]?.trim() ?? '';
const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const head = ['Parcel', 'Consumer', 'StockCode', 'Description', 'Quantity', 'UnitPrice', 'InvoiceDate'];

/** Deals the lines of one order out, numbering on from the parcels it has already; gives the rows of its parcels and how many parcels they are. */
function deal(seed: string, order: string, from: number, rows: readonly Row[]): { text: string; parcels: number } {
  let text = '';
  let parcel = from;
  for (let at = 0; at < rows.length; ) {
    parcel += 1;
    const chosen = createHash('sha256').update(`${seed} ${order} ${parcel}`).digest();
    const lines = rows.slice(at, at + 1 + (chosen.readUInt16BE(0) % linesMax));
    const consumer = `C${String(chosen.readUInt32BE(4) % consumers).padStart(5, '0')}`;
    lines.forEach((row, index) => {
      const wanted = BigInt(1 + (chosen.readUInt16BE(8 + 2 * index) % piecesMax));
      const there = BigInt(cell(row, 'Quantity'));
      const quantity = String(wanted < there ? wanted : there);
      const cells = [`${order}-${parcel}`, consumer, cell(row, 'StockCode'), cell(row, 'Description'), quantity];
      text += `${[...cells, cell(row, 'UnitPrice'), cell(row, 'InvoiceDate')].map(quoted).join(',')}\n`;
    });
    at += lines.length;
  }
  return { text, parcels: parcel - from };
}

/** Why a line is in no parcel; undefined where it is in one. */
function leftOut(row: Row): 'cancelled' | 'empty' | 'notGoods' | undefined {
  if (cell(row, 'InvoiceNo').startsWith('C')) return 'cancelled';
  if (!positive.test(cell(row, 'Quantity')) || !positive.test(cell(row, 'UnitPrice'))) return 'empty';
  return notGoods.test(cell(row, 'StockCode')) ? 'notGoods' : undefined;
}

/** Writes the parcels of the files as CSV; `most` ends after so many parcels, at the end of an order. */
export async function split(seed: string, files: readonly string[], to: Writable, most = Infinity): Promise<Split> {
  const done: Split = { lines: 0, cancelled: 0, empty: 0, notGoods: 0, parcels: 0 };
  let order = '';
  let rows: Row[] = [];
  // One order comes back later in the table; its parcels must not take the numbers of the first ones.
  const numbered = new Map<string, number>();
  const write = async (text: string): Promise<void> => {
    if (!to.write(text)) await once(to, 'drain');
  };
  const close = async (): Promise<void> => {
    const from = numbered.get(order) ?? 0;
    const dealt = deal(seed, order, from, rows);
    numbered.set(order, from + dealt.parcels);
    done.parcels += dealt.parcels;
    rows = [];
    await write(dealt.text);
  };
  await write(`${head.join(',')}\n`);
  const meter = await meterOf(files);
  for (const file of files) {
    for await (const row of readTable(file, { delimiter: ',' }, meter)) {
      if (isUnreadable(row)) throw new Error(`${row.file} line ${row.line}: ${row.detail}`);
      if (cell(row, 'InvoiceNo') !== order) {
        await close();
        if (done.parcels >= most) return done;
        order = cell(row, 'InvoiceNo');
      }
      const why = leftOut(row);
      if (why === undefined) {
        done.lines += 1;
        rows.push(row);
      } else done[why] += 1;
    }
  }
  await close();
  return done;
}

if (import.meta.main) {
  const [seed = '', ...files] = process.argv.slice(2);
  if (seed === '' || files.length === 0) {
    process.stderr.write('node examples/online-retail/split.ts SEED FILE.csv.gz… > parcels.csv\n');
    process.exitCode = 1;
  } else process.stderr.write(`${JSON.stringify(await split(seed, files, process.stdout))}\n`);
}
