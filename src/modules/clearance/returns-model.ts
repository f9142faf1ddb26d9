import { type Static, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import type { WireMoney } from '#kernel/money.ts';
import type { RecordRef } from '#platform/auth.ts';
import { mark } from './model-goods.ts';
import { Document, InstantText, PartyIdentifier, Quantity } from '#modules/rulebook/index.ts';
import type { Charge } from '#modules/rulebook/index.ts';

/** Why goods go back. What it changes is the pack's: it reads the documents that prove it. */
export const returnGrounds = ['changed-mind', 'faulty', 'damaged', 'not-as-ordered', 'not-delivered'] as const;
export type ReturnGround = (typeof returnGrounds)[number];

/** How the place operator found the goods. Anything but `as-sent` is looked at by a person. */
export const conditions = ['as-sent', 'damaged', 'differs'] as const;
export type Condition = (typeof conditions)[number];

/** The body of `POST /v1/consignments/{id}/returns`. Without lines everything that is left goes back. */
export const ReturnBody = Type.Object(
  {
    reference: mark,
    ground: Type.Unsafe<ReturnGround>(Type.Union(returnGrounds.map((ground) => Type.Literal(ground)))),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' })),
    lines: Type.Optional(
      Type.Array(
        Type.Object(
          { line: Type.Integer({ minimum: 1, maximum: 999 }), quantity: Quantity },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 99 },
      ),
    ),
    documents: Type.Optional(Type.Array(Document, { minItems: 1, maxItems: 20 })),
  },
  { additionalProperties: false, $id: 'Return' },
);
export type ReturnBody = Static<typeof ReturnBody>;

/** The body of `POST /v1/returns/{id}/arrivals`: the place operator has the goods. */
export const ReturnArrival = Type.Object(
  {
    operator: PartyIdentifier,
    place: mark,
    back: InstantText,
    condition: Type.Unsafe<Condition>(Type.Union(conditions.map((one) => Type.Literal(one)))),
  },
  { additionalProperties: false, $id: 'ReturnArrival' },
);
export type ReturnArrival = Static<typeof ReturnArrival>;

/** A part of one charge that goes back with a part of one line. */
export interface Given {
  readonly line: number;
  readonly charge: string;
  readonly amount: WireMoney;
  readonly collect: Charge['collect'];
  readonly rule: string;
  readonly source: string;
}

/** What the law says of a return on its days. */
export interface Law {
  readonly days: { readonly released: string; readonly applied: string; readonly back: string };
  /** Whether it gives something back; null where facts are missing and a person has to say. */
  readonly granted: boolean | null;
  readonly route: string | null;
  readonly reason: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly source: string;
  readonly missing: readonly string[];
  readonly obligations: readonly { readonly id: string; readonly what: string; readonly due: string }[];
  /** What it gives back; where it cannot say, all that these goods bore, which is what a person may grant. */
  readonly given: readonly Given[];
  /** What is restored of the yearly limit, in minor units of its unit. */
  readonly quota: string;
}

export type Outcome = 'refunded' | 'refused' | 'lapsed' | 'withdrawn';
/** Where a return stands. */
export type ReturnState = 'applied' | 'doubt' | Outcome;

/** A return as it leaves: only what this reader may see is there. */
export interface ReturnView {
  readonly id: string;
  readonly parcel: string;
  readonly declaration: string;
  readonly reference: string;
  readonly state: ReturnState;
  readonly applied: string;
  /** By when the goods have to be back; null where no clock runs. */
  readonly due: string | null;
  readonly back: string | null;
  readonly place: string | null;
  readonly condition: Condition | null;
  readonly ground: ReturnGround;
  readonly reason: string | null;
  readonly lines: readonly { readonly line: number; readonly quantity: string; readonly value: WireMoney }[];
  /** What the law says: of the goods as they came back, or as if they came back today. */
  readonly law: Omit<Law, 'given' | 'quota'>;
  /** What is given back, or would be: by this window, and by whoever collected it elsewhere. */
  readonly refund: { readonly border: WireMoney; readonly elsewhere: WireMoney };
  readonly given: readonly Given[];
}

/** A return as `may` and `view` know it: the parties are its parcel's, and whoever took the goods in. */
export const returnRecord = (parcel: RecordRef, id: string, operator: string | null): RecordRef => ({
  ...parcel,
  kind: 'return',
  id,
  parties: operator === null ? parcel.parties : { ...parcel.parties, operator: [operator] },
});

export const returnRefusals: Catalogue = {
  'clearance/return-not-yours': {
    status: 403,
    title: 'Only who sells, filed or declares these goods may send them back',
  },
  'clearance/return-unknown': { status: 404, title: 'There is no such return, or you may not see it' },
  'clearance/return-not-released': { status: 409, title: 'These goods were not released, so they cannot be sent back' },
  'clearance/return-of-export': { status: 409, title: 'Exported goods come back by an import that names the export' },
  'clearance/return-line-unknown': { status: 400, title: 'The declaration has no goods line of this number' },
  'clearance/return-line-repeated': { status: 400, title: 'Two lines of the return carry the same number' },
  'clearance/return-quantity-zero': { status: 400, title: 'A line that goes back has a quantity' },
  'clearance/return-more-than-left': { status: 409, title: 'More would go back than is left of this line' },
  'clearance/return-nothing-left': { status: 409, title: 'Nothing is left of this consignment that could go back' },
  'clearance/return-known': { status: 409, title: 'This reference was already used for another return' },
  'clearance/return-ended': { status: 409, title: 'This return has ended' },
  'clearance/return-back-otherwise': { status: 409, title: 'These goods came back otherwise already' },
  'clearance/return-before-release': { status: 400, title: 'Goods are not back before they were released' },
  'clearance/return-given-back': {
    status: 409,
    title: 'What was given back is not taken back by reversing a decision',
  },
};
