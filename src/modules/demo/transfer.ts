import { must } from '#kernel/result.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import {
  depart,
  piecesView,
  prepare,
  reportTransferArrival,
  resumeTransfers,
  split,
  type Transfer,
  transferView,
} from '#modules/logistics/index.ts';
import type { HistoryClock } from './clock.ts';
import { fileParcels, handInManifest, manifestOf } from './landing.ts';
import { type Invented, parcel } from './parcels.ts';
import { carrierSystem, machine } from './principals.ts';
import { ids } from './roles.ts';

const hourMs = 3_600_000;
const run = 'Z';

/** The two zones of Ponenta, with who keeps them. */
const franco = { office: 'XP000101', place: 'XP-PORTO-FRANCO', zone: 'porto-franco', operator: ids.operator };
const vallombra = { office: 'XP000201', place: 'XP-VALLOMBRA-DRY', zone: 'vallombra', operator: ids.dryPort };
const stagnone = { office: 'XP000202', place: 'XP-STAGNONE-RAIL', operator: ids.post };

const flightSize = 240;
const lorrySize = 36;
/** Pieces of the aircraft that came by no transfer, and what the tally did not find. */
const overs = 2;
const shorts = 5;
const onward = 24;

function load(seed: number, from: number, size: number, at: number, master: string): (Invented & { at: number })[] {
  return Array.from({ length: size }, (_, place) => ({
    ...parcel({ seed, index: from + place, at, run, kind: 'simplified', pieces: 1, master }),
    at,
  }));
}

async function send(
  context: Context,
  name: string,
  parcels: readonly (Invented & { at: number })[],
  except: readonly string[],
): Promise<string> {
  const master = `618-${run}${name}`;
  await fileParcels(context, parcels, true);
  await handInManifest(context, false, manifestOf(master, false, parcels));
  const document: Transfer = {
    reference: `T-${run}${name}`,
    master: `TR-${run}${name}`,
    from: franco,
    to: vallombra,
    carrier: ids.carrier,
    conveyance: `XP-LORRY-${name}`,
    seals: [`PF-${name}-1`, `PF-${name}-2`],
    allOf: { master, except: [...except] },
  };
  return must(await prepare(context, carrierSystem(context, false), document, JSON.stringify(document)));
}

/** Part of it goes on by rail. */
async function goOn(context: Context, id: string, at: number, pieces: string[]): Promise<string> {
  const mark = `${run}001B`;
  const body = { reference: `T-${mark}`, master: `TR-${mark}`, at: instantOf(at), to: stagnone, pieces };
  const carrier = carrierSystem(context, false);
  const { splits = [] } = must(await transferView(context, carrier, id));
  return splits[0]?.id ?? must(await split(context, carrier, id, body, JSON.stringify(body)));
}

/** What came to each of the two places, as their keepers count it. */
async function count(
  context: Context,
  id: string,
  further: string,
  allExcept: { missing: string[]; extra: string[] },
): Promise<void> {
  const arrived = context.clock.instant();
  const seals = [1, 2].map((number) => ({ number: `PF-001-${number}`, state: 'whole' as const }));
  const report = async (keeper: string, transfer: string, reference: string, more: object): Promise<void> => {
    const body = { reference, operator: keeper, arrived, allExcept: { missing: [], extra: [] }, ...more };
    const by = machine(context, keeper, 'operator');
    must(await reportTransferArrival(context, by, transfer, body, JSON.stringify(body)));
  };
  await report(ids.post, further, `A-${run}001B`, {});
  await report(ids.dryPort, id, `A-${run}001`, { seals, allExcept });
}

/**
 * An aircraft's worth goes from one zone to the other two days before the demonstration begins: some are short, some
 * came over, and a part went on by rail. A second, small load is under way, for whoever wants to count it.
 */
export async function transferBetweenZones(
  context: Context,
  clock: HistoryClock,
  seed: number,
  began: number,
): Promise<void> {
  const left = began - 52 * hourMs;
  clock.set(left);
  const carrier = () => carrierSystem(context, false);
  const flight = load(seed, 900_000, flightSize, left - 6 * hourMs, `618-${run}001`);
  const pieces = flight.flatMap(({ barcodes }) => barcodes);
  const over = pieces.slice(-overs);
  const id = await send(context, '001', flight, over);
  must(await depart(context, carrier(), id, { departed: instantOf(left) }));
  clock.set(left + 2 * hourMs);
  // Cut short and begun anew: what was split and counted stays as it is.
  if (must(await transferView(context, carrier(), id)).arrivals?.length === 0) {
    const limit = onward + shorts;
    const { pieces: under } = must(await piecesView(context, carrier(), id, { state: 'under-way', limit }));
    const barcodes = under.map(({ barcode }) => barcode);
    const further = await goOn(context, id, left + 2 * hourMs, barcodes.slice(0, onward));
    clock.set(left + 7 * hourMs);
    await count(context, id, further, { missing: barcodes.slice(onward), extra: [...over, `XX${run}0019`] });
  }
  while (await resumeTransfers(context));
  clock.set(began - 3 * hourMs);
  const lorry = load(seed, 910_000, lorrySize, began - 9 * hourMs, `618-${run}002`);
  const second = await send(context, '002', lorry, []);
  must(await depart(context, carrier(), second, { departed: instantOf(began - 3 * hourMs) }));
}
