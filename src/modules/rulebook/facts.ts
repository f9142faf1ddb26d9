import { AssessmentRequest, Declaration, Payment, Transport } from './consignment.ts';
import type { Run } from './run.ts';

/**
 * What kind of thing a fact is. Conditions in CEL see text, flags, sets and counts; exact terms see the other kinds.
 */
export type Kind = 'text' | 'flag' | 'set' | 'count' | 'money' | 'kg' | 'quantity';

/** Whether a fact is a figure, which exact terms read, and not conditions in CEL. */
export const isFigure = (kind: Kind): kind is 'money' | 'kg' | 'quantity' =>
  kind === 'money' || kind === 'kg' || kind === 'quantity';

export interface FactType {
  readonly kind: Kind;
  readonly scope: 'head' | 'line';
  /** Where it stands in the data handed in; what `missing[]` names. `*` stands for the number of the line. */
  readonly path: string;
  /**
   * Reads it from the parcel, or from the line at hand; undefined where it is missing. Money, weights and quantities
   * are read as exact figures by `numberReader`, so here they are never there.
   */
  readonly read: (run: Run) => unknown;
}

const figure = (): undefined => undefined;
const head = (kind: Kind, path: string, read: FactType['read'] = figure): FactType => ({
  kind,
  scope: 'head',
  path,
  read,
});
const line = (kind: Kind, path: string, read: FactType['read'] = figure): FactType => ({
  kind,
  scope: 'line',
  path,
  read,
});

const countOf = (all: readonly unknown[] | undefined): bigint | undefined => all && BigInt(all.length);
/** A part of something that may be left out, or be known to be absent. */
const memberOf = <T extends object, K extends keyof T>(whole: T | null | undefined, key: K): T[K] | null | undefined =>
  whole === null ? null : whole?.[key];

/**
 * Every fact a pack may ask for. A fact left out of the data is missing; one given as null is known to be absent. Lists
 * that a declaration may leave out because there is nothing to list (documents) are empty sets, never missing; the
 * slips of other senders (orders, payments, transports) are missing until they arrive.
 */
export const factTypes = {
  movement: head('text', 'declaration.movement', ({ declaration: d }) => d.movement),
  event: head('text', 'event', ({ input }) => input.event),
  procedure: head('text', 'declaration.procedure', ({ declaration: d }) => d.procedure),
  previousProcedure: head('text', 'declaration.previousProcedure', ({ declaration: d }) => d.previousProcedure),
  nature: head('text', 'declaration.nature', ({ declaration: d }) => d.nature),
  claimedRoute: head('text', 'declaration.route', ({ declaration: d }) => d.route ?? null),
  scheme: head('text', 'declaration.scheme', ({ declaration: d }) => d.scheme),
  office: head('text', 'declaration.office', ({ declaration: d }) => d.office),
  placeOfGoods: head('text', 'declaration.placeOfGoods', ({ declaration: d }) => d.placeOfGoods),
  zone: head('text', 'declaration.zone', ({ declaration: d }) => d.zone ?? null),
  declarant: head('text', 'declaration.declarant', ({ declaration: d }) => d.declarant),
  representation: head('text', 'declaration.representation', ({ declaration: d }) => d.representation),
  importer: head('text', 'declaration.importer', ({ declaration: d }) => d.importer),
  seller: head('text', 'declaration.seller', ({ declaration: d }) => d.seller),
  placeOperator: head('text', 'declaration.placeOperator', ({ declaration: d }) => d.placeOperator),
  postalOperator: head('text', 'declaration.postalOperator', ({ declaration: d }) => d.postalOperator),
  guarantor: head('text', 'declaration.guarantor', ({ declaration: d }) => d.guarantor),
  fiscalRole: head('text', 'declaration.fiscalReference', ({ declaration: d }) => memberOf(d.fiscalReference, 'role')),
  fiscalReference: head('text', 'declaration.fiscalReference', ({ declaration: d }) =>
    memberOf(d.fiscalReference, 'id'),
  ),
  dispatch: head('text', 'declaration.dispatch', ({ declaration: d }) => d.dispatch),
  destination: head(
    'text',
    'declaration.destination',
    ({ declaration: d }) => d.destination ?? d.consignee?.address.country,
  ),
  consigneeCountry: head(
    'text',
    'declaration.consignee.address.country',
    ({ declaration: d }) => d.consignee?.address.country,
  ),
  consigneePostcode: head(
    'text',
    'declaration.consignee.address.postcode',
    ({ declaration: d }) => d.consignee?.address.postcode,
  ),
  consigneeIdentity: head('text', 'declaration.consignee.identity', ({ declaration: d }) =>
    memberOf(d.consignee?.identity, 'number'),
  ),
  consigneePrivate: head('flag', 'declaration.consignee.private', ({ declaration: d }) => d.consignee?.private),
  borderMode: head('text', 'transports.borderMode', ({ consignment }) => consignment.transports?.[0]?.borderMode),
  inlandMode: head('text', 'transports.inlandMode', ({ consignment }) => consignment.transports?.[0]?.inlandMode),
  documents: head('set', 'declaration.documents', ({ declaration: d }) => (d.documents ?? []).map((one) => one.type)),
  previousDocuments: head('set', 'declaration.previousDocuments', ({ declaration: d }) =>
    (d.previousDocuments ?? []).map((one) => one.type),
  ),
  paymentMethods: head('set', 'payments', ({ consignment }) => consignment.payments?.map((one) => one.method)),
  platforms: head('set', 'orders', ({ consignment }) => consignment.orders?.map((one) => one.platform)),
  lines: head('count', 'declaration.goods', ({ declaration: d }) => countOf(d.goods)),
  orders: head('count', 'orders', ({ consignment }) => countOf(consignment.orders)),
  payments: head('count', 'payments', ({ consignment }) => countOf(consignment.payments)),
  transports: head('count', 'transports', ({ consignment }) => countOf(consignment.transports)),
  pieces: head('count', 'transports', ({ consignment }) =>
    countOf(consignment.transports?.flatMap((one) => one.pieces)),
  ),
  goodsPrice: head('money', 'declaration.goods.price'),
  freight: head('money', 'declaration.freight'),
  insurance: head('money', 'declaration.insurance'),
  onward: head('money', 'declaration.onward'),
  discount: head('money', 'declaration.discount'),
  taxIncluded: head('money', 'declaration.taxIncluded'),
  ordersTotal: head('money', 'orders'),
  paymentsTotal: head('money', 'payments'),
  transportWeight: head('kg', 'transports.grossWeight'),
  commodity: line('text', 'declaration.goods.*.commodity', (run) => run.line?.commodity),
  hs6: line('text', 'declaration.goods.*.commodity', (run) => run.line?.hs6),
  category: line('text', 'declaration.goods.*.category', (run) => run.line?.goods.category),
  origin: line('text', 'declaration.goods.*.origin', (run) => run.line?.goods.origin),
  unit: line('text', 'declaration.goods.*.unit', (run) => run.line?.goods.unit),
  statutoryUnit: line('text', 'declaration.goods.*.statutoryUnit', (run) => run.line?.goods.statutoryUnit),
  supplementaryUnit: line('text', 'declaration.goods.*.supplementaryUnit', (run) => run.line?.goods.supplementaryUnit),
  edition: line('text', 'declaration.goods.*.edition', (run) => run.line?.goods.edition),
  productScheme: line('text', 'declaration.goods.*.product', (run) => memberOf(run.line?.goods.product, 'scheme')),
  product: line('text', 'declaration.goods.*.product', (run) => memberOf(run.line?.goods.product, 'id')),
  // Goods that say nothing of a book come from none.
  book: line('text', 'declaration.goods.*.stock', (run) => run.line?.goods.stock?.book ?? null),
  bookItem: line('text', 'declaration.goods.*.stock', (run) => run.line?.goods.stock?.item ?? null),
  used: line('flag', 'declaration.goods.*.used', (run) => run.line?.goods.used),
  price: line('money', 'declaration.goods.*.price'),
  freightShare: line('money', 'declaration.freight'),
  insuranceShare: line('money', 'declaration.insurance'),
  onwardShare: line('money', 'declaration.onward'),
  discountShare: line('money', 'declaration.discount'),
  taxIncludedShare: line('money', 'declaration.taxIncluded'),
  quantity: line('quantity', 'declaration.goods.*.quantity'),
  statutoryQuantity: line('quantity', 'declaration.goods.*.statutoryQuantity'),
  supplementaryQuantity: line('quantity', 'declaration.goods.*.supplementaryQuantity'),
  netWeight: line('kg', 'declaration.goods.*.netWeight'),
  grossWeight: line('kg', 'declaration.goods.*.grossWeight'),
} as const satisfies Record<string, FactType>;

export type FactName = keyof typeof factTypes;

export const isFact = (name: string): name is FactName => Object.hasOwn(factTypes, name);

const literalsOf = ({ anyOf }: { anyOf: readonly { const: string }[] }): readonly string[] =>
  anyOf.map((one) => one.const);

/** The facts that say one of a few words, with these words. */
export const factWords: Readonly<Partial<Record<FactName, readonly string[]>>> = {
  movement: literalsOf(Declaration.properties.movement),
  event: literalsOf(AssessmentRequest.properties.event),
  nature: literalsOf(Declaration.properties.nature),
  representation: literalsOf(Declaration.properties.representation),
  borderMode: literalsOf(Transport.properties.borderMode),
  inlandMode: literalsOf(Transport.properties.inlandMode),
  paymentMethods: literalsOf(Payment.properties.method),
};

/** A JSON object whose members are not yet known. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
