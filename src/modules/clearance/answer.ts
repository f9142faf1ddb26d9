import { checkText } from '#kernel/check.ts';
import { type Answer, statusOf } from './model.ts';
import { briefOf, waitingAnswer } from './read.ts';
import { type Item, waitingRow } from './rows.ts';

/** The JSON of determinations whose text was written when they were decided. */
const briefs = new WeakMap<Answer, string>();

/** What is answered for a parcel that was decided now. */
export function answerFor(item: Item): Answer {
  const { decision, determination, brief } = item.review!;
  if (decision.outcome === 'waiting') {
    const row = waitingRow(item);
    return waitingAnswer({ ...row, declaration: item.submission.body.declaration.id });
  }
  const answer: Answer = {
    id: item.id,
    declaration: item.submission.body.declaration.id,
    version: 1,
    status: statusOf[decision.outcome],
    received: item.received,
    secured: item.secured,
    decision,
    determination: briefOf(determination),
  };
  briefs.set(answer, brief);
  return answer;
}

/**
 * An answer as JSON, as a view lets it out to whoever sees all of it; what many parcels share is not written again. One
 * that waits for slips has no determination yet.
 */
export function answerText(answer: Answer): string {
  const { decision, determination, ...head } = answer;
  const { outcome, checks, ...rest } = decision;
  const brief = briefs.get(answer) ?? JSON.stringify(determination);
  const decided = `{"outcome":"${outcome}","checks":[${checks.map(checkText).join()}],${JSON.stringify(rest).slice(1)}`;
  const determined = determination === null ? '' : `,"determination":${brief}`;
  return `${JSON.stringify(head).slice(0, -1)},"decision":${decided}${determined}}`;
}
