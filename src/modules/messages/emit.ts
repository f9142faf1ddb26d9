import { hash } from 'node:crypto';
import { ok, refuse, type Refusal, type Result } from '#kernel/result.ts';
import { cebUri, speech } from './ceb-fields.ts';
import { cebKinds } from './ceb-kinds.ts';
import { inWanted } from './emit-rate.ts';
import { exactly, heads, longest, nothingSaid, type Outgoing, rows, type Subject } from './emit-fields.ts';
import type { Field, MessageKind } from './fields.ts';
import { said } from './say.ts';

/** The kinds that the window writes of a parcel of its own, by the movement of which each is. */
export const emitted = {
  CEB311Message: 'import',
  CEB411Message: 'import',
  CEB511Message: 'import',
  CEB621Message: 'import',
  CEB303Message: 'export',
  CEB403Message: 'export',
  CEB505Message: 'export',
  CEB603Message: 'export',
} as const;
export type EmittedKind = keyof typeof emitted;
export const isEmitted = (name: string): name is EmittedKind => Object.hasOwn(emitted, name);

/** A field with its way into what its door takes, made ready. */
interface Ready {
  readonly field: Field;
  readonly way: readonly string[] | null;
  readonly open: string;
  readonly close: string;
}

interface ReadyKind {
  readonly name: EmittedKind;
  readonly kind: MessageKind;
  readonly fields: readonly Ready[];
  readonly rows: readonly Ready[];
  readonly signed: boolean;
}

const readied = (fields: readonly Field[]): Ready[] =>
  fields.map((field) => ({
    field,
    way: field.home === null || field.home === 'message' ? null : field.home.split('/').slice(1),
    open: `<${field.name}>`,
    close: `</${field.name}>`,
  }));

const kinds = new Map<string, ReadyKind>();
function readyKind(name: EmittedKind): ReadyKind {
  let ready = kinds.get(name);
  if (ready === undefined) {
    const kind = cebKinds[name]!;
    const signed = name === 'CEB621Message';
    kinds.set(name, (ready = { name, kind, fields: readied(kind.fields), rows: readied(kind.rows), signed }));
  }
  return ready;
}

const at = (tree: unknown, way: readonly string[]): unknown => {
  let value = tree;
  for (const part of way)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return value;
};

const special = /[&<>\r]/;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const escaped = (text: string): string =>
  special.test(text) ? text.replaceAll(/[&<>\r]/g, (one) => entities[one]!) : text;

/** What the parcel's part of a kind looks like as its slip, which is what the homes of the fields point into. */
function slipOf({ kind }: ReadyKind, { order, payment, transport, body }: Subject): unknown {
  if (kind.door === 'order') return order;
  if (kind.door === 'payment') return payment && { ...payment, platform: order?.platform };
  if (kind.door === 'transport') return transport && { ...transport, orders: [order?.number] };
  return { ...body.declaration, orders: [order], transports: [transport] };
}

/** Writes the fields of one node, and notes what is not known and what does not fit. */
class Node {
  readonly unsaid: string[] = [];
  refusal: Refusal | undefined;

  element({ field, way, open, close }: Ready, slip: unknown, known: string | null | undefined): string {
    const own = known ?? undefined;
    const { name, home, optional } = field;
    let text: string | undefined;
    if (way !== null && home !== null) {
      const value = at(slip, way);
      const isCurrency = home.endsWith('/currency');
      text = isCurrency && typeof value === 'string' ? speech.coded('currency', value) : said(field, value, speech);
      if (isCurrency && typeof value === 'string' && text === undefined) this.refuse('messages/no-word', field, value);
    }
    const wrong = (one: string): boolean => exactly[name] !== undefined && one.length !== exactly[name];
    if (text === undefined || wrong(text)) text = own ?? (text === undefined ? undefined : this.short(name, text));
    if (text && wrong(text)) text = this.short(name, text);
    if (text && text.length > (longest[name] ?? 250)) {
      if (optional) return this.leave(name);
      this.refuse('messages/does-not-fit', field, text);
    }
    if (text === undefined || text === '') {
      if (optional) return '';
      if (!this.unsaid.includes(name)) this.unsaid.push(name);
      text = nothingSaid(name, undefined);
    }
    return `${open}${escaped(text)}${close}`;
  }

  /** A code of another length is not one of the format's: it is shown as far as it goes, or not at all. */
  short(name: string, text: string): string | undefined {
    if (name !== 'gcode' || text.length > 10) return undefined;
    if (!this.unsaid.includes(name)) this.unsaid.push(name);
    return nothingSaid(name, text);
  }

  leave(name: string): string {
    if (!this.unsaid.includes(name)) this.unsaid.push(name);
    return '';
  }

  refuse(code: string, { name }: Field, found: string): void {
    this.refusal ??= refuse(code, { pointer: `/${name}`, params: { in: 'xml', field: name, found } }).error;
  }
}

const noteMax = 1_000;

function nodeOf(ready: ReadyKind, subject: Subject, rate: string): Result<string> {
  const { kind } = ready;
  const node = new Node();
  const slip = slipOf(ready, subject);
  if (slip === undefined) return refuse('messages/nothing-to-say', { params: { kind: ready.name } });
  let head = '';
  for (const one of ready.fields)
    if (one.field.name !== 'note') head += node.element(one, slip, heads[one.field.name]?.(subject));
  let lines = '';
  if (kind.row !== null)
    for (const goods of subject.body.declaration.goods) {
      lines += `<${kind.row}>`;
      for (const one of ready.rows)
        if (one.field.name !== 'note') lines += node.element(one, goods, rows[one.field.name]?.(goods, subject));
      lines += `</${kind.row}>`;
    }
  if (node.refusal !== undefined) return { ok: false, error: node.refusal };
  const unsaid = node.unsaid.length === 0 ? '' : `unsaid: ${node.unsaid.join(' ')}`;
  const note = [rate, unsaid].filter((one) => one !== '').join('; ');
  if (note !== '') head += `<note>${note.slice(0, noteMax)}</note>`;
  return ok(
    kind.head === null
      ? `<${kind.node}>${head}</${kind.node}>`
      : `<${kind.node}><${kind.head}>${head}</${kind.head}>${lines}</${kind.node}>`,
  );
}

/** The subjects of a kind in a parcel: each of its orders, payments or waybills; of a checklist the parcel itself. */
function subjectsOf({ kind }: ReadyKind, parcel: Outgoing): Result<Subject[]> {
  const { orders = [], payments = [], transports = [] } = parcel.body;
  const [order] = orders;
  const whole = { ...parcel, order, payment: payments[0], transport: transports[0] };
  if (kind.door === 'order') return ok(orders.map((one) => ({ ...whole, order: one })));
  if (kind.door === 'payment') return ok(payments.map((one) => ({ ...whole, payment: one })));
  if (kind.door === 'transport') return ok(transports.map((one) => ({ ...whole, transport: one })));
  // The format binds a checklist to one order and one waybill.
  if (orders.length > 1 || transports.length > 1) return refuse('messages/more-than-one');
  return ok([whole]);
}

const dsig = 'http://www.w3.org/2000/09/xmldsig#';

/**
 * The frame of a signature around the digest of what stands before it, for the sender to sign: the window holds no key
 * of his. What is written is in canonical form already, so that its bytes without this are what the digest is of.
 */
function frame(digest: string): string {
  const algorithm = (name: string, uri: string): string => `<${name} Algorithm="${uri}"></${name}>`;
  return (
    `<Signature xmlns="${dsig}"><SignedInfo>` +
    algorithm('CanonicalizationMethod', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315') +
    algorithm('SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256') +
    `<Reference URI=""><Transforms>${algorithm('Transform', `${dsig}enveloped-signature`)}</Transforms>` +
    algorithm('DigestMethod', 'http://www.w3.org/2001/04/xmlenc#sha256') +
    `<DigestValue>${digest}</DigestValue></Reference></SignedInfo><SignatureValue></SignatureValue></Signature>`
  );
}

/** Writes parcels as one message of a kind: valid by the official schema, naming in each note what is not known. */
export function emit(name: EmittedKind, parcels: readonly Outgoing[]): Result<string> {
  const ready = readyKind(name);
  const [first] = parcels;
  if (first === undefined) return refuse('messages/nothing-to-say', { params: { kind: name } });
  let nodes = '';
  for (const parcel of parcels) {
    if (parcel.body.declaration.movement !== emitted[name])
      return refuse('messages/nothing-to-say', { params: { kind: name } });
    const turned =
      emitted[name] === 'import' ? inWanted(parcel.body, parcel.rate) : ok({ body: parcel.body, said: '' });
    if (!turned.ok) return turned;
    const subjects = subjectsOf(ready, { ...parcel, body: turned.value.body });
    if (!subjects.ok) return subjects;
    for (const subject of subjects.value) {
      const node = nodeOf(ready, subject, turned.value.said);
      if (!node.ok) return node;
      nodes += node.value;
    }
  }
  if (nodes === '') return refuse('messages/nothing-to-say', { params: { kind: name } });
  const { filer, nameOf, id } = first;
  const copName = escaped((nameOf(filer) ?? filer).slice(0, 100));
  const transfer = `<BaseTransfer><copCode>${escaped(filer.slice(0, 18))}</copCode><copName>${copName}</copName><dxpMode>DXP</dxpMode><dxpId>-</dxpId></BaseTransfer>`;
  const open = `<${name} xmlns="${cebUri}" guid="${id.toUpperCase()}" version="1.0">${nodes}${transfer}`;
  const close = `</${name}>`;
  const signature = ready.signed ? frame(hash('sha256', open + close, 'base64')) : '';
  return ok(`<?xml version="1.0" encoding="UTF-8"?>\n${open}${signature}${close}`);
}
