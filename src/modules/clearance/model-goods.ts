import { type Static, Type } from 'typebox';
import { containerPattern } from './container.ts';
import { InstantText, PartyIdentifier, Quantity } from '#modules/rulebook/index.ts';

const barcode = Type.String({ minLength: 1, maxLength: 50, pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$' });
const number = barcode;
/** A number or mark that a party gives: printable, no blank at either end. */
export const mark = barcode;

/** A master bill with its house bills, as the carrier or its agent hands it in before the goods land. */
export const Manifest = Type.Object(
  {
    master: number,
    carrier: PartyIdentifier,
    mode: Type.Union([
      Type.Literal('sea'),
      Type.Literal('rail'),
      Type.Literal('road'),
      Type.Literal('air'),
      Type.Literal('post'),
    ]),
    conveyance: Type.Optional(number),
    expected: Type.Optional(InstantText),
    lines: Type.Array(
      Type.Object(
        {
          house: number,
          pieces: Type.Integer({ minimum: 1, maximum: 99 }),
          weight: Type.Optional(Quantity),
          /** The pieces' barcodes; left out, the house bill's own number marks its only piece. */
          barcodes: Type.Optional(Type.Array(barcode, { minItems: 1, maxItems: 99, uniqueItems: true })),
          /** Numbers of the containers in which they travel, with their check digit (ISO 6346). */
          containers: Type.Optional(
            Type.Array(Type.String({ pattern: containerPattern.source }), {
              minItems: 1,
              maxItems: 20,
              uniqueItems: true,
            }),
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { additionalProperties: false, $id: 'Manifest' },
);
export type Manifest = Static<typeof Manifest>;

/** All pieces of a master bill except those that are missing, and the extra ones besides. */
const allExcept = Type.Object(
  {
    missing: Type.Array(barcode, { maxItems: 1000, uniqueItems: true }),
    extra: Type.Array(barcode, { maxItems: 1000, uniqueItems: true }),
  },
  { additionalProperties: false },
);

/** The place operator's tally: either the pieces scanned, or all of the master bill except the differences. */
export const Arrival = Type.Object(
  {
    reference: number,
    /** Left out where goods came that were on no carrier's manifest, as to a place of export. */
    master: Type.Optional(number),
    operator: PartyIdentifier,
    place: number,
    landed: InstantText,
    complete: Type.Optional(Type.Boolean()),
    pieces: Type.Optional(Type.Array(barcode, { maxItems: 1000, uniqueItems: true })),
    allExcept: Type.Optional(allExcept),
  },
  { additionalProperties: false, $id: 'Arrival' },
);
export type Arrival = Static<typeof Arrival>;

/** What left a place: either the pieces, or all of the master bill except the differences. */
export const Departure = Type.Object(
  {
    reference: number,
    operator: PartyIdentifier,
    place: number,
    left: InstantText,
    master: Type.Optional(number),
    pieces: Type.Optional(Type.Array(barcode, { minItems: 1, maxItems: 1000, uniqueItems: true })),
    allExcept: Type.Optional(allExcept),
  },
  { additionalProperties: false, $id: 'Departure' },
);
export type Departure = Static<typeof Departure>;

/** What a departure has done so far: everything, once it is finished. */
export interface DepartureAnswer {
  id: string;
  reference: string;
  master: string | null;
  place: string;
  left: string;
  /** When the last of its pieces was looked at; null while it is being worked through. */
  finished: string | null;
  pieces: number;
  /** How many of these have been looked at, and how many left. */
  handled: number;
  departed: number;
  /** How many parcels have left with their last piece. */
  parcels: number;
  kept: number;
  /** Pieces that may not leave, with the status that forbids it: null where no declaration names the piece. */
  keptBack: { barcode: string; parcel: string | null; status: string | null }[];
}

/** What an arrival has done so far: everything, once it is finished. */
export interface ArrivalAnswer {
  id: string;
  master: string | null;
  /** When the last piece of its tally was looked at; null while it is being worked through. */
  finished: string | null;
  tallied: number;
  /** How many of these have been looked at. */
  handled: number;
  released: number;
  held: number;
  incomplete: number;
  notCleared: number;
  unsecured: number;
  shortLanded: string[];
  overLanded: string[];
}
