import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ids } from '#modules/demo/index.ts';
import { linesMax, perMinute, scoreMax } from '#modules/commodity/model.ts';
import { codesFor } from '#modules/commodity/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { shipper } from '../support/parcels.ts';
import { browser, openWindow, type Told } from '../support/window.ts';

/** Commodity help: codes for goods described in words, kept apart from every decision. */

const clock = fixedClock('2026-11-23T08:00:00.000Z');
const window = await openWindow({ clock });
const said = (text: string, language = 'en') => ({ description: { text, language } });
const asked = (lines: readonly object[], as?: string): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: '/v1/commodity-suggestions',
    body: { lines },
    ...(as === undefined ? {} : { as }),
  });
const codes = ({ body }: Told, line = 0): string[] =>
  body.lines[line].candidates.map(({ commodity }: any) => commodity);

test('S02 a suggested code is kept apart from the decision, and says so', async () => {
  const before = await window.rows();
  const told = await asked([said('cotton t-shirt for men'), said('something nobody ever heard of: xqzwvk')]);
  assert.equal(told.status, 201, told.text);
  const { body } = told;
  assert.deepEqual([body.kind, body.binding, body.statement], ['suggestion', false, 'commodity/suggestion-only']);
  assert.deepEqual(body.score, { least: 0, most: 100, threshold: 60 });
  assert.equal(body.lines[0].candidates[0].commodity, '610910');
  assert.deepEqual(body.lines[0].person, { decides: false, reason: null });
  assert.equal(body.lines[1].person.decides, true);
  const [shirt] = body.lines[0].candidates;
  assert.deepEqual(shirt.categories, [{ id: 't-shirt', duty: '0.10' }]);
  assert.deepEqual(
    shirt.path.map(({ code }: any) => code),
    ['61', '610910'],
  );
  const chosen = await window.ask({
    method: 'POST',
    url: `/v1/commodity-suggestions/${body.id}/choices`,
    body: { line: 1, commodity: '610910' },
  });
  assert.equal(chosen.body.lines[0].chosen, '610910', chosen.text);
  const after = await window.rows();
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  assert.deepEqual(
    changed.filter((name) => !name.startsWith('commodity.')),
    [],
    'nothing that decides was written',
  );
  assert.equal(after['commodity.learned'], before['commodity.learned'], 'asking and choosing teach nothing');
  const other = { method: 'POST', url: `/v1/commodity-suggestions/${body.id}/choices` } as const;
  const strange = await window.ask({ ...other, body: { line: 1, commodity: '970121' } });
  assert.deepEqual([strange.status, strange.body.code], [409, 'commodity/not-suggested']);
  assert.equal((await window.ask({ ...other, body: { line: 9, commodity: '610910' } })).status, 404);
});

test('what a party asked is its own to read; what the public asked is for whoever knows the id', async () => {
  const mine = await asked([said('silver ring')], ids.seller);
  const url = `/v1/commodity-suggestions/${mine.body.id}`;
  assert.equal((await window.ask({ url, as: ids.seller })).status, 200);
  assert.deepEqual(
    [(await window.ask({ url })).status, (await window.ask({ url, as: ids.carrier })).body.code],
    [404, 'commodity/not-found'],
  );
});

test('Chinese, French and Arabic words find the same code as English ones, and are answered in their language', async () => {
  const told = await asked([
    said('men’s cotton T-shirt', 'en'),
    said('男士纯棉T恤', 'zh'),
    said('tee-shirt en coton pour homme', 'fr'),
    said('تيشيرت قطني رجالي', 'ar'),
  ]);
  for (const line of [0, 1, 2, 3]) assert.equal(codes(told, line)[0], '610910', String(line));
  assert.deepEqual(
    told.body.lines.map(({ candidates }: any) => candidates[0].description),
    ['T-shirts and vests of cotton, knitted', 'T恤', 'tee-shirt', 'تيشيرت'],
  );
  const wrong = await asked([said('ceramic coffee mugg'), said('headfones wireless')]);
  assert.deepEqual([codes(wrong)[0], codes(wrong, 1).includes('851830')], ['691200', true], 'misspelt words are found');
});

test('goods that were released teach the search their words, and what is only filed does not', async () => {
  const find = async (): Promise<string | undefined> =>
    (await codesFor(window.context, 'zorbo plinkett', 'en'))[0]?.code;
  assert.equal(await find(), undefined);
  const goods = shipper(window, clock, 'COM');
  const filed = await goods.file('low-value', {}, ({ declaration }) => {
    declaration.goods.length = 1;
    Object.assign(declaration.goods[0], {
      description: { text: 'Zorbo plinkett', language: 'en' },
      commodity: '691200',
    });
  });
  await window.settle();
  assert.equal(await find(), undefined, 'filed and cleared, not released');
  assert.equal((await goods.land([filed])).released, 1);
  await window.settle();
  assert.equal(await find(), '691200');
});

test('an address asks for so many lines a minute and no more', async () => {
  const limited = await openWindow({ clock });
  const many = Array.from({ length: linesMax }, () => said('cup'));
  const ask = (headers = {}): Promise<Told> =>
    limited.ask({ method: 'POST', url: '/v1/commodity-suggestions', body: { lines: many }, headers });
  for (let sum = 0; sum < perMinute; sum += linesMax) assert.equal((await ask()).status, 201);
  const refused = await ask();
  assert.deepEqual([refused.status, refused.body.code], [429, 'commodity/too-often']);
  const over = await limited.ask({
    method: 'POST',
    url: '/v1/commodity-suggestions',
    body: { lines: [...many, said('cup')] },
  });
  assert.equal(over.status, 400);
});

test('whatever somebody writes, scores stay in their range and the order is the same again', async () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 200, unit: 'binary' }),
    fc.string({ maxLength: 80, unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom('cotton', 'T恤', 'جلد', 'robe', "'; drop table", '%', '\\', '((', 'mug', '🧦', 'o’o', '-'),
        {
          maxLength: 60,
        },
      )
      .map((parts) => parts.join(' ')),
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom('en', 'zh', 'fr', 'ar'), async (text, language) => {
      const found = await codesFor(window.context, text, language);
      assert.ok(found.length <= 5);
      for (const { score, code } of found) {
        assert.ok(Number.isInteger(score) && score >= 0 && score <= scoreMax, `${text}: ${score}`);
        assert.match(code, /^\d{6}$/);
      }
      assert.deepEqual(await codesFor(window.context, text, language), found);
    }),
    { numRuns: 60 },
  );
});

test('the page answers in words, without an account, and leads into the dry run with the code filled in', async () => {
  const at = browser(window);
  const empty = await at.get('/commodities');
  assert.match(empty.body, /Find the code for your goods/);
  const page = await at.get(`/commodities?words=${encodeURIComponent('leather handbag\nxqzwvk')}`);
  assert.match(page.body, /This is a suggestion, kept apart from every decision/);
  assert.match(page.body, /420221/);
  assert.match(page.body, /A person decides\./);
  const [, id = ''] = /action="\/commodities\/([0-9a-f-]{36})"/.exec(page.body) ?? [];
  const taken = await at.post(`/commodities/${id}`, `/commodities/${id}`, { line: '1', commodity: '420221' });
  assert.equal(taken.statusCode, 303, taken.body);
  assert.equal(taken.headers['location'], '/assess?goods.0.description=leather+handbag&goods.0.commodity=420221');
  assert.match((await at.get(`/commodities/${id}`)).body, /Chosen/);
  const tooMany = await at.get(`/commodities?words=${encodeURIComponent('cup\n'.repeat(11))}`);
  assert.deepEqual([tooMany.statusCode, /at most 10 things/.test(tooMany.body)], [422, true]);
  assert.match((await at.get('/assess')).body, /href="\/commodities"/);
});
