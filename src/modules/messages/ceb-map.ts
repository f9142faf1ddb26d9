import { readFileSync } from 'node:fs';
import { addDecimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import { day as parseDay } from '#kernel/effective.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { CebKind, Field } from './ceb-fields.ts';
import type { CebNode, Placed, PlacedFields } from './ceb-read.ts';

/** The format's lists of codes, with what the window calls each. What is not there is not known, and never guessed. */
const codes: Readonly<Record<'currency' | 'country' | 'unit', Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(new URL('./ceb-codes.json', import.meta.url), 'utf8'),
);

const looked = (list: keyof typeof codes, code: string): string | undefined =>
  Object.hasOwn(codes[list], code) ? codes[list][code] : undefined;

/** The language of every text in these messages, and the zone of every time: UTC+8 the whole year. */
const language = 'zh';
const zone = '+08:00';

/** A node as what its door takes, and what of it did not find a home. */
export interface Mapped {
  readonly body: Readonly<Record<string, unknown>>;
  /** The fields that say something and have no home: kept in the bytes of the message alone. */
  readonly homeless: readonly string[];
  /** What stands in the body without a field that said it: because the kind of message says so. */
  readonly given: readonly string[];
  /** The same refusal, at the fields of the message instead of those of the body. */
  readonly placed: (refusal: Refusal) => Refusal;
}

type Tree = { [member: string]: unknown } | unknown[];
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Puts a value where a pointer says; a part that is a number makes a list. */
function put(tree: Tree, pointer: string, value: unknown): void {
  const parts = pointer.split('/').slice(1);
  let at: Tree = tree;
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    const members = at as Record<string, unknown>;
    if (next === undefined) members[part] = value;
    else {
      const inside = members[part];
      const below: Tree = isTree(inside) ? inside : /^\d+$/.test(next) ? [] : {};
      members[part] = below;
      at = below;
    }
  }
}

function valueAt(tree: Tree, pointer: string): unknown {
  let at: unknown = tree;
  for (const part of pointer.split('/').slice(1)) at = isTree(at) ? (at as Record<string, unknown>)[part] : undefined;
  return at;
}

/** A decimal as the window writes it: without a sign, zeros before it, or zeros after its last figure. */
function plain(text: string): string | undefined {
  if (!/^\+?\d{1,19}(\.\d{0,19})?$/.test(text)) return undefined;
  const [whole = '', part = ''] = text.replace('+', '').split('.');
  const kept = part.replace(/0+$/, '');
  return `${whole.replace(/^0+(?=\d)/, '')}${kept === '' ? '' : `.${kept}`}`;
}

/** `20160315153555` as an instant. */
function instant(text: string): string | undefined {
  const [, date = '', hour = '', minute = '', second = ''] = /^(\d{8})(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  const calendar = parseDay(date.replace(/^(....)(..)(..)$/, '$1-$2-$3'));
  if (calendar === undefined || hour > '23' || minute > '59' || second > '59') return undefined;
  return instantOf(msOfInstant(`${calendar}T${hour}:${minute}:${second}${zone}`)).replace('.000Z', 'Z');
}

/** An address in lines of the length that the window keeps, cut between characters. */
const lineLength = 70;
function lines(text: string): string[] {
  const cut: string[] = [''];
  for (const { segment } of new Intl.Segmenter(language).segment(text)) {
    if (cut.at(-1)!.length + segment.length > lineLength) cut.push('');
    cut.push(cut.pop()! + segment);
  }
  return cut;
}

const movements: Readonly<Record<string, string>> = { I: 'import', E: 'export' };

/** A value and where it goes below the field's home; undefined where the text is none of what the home takes. */
type Converted = readonly (readonly [below: string, value: unknown])[] | undefined;

const whole = (value: unknown): Converted => (value === undefined ? undefined : [['', value]]);

/** Maps the fields of one element into a body, and keeps what it did by pointer for refusals. */
class Mapping {
  readonly body: Record<string, unknown> = {};
  readonly places: [pointer: string, placed: Placed][] = [];
  readonly homeless: string[] = [];
  readonly given: string[] = [];
  refusal: Refusal | undefined;

  fields(fields: PlacedFields, known: readonly Field[], base: string): void {
    for (const field of known) {
      const placed = fields.get(field.name);
      if (placed === undefined || field.home === 'message') continue;
      if (field.home === null || (field.when !== null && fields.get(field.when[0])?.text !== field.when[1])) {
        this.homeless.push(placed.path);
        continue;
      }
      const pointer = `${base}${field.home}`;
      this.places.push([pointer, placed]);
      // A currency goes with the amount that names it.
      if (pointer.endsWith('/currency')) continue;
      this.#take(field, placed, pointer, fields);
    }
  }

  #take(field: Field, placed: Placed, pointer: string, fields: PlacedFields): void {
    const converted = this.#convert(field, placed.text, pointer, fields);
    if (converted !== undefined) for (const [below, value] of converted) put(this.body, `${pointer}${below}`, value);
    else if (field.as === 'country') this.homeless.push(placed.path);
    else this.refuse(placed, field.as === 'movement' ? 'messages/code-unknown' : 'messages/field-format');
  }

  refuse({ path, line, text }: Placed, code: string): void {
    this.refusal ??= refuse(code, { pointer: path, params: { in: 'xml', line: String(line), found: text } }).error;
  }

  #convert(field: Field, text: string, pointer: string, fields: PlacedFields): Converted {
    const { as } = field;
    if (as === 'amount' || as === 'sum') return this.#amount(field, text, pointer, fields);
    if (as === 'quantity') return whole(plain(text));
    if (as === 'line') return whole(/^[1-9]\d{0,2}$/.test(text) ? Number(text) : undefined);
    if (as === 'words') return whole({ text, language });
    if (as === 'lines') {
      return [
        ['/lines', lines(text)],
        ['/language', language],
      ];
    }
    if (as === 'instant') return whole(instant(text));
    if (as === 'country') return whole(looked('country', text));
    // A unit that the list does not hold keeps the code that was sent: it is a code all the same.
    if (as === 'unit') return whole(looked('unit', text) ?? text);
    if (as === 'movement') return whole(movements[text]);
    return whole(text);
  }

  #amount(field: Field, text: string, pointer: string, fields: PlacedFields): Converted {
    const code = fields.get(field.currency);
    const currency = code && looked('currency', code.text);
    if (code !== undefined && currency === undefined) this.refuse(code, 'messages/code-unknown');
    const amount = plain(text);
    if (amount === undefined) return undefined;
    const before = field.as === 'sum' ? valueAt(this.body, `${pointer}/amount`) : undefined;
    const parts = [typeof before === 'string' ? before : '0', amount].map(parseDecimal);
    if (parts[0] === undefined || parts[1] === undefined) return undefined;
    return whole({ currency, amount: formatDecimal(addDecimal(parts[0], parts[1])) });
  }

  /** What the kind says by itself; a value that repeats a field has that field's place. */
  give(given: CebKind['given'], fields: PlacedFields, home: string | null): void {
    for (const [pointer, value] of Object.entries(given)) {
      const repeated = typeof value === 'string' && value.startsWith('$') ? value.slice(1) : undefined;
      const placed = repeated === undefined ? undefined : fields.get(repeated);
      const said = repeated === 'home' ? home : repeated === undefined ? value : placed?.text;
      if (said === null || said === undefined) continue;
      put(this.body, pointer, said);
      if (placed !== undefined) this.places.push([pointer, placed]);
      else this.given.push(pointer);
    }
  }

  /** The place of the field that stands at a pointer, or nearest around or below it. */
  placeOf(pointer: string): Placed | undefined {
    const inside = (one: string, other: string): boolean => one === other || one.startsWith(`${other}/`);
    const around = this.places.filter(([home]) => inside(pointer, home));
    const nearest = around.toSorted(([a], [b]) => b.length - a.length)[0];
    return (nearest ?? this.places.find(([home]) => inside(home, pointer)))?.[1];
  }
}

/** A refusal of the body, said at the fields of the message. What no field says is said at the node. */
function placedBy(mapping: Mapping, node: CebNode): (refusal: Refusal) => Refusal {
  const moved = <T extends { pointer?: string; params?: Readonly<Record<string, string>> }>(one: T): T => {
    const { path, line } = mapping.placeOf(one.pointer ?? '') ?? node;
    return { ...one, pointer: path, params: { ...one.params, in: 'xml', line: String(line) } };
  };
  return (refusal) => {
    const { more } = refusal;
    if (more === undefined) return moved(refusal);
    return { ...(refusal.pointer === undefined ? refusal : moved(refusal)), more: more.map(moved) };
  };
}

/**
 * Maps a node by the table of its kind into what its door takes. `home` is the window's own country. Refuses an amount
 * in a currency that the list does not know, and a number or a time that is none.
 */
export function mapNode(kind: CebKind, node: CebNode, home: string | null): Result<Mapped> {
  const mapping = new Mapping();
  mapping.fields(node.fields, kind.fields, '');
  for (const [index, row] of node.rows.entries()) mapping.fields(row, kind.rows, `/goods/${index}`);
  mapping.give(kind.given, node.fields, home);
  if (mapping.refusal !== undefined) return { ok: false, error: mapping.refusal };
  const { body, homeless, given } = mapping;
  return ok({ body, homeless, given, placed: placedBy(mapping, node) });
}
