import { types as pgTypes } from 'pg';

const { builtins } = pgTypes;
const oids = {
  textArray: 1009,
  int8Array: 1016,
  numericArray: 1231,
  dateArray: 1182,
  timestamptzArray: 1185,
  xid8: 5069,
  json: 114,
};

/**
 * PostgreSQL writes `2026-11-23 08:15:00.5+00`; RFC 3339 is given, with three digits, or six where finer ones are
 * stored, so that texts of one precision compare as moments do. The connection's time zone is UTC.
 */
export function instantOfText(text: string): string {
  if (!text.endsWith('+00')) return text;
  const point = text.indexOf('.');
  const seconds = text.slice(0, 19).replace(' ', 'T');
  const fraction = point < 0 ? '' : text.slice(point + 1, -3);
  return `${seconds}.${fraction.padEnd(fraction.length > 3 ? 6 : 3, '0')}Z`;
}

const same = (text: string): string => text;

const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, BigInt],
  [oids.xid8, BigInt],
  [builtins.NUMERIC, same],
  [builtins.DATE, same],
  [builtins.TIMESTAMP, same],
  [builtins.TIMESTAMPTZ, instantOfText],
  [oids.json, same],
  [builtins.JSONB, same],
]);
const elements: readonly [number, (text: string) => unknown][] = [
  [oids.int8Array, BigInt],
  [oids.numericArray, same],
  [oids.dateArray, same],
  [oids.timestamptzArray, instantOfText],
];
// The driver reads an array of texts rightly, so each element of another type is read from that.
const texts: (text: string) => (string | null)[] = pgTypes.getTypeParser(oids.textArray, 'text');
for (const [oid, parse] of elements) {
  parsers.set(oid, (text) => texts(text).map((item) => (item === null ? null : parse(item))));
}

/** How the driver reads what it is given: instants as RFC 3339 texts, wide numbers exactly, all else as it comes. */
export const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ??
    pgTypes.getTypeParser(oid, format ?? 'text')) as typeof pgTypes.getTypeParser,
};
