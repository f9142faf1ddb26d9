import { ok, refuse, type Catalogue, type Result } from './result.ts';

/** What may happen, as data: for each state, the actions it allows and the state each leads to. */
export type Lifecycle<S extends string, A extends string> = Readonly<Record<S, Readonly<Partial<Record<A, S>>>>>;

/** The refusal of `next`. */
export const lifecycleRefusals = {
  'lifecycle/move-not-allowed': { status: 409, title: 'This step is not possible in this state' },
} as const satisfies Catalogue;

/** The state after one action, or the refusal that names state and action. */
export function next<S extends string, A extends string>(moves: Lifecycle<S, A>, state: S, action: A): Result<S> {
  const row: Readonly<Partial<Record<A, S>>> | undefined = Object.hasOwn(moves, state) ? moves[state] : undefined;
  const to = row !== undefined && Object.hasOwn(row, action) ? row[action] : undefined;
  return to === undefined ? refuse('lifecycle/move-not-allowed', { params: { state, action } }) : ok(to);
}

/** The state after recorded actions; throws on a move that was never legal, since then the record is not ours. */
export function replay<S extends string, A extends string>(moves: Lifecycle<S, A>, first: S, actions: readonly A[]): S {
  let state = first;
  for (const action of actions) {
    const step = next(moves, state, action);
    if (!step.ok) throw new Error(`the record holds ${action}, which ${state} does not allow`);
    state = step.value;
  }
  return state;
}

/** The actions that a state allows, in the order of the table. */
export const allowed = <S extends string, A extends string>(moves: Lifecycle<S, A>, state: S): string[] =>
  Object.keys(moves[state]);
