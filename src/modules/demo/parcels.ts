import { formatDecimal } from '#kernel/decimal.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Amount, Consignment } from '#modules/rulebook/index.ts';
import { dearWares, listedWares, ordinaryWares, permitWares, prohibitedWares, type Ware } from './goods.ts';
import { type Kind, type Place, placeOf } from './kinds.ts';
import { buyer, homeCountry, sender } from './people.ts';
import { Chance } from './random.ts';
import { ids, sellers } from './roles.ts';

type Declared = Consignment['declaration'];
type Goods = Declared['goods'][number];
type Order = NonNullable<Consignment['orders']>[number];
type Payment = NonNullable<Consignment['payments']>[number];
type Transport = NonNullable<Consignment['transports']>[number];

/** Who stands behind a parcel: under whose key it is filed, who declares it, who answers for its charges. */
export interface Standing {
  readonly filer: string;
  readonly declarant: string;
  readonly guarantor: string | null;
}

export interface ParcelOptions {
  readonly seed: number;
  readonly index: number;
  /** The moment at which it is filed, in milliseconds since 1970: order and payment lie before it. */
  readonly at: number;
  /** The beginning of every number in it; parcels of two runs never share one. Capital letters and digits. */
  readonly run?: string;
  /** The kind, where the shares are not to decide. */
  readonly kind?: Kind;
  /** The master bill on which it travels, when it is known at filing. */
  readonly master?: string | null;
  /** How many different consumers there are. */
  readonly buyers?: number;
  readonly standing?: Standing;
  readonly seller?: string;
  /** The number of its consignee, where chance is not to decide. */
  readonly buyer?: number;
  /** A registered importer, where the consignee is one. */
  readonly importer?: string;
  /** How many pieces it comes in, where chance is not to decide. */
  readonly pieces?: number;
  /** With the payment slip that a parcel of kind `slip-missing` came without; everything else stays the same. */
  readonly complete?: boolean;
}

/** One invented parcel: its body, the bytes as a platform would send them, and what a manifest needs to name it. */
export interface Invented {
  readonly kind: Kind;
  readonly filer: string;
  readonly body: Consignment;
  readonly raw: string;
  readonly house: string;
  readonly barcodes: readonly string[];
  readonly weight: string;
}

/** The currency of Ponenta, in which the invented shops of its neighbour price what they send there. */
export const currency = 'XPN';
const dayMs = 86_400_000;
const minuteMs = 60_000;
const buyersDefault = 250_000;

interface Draft {
  readonly chance: Chance;
  readonly place: Place;
  readonly options: ParcelOptions;
  readonly run: string;
  /** The parcel's own number in every mark on it. */
  readonly mark: string;
  readonly buyerNumber: number;
  readonly seller: string;
}

/** The parcel of a seed and an index. The same options give the same bytes, in any order and on any machine. */
export function parcel(options: ParcelOptions): Invented {
  const { seed, index, run = `S${seed}` } = options;
  const found = placeOf(seed, index);
  // Where the kind is given, three parcels in a row that are parts of an order are parts of the same one.
  const place = options.kind === undefined ? found : { kind: options.kind, block: 0, ordinal: index };
  const chance = new Chance(seed, index);
  // The parts of one order go to one buyer from one seller, whatever their own index is.
  const group = place.kind === 'split-order' ? new Chance(seed, place.block, Math.floor(place.ordinal / 3), 3) : chance;
  const draft: Draft = {
    chance,
    place,
    options,
    run,
    mark: `${run}${String(index).padStart(7, '0')}`,
    buyerNumber: options.buyer ?? group.below(options.buyers ?? buyersDefault),
    seller: options.seller ?? group.pick(sellers),
  };
  const body = place.kind === 'gift' ? gift(draft) : sale(draft);
  const [transport] = body.transports ?? [];
  return {
    kind: place.kind,
    filer: standingOf(draft).filer,
    body,
    raw: JSON.stringify(body),
    house: transport?.document ?? '',
    barcodes: transport?.pieces.map((piece) => piece.barcode) ?? [],
    weight: transport?.grossWeight ?? '0',
  };
}

const amount = (minor: bigint): Amount => ({ currency, amount: formatDecimal({ digits: minor, scale: 2 }) });
const kilograms = (grams: bigint): string => formatDecimal({ digits: grams, scale: 3 });

function standingOf({ place, options }: Draft): Standing {
  if (place.kind === 'gift') return { filer: ids.post, declarant: ids.post, guarantor: null };
  return options.standing ?? { filer: ids.agent, declarant: ids.agent, guarantor: ids.guarantor };
}

interface Line {
  readonly goods: Goods;
  readonly minor: bigint;
  readonly grams: bigint;
}

function line(draft: Draft, ware: Ware, number: number, quantity: number): Line {
  const { chance, place } = draft;
  const minor = BigInt(chance.between(...ware.price)) * BigInt(quantity);
  const net = BigInt(chance.between(...ware.grams)) * BigInt(quantity);
  const grams = net + net / 10n + 20n;
  const simplified = place.kind === 'simplified' || place.kind === 'gift';
  const goods: Goods = {
    line: number,
    description: chance.pick(ware.words),
    ...(simplified ? { category: ware.category } : { commodity: ware.commodity, edition: 'HS2022' }),
    origin: chance.pick(ware.origin),
    quantity: String(quantity),
    unit: 'PCE',
    netWeight: kilograms(net),
    grossWeight: kilograms(grams),
    price: amount(minor),
  };
  return { goods, minor, grams };
}

/** What is in the parcel. Low-value kinds stay below the low-value limit as a whole. */
function linesOf(draft: Draft): Line[] {
  const { chance, place } = draft;
  switch (place.kind) {
    case 'ordinary':
    case 'over-limit':
      return [line(draft, chance.pick(dearWares), 1, 1)];
    case 'permit':
    case 'permit-missing':
      return [line(draft, chance.pick(permitWares), 1, chance.between(1, 3))];
    case 'simplified':
      return [line(draft, chance.pick(listedWares.filter(({ price }) => price[1] <= 8_000)), 1, 1)];
    case 'prohibited':
      return [line(draft, chance.pick(prohibitedWares), 1, 1)];
    case 'several-lines':
      return Array.from({ length: chance.between(2, 4) }, (_, index) =>
        line(draft, chance.pick(cheapWares), index + 1, 1),
      );
    case 'several-pieces':
    case 'merged-orders':
      return Array.from({ length: 3 }, (_, index) => line(draft, chance.pick(cheapWares), index + 1, 1));
    default:
      return [line(draft, chance.pick(ordinaryWares), 1, 1)];
  }
}

/** Wares of which four together stay below the low-value limit. */
const cheapWares = ordinaryWares.filter(({ price }) => price[1] <= 3_500);

/** Wares below the limit for gifts, declared by category. */
const giftWares = listedWares.filter(({ price }) => price[1] <= 6_000);

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

function sale(draft: Draft): Consignment {
  const lines = linesOf(draft);
  const orders = ordersOf(draft, lines);
  const unpaid =
    (draft.place.kind === 'slip-missing' && draft.options.complete !== true) || draft.place.kind === 'cash-on-delivery';
  const payments = unpaid ? undefined : orders.map((order, index) => paymentOf(draft, order, index));
  return {
    orders,
    ...(payments ? { payments } : {}),
    transports: [transportOf(draft, lines, orders)],
    declaration: declarationOf(draft, lines, 'sale'),
  };
}

/** The moment of an order: the parts of one order share it, since it hangs on the day and on the group alone. */
function placedAt({ place, options, chance }: Draft): number {
  const days = Math.floor(options.at / dayMs) * dayMs - 2 * dayMs;
  const group =
    place.kind === 'split-order' ? new Chance(options.seed, place.block, Math.floor(place.ordinal / 3), 4) : chance;
  return days + group.below(20 * 60) * minuteMs;
}

/** Orders of a parcel. A part of an order carries the part of its total that travels in this parcel. */
function ordersOf(draft: Draft, lines: readonly Line[]): Order[] {
  const { place, options, run, mark, seller } = draft;
  const placed = instantOf(placedAt(draft));
  const name = buyerName(draft);
  const order = (number: string, minor: bigint): Order => ({
    platform: ids.platform,
    number,
    seller,
    buyer: name,
    total: amount(minor),
    placed,
  });
  if (place.kind === 'merged-orders') return lines.map(({ minor }, index) => order(`O${mark}-${index + 1}`, minor));
  const total = sum(lines.map(({ minor }) => minor));
  if (place.kind !== 'split-order') return [order(`O${mark}`, total)];
  return [order(`O${run}T${options.seed}B${place.block}G${Math.floor(place.ordinal / 3)}`, total)];
}

function buyerName({ buyerNumber }: Draft): string {
  const { name } = buyer(buyerNumber);
  return name.latin ?? name.text;
}

function paymentOf({ chance, mark }: Draft, order: Order, index: number): Payment {
  return {
    provider: ids.payments,
    reference: `P${mark}-${index + 1}`,
    order: order.number,
    method: chance.pick(['card', 'card', 'wallet', 'transfer'] as const),
    payer: order.buyer ?? null,
    amount: order.total,
    paid: instantOf(msOfInstant(order.placed!) + chance.between(1, 9) * minuteMs),
  };
}

function transportOf(draft: Draft, lines: readonly Line[], orders: readonly Order[]): Transport {
  const { place, mark, options } = draft;
  const post = place.kind === 'gift';
  const grams = sum(lines.map((one) => one.grams));
  const count = BigInt(options.pieces ?? (place.kind === 'several-pieces' ? draft.chance.between(2, 3) : 1));
  const share = grams / count;
  const pieces = Array.from({ length: Number(count) }, (_, index) => ({
    barcode: `${post ? 'RP' : 'PT'}${mark}${index === 0 ? '' : `-${index + 1}`}`,
    weight: kilograms(BigInt(index) === count - 1n ? grams - share * (count - 1n) : share),
  }));
  return {
    carrier: post ? ids.post : ids.carrier,
    document: `${post ? 'CN' : 'PX'}${mark}`,
    ...(options.master === undefined ? {} : { master: options.master }),
    ...(orders.length > 0 ? { orders: orders.map((order) => order.number) } : {}),
    borderMode: post ? 'post' : 'air',
    inlandMode: 'road',
    grossWeight: kilograms(grams),
    pieces,
  };
}

/** The way in that is claimed. Who claims the low-value one for something dearer is told to take the other. */
const routeOf = (kind: Kind): string =>
  kind === 'gift' ? 'gift-post' : kind === 'ordinary' ? 'ordinary' : 'low-value';

function declarationOf(draft: Draft, lines: readonly Line[], nature: 'sale' | 'gift'): Declared {
  const { place, mark, buyerNumber, seller, options } = draft;
  const { declarant, guarantor } = standingOf(draft);
  const found = permitWares.find((ware) => ware.commodity === lines[0]?.goods.commodity);
  const documents =
    place.kind === 'permit' && found ? [{ type: found.document, number: `XL-${found.document}-${mark}`, line: 1 }] : [];
  const post = nature === 'gift';
  return {
    id: mark,
    movement: 'import',
    nature,
    route: routeOf(place.kind),
    ...(place.kind === 'cash-on-delivery' ? { scheme: 'COD' } : {}),
    office: post ? 'XP000103' : 'XP000102',
    placeOfGoods: post ? 'XP-POST-HALL' : 'XP-CAPO-AIR',
    declarant,
    representation: post || declarant === seller ? 'self' : 'indirect',
    ...(options.importer === undefined ? {} : { importer: options.importer }),
    ...(post ? {} : { seller }),
    ...(post ? { postalOperator: ids.post } : { placeOperator: ids.operator }),
    guarantor,
    consignor: sender(post ? buyerNumber + 1 : sellers.indexOf(seller), 'XL'),
    consignee: buyer(buyerNumber),
    dispatch: 'XL',
    destination: homeCountry,
    goods: lines.map((one) => one.goods),
    freight: amount(0n),
    insurance: amount(0n),
    ...(documents.length > 0 ? { documents } : {}),
  };
}

/** A gift by post: no order, no payment, no seller; the postal operator hands in the item data it was given abroad. */
function gift(draft: Draft): Consignment {
  const lines = [line(draft, draft.chance.pick(giftWares), 1, 1)];
  return { transports: [transportOf(draft, lines, [])], declaration: declarationOf(draft, lines, 'gift') };
}
