import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixedClock } from '#platform/clock.ts';
import { environment, readConfig } from '#platform/config.ts';
import { type Message, type Node, readMessage, Unread } from '../../examples/ceb-2018/read.ts';
import { differing, type Mapped, slipOf } from '../../examples/ceb-2018/slips.ts';
import { openWindow } from '../support/window.ts';

/**
 * The official samples of China's import messages of 2018, sent as slips by the parties that they name. They were not
 * written to belong together, which is what makes them good for this: what does not fit has to be said field by field.
 */
const folder = join(readConfig(environment(), []).shared, 'data/ceb/2018-113/samples/import');
const skip = existsSync(folder) ? false : `the official samples are not at ${folder}: set PORTOLAN_SHARED`;
const numbers = ['311', '411', '511', '621'];

const nodesOf = (number: string): { message: Message; nodes: Node[] } =>
  readMessage(readFileSync(join(folder, `CEB${number}Message.xml`), 'utf8'));

const party = (identifier: string, ...roles: any[]) => ({ identifier, name: identifier, language: 'zh', roles });

/** A window in which the parties of the samples are registered, in the roles that the samples give them. */
async function open() {
  const parties = [
    party('1105910159', 'platform', 'seller', 'declarant', 'payment-provider'),
    party('1101110325', 'platform', 'seller'),
    party('1101110323', 'payment-provider'),
    party('1101180326', 'carrier'),
  ];
  const window = await openWindow({
    clock: fixedClock('2026-11-20T06:00:00.000Z'),
    cast: { parties, representations: [] },
  });
  const send = async ({ door, sender, body }: Mapped): Promise<string> => {
    const told = await window.ask({ method: 'POST', url: `/v1/${door}`, as: sender, body });
    const [first] = told.body.errors ?? [];
    return told.status === 201 ? `version ${told.body.version}` : `${told.body.code} ${first?.pointer ?? ''}`;
  };
  const stands = async ({ door, sender, number }: Mapped): Promise<any> =>
    (await window.ask({ url: `/v1/${door}/${sender}/${number}`, as: sender })).body;
  return { window, send, stands };
}

test('every node of the official samples is read and becomes a slip, and each copy is known for one', {
  skip,
}, async () => {
  const { send } = await open();
  const said = new Map<string, string[]>();
  for (const number of numbers) {
    const { message, nodes } = nodesOf(number);
    const answers: string[] = [];
    for (const node of nodes) answers.push(await send(slipOf(message, node)));
    said.set(number, answers);
  }
  const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text);
  assert.deepEqual(said.get('311'), times(6, 'version 1'));
  assert.deepEqual(said.get('411'), times(10, 'version 1'));
  // One waybill number stands there for five orders: the first is taken, another order under it is a contradiction.
  assert.deepEqual(said.get('511'), ['version 1', ...times(5, 'slips/key-replayed /orders/0')]);
  assert.deepEqual(said.get('621'), times(10, 'version 1'));
});

test('the samples meet where their numbers say so, and what each parcel lacks is named', { skip }, async () => {
  const { window, send, stands } = await open();
  const slips = numbers.flatMap((number) => {
    const { message, nodes } = nodesOf(number);
    return nodes.map((node) => slipOf(message, node));
  });
  for (const slip of slips) await send(slip);
  await window.settle();
  const one = (number: string): Mapped => slips.find((slip) => slip.number === number)!;
  const state = async (number: string): Promise<string> => (await stands(one(number))).state;
  // The checklist of order …0001 names the waybill that came; the one of order …0008 a payment that came.
  assert.deepEqual(
    {
      order: await state('order20160321116421002'),
      'payment 7': await state('P0242250007'),
      'payment 8': await state('P0242250008'),
      waybill: await state('L201603081138007'),
      'checklist 5': await state('NBBH20160308005'),
      'checklist 6': await state('NBBH20160308006'),
    },
    {
      order: 'received',
      'payment 7': 'received',
      'payment 8': 'matched',
      waybill: 'matched',
      'checklist 5': 'matched',
      'checklist 6': 'matched',
    },
  );
});

/** The first of each kind, as if they had been written for one parcel: all under the order of the first checklist. */
function together(): { nodes: Partial<Record<Message, Node>>; slips: Mapped[] } {
  const all = numbers.map((number) => nodesOf(number)).map(({ message, nodes }) => ({ message, node: nodes[0]! }));
  const { orderNo = '', ebpCode = '' } = all[3]!.node.head;
  const changed = all.map(({ message, node }) => {
    const platform = message === 'CEB511Message' ? {} : { ebpCode };
    return { message, node: { ...node, head: { ...node.head, orderNo, ...platform } } };
  });
  return {
    nodes: Object.fromEntries(changed.map(({ message, node }) => [message, node as Node])),
    slips: changed.map(({ message, node }) => slipOf(message, node)),
  };
}

test('S34 brought under one order number, what does not match in them is reported field by field to whose field it is', {
  skip,
}, async () => {
  const { window, send, stands } = await open();
  const { slips, nodes } = together();
  for (const slip of slips) assert.equal(await send(slip), 'version 1');
  await window.settle();
  const reasons: string[] = [];
  for (const slip of slips) {
    const { reasons: told } = await stands(slip);
    for (const { field, found, expected } of told) reasons.push(`${slip.door} ${field}: ${found}, not ${expected}`);
  }
  // The order was sold by another party than the checklist says, and is worth 26 times as much; what was paid agrees
  // with the order. Weights are not compared, since a checklist weighs all of its lines together.
  assert.deepEqual(reasons, ['orders /seller: 1105910159, not 1101110325', 'orders /total: 19050 CNY, not 732 CNY']);
  assert.deepEqual(differing(nodes), [
    { left: 'CEB311 buyerIdNumber', right: 'CEB411 payerIdNumber' },
    { left: 'CEB311 consignee', right: 'CEB511 consignee' },
    { left: 'CEB311 freight', right: 'CEB621 freight' },
    { left: 'CEB311 payTransactionId', right: 'CEB411 payTransactionId' },
    { left: 'CEB311 payCode', right: 'CEB411 payCode' },
    { left: 'CEB511 billNo', right: 'CEB621 billNo' },
  ]);
});

const wrap = (inside: string): string => `<ceb:CEB411Message xmlns:ceb="x">${inside}</ceb:CEB411Message>`;
const head = (field: string): string => wrap(`<ceb:Payment><ceb:PaymentHead>${field}</ceb:PaymentHead></ceb:Payment>`);

test('the reader of the samples takes the flat form and refuses entities, document types and whatever it does not know', () => {
  const { nodes } = readMessage(head('<ceb:payName>A &amp; B</ceb:payName>'));
  assert.deepEqual(nodes, [{ head: { payName: 'A & B' }, rows: [] }]);
  const bad = [
    '<!DOCTYPE x [<!ENTITY a "b">]>' + head('<ceb:payName>&a;</ceb:payName>'),
    head('<ceb:payName>&a;</ceb:payName>'),
    head('<ceb:payName>&#65;</ceb:payName>'),
    head('<ceb:payName>a</ceb:payName><ceb:payName>b</ceb:payName>'),
    head('<ceb:payName>a</ceb:note>'),
    head('<x:payName>a</x:payName>'),
    head('<!-- a --><ceb:payName>a</ceb:payName>'),
    '<ceb:CEB999Message></ceb:CEB999Message>',
    '<ceb:CEB411Message>',
    '',
  ];
  for (const xml of bad) assert.throws(() => readMessage(xml), Unread, xml);
});
