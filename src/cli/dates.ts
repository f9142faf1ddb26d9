import { addDays, day, type Day } from '#kernel/effective.ts';

/** The parts of a written date that a format may name. */
const parts: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  MM: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{1,2})',
  hh: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
};

export interface Written {
  readonly day: Day;
  /** `hh:mm:ss`, midnight where the format names no time. */
  readonly time: string;
}

/** Reads dates written like the format; undefined when the format names no year, month or day. */
export function dateReader(format: string): ((text: string) => Written | undefined) | undefined {
  if (!['YYYY', 'MM', 'DD'].every((part) => format.includes(part))) return undefined;
  const source = format.replaceAll(/YYYY|MM|DD|hh|mm|ss|[^A-Za-z0-9\s]/g, (found) => parts[found] ?? `\\${found}`);
  const pattern = new RegExp(`^${source}$`);
  return (text) => {
    const found = pattern.exec(text)?.groups;
    if (found === undefined) return undefined;
    const two = (name: string): string => (found[name] ?? '0').padStart(2, '0');
    const on = day(`${found.year}-${two('month')}-${two('day')}`);
    const time = `${two('hour')}:${two('minute')}:${two('second')}`;
    return on === undefined || time > '23:59:59' || !/^[0-2]\d:[0-5]\d:[0-5]\d$/.test(time)
      ? undefined
      : { day: on, time };
  };
}

/** The same moment of the day so many days later: the stated rule that moves old orders into the time of a pack. */
export const shifted = (written: Written, days: number): Written => ({ ...written, day: addDays(written.day, days) });
