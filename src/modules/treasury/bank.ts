import { setTimeout as delay } from 'node:timers/promises';
import type { PaymentAdapter } from './model.ts';

/**
 * A bank that exists only here. It moves no money and says so in every answer: `simulated` is true and its references
 * begin with SIMULATED. It pays whatever it is asked, so that a window without a bank can be walked through to the end.
 */
export const simulatedBank: PaymentAdapter = {
  method: 'simulated-bank',
  pay: (order) => Promise.resolve({ outcome: 'paid', reference: `SIMULATED-${order.id}`, simulated: true }),
  refund: (order) => Promise.resolve({ outcome: 'paid', reference: `SIMULATED-REFUND-${order.id}`, simulated: true }),
};

const slowMs = 2_000;

/** The simulated bank on a bad day: it takes its time and pays all the same. */
const slowBank: PaymentAdapter = {
  ...simulatedBank,
  method: 'simulated-slow',
  pay: async (order) => {
    await delay(slowMs);
    return simulatedBank.pay(order);
  },
};

/** The simulated bank without an account to take from: it refuses every payment. */
const refusingBank: PaymentAdapter = {
  ...simulatedBank,
  method: 'simulated-refusing',
  pay: (order) => Promise.resolve({ outcome: 'refused', reference: `SIMULATED-${order.id}`, simulated: true }),
};

const heard = new Set<string>();

/** The simulated bank behind a broken line: its first answer to a payment is lost, and the next one comes through. */
const lostBank: PaymentAdapter = {
  ...simulatedBank,
  method: 'simulated-lost',
  pay: (order) => {
    if (heard.delete(order.id)) return simulatedBank.pay(order);
    heard.add(order.id);
    return Promise.reject(new Error('the simulated line broke after the bank was asked'));
  },
};

/** The ways of paying that this window has. A bank's own adapter stands here beside the simulated ones. */
export const banks: readonly PaymentAdapter[] = [simulatedBank, slowBank, lostBank, refusingBank];
