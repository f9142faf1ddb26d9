import { ok, refuse, type Result } from '#kernel/result.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { arrivalOf, fileParcels, handInManifest, land, manifestOf } from './landing.ts';
import { parcel } from './parcels.ts';
import * as store from './store.ts';

/** What one large freighter carries. */
export const aircraftParcels = 10_000;
const made = 500;

/**
 * Lets an aircraft land: its parcels are filed and decided, its manifest is handed in, it lands, and everything that
 * may go
 * is released. Answers at once with the aircraft that began; the rest happens beside it and is read from the database.
 */
export async function beginAircraft(
  context: Context,
  seed: number,
  parcels = aircraftParcels,
): Promise<Result<store.Aircraft>> {
  const aircraft = await store.beginAircraft(context.db, context.clock.instant(), parcels);
  if (aircraft === undefined) return refuse('demo/aircraft-on-its-way');
  carryOn(context, seed, aircraft, true);
  return ok(aircraft);
}

/** Goes on with an aircraft that a stop of the window cut short. */
export async function resumeAircraft(context: Context, seed: number): Promise<void> {
  const [last] = await store.lastAircraft(context.db, 1);
  if (last !== undefined && last.ended === null) carryOn(context, seed, last, false);
}

function carryOn(context: Context, seed: number, aircraft: store.Aircraft, whole: boolean): void {
  void flyAircraft(context, seed, aircraft, whole).catch((error: unknown) =>
    context.log.error('demo.aircraft-failed', error, { aircraft: aircraft.number }),
  );
}

/**
 * Files and lands an aircraft and measures both. What was done before a stop is answered as it was the first time;
 * what is
 * then not whole has no times, since they would say less than it took.
 */
export async function flyAircraft(
  context: Context,
  seed: number,
  aircraft: store.Aircraft,
  whole = true,
): Promise<void> {
  const at = msOfInstant(aircraft.began);
  const run = `A${aircraft.number}`;
  const master = `618-${run}`;
  const one = (index: number) => ({ ...parcel({ seed: seed + aircraft.number, index, at, run, master }), at });
  const began = performance.now();
  const lines: ReturnType<typeof manifestOf>['lines'] = [];
  for (let from = 0; from < aircraft.parcels; from += made) {
    const count = Math.min(made, aircraft.parcels - from);
    const parcels = Array.from({ length: count }, (_, place) => one(from + place));
    await fileParcels(context, parcels, false);
    lines.push(...manifestOf(master, false, parcels).lines);
    await store.aircraftFiled(context.db, aircraft.number, from + count);
  }
  await handInManifest(context, false, { ...manifestOf(master, false, []), lines });
  const filed = performance.now();
  await store.aircraftLanding(context.db, aircraft.number, whole ? Math.round(filed - began) : null);
  const landed = instantOf(at + 1_000);
  const answer = await land(
    context,
    false,
    arrivalOf(master, false, landed, { allExcept: { missing: [], extra: [] } }),
  );
  await store.aircraftDone(context.db, aircraft.number, {
    landingMs: whole || aircraft.stage === 'filing' ? Math.round(performance.now() - filed) : null,
    released: answer.released,
    held: aircraft.parcels - answer.released,
    ended: context.clock.instant(),
  });
}
