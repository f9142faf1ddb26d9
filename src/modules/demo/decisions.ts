import { must } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { act, type CaseRow, claim } from '#modules/cases/index.ts';
import { decideHeld, type HeldDecision } from '#modules/clearance/index.ts';
import { principalOfSession, signInAs } from '#modules/parties/index.ts';
import { caseQueue, sweepDeadlines } from './case-doors.ts';
import { legalToday } from './clock.ts';
import { Chance } from './random.ts';

const hourMs = 3_600_000;

/** The officers who work through the history, by desk. Desks without one keep their cases open. */
export const officers: Readonly<Record<string, string>> = { customs: 'nives', quarantine: 'orso' };

/** A person of the cast, through the door that the bar uses, so that the records of the past name the same person. */
export async function castPrincipal(context: Context, name: string): Promise<Principal> {
  const request = { method: 'POST', headers: { host: '127.0.0.1' }, socket: { remoteAddress: '127.0.0.1' } };
  const { token } = must(await signInAs(context, request, name));
  const principal = await principalOfSession(context, token, legalToday(context));
  if (principal === null) throw new Error(`nobody of the cast is called ${name}`);
  return principal;
}

/** The officers as they have been signed in for the history: once each, whatever the day. */
export type Signed = Map<string, Principal>;

async function officer(context: Context, signed: Signed, name: string): Promise<Principal> {
  const principal = signed.get(name) ?? (await castPrincipal(context, name));
  signed.set(name, principal);
  return { ...principal, on: legalToday(context) };
}

type Verdict = Pick<HeldDecision, 'move' | 'ground' | 'reason' | 'remedy' | 'accepted'>;

/** How cases end: shares in a thousand of those that somebody looks at on a day. The rest stays where it is. */
function verdictOf(chance: Chance): Verdict | 'ask' | 'claim' | undefined {
  const drawn = chance.below(1_000);
  if (drawn < 420)
    return {
      move: 'release',
      ground: 'demo/ground-control',
      reason: 'demo/reason-in-order',
      remedy: 'clearance/none-needed',
    };
  if (drawn < 500) {
    const accepted = { lines: [{ line: 1, origin: 'GR' }] };
    return {
      move: 'release-changed',
      ground: 'demo/ground-origin',
      reason: 'demo/reason-origin',
      remedy: 'clearance/object-to-change',
      accepted,
    };
  }
  if (drawn < 580)
    return {
      move: 'deny',
      ground: 'demo/ground-deny',
      reason: 'demo/reason-deny',
      remedy: 'clearance/object-to-denial',
    };
  if (drawn < 660) return 'ask';
  if (drawn < 740) return 'claim';
  return undefined;
}

/** One day at the desks: deadlines fall that are due, and the officers look at what is older than half a day. */
export async function decideSome(context: Context, signed: Signed, seed: number, day: number): Promise<void> {
  await sweepDeadlines(context);
  for (const [desk, name] of Object.entries(officers)) {
    const open: CaseRow[] = [];
    for await (const one of caseQueue(context, { procedure: 'held-parcel', desk })) open.push(one);
    const before = context.clock.now() - 12 * hourMs;
    const ripe = open.filter(({ opened, claimedBy }) => msOfInstant(opened) < before && claimedBy === null);
    if (ripe.length === 0) continue;
    const principal = await officer(context, signed, name);
    const chance = new Chance(seed, day, desk.length);
    for (const one of ripe) await look(context, principal, one, verdictOf(chance));
  }
}

async function look(
  context: Context,
  principal: Principal,
  one: CaseRow,
  verdict: ReturnType<typeof verdictOf>,
): Promise<void> {
  if (verdict === undefined) return;
  const seen = { case: one.id, stamp: one.stamp };
  if (verdict === 'claim') {
    await context.db.tx(async (tx) => must(await claim(context, tx, principal, seen)));
  } else if (verdict === 'ask') {
    if (one.state !== 'open') return;
    await context.db.tx(async (tx) =>
      must(await act(context, tx, principal, { ...seen, move: 'ask', note: 'demo/note-ask' })),
    );
  } else if (one.state === 'open') {
    must(await decideHeld(context, principal, { ...seen, ...verdict }));
  }
}
