import type { Day } from '#kernel/effective.ts';
import type { Dated, Pack } from './pack.ts';

/** Every edge in a pack: where something of this name begins or ends to be law. */
function* edgesOf({ program }: Pack): Generator<[name: string, day: Day]> {
  const rows = function* (name: string, dated: Iterable<Dated>): Generator<[string, Day]> {
    for (const { from, until } of dated) {
      yield [`${name} from ${from}`, from];
      if (until !== undefined) yield [`${name} until ${until}`, until];
    }
  };
  for (const definition of program.values.values())
    yield* rows(
      definition.id,
      definition.rows.filter(({ announced }) => !announced),
    );
  for (const table of program.tables.values())
    for (const row of table.rows) yield* rows(`${table.name} ${row.key}`, [row]);
  for (const zone of program.zones.values()) {
    yield* rows(zone.id, [zone]);
    for (const definition of zone.values.values()) yield* rows(`${zone.id} ${definition.id}`, definition.rows);
  }
  const { routes, charges, checks, matches, obligations, deadlines, accounts, categories, aggregations } = program;
  const all = [routes, charges, checks, matches, obligations, deadlines, accounts, categories, aggregations];
  for (const rules of all) for (const rule of rules) yield* rows(rule.id, [rule]);
}

/**
 * The first day on which a draft makes something begin or end that the law in force does not. Undefined where it only
 * changes what stands already, on the same days.
 */
export function firstDayOf(current: Pack, candidate: Pack): Day | undefined {
  const before = new Map(edgesOf(current));
  const after = new Map(edgesOf(candidate));
  let first: Day | undefined;
  for (const [one, other] of [
    [before, after],
    [after, before],
  ] as const)
    for (const [name, day] of one) if (!other.has(name) && (first === undefined || day < first)) first = day;
  return first;
}
