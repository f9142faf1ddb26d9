import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Fields, Message, Node } from './read.ts';

/** A slip made of a node: where it goes, whose it is, what it says, and which fields of the node it has no place for. */
export interface Mapped {
  readonly door: 'orders' | 'payments' | 'transports' | 'declarations';
  readonly sender: string;
  readonly number: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly leftOut: readonly string[];
}

const currencies: Fields = { '142': 'CNY', '502': 'USD', '300': 'EUR', '116': 'JPY' };
const countries: Fields = { '142': 'CN', '116': 'JP', '502': 'US' };

/** A code of a list that this example knows a few of; an unknown one is left out and never guessed. */
const looked = (list: Fields, code: string | undefined): string | undefined =>
  code !== undefined && Object.hasOwn(list, code) ? list[code] : undefined;

/** Reads fields and notes which of them were read, so that what was not read can be named. */
class Reader {
  readonly #fields: Fields;
  readonly #read = new Set<string>();

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  /** The field's text; undefined where it is empty, which in these messages means that it was not given. */
  get(name: string): string | undefined {
    this.#read.add(name);
    const value = this.#fields[name];
    return value === '' ? undefined : value;
  }

  amount(name: string, currency: string | undefined): { currency: string; amount: string } | undefined {
    const amount = this.get(name);
    return amount === undefined || currency === undefined ? undefined : { currency, amount };
  }

  get leftOut(): string[] {
    return Object.keys(this.#fields).filter((name) => !this.#read.has(name) && this.#fields[name] !== '');
  }
}

/** `20160315153555`, in the time of China, which has been UTC+8 without a summer time since 1991. */
function instant(text: string | undefined): string | undefined {
  const local = /^\d{14}$/.test(text ?? '')
    ? text!.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6+08:00')
    : undefined;
  return local === undefined ? undefined : instantOf(msOfInstant(local)).replace('.000Z', 'Z');
}

const given = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

type Mapping = (node: Node) => Mapped;

const order: Mapping = ({ head }) => {
  const from = new Reader(head);
  const platform = from.get('ebpCode') ?? '';
  const number = from.get('orderNo') ?? '';
  // The order's total is what was really paid for it (the field's name is misspelt in the standard).
  const total = from.amount('acturalPaid', looked(currencies, from.get('currency')));
  const body = given({ platform, number, seller: from.get('ebcCode'), buyer: from.get('buyerName'), total });
  return { door: 'orders', sender: platform, number, body, leftOut: from.leftOut };
};

const payment: Mapping = ({ head }) => {
  const from = new Reader(head);
  const provider = from.get('payCode') ?? '';
  const reference = from.get('payTransactionId') ?? '';
  const body = given({
    provider,
    reference,
    platform: from.get('ebpCode'),
    order: from.get('orderNo'),
    // The message knows no way of paying.
    method: 'transfer',
    payer: from.get('payerName'),
    amount: from.amount('amountPaid', looked(currencies, from.get('currency'))),
    paid: instant(from.get('payTime')),
  });
  return { door: 'payments', sender: provider, number: reference, body, leftOut: from.leftOut };
};

const transport: Mapping = ({ head }) => {
  const from = new Reader(head);
  const carrier = from.get('logisticsCode') ?? '';
  const document = from.get('logisticsNo') ?? '';
  const body = given({
    carrier,
    document,
    master: from.get('billNo'),
    orders: [from.get('orderNo')],
    grossWeight: from.get('weight'),
    // The message counts pieces and names none: the waybill's own number marks the one piece that is known.
    pieces: [{ barcode: document }],
  });
  return { door: 'transports', sender: carrier, number: document, body, leftOut: from.leftOut };
};

const declaration: Mapping = ({ head, rows }) => {
  const from = new Reader(head);
  const id = from.get('copNo') ?? '';
  const declarant = from.get('agentCode') ?? '';
  const currency = looked(currencies, from.get('currency'));
  const unread = new Set<string>();
  const goods = rows.map((row) => {
    const line = new Reader(row);
    const one = given({
      line: Number(line.get('gnum')),
      description: { text: line.get('gname') ?? line.get('itemName'), language: 'zh' },
      commodity: line.get('gcode'),
      origin: looked(countries, line.get('country')),
      quantity: line.get('qty'),
      unit: line.get('unit'),
      price: line.amount('totalPrice', looked(currencies, line.get('currency'))),
    });
    for (const name of line.leftOut) unread.add(`goods/${name}`);
    return one;
  });
  const identity = { type: from.get('buyerIdType'), number: from.get('buyerIdNumber') };
  const body = given({
    id,
    movement: from.get('ieFlag') === 'I' ? 'import' : 'export',
    nature: 'sale',
    declarant,
    seller: from.get('ebcCode'),
    office: from.get('customsCode'),
    consignee: {
      name: { text: from.get('buyerName'), language: 'zh' },
      identity,
      address: { lines: [from.get('consigneeAddress')], country: 'CN' },
      private: true,
    },
    dispatch: looked(countries, from.get('country')),
    goods,
    freight: from.amount('freight', currency),
    insurance: from.amount('insuredFee', currency),
    orders: [{ platform: from.get('ebpCode'), number: from.get('orderNo') }],
    transports: [{ carrier: from.get('logisticsCode'), document: from.get('logisticsNo') }],
  });
  return { door: 'declarations', sender: declarant, number: id, body, leftOut: [...from.leftOut, ...unread] };
};

const mappings: Readonly<Record<Message, Mapping>> = {
  CEB311Message: order,
  CEB411Message: payment,
  CEB511Message: transport,
  CEB621Message: declaration,
};

/** The slip that a node of a message is. */
export const slipOf = (message: Message, node: Node): Mapped => mappings[message](node);

/** Fields that say the same thing in two messages of one parcel and are not part of any slip. */
const alike: readonly (readonly [left: Message, field: string, right: Message, field: string])[] = [
  ['CEB311Message', 'buyerIdNumber', 'CEB411Message', 'payerIdNumber'],
  ['CEB311Message', 'buyerIdNumber', 'CEB621Message', 'buyerIdNumber'],
  ['CEB311Message', 'consignee', 'CEB511Message', 'consignee'],
  ['CEB311Message', 'freight', 'CEB621Message', 'freight'],
  ['CEB311Message', 'payTransactionId', 'CEB411Message', 'payTransactionId'],
  ['CEB311Message', 'payCode', 'CEB411Message', 'payCode'],
  ['CEB511Message', 'packNo', 'CEB621Message', 'packNo'],
  ['CEB511Message', 'weight', 'CEB621Message', 'grossWeight'],
  ['CEB511Message', 'billNo', 'CEB621Message', 'billNo'],
];

/** A field that two messages of one parcel say differently, named and without what it holds. */
export interface Differing {
  readonly left: string;
  readonly right: string;
}

/** Where the messages of one parcel differ in what they say twice. */
export function differing(parcel: Readonly<Partial<Record<Message, Node>>>): Differing[] {
  return alike.flatMap(([left, one, right, other]) => {
    const [a, b] = [parcel[left]?.head[one], parcel[right]?.head[other]];
    if (a === undefined || b === undefined || a === b) return [];
    return [{ left: `${left.slice(0, 6)} ${one}`, right: `${right.slice(0, 6)} ${other}` }];
  });
}
