/**
 * Classes of data, and for every path of every record that leaves the window the class it belongs to. A path that
 * stands in no table here never leaves, so a new field is invisible until somebody has said what it tells about whom.
 */

/**
 * What names the person at the far end is `consignee`, wherever it stands: also the buyer of an order, the payer of a
 * payment.
 */
export const elements = [
  'goods',
  'value',
  'order',
  'payment',
  'transport',
  'consignee',
  'parties',
  'decision',
  'charges',
  'movement',
  'case',
  'administration',
  'law',
] as const;
export type Element = (typeof elements)[number];

export type RecordKind =
  | 'consignment'
  | 'slip'
  | 'message'
  | 'draft'
  | 'event'
  | 'webhook'
  | 'key'
  | 'case'
  | 'manifest'
  | 'return'
  | 'arrival'
  | 'stock'
  | 'departure'
  | 'transfer'
  | 'notice'
  | 'bill'
  | 'bank-statement'
  | 'account'
  | 'service'
  | 'receipt'
  | 'flow'
  | 'party'
  | 'registration'
  | 'affairs'
  | 'client'
  | 'reference'
  | 'pack'
  | 'law'
  | 'summary'
  | 'statistics'
  | 'tariff'
  | 'replay';

/**
 * A class covers a path with everything below it; several classes mean that all are needed; `key` is seen by whoever
 * sees anything of the record. A table goes one level down, through lists as if they were not there; its member `''` is
 * the class of the path where it holds a plain value.
 */
export type Paths = Element | 'key' | readonly Element[] | { readonly [member: string]: Paths };

const order: Paths = {
  platform: 'parties',
  number: 'order',
  seller: 'parties',
  buyer: 'consignee',
  total: ['order', 'value'],
  placed: 'order',
};

const payment: Paths = {
  provider: 'parties',
  reference: 'payment',
  order: 'order',
  method: 'payment',
  payer: 'consignee',
  amount: ['payment', 'value'],
  paid: 'payment',
};

const goods: Paths = {
  line: 'goods',
  description: 'goods',
  commodity: 'goods',
  edition: 'goods',
  category: 'goods',
  origin: 'goods',
  quantity: 'goods',
  unit: 'goods',
  statutoryQuantity: 'goods',
  statutoryUnit: 'goods',
  supplementaryQuantity: 'goods',
  supplementaryUnit: 'goods',
  netWeight: 'goods',
  grossWeight: 'goods',
  price: 'value',
  product: 'goods',
  used: 'goods',
  stock: 'goods',
};

const declaration: Paths = {
  '': 'key',
  id: 'key',
  movement: 'movement',
  procedure: 'goods',
  previousProcedure: 'goods',
  nature: 'goods',
  route: 'decision',
  scheme: 'decision',
  office: 'movement',
  placeOfGoods: 'movement',
  zone: 'movement',
  declarant: 'parties',
  representation: 'parties',
  importer: 'parties',
  seller: 'parties',
  placeOperator: 'parties',
  postalOperator: 'parties',
  guarantor: 'parties',
  fiscalReference: 'parties',
  consignor: 'parties',
  consignee: 'consignee',
  dispatch: 'movement',
  destination: 'movement',
  goods,
  discount: 'value',
  freight: 'value',
  insurance: 'value',
  onward: 'value',
  taxIncluded: 'value',
  documents: 'goods',
  previousDocuments: 'goods',
};

const determination: Paths = {
  pack: 'decision',
  engine: 'decision',
  day: 'decision',
  event: 'decision',
  route: 'decision',
  decided: 'decision',
  otherRoute: 'decision',
  missing: 'decision',
  values: 'value',
  charges: 'charges',
  totals: 'charges',
  counts: 'decision',
  checks: 'decision',
  leads: 'decision',
  obligations: 'decision',
  slips: 'decision',
  release: 'decision',
  unconfirmed: 'decision',
  layers: 'decision',
  // A step shows every figure that went into it, also how much of his yearly limit the consignee has used.
  steps: ['decision', 'value', 'charges', 'consignee'],
};

const timeline: Paths = { at: 'movement', kind: 'movement', data: 'decision', seeded: 'movement' };

const body: Paths = { orders: order, payments: payment, transports: 'transport', declaration };

/** What a version says otherwise than the one before it is worked out from what the reader sees of the two. */
const versions: Paths = {
  version: 'key',
  at: 'movement',
  kind: 'movement',
  party: 'parties',
  authority: 'decision',
  ground: 'decision',
  reason: 'decision',
  case: 'case',
  outcome: 'decision',
  route: 'decision',
  day: 'decision',
  digest: 'decision',
  value: 'value',
  border: 'charges',
  charges: 'charges',
  changes: 'key',
};

const consignment: Paths = {
  id: 'key',
  version: 'key',
  received: 'movement',
  status: 'movement',
  since: 'movement',
  due: 'movement',
  day: 'movement',
  exported: 'movement',
  presented: 'movement',
  pieces: 'transport',
  barcodes: 'transport',
  master: 'transport',
  filer: 'parties',
  seller: 'parties',
  secured: 'charges',
  outcome: 'decision',
  route: 'decision',
  desk: 'decision',
  decision: 'decision',
  determination,
  checks: 'decision',
  missing: 'decision',
  pack: 'decision',
  packVersion: 'decision',
  epoch: 'decision',
  engine: 'decision',
  digest: 'decision',
  decidedBy: 'decision',
  cancellation: 'decision',
  amendment: 'decision',
  application: 'decision',
  versions,
  ground: 'decision',
  remedy: 'decision',
  currency: 'value',
  declaredValue: 'value',
  acceptedValue: 'value',
  accepted: ['goods', 'value', 'decision'],
  border: 'charges',
  charges: 'charges',
  // How much of a yearly limit a parcel uses is its value, and tells of what else the consignee buys.
  accounts: ['consignee', 'value'],
  timeline,
  // A signed document is shown whole or not at all.
  exportProof: ['goods', 'value', 'order', 'parties', 'decision', 'movement'],
  // The bytes as they came hold everything.
  raw: ['goods', 'value', 'order', 'payment', 'transport', 'consignee', 'parties'],
  body,
  orders: order,
  payments: payment,
  transports: 'transport',
  declaration,
};

/**
 * One slip as its sender follows it. What it was expected to say is another sender's figure: whoever sees no orders
 * learns which field of his differs and not from what.
 */
const slip: Paths = {
  id: 'key',
  slip: 'key',
  sender: 'key',
  number: 'key',
  version: 'key',
  state: 'movement',
  received: 'movement',
  due: 'movement',
  statement: 'movement',
  parcel: 'decision',
  reasons: { code: 'movement', field: 'movement', found: 'movement', source: 'movement', expected: ['order', 'value'] },
  content: { order, payment, transport: 'transport', declaration },
  // The signed statement that vouches for a file of them.
  filer: 'parties',
  lines: 'movement',
  sha256: 'movement',
  jws: 'movement',
};

/** A message in another system's format, as its sender follows it: what it says is shown by its slips and parcels. */
const message: Paths = {
  id: 'key',
  kind: 'key',
  guid: 'key',
  received: 'movement',
  sha256: 'movement',
  validated: 'movement',
  nodes: 'movement',
};

/** A filing that is being written, a template for one, or a table of parcels: its writer's own, whole. */
const draft: Paths = {
  id: 'key',
  name: 'key',
  kind: 'key',
  values: ['goods', 'value', 'consignee', 'parties'],
  changed: 'key',
  expires: 'key',
  state: 'movement',
  parcel: 'movement',
  size: 'movement',
  received: 'movement',
  read: 'movement',
  line: 'movement',
  filed: 'movement',
  refused: 'movement',
};

/** What happened to a parcel, as it is told to whoever stands around it: codes and numbers, never a person. */
const event: Paths = {
  id: 'key',
  sequence: 'key',
  kind: 'movement',
  at: 'movement',
  seeded: 'movement',
  parcel: 'key',
  declaration: 'key',
  version: 'movement',
  status: 'movement',
  since: 'movement',
  presented: 'movement',
  place: 'movement',
  ending: 'movement',
  pieces: 'transport',
  barcode: 'transport',
  outcome: 'decision',
  route: 'decision',
  ground: 'decision',
  reasons: 'decision',
  missing: 'decision',
  secured: 'charges',
  border: 'charges',
  notice: 'charges',
  goods: 'movement',
  money: 'payment',
  case: 'case',
};

/** Where news are sent, and what became of them. The secret stands in no table: the answer that makes it shows it. */
const webhook: Paths = {
  id: 'key',
  url: 'administration',
  kinds: 'administration',
  size: 'administration',
  state: 'administration',
  since: 'administration',
  created: 'administration',
  rotating: 'administration',
  missed: 'administration',
  waiting: 'administration',
  delivery: 'administration',
  last: 'administration',
  deadLetters: 'administration',
};

const caseFile: Paths = {
  id: 'key',
  subject: 'key',
  procedure: 'case',
  version: 'case',
  state: 'case',
  desk: 'case',
  opened: 'case',
  claimedBy: 'case',
  claimedAt: 'case',
  facts: 'case',
  changed: 'case',
  stamp: 'case',
  overdue: 'case',
  moves: 'case',
  deadlines: 'case',
  timeline: 'case',
  consignment,
};

const manifest: Paths = {
  master: 'key',
  carrier: 'transport',
  mode: 'transport',
  conveyance: 'transport',
  expected: 'movement',
  filed: 'movement',
  lines: 'transport',
};

/** A book of bonded stock, one of its lines, an entry into it or a count of it. */
const stock: Paths = {
  id: 'key',
  book: 'key',
  number: 'key',
  item: 'key',
  reference: 'key',
  operator: 'parties',
  owner: 'parties',
  by: 'parties',
  place: 'movement',
  office: 'movement',
  zone: 'movement',
  opened: 'movement',
  received: 'movement',
  counted: 'movement',
  commodity: 'goods',
  description: 'goods',
  language: 'goods',
  origin: 'goods',
  unit: 'goods',
  unitValue: 'value',
  figures: 'goods',
  suspended: 'charges',
  lines: 'goods',
  movements: 'goods',
  draws: 'goods',
};

const arrival: Paths = {
  id: 'key',
  reference: 'key',
  master: 'key',
  operator: 'transport',
  place: 'movement',
  landed: 'movement',
  complete: 'movement',
  finished: 'movement',
  tallied: 'movement',
  handled: 'movement',
  released: 'movement',
  held: 'movement',
  incomplete: 'movement',
  notCleared: 'movement',
  unsecured: 'movement',
  shortLanded: 'movement',
  overLanded: 'movement',
  pieces: 'transport',
};

/** Goods that go back: what is given back of a line tells what it bore. */
const returned: Paths = {
  id: 'key',
  parcel: 'key',
  declaration: 'key',
  reference: 'key',
  state: 'movement',
  applied: 'movement',
  due: 'movement',
  back: 'movement',
  place: 'movement',
  condition: 'movement',
  ground: 'decision',
  reason: 'decision',
  lines: { line: 'goods', quantity: 'goods', value: 'value' },
  law: 'decision',
  refund: 'charges',
  given: 'charges',
};

/** A batch transfer: where goods are under way, who carries them, and what stands good for them. */
const transfer: Paths = {
  id: 'key',
  reference: 'key',
  master: 'key',
  procedure: 'key',
  status: 'movement',
  from: 'movement',
  to: 'movement',
  via: 'movement',
  carrier: 'transport',
  guarantor: 'charges',
  conveyance: 'transport',
  seals: 'transport',
  parent: 'movement',
  splits: 'movement',
  prepared: 'movement',
  departed: 'movement',
  due: 'movement',
  source: 'movement',
  ended: 'movement',
  counts: 'movement',
  guarantee: 'charges',
  leftOut: 'movement',
  differences: 'movement',
  arrivals: 'movement',
  pieces: 'movement',
};

const departure: Paths = {
  id: 'key',
  reference: 'key',
  master: 'key',
  operator: 'transport',
  place: 'movement',
  left: 'movement',
  finished: 'movement',
  pieces: 'movement',
  handled: 'movement',
  departed: 'movement',
  parcels: 'movement',
  kept: 'movement',
  keptBack: 'movement',
};

const notice: Paths = {
  id: 'key',
  version: 'key',
  payer: 'parties',
  guarantor: 'parties',
  currency: 'charges',
  amount: 'charges',
  state: 'charges',
  charges: 'charges',
  issued: 'charges',
  settled: 'charges',
  about: 'charges',
  due: 'charges',
  payments: 'charges',
};

/** A tax bill: what one payer owes for one period. */
const bill: Paths = {
  id: 'key',
  payer: 'parties',
  guarantor: 'parties',
  from: 'charges',
  until: 'charges',
  state: 'charges',
  amount: 'charges',
  standing: 'charges',
  notices: 'charges',
  issued: 'charges',
  due: 'charges',
  source: 'charges',
  overdue: 'charges',
  settled: 'charges',
  charges: 'charges',
  before: 'charges',
};

/** A bank's statement held against what the window knows: references and amounts, no names. */
const bankStatement: Paths = {
  id: 'key',
  number: 'charges',
  sha256: 'charges',
  format: 'charges',
  account: 'charges',
  currency: 'charges',
  from: 'charges',
  until: 'charges',
  opening: 'charges',
  closing: 'charges',
  received: 'charges',
  lines: 'charges',
  missing: 'charges',
  sums: 'charges',
  case: 'case',
};

/** Money that came from abroad for an export, and an exporter's account of it. */
const receipt: Paths = {
  id: 'key',
  provider: 'payment',
  reference: 'payment',
  exporter: 'key',
  kind: 'payment',
  name: 'payment',
  amount: 'value',
  received: 'payment',
  reported: 'payment',
  state: 'payment',
  sums: 'value',
  claims: 'value',
};

const moneyTold: Paths = {
  '': 'payment',
  step: 'payment',
  at: 'payment',
  zone: 'payment',
  by: 'payment',
  place: 'payment',
  expected: 'payment',
  simulated: 'payment',
  amount: ['payment', 'value'],
};

/** A parcel in its three flows: its clearance, and what others told of its goods and of the money paid for them. */
const flow: Paths = {
  id: 'key',
  declaration: 'key',
  filer: 'parties',
  seller: 'parties',
  received: 'movement',
  status: 'movement',
  since: 'movement',
  due: 'movement',
  presented: 'movement',
  pieces: 'transport',
  outcome: 'decision',
  route: 'decision',
  missing: 'decision',
  value: 'value',
  border: 'charges',
  secured: 'charges',
  orders: { platform: 'parties', number: 'order' },
  waybills: 'transport',
  goods: 'movement',
  toldGoods: 'movement',
  money: moneyTold,
  toldMoney: moneyTold,
  differs: ['payment', 'value'],
};

/** A service or a licence that crosses the border. */
const service: Paths = {
  id: 'key',
  reference: 'movement',
  filer: 'parties',
  state: 'movement',
  direction: 'movement',
  kind: 'goods',
  class: 'goods',
  supplier: 'parties',
  customer: 'parties',
  contract: 'goods',
  licence: 'goods',
  period: 'goods',
  placeOfSupply: 'goods',
  receipt: 'value',
  value: 'value',
  home: 'value',
  charges: 'charges',
  owed: 'charges',
  pack: 'decision',
  day: 'decision',
  received: 'movement',
  decided: 'decision',
  case: 'case',
};

const account: Paths = {
  kind: 'key',
  owner: 'parties',
  period: 'charges',
  unit: 'charges',
  ceiling: 'charges',
  reserved: 'charges',
  consumed: 'charges',
  free: 'charges',
  holds: 'charges',
  topUps: 'charges',
};

const party: Paths = {
  identifier: 'key',
  name: 'parties',
  latin: 'parties',
  shown: 'parties',
  language: 'parties',
  roles: 'parties',
  status: 'administration',
  represented: 'parties',
  representative: 'parties',
  kind: 'parties',
  scope: 'parties',
  chain: 'parties',
  authority: 'parties',
  element: 'parties',
  purpose: 'parties',
  reference: 'parties',
  party: 'parties',
  demo: 'administration',
  from: 'administration',
  until: 'administration',
  id: 'key',
  created: 'administration',
};

/**
 * A key is stored as its hash, and neither of the two stands here: the key is shown once, by the answer that makes it.
 */
/** A business that asks to be registered: with its own words and papers, and what became of it. */
const registration: Paths = {
  id: 'key',
  state: 'key',
  identifier: 'parties',
  identifiers: 'parties',
  name: 'parties',
  latin: 'parties',
  language: 'parties',
  country: 'parties',
  address: 'parties',
  roles: 'parties',
  person: 'parties',
  received: 'parties',
  due: 'parties',
  source: 'parties',
  ended: 'parties',
  decision: 'parties',
  question: 'parties',
  answer: 'parties',
  documents: 'parties',
  stamp: 'parties',
};

/** What a party sees of its own affairs: who acts for it and for whom it acts, its people, what it invited. */
const affairs: Paths = {
  id: 'key',
  state: 'key',
  represented: 'parties',
  representative: 'parties',
  representedName: 'parties',
  representativeName: 'parties',
  kind: 'parties',
  scope: 'parties',
  chain: 'parties',
  onward: 'parties',
  from: 'parties',
  until: 'parties',
  offeredBy: 'parties',
  offered: 'parties',
  name: 'administration',
  shown: 'parties',
  roles: 'parties',
  expires: 'administration',
};

const client: Paths = {
  id: 'key',
  name: 'administration',
  party: 'administration',
  authority: 'administration',
  prefix: 'administration',
  scopes: 'administration',
  status: 'administration',
  created: 'administration',
  until: 'administration',
};

const reference: Paths = {
  id: 'key',
  list: 'administration',
  name: 'administration',
  normalised: 'administration',
  source: 'administration',
  condition: 'administration',
  share: 'administration',
  ground: 'administration',
  desk: 'administration',
  from: 'administration',
  until: 'administration',
};

const charged = { before: 'charges', after: 'charges', difference: 'charges' } as const;
const replayPair: Paths = { from: 'decision', to: 'decision', parcels: 'decision', changed: 'decision', ...charged };

/** What a draft of the law would have made of stored parcels: sums, and what is charged apart from what is decided. */
const replay: Paths = {
  id: 'key',
  draft: 'key',
  title: 'key',
  version: 'key',
  pack: 'key',
  from: 'key',
  until: 'key',
  assumed: 'key',
  state: 'key',
  started: 'key',
  ended: 'key',
  progress: 'key',
  result: {
    parcels: 'decision',
    changed: 'decision',
    revenue: 'charges',
    filedAgain: { parcels: 'decision', ...charged },
    outcomes: replayPair,
    routes: replayPair,
    desks: replayPair,
    charges: 'charges',
    countries: { country: 'decision', parcels: 'decision', changed: 'decision', ...charged },
    sellers: {
      from: 'decision',
      until: 'decision',
      sellers: 'decision',
      affected: 'decision',
      more: 'charges',
      less: 'charges',
      parcels: 'decision',
      changed: 'decision',
      ...charged,
    },
    undecided: 'decision',
    claimed: 'decision',
    byOfficer: 'decision',
    decidedOtherwise: 'decision',
    leftOut: 'decision',
    examples: 'decision',
  },
};

const sums = {
  items: 'goods',
  checklists: 'goods',
  value: 'value',
  quantity: 'goods',
  netWeight: 'goods',
  grossWeight: 'goods',
} as const satisfies Paths;

/** A summary declaration, the closing of a month, or where a checklist stands in the two. */
const summary: Paths = {
  id: 'key',
  run: 'key',
  month: 'key',
  rule: 'key',
  movement: 'movement',
  due: 'key',
  filed: 'key',
  declarant: 'parties',
  head: ['parties', 'movement'],
  state: 'key',
  started: 'key',
  ended: 'key',
  progress: 'key',
  released: 'movement',
  reason: 'key',
  summary: 'key',
  number: 'key',
  checklist: 'key',
  line: 'key',
  lines: {
    id: 'key',
    number: 'key',
    line: 'key',
    summary: 'key',
    commodity: 'goods',
    origin: 'goods',
    unit: 'goods',
    filed: sums,
    corrections: sums,
    now: sums,
  },
  sums,
  corrections: { checklist: 'key', entry: 'key', at: 'key', period: 'key', ground: 'key', line: 'key', sums },
  checklists: { checklist: 'key', sums },
};

const statistics: Paths = {
  movement: 'movement',
  route: 'decision',
  procedure: 'goods',
  country: 'movement',
  commodity: 'goods',
  unit: 'goods',
  currency: 'value',
  key: 'goods',
  ...sums,
};

/** The table: each kind of record, and the class of each of its paths. */
export const paths: Readonly<Record<RecordKind, Paths>> = {
  consignment,
  slip,
  message,
  draft,
  event,
  webhook,
  key: client,
  case: caseFile,
  manifest,
  return: returned,
  arrival,
  stock,
  departure,
  transfer,
  notice,
  bill,
  'bank-statement': bankStatement,
  account,
  service,
  receipt,
  flow,
  party,
  registration,
  affairs,
  client,
  reference,
  pack: 'law',
  law: 'law',
  tariff: 'law',
  replay,
  summary,
  statistics,
};

const isTable = (at: Paths): at is { readonly [member: string]: Paths } => typeof at === 'object' && !Array.isArray(at);

function sees(at: Element | 'key' | readonly Element[], seen: ReadonlySet<Element>): boolean {
  if (at === 'key') return seen.size > 0;
  return typeof at === 'string' ? seen.has(at) : at.every((element) => seen.has(element));
}

/** What is left of a value when only these classes are seen; undefined when nothing is. */
export function prune(value: unknown, at: Paths, seen: ReadonlySet<Element>): unknown {
  if (!isTable(at)) return sees(at, seen) ? value : undefined;
  if (Array.isArray(value)) {
    const left = value.map((item: unknown) => prune(item, at, seen)).filter((item) => item !== undefined);
    return left.length > 0 ? left : undefined;
  }
  if (typeof value !== 'object' || value === null) {
    const plain = Object.hasOwn(at, '') ? at[''] : undefined;
    return plain === undefined ? undefined : prune(value, plain, seen);
  }
  const left = Object.entries(value).flatMap(([member, inside]): [string, unknown][] => {
    const below = member !== '' && Object.hasOwn(at, member) ? at[member] : undefined;
    const kept = below === undefined ? undefined : prune(inside, below, seen);
    return kept === undefined ? [] : [[member, kept]];
  });
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}
