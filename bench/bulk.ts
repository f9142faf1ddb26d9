import { type Bench, noteRuns, say, uploadRun } from './bench.ts';
import { Copying, type CopyRates, noteCopies } from './copy.ts';
import type { Run } from './measure.ts';
import { type Guarantors, mix } from './mix.ts';

/** So many parcels through the bulk door, uploaded by a few filers and the post at the same time. */
export async function uploaded(bench: Bench, run: string, count: number, guarantors: Guarantors): Promise<Run> {
  const parcels = { run, guarantors, filers: mix.bulk.filers };
  const done = await uploadRun(bench, { as: 'parcels', parcels, count });
  bench.accepted += done.outcome.accepted;
  return done;
}

/** Uploads, with a guarantee account for each filer and with one for all; COPY stands behind each of the former. */
export async function bulk(bench: Bench): Promise<void> {
  const { sizes, parts } = bench.options;
  say(`bulk: ${sizes.bulk.toLocaleString('en')} parcels a run, ${mix.bulk.filers} filers and the post`);
  const own: Run[] = [];
  const one: Run[] = [];
  const copied: CopyRates[] = [];
  const copying = parts.has('copy') ? await Copying.open(bench.target.databaseUrl, sizes.copied) : undefined;
  for (let number = 1; number <= sizes.runs; number += 1) {
    own.push(await uploaded(bench, `U${number}`, sizes.bulk, 'own'));
    if (copying !== undefined) copied.push(await copying.round());
    one.push(await uploaded(bench, `V${number}`, sizes.bulk, 'one'));
  }
  await copying?.close();
  noteRuns('bulk', own);
  noteRuns('bulk.one', one);
  if (copied.length > 0) noteCopies('bulk', own, copied);
}
