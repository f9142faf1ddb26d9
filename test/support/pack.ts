import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { must } from '#kernel/result.ts';
import { compileLayers } from '#modules/rulebook/compile.ts';
import { loadPackFolder, sourceOf } from '#modules/rulebook/folder.ts';
import type { AssessInput, PackSource, Problem } from '#modules/rulebook/model.ts';
import type { Pack } from '#modules/rulebook/pack.ts';

export const packsFolder = fileURLToPath(new URL('../../packs', import.meta.url));

const law = { law: 'law' };
const head = {
  id: 'tt',
  version: '1.0.0',
  status: 'draft',
  name: { en: 'Test' },
  country: 'XT',
  currency: 'EUR',
  exponent: 2,
  timeZone: 'UTC',
  languages: ['en'],
  rounding: { mode: 'half-up', stage: 'charge' },
  allocation: 'price',
};
const sources = { law: { title: 'Law', grade: 'fictional', url: null, seen: null } };

/** The source of a small pack made of the given files; what is not given is one import route and nothing else. */
export function tinySource(files: Readonly<Record<string, unknown>>): PackSource {
  const routes = [{ id: 'only', from: '2000-01-01', source: law, movement: 'import', conditions: [] }];
  const all = {
    'sources.json': sources,
    'routes.json': routes,
    ...files,
    'pack.json': { ...head, ...(files['pack.json'] as object) },
  };
  const texts = Object.entries(all).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return must(sourceOf(Object.fromEntries(texts)));
}

export function tinyProblems(files: Readonly<Record<string, unknown>>): readonly Problem[] {
  return compileLayers([tinySource(files)]).problems;
}

export function tinyPack(files: Readonly<Record<string, unknown>>): Pack {
  const { pack, problems } = compileLayers([tinySource(files)]);
  assert.deepEqual(problems, []);
  assert.ok(pack);
  return pack;
}

/** A shipped pack with the layers under it; `change` may replace files of the leaf. */
export async function shippedPack(
  ids: readonly string[],
  change: Readonly<Record<string, string>> = {},
): Promise<Pack> {
  const layers: PackSource[] = [];
  for (const id of ids) layers.push(must(await loadPackFolder(`${packsFolder}/${id}`)));
  const leaf = layers.pop();
  assert.ok(leaf);
  const { pack, problems } = compileLayers([...layers, must(sourceOf({ ...leaf.files, ...change }))]);
  assert.deepEqual(problems, []);
  assert.ok(pack);
  return pack;
}

type Data = AssessInput['consignment'];
type Line = Partial<Data['declaration']['goods'][number]> & { price: { currency: string; amount: string } };

/** A parcel with so many lines; only what a test is about is given. */
export function parcel(
  lines: readonly Line[],
  declaration: Partial<Data['declaration']> = {},
  slips: Omit<Data, 'declaration'> = {},
): Data {
  const goods = lines.map((one, index) => ({
    line: index + 1,
    description: { text: 'Goods', language: 'en' },
    quantity: '1',
    unit: 'C62',
    ...one,
  }));
  return { ...slips, declaration: { movement: 'import', nature: 'sale', goods, ...declaration } };
}

export const euros = (amount: string): { currency: string; amount: string } => ({ currency: 'EUR', amount });
