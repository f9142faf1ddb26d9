import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ids } from '#modules/demo/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { browser, openWindow, type Told } from '../support/window.ts';

/** Parcels filed by hand: question by question, all at once, from a template, by a device, by the table. */

const window = await openWindow({ clock: fixedClock('2026-11-20T06:00:00.000Z') });

/** What a village seller says of a parcel of two cups. */
const cups: Record<string, string> = {
  'declaration.movement': 'import',
  'declaration.nature': 'sale',
  'declaration.goods.0.description.text': 'Two cups of stoneware',
  'declaration.goods.0.price.amount': '24.50',
  'declaration.consignee.name.text': 'Alba Ripamare',
  'declaration.consignee.private': 'yes',
  'declaration.consignee.address.lines.0': 'Via del Faro 3',
};
/** And what the law asks besides. */
const asked: Record<string, string> = {
  'declaration.goods.0.commodity': '691200',
  'declaration.consignee.identity.number': 'XP000000001',
  'orders.0.number': 'O-1',
  'orders.0.platform': ids.seller,
  'payments.0.provider': ids.payments,
  'payments.0.reference': 'P-1',
  'payments.0.method': 'card',
  'transports.0.carrier': ids.carrier,
  'transports.0.document': 'H-1',
};
const send = (values: Record<string, string>, more: object = {}): Promise<Told> =>
  window.ask({
    method: 'POST',
    url: '/v1/filings',
    as: ids.seller,
    body: { id: randomUUID(), language: 'en', values, ...more },
  });
const pointers = (told: Told): string[] =>
  (told.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer).toSorted();

/** A person who signs in with a password that she set herself. */
async function signedIn(name: string, party: string, roles = ['seller', 'filer']) {
  const body = { name, shown: name, roles, party };
  const made = await window.ask({ method: 'POST', url: '/v1/administration/users', as: 'customs', body });
  assert.equal(made.status, 201, made.text);
  const person = browser(window);
  const link = new URL(made.body.link).pathname;
  const password = 'rope and lantern and tide';
  assert.equal((await person.post(link, link, { password, again: password })).statusCode, 303);
  return person;
}

test('a filing is asked what its goods and its route require, each at its field, and nothing is filed before it is said', async () => {
  const bare = await send(cups);
  assert.equal(bare.status, 422);
  assert.deepEqual(
    pointers(bare),
    Object.keys(asked)
      .map((name) => `/${name.replaceAll('.', '/')}`)
      .toSorted(),
  );
  const gift = await send({ ...cups, 'declaration.nature': 'gift' });
  assert.ok(pointers(gift).includes('/transports/0/borderMode'), gift.text);
  assert.ok(!pointers(gift).includes('/payments/0/provider'), 'a gift is not paid');
  const wrong = await send({ ...cups, ...asked, 'declaration.goods.0.price.amount': 'about 20' });
  assert.deepEqual(
    [wrong.status, wrong.body.errors[0].code, pointers(wrong)[0]],
    [422, 'filing/wrong-amount', '/declaration/goods/0/price/amount'],
  );
});

test('S18 a declaration is created by form, and sent twice it is one', async () => {
  const id = randomUUID();
  const [first, again] = [await send({ ...cups, ...asked }, { id }), await send({ ...cups, ...asked }, { id })];
  assert.equal(first.status, 201, first.text);
  assert.deepEqual(again.body, first.body);
  const parcel = await window.ask({ url: `/v1/consignments/${first.body.parcel}`, as: ids.seller });
  assert.deepEqual(
    [parcel.body.status, parcel.body.body.orders[0].total, parcel.body.body.declaration.goods[0].price],
    ['cleared', { currency: 'XPN', amount: '24.50' }, { currency: 'XPN', amount: '24.50' }],
  );
});

test('a filing that was written for another party is not filed', async () => {
  const told = await send({ ...cups, ...asked }, { party: ids.smallest });
  assert.deepEqual([told.status, told.body.code], [409, 'filing/other-party']);
});

test('S05 S18 without a script a person files question by question, puts it aside, goes on, and files again from a template', async () => {
  const person = await signedIn('salma', ids.seller);
  const begun = await person.post('/file', '/file/drafts', { all: '' });
  const draft = String(begun.headers.location);
  const values = { ...cups, ...asked };
  let page = draft;
  const met: string[] = [];
  for (let turns = 0; turns < 12; turns += 1) {
    const shown = await person.get(page);
    if (shown.statusCode === 303) {
      page = String(shown.headers.location);
      if (page.endsWith('/check')) break;
      continue;
    }
    assert.equal(shown.statusCode, 200, shown.body);
    met.push(/name="q" value="([^"]+)"/.exec(shown.body)?.[1] ?? '');
    const names = [...shown.body.matchAll(/name="((?:declaration|orders|payments|transports)[^"]+|currency)"/g)];
    const fields = Object.fromEntries(names.map(([, name = '']) => [name, values[name] ?? '']));
    const done = await person.post(page, draft, { ...fields, q: met.at(-1)!, lines: '1', do: 'next' });
    assert.equal(done.statusCode, 303, done.body);
    page = String(done.headers.location);
  }
  assert.deepEqual(met, ['way', 'goods.0', 'person', 'sale', 'transport']);
  const check = await person.get(`${draft}/check`);
  assert.match(check.body, /Two cups of stoneware[\s\S]*What the law says[\s\S]*File now/);
  const kept = await person.post(`${draft}/check`, `${draft}/template`, { template: 'Cups' });
  assert.equal(kept.headers.location, '/file?done=template');
  assert.match((await person.get('/file')).body, /Two cups of stoneware[\s\S]*Templates[\s\S]*Cups/);
  const sent = await person.post(`${draft}/check`, `${draft}/send`, {});
  assert.match(String(sent.headers.location), /^\/parcels\/[0-9a-f-]{36}$/, sent.body);
  assert.equal(
    (await person.get(draft)).headers.location,
    sent.headers.location,
    'a filing that was sent is its parcel',
  );
  const template = /\/file\/templates\/([0-9a-f-]{36})\/use/.exec((await person.get('/file')).body)![1]!;
  const again = await person.post('/file', `/file/templates/${template}/use`, {});
  const form = await person.get(`${String(again.headers.location)}?all=1`);
  assert.match(form.body, /value="Two cups of stoneware"/);
  assert.doesNotMatch(form.body, /value="O-1"/, 'the number of the order is another one each time');
  const stranger = await signedIn('viktor', ids.smallest);
  assert.equal((await stranger.get(String(again.headers.location))).statusCode, 404);
  const empty = await person.post(`${String(again.headers.location)}?all=1`, String(again.headers.location), {
    lines: '1',
    do: 'next',
  });
  assert.match(empty.body, /error-summary[\s\S]*href="#f-declaration-goods-0-description-text"/);
});

const head = 'Order,Goods,Price,HS,Name,Street,ID,Paid by,Paid ref,Carrier,Waybill,Order number';
const row = (number: number, price = '12.50'): string =>
  `T-${number},"Cup, glazed",${price},691200,Alba Ripamare,Via del Faro 3,XP000000002,${ids.payments},TP-${number},${ids.carrier},TH-${number},TO-${number}`;
const goods = 'declaration.goods.0';
const buyer = 'declaration.consignee';
const columns = [
  'number',
  `${goods}.description.text`,
  `${goods}.price.amount`,
  `${goods}.commodity`,
  `${buyer}.name.text`,
  `${buyer}.address.lines.0`,
  `${buyer}.identity.number`,
  'payments.0.provider',
  'payments.0.reference',
  'transports.0.carrier',
  'transports.0.document',
  'orders.0.number',
];
const mapping = {
  ...Object.fromEntries(columns.map((name, index) => [`column.${index}`, name])),
  'fixed.declaration.movement': 'import',
  'fixed.declaration.nature': 'sale',
  'fixed.declaration.consignee.private': 'yes',
  'fixed.payments.0.method': 'card',
  'fixed.orders.0.platform': ids.seller,
  'fixed.currency': 'XPN',
};

test('S05 a table comes in pieces, is filed step by step, tells what is wrong by its cell, and doubles nothing', async () => {
  const person = await signedIn('selma', ids.seller);
  const text = `${[head, ...Array.from({ length: 300 }, (_, number) => row(number, number === 7 ? 'twelve' : '12.50'))].join('\r\n')}\r\n`;
  const bytes = Buffer.from(text);
  const announced = await window.ask({
    method: 'POST',
    url: '/v1/tables',
    as: ids.seller,
    body: { name: 'cups.csv', size: bytes.length },
  });
  assert.equal(announced.status, 201, announced.text);
  const { id } = announced.body;
  const piece = (at: number, to: number): Promise<Told> =>
    window.ask({
      method: 'PUT',
      url: `/v1/tables/${id}/pieces/${at}`,
      as: ids.seller,
      raw: gzipSync(bytes.subarray(at, to)),
      type: 'application/gzip',
    });
  assert.equal((await piece(0, 10_000)).body.received, '10000');
  assert.equal((await piece(0, 10_000)).body.received, '10000', 'a piece that is there already');
  assert.equal((await piece(20_000, 30_000)).body.code, 'filing/piece-elsewhere');
  assert.equal((await piece(10_000, bytes.length)).body.state, 'mapping');
  assert.equal((await window.ask({ url: `/v1/tables/${id}`, as: ids.smallest })).status, 404);
  const page = `/file/table/${id}`;
  const short = await person.post(page, `${page}/mapping`, { ...mapping, 'column.2': '' });
  assert.equal(short.statusCode, 422, short.body);
  assert.equal((await person.post(page, `${page}/mapping`, mapping)).statusCode, 303);
  assert.match((await person.get(page)).body, /Is this right\?[\s\S]*Cup, glazed[\s\S]*File all rows/);
  let told = await window.ask({ method: 'POST', url: `/v1/tables/${id}/steps`, as: ids.seller });
  while (told.body.state === 'running')
    told = await window.ask({ method: 'POST', url: `/v1/tables/${id}/steps`, as: ids.seller });
  assert.deepEqual([told.body.state, told.body.filed, told.body.refused], ['done', 299, 1], told.text);
  const faults = await person.get(`${page}/faults.csv`);
  assert.match(faults.body, /^row,cell,column,declaration,code,what\r\n9,3,declaration.goods.0.price.amount,T-7,/);
  assert.match((await person.get(page)).body, /T-7/);
  // The same file once more is the same parcels; with one price corrected it is one parcel more.
  assert.equal((await person.post('/file/table', '/file/table', {})).statusCode, 422, 'no file');
  const count = async (): Promise<bigint> => {
    const many = `select count(*) as many from clearance.declarations where declaration like 'T-%'`;
    return (await window.test.db.query<{ many: bigint }>(many))[0]!.many;
  };
  assert.equal(await count(), 299n);
  const corrected = Buffer.from(text.replace('twelve', '12.50'));
  const body = { name: 'cups.csv', size: corrected.length };
  const second = await window.ask({ method: 'POST', url: '/v1/tables', as: ids.seller, body });
  const at = `/v1/tables/${second.body.id}`;
  await window.ask({ method: 'PUT', url: `${at}/pieces/0`, as: ids.seller, raw: corrected, type: 'text/csv' });
  const other = `/file/table/${second.body.id}`;
  const remembered = await person.get(other);
  assert.match(remembered.body, /value="transports.0.document" selected/, 'what the columns are is remembered');
  await person.post(other, `${other}/mapping`, mapping);
  assert.equal((await person.post(other, `${other}/steps`, {})).headers.location, other);
  const end = await window.ask({ url: at, as: ids.seller });
  assert.deepEqual([end.body.state, end.body.filed, end.body.refused], ['done', 300, 0], end.text);
  assert.equal(await count(), 300n);
});

test('a photograph of the invoice is kept once with the parcel, for who filed it and for no other', async () => {
  const told = await send({
    ...cups,
    ...asked,
    'orders.0.number': 'O-PHOTO',
    'payments.0.reference': 'P-PHOTO',
    'transports.0.document': 'H-PHOTO',
  });
  assert.equal(told.status, 201, told.text);
  const form = new FormData();
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  form.append('photo', new File([png], 'invoice.png'));
  const sent = new Response(form);
  const type = sent.headers.get('content-type') ?? '';
  const payload = Buffer.from(await sent.arrayBuffer());
  for (const _ of [1, 2]) {
    const headers = { authorization: `Bearer ${window.key(ids.seller)}`, 'content-type': type };
    const kept = await window.app.inject({
      method: 'POST',
      url: `/v1/filings/${told.body.id}/photos`,
      headers,
      payload,
    });
    assert.equal(kept.statusCode, 204, kept.body);
  }
  const seller = await signedIn('photographer', ids.seller);
  const page = (await seller.get(`/parcels/${told.body.parcel}`)).body;
  const links = page.match(/\/parcels\/[0-9a-f-]+\/files\/[0-9a-f-]+/g) ?? [];
  assert.equal(links.length, 1, 'the same bytes again are kept once');
  const file = await seller.get(links[0]);
  assert.deepEqual([file.statusCode, file.rawPayload.equals(png)], [200, true]);
  const stranger = await signedIn('passer-by', ids.smallest);
  assert.equal((await stranger.get(links[0])).statusCode, 404);
});
