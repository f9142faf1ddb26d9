import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { clear, netOf } from '#modules/clearance/index.ts';
import { setStatus } from '#modules/clearance/store-parcels.ts';
import { writeVersion } from '#modules/clearance/store.ts';
import { ids, parcel as invent } from '#modules/demo/index.ts';
import { Books } from '#modules/statistics/book.ts';
import { follower } from '#modules/statistics/follow.ts';
import { runWorker, workRange } from '#modules/statistics/run.ts';
import { openRun, runById } from '#modules/statistics/store-runs.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { newId } from '#kernel/id.ts';
import { fixedClock } from '#platform/clock.ts';
import { append } from '#platform/journal.ts';
import type { Db } from '#platform/db.ts';
import { handsOf, priorityOf, sessionPriorityOf } from '../support/hands.ts';
import { tries } from '../support/long.ts';
import { booksAgree, booksHold, cents, decimal, type Known, type Line, thousandths } from '../support/month-books.ts';
import { untilFollowable } from '../support/settle.ts';
import { openWindow } from '../support/window.ts';

/**
 * Whatever happens to checklists before and after their month is closed: what stands in summaries, corrections and
 * beside them is what the checklists come to, to the unit. The expectation is counted here by itself, in thousandths.
 */

const clock = fixedClock('2026-03-02T08:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const kinds = ['low-value', 'several-lines', 'ordinary', 'gift', 'simplified'] as const;
const months = ['2026-03', '2026-04', '2026-05'] as const;

interface Filed extends Known {
  readonly body: any;
  version: number;
}

const linesOf = (body: any): Line[] =>
  body.declaration.goods.map((one: any) => ({
    line: one.line,
    currency: one.price.currency,
    unit: one.unit,
    value: cents(one.price.amount),
    quantity: thousandths(one.quantity),
    net: thousandths(one.netWeight),
    gross: thousandths(one.grossWeight),
  }));

let run = 0;
/** Files so many checklists of every kind at two declarants, some of them exports, and lets them go nowhere yet. */
async function fileSome(many: number): Promise<Filed[]> {
  run += 1;
  const made = Array.from({ length: many }, (_, index) => {
    const own = index % 3 === 1;
    const standing = own
      ? { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor }
      : { filer: ids.agent, declarant: ids.agent, guarantor: ids.guarantor };
    const at = clock.now();
    const kind = kinds[index % kinds.length]!;
    const { filer, raw } = invent({ seed: run, index, at, run: `M${run}`, buyers: 900, kind, standing });
    const body = JSON.parse(raw);
    if (index % 4 === 3) {
      Object.assign(body.declaration, {
        movement: 'export',
        route: 'export-simple',
        dispatch: 'XP',
        destination: 'XL',
      });
      if (kind === 'gift') body.declaration.nature = 'sale';
    }
    if (index % 7 === 5) for (const one of body.declaration.goods) one.unit = 'KGM';
    return { filer, by: 'test', body, raw: JSON.stringify(body), receivedMs: at, seeded: false };
  });
  const answers = await clear(context, made, 'bulk');
  return answers.map((answer, index) => {
    assert.ok(answer.ok, JSON.stringify(answer));
    const { body } = made[index]!;
    const { id } = answer.value;
    return { id, body, version: 1, status: answer.value.status, released: false, lines: linesOf(body) };
  });
}

/** What happens to a checklist, told in the journal as clearance tells it. */
async function move(one: Filed, kind: string, status: string, version = one.version): Promise<void> {
  const at = clock.instant();
  await db.tx(async (tx) => {
    await setStatus(tx, [one.id], status, at, version);
    const data = { status, since: at, version, presented: 1 };
    await append(tx, [{ kind: `clearance.${kind}`, subject: one.id, data }]);
  });
  Object.assign(one, { status, version });
}

async function accept(one: Filed, accepted: object): Promise<void> {
  await db.tx((tx) =>
    writeVersion(tx, {
      id: one.id,
      from: one.version,
      version: one.version + 1,
      outcome: 'released-changed',
      status: 'cleared',
      acceptedValueMinor: null,
      borderMinor: 0n,
      secured: true,
      digest: Buffer.alloc(32),
      charges: '[]',
      checks: '[]',
      missing: '[]',
      accepted: JSON.stringify(accepted),
      decidedBy: 'test',
      engine: 1,
    }),
  );
  await move(one, 'redetermined', one.status, one.version + 1);
}

/** Part of a line comes back, or all of it. */
async function comeBack(one: Filed, share: bigint): Promise<void> {
  const line = one.lines[0]!;
  const [value, quantity, net, gross] = (['value', 'quantity', 'net', 'gross'] as const).map(
    (field) => (line[field] * share) / 4n,
  ) as [bigint, bigint, bigint, bigint];
  await db.query(
    `insert into clearance.returned_lines (id, return, line, quantity, value_minor, net_weight, gross_weight)
     values ($1, $2, $3, $4::text::numeric, $5, $6::text::numeric, $7::text::numeric)`,
    [one.id, newId(clock.now()), line.line, decimal(quantity, 3), value, decimal(net, 3), decimal(gross, 3)],
  );
  line.value -= value;
  line.quantity -= quantity;
  line.net -= net;
  line.gross -= gross;
  await move(one, 'returned', one.status);
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('release' as const), of: fc.nat(99), many: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('cancel' as const), of: fc.nat(99) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('return' as const), of: fc.nat(99), share: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('accept' as const), of: fc.nat(99), to: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('hold' as const), of: fc.nat(99) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('next' as const) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('close' as const), own: fc.boolean(), crash: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('follow' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const reader = follower(context);
async function follow(): Promise<void> {
  await untilFollowable(db);
  while (await reader.step(db)) await untilFollowable(db);
}

/** A database that forgets what a transaction wrote, as one whose process was killed before its commit. */
const killed: Db = {
  ...db,
  query: db.query.bind(db),
  tx: (work) =>
    db.tx(async (tx) => {
      await work(tx);
      throw new Error('killed');
    }),
};

let kills = 0;
async function close(month: string, own: boolean, crash: boolean): Promise<void> {
  const body = own ? { month, declarant: ids.seller } : { month };
  const told = await window.ask({ method: 'POST', url: '/v1/summaries/runs', as: own ? ids.seller : 'customs', body });
  assert.equal(told.status, 202, told.text);
  await follow();
  let worker = runWorker(context, 3);
  if (crash) {
    await worker.step(db);
    const begun = (await openRun(db))!;
    const law = new Books(context.reference.current().get(packsPart).home);
    if (begun.state === 'running') {
      kills += 1;
      await assert.rejects(workRange(killed, begun, law), /killed/);
    }
    worker = runWorker(context, 3);
  }
  while (await worker.step(db));
  assert.equal(await openRun(db), undefined);
}

test('summary lines, corrections and what stands beside them are the checklists to the unit, whatever happened when', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 70 }), async (steps) => {
      clock.advance(Date.parse('2026-03-02T08:00:00.000Z') - clock.now());
      const known = (await fileSome(14)).filter(({ status }) => status === 'cleared');
      let month = 0;
      const act: { [K in Step['what']]: (one: any) => Promise<void> } = {
        async release({ of, many }) {
          for (const one of known.slice(of % known.length).slice(0, many + 1))
            if (one.status === 'cleared') {
              await move(one, 'released', 'released');
              one.released = true;
            }
        },
        async cancel({ of }) {
          const one = known[of % known.length]!;
          if (one.status === 'released') await move(one, 'cancelled', 'cancelled');
        },
        async return({ of, share }) {
          const one = known[of % known.length]!;
          if (one.status === 'released') await comeBack(one, BigInt(share) + 1n);
        },
        async accept({ of, to }) {
          const one = known[of % known.length]!;
          const line = one.lines[0]!;
          const value = BigInt(1_000 + to * 777);
          const price = { currency: line.currency, amount: decimal(value, 2) };
          const was = cents(one.body.declaration.goods[0].price.amount);
          if (line.value !== was) return;
          const codes = ['610910', '850811', '420222', '950300', '640399'];
          await accept(one, {
            lines: [{ line: line.line, price, commodity: codes[to], origin: to > 2 ? 'IT' : 'CN' }],
          });
          line.value = value;
          one.body.declaration.goods[0].price.amount = price.amount;
        },
        async hold({ of }) {
          const one = known[of % known.length]!;
          if (one.status === 'released') await move(one, 'control-restored', 'control');
          else if (one.status === 'control') await move(one, 'released', 'released');
        },
        async next() {
          if (month < months.length - 1)
            clock.advance(Date.parse(`${months[(month += 1)]}-03T08:00:00.000Z`) - clock.now());
        },
        async close({ own, crash }) {
          if (month > 0) await close(months[month - 1]!, own, crash);
        },
        follow,
      };
      for (const one of steps) await act[one.what](one);
      await follow();
      await booksHold(db, known);
      const nets = await netOf(
        db,
        known.map(({ id }) => id),
      );
      for (const net of nets) {
        const one = known.find(({ id }) => id === net.id)!;
        const counts = one.status === 'released' ? one.lines.reduce((sum, { value }) => sum + value, 0n) : 0n;
        assert.equal(
          net.lines.reduce((sum, { value }) => sum + value, 0n),
          counts,
        );
      }
      await booksAgree(db);
    }),
    { numRuns: tries(25), seed: 39, endOnFailure: true },
  );
  const seen = async (sql: string): Promise<string[]> =>
    (await db.query<{ key: string }>(sql)).map(({ key }) => key).sort();
  assert.deepEqual(await seen('select distinct ground as key from statistics.corrections'), [
    'cancelled',
    'control-restored',
    'redetermined',
    'released',
    'returned',
  ]);
  assert.deepEqual(await seen(`select distinct reason as key from statistics.checklists where reason is not null`), [
    'counts-for-nothing',
    'not-merged',
    'statistics-only',
  ]);
  assert.deepEqual(await seen('select distinct rule as key from statistics.summaries'), [
    'monthly-export',
    'monthly-import',
  ]);
  const moved = await db.query(
    `select from statistics.corrections c join statistics.checklists k on k.id = c.id where c.period > k.month limit 1`,
  );
  assert.equal(moved.length, 1, 'some corrections count in the month in which they became known');
  assert.ok(kills > 3, 'some closings were killed in the middle');
});

test('checklists that change while their month is being closed by several hands are booked as they stand', async () => {
  clock.advance(Date.parse('2026-03-02T08:00:00.000Z') - clock.now());
  const known = (await fileSome(120)).filter(({ status }) => status === 'cleared');
  for (const one of known) {
    await move(one, 'released', 'released');
    one.released = true;
  }
  clock.advance(Date.parse('2026-04-03T08:00:00.000Z') - clock.now());
  await follow();
  const told = await window.ask({
    method: 'POST',
    url: '/v1/summaries/runs',
    as: 'customs',
    body: { month: '2026-03' },
  });
  assert.equal(told.status, 202, told.text);
  await follow();
  assert.equal(await runWorker(context, 4).step(db), true, 'it is cut into ranges');
  const begun = (await openRun(db))!;
  const over = new AbortController();
  const hand = async (): Promise<void> => {
    const law = new Books(context.reference.current().get(packsPart).home);
    while (await workRange(db, begun, law));
  };
  const reading = async (): Promise<void> => {
    while (!over.signal.aborted) await reader.step(db);
  };
  const changing = async (): Promise<void> => {
    for (const [index, one] of known.entries())
      if (index % 3 === 0) await move(one, 'cancelled', 'cancelled');
      else if (index % 3 === 1) await comeBack(one, 2n);
  };
  const all = [hand(), hand(), reading(), changing()];
  await Promise.all([all[0], all[1], all[3]]);
  over.abort();
  await all[2];
  await follow();
  while (await runWorker(context, 4).step(db));
  await booksHold(db, known);
  await booksAgree(db);
  assert.equal((await runById(db, begun.id))?.state, 'done');
});

test('a month is closed by processes of its own, and one killed at each stage of it changes no figure', async () => {
  clock.advance(Date.parse('2026-03-02T08:00:00.000Z') - clock.now());
  const known = (await fileSome(60)).filter(({ status }) => status === 'cleared');
  for (const one of known) {
    await move(one, 'released', 'released');
    one.released = true;
  }
  clock.advance(Date.parse('2026-04-03T08:00:00.000Z') - clock.now());
  const body = { month: '2026-03' };
  const told = await window.ask({ method: 'POST', url: '/v1/summaries/runs', as: 'customs', body });
  assert.equal(told.status, 202, told.text);
  await follow();
  process.env['DATABASE_URL'] = window.test.url;
  after(() => delete process.env['DATABASE_URL']);
  const worker = runWorker({ ...context, config: { ...context.config, databaseUrl: window.test.url } });
  const { id } = (await openRun(db))!;
  const hurt = new Set<string>();
  for (let open = await openRun(db); open !== undefined; open = await openRun(db)) {
    await worker.step(db);
    const [hand] = handsOf('run-child.ts', id);
    if (hand !== undefined && !hurt.has(open.state)) {
      assert.equal(priorityOf(hand), 19);
      assert.ok([19, null].includes(sessionPriorityOf(hand)), 'its session gives way too');
      process.kill(hand, 'SIGKILL');
      hurt.add(open.state);
    }
    await delay(20);
  }
  assert.deepEqual([...hurt], ['planning', 'running']);
  const done = (await runById(db, id))!;
  assert.equal(done.state, 'done');
  assert.equal(done.ended!.slice(0, 10), '2026-04-03', 'by the clock of the window');
  await booksHold(db, known);
  await booksAgree(db);
});
