/**
 * Who may do what, and what leaves. Both questions are answered from tables, by two pure functions: `may` guards every
 * action, `view` alone turns a record into what leaves (API, page, export, event, error). What no row names is refused.
 */

import { consigneeOf } from '#kernel/id.ts';
import { type Element, elements, paths, prune, type RecordKind } from './elements.ts';

export type { Element, RecordKind } from './elements.ts';

/** How sure the window is of who asks. `none` is the public; `demo` exists only in demonstration windows. */
export type Assurance = 'none' | 'key' | 'password' | 'demo' | 'passkey';

/** What a person may do inside the party or authority that he belongs to. */
export type Role =
  | 'filer'
  | 'seller'
  | 'carrier'
  | 'operator'
  | 'payer'
  | 'manager'
  | 'officer'
  | 'administrator'
  | 'auditor'
  | 'system';

/** Every role, for schemas. `system` names the window itself and is never given to a person. */
export const roles = [
  'filer',
  'seller',
  'carrier',
  'operator',
  'payer',
  'manager',
  'officer',
  'administrator',
  'auditor',
  'system',
] as const satisfies Role[];

/**
 * What an API client, and a representation, may be good for. `guarantee` lets another charge one's guarantee account.
 */
export const scopes = ['file', 'read', 'pay', 'guarantee', 'administer'] as const;

/** What an authority's mandate may be for. */
export const purposes = [
  'clear',
  'inspect',
  'tax',
  'read',
  'dispose',
  'administer',
  'register',
  'propose-law',
  'approve-law',
] as const;

/** Who acts for whom: `direct` in the other's name, `indirect` in his own name and for the other's account. */
export interface Representation {
  readonly represented: string;
  readonly representative: string;
  readonly kind: 'direct' | 'indirect';
  readonly scope: readonly string[];
  /** `[from, until)`, days of the window's economy. */
  readonly from: string;
  readonly until: string | null;
  /** The parties between the two, nearest to the represented first; empty when the one appointed the other himself. */
  readonly chain: readonly string[];
}

/** An authority's competence for one class of data and one purpose, with the law that gives it. */
export interface Mandate {
  readonly authority: string;
  /** A class of data elements, or `*` for every class, that of the consignee included. */
  readonly element: string;
  readonly purpose: string;
  readonly reference: string;
  /** `[from, until)`, days of the window's economy. */
  readonly from: string;
  readonly until: string | null;
}

/**
 * Who asks. It is made anew for every request from the reference snapshot, so that nothing revoked stays in a session.
 */
export interface Principal {
  readonly subject: string;
  readonly name: string;
  /** The API client, or null for a person. */
  readonly client: string | null;
  /** The registered identifier of the party, for which this principal stands. */
  readonly party: string | null;
  readonly authority: string | null;
  readonly roles: readonly Role[];
  readonly representations: readonly Representation[];
  readonly mandates: readonly Mandate[];
  /** What the API client's key is good for; a person has roles instead. */
  readonly scopes: readonly string[];
  readonly assurance: Assurance;
  /** The day in the economy's own time zone on which he asks: every period is measured against it. */
  readonly on: string;
}

/** The places at which parties stand in a record. */
export const places = [
  'filer',
  'declarant',
  'importer',
  'seller',
  'consignor',
  'carrier',
  'operator',
  'guarantor',
  'payer',
  'platform',
  'provider',
  'consignee',
  'subscriber',
  /** The party itself, in a record of its own affairs: who acts for it, who works for it. */
  'party',
] as const;
export type Place = (typeof places)[number];

/** What the two functions need to know of a record: who stands in it, and on which desk it lies. */
export interface RecordRef {
  readonly kind: RecordKind;
  readonly id: string;
  readonly parties: Partial<Record<Place, readonly string[]>>;
  /** An authority, or one of its sections as `authority/section`; null while it lies on none. */
  readonly desk: string | null;
  /** The subject who handed the record in, where that alone lets him see it: he belongs to no party yet. */
  readonly author?: string;
}

/** The public: sees what is published and nothing else. */
export const anonymous = (on: string): Principal => ({
  subject: 'anonymous',
  name: '',
  client: null,
  party: null,
  authority: null,
  roles: [],
  representations: [],
  mandates: [],
  scopes: [],
  assurance: 'none',
  on,
});

/**
 * Whoever has shown that he is at the far end of what this is about, and of nothing else: he holds what a key would,
 * for reading it and answering in its cases.
 */
export const asConsignee = (subject: string, on: string): Principal => ({
  ...anonymous(on),
  subject: 'consignee',
  client: 'consignee',
  party: consigneeOf(subject),
  scopes: ['read', 'file'],
  assurance: 'key',
});

interface Rule {
  /**
   * The scope that an API client's key needs, and that a representation needs when a represented party stands in the
   * record.
   */
  readonly scope: (typeof scopes)[number];
  /** The roles of which a person of a party needs one. */
  readonly roles: readonly Role[];
  /** Where his party, or one he represents, has to stand. */
  readonly at: readonly Place[];
  /** The purposes of which an authority's mandate needs one; none means that no mandate gives this. */
  readonly purposes: readonly (typeof purposes)[number][];
  /** The roles of which a person of an authority needs one beside the mandate. */
  readonly officials: readonly Role[];
  /** Whether the record has to lie on that authority's desk: one authority never takes another's decision. */
  readonly desk: boolean;
  /** Roles that are enough alone, without party or mandate: running the window. */
  readonly alone: readonly Role[];
  /** Kinds of record for which anybody is let in, because they are published. */
  readonly open: readonly RecordKind[];
  /** Whether whoever handed the record in is let in for that alone. */
  readonly author: boolean;
}

const nobody: Rule = {
  scope: 'read',
  roles: [],
  at: [],
  purposes: [],
  officials: [],
  desk: false,
  alone: [],
  open: [],
  author: false,
};
const traders: readonly Role[] = ['filer', 'seller', 'carrier', 'operator', 'payer'];
const official = {
  purposes: ['clear', 'inspect', 'tax', 'read', 'dispose'],
  officials: ['officer', 'auditor'],
} as const;
const lawmaking = { purposes: ['propose-law', 'approve-law'], officials: ['officer'] } as const;
const deciding = { purposes: ['clear', 'inspect', 'tax', 'dispose'], officials: ['officer'], desk: true } as const;

/** The table: each action, and who may take it. */
const rules = {
  // A parcel is filed under one's own key. Whether the filer may stand for the declarant it names is a check of the
  // parcel with a reason in its decision, not a refusal at the door.
  'consignment.file': { ...nobody, scope: 'file', roles: ['filer', 'seller'], at: ['filer'] },
  'consignment.read': { ...nobody, ...official, roles: traders, at: places },
  // A declaration is taken back by whoever brought it or made it: nobody else answers for it.
  'consignment.cancel': { ...nobody, scope: 'file', roles: ['filer', 'seller'], at: ['filer', 'declarant'] },
  // Goods go back by whoever sold, brought or declared them; what is owed for them is the declaration's.
  'consignment.return': {
    ...nobody,
    scope: 'file',
    roles: ['filer', 'seller'],
    at: ['filer', 'declarant', 'seller', 'platform'],
  },
  // An amendment is a further version under the same key, so only whoever brought the declaration hands it in.
  'consignment.amend': { ...nobody, scope: 'file', roles: ['filer', 'seller'], at: ['filer'] },
  // Whoever declared or owes the charges may ask for them to be determined again, and so may who clears or taxes.
  'consignment.redetermine': {
    ...nobody,
    scope: 'file',
    roles: ['filer', 'seller', 'payer'],
    at: ['filer', 'declarant', 'importer'],
    purposes: ['clear', 'tax'],
    officials: ['officer'],
    desk: true,
  },
  'case.read': {
    ...nobody,
    ...official,
    roles: traders,
    at: ['filer', 'declarant', 'importer', 'seller', 'consignor', 'payer', 'platform', 'consignee'],
  },
  // Who brought the parcel answers the desk, and so does the person who waits for it.
  'case.answer': { ...nobody, scope: 'file', roles: ['filer', 'seller'], at: ['filer', 'consignee'] },
  'case.claim': { ...nobody, ...deciding, scope: 'file' },
  'case.decide': { ...nobody, ...deciding, scope: 'file' },
  // The slips of a parcel come each from its own party: the platform's order, the provider's payment, the carrier's
  // transport document. Each may be sent, and its state followed, by that party or whoever represents it.
  'order.file': { ...nobody, scope: 'file', roles: ['filer', 'seller'], at: ['platform'] },
  'payment.file': { ...nobody, scope: 'file', roles: ['filer', 'payer'], at: ['provider'] },
  'transport.file': { ...nobody, scope: 'file', roles: ['filer', 'carrier'], at: ['carrier'] },
  'slip.read': {
    ...nobody,
    ...official,
    roles: traders,
    at: ['platform', 'provider', 'carrier', 'filer', 'declarant'],
  },
  // A message is its sender's own; what its nodes may do is asked again at the door of each.
  'message.send': { ...nobody, scope: 'file', roles: traders, at: ['filer'] },
  'message.read': { ...nobody, roles: traders, at: ['filer'] },
  // What is being written is its writer's party's alone: it is nothing before it is filed.
  'draft.keep': { ...nobody, scope: 'file', roles: ['filer', 'seller'], at: ['filer'] },
  // News of one's parcels go where one has them sent. Whoever may only read changes nothing about that.
  'webhook.read': { ...nobody, roles: traders, at: ['subscriber'] },
  'webhook.administer': { ...nobody, scope: 'file', roles: traders, at: ['subscriber'] },
  // A party's keys are made by its people who hand in its data; its other people see which there are, and what each key
  // asked for.
  'key.read': { ...nobody, roles: traders, at: ['subscriber'] },
  'key.administer': { ...nobody, scope: 'administer', roles: ['filer', 'carrier', 'operator'], at: ['subscriber'] },
  'manifest.file': { ...nobody, scope: 'file', roles: ['carrier'], at: ['carrier'] },
  // A book of bonded stock is kept by the operator of its place; whose goods lie in it sees his own lines of it.
  'stock.keep': { ...nobody, scope: 'file', roles: ['operator'], at: ['filer'] },
  'stock.read': { ...nobody, ...official, roles: traders, at: ['filer', 'seller'] },
  'stock.count': {
    ...nobody,
    scope: 'file',
    roles: ['operator'],
    at: ['filer'],
    purposes: ['clear', 'inspect'],
    officials: ['officer'],
  },
  'arrival.report': { ...nobody, scope: 'file', roles: ['operator'], at: ['operator'] },
  // Carriers read what left under their master bills; the operator of the place answers for what he says of it.
  'departure.report': { ...nobody, scope: 'file', roles: ['operator'], at: ['operator'] },
  'scan.read': {
    ...nobody,
    roles: ['operator', 'carrier'],
    at: ['operator', 'carrier'],
    purposes: ['clear', 'inspect'],
    officials: ['officer'],
  },
  // A batch transfer is its carrier's document; what came is counted by the keeper of the place it goes to. Whoever has
  // a parcel on it sees his own pieces.
  'transfer.prepare': { ...nobody, scope: 'file', roles: ['carrier'], at: ['carrier'] },
  'transfer.report': { ...nobody, scope: 'file', roles: ['operator'], at: ['operator'] },
  'transfer.read': {
    ...nobody,
    roles: traders,
    at: ['carrier', 'operator', 'guarantor', 'declarant'],
    purposes: ['clear', 'inspect', 'tax', 'read'],
    officials: ['officer', 'auditor'],
  },
  'notice.read': {
    ...nobody,
    roles: traders,
    at: ['payer', 'guarantor', 'filer', 'declarant', 'importer'],
    purposes: ['tax', 'clear', 'read'],
    officials: ['officer', 'auditor'],
  },
  'notice.pay': { ...nobody, scope: 'pay', roles: ['payer', 'filer'], at: ['payer', 'guarantor'] },
  // A bank's statement is held against the accounts by the office that collects; who audits may read it.
  'bank-statement.file': { ...nobody, scope: 'file', purposes: ['tax'], officials: ['officer'] },
  'bank-statement.read': { ...nobody, purposes: ['tax', 'read'], officials: ['officer', 'auditor'] },
  // Money from abroad is reported by who received it, and seen by who sold and by who watches over the exchange.
  'receipt.file': { ...nobody, scope: 'file', roles: ['filer', 'payer'], at: ['provider'] },
  'receipt.read': {
    ...nobody,
    roles: traders,
    at: ['provider', 'seller'],
    purposes: ['read', 'tax', 'clear'],
    officials: ['officer', 'auditor'],
  },
  // What becomes of goods and money is told by who carries, keeps or collects them, and seen with the parcel.
  'movement.tell': {
    ...nobody,
    scope: 'file',
    roles: ['carrier', 'operator', 'filer', 'payer'],
    at: ['carrier', 'operator', 'provider'],
  },
  // A service is filed by one of its two sides, who stands as filer; both sides and the tax office see it.
  'service.file': { ...nobody, scope: 'file', roles: ['filer', 'seller', 'payer'], at: ['filer'] },
  'service.read': {
    ...nobody,
    roles: traders,
    at: ['filer', 'seller', 'importer'],
    purposes: ['tax', 'read'],
    officials: ['officer', 'auditor'],
  },
  // What a port charges is published by its operator, and public.
  'tariff.publish': { ...nobody, scope: 'file', roles: ['operator'], at: ['operator'] },
  'tariff.read': { ...nobody, open: ['tariff'] },
  'account.read': {
    ...nobody,
    roles: traders,
    at: ['guarantor', 'payer'],
    purposes: ['tax', 'clear', 'read'],
    officials: ['officer', 'auditor'],
  },
  'party.administer': { ...nobody, scope: 'administer', alone: ['administrator'] },
  // A business is registered by the desk that the pack names, or by who runs the window; who asks follows his own.
  'registration.read': {
    ...nobody,
    author: true,
    alone: ['administrator'],
    purposes: ['register'],
    officials: ['officer'],
    desk: true,
  },
  'registration.decide': {
    ...nobody,
    scope: 'administer',
    alone: ['administrator'],
    purposes: ['register'],
    officials: ['officer'],
    desk: true,
  },
  // Who acts for a party, and who works for it, its own people see. Powers and people are given by its manager alone;
  // a key with which a shop files may offer to act and end what is there, and give nothing away.
  'affairs.read': { ...nobody, roles: [...traders, 'manager'], at: ['party'] },
  'affairs.offer': { ...nobody, scope: 'file', roles: ['manager'], at: ['party'] },
  'affairs.manage': { ...nobody, scope: 'administer', roles: ['manager'], at: ['party'] },
  'client.administer': { ...nobody, scope: 'administer', alone: ['administrator'] },
  // The law in force is published. Lists of names and targeting rules are not: who knows them avoids them.
  'reference.read': { ...nobody, ...official, alone: ['administrator'], open: ['pack'] },
  // A change of law is published from the moment it is proposed; before that it is its authors' own paper. It lies on
  // no desk: its procedure says which purpose each step needs, and the steering body of the pack who may approve.
  'law.read': { ...nobody, purposes: lawmaking.purposes, officials: ['officer', 'auditor'], open: ['pack'] },
  'law.decide': { ...nobody, ...lawmaking, scope: 'file' },
  'reference.administer': {
    ...nobody,
    scope: 'administer',
    alone: ['administrator'],
    purposes: ['administer'],
    officials: ['officer'],
  },
  // Holding a draft against everybody's parcels is for who proposes or approves law, and for who levies what it alters.
  'replay.start': { ...nobody, ...lawmaking, purposes: [...lawmaking.purposes, 'tax'], scope: 'file' },
  'replay.read': {
    ...nobody,
    purposes: [...lawmaking.purposes, 'tax', 'clear', 'read'],
    officials: ['officer', 'auditor'],
  },
  // A month is closed by whoever declared in it, for himself, or by an authority for everybody.
  'summary.close': {
    ...nobody,
    scope: 'file',
    roles: ['filer', 'seller'],
    at: ['declarant'],
    purposes: ['clear', 'tax'],
    officials: ['officer'],
  },
  'summary.read': { ...nobody, ...official, roles: traders, at: ['declarant'] },
  // All figures, also those behind which a single trader stands. What is published of them is for everybody.
  'statistics.read': { ...nobody, ...official },
  'journal.read': {
    ...nobody,
    alone: ['administrator'],
    purposes: ['read'],
    officials: ['auditor'],
  },
} as const satisfies Record<string, Rule>;

/** Everything that `may` is asked about. */
export type Action = keyof typeof rules;

/** Every action, in the order of the table. */
export const actions: readonly Action[] = Object.keys(rules).filter((one): one is Action => Object.hasOwn(rules, one));

const covers = (period: { readonly from: string; readonly until: string | null }, on: string): boolean =>
  period.from <= on && (period.until === null || on < period.until);

/** A person needs one of the roles; a key needs the scope instead, so that a key can be narrower than its party. */
const able = (principal: Principal, held: readonly Role[], scope: string): boolean =>
  principal.client === null ? held.some((role) => principal.roles.includes(role)) : principal.scopes.includes(scope);

/** The places at which the principal's party stands, or one that he represents for this scope on his day. */
function standing(principal: Principal, record: RecordRef, at: readonly Place[], scope: string): Place[] {
  const { party } = principal;
  if (party === null) return [];
  const stands = (place: Place): boolean => {
    const there = record.parties[place];
    if (there === undefined || there.length === 0) return false;
    return there.includes(party) || there.some((one) => stood(principal, party, one, scope));
  };
  return at.filter(stands);
}

const stood = (principal: Principal, party: string, represented: string, scope: string): boolean =>
  principal.representations.some(
    (one) =>
      one.represented === represented &&
      one.representative === party &&
      one.scope.includes(scope) &&
      covers(one, principal.on),
  );

/** The principal's mandates in force on his day for one of the purposes. */
const mandatesFor = (principal: Principal, wanted: readonly string[]): Mandate[] =>
  principal.authority === null
    ? []
    : principal.mandates.filter(
        (one) => one.authority === principal.authority && wanted.includes(one.purpose) && covers(one, principal.on),
      );

const onDesk = (principal: Principal, desk: string | null): boolean =>
  desk === null || desk === principal.authority || desk.startsWith(`${principal.authority}/`);

/** Whether the principal's authority holds a mandate for this purpose on his day, whatever the class of data. */
export const mandated = (principal: Principal, purpose: string): boolean =>
  principal.assurance !== 'none' && mandatesFor(principal, [purpose]).length > 0;

/** Whether pages offer this principal to file parcels by hand, for his own party. */
export const filesByHand = (principal: Principal): boolean =>
  principal.party !== null && principal.roles.some((role) => role === 'filer' || role === 'seller');

const wrote = (principal: Principal, rule: Rule, record: RecordRef): boolean =>
  rule.author && record.author === principal.subject;

/**
 * Whether this principal may take this action on this record: because the record is published; because running the
 * window is his role; because his party, or one that he represents on his day, stands at a place that the action names;
 * or because his authority is mandated for it on his day. Pure; a principal without a day is never let in by a period.
 */
export function may(principal: Principal, action: Action, record: RecordRef): boolean {
  const rule: Rule = rules[action];
  if (rule.open.includes(record.kind)) return true;
  if (principal.assurance === 'none') return false;
  if (wrote(principal, rule, record)) return true;
  if (rule.alone.length > 0 && able(principal, rule.alone, 'administer')) return true;
  if (able(principal, rule.roles, rule.scope) && standing(principal, record, rule.at, rule.scope).length > 0)
    return true;
  if (rule.desk && !onDesk(principal, record.desk)) return false;
  return able(principal, rule.officials, rule.scope) && mandatesFor(principal, rule.purposes).length > 0;
}

/**
 * What a party sees for standing at a place. The consignee's name, identity and address are there for who declares; a
 * seller needs to know what became of his parcel and not where its buyer lives; a carrier moves the parcel without
 * knowing its price; a payment provider knows what was paid and not what for.
 */
const everything: readonly Element[] = elements.filter((one) => one !== 'administration' && one !== 'law');
const nearly: readonly Element[] = everything.filter((one) => one !== 'consignee');
const seenAt: Readonly<Record<Place, readonly Element[]>> = {
  filer: everything,
  declarant: everything,
  importer: nearly,
  seller: nearly,
  platform: nearly,
  consignor: ['goods', 'transport', 'parties', 'decision', 'movement', 'case'],
  carrier: ['transport', 'movement'],
  provider: ['payment', 'value', 'movement'],
  operator: ['transport', 'movement'],
  guarantor: ['parties', 'charges', 'movement'],
  payer: ['goods', 'value', 'parties', 'decision', 'charges', 'movement', 'case'],
  // The person who waits sees what became of his parcel and what it costs. His own name and address he knows; whoever
  // guessed his postcode shall not learn them.
  consignee: ['goods', 'value', 'transport', 'decision', 'charges', 'movement', 'case'],
  subscriber: ['administration'],
  party: ['parties', 'administration'],
};

/** The action that lets somebody read a record of a kind. */
const reading: Readonly<Record<RecordKind, Action>> = {
  consignment: 'consignment.read',
  slip: 'slip.read',
  message: 'message.read',
  draft: 'draft.keep',
  event: 'consignment.read',
  webhook: 'webhook.read',
  key: 'key.read',
  case: 'case.read',
  return: 'consignment.read',
  manifest: 'consignment.read',
  arrival: 'consignment.read',
  stock: 'stock.read',
  departure: 'consignment.read',
  transfer: 'transfer.read',
  notice: 'notice.read',
  bill: 'notice.read',
  'bank-statement': 'bank-statement.read',
  account: 'account.read',
  service: 'service.read',
  receipt: 'receipt.read',
  flow: 'consignment.read',
  party: 'party.administer',
  registration: 'registration.read',
  affairs: 'affairs.read',
  client: 'client.administer',
  reference: 'reference.read',
  pack: 'reference.read',
  law: 'law.read',
  tariff: 'tariff.read',
  replay: 'replay.read',
  summary: 'summary.read',
  statistics: 'statistics.read',
};

/** The classes of data that this principal sees of this record: the sum over everything that lets him read it. */
export function seen(principal: Principal, record: RecordRef): ReadonlySet<Element> {
  const rule: Rule = rules[reading[record.kind]];
  const sees = new Set<Element>(rule.open.includes(record.kind) ? ['law'] : []);
  if (principal.assurance === 'none') return sees;
  if (wrote(principal, rule, record)) for (const element of seenAt.party) sees.add(element);
  if (rule.alone.length > 0 && able(principal, rule.alone, 'administer')) {
    for (const element of ['parties', 'administration', 'law'] as const) sees.add(element);
  }
  if (able(principal, rule.roles, rule.scope)) {
    for (const place of standing(principal, record, rule.at, rule.scope)) {
      for (const element of seenAt[place]) sees.add(element);
    }
  }
  if (able(principal, rule.officials, rule.scope)) {
    for (const mandate of mandatesFor(principal, rule.purposes)) {
      for (const element of elements) if (mandate.element === '*' || mandate.element === element) sees.add(element);
    }
  }
  return sees;
}

/** Whether this principal sees every class of data that a party can see of a record: nothing of it is left out then. */
export function seesAll(principal: Principal, record: RecordRef): boolean {
  const sees = seen(principal, record);
  return everything.every((element) => sees.has(element));
}

/**
 * The record as it leaves for this principal: its data without every path whose class he does not see. Members that are
 * left out are missing, not null. Arrays keep their order; a record of which nothing may leave is empty.
 */
export function view<T extends object>(principal: Principal, record: RecordRef & { readonly data: T }): Partial<T> {
  return prune(record.data, paths[record.kind], seen(principal, record)) ?? {};
}
