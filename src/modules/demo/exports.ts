import { formatDecimal } from '#kernel/decimal.ts';
import { must } from '#kernel/result.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { reportArrival, reportDeparture } from '#modules/clearance/index.ts';
import { ordinaryWares } from './goods.ts';
import { historyDays } from './history.ts';
import { fileParcels, placeOf } from './landing.ts';
import { currency, type Invented } from './parcels.ts';
import { homeCountry, sender } from './people.ts';
import { operatorSystem } from './principals.ts';
import { Chance } from './random.ts';
import { ids } from './roles.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const abroad = 'XL';
/** What comes from a loom. */
const madeHere = ordinaryWares.filter(({ commodity }) => ['57', '61', '62'].includes(commodity.slice(0, 2)));

export interface ExportOptions {
  readonly seed: number;
  readonly index: number;
  /** When it is filed, in milliseconds since 1970. */
  readonly at: number;
  readonly run?: string;
  readonly pieces?: number;
}

/** A sale of the weaving mill to somebody in the neighbour economy: order, receipt, waybill and list. */
export function exportParcel({ seed, index, at, run = 'E', pieces = 1 }: ExportOptions): Invented {
  const chance = new Chance(seed, index, 7);
  const mark = `${run}${String(index).padStart(5, '0')}`;
  const house = `PX${mark}`;
  const { goods, weight } = goodsOf(chance);
  const consignee = { ...sender(10_000 + chance.below(900), abroad), private: true };
  const buyer = consignee.name.latin ?? consignee.name.text;
  const placed = at - chance.between(3, 20) * hourMs;
  const paid = placed + chance.between(1, 9) * minuteMs;
  const number = `O${mark}`;
  const barcodes = Array.from({ length: pieces }, (_, piece) => `PT${mark}${piece === 0 ? '' : `-${piece + 1}`}`);
  const order = { platform: ids.platform, number, seller: ids.exporter, buyer, total: goods.price };
  const payment = { provider: ids.payments, reference: `P${mark}`, order: number, method: 'card' as const };
  const transport = { carrier: ids.carrier, document: house, orders: [number], grossWeight: weight };
  const body: Consignment = {
    orders: [{ ...order, placed: instantOf(placed) }],
    payments: [{ ...payment, payer: buyer, amount: goods.price, paid: instantOf(paid) }],
    transports: [
      { ...transport, borderMode: 'air', inlandMode: 'road', pieces: barcodes.map((barcode) => ({ barcode })) },
    ],
    declaration: {
      id: mark,
      movement: 'export',
      nature: 'sale',
      route: 'export-simple',
      office: 'XP000102',
      placeOfGoods: placeOf(false),
      declarant: ids.exporter,
      representation: 'self',
      seller: ids.exporter,
      placeOperator: ids.operator,
      consignee,
      dispatch: homeCountry,
      destination: abroad,
      goods: [goods],
    },
  };
  return { kind: 'low-value', filer: ids.exporter, body, raw: JSON.stringify(body), house, barcodes, weight };
}

/** One line of what the mill makes, with the weight of its parcel. */
function goodsOf(chance: Chance) {
  const ware = chance.pick(madeHere);
  const quantity = BigInt(chance.between(1, 3));
  const grams = BigInt(chance.between(...ware.grams)) * quantity;
  const minor = BigInt(chance.between(...ware.price)) * quantity;
  const weight = formatDecimal({ digits: grams + 60n, scale: 3 });
  const goods: Consignment['declaration']['goods'][number] = {
    line: 1,
    description: chance.pick(ware.words),
    commodity: ware.commodity,
    edition: 'HS2022',
    origin: homeCountry,
    quantity: String(quantity),
    unit: 'PCE',
    netWeight: formatDecimal({ digits: grams, scale: 3 }),
    grossWeight: weight,
    price: { currency, amount: formatDecimal({ digits: minor, scale: 2 }) },
  };
  return { goods, weight };
}

/** Exports of a day of history: some every third day, and some on the last two: each step of the way is seen. */
const exportsOf = (seed: number, began: number, day: number) => {
  const many = day >= historyDays - 1 ? 3 : day % 3 === 1 ? 2 : 0;
  const at = began - (historyDays - day) * 24 * hourMs - (day === historyDays ? 2 * hourMs : 0);
  return Array.from({ length: many }, (_, place) => ({ ...exportParcel({ seed, index: day * 10 + place, at }), at }));
};

/** What the mill files on a day. */
export const fileExports = (context: Context, seed: number, began: number, day: number): Promise<void> =>
  fileParcels(context, exportsOf(seed, began, day), true);

/**
 * What the mill filed the day before is brought to the airport by lorry and flies. On the last day one parcel has come
 * and waits for its aircraft, and one was reported away that had not come at all: it is kept back.
 */
export async function sendExports(context: Context, seed: number, began: number, day: number): Promise<void> {
  const barcodes = exportsOf(seed, began, day - 1).flatMap((one) => one.barcodes);
  if (barcodes.length === 0) return;
  const last = day === historyDays;
  const operator = operatorSystem(context, false);
  const common = { operator: ids.operator, place: placeOf(false) };
  const there = last ? barcodes.slice(0, 2) : barcodes;
  const brought = { ...common, reference: `DOCK-${day}`, landed: context.clock.instant(), pieces: there };
  must(await reportArrival(context, operator, brought, JSON.stringify(brought)));
  const pieces = last ? barcodes.filter((_, place) => place !== 1) : barcodes;
  const left = context.clock.instant();
  must(await reportDeparture(context, operator, { ...common, reference: `FLIGHT-${day}`, left, pieces }));
}
