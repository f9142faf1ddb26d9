import { type Decimal, parseDecimal, subtractDecimal } from '#kernel/decimal.ts';
import { parseMoney } from '#kernel/money.ts';
import type { Tx } from '#platform/db.ts';
import type { Consignment, Goods } from '#modules/rulebook/index.ts';
import type { Accepted, Status } from './model.ts';
import { acceptedBody } from './read.ts';
import { type NetRow, netRows, returnedSums, type ReturnedSum } from './store-net.ts';

export { declarantsOf } from './store-net.ts';

/** What one line of goods counts for now. */
export interface NetLine {
  readonly line: number;
  readonly commodity: string | null;
  /** The word of the short list that stands for the code. */
  readonly category: string | null;
  readonly origin: string | null;
  readonly currency: string;
  /** In minor units of the currency. */
  readonly value: bigint;
  /** Empty where nobody stated one. */
  readonly unit: string;
  readonly quantity: Decimal;
  /** Nought where the declaration says none. */
  readonly netWeight: Decimal;
  readonly grossWeight: Decimal;
}

/**
 * A checklist as it stands now: what its current version says, with the figures that an officer accepted, less what
 * came back. It has no lines where it counts for nothing: it was cancelled, denied, given up, or never released.
 */
export interface Net {
  readonly id: string;
  readonly version: number;
  readonly status: Status;
  /** The day by whose law it was decided. */
  readonly day: string;
  readonly route: string | null;
  readonly declarant: string;
  readonly seller: string | null;
  readonly platform: string | null;
  readonly carrier: string | null;
  readonly borderMode: string | null;
  readonly declaration: Omit<Consignment['declaration'], 'goods'>;
  readonly lines: readonly NetLine[];
}

/** Statuses in which the goods of a checklist have gone where they were declared to go. */
const counting: ReadonlySet<string> = new Set(['released', 'left', 'returned']);

const nought: Decimal = { digits: 0n, scale: 0 };

function exact(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`a stored figure is no decimal: ${text}`);
  return value;
}

function minorOf(price: Goods['price']): bigint {
  const money = parseMoney(price);
  if (!money.ok) throw new Error(`a stored price is no amount: ${price.currency} ${price.amount}`);
  return money.value.minor;
}

function netLine(goods: Goods, returned: ReturnedSum | undefined): NetLine {
  const less = (text: string | undefined, back: string | undefined): Decimal => {
    // From what nobody stated nothing is taken away.
    if (text === undefined) return nought;
    return back === undefined ? exact(text) : subtractDecimal(exact(text), exact(back));
  };
  return {
    line: goods.line,
    commodity: goods.commodity ?? null,
    category: goods.category ?? null,
    origin: goods.origin ?? null,
    currency: goods.price.currency,
    value: minorOf(goods.price) - (returned?.value ?? 0n),
    unit: goods.unit ?? '',
    // A line that says no quantity counts for none, however much of it is back.
    quantity: goods.quantity === undefined ? nought : less(goods.quantity, returned?.quantity),
    netWeight: less(goods.netWeight, returned?.net),
    grossWeight: less(goods.grossWeight, returned?.gross),
  };
}

const isSomething = ({ value, quantity, netWeight, grossWeight }: NetLine): boolean =>
  value !== 0n || quantity.digits !== 0n || netWeight.digits !== 0n || grossWeight.digits !== 0n;

function netFrom(row: NetRow, returned: ReadonlyMap<string, ReturnedSum>): Net {
  const body = JSON.parse(row.body) as Consignment;
  const accepted = row.accepted === null ? null : (JSON.parse(row.accepted) as Accepted);
  const { goods, ...declaration } = acceptedBody(body, accepted).declaration;
  const lines = counting.has(row.status)
    ? goods.map((one) => netLine(one, returned.get(`${row.id} ${one.line}`))).filter(isSomething)
    : [];
  return {
    id: row.id,
    version: row.version,
    status: row.status as Status,
    day: row.day,
    route: row.route,
    declarant: row.declarant,
    seller: row.seller,
    platform: row.platform,
    carrier: row.carrier,
    borderMode: body.transports?.[0]?.borderMode ?? null,
    declaration,
    lines,
  };
}

/**
 * What these checklists count for now, in the order of their ids. One that has not left its first outcome, or stands in
 * an archive, is not among them.
 */
export async function netOf(tx: Tx, ids: readonly string[]): Promise<Net[]> {
  if (ids.length === 0) return [];
  const [rows, sums] = await Promise.all([netRows(tx, ids), returnedSums(tx, ids)]);
  const returned = new Map(sums.map((one) => [`${one.id} ${one.line}`, one]));
  return rows.map((row) => netFrom(row, returned));
}

/** The goods of those among these parcels that were released, as declared or as an officer accepted them. */
export async function releasedGoods(tx: Tx, ids: readonly string[]): Promise<Goods[]> {
  if (ids.length === 0) return [];
  const rows = await netRows(tx, ids);
  return rows
    .filter(({ status }) => counting.has(status))
    .flatMap(({ body, accepted }) => {
      const officers = accepted === null ? null : (JSON.parse(accepted) as Accepted);
      return acceptedBody(JSON.parse(body) as Consignment, officers).declaration.goods;
    });
}
