import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isUuid, newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { CsvRow } from '#modules/messages/index.ts';
import { draftRecord, keptDays } from './model.ts';
import { filerOf } from './service.ts';
import * as store from './store-table.ts';
import { type Mapping, neededColumns, partOf } from './table-read.ts';

/**
 * A table of parcels: its bytes come in pieces, somebody says which column is what, and its rows go through the door of
 * parcels part by part, as long as somebody asks for the next step. Nothing runs on by itself: whoever closes the page
 * has paused it, and whoever comes back goes on.
 */

/** How large a table may be, and a piece of it. */
export const tableBytesMax = 64 * 1_048_576;
export const pieceBytesMax = 1_048_576;
/** How much of a table goes through the door at a time. */
export const partBytes = 262_144;
const dayMs = 86_400_000;
const listMax = 20;
const nameMax = 100;

/** How a table stands. */
export type TableState = 'arriving' | 'mapping' | 'running' | 'stopped' | 'done';
export interface Table extends Omit<store.TableRow, 'mapping'> {
  readonly state: TableState;
  readonly mapping: Mapping | null;
}

function stateOf({ received, size, taken, mapping, stopped }: store.TableRow): TableState {
  if (stopped !== null) return 'stopped';
  if (received < size) return 'arriving';
  if (mapping === null) return 'mapping';
  return taken === size ? 'done' : 'running';
}

const tableFrom = (row: store.TableRow): Table => ({
  ...row,
  state: stateOf(row),
  mapping: row.mapping === null ? null : (JSON.parse(row.mapping) as Mapping),
});

/** How a table stands, as it leaves. */
export interface TableView {
  readonly id: string;
  readonly name: string;
  readonly state: TableState;
  readonly size: string;
  readonly received: string;
  readonly read: string;
  readonly line: number;
  readonly filed: number;
  readonly refused: number;
}

export const tableView = ({ id, name, state, size, received, taken, line, filed, refused }: Table): TableView => ({
  id,
  name,
  state,
  size: String(size),
  received: String(received),
  read: String(taken),
  line,
  filed,
  refused,
});

export async function table(context: Context, principal: Principal, id: string): Promise<Result<Table>> {
  const row = isUuid(id) ? await store.tableOf(context.db, id) : undefined;
  if (row === undefined || row.filer !== principal.party) return refuse('filing/not-found');
  if (!may(principal, 'draft.keep', draftRecord(id, row.filer))) return refuse('filing/not-found');
  return ok(tableFrom(row));
}

export async function tables(context: Context, principal: Principal): Promise<Result<Table[]>> {
  const filer = filerOf(principal);
  return filer.ok ? ok((await store.tablesOf(context.db, filer.value, listMax)).map(tableFrom)) : filer;
}

/** Announces a table of so many bytes. */
export async function beginTable(
  context: Context,
  principal: Principal,
  { name, size }: { readonly name: string; readonly size: number },
): Promise<Result<Table>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  if (size === 0) return refuse('filing/table-empty', { pointer: '/file' });
  if (size > tableBytesMax)
    return refuse('filing/table-too-large', { pointer: '/file', params: { limit: String(tableBytesMax / 1_048_576) } });
  const now = context.clock.now();
  const row: store.TableRow = {
    id: newId(now),
    filer: filer.value,
    by: principal.subject,
    name: name.slice(0, nameMax).toWellFormed() || 'table.csv',
    begun: instantOf(now),
    expires: instantOf(now + keptDays * dayMs),
    size: BigInt(size),
    received: 0n,
    taken: 0n,
    line: 1,
    mapping: null,
    filed: 0,
    refused: 0,
    stopped: null,
  };
  await store.addTable(context.db, row);
  return ok(tableFrom(row));
}

const unpack = promisify(gunzip);

/** Takes the next piece of a table. One that is here already is answered as if it had just come. */
export async function takePiece(
  context: Context,
  principal: Principal,
  id: string,
  { at, bytes, packed }: { readonly at: number; readonly bytes: Buffer; readonly packed: boolean },
): Promise<Result<Table>> {
  const found = await table(context, principal, id);
  if (!found.ok) return found;
  const plain = packed ? await unpack(bytes, { maxOutputLength: pieceBytesMax }).catch(() => null) : bytes;
  if (plain === null || plain.length === 0) return refuse('filing/piece-unreadable');
  const added = await context.db.tx((tx) => store.addPiece(tx, id, BigInt(at), plain));
  const now = await table(context, principal, id);
  if (!now.ok || added || now.value.received >= BigInt(at + plain.length)) return now;
  return refuse('filing/piece-elsewhere', { params: { at: String(now.value.received) } });
}

/** A whole table in one go, as a form without a script sends it. */
export async function takeWhole(
  context: Context,
  principal: Principal,
  file: { readonly name: string; readonly bytes: Buffer },
): Promise<Result<Table>> {
  const begun = await beginTable(context, principal, { name: file.name, size: file.bytes.length });
  if (!begun.ok) return begun;
  await context.db.tx((tx) => store.addPiece(tx, begun.value.id, 0n, file.bytes));
  return table(context, principal, begun.value.id);
}

/** The head of a table and its first rows. */
export interface Beginning {
  readonly head: readonly string[];
  readonly rows: readonly CsvRow[];
}

/** The beginning of a table, for whoever says what its columns are. */
export async function beginning(context: Context, one: Table): Promise<Result<Beginning>> {
  const bytes = await store.bytesFrom(context.db, one.id, 0n, partBytes);
  const part = partOf(bytes, BigInt(bytes.length) === one.size, null);
  if (!part.ok) return part;
  const [head, ...rows] = part.value.rows;
  if (head === undefined) return refuse('filing/table-empty');
  return ok({ head: head.map(({ text }) => text.trim()), rows });
}

const headDigest = (head: readonly string[]): Buffer => hash('sha256', head.join('\n'), 'buffer');

/** The mapping that was used last for a table with this head; undefined for a new one. */
export async function remembered(
  context: Context,
  { filer }: Table,
  head: readonly string[],
): Promise<Mapping | undefined> {
  const text = await store.mappingFor(context.db, filer, headDigest(head));
  return text === undefined ? undefined : (JSON.parse(text) as Mapping);
}

/** Says what the columns of a table are; refused where something that each row has to say stands in none. */
export async function setMapping(
  context: Context,
  one: Table,
  head: readonly string[],
  mapping: Mapping,
): Promise<Result<null>> {
  const chosen = mapping.columns.filter((name) => name !== null);
  const twice = mapping.columns.findIndex((name, index) => name !== null && mapping.columns.indexOf(name) < index);
  if (twice >= 0) return refuse('filing/column-twice', { pointer: `/column/${twice}` });
  for (const name of neededColumns)
    if (!chosen.includes(name)) return refuse('filing/column-needed', { pointer: `/needed/${name}` });
  await context.db.tx((tx) =>
    store.setMapping(tx, { ...one, mapping: null }, headDigest(head), JSON.stringify(mapping)),
  );
  return ok(null);
}

export async function discardTable(context: Context, principal: Principal, id: string): Promise<Result<null>> {
  const found = await table(context, principal, id);
  if (!found.ok) return found;
  await store.dropTable(context.db, found.value.filer, id);
  return ok(null);
}

/** Faults of a table in their order, a page at a time. */
export const faultsOf = (context: Context, { id }: Table, after: { line: number; place: number }, size: number) =>
  store.faultsAfter(context.db, id, after.line, after.place, size);
