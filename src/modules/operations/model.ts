import { Type, type Static } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import { SegmentView } from '#modules/transparency/index.ts';

export const refusals = {
  'operations/incident-unknown': { status: 404, title: 'There is no such incident' },
  'operations/incident-without-words': { status: 422, title: 'An incident is told in at least one language' },
  'operations/incident-half-told': { status: 422, title: 'An incident has a heading and a text in each language' },
  'operations/not-a-moment': { status: 422, title: 'This is not a moment' },
  'operations/ends-before-it-began': { status: 422, title: 'An incident does not end before it began' },
  'operations/moment-missing': { status: 422, title: 'An incident began at some moment' },
} as const satisfies Catalogue;

/** Availability is shown for so many days, today among them. */
export const daysShown = 30;
/** The window is asked once in each slot. */
export const slotMs = 10_000;
/** How long an answer may take and still count. */
export const answerWithinMs = 5_000;
/** What is measured is forgotten after so many days. */
export const daysKept = 400;

/** An incident in one language. */
export interface Told {
  readonly title: string;
  readonly text: string;
}

/** Something that went wrong, as everybody may read it. */
export interface Incident {
  readonly id: string;
  readonly began: string;
  readonly ended: string | null;
  readonly words: Readonly<Record<string, Told>>;
}

const instant = (description: string) => Type.String({ format: 'date-time', description });
const share = (description: string) => Type.String({ pattern: '^(?:0(?:\\.\\d{4})?|1(?:\\.0000)?)$', description });

const DayView = Type.Object({
  day: Type.String({ format: 'date', description: 'A day in UTC.' }),
  available: Type.Union(
    [share('The share of the day in which the window answered, cut after four places.'), Type.Null()],
    {
      description: 'Null for a day before the first measurement.',
    },
  ),
  unansweredSeconds: Type.Integer({ description: 'Asked, and not answered with 200 within five seconds.' }),
  unmeasuredSeconds: Type.Integer({ description: 'Not asked at all, which counts as not available.' }),
});

const IncidentView = Type.Object({
  id: Type.String({ format: 'uuid' }),
  began: instant('When it began.'),
  ended: Type.Union([instant('When it ended.'), Type.Null()], { description: 'Null while it lasts.' }),
  words: Type.Record(Type.String(), Type.Object({ title: Type.String(), text: Type.String() }), {
    description: 'By language.',
  }),
});

/** How the window runs, as everybody may know it. */
export const StatusView = Type.Object(
  {
    at: instant('When this was put together; it may be some seconds old.'),
    measuredSince: Type.Union([instant('The first measurement.'), Type.Null()]),
    available: Type.Union([share('The share over all days below.'), Type.Null()]),
    days: Type.Array(DayView, { description: 'The last thirty days, oldest first.' }),
    queue: Type.Object(
      {
        forPersonSeconds: Type.Union([Type.Integer(), Type.Null()], {
          description: 'Age of the oldest case that waits for a person; null when none does.',
        }),
        forDataSeconds: Type.Union([Type.Integer(), Type.Null()], {
          description: 'Age of the oldest parcel that waits for data; null when none does.',
        }),
        newsSeconds: Type.Integer({ description: 'How far the slowest reader of the journal is behind.' }),
      },
      { description: 'The oldest work that is not done.' },
    ),
    lastBackup: Type.Union([instant('Up to when the last backup holds everything.'), Type.Null()]),
    lastProved: Type.Union([instant('When a drill last restored a backup and found everything in it.'), Type.Null()]),
    lastSegment: Type.Union([SegmentView, Type.Null()], {
      description: 'The last segment of the journal that was sealed; null before the first one.',
    }),
    incidents: Type.Array(IncidentView, { description: 'Those of the last ninety days, newest first.' }),
  },
  { additionalProperties: false },
);
export type StatusView = Static<typeof StatusView>;
export type DayView = Static<typeof DayView>;
