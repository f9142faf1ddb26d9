import { type Static, Type } from 'typebox';
import type { Money } from '#kernel/money.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { RecordRef } from '#platform/auth.ts';

/** The refusals of this module. */
export const refusals = {
  'treasury/not-found': { status: 404, title: 'There is no such notice' },
  'treasury/not-yours': { status: 403, title: 'This notice is not yours to pay' },
  'treasury/method-unknown': { status: 400, title: 'This way of paying is not known here' },
  'treasury/nothing-due': { status: 409, title: 'Nothing is due on this notice' },
  'treasury/currency-differs': { status: 400, title: 'The notice is in another currency' },
  'treasury/amount-differs': { status: 400, title: 'The notice asks for another amount' },
  'treasury/already-paid': { status: 409, title: 'This notice is paid already' },
  'treasury/payment-running': { status: 409, title: 'A payment of this notice is under way' },
  'treasury/payment-differs': { status: 409, title: 'Another payment was made under this reference' },
  'treasury/bank-refused': { status: 409, title: 'The bank refused the payment' },
  'treasury/bank-silent': { status: 503, title: 'The bank has not answered yet' },
  'treasury/bill-not-found': { status: 404, title: 'There is no such tax bill' },
  'treasury/bill-not-yours': { status: 403, title: 'This tax bill is not yours to pay' },
  'treasury/bill-collecting': { status: 409, title: 'The period of this tax bill has not ended' },
  'treasury/bill-settled': { status: 409, title: 'This tax bill asks nothing any more' },
  'treasury/bill-differs': { status: 400, title: 'The tax bill asks for another amount' },
  'treasury/notice-running': { status: 409, title: 'A notice of this tax bill is being paid alone' },
  'treasury/not-overdue': { status: 409, title: 'The guarantee is called only for a bill that is overdue' },
  'treasury/guarantee-not-found': { status: 404, title: 'There is no such guarantee account' },
  'treasury/guarantee-not-yours': { status: 403, title: 'This guarantee account is not yours to raise' },
  'treasury/top-up-currency': { status: 400, title: 'The guarantee account is in another currency' },
  'treasury/top-up-amount': { status: 400, title: 'This is no amount that a ceiling can be raised by' },
  'treasury/statement-not-found': { status: 404, title: 'There is no such bank statement' },
  'treasury/statement-not-yours': { status: 403, title: 'Bank statements are the tax office’s to hand in' },
  'treasury/statement-unread': { status: 400, title: 'This is no bank statement that can be read here' },
  'treasury/statement-line': { status: 400, title: 'A line of the statement cannot be read' },
  'treasury/statement-sum': { status: 400, title: 'The balances of the statement do not agree with its lines' },
} as const satisfies Catalogue;

export type NoticeState = 'secured' | 'due' | 'paid' | 'cancelled' | 'refunded';

/** What one version of a parcel's assessment asks at the border; the id is the parcel's. */
export interface Notice {
  readonly id: string;
  readonly version: number;
  readonly payer: string;
  readonly guarantor: string | null;
  readonly currency: string;
  /** Whole minor units of the currency. */
  readonly amount: bigint;
  readonly state: NoticeState;
  /** What is to be given back and has not been yet, in minor units. */
  readonly refund: bigint;
  /** The charges as the determination gave them, JSON text. */
  readonly charges: string;
  readonly issued: string;
  readonly settled: string | null;
  /** Null for a parcel. */
  readonly about: 'service' | null;
}

/** A notice about to be issued. */
export interface NewNotice {
  readonly id: string;
  readonly version: number;
  readonly payer: string;
  readonly guarantor: string | null;
  readonly currency: string;
  readonly amount: bigint;
  readonly charges: string;
  /** Whether the guarantor's account was claimed for it. */
  readonly secured: boolean;
  readonly issued: string;
  /** Whether it belongs to the history that a demonstration makes up, as its journal entry then does. */
  readonly seeded?: boolean;
}

export interface PaymentRow {
  readonly id: string;
  readonly notice: string;
  readonly version: number;
  readonly party: string;
  readonly actor: string;
  readonly method: string;
  readonly reference: string;
  readonly currency: string;
  readonly amount: bigint;
  /** `refunded` is given back whole. */
  readonly state: 'asked' | 'paid' | 'refused' | 'refunded';
  readonly bank: string | null;
  readonly simulated: boolean | null;
  readonly refunded: bigint;
  readonly asked: string;
  readonly answered: string | null;
  /** The payment of a bill that this one is a part of; null for one of its own. */
  readonly whole: string | null;
}

/** What a bank is asked. The id is the same however often it is asked. */
export interface PaymentOrder {
  readonly id: string;
  readonly amount: Money;
  readonly payer: string;
  readonly purpose: string;
}

/** What a bank answers. `simulated` is true for anything that moves no money. */
export interface BankAnswer {
  readonly outcome: 'paid' | 'refused';
  readonly reference: string;
  readonly simulated: boolean;
}

/**
 * A way of paying. Both calls are idempotent by the order's id: asked again, the bank answers as the first time and
 * moves no more money. A bank that cannot be reached throws.
 */
export interface PaymentAdapter {
  readonly method: string;
  pay(order: PaymentOrder): Promise<BankAnswer>;
  /** Gives back an amount of a payment; the id of the order is the refund's own. */
  refund(order: PaymentOrder & { readonly payment: string }): Promise<BankAnswer>;
}

/**
 * The body of `POST /v1/notices/{id}/payments`. The reference is the payer's own key: the same again pays nothing more.
 */
export const PaymentBody = Type.Object(
  {
    method: Type.String({ pattern: '^[a-z][a-z-]{0,39}$' }),
    reference: Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\x21-\\x7e]+$' }),
    amount: Type.Object(
      {
        currency: Type.String({ pattern: '^[A-Z]{3}$' }),
        amount: Type.String({ pattern: '^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,4})?$' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, $id: 'Payment' },
);
export type PaymentBody = Static<typeof PaymentBody>;

/** A notice as `may` and `view` know it. */
export const recordOf = (notice: Pick<Notice, 'id' | 'payer' | 'guarantor'>): RecordRef => ({
  kind: 'notice',
  id: notice.id,
  parties: { payer: [notice.payer], guarantor: notice.guarantor === null ? [] : [notice.guarantor] },
  desk: null,
});
