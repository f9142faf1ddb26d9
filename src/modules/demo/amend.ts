import { formatMoney, parseMoney, type WireMoney } from '#kernel/money.ts';
import { must } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { type CaseRow, caseOf } from '#modules/cases/index.ts';
import {
  amend,
  type AmendmentBody,
  askRedetermination,
  decideRedetermination,
  find,
  parcelView,
} from '#modules/clearance/index.ts';
import { castPrincipal } from './decisions.ts';
import { legalToday } from './clock.ts';
import type { HistoryDay, HistoryParcel } from './history.ts';
import { ids } from './roles.ts';

type Body = AmendmentBody['consignment'];

/** A tenth less: the workshop gave its buyer a discount and had not told the window. */
const tenthLess = <T extends WireMoney>(given: T): T => {
  const { currency, minor } = must(parseMoney(given));
  return { ...given, ...formatMoney({ currency, minor: (minor * 9n) / 10n }) };
};

/** The declaration with the discount in its price, its order and its payment; undefined where they are not one each. */
function discounted(body: Body): Body | undefined {
  const { declaration, orders = [], payments = [] } = body;
  const [line, ...others] = declaration.goods;
  if (line === undefined || others.length + orders.length + payments.length !== 2) return undefined;
  return {
    ...body,
    orders: orders.map((one) => ({ ...one, total: tenthLess(one.total) })),
    payments: payments.map((one) => ({ ...one, amount: tenthLess(one.amount) })),
    declaration: { ...declaration, goods: [{ ...line, price: tenthLess(line.price) }] },
  };
}

const ownOf = (day: HistoryDay): readonly HistoryParcel[] => day.parcels.filter(({ filer }) => filer === ids.seller);

async function idOf(context: Context, who: Principal, { body }: HistoryParcel): Promise<string | undefined> {
  const [id] = await find(context, who, body.declaration.id);
  return id;
}

/** The first parcel of a day that its seller has amended: the workshop's, with its discount. */
export async function amendOne(context: Context, day: HistoryDay): Promise<void> {
  const who = { ...(await castPrincipal(context, 'salma')), on: legalToday(context) };
  for (const parcel of ownOf(day)) {
    const id = await idOf(context, who, parcel);
    const consignment = discounted(parcel.body);
    if (id === undefined || consignment === undefined) continue;
    const asked = { version: 1, ground: 'value-changed', reason: 'demo/reason-discount', consignment } as const;
    if ((await amend(context, who, id, asked)).ok) return;
  }
}

/** Of parcels that were released, two whose charges the workshop asks for again: one is decided, one waits. */
export async function redetermineTwo(context: Context, days: readonly HistoryDay[]): Promise<void> {
  const on = legalToday(context);
  const who = { ...(await castPrincipal(context, 'salma')), on };
  const officer = { ...(await castPrincipal(context, 'nives')), on };
  let asked = 0;
  for (const parcel of days.flatMap(ownOf)) {
    const id = await idOf(context, who, parcel);
    const line = discounted(parcel.body)?.declaration.goods[0];
    if (id === undefined || line === undefined) continue;
    const lines = [{ line: line.line, price: line.price }];
    const asking = { version: 1, ground: 'wrong-value', reason: 'demo/reason-discount', lines } as const;
    const told = await askRedetermination(context, who, id, asking);
    const one = told.ok && told.value.application ? await caseOf(context.db, told.value.application.case) : undefined;
    if (one === undefined) continue;
    if (asked === 0 && one.closed === null) await decide(context, officer, one, lines);
    asked += 1;
    if (asked === 2) return;
  }
}

async function decide(
  context: Context,
  officer: Principal,
  { id, stamp }: CaseRow,
  lines: { line: number; price: WireMoney }[],
): Promise<void> {
  const reasons = {
    ground: 'demo/ground-determined',
    reason: 'demo/reason-determined',
    remedy: 'clearance/object-to-change',
  };
  must(await decideRedetermination(context, officer, { case: id, stamp, ...reasons, accepted: { lines } }));
}

/** A parcel of a day with more than one version, for whoever may see it. */
export async function amendedOf(context: Context, who: Principal, day: HistoryDay): Promise<string | undefined> {
  for (const parcel of ownOf(day)) {
    const id = await idOf(context, who, parcel);
    const found = id === undefined ? undefined : await parcelView(context, who, id);
    if (found?.ok === true && (found.value.version ?? 1) > 1) return id;
  }
  return undefined;
}
