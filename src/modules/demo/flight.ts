import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Arrival, ArrivalAnswer, Manifest } from '#modules/clearance/index.ts';
import { arrivalOf, fileParcels, handInManifest, land, manifestOf } from './landing.ts';
import { type Invented, parcel } from './parcels.ts';
import type { Kind } from './kinds.ts';

/**
 * One flight with everything that can happen to it, always the same: 2,000 parcels decided before they land; three
 * pieces do not come, two come that nobody announced, one of two pieces comes a day late; one order travels in three
 * parcels, three orders in one; a gift comes by post, and one parcel is paid for at the door.
 */
export interface Flight {
  readonly filedAt: number;
  readonly parcels: readonly (Invented & { readonly at: number })[];
  readonly manifests: readonly Manifest[];
  readonly arrivals: readonly Arrival[];
  /** A day later: the second piece of the parcel that came in two. */
  readonly nextDay: Arrival;
  /** The parcels of the story, by their place in `parcels`. */
  readonly oneOrderInThree: readonly number[];
  readonly threeOrdersInOne: number;
  readonly twoPieces: number;
  readonly gift: number;
  readonly cashOnDelivery: number;
  readonly shortLanded: readonly string[];
  readonly overLanded: readonly string[];
  readonly late: string;
}

const size = 2_000;
const hourMs = 3_600_000;
const story: readonly Kind[] = [
  'split-order',
  'split-order',
  'split-order',
  'merged-orders',
  'several-pieces',
  'gift',
  'cash-on-delivery',
];
const usual: readonly Kind[] = [
  'low-value',
  'several-lines',
  'low-value',
  'permit',
  'low-value',
  'ordinary',
  'simplified',
  'low-value',
];
const giftAt = story.indexOf('gift');
const twoAt = story.indexOf('several-pieces');

/** The flight of a seed, filed at a moment (milliseconds since 1970) and landing twelve hours later. */
export function flightScenario(seed: number, filedAt: number): Flight {
  const run = `F${seed}`;
  const masters = { air: `618-${run}`, post: `EMS-${run}` };
  const parcels = Array.from({ length: size }, (_, index) => {
    const kind = story[index] ?? usual[index % usual.length]!;
    const master = kind === 'gift' ? masters.post : masters.air;
    const pieces = index === twoAt ? { pieces: 2 } : {};
    return { ...parcel({ seed, index, at: filedAt, run, kind, master, ...pieces }), at: filedAt };
  });
  const byAir = parcels.filter((_, index) => index !== giftAt);
  const [gift] = parcels.slice(giftAt);
  const shortLanded = [700, 1_200, 1_900].map((index) => parcels[index]!.barcodes[0]!);
  const overLanded = [`XX${run}-1`, `XX${run}-2`];
  const late = parcels[twoAt]!.barcodes[1]!;
  const landed = instantOf(filedAt + 12 * hourMs);
  return {
    filedAt,
    parcels,
    manifests: [manifestOf(masters.air, false, byAir), manifestOf(masters.post, true, [gift!])],
    arrivals: [
      arrivalOf(masters.air, false, landed, { allExcept: { missing: [...shortLanded, late], extra: overLanded } }),
      arrivalOf(masters.post, true, landed, { pieces: [...gift!.barcodes] }),
    ],
    nextDay: arrivalOf(masters.air, false, instantOf(filedAt + 36 * hourMs), { pieces: [late] }, 2),
    oneOrderInThree: [0, 1, 2],
    threeOrdersInOne: story.indexOf('merged-orders'),
    twoPieces: twoAt,
    gift: giftAt,
    cashOnDelivery: story.indexOf('cash-on-delivery'),
    shortLanded,
    overLanded,
    late,
  };
}

const byPost = ({ master }: { readonly master?: string }): boolean => master?.startsWith('EMS') === true;

/**
 * Files the flight's parcels and manifests, so that everything is decided before it lands. Answers the parcels' ids
 * in order.
 */
export async function fileFlight(context: Context, flight: Flight): Promise<string[]> {
  const filed: string[] = [];
  await fileParcels(context, flight.parcels, false, (answers) => void filed.push(...answers.map(({ id }) => id)));
  for (const manifest of flight.manifests) await handInManifest(context, byPost(manifest), manifest);
  return filed;
}

/** Lands the flight. The late piece comes with `landLate`. */
export async function landFlight(context: Context, flight: Flight): Promise<ArrivalAnswer[]> {
  const answers: ArrivalAnswer[] = [];
  for (const arrival of flight.arrivals) answers.push(await land(context, byPost(arrival), arrival));
  return answers;
}

export const landLate = (context: Context, flight: Flight): Promise<ArrivalAnswer> =>
  land(context, false, flight.nextDay);
