import { conditionNames } from '#modules/rulebook/condition.ts';
import { isJson } from '#modules/rulebook/facts.ts';
import { topicFiles, ZoneFile } from '#modules/rulebook/schema.ts';
import { extraKeys, termNames } from '#modules/rulebook/term.ts';
import { WorkedExample } from '#modules/rulebook/worked.ts';
import { root } from '../test/support/files.ts';

/**
 * The files of a pack as JSON Schemas for editors: they complete names and mark what does not belong. Which names of
 * values, routes and charges there are only `portolan pack check` knows.
 */
export function packSchemas(): { path: string; text: string }[] {
  const all = { ...topicFiles, 'zone.json': ZoneFile, 'example.json': WorkedExample };
  return Object.entries(all).map(([file, schema]) => {
    const plain: unknown = JSON.parse(JSON.stringify(schema));
    const told = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: `${file} of a pack`,
      ...(isJson(plain) ? (referring(plain) as object) : {}),
      ...(JSON.stringify(plain).includes('"title":"') ? { $defs: definitions } : {}),
    };
    return { path: `${root}docs/pack-schemas/${file}`, text: `${JSON.stringify(told, null, 2)}\n` };
  });
}

const named: ReadonlySet<unknown> = new Set(['term', 'condition']);

/** Puts the shape of terms and conditions where a pack's schema leaves them to the compiler. */
function referring(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(referring);
  if (!isJson(schema)) return schema;
  if (named.has(schema['title'])) return { $ref: `#/$defs/${String(schema['title'])}` };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referring(value)]));
}

const anything = { description: 'see docs/packs.md' };
const within = { anyOf: [{ $ref: '#/$defs/term' }, { $ref: '#/$defs/condition' }, { type: 'array' }, anything] };
const members = (names: readonly string[]): object => ({
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: Object.fromEntries(names.map((name) => [name, within])),
});

const definitions = {
  term: {
    description: 'An exact term: an object with one operator.',
    ...members([...termNames, ...Object.values(extraKeys).flat()]),
  },
  condition: {
    description: 'A line of CEL over texts, flags, sets and counts, or an object with one operator.',
    anyOf: [{ type: 'string' }, { const: true }, members(conditionNames)],
  },
};
