/** Where time comes from. It is passed in, so that a deadline can be tested and a demonstration can look ahead. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** The same moment as RFC 3339 text in UTC with milliseconds: `2026-11-23T08:15:00.000Z`. */
  instant(): string;
}

/** The RFC 3339 text, UTC with milliseconds, of a moment in milliseconds since 1970. */
export const instantOf = (ms: number): string => new Date(ms).toISOString();

/** The date of HTTP (RFC 9110 §5.6.7) of a moment in milliseconds since 1970. */
export const httpDateOf = (ms: number): string => new Date(ms).toUTCString();

const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?(?:Z|[+-]\d{2}:\d{2})$/;

const withMilliseconds = '2026-11-23T08:15:00.000Z'.length;

/** The milliseconds since 1970 of an RFC 3339 text; throws on anything else. */
export function msOfInstant(instant: string): number {
  const ms = instantPattern.test(instant) ? Date.parse(instant) : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`not an RFC 3339 instant: ${instant}`);
  return ms;
}

/** The microseconds since 1970 of an RFC 3339 text, which is what PostgreSQL keeps; finer digits are cut. */
export function microsOfInstant(instant: string): number {
  const ms = msOfInstant(instant);
  // Milliseconds, as this window writes them itself, have no finer digits.
  if (instant.length === withMilliseconds) return ms * 1_000;
  const digits = (instantPattern.exec(instant)?.[1] ?? '').padEnd(6, '0');
  return ms * 1_000 + Number(digits.slice(3, 6));
}

const clockOf = (now: () => number): Clock => ({ now, instant: () => instantOf(now()) });

/** The clock of the machine. */
export const systemClock: Clock = clockOf(() => Date.now());

/** A clock that stands still until it is moved: for tests. */
export function fixedClock(instant: string): Clock & { advance(ms: number): void } {
  let at = msOfInstant(instant);
  return { ...clockOf(() => at), advance: (ms) => void (at += ms) };
}

/**
 * Another clock moved by so many milliseconds, asked each time: the legal clock of a demonstration, its seed's past.
 */
export const shiftedClock = (clock: Clock, shiftMs: () => number): Clock => clockOf(() => clock.now() + shiftMs());
