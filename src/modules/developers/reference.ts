/** What the window's own OpenAPI description says, as its pages show it. */

/** A JSON schema, as far as it is shown. */
export interface Shape {
  readonly type?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly additionalProperties?: boolean | Shape;
  readonly [keyword: string]: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Shape;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Shape }>>;
  readonly description?: string;
}

/** One operation of the description. */
export interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly deprecated?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
  readonly 'x-module'?: string;
  readonly 'x-ndjson'?: boolean;
  readonly 'x-body-bytes'?: number;
}

/** The description itself. */
export interface Description {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Shape>> };
}

/** An operation with its method and address. */
export interface Door extends Operation {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
}

/** Every door of the description, in its order. */
export const doorsOf = ({ paths = {} }: Description): Door[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      tag: operation.tags?.[0] ?? 'window',
    })),
  );

/** A field of a body: where it stands, of what type, within which bounds. */
export interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly bounds: string;
  readonly description: string;
}

const boundWords = [
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'uniqueItems',
] as const;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A reference followed, and null taken out of what a field may be. */
function plain(description: Description, shape: Shape): { shape: Shape; nullable: boolean } {
  const name = shape.$ref?.split('/').at(-1);
  if (name !== undefined) return plain(description, description.components?.schemas?.[name] ?? {});
  const kinds = shape.anyOf ?? shape.oneOf;
  if (kinds === undefined) return { shape, nullable: false };
  const others = kinds.filter(({ type }) => type !== 'null');
  const nullable = others.length < kinds.length;
  const [only] = others;
  if (others.length === 1 && only !== undefined) return { shape: plain(description, only).shape, nullable };
  return { shape: { ...shape, anyOf: others }, nullable };
}

/** The values among which a field chooses; undefined where it does not. */
function choicesOf(shape: Shape): readonly unknown[] | undefined {
  if (shape.const !== undefined) return [shape.const];
  if (shape.enum !== undefined) return shape.enum;
  const kinds = (shape.anyOf ?? shape.oneOf)?.map(choicesOf);
  return kinds?.every((kind) => kind !== undefined) === true ? kinds.flat() : undefined;
}

function typeOf(shape: Shape, nullable: boolean): string {
  const kinds = (shape.anyOf ?? shape.oneOf)?.map(({ type }) => type ?? 'object');
  const type = choicesOf(shape) === undefined ? (shape.type ?? [...new Set(kinds)].join(' | ')) : 'one of';
  return `${type === '' ? 'any' : type}${nullable ? ' | null' : ''}`;
}

function boundsOf(shape: Shape): string {
  const choices = choicesOf(shape);
  const said = boundWords.flatMap((word) => (shape[word] === undefined ? [] : [`${word} ${textOf(shape[word])}`]));
  return [...(choices === undefined ? [] : [choices.map(textOf).join(', ')]), ...said].join('; ');
}

/** The fields of a schema, those of objects and lists within it after it, each by its path. */
export function fieldsOf(description: Description, given: Shape, path = ''): FieldRow[] {
  const { shape } = plain(description, given);
  return Object.entries(shape.properties ?? {}).flatMap(([name, property]) => {
    const { shape: inner, nullable } = plain(description, property);
    const at = path === '' ? name : `${path}.${name}`;
    const listed = inner.type === 'array' && inner.items !== undefined ? plain(description, inner.items) : undefined;
    const row: FieldRow = {
      path: listed === undefined ? at : `${at}[]`,
      type: typeOf(inner, nullable),
      required: shape.required?.includes(name) === true,
      bounds: [boundsOf(inner), listed === undefined ? '' : boundsOf(listed.shape)]
        .filter((one) => one !== '')
        .join('; '),
      description: inner.description ?? property.description ?? '',
    };
    return [row, ...fieldsOf(description, listed?.shape ?? inner, row.path)];
  });
}
