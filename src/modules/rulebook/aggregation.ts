import { covers, type Day } from '#kernel/effective.ts';
import { shortId, viewOf } from './day.ts';
import { overlay, period } from './layers.ts';
import type { Dated, Pack, Provenance, Route } from './pack.ts';
import type { MergeHead, MergeLine } from './schema.ts';
import { known, knownRoutes, type RuleContext } from './rules.ts';

/** Which checklists are merged into summaries, or counted in statistics alone, and by what they are alike. */
export interface AggregationRule extends Dated, Provenance {
  readonly movement: string;
  /** Empty for every route, and for every procedure. */
  readonly routes: readonly string[];
  readonly procedures: readonly string[];
  readonly as: 'summary' | 'statistics';
  readonly head: readonly MergeHead[];
  readonly line: readonly MergeLine[];
  /** So many digits of a commodity code are looked at. */
  readonly digits: number;
  /** The value that says by which day of the following month the summary is due. */
  readonly due: string | null;
  /** The month in which a correction counts: the one in which it became known, or that of what it corrects. */
  readonly corrections: 'known' | 'origin';
}

const digitsMax = 10;

/** The rules by which checklists are merged: those of a parent first, each with what it leaves out filled in. */
export function aggregationRules(context: RuleContext, routes: readonly Route[]): AggregationRule[] {
  return overlay(context.layers, 'aggregation.json', (topics) => topics['aggregation.json']).map(
    (placed): AggregationRule => {
      const { entry } = placed;
      known(context, placed, 'due', entry.due, 'count');
      if (entry.as === 'summary')
        for (const member of ['head', 'line', 'due'] as const)
          if (entry[member] === undefined)
            context.problems.add(
              placed.file,
              placed.pointer,
              `a summary declaration needs ${member}`,
              'say by which fields of checklist and goods they are merged, and which value holds the day they are due',
            );
      return {
        ...context.provenance(placed, `aggregation.${entry.id}`, entry.source),
        ...period(context.problems, placed, entry),
        movement: entry.movement,
        routes: knownRoutes(context, placed, routes, entry.routes),
        procedures: entry.procedures ?? [],
        as: entry.as,
        head: entry.head ?? [],
        line: entry.line ?? [],
        digits: entry.digits ?? digitsMax,
        due: entry.due ?? null,
        corrections: entry.corrections ?? 'known',
      };
    },
  );
}

/** How checklists of one kind are merged, as another module reads it. */
export interface Aggregation {
  /** Without its topic: `monthly-export`. */
  readonly id: string;
  readonly as: 'summary' | 'statistics';
  readonly head: readonly MergeHead[];
  readonly line: readonly MergeLine[];
  readonly digits: number;
  readonly corrections: 'known' | 'origin';
}

/** What decides under which rule a checklist is merged. */
export interface Aggregated {
  readonly movement: string;
  readonly route: string | null;
  readonly procedure: string | null;
}

const concerns = (rule: AggregationRule, { movement, route, procedure }: Aggregated): boolean =>
  rule.movement === movement &&
  (rule.routes.length === 0 || (route !== null && rule.routes.includes(route))) &&
  (rule.procedures.length === 0 || (procedure !== null && rule.procedures.includes(procedure)));

/** The first rule that is law on this day for such a checklist; undefined where it is not merged at all. */
export function aggregationFor(pack: Pack, on: Day, of: Aggregated): Aggregation | undefined {
  const rule = pack.program.aggregations.find((one) => covers(one, on) && concerns(one, of));
  if (rule === undefined) return undefined;
  const { as, head, line, digits, corrections } = rule;
  return { id: shortId(rule.id), as, head, line, digits, corrections };
}

/** The rules that are law on a day, with the day of the following month by which each of their summaries is due. */
export const aggregationsInForce = (
  pack: Pack,
  on: Day,
): { id: string; as: 'summary' | 'statistics'; movement: string; dueDay: number | null; source: string }[] =>
  pack.program.aggregations
    .filter((rule) => covers(rule, on))
    .map((rule) => {
      const day = rule.due === null ? undefined : viewOf(pack, on, null).values.get(rule.due)?.text;
      const dueDay = day === undefined ? null : Number(day);
      return { id: shortId(rule.id), as: rule.as, movement: rule.movement, dueDay, source: rule.source };
    });

/** The commodity code that a word of the short list stands for on this day; null where it is none. */
export const commodityOf = (pack: Pack, on: Day, zone: string | null, category: string): string | null =>
  viewOf(pack, on, zone).categories.get(category)?.commodity ?? null;
