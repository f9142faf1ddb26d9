import { ok, refuse, type Result } from '#kernel/result.ts';
import { cebTail, cebUri } from './ceb-fields.ts';
import { cebKinds } from './ceb-kinds.ts';
import type { Field, MessageKind } from './fields.ts';
import {
  type Fault,
  fault,
  faultsMax,
  type Message,
  type MessageNode,
  type Placed,
  type PlacedFields,
} from './read.ts';
import type { Element } from '#platform/xml.ts';

const guidPattern = /^[\x21-\x7e]{36}$/;

/** Checks the parts of a message against the table of its kind and notes what is wrong, with path and line. */
class Reading {
  readonly faults: Fault[] = [];
  readonly #allowed: boolean;

  /** Where the official schema allowed the message, it also allowed what stands there empty. */
  constructor(allowed: boolean) {
    this.#allowed = allowed;
  }

  note(...args: Parameters<typeof fault>): void {
    if (this.faults.length < faultsMax) this.faults.push(fault(...args));
  }

  /** A field that has a home says something, unless the schema knows better; one without may stand there empty. */
  #lacks(text: string | undefined, home: string | null): boolean {
    return text === undefined || (text === '' && home !== null && !this.#allowed);
  }

  fields(element: Element, path: string, known: readonly Field[], children: readonly string[]): PlacedFields {
    const fields = new Map<string, Placed>();
    for (const child of element.elements) {
      const { name, uri, text, line, elements } = child;
      const at = `${path}/${name}`;
      if (children.includes(name) && uri === cebUri) continue;
      if (uri !== cebUri || !known.some((field) => field.name === name)) this.note('messages/field-unknown', at, line);
      else if (fields.has(name)) this.note('messages/field-twice', at, line);
      else if (elements.length > 0) this.note('messages/field-not-text', at, line);
      else if (name === 'guid' && !guidPattern.test(text.trim())) this.note('messages/guid', at, line);
      else fields.set(name, { text: text.trim(), path: at, line, element: child });
    }
    for (const { name, optional, home } of known)
      if (!optional && this.#lacks(fields.get(name)?.text, home))
        this.note('messages/field-missing', `${path}/${name}`, fields.get(name)?.line ?? element.line);
    return new Map([...fields].filter(([, { text }]) => text !== ''));
  }

  node(element: Element, path: string, kind: MessageKind): MessageNode {
    const { head, row } = kind;
    const { line } = element;
    if (head === null) return { path, line, fields: this.fields(element, path, kind.fields, []), rows: [] };
    const heads = element.elements.filter(({ name }) => name === head);
    if (heads.length !== 1) this.note('messages/field-missing', `${path}/${head}`, line);
    const rows = element.elements.filter(({ name }) => name === row);
    if (row !== null && kind.rowless !== true && rows.length === 0)
      this.note('messages/field-missing', `${path}/${row}`, line);
    for (const one of element.elements)
      if (one.name !== head && one.name !== row) this.note('messages/field-unknown', `${path}/${one.name}`, one.line);
    const [first = element] = heads;
    return {
      path,
      line,
      fields: this.fields(first, `${path}/${head}`, kind.fields, []),
      rows: rows.map((one, index) => ({
        at: `${kind.rowsAt}/${index}`,
        known: kind.rows,
        fields: this.fields(one, `${path}/${row}[${index + 1}]`, kind.rows, []),
      })),
    };
  }
}

/** The one kind of element that stands in a message we have no table for, beside its tail. */
function kept(root: Element): readonly MessageNode[] {
  const nodes = root.elements.filter(({ name, uri }) => uri === cebUri && !cebTail.includes(name));
  return nodes.map(({ name, line }, index) => ({
    path: `/${root.name}/${name}[${index + 1}]`,
    line,
    fields: new Map(),
    rows: [],
  }));
}

/**
 * Reads a message by the table of its kind: every field known, once, as text, and there where it has to be. What is
 * wrong is refused with all of its places. `allowed` says that the official schema allowed it. A kind without a table
 * is read for its guid and its nodes alone.
 */
export function readCeb(root: Element, allowed: boolean): Result<Message> {
  const { name, line } = root;
  const reading = new Reading(allowed);
  const guid = root.attributes.find((one) => one.name === 'guid' && one.uri === '')?.value ?? '';
  if (!guidPattern.test(guid)) reading.note('messages/guid', `/${name}/@guid`, line);
  const kind = Object.hasOwn(cebKinds, name) ? cebKinds[name]! : null;
  let nodes = kind === null ? kept(root) : [];
  if (kind !== null) {
    const own = root.elements.filter((one) => one.name === kind.node && one.uri === cebUri);
    nodes = own.map((one, index) => reading.node(one, `/${name}/${kind.node}[${index + 1}]`, kind));
    for (const one of root.elements)
      if (!own.includes(one) && !cebTail.includes(one.name))
        reading.note('messages/field-unknown', `/${name}/${one.name}`, one.line);
  }
  if (nodes.length === 0) reading.note('messages/no-nodes', `/${name}`, line);
  if (nodes.length > nodesMax) reading.note('messages/too-many-nodes', `/${name}`, line, { most: String(nodesMax) });
  const { faults: more } = reading;
  return more.length === 0
    ? ok({ name, guid, kind, nodes, reports: true, named: true })
    : refuse('messages/not-as-described', { more });
}

/** The standard's own bound. */
const nodesMax = 100;
