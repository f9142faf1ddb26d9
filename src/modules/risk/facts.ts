import type { Consignment } from '#modules/rulebook/index.ts';

type Goods = Consignment['declaration']['goods'][number];

/** What a watch rule looks at: the parcel as handed in, the route that the pack chose, and one of its lines. */
export interface Sight {
  readonly consignment: Consignment;
  readonly route: string | null;
  line: Goods | null;
}

export type FactValue = string | boolean | number | readonly string[] | null | undefined;
type Sort = 'text' | 'flag' | 'set' | 'count';

/** A fact by its name: undefined when it is missing, null when it is known to be absent. */
export interface Fact {
  readonly sort: Sort;
  readonly line: boolean;
  read(sight: Sight): FactValue;
}

type Declared = Consignment['declaration'];

const of = (sort: Sort, read: (declaration: Declared, sight: Sight) => FactValue): Fact => ({
  sort,
  line: false,
  read: (sight) => read(sight.consignment.declaration, sight),
});
const slips = (sort: Sort, read: (consignment: Consignment) => FactValue): Fact => ({
  sort,
  line: false,
  read: (sight) => read(sight.consignment),
});
const line = (sort: Sort, read: (goods: Goods) => FactValue): Fact => ({
  sort,
  line: true,
  read: (sight) => (sight.line === null ? undefined : read(sight.line)),
});

/**
 * The flat facts, under the names that packs use. Money, weight and quantity are not among them: CEL would compare them
 * as floating point, and what depends on amounts is the pack's to decide.
 */
export const facts: Readonly<Record<string, Fact>> = {
  movement: of('text', (d) => d.movement),
  route: { sort: 'text', line: false, read: (sight) => sight.route },
  procedure: of('text', (d) => d.procedure),
  previousProcedure: of('text', (d) => d.previousProcedure),
  nature: of('text', (d) => d.nature),
  claimedRoute: of('text', (d) => d.route ?? null),
  scheme: of('text', (d) => d.scheme),
  office: of('text', (d) => d.office),
  placeOfGoods: of('text', (d) => d.placeOfGoods),
  zone: of('text', (d) => d.zone ?? null),
  declarant: of('text', (d) => d.declarant),
  representation: of('text', (d) => d.representation),
  importer: of('text', (d) => d.importer),
  seller: of('text', (d) => d.seller),
  placeOperator: of('text', (d) => d.placeOperator),
  postalOperator: of('text', (d) => d.postalOperator),
  guarantor: of('text', (d) => d.guarantor),
  dispatch: of('text', (d) => d.dispatch),
  destination: of('text', (d) => d.destination ?? d.consignee?.address.country),
  consigneeCountry: of('text', (d) => d.consignee?.address.country),
  consigneePostcode: of('text', (d) => d.consignee?.address.postcode),
  consigneePrivate: of('flag', (d) => d.consignee?.private),
  consignorCountry: of('text', (d) => d.consignor?.address.country),
  documents: of('set', (d) => (d.documents ?? []).map((one) => one.type)),
  lines: of('count', (d) => d.goods.length),
  orders: slips('count', (c) => c.orders?.length),
  payments: slips('count', (c) => c.payments?.length),
  transports: slips('count', (c) => c.transports?.length),
  pieces: slips('count', (c) => c.transports?.reduce((sum, one) => sum + one.pieces.length, 0)),
  paymentMethods: slips('set', (c) => c.payments?.map((one) => one.method)),
  platforms: slips('set', (c) => c.orders?.map((one) => one.platform)),
  carriers: slips('set', (c) => c.transports?.map((one) => one.carrier)),
  borderMode: slips('text', (c) => c.transports?.[0]?.borderMode),
  commodity: line('text', (goods) => goods.commodity),
  hs6: line('text', ({ commodity }) =>
    typeof commodity !== 'string' ? commodity : commodity.length < 6 ? undefined : commodity.slice(0, 6),
  ),
  category: line('text', (goods) => goods.category),
  origin: line('text', (goods) => goods.origin),
  unit: line('text', (goods) => goods.unit),
  product: line('text', (goods) => (goods.product === null ? null : goods.product?.id)),
  used: line('flag', (goods) => goods.used),
};
