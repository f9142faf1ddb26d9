import { type Static, Type } from 'typebox';
import type { WireMoney } from '#kernel/money.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { RecordRef } from '#platform/auth.ts';
import { Amount, Country, DayText, PartyIdentifier } from '#modules/rulebook/index.ts';

/** The refusals of this module. */
export const refusals = {
  'services/not-yours': {
    status: 403,
    title: 'A service is filed by its supplier, its customer, or who represents one',
  },
  'services/not-registered': { status: 409, title: 'The party that is at home here is not registered' },
  'services/differs': { status: 409, title: 'Another transaction was filed under this reference' },
  'services/not-found': { status: 404, title: 'There is no such transaction' },
  'services/one-at-home': { status: 400, title: 'One of supplier and customer is at home here, and only one' },
  'services/period': { status: 400, title: 'The period ends before it begins' },
  'services/contract-day': { status: 400, title: 'The contract’s day has not come' },
  'services/licence-missing': { status: 400, title: 'A licence says what it is of' },
  'services/licence-unasked': { status: 400, title: 'Only a licence says what it is of' },
  'services/amount': { status: 400, title: 'This is no value of a service' },
  'services/no-law': { status: 409, title: 'The pack says nothing that this depends on' },
  'services/no-case': { status: 409, title: 'Nobody reviews this transaction' },
} as const satisfies Catalogue;

/**
 * The kinds of service, each with its class in the extended balance of payments services classification (EBOPS 2010).
 * `licence` is the use of intellectual property.
 */
export const kinds = {
  manufacturing: 'SA',
  maintenance: 'SB',
  transport: 'SC',
  construction: 'SE',
  insurance: 'SF',
  financial: 'SG',
  licence: 'SH',
  digital: 'SI',
  business: 'SJ',
  cultural: 'SK',
} as const;
export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];

/** The rights that a licence may be of. */
export const rights = ['patent', 'trade-mark', 'copyright', 'design', 'know-how'] as const;
type Right = (typeof rights)[number];

const mark = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[\\x21-\\x7e]+$' });
const closed = { additionalProperties: false } as const;
const Side = Type.Object({ identifier: PartyIdentifier, country: Country }, closed);

/** The body of `POST /v1/services`. The filer's key is its reference: the same again is answered as the first was. */
export const ServiceBody = Type.Object(
  {
    reference: mark(64),
    filer: PartyIdentifier,
    kind: Type.Unsafe<Kind>(Type.Union(kindNames.map((one) => Type.Literal(one)))),
    // The class of the central product classification, where the filer knows it.
    cpc: Type.Optional(Type.String({ pattern: '^[0-9]{2,5}$' })),
    contract: Type.Object(
      { number: mark(64), day: DayText, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
      closed,
    ),
    supplier: Side,
    customer: Side,
    period: Type.Object({ from: DayText, until: DayText }, closed),
    value: Amount,
    placeOfSupply: Country,
    receipt: Type.Object({ reference: mark(64), day: DayText }, closed),
    licence: Type.Optional(
      Type.Object(
        {
          right: Type.Unsafe<Right>(Type.Union(rights.map((one) => Type.Literal(one)))),
          subject: Type.String({ minLength: 1, maxLength: 256 }),
          registration: Type.Optional(mark(64)),
        },
        closed,
      ),
    ),
  },
  { ...closed, $id: 'Service' },
);
export type ServiceBody = Static<typeof ServiceBody>;

/** A charge on a service, in the shape that a notice shows. */
export interface ServiceCharge {
  readonly id: string;
  readonly base: WireMoney;
  readonly rate: string;
  readonly amount: WireMoney;
  readonly liable: string;
  readonly collect: 'border' | 'withheld';
  readonly due: string;
  readonly secured: boolean;
  readonly rule: string;
  readonly source: string;
}

/** A transaction as it is stored. `settled` is an accepted one of which nothing is owed any more. */
export interface TransactionRow {
  readonly id: string;
  readonly filer: string;
  readonly reference: string;
  readonly digest: Buffer;
  readonly direction: 'import' | 'export';
  readonly kind: Kind;
  readonly supplier: string;
  readonly customer: string;
  readonly currency: string;
  readonly minor: bigint;
  readonly homeMinor: bigint;
  readonly day: string;
  readonly body: string;
  readonly state: 'under-review' | 'accepted' | 'refused';
  readonly settled: boolean;
  readonly charges: string;
  readonly owed: bigint;
  readonly pack: string;
  readonly received: string;
  readonly decided: string | null;
}

export const shownStates = ['under-review', 'accepted', 'settled', 'refused'] as const;
export type ShownState = (typeof shownStates)[number];

/** A transaction as `may` and `view` know it. */
export const serviceRecord = (
  one: Pick<TransactionRow, 'id' | 'filer' | 'supplier' | 'customer'>,
  desk: string | null = null,
): RecordRef => ({
  kind: 'service',
  id: one.id,
  parties: { filer: [one.filer], seller: [one.supplier], importer: [one.customer] },
  desk,
});
