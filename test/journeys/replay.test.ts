import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { casesOf } from '#modules/cases/index.ts';
import { cancel } from '#modules/clearance/cancel.ts';
import { clear, decideHeld, ensurePartitions } from '#modules/clearance/index.ts';
import { parcel as invent } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { draftOf } from '#modules/rulebook/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { portolan } from '../support/command.ts';
import { draftWith, valueFrom } from '../support/draft.ts';
import { shipper } from '../support/parcels.ts';
import { type Plain, recomputed, totalsOf } from '../support/recompute.ts';
import { openWindow, type Told } from '../support/window.ts';

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
const archive = ['archive', '--out', folder, '--before', '2026-09-02', '--drop'] as const;
const archived = await portolan({ DATABASE_URL: window.test.url }, ...archive);
assert.equal(archived.code, 0, archived.err);

const [first, second, last] = ['2026-09-01', '2026-09-02', '2026-09-04'];
const lower = await draftWith(context, { 'values.json': valueFrom('low-value-limit', '2026-08-01', '90.00') });

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

/** The same worked out parcel by parcel. */
async function plainly(draft: string, period: { from: string; until: string; assumed: string | null }): Promise<Plain> {
  const { epoch } = context.reference.current();
  const found = await db.tx((tx) => draftOf(tx, draft, 'xp', epoch));
  return recomputed(context, found!, period);
}

test('a draft held against stored parcels comes to what a plain loop over every one of them comes to', async () => {
  const before = await window.rows();
  const { result, assumed } = await replayed(lower, { from: first, until: last });
  assert.equal(assumed, 'own');
  assert.deepEqual(totalsOf(result), await plainly(lower, { from: second!, until: last!, assumed: null }));
  assert.ok(result.parcels > 2_000 && result.changed > 20, `${result.changed} of ${result.parcels}`);
  assert.ok(result.outcomes.some(({ from, to }: any) => from === 'cleared' && to !== 'cleared'));
  assert.deepEqual(result.leftOut, { cancelled: 1, archived: [{ day: first, parcels: 2 }] });
  assert.equal(result.byOfficer, 1);
  assert.ok(result.withoutDecision > 0 && result.claimed.parcels > 0);
  assert.equal(result.decidedOtherwise, 0);
  // Nothing of any parcel, account or notice has moved.
  const moved = Object.entries(await window.rows()).filter(([name, rows]) => before[name] !== rows);
  assert.deepEqual(
    moved.map(([name]) => name).filter((name) => !/replay|journal|transparency|cursors/.test(name)),
    [],
  );
});
