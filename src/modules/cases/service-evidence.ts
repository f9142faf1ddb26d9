import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { type CaseRow, type Facts, recordOf } from './model.ts';
import { caseOf, plain, rightsOf, whoOf } from './service.ts';
import * as store from './store.ts';

/**
 * Puts what somebody brought into a case, in his words: it stays where it is, open or closed, and whoever saw it before
 * is told that it changed. `kind` says what was brought; the caller knows its words.
 */
export async function addEvidence(
  context: Context,
  tx: Tx,
  principal: Principal,
  what: { case: string; kind: string; note: string; details?: Facts },
): Promise<Result<CaseRow>> {
  const [one] = await store.casesOf(tx, [what.case], true);
  if (one === undefined || !may(principal, rightsOf(one).read, recordOf(one))) return refuse('cases/not-found');
  if (!may(principal, 'case.answer', recordOf(one))) return refuse('cases/not-yours', { params: { move: 'evidence' } });
  const { kind, note } = what;
  const step = { ...plain, note, details: { ...what.details, kind }, case: one.id, move: 'evidence', to: one.state };
  await store.record(tx, whoOf(context, principal, 'party'), step);
  return ok((await caseOf(tx, one.id))!);
}
