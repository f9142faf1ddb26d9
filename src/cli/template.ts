import { formatMoney } from '#kernel/money.ts';
import { formatDecimal } from '#kernel/decimal.ts';
import {
  below,
  type Build,
  isDecimal,
  isMoney,
  isObject,
  type Json,
  members,
  problem,
  type Scope,
  subsetAt,
  type Value,
} from './build.ts';
import { condition } from './condition.ts';
import { expression, isExpression } from './expression.ts';

/** A part of the body, made for one parcel; undefined leaves the member out. */
export type Node = (scope: Scope) => unknown;

const nothing: Node = () => undefined;

/** The schema of the body as far as a template is held against it: which members there are and which are needed. */
interface Shape {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly required?: readonly string[];
}

/** Of a schema that also allows null, the part that has members. */
const opened = (shape: Shape | undefined): Shape | undefined =>
  shape?.anyOf?.find((one) => one.properties !== undefined || one.items !== undefined) ?? shape;

function wire(value: Value | undefined): unknown {
  if (isMoney(value)) return formatMoney(value);
  return isDecimal(value) ? formatDecimal(value) : value;
}

function each(build: Build, operand: unknown, pointer: string, shape: Shape | undefined): Node {
  if (!isObject(operand)) return problem(build, pointer, 'must have rows, item') ?? nothing;
  members(build, operand, pointer, ['rows', 'item'], []);
  const rows = subsetAt(build, operand.rows, below(pointer, 'rows'));
  if (shape !== undefined && shape.items === undefined) problem(build, pointer, 'stands where the body has no list');
  const item = node(build, operand.item, below(pointer, 'item'), shape?.items);
  return (scope) => (scope.rows[rows] ?? []).map((row, index) => item({ ...scope, row, ordinal: index + 1 }));
}

function choice(build: Build, operand: unknown, pointer: string, shape: Shape | undefined): Node {
  if (!isObject(operand)) return problem(build, pointer, 'must have when, then') ?? nothing;
  members(build, operand, pointer, ['when', 'then'], ['else']);
  const when = condition(build, operand.when, below(pointer, 'when'));
  const then = node(build, operand.then, below(pointer, 'then'), shape);
  const otherwise = 'else' in operand ? node(build, operand.else, below(pointer, 'else'), shape) : nothing;
  return (scope) => (when(scope) ? then(scope) : otherwise(scope));
}

function group(build: Build, value: Json, pointer: string, shape: Shape | undefined): Node {
  const known = shape?.properties;
  if (shape !== undefined && known === undefined) {
    return problem(build, pointer, 'stands where the body has no members') ?? nothing;
  }
  for (const name of shape?.required ?? []) {
    if (!(name in value)) problem(build, pointer, `leaves out “${name}”, which the body must have`);
  }
  const parts = Object.entries(value).map(([name, part]): [string, Node] => {
    const here = below(pointer, name);
    if (known !== undefined && known[name] === undefined) problem(build, here, 'is no field of the body');
    return [name, node(build, part, here, known?.[name])];
  });
  return (scope) => {
    const made: Record<string, unknown> = {};
    for (const [name, part] of parts) {
      const found = part(scope);
      if (found !== undefined) made[name] = found;
    }
    return made;
  };
}

/** Reads a part of the body's template against the schema of that part. */
export function node(build: Build, value: unknown, pointer: string, schema: Shape | undefined): Node {
  const shape = opened(schema);
  if (Array.isArray(value)) {
    if (shape !== undefined && shape.items === undefined) problem(build, pointer, 'stands where the body has no list');
    const items = value.map((one, index) => node(build, one, below(pointer, index), shape?.items));
    return (scope) => items.map((item) => item(scope)).filter((item) => item !== undefined);
  }
  if (!isObject(value) || (isExpression(value) && !('$each' in value || '$if' in value || '$ordinal' in value))) {
    const made = expression(build, value, pointer);
    return (scope) => wire(made(scope));
  }
  if (!isExpression(value)) return group(build, value, pointer, shape);
  const [name] = Object.keys(value);
  if (name === undefined || Object.keys(value).length > 1) {
    return problem(build, pointer, 'must have exactly one member that begins with $') ?? nothing;
  }
  if (name === '$each') return each(build, value.$each, below(pointer, name), shape);
  if (name === '$if') return choice(build, value.$if, below(pointer, name), schema);
  // The number of the row in its list is the one number that the body takes as such.
  return (scope) => scope.ordinal;
}
