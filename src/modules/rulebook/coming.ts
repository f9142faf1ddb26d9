import { addDays, addMonths, type Day, dayOf, day as parseDay, yearOf } from '#kernel/effective.ts';
import { explain } from './engine.ts';
import type { AssessInput, Explained, ListedValue } from './model.ts';
import { announcedFor } from './listing.ts';
import type { Dated, Pack, Provenance, TableRow, ValueDefinition } from './pack.ts';

/**
 * What changes for one parcel on a coming day. The answer can only change on a day on which some row of the pack that
 * the parcel may meet begins or ends, so the parcel is assessed on those days and on no others.
 */

/** A row of the law that begins or ends on a day. */
export interface Edge {
  readonly day: Day;
  readonly id: string;
  readonly source: string;
  readonly begins: boolean;
}

/** A day on which the answer changes, with the answers on both sides and the rows behind it. */
export interface Change {
  readonly day: Day;
  readonly because: readonly Edge[];
  readonly before: Explained;
  readonly after: Explained;
}

/** What is announced for a day and would be read here: what the law gives then, and what it would give with it. */
export interface Announcement {
  readonly day: Day;
  readonly values: readonly ListedValue[];
  readonly before: Explained;
  readonly after: Explained;
  readonly differs: boolean;
}

export interface Coming {
  readonly changes: readonly Change[];
  readonly announced: readonly Announcement[];
  /** The day up to which it was looked; null when every later day was looked at. */
  readonly until: Day | null;
}

/** More days than a parcel meets in many years; past it the rest is left to a later question. */
const daysMax = 40;

/**
 * Every row that begins or ends after the day of the question and that this parcel may meet, in the order of the days.
 * Of tables only rows whose key is, or heads, a text of the parcel count: no other is ever looked up.
 */
export function edgesAfter(pack: Pack, input: AssessInput): readonly Edge[] {
  const { program } = pack;
  const zone = program.zones.get(input.consignment.declaration.zone ?? '');
  const rules = [program.routes, program.charges, program.checks, program.matches, program.obligations];
  const edges: Edge[] = [];
  const take = (rows: readonly (Dated & Provenance)[]): void => {
    for (const { id, source, from, until } of rows) {
      if (from > input.on) edges.push({ day: from, id, source, begins: true });
      if (until !== undefined && until > input.on) edges.push({ day: until, id, source, begins: false });
    }
  };
  for (const { rows } of [...program.values.values(), ...(zone?.values.values() ?? [])])
    take(rows.filter((row) => !row.announced));
  for (const all of rules) take(all);
  take(program.categories);
  if (zone !== undefined) take([zone]);
  const texts = textsOf(pack, input);
  const seasonal: TableRow[] = [];
  for (const { rows } of program.tables.values()) {
    const met = rows.filter(
      (row) => (isAhead(row, input.on) || row.duties !== undefined) && texts.some((text) => text.startsWith(row.key)),
    );
    take(met);
    seasonal.push(...met);
  }
  edges.push(...seasonsOf(seasonal, input.on, edges));
  return edges.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

/** Asked first of the many rows of a table, since hardly any begins or ends after today. */
const isAhead = ({ from, until }: Dated, on: Day): boolean => from > on || (until !== undefined && until > on);

/**
 * Days on which a season of a duty begins, or is over. Seasons come back every year: one year of them, or as many as
 * lie before the last day on which a row begins or ends.
 */
function seasonsOf(rows: readonly TableRow[], on: Day, others: readonly Edge[]): Edge[] {
  const last = others.reduce((latest, { day }) => (day > latest ? day : latest), addMonths(on, 12));
  const turns = rows.flatMap(({ id, source, duties = {} }) =>
    Object.values(duties)
      .flatMap(({ choices }) => choices.flatMap(({ seasons }) => seasons))
      .map(([from, to]) => ({ id, source, from, to })),
  );
  const edges: Edge[] = [];
  for (let year = Number(yearOf(on)); turns.length > 0 && year <= Number(yearOf(last)); year += 1)
    for (const { id, source, from, to } of turns)
      edges.push(
        { day: dayInYear(year, from, 0), id, source, begins: true },
        { day: dayInYear(year, to, 1), id, source, begins: true },
      );
  return edges.filter(({ day }) => day > on && day <= last);
}

/** A day of the year, or so many days later; where the year lacks 29 February, the day that comes in its place. */
function dayInYear(year: number, monthDay: string, later: number): Day {
  const found = parseDay(`${String(year).padStart(4, '0')}-${monthDay}`);
  return found === undefined ? dayOf(`${String(year).padStart(4, '0')}-03-01`) : addDays(found, later);
}

/** Every text by which this parcel may find a row: what it says itself, and the codes that its categories stand for. */
function textsOf(pack: Pack, { consignment, event }: AssessInput): string[] {
  const texts = new Set<string>([event, pack.currency]);
  const walk = (part: unknown): void => {
    if (typeof part === 'string') texts.add(part);
    else if (typeof part === 'object' && part !== null) for (const one of Object.values(part)) walk(one);
  };
  walk(consignment);
  for (const { id, commodity } of pack.program.categories)
    if (texts.has(id.slice('category.'.length))) texts.add(commodity);
  // Rows of what codes became stand under the edition and the code together.
  for (const { edition, commodity } of consignment.declaration.goods)
    if (edition !== undefined && commodity) texts.add(`${edition}.${commodity}`);
  return [...texts];
}

/** Whether two answers say the same of the parcel; the day itself and the working are not part of what they say. */
export const sameAnswer = (a: Explained, b: Explained): boolean => said(a) === said(b);

const said = ({ day: _day, layers: _layers, steps: _steps, ...rest }: Explained): string => JSON.stringify(rest);

/** Everything that an answer rests on: rules, values, and the rows its steps have read. */
function usedBy(...answers: readonly Explained[]): Set<string> {
  return new Set(
    answers.flatMap(({ layers, unconfirmed, steps }) => [
      ...Object.keys(layers),
      ...unconfirmed,
      ...steps.flatMap(({ inputs }) => Object.keys(inputs)),
    ]),
  );
}

/** The edges of a day that the answers on both sides rest on; all of them where no step names one. */
function behind(edges: readonly Edge[], before: Explained, after: Explained): readonly Edge[] {
  const used = usedBy(before, after);
  const telling = edges.filter(({ id }) => used.has(id));
  const all = telling.length > 0 ? telling : edges;
  // A row that replaces another of its name begins on the day on which that one ends: once is enough.
  return all.filter(({ id, begins }) => begins || !all.some((other) => other.begins && other.id === id));
}

/** Works out on which days after the one asked about the answer changes, and what is announced beside that. */
export function comingOf(pack: Pack, input: AssessInput): Coming {
  const edges = Map.groupBy(edgesAfter(pack, input), ({ day }) => day);
  const days = [...edges.keys()];
  const changes: Change[] = [];
  let before = explain(pack, input);
  for (const day of days.slice(0, daysMax)) {
    const after = explain(pack, { ...input, on: day });
    if (!sameAnswer(before, after))
      changes.push({ day, because: behind(edges.get(day) ?? [], before, after), before, after });
    before = after;
  }
  return { changes, announced: announcedOf(pack, input), until: days[daysMax] ?? null };
}

function announcedOf(pack: Pack, input: AssessInput): Announcement[] {
  const listed = announcedFor(pack, input.on, input.consignment.declaration.zone ?? null);
  return [...Map.groupBy(listed, ({ from }) => from)].slice(0, daysMax).flatMap(([day, values]): Announcement[] => {
    const before = explain(pack, { ...input, on: day });
    const after = explain(withAnnounced(pack, day), { ...input, on: day });
    const differs = !sameAnswer(before, after);
    const used = usedBy(before, after);
    const read = values.filter(({ id }) => used.has(id));
    return differs || read.length > 0 ? [{ day, values: read.length > 0 ? read : values, before, after, differs }] : [];
  });
}

const tried = new WeakMap<Pack, Map<Day, Pack>>();

/** The pack as it would be if all that is announced for a day and before it were made law as announced. */
function withAnnounced(pack: Pack, day: Day): Pack {
  let kept = tried.get(pack);
  if (kept === undefined) tried.set(pack, (kept = new Map()));
  let made = kept.get(day);
  if (made === undefined) {
    const { program } = pack;
    const zones = [...program.zones].map(([id, zone]) => [id, { ...zone, values: asLaw(zone.values, day) }] as const);
    made = { ...pack, program: { ...program, values: asLaw(program.values, day), zones: new Map(zones) } };
    kept.set(day, made);
  }
  return made;
}

const asLaw = (values: ReadonlyMap<string, ValueDefinition>, day: Day): ReadonlyMap<string, ValueDefinition> =>
  new Map(
    [...values].map(([id, definition]) => [
      id,
      { ...definition, rows: definition.rows.map((row) => (row.from <= day ? { ...row, announced: false } : row)) },
    ]),
  );
