import type { Clock } from './clock.ts';

/** What a line of the log can carry beside its event: codes, ids, numbers; never a person. */
export type Fields = Readonly<Record<string, unknown>>;

/** One JSON line an event, to standard error. */
export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  /** A bug or an outage, with its stack. */
  error(event: string, error: unknown, fields?: Fields): void;
}

/** Keys whose values name people or open doors, in whatever spelling; their values never reach the log. */
const secret = [
  /name|address|street|city|postcode|mail|phone|birth|person|consignee|consignor|buyer/i,
  /cookie|authori[sz]ation|password|secret|token|credential|session|key$/i,
  /payload|body|doc(ument)?$/i,
];
/** Of those, what names things and not people. */
const harmless = /^(event|filename|hostname|name_of_(module|worker|file))$/i;
const textMax = 2_000;

function redacted(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length > textMax ? `${value.slice(0, textMax)}…` : value;
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  if (depth > 4) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redacted(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(key, item, depth)]));
}

function shown(key: string, value: unknown, depth: number): unknown {
  return secret.some((pattern) => pattern.test(key)) && !harmless.test(key) ? '[redacted]' : redacted(value, depth + 1);
}

function described(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = 'code' in error ? { code: String(error.code) } : {};
  const cause = error.cause === undefined ? {} : { cause: described(error.cause) };
  // PostgreSQL puts row values into `detail`, which is why only message, code and stack are taken.
  return { error: error.message, ...code, stack: error.stack ?? '', ...cause };
}

/**
 * A log that writes each line through `write`, standard error unless a test says otherwise. `own` stands in every line:
 * which process of the window it is.
 */
export function createLog(
  clock: Clock,
  own: Fields = {},
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const line = (level: string, event: string, fields: Fields): void => {
    const entries = Object.entries(fields).map(([key, value]) => [key, shown(key, value, 0)]);
    write(`${JSON.stringify({ at: clock.instant(), level, event, ...own, ...Object.fromEntries(entries) })}\n`);
  };
  return {
    info: (event, fields = {}) => line('info', event, fields),
    warn: (event, fields = {}) => line('warn', event, fields),
    error: (event, error, fields = {}) => line('error', event, { ...described(error), ...fields }),
  };
}

/** A log that says nothing: for tests and command lines. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
