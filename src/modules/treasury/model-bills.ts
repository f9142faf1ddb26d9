import { type Static, Type } from 'typebox';
import type { WireMoney } from '#kernel/money.ts';
import type { RecordRef } from '#platform/auth.ts';
import { PaymentBody } from './model.ts';

/**
 * `collecting` until its period ends, then `open`; `called` when the guarantee was drawn on for it; `settled` when none
 * of its notices asks anything any more.
 */
export const billStates = ['collecting', 'open', 'called', 'settled'] as const;
export type BillState = (typeof billStates)[number];

/** What one payer owes for one period under one guarantor. Days are `[from, until)`. */
export interface Bill {
  readonly id: string;
  readonly payer: string;
  readonly guarantor: string;
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  readonly state: BillState;
  /** What it asked when it was issued, in minor units; null before. */
  readonly amount: bigint | null;
  readonly issued: string | null;
  readonly due: string | null;
  readonly source: string | null;
  readonly overdue: string | null;
  readonly settled: string | null;
  /** What its notices ask now, in minor units, and how many they are. */
  readonly standing: bigint;
  readonly notices: number;
}

/** The charges of one kind that a bill collects, with the law they rest on. */
export interface BillCharge {
  readonly id: string;
  readonly liable: string;
  readonly source: string;
  readonly amount: WireMoney;
}

/** A notice on a bill. */
export interface BillLine {
  readonly id: string;
  readonly version: number;
  readonly amount: WireMoney;
  readonly state: string;
}

/** A payment of a bill, or one that raises a ceiling, as it is stored. */
export interface OrderRow {
  readonly id: string;
  readonly purpose: 'bill' | 'top-up';
  readonly subject: string;
  readonly party: string;
  readonly actor: string;
  readonly method: string;
  readonly reference: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly state: 'asked' | 'paid' | 'refused';
  readonly bank: string | null;
  readonly simulated: boolean | null;
  readonly asked: string;
  readonly answered: string | null;
}

/** A refund: asked for and not made yet, or made. */
export interface RefundView {
  readonly notice: string;
  readonly version: number;
  readonly payer: string;
  readonly amount: WireMoney;
  readonly state: 'asked' | 'made';
  readonly bank: string | null;
  readonly simulated: boolean | null;
  readonly at: string;
}

/** The body of `POST /v1/guarantees/{guarantor}/top-ups`: what the ceiling is raised by. */
export const TopUpBody = Type.Object(PaymentBody.properties, { additionalProperties: false, $id: 'TopUp' });
export type TopUpBody = Static<typeof TopUpBody>;

const text = Type.String({ minLength: 1, maxLength: 2_000 });
/** The body of a decision on an unpaid bill: `call` draws on the guarantee, `reverse` takes the call back. */
export const CallBody = Type.Object(
  {
    move: Type.Union([Type.Literal('call'), Type.Literal('reverse')]),
    stamp: Type.Integer({ minimum: 0 }),
    ground: text,
    reason: text,
    remedy: text,
  },
  { additionalProperties: false, $id: 'GuaranteeCall' },
);
export type CallBody = Static<typeof CallBody>;

/** A bill as `may` and `view` know it. */
export const billRecord = (bill: Pick<Bill, 'id' | 'payer' | 'guarantor'>): RecordRef => ({
  kind: 'bill',
  id: bill.id,
  parties: { payer: [bill.payer], guarantor: [bill.guarantor] },
  desk: null,
});

/** A guarantee account as `may` and `view` know it. */
export const guaranteeRecord = (guarantor: string): RecordRef => ({
  kind: 'account',
  id: guarantor,
  parties: { guarantor: [guarantor] },
  desk: null,
});
