import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readXml, writeXml } from '#platform/xml.ts';
import { cebKinds, schemasIn } from '#modules/messages/index.ts';
import { environment, readConfig } from '#platform/config.ts';
import { contentOf, readDocument } from '../support/content.ts';

/**
 * The official samples and schemas of other systems' messages, that nobody of this project wrote: each is read, written
 * again with the same content, and judged by its schema.
 */

const shared = join(readConfig(environment(), []).shared, 'data');
const ceb = join(shared, 'ceb/2018-113');
const cds = join(shared, 'wco-dm/cds');
const missing = (path: string): string | false =>
  existsSync(path) ? false : `the official samples are not at ${path}: set PORTOLAN_SHARED`;

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.xml$/i.test(path))
    .toSorted()
    .map((path) => join(folder, path));

const samples = missing(ceb) === false ? filesBelow(join(ceb, 'samples')) : [];
const declarations = missing(cds) === false ? filesBelow(join(cds, 'samples')) : [];

test('S18 every official CEB sample is read, and written again valid with the same content', {
  skip: missing(ceb),
}, async () => {
  assert.equal(samples.length, 35);
  const schemas = schemasIn(join(ceb, 'xsd'));
  for (const path of samples) {
    const bytes = readFileSync(path);
    const root = await readDocument(bytes);
    assert.deepEqual(schemas.check(root.uri, root.name, bytes), { ok: true, value: true }, path);
    const again = Buffer.from(writeXml(root));
    assert.deepEqual(contentOf(await readDocument(again)), contentOf(root), path);
    assert.deepEqual(schemas.check(root.uri, root.name, again), { ok: true, value: true }, path);
  }
});

test('every sample of the WCO Data Model as one customs uses it is read, and written again with the same content', {
  skip: missing(cds),
}, async () => {
  assert.ok(declarations.length > 100);
  // One of them is no XML: two hyphens stand in a comment. It is refused, as every reader of XML has to.
  const broken = declarations.find((path) => path.endsWith('TT_IM084a.xml'))!;
  const refused = await readXml(Readable.from([readFileSync(broken)]), () => 0);
  assert.equal(refused.ok ? '' : refused.error.code, 'messages/xml-malformed');
  for (const path of declarations.filter((one) => one !== broken)) {
    const root = await readDocument(readFileSync(path));
    assert.deepEqual(contentOf(await readDocument(Buffer.from(writeXml(root)))), contentOf(root), path);
  }
});

test('our tables of fields name every field of the official schemas, of both editions, and no other', {
  skip: missing(ceb),
}, () => {
  const met = new Set<string>();
  for (const edition of ['2018-113', '2022-05']) {
    const folder = join(shared, 'ceb', edition, 'xsd');
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const [message, kind] of Object.entries(cebKinds)) {
      const text = texts.find((one) => one.includes(`name="${message}"`));
      if (text === undefined) continue;
      const parts = [[kind.head ?? kind.node, kind.fields] as const, [kind.row ?? '', kind.rows] as const];
      for (const [element, fields] of parts.filter(([one]) => one !== '')) {
        const named = fieldsOf(text, element);
        for (const name of named) met.add(`${message} ${element} ${name}`);
        const ours = fields.map(({ name }) => name).filter((name) => named.includes(name));
        assert.deepEqual(ours, named, `${edition} ${message} ${element}`);
      }
    }
  }
  for (const [message, kind] of Object.entries(cebKinds)) {
    for (const { name } of kind.fields)
      assert.ok(met.has(`${message} ${kind.head ?? kind.node} ${name}`), message + name);
    for (const { name } of kind.rows) assert.ok(met.has(`${message} ${kind.row} ${name}`), message + name);
  }
});

/** The names of an element's fields, as its schema lists them. */
function fieldsOf(text: string, element: string): string[] {
  const from = text.search(new RegExp(`\\n\\t<xs:element name="${element}"`));
  const inside = text.slice(from, text.indexOf('\n\t</xs:element>', from));
  return [...inside.matchAll(/\n\t{4}<xs:element name="(\w+)"/g)].map(([, name]) => name!);
}

test('what the schema does not allow is refused with line and path', { skip: missing(ceb) }, async () => {
  const schemas = schemasIn(join(ceb, 'xsd'));
  const sample = readFileSync(join(ceb, 'samples/import/CEB311Message.xml'), 'utf8');
  const bent = Buffer.from(sample.replace('<ceb:appType>1<', '<ceb:appType>12<'));
  const root = await readDocument(bent);
  const checked = schemas.check(root.uri, root.name, bent);
  assert.ok(!checked.ok);
  assert.equal(checked.error.code, 'messages/xsd');
  assert.equal(checked.error.params?.['line'], '7');
  assert.match(checked.error.pointer ?? '', /appType/);
  assert.deepEqual(schemasIn(null).check(root.uri, root.name, bent), { ok: true, value: false });
});
