import { formatMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { briefsOf, find, listedFor, parcelList, standingAt } from '#modules/clearance/index.ts';
import { type EventRow, type Flow, isMoney, type Told, type Trouble, troubles } from './model.ts';
import * as store from './store.ts';

/** A parcel as somebody sees it, with what is wrong with it as far as he sees that. */
export type SeenFlow = Partial<Flow> & { readonly id: string; readonly troubles: readonly Trouble[] };

const toldFrom = (row: EventRow): Told => {
  const { step, at, zone, party: by, place, expected, currency, minor, simulated } = row;
  const amount = currency === null || minor === null ? {} : { amount: formatMoney({ currency, minor }) };
  return { step, at, zone, by, place, expected, ...amount, simulated };
};

const over = new Set<string | undefined>(['delivered', 'sent-back']);

/** What is wrong with a parcel, of what somebody sees of it: nothing else can be told to him. */
export function troublesOf(flow: Partial<Flow>, now: string): Trouble[] {
  const { status, outcome, money, goods, differs, due } = flow;
  const late =
    (goods?.expected && goods.expected < now && !over.has(goods.step)) ||
    goods?.step === 'delivery-failed' ||
    (status === 'waiting' && due && due < now);
  const wrong: Readonly<Record<Trouble, boolean>> = {
    'payment-failed': money?.step === 'payment-failed',
    mismatch: differs === true,
    held: status === 'control',
    stopped: status === 'denied' || status === 'unclaimed' || status === 'over-landed',
    slips: status === 'waiting',
    late: Boolean(late),
    undecided: status === 'lodged' && (outcome === undefined || outcome !== 'rejected'),
  };
  return troubles.filter((one) => wrong[one]);
}

/** These parcels as this principal may see them; those he may not see are missing. */
export async function flowsOf(
  context: Context,
  principal: Principal,
  ids: readonly string[],
): Promise<Map<string, SeenFlow>> {
  const briefs = await briefsOf(context.db, ids);
  const stands = new Map((await store.standsOf(context.db, [...briefs.keys()])).map((one) => [one.parcel, one]));
  const named = [...stands.values()].flatMap(({ goods, money }) => [goods, money].filter((one) => one !== null));
  const events = new Map((await store.eventsOf(context.db, named)).map((row) => [row.id, toldFrom(row)]));
  const expected = new Map([...stands.values()].map(({ parcel, expected: when }) => [parcel, when]));
  const found = new Map<string, SeenFlow>();
  for (const [id, { record, brief }] of briefs) {
    const stand = stands.get(id);
    const goods = events.get(stand?.goods ?? '');
    const data: Flow = {
      ...brief,
      goods: goods ? { ...goods, expected: expected.get(id) ?? null } : null,
      money: events.get(stand?.money ?? '') ?? null,
      differs: stand?.differs ?? false,
    };
    const flow = seenFlow(principal, record, data, context.clock.instant());
    if (flow) found.set(id, flow);
  }
  return found;
}

function seenFlow(
  principal: Principal,
  record: Parameters<typeof may>[2],
  data: Flow,
  now: string,
): SeenFlow | undefined {
  const parcel = { ...record, kind: 'flow' } as const;
  if (!may(principal, 'consignment.read', parcel)) return undefined;
  const seen = view(principal, { ...parcel, data });
  return { ...seen, id: data.id, troubles: troublesOf(seen, now) };
}

/** One parcel with everything that was told of it. */
export async function flowOf(context: Context, principal: Principal, id: string): Promise<Result<SeenFlow>> {
  const flow = (await flowsOf(context, principal, [id])).get(id);
  const found = (await briefsOf(context.db, [id])).get(id);
  if (flow === undefined || found === undefined) return refuse('trade/not-found', { pointer: '/id' });
  const told = (await store.toldOf(context.db, id)).map(toldFrom);
  const data = {
    toldGoods: told.filter(({ step }) => !isMoney(step)),
    toldMoney: told.filter(({ step }) => isMoney(step)),
  };
  return ok({ ...flow, ...view(principal, { ...found.record, kind: 'flow', data }) });
}

/** What is asked of the list: a mark to find, or a kind of trouble. */
export interface Asked {
  readonly mark?: string;
  readonly trouble?: Trouble;
}

const pageMax = 50;
const held = ['control', 'waiting', 'denied', 'unclaimed', 'over-landed'] as const;

/** The parties for whom a principal looks on; null for everybody's, where an authority may read them. */
export const partiesOf = (principal: Principal): readonly string[] | null => listedFor(principal);

async function candidates(context: Context, principal: Principal, asked: Asked): Promise<string[]> {
  const { mark } = asked;
  if (mark !== undefined) return find(context, principal, mark);
  const parties = partiesOf(principal);
  const now = context.clock.instant();
  const amiss = store.parcelsOf(context.db, parties, { amiss: true, now, limit: pageMax });
  const stopped = standingAt(context.db, parties, held, pageMax);
  if (asked.trouble !== undefined)
    return [...(await amiss), ...(await stopped), ...(await standingAt(context.db, parties, ['lodged'], pageMax))];
  const told = store.parcelsOf(context.db, parties, { amiss: false, now, limit: pageMax });
  const newest = parcelList(context, principal, { limit: pageMax });
  return [...(await amiss), ...(await stopped), ...(await told), ...(await newest).rows.map(({ id }) => id)];
}

const rank = ({ troubles: all }: SeenFlow): number =>
  all[0] === undefined ? troubles.length : troubles.indexOf(all[0]);

/**
 * The parcels of this principal in their three flows, what went wrong first: everything amiss that was looked at, and
 * the newest of the rest. A mark finds one of them.
 */
export async function flowList(context: Context, principal: Principal, asked: Asked = {}): Promise<SeenFlow[]> {
  const ids = [...new Set(await candidates(context, principal, asked))];
  const flows = [...(await flowsOf(context, principal, ids)).values()];
  const wanted = asked.trouble;
  return flows
    .filter((flow) => wanted === undefined || flow.troubles.includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? 1 : -1));
}

/** At which step of each flow so many of these parcels stand. */
export function flowCounts(flows: readonly SeenFlow[]): Record<'money' | 'goods' | 'clearance', Map<string, number>> {
  const counted = {
    money: new Map<string, number>(),
    goods: new Map<string, number>(),
    clearance: new Map<string, number>(),
  };
  const add = (to: Map<string, number>, step: string | undefined): void => {
    if (step !== undefined) to.set(step, (to.get(step) ?? 0) + 1);
  };
  for (const { money, goods, status } of flows) {
    add(counted.money, money?.step);
    add(counted.goods, goods?.step);
    add(counted.clearance, status);
  }
  return counted;
}
