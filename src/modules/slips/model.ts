import { type Static, type TProperties, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import {
  type Consignment,
  Declaration,
  InstantText,
  Order,
  PartyIdentifier,
  Payment,
  Transport,
} from '#modules/rulebook/index.ts';

/** The slips of a parcel: each comes from a party of its own. */
export const kinds = ['order', 'payment', 'transport', 'declaration'] as const;
export type Kind = (typeof kinds)[number];

/**
 * Where a slip stands. *received*: no declaration names it yet, or the others are not complete. *matched*: it stands in
 * a parcel that is not decided, or agrees with one that was decided without it. *contradicts*: one of its fields says
 * something else than the other slips. *used*: a parcel was decided with it. *expired*: its deadline passed first.
 */
export const states = ['received', 'matched', 'contradicts', 'used', 'expired'] as const;
export type State = (typeof states)[number];

const closed = <T extends TProperties>(properties: T, $id: string) =>
  Type.Object(properties, { additionalProperties: false, $id });

/** The version that a correction takes the place of; a slip that differs from what stands without it is refused. */
const replaces = Type.Optional(Type.Integer({ minimum: 1, maximum: 999 }));
const orderNumber = Order.properties.number;

/** The platform's slip. */
export const OrderSlip = closed({ ...Order.properties, replaces }, 'OrderSlip');

/** The payment provider's slip; the platform says whose order number it names. */
export const PaymentSlip = closed({ ...Payment.properties, platform: PartyIdentifier, replaces }, 'PaymentSlip');

/** The carrier's slip; where it names no platform, its orders are told apart by the declaration that names it. */
export const TransportSlip = closed(
  { ...Transport.properties, platform: Type.Optional(PartyIdentifier), replaces },
  'TransportSlip',
);

const named = <T extends TProperties>(properties: T) =>
  Type.Optional(
    Type.Array(Type.Object(properties, { additionalProperties: false }), {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
    }),
  );

/**
 * The declarant's slip, with the slips of others that it is about. Payments and transports that are left out are those
 * that name one of its orders.
 */
export const DeclarationSlip = closed(
  {
    ...Declaration.properties,
    orders: named({ platform: PartyIdentifier, number: orderNumber }),
    payments: named({ provider: PartyIdentifier, reference: Payment.properties.reference }),
    transports: named({ carrier: PartyIdentifier, document: Transport.properties.document }),
    replaces,
  },
  'DeclarationSlip',
);

/** The schema of each kind. */
export const schemas = {
  order: OrderSlip,
  payment: PaymentSlip,
  transport: TransportSlip,
  declaration: DeclarationSlip,
} as const;

export type Body<K extends Kind = Kind> = Static<(typeof schemas)[K]>;

/** What identifies a slip: its kind, whose it is, and its number there. */
export interface Name {
  readonly kind: Kind;
  readonly sender: string;
  readonly number: string;
}

/** The part of a parcel that a slip brings, as it stands in the whole parcel. */
export type Content =
  | { readonly kind: 'order'; readonly order: NonNullable<Consignment['orders']>[number] }
  | { readonly kind: 'payment'; readonly payment: NonNullable<Consignment['payments']>[number] }
  | { readonly kind: 'transport'; readonly transport: NonNullable<Consignment['transports']>[number] }
  | { readonly kind: 'declaration'; readonly declaration: Consignment['declaration'] };

/** Why a slip contradicts: which of its fields, what it says there, and what the others say. */
export interface Reason {
  readonly code: string;
  /** JSON pointer into the slip. */
  readonly field: string;
  readonly found: string;
  readonly expected: string;
  /** The rule's law, as the pack cites it; empty for a rule of the window's own. */
  readonly source: string;
}

/** What the sender of a slip is answered, and answered again when the same slip comes again. */
export interface Receipt {
  readonly id: string;
  readonly slip: Kind;
  readonly sender: string;
  readonly number: string;
  readonly version: number;
  readonly received: string;
}

/** A slip as its sender follows it. */
export interface SlipView extends Receipt {
  readonly state: State;
  readonly due: string | null;
  readonly reasons: readonly Reason[];
  readonly parcel: string | null;
  readonly statement: string | null;
  readonly content: Partial<Record<Kind, unknown>>;
}

const text = (value: string) => Type.String({ minLength: 1, maxLength: 64, description: value });

export const nameParams = Type.Object(
  { sender: text('Whose slip it is.'), number: text('Its number there.') },
  { additionalProperties: false },
);

export const idParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

export const listQuery = Type.Object(
  {
    slip: Type.Optional(Type.Union(kinds.map((kind) => Type.Literal(kind)))),
    state: Type.Optional(Type.Union(states.map((state) => Type.Literal(state)))),
    before: Type.Optional(Type.String({ format: 'uuid' })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$' })),
  },
  { additionalProperties: false },
);

export const ReceiptSchema = Type.Object(
  {
    id: Type.String(),
    slip: Type.Union(kinds.map((kind) => Type.Literal(kind))),
    sender: PartyIdentifier,
    number: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    received: InstantText,
  },
  { description: 'The receipt: what stands, under which version. The same slip again gets the same one.' },
);

export const refusals: Catalogue = {
  'slips/not-yours': { status: 403, title: 'You may not send slips for this party' },
  'slips/role-not-registered': { status: 403, title: 'This party is not registered to send slips of this kind' },
  'slips/not-found': { status: 404, title: 'There is no such slip, or you may not see it' },
  'slips/key-replayed': { status: 409, title: 'This number was already used for other content' },
  'slips/version-differs': { status: 409, title: 'Another version stands than the one this correction replaces' },
  'slips/nothing-to-replace': { status: 409, title: 'There is no such slip that a correction could replace' },
  'slips/used': { status: 409, title: 'A parcel was decided with this slip' },
  'slips/statement-alone': { status: 400, title: 'An upload statement vouches for a file of lines' },
  'slips/statement-no-key': { status: 403, title: 'No signing key is on record for this client' },
  'slips/statement-malformed': { status: 400, title: 'The upload statement does not say what it has to' },
  'slips/statement-filer': { status: 403, title: 'The upload statement names another filer' },
  'slips/statement-digest': { status: 409, title: 'The file is not the one that the upload statement is about' },
  'slips/statement-lines': {
    status: 409,
    title: 'The file has another number of lines than the upload statement says',
  },
};
