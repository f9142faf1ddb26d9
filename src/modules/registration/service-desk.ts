import { refuse, ok, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Upload } from '#platform/uploads.ts';
import { act, actAll, type Reasons, reverse } from '#modules/cases/index.ts';
import { attachAll, caseOf, readable } from './service.ts';
import * as store from './store.ts';
import { inOne, publishing } from './whole.ts';

/** A step of the desk: approve, refuse, or take that back with reasons, or ask for more. */
export interface Step {
  readonly move: 'approve' | 'refuse' | 'ask' | 'reverse';
  readonly stamp: number;
  readonly decision?: Reasons;
  readonly note?: string;
}

export async function decideRegistration(
  context: Context,
  principal: Principal,
  id: string,
  { move, stamp, decision, note }: Step,
): Promise<Result<{ state: string }>> {
  const row = await readable(context.db, principal, id);
  if (!row.ok) return row;
  return publishing(context, async (tx) => {
    const one = await caseOf(tx, id);
    if (one === undefined) return refuse('registration/not-found');
    if (move === 'ask' && (note ?? '').trim() === '') return refuse('parties/field-missing', { pointer: '/note' });
    const reasons = decision ?? { ground: '', reason: '', remedy: '' };
    const done =
      move === 'reverse'
        ? await reverse(context, tx, principal, { case: one.id, stamp, decision: reasons })
        : await act(context, tx, principal, {
            case: one.id,
            move,
            stamp,
            ...(move === 'ask' ? {} : { decision: reasons }),
            ...(note ? { note } : {}),
          });
    if (!done.ok) return done;
    if (move === 'ask') await store.setState(tx, id, 'asked', null);
    return ok({ state: done.value.state });
  });
}

/** What whoever asked says to the desk's question, with further papers. */
export async function answerQuestion(
  context: Context,
  principal: Principal,
  id: string,
  given: { note: string; files: readonly Upload[] },
): Promise<Result<{ state: string }>> {
  const row = await readable(context.db, principal, id);
  if (!row.ok) return row;
  if (row.value.person !== principal.subject) return refuse('registration/not-found');
  if (given.note.trim() === '') return refuse('parties/field-missing', { pointer: '/note' });
  return inOne(context, async (tx) => {
    const one = await caseOf(tx, id);
    if (one?.state !== 'asked') return refuse('registration/no-question');
    const attached = await attachAll(context, tx, id, principal.subject, given.files);
    if (!attached.ok) return attached;
    const [done] = await actAll(context, tx, principal.subject, [{ case: one.id, move: 'answer', note: given.note }]);
    if (done?.ok !== true) return done ?? refuse('registration/no-question');
    await store.setState(tx, id, 'open', null);
    return ok({ state: 'open' });
  });
}
