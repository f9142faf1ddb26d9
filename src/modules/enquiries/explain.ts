import type { Check, Decision } from '#kernel/check.ts';
import type { ParcelView } from '#modules/clearance/index.ts';
import type { Explanation, Spoke } from './model.ts';

/** The beginnings of check ids by which purpose, data and way of working are told; all else is the pack's law. */
const sorts: readonly (readonly [string, Spoke['sort']])[] = [
  ['route', 'route'],
  ['match.', 'match'],
  ['risk/watch', 'watch'],
  ['risk/', 'names'],
  ['parties/', 'parties'],
  ['slip/', 'slip'],
];

function spokeOf({ id, reason, params, source, missing }: Check): Spoke {
  const sort = sorts.find(([start]) => id.startsWith(start))?.[1] ?? 'law';
  // Which rule of attention it was, and what it looks for, would teach others to avoid it.
  const kept = sort === 'watch' || sort === 'names';
  return { id: kept ? id.split('/', 2).join('/') : id, sort, reason, params: kept ? {} : params, source, missing };
}

/** What of a decision is told to whoever it is about: each check that failed or lacked something, out of how many. */
export function explanationOf({ decision, pack, packVersion }: ParcelView): Explanation {
  const { checks = [], automated = true, day = null } = (decision ?? {}) as Partial<Decision>;
  const spoke = checks.filter(({ result }) => result === 'failed' || result === 'unknown').map(spokeOf);
  return { pack: pack ? `${pack} ${packVersion ?? ''}`.trim() : null, day, automated, questions: checks.length, spoke };
}
