import { readFileSync } from 'node:fs';
import { day as parseDay } from '#kernel/effective.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import { type CodeList, fields, type MessageKind, type Row, type Speech } from './fields.ts';

/** What the messages of China's cross-border e-commerce system (CEB) have in common. */

/** What each node says of itself. */
export const envelope: readonly Row[] = [
  ['guid', 'message'],
  ['appType', 'message'],
  ['appTime', 'message'],
  ['appStatus', 'message'],
];

/** What is said of the goods' lines in both directions. */
export const goods = {
  gnum: ['gnum', '/line', 'line'],
  gname: ['gname', '/description', 'words'],
  gcode: ['gcode', '/commodity'],
  country: ['country', '/origin', 'country'],
  qty: ['qty', '/quantity', 'quantity'],
  unit: ['unit', '/unit', 'unit'],
  qty1: ['qty1', '/statutoryQuantity', 'quantity'],
  unit1: ['unit1', '/statutoryUnit', 'unit'],
  qty2: ['qty2?', '/supplementaryQuantity', 'quantity'],
  unit2: ['unit2?', '/supplementaryUnit', 'unit'],
  totalPrice: ['totalPrice', '/price', 'amount'],
} as const satisfies Record<string, Row>;

/** The namespace of all of them. */
export const cebUri = 'http://www.chinaport.gov.cn/ceb';

/** What may follow the nodes of a message: who sent it by which way, and a signature. */
export const cebTail: readonly string[] = ['BaseTransfer', 'BaseSubscribe', 'ExtendMessage', 'Signature'];

/** The zone of every time in these messages: UTC+8 the whole year. */
const zone = '+08:00';

/** `20160315153555` as an instant. */
function instant(text: string): string | undefined {
  const [, date = '', hour = '', minute = '', second = ''] = /^(\d{8})(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  const calendar = parseDay(date.replace(/^(....)(..)(..)$/, '$1-$2-$3'));
  if (calendar === undefined || hour > '23' || minute > '59' || second > '59') return undefined;
  return instantOf(msOfInstant(`${calendar}T${hour}:${minute}:${second}${zone}`)).replace('.000Z', 'Z');
}

type Codes = Readonly<Partial<Record<CodeList, Readonly<Record<string, string>>>>>;

/** The format's lists of codes, with what the window calls each. What is not there is not known, and never guessed. */
const codes: Codes = {
  ...(JSON.parse(readFileSync(new URL('./ceb-codes.json', import.meta.url), 'utf8')) as Codes),
  movement: { I: 'import', E: 'export' },
  mode: { '2': 'sea', '3': 'rail', '4': 'road', '5': 'air', '6': 'post' },
};

/** The code by which the format calls what the window calls so; undefined where its list does not hold it. */
const backwards = new Map(
  Object.entries(codes).map(([list, known]) => [
    list,
    new Map(
      Object.entries(known)
        .map(([code, ours]) => [ours, code] as const)
        .toReversed(),
    ),
  ]),
);
/** `20180507153001001`, in the zone of these messages; without its thousandths as fields of the nodes have it. */
const zoneMs = 8 * 3_600_000;
export const stamp = (at: string): string => instantOf(msOfInstant(at) + zoneMs).replaceAll(/\D/g, '');

export const speech: Speech = {
  language: 'zh',
  instant,
  time: (at) => stamp(at).slice(0, 14),
  coded: (list, ours) => backwards.get(list)?.get(ours),
  code: (list, text) => (Object.hasOwn(codes[list] ?? {}, text) ? codes[list]![text] : undefined),
};

/** What all kinds of this system have in common. */
export const ceb = { speech, rowsAt: '/goods', rows: [], row: null, given: {} } as const satisfies Partial<MessageKind>;

/** The receipt of a kind as a message of its own: what it repeats, and what it says. */
export const receiptKind = (receipt: NonNullable<MessageKind['receipt']>): MessageKind => ({
  ...ceb,
  node: receipt.node,
  head: null,
  door: null,
  fields: fields(
    ['guid', 'message'],
    ...receipt.repeats.map((name): Row => [`${name}?`]),
    ...['returnStatus', 'returnTime', 'returnInfo'].map((name): Row => [name]),
  ),
  receipt: null,
});
