import { type Static, Type } from 'typebox';
import type { Lifecycle } from '#kernel/lifecycle.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { WireMoney } from '#kernel/money.ts';
import { InstantText, PartyIdentifier } from '#modules/rulebook/index.ts';

/** Where a piece is. It is in exactly one of these, in the latest transfer that names it. */
export const states = ['origin', 'under-way', 'arrived', 'missing', 'elsewhere'] as const;
export type State = (typeof states)[number];

/** Why a piece is elsewhere: gone on under a further transfer, never loaded, came out elsewhere, or decided on. */
export const whys = ['split', 'left-behind', 'withdrawn', 'came-elsewhere', 'explained', 'charged'] as const;
export type Why = (typeof whys)[number];

export const statuses = ['prepared', 'departed', 'arrived', 'closed', 'withdrawn'] as const;
export type TransferStatus = (typeof statuses)[number];

/**
 * What may happen to a transfer. It has arrived when nothing of it is under way any more, and is closed when nothing is
 * missing either; what comes late changes neither its pieces' past nor the way forward.
 */
export const moves = {
  prepared: { depart: 'departed', withdraw: 'withdrawn' },
  departed: { split: 'departed', count: 'departed', arrive: 'arrived', close: 'closed' },
  arrived: { count: 'arrived', arrive: 'arrived', close: 'closed' },
  closed: { count: 'closed', close: 'closed' },
  withdrawn: {},
} as const satisfies Lifecycle<TransferStatus, 'depart' | 'withdraw' | 'split' | 'count' | 'arrive' | 'close'>;
export type Step = 'depart' | 'withdraw' | 'split' | 'count' | 'arrive' | 'close';

const mark = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$' });
const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const barcode = mark(50);
const pieces = Type.Array(barcode, { maxItems: 1000, uniqueItems: true });
const seals = Type.Array(mark(35), { maxItems: 40, uniqueItems: true });

/** One end of a transfer: the office that supervises it, the place, its zone if any, and who keeps the place. */
export const End = closed({
  office: mark(17),
  place: mark(35),
  zone: Type.Optional(mark(20)),
  operator: PartyIdentifier,
});
export type End = Static<typeof End>;

/** `POST /v1/transfers`: a document of its own over pieces named one by one, or over all of a master bill but some. */
export const Transfer = Type.Object(
  {
    reference: mark(50),
    master: mark(50),
    /** Between offices of this economy, or through it to another one; a transfer where left out. */
    procedure: Type.Optional(Type.Union([Type.Literal('transfer'), Type.Literal('transit')])),
    from: End,
    to: End,
    via: Type.Optional(Type.Array(mark(17), { maxItems: 10, uniqueItems: true })),
    carrier: PartyIdentifier,
    /** Who stands good for what may be lost on the way; the carrier where left out. */
    guarantor: Type.Optional(PartyIdentifier),
    conveyance: Type.Optional(mark(50)),
    seals: Type.Optional(seals),
    pieces: Type.Optional(pieces),
    allOf: Type.Optional(closed({ master: mark(50), except: pieces })),
  },
  { additionalProperties: false, $id: 'Transfer' },
);
export type Transfer = Static<typeof Transfer>;

export const Departure = Type.Object(
  {
    departed: InstantText,
    seals: Type.Optional(seals),
    conveyance: Type.Optional(mark(50)),
    /** Pieces that were prepared and not loaded. */
    leftBehind: Type.Optional(pieces),
  },
  { additionalProperties: false, $id: 'TransferDeparture' },
);
export type Departure = Static<typeof Departure>;

export const Split = Type.Object(
  {
    reference: mark(50),
    master: mark(50),
    at: InstantText,
    to: End,
    via: Type.Optional(Type.Array(mark(17), { maxItems: 10, uniqueItems: true })),
    carrier: Type.Optional(PartyIdentifier),
    conveyance: Type.Optional(mark(50)),
    seals: Type.Optional(seals),
    pieces,
  },
  { additionalProperties: false, $id: 'TransferSplit' },
);
export type Split = Static<typeof Split>;

/** What was found of one seal at the destination. */
export const FoundSeal = closed({
  number: mark(35),
  state: Type.Union([Type.Literal('whole'), Type.Literal('broken'), Type.Literal('missing')]),
});
export type FoundSeal = Static<typeof FoundSeal>;

/** The tally at the destination: the pieces scanned, or all that are under way except the differences. */
export const TransferArrival = Type.Object(
  {
    reference: mark(50),
    operator: PartyIdentifier,
    arrived: InstantText,
    seals: Type.Optional(Type.Array(FoundSeal, { maxItems: 80 })),
    complete: Type.Optional(Type.Boolean()),
    pieces: Type.Optional(pieces),
    allExcept: Type.Optional(closed({ missing: pieces, extra: pieces })),
  },
  { additionalProperties: false, $id: 'TransferArrival' },
);
export type TransferArrival = Static<typeof TransferArrival>;

export const Explanation = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }) },
  { additionalProperties: false, $id: 'TransferExplanation' },
);

/** How a transfer stands: its document, how many pieces are where, and what the guarantee holds for them. */
export interface TransferView {
  id: string;
  reference: string;
  master: string;
  procedure: 'transfer' | 'transit';
  status: TransferStatus;
  from: End;
  to: End;
  via: string[];
  carrier: string;
  guarantor: string;
  conveyance: string | null;
  seals: string[];
  parent: string | null;
  splits: { id: string; master: string }[];
  prepared: string;
  departed: string | null;
  due: string | null;
  source: string;
  ended: string | null;
  /** Pieces by where they are; those that came over stand among the arrived and are counted again in `over`. */
  counts: Record<State, number> & { over: number; all: number };
  /** What is held for pieces under way and missing, and what all of its pieces may come to. */
  guarantee: { held: WireMoney; whole: WireMoney };
  leftOut: { barcode: string; code: string }[];
  differences: { case: string; cause: string; state: string; closed: string | null }[];
  arrivals: ArrivalView[];
}

/** How far a tally at the destination has come. */
export interface ArrivalView {
  id: string;
  reference: string;
  arrived: string;
  tallied: number;
  handled: number;
  /** When the last of its pieces was looked at; null while it is being worked through. */
  finished: string | null;
  /** Whether its goods wait for a decision on the seals. */
  waits: boolean;
  seals: FoundSeal[];
}

export interface PieceView {
  barcode: string;
  state: State;
  why: string | null;
  over: boolean;
  since: string;
  parcel: string | null;
}

export const refusals: Catalogue = {
  'logistics/not-found': { status: 404, title: 'There is no such transfer, or you may not see it' },
  'logistics/not-yours': { status: 403, title: 'You may not do this for this party' },
  'logistics/known': { status: 409, title: 'This reference was already used for other content' },
  'logistics/master-known': { status: 409, title: 'A transfer stands already under this number' },
  'logistics/no-law': { status: 409, title: 'The law of this window does not provide for this procedure' },
  'logistics/office-unknown': { status: 400, title: 'This economy has no such office' },
  'logistics/zone-unknown': { status: 400, title: 'This economy has no such zone' },
  'logistics/same-end': { status: 400, title: 'A transfer goes from one place to another' },
  'logistics/pieces-missing': { status: 400, title: 'Name the pieces, or all of a master bill but some' },
  'logistics/nothing-to-move': { status: 409, title: 'None of these pieces may go on this transfer' },
  'logistics/guarantor-not-agreed': { status: 403, title: 'This guarantor has not agreed to stand for you' },
  'logistics/guarantee-short': { status: 409, title: 'The guarantee does not cover this transfer' },
  'logistics/step-not-possible': { status: 409, title: 'This is not possible as the transfer stands' },
  'logistics/piece-not-under-way': { status: 409, title: 'This piece is not under way on this transfer' },
  'logistics/piece-not-prepared': { status: 409, title: 'This piece does not wait at the origin of this transfer' },
  'logistics/form-not-ours': { status: 403, title: 'This form did not come from a page of this window' },
  'logistics/tally-missing': { status: 400, title: 'Name the pieces scanned or all except the differences' },
  'logistics/piece-unknown': { status: 409, title: 'Nobody has declared this piece' },
  'logistics/piece-on-transfer': { status: 409, title: 'This piece is on another transfer' },
  'logistics/piece-under-control': { status: 409, title: 'This piece is under control and stays' },
  'logistics/piece-other-movement': { status: 409, title: 'This piece is declared for another movement' },
  'logistics/piece-not-to-move': { status: 409, title: 'This piece needs no transfer or may not go' },
  'logistics/field-wrong': { status: 400, title: 'This field is empty or does not fit' },
  'logistics/reason-needed': { status: 400, title: 'An explanation says what happened' },
  'logistics/nothing-to-explain': { status: 409, title: 'Nothing of this transfer waits for an explanation' },
};

/** Why a piece may not go on a transfer. */
export const leftOutCodes = [
  'logistics/piece-unknown',
  'logistics/piece-on-transfer',
  'logistics/piece-under-control',
  'logistics/piece-other-movement',
  'logistics/piece-not-to-move',
] as const;
export type LeftOutCode = (typeof leftOutCodes)[number];
