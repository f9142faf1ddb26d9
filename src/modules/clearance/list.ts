import { formatMoney } from '#kernel/money.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { Amount } from '#modules/rulebook/index.ts';
import type { Outcome } from '#kernel/check.ts';
import { isContainer } from './container.ts';
import { type Status } from './model.ts';
import { parcelFrom, recordOf } from './read.ts';
import * as store from './store-read.ts';

export interface ListedParcel {
  id: string;
  declaration: string;
  received: string;
  status: Status;
  since: string;
  outcome: Outcome;
  route: string | null;
  filer: string;
  seller: string | null;
  declaredValue: Amount | null;
  border: Amount | null;
  secured: boolean;
  pieces: number;
  presented: number;
  desk: string | null;
}

export interface ListQuery {
  status?: string;
  order?: string;
  from?: string;
  until?: string;
  before?: string;
  limit?: number;
}

/**
 * Whose parcels a reader lists: his own party's, those he represents, or every parcel for an authority that may read
 * them.
 */
export function listedFor(principal: Principal): readonly string[] | null {
  const of = (parties: RecordRef['parties']): RecordRef => ({ kind: 'consignment', id: '', parties, desk: null });
  if (may(principal, 'consignment.read', of({}))) return null;
  if (principal.party === null || !may(principal, 'consignment.read', of({ filer: [principal.party] }))) return [];
  const represented = principal.representations
    .filter((one) => one.scope.includes('read'))
    .map((one) => one.represented);
  return [principal.party, ...represented];
}

/** One page of parcels, newest first. `next` is the id to go on before; null on the last page. */
export async function parcelList(
  context: Context,
  principal: Principal,
  query: ListQuery,
): Promise<{ rows: (Partial<ListedParcel> & { id: string })[]; next: string | null; waiting: ListedWaiting[] }> {
  const parties = listedFor(principal);
  const limit = Math.min(query.limit ?? 25, 100);
  const rows = await store.listParcels(context.db, {
    parties,
    status: query.status ?? null,
    order: query.order ?? null,
    from: query.from ?? null,
    until: query.until ?? null,
    before: query.before ?? null,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const { status = 'waiting', before } = query;
  const undecided = before === undefined && (status === 'waiting' || status === 'cancelled') ? status : null;
  return {
    rows: shown.map((row) => ({ id: row.id, ...view(principal, { ...listedRecord(row), data: listed(row) }) })),
    next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    waiting: undecided
      ? (await store.listWaiting(context.db, parties, undecided, limit)).map((row) => waitingListed(principal, row))
      : [],
  };
}

/**
 * A parcel that waits for slips, as a list shows it. Whoever reads the parcel sees these; parties and reasons only if
 * he may.
 */
export interface ListedWaiting {
  id: string;
  declaration: string;
  received: string;
  due: string | null;
  missing?: string[];
  filer?: string;
  seller?: string | null;
}

function waitingListed(principal: Principal, row: store.WaitingListed): ListedWaiting {
  const { id, declaration, received, due } = row;
  const data = { ...row, missing: JSON.parse(row.missing) as string[] };
  return { id, declaration, received, due, ...view(principal, { ...listedRecord({ ...row, desk: null }), data }) };
}

const listedRecord = (row: Pick<store.ListRow, 'id' | 'filer' | 'seller' | 'desk'>): RecordRef => ({
  kind: 'consignment',
  id: row.id,
  parties: { filer: [row.filer], seller: row.seller === null ? [] : [row.seller] },
  desk: row.desk,
});

function listed(row: store.ListRow): ListedParcel {
  const amount = (minor: bigint | null) =>
    minor === null || row.currency === null ? null : formatMoney({ currency: row.currency, minor });
  return {
    id: row.id,
    declaration: row.declaration,
    received: row.received,
    status: row.status as Status,
    since: row.since,
    outcome: row.outcome as Outcome,
    route: row.route,
    filer: row.filer,
    seller: row.seller,
    declaredValue: amount(row.value_minor),
    border: amount(row.border_minor),
    secured: row.secured,
    pieces: row.pieces,
    presented: row.presented,
    desk: row.desk,
  };
}

/** How many parcels stand where, of the reader's own. */
export async function counts(context: Context, principal: Principal): Promise<Record<string, number>> {
  const rows = await store.statusCounts(context.db, listedFor(principal));
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}

/** How many parcels stand where in the whole window: figures without persons, for everybody. */
export async function counters(context: Context): Promise<Record<string, number>> {
  const rows = await store.statusCounts(context.db, null);
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}

/**
 * Parcels that carry this waybill, order number, barcode or declaration id, or lie in this container, of those the
 * reader may see.
 */
export async function find(context: Context, principal: Principal, mark: string): Promise<string[]> {
  const boxed = isContainer(mark) ? await store.inContainer(context.db, mark, listedFor(principal)) : [];
  const marked = [...(await store.findParcels(context.db, mark)), ...boxed];
  return readable(
    context.db,
    principal,
    marked.map(({ id }) => id),
  );
}

/** Those of these parcels that the reader may see, each once and in their order: what a page may link to. */
export async function readable(tx: Tx, principal: Principal, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of new Set(ids)) {
    const row = await store.parcelOf(tx, id);
    if (row && may(principal, 'consignment.read', recordOf(parcelFrom(row)))) found.push(id);
  }
  return found;
}
