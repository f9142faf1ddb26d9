import { covers, type Day, dayOf, inForce } from '#kernel/effective.ts';
import type {
  AccountRule,
  CategoryRule,
  ChargeRule,
  CheckRule,
  DeadlineRule,
  MatchRule,
  ObligationRule,
  Pack,
  Route,
  Table,
  TableRow,
  TableView,
  ValueDefinition,
  ValueRow,
  Zone,
} from './pack.ts';

/**
 * What of a pack is law on one day in one zone, worked out once and kept: nearly every parcel of a day asks the same.
 */
export interface DayView {
  readonly on: Day;
  readonly zone: Zone | null;
  readonly values: ReadonlyMap<string, ValueRow>;
  readonly tables: ReadonlyMap<string, TableView>;
  /** By the movement they are for, in the order of the pack. */
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly accounts: readonly AccountRule[];
  readonly deadlines: readonly DeadlineRule[];
  readonly categories: ReadonlyMap<string, CategoryRule>;
  /** Rules by the route they belong to, filled when the route is first taken. */
  readonly byRoute: Map<string, RouteRules>;
}

export interface RouteRules {
  readonly charges: readonly ChargeRule[];
  readonly checks: readonly CheckRule[];
  readonly matches: readonly MatchRule[];
  readonly obligations: readonly ObligationRule[];
}

/**
 * More days than a busy window asks in a year; past it the oldest view is dropped, so that hostile days cost no memory.
 */
const viewsMax = 400;
const views = new WeakMap<Pack, Map<string, DayView>>();

export function viewOf(pack: Pack, on: Day, zoneId: string | null): DayView {
  let kept = views.get(pack);
  if (kept === undefined) {
    kept = new Map();
    views.set(pack, kept);
  }
  const zone = zoneId === null ? null : (pack.program.zones.get(zoneId) ?? null);
  const key = zone === null ? on : `${on} ${zone.id}`;
  let view = kept.get(key);
  if (view === undefined) {
    view = build(pack, on, zone !== null && covers(zone, on) ? zone : null);
    if (kept.size >= viewsMax) kept.delete(kept.keys().next().value ?? key);
    kept.set(key, view);
  }
  return view;
}

function build(pack: Pack, on: Day, zone: Zone | null): DayView {
  const { program } = pack;
  const values = new Map<string, ValueRow>();
  collectValues(values, program.values, on);
  if (zone !== null) collectValues(values, zone.values, on);
  const tables = new Map<string, TableView>();
  for (const table of program.tables.values()) tables.set(table.name, tableOn(table, on));
  const categories = new Map<string, CategoryRule>();
  for (const one of program.categories) {
    if (covers(one, on) && (one.zone === null || one.zone === zone?.id)) categories.set(shortId(one.id), one);
  }
  return {
    on,
    zone,
    values,
    tables,
    routes: Map.groupBy(
      program.routes.filter((one) => covers(one, on)),
      (one) => one.movement,
    ),
    accounts: program.accounts.filter((one) => covers(one, on)),
    deadlines: program.deadlines.filter((one) => covers(one, on)),
    categories,
    byRoute: new Map(),
  };
}

/**
 * What a rule asks of the day's law, remembered for the day that was asked last: one parcel after the other asks it of
 * the same day, and finding it by name again costs more than the sum that it is for.
 */
export class OfDay<T> {
  readonly #find: (view: DayView) => T;
  #last: DayView | undefined;
  #found: T | undefined;

  constructor(find: (view: DayView) => T) {
    this.#find = find;
  }

  at(view: DayView): T {
    if (view !== this.#last) {
      this.#found = this.#find(view);
      this.#last = view;
    }
    return this.#found as T;
  }
}

/** `route.low-value` without its topic. */
export const shortId = (id: string): string => id.slice(id.indexOf('.') + 1);

function collectValues(into: Map<string, ValueRow>, from: ReadonlyMap<string, ValueDefinition>, on: Day): void {
  for (const definition of from.values()) {
    const row = inForce(
      definition.rows.filter((one) => !one.announced),
      on,
    );
    if (row !== undefined) into.set(definition.id, row);
  }
}

/** Before the first change of a table, whose view is empty. */
const dawn = dayOf('0001-01-01');

/** The views of a table by the day on which they begin: between two changes every day sees the same rows. */
const tableViews = new WeakMap<Table, { readonly changes: readonly Day[]; readonly views: Map<Day, TableView> }>();

function tableOn(table: Table, on: Day): TableView {
  let kept = tableViews.get(table);
  if (kept === undefined) {
    const days = table.rows.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]));
    kept = { changes: [...new Set(days)].sort(), views: new Map() };
    tableViews.set(table, kept);
  }
  const since = kept.changes.findLast((day) => day <= on) ?? dawn;
  let view = kept.views.get(since);
  if (view === undefined) {
    view = buildTable(table, since);
    if (kept.views.size >= viewsMax) kept.views.delete(kept.views.keys().next().value ?? since);
    kept.views.set(since, view);
  }
  return view;
}

function buildTable(table: Table, on: Day): TableView {
  const rows = new Map<string, TableRow>();
  for (const row of table.rows) {
    const kept = rows.get(row.key);
    if (covers(row, on) && (kept === undefined || row.from > kept.from)) rows.set(row.key, row);
  }
  const lengths = table.match === 'prefix' ? [...new Set([...rows.keys()].map((key) => key.length))] : [];
  return { rows, lengths: lengths.sort((a, b) => b - a), found: new Map() };
}

/** More codes than a busy window meets in a day; past it what was found is forgotten. */
const foundMax = 20_000;

/** The row for a key: itself, or in a prefix table the longest heading that it lies under. */
export function rowOf(view: TableView, key: string): TableRow | undefined {
  if (view.lengths.length === 0) return view.rows.get(key);
  let row = view.found.get(key);
  if (row === undefined) {
    row = longest(view, key);
    if (view.found.size >= foundMax) view.found.clear();
    view.found.set(key, row);
  }
  return row ?? undefined;
}

function longest({ rows, lengths }: TableView, key: string): TableRow | null {
  for (const length of lengths) {
    const row = length <= key.length ? rows.get(key.slice(0, length)) : undefined;
    if (row !== undefined) return row;
  }
  return null;
}

/** The rules of a route on the day of a view. A rule that names no route belongs to all of them. */
export function rulesOf(pack: Pack, view: DayView, route: Route): RouteRules {
  let rules = view.byRoute.get(route.id);
  if (rules === undefined) {
    const id = shortId(route.id);
    const mine = <R extends { from: Day; until?: Day | undefined; routes: readonly string[] }>(
      all: readonly R[],
    ): R[] => all.filter((one) => covers(one, view.on) && (one.routes.length === 0 || one.routes.includes(id)));
    rules = {
      charges: mine(pack.program.charges),
      checks: mine(pack.program.checks),
      matches: mine(pack.program.matches),
      obligations: mine(pack.program.obligations),
    };
    view.byRoute.set(route.id, rules);
  }
  return rules;
}
