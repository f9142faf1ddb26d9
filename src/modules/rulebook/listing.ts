import { formatDecimal } from '#kernel/decimal.ts';
import type { Day } from '#kernel/effective.ts';
import { rowOf, shortId, viewOf } from './day.ts';
import type { ListedDeadline, ListedValue, Source } from './model.ts';
import type { Pack, ValueDefinition, ValueRow } from './pack.ts';

function listed(definition: ValueDefinition, row: ValueRow, until: string | null, zone: string | null): ListedValue {
  const { id, unit } = definition;
  const { text, from, announced, cited, layer } = row;
  return { id, value: text, unit, from, until, announced, zone, source: cited, layer };
}

/** The day on which a row stops being law: its own end, or the day the next one begins, whichever comes first. */
function endOf(rows: readonly ValueRow[], row: ValueRow): string | null {
  const next = rows.find((one) => !one.announced && one.from > row.from)?.from ?? null;
  if (row.until === undefined) return next;
  return next !== null && next < row.until ? next : row.until;
}

function listOf(definitions: Iterable<ValueDefinition>, on: Day, zone: string | null): ListedValue[] {
  const found: ListedValue[] = [];
  for (const definition of definitions) {
    for (const row of definition.rows) {
      const until = row.announced ? (row.until ?? null) : endOf(definition.rows, row);
      const current = row.from <= on && (until === null || on < until);
      // An announced row is shown until its day has passed, marked as such: it is known, and it is not law.
      if (current || (row.announced && (until === null || on < until)))
        found.push(listed(definition, row, until, zone));
    }
  }
  return found;
}

/** Every value that is law on a day, with its zones' own ones and what is announced, in the order of the ids. */
export function valuesInForce(pack: Pack, on: Day): ListedValue[] {
  const all = listOf(pack.program.values.values(), on, null);
  for (const [id, zone] of pack.program.zones) all.push(...listOf(zone.values.values(), on, id));
  return all.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.from < b.from ? -1 : 1));
}

/**
 * The values that the pack names and of which no row is law on a day: what asks for them cannot be decided. A family is
 * one of them as long as it has no member.
 */
export function valuesNotKnown(pack: Pack, on: Day): string[] {
  const { values } = viewOf(pack, on, null);
  const ids = [...pack.program.values.keys()];
  const hasMembers = (id: string): boolean =>
    id.endsWith('.*') && ids.some((one) => one !== id && one.startsWith(id.slice(0, -1)));
  return ids.filter((id) => !values.has(id) && !hasMembers(id)).sort();
}

/** What is announced for the days after one, for the economy and for one of its zones, in the order of the days. */
export function announcedFor(pack: Pack, after: Day, zone: string | null): (ListedValue & { readonly from: Day })[] {
  const own = zone === null ? undefined : pack.program.zones.get(zone);
  const of = (definitions: Iterable<ValueDefinition>, where: string | null) =>
    [...definitions].flatMap((definition) =>
      definition.rows
        .filter((row) => row.announced && row.from > after)
        .map((row) => ({ ...listed(definition, row, row.until ?? null, where), from: row.from })),
    );
  const all = [...of(pack.program.values.values(), null), ...of(own?.values.values() ?? [], zone)];
  return all.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/** The deadlines that are law on a day: hours and the event they run from. */
export function deadlinesInForce(pack: Pack, on: Day): ListedDeadline[] {
  const view = viewOf(pack, on, null);
  return view.deadlines.flatMap((rule) => {
    const hours = view.values.get(rule.hours);
    if (hours === undefined) return [];
    return [
      { id: shortId(rule.id), hours: Number(hours.text), after: rule.after, source: rule.source, layer: rule.layer },
    ];
  });
}

/** The laws that a pack cites, by the key its files use. */
export const sourcesOf = (pack: Pack): Readonly<Record<string, Source>> => pack.sources;

/**
 * The pack's own words for a key such as `charge.duty` or `reason.over-limit`, in the first of the languages that has
 * them; the key itself where none has, so that a missing word is seen.
 */
export function wordsOf(pack: Pack, languages: readonly string[], key: string): string {
  for (const language of [...languages, ...pack.languages]) {
    const word = pack.words[language]?.[key];
    if (word !== undefined) return word;
  }
  return key;
}

/** What a pack's tariff says of a code on a day, a rate or a duty as tariffs write it; null where it says nothing. */
export function tariffDuty(pack: Pack, code: string, on: Day): string | null {
  for (const table of viewOf(pack, on, null).tables.values()) {
    const cell = table.lengths.length === 0 ? undefined : rowOf(table, code)?.cells['duty'];
    if (typeof cell === 'string') return cell;
    if (cell !== undefined && cell !== null && cell.digits !== undefined) return formatDecimal(cell);
  }
  return null;
}
