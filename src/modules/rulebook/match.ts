import type { Check } from '#kernel/check.ts';
import {
  addDecimal,
  compareDecimal,
  type Decimal,
  formatDecimal,
  parseDecimal,
  subtractDecimal,
} from '#kernel/decimal.ts';
import { makeCheck, passedCheck } from './checks.ts';
import type { Amount } from './consignment.ts';
import { toPlaces } from './exact.ts';
import type { MatchRule } from './pack.ts';
import { type Run, useRule } from './run.ts';

/**
 * The slips of one parcel come from different senders and are held against each other field by field. Every difference
 * names the field, what was expected and found, and whose field it is, so that it goes to the one who can correct it.
 */
interface Difference {
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
}

type Comparison = (run: Run, rule: MatchRule) => Difference[] | 'not-comparable';

const decimalOf = (text: string): Decimal => parseDecimal(text) ?? { digits: 0n, scale: 0 };
const nothing: Decimal = { digits: 0n, scale: 0 };

/**
 * The sum of amounts of one currency; null where currencies differ, because comparing them would need a rate of a day.
 */
function sumIn(amounts: readonly Amount[]): { currency: string; sum: Decimal } | null {
  const currency = amounts[0]?.currency;
  if (currency === undefined || amounts.some((one) => one.currency !== currency)) return null;
  return { currency, sum: amounts.reduce((sum, one) => addDecimal(sum, decimalOf(one.amount)), nothing) };
}

function differs(run: Run, rule: MatchRule, a: Decimal, b: Decimal): boolean {
  const row = rule.tolerance === null ? undefined : run.view.values.get(rule.tolerance);
  const allowed: Decimal = row?.exact == null ? nothing : toPlaces(row.exact, row.exact.scale, 'half-up');
  const gap = subtractDecimal(a, b);
  return compareDecimal({ digits: gap.digits < 0n ? -gap.digits : gap.digits, scale: gap.scale }, allowed) > 0;
}

function sumsDiffer(
  run: Run,
  rule: MatchRule,
  pointer: string,
  expected: readonly Amount[],
  found: readonly Amount[],
): Difference[] | 'not-comparable' {
  const a = sumIn(expected);
  const b = sumIn(found);
  if (a === null || b === null || a.currency !== b.currency) return 'not-comparable';
  if (!differs(run, rule, a.sum, b.sum)) return [];
  return [
    { pointer, expected: `${formatDecimal(a.sum)} ${a.currency}`, found: `${formatDecimal(b.sum)} ${b.currency}` },
  ];
}

const minus = (amount: Amount): Amount => ({ currency: amount.currency, amount: `-${amount.amount}` });

/**
 * What the buyer was asked for, as the declaration has it: goods, less discount, with transport and insurance shown
 * apart; `taxIncluded` is part of the prices.
 */
function declaredTotal(run: Run): Amount[] {
  const { goods, discount, freight, insurance } = run.input.consignment.declaration;
  const total = goods.map((one) => one.price);
  if (discount !== undefined) total.push(minus(discount));
  for (const one of [freight, insurance]) if (one !== undefined && one !== null) total.push(one);
  return total;
}

function foreignOrder(run: Run, named: readonly { pointer: string; order: string }[]): Difference[] {
  const orders = run.input.consignment.orders ?? [];
  const numbers = new Set(orders.map((one) => one.number));
  const expected = orders.map((one) => one.number).join(', ');
  return named
    .filter((one) => !numbers.has(one.order))
    .map(({ pointer, order }) => ({ pointer, expected, found: order }));
}

const comparisons: Readonly<Record<string, Comparison>> = {
  cardinality: (run, rule) => {
    const { orders, payments, transports } = run.input.consignment;
    const found: Difference[] = [];
    const single = (rule.expect ?? 'n:n:n').split(':');
    const counts: [string, number | undefined][] = [
      ['/orders', orders?.length],
      ['/payments', payments?.length],
      ['/transports', transports?.length],
    ];
    counts.forEach(([pointer, count], index) => {
      if (single[index] === '1' && count !== undefined && count > 1)
        found.push({ pointer, expected: '1', found: String(count) });
    });
    return found;
  },
  'payment-order': (run) =>
    foreignOrder(
      run,
      (run.input.consignment.payments ?? []).map((one, index) => ({
        pointer: `/payments/${index}/order`,
        order: one.order,
      })),
    ),
  'transport-order': (run) =>
    foreignOrder(
      run,
      (run.input.consignment.transports ?? []).flatMap((one, index) =>
        (one.orders ?? []).map((order, at) => ({ pointer: `/transports/${index}/orders/${at}`, order })),
      ),
    ),
  seller: (run) => {
    const { seller } = run.input.consignment.declaration;
    if (typeof seller !== 'string') return [];
    return (run.input.consignment.orders ?? []).flatMap((one, index) =>
      typeof one.seller === 'string' && one.seller !== seller
        ? [{ pointer: `/orders/${index}/seller`, expected: seller, found: one.seller }]
        : [],
    );
  },
  'order-total': (run, rule) =>
    sumsDiffer(
      run,
      rule,
      '/orders/0/total',
      declaredTotal(run),
      (run.input.consignment.orders ?? []).map((one) => one.total),
    ),
  'payment-amount': (run, rule) => {
    const { orders = [], payments = [] } = run.input.consignment;
    return sumsDiffer(
      run,
      rule,
      '/payments/0/amount',
      orders.map((one) => one.total),
      payments.map((one) => one.amount),
    );
  },
  // Names are not repeated in a check, which others than those who may see the name read: it says where they stand.
  payer: (run) => {
    const { orders = [], payments = [] } = run.input.consignment;
    return payments.flatMap(({ order, payer }, index) => {
      const at = orders.findIndex((one) => one.number === order);
      const buyer = orders[at]?.buyer;
      return typeof buyer === 'string' && typeof payer === 'string' && buyer !== payer
        ? [{ pointer: `/payments/${index}/payer`, expected: `/orders/${at}/buyer`, found: `/payments/${index}/payer` }]
        : [];
    });
  },
  'gross-weight': (run, rule) => {
    const { transports = [], declaration } = run.input.consignment;
    const carried = transports.map((one) => one.grossWeight);
    const declared = declaration.goods.map((one) => one.grossWeight);
    if ([...carried, ...declared].some((one) => one === undefined)) return 'not-comparable';
    const sum = (all: readonly (string | undefined)[]): Decimal =>
      all.reduce((total, one) => addDecimal(total, decimalOf(one ?? '0')), nothing);
    const [expected, found] = [sum(declared), sum(carried)];
    if (!differs(run, rule, expected, found)) return [];
    return [{ pointer: '/transports/0/grossWeight', expected: formatDecimal(expected), found: formatDecimal(found) }];
  },
};

/** Which slips a comparison needs; where one has not arrived there is nothing to compare yet. */
const needs: Readonly<Record<string, readonly ('orders' | 'payments' | 'transports')[]>> = {
  cardinality: [],
  'payment-order': ['orders', 'payments'],
  'transport-order': ['orders', 'transports'],
  seller: ['orders'],
  'order-total': ['orders'],
  'payment-amount': ['orders', 'payments'],
  payer: ['orders', 'payments'],
  'gross-weight': ['transports'],
};

export function matchChecks(run: Run, rules: readonly MatchRule[], into: Check[]): void {
  const { consignment } = run.input;
  for (const rule of rules) {
    const absent = (needs[rule.field] ?? []).filter((slip) => (consignment[slip]?.length ?? 0) === 0);
    if (absent.length > 0) {
      into.push(makeCheck(rule, rule.id, 'skipped', 'slip-not-here', { slip: absent.join(', ') }));
      continue;
    }
    useRule(run, rule);
    const result = comparisons[rule.field]?.(run, rule) ?? [];
    if (result === 'not-comparable') into.push(makeCheck(rule, rule.id, 'skipped', 'not-comparable', {}));
    else if (result.length === 0) into.push(passedCheck(rule, rule.id));
    else {
      run.leads.set(rule.id, rule.leads);
      into.push(...result.map((one) => makeCheck(rule, rule.id, 'failed', 'differs', { ...one, party: rule.party })));
    }
  }
}
