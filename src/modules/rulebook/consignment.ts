import { type Static, Type } from 'typebox';

/**
 * The data of one parcel as it travels over the wire: orders, payments, transports and the declaration, handed in once.
 * Names follow the WCO Data Model. Amounts are `{currency, amount}` with a decimal string; weights and quantities are
 * decimal strings; days are `YYYY-MM-DD`; instants are RFC 3339 UTC. A field that is left out is a missing fact; a
 * field that is `null` is known to be absent, which is something else (a pack may decide on it).
 */

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
/** A code or number as people write it on papers: no spaces at the ends, no control characters. */
const mark = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$' });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const Amount = Type.Object(
  {
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    amount: Type.String({ pattern: '^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,4})?$' }),
  },
  { additionalProperties: false },
);
/** Kilograms or units of quantity, exact, never negative. */
export const Quantity = Type.String({ pattern: '^(0|[1-9][0-9]{0,8})(\\.[0-9]{1,6})?$' });
export const DayText = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' });
export const InstantText = Type.String({
  pattern:
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$',
});
/** ISO 3166-1 alpha-2, also of the two teaching economies (user-assigned codes XP and XL). */
export const Country = Type.String({ pattern: '^[A-Z]{2}$' });
export const PartyIdentifier = mark(35);
const Language = Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' });

/** Words with the language they are in, and their Latin form where the original is in another script. */
export const Words = closed({ text: text(512), language: Language, latin: Type.Optional(text(512)) });

export const Address = closed({
  lines: Type.Array(text(70), { minItems: 1, maxItems: 4 }),
  city: Type.Optional(text(70)),
  postcode: Type.Optional(text(17)),
  country: Country,
  language: Type.Optional(Language),
});

/** The person at the far end. What names him is shown only to who filed and to authorities with that mandate. */
export const Consignee = closed({
  name: Words,
  identity: Type.Optional(orNull(closed({ type: mark(10), number: mark(40) }))),
  address: Address,
  private: Type.Boolean(),
});

export const Goods = closed({
  line: Type.Integer({ minimum: 1, maximum: 999 }),
  description: Words,
  commodity: Type.Optional(orNull(Type.String({ pattern: '^[0-9]{4,10}$' }))),
  edition: Type.Optional(Type.String({ pattern: '^HS[0-9]{4}$' })),
  category: Type.Optional(orNull(mark(20))),
  origin: Type.Optional(orNull(Country)),
  /** How many, and of what. The shortest declarations say neither; a rule that asks for it then names it as missing. */
  quantity: Type.Optional(Quantity),
  unit: Type.Optional(Type.String({ pattern: '^[A-Z0-9]{2,3}$' })),
  statutoryQuantity: Type.Optional(Quantity),
  statutoryUnit: Type.Optional(Type.String({ pattern: '^[A-Z0-9]{2,3}$' })),
  supplementaryQuantity: Type.Optional(Quantity),
  supplementaryUnit: Type.Optional(Type.String({ pattern: '^[A-Z0-9]{2,3}$' })),
  netWeight: Type.Optional(Quantity),
  grossWeight: Type.Optional(Quantity),
  /** What was paid for the whole line, after the line's own discount. */
  price: Amount,
  product: Type.Optional(orNull(closed({ scheme: mark(10), id: mark(64) }))),
  used: Type.Optional(Type.Boolean()),
  /** The line of a bonded place's book from which the goods are taken. */
  stock: Type.Optional(orNull(closed({ book: mark(35), item: mark(20) }))),
});

export const Document = closed({
  type: mark(10),
  number: mark(70),
  line: Type.Optional(Type.Integer({ minimum: 1, maximum: 999 })),
  issued: Type.Optional(DayText),
});

export const Order = closed({
  platform: PartyIdentifier,
  number: mark(64),
  seller: Type.Optional(orNull(PartyIdentifier)),
  buyer: Type.Optional(orNull(text(140))),
  total: Amount,
  placed: Type.Optional(InstantText),
});

export const Payment = closed({
  provider: PartyIdentifier,
  reference: mark(64),
  order: mark(64),
  method: Type.Union([
    Type.Literal('card'),
    Type.Literal('transfer'),
    Type.Literal('wallet'),
    Type.Literal('cash-on-delivery'),
  ]),
  payer: Type.Optional(orNull(text(140))),
  amount: Amount,
  paid: Type.Optional(orNull(InstantText)),
});

export const Piece = closed({ barcode: mark(50), weight: Type.Optional(Quantity) });

export const Transport = closed({
  carrier: PartyIdentifier,
  document: mark(50),
  master: Type.Optional(orNull(mark(50))),
  orders: Type.Optional(Type.Array(mark(64), { minItems: 1, maxItems: 20, uniqueItems: true })),
  borderMode: Type.Optional(
    Type.Union([
      Type.Literal('sea'),
      Type.Literal('rail'),
      Type.Literal('road'),
      Type.Literal('air'),
      Type.Literal('post'),
    ]),
  ),
  inlandMode: Type.Optional(
    Type.Union([
      Type.Literal('sea'),
      Type.Literal('rail'),
      Type.Literal('road'),
      Type.Literal('air'),
      Type.Literal('post'),
    ]),
  ),
  grossWeight: Type.Optional(Quantity),
  pieces: Type.Array(Piece, { minItems: 1, maxItems: 99 }),
});

export const Declaration = closed({
  id: mark(64),
  movement: Type.Union([Type.Literal('import'), Type.Literal('export'), Type.Literal('transit')]),
  procedure: Type.Optional(mark(10)),
  previousProcedure: Type.Optional(mark(10)),
  nature: Type.Union([
    Type.Literal('sale'),
    Type.Literal('gift'),
    Type.Literal('sample'),
    Type.Literal('return'),
    Type.Literal('personal'),
  ]),
  route: Type.Optional(mark(40)),
  scheme: Type.Optional(orNull(mark(20))),
  office: Type.Optional(mark(17)),
  placeOfGoods: Type.Optional(mark(35)),
  zone: Type.Optional(orNull(mark(20))),
  declarant: PartyIdentifier,
  representation: Type.Optional(Type.Union([Type.Literal('self'), Type.Literal('direct'), Type.Literal('indirect')])),
  importer: Type.Optional(orNull(PartyIdentifier)),
  seller: Type.Optional(orNull(PartyIdentifier)),
  placeOperator: Type.Optional(orNull(PartyIdentifier)),
  postalOperator: Type.Optional(orNull(PartyIdentifier)),
  guarantor: Type.Optional(orNull(PartyIdentifier)),
  fiscalReference: Type.Optional(orNull(closed({ role: mark(10), id: mark(40) }))),
  consignor: Type.Optional(closed({ name: Words, address: Address })),
  consignee: Type.Optional(Consignee),
  dispatch: Type.Optional(Country),
  destination: Type.Optional(Country),
  goods: Type.Array(Goods, { minItems: 1, maxItems: 99 }),
  discount: Type.Optional(Amount),
  /**
   * Transport and insurance shown apart from the price. Left out: not shown, so it cannot be excluded from the price.
   */
  freight: Type.Optional(orNull(Amount)),
  insurance: Type.Optional(orNull(Amount)),
  /** Handling and transport after the place of entry: some laws tax them and leave them out of the customs value. */
  onward: Type.Optional(orNull(Amount)),
  taxIncluded: Type.Optional(Amount),
  documents: Type.Optional(Type.Array(Document, { maxItems: 40 })),
  previousDocuments: Type.Optional(Type.Array(Document, { maxItems: 40 })),
});

const slips = {
  orders: Type.Optional(Type.Array(Order, { maxItems: 20 })),
  payments: Type.Optional(Type.Array(Payment, { maxItems: 20 })),
  transports: Type.Optional(Type.Array(Transport, { maxItems: 20 })),
};

/** One parcel whole, as `POST /v1/consignments` takes it. */
export const Consignment = Type.Object(
  { ...slips, declaration: Declaration },
  { additionalProperties: false, $id: 'Consignment' },
);

/**
 * `POST /v1/assessments`: the same parcel with nothing stored. `on` is the legal day (default: today in the economy's
 * time zone), `assumed` gives account figures used so far by account name, and `days` gives the day per clock when they
 * differ.
 */
export const AssessmentRequest = Type.Object(
  {
    economy: Type.Optional(Type.String({ pattern: '^[a-z]{2,8}$' })),
    /** A version of the pack that was in force once, by its number or the beginning of its hash. */
    version: Type.Optional(Type.String({ pattern: '^([0-9]+\\.[0-9]+\\.[0-9]+|[0-9a-f]{12,64})$', maxLength: 64 })),
    on: Type.Optional(DayText),
    days: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z]{2,20}$' }), DayText, { maxProperties: 8 })),
    event: Type.Optional(Type.Union([Type.Literal('entry'), Type.Literal('exit'), Type.Literal('return')])),
    assumed: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][a-z-]{0,39}$' }), Amount, { maxProperties: 8 })),
    consignment: closed({
      ...slips,
      declaration: closed({
        ...Declaration.properties,
        id: Type.Optional(mark(64)),
        declarant: Type.Optional(PartyIdentifier),
      }),
    }),
  },
  { additionalProperties: false, $id: 'AssessmentRequest' },
);

/**
 * `POST /v1/assessments/comparison`: the same goods as several economies, zones or days would be told of them, each as
 * one body of `POST /v1/assessments`.
 */
export const ComparisonRequest = Type.Object(
  { assessments: Type.Array(AssessmentRequest, { minItems: 2, maxItems: 4 }) },
  { additionalProperties: false, $id: 'ComparisonRequest' },
);

export type Amount = Static<typeof Amount>;
export type Goods = Static<typeof Goods>;
export type Order = Static<typeof Order>;
export type Payment = Static<typeof Payment>;
export type Transport = Static<typeof Transport>;
export type Consignment = Static<typeof Consignment>;
export type AssessmentRequest = Static<typeof AssessmentRequest>;
