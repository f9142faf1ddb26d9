import type { Difference, Kind, Side } from './diff-model.ts';
import type { ValueShape } from './schema.ts';

type Row = ValueShape['values'][number];

/** The row that is law on a day; announced ones never are. */
function rowOn(rows: readonly Row[], on: string): Row | undefined {
  const row = rows.findLast((one) => one.status === undefined && one.from <= on);
  return row?.until !== undefined && row.until <= on ? undefined : row;
}

const sorted = (rows: readonly Row[] = []): Row[] => rows.toSorted((a, b) => (a.from < b.from ? -1 : 1));

interface ValueAt {
  readonly id: string;
  readonly unit: string;
  readonly zone?: string;
}

/** The days on which a value is another one, each stretch once. */
function stretches(at: ValueAt, before: readonly Row[], after: readonly Row[], to: Side): Difference[] {
  const law = [...before, ...after].filter((one) => one.status === undefined);
  const days = [...new Set(law.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until])))].sort();
  const found: (Difference & { until: string | null })[] = [];
  for (const [place, from] of days.entries()) {
    const [was, becomes] = [rowOn(before, from), rowOn(after, from)];
    if (was?.value === becomes?.value) continue;
    const until = days[place + 1] ?? null;
    const last = found.at(-1);
    if (last?.until === from && last.was === (was?.value ?? null) && last.becomes === (becomes?.value ?? null)) {
      found[found.length - 1] = { ...last, until };
      continue;
    }
    found.push({
      topic: 'values',
      kind: was === undefined ? 'added' : becomes === undefined ? 'removed' : 'changed',
      ...at,
      from,
      until,
      was: was?.value ?? null,
      becomes: becomes?.value ?? null,
      ...(becomes === undefined ? {} : { source: to.cited(becomes.source) }),
    });
  }
  return found;
}

/** What is announced and was not, or no longer is; and figures that stand as before on another source. */
function besides(at: ValueAt, before: readonly Row[], after: readonly Row[], [from, to]: [Side, Side]): Difference[] {
  const announced = (rows: readonly Row[]): Row[] => rows.filter((one) => one.status === 'announced');
  const lacks = (rows: readonly Row[], { from: day, value }: Row): boolean =>
    !rows.some((one) => one.from === day && one.value === value);
  const told = (row: Row, kind: Kind): Difference => ({
    topic: 'values',
    kind,
    ...at,
    announced: true,
    from: row.from,
    until: null,
    was: kind === 'removed' ? row.value : null,
    becomes: kind === 'added' ? row.value : null,
  });
  const resourced = after.flatMap((row): Difference[] => {
    const old = before.find((one) => one.from === row.from && one.value === row.value && one.status === row.status);
    if (old === undefined || from.cited(old.source) === to.cited(row.source)) return [];
    const source = to.cited(row.source);
    return [{ topic: 'values', kind: 'changed', ...at, from: row.from, members: ['source'], source }];
  });
  return [
    ...announced(after).flatMap((row) => (lacks(announced(before), row) ? [told(row, 'added')] : [])),
    ...announced(before).flatMap((row) => (lacks(announced(after), row) ? [told(row, 'removed')] : [])),
    ...resourced,
  ];
}

type Values = Readonly<Record<string, ValueShape>> | undefined;

/** What differs in the values of a pack, or in those of one of its zones. */
export function valuesDiffer(before: Values, after: Values, sides: [Side, Side], zone?: string): Difference[] {
  const ids = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return ids.flatMap((id) => {
    const [old, now] = [before?.[id], after?.[id]];
    const at = { id, unit: (now ?? old)?.unit ?? '', ...(zone === undefined ? {} : { zone }) };
    const [were, are] = [sorted(old?.values), sorted(now?.values)];
    return [...stretches(at, were, are, sides[1]), ...besides(at, were, are, sides)];
  });
}
