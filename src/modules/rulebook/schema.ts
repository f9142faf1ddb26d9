import { type Static, type TSchema, Type } from 'typebox';
import { partyRoles } from '#modules/parties/index.ts';
import { clock, columnUnit, day, economy, formed, id, language, named, route, unit } from './forms.ts';

/**
 * The shapes of the files in a pack folder. Terms and conditions are checked by the compiler, which knows the names.
 */

const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const optional = Type.Optional;
const one = <const T extends readonly string[]>(...values: T) => Type.Unsafe<T[number]>(Type.Enum([...values]));
/** The titles tell editors which shape of `docs/pack-schemas` stands here. */
const term = Type.Unknown({ title: 'term' });
const condition = Type.Unknown({ title: 'condition' });
const ids = Type.Array(id, { maxItems: 100 });
const words = named(language, Type.String({ minLength: 1, maxLength: 200 }));

const Cited = closed({ law: id, article: optional(Type.String({ minLength: 1, maxLength: 120 })) });
const dated = { from: day, until: optional(day), source: Cited };
/** Whether a leaf may put a rule of its own in the place of this one; without it the parent's law binds its leaves. */
const open = optional(Type.Literal(true));

export const PackFile = closed({
  id: economy,
  version: formed('^[0-9]+\\.[0-9]+\\.[0-9]+$', 'three whole numbers with points, such as 0.1.0'),
  status: one('draft', 'reviewed'),
  reviewed: optional(closed({ by: Type.String({ minLength: 1 }), on: day })),
  fictional: optional(Type.Boolean()),
  extends: optional(economy),
  name: words,
  country: Type.Union([formed('^[A-Z]{2}$', 'a country in two capital letters of ISO 3166'), Type.Null()]),
  currency: formed('^[A-Z]{3}$', 'a currency in three capital letters of ISO 4217'),
  exponent: Type.Integer({ minimum: 0, maximum: 4 }),
  timeZone: Type.String({ minLength: 1, maxLength: 60 }),
  languages: Type.Array(language, { minItems: 1, uniqueItems: true }),
  rounding: closed({
    mode: one('half-up', 'half-even', 'up', 'down', 'ceiling', 'floor'),
    stage: one('charge', 'line'),
  }),
  allocation: one('price', 'weight'),
  clocks: optional(named(clock, Type.Array(one('paid', 'ordered', 'legal-day')))),
  authorities: optional(Type.Array(closed({ id, name: words, kind: id, reference: Type.String({ minLength: 1 }) }))),
  offices: optional(
    Type.Array(
      closed({
        id: Type.String({ minLength: 1, maxLength: 17 }),
        authority: id,
        name: words,
        mode: optional(one('sea', 'rail', 'road', 'air', 'post')),
      }),
    ),
  ),
  desks: optional(ids),
  steering: optional(
    closed({
      name: words,
      members: Type.Array(id, { minItems: 2, maxItems: 40, uniqueItems: true }),
      approvals: optional(Type.Integer({ minimum: 2, maximum: 40 })),
      source: Cited,
    }),
  ),
  registration: optional(
    closed({
      desk: id,
      approval: Type.Array(one(...partyRoles), { uniqueItems: true }),
      days: Type.Integer({ minimum: 1, maximum: 365 }),
      source: Cited,
    }),
  ),
});

const Source = closed({
  title: Type.String({ minLength: 1, maxLength: 300 }),
  grade: one('primary', 'secondary', 'memory', 'fictional'),
  url: Type.Union([Type.String({ minLength: 1 }), Type.Null()]),
  seen: Type.Union([day, Type.Null()]),
});
export const SourcesFile = named(id, Source);

const Value = closed({
  unit,
  open,
  values: Type.Array(
    closed({
      ...dated,
      value: Type.String({ minLength: 1, maxLength: 40 }),
      status: optional(Type.Literal('announced')),
    }),
  ),
});
export const ValuesFile = named(Type.String({ pattern: '^[a-z][a-z0-9]*([.-][A-Za-z0-9]+)*(\\.\\*)?$' }), Value);

export const TablesFile = named(
  id,
  closed({
    file: formed('^[a-z0-9-]+\\.csv$', 'the name of a file in tables, such as goods.csv'),
    key: id,
    open,
    match: one('exact', 'prefix'),
    columns: named(id, columnUnit),
  }),
);

export const AmountsFile = named(
  id,
  closed({
    scope: optional(one('head', 'line')),
    shown: optional(Type.Boolean()),
    amount: term,
    open,
    source: Cited,
  }),
);

const slip = one('order', 'payment', 'transport');
/** What a failed check leads to. */
const leads = one('rejected', 'other-route', 'control', 'denied');
const params = optional(named(id, term));
export const RoutesFile = Type.Array(
  closed({
    id: route,
    ...dated,
    open,
    movement: one('import', 'export', 'transit'),
    applies: optional(condition),
    conditions: Type.Array(closed({ id, if: condition, reason: id, params, source: optional(Cited) })),
    other: optional(Type.Boolean()),
    simplified: optional(Type.Boolean()),
    counts: optional(ids),
    slips: optional(Type.Array(Type.Union([slip, closed({ slip, unless: condition })]))),
    withinHours: optional(id),
    release: optional(Type.Array(one('presented', 'secured', 'slips', 'consent'))),
  }),
);

const routes = optional(Type.Array(route));
const step = formed('^[0-9]+(\\.[0-9]+)?$', 'a plain decimal, such as 0.05');
export const ChargesFile = Type.Array(
  closed({
    id,
    ...dated,
    open,
    routes,
    scope: optional(one('head', 'line')),
    when: optional(condition),
    clock: optional(clock),
    base: optional(term),
    rate: optional(term),
    amount: optional(term),
    rounding: optional(PackFile.properties.rounding),
    step: optional(step),
    baseStep: optional(step),
    waive: optional(closed({ id, if: condition, source: Cited })),
    liable: one('importer', 'declarant', 'seller', 'consignee', 'fiscal-representative'),
    collect: one('border', 'sale', 'withheld', 'periodic', 'none'),
    due: id,
    secured: Type.Boolean(),
  }),
);

export const ChecksFile = Type.Array(
  closed({
    id,
    ...dated,
    open,
    kind: one('prohibited', 'document', 'limit', 'element', 'nomenclature', 'require'),
    routes,
    scope: optional(one('head', 'line')),
    when: optional(condition),
    test: optional(condition),
    document: optional(Type.Union([Type.String({ minLength: 1 }), closed({ table: id, column: id })])),
    fact: optional(Type.String()),
    table: optional(id),
    correlation: optional(id),
    voluntary: optional(Type.Boolean()),
    reason: optional(id),
    authority: optional(id),
    leads: optional(leads),
    params,
  }),
);

export const matchFields = [
  'cardinality',
  'payment-order',
  'transport-order',
  'seller',
  'order-total',
  'payment-amount',
  'payer',
  'gross-weight',
] as const;

export const SlipsFile = closed({
  match: Type.Array(
    closed({
      field: one(...matchFields),
      ...dated,
      open,
      routes,
      party: one('declarant', 'platform', 'payment-provider', 'carrier'),
      tolerance: optional(id),
      leads: optional(leads),
      expect: optional(formed('^(1|n):(1|n):(1|n)$', 'how many orders, payments and transports, as 1:1:n')),
    }),
  ),
});

export const ObligationsFile = Type.Array(
  closed({
    id,
    ...dated,
    open,
    routes,
    when: optional(condition),
    authority: id,
    reference: Type.String({ minLength: 1, maxLength: 200 }),
    due: id,
  }),
);

export const DeadlinesFile = Type.Array(closed({ id, ...dated, open, hours: id, after: id }));

export const AccountsFile = Type.Array(
  closed({
    id,
    ...dated,
    open,
    when: condition,
    amount: term,
    limit: id,
    period: Type.Literal('year'),
    owner: Type.Literal('consignee'),
  }),
);

const Category = closed({ id, ...dated, commodity: formed('^[0-9]{4,10}$', 'a code of four to ten digits') });
export const CategoriesFile = closed({ cap: optional(id), source: Cited, list: Type.Array(Category) });

export const ExchangeFile = closed({
  table: id,
  quoted: one('home', 'foreign'),
  clock: optional(clock),
  source: Cited,
});

export const ZoneFile = closed({
  id: formed('^[a-z][a-z0-9-]*$', 'a name of small letters, digits and hyphens', { maxLength: 20 }),
  ...dated,
  name: words,
  values: optional(named(id, Value)),
  categories: optional(Type.Array(Category)),
  desks: optional(ids),
  acting: optional(named(id, id)),
});

/** What of a checklist may decide into which summary declaration, and of its goods into which line of it. */
export const mergeHead = [
  'declarant',
  'seller',
  'importer',
  'carrier',
  'platform',
  'office',
  'placeOfGoods',
  'zone',
  'borderMode',
  'dispatch',
  'destination',
  'procedure',
  'nature',
  'scheme',
] as const;
export const mergeLine = ['commodity', 'origin'] as const;
export type MergeHead = (typeof mergeHead)[number];
export type MergeLine = (typeof mergeLine)[number];

export const AggregationFile = Type.Array(
  closed({
    id,
    ...dated,
    open,
    movement: one('import', 'export', 'transit'),
    routes,
    procedures: optional(Type.Array(Type.String({ minLength: 1, maxLength: 10 }), { minItems: 1 })),
    as: one('summary', 'statistics'),
    head: optional(Type.Array(one(...mergeHead), { minItems: 1, uniqueItems: true })),
    line: optional(Type.Array(one(...mergeLine), { minItems: 1, uniqueItems: true })),
    digits: optional(Type.Integer({ minimum: 2, maximum: 10 })),
    due: optional(id),
    corrections: optional(one('known', 'origin')),
  }),
);

const count = Type.Integer({ minimum: 0 });
/** What was imported into one table of a pack: from where, how much of it, and what of it could not be read. */
export const SupplementFile = closed({
  pack: PackFile.properties.id,
  name: id,
  table: id,
  source: Source,
  edition: Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Null()]),
  input: closed({ file: Type.String({ minLength: 1 }), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
  counts: closed({ lines: count, rows: count, inherited: count, elsewhere: count, unrated: count }),
  unparsed: Type.Array(
    closed({ line: count, code: Type.String(), column: id, text: Type.String(), reason: Type.String() }),
  ),
});

/** Every JSON file of a pack folder and its shape; `pack.json` and `sources.json` are the two that must be there. */
export const topicFiles = {
  'pack.json': PackFile,
  'sources.json': SourcesFile,
  'values.json': ValuesFile,
  'tables.json': TablesFile,
  'amounts.json': AmountsFile,
  'routes.json': RoutesFile,
  'charges.json': ChargesFile,
  'checks.json': ChecksFile,
  'slips.json': SlipsFile,
  'obligations.json': ObligationsFile,
  'deadlines.json': DeadlinesFile,
  'accounts.json': AccountsFile,
  'categories.json': CategoriesFile,
  'exchange.json': ExchangeFile,
  'aggregation.json': AggregationFile,
} as const satisfies Record<string, TSchema>;

export type TopicName = keyof typeof topicFiles;
export type Topics = { [N in TopicName]?: Static<(typeof topicFiles)[N]> };
export type ZoneShape = Static<typeof ZoneFile>;
export type CitedShape = Static<typeof Cited>;
export type ValueShape = Static<typeof Value>;
export type SupplementShape = Static<typeof SupplementFile>;
export type PackShape = Static<typeof PackFile>;
