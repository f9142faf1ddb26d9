import { type Static, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import { DayText } from '#modules/rulebook/index.ts';
import type { ReplayResult } from './replay-result.ts';
import type { Progress, ReplayState } from './store-replay.ts';

/** The body of `POST /v1/law/drafts/{id}/replays`: days of receipt in UTC, the last not counted. */
export const ReplayBody = Type.Object(
  {
    from: DayText,
    until: DayText,
    assumed: Type.Optional(
      Type.Union([Type.Literal('own'), DayText], {
        description:
          'The day of law for every parcel, or `own` for each its own. Left out, it is `own` where the draft is law ' +
          'from the first day of the period on, and otherwise the first day of the draft.',
      }),
    ),
  },
  { additionalProperties: false, $id: 'Replay' },
);
export type ReplayBody = Static<typeof ReplayBody>;

/** A replay as it stands: how far it has come, and what it came to once it is done. */
export interface ReplayView {
  readonly id: string;
  readonly draft: string;
  readonly title: string;
  readonly pack: string;
  readonly version: string;
  readonly from: string;
  readonly until: string;
  readonly assumed: string;
  readonly state: ReplayState;
  readonly started: string;
  readonly ended: string | null;
  readonly progress: Progress;
  readonly result: ReplayResult | null;
}

/** The refusals of replays. */
export const replayRefusals = {
  'clearance/draft-unknown': { status: 404, title: 'There is no such draft of the law, or you may not see it' },
  'clearance/replay-not-yours': { status: 403, title: 'You may not hold a draft against the stored parcels' },
  'clearance/replay-unknown': { status: 404, title: 'There is no such replay, or you may not see it' },
  'clearance/replay-ended': { status: 409, title: 'This replay has ended' },
  'clearance/replay-currency': { status: 409, title: 'The draft charges in another currency than the law in force' },
  'clearance/period-empty': { status: 400, title: 'The period ends before it begins' },
  'clearance/period-long': { status: 400, title: 'The period is too long' },
  'clearance/example-unknown': { status: 404, title: 'There is no such example, or you may not see its parcel' },
} as const satisfies Catalogue;
