import { ok, refuse, type Result } from '#kernel/result.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Worker } from '#platform/module.ts';
import { arrivalOf, fileParcels, handInManifest, land, manifestOf } from './landing.ts';
import { type Invented, parcel } from './parcels.ts';
import * as store from './store.ts';

/** What one large freighter carries. */
export const aircraftParcels = 10_000;
const made = 500;

/**
 * Lets an aircraft begin. What is to be done for it happens in the worker and is read from the database; refused while
 * another one is on its way.
 */
export async function beginAircraft(
  context: Context,
  parcels: number = aircraftParcels,
): Promise<Result<store.Aircraft>> {
  const aircraft = await store.beginAircraft(context.db, context.clock.instant(), parcels);
  return aircraft === undefined ? refuse('demo/aircraft-on-its-way') : ok(aircraft);
}

/** An aircraft whose filing began in this process, so that it can be said how long it took. */
interface Flown {
  readonly number: number;
  readonly began: number;
  readonly lines: ReturnType<typeof manifestOf>['lines'];
}

const masterOf = ({ number }: store.Aircraft): string => `618-A${number}`;

function parcelsOf(seed: number, aircraft: store.Aircraft, from: number, until: number): (Invented & { at: number })[] {
  const { number, parcels, began } = aircraft;
  const options = { seed: seed + number, at: msOfInstant(began), run: `A${number}`, master: masterOf(aircraft) };
  const length = Math.max(0, Math.min(until, parcels) - from);
  return Array.from({ length }, (_, place) => ({ ...parcel({ ...options, index: from + place }), at: options.at }));
}

/**
 * Files and lands the aircraft that is on its way, a few hundred parcels a step, and measures both. What was done
 * before a stop is answered as it was the first time; what is then not whole has no times, since they would say less
 * than it took.
 */
export function aircraftWorker(context: Context, seed: number): Worker {
  let flown: Flown | undefined;
  let landing = 0;

  const file = async (aircraft: store.Aircraft): Promise<void> => {
    const { number, filed } = aircraft;
    if (filed === 0) flown = { number, began: performance.now(), lines: [] };
    const some = parcelsOf(seed, aircraft, filed, filed + made);
    await fileParcels(context, some, false);
    if (flown?.number === number) flown.lines.push(...manifestOf(masterOf(aircraft), false, some).lines);
    await store.aircraftFiled(context.db, number, filed + some.length);
  };
  const handIn = async (aircraft: store.Aircraft): Promise<void> => {
    const { number, parcels } = aircraft;
    const whole = flown?.number === number && flown.lines.length === parcels ? flown : undefined;
    const paper = manifestOf(masterOf(aircraft), false, whole ? [] : parcelsOf(seed, aircraft, 0, parcels));
    await handInManifest(context, false, whole ? { ...paper, lines: whole.lines } : paper);
    await store.aircraftLanding(context.db, number, whole ? Math.round(performance.now() - whole.began) : null);
    flown = undefined;
    landing = number;
  };
  return {
    name: 'demo-aircraft',
    idleMs: 300,
    async step() {
      const [aircraft] = await store.lastAircraft(context.db, 1);
      if (aircraft === undefined || aircraft.ended !== null) return false;
      if (aircraft.stage !== 'filing') await landAircraft(context, aircraft, landing === aircraft.number);
      else if (aircraft.filed < aircraft.parcels) await file(aircraft);
      else await handIn(aircraft);
      return true;
    },
  };
}

async function landAircraft(context: Context, aircraft: store.Aircraft, whole: boolean): Promise<void> {
  const { number, parcels, began } = aircraft;
  const from = performance.now();
  const landed = instantOf(msOfInstant(began) + 1_000);
  const tally = { allExcept: { missing: [], extra: [] } };
  const { released } = await land(context, false, arrivalOf(masterOf(aircraft), false, landed, tally));
  await store.aircraftDone(context.db, number, {
    landingMs: whole ? Math.round(performance.now() - from) : null,
    released,
    held: parcels - released,
    ended: context.clock.instant(),
  });
}
