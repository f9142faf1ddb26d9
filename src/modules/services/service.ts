import { digestOf } from '#kernel/canonical.ts';
import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { formatMoney, parseMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Refused, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { act, type CaseRow, casesOf, open, type Reasons, reverse } from '#modules/cases/index.ts';
import { partiesPart } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { collector } from '#modules/treasury/index.ts';
import { assessService, type Assessed } from './assess.ts';
import {
  kinds,
  type ServiceBody,
  type ServiceCharge,
  serviceRecord,
  type ShownState,
  type TransactionRow,
} from './model.ts';
import { ask, serviceReview } from './review.ts';
import * as store from './store.ts';

/** A transaction as it leaves. */
export interface ServiceView {
  readonly id: string;
  readonly reference: string;
  readonly filer: string;
  readonly state: ShownState;
  readonly direction: 'import' | 'export';
  readonly kind: string;
  readonly class: string;
  readonly supplier: ServiceBody['supplier'];
  readonly customer: ServiceBody['customer'];
  readonly contract: ServiceBody['contract'];
  readonly licence: ServiceBody['licence'] | null;
  readonly period: ServiceBody['period'];
  readonly placeOfSupply: string;
  readonly receipt: ServiceBody['receipt'];
  readonly value: WireMoney;
  readonly home: WireMoney;
  readonly charges: readonly ServiceCharge[];
  readonly owed: WireMoney;
  readonly pack: string;
  readonly day: string;
  readonly received: string;
  readonly decided: string | null;
  readonly case: { readonly id: string; readonly state: string; readonly stamp: number } | null;
}

/** What does not make sense whatever the law. */
function unsound(body: ServiceBody, today: string): Refused | undefined {
  const { period, contract, kind, licence } = body;
  if (period.until < period.from) return refuse('services/period', { pointer: '/period/until' });
  if (contract.day > today) return refuse('services/contract-day', { pointer: '/contract/day', params: { today } });
  if (kind === 'licence' && licence === undefined) return refuse('services/licence-missing', { pointer: '/licence' });
  if (kind !== 'licence' && licence !== undefined) return refuse('services/licence-unasked', { pointer: '/licence' });
  const money = parseMoney(body.value);
  if (!money.ok || money.value.minor <= 0n) return refuse('services/amount', { pointer: '/value' });
  return undefined;
}

/** Whether the party at home is one that the window knows: it is who owes, or who is paid from abroad. */
function atHome(context: Context, body: ServiceBody, { direction }: Assessed): Refused | undefined {
  const side = direction === 'import' ? 'customer' : 'supplier';
  const known = context.reference.current().get(partiesPart).parties.get(body[side].identifier);
  return known?.status === 'active'
    ? undefined
    : refuse('services/not-registered', { pointer: `/${side}/identifier`, params: { party: body[side].identifier } });
}

async function openReview(context: Context, tx: Tx, row: Omit<TransactionRow, 'settled'>): Promise<void> {
  const { home } = context.reference.current().get(packsPart);
  await open(tx, { procedure: serviceReview.name, actor: 'window', at: row.received }, [
    {
      id: newId(context.clock.now()),
      subject: row.id,
      desk: collector(home),
      parties: { filer: [row.filer], seller: [row.supplier], importer: [row.customer] },
      facts: { ground: 'services/review', kind: row.kind },
    },
  ]);
}

async function keep(
  context: Context,
  tx: Tx,
  row: Omit<TransactionRow, 'settled'>,
  review: boolean,
): Promise<Result<TransactionRow>> {
  if (!(await store.add(tx, row))) {
    const there = (await store.byReference(tx, row.filer, row.reference))!;
    return there.digest.equals(row.digest) ? ok(there) : refuse('services/differs', { pointer: '/reference' });
  }
  const { direction, kind, currency, minor } = row;
  const data = { direction, kind, currency, minor: String(minor), review };
  await append(tx, [{ kind: 'services.filed', subject: row.id, data }]);
  await (review ? openReview(context, tx, row) : ask(context, tx, row));
  return ok((await store.byId(tx, row.id))!);
}

/**
 * Files a service or a licence: assessed by the law of the day, accepted at once with a notice of what it owes, or put
 * before an officer where the pack says so. The same under the same reference is answered as the first was.
 */
export async function file(
  context: Context,
  principal: Principal,
  body: ServiceBody,
): Promise<Result<Partial<ServiceView>>> {
  const sides = { filer: body.filer, supplier: body.supplier.identifier, customer: body.customer.identifier };
  const stands = body.filer === sides.supplier || body.filer === sides.customer;
  const record = serviceRecord({ id: '', ...sides });
  if (!stands || !may(principal, 'service.file', record)) return refuse('services/not-yours', { pointer: '/filer' });
  const { home } = context.reference.current().get(packsPart);
  const received = context.clock.instant();
  const today = dayIn(received, home.timeZone);
  const wrong = unsound(body, today);
  if (wrong !== undefined) return wrong;
  const assessed = assessService(home, body, today);
  if (!assessed.ok) return assessed;
  const unknown = atHome(context, body, assessed.value);
  if (unknown !== undefined) return unknown;
  const { direction, charges, owed, review, home: value } = assessed.value;
  const money = parseMoney(body.value);
  const row = {
    id: newId(context.clock.now()),
    ...sides,
    reference: body.reference,
    direction,
    kind: body.kind,
    digest: Buffer.from(digestOf(body), 'hex'),
    currency: body.value.currency,
    minor: money.ok ? money.value.minor : 0n,
    homeMinor: value.minor,
    day: today,
    body: JSON.stringify(body),
    state: review ? ('under-review' as const) : ('accepted' as const),
    charges: JSON.stringify(charges),
    owed,
    pack: `${home.id} ${home.version}`,
    received,
    decided: review ? null : received,
  };
  const kept = await context.db.tx((tx) => keep(context, tx, row, review));
  return kept.ok ? ok(await viewOf(context.db, principal, kept.value, home.currency)) : kept;
}

/** The case in which an officer looks at a transaction; undefined for one that nobody has to look at. */
export const reviewOf = async (tx: Tx, id: string): Promise<CaseRow | undefined> =>
  (await casesOf(tx, [id])).find(({ procedure }) => procedure === serviceReview.name);

async function viewOf(
  tx: Tx,
  principal: Principal,
  row: TransactionRow,
  currency: string,
): Promise<Partial<ServiceView>> {
  const body = JSON.parse(row.body) as ServiceBody;
  const review = await reviewOf(tx, row.id);
  const { id, reference, filer, direction, kind, day, received, decided, pack } = row;
  const { supplier, customer, contract, period, placeOfSupply, receipt } = body;
  const data: ServiceView = {
    id,
    reference,
    filer,
    direction,
    kind,
    day,
    received,
    decided,
    pack,
    supplier,
    customer,
    contract,
    period,
    placeOfSupply,
    receipt,
    state: row.settled ? 'settled' : row.state,
    class: kinds[row.kind],
    licence: body.licence ?? null,
    value: body.value,
    home: formatMoney({
      currency,
      minor: row.homeMinor,
    }),
    charges: JSON.parse(row.charges) as ServiceCharge[],
    owed: formatMoney({
      currency,
      minor: row.owed,
    }),
    case:
      review === undefined
        ? null
        : {
            id: review.id,
            state: review.state,
            stamp: review.stamp,
          },
  };
  return view(principal, { ...serviceRecord(row), data });
}

const homeCurrency = (context: Context): string => context.reference.current().get(packsPart).home.currency;

/** A transaction as this principal sees it; who may not read it is not told that it exists. */
export async function serviceView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<ServiceView>>> {
  const row = await store.byId(context.db, id);
  if (row === undefined || !may(principal, 'service.read', serviceRecord(row))) return refuse('services/not-found');
  return ok(await viewOf(context.db, principal, row, homeCurrency(context)));
}

const pageMax = 50;

/** A page of transactions, the latest first: one's own, or all of them for an authority whose mandate it is. */
export async function serviceList(
  context: Context,
  principal: Principal,
  before: string | null = null,
): Promise<{ services: Partial<ServiceView>[]; next: string | null }> {
  const { party, representations, authority } = principal;
  if (party === null && authority === null) return { services: [], next: null };
  const represented = representations.filter((one) => one.representative === party).map((one) => one.represented);
  const parties = party === null ? null : [party, ...represented];
  const rows = await store.listOf(context.db, parties, before, pageMax + 1);
  const shown = rows.slice(0, pageMax).filter((row) => may(principal, 'service.read', serviceRecord(row)));
  const currency = homeCurrency(context);
  const services = await Promise.all(shown.map((row) => viewOf(context.db, principal, row, currency)));
  return { services, next: rows.length > pageMax ? rows[pageMax - 1]!.id : null };
}

/** What was accepted in a month, one way, of one kind. */
export interface ServiceCount {
  readonly month: string;
  readonly direction: string;
  readonly kind: string;
  readonly class: string;
  readonly count: number;
  readonly value: WireMoney;
  readonly charged: WireMoney;
}

/** Accepted transactions counted by month, direction and kind, in the window's own currency; for authorities. */
export async function serviceCounts(context: Context, principal: Principal): Promise<Result<ServiceCount[]>> {
  if (principal.authority === null || !may(principal, 'service.read', serviceRecord(nobodys)))
    return refuse('services/not-found');
  const currency = homeCurrency(context);
  const rows = await store.counted(context.db);
  return ok(
    rows.map(({ month, direction, kind, count, home, owed }) => ({
      month,
      direction,
      kind,
      count,
      class: Object.entries(kinds).find(([name]) => name === kind)?.[1] ?? '',
      value: formatMoney({
        currency,
        minor: home,
      }),
      charged: formatMoney({
        currency,
        minor: owed,
      }),
    })),
  );
}
const nobodys = { id: '', filer: '', supplier: '', customer: '' };

/** Accepts or refuses a transaction under review, or takes that back: a decision with ground, reason and remedy. */
export async function decideService(
  context: Context,
  principal: Principal,
  id: string,
  { move, stamp, ...decision }: Reasons & { move: 'accept' | 'refuse' | 'reverse'; stamp: number },
): Promise<Result<CaseRow>> {
  return context.db.tx(async (tx) => {
    const one = await reviewOf(tx, id);
    if (one === undefined) return refuse('services/no-case');
    return move === 'reverse'
      ? reverse(context, tx, principal, { case: one.id, stamp, decision })
      : act(context, tx, principal, { case: one.id, move, stamp, decision });
  });
}
