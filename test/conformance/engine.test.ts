import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { digestOf } from '#kernel/canonical.ts';
import { must } from '#kernel/result.ts';
import { compile } from '#modules/rulebook/compile.ts';
import { assess } from '#modules/rulebook/engine.ts';
import { sourceOf } from '#modules/rulebook/folder.ts';
import { type AssessInput, engineVersion } from '#modules/rulebook/model.ts';
import type { Pack } from '#modules/rulebook/pack.ts';

/**
 * What every version of the engine made of the same law and the same parcels, kept as digests: a stored decision can be
 * worked out again only while these come out. A file is written once, when its version begins, and never changed.
 */
type Line =
  | { readonly pack: string; readonly files: Readonly<Record<string, string>> }
  | { readonly pack: string; readonly name: string; readonly input: AssessInput; readonly digest: string };

const folder = new URL('./engine/', import.meta.url);

test('every version of the engine has its parcels', () => {
  const versions = Array.from({ length: engineVersion }, (_, index) => `version-${index + 1}.ndjson`);
  assert.deepEqual(readdirSync(folder).sort(), versions);
});

for (const file of readdirSync(folder)) {
  const packs = new Map<string, Pack>();
  const version = Number(/\d+/.exec(file));
  for (const line of readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n')) {
    const one: Line = JSON.parse(line);
    if ('files' in one) packs.set(one.pack, must(compile([must(sourceOf(one.files))])));
    else
      test(`${file}: ${one.pack} ${one.name} gives the bytes that it gave`, () => {
        assert.equal(digestOf(assess(packs.get(one.pack)!, one.input, version)), one.digest);
      });
  }
}
