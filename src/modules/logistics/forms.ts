import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { misfit } from '#platform/validation.ts';
import type { Choice, Field, Values } from '#portal/form.ts';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { nameIn, packsPart } from '#modules/rulebook/index.ts';
import { Departure, type End, type FoundSeal, Split, Transfer, TransferArrival } from './model.ts';
import { marksIn, type Visit } from './pages-kit.ts';

/** A reference that nobody has used, for whoever types none: a second click says the same again. */
export const freshReference = (visit: Visit, letter: string): string =>
  `${letter}-${newId(visit.context.clock.now()).slice(-12)}`;

const text = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: `logistics.field.${name}`,
  type: 'text',
  latin: true,
  width: 20,
  ...more,
});
const area = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: `logistics.field.${name}`,
  hint: `logistics.hint.${name}`,
  type: 'textarea',
  latin: true,
  optional: true,
  ...more,
});
const hidden = (name: string, value: string): Field => ({ name, label: '', type: 'hidden', value });

function endFields(visit: Visit, end: 'from' | 'to'): Field[] {
  const { home } = visit.context.reference.current().get(packsPart);
  const offices: Choice[] = home.offices.map(({ id, name }) => ({ value: id, text: nameIn(visit.t, name) }));
  const zones: Choice[] = [...home.program.zones.keys()].map((id) => ({ value: id, text: visit.voice('zone', id) }));
  return [
    { name: `${end}.office`, label: `logistics.field.${end}.office`, type: 'select', options: offices },
    {
      name: `${end}.zone`,
      label: `logistics.field.${end}.zone`,
      type: 'select',
      options: [{ value: '', label: 'logistics.field.no-zone' }, ...zones],
      optional: true,
    },
    text(`${end}.place`),
    text(`${end}.operator`, { hint: 'logistics.hint.operator' }),
  ];
}

export const transferFields = (visit: Visit): Field[] => [
  hidden('reference', freshReference(visit, 'T')),
  text('master', { hint: 'logistics.hint.master' }),
  {
    name: 'procedure',
    label: 'logistics.field.procedure',
    type: 'radios',
    value: 'transfer',
    options: ['transfer', 'transit'].map((value) => ({ value, label: `logistics.procedure.${value}` })),
  },
  ...endFields(visit, 'from'),
  ...endFields(visit, 'to'),
  text('of', { optional: true, hint: 'logistics.hint.of' }),
  area('except'),
  area('pieces'),
  text('conveyance', { optional: true }),
  text('seals', { optional: true, hint: 'logistics.hint.seals' }),
];

const endOf = (values: Values, end: 'from' | 'to'): End => ({
  office: values[`${end}.office`] ?? '',
  place: values[`${end}.place`] ?? '',
  operator: values[`${end}.operator`] ?? '',
  ...(values[`${end}.zone`] ? { zone: values[`${end}.zone`]! } : {}),
});

/** What was typed as the body of the door that takes it; each field that does not fit is named once. */
function fitting<S extends TSchema>(schema: S, body: object): Result<Static<S>> {
  const bad = misfit(Compile(schema), body);
  if (bad === undefined) return ok(body as Static<S>);
  const fields = new Set([bad, ...(bad.more ?? [])].flatMap(({ pointer }) => (pointer === undefined ? [] : [pointer])));
  const [pointer = '', ...others] = fields;
  const code = 'logistics/field-wrong';
  return refuse(code, { pointer, more: others.map((other) => ({ code, pointer: other })) });
}

const given = <T extends object>(test: unknown, part: T): Partial<T> => (test ? part : {});

export function transferFrom(visit: Visit, values: Values): Result<Transfer> {
  const seals = marksIn(values['seals']);
  const { of } = values;
  return fitting(Transfer, {
    reference: values['reference'],
    master: values['master'],
    ...given(values['procedure'], { procedure: values['procedure'] }),
    from: endOf(values, 'from'),
    to: endOf(values, 'to'),
    carrier: visit.who.party ?? '',
    ...given(values['conveyance'], { conveyance: values['conveyance'] }),
    ...given(seals.length > 0, { seals }),
    ...(of ? { allOf: { master: of, except: marksIn(values['except']) } } : { pieces: marksIn(values['pieces']) }),
  });
}

export const departureFields: readonly Field[] = [
  area('leftBehind'),
  text('conveyance', { optional: true }),
  text('seals', { optional: true, hint: 'logistics.hint.seals-departure' }),
];

export function departureFrom(visit: Visit, values: Values): Result<Departure> {
  const seals = marksIn(values['seals']);
  return fitting(Departure, {
    departed: visit.context.clock.instant(),
    leftBehind: marksIn(values['leftBehind']),
    ...given(values['conveyance'], { conveyance: values['conveyance'] }),
    ...given(seals.length > 0, { seals }),
  });
}

export const splitFields = (visit: Visit): Field[] => [
  hidden('reference', freshReference(visit, 'S')),
  text('master', { hint: 'logistics.hint.master' }),
  ...endFields(visit, 'to'),
  area('pieces', { optional: false }),
  text('seals', { optional: true, hint: 'logistics.hint.seals' }),
];

export function splitFrom(visit: Visit, values: Values): Result<Split> {
  const seals = marksIn(values['seals']);
  return fitting(Split, {
    reference: values['reference'],
    master: values['master'],
    at: visit.context.clock.instant(),
    to: endOf(values, 'to'),
    pieces: marksIn(values['pieces']),
    ...given(seals.length > 0, { seals }),
  });
}

const sealFields = ['broken', 'gone', 'other'].map((name) => text(name, { optional: true }));

/** The fields of a tally; the seals are asked for by the first one alone, which opens them. */
export const arrivalFields = (visit: Visit, first: boolean): Field[] => [
  hidden('reference', freshReference(visit, 'A')),
  ...(first ? sealFields : []),
  {
    name: 'way',
    label: 'logistics.field.way',
    type: 'radios',
    value: 'all',
    options: ['all', 'scanned'].map((value) => ({
      value,
      label: `logistics.way.${value}`,
      hint: `logistics.way.${value}-hint`,
    })),
  },
  area('missing'),
  area('extra'),
  area('pieces'),
];

/** What was found of the seals: those set are whole unless they are named. */
function sealsFrom(values: Values, set: readonly string[]): FoundSeal[] {
  const [broken, gone, other] = ['broken', 'gone', 'other'].map((name) => marksIn(values[name]));
  return [
    ...[...new Set([...set, ...broken!, ...gone!])].map(
      (number): FoundSeal => ({
        number,
        state: broken!.includes(number) ? 'broken' : gone!.includes(number) ? 'missing' : 'whole',
      }),
    ),
    ...other!.filter((number) => !set.includes(number)).map((number): FoundSeal => ({ number, state: 'whole' })),
  ];
}

export function arrivalFrom(
  visit: Visit,
  values: Values,
  seals: readonly string[],
  first: boolean,
): Result<TransferArrival> {
  const found = first ? sealsFrom(values, seals) : [];
  const scanned = values['way'] === 'scanned';
  return fitting(TransferArrival, {
    reference: values['reference'],
    operator: visit.who.party ?? '',
    arrived: visit.context.clock.instant(),
    ...given(found.length > 0, { seals: found }),
    ...(scanned
      ? { pieces: marksIn(values['pieces']) }
      : { allExcept: { missing: marksIn(values['missing']), extra: marksIn(values['extra']) } }),
  });
}

export const explanationFields: readonly Field[] = [
  { name: 'reason', label: 'logistics.field.reason', hint: 'logistics.hint.reason', type: 'textarea' },
];
