import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ids, parcel } from '#modules/demo/index.ts';
import { firstAdministratorLink } from '#modules/parties/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Asked, browser, openWindow, type Told } from '../support/window.ts';

/**
 * Bad input over every door. Each gets its own clear refusal, with the field that is to blame where there is one, and
 * the database holds nothing of it.
 */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const ask = (asked: Asked): Promise<Told> => window.ask(asked);

interface Bad extends Asked {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  /** The field that is to blame: its pointer in the answer's errors. */
  readonly at?: string;
  /** The code of that error, where it says more than the answer's own. */
  readonly fault?: string;
}

const filed = parcel({ seed: 3, index: 1, at: clock.now(), run: 'DOORS', kind: 'several-lines' });
const dear = parcel({ seed: 3, index: 2, at: clock.now(), run: 'DOORS', kind: 'ordinary' });
const fresh = (): Consignment =>
  structuredClone(parcel({ seed: 3, index: 9, at: clock.now(), run: 'BAD', kind: 'low-value' }).body);

/** A sound parcel in which one thing was changed; the change may leave what a schema allows. */
function bent(change: (body: any) => void, of: Consignment = fresh()): string {
  const body: unknown = structuredClone(of);
  change(body);
  return JSON.stringify(body);
}

const consignments = (
  what: string,
  raw: string | Buffer,
  status: number,
  code: string,
  more: Partial<Bad> = {},
): Bad => ({
  what,
  method: 'POST',
  url: '/v1/consignments',
  as: ids.agent,
  raw,
  status,
  code,
  ...more,
});
/** A parcel that the schema refuses at one field. */
const misfit = (what: string, fault: string, at: string, change: (body: any) => void): Bad =>
  consignments(what, bent(change), 400, 'http/invalid', { fault: `http/${fault}`, at });

const price = '/declaration/goods/0/price/amount';
const schema: Bad[] = [
  misfit('an amount as a number', 'field-type', price, (body) => (body.declaration.goods[0].price.amount = 12.5)),
  misfit('an amount below zero', 'field-format', price, (body) => (body.declaration.goods[0].price.amount = '-1.00')),
  misfit(
    'an amount with an exponent',
    'field-format',
    price,
    (body) => (body.declaration.goods[0].price.amount = '1e3'),
  ),
  misfit('an amount with a comma', 'field-format', price, (body) => (body.declaration.goods[0].price.amount = '12,50')),
  misfit('an amount of thirteen digits', 'field-format', price, (body) => {
    body.declaration.goods[0].price.amount = '9999999999999.00';
  }),
  misfit('an amount in Arabic digits', 'field-format', price, (body) => {
    body.declaration.goods[0].price.amount = '١٢.٥٠';
  }),
  misfit('a currency in small letters', 'field-format', '/declaration/goods/0/price/currency', (body) => {
    body.declaration.goods[0].price.currency = 'xpn';
  }),
  misfit('a weight as a number', 'field-type', '/declaration/goods/0/netWeight', (body) => {
    body.declaration.goods[0].netWeight = 0.4;
  }),
  misfit('a weight below zero', 'field-format', '/declaration/goods/0/grossWeight', (body) => {
    body.declaration.goods[0].grossWeight = '-0.400';
  }),
  misfit('a weight finer than a milligram', 'field-format', '/transports/0/grossWeight', (body) => {
    body.transports[0].grossWeight = '0.0000001';
  }),
  misfit('goods without a price', 'field-missing', '/declaration/goods/0/price', (body) => {
    delete body.declaration.goods[0].price;
  }),
  misfit('no declaration', 'field-missing', '/declaration', (body) => delete body.declaration),
  misfit('no goods', 'field-size', '/declaration/goods', (body) => (body.declaration.goods = [])),
  misfit('a hundred lines', 'field-size', '/declaration/goods', (body) => {
    body.declaration.goods = Array.from({ length: 100 }, (_, line) => ({
      ...body.declaration.goods[0],
      line: line + 1,
    }));
  }),
  misfit('an unknown field', 'field-unknown', '/faktura', (body) => (body.faktura = [])),
  misfit('an unknown field deep inside', 'field-unknown', '/declaration/goods/0/price/value', (body) => {
    body.declaration.goods[0].price.value = '1';
  }),
  misfit('a line number as text', 'field-type', '/declaration/goods/0/line', (body) => {
    body.declaration.goods[0].line = '1';
  }),
  misfit('line nought', 'field-size', '/declaration/goods/0/line', (body) => (body.declaration.goods[0].line = 0)),
  misfit('half a line', 'field-type', '/declaration/goods/0/line', (body) => (body.declaration.goods[0].line = 1.5)),
  misfit('a commodity code of letters', 'field-format', '/declaration/goods/0/commodity', (body) => {
    body.declaration.goods[0].commodity = 'SHIRTS';
  }),
  misfit('an origin of three letters', 'field-format', '/declaration/goods/0/origin', (body) => {
    body.declaration.goods[0].origin = 'CHN';
  }),
  misfit('a description of 513 characters', 'field-size', '/declaration/goods/0/description/text', (body) => {
    body.declaration.goods[0].description.text = 'x'.repeat(513);
  }),
  misfit('null where a text is needed', 'field-type', '/declaration/id', (body) => (body.declaration.id = null)),
  misfit('an id with a space at its end', 'field-format', '/declaration/id', (body) => (body.declaration.id = 'A-1 ')),
  misfit('an id with a control character', 'field-format', '/declaration/id', (body) => {
    body.declaration.id = 'A\u001b1';
  }),
  misfit('a barcode that no scanner reads', 'field-format', '/transports/0/pieces/0/barcode', (body) => {
    body.transports[0].pieces[0].barcode = 'ＰＴ１';
  }),
  misfit('a movement that does not exist', 'field-choice', '/declaration/movement', (body) => {
    body.declaration.movement = 'smuggle';
  }),
  misfit('true as text', 'field-type', '/declaration/consignee/private', (body) => {
    body.declaration.consignee.private = 'true';
  }),
  misfit('a day in another order', 'field-format', '/declaration/documents/0/issued', (body) => {
    body.declaration.documents = [{ type: 'INV', number: '1', issued: '20.11.2026' }];
  }),
  misfit('an instant without its zone', 'field-format', '/orders/0/placed', (body) => {
    body.orders[0].placed = '2026-11-18T10:00:00';
  }),
  misfit('twenty-one orders', 'field-size', '/orders', (body) => {
    body.orders = Array.from({ length: 21 }, (_, index) => ({ ...body.orders[0], number: `O-${index}` }));
  }),
  misfit('no piece', 'field-size', '/transports/0/pieces', (body) => (body.transports[0].pieces = [])),
  consignments('a list for a parcel', '[]', 400, 'http/invalid', { fault: 'http/field-type', at: '' }),
];

const sense: Bad[] = [
  consignments(
    'an amount finer than its currency',
    bent((body) => (body.declaration.goods[0].price.amount = '12.345')),
    400,
    'clearance/amount-invalid',
    { at: price },
  ),
  consignments(
    'a currency that nobody knows',
    bent((body) => (body.orders[0].total.currency = 'QQQ')),
    400,
    'clearance/amount-invalid',
    { at: '/orders/0/total/currency' },
  ),
  consignments(
    'two lines of one number',
    bent((body) => body.declaration.goods.push(body.declaration.goods[0])),
    400,
    'clearance/line-repeated',
    { at: '/declaration/goods/1/line' },
  ),
  consignments(
    'two pieces of one barcode',
    bent((body) => body.transports[0].pieces.push(body.transports[0].pieces[0])),
    400,
    'clearance/piece-repeated',
    { at: '/transports/0/pieces/1/barcode' },
  ),
  consignments(
    'a payment for an order that is not there',
    bent((body) => (body.payments[0].order = 'O-ELSEWHERE')),
    400,
    'clearance/order-unknown',
    { at: '/payments/0/order' },
  ),
  consignments(
    'a day that the calendar does not have',
    bent((body) => (body.declaration.documents = [{ type: 'INV', number: '1', issued: '2026-02-30' }])),
    400,
    'clearance/day-invalid',
    { at: '/declaration/documents/0/issued' },
  ),
  consignments(
    'an instant on a day that the calendar does not have',
    bent((body) => (body.orders[0].placed = '2026-02-30T10:00:00Z')),
    400,
    'clearance/day-invalid',
    { at: '/orders/0/placed' },
  ),
  consignments(
    'a payment on a day that the calendar does not have',
    bent((body) => (body.payments[0].paid = '2026-04-31T10:00:00Z')),
    400,
    'clearance/day-invalid',
    { at: '/payments/0/paid' },
  ),
  consignments(
    'an import into another economy',
    bent((body) => (body.declaration.destination = 'XL')),
    400,
    'clearance/movement-not-here',
    { at: '/declaration/destination' },
  ),
  consignments(
    'a declarant whom the filer does not represent',
    bent((body) => (body.declaration.declarant = ids.smallest)),
    403,
    'clearance/not-yours',
    { at: '/declaration/declarant' },
  ),
  consignments('a parcel under the key of an authority', JSON.stringify(fresh()), 403, 'clearance/not-yours', {
    as: 'customs',
    at: '/declaration/declarant',
  }),
  consignments(
    'a known id with another price',
    bent((body) => (body.declaration.goods[1].price.amount = '1.00'), filed.body),
    409,
    'clearance/key-replayed',
    { at: '/declaration/goods/1/price/amount' },
  ),
  consignments(
    'a known id with a field more',
    bent((body) => (body.declaration.fiscalReference = { role: 'FR1', id: 'X1' }), filed.body),
    409,
    'clearance/key-replayed',
    { at: '/declaration/fiscalReference' },
  ),
  consignments(
    'a known id with a slip less',
    bent((body) => delete body.payments, filed.body),
    409,
    'clearance/key-replayed',
    { at: '/payments' },
  ),
];

const whole = JSON.stringify(fresh());
const bytes: Bad[] = [
  consignments('an empty body', '', 400, 'http/body-missing'),
  consignments('white space', ' \n ', 400, 'http/body-missing'),
  consignments('a body cut short', whole.slice(0, -40), 400, 'http/body-malformed'),
  consignments('words that are no JSON', 'one parcel, please', 400, 'http/body-malformed'),
  consignments('JSON with a remark', `${whole} // thanks`, 400, 'http/body-malformed'),
  consignments('a byte order mark', `\ufeff${whole}`, 400, 'http/body-byte-order-mark'),
  consignments('bytes that are no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 400, 'http/body-encoding'),
  consignments(
    'a key given twice',
    whole.replace('"declaration":', '"declaration":null,"declaration":'),
    400,
    'http/key-repeated',
    {
      at: '/declaration',
    },
  ),
  consignments(
    'a key given twice, deep inside and spelled otherwise',
    whole.replace('"line":1', String.raw`"line":1,"l\u0069ne":2`),
    400,
    'http/key-repeated',
    { at: '/declaration/goods/0/line' },
  ),
  consignments(
    'a key that is never used',
    whole.replace('{', '{"__proto__":{"status":"released"},'),
    400,
    'http/key-forbidden',
    {
      at: '/__proto__',
    },
  ),
  consignments(
    'half a surrogate pair',
    whole.replace(/"text":"/, String.raw`"text":"\ud83d`),
    400,
    'http/text-unusable',
    { at: '/declaration/consignor/name/text' },
  ),
  consignments('a NUL', whole.replace('"id":"', String.raw`"id":"\u0000`), 400, 'http/text-unusable', {
    at: '/declaration/id',
  }),
  consignments(
    'a number that is no exact one',
    whole.replace('"line":1', '"line":9007199254740993'),
    400,
    'http/number-too-large',
    {
      at: '/declaration/goods/0/line',
    },
  ),
  consignments('a number beyond all numbers', whole.replace('"line":1', '"line":1e999'), 400, 'http/number-too-large', {
    at: '/declaration/goods/0/line',
  }),
  consignments('thirty levels', `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`, 400, 'http/body-too-deep', {
    at: '/a'.repeat(24),
  }),
  consignments('ten thousand levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 400, 'http/body-too-deep', {
    at: '/0'.repeat(24),
  }),
  consignments(
    'a list of 1,001',
    bent((body) => (body.payments = Array(1_001).fill(body.payments[0]))),
    400,
    'http/list-too-long',
    {
      at: '/payments',
    },
  ),
  consignments(
    'a text of 10,001 characters',
    bent((body) => (body.declaration.id = 'x'.repeat(10_001))),
    400,
    'http/text-too-long',
    {
      at: '/declaration/id',
    },
  ),
  consignments(
    'more than a mebibyte',
    bent((body) => (body.orders[0].buyer = 'x'.repeat(1 << 20))),
    413,
    'http/body-too-large',
  ),
  consignments('plain text', whole, 415, 'http/media-type', { type: 'text/plain' }),
  consignments('XML', '<parcel/>', 415, 'http/media-type', { type: 'application/xml' }),
  consignments('lines where one document is asked for', whole, 415, 'http/media-type', {
    type: 'application/x-ndjson',
  }),
  consignments('a form where JSON is asked for', 'declaration=mine', 400, 'http/invalid', {
    type: 'application/x-www-form-urlencoded',
    fault: 'http/field-type',
    at: '/declaration',
  }),
];

const elsewhere = `/v1/consignments/01a1f78a-5300-7047-ac3a-be7520fcf4e4`;
const asking: Bad[] = [
  consignments('no key at all', whole, 401, 'parties/sign-in-needed', { as: undefined as never }),
  consignments('a key that nobody knows', whole, 401, 'parties/key-unknown', {
    as: 'nobody',
    headers: { authorization: 'Bearer of-bad-news' },
  }),
  consignments('a key in another form', whole, 401, 'parties/key-unknown', {
    headers: { authorization: 'Basic YTpi' },
  }),
  {
    what: 'a wrong method',
    method: 'PUT',
    url: '/v1/consignments',
    as: ids.agent,
    body: {},
    status: 405,
    code: 'http/method-not-allowed',
  },
  {
    what: 'another wrong method',
    method: 'DELETE',
    url: `/v1/scans/${filed.barcodes[0]}`,
    as: ids.operator,
    status: 405,
    code: 'http/method-not-allowed',
  },
  {
    what: 'an unknown address',
    method: 'POST',
    url: '/v1/consignment',
    as: ids.agent,
    body: {},
    status: 404,
    code: 'http/not-found',
  },
  { what: 'an address with a NUL', url: '/v1/scans/%00', as: ids.operator, status: 400, code: 'http/unusable-address' },
  {
    what: 'an address that is badly encoded',
    url: '/v1/scans/%E0%A4%A',
    as: ids.operator,
    status: 400,
    code: 'http/bad-request',
  },
  {
    what: 'an id that is none',
    url: '/v1/consignments/1',
    as: ids.agent,
    status: 400,
    code: 'http/invalid',
    at: '/id',
    fault: 'http/field-format',
  },
  { what: 'an id that nobody has', url: elsewhere, as: ids.agent, status: 404, code: 'clearance/not-found', at: '/id' },
  {
    what: 'a list of a status that does not exist',
    url: '/v1/consignments?status=lost',
    as: ids.agent,
    status: 400,
    code: 'http/invalid',
    at: '/status',
    fault: 'http/field-choice',
  },
  {
    what: 'a list longer than a page',
    url: '/v1/consignments?limit=101',
    as: ids.agent,
    status: 400,
    code: 'http/invalid',
    at: '/limit',
    fault: 'http/field-format',
  },
  {
    what: 'a list by an unknown field',
    url: '/v1/consignments?sort=up',
    as: ids.agent,
    status: 400,
    code: 'http/invalid',
    at: '/sort',
    fault: 'http/field-unknown',
  },
  {
    what: 'a list from a day that the calendar does not have',
    url: '/v1/consignments?from=2026-02-30',
    as: ids.agent,
    status: 400,
    code: 'clearance/day-invalid',
    at: '/from',
  },
  {
    what: 'a list until a day that the calendar does not have',
    url: '/v1/consignments?until=2026-06-31',
    as: ids.agent,
    status: 400,
    code: 'clearance/day-invalid',
    at: '/until',
  },
  {
    what: 'a list before something that is no id',
    url: '/v1/consignments?before=yesterday',
    as: ids.agent,
    status: 400,
    code: 'http/invalid',
    at: '/before',
    fault: 'http/field-format',
  },
  {
    what: 'a list with one filter twice',
    url: '/v1/consignments?order=1&order=2',
    as: ids.agent,
    status: 400,
    code: 'http/invalid',
    at: '/order',
    fault: 'http/field-type',
  },
  {
    what: 'a barcode of 51 characters',
    url: `/v1/scans/${'9'.repeat(51)}`,
    as: ids.operator,
    status: 400,
    code: 'http/invalid',
    at: '/barcode',
    fault: 'http/field-size',
  },
  {
    what: 'a scan by a seller',
    url: `/v1/scans/${filed.barcodes[0]}`,
    as: ids.seller,
    status: 404,
    code: 'clearance/not-found',
    at: '/barcode',
  },
  { what: 'a scan without a key', url: `/v1/scans/${filed.barcodes[0]}`, status: 401, code: 'parties/sign-in-needed' },
];

const goods = {
  line: 1,
  description: { text: 'Cup', language: 'en' },
  quantity: '1',
  unit: 'PCE',
  price: { currency: 'XPN', amount: '9.00' },
};
const dry = (more: object = {}) => ({
  consignment: { declaration: { movement: 'import', nature: 'sale', goods: [goods] } },
  ...more,
});
const assess = (what: string, body: unknown, status: number, code: string, more: Partial<Bad> = {}): Bad => ({
  what: `a dry run with ${what}`,
  method: 'POST',
  url: '/v1/assessments',
  body,
  status,
  code,
  ...more,
});
const assessments: Bad[] = [
  assess('a day that the calendar does not have', dry({ on: '2026-02-30' }), 400, 'rulebook/day-unknown', {
    at: '/on',
  }),
  assess('another clock on such a day', dry({ days: { payment: '2025-02-29' } }), 400, 'rulebook/day-unknown', {
    at: '/days/payment',
  }),
  assess('an economy that has no pack', dry({ economy: 'atlantis' }), 404, 'rulebook/economy-unknown', {
    at: '/economy',
  }),
  assess('an event that is none', dry({ event: 'flight' }), 400, 'http/invalid', {
    at: '/event',
    fault: 'http/field-choice',
  }),
  assess('an assumed figure as a number', dry({ assumed: { yearly: 12 } }), 400, 'http/invalid', {
    at: '/assumed/yearly',
    fault: 'http/field-type',
  }),
  assess(
    'an assumed figure finer than its currency',
    dry({ assumed: { yearly: { currency: 'XPN', amount: '1.001' } } }),
    400,
    'money/amount-too-precise',
    { at: '/assumed/yearly/amount' },
  ),
  assess(
    'a currency that nobody knows',
    dry({ assumed: { yearly: { currency: 'QQQ', amount: '1' } } }),
    400,
    'money/currency-unknown',
    { at: '/assumed/yearly/currency' },
  ),
  assess('no parcel', {}, 400, 'http/invalid', { at: '/consignment', fault: 'http/field-missing' }),
  assess(
    'goods whose quantity is a number',
    dry({ consignment: { declaration: { movement: 'import', nature: 'sale', goods: [{ ...goods, quantity: 1 }] } } }),
    400,
    'http/invalid',
    { at: '/consignment/declaration/goods/0/quantity', fault: 'http/field-type' },
  ),
  assess(
    'an order on a day that the calendar does not have',
    dry({
      consignment: {
        ...dry().consignment,
        orders: [{ platform: 'P', number: '1', total: goods.price, placed: '2026-02-30T00:00:00Z' }],
      },
    }),
    400,
    'rulebook/day-unknown',
    { at: '/consignment/orders/0/placed' },
  ),
];

const bill = { master: '618-BAD', carrier: ids.carrier, mode: 'air', lines: [{ house: 'H-1', pieces: 1 }] };
const known = {
  master: '618-DOORS',
  carrier: ids.carrier,
  mode: 'air',
  lines: [{ house: filed.house, pieces: 1, barcodes: filed.barcodes }],
};
const manifest = (what: string, body: unknown, status: number, code: string, more: Partial<Bad> = {}): Bad => ({
  what: `a manifest with ${what}`,
  method: 'POST',
  url: '/v1/manifests',
  as: ids.carrier,
  body,
  status,
  code,
  ...more,
});
const lines = (...all: unknown[]): Partial<Bad> => ({
  raw: all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n'),
  type: 'application/x-ndjson',
});
const { lines: _lines, ...head } = bill;
const manifests: Bad[] = [
  manifest(
    'fewer barcodes than pieces',
    { ...bill, lines: [{ house: 'H-1', pieces: 2, barcodes: ['B-1'] }] },
    400,
    'clearance/pieces-differ',
    { at: '/lines/0/barcodes' },
  ),
  manifest(
    'one barcode twice in a line',
    { ...bill, lines: [{ house: 'H-1', pieces: 2, barcodes: ['B-1', 'B-1'] }] },
    400,
    'http/invalid',
    { at: '/lines/0/barcodes', fault: 'http/field-shape' },
  ),
  manifest(
    'one barcode in two lines',
    {
      ...bill,
      lines: [
        { house: 'H-1', pieces: 1, barcodes: ['B-1'] },
        { house: 'H-2', pieces: 1, barcodes: ['B-1'] },
      ],
    },
    400,
    'clearance/piece-repeated',
    { at: '/lines/1/barcodes/0' },
  ),
  manifest(
    'a container whose check digit is another',
    { ...bill, lines: [{ house: 'H-1', pieces: 1, containers: ['CSQU3054383', 'CSQU3054384'] }] },
    400,
    'clearance/container-number',
    { at: '/lines/0/containers/1' },
  ),
  manifest('another carrier', { ...bill, carrier: ids.post }, 403, 'clearance/not-yours', { at: '/carrier' }),
  manifest('a carrier that is none', { ...bill, carrier: ids.seller }, 403, 'clearance/role-not-registered', {
    as: ids.seller,
    at: '/carrier',
  }),
  manifest('no lines', { ...bill, lines: [] }, 400, 'http/invalid', { at: '/lines', fault: 'http/field-size' }),
  manifest(
    '1,001 lines in one document',
    { ...bill, lines: Array(1_001).fill(bill.lines[0]) },
    400,
    'http/list-too-long',
    { at: '/lines' },
  ),
  manifest('no pieces', { ...bill, lines: [{ house: 'H-1', pieces: 0 }] }, 400, 'http/invalid', {
    at: '/lines/0/pieces',
    fault: 'http/field-size',
  }),
  manifest('a weight as a number', { ...bill, lines: [{ house: 'H-1', pieces: 1, weight: 4 }] }, 400, 'http/invalid', {
    at: '/lines/0/weight',
    fault: 'http/field-type',
  }),
  manifest('a mode that is none', { ...bill, mode: 'submarine' }, 400, 'http/invalid', {
    at: '/mode',
    fault: 'http/field-choice',
  }),
  manifest(
    'an arrival expected on no day',
    { ...bill, expected: '2026-02-30T06:00:00Z' },
    400,
    'clearance/day-invalid',
    { at: '/expected' },
  ),
  manifest('another content under a known number', { ...known, mode: 'sea' }, 409, 'clearance/manifest-known', {
    at: '/master',
  }),
  manifest(
    'lines of which one is cut short',
    undefined,
    400,
    'http/body-malformed',
    lines(head, bill.lines[0], '{"house":'),
  ),
  manifest('lines of which one has too many barcodes', undefined, 400, 'clearance/pieces-differ', {
    ...lines(head, { house: 'H-1', pieces: 1, barcodes: ['B-1', 'B-2'] }),
    at: '/lines/0/barcodes',
  }),
  manifest('lines of which one has an unknown field', undefined, 400, 'http/invalid', {
    ...lines(head, bill.lines[0], { house: 'H-2', pieces: 1, colour: 'red' }),
    at: '/lines/1/colour',
    fault: 'http/field-unknown',
  }),
  manifest('a line of which a key stands twice', undefined, 400, 'http/key-repeated', {
    ...lines(head, '{"house":"H-1","pieces":1,"pieces":2}'),
    at: '/lines/0/pieces',
  }),
  manifest('lines and a list in their head', undefined, 400, 'http/invalid', {
    ...lines(bill, { house: 'H-2', pieces: 1 }),
    at: '/lines',
    fault: 'http/field-unknown',
  }),
  manifest('lines without a head', undefined, 400, 'http/invalid', {
    ...lines('"618-BAD"', bill.lines[0]),
    at: '',
    fault: 'http/field-type',
  }),
  manifest('no lines in a stream', undefined, 400, 'http/invalid', {
    ...lines(head),
    at: '/lines',
    fault: 'http/field-size',
  }),
  manifest('an empty stream', undefined, 400, 'http/body-missing', lines('')),
  manifest(
    'a line of more than a mebibyte',
    undefined,
    413,
    'http/body-too-large',
    lines(head, { house: 'x'.repeat(1 << 20), pieces: 1 }),
  ),
];

const tally = {
  reference: 'T-BAD',
  master: known.master,
  operator: ids.operator,
  place: 'XP-CAPO-AIR',
  landed: '2026-11-20T05:00:00Z',
};
const differences = { missing: [], extra: [] };
const arrival = (what: string, body: unknown, status: number, code: string, more: Partial<Bad> = {}): Bad => ({
  what: `an arrival with ${what}`,
  method: 'POST',
  url: '/v1/arrivals',
  as: ids.operator,
  body,
  status,
  code,
  ...more,
});
const arrivals: Bad[] = [
  arrival(
    'both forms of a tally',
    { ...tally, pieces: ['B-1'], allExcept: differences },
    400,
    'clearance/tally-missing',
    { at: '/pieces' },
  ),
  arrival('neither form of a tally', tally, 400, 'clearance/tally-missing', { at: '/pieces' }),
  arrival(
    'a master bill that nobody handed in',
    { ...tally, master: '000-NOBODY', pieces: ['B-1'] },
    404,
    'clearance/manifest-unknown',
    { at: '/master' },
  ),
  arrival('another operator', { ...tally, operator: ids.post, pieces: ['B-1'] }, 403, 'clearance/not-yours', {
    at: '/operator',
  }),
  arrival(
    'an operator that is none',
    { ...tally, operator: ids.seller, pieces: ['B-1'] },
    403,
    'clearance/role-not-registered',
    { as: ids.seller, at: '/operator' },
  ),
  arrival('a piece twice', { ...tally, pieces: ['B-1', 'B-1'] }, 400, 'http/invalid', {
    at: '/pieces',
    fault: 'http/field-shape',
  }),
  arrival('an empty barcode', { ...tally, pieces: [''] }, 400, 'http/invalid', {
    at: '/pieces/0',
    fault: 'http/field-size',
  }),
  arrival(
    'a landing on no day',
    { ...tally, landed: '2026-02-30T05:00:00Z', pieces: ['B-1'] },
    400,
    'clearance/day-invalid',
    { at: '/landed' },
  ),
  arrival(
    'a landing in local time',
    { ...tally, landed: '2026-11-20T05:00:00+02:00', pieces: ['B-1'] },
    400,
    'http/invalid',
    { at: '/landed', fault: 'http/field-format' },
  ),
  arrival(
    'another content under a known reference',
    { ...tally, reference: 'T-DOORS', pieces: ['B-9'] },
    409,
    'clearance/arrival-known',
    { at: '/reference' },
  ),
];

const { id: dearId, amount: asked } = await prepare();
/** What stands before the bad input comes: two parcels, a manifest and its arrival, and a notice that is due. */
async function prepare(): Promise<{ id: string; amount: { currency: string; amount: string } }> {
  const first = await ask({ method: 'POST', url: '/v1/consignments', as: ids.agent, raw: filed.raw });
  const own = structuredClone(dear.body);
  const amount = { currency: 'XPN', amount: '900.00' };
  Object.assign(own.declaration, { declarant: ids.smallest, representation: 'self', guarantor: null });
  own.declaration.goods[0]!.price = own.orders![0]!.total = own.payments![0]!.amount = amount;
  const second = await ask({ method: 'POST', url: '/v1/consignments', as: ids.smallest, body: own });
  const billed = await ask({ method: 'POST', url: '/v1/manifests', as: ids.carrier, body: known });
  const body = { ...tally, reference: 'T-DOORS', pieces: filed.barcodes };
  const landed = await ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body });
  assert.deepEqual([first.status, second.status, billed.status, landed.status], [201, 201, 201, 201]);
  assert.equal(landed.body.released, 1);
  const { body: notice } = await ask({ url: `/v1/notices/${second.body.id}`, as: ids.smallest });
  assert.equal(notice.state, 'due');
  return { id: second.body.id, amount: notice.amount };
}

const payment = (what: string, change: object, status: number, code: string, more: Partial<Bad> = {}): Bad => ({
  what: `a payment with ${what}`,
  method: 'POST',
  url: `/v1/notices/${dearId}/payments`,
  as: ids.smallest,
  body: { method: 'simulated-bank', reference: 'R-1', amount: asked, ...change },
  status,
  code,
  ...more,
});
const payments: Bad[] = [
  payment('a way of paying that does not exist', { method: 'shells' }, 400, 'treasury/method-unknown', {
    at: '/method',
  }),
  payment('another currency', { amount: { ...asked, currency: 'EUR' } }, 400, 'treasury/currency-differs', {
    at: '/amount/currency',
  }),
  payment('a minor unit too little', { amount: { ...asked, amount: '0.01' } }, 400, 'treasury/amount-differs', {
    at: '/amount/amount',
  }),
  payment('an amount as a number', { amount: { ...asked, amount: 1 } }, 400, 'http/invalid', {
    at: '/amount/amount',
    fault: 'http/field-type',
  }),
  payment('no reference', { reference: undefined }, 400, 'http/invalid', {
    at: '/reference',
    fault: 'http/field-missing',
  }),
  payment('a notice of somebody else', {}, 404, 'treasury/not-found', { as: ids.carrier }),
  payment('a notice that does not exist', {}, 404, 'treasury/not-found', {
    url: '/v1/notices/01a1f78a-5300-7047-ac3a-be7520fcf4e4/payments',
  }),
  payment('no key', {}, 401, 'parties/sign-in-needed', { as: undefined as never }),
  {
    what: 'a notice asked for without a key',
    url: '/v1/notices/01a1f78a-5300-7047-ac3a-be7520fcf4e4',
    as: undefined as never,
    status: 401,
    code: 'parties/sign-in-needed',
  },
  {
    what: 'a notice by an id that is none',
    url: '/v1/notices/1',
    as: ids.smallest,
    status: 400,
    code: 'http/invalid',
    at: '/id',
    fault: 'http/field-format',
  },
];

const cancellation = (what: string, change: object, status: number, code: string, more: Partial<Bad> = {}): Bad => ({
  what: `a cancellation with ${what}`,
  method: 'POST',
  url: `/v1/consignments/${dearId}/cancellation`,
  as: ids.smallest,
  body: { ground: 'not-dispatched', reason: 'The buyer never paid.', ...change },
  status,
  code,
  ...more,
});
const cancellations: Bad[] = [
  cancellation('a ground of its own', { ground: 'whim' }, 400, 'http/invalid', {
    at: '/ground',
    fault: 'http/field-choice',
  }),
  cancellation('no ground', { ground: undefined }, 400, 'http/invalid', {
    at: '/ground',
    fault: 'http/field-missing',
  }),
  cancellation('a blank reason', { reason: '  ' }, 400, 'http/invalid', {
    at: '/reason',
    fault: 'http/field-format',
  }),
  cancellation('a novel for a reason', { reason: 'x'.repeat(2_001) }, 400, 'http/invalid', {
    at: '/reason',
    fault: 'http/field-size',
  }),
  cancellation('a member too many', { refund: true }, 400, 'http/invalid', {
    at: '/refund',
    fault: 'http/field-unknown',
  }),
  cancellation('no key', {}, 401, 'parties/sign-in-needed', { as: undefined as never }),
  cancellation('the key of one who only carries it', {}, 403, 'clearance/cancel-not-yours', { as: ids.carrier }),
  cancellation('the key of a stranger', {}, 404, 'clearance/not-found', { as: ids.seller }),
  cancellation('an id that nobody has', {}, 404, 'clearance/not-found', {
    url: '/v1/consignments/01a1f78a-5300-7047-ac3a-be7520fcf4e4/cancellation',
  }),
  cancellation('an id that is none', {}, 400, 'http/invalid', { url: '/v1/consignments/1/cancellation' }),
];

const administration = (
  what: string,
  method: Bad['method'],
  path: string,
  body: unknown,
  status: number,
  code: string,
  more: Partial<Bad> = {},
): Bad => ({
  what: `administration with ${what}`,
  method: method!,
  url: `/v1/administration/${path}`,
  as: ids.agent,
  body,
  status,
  code,
  ...more,
});
const registration = { name: 'Ghost', language: 'en', roles: ['seller'] };
const representation = {
  represented: ids.seller,
  representative: ids.carrier,
  kind: 'direct',
  scope: ['read'],
  from: '2026-01-01',
};
const rule = { condition: 'movement == "import"', ground: 'demo/test', desk: 'customs', source: 'art. 1' };
const administrations: Bad[] = [
  administration('no key', 'PUT', 'parties/X-1', registration, 401, 'parties/sign-in-needed', {
    as: undefined as never,
  }),
  administration(
    'a legal role that does not exist',
    'PUT',
    'parties/X-1',
    { ...registration, roles: ['king'] },
    400,
    'http/invalid',
    { at: '/roles/0', fault: 'http/field-choice' },
  ),
  administration(
    'a role twice',
    'PUT',
    'parties/X-1',
    { ...registration, roles: ['seller', 'seller'] },
    400,
    'http/invalid',
    { at: '/roles', fault: 'http/field-shape' },
  ),
  administration(
    'a registration from no day',
    'PUT',
    'parties/X-1',
    { ...registration, from: '2026-02-30' },
    400,
    'parties/day-unknown',
    { at: '/from' },
  ),
  administration(
    'a registration that ends before it begins',
    'PUT',
    'parties/X-1',
    { ...registration, from: '2026-02-02', until: '2026-02-01' },
    400,
    'parties/period-empty',
    { at: '/until' },
  ),
  administration('a name of half a surrogate pair', 'PUT', 'parties/X-1', undefined, 400, 'http/text-unusable', {
    raw: String.raw`{"name":"\udc00","language":"en","roles":["seller"]}`,
    at: '/name',
  }),
  administration(
    'an identifier of 36 characters',
    'PUT',
    `parties/${'X'.repeat(36)}`,
    registration,
    400,
    'http/invalid',
    { at: '/identifier', fault: 'http/field-size' },
  ),
  administration(
    'a party that represents itself',
    'POST',
    'representations',
    { ...representation, representative: ids.seller },
    400,
    'parties/representation-of-oneself',
    { at: '/representative' },
  ),
  administration(
    'a representation of nobody',
    'POST',
    'representations',
    { ...representation, represented: 'X-NOBODY' },
    404,
    'parties/party-unknown',
    { at: '/represented' },
  ),
  administration(
    'a representation that stands',
    'POST',
    'representations',
    { ...representation, representative: ids.agent, kind: 'indirect', scope: ['file', 'read'], from: '2020-01-01' },
    409,
    'parties/representation-known',
  ),
  administration(
    'a mandate of no authority',
    'POST',
    'mandates',
    { authority: 'pirates', element: '*', purpose: 'clear', reference: 'none', from: '2026-01-01' },
    404,
    'parties/authority-unknown',
    { at: '/authority' },
  ),
  administration(
    'a client of two holders',
    'POST',
    'clients',
    { name: 'Both', party: ids.agent, authority: 'customs', scopes: ['read'] },
    400,
    'parties/client-needs-holder',
  ),
  administration(
    'a name nobody can sign in with',
    'POST',
    'users',
    { name: 'A B', shown: 'A', roles: ['filer'], party: ids.agent },
    400,
    'http/invalid',
    { at: '/name', fault: 'http/field-format' },
  ),
  administration(
    'a watch rule that cannot be read',
    'PUT',
    'watch-rules/bad',
    { ...rule, condition: 'movement ==' },
    400,
    'risk/condition-invalid',
    { at: '/condition' },
  ),
  administration(
    'a watch rule over nothing known',
    'PUT',
    'watch-rules/bad',
    { ...rule, condition: 'moonPhase == "full"' },
    400,
    'risk/condition-invalid',
    { at: '/condition' },
  ),
  administration('a share of nothing', 'PUT', 'watch-rules/bad', { ...rule, share: '0' }, 400, 'risk/share-invalid', {
    at: '/share',
  }),
  administration(
    'a denied name of which nothing is left',
    'POST',
    'denied-names',
    [{ list: 'un', name: '...', source: 'art. 1' }],
    400,
    'risk/name-empty',
    { at: '/0/name' },
  ),
  administration('a party that nobody registered', 'GET', 'parties/X-NOBODY', undefined, 404, 'parties/party-unknown'),
  administration('a page of nought', 'GET', 'parties?limit=0', undefined, 400, 'http/invalid', {
    at: '/limit',
    fault: 'http/field-format',
  }),
];

const all = [
  ...schema,
  ...sense,
  ...bytes,
  ...asking,
  ...assessments,
  ...manifests,
  ...arrivals,
  ...payments,
  ...cancellations,
  ...administrations,
];

function holds(bad: Bad, told: Told): void {
  const { status, body, text, headers } = told;
  assert.equal(status, bad.status, text);
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  assert.equal(body.code, bad.code);
  assert.equal(body.status, status);
  assert.equal(body.type, `/docs/problems#${bad.code}`);
  assert.match(body.instance, /^urn:uuid:/);
  assert.ok(body.title.length > 5 && body.detail.length > 5);
  assert.doesNotMatch(body.detail, /[{}]|undefined/, 'every parameter of the sentence is filled in');
  if (bad.at === undefined) return;
  const found = body.errors.find((one: { pointer: string }) => one.pointer === bad.at);
  assert.ok(found, `${bad.at} is not among ${JSON.stringify(body.errors)}`);
  assert.equal(found.code, bad.fault ?? bad.code);
  assert.ok(found.detail.length > 5);
}

/**
 * Left aside: sessions and counted attempts, which signing in leaves behind whoever comes, and the epoch's number, which a
 * refused change of reference data uses up without anything standing under it.
 */
const aside = ['parties.sessions', 'parties.attempts', 'platform.epoch'];
async function kept(): Promise<Record<string, string>> {
  const rows = await window.rows();
  return Object.fromEntries(Object.entries(rows).filter(([name]) => !aside.includes(name)));
}

const before = await kept();
assert.ok(all.length >= 60);

for (const bad of all) {
  test(`${bad.what} gets ${bad.status} ${bad.code}`, async () => holds(bad, await ask(bad)));
}

test('the database holds nothing of any of them', async () => assert.deepEqual(await kept(), before));

test('a key that was revoked is refused at once', async () => {
  const made = await ask({
    method: 'POST',
    url: '/v1/administration/clients',
    as: ids.agent,
    body: { name: 'Short-lived', party: ids.agent, scopes: ['file', 'read'] },
  });
  assert.equal(made.status, 201);
  const { key, client } = made.body;
  const headers = { authorization: `Bearer ${key}` };
  assert.equal((await ask({ url: '/v1/consignments', headers })).status, 200);
  assert.equal(
    (await ask({ method: 'DELETE', url: `/v1/administration/clients/${client.id}`, as: ids.agent })).status,
    200,
  );
  const rows = await kept();
  const refused = await ask({ method: 'POST', url: '/v1/consignments', raw: whole, headers });
  assert.equal(refused.status, 401);
  assert.equal(refused.body.code, 'parties/key-unknown');
  assert.deepEqual(await kept(), rows);
});

test('a key does what its scopes say and no more', async () => {
  const { body } = await ask({
    method: 'POST',
    url: '/v1/administration/clients',
    as: ids.agent,
    body: { name: 'Reader', party: ids.agent, scopes: ['read'] },
  });
  const headers = { authorization: `Bearer ${body.key}` };
  const rows = await kept();
  const filing = await ask({ method: 'POST', url: '/v1/consignments', raw: whole, headers });
  assert.deepEqual([filing.status, filing.body.code], [403, 'clearance/not-yours']);
  const ruling = await ask({ method: 'PUT', url: '/v1/administration/parties/X-1', body: registration, headers });
  assert.deepEqual([ruling.status, ruling.body.code], [403, 'parties/not-allowed']);
  const watching = await ask({ method: 'PUT', url: '/v1/administration/watch-rules/bad', body: rule, headers });
  assert.deepEqual([watching.status, watching.body.code], [403, 'risk/not-allowed']);
  assert.deepEqual(await kept(), rows);
});

test('forms of pages that are filled in wrongly are shown again and leave nothing behind', async () => {
  const password = 'rope and lantern and tide';
  const link = new URL((await firstAdministratorLink(window.context)) ?? '').pathname;
  const person = browser(window);
  const weak = { name: 'ada', shown: 'Ada', password: 'short', again: 'short' };
  const rows = await kept();
  const page = '/admin/new-party';
  const party = { identifier: 'X-1', name: 'Ghost', language: 'en', 'roles.seller': 'yes', status: 'active' };
  assert.equal((await person.bare('/sign-in', { name: 'ada', password })).statusCode, 403);
  assert.equal((await person.post('/sign-in', '/sign-in', { name: 'ada', password })).statusCode, 422);
  assert.equal((await person.bare(page, party)).statusCode, 403);
  assert.equal((await person.post(link, link, weak)).statusCode, 422);
  assert.equal((await person.post(link, '/first/0000', weak)).statusCode, 410);
  assert.equal(
    (await person.get('/assess?run=1&goods.0.price=twelve&goods.0.quantity=1&goods.0.description=Cup')).statusCode,
    422,
  );
  assert.equal(
    (
      await person.get(
        '/assess?run=1&on=2026-02-30&goods.0.price=12&goods.0.quantity=1&goods.0.description=Cup&currency=XPN',
      )
    ).statusCode,
    422,
  );
  assert.deepEqual(await kept(), rows);
  assert.equal((await person.post(link, link, { ...weak, password, again: password })).statusCode, 303);
  const signed = await kept();
  assert.equal((await person.bare(page, party)).statusCode, 403, 'a form without its token');
  for (const wrong of [
    { from: '2026-02-30' },
    { from: '2026-03-01', until: '2026-02-01' },
    { identifier: '' },
    { identifier: 'ghost ' + 'x'.repeat(40) },
    { name: '' },
    { 'roles.seller': '' },
    { status: 'dead' },
    { language: 'Klingon' },
  ]) {
    const told = await person.post(page, page, { ...party, ...wrong });
    assert.equal(told.statusCode, 422, JSON.stringify(wrong));
    assert.match(told.body, /govuk-error-summary/);
  }
  const torn = await person.post(page, page, { ...party, name: 'Gho\0st' });
  assert.equal(torn.statusCode, 400);
  const users = { name: 'A', shown: '', 'roles.filer': 'yes', party: ids.agent, authority: 'customs' };
  assert.equal((await person.post('/admin/people/new', '/admin/people/new', users)).statusCode, 422);
  const clients = { name: '', party: ids.agent };
  assert.equal((await person.post('/admin/clients', '/admin/clients', clients)).statusCode, 422);
  const mandates = { authority: 'customs', element: '*', purpose: 'clear', reference: '' };
  assert.equal((await person.post('/admin/authorities', '/admin/mandates', mandates)).statusCode, 422);
  assert.equal((await person.get('/parcels/01a1f78a-5300-7047-ac3a-be7520fcf4e4')).statusCode, 404);
  assert.equal((await person.get('/parcels/nothing')).statusCode, 404);
  assert.equal((await person.get('/no-such-page')).statusCode, 404);
  assert.deepEqual(await kept(), signed);
});

test('over a real connection a long upload with one bad line is told so, and words that are no HTTP are too', async () => {
  const origin = await window.app.listen({ host: '127.0.0.1', port: 0 });
  const rows = await kept();
  const many = Array.from({ length: 60_000 }, (_, index) => JSON.stringify({ house: `H-${index}`, pieces: 1 }));
  const told = await fetch(`${origin}/v1/manifests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${window.key(ids.carrier)}`, 'content-type': 'application/x-ndjson' },
    body: [JSON.stringify(head), '{"house":', ...many].join('\n'),
  });
  assert.deepEqual([told.status, Object(await told.json()).code], [400, 'http/body-malformed']);
  const { port } = new URL(origin);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end('GOOD MORNING\r\n\r\n');
  const answer = Buffer.concat(await socket.toArray()).toString();
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /"code":"http\/bad-request"/);
  assert.deepEqual(await kept(), rows);
});
