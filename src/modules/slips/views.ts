import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Body, Kind, Name, Reason, SlipView, State } from './model.ts';
import { partOf, readSlip } from './slips.ts';
import * as store from './store.ts';

/** A slip as it leaves for a reader: only what this reader may see is there. */
export type ShownSlip = Partial<SlipView> & { readonly id: string };

const placeOf = { order: 'platform', payment: 'provider', transport: 'carrier', declaration: 'filer' } as const;

/** Whose slip it is, for `may` and `view`: its sender, and of a declaration also the declarant it names. */
function recordOf(row: store.SlipRow, declarant: string | null): RecordRef {
  const parties = { [placeOf[row.kind]]: [row.sender], ...(declarant === null ? {} : { declarant: [declarant] }) };
  return { kind: 'slip', id: row.id, parties, desk: null };
}

function shown(principal: Principal, row: store.SlipRow): ShownSlip | undefined {
  const { content } = readSlip(row.kind, JSON.parse(row.raw) as Body, row.sender);
  const record = recordOf(row, content.kind === 'declaration' ? content.declaration.declarant : null);
  if (!may(principal, 'slip.read', record)) return undefined;
  const data: SlipView = {
    id: row.id,
    slip: row.kind,
    sender: row.sender,
    number: row.number,
    version: row.version,
    received: row.received,
    state: row.state,
    due: row.state === 'used' ? null : row.due,
    reasons: JSON.parse(row.reasons) as Reason[],
    parcel: row.parcel,
    statement: row.statement,
    content: { [content.kind]: partOf(content) },
  };
  const seen = view(principal, { ...record, data });
  // Whoever sees where it stands is told as well that nothing contradicts it.
  return { id: row.id, ...(seen.state === undefined ? {} : { reasons: [] }), ...seen };
}

/** One slip with its state and what is said against it, for its sender and for authorities that may see it. */
export async function slipView(context: Context, principal: Principal, name: Name): Promise<Result<ShownSlip>> {
  const row = await store.slipOf(context.db, name);
  const slip = row && shown(principal, row);
  return slip ? ok(slip) : refuse('slips/not-found', { pointer: '/number', params: { in: 'path' } });
}

/** Whose slips a reader lists: his own party's and those he represents, or all for an authority that may read them. */
function sendersFor(principal: Principal): readonly string[] | null {
  const of = (parties: RecordRef['parties']): RecordRef => ({ kind: 'slip', id: '', parties, desk: null });
  if (may(principal, 'slip.read', of({}))) return null;
  if (principal.party === null || !may(principal, 'slip.read', of({ filer: [principal.party] }))) return [];
  const represented = principal.representations
    .filter(({ scope }) => scope.includes('read'))
    .map((one) => one.represented);
  return [principal.party, ...represented];
}

export interface SlipQuery {
  readonly slip?: Kind;
  readonly state?: State;
  readonly before?: string;
  readonly limit?: number;
}

/** One page of a reader's slips, newest first. `next` is the id to go on before; null on the last page. */
export async function slipList(
  context: Context,
  principal: Principal,
  query: SlipQuery,
): Promise<{ rows: ShownSlip[]; next: string | null }> {
  const limit = Math.min(query.limit ?? 25, 100);
  const rows = await store.listSlips(context.db, {
    senders: sendersFor(principal),
    kind: query.slip ?? null,
    state: query.state ?? null,
    before: query.before ?? null,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  return {
    rows: page.flatMap((row) => shown(principal, row) ?? []),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** How many of a reader's slips stand where. */
export async function slipCounts(context: Context, principal: Principal): Promise<Record<string, number>> {
  const rows = await store.stateCounts(context.db, sendersFor(principal));
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}
