import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import { type CebKind, cebTail, cebUri, type Field } from './ceb-fields.ts';
import { cebKinds } from './ceb-kinds.ts';
import type { Element } from '#platform/xml.ts';

/** A text of a message, with its place there. */
export interface Placed {
  readonly text: string;
  readonly path: string;
  readonly line: number;
}

/** The fields of one element, by name; those that stand there empty were not given. */
export type PlacedFields = ReadonlyMap<string, Placed>;

/** One business node of a message: its fields, and those of each of its rows. */
export interface CebNode {
  readonly path: string;
  readonly line: number;
  readonly fields: PlacedFields;
  readonly rows: readonly PlacedFields[];
}

/** A message as it was read; `kind` is null where its nodes have no door of this window, and are only kept. */
export interface CebMessage {
  readonly name: string;
  readonly guid: string;
  readonly kind: CebKind | null;
  readonly nodes: readonly CebNode[];
}

type Fault = NonNullable<Refusal['more']>[number];

const fault = (code: string, path: string, line: number, params: Readonly<Record<string, string>> = {}): Fault => ({
  code,
  pointer: path,
  params: { in: 'xml', line: String(line), ...params },
});

const faultsMax = 20;
const guidPattern = /^[\x21-\x7e]{36}$/;

/** Checks the parts of a message against the table of its kind and notes what is wrong, with path and line. */
class Reading {
  readonly faults: Fault[] = [];

  note(...args: Parameters<typeof fault>): void {
    if (this.faults.length < faultsMax) this.faults.push(fault(...args));
  }

  fields(element: Element, path: string, known: readonly Field[], children: readonly string[]): PlacedFields {
    const fields = new Map<string, Placed>();
    for (const { name, uri, text, line, elements } of element.elements) {
      const at = `${path}/${name}`;
      if (children.includes(name) && uri === cebUri) continue;
      if (uri !== cebUri || !known.some((field) => field.name === name)) this.note('messages/field-unknown', at, line);
      else if (fields.has(name)) this.note('messages/field-twice', at, line);
      else if (elements.length > 0) this.note('messages/field-not-text', at, line);
      else if (name === 'guid' && !guidPattern.test(text.trim())) this.note('messages/guid', at, line);
      else fields.set(name, { text: text.trim(), path: at, line });
    }
    for (const { name, optional } of known)
      if (!optional && (fields.get(name)?.text ?? '') === '')
        this.note('messages/field-missing', `${path}/${name}`, fields.get(name)?.line ?? element.line);
    return new Map([...fields].filter(([, { text }]) => text !== ''));
  }

  node(element: Element, path: string, kind: CebKind): CebNode {
    const { head, row } = kind;
    const { line } = element;
    if (head === null) return { path, line, fields: this.fields(element, path, kind.fields, []), rows: [] };
    const heads = element.elements.filter(({ name }) => name === head);
    if (heads.length !== 1) this.note('messages/field-missing', `${path}/${head}`, line);
    const rows = element.elements.filter(({ name }) => name === row);
    if (row !== null && rows.length === 0) this.note('messages/field-missing', `${path}/${row}`, line);
    for (const one of element.elements)
      if (one.name !== head && one.name !== row) this.note('messages/field-unknown', `${path}/${one.name}`, one.line);
    const [first = element] = heads;
    return {
      path,
      line,
      fields: this.fields(first, `${path}/${head}`, kind.fields, []),
      rows: rows.map((one, index) => this.fields(one, `${path}/${row}[${index + 1}]`, kind.rows, [])),
    };
  }
}

/** The one kind of element that stands in a message we have no table for, beside its tail. */
function kept(root: Element): readonly CebNode[] {
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
 * wrong is refused with all of its places. A kind without a table is read for its guid and its nodes alone.
 */
export function readCeb(root: Element): Result<CebMessage> {
  const { name, line } = root;
  const reading = new Reading();
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
  return more.length === 0 ? ok({ name, guid, kind, nodes }) : refuse('messages/not-as-described', { more });
}

/** The standard's own bound. */
const nodesMax = 100;
