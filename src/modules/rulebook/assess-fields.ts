import type { Choice, Field, Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { shortId } from './day.ts';
import type { Pack } from './pack.ts';
import { nameIn, voiceOf } from './voice.ts';

/**
 * The fields of the pre-check. A field's name is the JSON pointer of what it fills in the declaration, so that the one
 * schema of `POST /v1/assessments` checks both and its errors fall on the right fields. Fields that belong to the
 * second economy alone stand under `with.`.
 */

/** Lines that are shown at first, and the most that fit into a link. */
export const linesShown = 3;
export const linesMax = 12;

const natures = ['sale', 'gift', 'sample', 'return', 'personal'] as const;
const modes = ['post', 'air', 'sea', 'rail', 'road'] as const;
const methods = ['card', 'transfer', 'wallet', 'cash-on-delivery'] as const;

/** What a form is drawn for: the packs of this window, the economy asked about and the one beside it. */
export interface Setting {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly pack: Pack;
  readonly beside: Pack | null;
  readonly lines: number;
}

const choices = (values: readonly string[], kind: string): Choice[] =>
  values.map((value) => ({ value, label: `rulebook.${kind}.${value}` }));
const unsaid: Choice = { value: '', label: 'rulebook.assess.not-said' };

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  label: `rulebook.assess.${name.replace(/^with\.|^goods\.\d+\./, '')}`,
  type,
  ...more,
});
const hinted = (name: string, more: Partial<Field> = {}): Partial<Field> => ({
  hint: `rulebook.assess.${name}-hint`,
  optional: true,
  ...more,
});
const code = (name: string, width: Field['width'], hint: string): Field =>
  field(name, 'text', { ...hinted(hint), latin: true, ...(width ? { width } : {}) });
const amountField = (name: string): Field => field(name, 'decimal', { ...hinted(name), width: 10 });

function zoneField(t: Words, pack: Pack, name: string): Field[] {
  const zones = [...pack.program.zones.keys()];
  if (zones.length === 0) return [];
  const options = [
    { value: '', label: 'rulebook.assess.no-zone' },
    ...zones.map((id) => ({ value: id, text: voiceOf(t, pack)('zone', id) })),
  ];
  return [field(name, 'select', { options })];
}

const accountFields = (pack: Pack, prefix: string): Field[] =>
  pack.program.accounts.map((one) => ({
    ...amountField(`${prefix}assumed.${shortId(one.id)}`),
    label: 'rulebook.assess.assumed',
    hint: 'rulebook.assess.assumed-hint',
  }));

const economies = (t: Words, { packs }: Setting): Choice[] =>
  [...packs.values()]
    .filter((one) => one.country !== null)
    .map((one) => ({ value: one.id, text: nameIn(t, one.name) }));

/** The fields about where and when. */
export const lawFields = (t: Words, setting: Setting): Field[] => [
  field('economy', 'select', { options: economies(t, setting) }),
  field('on', 'date', hinted('on')),
  field('event', 'select', { options: choices(['entry', 'exit', 'return'], 'event') }),
  ...zoneField(t, setting.pack, 'zone'),
];

/** The fields about the economy beside the first: which one, and what only that one is told. */
export function besideFields(t: Words, setting: Setting): Field[] {
  const { beside } = setting;
  const options = [{ value: '', label: 'rulebook.assess.no-with' }, ...economies(t, setting)];
  const own: Field[] = [field('with', 'select', { options, hint: 'rulebook.assess.with-hint' })];
  if (beside === null) return own;
  return [
    ...own,
    ...zoneField(t, beside, 'with.zone'),
    code('with.scheme', 10, 'scheme'),
    ...accountFields(beside, 'with.'),
  ];
}

/** The fields about the parcel as a whole. */
export const parcelFields = ({ pack }: Setting): Field[] => [
  field('nature', 'select', { options: choices(natures, 'nature') }),
  field('private', 'select', { options: [unsaid, ...choices(['yes', 'no'], 'buyer')], value: 'yes' }),
  field('currency', 'text', { width: 3, latin: true, value: pack.currency }),
  { ...amountField('freight'), type: 'text', latin: true },
  { ...amountField('insurance'), type: 'text', latin: true },
  { ...amountField('onward'), type: 'text', latin: true },
  amountField('discount'),
  code('dispatch', 2, 'country'),
  field('mode', 'select', { options: [unsaid, ...choices(modes, 'mode')] }),
  field('method', 'select', { options: [unsaid, ...choices(methods, 'method')] }),
  code('scheme', 10, 'scheme'),
  code('documents', 20, 'documents'),
  ...accountFields(pack, ''),
];

function categoryField(t: Words, pack: Pack, name: string): Field[] {
  const voice = voiceOf(t, pack);
  const known = [...new Set(pack.program.categories.map((one) => shortId(one.id)))];
  if (known.length === 0) return [];
  const options = [unsaid, ...known.map((id) => ({ value: id, text: voice('category', id) }))];
  return [field(name, 'select', { hint: 'rulebook.assess.category-hint', options })];
}

/** The fields of one goods line, counted from nought as JSON pointers do. */
export function lineFields(t: Words, { pack }: Setting, line: number): Field[] {
  const name = (of: string): string => `goods.${line}.${of}`;
  const needed = line === 0 ? {} : { optional: true };
  return [
    field(name('description'), 'text', needed),
    field(name('price'), 'decimal', { hint: 'rulebook.assess.price-hint', width: 10, ...needed }),
    field(name('quantity'), 'decimal', { width: 5, value: '1' }),
    field(name('netWeight'), 'decimal', { width: 5, optional: true, suffix: 'kg' }),
    code(name('commodity'), 10, 'commodity'),
    ...categoryField(t, pack, name('category')),
    code(name('origin'), 2, 'country'),
  ];
}

const yesOrNo = (name: string): Field =>
  field(name, 'select', { options: [unsaid, ...choices(['yes', 'no'], 'answer')] });

/**
 * What few laws ask: these fields are shown only where the answer lacked them or they are filled in. Who somebody is
 * never stands in a link; whether he will be named is enough to say what he would meet.
 */
export const furtherFields = (lines: number): Field[] => [
  ...['seller', 'importer', 'identity', 'guarantor', 'postalOperator', 'placeOperator'].map(yesOrNo),
  code('fiscalRole', 10, 'fiscalRole'),
  code('postcode', 10, 'postcode'),
  code('previousDocuments', 20, 'documents'),
  code('procedure', 10, 'procedure'),
  code('previousProcedure', 10, 'procedure'),
  code('office', 10, 'office'),
  code('placeOfGoods', 20, 'office'),
  field('representation', 'select', {
    options: [unsaid, ...choices(['self', 'direct', 'indirect'], 'representation')],
  }),
  field('inlandMode', 'select', { options: [unsaid, ...choices(modes, 'mode')] }),
  field('transportWeight', 'decimal', { width: 5, optional: true, suffix: 'kg' }),
  amountField('taxIncluded'),
  ...Array.from({ length: lines }, (_, line) => [
    field(`goods.${line}.grossWeight`, 'decimal', { width: 5, optional: true, suffix: 'kg' }),
    field(`goods.${line}.statutoryQuantity`, 'decimal', { width: 5, optional: true }),
    field(`goods.${line}.supplementaryQuantity`, 'decimal', { width: 5, optional: true }),
    ...['unit', 'statutoryUnit', 'supplementaryUnit'].map((name) => code(`goods.${line}.${name}`, 3, 'unit')),
    code(`goods.${line}.product`, 10, 'product'),
    yesOrNo(`goods.${line}.used`),
  ]).flat(),
];

/** Every field that a link may fill, in the order of the page. */
export const allFields = (t: Words, setting: Setting): Field[] => [
  ...Array.from({ length: setting.lines }, (_, line) => lineFields(t, setting, line)).flat(),
  ...parcelFields(setting),
  ...lawFields(t, setting),
  ...besideFields(t, setting),
  ...furtherFields(setting.lines),
];

const fieldsByFact: Readonly<Record<string, string>> = {
  'transports.borderMode': 'mode',
  'transports.inlandMode': 'inlandMode',
  'transports.grossWeight': 'transportWeight',
  transports: 'mode',
  orders: 'method',
  payments: 'method',
  'declaration.consignee.private': 'private',
  'declaration.consignee.address.postcode': 'postcode',
  'declaration.consignee.address.country': 'economy',
  'declaration.destination': 'economy',
  'declaration.fiscalReference': 'fiscalRole',
  'declaration.goods.price': 'goods.0.price',
  'declaration.movement': 'event',
  event: 'event',
};

/** The field of the form that fills a missing fact; undefined where the law lacks something and not the parcel. */
export function fieldOfFact(path: string, fields: readonly Field[]): Field | undefined {
  const line = /^declaration\.goods\.(\d+)\.(.+)$/.exec(path);
  const name =
    line === null
      ? (fieldsByFact[path] ??
        path.replace(/^declaration\.consignee\.|^declaration\./, '').replace(/^account\./, 'assumed.'))
      : `goods.${Number(line[1]) - 1}.${line[2]}`;
  const account = name === 'identity' ? fields.find((one) => one.name.startsWith('assumed.')) : undefined;
  return account ?? fields.find((one) => one.name === name);
}

/** The field that only the second economy is told instead, where there is one. */
export const besideName = (name: string): string =>
  name === 'scheme' || name === 'zone' || name.startsWith('assumed.') ? `with.${name}` : name;

/** What says that there is none, which is something else than not saying; the same in every language. */
export const none = 'none';

/** The fields that take it. */
export const nullable: ReadonlySet<string> = new Set(['scheme', 'freight', 'insurance', 'onward']);

/** The fields of these that hold something. */
export const filled = (fields: readonly Field[], values: Values): Field[] =>
  fields.filter(({ name }) => (values[name] ?? '') !== '');
