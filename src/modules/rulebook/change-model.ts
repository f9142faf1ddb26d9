import { type Static, Type } from 'typebox';
import type { MoveRow } from '#modules/cases/index.ts';
import type { Limits } from '#platform/body.ts';

/** What a change of law is handed in with, and the shape of the minutes under which a steering body decides. */

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

/** A draft may be a whole pack with its tables: sixteen million characters, of which one file has at most eight. */
export const draftMax = 16_000_000;
/** Its JSON carries every line end as two characters, so the body may be larger than what is in it. */
export const draftBody: { readonly bytes: number; readonly limits: Limits } = {
  bytes: 24_000_000,
  limits: { depth: 4, stringLength: 8_000_000, listLength: 2_000 },
};

const Title = Type.String({ minLength: 1, maxLength: 200 });
const Files = Type.Record(Type.String({ minLength: 1, maxLength: 80 }), Type.Union([Type.String(), Type.Null()]));
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Instant = Type.String({ minLength: 20, maxLength: 30 });

/** A draft version of a pack: its files, or those that differ from the version in force; null takes a file away. */
export const DraftBody = closed({
  title: Title,
  pack: Type.Optional(Type.String({ pattern: '^[a-z]{2,8}$' })),
  files: Files,
  /** Whether these are all files of the pack; otherwise the others stay as they are in force. */
  whole: Type.Optional(Type.Boolean()),
  /** The hash of the version that it was written on; another one in force refuses the draft. */
  base: Type.Optional(Hash),
  /** The moment at which it is to come into force; null: when it is approved. */
  inForce: Type.Optional(Type.Union([Instant, Type.Null()])),
});
export type DraftBody = Static<typeof DraftBody>;

const Stamp = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** A further draft of the same change. */
export const RedraftBody = closed({ ...DraftBody.properties, stamp: Stamp });
export type RedraftBody = Static<typeof RedraftBody>;

export const Minutes = closed({
  text: Type.String({ minLength: 1, maxLength: 4_000 }),
  reference: Type.String({ minLength: 1, maxLength: 200 }),
  on: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }),
});
export type Minutes = Static<typeof Minutes>;

const reason = Type.String({ minLength: 1, maxLength: 4_000 });

/** A step in a change of law. Approving and refusing are decisions of the steering body, under its minutes. */
export const StepBody = closed({
  move: Type.Unsafe<'propose' | 'approve' | 'refuse' | 'withdraw' | 'take-back'>(
    Type.Enum(['propose', 'approve', 'refuse', 'withdraw', 'take-back']),
  ),
  stamp: Stamp,
  decision: Type.Optional(closed({ ground: reason, reason, remedy: reason })),
  minutes: Type.Optional(Minutes),
  note: Type.Optional(Type.String({ maxLength: 4_000 })),
});
export type StepBody = Static<typeof StepBody>;

/** What a case of a change of law holds as facts. */
export interface ChangeFacts {
  readonly pack: string;
  readonly title: string;
  readonly version: string;
  /** The newest draft. */
  readonly draft: string;
  readonly number: number;
  /** The authority that proposes. */
  readonly authority: string;
  /** When it is to come into force; null: when it is approved. */
  readonly inForceAt: string | null;
  /** Whether it was ever proposed: from then on everybody may read it. */
  readonly proposed: boolean;
  /** The change that it goes back on. */
  readonly reverses: string | null;
}

/** An approval as it stands in the record: the minutes under which it was given. */
export interface Approval {
  readonly minutes: Minutes;
}

/** The approvals that count: those since it was last proposed that nobody has taken back. */
export function approvalsOf(moves: readonly MoveRow[]): MoveRow[] {
  const undone = new Set(moves.map((one) => one.undoes));
  const since = moves.findLastIndex((one) => one.move === 'propose');
  return moves
    .slice(since + 1)
    .filter((one) => (one.move === 'approve' || one.move === 'adopt') && !undone.has(one.number));
}

/** Everybody who has written or proposed this change; none of them approves it. */
export const authorsOf = (openedBy: string, moves: readonly MoveRow[]): ReadonlySet<string> =>
  new Set([openedBy, ...moves.filter((one) => ['redraft', 'propose'].includes(one.move)).map((one) => one.actor)]);
