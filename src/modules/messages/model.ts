import { type Static, Type } from 'typebox';
import type { Catalogue, Refusal } from '#kernel/result.ts';
import type { Receipt } from '#modules/slips/index.ts';
import type { Door } from './fields.ts';

/**
 * What became of a node. *taken*: its door took it. *refused*: its door did not. *kept*: its bytes are kept and nothing
 * is done with it, because its sender only stored it or because there is no door for it.
 */
export const nodeStates = ['taken', 'refused', 'kept'] as const;
export type NodeState = (typeof nodeStates)[number];

/** What became of one node of a message. */
export interface NodeOutcome {
  /** Its place, from 1. */
  readonly node: number;
  readonly path: string;
  readonly guid: string | null;
  readonly state: NodeState;
  /** The slip that it became. */
  readonly slip?: Receipt;
  /** The parcel that it took back. */
  readonly cancelled?: string;
  /** What its door made of it, where that is neither a slip nor a cancellation. */
  readonly made?: { readonly door: Door; readonly id: string };
  readonly refusal?: Refusal;
  /** Its fields that say something and have no home here. */
  readonly homeless: readonly string[];
  /** What stands in the slip without a field that said it. */
  readonly given: readonly string[];
  /** Its fields that its receipt repeats. */
  readonly repeats: Readonly<Record<string, string>>;
}

/** A message as its sender follows it. */
export interface MessageView {
  readonly id: string;
  readonly kind: string;
  readonly guid: string;
  readonly received: string;
  readonly sha256: string;
  /** Whether the official schema was there and allows it. */
  readonly validated: boolean;
  readonly nodes: readonly NodeOutcome[];
}

export const idParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
export type IdParams = Static<typeof idParams>;

export const noticeParams = Type.Object(
  { id: Type.String({ format: 'uuid' }), number: Type.String({ pattern: '^[1-9][0-9]{0,2}$' }) },
  { additionalProperties: false },
);
export const outParams = Type.Object(
  { id: Type.String({ format: 'uuid' }), kind: Type.String({ pattern: '^(CEB[0-9]{3}Message|CSV)$' }) },
  { additionalProperties: false },
);
export const outQuery = Type.Object(
  {
    rate: Type.Optional(
      Type.String({
        pattern: '^(0|[1-9][0-9]{0,8})(\\.[0-9]{1,8})?$',
        description: 'Yuan for one unit of the parcel’s currency, where the format takes yuan alone.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const refusals: Catalogue = {
  'messages/not-yours': { status: 403, title: 'You may not send messages here' },
  'messages/not-found': { status: 404, title: 'There is no such message, or you may not see it' },
  'messages/unfinished': { status: 409, title: 'The nodes of this message have not all gone through their doors' },
  'messages/no-receipts': { status: 404, title: 'There are no receipts for messages of this kind' },
  'messages/no-notices': { status: 404, title: 'There are no notices on messages of this kind' },
  'messages/no-notice': { status: 404, title: 'There is no notice under this number' },
  'messages/not-written': { status: 404, title: 'Messages of this kind are not written here' },
  'messages/not-filed': { status: 403, title: 'Only who filed a parcel takes it away as a message' },
  'messages/nothing-to-say': { status: 422, title: 'The parcel has nothing that a message of this kind is about' },
  'messages/more-than-one': { status: 422, title: 'The format binds one checklist to one order and one waybill' },
  'messages/needs-rate': { status: 422, title: 'The format takes amounts in one currency' },
  'messages/no-word': { status: 422, title: 'The format has no code for this' },
  'messages/does-not-fit': { status: 422, title: 'This is longer than the format allows' },
  'messages/guid-replayed': { status: 409, title: 'This guid was already used for another message' },
  'messages/kind-unknown': { status: 422, title: 'Messages of this kind are not read here' },
  'messages/not-as-described': { status: 422, title: 'The message is not as its kind is described' },
  'messages/schema-unreadable': {
    status: 503,
    title: 'This window cannot read its official schema: whoever runs it has to mend that',
  },
  'messages/xsd': { status: 422, title: 'The official schema does not allow this' },
  'messages/xml-doctype': { status: 400, title: 'A document type declaration is not read' },
  'messages/xml-instruction': { status: 400, title: 'A processing instruction is not read' },
  'messages/xml-encoding': { status: 400, title: 'The document says another encoding than UTF-8' },
  'messages/xml-malformed': { status: 400, title: 'The body is not XML' },
  'messages/xml-too-much': { status: 400, title: 'The document is beyond a limit' },
  'messages/xml-too-slow': { status: 408, title: 'The document took too long to come' },
  'messages/no-file': { status: 400, title: 'No file was chosen' },
  'messages/csv-malformed': { status: 400, title: 'The body is not a table' },
  'messages/column-unknown': { status: 422, title: 'There is no such column' },
  'messages/column-twice': { status: 422, title: 'This column stands twice' },
  'messages/column-missing': { status: 422, title: 'A column is missing' },
  'messages/cells-differ': { status: 422, title: 'The row has another number of cells than there are columns' },
  'messages/cell-missing': { status: 422, title: 'This cell is empty' },
  'messages/parcel-apart': { status: 422, title: 'The rows of a declaration stand apart' },
  'messages/no-rows': { status: 422, title: 'There is no row below the columns' },
  'messages/guid': { status: 422, title: 'The guid does not have its 36 characters' },
  'messages/no-nodes': { status: 422, title: 'There is nothing in the message' },
  'messages/too-many-nodes': { status: 422, title: 'There is too much in one message' },
  'messages/field-unknown': { status: 422, title: 'This element does not stand here' },
  'messages/field-twice': { status: 422, title: 'This element stands twice' },
  'messages/field-not-text': { status: 422, title: 'This element holds text and no elements' },
  'messages/field-missing': { status: 422, title: 'This element is missing or empty' },
  'messages/field-format': { status: 422, title: 'This is not written as its kind of field is' },
  'messages/code-unknown': { status: 422, title: 'This code is not known here' },
  'messages/says-two': { status: 422, title: 'Two fields say different things for the same place' },
  'messages/parts-missing': { status: 422, title: 'Not all parts of this are in the message' },
  'messages/no-deletion': { status: 422, title: 'A slip is not deleted by a message' },
  'messages/nothing-declared': { status: 404, title: 'There is no parcel of this declaration' },
};
