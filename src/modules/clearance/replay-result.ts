import type { Outcome } from '#kernel/check.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Amount } from '#modules/rulebook/index.ts';
import type { Cell, Sums } from './replay-tally.ts';

/** What is charged under the law in force and under the draft, and the difference between the two. */
export interface Revenue {
  readonly before: Amount;
  readonly after: Amount;
  readonly difference: Amount;
}

/** Parcels that are alike in something, and how many of them the draft changes. */
export interface Group extends Revenue {
  readonly parcels: number;
  readonly changed: number;
}

/** Parcels that come out one way under the law in force and one way, the same or another, under the draft. */
export interface Pair<T extends string> extends Revenue {
  readonly from: T | null;
  readonly to: T | null;
  readonly parcels: number;
  readonly changed: number;
}

/** Sellers with so many parcels in the period: how many there are, and for how many of them more or less is charged. */
export interface Band extends Group {
  readonly from: number;
  /** The first number that is too many; null where none is. */
  readonly until: number | null;
  readonly sellers: number;
  readonly affected: number;
  readonly more: number;
  readonly less: number;
}

/** What a replay came to. */
export interface ReplayResult {
  readonly parcels: number;
  readonly changed: number;
  readonly revenue: Revenue;
  /**
   * The same, with parcels that another route is required for taken as filed again under that route: how many of these
   * there are under one of the two laws, and what is charged for all parcels then.
   */
  readonly filedAgain: Revenue & { readonly parcels: number };
  readonly outcomes: readonly Pair<Outcome>[];
  readonly routes: readonly Pair<string>[];
  readonly desks: readonly Pair<string>[];
  readonly charges: readonly (Group & { readonly id: string; readonly collect: string })[];
  /** By country of dispatch; `null` where none was named, `*` for those with too few parcels to be told apart. */
  readonly countries: readonly (Group & { readonly country: string | null })[];
  /** Empty where there are too few sellers to speak of without naming them. */
  readonly sellers: readonly Band[];
  readonly undecided: {
    readonly before: number;
    readonly after: number;
    readonly missing: readonly { readonly fact: string; readonly before: number; readonly after: number }[];
  };
  /** Parcels decided on figures of counted accounts, which stay as they were claimed. */
  readonly claimed: { readonly parcels: number; readonly changed: number };
  /** Parcels whose accepted figures are an officer's. */
  readonly byOfficer: number;
  /** Parcels that the law in force decides otherwise than they were decided then, whatever the draft says. */
  readonly decidedOtherwise: number;
  readonly leftOut: {
    readonly cancelled: number;
    /** Without a decision, since slips of them have not come: nothing was claimed for these, and nobody screened. */
    readonly waiting: number;
    readonly archived: readonly { readonly day: string; readonly parcels: number }[];
  };
  readonly examples: readonly {
    readonly from: Outcome;
    readonly to: Outcome;
    readonly handles: readonly string[];
  }[];
}

/** Fewer of a kind than this are not told apart. */
export const fewest = 5;

/** How many parcels a seller has in the period, from so many on. */
const bandEdges = [1, 10, 100, 1_000] as const;

type Of = readonly (string | null)[];

const cellsOf = (sums: Sums, kind: string): { of: Of; cell: Cell }[] =>
  [...sums.cells].flatMap(([key, cell]) => {
    const [one, ...of] = JSON.parse(key) as [string, ...Of];
    return one === kind ? [{ of, cell }] : [];
  });

const noCell: Cell = { parcels: 0, changed: 0, before: 0n, after: 0n };
const cellOf = (sums: Sums, kind: string): Cell => cellsOf(sums, kind)[0]?.cell ?? noCell;

const added = (cells: readonly Cell[]): Cell => {
  const sum = { ...noCell };
  for (const { parcels, changed, before, after } of cells) {
    sum.parcels += parcels;
    sum.changed += changed;
    sum.before += before;
    sum.after += after;
  }
  return sum;
};

function groupOf(currency: string, { parcels, changed, before, after }: Cell): Group {
  const amount = (minor: bigint): Amount => formatMoney({ currency, minor });
  return { parcels, changed, before: amount(before), after: amount(after), difference: amount(after - before) };
}

const byCell = (a: { cell: Cell }, b: { cell: Cell }): number =>
  b.cell.changed - a.cell.changed || b.cell.parcels - a.cell.parcels;

/** Pairs, those that differ first; equally many in the order of their names, so that the same is written the same. */
function pairsOf<T extends string>(sums: Sums, kind: string, currency: string): Pair<T>[] {
  const pairs = cellsOf(sums, kind).map(({ of: [from = null, to = null], cell }) => ({
    from: from as T | null,
    to: to as T | null,
    ...groupOf(currency, cell),
  }));
  const name = (pair: Pair<T>): string => `${pair.from} ${pair.to}`;
  return pairs.sort(
    (a, b) =>
      Number(a.from === a.to) - Number(b.from === b.to) || b.parcels - a.parcels || (name(a) < name(b) ? -1 : 1),
  );
}

/**
 * Countries, those with too few parcels put together: and where these together are still too few, with the smallest of
 * the others.
 */
function countriesOf(sums: Sums, currency: string): ReplayResult['countries'] {
  const all = cellsOf(sums, 'country').sort(
    (a, b) => a.cell.parcels - b.cell.parcels || (String(a.of[0]) < String(b.of[0]) ? -1 : 1),
  );
  let merged = 0;
  let many = 0;
  while (merged < all.length && (all[merged]!.cell.parcels < fewest || (many > 0 && many < fewest))) {
    many += all[merged]!.cell.parcels;
    merged += 1;
  }
  const apart = all.slice(merged).sort(byCell);
  const shown = apart.map(({ of, cell }) => ({ country: of[0] ?? null, ...groupOf(currency, cell) }));
  const rest = { country: '*', ...groupOf(currency, added(all.slice(0, merged).map(({ cell }) => cell))) };
  return merged === 0 ? shown : [...shown, rest];
}

interface Sellers {
  from: number;
  until: number | null;
  readonly cells: Cell[];
}

/** Sellers by how many parcels each has; a band with too few of them joins the one below it, or the one above. */
function sellersOf(sums: Sums, currency: string): Band[] {
  const cells = cellsOf(sums, 'seller').map(({ cell }) => cell);
  if (cells.length < fewest) return [];
  const bands: Sellers[] = [];
  for (const [index, from] of bandEdges.entries()) {
    const until = bandEdges[index + 1] ?? null;
    const here = cells.filter(({ parcels }) => parcels >= from && (until === null || parcels < until));
    const below = bands.at(-1);
    if (below !== undefined && (here.length < fewest || below.cells.length < fewest)) {
      below.cells.push(...here);
      below.until = until;
    } else bands.push({ from, until, cells: here });
  }
  return bands.map(({ from, until, cells: own }) => ({
    from,
    until,
    sellers: own.length,
    affected: own.filter(({ changed }) => changed > 0).length,
    more: own.filter(({ before, after }) => after > before).length,
    less: own.filter(({ before, after }) => after < before).length,
    ...groupOf(currency, added(own)),
  }));
}

function undecidedOf(sums: Sums): ReplayResult['undecided'] {
  const facts = new Map<string, { before: number; after: number }>();
  for (const side of ['before', 'after'] as const)
    for (const { of, cell } of cellsOf(sums, `missing-${side}`)) {
      const fact = of[0] ?? '';
      facts.set(fact, { ...(facts.get(fact) ?? { before: 0, after: 0 }), [side]: cell.parcels });
    }
  const outcomes = cellsOf(sums, 'outcome');
  const total = (at: 0 | 1): number =>
    outcomes.reduce((sum, { of, cell }) => sum + (of[at] === 'cannot-decide' ? cell.parcels : 0), 0);
  const missing = [...facts].map(([fact, counts]) => ({ fact, ...counts }));
  missing.sort((a, b) => b.after - a.after || b.before - a.before || (a.fact < b.fact ? -1 : 1));
  return { before: total(0), after: total(1), missing };
}

function examplesOf(sums: Sums): ReplayResult['examples'] {
  const examples = [...sums.examples].map(([key, some]) => {
    const [, from, to] = JSON.parse(key) as [string, Outcome, Outcome];
    return { from, to, handles: some.map(({ handle }) => handle) };
  });
  return examples.sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
}

/** What was summed up, as it is shown: sellers by bands, small groups put together, nobody named. */
export function resultOf(
  sums: Sums,
  currency: string,
  archived: readonly { readonly day: string; readonly parcels: bigint }[],
): ReplayResult {
  const all = groupOf(currency, cellOf(sums, 'all'));
  const { before, after, difference } = all;
  const claimed = cellOf(sums, 'claimed');
  const again = groupOf(currency, { ...cellOf(sums, 'again'), parcels: cellOf(sums, 'other-route').parcels });
  const charges = cellsOf(sums, 'charge').sort(byCell);
  return {
    parcels: all.parcels,
    changed: all.changed,
    revenue: { before, after, difference },
    filedAgain: { parcels: again.parcels, before: again.before, after: again.after, difference: again.difference },
    outcomes: pairsOf<Outcome>(sums, 'outcome', currency),
    routes: pairsOf(sums, 'route', currency),
    desks: pairsOf(sums, 'desk', currency),
    charges: charges.map(({ of: [id, collect, unit], cell }) => ({
      id: id ?? '',
      collect: collect ?? '',
      ...groupOf(unit ?? currency, cell),
    })),
    countries: countriesOf(sums, currency),
    sellers: sellersOf(sums, currency),
    undecided: undecidedOf(sums),
    claimed: { parcels: claimed.parcels, changed: claimed.changed },
    byOfficer: cellOf(sums, 'by-officer').parcels,
    decidedOtherwise: cellOf(sums, 'decided-otherwise').parcels,
    leftOut: {
      cancelled: cellOf(sums, 'cancelled').parcels,
      waiting: cellOf(sums, 'waiting').parcels,
      archived: archived.map(({ day, parcels }) => ({ day, parcels: Number(parcels) })),
    },
    examples: examplesOf(sums),
  };
}
