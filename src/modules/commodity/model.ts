import { type Static, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import { Words } from '#modules/rulebook/index.ts';

/** The refusals of this module. */
export const refusals = {
  'commodity/too-often': { status: 429, title: 'Too many suggestions were asked for from this address' },
  'commodity/not-found': { status: 404, title: 'There is no such suggestion' },
  'commodity/not-suggested': { status: 409, title: 'This code was not among those suggested for the line' },
} as const satisfies Catalogue;

/** The languages that goods may be described in. */
export const languages = ['en', 'zh', 'fr', 'ar'] as const;
export type Spoken = (typeof languages)[number];

/** Scores are whole numbers up to this one. */
export const scoreMax = 100;
/** How many codes are suggested for a line. */
export const candidatesMax = 5;
/** How many lines may be asked about at once. */
export const linesMax = 50;
/** For how many lines suggestions are given to one address within a minute. */
export const perMinute = 200;
/** What was suggested is kept for so many days. */
export const keptDays = 365;

const closed = { additionalProperties: false } as const;

/** The body of `POST /v1/commodity-suggestions`: descriptions as they stand in a declaration. */
export const SuggestionBody = Type.Object(
  { lines: Type.Array(Type.Object({ description: Words }, closed), { minItems: 1, maxItems: linesMax }) },
  { ...closed, $id: 'CommodityQuestion' },
);
export type SuggestionBody = Static<typeof SuggestionBody>;

/** The body of `POST /v1/commodity-suggestions/{id}/choices`. */
export const ChoiceBody = Type.Object(
  { line: Type.Integer({ minimum: 1, maximum: linesMax }), commodity: Type.String({ pattern: '^[0-9]{6}$' }) },
  closed,
);
export type ChoiceBody = Static<typeof ChoiceBody>;

/** One step of a candidate's place in the nomenclature. */
export interface Step {
  readonly code: string;
  readonly text: string;
}

/** A code that may be the right one. */
export interface Candidate {
  readonly commodity: string;
  /** Of a hundred: how much of what the description says speaks for the code. */
  readonly score: number;
  readonly description: string;
  /** Chapter, heading where the nomenclature names it, subheading. */
  readonly path: readonly Step[];
  /** Simplified categories of the pack for this code, each with its duty where the tariff says one. */
  readonly categories: readonly { readonly id: string; readonly duty: string | null }[];
}

/** Why a person decides: nothing fits, the best fits too little, or the pack has no threshold. */
export const reasons = ['nothing-found', 'below-threshold', 'no-threshold'] as const;
export type Reason = (typeof reasons)[number];

/** What is suggested for one line. */
export interface SuggestedLine {
  readonly line: number;
  readonly description: { readonly text: string; readonly language: string };
  readonly candidates: readonly Candidate[];
  readonly person: { readonly decides: boolean; readonly reason: Reason | null };
  readonly chosen: string | null;
}

/** A suggestion as it leaves. It says of itself what it is: no decision, and nothing that a decision reads. */
export interface SuggestionView {
  readonly id: string;
  readonly kind: 'suggestion';
  readonly binding: false;
  /** A code with words: whoever declares chooses the code and answers for it. */
  readonly statement: 'commodity/suggestion-only';
  readonly asked: string;
  readonly pack: string;
  readonly score: { readonly least: 0; readonly most: typeof scoreMax; readonly threshold: number | null };
  readonly lines: readonly SuggestedLine[];
}
