import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type Element, readXml, writeXml } from '#platform/xml.ts';
import { cebKinds, schemasIn } from '#modules/messages/index.ts';
import { environment, readConfig } from '#platform/config.ts';

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

async function read(bytes: Buffer): Promise<Element> {
  const document = await readXml(Readable.from([bytes]), () => 0);
  assert.ok(document.ok, JSON.stringify(document));
  return document.value.root;
}

/** Everything that a document says: each path with its text and attributes, counted. */
function content(root: Element): Map<string, number> {
  const counted = new Map<string, number>();
  const walk = ({ name, uri, text, attributes, elements }: Element, above: string): void => {
    const path = `${above}/{${uri}}${name}`;
    const said = attributes.map((one) => `{${one.uri}}${one.name}=${one.value}`).toSorted();
    const key = [path, elements.length === 0 ? text : text.trim(), ...said].join('\n');
    counted.set(key, (counted.get(key) ?? 0) + 1);
    for (const one of elements) walk(one, path);
  };
  walk(root, '');
  return counted;
}

const samples = missing(ceb) === false ? filesBelow(join(ceb, 'samples')) : [];
const declarations = missing(cds) === false ? filesBelow(join(cds, 'samples')) : [];

test('S18 every official CEB sample is read, and written again valid with the same content', {
  skip: missing(ceb),
}, async () => {
  assert.equal(samples.length, 35);
  const schemas = schemasIn(join(ceb, 'xsd'));
  for (const path of samples) {
    const bytes = readFileSync(path);
    const root = await read(bytes);
    assert.deepEqual(schemas.check(root.uri, root.name, bytes), { ok: true, value: true }, path);
    const again = Buffer.from(writeXml(root));
    assert.deepEqual(content(await read(again)), content(root), path);
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
    const root = await read(readFileSync(path));
    assert.deepEqual(content(await read(Buffer.from(writeXml(root)))), content(root), path);
  }
});

test('our tables of fields name every field of the official schemas, in both editions, and no other', {
  skip: missing(ceb),
}, () => {
  for (const edition of ['2018-113', '2022-05']) {
    const folder = join(shared, 'ceb', edition, 'xsd');
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const [message, kind] of Object.entries(cebKinds)) {
      const text = texts.find((one) => one.includes(`name="${message}"`))!;
      const named = (element: string): string[] => fieldsOf(text, element);
      assert.deepEqual(
        kind.fields.map(({ name }) => name),
        named(kind.head ?? kind.node),
        `${edition} ${message}`,
      );
      if (kind.row !== null)
        assert.deepEqual(
          kind.rows.map(({ name }) => name),
          named(kind.row),
          `${edition} ${kind.row}`,
        );
    }
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
  const root = await read(bent);
  const checked = schemas.check(root.uri, root.name, bent);
  assert.ok(!checked.ok);
  assert.equal(checked.error.code, 'messages/xsd');
  assert.equal(checked.error.params?.['line'], '7');
  assert.match(checked.error.pointer ?? '', /appType/);
  assert.deepEqual(schemasIn(null).check(root.uri, root.name, bent), { ok: true, value: false });
});
