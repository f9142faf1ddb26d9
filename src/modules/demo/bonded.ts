import { formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { casesOf } from '#modules/cases/index.ts';
import {
  countStock,
  decideHeld,
  enterStock,
  find,
  openBook,
  reportArrival,
  reportDeparture,
  stockBook,
} from '#modules/clearance/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { castPrincipal } from './decisions.ts';
import { fileParcels } from './landing.ts';
import { currency, type Invented, parcel, type ParcelOptions } from './parcels.ts';
import { operatorSystem } from './principals.ts';
import { Chance } from './random.ts';
import { ids } from './roles.ts';

/** Goods as an import brings them in and a parcel takes them: what they are, how many, and the price of them all. */
export interface BondedWare {
  readonly description: { readonly text: string; readonly language: string };
  readonly commodity: string;
  readonly origin: string;
  readonly unit: string;
  readonly quantity: string;
  readonly price: string;
}

const priced = ({ price, ...ware }: BondedWare, index: number) => ({
  line: index + 1,
  ...ware,
  price: { currency, amount: price },
});

/** What an invented declaration says of its own price and way in, which bonded goods have anew. */
function bare({ declaration }: Consignment): Consignment['declaration'] {
  const { route: _route, discount: _discount, freight: _freight, insurance: _insurance, ...rest } = declaration;
  return { ...rest, seller: ids.seller };
}

/** The declaration of an import that brings wares in for a book of the operator's place. */
export function intoBond(body: Consignment, wares: readonly BondedWare[]): Consignment {
  const declaration = bare(body);
  const { consignee } = declaration;
  return {
    ...(body.transports ? { transports: body.transports.map(({ orders: _orders, ...one }) => one) } : {}),
    declaration: {
      ...declaration,
      procedure: 'BOND-IN',
      placeOperator: ids.operator,
      ...(consignee ? { consignee: { ...consignee, private: false } } : {}),
      goods: wares.map(priced),
    },
  };
}

/** The declaration of a parcel that takes wares out of a book, each from its line. */
export function outOfBond(
  body: Consignment,
  book: string,
  wares: readonly (BondedWare & { readonly item: string; readonly book?: string })[],
): Consignment {
  const goods = wares.map(({ item, book: other = book, ...ware }, index) => ({
    ...priced(ware, index),
    stock: { book: other, item },
  }));
  const digits = wares.reduce((sum, { price }) => sum + parseDecimal(price)!.digits, 0n);
  const total = { currency, amount: formatDecimal({ digits, scale: 2 }) };
  return {
    ...body,
    ...(body.orders ? { orders: body.orders.map((order) => ({ ...order, seller: ids.seller, total })) } : {}),
    ...(body.payments ? { payments: body.payments.map((payment) => ({ ...payment, amount: total })) } : {}),
    declaration: { ...bare(body), procedure: 'BOND-OUT', goods },
  };
}

/** The book of the demonstration: a warehouse in the Porto Franco zone, in which the small workshop keeps its goods. */
const book = {
  number: 'PF-01',
  operator: ids.operator,
  place: 'XP-PORTO-FRANCO',
  office: 'XP000101',
  zone: 'porto-franco',
} as const;

const en = (text: string) => ({ text, language: 'en' });
/** What lies in it, by item; the price is that of one. */
const shelf: Readonly<Record<string, BondedWare>> = {
  '1': {
    description: en('Cotton T-shirt'),
    commodity: '610910',
    origin: 'XL',
    unit: 'PCE',
    quantity: '60',
    price: '12.00',
  },
  '2': {
    description: en('Lantern mug'),
    commodity: '691200',
    origin: 'XL',
    unit: 'PCE',
    quantity: '80',
    price: '9.50',
  },
  '3': {
    description: en('Beeswax candle'),
    commodity: '340600',
    origin: 'XL',
    unit: 'PCE',
    quantity: '45',
    price: '7.00',
  },
};

const times = (price: string, many: number): string =>
  formatDecimal({ digits: parseDecimal(price)!.digits * BigInt(many), scale: 2 });
const taken = (item: string, many: number) => {
  const ware = shelf[item]!;
  return { ...ware, item, quantity: String(many), price: times(ware.price, many) };
};

const run = 'BW';
const importDays = [2, 12] as const;
const countDay = 24;
const perDay = 2;

const made = (
  options: Omit<ParcelOptions, 'run' | 'seed'>,
  seed: number,
  change: (body: Consignment) => Consignment,
) => {
  const invented = parcel({ ...options, seed, run, seller: ids.seller });
  const changed = change(invented.body);
  const body = { ...changed, declaration: { ...changed.declaration, zone: book.zone, placeOfGoods: book.place } };
  return { ...invented, body, raw: JSON.stringify(body), at: options.at };
};

type Filed = Invented & { readonly at: number };

/** The import of a day: the whole shelf at first, and half of it once more later. */
function importOf(seed: number, day: number, at: number): Filed {
  const again = day !== importDays[0];
  const wares = Object.keys(shelf).map((item) => {
    const { item: _item, ...ware } = taken(item, Number(shelf[item]!.quantity) / (again ? 5 : 1));
    return ware;
  });
  return made({ index: 900 + day, at, kind: 'ordinary', pieces: 1 }, seed, (body) => intoBond(body, wares));
}

/** The parcels of a day: mostly one thing, now and then two. */
function parcelsOf(seed: number, day: number, at: number): Filed[] {
  return Array.from({ length: perDay }, (_, place) => {
    const index = day * perDay + place;
    const chance = new Chance(seed, index, 5);
    const first = taken(String(1 + chance.below(3)), chance.between(1, 3));
    const second = taken(first.item === '2' ? '3' : '2', 1);
    const lines = chance.permille(250) ? [first, second] : [first];
    return made({ index, at, kind: 'low-value', pieces: 1 }, seed, (body) => outOfBond(body, book.number, lines));
  });
}

const marks = (parcels: readonly Invented[]): string[] => parcels.flatMap(({ barcodes }) => barcodes);

/** The keeper of the warehouse tallies what stands on his floor: nothing of it was on a carrier's manifest here. */
async function tally(context: Context, day: number, what: string, parcels: readonly Invented[]): Promise<void> {
  const { operator, place } = book;
  const reference = `${book.number}/${day}/${what}`;
  const arrival = { reference, operator, place, landed: context.clock.instant(), pieces: marks(parcels) };
  must(await reportArrival(context, operatorSystem(context, false), arrival, JSON.stringify(arrival)));
}

/** Lets the import go where it was picked for a closer look, so that its goods can be entered. */
async function releaseHeld(context: Context, id: string): Promise<void> {
  const held = (await casesOf(context.db, [id])).find(({ closed }) => closed === null);
  if (held === undefined) return;
  const reasons = { ground: 'demo/ground-control', reason: 'demo/reason-in-order', remedy: 'clearance/none-needed' };
  const officer = await castPrincipal(context, 'nives');
  must(await decideHeld(context, officer, { case: held.id, stamp: held.stamp, move: 'release', ...reasons }));
}

/** What an import brought in stands in the book from now on. */
async function enter(context: Context, imported: Filed, day: number): Promise<void> {
  const keeper = operatorSystem(context, false);
  const [id] = await find(context, keeper, imported.body.declaration.id);
  await releaseHeld(context, id!);
  const { operator, number } = book;
  const lines = imported.body.declaration.goods.map(({ line, quantity }) => ({
    item: String(line),
    import: id!,
    line,
    quantity: quantity!,
  }));
  const entry = { reference: `${number}/${day}`, operator, book: number, lines };
  must(await enterStock(context, keeper, entry, JSON.stringify(entry)));
}

/** Counts two lines; of one a mug is missing, and the keeper says why. */
async function count(context: Context): Promise<void> {
  const keeper = operatorSystem(context, false);
  const { lines } = must(await stockBook(context, keeper, book.number));
  const onHand = (item: string): bigint => BigInt(lines.find((line) => line.item === item)?.figures?.onHand ?? '0');
  const sheet = {
    reference: `${book.number}/count`,
    book: book.number,
    counted: context.clock.instant(),
    lines: [
      { item: '1', quantity: String(onHand('1')) },
      { item: '2', quantity: String(onHand('2') - 1n), explanation: 'One mug was found broken behind the shelf.' },
    ],
  };
  must(await countStock(context, keeper, sheet, JSON.stringify(sheet)));
}

/**
 * A day at the bonded warehouse: imports come in and are entered, parcels are filed, and those of the day before are
 * tallied and leave. A day that was cut short is done again, and every door answers as before.
 */
export async function bondedDay(context: Context, seed: number, day: number): Promise<void> {
  const now = context.clock.now();
  const dayMs = 86_400_000;
  const [first] = importDays;
  if (day < first) return;
  const keeper = operatorSystem(context, false);
  if (day === first) must(await openBook(context, keeper, book));
  if (importDays.some((one) => one === day)) await fileParcels(context, [importOf(seed, day, now)], true);
  const before = importDays.find((one) => one === day - 1);
  if (before !== undefined) {
    const imported = importOf(seed, before, now - dayMs);
    await tally(context, day, 'in', [imported]);
    await enter(context, imported, before);
  }
  if (day <= first + 1) return;
  await fileParcels(context, parcelsOf(seed, day, now), true);
  if (day === first + 2) return;
  const yesterday = parcelsOf(seed, day - 1, now - dayMs);
  await tally(context, day, 'out', yesterday);
  const { operator, place } = book;
  const left = { reference: `${book.number}/${day}`, operator, place, left: context.clock.instant() };
  must(await reportDeparture(context, keeper, { ...left, pieces: marks(yesterday) }));
  if (day === countDay) await count(context);
}
