import assert from 'node:assert/strict';
import type { Db } from '#platform/db.ts';

/**
 * The books of the month against a second telling: the expectation is counted here by itself, from what a test did to
 * its checklists.
 */

/** What a line of goods counts for, in hundredths of its currency and thousandths of its unit and of a kilogram. */
export interface Line {
  readonly line: number;
  currency: string;
  unit: string;
  value: bigint;
  quantity: bigint;
  net: bigint;
  gross: bigint;
}
/** A checklist as a test knows it by what it did to it. */
export interface Known {
  readonly id: string;
  status: string;
  released: boolean;
  lines: Line[];
}

export const thousandths = (text = '0'): bigint => {
  const [whole = '0', places = ''] = text.split('.');
  return BigInt(whole + places.padEnd(3, '0'));
};
export const cents = (text: string): bigint => thousandths(text) / 10n;
export const decimal = (value: bigint, scale: number): string => {
  const text = String(value).padStart(scale + 1, '0');
  return `${text.slice(0, -scale)}.${text.slice(-scale)}`;
};

type Totals = Record<string, readonly string[]>;
/** Rows of (currency, unit, checklists, items, value, quantity, net, gross) as texts of one form. */
const totalsOf = (rows: readonly any[]): Totals =>
  Object.fromEntries(
    rows
      .map(({ currency, unit, ...sums }) => [`${currency} ${unit}`, Object.values(sums).map(String)] as const)
      .filter(([, sums]) => sums.some((one) => one !== '0')),
  );
const summed = (of: string): string =>
  `sum(${of}checklists)::text as checklists, sum(${of}items)::text as items, trim_scale(sum(${of}value_minor))::text as value,
   trim_scale(sum(${of}quantity) * 1000)::text as quantity, trim_scale(sum(${of}net_weight) * 1000)::text as net,
   trim_scale(sum(${of}gross_weight) * 1000)::text as gross`;

/** What the checklists come to that stand in a book, counted from what the test did to them. */
function expected(known: readonly Known[], booked: ReadonlySet<string>): Totals {
  const sums = new Map<string, any>();
  for (const one of known) {
    if (!booked.has(one.id) || one.status !== 'released') continue;
    const left = one.lines.filter(({ value, quantity, net, gross }) => value || quantity || net || gross);
    for (const [index, line] of left.entries()) {
      const key = `${line.currency} ${line.unit}`;
      const { currency, unit } = line;
      const now = sums.get(key) ?? {
        currency,
        unit,
        checklists: 0n,
        items: 0n,
        value: 0n,
        quantity: 0n,
        net: 0n,
        gross: 0n,
      };
      now.checklists += index === 0 ? 1n : 0n;
      now.items += 1n;
      for (const field of ['value', 'quantity', 'net', 'gross'] as const) now[field] += line[field];
      sums.set(key, now);
    }
  }
  return totalsOf([...sums.values()]);
}

/** Each of these checklists waits for its month or is booked, never both, and what is booked is what they come to. */
export async function booksHold(db: Db, known: readonly Known[]): Promise<void> {
  const mine = known.map(({ id }) => id);
  const rows = await db.query<{ id: string }>(
    'select id from statistics.checklists where id = any($1::text[]::uuid[])',
    [mine],
  );
  const booked = new Set(rows.map(({ id }) => id));
  const pending = await db.query<{ id: string }>(
    'select id from statistics.pending where id = any($1::text[]::uuid[])',
    [mine],
  );
  for (const { id } of pending) assert.ok(!booked.has(id), 'a checklist is pending or booked, never both');
  for (const { id, released } of known)
    assert.equal(
      booked.has(id) || pending.some((one) => one.id === id),
      released,
      'whatever was released is one of the two',
    );
  const want = expected(known, booked);
  const bookings = await db.query(
    `select c.currency, c.unit, ${summed('b.')} from statistics.bookings b join statistics.cells c on c.id = b.cell
      where b.id = any($1::text[]::uuid[]) group by 1, 2`,
    [mine],
  );
  assert.deepEqual(totalsOf(bookings), want, 'what is booked is what the checklists come to');
}

/** Over everything that any try has done: the books agree with themselves. */
export async function booksAgree(db: Db): Promise<void> {
  const figures = await db.query(
    `select c.currency, c.unit, ${summed('f.')} from statistics.figures f join statistics.cells c on c.id = f.cell group by 1, 2`,
  );
  const lines = await db.query(`select currency, unit, ${summed('l.')} from statistics.summary_lines l group by 1, 2`);
  const bookings = (where: string) =>
    db.query(
      `select c.currency, c.unit, ${summed('b.')} from statistics.bookings b join statistics.cells c on c.id = b.cell
        where ${where} group by 1, 2`,
    );
  assert.deepEqual(totalsOf(figures), totalsOf(await bookings('true')), 'the statistics are made of the same bookings');
  assert.deepEqual(totalsOf(lines), totalsOf(await bookings('b.summary_line is not null')), 'and so are the summaries');
  const odd = await db.query(
    `select b.id from statistics.bookings b left join statistics.corrections c on c.id = b.id and c.entry = b.entry
      where (b.entry > 0) <> (c.id is not null) limit 1`,
  );
  assert.deepEqual(odd, [], 'a booking after the first has a ground');
}
