import { type Static, Type } from 'typebox';
import type { Catalogue } from '#kernel/result.ts';
import type { RecordRef } from '#platform/auth.ts';
import type { Values } from '#portal/form.ts';
import { PartyIdentifier } from '#modules/rulebook/index.ts';

/** The refusals of this module. */
export const refusals = {
  'filing/not-yours': { status: 403, title: 'Parcels are filed here by people who file for a party' },
  'filing/other-party': { status: 409, title: 'This filing was written for another party' },
  'filing/not-found': { status: 404, title: 'There is no such filing, template or table' },
  'filing/filed-already': { status: 409, title: 'This filing was sent already' },
  'filing/incomplete': { status: 422, title: 'The filing lacks what the goods and their route require' },
  'filing/needed': { status: 422, title: 'This has to be filled in' },
  'filing/wrong': { status: 422, title: 'This cannot be read' },
  'filing/wrong-amount': { status: 422, title: 'This is no amount' },
  'filing/wrong-quantity': { status: 422, title: 'This is no number or weight' },
  'filing/wrong-country': { status: 422, title: 'This is no country' },
  'filing/wrong-commodity': { status: 422, title: 'This is no commodity code' },
  'filing/wrong-code': { status: 422, title: 'This is no code or number' },
  'filing/too-many': { status: 422, title: 'A form holds no more than this' },
  'filing/name-needed': { status: 422, title: 'A template needs a name' },
  'filing/table-empty': { status: 422, title: 'The file is empty, or none was chosen' },
  'filing/table-too-large': { status: 413, title: 'The file is too large' },
  'filing/piece-elsewhere': { status: 409, title: 'The next piece of the file begins elsewhere' },
  'filing/piece-unreadable': { status: 400, title: 'This piece of the file cannot be unpacked' },
  'filing/column-needed': { status: 422, title: 'No column says this' },
  'filing/column-twice': { status: 422, title: 'Two columns say the same' },
  'filing/not-whole': { status: 409, title: 'The file is not here whole yet' },
  'filing/decided-otherwise': { status: 422, title: 'The row was filed and does not go its way by itself' },
  'filing/row-says-two': { status: 422, title: 'Two rows of a declaration say different things of it' },
  'filing/row-short': { status: 422, title: 'The row has another number of cells than the head' },
} as const satisfies Catalogue;

/** How long what is written and not sent is kept after it was last changed. */
export const keptDays = 30;
/** What one form may hold. */
export const answersMax = { fields: 400, length: 600, lines: 9 } as const;
/** And what a parcel may hold. */
export const linesMax = 99;

/** A filing that is being written. */
export interface Draft {
  readonly id: string;
  readonly filer: string;
  readonly by: string;
  readonly changed: string;
  readonly expires: string;
  readonly values: Values;
  readonly parcel: string | null;
}

/** Goods that are sent again and again, with everything that stays the same. */
export interface Template {
  readonly id: string;
  readonly filer: string;
  readonly name: string;
  readonly values: Values;
}

const Uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });

/** The body of `POST /v1/filings`: what was written on a device, under the id that the device gave it. */
export const FilingBody = Type.Object(
  {
    id: Uuid,
    party: Type.Optional(PartyIdentifier),
    language: Type.String({ pattern: '^[a-z]{2,3}$' }),
    values: Type.Record(
      Type.String({ pattern: '^[a-zA-Z0-9.]{1,80}$' }),
      Type.String({ maxLength: answersMax.length }),
      { maxProperties: answersMax.fields },
    ),
  },
  { additionalProperties: false, $id: 'Filing' },
);
export type FilingBody = Static<typeof FilingBody>;

/** The number of a declaration that is filed by hand: the same for the same filing, wherever it is sent from. */
export const numberOf = (id: string): string => `F-${id.slice(-12).toUpperCase()}`;

/** What is being written, as `may` and `view` know it. */
export const draftRecord = (id: string, filer: string | null): RecordRef => ({
  kind: 'draft',
  id,
  parties: filer === null ? {} : { filer: [filer] },
  desk: null,
});
