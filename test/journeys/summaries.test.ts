import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '#kernel/id.ts';
import { setStatus } from '#modules/clearance/store-parcels.ts';
import { clear } from '#modules/clearance/index.ts';
import { ids, parcel as invent } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { append } from '#platform/journal.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/** A month of checklists, from their release to the summary declarations and the figures that everybody reads. */

const clock = fixedClock('2026-03-05T08:00:00.000Z');
const window = await openWindow({ clock });
const { db } = window.context;
const { file, land } = shipper(window, clock, 'SUM');

const ask = (url: string, as?: string): Promise<Told> => window.ask({ url, ...(as === undefined ? {} : { as }) });
async function got(url: string, as?: string): Promise<any> {
  const told = await ask(url, as);
  assert.equal(told.status, 200, told.text);
  return told.body;
}
const start = (as: string, month: string, declarant?: string): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/summaries/runs', as, body: { month, ...(declarant ? { declarant } : {}) } });
async function closed(as: string, month: string, declarant?: string): Promise<any> {
  const told = await start(as, month, declarant);
  assert.equal(told.status, 202, told.text);
  assert.equal(told.headers['location'], `/v1/summaries/runs/${told.body.id}`);
  await window.settle();
  const run = await got(`/v1/summaries/runs/${told.body.id}`, as);
  assert.equal(run.state, 'done');
  return run;
}
const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));
const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, one) => total + cents(one), 0n);
const priceOf = ({ body }: Filed): string => body.declaration.goods[0].price.amount;

// Two declarants; watches for the bag of one seller more, so that figures have enough traders behind them.
const own = { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor };
const small = { filer: ids.smallest, declarant: ids.smallest, guarantor: null };
const many: Filed[] = [];
for (let index = 0; index < 6; index += 1) many.push(await file('low-value'));
for (let index = 0; index < 3; index += 1) many.push(await file('low-value', { standing: own, seller: ids.seller }));
many.push(await file('low-value', { standing: small, seller: ids.smallest }));
const dear = await file('ordinary');
const gifts = [await file('gift'), await file('gift')];
const leaving = await file('low-value', { standing: own, seller: ids.seller }, ({ declaration }) =>
  Object.assign(declaration, { movement: 'export', route: 'export-simple', dispatch: 'XP', destination: 'XL' }),
);
const staying = await file('low-value');
const answer = await land([...many, dear, ...gifts, leaving]);
assert.equal(answer.released, 14, JSON.stringify(answer));
await window.settle();

test('a month that goes on is not closed, nor by whom it does not concern', async () => {
  const open = await start('customs', '2026-03');
  assert.deepEqual(
    [open.status, open.body.code, open.body.errors[0].pointer],
    [409, 'statistics/month-open', '/month'],
  );
  assert.equal((await start(ids.agent, '2026-02')).body.code, 'statistics/run-not-yours', 'for everybody');
  assert.equal((await start(ids.seller, '2026-02', ids.agent)).status, 403, 'for somebody else');
  assert.equal((await start('customs', '2026-3')).status, 400);
  const waiting = await got(`/v1/consignments/${many[0]!.id}/summary`, ids.agent);
  assert.deepEqual([waiting.state, waiting.month, waiting.summary], ['pending', '2026-03', null]);
  assert.deepEqual((await got('/v1/statistics')).months, [], 'nothing is published before');
});

test('S39 checklists roll up into summary declarations and statistics, nothing counted twice', async () => {
  clock.advance(30 * 86_400_000);
  const mine = await closed(ids.seller, '2026-03', ids.seller);
  assert.equal(mine.progress.checklists, 4, 'a declarant closes his own month alone');
  assert.deepEqual((await got('/v1/statistics')).months, [], 'and nothing of it is published by itself');
  const run = await closed('customs', '2026-03');
  assert.equal(run.progress.checklists, 10, 'the rest, once');
  assert.equal((await closed('customs', '2026-03')).progress.checklists, 0, 'again there is nothing left');

  const { summaries } = await got('/v1/summaries?month=2026-03', 'customs');
  const rules = summaries.map(({ rule, declarant, due }: any) => [rule, declarant, due]);
  assert.equal(rules.filter(([rule]: string[]) => rule === 'monthly-export').length, 1);
  assert.ok(
    rules.every(([, , due]: string[]) => due === '2026-04-15'),
    'due on the day that the law names',
  );
  assert.deepEqual(
    new Set(rules.map(([, declarant]: string[]) => declarant)),
    new Set([ids.agent, ids.seller, ids.smallest]),
  );
  const views = [];
  for (const { id } of summaries) views.push(await got(`/v1/summaries/${id}`, 'customs'));
  const lines = views.flatMap((view: any) => view.lines.map((line: any) => ({ ...line, summary: view.id })));
  assert.equal(sum(lines.map(({ now }: any) => now.value.amount)), sum([...many, leaving].map(priceOf)));
  assert.ok(lines.every(({ filed, now }: any) => JSON.stringify(filed) === JSON.stringify(now)));

  // Both ways: each line lists its checklists, each checklist its line.
  const listed = new Map<string, string>();
  for (const { summary, number, now } of lines) {
    const { checklists, next } = await got(`/v1/summaries/${summary}/lines/${number}`, 'customs');
    assert.equal(next, null);
    assert.equal(sum(checklists.map(({ sums }: any) => sums.value.amount)), cents(now.value.amount));
    for (const { checklist } of checklists) {
      assert.ok(!listed.has(checklist), 'no checklist stands twice');
      listed.set(checklist, summary);
    }
  }
  assert.deepEqual([...listed.keys()].sort(), [...many, leaving].map(({ id }) => id).sort());
  for (const [id, summary] of listed) {
    const place = await got(`/v1/consignments/${id}/summary`, 'customs');
    assert.deepEqual([place.summary, place.lines[0].summary, place.state], [summary, summary, 'booked']);
  }
});

test('what is not merged is listed with its reason', async () => {
  const { checklists } = await got('/v1/summaries/alone?month=2026-03', 'customs');
  const reasons = new Map(checklists.map(({ checklist, reason }: any) => [checklist, reason]));
  assert.equal(reasons.get(dear.id), 'not-merged');
  for (const { id } of gifts) assert.equal(reasons.get(id), 'statistics-only');
  assert.equal(reasons.size, 3);
  const late = await ask(`/v1/consignments/${staying.id}/summary`, ids.agent);
  assert.deepEqual(
    [late.status, late.body.code],
    [404, 'statistics/not-booked'],
    'what was not released is in no book',
  );
});

test('a declarant sees his own summaries and nobody else’s, and figures are for authorities', async () => {
  const { summaries } = await got('/v1/summaries?month=2026-03', ids.seller);
  assert.ok(summaries.length > 0 && summaries.every(({ declarant }: any) => declarant === ids.seller));
  const all = (await got('/v1/summaries?month=2026-03', 'customs')).summaries;
  const other = all.find(({ declarant }: any) => declarant === ids.agent);
  for (const url of [`/v1/summaries/${other.id}`, `/v1/summaries/${other.id}/lines/1`])
    assert.deepEqual((await ask(url, ids.smallest)).body.code, 'statistics/summary-unknown');
  assert.equal((await ask(`/v1/consignments/${many[0]!.id}/summary`, ids.smallest)).status, 404);
  assert.equal((await ask('/v1/summaries')).status, 401);
  assert.equal((await ask('/v1/statistics/figures?month=2026-03', ids.seller)).status, 403);
  const { figures } = await got('/v1/statistics/figures?month=2026-03', 'customs');
  const everything = [...many, dear, leaving, ...gifts].map(priceOf);
  assert.equal(
    sum(figures.map(({ value }: any) => value.amount)),
    sum(everything),
    'figures cover everything released',
  );
});

test('what is published shows no row behind which fewer than three traders stand, and none that would tell it', async () => {
  const { months } = await got('/v1/statistics');
  assert.deepEqual(
    months.map(({ month }: any) => month),
    ['2026-03'],
  );
  const { rows } = await got('/v1/statistics/2026-03');
  const of = (movement: string, breakdown: string): any[] =>
    rows.filter((row: any) => row.movement === movement && row.breakdown === breakdown);
  assert.equal(of('export', 'all')[0].items, null, 'one exporter alone is nobody’s business');
  assert.ok(of('import', 'all')[0].items > 10);
  const routes = of('import', 'route');
  assert.equal(routes.find(({ key }) => key === 'gift-post').items, null, 'the post stands alone behind gifts');
  assert.ok(routes.filter(({ items }) => items === null).length >= 2, 'and not alone in being withheld');
  const csv = await ask('/statistics/2026-03.csv');
  assert.match(csv.text, /^month,movement,by,key,checklists,items,value,currency,netWeight\r\n/);
  assert.match(csv.text, /\r\n2026-03,export,all,,,,,,\r\n/);
  assert.equal((await ask('/v1/statistics/2026-01')).body.code, 'statistics/month-unpublished');
});

test('S39 corrections flow through: what comes back or is taken back later is booked by the difference, dated, with its ground', async () => {
  const [back, taken] = [many[0]!, leaving];
  const place = await got(`/v1/consignments/${back.id}/summary`, 'customs');
  const before = await got(`/v1/summaries/${place.summary}`, 'customs');
  const value = cents(priceOf(back));
  clock.advance(86_400_000);
  await db.tx(async (tx) => {
    const quantity = back.body.declaration.goods[0].quantity;
    await tx.query(
      `insert into clearance.returned_lines (id, return, line, quantity, value_minor, net_weight, gross_weight)
       values ($1, $2, 1, $3::text::numeric, $4, $5::text::numeric, null)`,
      [back.id, newId(clock.now()), quantity, value, back.body.declaration.goods[0].netWeight],
    );
    await append(tx, [{ kind: 'clearance.returned', subject: back.id, data: { status: 'released', version: 1 } }]);
    const [moved] = await setStatus(tx, [taken.id], 'cancelled', clock.instant());
    const { id: subject, ...data } = moved!;
    await append(tx, [{ kind: 'clearance.cancelled', subject, data }]);
  });
  await window.settle();
  const after = await got(`/v1/summaries/${place.summary}`, 'customs');
  assert.deepEqual(
    after.lines.map(({ filed }: any) => filed),
    before.lines.map(({ filed }: any) => filed),
    'what was filed stays as it was',
  );
  const total = (view: any, which: string): bigint => sum(view.lines.map((line: any) => line[which].value.amount));
  assert.equal(total(after, 'now'), total(before, 'now') - value);
  assert.deepEqual(
    after.corrections.map(({ checklist, ground, period, at, sums }: any) => [
      checklist,
      ground,
      period,
      at,
      sums.value.amount,
    ]),
    [[back.id, 'returned', '2026-04', clock.instant(), `-${priceOf(back)}`]],
    'in the month in which it became known',
  );
  const export_ = await got(`/v1/consignments/${taken.id}/summary`, 'customs');
  assert.deepEqual(
    export_.corrections.map(({ ground, period }: any) => [ground, period]),
    [['cancelled', '2026-03']],
    'for exports the law corrects the month itself',
  );
  const figures = async (month: string): Promise<bigint> =>
    sum((await got(`/v1/statistics/figures?month=${month}`, 'customs')).figures.map(({ value: of }: any) => of.amount));
  const all = [...many, dear, leaving, ...gifts].map(priceOf);
  assert.equal(await figures('2026-03'), sum(all) - cents(priceOf(taken)));
  assert.equal(await figures('2026-04'), -value);
  assert.equal((await got('/v1/statistics/2026-03')).published < clock.instant(), true, 'published figures wait');
});

test('S38 hundreds of parcels released by their checklists are summed up afterwards, in as many lines as the law asks for', async () => {
  const made = Array.from({ length: 400 }, (_, index) =>
    invent({ seed: 8, index, at: clock.now(), run: 'SUMMED', kind: 'low-value', buyers: 900 }),
  );
  const answers = await clear(
    window.context,
    made.map(({ filer, body, raw }) => ({ filer, by: 'test', body, raw, receivedMs: clock.now(), seeded: false })),
    'bulk',
  );
  assert.ok(answers.every((one) => one.ok && one.value.status === 'cleared'));
  const landed = await land(made.map((one) => ({ ...one, id: '', declaration: '' })));
  assert.equal(landed.released, 400);
  await window.settle();
  clock.advance(30 * 86_400_000);
  const run = await closed('customs', '2026-04');
  assert.equal(run.progress.checklists, 400);
  const { summaries } = await got('/v1/summaries?month=2026-04', 'customs');
  assert.equal(summaries.length, 1, 'one declarant, one way in, one summary');
  const { lines, filed } = await got(`/v1/summaries/${summaries[0].id}`, 'customs');
  assert.ok(filed !== null && lines.length < 200, `${lines.length} lines`);
  const sums = (field: string): number => lines.reduce((total: number, { now }: any) => total + now[field], 0);
  assert.equal(sums('items'), 400);
  assert.equal(
    sum(lines.map(({ now }: any) => now.value.amount)),
    sum(made.map(({ body }) => body.declaration.goods[0]!.price.amount)),
  );
});

test('on the day on which the law has summaries due, a month that nobody has closed is closed', async () => {
  // The closing of April ended on 4 May; what is released in May is due on 15 June.
  const late = await file('low-value');
  assert.equal((await land([late])).released, 1);
  const run = async (): Promise<any> => (await got('/v1/summaries/runs', 'customs')).runs[0];
  clock.advance(Date.parse('2026-06-14T20:00:00.000Z') - clock.now());
  await window.settle();
  assert.equal((await run()).month, '2026-04', 'not before');
  clock.advance(Date.parse('2026-06-14T22:30:00.000Z') - clock.now());
  await window.settle();
  const { month, state, progress } = await run();
  assert.deepEqual(
    [month, state, progress.checklists],
    ['2026-05', 'done', 1],
    'the day begins by the clocks of Ponenta',
  );
});
