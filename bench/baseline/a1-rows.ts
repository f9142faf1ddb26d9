import type { Insertable } from 'kysely';
import type { Tables } from './a1-tables.ts';
import { type Decided, openChecks, type Parcel } from './work.ts';

/** The row of the parcel itself. */
export function parcelRow(parcel: Parcel, decided: Decided, secured: boolean): Insertable<Tables['parcels']> {
  const { id, filer, received, body } = parcel;
  const { declaration } = body;
  const { determination, decision, digest } = decided.review;
  return {
    id,
    filer,
    declaration: declaration.id,
    received,
    movement: declaration.movement,
    nature: declaration.nature,
    office: declaration.office ?? null,
    place_of_goods: declaration.placeOfGoods ?? null,
    declarant: declaration.declarant,
    representation: declaration.representation ?? null,
    importer: declaration.importer ?? null,
    seller: declaration.seller ?? null,
    guarantor: declaration.guarantor ?? null,
    consignor: JSON.stringify(declaration.consignor ?? null),
    consignee: JSON.stringify(declaration.consignee ?? null),
    dispatch: declaration.dispatch ?? null,
    destination: declaration.destination ?? null,
    route: determination.route,
    outcome: decision.outcome,
    status: decided.status,
    desk: decision.desk,
    ground: decision.ground,
    currency: determination.totals?.border.currency ?? '',
    border: decided.due?.minor ?? 0n,
    secured,
    used: JSON.stringify(decided.accounts),
    decision_digest: Buffer.from(digest, 'hex'),
  };
}

type Rows = { [Name in 'goods' | 'charges' | 'checks' | Slip | 'pieces']: Insertable<Tables[Name]>[] };
type Slip = 'orders' | 'payments' | 'transports';

/** The rows of what is in the parcel, of its slips, and of what was charged and found. */
export function rowsOf(parcel: Parcel, decided: Decided): Rows {
  return {
    goods: goodsOf(parcel),
    ...slipsOf(parcel),
    pieces: (parcel.body.transports ?? []).flatMap(({ document, pieces }) =>
      pieces.map(({ barcode, weight }) => ({ barcode, parcel: parcel.id, document, weight: weight ?? null })),
    ),
    charges: decided.review.determination.charges.map((one) => ({
      parcel: parcel.id,
      charge: one.id,
      base: one.base?.amount ?? null,
      rate: one.rate,
      amount: one.amount.amount,
      rule: one.rule,
      source: one.source,
    })),
    checks: openChecks(decided).map((one) => ({
      parcel: parcel.id,
      check_id: one.id,
      result: one.result,
      reason: one.reason,
      params: JSON.stringify(one.params),
    })),
  };
}

const goodsOf = ({ id, body }: Parcel): Rows['goods'] =>
  body.declaration.goods.map((one) => ({
    parcel: id,
    line: one.line,
    description: one.description.text,
    language: one.description.language,
    commodity: one.commodity ?? one.category ?? null,
    origin: one.origin ?? null,
    quantity: one.quantity ?? null,
    net_weight: one.netWeight ?? null,
    gross_weight: one.grossWeight ?? null,
    price: one.price.amount,
    currency: one.price.currency,
  }));

function slipsOf({ id: parcel, body }: Parcel): Pick<Rows, Slip> {
  const { orders = [], payments = [], transports = [] } = body;
  return {
    orders: orders.map((one) => ({
      parcel,
      platform: one.platform,
      number: one.number,
      seller: one.seller ?? null,
      buyer: one.buyer ?? null,
      total: one.total.amount,
      currency: one.total.currency,
      placed: one.placed ?? null,
    })),
    payments: payments.map((one) => ({
      parcel,
      provider: one.provider,
      reference: one.reference,
      order_number: one.order,
      method: one.method ?? null,
      amount: one.amount.amount,
      currency: one.amount.currency,
      paid: one.paid ?? null,
    })),
    transports: transports.map((one) => ({
      parcel,
      document: one.document,
      carrier: one.carrier,
      master: one.master ?? null,
      gross_weight: one.grossWeight ?? null,
    })),
  };
}
