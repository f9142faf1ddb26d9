import { type Static, Type } from 'typebox';
import type { WireMoney } from '#kernel/money.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { RecordRef } from '#platform/auth.ts';
import { DayText, PartyIdentifier, Words } from '#modules/rulebook/index.ts';

/** The refusals of this module. */
export const refusals = {
  'ports/not-yours': { status: 403, title: 'A port’s tariff is published by its operator' },
  'ports/not-an-operator': { status: 403, title: 'This party operates no place' },
  'ports/past': { status: 409, title: 'A tariff does not begin in the past' },
  'ports/fee-twice': { status: 400, title: 'A fee stands twice' },
  'ports/amount': { status: 400, title: 'This is no amount of a fee' },
  'ports/free-days': { status: 400, title: 'Only a fee by the day has free days' },
  'ports/not-found': { status: 404, title: 'There is no such tariff' },
  'ports/currency-unknown': { status: 400, title: 'This currency is not known' },
  'ports/figure': { status: 400, title: 'This is no figure to work out fees with' },
} as const satisfies Catalogue;

/** What a fee is charged by. */
export const units = ['consignment', 'container', 'tonne', 'cubic-metre', 'piece'] as const;
export type Unit = (typeof units)[number];

const closed = { additionalProperties: false } as const;
const plain = Type.String({ pattern: '^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,4})?$' });

const Fee = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
    name: Words,
    unit: Type.Unsafe<Unit>(Type.Union(units.map((one) => Type.Literal(one)))),
    /** By the day of storage, after its free days. */
    daily: Type.Boolean(),
    freeDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
    amount: plain,
    /** Never less than this, where it is charged at all. */
    minimum: Type.Optional(plain),
  },
  closed,
);
export type Fee = Static<typeof Fee>;

/** The body of `POST /v1/port-tariffs`: one version of what a port charges from a day on. */
export const TariffBody = Type.Object(
  {
    operator: PartyIdentifier,
    port: Type.String({ pattern: '^[A-Z0-9][A-Z0-9-]{1,34}$' }),
    name: Words,
    from: DayText,
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    source: Type.String({ minLength: 1, maxLength: 256 }),
    fees: Type.Array(Fee, { minItems: 1, maxItems: 100 }),
  },
  { ...closed, $id: 'PortTariff' },
);
export type TariffBody = Static<typeof TariffBody>;

/** A published version, as it is stored. */
export interface TariffRow {
  readonly id: string;
  readonly operator: string;
  readonly port: string;
  readonly version: number;
  readonly from: string;
  readonly currency: string;
  readonly digest: Buffer;
  readonly body: string;
  readonly published: string;
}

/** A version as anybody reads it. */
export interface TariffView {
  readonly id: string;
  readonly operator: string;
  readonly port: string;
  readonly version: number;
  readonly name: TariffBody['name'];
  readonly from: string;
  readonly currency: string;
  readonly source: string;
  readonly fees: readonly Fee[];
  readonly published: string;
}

/** What somebody asks the calculator about: quantities by unit, as decimal texts, and whole days of storage. */
export interface Quantities {
  readonly amounts: Readonly<Record<Unit, string>>;
  readonly days: number;
}

/** One fee, worked out. */
export interface FeeLine {
  readonly id: string;
  readonly name: Fee['name'];
  readonly unit: Unit;
  readonly quantity: string;
  /** Days that are charged; null for a fee that is not by the day. */
  readonly days: number | null;
  readonly rate: WireMoney;
  readonly amount: WireMoney;
  readonly minimum: boolean;
}

/** A tariff as `may` and `view` know it: published, so anybody reads it. */
export const tariffRecord = (id: string, operator: string): RecordRef => ({
  kind: 'tariff',
  id,
  parties: { operator: [operator] },
  desk: null,
});
