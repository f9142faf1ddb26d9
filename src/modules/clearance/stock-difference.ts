import type { Money } from '#kernel/money.ts';
import { ok, type Refusal, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { raise } from '#modules/accounts/index.ts';
import type { CaseRow, Effect, Procedure } from '#modules/cases/index.ts';
import { type Charge, packsPart } from '#modules/rulebook/index.ts';
import { cancel as cancelNotices, issue, noticeOf, reissue } from '#modules/treasury/index.ts';
import { acceptedBody, parcelFrom } from './read.ts';
import { chargesOn, portionOf, stockDay } from './stock-charges.ts';
import { stockAccount, stockText, stockUnits } from './stock-model.ts';
import { secureStock } from './stock-secure.ts';
import { parcelOf } from './store-read.ts';
import { bookOf, entriesOfLine, linesAmong, type StockLineRow, writeMovements } from './store-stock.ts';

interface Found {
  readonly one: CaseRow;
  readonly line: StockLineRow;
  readonly operator: string;
  /** Counted less expected, in the account's units. */
  readonly more: bigint;
}

async function found(tx: Tx, one: CaseRow): Promise<Found> {
  const text = (name: string): string => String(one.facts[name]);
  const [line] = await linesAmong(tx, [{ book: text('book'), item: text('item') }]);
  const book = await bookOf(tx, text('book'));
  const more = stockUnits(text('counted')) - stockUnits(text('expected'));
  return { one, line: line!, operator: book!.operator, more };
}

/**
 * Moves a line by so much, in its account, its movements and the guarantee; false where parcels have reserved what
 * would be written off, and then nothing has moved.
 */
async function adjust(context: Context, tx: Tx, { one, line }: Found, by: bigint): Promise<boolean> {
  const { book, item, unit, id } = line;
  const moved = await raise(tx, [{ ...stockAccount(book, item), unit, amount: by }]);
  if (moved.length === 0) return false;
  const kind = by < 0n ? ('shortage' as const) : ('surplus' as const);
  const quantity = by < 0n ? -by : by;
  const at = context.clock.instant();
  const nothing = { parcel: null, line: null, suspended: null };
  await writeMovements(tx, [{ book, item, at, kind, quantity, cause: one.subject, ...nothing }]);
  await secureStock(tx, [line], context.reference.current().get(packsPart).home.currency);
  await append(tx, [
    {
      kind: 'clearance.stock-adjusted',
      subject: id,
      data: { book, item, kind, quantity: stockText(quantity), unit, case: one.id },
    },
  ]);
  return true;
}

/**
 * What missing goods owe, as if they had come in for home use on this day. The goods that came in first are taken to
 * have left first, so what is missing is of the last entries.
 */
async function chargesOf(
  context: Context,
  tx: Tx,
  { line, more }: Found,
): Promise<Result<{ border: Money; charges: readonly Charge[] }>> {
  const { currency } = context.reference.current().get(packsPart).home;
  let missing = -more;
  let minor = 0n;
  const charges: Charge[] = [];
  for (const entry of await entriesOfLine(tx, line)) {
    if (missing === 0n) break;
    const units = entry.quantity < missing ? entry.quantity : missing;
    missing -= units;
    const { body, accepted } = parcelFrom((await parcelOf(tx, entry.parcel))!);
    const owed = chargesOn(context, portionOf(acceptedBody(body, accepted), entry.line, units), stockDay(context));
    if (!owed.ok) return owed;
    minor += owed.value.border.minor;
    charges.push(...owed.value.charges);
  }
  return ok({ border: { currency, minor }, charges });
}

/** Missing goods are written off and their charges fall due. */
const shortage: Effect = {
  async apply(tx, cases, context): Promise<Refusal | void> {
    for (const one of cases) {
      const difference = await found(tx, one);
      if (difference.more >= 0n) return { code: 'clearance/stock-no-shortage' };
      const owed = await chargesOf(context, tx, difference);
      if (!owed.ok) return owed.error;
      if (!(await adjust(context, tx, difference, difference.more)))
        return { code: 'clearance/stock-reserved', params: { item: difference.line.item } };
      await ask(context, tx, difference, owed.value);
    }
  },
  async undo(tx, cases, context) {
    for (const one of cases) {
      const difference = await found(tx, one);
      await adjust(context, tx, difference, -difference.more);
      await cancelNotices(tx, [one.subject], context.clock.instant());
    }
  },
};

/** The notice over missing goods goes to the keeper of the book; its id is that of the difference. */
async function ask(
  context: Context,
  tx: Tx,
  { one, operator }: Found,
  owed: { border: Money; charges: readonly Charge[] },
): Promise<void> {
  if (owed.border.minor === 0n) return;
  const before = await noticeOf(tx, one.subject);
  const notice = {
    id: one.subject,
    version: (before?.version ?? 0) + 1,
    payer: operator,
    guarantor: null,
    currency: owed.border.currency,
    amount: owed.border.minor,
    charges: JSON.stringify(owed.charges),
    secured: false,
    issued: context.clock.instant(),
  };
  await (before === undefined ? issue(tx, [notice]) : reissue(tx, notice));
}

/** What is over is entered: it lies there under the same suspension as the rest of its line. */
const surplus: Effect = {
  async apply(tx, cases, context): Promise<Refusal | void> {
    for (const one of cases) {
      const difference = await found(tx, one);
      if (difference.more <= 0n) return { code: 'clearance/stock-no-surplus' };
      await adjust(context, tx, difference, difference.more);
    }
  },
  async undo(tx, cases, context): Promise<Refusal | void> {
    for (const one of cases) {
      const difference = await found(tx, one);
      if (!(await adjust(context, tx, difference, -difference.more)))
        return { code: 'clearance/stock-reserved', params: { item: difference.line.item } };
    }
  },
};

const decided = (name: string, to: string, effect?: string) => ({
  name,
  from: ['open'],
  to,
  by: 'desk' as const,
  purpose: 'clear',
  decision: true,
  ...(effect === undefined ? {} : { effect }),
});

/**
 * A count and the book differ: an officer charges what is missing, enters what is over, or accepts the explanation, and
 * then the book stands.
 */
export const stockDifference: Procedure = {
  name: 'stock-difference',
  version: 1,
  first: 'open',
  moves: [
    decided('charge-shortage', 'charged', 'shortage'),
    decided('enter-surplus', 'entered', 'surplus'),
    decided('accept-explanation', 'explained'),
  ],
  deadlines: [
    { name: 'decision', in: ['open'], hours: 'fact:decideHours', from: 'opened', source: 'fact:decideSource' },
  ],
  effects: { shortage, surplus },
};
