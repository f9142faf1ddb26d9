import { ok, refuse, type Result } from '#kernel/result.ts';
import { cdsKinds, declarationUri, type Group, groups, metaUri, noticeUri } from './cds-kinds.ts';
import type { Field, MessageKind } from './fields.ts';
import { type Fault, fault, faultsMax, type Message, type MessageNode, type Placed, type PlacedRow } from './read.ts';
import type { Element } from '#platform/xml.ts';

/** A group that is being read: its fields by their path below it, and where they go. */
interface Open {
  readonly at: string;
  readonly known: readonly Field[];
  readonly groups: readonly Group[];
  readonly fields: Map<string, Placed>;
}

/** The model spreads its elements over several namespaces; all of them begin so. */
const modelUris = 'urn:wco:datamodel:WCO:';

/** Reads a declaration into its fields and groups, and notes what is wrong with path and line. */
class Reading {
  readonly faults: Fault[] = [];
  readonly rows: PlacedRow[] = [];
  readonly further: string[] = [];
  readonly #uri: string;
  readonly #counts = new Map<string, number>();

  constructor(uri: string) {
    this.#uri = uri;
  }

  note(...args: Parameters<typeof fault>): void {
    if (this.faults.length < faultsMax) this.faults.push(fault(...args));
  }

  /** Reads what stands below an element; `name` is its path below the group. */
  below(element: Element, path: string, name: string, open: Open): void {
    const many = new Map<string, number>();
    for (const one of element.elements) many.set(one.name, (many.get(one.name) ?? 0) + 1);
    const met = new Map<string, number>();
    for (const child of element.elements) {
      const place = (met.get(child.name) ?? 0) + 1;
      met.set(child.name, place);
      const at = `${path}/${child.name}${(many.get(child.name) ?? 0) > 1 ? `[${place}]` : ''}`;
      const named = name === '' ? child.name : `${name}/${child.name}`;
      if (child.uri !== this.#uri && !child.uri.startsWith(modelUris))
        this.note('messages/field-unknown', at, child.line);
      else this.#child(child, at, named, open);
    }
  }

  #child(child: Element, at: string, name: string, open: Open): void {
    const group = open.groups.find(({ element }) => element === name);
    if (group !== undefined) this.#group(child, at, group, open);
    else if (child.elements.length > 0) this.below(child, at, name, open);
    else this.#field(child, at, name, open);
  }

  #field(child: Element, path: string, name: string, open: Open): void {
    const { line } = child;
    const text = child.text.trim();
    for (const one of child.attributes.filter(({ uri }) => uri === '')) {
      if (one.name === 'unitCode' && /(Mass|Weight)Measure$/.test(name) && one.value !== 'KGM')
        this.note('messages/code-unknown', `${path}/@unitCode`, line, { found: one.value });
      if (one.value !== '')
        open.fields.set(`${name}@${one.name}`, { text: one.value, path: `${path}/@${one.name}`, line });
    }
    if (text === '') return;
    if (open.fields.has(name)) this.further.push(path);
    else open.fields.set(name, { text, path, line, element: child });
  }

  #group(element: Element, path: string, group: Group, around: Open): void {
    const at = group.into.startsWith('/')
      ? `${group.into}/${this.#next(group.into)}`
      : group.into === '.'
        ? around.at
        : '';
    const fields = new Map<string, Placed>();
    const open: Open = { at, known: group.fields, groups: group.groups ?? [], fields };
    const number = group.line === true ? around.fields.get('SequenceNumeric') : undefined;
    if (number !== undefined) fields.set('@line', number);
    if (element.elements.length === 0) this.#field(element, path, '.', open);
    const row: PlacedRow = { at, known: group.fields, fields };
    const from = this.rows.push(row);
    this.below(element, path, '', open);
    const missing = group.needs !== undefined && !fields.has(group.needs);
    if (missing) {
      this.rows.splice(from - 1);
      this.further.push(...[...fields].filter(([name]) => name !== '@line').map(([, one]) => one.path));
      this.#counts.set(group.into, (this.#counts.get(group.into) ?? 1) - 1);
    }
  }

  #next(list: string): number {
    const next = this.#counts.get(list) ?? 0;
    this.#counts.set(list, next + 1);
    return next;
  }
}

/** The wrapper in which one customs passes a declaration on between its own systems. */
const wrapperUri = 'http://uk/gov/hmrc/mdg/declarationmanagement/submitdeclaration/request/schema/v1';
const isWrapper = ({ uri, name }: Element): boolean => uri === wrapperUri && name === 'submitDeclarationRequest';

/** Whether a document is one of the model's, wrapped or not, or a notice as it is sent without a namespace. */
export const cdsRoot = (root: Element): boolean =>
  isWrapper(root) || (root.name === 'MetaData' && (root.uri === metaUri || root.uri === ''));

/** The envelope of a document, with its path: the document itself, or what its wrapper holds. */
function envelopeOf(root: Element): readonly [envelope: Element, path: string] {
  const detail = isWrapper(root) ? root.elements.find(({ name }) => name === 'requestDetail') : undefined;
  const inside = detail?.elements.find(({ name, uri }) => name === 'MetaData' && uri === metaUri);
  return inside === undefined ? [root, `/${root.name}`] : [inside, `/${root.name}/requestDetail/MetaData`];
}

/** What the content of an envelope is called, by what it says it is for. */
function kindOf(content: Element): string {
  if (content.name === 'Response') return 'RES';
  const type = content.elements.find(({ name }) => name === 'TypeCode')?.text.trim();
  return type === 'INV' ? 'DEC-INV' : type === 'COR' || type === 'COA' ? 'DEC-COR' : 'DEC';
}

const bare = { at: '', known: [], groups: [] } as const;

function nodeOf(content: Element, path: string, kind: MessageKind, reading: Reading): MessageNode {
  const { line } = content;
  const open: Open = { ...bare, groups: kind.door === 'declaration' ? groups : [], fields: new Map() };
  reading.below(content, path, '', open);
  for (const { name, optional } of kind.fields)
    if (!optional && !open.fields.has(name)) reading.note('messages/field-missing', `${path}/${name}`, line);
  const guid = open.fields.get('FunctionalReferenceID');
  if (guid !== undefined) open.fields.set('guid', guid);
  const { rows, further } = reading;
  return { path, line, fields: open.fields, rows, further };
}

/**
 * Reads a document of the model: its envelope, and the declaration or the notice that it carries. Everything that
 * stands there is read; what no table names is told as without a home.
 */
export function readCds(document: Element): Result<Message> {
  const [root, path] = envelopeOf(document);
  const carried = root.elements.filter(({ name }) => name === 'Declaration' || name === 'Response');
  const [content] = carried;
  if (content === undefined || carried.length > 1)
    return refuse('messages/not-as-described', { more: [fault('messages/no-nodes', path, root.line)] });
  const name = kindOf(content);
  const kind = cdsKinds[name]!;
  const uri = root.uri === '' ? '' : name === 'RES' ? noticeUri : declarationUri;
  const reading = new Reading(uri);
  if (content.uri !== uri) reading.note('messages/field-unknown', `${path}/${content.name}`, content.line);
  if (root.uri === '' && name !== 'RES') reading.note('messages/field-unknown', path, root.line);
  const node = nodeOf(content, `${path}/${content.name}`, kind, reading);
  const guid = node.fields.get('guid')?.text ?? '';
  const { faults: more } = reading;
  if (more.length > 0) return refuse('messages/not-as-described', { more });
  return ok({ name, guid, kind, nodes: [node], reports: false, named: false });
}
