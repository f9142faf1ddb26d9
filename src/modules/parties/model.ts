import { type Static, Type } from 'typebox';

/** The legal roles in which a party can be registered. */
export const partyRoles = [
  'seller',
  'platform',
  'declarant',
  'importer',
  'carrier',
  'place-operator',
  'payment-provider',
  'postal-operator',
  'guarantor',
] as const;
export type PartyRole = (typeof partyRoles)[number];

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const among = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const someOf = <T extends string>(values: readonly T[]) =>
  Type.Array(among(values), { minItems: 1, maxItems: values.length, uniqueItems: true });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const DayText = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Language = Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' });

/** The registered identifier of a party. */
export const Identifier = Type.String({
  minLength: 1,
  maxLength: 35,
  pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$',
});
export const AuthorityIdentifier = Type.String({ pattern: '^[a-z][a-z0-9-]{0,34}$' });

/** What a party's registration says, apart from its identifier. */
export const Registration = closed({
  name: Name,
  language: Language,
  /** The name in Latin letters where the original is in another script. */
  latin: Type.Optional(orNull(Name)),
  roles: someOf(partyRoles),
  status: Type.Optional(among(['active', 'suspended'] as const)),
  from: Type.Optional(DayText),
  until: Type.Optional(orNull(DayText)),
});
export type Registration = Static<typeof Registration>;

export const representationScopes = ['file', 'read', 'pay', 'guarantee'] as const;

export const NewRepresentation = closed({
  represented: Identifier,
  representative: Identifier,
  kind: among(['direct', 'indirect'] as const),
  scope: someOf(representationScopes),
  from: DayText,
  until: Type.Optional(orNull(DayText)),
  chain: Type.Optional(Type.Array(Identifier, { maxItems: 5, uniqueItems: true })),
  /** Whether the representative may let another act in his place. */
  onward: Type.Optional(Type.Boolean()),
});
export type NewRepresentation = Static<typeof NewRepresentation>;

export const AuthorityName = closed({ name: Name, language: Language, latin: Type.Optional(orNull(Name)) });
export type AuthorityName = Static<typeof AuthorityName>;

/** The classes of data for which a mandate can be given; `*` is all of them. */
export const mandateElements = [
  '*',
  'goods',
  'value',
  'order',
  'payment',
  'transport',
  'consignee',
  'parties',
  'decision',
  'charges',
  'movement',
  'case',
  'administration',
  'law',
] as const;
export const mandatePurposes = [
  'clear',
  'inspect',
  'tax',
  'read',
  'dispose',
  'administer',
  'register',
  'propose-law',
  'approve-law',
] as const;

export const NewMandate = closed({
  authority: AuthorityIdentifier,
  element: among(mandateElements),
  purpose: among(mandatePurposes),
  reference: Type.String({ minLength: 1, maxLength: 200 }),
  from: DayText,
  until: Type.Optional(orNull(DayText)),
});
export type NewMandate = Static<typeof NewMandate>;

/** How many keys of a party count at once. */
export const keysMax = 20;
/** How many days the key before it goes on counting at most, once there is a new one. */
export const overlapMax = 30;

/** What a person of a party may have a key do for it: never the window's own administration. */
export const keyScopes = ['file', 'read', 'pay'] as const;

/** The body of `POST /v1/keys`. */
export const NewKey = closed({
  name: Name,
  scopes: someOf(keyScopes),
  until: Type.Optional(orNull(DayText)),
});
export type NewKey = Static<typeof NewKey>;

/** The body of `POST /v1/keys/{id}/rotation`: how many more days the present key counts; none ends it at once. */
export const Rotation = closed({ overlap: Type.Integer({ minimum: 0, maximum: overlapMax }) });
export type Rotation = Static<typeof Rotation>;

export const clientScopes = ['file', 'read', 'pay', 'guarantee', 'administer'] as const;

export const NewClient = closed({
  name: Name,
  party: Type.Optional(orNull(Identifier)),
  authority: Type.Optional(orNull(AuthorityIdentifier)),
  scopes: someOf(clientScopes),
});
export type NewClient = Static<typeof NewClient>;

/** The public key with which a client signs, as a JWK (RFC 7517); null takes it away. */
export const SigningKey = closed({ key: orNull(Type.Object({}, { additionalProperties: true })) });
export type SigningKey = Static<typeof SigningKey>;

/** How many keys a client has for the issuer at once: one, and the next while they are changed. */
export const accessKeysMax = 2;

/** The public keys with which a client asks for access tokens, as JWK (RFC 7517): the whole list each time. */
export const AccessKeys = closed({
  keys: Type.Array(Type.Object({}, { additionalProperties: true }), { maxItems: accessKeysMax }),
});
export type AccessKeys = Static<typeof AccessKeys>;

/** The roles a person can be given. `system` is the window itself. */
export const personRoles = [
  'filer',
  'seller',
  'carrier',
  'operator',
  'payer',
  'manager',
  'officer',
  'administrator',
  'auditor',
] as const;

const UserName = Type.String({ pattern: '^[a-z0-9][a-z0-9._@-]{1,63}$' });
const person = {
  shown: Name,
  roles: someOf(personRoles),
  party: Type.Optional(orNull(Identifier)),
  authority: Type.Optional(orNull(AuthorityIdentifier)),
};
export const NewUser = closed({ name: UserName, ...person });
export type NewUser = Static<typeof NewUser>;
export const UserChange = closed({ ...person, status: among(['active', 'suspended'] as const) });
export type UserChange = Static<typeof UserChange>;

/** A registered party, as it is true in one epoch. */
export interface Party {
  readonly id: string;
  readonly identifier: string;
  readonly name: string;
  readonly language: string;
  readonly latin: string | null;
  readonly roles: readonly string[];
  readonly status: 'active' | 'suspended';
  readonly from: string;
  readonly until: string | null;
}

export interface Authority {
  readonly id: string;
  readonly identifier: string;
  readonly name: string;
  readonly language: string;
  readonly latin: string | null;
}

/** An API client. `hash` is the SHA-256 of its key in hexadecimal. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly party: string | null;
  readonly authority: string | null;
  readonly hash: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly status: 'active' | 'revoked';
  readonly created: string;
  /** The public key with which this client signs, as a JWK in text; null while none was entered. */
  readonly signing: string | null;
  /** The public keys with which it asks the issuer for access tokens, as a list of JWK in text. */
  readonly access: string;
  /** The first day on which its key counts no more; null while it has no end. */
  readonly until: string | null;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly shown: string;
  readonly roles: readonly string[];
  readonly party: string | null;
  readonly authority: string | null;
  readonly status: 'active' | 'suspended';
  readonly demo: boolean;
  readonly created: string;
}

/** How many characters a password has: length is what protects it (NIST SP 800-63B-4 §3.1.1.2). */
export const passwordLength = { least: 12, most: 200 } as const;

/** How long a session lasts without use, and in all. */
export const sessionMinutes = { idle: 60, whole: 12 * 60 } as const;

/** By what somebody signed in. */
export type SessionAssurance = 'password' | 'demo' | 'passkey';

/** One place where a person is signed in. */
export interface Device {
  readonly id: string;
  readonly assurance: SessionAssurance;
  /** What the browser said of itself when it signed in. */
  readonly device: string;
  readonly created: string;
  readonly seen: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

/** A session counts when it was used and opened after these instants. */
export interface SessionTimes {
  readonly seenAfter: string;
  readonly createdAfter: string;
}

/** How long a link works that is shown once. */
export const linkHours = 24;

/** How many sign-ins are tried in a quarter of an hour, for one name and from one address. */
export const attemptsMax = { name: 10, address: 40, minutes: 15 } as const;
