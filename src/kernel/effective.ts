/** A calendar day of a legal place, `YYYY-MM-DD`. Days compare as texts. */
export type Day = string & { readonly brand: 'Day' };

/** A thing in force from a day, and until but not on another: `[from, until)`. */
export interface Period {
  readonly from: Day;
  readonly until?: Day | undefined;
}

const pattern = /^\d{4}-\d{2}-\d{2}$/;
const dayMs = 86_400_000;

const msOfDay = (value: Day): number => Date.parse(`${value}T00:00:00Z`);

function isDay(text: string): text is Day {
  if (!pattern.test(text) || text < '0001') return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // A day that the month lacks is either refused by the parser or rolled into the next month.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Reads a day that the calendar has, in the years 0001 to 9999; anything else is undefined. */
export function day(text: string): Day | undefined {
  return isDay(text) ? text : undefined;
}

/** A day written in our own code or in a checked pack; throws when the calendar does not have it. */
export function dayOf(text: string): Day {
  if (!isDay(text)) throw new RangeError(`the calendar has no day ${text}`);
  return text;
}

const ofMs = (ms: number): Day => dayOf(new Date(ms).toISOString().slice(0, 10));

/** The day so many days later, or earlier when the count is below zero. */
export const addDays = (from: Day, count: number): Day => ofMs(msOfDay(from) + count * dayMs);

/** The same day of the month so many months later; the last day of a shorter month (31 January + 1 is 28 February). */
export function addMonths(from: Day, count: number): Day {
  const months = Number(from.slice(0, 4)) * 12 + Number(from.slice(5, 7)) - 1 + count;
  const first = new Date(0);
  first.setUTCFullYear(Math.floor(months / 12), (months % 12) + 1, 0);
  const last = first.getUTCDate();
  first.setUTCDate(Math.min(Number(from.slice(8, 10)), last));
  return ofMs(first.getTime());
}

/** How many days later the second day is; below zero when it is earlier. */
export const daysBetween = (from: Day, to: Day): number => Math.round((msOfDay(to) - msOfDay(from)) / dayMs);

/** The year a day lies in, four digits: the period of a yearly limit. */
export const yearOf = (value: Day): string => value.slice(0, 4);

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-CA', { timeZone, ...parts, calendar: 'iso8601' });
    formats.set(timeZone, format);
  }
  return format;
}

/** Whether the time zone database has a zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

const minuteMs = 60_000;
/** Since then every zone is whole minutes away from UTC and changes its clock at whole minutes. */
const wholeMinutesFrom = 78_796_800_000;
const keptMax = 20_000;
const kept = new Map<string, Map<number, Day>>();

/**
 * The day of an instant that lies in a minute that was asked for before, which for a window in use is nearly every one.
 */
function keptDays(timeZone: string): Map<number, Day> {
  let days = kept.get(timeZone);
  if (days === undefined) kept.set(timeZone, (days = new Map()));
  else if (days.size >= keptMax) days.clear();
  return days;
}

function workedOut(instant: string, timeZone: string): Day {
  const parts = formatOf(timeZone).formatToParts(new Date(instant));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return dayOf(`${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`);
}

/** The day on which an RFC 3339 instant falls in a time zone; throws on a bad instant or zone. */
export function dayIn(instant: string, timeZone: string): Day {
  if (timeZone === 'UTC' && instant.endsWith('Z')) return dayOf(instant.slice(0, 10));
  const ms = Date.parse(instant);
  if (!(ms >= wholeMinutesFrom)) return workedOut(instant, timeZone);
  const days = keptDays(timeZone);
  const minute = Math.floor(ms / minuteMs);
  let found = days.get(minute);
  if (found === undefined) days.set(minute, (found = workedOut(instant, timeZone)));
  return found;
}

/** Whether a period covers a day. */
export const covers = (period: Period, on: Day): boolean =>
  period.from <= on && (period.until === undefined || on < period.until);

/** The version in force on a day: of those whose period covers it, the one that came into force last. */
export function inForce<V extends Period>(versions: readonly V[], on: Day): V | undefined {
  let found: V | undefined;
  for (const version of versions) {
    if (covers(version, on) && (found === undefined || version.from > found.from)) found = version;
  }
  return found;
}
