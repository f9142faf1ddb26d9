import { canonicalText } from '#kernel/canonical.ts';
import { readLayer } from './layers.ts';
import type { PackSource } from './model.ts';
import { Problems } from './problems.ts';
import type { CitedShape, Topics, ZoneShape } from './schema.ts';

/** What can differ between two versions of a pack, in the order in which it is told. */
export const differenceTopics = [
  'values',
  'tables',
  'routes',
  'charges',
  'checks',
  'deadlines',
  'obligations',
  'accounts',
  'amounts',
  'slips',
  'categories',
  'exchange',
  'aggregation',
  'zones',
  'pack',
  'sources',
  'supplements',
  'words',
  'examples',
] as const;
export type DifferenceTopic = (typeof differenceTopics)[number];

export type Kind = 'added' | 'removed' | 'changed';

/** One row of a table that differs: its key, its first day, and its cells before and after. */
export interface RowDifference {
  readonly kind: Kind;
  readonly key: string;
  readonly from: string;
  readonly was: Readonly<Record<string, string>> | null;
  readonly becomes: Readonly<Record<string, string>> | null;
}

/** One thing in which a version of a pack differs from another. */
export interface Difference {
  readonly topic: DifferenceTopic;
  readonly kind: Kind;
  /** The id of the value, the rule, the table; the language of words; the name of an example. */
  readonly id: string;
  /** The zone whose own value it is. */
  readonly zone?: string;
  readonly unit?: string;
  /** Of values the days on which they differ, of a rule its first day; `until` is null where it has no end. */
  readonly from?: string;
  readonly until?: string | null;
  readonly was?: string | null;
  readonly becomes?: string | null;
  /** It is about a value that is only announced. */
  readonly announced?: true;
  /** The law that the new figure, or the new rule, rests on. */
  readonly source?: string;
  /** The members of a rule that differ. */
  readonly members?: readonly string[];
  /** How many rows of a table, or words of a language, differ. */
  readonly counts?: Readonly<Record<Kind, number>>;
  /** The first of those rows. */
  readonly rows?: readonly RowDifference[];
}

/** How many rows of one table are listed; the counts are always whole. */
export const rowsListed = 200;

/** One of the two versions, read as far as it can be read. */
export interface Side {
  readonly source: PackSource;
  readonly topics: Topics;
  readonly zones: Readonly<Record<string, ZoneShape>>;
  readonly words: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A citation in words. */
  readonly cited: (source: CitedShape) => string;
}

/** Reads a version for a comparison. */
export function sideOf(source: PackSource): Side {
  const { topics, zones, words, sources } = readLayer(source, new Problems([source]));
  const byId = Object.fromEntries(Object.values(zones).map((zone) => [zone.id, zone]));
  const cited = ({ law, article }: CitedShape): string =>
    `${sources[law]?.title ?? law}${article === undefined ? '' : `, ${article}`}`;
  return { source, topics, zones: byId, words, cited };
}

/** Whether two pieces of JSON say the same. */
export const same = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);
/** A piece of JSON in its canonical text. */
export const textOf = (value: unknown): string | null => (value === undefined ? null : canonicalText(value));
