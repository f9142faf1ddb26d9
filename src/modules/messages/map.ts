import { addDecimal, formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { As, CodeList, Field, MessageKind, Speech } from './fields.ts';
import type { MessageNode, Placed, PlacedFields } from './read.ts';

/** A node as what its door takes, and what of it did not find a home. */
export interface Mapped {
  readonly body: Readonly<Record<string, unknown>>;
  /** The fields that say something and have no home: kept in the bytes of the message alone. */
  readonly homeless: readonly string[];
  /** What stands in the body without a field that said it: because the kind of message says so. */
  readonly given: readonly string[];
  /** Which field filled which place, and with what. */
  readonly places: readonly Home[];
  /** The same refusal, at the fields of the message instead of those of the body. */
  readonly placed: (refusal: Refusal) => Refusal;
}

/** A field at its place in the body, and the values that it put there. */
export interface Home {
  readonly pointer: string;
  readonly placed: Placed;
  /** Null where the place only repeats it. */
  readonly field: Field | null;
  readonly values: readonly (readonly [pointer: string, value: unknown])[];
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

/** The value at a pointer; undefined where nothing stands there. */
export function valueAt(tree: unknown, pointer: string): unknown {
  let at: unknown = tree;
  for (const part of pointer.split('/').slice(1)) at = isTree(at) ? (at as Record<string, unknown>)[part] : undefined;
  return at;
}

function textAt(tree: unknown, pointer: string): string {
  const value = valueAt(tree, pointer);
  return typeof value === 'string' ? value : '';
}

/** A decimal as the window writes it: without a sign, zeros before it, or zeros after its last figure. */
function plain(text: string): string | undefined {
  if (!/^\+?\d{1,19}(\.\d{0,19})?$/.test(text)) return undefined;
  const [whole = '', part = ''] = text.replace('+', '').split('.');
  const kept = part.replace(/0+$/, '');
  return `${whole.replace(/^0+(?=\d)/, '')}${kept === '' ? '' : `.${kept}`}`;
}

/** An address in lines of the length that the window keeps, cut between characters. */
const lineLength = 70;
function lines(text: string): string[] {
  const cut: string[] = [''];
  for (const { segment } of new Intl.Segmenter('und').segment(text)) {
    if (cut.at(-1)!.length + segment.length > lineLength) cut.push('');
    cut.push(cut.pop()! + segment);
  }
  return cut;
}

/** A value and where it goes below the field's home; undefined where the text is none of what the home takes. */
type Converted = readonly (readonly [below: string, value: unknown])[] | undefined;

const whole = (value: unknown): Converted => (value === undefined ? undefined : [['', value]]);

/** Where something stands: of a table its column too. */
const placeIn = (line: number, column: number | undefined): Record<string, string> =>
  column === undefined ? { in: 'xml', line: String(line) } : { in: 'csv', line: String(line), column: String(column) };

/** The readings that are a look into a list of codes. */
const lists: ReadonlySet<string> = new Set([
  'country',
  'movement',
  'mode',
  'representation',
  'nature',
  'scheme',
  'direction',
  'yes-or-no',
] satisfies CodeList[]);
const isList = (as: As): as is As & CodeList & Exclude<CodeList, 'unit'> => as !== 'unit' && lists.has(as);

/** Codes that a node may do without: what its list does not hold is named and left out. */
const spared: ReadonlySet<string> = new Set(['country', 'scheme', 'nature', 'direction'] satisfies CodeList[]);

/** Maps the fields of one element into a body, and keeps what it did by pointer for refusals. */
class Mapping {
  readonly body: Record<string, unknown> = {};
  readonly places: Home[] = [];
  readonly homeless: string[] = [];
  readonly given: string[] = [];
  refusal: Refusal | undefined;
  readonly #speech: Speech;

  constructor(speech: Speech) {
    this.#speech = speech;
  }

  fields(fields: PlacedFields, known: readonly Field[], base: string): void {
    const named = new Set<string>();
    for (const field of known) {
      const placed = fields.get(field.name);
      if (placed === undefined) continue;
      if (field.home === 'message') named.add(field.name);
      if (field.home === null || field.home === 'message' || !applies(field, fields)) continue;
      const pointer = `${base}${field.home}`;
      // A currency goes with the amount that names it.
      const taken = pointer.endsWith('/currency') ? [] : this.#take(field, placed, pointer, fields);
      if (taken === undefined) continue;
      named.add(field.name);
      this.places.push({ pointer, placed, field, values: taken });
    }
    for (const [name, { path }] of fields) if (!named.has(name) && name !== 'guid') this.homeless.push(path);
  }

  /** Puts a field where it belongs and gives what was put there; undefined where it has to be left out. */
  #take(field: Field, placed: Placed, pointer: string, fields: PlacedFields): Home['values'] | undefined {
    const converted = this.#convert(field, placed.text, pointer, fields);
    if (converted !== undefined) {
      const values = converted.map(([below, value]) => [`${pointer}${below}`, value] as const);
      for (const [at, value] of values) this.#put(field, placed, at, value);
      return values;
    }
    if (spared.has(field.as)) return undefined;
    this.refuse(placed, isList(field.as) ? 'messages/code-unknown' : 'messages/field-format');
    return [];
  }

  /** A place holds one value; where two fields fill it with different ones nobody can say which is meant. */
  #put(field: Field, placed: Placed, pointer: string, value: unknown): void {
    const before = valueAt(this.body, pointer);
    const more = field.as === 'sum' || field.as === 'joined';
    if (!more && before !== undefined && JSON.stringify(before) !== JSON.stringify(value))
      this.refuse(placed, 'messages/says-two', { other: typeof before === 'string' ? before : JSON.stringify(before) });
    put(this.body, pointer, value);
  }

  refuse({ path, line, column, text }: Placed, code: string, params: Readonly<Record<string, string>> = {}): void {
    const at = { ...placeIn(line, column) };
    this.refusal ??= refuse(code, { pointer: path, params: { ...at, found: text, ...params } }).error;
  }

  #convert(field: Field, text: string, pointer: string, fields: PlacedFields): Converted {
    const { as } = field;
    const { language, instant, code } = this.#speech;
    if (as === 'yes-or-no') return whole(code(as, text) === undefined ? undefined : text === 'yes');
    if (isList(as)) return whole(code(as, text));
    switch (as) {
      case 'text':
        return whole(text);
      case 'joined':
        return whole(`${textAt(this.body, pointer)}${text}`);
      case 'amount':
      case 'sum':
        return this.#amount(field, text, pointer, fields);
      case 'quantity':
        return whole(plain(text));
      case 'line':
        return whole(/^[1-9]\d{0,2}$/.test(text) ? Number(text) : undefined);
      case 'words':
        return whole({ text, language });
      case 'barcodes':
        return whole(text.split(/ +/).map((barcode) => ({ barcode })));
      case 'pieces':
        return whole(lines(text));
      case 'lines':
        return [
          ['/lines', lines(text)],
          ['/language', language],
        ];
      case 'instant':
        return whole(instant(text));
      // A unit that the list does not hold keeps the code that was sent: it is a code all the same.
      default:
        return whole(code('unit', text) ?? text);
    }
  }

  #amount(field: Field, text: string, pointer: string, fields: PlacedFields): Converted {
    const said = fields.get(field.currency);
    const currency = said && this.#speech.code('currency', said.text);
    if (said !== undefined && currency === undefined) this.refuse(said, 'messages/code-unknown');
    const amount = plain(text);
    if (amount === undefined) return undefined;
    const before = field.as === 'sum' ? textAt(this.body, `${pointer}/amount`) || '0' : '0';
    const parts = [before, amount].map(parseDecimal);
    if (parts[0] === undefined || parts[1] === undefined) return undefined;
    return whole({ currency, amount: formatDecimal(addDecimal(parts[0], parts[1])) });
  }

  /** What the kind says by itself; a value that repeats a field has that field's place. */
  give(kind: MessageKind, fields: PlacedFields, home: string | null): void {
    for (const [key, value] of Object.entries(kind.given)) {
      const pointer = key.replace('?', '');
      const beside = key.startsWith('?') ? pointer.slice(0, pointer.lastIndexOf('/')) : '';
      if (valueAt(this.body, pointer) !== undefined || valueAt(this.body, beside) === undefined) continue;
      const [, how, name = ''] = /^([$@])(\w+)$/.exec(String(value)) ?? [];
      const placed = how === undefined || name === 'home' ? undefined : fields.get(name);
      const text = how === undefined ? value : name === 'home' ? home : placed?.text;
      const said = how === '@' && placed !== undefined ? this.#speech.instant(placed.text) : text;
      if (said === undefined && placed !== undefined) this.refuse(placed, 'messages/field-format');
      if (said === null || said === undefined) continue;
      put(this.body, pointer, said);
      if (placed === undefined) this.given.push(pointer);
      else this.places.push({ pointer, placed, field: null, values: [] });
    }
  }

  giveRow(base: string, given: Readonly<Record<string, number>>): void {
    for (const [pointer, value] of Object.entries(given)) {
      put(this.body, `${base}${pointer}`, value);
      this.given.push(`${base}${pointer}`);
    }
  }

  /** The place of the field that stands at a pointer, or nearest around or below it. */
  placeOf(pointer: string): Placed | undefined {
    const inside = (one: string, other: string): boolean => one === other || one.startsWith(`${other}/`);
    const around = this.places.filter((one) => inside(pointer, one.pointer));
    const nearest = around.toSorted((a, b) => b.pointer.length - a.pointer.length)[0];
    return (nearest ?? this.places.find((one) => inside(one.pointer, pointer)))?.placed;
  }
}

function applies({ when }: Field, fields: PlacedFields): boolean {
  if (when === null) return true;
  const text = fields.get(when[0])?.text ?? null;
  return when[1] === '*' ? text !== null : text === when[1];
}

/** A refusal of the body, said at the fields of the message. What no field says is said at the node. */
function placedBy(mapping: Mapping, node: MessageNode): (refusal: Refusal) => Refusal {
  const moved = <T extends { pointer?: string; params?: Readonly<Record<string, string>> }>(one: T): T => {
    const { path, line, column } = mapping.placeOf(one.pointer ?? '') ?? { ...node, column: undefined };
    const at = { ...placeIn(line, column) };
    return { ...one, pointer: path, params: { ...one.params, ...at } };
  };
  return (refusal) => {
    const { more } = refusal;
    if (more === undefined) return moved(refusal);
    return { ...(refusal.pointer === undefined ? refusal : moved(refusal)), more: more.map(moved) };
  };
}

/**
 * Maps a node by the table of its kind into what its door takes. `home` is the window's own country. Refuses an amount
 * in a currency that the list does not know, a number or a time that is none, and two values for one place.
 */
export function mapNode(kind: MessageKind, node: MessageNode, home: string | null): Result<Mapped> {
  const mapping = new Mapping(kind.speech);
  mapping.fields(node.fields, kind.fields, '');
  for (const { at, known, fields } of node.rows) {
    mapping.fields(fields, known, at);
    if (kind.givenRow !== undefined) mapping.giveRow(at, kind.givenRow);
  }
  mapping.give(kind, node.fields, home);
  mapping.homeless.push(...(node.further ?? []));
  if (mapping.refusal !== undefined) return { ok: false, error: mapping.refusal };
  const { body, homeless, given, places } = mapping;
  return ok({ body, homeless, given, places, placed: placedBy(mapping, node) });
}
