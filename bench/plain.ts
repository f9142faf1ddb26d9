import { readFileSync } from 'node:fs';
import { covers, type Day, dayOf } from '#kernel/effective.ts';
import type { Amount, Consignment, Goods } from '#modules/rulebook/index.ts';

/**
 * What `packs/cn` says of a retail import within the limits on one day in 2026, written by hand: the least that these
 * rules can cost. It knows no other day, route or currency, no missing facts, no sources and no steps, and where its
 * parcel would need any of these it answers null. Money is in BigInt, in fen.
 */
export interface Plain {
  readonly route: 'cbec';
  readonly values: Record<string, string>;
  readonly charges: readonly PlainCharge[];
  readonly elsewhere: string;
  readonly failed: readonly string[];
}

export interface PlainCharge {
  readonly id: string;
  readonly base: string;
  readonly rate: string | null;
  readonly amount: string;
  readonly lines: readonly number[];
}

interface GoodsClass {
  readonly vat: string;
  readonly ct: string;
}

/** The rows of a table on the day by their code: the cells in front of the days. */
function rowsOf(name: string, cells: number, on: Day): Map<string, string[]> {
  const text = readFileSync(new URL(`../packs/cn/tables/${name}.csv`, import.meta.url), 'utf8');
  const rows = new Map<string, string[]>();
  for (const line of text.trim().split('\n').slice(1)) {
    const [code = '', ...all] = line.split(',');
    const [from = '', until = ''] = all.slice(cells);
    if (covers({ from: dayOf(from), until: until === '' ? undefined : dayOf(until) }, on)) rows.set(code, all);
  }
  return rows;
}

const on = dayOf('2026-11-23');
const classes = new Map<string, GoodsClass>(
  [...rowsOf('goods', 6, on)].map(([code, [vat = '', ct = '']]) => [code, { vat, ct }]),
);
const listed = new Map<string, string>(
  [...rowsOf('positive', 2, on)].map(([code, [mark = '', kind = '']]) => [code, `${mark}${kind}`]),
);

/** The longest heading that a code lies under. */
function under<T>(rows: ReadonlyMap<string, T>, code: string): T | undefined {
  for (let length = code.length; length >= 2; length -= 1) {
    const row = rows.get(code.slice(0, length));
    if (row !== undefined) return row;
  }
  return undefined;
}

/** A decimal text in units of so many places; null where it has more. */
function digitsOf(text: string, places: number): bigint | null {
  const point = text.indexOf('.');
  const given = point < 0 ? 0 : text.length - point - 1;
  if (given > places) return null;
  return BigInt((point < 0 ? text : text.slice(0, point) + text.slice(point + 1)) + '0'.repeat(places - given));
}

const fenOf = (amount: Amount): bigint | null => (amount.currency === 'CNY' ? digitsOf(amount.amount, 2) : null);

function shown(fen: bigint): string {
  const text = fen.toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** The parts of an amount for the whole parcel, by price; what is left over goes to the largest, first of equals. */
function shares(amount: Amount | null | undefined, prices: readonly bigint[]): bigint[] | null {
  if (amount === null || amount === undefined) return prices.map(() => 0n);
  const whole = fenOf(amount);
  if (whole === null) return null;
  const total = prices.reduce((sum, one) => sum + one, 0n);
  const parts = prices.map((one) => (total === 0n ? 0n : (whole * one) / total));
  let largest = 0;
  for (const [index, one] of prices.entries()) if (one > prices[largest]!) largest = index;
  parts[largest]! += whole - parts.reduce((sum, one) => sum + one, 0n);
  return parts;
}

const measures = new Set(['MLT', 'GRM']);

/**
 * From which value cosmetics are high-end, in millionths of a fen: by millilitre, gram, piece or sheet, in whichever
 * measure is given.
 */
function highEndFrom(goods: Goods): bigint | null {
  const {
    unit = '',
    quantity,
    statutoryUnit = '',
    statutoryQuantity,
    supplementaryUnit = '',
    supplementaryQuantity,
  } = goods;
  const times = (text: string | undefined, fen: bigint): bigint | null => {
    const micro = text === undefined ? null : digitsOf(text, 6);
    return micro === null ? null : micro * fen;
  };
  if (measures.has(unit)) return times(quantity, 1_000n);
  if (unit === 'LTR' || unit === 'KGM') return times(quantity, 1_000_000n);
  if (unit === 'H87' || unit === 'ST') return times(quantity, 1_500n);
  if (statutoryUnit === 'ST') return times(statutoryQuantity, 1_500n);
  if (supplementaryUnit === 'ST') return times(supplementaryQuantity, 1_500n);
  if (measures.has(statutoryUnit)) return times(statutoryQuantity, 1_000n);
  if (measures.has(supplementaryUnit)) return times(supplementaryQuantity, 1_000n);
  return times(goods.netWeight, 1_000_000n);
}

/** Consumption tax in hundredths; null where it goes by quantity. */
function ctOf({ ct }: GoodsClass, goods: Goods, dutiable: bigint): bigint | null {
  if (ct === 'none') return 0n;
  if (ct === 'wine') return 10n;
  const from = ct === 'cosmetics' ? highEndFrom(goods) : null;
  return from === null ? null : dutiable * 1_000_000n >= from ? 15n : 0n;
}

interface Line {
  readonly goods: Goods;
  readonly dutiable: bigint;
  readonly ct: bigint;
  readonly vat: bigint;
  /** The value over one less the consumption tax, in parts of which 153 make a fen. */
  readonly composite: bigint;
}

/** 153 divides by 100, 90 and 85 hundredths alike, once a hundred is multiplied in. */
const compositeParts = 15_300n;

function lineOf(goods: Goods, dutiable: bigint): Line | null {
  const commodity = goods.commodity ?? '';
  const its = under(classes, commodity);
  if (its === undefined || under(listed, commodity) !== '1') return null;
  const ct = ctOf(its, goods, dutiable);
  const vat = its.vat === 'standard' ? 13n : its.vat === 'reduced' ? 9n : null;
  if (ct === null || vat === null) return null;
  return { goods, dutiable, ct, vat, composite: dutiable * (compositeParts / (100n - ct)) };
}

const halfUp = (digits: bigint, over: bigint): bigint => (2n * digits + over) / (2n * over);

/** Seventy hundredths of a tax on the lines that bear it. */
function charge(
  id: string,
  lines: readonly Line[],
  rateOf: (line: Line) => bigint,
): { fen: bigint; said: PlainCharge } | null {
  const [first] = lines;
  if (first === undefined) return null;
  let base = 0n;
  let tax = 0n;
  for (const line of lines) {
    base += line.composite;
    tax += line.composite * rateOf(line) * 70n;
  }
  const fen = halfUp(tax, 153n * 10_000n);
  const one = lines.every((line) => rateOf(line) === rateOf(first));
  const thousandths = (rateOf(first) * 7n).toString().padStart(4, '0');
  return {
    fen,
    said: {
      id,
      base: shown(halfUp(base, 153n)),
      rate: one ? `${thousandths.slice(0, -3)}.${thousandths.slice(-3)}`.replace(/0+$/, '') : null,
      amount: shown(fen),
      lines: lines.map(({ goods }) => goods.line),
    },
  };
}

/** What the declaration lacks or says otherwise than the slips, by the names of the pack's checks. */
function faults(
  { declaration, orders = [], payments = [], transports = [] }: Consignment,
  lines: readonly Line[],
  total: bigint,
  due: bigint,
): string[] | null {
  const failed: string[] = [];
  if (!declaration.consignee?.identity) failed.push('buyer-identity');
  if (!declaration.seller) failed.push('seller');
  if (declaration.dispatch === undefined) failed.push('departure');
  if ((declaration.procedure === '1210' || declaration.procedure === '1239') && !declaration.placeOperator)
    failed.push('zone-firm');
  for (const { goods } of lines) if (!goods.origin) failed.push('origin');
  for (const { goods } of lines) if (goods.netWeight === undefined) failed.push('net-weight');
  let ordered = 0n;
  for (const one of orders) {
    const fen = fenOf(one.total);
    if (fen === null) return null;
    ordered += fen;
  }
  let paid = 0n;
  for (const one of payments) {
    const fen = fenOf(one.amount);
    if (fen === null) return null;
    paid += fen;
  }
  if (ordered !== total && ordered !== total + due) failed.push('order-total');
  for (const { goods } of lines) if (/^(93|3601|3602|3603)/.test(goods.commodity ?? '')) failed.push('arms');
  if (orders.length > 1 || transports.length > 1) failed.push('match.cardinality');
  const numbers = new Set(orders.map((one) => one.number));
  for (const one of payments) if (!numbers.has(one.order)) failed.push('match.payment-order');
  for (const one of transports)
    for (const order of one.orders ?? []) if (!numbers.has(order)) failed.push('match.transport-order');
  for (const one of orders)
    if (one.seller && declaration.seller && one.seller !== declaration.seller) failed.push('match.seller');
  if (paid !== ordered) failed.push('match.payment-amount');
  for (const { order, payer } of payments) {
    const buyer = orders.find((one) => one.number === order)?.buyer;
    if (buyer && payer && buyer !== payer) failed.push('match.payer');
  }
  return failed;
}

export function plain(consignment: Consignment, usedThisYear: Amount): Plain | null {
  const { declaration, orders, payments, transports } = consignment;
  const { procedure = '', goods } = declaration;
  if (declaration.movement !== 'import' || declaration.nature !== 'sale' || declaration.consignee?.private !== true)
    return null;
  if (procedure !== '9610' && procedure !== '1210' && procedure !== '1239') return null;
  if (!orders?.length || !payments?.length || !transports?.length) return null;
  const prices: bigint[] = [];
  for (const one of goods) {
    const fen = fenOf(one.price);
    if (fen === null) return null;
    prices.push(fen);
  }
  const discount = shares(declaration.discount, prices);
  const tax = shares(declaration.taxIncluded, prices);
  const freight = shares(declaration.freight, prices);
  const insurance = shares(declaration.insurance, prices);
  const used = fenOf(usedThisYear);
  if (!discount || !tax || !freight || !insurance || used === null) return null;
  const lines: Line[] = [];
  let net = 0n;
  let total = 0n;
  for (const [index, one] of goods.entries()) {
    const own = prices[index]! - discount[index]! - tax[index]!;
    const line = lineOf(one, own + freight[index]! + insurance[index]!);
    if (line === null) return null;
    lines.push(line);
    net += own;
    total += line.dutiable;
  }
  if (net < 0n || total > 500_000n || used + total > 2_600_000n) return null;
  const ct = charge(
    'ct',
    lines.filter((line) => line.ct > 0n),
    (line) => line.ct,
  );
  const vat = charge('vat', lines, (line) => line.vat);
  const due = (ct?.fen ?? 0n) + (vat?.fen ?? 0n);
  const failed = faults(consignment, lines, total, due);
  if (failed === null) return null;
  return {
    route: 'cbec',
    values: { 'goods-value': shown(net), dutiable: shown(total), 'year-total': shown(used + total) },
    charges: [ct, vat].flatMap((one) => (one === null ? [] : [one.said])),
    elsewhere: shown(due),
    failed,
  };
}
