import type { Refusal } from '#kernel/result.ts';
import type { Field, MessageKind } from './fields.ts';
import type { Element } from '#platform/xml.ts';

/** A text of a message, with its place there. */
export interface Placed {
  readonly text: string;
  readonly path: string;
  readonly line: number;
  /** The element whose text it is, of XML; an attribute and a cell have none. */
  readonly element?: Element;
  /** The column, of a table. */
  readonly column?: number;
}

/** The fields of one element, by name; those that stand there empty were not given. */
export type PlacedFields = ReadonlyMap<string, Placed>;

/** What stands below a node: the fields of one row, by which table, and where they go. */
export interface PlacedRow {
  readonly at: string;
  readonly known: readonly Field[];
  readonly fields: PlacedFields;
}

/** One business node of a message: its fields, and those of each of its rows. */
export interface MessageNode {
  readonly path: string;
  readonly line: number;
  readonly fields: PlacedFields;
  readonly rows: readonly PlacedRow[];
  /** Fields that say something a second time, and for which no table has a place. */
  readonly further?: readonly string[];
}

/** A message as it was read; `kind` is null where its nodes are only kept, because no table describes them. */
export interface Message {
  readonly name: string;
  readonly guid: string;
  readonly kind: MessageKind | null;
  readonly nodes: readonly MessageNode[];
  /** Whether its nodes say of themselves if they are new, changed, or only stored. */
  readonly reports: boolean;
  /** Whether its guid names the message: otherwise it is the number of what it is about, or empty. */
  readonly named: boolean;
}

/** A fault of a message, with path and line. */
export type Fault = NonNullable<Refusal['more']>[number];

export const fault = (
  code: string,
  path: string,
  line: number,
  params: Readonly<Record<string, string>> = {},
): Fault => ({ code, pointer: path, params: { in: 'xml', line: String(line), ...params } });

/** How many faults of one message are told. */
export const faultsMax = 20;
