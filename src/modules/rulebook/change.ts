import { day as parseDay, dayIn } from '#kernel/effective.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { type CaseRow, type Effect, type Procedure, restate, timelineOf } from '#modules/cases/index.ts';
import { approvalsOf, authorsOf, type ChangeFacts } from './change-model.ts';
import { isJson } from './facts.ts';
import type { Steering } from './steering.ts';
import { packsPart } from './service.ts';
import { currentVersion } from './store.ts';
import { draftById, forgetAdopted, noteAdopted } from './store-drafts.ts';

/** What a case of this procedure knows of itself; only this module opens one. */
export const factsOf = ({ facts }: Pick<CaseRow, 'facts'>): ChangeFacts => facts as unknown as ChangeFacts;

/**
 * The body that steers a pack, by the law in force now and not by that of the draft. Null where the pack names none, or
 * is not law of this window: another economy's authorities only happen to be called like ours.
 */
export function steeringFor(context: Context, pack: string): Steering | null {
  const { home, all } = context.reference.current().get(packsPart);
  return home.layers.some(({ id }) => id === pack) ? (all.get(pack)?.steering ?? null) : null;
}

type Judge = (tx: Tx, one: CaseRow, context: Context) => Promise<Refusal | undefined>;

async function firstRefusal(
  judges: readonly Judge[],
  tx: Tx,
  cases: readonly CaseRow[],
  context: Context,
): Promise<Refusal | undefined> {
  for (const one of cases) {
    for (const judge of judges) {
      const refused = await judge(tx, one, context);
      if (refused !== undefined) return refused;
    }
  }
  return undefined;
}

/** Only the authority that proposes goes on with its proposal. */
const ownProposal: Judge = async (_tx, one) =>
  one.decidedFor === factsOf(one).authority ? undefined : { code: 'rulebook/not-your-proposal' };

const steered: Judge = async (_tx, one, context) =>
  steeringFor(context, factsOf(one).pack) === null ? { code: 'rulebook/no-steering' } : undefined;

/** Whoever approves or proposes has before him what would become of the law in force, not of one that is past. */
const onTheBase: Judge = async (tx, one) => {
  const draft = await draftById(tx, one.id);
  const current = await currentVersion(tx, factsOf(one).pack);
  if (draft !== undefined && current?.hash === draft.baseHash) return undefined;
  return { code: 'rulebook/base-changed', params: { version: current?.version ?? '' } };
};

const stillToCome: Judge = async (_tx, one, context) => {
  const { inForceAt } = factsOf(one);
  return inForceAt !== null && inForceAt <= context.clock.instant()
    ? { code: 'rulebook/instant-passed', pointer: '/inForce' }
    : undefined;
};

const member: Judge = async (_tx, one, context) => {
  const steering = steeringFor(context, factsOf(one).pack);
  return one.decidedFor !== null && steering?.members.includes(one.decidedFor) === true
    ? undefined
    : { code: 'rulebook/not-a-member' };
};

/** A decision of the steering body stands under minutes: what was said, where it is kept, and when that was. */
const underMinutes: Judge = async (_tx, one, context) => {
  const minutes = isJson(one.details) && isJson(one.details['minutes']) ? one.details['minutes'] : {};
  for (const part of ['text', 'reference', 'on']) {
    const said = minutes[part];
    if (typeof said !== 'string' || said.trim() === '')
      return { code: 'rulebook/minutes-missing', pointer: `/minutes/${part}` };
  }
  const { home } = context.reference.current().get(packsPart);
  const on = parseDay(String(minutes['on']));
  return on === undefined || on > dayIn(context.clock.instant(), home.timeZone)
    ? { code: 'rulebook/minutes-day', pointer: '/minutes/on' }
    : undefined;
};

/** Two persons of two members, and none of those who wrote it; the one that completes the number adopts the change. */
const counted =
  (completes: boolean): Judge =>
  async (tx, one, context) => {
    const { moves } = await timelineOf(tx, one.id);
    if (authorsOf(one.openedBy, moves).has(one.decidedBy ?? '')) return { code: 'rulebook/proposer-approves' };
    const given = approvalsOf(moves);
    if (given.some(({ actor, authority }) => actor === one.decidedBy || authority === one.decidedFor))
      return { code: 'rulebook/approved-already' };
    const needed = steeringFor(context, factsOf(one).pack)?.approvals ?? Infinity;
    if (given.length + 1 >= needed === completes) return undefined;
    return { code: 'cases/move-not-allowed', params: { move: completes ? 'adopt' : 'approve', state: one.state } };
  };

/** A decision is taken back by whoever took it, as long as nothing came after it. */
const byWhoDecided: Judge = async (tx, one) => {
  const { moves } = await timelineOf(tx, one.id);
  return moves.at(-1)?.actor === one.decidedBy ? undefined : { code: 'rulebook/not-taken-back' };
};

/** The law in force is what the step says, or the step is not taken: only who publishes it can take it. */
const inForceIndeed: Judge = async (tx, one) => {
  const draft = await draftById(tx, one.id);
  const current = await currentVersion(tx, factsOf(one).pack);
  return draft !== undefined && current?.hash === draft.hash && current.change === one.id
    ? undefined
    : { code: 'cases/move-not-allowed', params: { move: 'enter-into-force', state: one.state } };
};

/** Law that was in force is never unmade by a step: going back is a change of law of its own, with its approvals. */
const never: Judge = async () => ({ code: 'rulebook/not-taken-back' });

type Doing = (tx: Tx, one: CaseRow) => Promise<void>;
const nothing: Doing = async () => undefined;

/** What a step does where its judges find nothing against it, and what taking it back does. */
interface Done {
  readonly judges: readonly Judge[];
  readonly does?: Doing;
  /** Who may take it back; nobody where it is left out. */
  readonly back?: readonly Judge[];
  readonly undoes?: Doing;
}

function step({ judges, does = nothing, back = [never], undoes = nothing }: Done): Effect {
  const run =
    (asked: readonly Judge[], doing: Doing): Effect['apply'] =>
    async (tx, cases, context) => {
      const refused = await firstRefusal(asked, tx, cases, context);
      if (refused === undefined) for (const one of cases) await doing(tx, one);
      return refused;
    };
  return { apply: run(judges, does), undo: run(back, undoes) };
}

/** What is proposed is published, and stays so. */
const published: Doing = (tx, one) => restate(tx, one.id, { proposed: true });
const awaited: Doing = (tx, one) => noteAdopted(tx, one.id, factsOf(one).inForceAt);
const noLongerAwaited: Doing = (tx, one) => forgetAdopted(tx, one.id);

const propose = { by: 'desk' as const, purpose: 'propose-law' };
const decide = { by: 'desk' as const, purpose: 'approve-law', decision: true };

/**
 * A change of law: drafted, proposed, approved by the steering body of the pack under its minutes, in force from the
 * stated moment on. Where another version came into force meanwhile it is overtaken and has to be drafted anew.
 */
export const changeOfLaw: Procedure = {
  name: 'change-of-law',
  version: 1,
  first: 'draft',
  moves: [
    { name: 'redraft', from: ['draft', 'under-review', 'overtaken'], to: 'draft', ...propose, effect: 'redraft' },
    { name: 'propose', from: ['draft'], to: 'under-review', ...propose, effect: 'propose' },
    {
      name: 'withdraw',
      from: ['draft', 'under-review', 'adopted', 'overtaken'],
      to: 'withdrawn',
      ...propose,
      effect: 'withdraw',
    },
    { name: 'approve', from: ['under-review'], to: 'under-review', ...decide, effect: 'approve' },
    { name: 'adopt', from: ['under-review'], to: 'adopted', ...decide, effect: 'adopt' },
    { name: 'refuse', from: ['under-review'], to: 'refused', ...decide, effect: 'refuse' },
    { name: 'overtake', from: ['adopted'], to: 'overtaken', by: 'system', effect: 'overtake' },
    {
      name: 'enter-into-force',
      from: ['adopted'],
      to: 'in-force',
      by: 'system',
      purpose: 'approve-law',
      decision: true,
      effect: 'enter-into-force',
      reasons: {
        ground: 'rulebook/ground-adopted',
        reason: 'rulebook/reason-moment-came',
        remedy: 'rulebook/remedy-propose-back',
      },
    },
  ],
  deadlines: [
    {
      name: 'in-force',
      in: ['adopted'],
      hours: 0,
      from: 'fact:inForceAt',
      source: 'rulebook/stated-moment',
    },
  ],
  effects: {
    redraft: step({ judges: [ownProposal] }),
    propose: step({ judges: [ownProposal, steered, onTheBase, stillToCome], does: published }),
    withdraw: step({ judges: [ownProposal], does: noLongerAwaited }),
    approve: step({ judges: [member, onTheBase, counted(false), underMinutes], back: [byWhoDecided] }),
    adopt: step({
      judges: [member, onTheBase, counted(true), underMinutes],
      does: awaited,
      back: [byWhoDecided],
      undoes: noLongerAwaited,
    }),
    refuse: step({ judges: [member, underMinutes], back: [byWhoDecided] }),
    overtake: step({ judges: [], does: noLongerAwaited }),
    'enter-into-force': step({ judges: [inForceIndeed], does: noLongerAwaited }),
  },
  rights: { read: 'law.read', decide: 'law.decide' },
};
