import { type Static, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import type { Procedure } from '#modules/cases/index.ts';

/** The refusals of this module. */
export const refusals = {
  'readiness/answers': { status: 400, title: 'These are no answers of the self-assessment' },
  'readiness/report-unknown': { status: 404, title: 'No report has this number' },
  'readiness/too-many': { status: 429, title: 'Too many reports or questions from this address' },
  'readiness/nothing-said': { status: 400, title: 'A report says what happened' },
  'readiness/report-closed': { status: 409, title: 'The report is closed' },
} as const satisfies Catalogue;

/** What fraud can be, as people meet it. */
export const fraudKinds = ['false-shop', 'counterfeit', 'false-declaration', 'false-message', 'other'] as const;
export type FraudKind = (typeof fraudKinds)[number];

const closed = { additionalProperties: false } as const;
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

/** The body of `POST /v1/fraud-reports`: what happened, and what else somebody wants to say of it. */
export const ReportBody = Type.Object(
  {
    kind: Type.Unsafe<FraudKind>(Type.Union(fraudKinds.map((one) => Type.Literal(one)))),
    text: text(4_000),
    where: Type.Optional(text(500)),
    contact: Type.Optional(text(200)),
  },
  { ...closed, $id: 'FraudReport' },
);
export type ReportBody = Static<typeof ReportBody>;

/** A report as its reporter sees it. */
export interface ReportView {
  readonly state: string;
  readonly open: boolean;
  readonly received: string;
  readonly desk: string | null;
  readonly kind: string;
  readonly due: string | null;
  readonly said: readonly {
    readonly move: string;
    readonly by: 'you' | 'desk';
    readonly at: string;
    readonly note: string | null;
    readonly reasons: { readonly ground: string; readonly reason: string; readonly remedy: string } | null;
  }[];
}

/** Fraud that anybody reported: looked into by the authority that watches the market, which says what came of it. */
export const fraudReport: Procedure = {
  name: 'fraud-report',
  version: 1,
  first: 'open',
  moves: [
    { name: 'look-into', from: ['open'], to: 'looking', by: 'desk' },
    { name: 'ask', from: ['open', 'looking'], to: 'awaiting-answer', by: 'desk' },
    { name: 'answer', from: ['awaiting-answer'], to: 'looking', by: 'party' },
    { name: 'act-on', from: ['open', 'looking', 'awaiting-answer'], to: 'acted-on', by: 'desk', decision: true },
    { name: 'find-nothing', from: ['open', 'looking', 'awaiting-answer'], to: 'unfounded', by: 'desk', decision: true },
    { name: 'pass-on', from: ['open', 'looking', 'awaiting-answer'], to: 'passed-on', by: 'desk', decision: true },
  ],
  deadlines: [
    { name: 'look', in: ['open', 'looking'], hours: 'fact:lookHours', from: 'opened', source: 'fact:lookSource' },
  ],
  effects: {},
};
