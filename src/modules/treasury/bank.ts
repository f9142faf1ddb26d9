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

/** The ways of paying that this window has. A bank's own adapter stands here beside the simulated one. */
export const banks: readonly PaymentAdapter[] = [simulatedBank];
