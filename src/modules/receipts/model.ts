import { type Static, Type } from 'typebox';
import type { WireMoney } from '#kernel/money.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { RecordRef } from '#platform/auth.ts';
import { Amount, DayText, PartyIdentifier } from '#modules/rulebook/index.ts';

/** The refusals of this module. */
export const refusals = {
  'receipts/not-yours': { status: 403, title: 'A receipt is reported by its payment provider or bank' },
  'receipts/not-a-provider': { status: 403, title: 'This party is no payment provider' },
  'receipts/differs': { status: 409, title: 'Another receipt was reported under this reference' },
  'receipts/names-one': { status: 400, title: 'A receipt names an order or a declaration, and only one of them' },
  'receipts/amount': { status: 400, title: 'This is no amount that can have been received' },
  'receipts/not-received-yet': { status: 400, title: 'This day has not come' },
  'receipts/exporter-differs': { status: 409, title: 'What the receipt names was exported by somebody else' },
  'receipts/not-found': { status: 404, title: 'There is no such exporter' },
} as const satisfies Catalogue;

const mark = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[\\x21-\\x7e]+$' });
const closed = { additionalProperties: false } as const;

/** The body of `POST /v1/receipts`: money that came from abroad, and what it was for. */
export const ReceiptBody = Type.Object(
  {
    provider: PartyIdentifier,
    reference: mark(64),
    exporter: PartyIdentifier,
    order: Type.Optional(Type.Object({ platform: PartyIdentifier, number: mark(64) }, closed)),
    declaration: Type.Optional(Type.Object({ filer: PartyIdentifier, id: mark(64) }, closed)),
    amount: Amount,
    received: DayText,
  },
  { ...closed, $id: 'ExchangeReceipt' },
);
export type ReceiptBody = Static<typeof ReceiptBody>;

/** A receipt as it is stored. */
export interface ReceiptRow {
  readonly id: string;
  readonly provider: string;
  readonly reference: string;
  readonly exporter: string;
  readonly kind: 'order' | 'declaration';
  readonly name: string;
  readonly currency: string;
  readonly minor: bigint;
  readonly received: string;
  readonly reported: string;
  readonly claim: string | null;
}

/** What an export is worth in one currency. */
export interface ExportRow {
  readonly parcel: string;
  readonly currency: string;
  readonly exporter: string;
  readonly filer: string;
  readonly declaration: string;
  readonly claim: string;
  readonly orders: readonly string[];
  readonly minor: bigint;
  readonly exported: string;
}

/** `waiting`: what it names has not left. `other-currency`: nothing of it was invoiced in the currency that came. */
export type ReceiptState = 'matched' | 'waiting' | 'other-currency';

/** A receipt as it leaves. */
export interface ReceiptView {
  readonly id: string;
  readonly provider: string;
  readonly reference: string;
  readonly exporter: string;
  readonly kind: 'order' | 'declaration';
  readonly name: string;
  readonly amount: WireMoney;
  readonly received: string;
  readonly reported: string;
  readonly state: ReceiptState;
}

/** One order, or one parcel without an order: what was exported under it in a currency and what came. */
export interface ClaimView {
  readonly claim: string;
  readonly parcels: readonly string[];
  readonly exported: WireMoney;
  readonly received: WireMoney;
  readonly outstanding: WireMoney;
  /** What came beyond what was exported. */
  readonly over: WireMoney;
  readonly since: string | null;
  /** The last day for it to come by the law; null where the pack names none. */
  readonly due: string | null;
  readonly state: 'outstanding' | 'overdue' | 'settled' | 'over' | 'other-currency';
}

/** What an exporter sent and what came, in each currency by itself: nothing is converted. */
export interface ExchangeSum {
  readonly currency: string;
  readonly exported: WireMoney;
  readonly received: WireMoney;
  readonly outstanding: WireMoney;
  readonly over: WireMoney;
  /** What came for exports that are not known yet. */
  readonly waiting: WireMoney;
}

/** A receipt, or an exporter's account of them, as `may` and `view` know it. */
export const receiptRecord = (id: string, exporter: string, provider: string | null): RecordRef => ({
  kind: 'receipt',
  id,
  parties: { seller: [exporter], provider: provider === null ? [] : [provider] },
  desk: null,
});
