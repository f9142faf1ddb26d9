import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fixedClock } from '#platform/clock.ts';
import { environment, readConfig } from '#platform/config.ts';
import { schemasIn } from '#modules/messages/index.ts';
import { portolan } from '../support/command.ts';
import { tries } from '../support/long.ts';
import { openWindow, type TestWindow, type Told } from '../support/window.ts';

/** Messages in the format of China's cross-border e-commerce system, over HTTP, as their senders send them. */

const folder = join(readConfig(environment(), []).shared, 'data/ceb/2018-113/samples');
const skip = existsSync(folder) ? false : `the official samples are not at ${folder}: set PORTOLAN_SHARED`;
const sample = (direction: 'import' | 'export', number: string): Buffer =>
  readFileSync(join(folder, direction, `CEB${number}Message.xml`));

const xsd = schemasIn(join(folder, '../xsd'));

const party = (identifier: string, ...roles: any[]) => ({ identifier, name: identifier, language: 'zh', roles });
/** The parties of the samples, each in the roles that the samples give it. */
const everybody = [
  party('1105910159', 'platform', 'seller', 'declarant', 'payment-provider', 'carrier'),
  party('1101110325', 'platform', 'seller'),
  party('1101110323', 'payment-provider'),
  party('1101180326', 'carrier'),
];

const open = (schemas?: string): Promise<TestWindow> =>
  openWindow({
    ...(schemas === undefined ? {} : { schemas }),
    clock: fixedClock('2026-11-20T06:00:00.000Z'),
    cast: { parties: everybody, representations: [] },
  });

const send = (window: TestWindow, as: string, raw: string | Buffer, type = 'application/xml'): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/messages', as, raw, type });

/** What became of each node, in short. */
const states = (told: Told): string[] =>
  told.body.nodes.map(({ state, problem }: any) => (problem === undefined ? state : `${problem.code}`));

/** A problem's errors as path and line. */
const places = (problem: any): string[] => problem.errors.map(({ pointer, code }: any) => `${code} ${pointer}`);

interface Order {
  readonly guid?: string;
  readonly number?: string;
  readonly paid?: string;
  readonly type?: string;
  readonly status?: string;
  readonly more?: string;
}

const guidOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** One order node, as somebody would write it who read the standard. */
const orderNode = ({
  guid = guidOf(1),
  number = 'A-1',
  paid = '100.50',
  type = '1',
  status = '2',
  more = '',
}: Order = {}) =>
  `<Order><OrderHead><guid>${guid}</guid><appType>${type}</appType><appTime>20261120100000</appTime>
<appStatus>${status}</appStatus><orderType>I</orderType><orderNo>${number}</orderNo><ebpCode>1105910159</ebpCode>
<ebpName>P</ebpName><ebcCode>1105910159</ebcCode><ebcName>S</ebcName><goodsValue>100</goodsValue><freight>0.50</freight>
<discount>0</discount><taxTotal>0</taxTotal><acturalPaid>${paid}</acturalPaid><currency>142</currency>
<buyerRegNo>R</buyerRegNo><buyerName>B &amp; C</buyerName><buyerTelephone>1</buyerTelephone><buyerIdType>1</buyerIdType>
<buyerIdNumber>2</buyerIdNumber><consignee>B</consignee><consigneeTelephone>1</consigneeTelephone>
<consigneeAddress>L</consigneeAddress>${more}</OrderHead><OrderList><gnum>1</gnum><itemName>T</itemName><gmodel>M</gmodel>
<unit>011</unit><qty>1</qty><price>100</price><totalPrice>100</totalPrice><currency>142</currency><country>116</country>
</OrderList></Order>`;

const tail = `<BaseTransfer><copCode>1105910159</copCode><copName>P</copName><dxpMode>DXP</dxpMode><dxpId>X</dxpId></BaseTransfer>`;

const orders = (guid: string, ...nodes: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb" guid="${guid}" version="1.0">
${nodes.join('\n')}${tail}</CEB311Message>`;

test('each node of the official import samples becomes a slip of its sender, and the bytes are kept as they came', {
  skip,
}, async () => {
  const window = await open();
  const sent: [string, string][] = [
    ['311', '1105910159'],
    ['411', '1101110323'],
    ['511', '1101180326'],
    ['621', '1105910159'],
  ];
  for (const [number, as] of sent) {
    const bytes = sample('import', number);
    const told = await send(window, as, bytes);
    assert.equal(told.status, 200, told.text);
    // What its sender only stored at the port is kept. One waybill number stands there for five orders: the first is
    // taken, another order under it is a contradiction.
    const reports = [...bytes.toString('utf8').matchAll(/<ceb:appStatus>(\d)</g)];
    const expected = reports.map(([, status], index) =>
      status === '1' ? 'kept' : number === '511' && index > 0 ? 'slips/key-replayed' : 'taken',
    );
    assert.deepEqual(states(told), expected);
    const again = await send(window, as, bytes);
    assert.deepEqual(again.body, told.body);
    assert.deepEqual((await window.ask({ url: `/v1/messages/${told.body.id}`, as })).body, told.body);
    const original = await window.app.inject({
      url: `/v1/messages/${told.body.id}/original`,
      headers: { authorization: `Bearer ${window.key(as)}` },
    });
    assert.deepEqual(original.rawPayload, bytes);
  }
});

test('a node that its door refuses is told by path and line, and the others of its message go on', async () => {
  const window = await open();
  const told = await send(
    window,
    '1105910159',
    orders(
      guidOf(100),
      orderNode(),
      orderNode({ guid: guidOf(2), paid: '99' }),
      orderNode({ guid: guidOf(3), number: 'A-3', paid: '1e2' }),
      orderNode({ guid: guidOf(4), number: 'A 4 ' }),
      orderNode({ guid: guidOf(5), number: 'A-5', status: '1' }),
      orderNode({ guid: guidOf(6), number: 'A-6', type: '3' }),
      orderNode({ guid: guidOf(7), number: '单号' }),
    ),
  );
  assert.equal(told.status, 200, told.text);
  assert.deepEqual(
    told.body.nodes.map(({ state, problem }: any) => (problem === undefined ? [state] : [state, ...places(problem)])),
    [
      ['taken'],
      ['refused', 'slips/key-replayed /CEB311Message/Order[2]/OrderHead/acturalPaid'],
      ['refused', 'messages/field-format /CEB311Message/Order[3]/OrderHead/acturalPaid'],
      ['taken'],
      ['kept'],
      ['refused', 'messages/no-deletion /CEB311Message/Order[6]/OrderHead/appType'],
      ['refused', 'http/field-format /CEB311Message/Order[7]/OrderHead/orderNo'],
    ],
  );
  const [first] = told.body.nodes;
  assert.ok(first.homeless.includes('/CEB311Message/Order[1]/OrderHead/goodsValue'));
  assert.ok(!first.homeless.some((path: string) => path.endsWith('/orderNo') || path.endsWith('/guid')));
  const slip = await window.ask({ url: '/v1/orders/1105910159/A-1', as: '1105910159' });
  assert.deepEqual(slip.body.content.order, {
    platform: '1105910159',
    number: 'A-1',
    seller: '1105910159',
    total: { currency: 'CNY', amount: '100.5' },
  });
});

test('a change takes the place of what stands, and the same guid with other content is refused', async () => {
  const window = await open();
  const as = '1105910159';
  assert.deepEqual(states(await send(window, as, orders(guidOf(1), orderNode()))), ['taken']);
  const changed = await send(window, as, orders(guidOf(2), orderNode({ paid: '101', type: '2' })));
  assert.equal(changed.body.nodes[0].slip.version, 2);
  const other = await send(window, as, orders(guidOf(2), orderNode({ paid: '102', type: '2' })));
  assert.equal(`${other.status} ${other.body.code}`, '409 messages/guid-replayed');
  // Another sender's guid is his own affair: he may not send these orders, and is told so.
  const foreign = await send(window, '1101110325', orders(guidOf(1), orderNode()));
  assert.deepEqual(states(foreign), ['slips/not-yours']);
  const hidden = await window.ask({ url: `/v1/messages/${changed.body.id}`, as: '1101110325' });
  assert.equal(`${hidden.status} ${hidden.body.code}`, '404 messages/not-found');
});

test('whoever is nobody, or an authority, sends no message', async () => {
  const window = await open();
  const nobody = await window.ask({
    method: 'POST',
    url: '/v1/messages',
    raw: orders(guidOf(1), orderNode()),
    type: 'application/xml',
  });
  assert.equal(`${nobody.status} ${nobody.body.code}`, '401 parties/sign-in-needed');
  const json = await window.ask({ method: 'POST', url: '/v1/messages', as: '1105910159', body: {} });
  assert.equal(json.status, 415);
});

/** Fetches the receipts of a message and judges them by the official schema; what they say, by element. */
async function receipts(window: TestWindow, as: string, id: string): Promise<Record<string, string>[]> {
  const told = await window.ask({ url: `/v1/messages/${id}/receipts`, as });
  assert.equal(told.status, 200, told.text);
  assert.equal(told.headers['content-type'], 'application/xml; charset=utf-8');
  const [, kind = ''] = /<(CEB\d+Message)/.exec(told.text)!;
  const judged = xsd.check('http://www.chinaport.gov.cn/ceb', kind, Buffer.from(told.text));
  assert.deepEqual(judged, { ok: true, value: true }, told.text);
  return [...told.text.matchAll(/ {2}<\w+Return>\n([^]*?)\n {2}<\/\w+Return>/g)].map(([, inside = '']) =>
    Object.fromEntries([...inside.matchAll(/<(\w+)>([^<]*)</g)].map(([, name, text]) => [name!, text!])),
  );
}

test('every sample with a door is answered with receipts that the official schema allows', { skip }, async () => {
  const window = await open();
  const sent = [
    ...['311', '411', '511', '621', '623'].map((number) => ['import', number] as const),
    ...['303', '403', '505', '603'].map((number) => ['export', number] as const),
  ];
  const said: Record<string, string[]> = {};
  for (const [direction, number] of sent) {
    const told = await send(window, '1105910159', sample(direction, number));
    assert.equal(told.status, 200, told.text);
    const answers = await receipts(window, '1105910159', told.body.id);
    assert.equal(answers.length, told.body.nodes.length);
    said[number] = [...new Set(answers.map(({ returnStatus }) => returnStatus!))].toSorted();
  }
  // -1 is what its door refused: another party's slip, a value beyond what the window keeps, a code that is none.
  assert.deepEqual(said, {
    '303': ['-1'],
    '311': ['120'],
    '403': ['120'],
    '411': ['-1'],
    '505': ['120'],
    '511': ['-1'],
    '603': ['-1', '1'],
    '621': ['1', '120'],
    '623': ['1'],
  });
});

test('a message of a kind without a door is kept as it came, and says so', { skip }, async () => {
  const window = await open();
  const told = await send(window, '1105910159', sample('export', '792'));
  assert.deepEqual(new Set(states(told)), new Set(['kept']));
  const status = await send(window, '1105910159', sample('import', '513'));
  assert.deepEqual(new Set(states(status)), new Set(['kept']));
  assert.ok((await receipts(window, '1105910159', status.body.id)).every((one) => one['returnStatus'] === '1'));
  const none = await window.ask({ url: `/v1/messages/${told.body.id}/receipts`, as: '1105910159' });
  assert.equal(`${none.status} ${none.body.code}`, '404 messages/no-receipts');
});

/** A sample with its first node alone, its fields set to these values wherever they stand. */
function firstOf(number: string, node: string, fields: Readonly<Record<string, string>>): string {
  const text = sample('import', number).toString('utf8');
  const end = `</ceb:${node}>`;
  const first = text.slice(0, text.indexOf(end)) + text.slice(text.lastIndexOf(end));
  return Object.entries(fields).reduce(
    (so, [name, value]) => so.replaceAll(new RegExp(`<ceb:${name}>[^<]*<`, 'g'), `<ceb:${name}>${value}<`),
    first,
  );
}

test('four messages of three senders make one parcel, whose receipt says where it stands, and a fifth takes it back', {
  skip,
}, async () => {
  const window = await open();
  const agent = '1105910159';
  const alike = { orderNo: 'PARCEL-1', ebpCode: agent, ebcCode: agent };
  const payment = { payTransactionId: 'P0242250007', payCode: '1101110323' };
  const parts: [as: string, text: string][] = [
    [agent, firstOf('311', 'Order', { ...alike, ...payment, acturalPaid: '732' })],
    ['1101110323', firstOf('411', 'Payment', { ...alike, amountPaid: '732', payerName: 'aa' })],
    ['1101180326', firstOf('511', 'Logistics', alike)],
    [agent, firstOf('621', 'Inventory', { ...alike, buyerName: 'aa' })],
  ];
  let checklist = '';
  for (const [as, text] of parts) {
    const told = await send(window, as, text);
    assert.deepEqual(states(told), ['taken'], told.text);
    checklist = told.body.id;
  }
  const stands = async (): Promise<string> => {
    const [one] = await receipts(window, agent, checklist);
    return `${one?.['returnStatus']} ${one?.['returnInfo']}`;
  };
  assert.equal(await stands(), '120 received');
  await window.settle();
  assert.equal(await stands(), '399 cleared cleared');
  const back = firstOf('623', 'InvtCancel', { ...alike, appStatus: '2', copNo: 'NBBH20160308005' });
  const wordy = firstOf('623', 'InvtCancel', { appStatus: '2', reason: 'x'.repeat(2_001) });
  const refused = (await send(window, agent, wordy.replace('guid="4', 'guid="5'))).body.nodes[0].problem;
  assert.deepEqual(places(refused), ['http/field-size /CEB623Message/InvtCancel[1]/reason']);
  const told = await send(window, agent, back);
  assert.deepEqual(states(told), ['taken'], told.text);
  assert.equal((await receipts(window, agent, told.body.id))[0]?.['returnStatus'], '399');
  assert.equal(await stands(), '100 cancelled cleared');
  const parcel = await window.ask({ url: `/v1/consignments/${told.body.nodes[0].cancelled}`, as: agent });
  assert.equal(parcel.body.status, 'cancelled');
});

test('where the operator has the official schemas they judge, and what they do not allow leaves nothing behind', {
  skip,
}, async () => {
  const window = await open(join(folder, '../xsd'));
  const as = '1105910159';
  const before = await window.rows();
  const text = sample('import', '311').toString('utf8');
  const bent: [what: string, text: string][] = [
    ['a field that is too long', text.replace('<ceb:appType>1<', '<ceb:appType>12<')],
    ['fields in another order', text.replace(/(<ceb:appType>.*?>\s*)(<ceb:appTime>.*?>\s*)/s, '$2$1')],
    ['no sender', text.replace(/<ceb:BaseTransfer>.*<\/ceb:BaseTransfer>/s, '')],
    ['an amount that is none', text.replace('<ceb:freight>5000<', '<ceb:freight>free<')],
  ];
  for (const [what, raw] of bent) {
    assert.notEqual(raw, text, what);
    const told = await send(window, as, raw);
    assert.equal(`${told.status} ${told.body.code}`, '422 messages/xsd', what);
    assert.match(told.body.errors[0].pointer, /^\/CEB311Message/, what);
    assert.match(told.body.errors[0].detail, /^Line \d+: /, what);
  }
  assert.deepEqual(await window.rows(), before);
  assert.equal((await send(window, as, text)).body.validated, true);
});

test('a schema that cannot be read judges nothing: the sender is told whose fault it is, and the doctor what to do', async () => {
  const place = mkdtempSync('/tmp/portolan-schemas-');
  const schema = (inside: string): string =>
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.chinaport.gov.cn/ceb">
       <xs:element name="CEB311Message">${inside}</xs:element>
     </xs:schema>`;
  const cases: [name: string, text: string, said: RegExp][] = [
    ['cut.xsd', schema('').slice(0, -15), /Premature end of data/],
    [
      'lacking.xsd',
      schema('').replace('<xs:element', '<xs:include schemaLocation="gone.xsd"/><xs:element'),
      /failed to load "gone\.xsd"/,
    ],
    ['unknown.xsd', schema('').replace('Message">', 'Message" type="xs:none">'), /none/],
  ];
  for (const [name, text, said] of cases) {
    writeFileSync(join(place, name), text);
    const window = await open(place);
    const before = await window.rows();
    const told = await send(window, '1105910159', orders(guidOf(1), orderNode()));
    assert.equal(`${told.status} ${told.body.code}`, '503 messages/schema-unreadable', name);
    assert.deepEqual(await window.rows(), before);
    const { code, out } = await portolan({ DATABASE_URL: window.test.url, PORTOLAN_SCHEMAS: place }, 'doctor');
    assert.equal(code, 1);
    const [line = ''] = out.split('\n').filter((one) => one.startsWith(`✖ ${name} in ${place} cannot be read: `));
    assert.match(line, said, out);
    rmSync(join(place, name));
  }
  rmSync(place, { recursive: true });
});

const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`;
const root = (inside: string, attributes = ''): string =>
  `<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb" guid="${guidOf(1)}" version="1.0"${attributes}>${inside}</CEB311Message>`;
const whole = orders(guidOf(1), orderNode());
const hostile: [what: string, raw: string | Buffer, status: number, code: string, at?: string][] = [
  ['a bomb of entities', bomb + root('&b;'), 400, 'messages/xml-doctype'],
  [
    'a document type from elsewhere',
    `<!DOCTYPE a SYSTEM "file:///etc/passwd">${root('')}`,
    400,
    'messages/xml-doctype',
  ],
  ['an entity that nobody declared', root('<Order>&xxe;</Order>'), 400, 'messages/xml-malformed'],
  ['a processing instruction', root('<?php echo 1 ?>'), 400, 'messages/xml-instruction'],
  ['forty levels', root('<a>'.repeat(40) + '</a>'.repeat(40)), 400, 'messages/xml-too-much'],
  ['an unending level', '<a>'.repeat(100_000), 400, 'messages/xml-too-much'],
  ['a huge attribute', root('', ` x="${'y'.repeat(5_000)}"`), 400, 'messages/xml-too-much'],
  [
    'very many attributes',
    root('', Array.from({ length: 50 }, (_, n) => ` x${n}="1"`).join('')),
    400,
    'messages/xml-too-much',
  ],
  [
    'very many namespaces',
    root('', Array.from({ length: 50 }, (_, n) => ` xmlns:x${n}="u"`).join('')),
    400,
    'messages/xml-too-much',
  ],
  ['a huge text', root(`<a>${'y'.repeat(200_000)}</a>`), 400, 'messages/xml-too-much'],
  ['nine megabytes', root('<a></a>'.repeat(1_400_000)), 413, 'http/body-too-large'],
  ['half a message', whole.slice(0, 700), 400, 'messages/xml-malformed'],
  ['nothing', ' ', 400, 'messages/xml-malformed'],
  ['two roots', root('') + root(''), 400, 'messages/xml-malformed'],
  ['text behind the root', `${root('')}x`, 400, 'messages/xml-malformed'],
  ['a NUL', root('<a>\0</a>'), 400, 'messages/xml-malformed'],
  ['a NUL as a reference', root('<a>&#0;</a>'), 400, 'messages/xml-malformed'],
  ['an attribute twice', root('', ' x="1" x="2"'), 400, 'messages/xml-malformed'],
  ['an unbound prefix', root('<b:a/>'), 400, 'messages/xml-malformed'],
  ['tags that cross', root('<a><b></a></b>'), 400, 'messages/xml-malformed'],
  ['a tag that never ends', `<CEB311Message ${'a'.repeat(3_000)}`, 400, 'messages/xml-malformed'],
  ['another encoding by its word', `<?xml version="1.0" encoding="GBK"?>${root('')}`, 400, 'messages/xml-encoding'],
  ['another encoding by its bytes', Buffer.from(whole, 'utf16le'), 400, 'messages/xml-malformed'],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from('<a>'), Buffer.from([0xc3, 0x28])]),
    400,
    'http/body-encoding',
  ],
  ['JSON', '{"a": 1}', 400, 'messages/xml-malformed'],
  ['another vocabulary', '<html/>', 422, 'messages/kind-unknown', '/html'],
  ['another namespace', whole.replace('chinaport', 'elsewhere'), 422, 'messages/kind-unknown', '/CEB311Message'],
  ['no such kind', whole.replaceAll('CEB311', 'CEBABC'), 422, 'messages/kind-unknown'],
  ['no nodes', root(tail), 422, 'messages/not-as-described', '/CEB311Message'],
  ['a hundred and one nodes', orders(guidOf(1), orderNode().repeat(101)), 422, 'messages/not-as-described'],
  ['no guid', whole.replace(/ guid="[^"]*"/, ''), 422, 'messages/not-as-described', '/CEB311Message/@guid'],
  [
    'a short guid',
    whole.replace(/ guid="[^"]*"/, ' guid="1"'),
    422,
    'messages/not-as-described',
    '/CEB311Message/@guid',
  ],
  [
    'a node with a short guid',
    orders(guidOf(1), orderNode({ guid: '1' })),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderHead/guid',
  ],
  [
    'a field that is not known',
    orders(guidOf(1), orderNode({ more: '<x>1</x>' })),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderHead/x',
  ],
  [
    'a field twice',
    orders(guidOf(1), orderNode({ more: '<orderNo>B</orderNo>' })),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderHead/orderNo',
  ],
  [
    'elements in a field',
    orders(guidOf(1), orderNode({ more: '<note><b>1</b></note>' })),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderHead/note',
  ],
  [
    'a field of another namespace',
    orders(guidOf(1), orderNode({ more: '<note xmlns="u">1</note>' })),
    422,
    'messages/not-as-described',
  ],
  [
    'no such field',
    whole.replace('<currency>142</currency>\n<buyer', '<buyer'),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderHead/currency',
  ],
  [
    'an empty field',
    whole.replace('<orderNo>A-1<', '<orderNo> <'),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderHead/orderNo',
  ],
  [
    'no rows',
    whole.replace(/<OrderList>[^]*<\/OrderList>/, ''),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderList',
  ],
  [
    'no head',
    whole.replace(/<OrderHead>[^]*<\/OrderHead>/, ''),
    422,
    'messages/not-as-described',
    '/CEB311Message/Order[1]/OrderHead',
  ],
  [
    'a stranger among the nodes',
    whole.replace('<BaseTransfer>', '<Payment/><BaseTransfer>'),
    422,
    'messages/not-as-described',
    '/CEB311Message/Payment',
  ],
];

test('hostile, broken and half-valid messages get a clear answer with line and path, and leave nothing behind', async () => {
  const window = await open();
  const before = await window.rows();
  for (const [what, raw, status, code, at] of hostile) {
    const told = await send(window, '1105910159', raw);
    assert.equal(`${told.status} ${told.body?.code}`, `${status} ${code}`, `${what}: ${told.text.slice(0, 500)}`);
    assert.match(told.body.detail, /\w/, what);
    if (at !== undefined) assert.equal(told.body.errors[0].pointer, at, what);
    if (status === 422) assert.match(told.body.errors[0].detail, /line|Line|docs/, what);
  }
  assert.deepEqual(await window.rows(), before);
});

test('whatever is done to a sound message, it is answered clearly and stored only where all of it was understood', async () => {
  const window = await open();
  const before = await window.rows();
  const pieces = [
    '<',
    '>',
    '&',
    '"',
    '</Order>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '\u{1F600}',
    '&#x0;',
    '<a:b/>',
    '<!DOCTYPE a>',
  ];
  const at = fc.nat(whole.length);
  const change = fc.oneof(
    at.map((from) => whole.slice(0, from)),
    fc.tuple(at, fc.constantFrom(...pieces)).map(([from, piece]) => whole.slice(0, from) + piece + whole.slice(from)),
    fc
      .tuple(at, fc.integer({ min: 1, max: 200 }))
      .map(([from, size]) => whole.slice(0, from) + whole.slice(from + size)),
  );
  await fc.assert(
    fc.asyncProperty(change, async (raw) => {
      const told = await send(window, '1105910159', raw);
      assert.ok([200, 400, 409, 422].includes(told.status), `${told.status} ${told.text}`);
      if (told.status === 200 || told.status === 409) return;
      assert.match(told.body.code, /^(messages|http)\//);
    }),
    { numRuns: tries(150) },
  );
  const after = await window.rows();
  const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
  for (const table of changed) assert.match(table, /^(messages|slips|platform)\./);
});
