import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type Element, readXml } from '#platform/xml.ts';

/** Reads a document that has to be one. */
export async function readDocument(bytes: Buffer): Promise<Element> {
  const document = await readXml(Readable.from([bytes]), () => 0);
  assert.ok(document.ok, JSON.stringify(document));
  return document.value.root;
}

/** Everything that a document says: each path with its text and attributes, counted. */
export function contentOf(root: Element): Map<string, number> {
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
