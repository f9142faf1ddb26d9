import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { formatDecimal } from '#kernel/decimal.ts';
import { dayOf } from '#kernel/effective.ts';
import { casesOf } from '#modules/cases/index.ts';
import { cancel } from '#modules/clearance/cancel.ts';
import { clear, decideHeld, ensurePartitions, idsOf } from '#modules/clearance/index.ts';
import { parcel as invent } from '#modules/demo/index.ts';
import { resultOf } from '#modules/clearance/replay-result.ts';
import { Sums, Tally } from '#modules/clearance/replay-tally.ts';
import { replayWorker } from '#modules/clearance/replay-work.ts';
import { progressOf, replayedBetween } from '#modules/clearance/store-replay.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { type Draft, draftOf } from '#modules/rulebook/index.ts';
import { closeNow, startRun } from '#modules/statistics/index.ts';
import { until } from '#platform/postgres-process.ts';
import { fixedClock } from '#platform/clock.ts';
import { portolan } from '../support/command.ts';
import { draftWith, valueFrom } from '../support/draft.ts';
import { handsOf, priorityOf } from '../support/hands.ts';
import { tries } from '../support/long.ts';
import { shipper } from '../support/parcels.ts';
import { factsOf, type Plain, recomputed, totalsOf } from '../support/recompute.ts';
import { browser, openWindow, type Told } from '../support/window.ts';

/** A draft of the law is held against stored parcels, and nobody is bound by it. */

const folder = mkdtempSync('/tmp/portolan-replay-');
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true, force: true }));

const clock = fixedClock('2026-09-01T08:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file, land } = shipper(window, clock, 'RPL');
const dayMs = 86_400_000;
const principal = (of: string) =>
  principalOfClient(context.reference.current(), window.key(of), clock.instant().slice(0, 10))!;

const rule = { ground: 'demo/watch-brands', desk: 'customs', source: 'Customs Code, art. 46' };
async function watch(id: string, condition: string, share: string): Promise<void> {
  const body = { ...rule, condition, share };
  const put = await window.ask({ method: 'PUT', url: `/v1/administration/watch-rules/${id}`, as: 'customs', body });
  assert.equal(put.status, 200, put.text);
}
await watch('watches', 'commodity == "910219"', '100');

let filed = 0;
/** Files so many parcels of every kind, as chance has them. */
async function fileMany(many: number): Promise<void> {
  const made = Array.from({ length: many }, () => {
    filed += 1;
    return invent({ seed: 61, index: filed, at: clock.now(), run: 'MANY', buyers: 400 });
  });
  for (let at = 0; at < made.length; at += 250) {
    const part = made.slice(at, at + 250);
    const answers = await clear(
      context,
      part.map(({ filer, body, raw }) => ({ filer, by: 'test', body, raw, receivedMs: clock.now(), seeded: false })),
      'bulk',
    );
    assert.ok(answers.every(({ ok }) => ok));
  }
}

// The first day ends at rest and goes into an archive; on the second and third parcels of every kind were filed.
assert.equal((await land([await file('gift'), await file('gift')])).released, 2);
clock.advance(dayMs);
await ensurePartitions(context);
const back = await file('low-value');
await watch('some', 'movement == "import"', '5');
await fileMany(1_300);
for (let many = 0; many < 6; many += 1)
  await file('low-value', {}, (body) => (body.declaration.dispatch = many < 3 ? 'FJ' : 'WS'));
const held = await file('ordinary', {}, (body) =>
  Object.assign(body.declaration.goods[0], { commodity: '910219', category: undefined }),
);
clock.advance(dayMs);
await ensurePartitions(context);
await fileMany(900);
const { id: caseId, stamp } = (await casesOf(db, [held.id])).find((one) => one.procedure === 'held-parcel')!;
const cheaper = await decideHeld(context, principal('customs'), {
  case: caseId,
  move: 'release-changed',
  stamp,
  ground: 'Customs Code, art. 46',
  reason: 'agencies/looked-at',
  remedy: 'clearance/object-to-change',
  accepted: { lines: [{ line: 1, price: { currency: 'XPN', amount: '140.00' } }] },
});
assert.ok(cheaper.ok, JSON.stringify(cheaper));
const taken = { ground: 'order-cancelled', reason: 'the buyer wrote' } as const;
assert.ok((await cancel(context, principal(back.filer), back.id, taken)).ok);
clock.advance(dayMs);
await ensurePartitions(context);
await window.settle();
const inOctober = { ...context, clock: fixedClock('2026-10-02T08:00:00.000Z') };
assert.ok((await startRun(inOctober, principal('customs'), { month: '2026-09' })).ok);
await closeNow(inOctober);
const archive = ['archive', '--out', folder, '--before', '2026-09-02', '--drop'] as const;
const archived = await portolan({ DATABASE_URL: window.test.url }, ...archive);
assert.equal(archived.code, 0, archived.err);

const [first, second, last] = ['2026-09-01', '2026-09-02', '2026-09-04'];
const lower = await draftWith(context, { 'values.json': valueFrom('low-value-limit', '2026-08-01', '90.00') });

/** Somebody of an authority who signs in with a password that he set himself. */
async function signedIn(name: string, roles: readonly string[], authority: string) {
  const body = { name, shown: name, roles, authority };
  const made = await window.ask({ method: 'POST', url: '/v1/administration/users', as: 'customs', body });
  assert.equal(made.status, 201, made.text);
  const person = browser(window);
  const link = new URL(made.body.link).pathname;
  const password = 'rope and lantern and tide';
  assert.equal((await person.post(link, link, { password, again: password })).statusCode, 303);
  return person;
}

const start = (draft: string, body: object, as = 'tax'): Promise<Told> =>
  window.ask({ method: 'POST', url: `/v1/law/drafts/${draft}/replays`, as, body });
const read = (id: string, as = 'tax'): Promise<Told> => window.ask({ url: `/v1/replays/${id}`, as });

/** Starts a replay, lets it be worked on, and gives what it came to. */
async function replayed(draft: string, body: object): Promise<any> {
  const told = await start(draft, body);
  assert.equal(told.status, 202, told.text);
  assert.equal(told.headers['location'], `/v1/replays/${told.body.id}`);
  await window.settle();
  const done = await read(told.body.id);
  assert.equal(done.body.state, 'done', done.text);
  return done.body;
}

const found = async (draft: string): Promise<Draft> => {
  const { epoch } = context.reference.current();
  return (await db.tx((tx) => draftOf(tx, draft, 'xp', epoch)))!;
};

/** The same worked out parcel by parcel. */
async function plainly(draft: string, period: { from: string; until: string; assumed: string | null }): Promise<Plain> {
  const facts = await Array.fromAsync(factsOf(context, period.from, period.until));
  return recomputed(facts, await found(draft), period.assumed);
}

test('a draft held against stored parcels comes to what a plain loop over every one of them comes to', async () => {
  const before = await window.rows();
  const { result, assumed } = await replayed(lower, { from: first, until: last });
  assert.equal(assumed, 'own');
  assert.deepEqual(totalsOf(result), await plainly(lower, { from: second, until: last, assumed: null }));
  assert.ok(result.parcels > 2_000 && result.changed > 20, `${result.changed} of ${result.parcels}`);
  assert.ok(result.outcomes.some(({ from, to }: any) => from === 'cleared' && to !== 'cleared'));
  const { waiting, ...leftOut } = result.leftOut;
  assert.deepEqual(leftOut, { cancelled: 1, archived: [{ day: first, parcels: 2 }] });
  assert.ok(waiting > 5, String(waiting));
  assert.equal(result.byOfficer, 1);
  assert.ok(result.claimed.parcels > 1_000, String(result.claimed.parcels));
  assert.equal(result.decidedOtherwise, 0);
  // Nothing of any parcel, account or notice has moved.
  const moved = Object.entries(await window.rows()).filter(([name, rows]) => before[name] !== rows);
  assert.deepEqual(
    moved.map(([name]) => name).filter((name) => !/replay|journal|transparency|cursors|requests/.test(name)),
    [],
  );
});

test('a draft that begins later is replayed as if it were law, and only what it changes shows', async () => {
  const later = await draftWith(context, {
    'values.json': (values) => {
      valueFrom('low-value-limit', '2026-10-01', '60.00')(values);
      valueFrom('tax.standard', '2026-10-01', '0.15')(values);
    },
  });
  const asIf = await replayed(later, { from: second, until: last });
  assert.equal(asIf.assumed, '2026-10-01');
  const period = { from: second, until: last };
  assert.deepEqual(totalsOf(asIf.result), await plainly(later, { ...period, assumed: '2026-10-01' }));
  assert.ok(asIf.result.changed > 200, String(asIf.result.changed));
  // On its own day each parcel comes before the draft, which changes nothing then.
  const own = await replayed(later, { ...period, assumed: 'own' });
  assert.equal(own.result.changed, 0);
  assert.deepEqual(own.result.examples, []);
  assert.equal(own.result.revenue.difference.amount, '0.00');
  assert.deepEqual(totalsOf(own.result), await plainly(later, { ...period, assumed: null }));
});

test('what cannot be decided under a draft is counted with the facts that are missing, never with an amount', async () => {
  const asking = await draftWith(context, {
    'charges.json': (charges) => {
      for (const charge of charges) if (charge.id === 'service-fee') charge.when = 'procedure == "4000"';
    },
  });
  const { result } = await replayed(asking, { from: second, until: last });
  assert.deepEqual(totalsOf(result), await plainly(asking, { from: second, until: last, assumed: null }));
  assert.ok(result.undecided.after > result.undecided.before, JSON.stringify(result.undecided));
  assert.ok(result.undecided.missing.some(({ fact }: any) => fact === 'declaration.procedure'));
});

test('a replay is worked on by processes of its own, and one killed in the middle of it changes no figure', async () => {
  const whole = await replayed(lower, { from: second, until: last });
  const told = await start(lower, { from: second, until: last });
  process.env['DATABASE_URL'] = window.test.url;
  after(() => delete process.env['DATABASE_URL']);
  const own = { ...context, config: { ...context.config, databaseUrl: window.test.url } };
  const worker = replayWorker(own, 50);
  const { id } = told.body;
  const childrenNow = (): number[] => handsOf('replay-child.ts', id);
  const doneNow = async (): Promise<number> => (await progressOf(db, id)).done;
  let killed = 0;
  for (let state = ''; state !== 'done'; state = (await read(id)).body.state) {
    await worker.step(db);
    const children = childrenNow();
    if (killed < 2 && children.length > 0 && (await doneNow()) > killed * 10) {
      assert.equal(priorityOf(children[0]!), 19);
      for (const child of children) process.kill(child, 'SIGKILL');
      killed += 1;
    }
    await delay(20);
  }
  assert.equal(killed, 2);
  const { examples: _, ...figures } = (await read(id)).body.result;
  const { examples: __, ...same } = whole.result;
  assert.deepEqual(figures, same);
  // The one that did the last range may still be about to end.
  assert.ok(await until(() => childrenNow().length === 0, 5_000), 'none is left');
});

test('a replay that somebody ends comes to nothing, and the next one is worked on', async () => {
  const { id } = (await start(lower, { from: second, until: last })).body;
  assert.equal((await read(id)).body.state, 'planning');
  const worker = replayWorker(context, 50);
  for (let steps = 0; steps < 4; steps += 1) assert.equal(await worker.step(db), true);
  const going = (await read(id)).body;
  assert.equal(going.state, 'running');
  assert.equal(going.progress.done, 3);
  assert.ok(going.progress.ranges > 40 && going.progress.parcels > 100, JSON.stringify(going.progress));
  const end = (as: string) => window.ask({ method: 'POST', url: `/v1/replays/${id}/cancellation`, as });
  assert.equal((await end('market')).status, 403);
  const ended = await end('tax');
  assert.deepEqual([ended.status, ended.body.state, ended.body.result], [200, 'cancelled', undefined]);
  assert.equal((await end('tax')).body.code, 'clearance/replay-ended');
  assert.equal(await worker.step(db), false);
  assert.equal((await replayed(lower, { from: second, until: '2026-09-03' })).state, 'done');
});

test('who may start a replay, and what each authority sees of it', async () => {
  const period = { from: second, until: last };
  for (const [as, status] of [
    ['market', 403],
    ['exchange', 403],
    ['court-of-accounts', 403],
    ['XP-POST', 403],
    ['commerce', 202],
    ['customs', 202],
  ] as const)
    assert.equal((await start(lower, period, as)).status, status, as);
  const nobody = await window.ask({ method: 'POST', url: `/v1/law/drafts/${lower}/replays`, body: period });
  assert.equal(nobody.status, 401);
  const { id } = await replayed(lower, period);
  const list = await window.ask({ url: `/v1/law/drafts/${lower}/replays`, as: 'tax' });
  assert.equal(list.body.replays[0].id, id);
  for (const as of ['XP-POST', 'post', 'quarantine']) {
    assert.equal((await read(id, as)).status, as === 'quarantine' ? 200 : 404, as);
    assert.equal(
      (await window.ask({ url: `/v1/law/drafts/${lower}/replays`, as })).status,
      as === 'quarantine' ? 200 : 404,
    );
  }
  // The ministry reads decisions and never learns what was charged; the tax office sees both.
  const seen = (await read(id, 'commerce')).body.result;
  assert.ok(seen.outcomes.length > 1 && seen.countries.length > 1);
  assert.doesNotMatch(JSON.stringify(seen), /"(before|after|difference|revenue|charges)":\{|XPN/);
  assert.ok((await read(id)).body.result.revenue.difference.amount);
});

test('a bad period or draft is refused by the field and the remedy', async () => {
  for (const [body, code, pointer] of [
    [{ from: '2026-09-02', until: '2026-09-02' }, 'clearance/period-empty', '/until'],
    [{ from: '2020-01-01', until: '2026-09-02' }, 'clearance/period-long', '/until'],
    [{ from: '2026-02-30', until: '2026-09-02' }, 'clearance/day-invalid', '/from'],
    [{ from: '2026-09-01', until: '2026-09-02', assumed: '2026-02-31' }, 'clearance/day-invalid', '/assumed'],
  ] as const) {
    const told = await start(lower, body);
    assert.deepEqual([told.status, told.body.code, told.body.errors[0].pointer], [400, code, pointer], told.text);
  }
  assert.equal((await start(lower, { from: '2026-09-01' })).status, 400);
  const elsewhere = await start('01900000-0000-7000-8000-000000000000', { from: second, until: last });
  assert.deepEqual([elsewhere.status, elsewhere.body.code], [404, 'clearance/draft-unknown']);
});

test('a result names nobody, and an example opens only for whoever may see its parcel', async () => {
  const { id, result } = await replayed(lower, { from: second, until: last });
  const page = await signedIn('dora', ['officer'], 'tax');
  const shown = [
    JSON.stringify(result),
    (await page.get(`/replays/${id}`)).body,
    (await page.get(`/replays/${id}/result.csv`)).body,
  ];
  const [names] = await db.query<{ parties: string[]; ids: string[] }>(
    `select array(select identifier from parties.parties) as parties,
       array(select id::text from clearance.declarations) as ids`,
  );
  for (const text of shown)
    for (const word of [...names!.parties, ...names!.ids]) assert.ok(!text.includes(word), word);
  const [flip] = result.examples.filter(({ from, to }: any) => from !== to);
  const at = `/replays/${id}/examples/${flip.handles[0]}`;
  const opened = await window.ask({ url: `/v1${at}`, as: 'tax' });
  assert.equal(opened.status, 200, opened.text);
  assert.equal((await page.get(at)).headers.location, `/parcels/${opened.body.consignment}`);
  assert.equal((await window.ask({ url: `/v1${at}`, as: 'XP-POST' })).status, 404);
  assert.equal((await page.get(`/replays/${id}/examples/AAAAAAAAAAAAAAAA`)).statusCode, 404);
  // The same parcels have other names in another replay.
  const again = await replayed(lower, { from: second, until: last });
  const handles = (one: any): string[] => one.examples.flatMap((example: any) => example.handles);
  assert.deepEqual(
    handles(again.result).filter((handle) => handles(result).includes(handle)),
    [],
  );
});

test('an officer starts a replay on a page, sees it go on without a script, and reads and takes away what it came to', async () => {
  const person = await signedIn('dino', ['officer'], 'tax');
  const list = `/law/changes/${lower}/replays`;
  const form = { from: '2026-09-02', until: '2026-09-02', assumed: '' };
  const wrong = await person.post(list, list, form);
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /The period ends before it begins/);
  assert.equal((await person.bare(list, form)).statusCode, 422, 'a form without its token');
  const asked = await person.post(list, list, { ...form, until: '2026-09-04' });
  const at = asked.headers.location!;
  const going = await person.get(at);
  assert.equal(going.headers['refresh'], '3');
  assert.match(going.body, /Waiting to start/);
  await window.settle();
  const done = await person.get(at);
  assert.equal(done.headers['refresh'], undefined);
  const id = at.slice('/replays/'.length);
  const { result } = (await read(id)).body;
  for (const text of [
    'Outcomes that flip',
    'What is charged',
    'Sellers',
    'Country of dispatch',
    '<rect class="chart__bar"',
  ])
    assert.ok(done.body.includes(text), text);
  const lines = (await person.get(`${at}/result.csv`)).body.split('\r\n');
  assert.equal(lines[0], 'part,from,to,parcels,changed,currency,before,after,difference');
  const { before, after: then, difference } = result.revenue;
  const amounts = [before, then, difference].map(({ amount }) => amount).join();
  assert.equal(lines[1], `all,,,${result.parcels},${result.changed},XPN,${amounts}`);
  assert.equal(lines.filter((line) => line.startsWith('outcomes,')).length, result.outcomes.length);
  const reader = await signedIn('cora', ['officer'], 'exchange');
  assert.doesNotMatch((await reader.get(list)).body, /Start the replay/);
  assert.equal((await reader.post(list, list, { ...form, until: '2026-09-04' })).statusCode, 422);
  assert.doesNotMatch((await reader.get(at)).body, /\bXPN\b/);
  const stranger = await browser(window).get(at);
  assert.deepEqual([stranger.statusCode, stranger.headers.location], [303, `/sign-in?next=${encodeURIComponent(at)}`]);
});

const days = fc.constantFrom('2026-08-15', '2026-09-03', '2026-10-01');
const values: readonly (readonly [name: string, max: number, places: number])[] = [
  ['low-value-limit', 30_000, 2],
  ['yearly-limit', 200_000, 2],
  ['gift-limit', 12_000, 2],
  ['category-cap', 10_000, 2],
  ['spirits-limit', 5, 0],
  ['tax.standard', 40, 2],
  ['tax.reduced', 40, 2],
  ['service-fee', 2_000, 2],
];
const valueChange = fc
  .constantFrom(...values)
  .chain(([name, max, places]) =>
    fc.record({ name: fc.constant(name), minor: fc.integer({ min: 0, max }), places: fc.constant(places) }),
  );
const lawChange: fc.Arbitrary<(rules: { charges: any; routes: any }) => void> = fc.oneof(
  fc.constant(() => undefined),
  fc.constantFrom('sale', 'withheld', 'none').map(
    (collect) =>
      ({ charges }: any) =>
        void (charges[0].collect = collect),
  ),
  fc.constantFrom('importer', 'seller').map(
    (liable) =>
      ({ charges }: any) =>
        void (charges[1].liable = liable),
  ),
  fc.constantFrom('procedure == "4000"', 'dispatch == "XL"').map(
    (when) =>
      ({ charges }: any) =>
        void (charges.at(-1).when = when),
  ),
  fc.constant(({ charges }: any) => void (charges.length = 3)),
  fc.constantFrom('order', 'payment').map((slip) => ({ routes }: any) => {
    for (const route of routes) if (route.id === 'ordinary') route.slips = ['transport', slip];
  }),
  fc.constant(({ routes }: any) => {
    for (const route of routes) if (route.id === 'low-value') route.applies = 'dispatch != "XL"';
  }),
);

test('whatever a draft changes, summed up in ranges it comes to what a plain loop comes to', async () => {
  const facts = await Array.fromAsync(factsOf(context, '2026-09-03', '2026-09-04'));
  const { low, high } = idsOf(dayOf('2026-09-03'));
  const rows = await replayedBetween(db, low, high);
  assert.equal(rows.length, facts.length);
  let changed = 0;
  const drafts = fc.record({
    from: days,
    some: fc.array(valueChange, { maxLength: 3 }),
    law: lawChange,
    shifted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(drafts, fc.integer({ min: 1, max: 400 }), async ({ from, some, law, shifted }, cut) => {
      const draft = await draftWith(context, {
        'values.json': (content) => {
          for (const { name, minor, places } of some)
            valueFrom(name, from, formatDecimal({ digits: BigInt(minor), scale: places }))(content);
        },
        'charges.json': (charges) => law({ charges, routes: [] }),
        'routes.json': (routes) => law({ charges: [{}, {}, {}, {}], routes }),
      });
      const { current, candidate } = await found(draft);
      const assumed = shifted ? dayOf(from) : null;
      const sums = new Sums();
      for (let at = 0; at < rows.length; at += cut) {
        const tally = new Tally({ current, candidate, assumed }, Buffer.alloc(32));
        for (const row of rows.slice(at, at + cut)) tally.add(row);
        sums.merge(tally.sums.write());
      }
      const result = resultOf(sums, current.currency, []);
      changed += result.changed > 0 ? 1 : 0;
      assert.deepEqual(totalsOf(result), recomputed(facts, { current, candidate }, assumed));
    }),
    { numRuns: tries(12) },
  );
  assert.ok(changed > 3, `only ${changed} drafts changed anything`);
});
