import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow, type Told } from '../support/window.ts';

/** The pre-check as people and programs ask it, with no account and nothing kept. */

const window = await openWindow({ clock: fixedClock('2026-11-20T06:00:00.000Z') });

const cup = {
  run: '1',
  economy: 'xp',
  on: '2026-11-23',
  'goods.0.description': 'Two cups',
  'goods.0.price': '120.00',
  'goods.0.quantity': '2',
  'goods.0.commodity': '691200',
  'goods.0.origin': 'CN',
  private: 'yes',
  currency: 'XPN',
  'assumed.yearly': '0',
  mode: 'air',
  method: 'card',
};
const address = (values: Record<string, string>): string => `/assess?${new URLSearchParams(values).toString()}`;
const plain = ({ text }: Told): string =>
  text
    .slice(text.indexOf('<main'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\s\u00a0\u202f\u2066-\u2069]+/g, ' ');
const look = async (values: Record<string, string>, status = 200): Promise<{ told: Told; text: string }> => {
  const told = await window.ask({ url: address(values) });
  assert.equal(told.status, status, told.text.slice(0, 500));
  return { told, text: plain(told) };
};

const goods = {
  line: 1,
  description: { text: 'Cup', language: 'en' },
  commodity: '691200',
  origin: 'CN',
  quantity: '2',
  unit: 'PCE',
  price: { currency: 'XPN', amount: '120.00' },
};
const consignee = (country: string) => ({
  name: { text: '-', language: 'en' },
  address: { lines: ['-'], country },
  private: true,
});
const body = (economy: string, on: string, more: object = {}) => ({
  economy,
  on,
  assumed: { yearly: { currency: 'XPN', amount: '0.00' } },
  consignment: {
    declaration: {
      movement: 'import',
      nature: 'sale',
      goods: [goods],
      scheme: null,
      consignee: consignee(economy.toUpperCase()),
      destination: economy.toUpperCase(),
      ...more,
    },
  },
});
const post = (url: string, sent: unknown): Promise<Told> => window.ask({ method: 'POST', url, body: sent });

test('S06 each economy’s rules are a pack', async () => {
  const answers = new Map<string, string>();
  for (const economy of ['xp', 'xl', 'de']) {
    const told = await post('/v1/assessments', body(economy, '2026-11-23'));
    assert.equal(told.status, 200, told.text);
    assert.equal(told.body.pack.id, economy);
    answers.set(told.body.pack.hash, told.body.pack.version);
    assert.match((await window.ask({ url: `/rules/${economy}` })).text, new RegExp(`${told.body.pack.version}`));
  }
  assert.equal(answers.size, 3);
});

test('S06 packs can be compared side by side', async () => {
  const { text } = await look({ ...cup, with: 'xl', 'with.scheme': 'REG' });
  assert.match(text, /Ponenta It would|Ponenta Cleared/);
  assert.match(text, /Levanta/);
  assert.match(text, /Of \d+ things, \d+ differ/);
  assert.match(text, /What the charges are made of: Ponenta[^]*What the charges are made of: Levanta/);
  const told = await post('/v1/assessments/comparison', {
    assessments: [body('xp', '2026-11-23'), body('xl', '2026-11-23')],
  });
  assert.equal(told.status, 200, told.text);
  assert.deepEqual(
    told.body.determinations.map((one: any) => [one.pack.id, one.totals.border.currency]),
    [
      ['xp', 'XPN'],
      ['xl', 'XLV'],
    ],
  );
});

test('S06 for one consignment it shows which rules differ', async () => {
  const rows = (await look({ ...cup, with: 'xl', 'with.scheme': 'REG' })).told.text
    .split('<tr role="row">')
    .map((row) => row.split('</tr>', 1)[0]!.replaceAll(/<[^>]*>/g, ' '));
  const row = (of: RegExp): string => rows.find((one) => of.test(one)) ?? assert.fail(String(of));
  assert.match(row(/Due at the border/), /XPN[^]*differs/);
  assert.match(row(/Route/), /Low-value import[^]*differs/);
  const told = await post('/v1/assessments/comparison', {
    assessments: [body('xp', '2026-11-23'), body('xp', '2026-11-23', { zone: 'porto-franco' })],
  });
  assert.deepEqual(told.body.differences, [], 'a small parcel meets the same in the zone');
  const dear = { goods: [{ ...goods, price: { currency: 'XPN', amount: '250.00' } }] };
  const zones = await post('/v1/assessments/comparison', {
    assessments: [body('xp', '2026-11-23', dear), body('xp', '2026-11-23', { ...dear, zone: 'porto-franco' })],
  });
  const route = zones.body.differences.find((one: any) => one.what === 'route');
  assert.deepEqual(route.values, ['ordinary', 'low-value']);
});

test('what is missing is a link to the field that fills it, also for what only the second economy asks', async () => {
  const { told, text } = await look({
    run: '1',
    economy: 'xl',
    with: 'xp',
    'goods.0.description': 'Cup',
    'goods.0.price': '40',
    'goods.0.netWeight': '0.5',
    private: 'yes',
    currency: 'XPN',
  });
  assert.match(text, /cannot decide/i);
  const asked = [...told.text.matchAll(/<li><a href="#(f-[a-z0-9-]+)"/g)].map(([, id]) => id);
  assert.ok(asked.includes('f-goods-0-commodity'), asked.join());
  assert.ok(asked.includes('f-scheme'), asked.join());
  for (const id of asked) assert.ok(told.text.includes(`id="${id}"`), id);
  const second = await look({ ...cup, with: 'xl' });
  assert.match(second.told.text, /<li><a href="#f-with-scheme"/);
  const without = /<a href="(\/assess\?[^"]*with\.scheme=none[^"]*)"/.exec(second.told.text)?.[1] ?? assert.fail();
  const settled = await window.ask({ url: without.replaceAll('&amp;', '&') });
  assert.doesNotMatch(plain(settled), /cannot decide/i, 'that there is none is an answer too');
});

test('a coming day on which the answer changes is named with what was and what will be', async () => {
  const early = { ...cup, on: '2023-12-01' };
  const { told, text } = await look(early);
  assert.match(text, /1 January 2024[^]*XPN 100\.00 → XPN 150\.00[^]*Ordinary import[^]*Low-value import/);
  assert.ok(told.text.includes('on=2024-01-01'));
  const answer = await post('/v1/assessments/coming', body('xp', '2023-12-01'));
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(
    answer.body.changes.map((one: any) => [one.day, one.because.map((row: any) => row.id), one.determination.route]),
    [['2024-01-01', ['low-value-limit'], 'low-value']],
  );
});

test('what is announced stands apart as no law, with what it would give', async () => {
  const { text } = await look({ ...cup, 'goods.0.price': '140.00' });
  assert.match(text, /no rule or value that is law already changes this answer/);
  assert.match(text, /Announced, not applied[^]*1 July 2027[^]*XPN 120\.00[^]*Low-value import[^]*Ordinary import/);
  const dear = { goods: [{ ...goods, price: { currency: 'XPN', amount: '140.00' } }] };
  const { body: told } = await post('/v1/assessments/coming', body('xp', '2026-11-23', dear));
  assert.deepEqual([told.changes, told.announced.length, told.announced[0].differs], [[], 1, true]);
});

test('the address of an answer is short, gives the same answer again, and names its day', async () => {
  const sent = { ...cup, freight: '', insurance: ' ', 'goods.1.quantity': '1', 'goods.4.description': 'Shirt' };
  const told = await window.ask({ url: address({ ...sent, 'goods.4.price': '9', on: '' }) });
  assert.equal(told.status, 303);
  const short = String(told.headers['location']);
  assert.doesNotMatch(short, /freight|insurance|&on=|goods\.4/);
  assert.match(short, /goods\.1\.description=Shirt/);
  const page = await window.ask({ url: short });
  assert.equal(page.status, 200);
  assert.match(page.text, /href="\/assess\?[^"]*on=2026-11-20/, 'today is said, so that the answer stays the same');
});

test('more than a link can hold is refused with where to send it', async () => {
  const many = Object.fromEntries(Array.from({ length: 13 }, (_, line) => [`goods.${line}.price`, '1.00']));
  for (const values of [many, { 'goods.0.description': 'x'.repeat(5_000) }]) {
    const { text } = await look({ run: '1', ...values }, 422);
    assert.match(text, /more than a link can hold[^]*POST \/v1\/assessments/);
  }
});

test('a comparison that is wrong says in which of its assessments', async () => {
  const wrong = [
    [[body('xp', '2026-11-23')], 400, '/assessments'],
    [[body('xp', '2026-11-23'), body('xp', '2026-02-30')], 400, '/assessments/1/on'],
    [[body('xp', '2026-11-23'), { ...body('xp', '2026-11-23'), economy: 'atlantis' }], 404, '/assessments/1/economy'],
  ] as const;
  for (const [assessments, status, pointer] of wrong) {
    const told = await post('/v1/assessments/comparison', { assessments });
    assert.deepEqual([told.status, told.body.errors[0].pointer], [status, pointer]);
  }
});

test('S54 an exporter is told the route, the papers and the duties of an export before anything is filed', async () => {
  const { text } = await look({ ...cup, event: 'exit', 'goods.0.price': '1500.00', dispatch: 'XP' });
  assert.match(text, /Ordinary export/);
  assert.match(text, /Foreign Exchange/);
});

test('S54 the answer for an export leads on to the filing: its body is filed once the own numbers stand in it', async () => {
  const { method: _method, mode: _mode, ...said } = cup;
  const asked = { ...said, event: 'exit', 'goods.0.price': '80.00', dispatch: 'XP' };
  const { told, text } = await look(asked);
  assert.match(text, /From here to the proof of export/);
  const shown = /POST \/v1\/consignments\s+({[\s\S]*?})<\/code>/.exec(told.text)?.[1] ?? '';
  const filing = JSON.parse(shown.replaceAll('&quot;', '"').replaceAll('&#34;', '"'));
  const { declaration } = filing;
  assert.deepEqual([filing.orders.length, filing.payments.length, filing.transports.length], [1, 1, 1]);
  Object.assign(filing.orders[0], { platform: ids.platform, number: 'O-1', placed: '2026-11-19T06:00:00Z' });
  Object.assign(filing.payments[0], {
    provider: ids.payments,
    reference: 'P-1',
    order: 'O-1',
    paid: '2026-11-19T06:05:00Z',
  });
  Object.assign(filing.transports[0], { carrier: ids.carrier, document: 'PX-1', pieces: [{ barcode: 'PX-1' }] });
  Object.assign(declaration, { id: 'GUIDED-1', declarant: ids.exporter, seller: ids.exporter, destination: 'XL' });
  assert.ok(!JSON.stringify(filing).includes('…'), JSON.stringify(filing));
  const filed = await window.ask({ method: 'POST', url: '/v1/consignments', as: ids.exporter, body: filing });
  assert.deepEqual([filed.status, filed.body.status], [201, 'cleared'], filed.text);
  const page = await window.app.inject({
    url: `/parcels/${filed.body.id}`,
    headers: { authorization: `Bearer ${window.key(ids.exporter)}` },
  });
  assert.match(page.body, /At the place of export/);
  assert.match(page.body, /Bring every piece to/);
  const elsewhere = await look({ ...asked, economy: 'xl', dispatch: 'XL' });
  assert.ok(!elsewhere.text.includes('From here to the proof of export'), 'only its own exports are filed here');
});
