import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAccount } from '#modules/accounts/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { type Kind, kinds } from '#modules/slips/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { environment, readConfig } from '#platform/config.ts';
import { retailParcels } from '../../bench/retail.ts';
import { type Slip, slipsOf } from '../support/slips.ts';
import { openWindow, type TestWindow } from '../support/window.ts';

/**
 * The parcels of a real retailer taken apart into the files of their senders, against the same parcels whole.
 * With PORTOLAN_REAL_INPUT=all it is every line of the ten months.
 */
const { shared } = readConfig(environment(), []);
const folder = join(shared, 'data/orders/uci-online-retail');
const skip = existsSync(folder) ? false : `the orders of the retailer are not at ${folder}: set PORTOLAN_SHARED`;
const everything = process.env['PORTOLAN_REAL_INPUT'] === 'all';

const post = 'UCI-352-POST';

const consignments = (): Promise<Consignment[]> => retailParcels(shared, everything ? Infinity : 3_000);

async function open(): Promise<TestWindow> {
  const party = (identifier: string, ...roles: any[]) => ({ identifier, name: identifier, language: 'en', roles });
  const parties = [
    party(post, 'declarant', 'carrier', 'postal-operator', 'place-operator', 'guarantor'),
    party('UCI-352', 'platform'),
    party('UCI-352-PAY', 'payment-provider'),
  ];
  const clock = fixedClock('2026-11-23T09:00:00.000Z');
  const window = await openWindow({ clock, cast: { parties, representations: [] } });
  const account = { kind: 'guarantee', owner: post, unit: 'XPN', ceiling: 1_000_000_000_000n } as const;
  await window.context.db.tx((tx) => openAccount(tx, account));
  return window;
}

/** A shuffle that is the same in every run. */
function shuffled<T>(all: readonly T[], seed: number): T[] {
  const list = [...all];
  let state = seed;
  for (let at = list.length - 1; at > 0; at -= 1) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (at + 1);
    [list[at], list[other]] = [list[other]!, list[at]!];
  }
  return list;
}

/** What became of each declaration, and what was used of every yearly limit. */
async function told({ context: { db } }: TestWindow): Promise<unknown> {
  const parcels = await db.query<{ declaration: string }>(
    `select declaration, outcome, route, border_minor::text as border, pieces, missing, secured
       from clearance.declarations where version = 1 order by declaration`,
  );
  const quotas = await db.query(
    `select owner, period, reserved::text, consumed::text from accounts.accounts where kind = 'quota' order by owner, period`,
  );
  return { parcels, quotas };
}

test('S34 the parcels of ten months, split into the files of their senders and sent shuffled, give the totals of the whole ones', {
  skip,
  timeout: everything ? 3_600_000 : 300_000,
}, async (t) => {
  const all = await consignments();
  const whole = await open();
  for (let from = 0; from < all.length; from += 128)
    await Promise.all(
      all.slice(from, from + 128).map((body) => whole.ask({ method: 'POST', url: '/v1/consignments', as: post, body })),
    );
  const apart = await open();
  const slips = Map.groupBy(
    all.flatMap((body) => slipsOf(body, post)),
    ({ kind }) => kind,
  );
  const pieces = kinds.flatMap((kind, seed) => {
    const lines = shuffled(slips.get(kind) ?? [], 352 + seed);
    return Array.from({ length: Math.ceil(lines.length / 700) }, (_, index) => ({
      kind,
      lines: lines.slice(index * 700, (index + 1) * 700),
    }));
  });
  const senders: Record<Kind, string> = {
    order: 'UCI-352',
    payment: 'UCI-352-PAY',
    transport: post,
    declaration: post,
  };
  const raw = (lines: readonly Slip[]): string => lines.map(({ body }) => `${JSON.stringify(body)}\n`).join('');
  for (const [index, { kind, lines }] of shuffled(pieces, 7).entries()) {
    const sent = { method: 'POST', url: `/v1/${kind}s`, as: senders[kind], type: 'application/x-ndjson' } as const;
    const answer = await apart.ask({ ...sent, raw: raw(lines) });
    assert.equal(answer.text.match(/"status":201/g)?.length, lines.length, answer.text.slice(0, 400));
    if (index % 3 === 0) await apart.settle();
  }
  await apart.settle();
  const [wholly, apartly] = [await told(whole), await told(apart)];
  assert.deepEqual(apartly, wholly);
  const outcomes = await apart.context.db.query<{ outcome: string; count: bigint }>(
    'select outcome, count(*) as count from clearance.declarations group by outcome order by outcome',
  );
  const counts = Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, Number(count)]));
  t.diagnostic(JSON.stringify(counts));
  if (!everything) {
    assert.equal(all.length, 3_006);
    assert.deepEqual(counts, { cleared: 2_907, 'cannot-decide': 51, rejected: 42, control: 6 });
  }
});
