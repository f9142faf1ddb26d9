import { type Static, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import type { RecordRef } from '#platform/auth.ts';
import { Identifier, type PartyRole, partyRoles, representationScopes } from '#modules/parties/index.ts';
import { Country, DayText } from '#modules/rulebook/index.ts';

export const refusals = {
  'registration/scheme-unknown': { status: 400, title: 'This is no scheme of identifiers that is known here' },
  'registration/identifier-shape': { status: 400, title: 'The identifier is not written as its scheme writes it' },
  'registration/check-digits': { status: 400, title: 'The identifier’s check digits do not go with the rest of it' },
  'registration/identifier-taken': { status: 409, title: 'A business is registered, or waits, under this identifier' },
  'registration/too-many': { status: 429, title: 'Too much was tried from here; wait a quarter of an hour' },
  'registration/not-found': { status: 404, title: 'There is no such registration' },
  'registration/no-question': { status: 409, title: 'Nothing is asked of this registration' },
  'registration/decide-here': { status: 409, title: 'A registration is decided on its own page' },
  'registration/person-gone': { status: 409, title: 'The person who asked belongs to somebody else by now' },
  'registration/no-party': { status: 403, title: 'This is for people of a registered business' },
  'registration/managers-only': { status: 403, title: 'This is for a manager of the business' },
  'registration/invitation-used': { status: 410, title: 'This invitation was used, has ended, or was never given out' },
  'registration/person-placed': {
    status: 409,
    title: 'Who is signed in belongs to a business or an authority already',
  },
  'registration/member-unknown': { status: 404, title: 'Nobody of this business has this id' },
  'registration/not-between-us': { status: 403, title: 'One of the two has to be your own business' },
  'registration/party-unknown': { status: 404, title: 'No business is registered under this identifier' },
  'registration/oneself': { status: 400, title: 'Nobody represents himself' },
  'registration/period-empty': { status: 400, title: 'The last day comes after the first and is still to come' },
  'registration/offer-waits': { status: 409, title: 'An offer between these two waits already' },
  'registration/offer-unknown': { status: 404, title: 'There is no such offer, or it is answered' },
  'registration/representation-unknown': { status: 404, title: 'There is no such representation' },
  'registration/not-onward': { status: 409, title: 'The represented has not allowed this to be passed on' },
  'registration/no-link': { status: 409, title: 'This business does not act for you in what is passed on' },
  'registration/chain-long': { status: 409, title: 'A chain has at most five businesses between its ends' },
} as const satisfies Catalogue;

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T, more: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...more });
const among = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const someOf = <T extends string>(values: readonly T[]) =>
  Type.Array(among(values), { minItems: 1, maxItems: values.length, uniqueItems: true });
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

export const identifiersMax = 3;

/** What a business says of itself when it asks to be registered, and who asks for it. */
export const Application = closed(
  {
    name: text(200),
    language: Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' }),
    /** The name in Latin letters where the original is in another script. */
    latin: Type.Optional(text(200)),
    country: Country,
    address: text(300),
    /** The first is the one under which the business is registered. */
    identifiers: Type.Array(closed({ scheme: text(40), value: text(60) }), { minItems: 1, maxItems: identifiersMax }),
    roles: someOf(partyRoles),
    person: closed({ name: text(64), shown: text(200) }),
  },
  { $id: 'RegistrationApplication' },
);
export type Application = Static<typeof Application>;

/** What a person may do for his business; running the window and deciding for an authority are nobody's to give. */
export const memberRoles = ['manager', 'filer', 'seller', 'carrier', 'operator', 'payer'] as const;
export type MemberRole = (typeof memberRoles)[number];

/** What whoever registers a business may do for it, by its legal roles: everything that they need. */
const needed: Readonly<Record<PartyRole, readonly MemberRole[]>> = {
  seller: ['seller', 'filer'],
  platform: ['seller', 'filer'],
  declarant: ['filer'],
  importer: ['payer'],
  carrier: ['carrier', 'filer'],
  'place-operator': ['operator'],
  'payment-provider': ['payer', 'filer'],
  'postal-operator': ['carrier', 'operator', 'filer'],
  guarantor: ['payer'],
};
export const managerRolesOf = (roles: readonly string[]): MemberRole[] => {
  const wanted = new Set<MemberRole>(['manager', 'payer']);
  for (const role of partyRoles) if (roles.includes(role)) for (const one of needed[role]) wanted.add(one);
  return memberRoles.filter((one) => wanted.has(one));
};

export const Invitation = closed({ shown: text(200), roles: someOf(memberRoles) }, { $id: 'Invitation' });
export type Invitation = Static<typeof Invitation>;

/** What somebody does for the business; none ends it. */
export const Membership = closed({
  roles: Type.Array(among(memberRoles), { maxItems: memberRoles.length, uniqueItems: true }),
});

/** How long an invitation may wait. */
export const invitationDays = 7;

export const NewOffer = closed(
  {
    represented: Identifier,
    representative: Identifier,
    kind: among(['direct', 'indirect'] as const),
    scope: someOf(representationScopes),
    from: Type.Optional(DayText),
    until: Type.Optional(Type.Union([DayText, Type.Null()])),
    /** Whether the representative may let another act in his place. */
    onward: Type.Optional(Type.Boolean()),
  },
  { $id: 'RepresentationOffer' },
);
export type NewOffer = Static<typeof NewOffer>;

export const PassOn = closed(
  {
    representative: Identifier,
    scope: someOf(representationScopes),
    until: Type.Optional(Type.Union([DayText, Type.Null()])),
  },
  { $id: 'RepresentationPassedOn' },
);
export type PassOn = Static<typeof PassOn>;

/** How many parties a chain has between its two ends at most. */
export const chainMax = 5;

export type ApplicationState = 'open' | 'asked' | 'approved' | 'refused';

/** An application as it is stored. */
export interface ApplicationRow {
  readonly id: string;
  readonly identifier: string;
  readonly identifiers: string;
  readonly name: string;
  readonly language: string;
  readonly latin: string | null;
  readonly country: string;
  readonly address: string;
  readonly roles: readonly string[];
  readonly person: string;
  readonly shown: string;
  readonly desk: string | null;
  readonly state: ApplicationState;
  readonly received: string;
  readonly ended: string | null;
}

/** An application as the two functions that guard everything know it. */
export const applicationRecord = (row: Pick<ApplicationRow, 'id' | 'desk' | 'person'>): RecordRef => ({
  kind: 'registration',
  id: row.id,
  parties: {},
  desk: row.desk,
  author: row.person,
});

/** What is a party's own affair. Only its own people are asked about it: who represents it has no say in this. */
export const affairsOf = (party: string, id = ''): RecordRef => ({
  kind: 'affairs',
  id,
  parties: { party: [party] },
  desk: null,
});

export interface InvitationRow {
  readonly id: string;
  readonly party: string;
  readonly shown: string;
  readonly roles: readonly string[];
  readonly expires: string;
}

export interface OfferRow {
  readonly id: string;
  readonly represented: string;
  readonly representative: string;
  readonly kind: 'direct' | 'indirect';
  readonly scope: readonly string[];
  readonly onward: boolean;
  readonly from: string;
  readonly until: string | null;
  readonly offeredBy: string;
  readonly offered: string;
}
