import { microsOfInstant } from './clock.ts';

/**
 * Whole columns as binary array parameters: `select … from unnest($1::uuid[], $2::text[])` takes them without any
 * text being escaped or parsed. PostgreSQL's array_recv reads: dimensions, null flag, element type, length, lower
 * bound, then each element with its length, or -1 for null.
 */

/** Millisecond of 2000-01-01, where PostgreSQL counts from. */
const postgresEpochMicros = 946_684_800_000_000;
const dayMs = 86_400_000;
const slabBytes = 1 << 20;
const headerBytes = 20;

// Columns are cut from slabs, since a fresh large buffer for each batch costs several times the encoding itself.
// A slab is never written twice, so a column stays what it was for as long as anybody holds it.
let slab = Buffer.alloc(0);
let slabUsed = 0;
let scratch = Buffer.allocUnsafeSlow(1 << 16);

function take(bytes: number): Buffer {
  if (bytes > slabBytes / 4) return Buffer.allocUnsafeSlow(bytes);
  if (slabUsed + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    slabUsed = 0;
  }
  const piece = slab.subarray(slabUsed, slabUsed + bytes);
  slabUsed += bytes;
  return piece;
}

function room(used: number, bytes: number): void {
  if (used + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, used + bytes));
  scratch.copy(larger, 0, 0, used);
  scratch = larger;
}

function writeHeader(into: Buffer, oid: number, length: number, nulls: boolean): void {
  into.writeInt32BE(length === 0 ? 0 : 1, 0);
  into.writeInt32BE(nulls ? 1 : 0, 4);
  into.writeInt32BE(oid, 8);
  into.writeInt32BE(length, 12);
  into.writeInt32BE(1, 16);
}

/** A column of elements that all take the same number of bytes. */
function fixed<T>(oid: number, bytes: number, write: (into: Buffer, value: T, at: number) => void) {
  return (values: readonly (T | null)[]): Buffer => {
    let nulls = 0;
    for (const value of values) if (value === null) nulls += 1;
    const size = values.length === 0 ? 12 : headerBytes + values.length * 4 + (values.length - nulls) * bytes;
    const into = take(Math.max(size, headerBytes)).subarray(0, Math.max(size, headerBytes));
    writeHeader(into, oid, values.length, nulls > 0);
    let at = headerBytes;
    for (const value of values) {
      if (value === null) {
        at = into.writeInt32BE(-1, at);
        continue;
      }
      at = into.writeInt32BE(bytes, at);
      write(into, value, at);
      at += bytes;
    }
    return into.subarray(0, size);
  };
}

/** A column of elements of any length; `write` puts one into the scratch buffer and gives its bytes. */
function varying<T>(oid: number, bytesMax: (value: T) => number, write: (value: T, at: number) => number) {
  return (values: readonly (T | null)[]): Buffer => {
    let at = headerBytes;
    let nulls = false;
    for (const value of values) {
      if (value === null) {
        room(at, 4);
        nulls = true;
        at = scratch.writeInt32BE(-1, at);
        continue;
      }
      room(at, 4 + bytesMax(value));
      const written = write(value, at + 4);
      scratch.writeInt32BE(written, at);
      at += 4 + written;
    }
    writeHeader(scratch, oid, values.length, nulls);
    const size = values.length === 0 ? 12 : at;
    const piece = take(size);
    scratch.copy(piece, 0, 0, size);
    return piece;
  };
}

const hyphen = 45;
const nibble = new Int8Array(128).fill(-1);
for (const [index, digit] of '0123456789abcdef'.split('').entries()) {
  nibble[digit.charCodeAt(0)] = index;
  nibble[digit.toUpperCase().charCodeAt(0)] = index;
}

/** Writes the sixteen bytes of a UUID; throws where the text is none. */
export function writeUuid(into: Buffer, value: string, at: number): void {
  let index = 0;
  let wrong = value.length - 36;
  for (let position = at; position < at + 16; position += 1) {
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      wrong |= value.charCodeAt(index) ^ hyphen;
      index += 1;
    }
    // Beyond the text and beyond ASCII the table holds nothing, which counts as wrong.
    const high = nibble[value.charCodeAt(index)] ?? -1;
    const low = nibble[value.charCodeAt(index + 1)] ?? -1;
    wrong |= (high | low) >> 4;
    into[position] = (high << 4) | low;
    index += 2;
  }
  if (wrong !== 0) throw new TypeError(`not a UUID: ${value}`);
}

function writeMicros(into: Buffer, micros: number, at: number): void {
  into.writeInt32BE(Math.floor(micros / 2 ** 32), at);
  into.writeUInt32BE(((micros % 2 ** 32) + 2 ** 32) % 2 ** 32, at + 4);
}

/** Writes an RFC 3339 text as the eight bytes of an instant. */
export function writeInstant(into: Buffer, value: string, at: number): void {
  writeMicros(into, microsOfInstant(value) - postgresEpochMicros, at);
}

/** Writes `YYYY-MM-DD` as the four bytes of a day. */
export function writeDay(into: Buffer, value: string, at: number): void {
  const micros = microsOfInstant(`${value}T00:00:00Z`) - postgresEpochMicros;
  into.writeInt32BE(micros / 1_000 / dayMs, at);
}

/** Encoders of whole columns; null stands for SQL null. A value out of its type's range throws. */
export const column = {
  text: varying<string>(
    25,
    (value) => value.length * 3,
    (value, at) => scratch.write(value, at, 'utf8'),
  ),
  bytea: varying<Uint8Array>(
    17,
    (value) => value.length,
    (value, at) => (scratch.set(value, at), value.length),
  ),
  uuid: fixed<string>(2950, 16, writeUuid),
  int8: fixed<bigint>(20, 8, (into, value, at) => void into.writeBigInt64BE(value, at)),
  int4: fixed<number>(23, 4, (into, value, at) => void into.writeInt32BE(value, at)),
  int2: fixed<number>(21, 2, (into, value, at) => void into.writeInt16BE(value, at)),
  bool: fixed<boolean>(16, 1, (into, value, at) => void into.writeUInt8(value ? 1 : 0, at)),
  /** Days as `YYYY-MM-DD`. */
  date: fixed<string>(1082, 4, writeDay),
  /** Instants as RFC 3339 texts, to the microsecond. */
  timestamptz: fixed<string>(1184, 8, writeInstant),
} as const;
