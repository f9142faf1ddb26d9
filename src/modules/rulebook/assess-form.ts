import { Compile } from 'typebox/compile';
import { addDecimal, type Decimal, formatDecimal, parseDecimal, subtractDecimal } from '#kernel/decimal.ts';
import { ok, refuse, type Refusal, type Result } from '#kernel/result.ts';
import type { Choice, Field, Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { AssessmentRequest } from './consignment.ts';
import { shortId } from './day.ts';
import type { Pack } from './pack.ts';
import { nameIn, voiceOf } from './voice.ts';

/**
 * The dry run as a form. A field's name is the JSON pointer of what it fills in the declaration, so that the one schema
 * of `POST /v1/assessments` checks both and its errors fall on the right fields.
 */

export const linesShown = 3;

const natures = ['sale', 'gift', 'sample', 'return', 'personal'] as const;
const modes = ['post', 'air', 'sea', 'rail', 'road'] as const;
const methods = ['card', 'transfer', 'wallet', 'cash-on-delivery'] as const;

const choices = (values: readonly string[], kind: string): Choice[] =>
  values.map((value) => ({ value, label: `rulebook.${kind}.${value}` }));
const unsaid: Choice = { value: '', label: 'rulebook.assess.not-said' };

/** The fields about where and when, with the packs that this window holds. */
export function lawFields(t: Words, packs: ReadonlyMap<string, Pack>, pack: Pack): Field[] {
  const economies = [...packs.values()].filter((one) => one.country !== null);
  const zones = [...pack.program.zones.keys()];
  const zone: Field[] =
    zones.length === 0
      ? []
      : [
          {
            name: 'zone',
            label: 'rulebook.assess.zone',
            type: 'select',
            options: [
              { value: '', label: 'rulebook.assess.no-zone' },
              ...zones.map((id) => ({ value: id, text: voiceOf(t, pack)('zone', id) })),
            ],
          },
        ];
  return [
    {
      name: 'economy',
      label: 'rulebook.assess.economy',
      type: 'select',
      options: economies.map((one) => ({ value: one.id, text: nameIn(t, one.name) })),
    },
    { name: 'on', label: 'rulebook.assess.on', hint: 'rulebook.assess.on-hint', type: 'date', optional: true },
    {
      name: 'event',
      label: 'rulebook.assess.event',
      type: 'select',
      options: choices(['entry', 'exit', 'return'], 'event'),
    },
    ...zone,
  ];
}

const amountField = (name: string): Field => ({
  name,
  label: `rulebook.assess.${name}`,
  hint: `rulebook.assess.${name}-hint`,
  type: 'decimal',
  width: 10,
  optional: true,
});

/** The fields about the parcel as a whole. */
export function parcelFields(pack: Pack): Field[] {
  const assumed = pack.program.accounts
    .map((one) => shortId(one.id))
    .map(
      (id): Field => ({
        ...amountField(`assumed.${id}`),
        label: 'rulebook.assess.assumed',
        hint: 'rulebook.assess.assumed-hint',
      }),
    );
  return [
    { name: 'nature', label: 'rulebook.assess.nature', type: 'select', options: choices(natures, 'nature') },
    { name: 'currency', label: 'rulebook.assess.currency', type: 'text', width: 3, latin: true, value: pack.currency },
    amountField('freight'),
    amountField('insurance'),
    amountField('discount'),
    {
      name: 'dispatch',
      label: 'rulebook.assess.dispatch',
      hint: 'rulebook.assess.country-hint',
      type: 'text',
      width: 2,
      latin: true,
      optional: true,
    },
    { name: 'mode', label: 'rulebook.assess.mode', type: 'select', options: [unsaid, ...choices(modes, 'mode')] },
    {
      name: 'method',
      label: 'rulebook.assess.method',
      type: 'select',
      options: [unsaid, ...choices(methods, 'method')],
    },
    { name: 'private', label: 'rulebook.assess.private', type: 'checkbox', value: 'yes' },
    {
      name: 'scheme',
      label: 'rulebook.assess.scheme',
      hint: 'rulebook.assess.scheme-hint',
      type: 'text',
      width: 10,
      latin: true,
      optional: true,
    },
    {
      name: 'documents',
      label: 'rulebook.assess.documents',
      hint: 'rulebook.assess.documents-hint',
      type: 'text',
      width: 20,
      latin: true,
      optional: true,
    },
    ...assumed,
  ];
}

function categoryField(t: Words, pack: Pack, name: string): Field[] {
  const voice = voiceOf(t, pack);
  const categories = [...new Set(pack.program.categories.map((one) => shortId(one.id)))];
  if (categories.length === 0) return [];
  const options = [unsaid, ...categories.map((id) => ({ value: id, text: voice('category', id) }))];
  return [{ name, label: 'rulebook.assess.category', hint: 'rulebook.assess.category-hint', type: 'select', options }];
}

/** The fields of one goods line, counted from nought as JSON pointers do. */
export function lineFields(t: Words, pack: Pack, line: number): Field[] {
  const name = (field: string): string => `goods.${line}.${field}`;
  return [
    {
      name: name('description'),
      label: 'rulebook.assess.description',
      type: 'text',
      ...(line > 0 ? { optional: true } : {}),
    },
    {
      name: name('price'),
      label: 'rulebook.assess.price',
      hint: 'rulebook.assess.price-hint',
      type: 'decimal',
      width: 10,
      ...(line > 0 ? { optional: true } : {}),
    },
    { name: name('quantity'), label: 'rulebook.assess.quantity', type: 'decimal', width: 5, value: '1' },
    {
      name: name('netWeight'),
      label: 'rulebook.assess.netWeight',
      type: 'decimal',
      width: 5,
      optional: true,
      suffix: 'kg',
    },
    {
      name: name('commodity'),
      label: 'rulebook.assess.commodity',
      hint: 'rulebook.assess.commodity-hint',
      type: 'text',
      width: 10,
      latin: true,
      optional: true,
    },
    ...categoryField(t, pack, name('category')),
    {
      name: name('origin'),
      label: 'rulebook.assess.origin',
      hint: 'rulebook.assess.country-hint',
      type: 'text',
      width: 2,
      latin: true,
      optional: true,
    },
  ];
}

/** Every field of the form, in the order of the page. */
export const allFields = (t: Words, packs: ReadonlyMap<string, Pack>, pack: Pack): Field[] => [
  ...lawFields(t, packs, pack),
  ...Array.from({ length: linesShown }, (_, line) => lineFields(t, pack, line)).flat(),
  ...parcelFields(pack),
];

const schema = Compile(AssessmentRequest);
type Body = Record<string, unknown>;
const nothing: Decimal = { digits: 0n, scale: 0 };

const said = (values: Values, name: string): string | undefined => values[name] || undefined;
const put = (into: Body, key: string, value: unknown): void => {
  if (value !== undefined) into[key] = value;
};

function goodsOf(t: Words, values: Values, currency: string): Body[] {
  return Array.from({ length: linesShown }, (_, line): Body | undefined => {
    const at = (field: string): string | undefined => said(values, `goods.${line}.${field}`);
    // A line without name and price was left empty, except the first: a parcel holds something.
    if (line > 0 && at('description') === undefined && at('price') === undefined) return undefined;
    const goods: Body = {
      line: line + 1,
      description: { text: at('description') ?? '', language: t.lang },
      quantity: at('quantity') ?? '1',
      unit: 'PCE',
      price: { currency, amount: at('price') ?? '' },
    };
    for (const field of ['commodity', 'category', 'netWeight']) put(goods, field, at(field));
    put(goods, 'origin', at('origin')?.toUpperCase());
    return goods;
  }).filter((goods) => goods !== undefined);
}

/** The slips that the answers stand for: what was paid and how, and how it travels. What was not said is left out. */
function slipsOf(values: Values, currency: string, total: string): Body {
  const method = said(values, 'method');
  const mode = said(values, 'mode');
  const slips: Body = {};
  const amount = { currency, amount: total };
  if (method !== undefined) {
    slips['orders'] = [{ platform: 'DRY-RUN', number: 'DRY-RUN', total: amount }];
    // Cash on delivery is known not to have been paid yet, which is something else than not saying.
    const paid = method === 'cash-on-delivery' ? { paid: null } : {};
    slips['payments'] = [{ provider: 'DRY-RUN', reference: 'DRY-RUN', order: 'DRY-RUN', method, amount, ...paid }];
  }
  if (mode !== undefined)
    slips['transports'] = [
      { carrier: 'DRY-RUN', document: 'DRY-RUN', borderMode: mode, pieces: [{ barcode: 'DRY-RUN' }] },
    ];
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
  for (const field of ['freight', 'insurance', 'discount']) {
    const amount = said(values, field);
    if (amount !== undefined) declaration[field] = { currency, amount };
  }
  for (const field of ['scheme', 'zone']) put(declaration, field, said(values, field));
  put(declaration, 'dispatch', said(values, 'dispatch')?.toUpperCase());
  if (pack.country !== null && !leaving) {
    declaration['destination'] = pack.country;
    declaration['consignee'] = {
      name: { text: '-', language: t.lang },
      address: { lines: ['-'], country: pack.country },
      private: values['private'] === 'yes',
    };
  }
  const documents = (values['documents'] ?? '').split(/[\s,;]+/).filter((code) => code !== '');
  if (documents.length > 0) declaration['documents'] = documents.map((type) => ({ type, number: 'DRY-RUN' }));
  return declaration;
}

/** What was paid in all: the prices with what was added and taken off, as the order would say. */
function totalOf(values: Values): string {
  const names = Array.from({ length: linesShown }, (_, line) => `goods.${line}.price`);
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
  if (['price', 'freight', 'insurance', 'discount'].includes(last) || name.startsWith('assumed.'))
    return 'rulebook/wrong-amount';
  if (last === 'netWeight' || last === 'quantity') return 'rulebook/wrong-quantity';
  if (last === 'origin' || last === 'dispatch') return 'rulebook/wrong-country';
  if (last === 'commodity' || last === 'currency') return `rulebook/wrong-${last}`;
  return last === 'on' ? 'rulebook/day-unknown' : 'rulebook/wrong';
}
