/**
 * Reads the import messages of China's cross-border e-commerce system as announced in 2018 (order 311, payment 411,
 * waybill 511, checklist 621). They are flat: a message holds nodes of one kind, each a head of fields and rows of
 * fields. So a small strict reader is enough: it takes elements of that one namespace with plain text in them and
 * refuses every document type declaration, every entity but the five of XML itself, and whatever else it does not know.
 */

/** The fields of one element by their names. */
export type Fields = Readonly<Record<string, string>>;

/** One business node: its head and its rows. */
export interface Node {
  readonly head: Fields;
  readonly rows: readonly Fields[];
}

/** The kinds of message that are read: the element of a node, and of its head and rows. */
const shapes = {
  CEB311Message: { node: 'Order', head: 'OrderHead', row: 'OrderList' },
  CEB411Message: { node: 'Payment', head: 'PaymentHead', row: 'PaymentList' },
  CEB511Message: { node: 'Logistics', head: 'LogisticsHead', row: 'LogisticsList' },
  CEB621Message: { node: 'Inventory', head: 'InventoryHead', row: 'InventoryList' },
} as const;
export type Message = keyof typeof shapes;

const bytesMax = 4_000_000;
const predefined: Fields = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** A message that is not what this reader takes. */
export class Unread extends Error {
  override readonly name = 'Unread';
}

function textOf(raw: string): string {
  if (raw.includes('<') || raw.includes(']]>')) throw new Unread('markup where text was expected');
  return raw.replaceAll(/&([^;]*);/g, (_, name: string) => {
    const plain = Object.hasOwn(predefined, name) ? predefined[name] : undefined;
    if (plain === undefined) throw new Unread(`the entity ${name}`);
    return plain;
  });
}

interface Tag {
  readonly name: string;
  readonly end: boolean;
  /** What stands before it, since the tag before. */
  readonly text: string;
}

/** The tags of the one namespace in their order; signatures and what they hold are passed over. */
function* tagsOf(body: string): Generator<Tag> {
  const tag = /<(\/?)([A-Za-z]+):([A-Za-z0-9]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>/g;
  let from = 0;
  let skipping = false;
  for (let found = tag.exec(body); found !== null; found = tag.exec(body)) {
    const [all, slash, prefix, name = ''] = found;
    const text = body.slice(from, found.index);
    from = found.index + all.length;
    if (prefix === 'ds') {
      if (name === 'Signature') skipping = slash === '';
      continue;
    }
    if (skipping || prefix !== 'ceb') throw new Unread(`an element of another namespace: ${prefix}:${name}`);
    yield { name, end: slash === '/', text };
    if (found[5] === '/') yield { name, end: true, text: '' };
  }
  if (body.slice(from).trim() !== '') throw new Unread('text after the last element');
}

/** Reads one message; throws `Unread` for what is none of the four kinds in this one form. */
export function readMessage(xml: string): { message: Message; nodes: Node[] } {
  const text = xml.replace(/^\uFEFF/, '').replace(/^<\?xml[^?]*\?>/, '');
  if (text.length > bytesMax) throw new Unread('too large');
  if (/<[!?]/.test(text)) throw new Unread('a declaration, comment or instruction');
  const path: string[] = [];
  const nodes: { head: Record<string, string>; rows: Record<string, string>[] }[] = [];
  let message: Message | undefined;
  for (const { name, end, text: raw } of tagsOf(text)) {
    if (!end) {
      if (path.length === 0) {
        if (message !== undefined || !Object.hasOwn(shapes, name)) throw new Unread(`the message ${name}`);
        message = name as Message;
      }
      path.push(name);
      const shape = shapes[message!];
      if (path.length === 2 && name === shape.node) nodes.push({ head: {}, rows: [] });
      if (path.length === 3 && name === shape.row) nodes.at(-1)?.rows.push({});
      continue;
    }
    if (path.pop() !== name || message === undefined) throw new Unread(`the end of ${name}`);
    const { node, head, row } = shapes[message];
    const [, first, second] = path;
    if (path.length !== 3 || first !== node || (second !== head && second !== row)) continue;
    const fields = second === head ? nodes.at(-1)!.head : nodes.at(-1)!.rows.at(-1)!;
    if (Object.hasOwn(fields, name)) throw new Unread(`${name} stands twice`);
    fields[name] = textOf(raw).trim();
  }
  if (message === undefined || path.length > 0) throw new Unread('it ends too early');
  return { message, nodes };
}
