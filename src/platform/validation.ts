import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Settings } from 'typebox/system';
import type { Catalogue, Refusal } from '#kernel/result.ts';
import { pointerOf } from './body.ts';

/** The refusals that a schema can give. */
export const validationRefusals = {
  'http/invalid': { status: 400, title: 'The request does not have the form asked for' },
  'http/field-missing': { status: 400, title: 'A field is missing' },
  'http/field-unknown': { status: 400, title: 'A field is not known here' },
  'http/field-type': { status: 400, title: 'A field is of another type' },
  'http/field-format': { status: 400, title: 'A field is not written as asked for' },
  'http/field-choice': { status: 400, title: 'A field is none of the possible values' },
  'http/field-size': { status: 400, title: 'A field is too short, too long, too small or too large' },
  'http/field-shape': { status: 400, title: 'A field fits none of the forms it may have' },
} as const satisfies Catalogue;

type Code = keyof typeof validationRefusals;

/** A field that is wrong. */
interface Fault {
  readonly code: Code;
  readonly pointer: string;
  readonly params?: Readonly<Record<string, string>>;
}

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
}

const faultsMax = 50;
Settings.Set({ maxErrors: 4 * faultsMax });

/** A parameter of an error, as text; lists are joined. */
function param(error: SchemaError, name: string): string {
  const value: unknown = Object.entries(error.params).find(([key]) => key === name)?.[1];
  return Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : '';
}

function missing(error: SchemaError): Fault[] {
  const names: unknown = 'requiredProperties' in error.params ? error.params.requiredProperties : [];
  if (!Array.isArray(names)) return [];
  return names.map((name) => ({ code: 'http/field-missing', pointer: error.instancePath + pointerOf([String(name)]) }));
}

const sizes: Readonly<Record<string, string>> = {
  minLength: 'min-length',
  maxLength: 'max-length',
  minItems: 'min-items',
  maxItems: 'max-items',
  minProperties: 'min-items',
  maxProperties: 'max-items',
  minimum: 'minimum',
  maximum: 'maximum',
  exclusiveMinimum: 'above',
  exclusiveMaximum: 'below',
};

function single(error: SchemaError): Fault[] {
  const { keyword, instancePath: pointer } = error;
  if (keyword === 'required') return missing(error);
  // The validator names each unknown field by itself, so the sum of them says nothing more.
  if (keyword === 'additionalProperties') return [];
  if (keyword === 'boolean') return [{ code: 'http/field-unknown', pointer }];
  if (keyword === 'type') return [{ code: 'http/field-type', pointer, params: { expected: param(error, 'type') } }];
  if (keyword === 'pattern' || keyword === 'format') {
    return [{ code: 'http/field-format', pointer, params: { format: param(error, keyword) } }];
  }
  if (keyword === 'const' || keyword === 'enum') {
    const allowed = param(error, keyword === 'const' ? 'allowedValue' : 'allowedValues');
    return [{ code: 'http/field-choice', pointer, params: { allowed } }];
  }
  const size = sizes[keyword];
  if (size !== undefined)
    return [{ code: 'http/field-size', pointer, params: { bound: size, limit: param(error, 'limit') } }];
  return [{ code: 'http/field-shape', pointer }];
}

/** The errors of one branch of a union say that it was never meant when a fixed value or the very type differ. */
function wasMeant(errors: readonly SchemaError[], pointer: string): boolean {
  return !errors.some(
    ({ keyword, instancePath }) =>
      keyword === 'const' || ((keyword === 'type' || keyword === 'required') && instancePath === pointer),
  );
}

/** One fault for a union: its choices where it is a list of values, else what is wrong in the one branch meant. */
function union(error: SchemaError, inner: readonly SchemaError[]): Fault[] {
  const pointer = error.instancePath;
  if (inner.length > 0 && inner.every(({ keyword, instancePath }) => keyword === 'const' && instancePath === pointer)) {
    const allowed = inner.map((one) => param(one, 'allowedValue')).join(', ');
    return [{ code: 'http/field-choice', pointer, params: { allowed } }];
  }
  const branches = Map.groupBy(inner, (one) => one.schemaPath.slice(error.schemaPath.length).split('/')[2]);
  const meant = [...branches.values()].filter((errors) => wasMeant(errors, pointer));
  return meant.length === 1 ? faultsOf(meant[0]!) : [{ code: 'http/field-shape', pointer }];
}

/** Turns a validator's errors into faults: unions are drawn together, duplicates dropped, at most fifty are told. */
function faultsOf(errors: readonly SchemaError[]): Fault[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const within = (one: SchemaError, other: SchemaError): boolean =>
    one.schemaPath.startsWith(`${other.schemaPath}/${other.keyword}/`) &&
    one.instancePath.startsWith(other.instancePath);
  const outer = errors.filter((one) => !unions.some((other) => other !== one && within(one, other)));
  const faults = outer.flatMap((one) =>
    unions.includes(one)
      ? union(
          one,
          errors.filter((other) => other !== one && within(other, one)),
        )
      : single(one),
  );
  return [...new Map(faults.map((fault) => [`${fault.code} ${fault.pointer}`, fault])).values()].slice(0, faultsMax);
}

/** Thrown by validation and carried to the edge: the refusal with every fault. */
export class Invalid extends Error {
  override readonly name = 'Invalid';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

const places: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'header' };

/** The refusal of a value that does not fit, or undefined when it fits. `place` is left out for a body. */
export function misfit(validator: Validator, value: unknown, place?: string): Refusal | undefined {
  if (validator.Check(value)) return undefined;
  const faults = faultsOf(validator.Errors(value));
  const more = place === undefined ? faults : faults.map((one) => ({ ...one, params: { ...one.params, in: place } }));
  return { code: 'http/invalid', more };
}

const fitting = new WeakSet();

/** Notes that a value was read by the schema of its own route, so that the server does not look at it again. */
export function markFitting(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) fitting.add(value);
  return value;
}

/**
 * Compiles TypeBox schemas for the server. Nothing is coerced, in no part of a request: a number sent as text is
 * refused, and what a query or a path carries is text.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const place = places[httpPart ?? ''];
  return (value: unknown) => {
    if (typeof value === 'object' && value !== null && fitting.has(value)) return { value };
    const refusal = misfit(validator, value, place);
    return refusal === undefined ? { value } : { error: new Invalid(refusal) };
  };
};
