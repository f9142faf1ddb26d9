import { refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { words } from '#portal/text.ts';
import { lodge } from '#modules/clearance/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { onFields, type Told } from './body.ts';
import { type Question, questionsOf, type Setting, settingOf } from './fields.ts';
import { parcelOf } from './look.ts';
import * as store from './store-table.ts';
import { type Beginning, partBytes, type Table, table } from './table.ts';
import {
  faultsIn,
  type Mapping,
  numberColumn,
  parcelsOf,
  type Part,
  partOf,
  type RowFault,
  type TableParcel,
} from './table-read.ts';

/** How the rows of a table go through the door of parcels, part by part. */

/** How long one step takes at most, so that whoever waits sees something happen. */
const stepMs = 1_500;

async function nextPart(context: Context, { id, taken, size, mapping }: Table): Promise<Result<Part>> {
  const bytes = await store.bytesFrom(context.db, id, taken, partBytes);
  const last = taken + BigInt(bytes.length) === size;
  const declarations = mapping === null ? -1 : mapping.columns.indexOf(numberColumn);
  return partOf(bytes, last, declarations < 0 ? null : declarations);
}

/** What reading rows takes: made once for a part of a table. */
class Rows {
  readonly #context: Context;
  readonly #who: Principal;
  readonly #mapping: Mapping;
  readonly #setting: Setting;
  readonly #told: Omit<Told, 'number'>;
  readonly #questions = new Map<number, Question[]>();

  constructor(context: Context, who: Principal, { filer, mapping }: Table) {
    this.#context = context;
    this.#who = who;
    this.#mapping = mapping!;
    this.#setting = settingOf(context.reference.current(), who);
    this.#told = { filer, language: mapping!.language, pack: this.#setting.pack };
  }

  /** What a parcel of the table says, or what is wrong with it, cell by cell; nothing is filed. */
  read(parcel: TableParcel): Read {
    if (parcel.faults.length > 0) return { ok: false, error: parcel.faults };
    const lines = parcel.rows.length;
    let questions = this.#questions.get(lines);
    if (questions === undefined)
      this.#questions.set(lines, (questions = questionsOf(words('en'), this.#setting, lines)));
    const told = { ...this.#told, number: parcel.number };
    const read = parcelOf(this.#context, parcel.values, told, questions);
    return read.ok ? read : { ok: false, error: faultsIn(read.error, parcel, this.#mapping) };
  }

  async file(parcel: TableParcel): Promise<Outcome> {
    const read = this.read(parcel);
    if (!read.ok) return { filed: false, faults: read.error };
    const lodged = await lodge(this.#context, this.#who, read.value.body, read.value.raw, 'bulk');
    if (!lodged.ok)
      return { filed: false, faults: faultsIn(onFields(parcel.values, lodged.error), parcel, this.#mapping) };
    const { status = '' } = JSON.parse(lodged.value) as { status?: string };
    if (!stuck.has(status)) return { filed: true, faults: [] };
    const cell = this.#mapping.columns.indexOf(numberColumn) + 1;
    const note = { name: numberColumn, line: parcel.line, cell, code: 'filing/decided-otherwise', params: { status } };
    return { filed: true, faults: [note] };
  }
}

type Read =
  | { readonly ok: true; readonly value: { readonly body: Consignment; readonly raw: string } }
  | { readonly ok: false; readonly error: readonly RowFault[] };

/** What became of a parcel: whether it is filed, and what is to be said of its row. */
interface Outcome {
  readonly filed: boolean;
  readonly faults: readonly RowFault[];
}

/** What was filed and does not go its way by itself: whoever filed a table wants to know which rows these are. */
const stuck = new Set(['lodged', 'denied']);

/** The first parcels of a table as they are understood, with what is wrong in them, before anything is filed. */
export interface Preview {
  readonly parcels: readonly TableParcel[];
  readonly faults: readonly store.FaultRow[];
  readonly seen: number;
}

const previewRows = 200;
const previewMax = 5;
export function preview(context: Context, who: Principal, one: Table, { rows }: Beginning): Preview {
  const reading = new Rows(context, who, one);
  const parcels = parcelsOf(rows.slice(0, previewRows), one.mapping!, 0);
  const read = parcels.map((parcel) => ({ parcel, result: reading.read(parcel) }));
  return {
    seen: parcels.length,
    parcels: parcels.slice(0, previewMax),
    faults: read.flatMap(({ parcel, result }) => (result.ok ? [] : placed(parcel, result.error))),
  };
}

const placed = ({ number }: TableParcel, faults: readonly RowFault[]): store.FaultRow[] =>
  faults.map(({ line, name, cell, code, params }, place) => ({
    line,
    place,
    cell,
    declaration: number || null,
    code,
    pointer: name || null,
    params: JSON.stringify(params ?? {}),
  }));

/** Takes one part of the table through the door of parcels and notes how far it came. */
async function takePart(context: Context, principal: Principal, one: Table): Promise<void> {
  const read = await nextPart(context, one);
  if (!read.ok) {
    const line = Number(read.error.params?.['line'] ?? 1) + one.line - 1;
    const params = JSON.stringify({ ...read.error.params, line: String(line) });
    const fault = { line, place: 0, cell: null, declaration: null, code: read.error.code, pointer: null, params };
    const to = { taken: one.taken, line: one.line, filed: 0, refused: 0, stopped: read.error.code };
    await context.db.tx((tx) => store.advance(tx, one.id, one.taken, to, [fault]));
    return;
  }
  const { rows, bytes, lines } = read.value;
  const body = one.taken === 0n ? rows.slice(1) : rows;
  const parcels = parcelsOf(body, one.mapping!, one.line - 1);
  const reading = new Rows(context, principal, one);
  const told = await Promise.all(parcels.map((parcel) => reading.file(parcel)));
  const filed = told.filter((each) => each.filed).length;
  const to = {
    taken: one.taken + BigInt(bytes),
    line: one.line + lines,
    filed,
    refused: parcels.length - filed,
    stopped: null,
  };
  const faults = parcels.flatMap((parcel, index) => placed(parcel, told[index]!.faults));
  await context.db.tx((tx) => store.advance(tx, one.id, one.taken, to, faults));
}

/**
 * Goes on with a table for a moment. Whose right to file has ended files nothing more: it is looked at for each row. A
 * step that was cut off is done again, and each row is answered as before.
 */
export async function step(context: Context, principal: Principal, id: string): Promise<Result<Table>> {
  const until = performance.now() + stepMs;
  for (;;) {
    const found = await table(context, principal, id);
    if (!found.ok || found.value.state === 'done' || found.value.state === 'stopped') return found;
    if (found.value.state !== 'running') return refuse('filing/not-whole');
    if (performance.now() > until) return found;
    await takePart(context, principal, found.value);
  }
}
