import { consigneeOf } from '#kernel/id.ts';
import type { Catalogue, Refusal } from '#kernel/result.ts';
import type { Action, RecordRef } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';

/** The refusals of this module. */
export const refusals = {
  'cases/not-found': { status: 404, title: 'There is no such case' },
  'cases/changed-meanwhile': { status: 409, title: 'Somebody else changed this case meanwhile' },
  'cases/move-unknown': { status: 400, title: 'The procedure of this case knows no such step' },
  'cases/move-not-allowed': { status: 409, title: 'This step is not possible in the state of the case' },
  'cases/not-yours': { status: 403, title: 'This step is not yours to take' },
  'cases/claimed-by-another': { status: 409, title: 'Another officer has taken this case' },
  'cases/reasons-missing': { status: 400, title: 'A decision needs its ground, its reason and its remedy' },
  'cases/deadline-passed': { status: 409, title: 'The time for this step has passed' },
  'cases/closed': { status: 409, title: 'The case is closed' },
  'cases/nothing-to-reverse': { status: 409, title: 'The case holds no decision that can be reversed now' },
} as const satisfies Catalogue;

/** Who may take a move: an officer of the desk, the party concerned, a deadline that falls, the window itself. */
export type Actor = 'desk' | 'party' | 'clock' | 'system';

/** Why a decision is taken: a code or words for each; none of them may be blank. */
export interface Reasons {
  /** The provision that it rests on. */
  readonly ground: string;
  /** What was found. */
  readonly reason: string;
  /** What the person concerned can do about it. */
  readonly remedy: string;
}

/** One step that a procedure knows. */
export interface Move {
  readonly name: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly by: Actor;
  /** The purpose that the authority's mandate needs for it, beside what every step of a desk needs. */
  readonly purpose?: string;
  /** Whether it decides on somebody's matter; then it is stored with its reasons or not at all, and can be reversed. */
  readonly decision?: boolean;
  /** The name of the effect that it has outside the case. */
  readonly effect?: string;
  /** The reasons of a decision that the clock or the window takes. */
  readonly reasons?: Reasons;
}

/** A clock that runs while the case is in one of the states. */
export interface Deadline {
  readonly name: string;
  readonly in: readonly string[];
  /** Hours, or `fact:<name>`: the fact that holds them as a decimal. A case without the fact has no such clock. */
  readonly hours: number | `fact:${string}`;
  /** From when: `opened`, `entered` (the state), or `fact:<name>`, an RFC 3339 instant. */
  readonly from: 'opened' | 'entered' | `fact:${string}`;
  /** What the clock does when it falls due; without a move the case is shown overdue. */
  readonly move?: string;
  /** The provision that sets it, or `fact:<name>`. */
  readonly source: string;
}

/**
 * What a move does outside the case, in the same transaction, for all cases of a set. A refusal means that the effect
 * wrote nothing; then the move is refused too. `undo` is run once, when the decision is reversed.
 */
export interface Effect {
  apply(tx: Tx, cases: readonly CaseRow[], context: Context): Promise<Refusal | void>;
  undo(tx: Tx, cases: readonly CaseRow[], context: Context): Promise<Refusal | void>;
}

/** The actions of the table of rights that stand behind reading a case and taking a step in it. */
export interface Rights {
  readonly read: Action;
  readonly decide: Action;
}

/** A procedure as data. Whoever owns what it changes declares it; another content is another version. */
export interface Procedure {
  readonly name: string;
  readonly version: number;
  readonly first: string;
  readonly moves: readonly Move[];
  readonly deadlines: readonly Deadline[];
  readonly effects: Readonly<Record<string, Effect>>;
  /** Where its cases are no officer's work of a desk; nobody claims or hands over such a case. */
  readonly rights?: Rights;
}

export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** A case as it stands. */
export interface CaseRow {
  readonly id: string;
  readonly procedure: string;
  readonly version: number;
  /** What the case is about, such as the parcel's id. */
  readonly subject: string;
  readonly state: string;
  /** An authority, or one of its sections as `authority/section`. */
  readonly desk: string | null;
  readonly opened: string;
  readonly openedBy: string;
  readonly closed: string | null;
  readonly claimedBy: string | null;
  readonly claimedAt: string | null;
  readonly facts: Facts;
  readonly parties: RecordRef['parties'];
  readonly changed: string;
  /** The number of the last move: whoever acts names the one he saw. */
  readonly stamp: number;
  /** When the next clock falls due that has not ended; null when none runs. */
  readonly due: string | null;
  /** For an effect: what the decision says beyond its outcome. Otherwise null. */
  readonly details: unknown;
  /** For an effect: who decided. Otherwise null. */
  readonly decidedBy: string | null;
  /** For an effect: the authority for which he decided. Otherwise null. */
  readonly decidedFor: string | null;
}

/** A move as it was recorded. */
export interface MoveRow {
  readonly number: number;
  readonly move: string;
  readonly decision: boolean;
  readonly from: string;
  readonly to: string;
  readonly actor: string;
  readonly authority: string | null;
  readonly at: string;
  readonly ground: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly details: unknown;
  readonly note: string | null;
  /** The number of the move that this one reverses. */
  readonly undoes: number | null;
}

/** A clock of a case. One that fell and has not ended waits for a person. */
export interface DeadlineRow {
  readonly name: string;
  readonly since: number;
  readonly due: string;
  readonly source: string;
  readonly state: 'running' | 'met' | 'fallen' | 'stopped';
  readonly ended: string | null;
}

/** What a new case begins with. */
export interface NewCase {
  readonly id: string;
  readonly subject: string;
  readonly desk: string | null;
  readonly facts?: Facts;
  readonly parties?: RecordRef['parties'];
}

/** What a queue shows. Everything may be left out; closed cases are shown only when asked for. */
export interface QueueFilter {
  /** A desk, or an authority with all its sections. */
  readonly desk?: string;
  readonly procedure?: string;
  readonly state?: string;
  readonly claimedBy?: string;
  readonly unclaimed?: boolean;
  readonly overdue?: boolean;
  readonly closed?: boolean;
  /** Only cases opened before this instant: the old ones. */
  readonly openedBefore?: string;
  /** The last id of the page before. */
  readonly after?: string;
  /** Rows of the page, 1 to 100; 25 when left out. */
  readonly size?: number;
}

/** How many open cases of a state there are, for the figures above a queue. */
export interface QueueCount {
  readonly procedure: string;
  readonly state: string;
  readonly count: number;
  readonly unclaimed: number;
  readonly overdue: number;
}

/** A case as `may` and `view` know it. */
export const recordOf = (one: Pick<CaseRow, 'id' | 'subject' | 'parties' | 'desk'>): RecordRef => ({
  kind: 'case',
  id: one.id,
  parties: { ...one.parties, consignee: [consigneeOf(one.subject)] },
  desk: one.desk,
});

/** The states that no move leaves. */
export function endsOf(procedure: Procedure): string[] {
  const left = new Set(procedure.moves.flatMap((move) => move.from));
  return [...new Set(procedure.moves.map((move) => move.to))].filter((state) => !left.has(state)).sort();
}

/** What is wrong with a procedure, as sentences for its author; empty when nothing is. */
export function faultsOf(procedure: Procedure): string[] {
  const faults: string[] = [];
  const fault = (wrong: boolean, what: string): void => void (wrong && faults.push(what));
  const states = new Set([procedure.first, ...procedure.moves.map((move) => move.to)]);
  const names = new Set<string>();
  for (const move of procedure.moves) {
    fault(names.has(move.name), `the move ${move.name} stands twice`);
    names.add(move.name);
    fault(builtIn.includes(move.name), `${move.name} is a move that every procedure has`);
    fault(move.effect !== undefined && !Object.hasOwn(procedure.effects, move.effect), `${move.name} has no effect`);
    for (const from of move.from) fault(!states.has(from), `${move.name} leaves ${from}, which nothing enters`);
    const alone = move.by === 'clock' || move.by === 'system';
    fault(alone && move.decision === true && move.reasons === undefined, `${move.name} decides without reasons`);
  }
  for (const deadline of procedure.deadlines) {
    for (const state of deadline.in)
      fault(!states.has(state), `${deadline.name} runs in ${state}, which nothing enters`);
    if (deadline.move === undefined) continue;
    const move = procedure.moves.find((one) => one.name === deadline.move);
    fault(move?.by !== 'clock', `${deadline.name} takes ${deadline.move}, which is not a move of the clock`);
    for (const state of deadline.in)
      fault(move?.from.includes(state) === false, `${deadline.move} cannot leave ${state}`);
  }
  return faults;
}

/** The moves that every procedure has; none but the reversal decides anything. */
export const builtIn: readonly string[] = ['claim', 'hand-over', 'reverse', 'evidence'];
