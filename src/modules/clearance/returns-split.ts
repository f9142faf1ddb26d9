import { compareDecimal, type Decimal, parseDecimal, powerOfTen } from '#kernel/decimal.ts';
import { allocate, parseMoney } from '#kernel/money.ts';
import { must } from '#kernel/result.ts';
import type { Charge, Consignment, Explained, Step } from '#modules/rulebook/index.ts';

/**
 * How the figures of a parcel are cut when its goods come back in parts. Pure: it knows no return but its quantities.
 */

type Line = Consignment['declaration']['goods'][number];

/** The least of the exact shares, cut towards zero: what `part` of `of` comes to of a whole. */
function share(whole: bigint, part: Decimal, of: Decimal): bigint {
  if (compareDecimal(part, of) >= 0) return whole;
  return (whole * part.digits * powerOfTen(of.scale)) / (of.digits * powerOfTen(part.scale));
}

/** A quantity that comes back of a line, after what came back of it before. */
export interface Part {
  readonly line: number;
  /** What the line declares. */
  readonly of: Decimal;
  readonly before: Decimal;
  readonly upTo: Decimal;
}

/**
 * What a part comes to of a figure of its line: the share of everything that is back by now less the share that was
 * back before. So the parts of any split sum to the whole, and the last one takes what rounding left.
 */
export const cut = (whole: bigint, { of, before, upTo }: Part): bigint =>
  share(whole, upTo, of) - share(whole, before, of);

/** A weight or another decimal of a line, cut in the same way; null where the line states none. */
export function cutDecimal(text: string | undefined, part: Part): Decimal | null {
  const whole = text === undefined ? undefined : parseDecimal(text);
  if (whole === undefined) return null;
  const scale = Math.max(whole.scale, weightScale);
  return { digits: cut(whole.digits * powerOfTen(scale - whole.scale), part), scale };
}
const weightScale = 6;

/** What the law gives back of one charge, were every line to come back. */
export interface Giveable {
  readonly charge: string;
  readonly collect: Charge['collect'];
  readonly rule: string;
  readonly source: string;
  readonly lines: ReadonlyMap<number, bigint>;
}

type Worked = Pick<Explained, 'charges' | 'steps'>;

const minorOf = (charge: Charge): bigint => must(parseMoney(charge.amount)).minor;
const sum = (charges: readonly Charge[]): bigint => charges.reduce((total, one) => total + minorOf(one), 0n);

/**
 * What a return gives back of each charge. A charge `<charge>-refund` of the determination of the return says it
 * itself; otherwise a charge of the same name says what remains of it, and the rest is given back; one that the
 * determination does not name stays whole. Never more than was charged. With `back` null all of it is given back: a
 * person decided so.
 */
export function giveable(goods: readonly Line[], entry: Worked, back: Worked | null): Giveable[] {
  const found: Giveable[] = [];
  for (const charge of new Set(entry.charges.map(({ id }) => id))) {
    const raised = entry.charges.filter(({ id }) => id === charge);
    const charged = sum(raised);
    const given = back?.charges.filter(({ id }) => id === `${charge}-refund`) ?? [];
    const remaining = back?.charges.filter(({ id }) => id === charge) ?? [];
    if (back !== null && given.length === 0 && remaining.length === 0) continue;
    const asked = given.length > 0 ? sum(given) : charged - sum(remaining);
    const whole = asked > charged ? charged : asked;
    if (whole <= 0n) continue;
    const by = given[0] ?? remaining[0] ?? raised[0]!;
    const figures = given.length > 0 ? figuresOf(goods, given, back!.steps) : figuresOf(goods, raised, entry.steps);
    const parts = allocate(whole, figures);
    const lines = new Map(goods.map(({ line }, index) => [line, parts[index]!]));
    found.push({ charge, collect: raised[0]!.collect, rule: by.rule, source: by.source, lines });
  }
  return found;
}

/** What each line bears of a charge: as its steps say, or by price where the charge was worked out on the whole. */
function figuresOf(goods: readonly Line[], charges: readonly Charge[], steps: readonly Step[]): bigint[] {
  const rules = new Set(charges.map(({ rule }) => rule));
  const told = new Map<number, Decimal>();
  for (const { rule, inputs, result } of steps) {
    const figure = rules.has(rule) && inputs['line'] !== undefined ? parseDecimal(result) : undefined;
    if (figure !== undefined) told.set(Number(inputs['line']), figure);
  }
  const scale = Math.max(0, ...[...told.values()].map((figure) => figure.scale));
  const figures = goods.map(({ line }) => {
    const { digits, scale: own } = told.get(line) ?? { digits: 0n, scale: 0 };
    return digits < 0n ? 0n : digits * powerOfTen(scale - own);
  });
  if (figures.some((figure) => figure > 0n)) return figures;
  const bearing = new Set(charges.flatMap(({ lines }) => lines));
  return valuesOf(goods).map((value, index) => (bearing.size === 0 || bearing.has(goods[index]!.line) ? value : 0n));
}

/** The prices of the lines as weights; all alike where none has a price. */
export function valuesOf(goods: readonly Line[]): bigint[] {
  const prices = goods.map(({ price }) => must(parseMoney(price)).minor);
  return prices.some((price) => price > 0n) ? prices : goods.map(() => 1n);
}
