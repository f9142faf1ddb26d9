import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixedClock } from '#platform/clock.ts';
import { environment, readConfig } from '#platform/config.ts';
import { schemasIn } from '#modules/messages/index.ts';
import { openWindow, type TestWindow, type Told } from '../support/window.ts';

/** Declarations of the WCO Data Model, tables, master bills and arrivals as messages; parcels in each format. */

const data = join(readConfig(environment(), []).shared, 'data');
const cds = schemasIn(existsSync(data) ? join(data, 'wco-dm/cds/schemas') : null);
const ceb = schemasIn(existsSync(data) ? join(data, 'ceb/2018-113/xsd') : null);
const metaUri = 'urn:wco:datamodel:WCO:DocumentMetaData-DMS:2';
const cebUri = 'http://www.chinaport.gov.cn/ceb';

const agent = 'GB603202734852';
const carrier = 'CARRIER-1';
const place = 'SHED-1';
const party = (identifier: string, ...roles: any[]) => ({
  identifier,
  name: `The ${identifier}`,
  language: 'en',
  roles,
});

const open = (economy: string): Promise<TestWindow> =>
  openWindow({
    economy,
    clock: fixedClock('2026-11-20T06:00:00.000Z'),
    cast: {
      parties: [
        party(agent, 'declarant', 'platform', 'guarantor', 'seller'),
        party(carrier, 'carrier'),
        party(place, 'place-operator'),
        party('PSP-1', 'payment-provider'),
      ],
      representations: [],
    },
  });

const send = (window: TestWindow, as: string, raw: string, type = 'application/xml'): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/messages', as, raw, type });

const states = ({ body }: Told): string[] =>
  body.nodes.map(({ state, problem }: any) =>
    problem === undefined ? state : problem.errors.map(({ code, pointer }: any) => `${code} ${pointer}`).join(),
  );

const envelope = (inside: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<md:MetaData xmlns:md="${metaUri}" xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
<md:WCODataModelVersionCode>3.6</md:WCODataModelVersionCode><md:WCOTypeName>DEC</md:WCOTypeName>
<md:ResponsibleCountryCode>GB</md:ResponsibleCountryCode><md:ResponsibleAgencyName>X</md:ResponsibleAgencyName>
<Declaration>${inside}</Declaration></md:MetaData>`;

/** A declaration of the super-reduced set for a parcel below the relief: no quantity, six figures of the code. */
const reduced = (number: string, value = '12.50'): string =>
  envelope(`<FunctionCode>9</FunctionCode><FunctionalReferenceID>${number}</FunctionalReferenceID>
<TypeCode>IMA</TypeCode><GoodsItemQuantity>1</GoodsItemQuantity><TotalPackageQuantity>1</TotalPackageQuantity>
<BorderTransportMeans><ModeCode>5</ModeCode></BorderTransportMeans>
<Consignment><Carrier><ID>${carrier}</ID></Carrier></Consignment>
<Declarant><ID>${agent}</ID></Declarant>
<Exporter><Name>Maker &amp; Co</Name><Address><CityName>Shenzhen</CityName><CountryCode>CN</CountryCode>
<Line>1 Road</Line><PostcodeID>518000</PostcodeID></Address></Exporter>
<GoodsShipment><Consignment><GoodsLocation><Name>LHRSHED</Name></GoodsLocation>
<TransportContractDocument><ID>W-${number}</ID></TransportContractDocument></Consignment>
<ExportCountry><ID>CN</ID></ExportCountry>
<GovernmentAgencyGoodsItem><CustomsValueAmount currencyID="GBP">${value}</CustomsValueAmount>
<SequenceNumeric>1</SequenceNumeric>
<AdditionalDocument><CategoryCode>N</CategoryCode><ID>935-7</ID><TypeCode>935</TypeCode></AdditionalDocument>
<AdditionalInformation><StatementCode>00500</StatementCode></AdditionalInformation>
<Commodity><Description>A cup</Description><Classification><ID>691200</ID>
<IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>
<GoodsMeasure><GrossMassMeasure unitCode="KGM">0.300</GrossMassMeasure></GoodsMeasure></Commodity>
<GovernmentProcedure><CurrentCode>40</CurrentCode><PreviousCode>00</PreviousCode></GovernmentProcedure>
<GovernmentProcedure><CurrentCode>C07</CurrentCode></GovernmentProcedure>
<GovernmentProcedure><CurrentCode>1H7</CurrentCode></GovernmentProcedure></GovernmentAgencyGoodsItem>
<Importer><Name>A. Person</Name><Address><CityName>Leeds</CityName><CountryCode>GB</CountryCode><Line>2 Lane</Line>
<PostcodeID>LS1 1AA</PostcodeID></Address></Importer></GoodsShipment>`);

test('a declaration of the super-reduced set is cleared without a quantity, and notices follow its parcel', async () => {
  const window = await open('gb');
  const told = await send(window, agent, reduced('LRN-1'));
  assert.equal(told.status, 200, told.text);
  assert.deepEqual(states(told), ['taken']);
  assert.ok(told.body.nodes[0].given.includes('/consignee/private'));
  assert.ok(told.body.nodes[0].homeless.some((path: string) => path.endsWith('/TotalPackageQuantity')));
  const slip = await window.ask({ url: `/v1/declarations/${agent}/LRN-1`, as: agent });
  const [goods] = slip.body.content.declaration.goods;
  assert.deepEqual(goods, {
    line: 1,
    price: { currency: 'GBP', amount: '12.5' },
    description: { text: 'A cup', language: 'en' },
    grossWeight: '0.3',
    commodity: '691200',
  });
  assert.deepEqual(slip.body.content.declaration.documents, [{ line: 1, type: 'N935', number: '935-7' }]);
  const notices = async (): Promise<string[]> =>
    (await window.ask({ url: `/v1/messages/${told.body.id}/notices`, as: agent })).body.notices.map(
      ({ name }: any) => name,
    );
  await window.settle();
  const waybill = { carrier, document: 'W-LRN-1', pieces: [{ barcode: 'P-1' }], borderMode: 'post' };
  const carried = await window.ask({ method: 'POST', url: '/v1/transports', as: carrier, body: waybill });
  assert.equal(carried.status, 201, carried.text);
  await window.settle();
  const again = await window.ask({ url: `/v1/declarations/${agent}/LRN-1`, as: agent });
  const parcel = await window.ask({ url: `/v1/consignments/${again.body.parcel}`, as: agent });
  assert.equal(parcel.body.outcome, 'cleared', JSON.stringify(parcel.body.missing));
  assert.deepEqual((await notices()).slice(0, 2), ['DMSRCV', 'DMSACC']);
  const names = await notices();
  for (const [index, name] of names.entries()) {
    const one = await window.ask({ url: `/v1/messages/${told.body.id}/notices/${index + 1}`, as: agent });
    assert.equal(one.status, 200, one.text);
    const judged = cds.check(metaUri, 'MetaData', Buffer.from(one.text));
    assert.ok(judged.ok, `${name} ${JSON.stringify(judged)} ${one.text}`);
    assert.match(one.text, new RegExp(again.body.parcel));
  }
  const none = await window.ask({ url: `/v1/messages/${told.body.id}/notices/99`, as: agent });
  assert.equal(`${none.status} ${none.body.code}`, '404 messages/no-notice');
  const back = envelope(`<FunctionCode>13</FunctionCode><FunctionalReferenceID>LRN-2</FunctionalReferenceID>
<ID>${again.body.parcel}</ID><TypeCode>INV</TypeCode><AdditionalInformation>
<StatementDescription>Sold to somebody else</StatementDescription></AdditionalInformation>`);
  const taken = await send(window, agent, back);
  assert.deepEqual(states(taken), ['taken'], taken.text);
  assert.equal((await notices()).at(-1), 'DMSINV');
});

test('a declaration that says two things for one place, or a mass that is not in kilograms, is refused at its line', async () => {
  const window = await open('gb');
  const twice = reduced('LRN-3').replace(
    '<ExportCountry><ID>CN',
    '<Destination><CountryCode>GB</CountryCode></Destination><ExportCountry><ID>CN',
  );
  assert.deepEqual(states(await send(window, agent, twice)), ['taken']);
  const outward = reduced('LRN-4').replace('<TypeCode>IMA<', '<TypeCode>EXA<');
  const [said] = states(await send(window, agent, outward));
  assert.match(
    said!,
    /^messages\/says-two \/MetaData\/Declaration\/GoodsShipment\/GovernmentAgencyGoodsItem\/Government/,
  );
  const grams = await send(window, agent, reduced('LRN-5').replace('unitCode="KGM"', 'unitCode="GRM"'));
  assert.equal(grams.status, 422);
  assert.match(grams.body.errors[0].pointer, /GrossMassMeasure\/@unitCode$/);
});

const whole = reduced('H-1');
/** Declarations that are none, or nearly one: what is sent, and how it is told. */
const hostile: [what: string, raw: string, status: number, code: string, at?: string][] = [
  ['a document type', `<!DOCTYPE MetaData>${whole.replace(/^<\?.*\?>/, '')}`, 400, 'messages/xml-doctype'],
  ['an outside entity', whole.replace('A cup', '&xxe;'), 400, 'messages/xml-malformed'],
  ['half of it', whole.slice(0, 900), 400, 'messages/xml-malformed'],
  ['another encoding', whole.replace('UTF-8', 'UTF-16'), 400, 'messages/xml-encoding'],
  ['a processing instruction', whole.replace('<Declaration>', '<?x y?><Declaration>'), 400, 'messages/xml-instruction'],
  ['a text beyond a bound', whole.replace('A cup', 'x'.repeat(100_001)), 400, 'messages/xml-too-much'],
  [
    'levels beyond a bound',
    whole.replace('A cup', `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`),
    400,
    'messages/xml-too-much',
  ],
  ['an unknown root', '<Meta xmlns="urn:x"/>', 422, 'messages/kind-unknown', '/Meta'],
  [
    'a root of another version',
    whole.replaceAll('DocumentMetaData-DMS:2', 'DocumentMetaData-DMS:9'),
    422,
    'messages/kind-unknown',
  ],
  ['an envelope with nothing in it', `<MetaData xmlns="${metaUri}"/>`, 422, 'messages/no-nodes', '/MetaData'],
  [
    'two declarations',
    whole.replace('</md:MetaData>', '<Declaration/></md:MetaData>'),
    422,
    'messages/no-nodes',
    '/MetaData',
  ],
  [
    'no number',
    whole.replace(/<FunctionalReferenceID>.*?>/, ''),
    422,
    'messages/field-missing',
    '/MetaData/Declaration/FunctionalReferenceID',
  ],
  [
    'no type',
    whole.replace('<TypeCode>IMA</TypeCode>', ''),
    422,
    'messages/field-missing',
    '/MetaData/Declaration/TypeCode',
  ],
  [
    'an element of elsewhere',
    whole.replace('<Declarant>', '<Declarant><x xmlns="urn:x"/>'),
    422,
    'messages/field-unknown',
    '/MetaData/Declaration/Declarant/x',
  ],
  [
    'a declaration without a namespace',
    whole.replace(/xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"/, ''),
    422,
    'messages/field-unknown',
  ],
  ['a mass in pounds', whole.replace('"KGM"', '"LBR"'), 422, 'messages/code-unknown'],
];

test('a declaration that is none is refused with line and path, and leaves nothing behind', async () => {
  const window = await open('gb');
  const before = await window.rows();
  for (const [what, raw, status, code, at] of hostile) {
    const told = await send(window, agent, raw);
    const [first] = told.body.errors ?? [];
    assert.deepEqual([told.status, first?.code ?? told.body.code], [status, code], `${what} ${told.text}`);
    if (at !== undefined) assert.equal(first.pointer, at, what);
    assert.match(told.text, /line|encoding|Line|UTF/, what);
  }
  assert.deepEqual(await window.rows(), before);
});

const columns =
  'declaration,movement,nature,declarant,dispatch,destination,consignee,consignee-language,consignee-id-type,consignee-id,' +
  'consignee-address,consignee-country,consignee-private,platform,order,order-total,provider,payment,method,paid-amount,paid,carrier,' +
  'waybill,mode,pieces,freight,insurance,currency,line,description,language,commodity,origin,quantity,unit,price';
const row = (number: string, line: number, more: Readonly<Record<string, string>> = {}): string => {
  const said: Record<string, string> = {
    declaration: number,
    movement: 'import',
    nature: 'sale',
    declarant: agent,
    dispatch: 'XL',
    destination: 'XP',
    consignee: '"Person, A."',
    'consignee-language': 'en',
    'consignee-id-type': 'NID',
    'consignee-id': 'XP000000001',
    'consignee-address': '1 Quay',
    'consignee-country': 'XP',
    'consignee-private': 'yes',
    platform: agent,
    order: `O-${number}`,
    'order-total': '20.00',
    provider: 'PSP-1',
    payment: `PAY-${number}`,
    method: 'card',
    'paid-amount': '20.00',
    paid: '2026-11-19T10:00:00Z',
    carrier,
    waybill: `W-${number}`,
    mode: 'air',
    pieces: `W-${number}`,
    currency: 'XPN',
    line: String(line),
    description: 'A "cup"',
    language: 'en',
    commodity: '691200',
    origin: 'XL',
    quantity: '1',
    unit: 'PCE',
    price: '10.00',
    ...more,
  };
  const quoted = (text: string): string =>
    text.startsWith('"') || !text.includes('"') ? text : `"${text.replaceAll('"', '""')}"`;
  return columns
    .split(',')
    .map((name) => quoted(said[name] ?? ''))
    .join(',');
};

test('parcels come as a table, one row a line of goods, and leave as the same table', async () => {
  const window = await open('xp');
  const text = `${[columns, row('C-1', 1), row('C-1', 2), row('C-2', 1, { 'order-total': '10.00', 'paid-amount': '10.00' })].join('\r\n')}\r\n`;
  const told = await send(window, agent, text, 'text/csv; charset=utf-8');
  assert.equal(told.status, 200, told.text);
  assert.deepEqual(states(told), ['taken', 'taken'], JSON.stringify(told.body.nodes));
  const { id } = told.body.nodes[0].made;
  const parcel = await window.ask({ url: `/v1/consignments/${id}`, as: agent });
  assert.equal(parcel.body.outcome, 'cleared', parcel.text.slice(0, 600));
  assert.equal(parcel.body.body.declaration.goods.length, 2);
  assert.equal(parcel.body.body.declaration.consignee.name.text, 'Person, A.');
  const out = await window.ask({ url: `/v1/consignments/${id}/as/CSV`, as: agent });
  assert.match(String(out.headers['content-type']), /^text\/csv/);
  // What left comes in again as what stands.
  const again = await send(window, agent, out.text, 'text/csv');
  assert.deepEqual(states(again), ['taken'], again.text);
  assert.equal(again.body.nodes[0].made.id, id);
  const wrong = `${[columns, row('C-3', 1, { price: 'ten' }), row('C-4', 1, { 'consignee-private': 'maybe' })].join('\n')}\n`;
  assert.deepEqual(states(await send(window, agent, wrong, 'text/csv')), [
    'messages/field-format /2/price',
    'messages/code-unknown /3/consignee-private',
  ]);
});

const tables: [what: string, text: string, status: number, code: string, at: string][] = [
  ['an unknown column', `${columns},colour\n`, 422, 'messages/column-unknown', '/1/colour'],
  ['a column twice', `${columns},price\n`, 422, 'messages/column-twice', '/1/price'],
  ['a missing column', `declaration\nX\n`, 422, 'messages/column-missing', '/1/movement'],
  ['no rows', `${columns}\n`, 422, 'messages/no-rows', '/2/declaration'],
  ['too few cells', `${columns}\nC-1,import\n`, 422, 'messages/cells-differ', '/2/declaration'],
  [
    'rows apart',
    `${[columns, row('A', 1), row('B', 1), row('A', 2)].join('\n')}\n`,
    422,
    'messages/parcel-apart',
    '/4/declaration',
  ],
  [
    'two movements',
    `${[columns, row('A', 1), row('A', 2, { movement: 'export' })].join('\n')}\n`,
    422,
    'messages/says-two',
    '/3/movement',
  ],
  ['no price', `${[columns, row('A', 1, { price: '' })].join('\n')}\n`, 422, 'messages/cell-missing', '/2/price'],
  ['a quote that never ends', `${columns}\n"A`, 400, 'messages/csv-malformed', '/2'],
  ['a quote inside', `${columns}\nA"B,\n`, 400, 'messages/csv-malformed', '/2'],
  ['text behind a quote', `${columns}\n"A"B,\n`, 400, 'messages/csv-malformed', '/2'],
  ['a control character', `${columns}\nA\0,\n`, 400, 'messages/csv-malformed', '/2'],
];

test('a table that is none is refused by line and column, and leaves nothing behind', async () => {
  const window = await open('xp');
  const before = await window.rows();
  for (const [what, text, status, code, at] of tables) {
    const told = await send(window, agent, text, 'text/csv');
    const [first] = told.body.errors ?? [];
    assert.deepEqual(
      [told.status, first?.code ?? told.body.code, first?.pointer],
      [status, code, at],
      `${what} ${told.text}`,
    );
    assert.match(told.text, /[Ll]ine|column|rows/, what);
  }
  assert.deepEqual(await window.rows(), before);
});

const guidOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const tail = `<BaseTransfer><copCode>1</copCode><copName>P</copName><dxpMode>DXP</dxpMode><dxpId>X</dxpId></BaseTransfer>`;
const said = (n: number): string =>
  `<guid>${guidOf(n)}</guid><appType>1</appType><appTime>20261120130000</appTime><appStatus>2</appStatus>`;
const cebOf = (kind: string, n: number, inside: string): string =>
  `<${kind} xmlns="${cebUri}" guid="${guidOf(n)}" version="1.0">${inside}${tail}</${kind}>`;

const bill = (n: number, part: number, parts: number, ...houses: readonly string[]): string =>
  `<WayBill><WayBillHead>${said(n)}<customsCode>1500</customsCode><copNo>C1</copNo><agentCode>A</agentCode><agentName>A</agentName>
<trafMode>5</trafMode><trafName>air</trafName><voyageNo>XP12</voyageNo><billNo>M-1</billNo><grossWeight>1</grossWeight>
<logisticsCode>${carrier}</logisticsCode><logisticsName>C</logisticsName><msgCount>${parts}</msgCount>
<msgSeqNo>${part}</msgSeqNo></WayBillHead>${houses
    .map((one, index) => `<WayBillList><gnum>${index + 1}</gnum><logisticsNo>${one}</logisticsNo></WayBillList>`)
    .join('')}</WayBill>`;

test('a master bill in parts becomes one manifest, and an arrival releases what it brings', async () => {
  const window = await open('xp');
  const table = `${[columns, row('C-1', 1), row('C-1', 2)].join('\n')}\n`;
  const parcel = (await send(window, agent, table, 'text/csv')).body.nodes[0].made.id;
  const half = await send(window, carrier, cebOf('CEB607Message', 1, bill(2, 1, 2, 'W-C-1')));
  assert.deepEqual(states(half), ['messages/parts-missing /CEB607Message/WayBill[1]/WayBillHead/msgSeqNo']);
  const both = cebOf('CEB607Message', 3, bill(4, 2, 2, 'W-2') + bill(5, 1, 2, 'W-C-1'));
  const filed = await send(window, carrier, both);
  assert.deepEqual(states(filed), ['taken', 'taken'], filed.text);
  assert.equal(filed.body.nodes[0].made.id, filed.body.nodes[1].made.id);
  const arrived = cebOf(
    'CEB711Message',
    6,
    `<Delivery><DeliveryHead>${said(7)}<customsCode>1500</customsCode><operatorCode>${place}</operatorCode>
<operatorName>S</operatorName><ieFlag>I</ieFlag><trafMode>5</trafMode><trafNo>1</trafNo><voyageNo>XP12</voyageNo>
<billNo>M-1</billNo><logisticsCode>${carrier}</logisticsCode><logisticsName>C</logisticsName></DeliveryHead>
<DeliveryList><gnum>1</gnum><logisticsNo>W-C-1</logisticsNo></DeliveryList></Delivery>`,
  );
  const landed = await send(window, place, arrived);
  assert.deepEqual(states(landed), ['taken'], landed.text);
  const told = await window.ask({ url: `/v1/consignments/${parcel}`, as: agent });
  assert.equal(told.body.presented, 1);
  const gone = cebOf(
    'CEB509Message',
    8,
    `<Departure><DepartureHead>${said(9)}<customsCode>1500</customsCode><copNo>D1</copNo><logisticsCode>${place}</logisticsCode>
<logisticsName>S</logisticsName><trafMode>5</trafMode><leaveTime>20261120134500</leaveTime><msgCount>1</msgCount>
<msgSeqNo>1</msgSeqNo></DepartureHead><DepartureList><gnum>1</gnum><logisticsNo>W-C-1</logisticsNo></DepartureList></Departure>`,
  );
  const left = await send(window, place, gone);
  assert.deepEqual(states(left), ['taken'], left.text);
  for (const [as, message] of [
    [place, left],
    [carrier, filed],
    [place, landed],
  ] as const) {
    const receipts = await window.ask({ url: `/v1/messages/${message.body.id}/receipts`, as });
    const [, kind = ''] = /<(CEB\d+Message)/.exec(receipts.text)!;
    assert.ok(ceb.check(cebUri, kind, Buffer.from(receipts.text)).ok, receipts.text);
  }
});

test('a parcel is written as a message of its movement, and what the format cannot say is told', async () => {
  const window = await open('xp');
  const told = await send(
    window,
    agent,
    `${[columns, row('C-1', 1, { currency: 'GBP' }), row('C-1', 2)].join('\n').replace(/XPN/g, 'GBP')}\n`,
    'text/csv',
  );
  const { id } = told.body.nodes[0].made;
  const as = async (kind: string, who = agent): Promise<Told> =>
    window.ask({ url: `/v1/consignments/${id}/as/${kind}`, as: who });
  const bare = await as('CEB621Message');
  assert.equal(`${bare.status} ${bare.body.code}`, '422 messages/needs-rate');
  for (const kind of ['CEB311Message', 'CEB411Message', 'CEB511Message', 'CEB621Message']) {
    const written = await as(`${kind}?rate=9.12`);
    assert.equal(written.status, 200, written.text);
    assert.match(written.text, /<note>rate: GBP 9.12(; unsaid: [\w ]+)?<\/note>/);
    assert.ok(ceb.check(cebUri, kind, Buffer.from(written.text)).ok, written.text);
  }
  assert.equal((await as('CEB603Message')).body.code, 'messages/nothing-to-say');
  assert.equal((await as('CEB701Message')).body.code, 'messages/not-written');
  assert.equal((await as('CSV', carrier)).body.code, 'messages/not-filed');
});

test('a return by message goes to the door of returns, and is told what stands against it there', async () => {
  const window = await open('xp');
  const told = await send(
    window,
    agent,
    cebOf(
      'CEB625Message',
      1,
      `<InvtRefund><InvtRefundHead>${said(2)}<customsCode>1500</customsCode><orderNo>O</orderNo><ebpCode>P</ebpCode>
<ebpName>P</ebpName><ebcCode>S</ebcCode><ebcName>S</ebcName><logisticsNo>L</logisticsNo><logisticsCode>C</logisticsCode>
<logisticsName>C</logisticsName><copNo>NOWHERE</copNo><invtNo>1</invtNo><buyerIdType>1</buyerIdType>
<buyerIdNumber>1</buyerIdNumber><buyerName>B</buyerName><buyerTelephone>1</buyerTelephone><agentCode>A</agentCode>
<agentName>A</agentName><reason>too small</reason></InvtRefundHead><InvtRefundList><gnum>1</gnum><gcode>6912000000</gcode>
<gname>cup</gname><qty>1</qty><unit>007</unit></InvtRefundList></InvtRefund>`,
    ),
  );
  assert.deepEqual(states(told), ['messages/nothing-declared /CEB625Message/InvtRefund[1]/InvtRefundHead/copNo']);
  assert.ok(told.body.nodes[0].given.includes('/ground'));
});
