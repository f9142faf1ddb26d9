import type { Kind as Slip } from '#modules/slips/index.ts';

/**
 * How the messages of China's cross-border e-commerce system (CEB) are described: their fields in their order, and the
 * home of each in what the window keeps. Reader, mapping and the page of documents are all made from these tables.
 */

/**
 * How a field's text becomes what its home takes. `amount` goes with the currency field that it names; `sum` adds to
 * the amount that stands there; `words` gets the language of the format; `lines` cuts an address into lines.
 */
export type As =
  | 'text'
  | 'amount'
  | 'sum'
  | 'quantity'
  | 'line'
  | 'words'
  | 'lines'
  | 'instant'
  | 'country'
  | 'unit'
  | 'movement';

/** One field. Without a home it is kept with the message's bytes, and reported. */
export interface Field {
  readonly name: string;
  readonly optional: boolean;
  /** JSON pointer into the slip; of a row into its line of goods. `message` is what the message itself keeps. */
  readonly home: string | null;
  readonly as: As;
  /** The field that says the currency. */
  readonly currency: string;
  /** A field and what it has to say for this one to be what its home means. */
  readonly when: readonly [field: string, value: string] | null;
}

/** A kind of message whose nodes have a door of the window. */
export interface CebKind {
  readonly node: string;
  /** The element that holds a node's fields; null where the node holds them itself. */
  readonly head: string | null;
  readonly row: string | null;
  readonly fields: readonly Field[];
  readonly rows: readonly Field[];
  readonly door: Slip | 'cancellation';
  /**
   * What the kind of message says without a field for it, by its home. `$home` is the window's own country; `$` and a
   * name is that field once more.
   */
  readonly given: Readonly<Record<string, string | boolean>>;
  /** The kind that answers it, its element, and the node's fields that it repeats. */
  readonly receipt: { readonly kind: string; readonly node: string; readonly repeats: readonly string[] };
}

export type Row = readonly [name: string, home?: string, as?: As, more?: Partial<Pick<Field, 'currency' | 'when'>>];

/** Writes the table short: a question mark behind a name says that the field may be left out. */
export const fields = (...rows: readonly Row[]): Field[] =>
  rows.map(([name, home = null, as = 'text', more = {}]) => ({
    name: name.replace('?', ''),
    optional: name.endsWith('?'),
    home,
    as,
    currency: 'currency',
    when: null,
    ...more,
  }));

/** What each node says of itself. */
export const envelope: readonly Row[] = [
  ['guid', 'message'],
  ['appType', 'message'],
  ['appTime', 'message'],
  ['appStatus', 'message'],
];

/** Fields without a home. */
export const names = (...list: readonly string[]): Row[] => list.map((name) => [name]);

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
