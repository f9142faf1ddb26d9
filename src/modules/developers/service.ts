import { ok, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { keyOf } from '#modules/parties/index.ts';
import type { Logged } from './model.ts';
import * as store from './store.ts';

/** A page of the log of a key, and the request after which the next one begins. */
export interface RequestPage {
  readonly requests: readonly Logged[];
  readonly next: string | null;
}

/** What a key of one's own party asked for, the latest first. */
export async function requestLog(
  context: Context,
  principal: Principal,
  client: string,
  before: string | null,
  limit: number,
): Promise<Result<RequestPage>> {
  const key = keyOf(context, principal, client);
  if (!key.ok) return key;
  const found = await store.requestsOf(context.db, client, before, limit + 1);
  const requests = found.slice(0, limit);
  return ok({ requests, next: found.length > limit ? (requests.at(-1)?.request ?? null) : null });
}
