import { csvText } from '#portal/csv.ts';
import type { SeenReplay } from './replay.ts';
import type { ReplayResult, Revenue } from './replay-result.ts';

const heads = ['part', 'from', 'to', 'parcels', 'changed', 'currency', 'before', 'after', 'difference'] as const;
type Row = Readonly<Partial<Record<(typeof heads)[number], string | number | null>>>;

/** What is charged, as far as the reader sees it. */
const charged = ({ before, after, difference }: Partial<Revenue>): Row => ({
  currency: before?.currency ?? null,
  before: before?.amount ?? null,
  after: after?.amount ?? null,
  difference: difference?.amount ?? null,
});

function rowsOf(result: Partial<ReplayResult>): Row[] {
  const { parcels, changed, revenue, undecided, leftOut } = result;
  const pairs = (['outcomes', 'routes', 'desks'] as const).flatMap((part) =>
    (result[part] ?? []).map((one): Row => ({ part, from: one.from, to: one.to, ...group(one) })),
  );
  return [
    { part: 'all', parcels: parcels ?? null, changed: changed ?? null, ...charged(revenue ?? {}) },
    { part: 'filed-again', ...group(result.filedAgain ?? {}) },
    ...pairs,
    ...(result.charges ?? []).map((one): Row => ({ part: 'charges', from: one.id, to: one.collect, ...group(one) })),
    ...(result.countries ?? []).map((one): Row => ({ part: 'countries', from: one.country, ...group(one) })),
    ...(result.sellers ?? []).map((one): Row => ({ part: 'sellers', from: one.from, to: one.until, ...group(one) })),
    ...(undecided?.missing ?? []).map(
      ({ fact, before, after }): Row => ({ part: 'undecided', from: fact, before, after, difference: after - before }),
    ),
    { part: 'left-out', from: 'cancelled', parcels: leftOut?.cancelled ?? null },
    { part: 'left-out', from: 'waiting', parcels: leftOut?.waiting ?? null },
    ...(leftOut?.archived ?? []).map(({ day, parcels: many }): Row => ({ part: 'left-out', from: day, parcels: many })),
  ];
}

const group = (one: Partial<Revenue> & { parcels?: number; changed?: number }): Row => ({
  parcels: one.parcels ?? null,
  changed: one.changed ?? null,
  ...charged(one),
});

/** A result as comma-separated values: one row a figure, amounts exact. */
export const csvOf = ({ result }: SeenReplay): string => csvText(heads, rowsOf(result ?? {}));
