import { Compile } from 'typebox/compile';
import { addDecimal, type Decimal, formatDecimal, parseDecimal, subtractDecimal } from '#kernel/decimal.ts';
import { ok, refuse, type Refusal, type Result } from '#kernel/result.ts';
import type { Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { besideName, linesMax, none, nullable } from './assess-fields.ts';
import { AssessmentRequest } from './consignment.ts';
import { shortId } from './day.ts';
import type { Pack } from './pack.ts';

/** How what stands in the fields of the pre-check becomes one body of `POST /v1/assessments`, and its errors fields. */

const schema = Compile(AssessmentRequest);
type Body = Record<string, unknown>;
const nothing: Decimal = { digits: 0n, scale: 0 };

const said = (values: Values, name: string): string | undefined => values[name] || undefined;
const put = (into: Body, key: string, value: unknown): void => {
  if (value !== undefined) into[key] = value;
};

/** What stands for something that is there, where only that it is there counts. */
const given = 'DRY-RUN';
/** Known to be there, known not to be there, or not said. */
const whether = (answer: string | undefined, there: unknown): unknown =>
  answer === 'yes' ? there : answer === 'no' ? null : undefined;

function goodsOf(t: Words, values: Values, currency: string): Body[] {
  return Array.from({ length: linesMax }, (_, line): Body | undefined => {
    const at = (field: string): string | undefined => said(values, `goods.${line}.${field}`);
    // A line without name and price was left empty, except the first: a parcel holds something.
    if (line > 0 && at('description') === undefined && at('price') === undefined) return undefined;
    const goods: Body = {
      line: line + 1,
      description: { text: at('description') ?? '', language: t.lang },
      quantity: at('quantity') ?? '1',
      unit: at('unit')?.toUpperCase() ?? 'PCE',
      price: { currency, amount: at('price') ?? '' },
    };
    for (const field of ['commodity', 'category', ...weights]) put(goods, field, at(field));
    const used = at('used');
    if (used !== undefined) goods['used'] = used === 'yes';
    const scheme = at('product');
    if (scheme !== undefined) goods['product'] = { scheme, id: given };
    for (const field of ['origin', 'statutoryUnit', 'supplementaryUnit']) put(goods, field, at(field)?.toUpperCase());
    return goods;
  }).filter((goods) => goods !== undefined);
}

const weights = ['netWeight', 'grossWeight', 'statutoryQuantity', 'supplementaryQuantity'] as const;

/** The slips that the answers stand for: what was paid and how, and how it travels. What was not said is left out. */
function slipsOf(values: Values, currency: string, total: string): Body {
  const method = said(values, 'method');
  const slips: Body = {};
  const amount = { currency, amount: total };
  if (method !== undefined) {
    slips['orders'] = [{ platform: given, number: given, total: amount }];
    // Cash on delivery is known not to have been paid yet, which is something else than not saying.
    const paid = method === 'cash-on-delivery' ? { paid: null } : {};
    slips['payments'] = [{ provider: given, reference: given, order: given, method, amount, ...paid }];
  }
  const transport: Body = { carrier: given, document: given, pieces: [{ barcode: given }] };
  put(transport, 'borderMode', said(values, 'mode'));
  put(transport, 'inlandMode', said(values, 'inlandMode'));
  put(transport, 'grossWeight', said(values, 'transportWeight'));
  if (Object.keys(transport).length > 3) slips['transports'] = [transport];
  return slips;
}

function declarationOf(t: Words, values: Values, pack: Pack): Body {
  const currency = (said(values, 'currency') ?? pack.currency).toUpperCase();
  const goods = goodsOf(t, values, currency);
  const leaving = values['event'] === 'exit';
  const declaration: Body = {
    movement: leaving ? 'export' : 'import',
    nature: said(values, 'nature') ?? 'sale',
    goods,
  };
  for (const field of ['freight', 'insurance', 'onward', 'discount', 'taxIncluded']) {
    const amount = said(values, field);
    if (amount !== undefined) declaration[field] = isNone(field, amount) ? null : { currency, amount };
  }
  for (const field of plainTexts) {
    const text = said(values, field);
    put(declaration, field, text !== undefined && isNone(field, text) ? null : text);
  }
  for (const field of parties) put(declaration, field, whether(said(values, field), given));
  put(declaration, 'dispatch', said(values, 'dispatch')?.toUpperCase());
  const role = said(values, 'fiscalRole');
  if (role !== undefined) declaration['fiscalReference'] = { role, id: given };
  if (pack.country !== null && !leaving) {
    declaration['destination'] = pack.country;
    put(declaration, 'consignee', consigneeOf(t, values, pack.country));
  }
  for (const field of ['documents', 'previousDocuments']) {
    const codes = (values[field] ?? '').split(/[\s,;]+/).filter((code) => code !== '');
    if (codes.length > 0) declaration[field] = codes.map((type) => ({ type, number: given }));
  }
  return declaration;
}

const isNone = (name: string, text: string): boolean => nullable.has(name) && text.toLowerCase() === none;

const plainTexts = [
  'scheme',
  'zone',
  'procedure',
  'previousProcedure',
  'office',
  'placeOfGoods',
  'representation',
] as const;
const parties = ['seller', 'importer', 'guarantor', 'postalOperator', 'placeOperator'] as const;

/** The buyer, as far as his kind was said: a declaration always says it, so without it there is no buyer yet. */
function consigneeOf(t: Words, values: Values, country: string): Body | undefined {
  const kind = said(values, 'private');
  if (kind === undefined) return undefined;
  const address: Body = { lines: ['-'], country };
  put(address, 'postcode', said(values, 'postcode'));
  const consignee: Body = { name: { text: '-', language: t.lang }, address, private: kind === 'yes' };
  put(consignee, 'identity', whether(said(values, 'identity'), { type: given, number: given }));
  return consignee;
}

/** What was paid in all: the prices with what was added and taken off, as the order would say. */
function totalOf(values: Values): string {
  const names = Array.from({ length: linesMax }, (_, line) => `goods.${line}.price`);
  const read = (name: string): Decimal => parseDecimal(values[name] ?? '') ?? nothing;
  const added = [...names, 'freight', 'insurance'].map(read).reduce(addDecimal, nothing);
  const total = subtractDecimal(added, read('discount'));
  return total.digits < 0n ? '0' : formatDecimal(total);
}

/** The body of `POST /v1/assessments` that the form stands for, or what is wrong with it, field by field. */
export function requestOf(t: Words, values: Values, pack: Pack): Result<AssessmentRequest> {
  const declaration = declarationOf(t, values, pack);
  const currency = (said(values, 'currency') ?? pack.currency).toUpperCase();
  const assumed = Object.entries(values).filter(([name, value]) => name.startsWith('assumed.') && value !== '');
  const request: Body = {
    economy: pack.id,
    event: said(values, 'event') ?? 'entry',
    consignment: { ...slipsOf(values, currency, totalOf(values)), declaration },
  };
  put(request, 'on', said(values, 'on'));
  if (assumed.length > 0)
    request['assumed'] = Object.fromEntries(
      assumed.map(([name, amount]) => [name.slice('assumed.'.length), { currency: pack.currency, amount }]),
    );
  if (schema.Check(request)) return ok(request);
  const pointers = [...new Set(schema.Errors(request).map((error) => fieldPointer(error.instancePath)))];
  const [first, ...more] = pointers.map((pointer) => ({ code: wrongCode(values, pointer), pointer }));
  return refuse(first?.code ?? 'rulebook/wrong', { ...first, more });
}

/** A refusal of the dry run on the fields of the form. */
export const onFields = (values: Values, refusal: Refusal): Refusal => {
  const pointer = fieldPointer(refusal.pointer ?? '');
  return { ...refusal, code: refusal.code.startsWith('money/') ? wrongCode(values, pointer) : refusal.code, pointer };
};

const fieldPointer = (pointer: string): string => {
  const inside = pointer.replace(/^\/consignment(\/declaration)?/, '').replace(/\/(amount|text)$/, '');
  return inside.endsWith('/currency') ? '/currency' : inside;
};

/** Which words say what to write instead, by the field that is wrong. */
function wrongCode(values: Values, pointer: string): string {
  const name = pointer.slice(1).replaceAll('/', '.');
  const last = name.split('.').at(-1) ?? '';
  if (!said(values, name) && (last === 'description' || last === 'price')) return `rulebook/needed-${last}`;
  if (
    ['price', 'freight', 'insurance', 'onward', 'discount', 'taxIncluded'].includes(last) ||
    name.startsWith('assumed.')
  )
    return 'rulebook/wrong-amount';
  if (/[wW]eight$|[qQ]uantity$/.test(last)) return 'rulebook/wrong-quantity';
  if (last === 'origin' || last === 'dispatch') return 'rulebook/wrong-country';
  if (last === 'commodity' || last === 'currency') return `rulebook/wrong-${last}`;
  return last === 'on' ? 'rulebook/day-unknown' : 'rulebook/wrong';
}

/** A category of one economy as another one knows it: by its own word, else by the code that the word stands for. */
function categoryElsewhere(category: string, pack: Pack, other: Pack): 'known' | { readonly commodity: string } | null {
  const known = (one: Pack) => one.program.categories.find(({ id }) => shortId(id) === category);
  if (known(other) !== undefined) return 'known';
  const commodity = known(pack)?.commodity;
  return commodity === undefined ? null : { commodity };
}

/**
 * The same parcel told to another economy. What only one of them is told (scheme, zone, what was used of its accounts)
 * changes places with what stands under `with.`, so that doing it twice gives back the first.
 */
export function toldTo(values: Values, pack: Pack, other: Pack): Record<string, string> {
  const told: Record<string, string> = {};
  for (const [name, value] of Object.entries(values))
    told[name.startsWith('with.') ? name.slice('with.'.length) : besideName(name)] = value;
  told['economy'] = other.id;
  told['with'] = pack.id;
  for (const [name, value] of Object.entries(values)) {
    if (!/^goods\.\d+\.category$/.test(name) || value === '') continue;
    const elsewhere = categoryElsewhere(value, pack, other);
    if (elsewhere === 'known') continue;
    told[name] = '';
    const code = name.replace('category', 'commodity');
    if (elsewhere !== null && !told[code]) told[code] = elsewhere.commodity;
  }
  return told;
}
