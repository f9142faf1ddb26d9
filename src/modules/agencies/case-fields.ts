import type { Decision } from '#kernel/check.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Field, Values } from '#portal/form.ts';
import type { CaseRow, Move } from '#modules/cases/index.ts';
import { acceptedBody, type Application, changeFields, type ParcelView } from '#modules/clearance/index.ts';
import { reasonFields } from './forms.ts';
import type { Visit } from './pages-kit.ts';

/** The form that came back, with what is wrong in it. */
export interface Tried {
  readonly move: string;
  readonly values: Values;
  readonly refusal: Refusal;
}

/** A case that somebody has open, with what it is about. */
export interface Open {
  readonly visit: Visit;
  readonly one: CaseRow;
  readonly parcel: ParcelView | undefined;
  readonly application: Application | undefined;
  readonly tried: Tried | undefined;
}

export const stampField = (one: CaseRow): Field => ({
  name: 'stamp',
  label: '',
  type: 'hidden',
  value: String(one.stamp),
});
export const moveField = (move: string): Field => ({ name: 'move', label: '', type: 'hidden', value: move });
export const noteField = (label: string): Field => ({ name: 'note', label, type: 'textarea' });

/** What the deciding check cites: an officer begins with it and writes what he rests on. */
function citedGround(parcel: ParcelView | undefined): string {
  const decision = parcel?.decision as Partial<Decision> | undefined;
  const decisive = decision?.checks?.find(({ reason, result }) => result === 'failed' && reason === decision.ground);
  return decisive?.source ?? '';
}

/** The goods as they stand: as declared, or as they were accepted before. */
export function goodsOf(parcel: ParcelView | undefined) {
  const { declaration } = parcel?.body ?? {};
  if (declaration === undefined) return [];
  return acceptedBody({ declaration }, parcel?.accepted ?? null).declaration.goods ?? [];
}

/** The goods as somebody asks them to be accepted, for the form of whoever decides. */
const proposedOf = (parcel: ParcelView | undefined, application: Application | undefined) =>
  acceptedBody({ declaration: { goods: goodsOf(parcel) } }, application?.lines ? { lines: application.lines } : null)
    .declaration.goods;

/** The steps in which an officer accepts other figures. */
const accepting: readonly string[] = ['release-changed', 'redetermine'];

export function fieldsOf({ one, parcel, application }: Open, move: Move): Field[] {
  const common = [stampField(one), moveField(move.name)];
  if (move.by === 'party') return [...common, noteField('agencies.answer')];
  const asks = move.name === 'reply' ? 'agencies.answer' : 'agencies.question';
  if (move.decision !== true) return [...common, noteField(asks)];
  const changes = accepting.includes(move.name) ? changeFields(proposedOf(parcel, application)) : [];
  return [...common, ...changes, ...reasonFields(move.name, citedGround(parcel))];
}
