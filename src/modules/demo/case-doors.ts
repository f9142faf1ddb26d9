import type { Context } from '#platform/context.ts';
import { type CaseRow, type QueueFilter, queue, sweep } from '#modules/cases/index.ts';

const pageSize = 100;
const pagesMax = 20;

/** The open cases of a queue, the oldest first, page by page; at most two thousand. */
export async function* caseQueue(context: Context, filter: QueueFilter = {}): AsyncGenerator<CaseRow> {
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const asked = { ...filter, size: pageSize, ...(after === undefined ? {} : { after }) };
    const { cases, next } = await queue(context.db, asked, context.clock.instant());
    yield* cases;
    if (next === null) return;
    after = next;
  }
}

/** The oldest open case of a queue that fits; undefined when none does. */
export async function firstCase(
  context: Context,
  filter: QueueFilter,
  fits: (one: CaseRow) => boolean = () => true,
): Promise<string | undefined> {
  for await (const one of caseQueue(context, filter)) if (fits(one)) return one.id;
  return undefined;
}

/** Lets every deadline fall that is due by the legal clock. */
export const sweepDeadlines = (context: Context): Promise<number> => sweep(context);
