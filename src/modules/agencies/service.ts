import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { type CaseRow, queue } from '#modules/cases/index.ts';
import { ageBands, agedMax } from './model.ts';

const dayMs = 86_400_000;

/** How old the open cases of a desk are: a count for each band, and whether every case was looked at. */
export async function agesOf(context: Context, desk: string): Promise<{ counts: number[]; whole: boolean }> {
  const now = context.clock.now();
  const counts = ageBands.map(() => 0);
  let after: string | undefined;
  for (let seen = 0; seen < agedMax; seen += 100) {
    const page = await queue(
      context.db,
      { desk, size: 100, ...(after === undefined ? {} : { after }) },
      context.clock.instant(),
    );
    for (const one of page.cases) {
      const band = bandOf(now, one);
      counts[band] = (counts[band] ?? 0) + 1;
    }
    if (page.next === null) return { counts, whole: true };
    after = page.next;
  }
  return { counts, whole: false };
}

const bandOf = (now: number, { opened }: CaseRow): number => {
  const days = (now - msOfInstant(opened)) / dayMs;
  return Math.max(
    0,
    ageBands.findLastIndex((from) => days >= from),
  );
};
