import { type Static, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const DayText = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' });

/** The id of a watch rule: it stands in the reasons of every parcel that the rule selects. */
export const RuleId = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' });

/** What a watch rule says, apart from its id. */
export const WatchRule = closed({
  /** CEL over the flat facts of a parcel; a fact of a line means that some line satisfies the whole condition. */
  condition: Type.String({ minLength: 1, maxLength: 1000 }),
  /** How many in a hundred of the parcels it describes are selected; left out, all of them. */
  share: Type.Optional(Type.String({ pattern: '^(100(\\.0{1,2})?|[1-9]?[0-9](\\.[0-9]{1,2})?)$' })),
  /** The code of the ground that the reasons carry; its words are looked up when shown. */
  ground: Type.String({ pattern: '^[a-z]+/[a-z0-9-]{1,60}$' }),
  desk: Type.String({ pattern: '^[a-z][a-z0-9-]{0,34}(/[a-z0-9-]{1,35})?$' }),
  source: Type.String({ minLength: 1, maxLength: 200 }),
  from: Type.Optional(DayText),
  until: Type.Optional(Type.Union([DayText, Type.Null()])),
});
export type WatchRule = Static<typeof WatchRule>;

const ListId = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' });

/** A name of a denied-party list. */
export const DeniedName = closed({
  list: ListId,
  name: Type.String({ minLength: 1, maxLength: 200 }),
  source: Type.String({ minLength: 1, maxLength: 200 }),
});
export type DeniedName = Static<typeof DeniedName>;

/** A watch rule as it is true in one epoch. */
export interface StoredRule {
  /** What the journal knows the rule by, through all its changes. */
  readonly key: string;
  readonly id: string;
  readonly condition: string;
  /** A decimal text above 0, at most 100, with two places. */
  readonly share: string;
  readonly ground: string;
  readonly desk: string;
  readonly source: string;
  readonly from: string;
  readonly until: string | null;
}

/** A denied name as it is true in one epoch. */
export interface StoredName {
  readonly id: string;
  readonly list: string;
  readonly name: string;
  readonly normalised: string;
  readonly source: string;
}

export const refusals = {
  'risk/not-allowed': { status: 403, title: 'You may not see or change what is watched' },
  'risk/condition-invalid': { status: 400, title: 'This condition cannot be used' },
  'risk/share-invalid': { status: 400, title: 'A share is above 0 and at most 100 in a hundred' },
  'risk/day-unknown': { status: 400, title: 'The calendar does not have this day' },
  'risk/period-empty': { status: 400, title: 'The last day comes after the first' },
  'risk/name-empty': { status: 400, title: 'Nothing of this name is left to compare' },
  'risk/rule-unknown': { status: 404, title: 'There is no such watch rule' },
  'risk/name-unknown': { status: 404, title: 'There is no such name on the lists' },
} as const satisfies Catalogue;
