import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act, caseOf, claim, queue } from '#modules/cases/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { addToReport } from '#modules/readiness/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Readiness and reports of fraud, over HTTP and without an account. */

const clock = fixedClock('2026-09-10T08:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const post = (url: string, body: unknown): Promise<Told> => window.ask({ method: 'POST', url, body });

test('S90 twenty questions in four areas give scores, what the software brings, and a link that holds the answers', async () => {
  const answers = `${'2'.repeat(5)}${'1'.repeat(5)}${'0'.repeat(5)}${'-'.repeat(5)}`;
  const told = await window.ask({ url: `/v1/readiness?answers=${answers}` });
  assert.deepEqual(
    told.body.areas.map(({ area, points, most, answered }: any) => [area, points, most, answered]),
    [
      ['transactions', 10, 10, 5],
      ['logistics', 5, 10, 5],
      ['payment', 0, 10, 5],
      ['law', 0, 10, 0],
    ],
  );
  assert.equal((await window.ask({ url: '/v1/readiness?answers=3' })).body.code, 'readiness/answers');
  const rows = await window.rows();
  const form = await window.app.inject({ method: 'GET', url: '/readiness?network=2&law=9&go=1' });
  assert.equal(form.headers['location'], `/readiness?answers=2${'-'.repeat(19)}`);
  const page = await window.app.inject({ method: 'GET', url: `/readiness?answers=${answers}` });
  assert.equal(page.statusCode, 200);
  for (const words of ['38 %', '15 of 20', answers, 'chart__bar', 'Find my parcel: where'])
    assert.ok(page.body.includes(words), words);
  assert.deepEqual(await window.rows(), rows);
});

test('S08 fraud is reported by anybody, lies on the desk of the market’s watch, and is followed by its number', async () => {
  const report = { kind: 'false-message', text: 'They ask for 3 coins.', where: 'www.example', contact: 'me@example' };
  const told = await post('/v1/fraud-reports', report);
  assert.equal(told.status, 201, told.text);
  const { number } = told.body;
  assert.match(number, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const url = `/v1/fraud-reports/${number}`;
  const seen = await window.ask({ url });
  assert.deepEqual([seen.body.state, seen.body.desk, seen.body.said.length], ['open', 'market', 3]);
  assert.equal((await window.ask({ url: url.toLowerCase() })).body.state, 'open');
  assert.equal((await window.ask({ url: '/v1/fraud-reports/AAAA-AAAA-AAAA' })).status, 404);

  const officer = principalOfClient(context.reference.current(), window.key('market'), '2026-09-10')!;
  const { cases } = await queue(context.db, { desk: 'market', procedure: 'fraud-report' }, clock.instant());
  const { id } = cases[0]!;
  const page = await window.ask({ url: `/cases/${id}`, as: 'market' });
  for (const words of ['Fraud reported', 'They ask for 3 coins.', 'me@example'])
    assert.ok(page.text.includes(words), words);
  const step = (move: string, more: object) =>
    context.db.tx(async (tx) => {
      const { stamp } = (await caseOf(tx, id))!;
      return act(context, tx, officer, { case: id, stamp, move, ...more });
    });
  assert.ok((await step('ask', { note: 'From which number?' })).ok);
  const answered = await addToReport(context, number, 'From 555 0100.', '203.0.113.9');
  assert.ok(answered.ok && answered.value.state === 'looking');
  const decision = {
    ground: 'Market Act, art. 21',
    reason: 'The number was shut off.',
    remedy: 'clearance/none-needed',
  };
  assert.ok((await step('act-on', { decision })).ok);
  const after = await window.ask({ url });
  assert.deepEqual([after.body.state, after.body.said.at(-1).reasons.reason], ['acted-on', 'The number was shut off.']);
  assert.ok(!(await addToReport(context, number, 'More.', '203.0.113.9')).ok);
  assert.ok(!(await context.db.tx((tx) => claim(context, tx, officer, { case: id, stamp: 9 }))).ok);
});

test('nothing is reported without words, and nobody floods the desk', async () => {
  assert.equal((await post('/v1/fraud-reports', { kind: 'other', text: ' ' })).body.code, 'readiness/nothing-said');
  const told: number[] = [];
  for (let times = 0; times < 11; times += 1)
    told.push((await post('/v1/fraud-reports', { kind: 'other', text: 'x' })).status);
  assert.equal(told.at(-1), 429);
});
