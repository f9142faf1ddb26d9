import type { Kind as Slip } from '#modules/slips/index.ts';

/**
 * How messages of other systems are described: their fields in their order, and the home of each in what the window
 * keeps. Reader, mapping, writer and the page of documents are all made from these tables.
 */

/**
 * How a field's text becomes what its home takes. `amount` goes with the currency field that it names; `sum` adds to
 * the amount that stands there; `joined` goes behind the text that stands there; `words` gets the language of the
 * format; `lines` cuts an address into lines, and `pieces` does so without saying its language; `barcodes` are pieces,
 * apart by spaces.
 */
export type As =
  | 'text'
  | 'joined'
  | 'amount'
  | 'sum'
  | 'quantity'
  | 'line'
  | 'words'
  | 'lines'
  | 'pieces'
  | 'direction'
  | 'yes-or-no'
  | 'barcodes'
  | 'instant'
  | 'country'
  | 'unit'
  | 'movement'
  | 'mode'
  | 'representation'
  | 'nature'
  | 'scheme';

/** One field. Without a home it is kept with the message's bytes, and reported. */
export interface Field {
  readonly name: string;
  readonly optional: boolean;
  /** JSON pointer into what its door takes; of a row into its line. `message` is what the message itself keeps. */
  readonly home: string | null;
  readonly as: As;
  /** The field that says the currency. */
  readonly currency: string;
  /**
   * A field and what it has to say for this one to be what its home means: null where it has to be left out, a star
   * where it may say anything.
   */
  readonly when: readonly [field: string, value: string | null] | null;
}

/** Where a node goes: a kind of slip, or one of the other doors of the window. */
export type Door = Slip | 'cancellation' | 'manifest' | 'arrival' | 'departure' | 'return' | 'summary' | 'parcel';

/** How a format says codes, times and texts. */
export interface Speech {
  /** The language of its texts where their letters do not say another. */
  readonly language: string;
  /** Its times as an instant. */
  readonly instant: (text: string) => string | undefined;
  /** A code of one of its lists as the window calls it; undefined where the list does not hold it. */
  readonly code: (list: CodeList, text: string) => string | undefined;
  /** An instant as the format writes it. */
  readonly time: (instant: string) => string;
  /** The format's code for what the window calls so; undefined where its list does not hold it. */
  readonly coded: (list: CodeList, ours: string) => string | undefined;
}

export type CodeList =
  | 'currency'
  | 'country'
  | 'unit'
  | 'movement'
  | 'mode'
  | 'representation'
  | 'nature'
  | 'scheme'
  | 'direction'
  | 'yes-or-no';

/** A kind of message whose nodes the window can read. */
export interface MessageKind {
  readonly node: string;
  /** The element that holds a node's fields; null where the node holds them itself. */
  readonly head: string | null;
  readonly row: string | null;
  /** Whether a node may have no row. */
  readonly rowless?: boolean;
  readonly fields: readonly Field[];
  readonly rows: readonly Field[];
  /** Where the rows go in what the door takes. */
  readonly rowsAt: string;
  /** Null where the window has no door for it: its nodes are read and kept. */
  readonly door: Door | null;
  /**
   * What the kind of message says without a field for it, by its home. `$home` is the window's own country; `$` and a
   * name is that field once more, `@` and a name its time. A field that says it itself goes first; behind a question
   * mark it is said only where something else stands beside it.
   */
  readonly given: Readonly<Record<string, string | boolean>>;
  /** What each row says without a field for it. */
  readonly givenRow?: Readonly<Record<string, number>>;
  /** The kind that answers it, its element, and the node's fields that it repeats; null where nothing answers it. */
  readonly receipt: { readonly kind: string; readonly node: string; readonly repeats: readonly string[] } | null;
  readonly speech: Speech;
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

/** Fields without a home. */
export const names = (...list: readonly string[]): Row[] => list.map((name) => [name]);
