import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { ids, type Invented } from '#modules/demo/index.ts';
import { systemClock } from '#platform/clock.ts';
import { openDb } from '#platform/db.ts';
import { followersLag } from '#platform/followers.ts';
import { type Bench, noteLatencies, say, uploadRun } from './bench.ts';
import { figure } from './figures.ts';
import { uploadHeaders } from './lines.ts';
import type { LoadOutcome } from './load.ts';
import { measured, type Run } from './measure.ts';
import { benchParcels, mix, type Parcels } from './mix.ts';

/** Connections that scan. */
const connections = 64;
/** How often it is asked whether the arrival is worked through, and how long that may take. */
const askEveryMs = 20;
const giveUpMs = 600_000;
/** Scans go on for so long at least, so that there are enough of them. */
const scanMs = 1_000;
/** What part of the parcels has to be released at least: the others are under control. */
const releasedMin = 0.9;

/** Hands in NDJSON under a sender's key and gives back the answer. */
async function handIn(port: number, path: string, sender: string, lines: readonly unknown[]): Promise<Response> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: uploadHeaders(sender),
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response;
}

/** The carrier's manifest of parcels, a house bill a line. */
const manifestOf = (master: string, parcels: readonly Invented[]): unknown[] => [
  { master, carrier: ids.carrier, mode: 'air' },
  ...parcels.map(({ house, barcodes, weight }) => ({ house, pieces: barcodes.length, weight, barcodes })),
];

/** The operator's tally of every piece. */
const tallyOf = (master: string, parcels: readonly Invented[]): unknown[] => [
  {
    reference: `${master}/1`,
    master,
    operator: ids.operator,
    place: 'XP-CAPO-AIR',
    landed: systemClock.instant(),
    complete: true,
  },
  ...parcels.flatMap(({ barcodes }) => barcodes),
];

/** Waits until the worker has looked at every piece of an arrival. */
async function worked(databaseUrl: string, id: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const start = performance.now(); performance.now() - start < giveUpMs; await delay(askEveryMs)) {
      const { rows } = await client.query('select from clearance.arrivals where id = $1 and finished is not null', [
        id,
      ]);
      if (rows.length > 0) return;
    }
    throw new Error(`the arrival was not worked through within ${giveUpMs / 1_000} s`);
  } finally {
    await client.end();
  }
}

/** Waits until the followers have read what was decided: an aircraft lands hours later, and not in that second. */
async function read(databaseUrl: string): Promise<void> {
  const db = openDb({ url: databaseUrl, size: 1 });
  try {
    for (const start = performance.now(); performance.now() - start < giveUpMs; await delay(askEveryMs))
      if ((await followersLag(db)).every(({ seconds }) => seconds === 0)) return;
    throw new Error(`the followers were not at the end within ${giveUpMs / 1_000} s`);
  } finally {
    await db.close();
  }
}

interface Landed {
  readonly seconds: number;
  readonly scans: Run<LoadOutcome>;
}

/** One master bill: cleared, announced, landed, and scanned at the gate while it is worked through. */
async function landing(bench: Bench, number: number): Promise<Landed> {
  const { target, options, load } = bench;
  const { arrival: count, scanRate: rate } = options.sizes;
  const { port } = target;
  const master = `MB-${number}`;
  const { without } = mix.arrival;
  const parcels: Parcels = { run: `A${number}`, guarantors: 'own', filers: mix.bulk.filers, master, without };
  bench.accepted += (await uploadRun(bench, { as: 'parcels', parcels, count })).outcome.accepted;
  const invented = [...benchParcels(parcels, count, systemClock.now())];
  await handIn(port, '/v1/manifests', ids.carrier, manifestOf(master, invented));
  const tally = tallyOf(master, invented);
  await read(target.databaseUrl);
  await load.prepare({ port, what: 'scans', parcels, count, connections, rate });
  const told = await handIn(port, '/v1/arrivals', ids.operator, tally);
  const start = performance.now();
  const { id } = (await told.json()) as { id: string };
  const scanning = measured(target, parcels.run, 0, () => load.go());
  await worked(target.databaseUrl, id);
  const seconds = (performance.now() - start) / 1_000;
  await delay(Math.max(0, scanMs - seconds * 1_000));
  load.stop();
  const scans = await scanning;
  await check(port, id, count);
  return { seconds, scans };
}

/** Every piece was looked at, and nearly every parcel released. */
async function check(port: number, id: string, count: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/arrivals/${id}`, { headers: uploadHeaders(ids.operator) });
  const said = (await response.json()) as Record<string, number>;
  const { tallied, handled, released = 0, held } = said;
  if (handled !== tallied || released < count * releasedMin)
    throw new Error(`the arrival ended with ${JSON.stringify({ ...said, shortLanded: [], overLanded: [] })}`);
  say(`  ${tallied} pieces, ${released} parcels released, ${held} under control`);
}

/** An aircraft lands with a whole master bill on it. */
export async function arrival(bench: Bench): Promise<void> {
  const { runs, arrival: count, scanRate } = bench.options.sizes;
  say(`arrival: a master bill of ${count.toLocaleString('en')} parcels, ${scanRate} scans a second`);
  const done: Landed[] = [];
  for (let number = 1; number <= runs; number += 1) {
    const landed = await landing(bench, number);
    say(`  released ${landed.seconds.toFixed(1)} s after the answer`);
    done.push(landed);
  }
  figure(
    'arrival.seconds',
    's',
    done.map(({ seconds }) => seconds),
  );
  noteLatencies(
    'scan',
    done.map(({ scans }) => scans),
  );
}
