import { compare, divide, type Exact, exactZero, multiply, ofDecimal, ofWhole, subtract, toPlaces } from './exact.ts';
import { numberReader } from './figures.ts';
import { needFact, type Run, type Term } from './run.ts';

/** The part of the line's amount made of whole pieces which, with those of the other lines, lie within a limit. */
export const wholeItems =
  (amount: Term, limit: Term): Term =>
  (run) => {
    const own = run.line;
    const left = limit(run);
    const lines = piecesOf(run, amount);
    return left === undefined || lines === undefined ? undefined : fitting(lines, left).get(own?.index ?? 0);
  };

interface Pieces {
  readonly index: number;
  readonly count: bigint;
  readonly each: Exact;
}

const readQuantity = numberReader('quantity');

/** What each line comes to and of how many pieces; a quantity that is no whole number is one piece. */
function piecesOf(run: Run, term: Term): Pieces[] | undefined {
  const own = run.line;
  const found: Pieces[] = [];
  for (const line of run.lines) {
    run.line = line;
    const amount = term(run);
    const quantity = readQuantity(run);
    if (quantity === 'left-out') needFact(run, 'quantity');
    if (amount === undefined || typeof quantity !== 'object' || quantity === null) continue;
    const count = toPlaces(quantity, 0, 'down');
    const whole = count.digits > 0n && compare(ofDecimal(count), quantity) === 0 ? count.digits : 1n;
    found.push({ index: line.index, count: whole, each: divide(amount, ofWhole(whole)) ?? amount });
  }
  run.line = own;
  return found.length === run.lines.length ? found : undefined;
}

function fitting(lines: readonly Pieces[], limit: Exact): Map<number, Exact> {
  const relieved = new Map<number, Exact>();
  let left = limit;
  for (const { index, count, each } of lines.toSorted((a, b) => compare(a.each, b.each))) {
    const room = compare(left, exactZero) < 0 ? undefined : divide(left, each);
    const most = room === undefined || compare(room, exactZero) < 0 ? count : toPlaces(room, 0, 'down').digits;
    const fits = multiply(each, ofWhole(most < count ? most : count));
    left = subtract(left, fits);
    relieved.set(index, fits);
  }
  return relieved;
}
