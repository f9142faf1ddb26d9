import { dayIn } from '#kernel/effective.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Worker } from '#platform/module.ts';
import { arrivalOf, fileParcels, handInManifest, land, manifestOf } from './landing.ts';
import { type Invented, parcel, type ParcelOptions } from './parcels.ts';
import * as store from './store.ts';

/** About three parcels a second, at most so many a day: a window left open over night fills no disk. */
const restMs = 330;
export const streamMost = 10_000;
/** Parcels that travel together. A flight's paper comes when it is full, its goods when the next one is full. */
const flightSize = 45;
const run = 'L';

const masterOf = (flight: number, post: boolean): string =>
  `${post ? 'EMS' : '618'}-${run}${String(flight).padStart(6, '0')}`;

/**
 * The parcel of the stream with this index. Its numbers hang on seed and index alone, so a flight can be made again.
 */
function streamed(seed: number, index: number, at: number): Invented {
  const options: ParcelOptions = { seed, index, at, run };
  const post = parcel(options).kind === 'gift';
  return parcel({ ...options, master: masterOf(Math.floor(index / flightSize), post) });
}

const flightOf = (seed: number, flight: number, at: number): Invented[] =>
  Array.from({ length: flightSize }, (_, place) => streamed(seed, flight * flightSize + place, at));

const halves = (parcels: readonly Invented[]): [boolean, Invented[]][] =>
  [false, true].map((post): [boolean, Invented[]] => [post, parcels.filter(({ kind }) => (kind === 'gift') === post)]);

async function handIn(context: Context, seed: number, flight: number): Promise<void> {
  for (const [post, mine] of halves(flightOf(seed, flight, context.clock.now())))
    if (mine.length > 0) await handInManifest(context, post, manifestOf(masterOf(flight, post), post, mine));
}

async function landFlight(context: Context, seed: number, flight: number): Promise<void> {
  for (const [post, mine] of halves(flightOf(seed, flight, context.clock.now()))) {
    if (mine.length === 0) continue;
    const missing = !post && flight % 7 === 3 ? [mine[0]!.barcodes[0]!] : [];
    const landed = instantOf(context.clock.now());
    const tally = { allExcept: { missing, extra: [] } };
    await landOnce(context, masterOf(flight, post), post, landed, tally);
  }
}

/**
 * A tally whose answer was lost when the window was stopped stands already, with an earlier moment; that is as good.
 */
async function landOnce(
  context: Context,
  master: string,
  post: boolean,
  landed: string,
  tally: Parameters<typeof arrivalOf>[3],
): Promise<void> {
  try {
    await land(context, post, arrivalOf(master, post, landed, tally));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('clearance/arrival-known')) throw error;
  }
}

/** The quiet stream: files one parcel at a time while the window runs, and lets flights follow. */
export function streamWorker(context: Context): Worker {
  return {
    name: 'demo.stream',
    idleMs: restMs,
    async step() {
      const day = dayIn(context.clock.instant(), 'UTC');
      const index = await store.takeNext(context.db, day, streamMost);
      if (index === undefined) return false;
      const state = (await store.stateOf(context.db))!;
      const at = context.clock.now();
      await fileParcels(context, [{ ...streamed(state.seed, index, at), at }], false);
      if ((index + 1) % flightSize === 0) await follow(context, state, (index + 1) / flightSize - 1);
      return false;
    },
  };
}

/** The flight that is full gets its paper, those before it land. */
async function follow(context: Context, state: store.State, full: number): Promise<void> {
  await handIn(context, state.seed, full);
  for (let flight = state.landed; flight < full; flight += 1) {
    await handIn(context, state.seed, flight);
    await landFlight(context, state.seed, flight);
    await store.landedUntil(context.db, flight + 1);
  }
}
