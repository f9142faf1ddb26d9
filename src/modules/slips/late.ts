import { dayOf } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { type DecidedParcel, decidedWith, firstDifference } from '#modules/clearance/index.ts';
import { type Amount, assess, type Consignment, packsPart } from '#modules/rulebook/index.ts';
import type { Body, Reason, State } from './model.ts';
import { type Member, partOf, readSlip, reasonsOf, valueAt } from './slips.ts';
import type { Found, SlipRow } from './store.ts';

/** A slip with what was read out of it. */
export interface Slip extends Member {
  readonly row: SlipRow;
}

export const slipOfRow = (row: SlipRow): Slip => ({
  ...readSlip(row.kind, JSON.parse(row.raw) as Body, row.sender),
  id: row.id,
  row,
});

/** Of two parcels that a slip stands in, that one counts which was decided; otherwise that one which it contradicts. */
export function worse(before: Found | undefined, now: Found): Found {
  const rank: readonly State[] = ['received', 'expired', 'matched', 'contradicts', 'used'];
  return before && rank.indexOf(before.state) > rank.indexOf(now.state) ? before : now;
}

/**
 * Slips whose parcel was decided before they came, or without them: each is held against what was used. Nothing of the
 * parcel changes; its sender learns in which field his slip says something else.
 */
export async function late(context: Context, tx: Tx, slips: readonly Slip[]): Promise<Found[]> {
  if (slips.length === 0) return [];
  const keys = (kind: string) =>
    slips.flatMap(({ names }) =>
      names.filter((one) => one.kind === kind).map(({ sender, number }) => [sender, number] as const),
    );
  const parcels = await decidedWith(tx, keys('order'), keys('transport'));
  return slips.flatMap((slip) => {
    const mine = parcels.filter(({ kind, first, second }) =>
      slip.names.some((one) => one.kind === kind && one.sender === first && one.number === second),
    );
    const told = mine.map((parcel) => against(context, slip, parcel));
    return told.length > 0 ? [told.reduce(worse)] : [];
  });
}

/** A word of the window's own beside those of the packs: what came later says something else than what was used. */
const differsFromUsed = 'slips/differs-from-used';

function against(context: Context, slip: Slip, parcel: DecidedParcel): Found {
  const body = JSON.parse(parcel.body) as Consignment;
  const own = partOf(slip.content);
  const used = usedOf(slip, body);
  const told = (state: State, reasons: readonly Reason[] = []): Found => ({
    id: slip.id,
    state,
    reasons,
    parcel: parcel.id,
  });
  if (used !== undefined) {
    const field = firstDifference(used, own);
    if (field === undefined) return told('used');
    const reason = { code: differsFromUsed, field, found: valueAt(own, field) };
    return told('contradicts', [{ ...reason, expected: valueAt(used, field), source: '' }]);
  }
  const reasons = reasonsWith(context, slip, parcel, body);
  return reasons.length > 0 ? told('contradicts', reasons) : told('matched');
}

/** The slip of the same sender and number that a parcel was decided with. */
function usedOf({ kind, sender, number }: Slip, { orders = [], payments = [], transports = [] }: Consignment): unknown {
  if (kind === 'order') return orders.find((one) => one.platform === sender && one.number === number);
  if (kind === 'payment') return payments.find((one) => one.provider === sender && one.reference === number);
  return transports.find((one) => one.carrier === sender && one.document === number);
}

/** What the checks of a decided parcel would have said of a slip that was not among those it was decided with. */
function reasonsWith(context: Context, slip: Slip, parcel: DecidedParcel, body: Consignment): readonly Reason[] {
  const { home } = context.reference.current().get(packsPart);
  const { content } = slip;
  const { orders = [], payments = [], transports = [] } = body;
  const all = {
    orders: content.kind === 'order' ? [...orders, content.order] : orders,
    payments: content.kind === 'payment' ? [...payments, content.payment] : payments,
    transports: content.kind === 'transport' ? [...transports, content.transport] : transports,
  };
  const other = { ...slip, id: '' };
  const among = (kind: string, some: readonly unknown[]) =>
    some.map((_, index) => (content.kind === kind && index === some.length - 1 ? slip : other));
  const bundle = {
    orders: among('order', all.orders),
    payments: among('payment', all.payments),
    transports: among('transport', all.transports),
  };
  const { checks } = assess(home, {
    consignment: { ...body, ...all },
    on: dayOf(parcel.day),
    event: body.declaration.movement === 'export' ? 'exit' : 'entry',
    accounts: JSON.parse(parcel.accounts) as Record<string, Amount>,
  });
  return reasonsOf(bundle, '', checks).get(slip.id) ?? [];
}
