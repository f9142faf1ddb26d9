import type { Check } from '#kernel/check.ts';
import {
  addDecimal,
  compareDecimal,
  type Decimal,
  formatDecimal,
  parseDecimal,
  subtractDecimal,
} from '#kernel/decimal.ts';
import { makeCheck } from './checks.ts';
import type { Amount } from './consignment.ts';
import type { MatchRule } from './pack.ts';
import { type Run, useRule } from './run.ts';

/**
 * The slips of one parcel come from different senders and are held against each other field by field. Every difference
 * names the field, what was expected and found, and whose field it is, so that it goes to the one who can correct it.
 */
export interface Difference {
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
}

type Slips = Run['consignment'];
type Slip = MatchRule['single'][number];
type Comparison = MatchRule['compare'];

/** Nearly always. */
const none: readonly Difference[] = [];

const nothing: Decimal = { digits: 0n, scale: 0 };
const decimalOf = (text: string): Decimal => parseDecimal(text) ?? nothing;

/** A sum in one currency. */
interface Total {
  readonly currency: string;
  readonly sum: Decimal;
}

/** Amounts added up; null where their currencies differ, because comparing them would need a rate of a day. */
function totalOf<T>(slips: readonly T[], amountOn: (slip: T) => Amount): Total | null {
  const [first] = slips;
  if (first === undefined) return null;
  const { currency } = amountOn(first);
  if (slips.length === 1) return { currency, sum: decimalOf(amountOn(first).amount) };
  let sum = nothing;
  for (const slip of slips) {
    const one = amountOn(slip);
    if (one.currency !== currency) return null;
    sum = addDecimal(sum, decimalOf(one.amount));
  }
  return { currency, sum };
}

const ordered = ({ orders = [] }: Slips): Total | null => totalOf(orders, (order) => order.total);
const paid = ({ payments = [] }: Slips): Total | null => totalOf(payments, (payment) => payment.amount);

function differs(run: Run, rule: MatchRule, a: Decimal, b: Decimal): boolean {
  const allowed = rule.tolerance === null ? undefined : run.view.values.get(rule.tolerance)?.exact;
  const { digits, scale } = subtractDecimal(a, b);
  return compareDecimal({ digits: digits < 0n ? -digits : digits, scale }, allowed ?? nothing) > 0;
}

function totalsDiffer(
  run: Run,
  rule: MatchRule,
  pointer: string,
  expected: Total | null,
  found: Total | null,
): readonly Difference[] | 'not-comparable' {
  if (expected === null || found === null || expected.currency !== found.currency) return 'not-comparable';
  if (!differs(run, rule, expected.sum, found.sum)) return none;
  const shown = ({ sum, currency }: Total): string => `${formatDecimal(sum)} ${currency}`;
  return [{ pointer, expected: shown(expected), found: shown(found) }];
}

/**
 * What the buyer was asked for, as the declaration has it: goods, less discount, with transport and insurance shown
 * apart; `taxIncluded` is part of the prices.
 */
function declaredTotal({ declaration, lines }: Run): Total | null {
  const { goods, discount, freight, insurance } = declaration;
  const currency = goods[0]?.price.currency;
  const apart = [discount, freight, insurance];
  if (currency === undefined || goods.some((one) => one.price.currency !== currency)) return null;
  if (apart.some((one) => one && one.currency !== currency)) return null;
  let sum = nothing;
  for (const { price } of lines) sum = addDecimal(sum, price ?? nothing);
  if (discount) sum = subtractDecimal(sum, decimalOf(discount.amount));
  if (freight) sum = addDecimal(sum, decimalOf(freight.amount));
  if (insurance) sum = addDecimal(sum, decimalOf(insurance.amount));
  return { currency, sum };
}

// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive; the compiler holds it to that.
function countOf({ orders, payments, transports }: Slips, slip: Slip): number {
  switch (slip) {
    case 'orders':
      return orders?.length ?? 0;
    case 'payments':
      return payments?.length ?? 0;
    case 'transports':
      return transports?.length ?? 0;
  }
}

const isOrdered = ({ orders = [] }: Slips, order: string): boolean => orders.some((one) => one.number === order);

const foreignOrder = ({ orders = [] }: Slips, pointer: string, found: string): Difference => ({
  pointer,
  expected: orders.map((one) => one.number).join(', '),
  found,
});

const comparing: Readonly<Record<string, Comparison>> = {
  cardinality: ({ consignment }, rule) => {
    let differences = none;
    for (const slip of rule.single) {
      const count = countOf(consignment, slip);
      if (count > 1) differences = [...differences, { pointer: `/${slip}`, expected: '1', found: String(count) }];
    }
    return differences;
  },
  'payment-order': ({ consignment }) => {
    let differences = none;
    consignment.payments?.forEach(({ order }, index) => {
      if (!isOrdered(consignment, order))
        differences = [...differences, foreignOrder(consignment, `/payments/${index}/order`, order)];
    });
    return differences;
  },
  'transport-order': ({ consignment }) => {
    let differences = none;
    consignment.transports?.forEach(({ orders }, index) =>
      orders?.forEach((order, at) => {
        if (!isOrdered(consignment, order))
          differences = [...differences, foreignOrder(consignment, `/transports/${index}/orders/${at}`, order)];
      }),
    );
    return differences;
  },
  seller: ({ consignment, declaration: { seller: expected } }) => {
    let differences = none;
    if (typeof expected !== 'string') return none;
    consignment.orders?.forEach(({ seller: found }, index) => {
      if (typeof found === 'string' && found !== expected)
        differences = [...differences, { pointer: `/orders/${index}/seller`, expected, found }];
    });
    return differences;
  },
  'order-total': (run, rule) =>
    totalsDiffer(run, rule, '/orders/0/total', declaredTotal(run), ordered(run.consignment)),
  'payment-amount': (run, rule) =>
    totalsDiffer(run, rule, '/payments/0/amount', ordered(run.consignment), paid(run.consignment)),
  // Names are not repeated in a check, which others than those who may see the name read: it says where they stand.
  payer: ({ consignment: { orders = [], payments = [] } }) => {
    let differences = none;
    payments.forEach(({ order, payer }, index) => {
      const at = orders.findIndex((one) => one.number === order);
      const buyer = orders[at]?.buyer;
      const found = `/payments/${index}/payer`;
      if (typeof buyer === 'string' && typeof payer === 'string' && buyer !== payer)
        differences = [...differences, { pointer: found, expected: `/orders/${at}/buyer`, found }];
    });
    return differences;
  },
  'gross-weight': (run, rule) => {
    const [expected, found] = [weightOf(run.declaration.goods), weightOf(run.consignment.transports ?? [])];
    if (expected === null || found === null) return 'not-comparable';
    if (!differs(run, rule, expected, found)) return none;
    return [{ pointer: '/transports/0/grossWeight', expected: formatDecimal(expected), found: formatDecimal(found) }];
  },
};

/** The gross weight of all; null where one does not say its own. */
function weightOf(all: readonly { readonly grossWeight?: string }[]): Decimal | null {
  let sum = nothing;
  for (const { grossWeight } of all) {
    if (grossWeight === undefined) return null;
    sum = addDecimal(sum, decimalOf(grossWeight));
  }
  return sum;
}

/** Which slips a comparison needs; where one has not arrived there is nothing to compare yet. */
const needing: Readonly<Record<string, readonly Slip[]>> = {
  cardinality: [],
  'payment-order': ['orders', 'payments'],
  'transport-order': ['orders', 'transports'],
  seller: ['orders'],
  'order-total': ['orders'],
  'payment-amount': ['orders', 'payments'],
  payer: ['orders', 'payments'],
  'gross-weight': ['transports'],
};

/** How the slips are held against each other in a field, ready for its rule. */
export const comparisonOf = (field: string): Pick<MatchRule, 'needs' | 'compare'> => ({
  needs: needing[field] ?? [],
  compare: comparing[field] ?? (() => none),
});

/** The slips that a comparison needs and that have not come, as words; nothing where all are here. */
function absentSlips(consignment: Slips, needed: readonly Slip[]): string {
  let absent = '';
  for (const slip of needed) {
    if (countOf(consignment, slip) === 0) absent += absent === '' ? slip : `, ${slip}`;
  }
  return absent;
}

export function matchChecks(run: Run, rules: readonly MatchRule[], into: Check[]): void {
  for (const rule of rules) {
    const slip = absentSlips(run.consignment, rule.needs);
    if (slip !== '') {
      into.push(makeCheck(rule, rule.id, 'skipped', 'slip-not-here', { slip }));
      continue;
    }
    useRule(run, rule.provenance);
    const result = rule.compare(run, rule);
    if (result === 'not-comparable') into.push(makeCheck(rule, rule.id, 'skipped', 'not-comparable', {}));
    else if (result.length === 0) into.push(rule.passed);
    else {
      run.leads[rule.id] = rule.leads;
      into.push(...result.map((one) => makeCheck(rule, rule.id, 'failed', 'differs', { ...one, party: rule.party })));
    }
  }
}
