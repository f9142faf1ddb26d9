import { type Static, Type } from 'typebox';
import type { Outcome } from '#kernel/check.ts';
import type { WireMoney } from '#kernel/money.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { Attachment } from '#modules/documents/index.ts';

/** The refusals of this module. */
export const refusals = {
  'enquiries/not-found': { status: 404, title: 'Number and fact lead to no parcel' },
  'enquiries/too-many': { status: 429, title: 'Too many tries' },
  'enquiries/ended': { status: 404, title: 'This page has ended; the parcel has to be found again' },
  'enquiries/link-ended': { status: 404, title: 'This link has ended or never was' },
  'enquiries/nothing-said': { status: 400, title: 'Nothing was said' },
  'enquiries/nothing-attached': { status: 400, title: 'No file came with it' },
  'enquiries/nothing-to-object': { status: 409, title: 'There is no decision that this could object to' },
  'enquiries/objection-late': { status: 409, title: 'The time for an objection has passed' },
  'enquiries/objected-already': { status: 409, title: 'An objection is being looked at' },
  'enquiries/not-now': { status: 409, title: 'This is not possible as the parcel stands' },
} as const satisfies Catalogue;

/** How often somebody may try, by the number he asks for and by the address he asks from. */
export const tries = { minutes: 60, number: 6, address: 60 } as const;

/** How long a found parcel stays open in a browser, and how long a link that was sent on shows anything. */
export const visitMinutes = 120;
export const linkDays = 30;

/** What the person at the far end may do about his parcel. */
export const steps = ['fact', 'paper', 'object', 'question', 'give-up'] as const;
export type Step = (typeof steps)[number];

const closed = { additionalProperties: false } as const;
const proof = {
  number: Type.String({ minLength: 1, maxLength: 64, description: 'The waybill, the barcode or the order number.' }),
  fact: Type.String({
    minLength: 1,
    maxLength: 140,
    description: 'The postcode, the family name, or the last four signs of the identity document that was declared.',
  }),
};
export const EnquiryBody = Type.Object(proof, { ...closed, $id: 'Enquiry' });
export const StepBody = Type.Object(
  {
    ...proof,
    parcel: Type.Optional(Type.String({ format: 'uuid', description: 'Which, where the number leads to several.' })),
    step: Type.Unsafe<Step>(Type.Union(steps.filter((one) => one !== 'paper').map((one) => Type.Literal(one)))),
    text: Type.String({ maxLength: 2_000 }),
  },
  { ...closed, $id: 'EnquiryStep' },
);
export type StepBody = Static<typeof StepBody>;

/** Something that was said in a case: by the person who waits, by a desk, by the window. */
export interface Said {
  readonly number: number;
  readonly move: string;
  /** Of what was brought: a fact, a paper, an objection and so on. */
  readonly kind: string | null;
  readonly by: 'you' | 'desk' | 'other';
  readonly at: string;
  readonly note: string | null;
  readonly reasons: { readonly ground: string; readonly reason: string; readonly remedy: string } | null;
}

/** A case about the parcel as the person who waits sees it. */
export interface CaseView {
  readonly id: string;
  readonly procedure: string;
  readonly state: string;
  readonly open: boolean;
  readonly desk: string | null;
  /** The clock that runs, whose it is, and the law that sets it. */
  readonly clock: { readonly name: string; readonly due: string; readonly source: string } | null;
  readonly said: readonly Said[];
  readonly attachments: readonly Attachment[];
}

/** A charge by its code, with the words of the pack for it left to whoever shows it. */
export interface ChargeView {
  readonly id: string;
  readonly amount: WireMoney;
  readonly liable: string;
  readonly collect: string;
  readonly due: string;
}

/** A check that spoke in a decision, told without the parameters of a rule that an authority keeps to itself. */
export interface Spoke {
  readonly id: string;
  /** What sort of check it is: by which purpose, data and way of working are told. */
  readonly sort: 'route' | 'match' | 'watch' | 'names' | 'parties' | 'slip' | 'law';
  readonly reason: string;
  readonly params: Readonly<Record<string, string>>;
  readonly source: string;
  readonly missing: readonly string[];
}

/** The very decision, laid open: what spoke, out of how many questions, under which law. */
export interface Explanation {
  readonly pack: string | null;
  readonly day: string | null;
  readonly automated: boolean;
  readonly questions: number;
  readonly spoke: readonly Spoke[];
}

/** What the person at the far end is told of his parcel: nothing in it says who he is. */
export interface EnquiryView {
  readonly id: string;
  /** The number that it travels under. */
  readonly waybill: string | null;
  readonly status: string;
  readonly since: string | null;
  readonly movement: string;
  readonly outcome: Outcome | null;
  readonly place: { readonly code: string; readonly at: string } | null;
  readonly goods: readonly string[];
  readonly desk: string | null;
  readonly ground: string | null;
  readonly remedy: string | null;
  readonly missing: readonly string[];
  readonly explanation: Explanation;
  readonly charges: readonly ChargeView[];
  readonly border: WireMoney | null;
  readonly cases: readonly CaseView[];
  readonly can: readonly Step[];
  /** Until when an objection can be made, and the law that says so; null where there is nothing to object to. */
  readonly objection: { readonly until: string; readonly source: string } | null;
}
