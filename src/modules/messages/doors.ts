import { isUuid } from '#kernel/id.ts';
import { ok, refuse, type Refusal, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { type Reader, readerOf } from '#platform/reader.ts';
import {
  applyForReturn,
  Arrival,
  cancel,
  CancellationBody,
  Departure,
  fileManifest,
  lodge,
  Manifest,
  reportArrival,
  reportDeparture,
  ReturnBody,
} from '#modules/clearance/index.ts';
import { Consignment } from '#modules/rulebook/index.ts';
import { type Kind as SlipKind, slipView } from '#modules/slips/index.ts';
import type { Door } from './fields.ts';
import type { Mapped } from './map.ts';
import type { NodeOutcome } from './model.ts';
import type { MessageNode } from './read.ts';

/** A node that goes through a door, with what the door takes. */
export interface Handed {
  outcome: NodeOutcome;
  readonly node: MessageNode;
  readonly mapped: Mapped;
  body: Readonly<Record<string, unknown>>;
  readonly change: boolean;
}

export function refused(one: Handed, refusal: Refusal): void {
  one.outcome = { ...one.outcome, state: 'refused', refusal };
}

type Hand = (context: Context, principal: Principal, handed: readonly Handed[]) => Promise<void>;

const cancellation = readerOf(CancellationBody);

/** The parcel whose declaration a node names, under the key by which its sender filed it. */
export async function parcelOf(
  context: Context,
  principal: Principal,
  declaration: unknown,
): Promise<string | undefined> {
  const number = typeof declaration === 'string' ? declaration : '';
  const name = { kind: 'declaration', sender: principal.party ?? '', number } as const;
  const slip = await slipView(context, principal, name);
  return (slip.ok ? slip.value.parcel : undefined) ?? undefined;
}

/** Takes back the parcels whose declarations these nodes name. */
const handCancellations: Hand = async (context, principal, handed) => {
  for (const one of handed) {
    const { placed } = one.mapped;
    const { declaration, parcel: number, ...said } = one.body;
    const asked = cancellation.read(JSON.stringify(said));
    const named = isUuid(String(number)) ? String(number) : undefined;
    const parcel = named ?? (await parcelOf(context, principal, declaration));
    const pointer = number === undefined ? '/declaration' : '/parcel';
    if (!asked.ok) refused(one, placed(asked.error));
    else if (parcel === undefined) refused(one, placed(refuse('messages/nothing-declared', { pointer }).error));
    else {
      const done = await cancel(context, principal, parcel, asked.value);
      // After release a desk decides: until then nothing is taken back.
      if (done.ok) one.outcome = { ...one.outcome, state: 'taken', ...(done.value.made ? { cancelled: parcel } : {}) };
      else refused(one, placed(done.error));
    }
  }
};

/** Hands the body of one node, or of several that are one, to a door that takes JSON. */
async function through<T>(
  door: Door,
  reader: Reader<T>,
  file: (body: T, raw: string) => Promise<Result<{ id: string }>>,
  [first, ...others]: readonly [Handed, ...Handed[]],
  body: unknown,
): Promise<void> {
  const raw = JSON.stringify(body);
  const read = reader.read(raw);
  const done = read.ok ? await file(read.value, raw) : read;
  for (const one of [first, ...others])
    if (done.ok) one.outcome = { ...one.outcome, state: 'taken', made: { door, id: done.value.id } };
    else refused(one, first.mapped.placed(done.error));
}

const arrivals = readerOf(Arrival);
const manifests = readerOf(Manifest);

const partOf = ({ node }: Handed): { count: string; place: string } => ({
  count: node.fields.get('msgCount')?.text ?? '1',
  place: node.fields.get('msgSeqNo')?.text ?? '1',
});

const departures = readerOf(Departure);

/** A tally that comes in parts is a tally a part: each under a reference of its own. */
const part = (one: Handed): Readonly<Record<string, unknown>> => {
  const { count, place } = partOf(one);
  const { reference } = one.body;
  return count === '1' ? one.body : { ...one.body, reference: `${String(reference)}-${place}` };
};

const handArrivals: Hand = async (context, principal, handed) => {
  const file = (body: Arrival, raw: string) => reportArrival(context, principal, body, raw);
  for (const one of handed) await through('arrival', arrivals, file, [one], { pieces: [], ...part(one) });
};

const handDepartures: Hand = async (context, principal, handed) => {
  const file = (body: Departure) => reportDeparture(context, principal, body);
  for (const one of handed) await through('departure', departures, file, [one], part(one));
};

/**
 * A master bill that comes in parts is one manifest, since the window takes it once: its parts have to come in one
 * message, each under its number.
 */
const handManifests: Hand = async (context, principal, handed) => {
  const bills = Map.groupBy(handed, ({ body }) => `${String(body['carrier'])}\n${String(body['master'])}`);
  for (const [first, ...others] of bills.values()) {
    if (first === undefined) continue;
    const parts = [first, ...others].toSorted((a, b) => Number(partOf(a).place) - Number(partOf(b).place));
    const { count } = partOf(first);
    if (count === '1') {
      for (const one of parts) await bill(context, principal, [one]);
    } else if (
      parts.map((one) => partOf(one).place).join() === Array.from({ length: parts.length }, (_, at) => at + 1).join() &&
      parts.length === Number(count)
    ) {
      await bill(context, principal, [first, ...others]);
    } else
      for (const one of parts) {
        const at = one.node.fields.get('msgSeqNo') ?? one.node;
        const params = { in: 'xml', line: String(at.line), parts: count, found: String(parts.length) };
        refused(one, refuse('messages/parts-missing', { pointer: at.path, params }).error);
      }
  }
};

async function bill(context: Context, principal: Principal, parts: readonly [Handed, ...Handed[]]): Promise<void> {
  const lines = parts.flatMap(({ body }) => (Array.isArray(body['lines']) ? (body['lines'] as unknown[]) : []));
  const file = (body: Manifest, raw: string) => fileManifest(context, principal, body, raw);
  await through('manifest', manifests, file, parts, { ...parts[0].body, lines });
}

const returns = readerOf(ReturnBody);

/** Applies for the return of goods of the parcels whose declarations these nodes name. */
const handReturns: Hand = async (context, principal, handed) => {
  for (const one of handed) {
    const { declaration, ...body } = one.body;
    const parcel = await parcelOf(context, principal, declaration);
    const file = async (asked: ReturnBody): Promise<Result<{ id: string }>> => {
      const done = await applyForReturn(context, principal, parcel ?? '', asked);
      return done.ok ? ok({ id: done.value.id ?? '' }) : done;
    };
    if (parcel === undefined)
      refused(one, one.mapped.placed(refuse('messages/nothing-declared', { pointer: '/declaration' }).error));
    else await through('return', returns, file, [one], body);
  }
};

const consignments = readerOf(Consignment);

/** Parcels that come whole go the way that whole parcels take, a batch at a time. */
const handParcels: Hand = async (context, principal, handed) => {
  const file = async (body: Consignment, raw: string): Promise<Result<{ id: string }>> => {
    const answer = await lodge(context, principal, body, raw, 'bulk');
    return answer.ok ? ok(JSON.parse(answer.value) as { id: string }) : answer;
  };
  for (let from = 0; from < handed.length; from += batchMax)
    await Promise.all(
      handed.slice(from, from + batchMax).map((one) => through('parcel', consignments, file, [one], one.body)),
    );
};
const batchMax = 200;

/** The doors that are none of slips. A kind whose door is not here is read and kept. */
export const otherDoors: Readonly<Partial<Record<Exclude<Door, SlipKind>, Hand>>> = {
  cancellation: handCancellations,
  arrival: handArrivals,
  departure: handDepartures,
  manifest: handManifests,
  parcel: handParcels,
  return: handReturns,
};
