import { type Static, Type } from 'typebox';
import type { Catalogue, Refusal } from '#kernel/result.ts';
import { Consignment } from '#modules/rulebook/index.ts';
import { firstDifference } from './differences.ts';
import { Accepted, type Answer } from './model.ts';

/** Why a declaration is amended. */
export const amendmentGrounds = [
  'clerical-error',
  'value-changed',
  'quantity-changed',
  'classification-corrected',
  'transport-changed',
] as const;
export type AmendmentGround = (typeof amendmentGrounds)[number];

/** Why charges are asked to be determined again after release. */
export const redeterminationGrounds = ['wrong-value', 'wrong-classification', 'wrong-origin'] as const;
export type RedeterminationGround = (typeof redeterminationGrounds)[number];

const among = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const version = Type.Integer({ minimum: 1, maximum: 32_767 });
const reason = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' });

/** The body of `POST /v1/consignments/{id}/amendments`: the whole new declaration, and the version it replaces. */
export const AmendmentBody = Type.Object(
  {
    version,
    ground: among(amendmentGrounds),
    reason,
    consignment: Type.Object(Consignment.properties, { additionalProperties: false }),
  },
  { additionalProperties: false, $id: 'Amendment' },
);
export type AmendmentBody = Static<typeof AmendmentBody>;

/** The body of `POST /v1/consignments/{id}/redeterminations`: the lines as they should have been. */
export const RedeterminationBody = Type.Object(
  { version, ground: among(redeterminationGrounds), reason, lines: Accepted.properties.lines },
  { additionalProperties: false, $id: 'Redetermination' },
);
export type RedeterminationBody = Static<typeof RedeterminationBody>;

/** Why and when a declaration was amended, as it is shown to whoever may see decisions. */
export interface Amendment {
  readonly at: string;
  readonly ground: string;
  readonly reason: string;
}

/** What an amendment answers, and answers again when it is repeated. */
export interface Amended extends Answer {
  readonly amendment: Amendment;
}

/** What was asked of a desk about a released parcel, and the case in which it is decided. */
export interface Application {
  readonly case: string;
  readonly kind: 'cancellation' | 'redetermination';
  readonly at: string;
  readonly ground: string;
  readonly reason: string;
  readonly lines?: Accepted['lines'];
}

export const amendRefusals: Catalogue = {
  'clearance/amend-not-yours': { status: 403, title: 'Only who filed this consignment may amend it' },
  'clearance/nothing-to-amend': { status: 409, title: 'No accepted declaration stands that could be amended' },
  'clearance/control-announced': { status: 409, title: 'Control of the goods was announced or carried out' },
  'clearance/version-moved': { status: 409, title: 'The declaration has another version by now' },
  'clearance/amendment-same': { status: 400, title: 'The amendment says what the declaration says already' },
  'clearance/amendment-beyond': { status: 409, title: 'This is not changed by an amendment' },
  'clearance/other-goods': { status: 409, title: 'An amendment may not make a declaration one of other goods' },
  'clearance/piece-landed': { status: 409, title: 'A piece that has landed stays in its declaration' },
  'clearance/amendment-late': { status: 409, title: 'The time for an amendment has passed' },
  'clearance/amendment-not-accepted': { status: 409, title: 'The amended declaration would not be accepted' },
  'clearance/cancellation-late': { status: 409, title: 'The time for a cancellation after release has passed' },
  'clearance/applied-otherwise': { status: 409, title: 'Another application about this consignment is open' },
  'clearance/not-released': { status: 409, title: 'This consignment has not been released' },
  'clearance/redetermination-late': { status: 409, title: 'The time for a re-determination has passed' },
  'clearance/redetermination-not-yours': {
    status: 403,
    title: 'Only its filer, declarant or importer, or the authority, may have this consignment determined again',
  },
  'clearance/goods-returned': { status: 409, title: 'Goods of this consignment came back' },
  'clearance/wrong-amount': { status: 400, title: 'This is no amount of its currency' },
  'clearance/wrong-commodity': { status: 400, title: 'A commodity code has four to ten digits' },
  'clearance/wrong-origin': { status: 400, title: 'A country is written in two letters' },
  'clearance/account-exhausted': { status: 409, title: 'The account does not reach for these figures' },
};

/** What of a declaration makes it this one: who changes it cancels, and declares anew. */
const fixed: Readonly<Record<string, (body: Consignment) => string | null>> = {
  id: ({ declaration }) => declaration.id,
  movement: ({ declaration }) => declaration.movement,
  declarant: ({ declaration }) => declaration.declarant,
  seller: ({ declaration, orders }) => declaration.seller ?? orders?.[0]?.seller ?? null,
};

/**
 * Whether an amendment stays within its declaration: the same key, movement and parties behind it; goods of the same
 * kind line by line, as far as the pack asks it by so many leading digits of their codes.
 */
export function withinDeclaration(
  before: Consignment,
  after: Consignment,
  digits: number | undefined,
): Refusal | undefined {
  const at = '/consignment/declaration';
  const [field] = Object.entries(fixed).find(([, of]) => of(before) !== of(after)) ?? [];
  if (field !== undefined) return { code: 'clearance/amendment-beyond', pointer: `${at}/${field}`, params: { field } };
  if (firstDifference(before, after) === undefined)
    return { code: 'clearance/amendment-same', pointer: '/consignment' };
  if (digits === undefined) return undefined;
  const lines = new Map(before.declaration.goods.map((line) => [line.line, line]));
  for (const [index, { line, commodity }] of after.declaration.goods.entries()) {
    const declared = lines.get(line);
    const pointer = `${at}/goods/${index}`;
    const params = { line: String(line), digits: String(digits) };
    if (declared === undefined) return { code: 'clearance/other-goods', pointer: `${pointer}/line`, params };
    if (commodity && declared.commodity && commodity.slice(0, digits) !== declared.commodity.slice(0, digits))
      return { code: 'clearance/other-goods', pointer: `${pointer}/commodity`, params };
  }
  return undefined;
}
