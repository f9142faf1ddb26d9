import { addDecimal, type Decimal, divideDecimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import type { Amount, Consignment, Goods, Order, Payment, Transport } from '#modules/rulebook/index.ts';
import { speech } from './ceb-fields.ts';

/** A parcel on its way out, with what the window knows beside what was declared. */
export interface Outgoing {
  readonly id: string;
  readonly received: string;
  readonly filer: string;
  readonly body: Consignment;
  /** What one unit of its currency is worth in the one that a kind takes, as its sender says. */
  readonly rate?: Decimal;
  /** What a registered party is called. */
  readonly nameOf: (identifier: string) => string | undefined;
}

/** One node of it: the parcel, and of its slips those that the node is about. */
export interface Subject extends Outgoing {
  readonly order: Order | undefined;
  readonly payment: Payment | undefined;
  readonly transport: Transport | undefined;
}

type Said = string | null | undefined;
type Say = (one: Subject) => Said;
type SayRow = (goods: Goods, one: Subject) => Said;

const sum = (amounts: readonly (Amount | undefined)[]): Amount | undefined => {
  const [first] = amounts;
  if (first === undefined || amounts.some((one) => one?.currency !== first.currency)) return undefined;
  if (amounts.length === 1) return first;
  const parts = amounts.map((one) => parseDecimal(one?.amount ?? ''));
  const total = parts.reduce((so, one) => (so === undefined || one === undefined ? undefined : addDecimal(so, one)));
  return total === undefined ? undefined : { currency: first.currency, amount: formatDecimal(total) };
};

const goodsOf = ({ body }: Subject): readonly Goods[] => body.declaration.goods;
const pricesOf = (one: Subject): Amount | undefined => sum(goodsOf(one).map(({ price }) => price));
const currencyOf = (ours: string | undefined): Said => ours && speech.coded('currency', ours);
const sellerOf = ({ order, body }: Subject): Said => order?.seller ?? body.declaration.seller;
const named = (identifier: Said, { nameOf }: Subject): Said => identifier && nameOf(identifier);
const amountIn = (amount: Amount | null | undefined, currency: string | undefined): Said =>
  amount?.currency === currency ? amount?.amount : undefined;

function addressOf({ body }: Subject): Said {
  const { lines, city, postcode } = body.declaration.consignee?.address ?? {};
  return lines && [...lines, postcode, city].filter((one) => one !== undefined).join(' ');
}

function weightOf(weight: 'netWeight' | 'grossWeight', { body }: Subject): Said {
  const parts = body.declaration.goods.map((one) => parseDecimal(one[weight] ?? ''));
  const total = parts.reduce((so, one) => (so === undefined || one === undefined ? undefined : addDecimal(so, one)));
  return total && formatDecimal(total);
}

const identity = ({ body }: Subject) => body.declaration.consignee?.identity;
const buyerName: Say = ({ order, body }) => order?.buyer ?? body.declaration.consignee?.name.text;
const gross: Say = (one) => one.transport?.grossWeight ?? weightOf('grossWeight', one);
const mode: Say = ({ transport }) => transport?.borderMode && speech.coded('mode', transport.borderMode);
const packs: Say = ({ transport }) => transport && String(transport.pieces.length);
const totalCurrency = ({ order, body }: Subject): string | undefined =>
  order?.total.currency ?? body.declaration.goods[0]?.price.currency;

/** What stands in the heads of nodes beside the fields that have a home, by the name of the field. */
export const heads: Readonly<Record<string, Say>> = {
  guid: ({ id }) => id.toUpperCase(),
  appType: () => '1',
  appTime: ({ received }) => speech.time(received),
  appStatus: () => '2',
  orderType: ({ body }) => (body.declaration.movement === 'import' ? 'I' : undefined),
  orderNo: ({ order, payment }) => payment?.order ?? order?.number,
  ebpCode: ({ order }) => order?.platform,
  ebpName: (one) => named(one.order?.platform, one),
  ebcCode: sellerOf,
  ebcName: (one) => named(sellerOf(one), one),
  ownerCode: sellerOf,
  ownerName: (one) => named(sellerOf(one), one),
  goodsValue: (one) => amountIn(pricesOf(one), totalCurrency(one)),
  freight: (one) => amountIn(one.body.declaration.freight, totalCurrency(one)),
  insuredFee: (one) => amountIn(one.body.declaration.insurance, totalCurrency(one)),
  discount: (one) => amountIn(one.body.declaration.discount, totalCurrency(one)),
  taxTotal: (one) => amountIn(one.body.declaration.taxIncluded, totalCurrency(one)),
  currency: (one) => currencyOf(totalCurrency(one)),
  fCurrency: ({ body }) => currencyOf(body.declaration.freight?.currency),
  fFlag: ({ body }) => (body.declaration.freight ? '3' : undefined),
  iCurrency: ({ body }) => currencyOf(body.declaration.insurance?.currency),
  iFlag: ({ body }) => (body.declaration.insurance ? '3' : undefined),
  buyerName,
  payerName: (one) => one.payment?.payer ?? buyerName(one),
  buyerIdType: (one) => identity(one) && (identity(one)?.type === '1' ? '1' : '2'),
  payerIdType: (one) => identity(one) && (identity(one)?.type === '1' ? '1' : '2'),
  buyerIdNumber: (one) => identity(one)?.number,
  payerIdNumber: (one) => identity(one)?.number,
  payName: (one) => named(one.payment?.provider, one),
  consignee: ({ body }) => body.declaration.consignee?.name.text,
  consigneeAddress: addressOf,
  logisticsName: (one) => named(one.transport?.carrier, one),
  weight: gross,
  grossWeight: gross,
  netWeight: (one) => weightOf('netWeight', one),
  packNo: packs,
  goodsInfo: (one) => goodsOf(one)[0]?.description.text.slice(0, 200),
  declTime: ({ received }) => speech.time(received).slice(0, 8),
  assureCode: ({ body }) => body.declaration.guarantor,
  agentName: (one) => named(one.body.declaration.declarant, one),
  areaName: (one) => named(one.body.declaration.placeOperator, one),
  iacName: (one) => named(one.body.declaration.placeOperator, one),
  trafMode: mode,
  billNo: ({ transport }) => transport?.master,
};

function priceEach({ price, quantity }: Goods): Said {
  const [amount, many] = [parseDecimal(price.amount), parseDecimal(quantity ?? '')];
  if (amount === undefined || many === undefined || many.digits === 0n) return undefined;
  return formatDecimal(divideDecimal(amount, many, 5, 'half-up'));
}

/** A unit that the list does not hold keeps the code that was sent, where it can be one of the format's. */
const unitCode = (unit: string | undefined): Said =>
  unit && (speech.coded('unit', unit) ?? (/^\d{3}$/.test(unit) ? unit : undefined));

/** What stands in the rows of nodes, likewise. */
export const rows: Readonly<Record<string, SayRow>> = {
  gnum: ({ line }) => String(line),
  itemNo: ({ product }) => product?.id,
  itemName: ({ description }) => description.text,
  itemDescribe: () => undefined,
  unit: ({ unit }) => unitCode(unit),
  unit1: ({ statutoryUnit }) => unitCode(statutoryUnit),
  unit2: ({ supplementaryUnit }) => unitCode(supplementaryUnit),
  qty: ({ quantity }) => quantity,
  price: priceEach,
  totalPrice: ({ price }) => price.amount,
  currency: ({ price }) => currencyOf(price.currency),
  country: ({ origin }) => origin && speech.coded('country', origin),
  // A code that is shorter than ten figures is shown to be so.
  gcode: ({ commodity }) => (commodity?.length === 10 ? commodity : undefined),
};

/**
 * What a field says that has to be there and of which the window knows nothing: nothing that could be taken for a fact.
 * Texts are a dash. The node's note names every field that says so.
 */
const nothing: Readonly<Record<string, string>> = {
  customsCode: '0000',
  portCode: '0000',
  POD: '0000',
  tradeMode: '0000',
  trafMode: '9',
  country: '701',
  unit: '000',
  unit1: '000',
  fCurrency: '000',
  iCurrency: '000',
  fFlag: '3',
  iFlag: '3',
  buyerIdType: '0',
  payerIdType: '0',
  orderType: '0',
  statisticsFlag: '0',
  wrapType: '0',
  packNo: '0',
  payTime: '00000000000000',
  accountingDate: '00000000000000',
  ieDate: '00000000',
};

const figures: ReadonlySet<string> = new Set(
  'goodsValue freight discount taxTotal acturalPaid insuredFee weight grossWeight netWeight qty qty1 price charge'.split(
    ' ',
  ),
);

export const nothingSaid = (name: string, known: string | undefined): string =>
  name === 'gcode' ? (known ?? '').padEnd(10, '-') : figures.has(name) ? '0' : (nothing[name] ?? '-');

/** How long a text may be at most, in the stricter of both editions. */
export const longest: Readonly<Record<string, number>> = {
  orderNo: 60,
  logisticsNo: 32,
  copNo: 20,
  payTransactionId: 60,
  payNo: 60,
  assureCode: 30,
  areaCode: 18,
  iacCode: 18,
  billNo: 37,
  loctNo: 10,
  gname: 250,
  itemName: 250,
  itemNo: 20,
  consigneeAddress: 200,
  consignee: 100,
  buyerName: 60,
  payerName: 60,
  buyerIdNumber: 60,
  payerIdNumber: 60,
  ebpCode: 18,
  ebcCode: 18,
  ownerCode: 18,
  payCode: 18,
  logisticsCode: 18,
  agentCode: 18,
};

/** How long a code has to be. */
export const exactly: Readonly<Record<string, number>> = {
  customsCode: 4,
  tradeMode: 4,
  buyerIdType: 1,
  gcode: 10,
  unit: 3,
  unit1: 3,
  unit2: 3,
};
