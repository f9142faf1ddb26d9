import type { Choice, Field, Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import type { Principal } from '#platform/auth.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { type Directory, type Party, partiesPart, type PartyRole } from '#modules/parties/index.ts';
import { nameIn, type Pack, packsPart, voiceOf } from '#modules/rulebook/index.ts';
import { linesMax } from './model.ts';

/**
 * The questions of a filing. A field's name is the JSON pointer of what it fills in the parcel, so that whatever is
 * said about a parcel falls on the field that a person filled in.
 */

/** Fields that are asked on one page. */
export interface Question {
  readonly id: string;
  /** The goods line, where the question is about one. */
  readonly line?: number;
  readonly fields: readonly Field[];
}

/** What the fields are drawn for. */
export interface Setting {
  readonly pack: Pack;
  /** For whom this person files: his own party first. Nobody on a page that is kept on a device. */
  readonly parties: readonly Choice[];
  readonly guarantors: readonly Choice[];
  readonly carriers: readonly Choice[];
  readonly providers: readonly Choice[];
}

const byRole = new WeakMap<Directory, Map<PartyRole, Choice[]>>();
/** More of a kind than this nobody chooses from a list. */
const choicesMax = 200;

function partiesIn(directory: Directory, role: PartyRole): Choice[] {
  let lists = byRole.get(directory);
  if (lists === undefined) byRole.set(directory, (lists = new Map()));
  let list = lists.get(role);
  if (list === undefined) {
    const some = [...directory.parties.values()].filter((one) => one.status === 'active' && one.roles.includes(role));
    list = some.slice(0, choicesMax).map(choiceOf);
    lists.set(role, list);
  }
  return list;
}

const choiceOf = ({ identifier, name }: Pick<Party, 'identifier' | 'name'>): Choice => ({
  value: identifier,
  text: name,
});

export function settingOf(snapshot: Snapshot, principal: Principal | null): Setting {
  const directory = snapshot.get(partiesPart);
  const named = (identifier: string): Choice => {
    const party = directory.parties.get(identifier);
    return party === undefined ? { value: identifier, text: identifier } : choiceOf(party);
  };
  const party = principal?.party ?? null;
  const standsFor = (scope: string): string[] => [
    ...new Set(
      (principal?.representations ?? [])
        .filter((one) => one.representative === party && one.scope.includes(scope))
        .map((one) => one.represented),
    ),
  ];
  return {
    pack: snapshot.get(packsPart).home,
    parties: party === null ? [] : [party, ...standsFor('file')].map(named),
    guarantors: standsFor('guarantee').map(named),
    carriers: [...partiesIn(directory, 'carrier'), ...partiesIn(directory, 'postal-operator')].filter(
      ({ value }, index, all) => all.findIndex((one) => one.value === value) === index,
    ),
    providers: partiesIn(directory, 'payment-provider'),
  };
}

const unsaid: Choice = { value: '', label: 'filing.unsaid' };
const choices = (values: readonly string[], kind: string): Choice[] =>
  values.map((value) => ({ value, label: `filing.${kind}.${value}` }));
const label = (name: string): string => `filing.field.${name.replaceAll(/\.\d+\b|^declaration\./g, '')}`;
const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  label: label(name),
  type,
  ...more,
});
const hint = (of: string): { hint: string } => ({ hint: `filing.hint.${of}` });
const code = (name: string, width: Field['width'], of: string): Field =>
  field(name, 'text', { latin: true, width: width ?? 10, ...hint(of) });
const d = 'declaration';
const buyer = `${d}.consignee`;

export const movements = ['import', 'export'] as const;
export const natures = ['sale', 'gift', 'sample', 'return', 'personal'] as const;
export const modes = ['post', 'air', 'sea', 'rail', 'road'] as const;
export const methods = ['card', 'transfer', 'wallet', 'cash-on-delivery'] as const;

const way = (): Question => ({
  id: 'way',
  fields: [
    field(`${d}.movement`, 'radios', { options: choices(movements, 'movement') }),
    field(`${d}.nature`, 'select', { options: choices(natures, 'nature') }),
  ],
});

const yesOrNo = (name: string): Field =>
  field(name, 'select', { options: [unsaid, ...choices(['yes', 'no'], 'answer')] });

/** The question of one goods line, counted from nought as JSON pointers do. */
function goods(t: Words, { pack }: Setting, line: number): Question {
  const at = (name: string): string => `${d}.goods.${line}.${name}`;
  const voice = voiceOf(t, pack);
  const categories = [...new Set(pack.program.categories.map((one) => one.id.replace(/^[^.]+\./, '')))];
  const kilograms = { width: 5, suffix: 'kg' } as const;
  return {
    id: 'goods',
    line,
    fields: [
      field(at('description.text'), 'text', hint('description')),
      field(at('price.amount'), 'decimal', { width: 10, ...hint('price') }),
      field(at('quantity'), 'decimal', { width: 5, value: '1' }),
      field(at('commodity'), 'text', { latin: true, width: 10, ...hint('commodity') }),
      ...(categories.length === 0
        ? []
        : [
            field(at('category'), 'select', {
              options: [unsaid, ...categories.map((id) => ({ value: id, text: voice('category', id) }))],
            }),
          ]),
      code(at('origin'), 2, 'country'),
      field(at('netWeight'), 'decimal', kilograms),
      field(at('grossWeight'), 'decimal', kilograms),
      ...['statutoryQuantity', 'supplementaryQuantity'].map((name) => field(at(name), 'decimal', { width: 5 })),
      ...['unit', 'statutoryUnit', 'supplementaryUnit'].map((name) => code(at(name), 3, 'unit')),
      yesOrNo(at('used')),
    ],
  };
}

const person = (): Question => ({
  id: 'person',
  fields: [
    field(`${buyer}.name.text`, 'text', { autocomplete: 'off', ...hint('name') }),
    field(`${buyer}.private`, 'select', { options: choices(['yes', 'no'], 'private'), value: 'yes' }),
    field(`${buyer}.address.lines.0`, 'text'),
    field(`${buyer}.address.city`, 'text'),
    field(`${buyer}.address.postcode`, 'text', { latin: true, width: 10 }),
    code(`${buyer}.address.country`, 2, 'country'),
    field(`${buyer}.identity.number`, 'text', { latin: true, width: 20, ...hint('identity') }),
    code(`${d}.dispatch`, 2, 'country'),
    code(`${d}.destination`, 2, 'country'),
  ],
});

const sale = ({ parties, providers, pack }: Setting): Question => ({
  id: 'sale',
  fields: [
    field('orders.0.number', 'text', { latin: true, width: 20 }),
    field('orders.0.platform', 'text', { latin: true, width: 20, value: parties[0]?.value ?? '', ...hint('platform') }),
    field('payments.0.provider', 'select', { options: [unsaid, ...providers] }),
    field('payments.0.reference', 'text', { latin: true, width: 20 }),
    field('payments.0.method', 'select', { options: choices(methods, 'method'), value: 'card' }),
    field('currency', 'text', { latin: true, width: 3, value: pack.currency, ...hint('currency') }),
    ...['freight', 'insurance', 'onward', 'discount', 'taxIncluded'].map((name) =>
      field(`${d}.${name}.amount`, 'text', { latin: true, width: 10, ...hint(name === 'discount' ? 'price' : 'cost') }),
    ),
  ],
});

const transport = ({ carriers }: Setting): Question => ({
  id: 'transport',
  fields: [
    field('transports.0.carrier', 'select', { options: [unsaid, ...carriers] }),
    field('transports.0.document', 'text', { latin: true, width: 20, ...hint('waybill') }),
    field('transports.0.borderMode', 'select', { options: [unsaid, ...choices(modes, 'mode')] }),
    field('transports.0.inlandMode', 'select', { options: [unsaid, ...choices(modes, 'mode')] }),
    field('transports.0.grossWeight', 'decimal', { width: 5, suffix: 'kg' }),
    field('transports.0.pieces', 'text', { latin: true, ...hint('pieces') }),
  ],
});

function standing(t: Words, { pack, parties, guarantors }: Setting): Question {
  const office = [unsaid, ...pack.offices.map(({ id, name }) => ({ value: id, text: `${nameIn(t, name)} (${id})` }))];
  const party = (name: string): Field => field(`${d}.${name}`, 'text', { latin: true, width: 20, ...hint('party') });
  return {
    id: 'standing',
    fields: [
      ...(parties.length > 1 ? [field(`${d}.declarant`, 'select', { options: parties })] : []),
      ...(guarantors.length > 0
        ? [
            field(`${d}.guarantor`, 'select', {
              options: [{ value: '', label: 'filing.guarantor.self' }, ...guarantors],
              value: guarantors[0]?.value ?? '',
            }),
          ]
        : []),
      field(`${d}.office`, 'select', { options: office }),
      ...['placeOfGoods', 'seller', 'importer', 'placeOperator', 'postalOperator'].map(party),
      ...['scheme', 'procedure', 'previousProcedure'].map((name) => code(`${d}.${name}`, 10, 'code')),
      code(`${d}.fiscalReference.role`, 10, 'code'),
      code(`${d}.fiscalReference.id`, 20, 'code'),
      ...['documents', 'previousDocuments'].flatMap((name) =>
        [0, 1].flatMap((place) => [
          code(`${d}.${name}.${place}.type`, 10, 'document'),
          field(`${d}.${name}.${place}.number`, 'text', { latin: true, width: 20 }),
        ]),
      ),
    ],
  };
}

/** How many goods lines these answers fill. */
export const linesOf = (values: Values): number =>
  Math.max(1, ...Object.keys(values).map((name) => Number(/^declaration\.goods\.(\d+)\./.exec(name)?.[1] ?? 0) + 1));

/** Every question, in the order in which they are asked. */
export function questionsOf(t: Words, setting: Setting, lines: number): Question[] {
  const many = Math.min(lines, linesMax);
  return [
    way(),
    ...Array.from({ length: many }, (_, line) => goods(t, setting, line)),
    person(),
    sale(setting),
    transport(setting),
    standing(t, setting),
  ];
}

/** What every filing says, whatever it holds and wherever it goes. */
export function always(name: string, values: Values): boolean {
  const leaving = values[`${d}.movement`] === 'export';
  if (/^declaration\.goods\.\d+\.(description\.text|price\.amount|quantity)$/.test(name)) return true;
  if (name === `${buyer}.address.country`) return leaving;
  return [
    `${d}.movement`,
    `${d}.nature`,
    `${buyer}.name.text`,
    `${buyer}.private`,
    `${buyer}.address.lines.0`,
    `${buyer}.address.city`,
    `${d}.declarant`,
    `${d}.guarantor`,
  ].includes(name);
}

/** Of what is always asked, what may stay empty. */
export const mayStayEmpty = (name: string): boolean =>
  /\.(city|guarantor|declarant|quantity)$/.test(name) || name === 'transports.0.pieces';
