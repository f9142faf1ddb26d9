import { type TSchema, Type } from 'typebox';
import { dayForm } from './shape.ts';

/** A text of a form; the description says it in words, to editors and in the remedies of pack check. */
export const formed = (pattern: string, description: string, more: { maxLength?: number } = {}) =>
  Type.String({ pattern, description, ...more });
/** Ids of anything else than these are refused, and never passed over. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the files hold is read from these types.
export const named = <K extends ReturnType<typeof Type.String>, T extends TSchema>(key: K, schema: T) =>
  Type.Record(key, schema, { additionalProperties: false });
export const id = formed(
  '^[a-z][a-z0-9]*([.-][A-Za-z0-9]+)*$',
  'a name of small letters, digits, hyphens and points, a letter first, such as low-value-limit',
  { maxLength: 60 },
);
export const day = formed('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', dayForm);
export const economy = formed('^[a-z]{2,8}$', 'two to eight small letters, such as xp');
export const language = formed('^[a-z]{2,3}$', 'a language in two or three small letters, such as en');
export const clock = formed('^[a-z]{2,20}$', 'the name of a clock in small letters, such as sale');
export const route = formed('^[A-Za-z][A-Za-z0-9-]*$', 'a name of letters, digits and hyphens, such as low-value', {
  maxLength: 40,
});
export const unit = formed(
  '^([A-Z]{3}|rate|count|kg|unit|hours|days|months|text)(/(kg|unit))?$',
  'a unit: a currency, rate, count, kg, unit, hours, days, months or text; ' +
    'per piece or per kilogram as EUR/unit or EUR/kg',
);
export const columnUnit = formed(
  '^(([A-Z]{3}|rate|count|kg|unit|text)(/(kg|unit))?|duty)$',
  'a unit of a column: a currency, rate, count, kg, unit, text or duty; per piece or per kilogram as EUR/unit or EUR/kg',
);
