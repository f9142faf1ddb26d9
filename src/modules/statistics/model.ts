import { type Static, Type } from 'typebox';
import { addMonths, type Day, dayIn, dayOf } from '#kernel/effective.ts';
import type { Catalogue } from '#kernel/result.ts';
import { PartyIdentifier } from '#modules/rulebook/index.ts';

/** Why a checklist that was released stands in no summary declaration. */
export const reasons = ['not-merged', 'statistics-only', 'counts-for-nothing', 'archived'] as const;
export type Reason = (typeof reasons)[number];

/** What had happened to a checklist that was booked again. */
export const grounds = [
  'amended',
  'cancelled',
  'control-lifted',
  'control-restored',
  'denied',
  'disposed',
  'left',
  'redetermined',
  'released',
  'returned',
] as const;
export type Ground = (typeof grounds)[number];

/** By what the figures of a month are put together. */
export const dimensions = ['movement', 'country', 'commodity', 'route', 'procedure'] as const;
export type Dimension = (typeof dimensions)[number];

/** Traders without whom nothing is published of a row: with fewer, one could be told from what the others know. */
export const tradersMin = 3;

const MonthText = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', description: 'A month, as 2026-10.' });

/** The body of `POST /v1/summaries/runs`: the month to close, for everybody or for one declarant. */
export const RunBody = Type.Object(
  { month: MonthText, declarant: Type.Optional(PartyIdentifier) },
  { additionalProperties: false, $id: 'SummaryRun' },
);
export type RunBody = Static<typeof RunBody>;

export const MonthQuery = Type.Object({ month: Type.Optional(MonthText) }, { additionalProperties: false });
export type MonthQuery = Static<typeof MonthQuery>;

export const PageQuery = Type.Object(
  { month: Type.Optional(MonthText), after: Type.Optional(Type.String({ format: 'uuid' })) },
  { additionalProperties: false },
);
export type PageQuery = Static<typeof PageQuery>;

/** The first day of the month that an instant lies in, by the clocks of the economy. */
export const monthOf = (instant: string, timeZone: string): Day => dayOf(`${dayIn(instant, timeZone).slice(0, 7)}-01`);

/** The first day of a month as it is written on the wire, and back. */
export const firstOf = (month: string): Day => dayOf(`${month}-01`);
export const monthText = (first: string): string => first.slice(0, 7);
export const isMonth = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);

/** Whether a text may name a summary, whose id is made of what it holds. */
export const isSummaryId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** The day of the following month by which the summaries of a month are due. */
export const dueOn = (month: Day, dueDay: number): Day =>
  dayOf(`${addMonths(month, 1).slice(0, 8)}${String(dueDay).padStart(2, '0')}`);

/** The refusals of this module. */
export const refusals = {
  'statistics/month-invalid': { status: 400, title: 'This is not a month' },
  'statistics/month-open': { status: 409, title: 'This month is not over' },
  'statistics/run-not-yours': { status: 403, title: 'You may not close a month for this declarant' },
  'statistics/run-unknown': { status: 404, title: 'There is no such run, or you may not see it' },
  'statistics/run-open': { status: 409, title: 'This month is being closed at this moment' },
  'statistics/summary-unknown': { status: 404, title: 'There is no such summary declaration, or you may not see it' },
  'statistics/line-unknown': { status: 404, title: 'The summary declaration has no such line' },
  'statistics/not-booked': { status: 404, title: 'This checklist stands in no book, or you may not see it' },
  'statistics/month-unpublished': { status: 404, title: 'Nothing is published of this month' },
  'statistics/not-yours': { status: 403, title: 'These figures are for authorities whose mandate covers them' },
  'statistics/form-not-ours': { status: 403, title: 'This form did not come from a page of this window' },
} as const satisfies Catalogue;
