/**
 * What kind of thing a fact is. Conditions in CEL see text, flags, sets and counts; exact terms see the other kinds.
 */
export type Kind = 'text' | 'flag' | 'set' | 'count' | 'money' | 'kg' | 'quantity';

export interface FactType {
  readonly kind: Kind;
  readonly scope: 'head' | 'line';
  /** Where it stands in the data handed in; what `missing[]` names. `*` stands for the number of the line. */
  readonly path: string;
}

const head = (kind: Kind, path: string): FactType => ({ kind, scope: 'head', path });
const line = (kind: Kind, path: string): FactType => ({ kind, scope: 'line', path });

/**
 * Every fact a pack may ask for. A fact left out of the data is missing; one given as null is known to be absent. Lists
 * that a declaration may leave out because there is nothing to list (documents) are empty sets, never missing; the
 * slips of other senders (orders, payments, transports) are missing until they arrive.
 */
export const factTypes = {
  movement: head('text', 'declaration.movement'),
  event: head('text', 'event'),
  procedure: head('text', 'declaration.procedure'),
  previousProcedure: head('text', 'declaration.previousProcedure'),
  nature: head('text', 'declaration.nature'),
  claimedRoute: head('text', 'declaration.route'),
  scheme: head('text', 'declaration.scheme'),
  office: head('text', 'declaration.office'),
  placeOfGoods: head('text', 'declaration.placeOfGoods'),
  zone: head('text', 'declaration.zone'),
  declarant: head('text', 'declaration.declarant'),
  representation: head('text', 'declaration.representation'),
  importer: head('text', 'declaration.importer'),
  seller: head('text', 'declaration.seller'),
  placeOperator: head('text', 'declaration.placeOperator'),
  postalOperator: head('text', 'declaration.postalOperator'),
  guarantor: head('text', 'declaration.guarantor'),
  fiscalRole: head('text', 'declaration.fiscalReference'),
  fiscalReference: head('text', 'declaration.fiscalReference'),
  dispatch: head('text', 'declaration.dispatch'),
  destination: head('text', 'declaration.destination'),
  consigneeCountry: head('text', 'declaration.consignee.address.country'),
  consigneePostcode: head('text', 'declaration.consignee.address.postcode'),
  consigneeIdentity: head('text', 'declaration.consignee.identity'),
  consigneePrivate: head('flag', 'declaration.consignee.private'),
  borderMode: head('text', 'transports.borderMode'),
  inlandMode: head('text', 'transports.inlandMode'),
  documents: head('set', 'declaration.documents'),
  previousDocuments: head('set', 'declaration.previousDocuments'),
  paymentMethods: head('set', 'payments'),
  platforms: head('set', 'orders'),
  lines: head('count', 'declaration.goods'),
  orders: head('count', 'orders'),
  payments: head('count', 'payments'),
  transports: head('count', 'transports'),
  pieces: head('count', 'transports'),
  goodsPrice: head('money', 'declaration.goods.price'),
  freight: head('money', 'declaration.freight'),
  insurance: head('money', 'declaration.insurance'),
  onward: head('money', 'declaration.onward'),
  discount: head('money', 'declaration.discount'),
  taxIncluded: head('money', 'declaration.taxIncluded'),
  ordersTotal: head('money', 'orders'),
  paymentsTotal: head('money', 'payments'),
  transportWeight: head('kg', 'transports.grossWeight'),
  commodity: line('text', 'declaration.goods.*.commodity'),
  hs6: line('text', 'declaration.goods.*.commodity'),
  category: line('text', 'declaration.goods.*.category'),
  origin: line('text', 'declaration.goods.*.origin'),
  unit: line('text', 'declaration.goods.*.unit'),
  edition: line('text', 'declaration.goods.*.edition'),
  productScheme: line('text', 'declaration.goods.*.product'),
  product: line('text', 'declaration.goods.*.product'),
  used: line('flag', 'declaration.goods.*.used'),
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

/** A JSON object whose members are not yet known. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
