import { SaxesParser, type SaxesTagNS } from 'saxes';
import { ok, refuse, type Refused, type Result } from '#kernel/result.ts';

/** An attribute; those that declare a namespace are left out, since each name carries its own. */
export interface Attribute {
  readonly name: string;
  readonly uri: string;
  readonly value: string;
}

/** An element as it was read, with the line at which it begins. */
export interface Element {
  /** The name without its prefix. */
  readonly name: string;
  readonly uri: string;
  readonly line: number;
  readonly attributes: readonly Attribute[];
  readonly elements: readonly Element[];
  /** The text that stands in it, beside elements too. */
  readonly text: string;
}

/** What a message may hold at most. */
export interface XmlLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
  /** Attributes of one element, declarations of namespaces among them. */
  readonly attributes: number;
  /** Characters of one attribute, and of one name. */
  readonly attributeLength: number;
  readonly textLength: number;
  /** Milliseconds from the first byte to the end of the last element. */
  readonly ms: number;
}

/** 8 MiB, 32 levels, 400,000 elements, 20 attributes of 2,000 characters, texts of 100,000 characters, one minute. */
export const xmlLimits: XmlLimits = {
  bytes: 8 << 20,
  depth: 32,
  elements: 400_000,
  attributes: 20,
  attributeLength: 2_000,
  textLength: 100_000,
  ms: 60_000,
};

/** A document as it was read: its root, and its bytes as they came. */
export interface XmlDocument {
  readonly root: Element;
  readonly bytes: Buffer;
}

/** Ends the reading from inside a handler of the parser; it never leaves this file. */
class Stop extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.error.code);
    this.refused = refused;
  }
}

type Open = Omit<Element, 'elements' | 'text'> & { elements: Element[]; text: string };

/** Builds elements out of what the parser meets, and stops at whatever no message of ours holds. */
class Builder {
  readonly #limits: XmlLimits;
  readonly #parser = new SaxesParser({ xmlns: true, position: true });
  readonly #open: Open[] = [];
  #root: Element | undefined;
  #count = 0;
  #attributes = 0;

  constructor(limits: XmlLimits) {
    this.#limits = limits;
    const parser = this.#parser;
    parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) this.#stop('messages/xml-encoding', { encoding });
    });
    parser.on('doctype', () => this.#stop('messages/xml-doctype'));
    parser.on('processinginstruction', () => this.#stop('messages/xml-instruction'));
    parser.on('error', (error) => {
      // What the parser says begins with the place, which is given apart.
      this.#stop('messages/xml-malformed', { said: error.message.replace(/^[^ ]*: /, '') });
    });
    parser.on('opentagstart', () => (this.#attributes = 0));
    parser.on('attribute', ({ name, value }) => {
      this.#attributes += 1;
      if (this.#attributes > limits.attributes) this.#over('attributes', limits.attributes);
      if (Math.max(name.length, value.length) > limits.attributeLength)
        this.#over('attribute-length', limits.attributeLength);
    });
    parser.on('opentag', (tag) => this.#begin(tag));
    parser.on('closetag', () => this.#end());
    parser.on('text', (text) => this.#text(text));
    parser.on('cdata', (text) => this.#text(text));
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  end(): Element {
    this.#parser.close();
    return this.#root!;
  }

  #stop(code: string, params: Readonly<Record<string, string>> = {}): never {
    const { line, column } = this.#parser;
    const at = { line: String(line), column: String(column + 1), path: this.path };
    throw new Stop(refuse(code, { params: { ...params, ...at } }));
  }

  #over(limit: string, most: number): never {
    return this.#stop('messages/xml-too-much', { limit, most: String(most) });
  }

  /** Where the parser stands, as an XPath without places. */
  get path(): string {
    return `/${this.#open.map(({ name }) => name).join('/')}`;
  }

  #begin(tag: SaxesTagNS): void {
    this.#count += 1;
    if (this.#count > this.#limits.elements) this.#over('elements', this.#limits.elements);
    if (this.#open.length >= this.#limits.depth) this.#over('depth', this.#limits.depth);
    if (tag.local.length > this.#limits.attributeLength) this.#over('name-length', this.#limits.attributeLength);
    const attributes = Object.values(tag.attributes)
      .filter(({ prefix, local }) => prefix !== 'xmlns' && !(prefix === '' && local === 'xmlns'))
      .map(({ local, uri, value }) => ({ name: local, uri, value }));
    const { local: name, uri } = tag;
    this.#open.push({ name, uri, line: this.#parser.line, attributes, elements: [], text: '' });
  }

  #end(): void {
    const element = this.#open.pop()!;
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.elements.push(element);
  }

  #text(text: string): void {
    const open = this.#open.at(-1);
    if (open === undefined) return;
    open.text += text;
    if (open.text.length > this.#limits.textLength) this.#over('text-length', this.#limits.textLength);
  }
}

/**
 * Reads a document while it comes in. No document type, no processing instruction, no entity but the five of XML and
 * character references, UTF-8 alone; and nothing beyond the limits. A refusal names line, column and path.
 */
export async function readXml(
  chunks: AsyncIterable<Buffer>,
  now: () => number,
  limits: XmlLimits = xmlLimits,
): Promise<Result<XmlDocument>> {
  const builder = new Builder(limits);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const kept: Buffer[] = [];
  const until = now() + limits.ms;
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > limits.bytes) return refuse('http/body-too-large', { params: { limit: String(limits.bytes) } });
      if (now() > until) return refuse('messages/xml-too-slow', { params: { seconds: String(limits.ms / 1_000) } });
      kept.push(chunk);
      builder.write(decoder.decode(chunk, { stream: true }));
    }
    if (size === 0) return refuse('http/body-missing');
    builder.write(decoder.decode());
    return ok({ root: builder.end(), bytes: Buffer.concat(kept) });
  } catch (error) {
    if (error instanceof Stop) return error.refused;
    // The decoder's one complaint: these bytes are no UTF-8.
    if (error instanceof TypeError) return refuse('http/body-encoding');
    throw error;
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"\r\n\t]/g, (one) => escapes[one] ?? `&#${one.charCodeAt(0)};`);

/** An element to be written; what was read may be given as it is. */
export type Written = Pick<Element, 'name' | 'uri' | 'text'> &
  Partial<Pick<Element, 'attributes'>> & { readonly elements?: readonly Written[] };

function write(element: Written, inScope: string, depth: number): string {
  const { name, uri, attributes = [], elements = [], text } = element;
  const declared = uri === inScope ? '' : ` xmlns="${escaped(uri)}"`;
  const written = attributes.map((one, index) =>
    one.uri === '' ? ` ${one.name}="${escaped(one.value)}"` : foreign(one, index),
  );
  const open = `${declared}${written.join('')}`;
  const indent = '  '.repeat(depth);
  if (elements.length === 0)
    return text === '' ? `${indent}<${name}${open}/>` : `${indent}<${name}${open}>${escaped(text)}</${name}>`;
  const inside = elements.map((one) => write(one, uri, depth + 1)).join('\n');
  const own = text.trim() === '' ? '' : escaped(text.trim());
  return `${indent}<${name}${open}>${own}\n${inside}\n${indent}</${name}>`;
}

/** An attribute of a namespace needs a prefix of its own; that of XML itself has one. */
const foreign = ({ name, uri, value }: Attribute, index: number): string =>
  uri === 'http://www.w3.org/XML/1998/namespace'
    ? ` xml:${name}="${escaped(value)}"`
    : ` xmlns:a${index}="${escaped(uri)}" a${index}:${name}="${escaped(value)}"`;

/** Writes a document: the same names, attributes and texts as the element has, on lines of their own. */
export const writeXml = (root: Written): string => `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '', 0)}\n`;
