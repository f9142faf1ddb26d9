import { type Static, Type } from 'typebox';
import type { Check, Decision, Outcome } from '#kernel/check.ts';
import type { Day } from '#kernel/effective.ts';
import type { Catalogue, Refusal } from '#kernel/result.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { type Amount, type Consignment, DayText, Quantity } from '#modules/rulebook/index.ts';
import type { Charge, Determination } from '#modules/rulebook/index.ts';
import type { StockFigure } from './stock-model.ts';

/** Where a parcel stands. No parcel may rest without one of these. */
export const statuses = [
  'lodged',
  'waiting',
  'cleared',
  'control',
  'released',
  'left',
  'returned',
  'cancelled',
  'denied',
  'abandoned',
  'unclaimed',
  'over-landed',
] as const;
export type Status = (typeof statuses)[number];

/** Whether the goods were let go: what is done about them afterwards is no longer the filer's alone. */
export const isReleased = (status: Status): boolean => status === 'released' || status === 'left';

/**
 * The status that a first outcome leaves behind. An outcome that asks the filer for something else leaves it lodged.
 */
export const statusOf: Readonly<Record<Outcome, Status>> = {
  rejected: 'lodged',
  'other-route': 'lodged',
  'cannot-decide': 'lodged',
  waiting: 'waiting',
  cleared: 'cleared',
  control: 'control',
  released: 'released',
  'released-changed': 'released',
  'released-security': 'released',
  denied: 'denied',
};

/** What `POST /v1/consignments` answers, and answers again when the same submission is repeated. */
export interface Answer {
  id: string;
  declaration: string;
  version: number;
  status: Status;
  received: string;
  secured: boolean;
  decision: Decision;
  determination: Brief | null;
}

/**
 * A determination without its checks, which stand in the decision, and without its steps, which `GET` works out
 * again.
 */
export type Brief = Omit<Determination, 'checks' | 'leads'>;

/** One parcel on its way through `clear`. */
export interface Submission {
  /** Registered identifier of the party under whose key the parcel is filed. */
  filer: string;
  /** The client's subject, for the record of who did it. */
  by: string;
  body: Consignment;
  /** The bytes received, kept as they came. */
  raw: string;
  /** Milliseconds at receipt; the id and the partition follow from it. */
  receivedMs: number;
  /** Written by the demonstration's seed under its shifted clock. */
  seeded: boolean;
  /**
   * What waits undecided under this key gives way to it, whatever it says: whoever puts the parcel together from its
   * slips has let their corrections in by rules of its own. Left out, a later submission may only add slips.
   */
  supersedes?: boolean;
  /** Why it may not be filed under this snapshot, where it was admitted under an older one; undefined where it may. */
  refusal?(snapshot: Snapshot): Refusal | undefined;
}

/** A parcel as it stands now, read back with everything a page or an authority may be shown of it. */
export interface Parcel {
  id: string;
  version: number;
  filer: string;
  declaration: string;
  received: string;
  day: string;
  /** The day on which goods that come back left before, where this window knows their export. */
  exported: Day | null;
  status: Status;
  since: string;
  presented: number;
  pieces: number;
  outcome: Outcome;
  route: string | null;
  desk: string | null;
  secured: boolean;
  currency: string | null;
  declaredValue: Amount | null;
  acceptedValue: Amount | null;
  border: Amount | null;
  pack: string;
  packVersion: string;
  epoch: bigint;
  engine: number;
  digest: string;
  accounts: Record<string, StockFigure>;
  checks: Check[];
  missing: string[];
  charges: Charge[];
  accepted: Accepted | null;
  decidedBy: string;
  body: Consignment;
  raw: string;
}

/** What an officer accepted in place of what was declared: line by line, value, commodity code or origin. */
export const Accepted = Type.Object(
  {
    lines: Type.Array(
      Type.Object(
        {
          line: Type.Integer({ minimum: 1, maximum: 999 }),
          price: Type.Optional(
            Type.Object(
              { currency: Type.String({ pattern: '^[A-Z]{3}$' }), amount: Quantity },
              { additionalProperties: false },
            ),
          ),
          commodity: Type.Optional(Type.String({ pattern: '^[0-9]{4,10}$' })),
          origin: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 99 },
    ),
    /** The way in that these figures lead to, where it is another one than was claimed. */
    route: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  },
  { additionalProperties: false },
);
export type Accepted = Static<typeof Accepted>;

/** The path of one parcel. */
export const ConsignmentId = Type.Object(
  { id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }) },
  { additionalProperties: false },
);

export const listQuery = Type.Object(
  {
    status: Type.Optional(Type.Union(statuses.map((status) => Type.Literal(status)))),
    order: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    from: Type.Optional(DayText),
    until: Type.Optional(DayText),
    before: Type.Optional(Type.String({ format: 'uuid' })),
    limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$' })),
  },
  { additionalProperties: false },
);

export const refusals: Catalogue = {
  'clearance/key-replayed': { status: 409, title: 'This declaration id was already used for other content' },
  'clearance/key-busy': { status: 409, title: 'This declaration id is being decided at this moment' },
  'clearance/not-yours': { status: 403, title: 'You may not file for this party' },
  'clearance/role-not-registered': { status: 403, title: 'This party is not registered in the role it is named in' },
  'clearance/not-found': { status: 404, title: 'There is no such consignment, or you may not see it' },
  'clearance/archived': { status: 410, title: 'The parcels of this day stand in an archive' },
  'clearance/day-invalid': { status: 400, title: 'This is not a day of the calendar' },
  'clearance/amount-invalid': { status: 400, title: 'This amount does not fit its currency' },
  'clearance/line-repeated': { status: 400, title: 'Two goods lines carry the same number' },
  'clearance/piece-repeated': { status: 400, title: 'Two pieces carry the same barcode' },
  'clearance/order-unknown': { status: 400, title: 'This slip names an order that is not among the orders' },
  'clearance/movement-not-here': { status: 400, title: 'This window decides only movements of its own economy' },
  'clearance/manifest-known': { status: 409, title: 'This master bill was already handed in with other content' },
  'clearance/manifest-unknown': { status: 404, title: 'No manifest of this master bill has been handed in' },
  'clearance/arrival-known': { status: 409, title: 'This arrival reference was already used for other content' },
  'clearance/tally-missing': {
    status: 400,
    title: 'A tally names the pieces scanned or all except the differences, one of the two',
  },
  'clearance/master-missing': { status: 400, title: 'All except the differences is said of a master bill' },
  'clearance/not-yet': { status: 400, title: 'This moment has not come yet' },
  'clearance/departure-known': {
    status: 409,
    title: 'This departure reference was already used for other content',
  },
  'clearance/not-left': { status: 409, title: 'These goods have not left' },
  'clearance/not-an-export': { status: 409, title: 'Only an export has a proof of export' },
  'clearance/container-number': { status: 400, title: 'This is not the number of a container' },
  'clearance/pieces-differ': { status: 400, title: 'The number of barcodes differs from the number of pieces' },
  'clearance/lane-full': { status: 429, title: 'More of your parcels are waiting than your lane takes' },
  'clearance/busy': { status: 503, title: 'The window is taking more than it can decide at this moment' },
  'clearance/form-not-ours': { status: 403, title: 'This form did not come from a page of this window' },
  'clearance/cancel-not-yours': { status: 403, title: 'Only who filed or declares this consignment may cancel it' },
  'clearance/under-control': { status: 409, title: 'This consignment is under control' },
  'clearance/released-already': { status: 409, title: 'This consignment was released already' },
  'clearance/nothing-to-cancel': { status: 409, title: 'Nothing stands of this consignment that could be cancelled' },
  'clearance/cancelled': { status: 409, title: 'This consignment was cancelled' },
  'clearance/cancelled-otherwise': {
    status: 409,
    title: 'This consignment was cancelled on another ground or for another reason',
  },
  'clearance/next-not-yours': {
    status: 403,
    title: 'Only who filed or declares this consignment may declare it further',
  },
  'clearance/next-same': { status: 409, title: 'This consignment is declared for this movement already' },
  'clearance/accepted-line-unknown': { status: 400, title: 'The declaration has no goods line of this number' },
  'clearance/accepted-barred': { status: 409, title: 'With these figures the goods may not be released' },
  'clearance/accepted-undecided': { status: 409, title: 'With these figures the charges cannot be worked out' },
  'clearance/nothing-changed': { status: 400, title: 'The accepted figures are the declared ones' },
};
