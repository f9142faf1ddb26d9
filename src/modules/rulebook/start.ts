import type { Goods } from './consignment.ts';
import { type Day, dayIn } from '#kernel/effective.ts';
import { type DayView, viewOf } from './day.ts';
import type { AssessInput } from './model.ts';
import type { Pack } from './pack.ts';
import { type Facts, type LineRun, need, type Run } from './run.ts';

type Data = AssessInput['consignment'];

/** Counts and sets of slips that have not arrived are missing; a declaration without documents has none. */
function headFacts(data: Data, event: string): Facts {
  const { declaration: d, orders, payments, transports } = data;
  const first = transports?.[0];
  return {
    movement: d.movement,
    event,
    procedure: d.procedure,
    previousProcedure: d.previousProcedure,
    nature: d.nature,
    claimedRoute: d.route ?? null,
    scheme: d.scheme,
    office: d.office,
    placeOfGoods: d.placeOfGoods,
    zone: d.zone ?? null,
    declarant: d.declarant,
    representation: d.representation,
    importer: d.importer,
    seller: d.seller,
    placeOperator: d.placeOperator,
    postalOperator: d.postalOperator,
    guarantor: d.guarantor,
    fiscalRole: d.fiscalReference === null ? null : d.fiscalReference?.role,
    fiscalReference: d.fiscalReference === null ? null : d.fiscalReference?.id,
    dispatch: d.dispatch,
    destination: d.destination ?? d.consignee?.address.country,
    consigneeCountry: d.consignee?.address.country,
    consigneePostcode: d.consignee?.address.postcode,
    consigneeIdentity: d.consignee?.identity === null ? null : d.consignee?.identity?.number,
    consigneePrivate: d.consignee?.private,
    borderMode: first?.borderMode,
    inlandMode: first?.inlandMode,
    documents: (d.documents ?? []).map((one) => one.type),
    previousDocuments: (d.previousDocuments ?? []).map((one) => one.type),
    paymentMethods: payments?.map((one) => one.method),
    platforms: orders?.map((one) => one.platform),
    lines: BigInt(d.goods.length),
    orders: orders === undefined ? undefined : BigInt(orders.length),
    payments: payments === undefined ? undefined : BigInt(payments.length),
    transports: transports === undefined ? undefined : BigInt(transports.length),
    pieces: transports === undefined ? undefined : BigInt(transports.reduce((sum, one) => sum + one.pieces.length, 0)),
  };
}

function lineRun(goods: Goods, index: number, head: Facts, view: DayView): LineRun {
  const category = typeof goods.category === 'string' ? view.categories.get(goods.category) : undefined;
  const promoted = typeof goods.commodity !== 'string' && category !== undefined;
  const commodity = promoted ? category.commodity : goods.commodity;
  const facts: Facts = {
    // A line condition may ask for facts of the parcel too; one flat object of one shape is read fastest.
    ...head,
    commodity,
    hs6: typeof commodity === 'string' ? (commodity.length < 6 ? undefined : commodity.slice(0, 6)) : commodity,
    category: goods.category,
    origin: goods.origin,
    unit: goods.unit,
    statutoryUnit: goods.statutoryUnit,
    supplementaryUnit: goods.supplementaryUnit,
    edition: goods.edition,
    productScheme: goods.product === null ? null : goods.product?.scheme,
    product: goods.product === null ? null : goods.product?.id,
    used: goods.used,
  };
  return { number: goods.line, index, goods, facts, amounts: [], charges: [], promoted };
}

export function startRun(pack: Pack, input: AssessInput, working: boolean): Run {
  const { declaration } = input.consignment;
  const view = viewOf(pack, input.on, declaration.zone ?? null);
  const head = headFacts(input.consignment, input.event);
  return {
    pack,
    input,
    view,
    valuesAt: view,
    head,
    lines: declaration.goods.map((goods, index) => lineRun(goods, index, head, view)),
    line: null,
    missing: [],
    working,
    trace: [],
    amounts: [],
    charges: [],
    shares: new Map(),
    steps: [],
    leads: new Map(),
    unconfirmed: new Set(),
    layers: new Map(),
  };
}

function instantDay(pack: Pack, instant: string | null | undefined): Day | undefined {
  if (typeof instant !== 'string') return undefined;
  try {
    return dayIn(instant, pack.timeZone);
  } catch {
    // The text has the form of an instant and the calendar lacks it: then nobody said when it was.
    return undefined;
  }
}

/**
 * The day of a clock: as given, else from the slips or the legal day in the order that the pack names. Where none of
 * them says it, the day is a missing fact.
 */
export function clockDay(run: Run, clock: string): { day: Day; from: string } | undefined {
  const given = run.input.days?.[clock];
  if (given !== undefined) return { day: given, from: 'given' };
  const { payments, orders } = run.input.consignment;
  for (const source of run.pack.program.clocks.get(clock) ?? []) {
    const day =
      source === 'paid'
        ? instantDay(run.pack, payments?.[0]?.paid)
        : source === 'ordered'
          ? instantDay(run.pack, orders?.[0]?.placed)
          : run.input.on;
    if (day !== undefined) return { day, from: source };
  }
  return need(run, `days.${clock}`);
}
