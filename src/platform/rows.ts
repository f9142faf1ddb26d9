import { type Decimal, formatDecimal } from '#kernel/decimal.ts';
import { writeDay, writeInstant, writeUuid } from './column.ts';

/**
 * Rows for `COPY … FROM STDIN (FORMAT binary)`, which writes many rows for much less than an `insert` does: each field
 * is its length and its bytes, or the length -1 for null.
 */

const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** What a field of a fixed size takes at most, with its length. */
const fixedMax = 20;

let into = Buffer.allocUnsafeSlow(1 << 20);
let at = 0;

function room(size: number): void {
  if (at + size <= into.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(into.length * 2, at + size));
  into.copy(larger, 0, 0, at);
  into = larger;
}

/** Below this length a loop over the characters is faster than the call that encodes them. */
const shortText = 40;

function text(value: string): void {
  room(4 + value.length * 3);
  const from = at + 4;
  let length = value.length;
  let index = length > shortText ? -1 : 0;
  for (; index >= 0 && index < length; index += 1) {
    const code = value.charCodeAt(index);
    if (code > 127) index = -2;
    else into[from + index] = code;
  }
  if (index < 0) length = into.write(value, from, 'utf8');
  into.writeInt32BE(length, at);
  at = from + length;
}

function bytes(value: Uint8Array): void {
  room(4 + value.length);
  into.writeInt32BE(value.length, at);
  into.set(value, at + 4);
  at += 4 + value.length;
}

const groupLength = 4;
const negative = 0x4000;

/** An exact decimal in PostgreSQL's own form: groups of four digits, of which the first says where it stands. */
function numeric(value: Decimal): void {
  const plain = formatDecimal(value);
  const minus = plain.startsWith('-');
  const [whole = '', places = ''] = plain.slice(minus ? 1 : 0).split('.', 2);
  const left = whole.padStart(Math.ceil(whole.length / groupLength) * groupLength, '0');
  const right = places.padEnd(Math.ceil(places.length / groupLength) * groupLength, '0');
  const digits = left + right;
  const groups = digits.length / groupLength;
  room(4 + 8 + 2 * groups);
  at = into.writeInt32BE(8 + 2 * groups, at);
  at = into.writeInt16BE(groups, at);
  at = into.writeInt16BE(left.length / groupLength - 1, at);
  at = into.writeUInt16BE(minus ? negative : 0, at);
  at = into.writeInt16BE(places.length, at);
  for (let from = 0; from < digits.length; from += groupLength)
    at = into.writeInt16BE(Number(digits.slice(from, from + groupLength)), at);
}

function fixed<T>(size: number, write: (into: Buffer, value: T, at: number) => void) {
  return (value: T): void => {
    into.writeInt32BE(size, at);
    write(into, value, at + 4);
    at += 4 + size;
  };
}

const writers = {
  text,
  bytea: bytes,
  uuid: fixed<string>(16, writeUuid),
  int8: fixed<bigint>(8, (buffer, value, place) => void buffer.writeBigInt64BE(value, place)),
  int4: fixed<number>(4, (buffer, value, place) => void buffer.writeInt32BE(value, place)),
  int2: fixed<number>(2, (buffer, value, place) => void buffer.writeInt16BE(value, place)),
  bool: fixed<boolean>(1, (buffer, value, place) => void buffer.writeUInt8(value ? 1 : 0, place)),
  /** A day as `YYYY-MM-DD`. */
  date: fixed<string>(4, writeDay),
  /** An instant as RFC 3339 text, to the microsecond. */
  timestamptz: fixed<string>(8, writeInstant),
  numeric,
} as const;

/** The types that a field may have. */
export type FieldType = keyof typeof writers;

/** The columns of a COPY in their order: the property that holds each, and its type. */
export type Fields<T> = readonly (readonly [property: keyof T & string, type: FieldType])[];

/**
 * Encodes rows, ready to be sent. A property that is null is SQL null; one that does not fit its type throws. The
 * bytes are the caller's own.
 */
export function rowsOf<T>(fields: Fields<T>, rows: readonly T[]): Buffer {
  const columns = fields.map(([property, type]) => ({ property, write: writers[type] as (value: unknown) => void }));
  at = 0;
  room(signature.length);
  at = signature.copy(into, 0);
  for (const row of rows) {
    room(2 + fixedMax * columns.length);
    at = into.writeInt16BE(columns.length, at);
    for (const { property, write } of columns) {
      const value = row[property];
      // A text may have taken the room that was made for the whole row.
      room(fixedMax);
      if (value === null) at = into.writeInt32BE(-1, at);
      else write(value);
    }
  }
  room(2);
  at = into.writeInt16BE(-1, at);
  return Buffer.from(into.subarray(0, at));
}
