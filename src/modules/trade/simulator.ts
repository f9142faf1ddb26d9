import { hash } from 'node:crypto';
import { formatMoney, parseMoney } from '#kernel/money.ts';
import { instantOf } from '#platform/clock.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import type { MovementEvent, Step } from './model.ts';

/**
 * A carrier and a payment provider that nobody runs: what they would tell of a parcel, through the same intake and with
 * the word *simulated* on every event. The same parcel has the same tale, so that it can be told again.
 */

type Paper = Pick<Consignment, 'orders' | 'payments' | 'transports'>;

/** When a parcel of the simulators sets out, when it was released, and how long each of its steps takes. */
export interface Course {
  readonly from: number;
  readonly released: number | null;
  readonly paceMs: number;
}

type Fate = 'fine' | 'payment-failed' | 'differs' | 'late' | 'not-at-home';

/** Of twenty parcels one each is not paid, is paid otherwise, is late, and meets nobody at home. */
function fateOf(waybill: string): Fate {
  const place = Number.parseInt(hash('sha256', waybill, 'hex').slice(0, 6), 16) % 20;
  return (['payment-failed', 'differs', 'late', 'not-at-home'] as const)[place] ?? 'fine';
}

/** What the simulated payment provider tells of a parcel: the first of its payments. */
export function paymentTale({ orders = [], payments = [], transports = [] }: Paper, course: Course): MovementEvent[] {
  const [payment] = payments;
  const order = orders.find(({ number }) => number === payment?.order);
  const fate = fateOf(transports[0]?.document ?? '');
  if (payment === undefined || order === undefined || payment.method === 'cash-on-delivery') return [];
  const { provider: by, reference, amount } = payment;
  const tell = (step: Step, place: number): MovementEvent => ({
    event: `SIM-${reference}-${step}`,
    by,
    step,
    about: { order: { platform: order.platform, number: order.number } },
    at: instantOf(course.from + (place - 3) * course.paceMs),
    ...(step === 'payment-failed' ? {} : { amount: fate === 'differs' ? halfOf(amount) : amount }),
    simulated: true,
  });
  if (fate === 'payment-failed') return [tell('payment-authorised', 0), tell('payment-failed', 1)];
  const paid = [tell('payment-authorised', 0), tell('payment-captured', 1)];
  return course.released === null || fate === 'differs' ? paid : [...paid, tell('payment-settled', 3)];
}

function halfOf(amount: MovementEvent['amount'] & {}): typeof amount {
  const money = parseMoney(amount);
  return money.ok && money.value.minor > 1n ? formatMoney({ ...money.value, minor: money.value.minor / 2n }) : amount;
}

/** What the simulated carrier tells of a parcel: under way at once, to its buyer only once it was released. */
export function carrierTale({ transports = [] }: Paper, course: Course): MovementEvent[] {
  const [transport] = transports;
  if (transport === undefined) return [];
  const { from, released, paceMs } = course;
  const { carrier: by, document: waybill } = transport;
  const fate = fateOf(waybill);
  const tell = (step: Step, at: number, expected?: number): MovementEvent => ({
    event: `SIM-${waybill}-${step}`.slice(0, 64),
    by,
    step,
    about: { waybill },
    at: instantOf(at),
    ...(expected === undefined ? {} : { expected: instantOf(expected) }),
    simulated: true,
  });
  const due = from + (fate === 'late' ? 3 : 60) * paceMs;
  const setOut = [tell('picked-up', from), tell('departed', from + 2 * paceMs, due)];
  if (released === null || fate === 'late') return setOut;
  const last: Step = fate === 'not-at-home' ? 'delivery-failed' : 'delivered';
  return [...setOut, tell('out-for-delivery', released + 3 * paceMs), tell(last, released + 5 * paceMs)];
}
