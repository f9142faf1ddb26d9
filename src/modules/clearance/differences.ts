import type { Consignment } from '#modules/rulebook/index.ts';

/** Something that two values say otherwise, by its JSON pointer. */
export interface Difference {
  readonly pointer: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Everything that two values say otherwise, member by member; what stands in one of them alone is told whole. */
export function* differences(before: unknown, after: unknown, pointer = ''): Generator<Difference> {
  if (Object.is(before, after)) return;
  const both = typeof before === 'object' && typeof after === 'object' && before !== null && after !== null;
  if (!both || Array.isArray(before) !== Array.isArray(after)) {
    yield { pointer: pointer === '' ? '/' : pointer, before, after };
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
    yield* differences(
      (before as Record<string, unknown>)[key],
      (after as Record<string, unknown>)[key],
      `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    );
}

/** The first difference between two submissions under one key, as a JSON pointer; undefined when they say the same. */
export const firstDifference = (left: unknown, right: unknown): string | undefined =>
  differences(left, right).next().value?.pointer;

/** Whether a later submission only adds slips to an earlier one that waits for them. */
export function onlyAddsSlips(earlier: Consignment, later: Consignment): boolean {
  if (firstDifference(earlier.declaration, later.declaration)) return false;
  return (['orders', 'payments', 'transports'] as const).every((slip) => {
    const before = earlier[slip] ?? [];
    const after = later[slip] ?? [];
    return before.every((one, index) => firstDifference(one, after[index]) === undefined);
  });
}
