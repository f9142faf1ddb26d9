import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import {
  type Answer,
  type Arrival,
  arrivalAnswer,
  type ArrivalAnswer,
  clear,
  fileManifest,
  type Manifest,
  reportArrival,
  resumeArrivals,
} from '#modules/clearance/index.ts';
import type { Invented } from './parcels.ts';
import { carrierSystem, operatorSystem } from './principals.ts';
import { ids } from './roles.ts';

/**
 * Parcels that are handed to the window at a time; their answers hold every reason, so they are not kept by
 * thousands.
 */
const chunk = 500;

/** The place where the goods land, by air and by post. */
export const placeOf = (post: boolean): string => (post ? 'XP-POST-HALL' : 'XP-CAPO-AIR');

/** Files parcels through the one way in. `at` says when each was received; `seen` hears of every chunk. */
export async function fileParcels(
  context: Context,
  parcels: readonly (Invented & { readonly at: number })[],
  seeded: boolean,
  seen: (answers: readonly Answer[], filed: number) => Promise<void> | void = () => undefined,
): Promise<void> {
  for (let from = 0; from < parcels.length; from += chunk) {
    const part = parcels.slice(from, from + chunk);
    const answers = await clear(
      context,
      part.map(({ filer, body, raw, at }) => ({ filer, by: 'demo', body, raw, receivedMs: at, seeded })),
      'bulk',
    );
    await seen(answers.map(must), from + part.length);
  }
}

/** The manifest of parcels that travel on one master bill. */
export const manifestOf = (master: string, post: boolean, parcels: readonly Invented[]): Manifest => ({
  master,
  carrier: post ? ids.post : ids.carrier,
  mode: post ? 'post' : 'air',
  lines: parcels.map(({ house, barcodes, weight }) => ({
    house,
    pieces: barcodes.length,
    weight,
    barcodes: [...barcodes],
  })),
});

/** Hands in a manifest as the carrier's system does. The same one again is answered as the first time. */
export async function handInManifest(context: Context, post: boolean, manifest: Manifest): Promise<void> {
  must(await fileManifest(context, carrierSystem(context, post), manifest, JSON.stringify(manifest)));
}

/** The tally of what landed, as the operator's system counts it. */
export const arrivalOf = (
  master: string,
  post: boolean,
  landed: string,
  tally: Pick<Arrival, 'pieces' | 'allExcept'>,
  part = 1,
): Arrival => ({
  reference: `${master}/${part}`,
  master,
  operator: post ? ids.post : ids.operator,
  place: placeOf(post),
  landed,
  ...tally,
});

/** Reports a tally as the operator's system does, and waits until everything that may go has been released. */
export async function land(context: Context, post: boolean, arrival: Arrival): Promise<ArrivalAnswer> {
  const answer = must(await reportArrival(context, operatorSystem(context, post), arrival, JSON.stringify(arrival)));
  if (answer.finished !== null) return answer;
  while (await resumeArrivals(context));
  return arrivalAnswer(context, answer.id);
}
