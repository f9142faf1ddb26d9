import type { Posted } from '#platform/outbound.ts';
import { attemptsMax, parkedInRowMax } from './model.ts';

/** What comes of an attempt. */
export type Verdict =
  | { readonly is: 'delivered' }
  | { readonly is: 'again'; readonly afterMs: number }
  | { readonly is: 'parked'; readonly pause: boolean }
  | { readonly is: 'gone' };

const firstMs = 5_000;
const factor = 4;
const longestMs = 6 * 3_600_000;

/**
 * How long to wait after so many attempts: 5 s, 20 s, 80 s … at most 6 h, of which between a half and the whole by
 * chance, so that receivers that failed together are not all asked again together. `random` is within [0, 1).
 */
export function backoffMs(attempts: number, random: number): number {
  const whole = Math.min(firstMs * factor ** (attempts - 1), longestMs);
  return Math.round(whole / 2 + (whole / 2) * random);
}

/** Whether a receiver took a message: any status of success (Standard Webhooks, RFC 9110 §15.3). */
export const isTaken = (posted: Posted): boolean => posted.answered && posted.status >= 200 && posted.status < 300;

/**
 * What to do after an attempt. 410 says that nobody is there any more. Whoever asks for time by `Retry-After` gets it,
 * up to the longest wait. After the last attempt a batch is parked; several parked in a row pause the webhook, since
 * its receiver is away and not stumbling over one batch.
 */
export function verdict(
  posted: Posted,
  so: { readonly attempts: number; readonly parkedInRow: number },
  random: number,
): Verdict {
  if (isTaken(posted)) return { is: 'delivered' };
  if (posted.answered && posted.status === 410) return { is: 'gone' };
  if (so.attempts >= attemptsMax) return { is: 'parked', pause: so.parkedInRow + 1 >= parkedInRowMax };
  const asked = (posted.answered && posted.retryAfterMs) || 0;
  return { is: 'again', afterMs: Math.max(backoffMs(so.attempts, random), Math.min(asked, longestMs)) };
}

const shownMax = 500;

/** What is kept of an answer, for whoever looks why a batch did not arrive. */
export const answerText = (posted: Posted): string =>
  posted.answered ? `${posted.status} ${posted.body}`.trim().slice(0, shownMax) : posted.why;
