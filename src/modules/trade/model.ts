import { type Static, Type } from 'typebox';
import type { WireMoney } from '#kernel/money.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { RecordRef } from '#platform/auth.ts';
import type { PartyRole } from '#modules/parties/index.ts';
import type { Status } from '#modules/clearance/index.ts';
import { Amount, PartyIdentifier } from '#modules/rulebook/index.ts';

/** The refusals of this module. */
export const refusals = {
  'trade/not-yours': { status: 403, title: 'A movement event is told by the party it names, or by who represents it' },
  'trade/not-in-role': { status: 403, title: 'This party is not registered for telling of such a step' },
  'trade/differs': { status: 409, title: 'Another event was told under this id' },
  'trade/names-one': { status: 400, title: 'An event is about a barcode, a waybill or an order, and only one of them' },
  'trade/amount': { status: 400, title: 'This is no amount that can have moved' },
  'trade/amount-misplaced': { status: 400, title: 'Only a step of a payment has an amount' },
  'trade/no-such-moment': { status: 400, title: 'There is no such day or time' },
  'trade/not-yet': { status: 400, title: 'What is told of has not happened yet' },
  'trade/not-found': { status: 404, title: 'There is no such parcel, or it is not yours to see' },
  'trade/no-party': { status: 403, title: 'A calendar belongs to somebody who stands for a party' },
  'trade/calendar-unknown': { status: 404, title: 'There is no calendar at this address any more' },
  'trade/too-many-watch': { status: 503, title: 'Too many pages are being watched at this moment' },
} as const satisfies Catalogue;

/** What happens to goods between buyer and seller, in the words of the field. */
export const goodsSteps = [
  'picked-up',
  'received',
  'stored',
  'departed',
  'arrived',
  'out-for-delivery',
  'delivery-failed',
  'delivered',
  'sent-back',
] as const;
/** What happens to the money that is paid for them. */
export const moneySteps = [
  'payment-authorised',
  'payment-captured',
  'payment-failed',
  'payment-settled',
  'payment-refunded',
] as const;
export const steps = [...goodsSteps, ...moneySteps] as const;
export type GoodsStep = (typeof goodsSteps)[number];
export type MoneyStep = (typeof moneySteps)[number];
export type Step = (typeof steps)[number];

export const isMoney = (step: string): step is MoneyStep => moneySteps.some((one) => one === step);

/** Who may tell of a step: who moves or keeps goods of the goods, who moves money of the money. */
export const tellers = (step: Step): readonly PartyRole[] =>
  isMoney(step) ? ['payment-provider'] : ['carrier', 'postal-operator', 'place-operator'];

const mark = Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\x21-\\x7e]+$' });
/** An instant with the offset of its source's own clock. */
const InstantThere = Type.String({
  pattern:
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?' +
    '(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$',
});
const closed = { additionalProperties: false } as const;

/** What an event is about. */
export const About = Type.Object(
  {
    barcode: Type.Optional(mark),
    waybill: Type.Optional(mark),
    order: Type.Optional(Type.Object({ platform: PartyIdentifier, number: mark }, closed)),
  },
  closed,
);

/** The body of `POST /v1/movement-events`: what happened, to what, where, when. A place is a code, never an address. */
export const MovementEvent = Type.Object(
  {
    event: mark,
    by: PartyIdentifier,
    step: Type.Unsafe<Step>(Type.Union(steps.map((one) => Type.Literal(one)))),
    about: About,
    at: InstantThere,
    place: Type.Optional(Type.String({ pattern: '^[A-Z0-9][A-Z0-9-]{1,34}$' })),
    amount: Type.Optional(Amount),
    expected: Type.Optional(InstantThere),
    simulated: Type.Optional(Type.Boolean()),
  },
  { ...closed, $id: 'MovementEvent' },
);
export type MovementEvent = Static<typeof MovementEvent>;

/** What an event is about, as a row: an order has its platform as sender, the others none. */
export interface Mark {
  readonly kind: 'barcode' | 'waybill' | 'order';
  readonly sender: string;
  readonly number: string;
}

/** An event as it is stored. */
export interface EventRow extends Mark {
  readonly party: string;
  readonly event: string;
  readonly id: string;
  readonly step: Step;
  readonly at: string;
  readonly zone: string;
  readonly place: string | null;
  readonly currency: string | null;
  readonly minor: bigint | null;
  readonly expected: string | null;
  readonly simulated: boolean;
  readonly received: string;
  readonly body: string;
}

/** The answer to an event, the same however often it is told. */
export interface Kept {
  readonly id: string;
  readonly event: string;
  readonly received: string;
}
export const Kept = Type.Object({ id: Type.String(), event: Type.String(), received: Type.String() });

/** One thing that somebody told of a parcel, as it leaves. */
export interface Told {
  readonly step: Step;
  /** When it happened, UTC; `zone` is how far its source's own clock stood from that. */
  readonly at: string;
  readonly zone: string;
  readonly by: string;
  readonly place: string | null;
  readonly expected: string | null;
  readonly amount?: WireMoney;
  readonly simulated: boolean;
}

/** What can be wrong with a parcel, the most urgent first. */
export const troubles = ['payment-failed', 'mismatch', 'held', 'stopped', 'slips', 'late', 'undecided'] as const;
export type Trouble = (typeof troubles)[number];

/** A parcel in its three flows, as far as somebody sees it. */
export interface Flow {
  readonly id: string;
  readonly declaration: string;
  readonly filer?: string;
  readonly seller?: readonly string[];
  readonly received: string;
  readonly status: Status;
  readonly since: string;
  readonly due: string | null;
  readonly outcome?: string;
  readonly route?: string | null;
  readonly missing?: readonly string[];
  readonly value?: WireMoney | null;
  readonly border?: WireMoney | null;
  readonly secured?: boolean;
  readonly pieces?: number;
  readonly presented?: number;
  readonly orders?: readonly { readonly platform: string; readonly number: string }[];
  readonly waybills?: readonly string[];
  /** The last that was told of its goods and of its money. */
  readonly goods?: Told | null;
  readonly money?: Told | null;
  /** Whether the money that moved is other than what was declared. */
  readonly differs?: boolean;
  /** Everything that was told, the oldest first; only where one parcel is asked for. */
  readonly toldGoods?: readonly Told[];
  readonly toldMoney?: readonly Told[];
}

/** A movement event as `may` knows it: told by its party, wherever that stands. */
export const tellingRecord = (party: string): RecordRef => ({
  kind: 'flow',
  id: '',
  parties: { carrier: [party], operator: [party], provider: [party] },
  desk: null,
});
