import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { rebuild } from '#modules/clearance/index.ts';
import { exportParcel, ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { tries } from '../support/long.ts';
import { openWindow } from '../support/window.ts';

/** Arrivals, departures and cancellations in any order, held against a model of a few lines. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const common = { operator: ids.operator, place: 'XP-CAPO-AIR' };

interface Known {
  readonly id: string;
  readonly pieces: readonly string[];
  readonly there: Set<string>;
  readonly gone: Set<string>;
  cancelled: boolean;
}

let numbered = 0;
async function file(pieces: number): Promise<Known> {
  numbered += 1;
  const made = exportParcel({ seed: 11, index: numbered, at: clock.now(), run: 'MOD', pieces });
  const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: ids.exporter, body: made.body });
  assert.equal(told.body.status, 'cleared', told.text);
  return { id: told.body.id, pieces: made.barcodes, there: new Set(), gone: new Set(), cancelled: false };
}

const released = ({ cancelled, pieces, there }: Known): boolean => !cancelled && pieces.every((one) => there.has(one));
const statusOf = (known: Known): string => {
  if (known.cancelled) return 'cancelled';
  if (!released(known)) return 'cleared';
  return known.gone.size === known.pieces.length ? 'left' : 'released';
};

const report = async (url: string, body: object) => {
  numbered += 1;
  const whole = { ...common, reference: `MOD-${numbered}`, ...body };
  const told = await window.ask({ method: 'POST', url, as: ids.operator, body: whole });
  assert.equal(told.status, 201, told.text);
  assert.deepEqual((await window.ask({ method: 'POST', url, as: ids.operator, body: whole })).body, told.body);
  return told.body;
};

async function bring(parcels: readonly Known[], pieces: readonly string[]): Promise<void> {
  await report('/v1/arrivals', { landed: clock.instant(), pieces });
  for (const known of parcels) for (const one of known.pieces) if (pieces.includes(one)) known.there.add(one);
}

async function send(parcels: readonly Known[], pieces: readonly string[]): Promise<void> {
  const { kept, departed, keptBack } = await report('/v1/departures', { left: clock.instant(), pieces });
  let expected = 0;
  const barred = new Set<string>();
  for (const known of parcels) {
    const before = statusOf(known);
    for (const one of known.pieces.filter((piece) => pieces.includes(piece)))
      if (before === 'released' && !known.gone.has(one)) {
        known.gone.add(one);
        expected += 1;
      } else barred.add(one);
  }
  assert.deepEqual([departed, kept], [expected, pieces.length - expected]);
  assert.deepEqual(new Set(keptBack.map((one: any) => one.barcode)), barred);
}

async function cancel(known: Known): Promise<void> {
  const body = { ground: 'order-cancelled', reason: 'Not wanted any more.' };
  const url = `/v1/consignments/${known.id}/cancellation`;
  const told = await window.ask({ method: 'POST', url, as: ids.exporter, body });
  assert.equal(told.status === 201, statusOf(known) === 'cleared' || known.cancelled, told.text);
  if (told.status === 201) known.cancelled = true;
}

const step = fc.record({
  what: fc.constantFrom('bring', 'bring', 'send', 'send', 'cancel' as const),
  which: fc.array(fc.nat(8), { minLength: 1, maxLength: 6 }),
});

test('whatever comes, goes and is taken back in whatever order: only released goods leave, each piece once, each proven', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
      fc.array(step, { maxLength: 9 }),
      async (sizes, steps) => {
        const parcels: Known[] = [];
        for (const pieces of sizes) parcels.push(await file(pieces));
        const all = parcels.flatMap(({ pieces }) => pieces);
        for (const { what, which } of steps) {
          const pieces = [...new Set(which.map((one) => all[one % all.length]!))];
          clock.advance(1_000);
          if (what === 'bring') await bring(parcels, pieces);
          else if (what === 'send') await send(parcels, pieces);
          else await cancel(parcels[which[0]! % parcels.length]!);
          for (const known of parcels) {
            const url = `/v1/consignments/${known.id}`;
            assert.equal((await window.ask({ url, as: ids.exporter })).body.status, statusOf(known));
            const proof = await window.ask({ url: `${url}/export-proof`, as: ids.exporter });
            assert.equal(proof.status, statusOf(known) === 'left' ? 200 : 409);
          }
        }
      },
    ),
    { numRuns: tries(25) },
  );
  assert.equal((await rebuild(window.context)).differing, 0);
});
