import { formatMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { casesOf } from '#modules/cases/index.ts';
import { operators, standsAs } from '#modules/clearance/index.ts';
import {
  type ArrivalView,
  type End,
  type FoundSeal,
  type PieceView,
  type State,
  states,
  type TransferView,
} from './model.ts';
import { partiesOf, recordOf } from './rights.ts';
import * as store from './store.ts';
import * as arrivalStore from './store-arrivals.ts';
import * as lineStore from './store-lines.ts';

/** A transfer that somebody may see, and whose pieces: null where he sees all of them, otherwise his parties' own. */
interface Seen {
  readonly row: store.TransferRow;
  readonly record: RecordRef;
  readonly own: readonly string[] | null;
}

async function seenBy(context: Context, principal: Principal, id: string): Promise<Result<Seen>> {
  const unknown = refuse('logistics/not-found', { pointer: '/id' });
  const row = await store.transferBy(context.db, { id });
  if (!row) return unknown;
  const record = recordOf(row);
  if (may(principal, 'transfer.read', record)) return ok({ row, record, own: null });
  const own = await lineStore.concerned(context.db, id, partiesOf(principal));
  const theirs = recordOf(row, own);
  return own.length > 0 && may(principal, 'transfer.read', theirs) ? ok({ row, record: theirs, own }) : unknown;
}

const endOf = (office: string, place: string, zone: string | null, operator: string): End => ({
  office,
  place,
  operator,
  ...(zone === null ? {} : { zone }),
});

function countsFrom(counted: readonly lineStore.Counted[]): TransferView['counts'] {
  const sum = (test: (one: lineStore.Counted) => boolean) =>
    counted.filter(test).reduce((total, one) => total + Number(one.count), 0);
  const each = Object.fromEntries(states.map((state) => [state, sum((one) => one.state === state)]));
  return { ...(each as Record<State, number>), over: sum(({ over }) => over), all: sum(() => true) };
}

/** What is held for pieces under way and missing, and what all pieces of a transfer may come to. */
function guaranteeFrom(row: store.TransferRow, counted: readonly lineStore.Counted[]): TransferView['guarantee'] {
  const money = (minor: bigint) => formatMoney({ currency: row.currency, minor });
  const sum = (test: (one: lineStore.Counted) => boolean) =>
    counted.filter(test).reduce((total, { amount }) => total + amount, 0n);
  return {
    held: money(sum(({ state }) => state === 'under-way' || state === 'missing')),
    whole: money(sum(() => true)),
  };
}

const headOf = (row: store.TransferRow, counted: readonly lineStore.Counted[]) => ({
  id: row.id,
  reference: row.reference,
  master: row.master,
  procedure: row.procedure,
  status: row.status,
  from: endOf(row.from_office, row.from_place, row.from_zone, row.from_operator),
  to: endOf(row.to_office, row.to_place, row.to_zone, row.to_operator),
  via: JSON.parse(row.via) as string[],
  carrier: row.carrier,
  guarantor: row.guarantor,
  conveyance: row.conveyance,
  seals: JSON.parse(row.seals) as string[],
  parent: row.parent,
  prepared: row.prepared,
  departed: row.departed,
  due: row.due,
  source: row.source,
  ended: row.ended,
  counts: countsFrom(counted),
  guarantee: guaranteeFrom(row, counted),
});

const arrivalFrom = (row: arrivalStore.ArrivalRow & { tallied: number; handled: number }): ArrivalView => ({
  id: row.id,
  reference: row.reference,
  arrived: row.arrived,
  tallied: row.tallied,
  handled: row.handled,
  finished: row.finished,
  waits: row.waits,
  seals: JSON.parse(row.seals) as FoundSeal[],
});

/** One transfer with its figures, as far as this reader may see it: who only has a piece on it sees his own pieces. */
export async function transferView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<TransferView> & { id: string }>> {
  const seen = await seenBy(context, principal, id);
  if (!seen.ok) return seen;
  const { row, record, own } = seen.value;
  const counted = await lineStore.countsOf(context.db, [id], own);
  const cases = own === null ? await casesOf(context.db, [id]) : [];
  const data: TransferView = {
    ...headOf(row, counted),
    splits: await store.splitsOf(context.db, id),
    leftOut: own === null ? await store.leftOutOf(context.db, id) : [],
    differences: cases.map((one) => ({ case: one.id, cause: one.procedure, state: one.state, closed: one.closed })),
    arrivals: (await arrivalStore.arrivalsOf(context.db, id)).map(arrivalFrom),
  };
  return ok({ id, ...view(principal, { ...record, data }) });
}

export interface PiecesQuery {
  readonly state?: State | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** A page of the pieces of a transfer, by their barcodes; `next` is the barcode to go on after. */
export async function piecesView(
  context: Context,
  principal: Principal,
  id: string,
  query: PiecesQuery,
): Promise<Result<{ pieces: PieceView[]; next: string | null }>> {
  const seen = await seenBy(context, principal, id);
  if (!seen.ok) return seen;
  const { record, own } = seen.value;
  const limit = Math.min(query.limit ?? 100, 1000);
  const rows = await lineStore.linesOf(context.db, id, {
    states: query.state ? [query.state] : states,
    limit: limit + 1,
    ...(query.after === undefined ? {} : { after: query.after }),
    ...(own === null ? {} : { parties: own }),
  });
  const shown = rows.slice(0, limit);
  const pieces = shown.map(({ barcode, state, why, over, since, parcel }) => ({
    barcode,
    state,
    why,
    over,
    since,
    parcel,
  }));
  const left = view(principal, { ...record, data: { pieces } });
  return ok({ pieces: left.pieces ?? [], next: rows.length > limit ? (shown.at(-1)?.barcode ?? null) : null });
}

export type Listed = Partial<ReturnType<typeof headOf>> & { id: string };

/** A page of transfers, newest first: one's own, those with a piece of one's own on them, all for an authority. */
export async function transferList(
  context: Context,
  principal: Principal,
  query: { status?: string | undefined; before?: string | undefined; limit?: number | undefined },
): Promise<{ rows: Listed[]; next: string | null }> {
  const any: RecordRef = { kind: 'transfer', id: '', parties: {}, desk: null };
  const all = may(principal, 'transfer.read', any);
  const mine = partiesOf(principal);
  if (!all && !may(principal, 'transfer.read', { ...any, parties: { declarant: mine } }))
    return { rows: [], next: null };
  const limit = Math.min(query.limit ?? 25, 100);
  const rows = await store.listTransfers(context.db, {
    parties: all ? null : mine,
    status: query.status ?? null,
    before: query.before ?? null,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const ids = shown.map(({ id }) => id);
  const counted = Map.groupBy(await lineStore.countsOf(context.db, ids, null), ({ transfer }) => transfer);
  const ownOnly = shown.filter((row) => !may(principal, 'transfer.read', recordOf(row))).map(({ id }) => id);
  const owned = Map.groupBy(
    ownOnly.length > 0 ? await lineStore.countsOf(context.db, ownOnly, mine) : [],
    ({ transfer }) => transfer,
  );
  return {
    rows: shown.map((row) => {
      const part = ownOnly.includes(row.id);
      const data = headOf(row, (part ? owned : counted).get(row.id) ?? []);
      return { id: row.id, ...view(principal, { ...recordOf(row, part ? mine : []), data }) };
    }),
    next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** What a handheld at the destination is told of one piece: nothing but what its keeper has to do with it. */
export interface TransferScan {
  readonly barcode: string;
  /** `expected` and `found` are taken in; `arrived` was; `over` stands on no transfer to here; `unknown` nowhere. */
  readonly answer: 'expected' | 'found' | 'arrived' | 'over' | 'unknown';
  readonly transfer: string | null;
  readonly master: string | null;
  /** Where else the piece should be, when it is over. */
  readonly to: End | null;
}

/** Which transfer a piece at this operator's place belongs to. */
export async function scanTransfer(
  context: Context,
  principal: Principal,
  barcode: string,
): Promise<Result<TransferScan>> {
  const { party } = principal;
  const unknown = refuse('logistics/not-found', { pointer: '/barcode' });
  const record = {
    kind: 'transfer' as const,
    id: '',
    parties: { operator: party === null ? [] : [party] },
    desk: null,
  };
  if (party === null || !may(principal, 'transfer.report', record)) return unknown;
  if (!standsAs(context, party, operators, principal.on, '/barcode').ok) return unknown;
  const lines = await lineStore.whereIs(context.db, barcode);
  const mine = lines.find((one) => one.to_operator === party && one.why !== 'split');
  const open = lines.find(({ state }) => state === 'under-way' || state === 'missing' || state === 'origin');
  const answers = { 'under-way': 'expected', missing: 'found', arrived: 'arrived' } as const;
  const answer = mine && mine.state in answers ? answers[mine.state as keyof typeof answers] : undefined;
  if (mine && answer) return ok({ barcode, answer, transfer: mine.id, master: mine.master, to: null });
  if (!open && !lines[0]) return ok({ barcode, answer: 'unknown', transfer: null, master: null, to: null });
  const to = open && endOf(open.to_office, open.to_place, open.to_zone, open.to_operator);
  return ok({ barcode, answer: 'over', transfer: null, master: null, to: to ?? null });
}
