import type { Description, Operation, Shape } from '#modules/developers/reference.ts';

/**
 * Writes the typed client from the description of the doors. It is one file without a dependency: types that are
 * generated, and the few lines that speak HTTP.
 */

/** The part that is the same whatever the doors are. */
const hand = `
/** A refusal as the window tells it (RFC 9457): \`code\` stays the same, \`errors\` point at the fields concerned. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { pointer: string; code: string; detail: string; in?: string }[];
}

/** Thrown where the window does not take something. */
export class Refused extends Error {
  override name = 'Refused';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(\`\${problem.code}: \${problem.detail}\`);
    this.problem = problem;
  }
}

export interface Options {
  /** The address of the window, such as http://127.0.0.1:8080. */
  origin: string;
  /** The key of your program; public doors need none. */
  key?: string;
  /** The language of sentences, such as en or ar. */
  language?: string;
  /** How often it is tried again when the window asks to come back (429, 503); four times where it is left out. */
  tries?: number;
}

type Given<D extends keyof Doors> = Omit<Doors[D], 'answer'>;
/** Nothing has to be given to a door that needs nothing. */
type Arguments<D extends keyof Doors> = {} extends Given<D> ? [given?: Given<D>] : [given: Given<D>];

/** A window, as a program speaks to it. */
export class Portolan {
  readonly #options: Options;
  constructor(options: Options) {
    this.#options = options;
  }

  /** Asks one of the doors, such as 'POST /v1/consignments'; throws \`Refused\` where it does not take what was sent. */
  async ask<D extends keyof Doors>(door: D, ...[given = {} as Given<D>]: Arguments<D>): Promise<Doors[D]['answer']> {
    const { origin, key, language, tries = 4 } = this.#options;
    const { path = {}, query = {}, body } = given as { path?: object; query?: object; body?: unknown };
    const [method, template] = (door as string).split(' ') as [string, string];
    const values = new Map(Object.entries(path));
    const filled = template.replace(/\\{(\\w+)\\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
    const url = new URL(filled, origin);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers = {
      ...(key === undefined ? {} : { authorization: \`Bearer \${key}\` }),
      ...(language === undefined ? {} : { 'accept-language': language }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (let left = tries; ; left -= 1) {
      const reply = await fetch(url, sent);
      const told: unknown = await reply.json();
      if (reply.ok) return told as Doors[D]['answer'];
      // The same again is answered as before, so that trying again does nothing twice.
      if (left < 1 || (reply.status !== 429 && reply.status !== 503)) throw new Refused(told as Problem);
      const seconds = Number(reply.headers.get('retry-after') ?? 1);
      await new Promise((resume) => setTimeout(resume, seconds * 1_000));
    }
  }
}
`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const quoted = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`);

interface Naming {
  readonly components: Readonly<Record<string, Shape>>;
  /** The schemas that occur more than once, by their text. */
  readonly named: Map<string, string>;
}

const within = (shape: Shape): [string, Shape][] => [
  ...Object.entries(shape.properties ?? {}),
  ...(shape.items === undefined ? [] : ([['item', shape.items]] as [string, Shape][])),
  ...[...(shape.anyOf ?? []), ...(shape.oneOf ?? [])].map((one): [string, Shape] => ['', one]),
];

/** Gives a name to every object that occurs in more than one place: that of the member in which it stands first. */
function nameShared(shapes: readonly (readonly [string, Shape])[], naming: Naming): Map<string, Shape> {
  const counted = new Map<string, { name: string; many: number; shape: Shape }>();
  const visit = (name: string, shape: Shape): void => {
    if (shape.type === 'object' && shape.properties !== undefined) {
      const text = JSON.stringify(shape);
      const known = counted.get(text);
      if (known !== undefined) {
        known.many += 1;
        return;
      }
      counted.set(text, { name, many: 1, shape });
    }
    for (const [member, inner] of within(shape)) visit(member === '' || member === 'item' ? name : member, inner);
  };
  for (const [name, shape] of shapes) visit(name, shape);
  const shared = new Map<string, Shape>();
  for (const [text, { name, many, shape }] of counted) {
    if (many < 2) continue;
    let chosen = capital(name);
    for (let number = 2; shared.has(chosen); number += 1) chosen = `${capital(name)}${number}`;
    shared.set(chosen, shape);
    naming.named.set(text, chosen);
  }
  return shared;
}

function typeOf(shape: Shape, naming: Naming, own = false): string {
  if (shape.$ref !== undefined) return typeOf(naming.components[shape.$ref.split('/').at(-1) ?? ''] ?? {}, naming);
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.enum !== undefined) return shape.enum.map((one) => JSON.stringify(one)).join(' | ');
  const kinds = shape.anyOf ?? shape.oneOf;
  if (kinds !== undefined) {
    const types = [...new Set(kinds.map((one) => typeOf(one, naming)))];
    // A value that is named beside every other text is one of them.
    return types.filter((one) => !one.startsWith('"') || !types.includes('string')).join(' | ');
  }
  const known = own ? undefined : naming.named.get(JSON.stringify(shape));
  if (known !== undefined) return known;
  if (shape.type === 'array') {
    const item = typeOf(shape.items ?? {}, naming);
    return /[ |{]/.test(item) ? `(${item})[]` : `${item}[]`;
  }
  if (shape.type === 'object') return objectType(shape, naming);
  const plain: Record<string, string> = {
    string: 'string',
    integer: 'number',
    number: 'number',
    boolean: 'boolean',
    null: 'null',
  };
  return plain[shape.type ?? ''] ?? 'unknown';
}

function objectType(shape: Shape, naming: Naming): string {
  const { properties = {}, required = [], additionalProperties } = shape;
  const members = Object.entries(properties).map(
    ([name, inner]) => `${quoted(name)}${required.includes(name) ? '' : '?'}: ${typeOf(inner, naming)}`,
  );
  if (members.length === 0) {
    const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties, naming) : 'unknown';
    return additionalProperties === false ? '{}' : `Record<string, ${values}>`;
  }
  return `{ ${members.join('; ')} }`;
}

const bodyOf = ({ requestBody }: Operation): Shape | undefined => requestBody?.content?.['application/json']?.schema;

const answerOf = ({ responses = {} }: Operation): Shape | undefined =>
  Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content }]) => Object.values(content ?? {}).map(({ schema }) => schema))[0];

function doorType(operation: Operation, naming: Naming): string {
  const parameters = operation.parameters ?? [];
  const placed = (where: string): Shape => {
    const mine = parameters.filter((one) => one.in === where);
    const properties = Object.fromEntries(mine.map(({ name, schema }) => [name, schema]));
    const required = mine.filter((one) => where === 'path' || one.required === true).map(({ name }) => name);
    return { type: 'object', properties, required, additionalProperties: false };
  };
  const [path, query, body] = [placed('path'), placed('query'), bodyOf(operation)];
  const answer = answerOf(operation);
  return `{ ${[
    ...(path.required?.length === 0 ? [] : [`path: ${typeOf(path, naming)}`]),
    ...(Object.keys(query.properties ?? {}).length === 0
      ? []
      : [`query${query.required?.length === 0 ? '?' : ''}: ${typeOf(query, naming)}`]),
    ...(body === undefined ? [] : [`body: ${typeOf(body, naming)}`]),
    `answer: ${answer === undefined ? 'Record<string, unknown>' : typeOf(answer, naming)}`,
  ].join('; ')} }`;
}

/** The whole file. Doors that take or give something else than JSON are left to whoever needs them. */
export function clientText(description: Description): string {
  const naming: Naming = { components: description.components?.schemas ?? {}, named: new Map() };
  const doors = Object.entries(description.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, one]) => one['x-ndjson'] !== true && (one.requestBody === undefined || bodyOf(one) !== undefined))
      .map(([method, operation]) => ({ door: `${method.toUpperCase()} ${path}`, path, operation })),
  );
  const noun = (path: string): string =>
    capital(
      (
        path
          .split('/')
          .filter((part) => /^[a-z]+$/.test(part))
          .at(-1) ?? 'body'
      ).replace(/s$/, ''),
    );
  const shapes = doors.flatMap(({ path, operation }) =>
    [bodyOf(operation), answerOf(operation)].flatMap((shape) =>
      shape === undefined ? [] : [[noun(path), shape] as const],
    ),
  );
  const shared = nameShared(
    [...shapes, ...Object.values(naming.components).map((one) => ['Component', one] as const)],
    naming,
  );
  const types = [...shared].map(([name, shape]) => `export type ${name} = ${typeOf(shape, naming, true)};`);
  const lines = doors.map(
    ({ door, operation }) => `  /** ${operation.summary ?? ''} */\n  '${door}': ${doorType(operation, naming)};`,
  );
  return `/**
 * A typed client of a Portolan window: copy this one file, it depends on nothing. \`npm run golden\` writes it from the
 * window's own description of its doors, so that it never says anything else than they do.
 */
${hand}
${types.join('\n')}

/** Every door by its method and address: what it takes and what it answers. */
export interface Doors {
${lines.join('\n')}
}
`;
}
