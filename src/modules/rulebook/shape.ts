import type { TSchema } from 'typebox';
import { isJson, type Json } from './facts.ts';
import { meant } from './problems.ts';

/** What a schema found wrong, as its validator tells it. */
interface ShapeError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** The same for people: one for each place, with what may stand there. */
export interface ShapeProblem {
  readonly pointer: string;
  readonly message: string;
  /** Nothing where the schema itself has to be read. */
  readonly remedy: string | undefined;
}

/** Turns what a validator found into one problem a place, in the order in which it found them. */
export function shapeProblems(schema: TSchema, value: unknown, errors: readonly ShapeError[]): ShapeProblem[] {
  const told = errors.filter(({ keyword }) => keyword !== 'additionalProperties');
  return [...Map.groupBy(told, (one) => one.instancePath)].flatMap(([pointer, here]): ShapeProblem[] => {
    const found = valueAt(value, pointer);
    const fields = here.filter(({ keyword }) => keyword === 'required');
    if (fields.length > 0) return absentFields(pointer, fields);
    const unknown = here.find(({ keyword }) => keyword === 'boolean');
    if (unknown !== undefined) return [unknownField(schema, pointer, unknown.schemaPath)];
    // Of a place that may be one of several things, what is wrong inside the one that was meant says more.
    const inside = told.some((one) => one.instancePath.startsWith(`${pointer}/`));
    if (inside && here.some(({ keyword }) => keyword === 'anyOf')) return [];
    return [misfit(schema, pointer, found, here)];
  });
}

const listOf = (error: ShapeError, key: string): string[] => {
  const value: unknown = Object.entries(error.params).find(([name]) => name === key)?.[1];
  return (Array.isArray(value) ? value : [value]).flatMap((one) =>
    typeof one === 'string' || typeof one === 'boolean' ? [String(one)] : [],
  );
};

function absentFields(pointer: string, errors: readonly ShapeError[]): ShapeProblem[] {
  const names = [...new Set(errors.flatMap((one) => listOf(one, 'requiredProperties')))];
  const message = names.length === 1 ? `${names[0]} is missing` : `these are missing: ${names.join(', ')}`;
  return [{ pointer, message, remedy: `write ${names.map((one) => `"${one}": …`).join(', ')} here` }];
}

function unknownField(schema: TSchema, pointer: string, schemaPath: string): ShapeProblem {
  const name = lastOf(pointer);
  const around = schemaAt(schema, schemaPath.replace(/\/additionalProperties$/, ''));
  const known = Object.keys(isJson(around['properties']) ? around['properties'] : {});
  const [pattern] = Object.keys(isJson(around['patternProperties']) ? around['patternProperties'] : {});
  if (known.length === 0 && pattern !== undefined)
    return { pointer, message: `nothing is called ${name} here`, remedy: nameRemedy };
  return { pointer, message: `no field is called ${name} here`, remedy: fieldRemedy(name, known) };
}

const nameRemedy = 'begin with a small letter; then letters, digits, and single hyphens or points between them';

function fieldRemedy(name: string, known: readonly string[]): string {
  const remedy = meant(name, known);
  return remedy.startsWith('did') ? remedy : `take it away; the fields here are ${known.join(', ')}`;
}

/** A value that is not what may stand in its place: of the words allowed, of the form, or of the type. */
function misfit(schema: TSchema, pointer: string, found: unknown, here: readonly ShapeError[]): ShapeProblem {
  const text = JSON.stringify(found) ?? 'nothing';
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const words = [...new Set(here.flatMap((one) => [...listOf(one, 'allowedValues'), ...listOf(one, 'allowedValue')]))];
  const empty = here.some((one) => listOf(one, 'type').includes('null')) ? ', or null' : '';
  if (words.length > 0) {
    const [nearest = ''] = typeof found === 'string' ? [meant(found, words)] : [];
    const hint = nearest.startsWith('did') && words.length > 1 ? `${nearest} ` : '';
    return {
      pointer,
      message: `${shown} is none of the words that may stand here`,
      remedy: `${hint}${words.length === 1 ? 'write' : 'write one of'} ${words.join(', ')}${empty}`,
    };
  }
  const formed = here.find(({ keyword }) => keyword === 'pattern');
  if (formed !== undefined) {
    const { description } = schemaAt(schema, formed.schemaPath);
    const form = typeof description === 'string' ? description : `what fits ${listOf(formed, 'pattern').join('')}`;
    return typeof found === 'string' && description === dayForm
      ? { pointer, message: `${found} is no day`, remedy: dayRemedy(found) }
      : { pointer, message: `${shown} is not written as it has to be`, remedy: `write ${form}${empty}` };
  }
  const types = [...new Set(here.flatMap((one) => listOf(one, 'type')))];
  if (types.length === 0) return { pointer, message: here[0]!.message, remedy: undefined };
  const wanted = types.map((one) => typeNames[one] ?? one).join(', or ');
  const number = typeof found === 'number' && types.includes('string');
  return {
    pointer,
    message: `${shown} stands where ${wanted} has to`,
    remedy: number ? `write it between quote marks: "${found}"` : `write ${wanted}`,
  };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'an object { … }',
  array: 'a list [ … ]',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  null: 'null',
};

/** How a day is described in the schemas. */
export const dayForm = 'a day as YYYY-MM-DD';

/** How a day is to be written; one that is written otherwise and can be read in one way only is written so. */
export function dayRemedy(text: string): string {
  const [, day = '', month = '', year] = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$/.exec(text) ?? [];
  const whole = /^(\d{4})[/.]?(\d{2})[/.]?(\d{2})$/.exec(text);
  const parts = year === undefined ? whole?.slice(1) : [year, month.padStart(2, '0'), day.padStart(2, '0')];
  return parts === undefined ? `write ${dayForm}` : `write ${parts.join('-')}`;
}

const lastOf = (pointer: string): string => partsOf(pointer).at(-1) ?? '';
const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function valueAt(value: unknown, pointer: string): unknown {
  return partsOf(pointer).reduce<unknown>(
    (at, part) => (Array.isArray(at) ? at[Number(part)] : isJson(at) ? at[part] : undefined),
    value,
  );
}

/** The part of a schema that an error names; nothing of it where the path cannot be followed. */
function schemaAt(schema: TSchema, path: string): Json {
  const found = valueAt(schema, path.slice(1));
  return isJson(found) ? found : {};
}
