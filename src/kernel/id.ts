import { randomFillSync } from 'node:crypto';

/** The last moment that a UUIDv7 can carry, in milliseconds (48 bits). */
const msMax = 2 ** 48 - 1;
const counterMax = 2 ** 42;
const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const pool = Buffer.alloc(8_192);
let used = pool.length;
let lastMs = -1;
let counter = 0;
/** Where the counters of other milliseconds stood, of the last few: clocks of more than one kind may run beside. */
const stood = new Map<number, number>();
const stoodMax = 64;

function draw(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const value = pool.readUIntBE(used, bytes);
  used += bytes;
  return value;
}

function assemble(ms: number, count: number, tail: number): string {
  const time = ms.toString(16).padStart(12, '0');
  const high = Math.floor(count / 2 ** 30);
  const low = count % 2 ** 30;
  const a = (0x7000 + high).toString(16);
  const b = (0x8000 + Math.floor(low / 2 ** 16)).toString(16);
  const c = (low % 2 ** 16).toString(16).padStart(4, '0') + tail.toString(16).padStart(8, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-${a}-${b}-${c}`;
}

/**
 * A UUIDv7 (RFC 9562 §5.7) of the given millisecond since 1970. Within one millisecond ids rise, also where
 * ids of others are made in between: 42 bits count, from a
 * random start below half of them (§6.2, method 1), and 32 bits are random. Two processes never share a random start.
 */
export function newId(atMs: number): string {
  if (!Number.isInteger(atMs) || atMs < 0 || atMs > msMax) throw new RangeError(`no id carries the moment ${atMs}`);
  if (atMs === lastMs) {
    counter += 1;
  } else {
    stood.set(lastMs, counter);
    if (stood.size > stoodMax) stood.delete(stood.keys().next().value!);
    const before = stood.get(atMs);
    stood.delete(atMs);
    lastMs = atMs;
    counter = before === undefined ? draw(6) % (counterMax / 2) : before + 1;
  }
  return assemble(atMs, counter, draw(4));
}

/** The millisecond in which a UUIDv7 was made. */
export const msOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The lowest UUIDv7 of a millisecond: the edge of a partition or of a page. */
export const lowestIdAt = (ms: number): string => assemble(ms, 0, 0);

/** Whether the text is a UUID in its canonical lower-case form. */
export const isUuid = (text: string): boolean => pattern.test(text);

/**
 * How the person at the far end of one parcel stands in its record and in its cases: he is registered nowhere, so he is
 * named by what he waits for. No party has such an identifier, which is longer than theirs may be.
 */
export const consigneeOf = (subject: string): string => `consignee:${subject}`;
