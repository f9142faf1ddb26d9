import type { Cast, PartyRole } from '#modules/parties/index.ts';
import type { Role } from '#platform/auth.ts';
import { ids, sellers } from './roles.ts';

/**
 * The cast of the demonstration: who exists in Ponenta's window, what each of them may do, and what each of them is
 * here for. Everyone is invented. The stories are words of the page of the tour, under `demo.cast.<name>`.
 */

/** A party as it is registered. */
export interface CastParty {
  readonly identifier: string;
  readonly name: string;
  readonly language: string;
  readonly latin?: string;
  readonly roles: readonly PartyRole[];
}

const party = (
  identifier: string,
  name: string,
  language: string,
  roles: readonly PartyRole[],
  latin?: string,
): CastParty => ({
  identifier,
  name,
  language,
  roles,
  ...(latin === undefined ? {} : { latin }),
});

const shops = [
  'Cedar & Salt',
  'دكان البحر',
  'Thread House',
  '群岛文具',
  'Old Quay Books',
  'Zaytun Soap',
  'Reedwork',
  'Νησιώτικα',
  'Blue Kiln',
  'Tide Toys',
  'Saffron Row',
  '바다상점',
] as const;

/**
 * The parties: two small sellers, a platform with its other sellers, an agent, who carries, who keeps, who pays, who
 * stands good.
 */
export const castParties: readonly CastParty[] = [
  party(ids.seller, 'مشغل الفانوس', 'ar', ['seller', 'declarant'], 'Lantern Workshop'),
  party(ids.smallest, 'Korall Studio', 'en', ['seller', 'declarant']),
  party(ids.platform, 'Bazaar Quay', 'en', ['platform']),
  party(ids.agent, 'Faro Spedizioni', 'it', ['declarant']),
  party(ids.carrier, 'Petrel Air Express', 'en', ['carrier', 'payment-provider']),
  party(ids.operator, 'Capo Sereno Cargo', 'it', ['place-operator']),
  party(ids.dryPort, 'Interporto di Vallombra', 'it', ['place-operator']),
  party(ids.post, 'Poste di Ponenta', 'it', ['postal-operator', 'carrier', 'declarant', 'place-operator']),
  party(ids.payments, 'Paylink', 'en', ['payment-provider']),
  party(ids.guarantor, 'Mutua dei Naviganti', 'it', ['guarantor']),
  party(ids.exporter, 'Tessitura Tessera', 'it', ['seller', 'declarant']),
  party(ids.consumer, 'Alba Ripamare', 'it', ['importer']),
  ...sellers.slice(1).map((identifier, index) => party(identifier, shops[index % shops.length]!, 'en', ['seller'])),
];

/** Who acts for whom: represented, representative, how, and what for. */
export const castRepresentations = [
  { represented: ids.guarantor, representative: ids.agent, kind: 'direct', scope: ['guarantee'] },
  { represented: ids.guarantor, representative: ids.seller, kind: 'direct', scope: ['guarantee'] },
  { represented: ids.consumer, representative: ids.agent, kind: 'direct', scope: ['file', 'read'] },
  { represented: ids.consumer, representative: ids.seller, kind: 'direct', scope: ['file', 'read'] },
  { represented: ids.seller, representative: ids.agent, kind: 'indirect', scope: ['file', 'read'] },
] as const;

/**
 * Guarantee accounts, in minor units of Ponenta's currency. That of the smallest seller is soon used up: its parcels
 * wait.
 */
export const castGuarantees: readonly { readonly owner: string; readonly ceiling: bigint }[] = [
  { owner: ids.guarantor, ceiling: 5_000_000_000_00n },
  { owner: ids.post, ceiling: 50_000_000_00n },
  { owner: ids.smallest, ceiling: 60_00n },
  { owner: ids.operator, ceiling: 400_000_00n },
  { owner: ids.carrier, ceiling: 2_000_000_00n },
];

type Mandate = NonNullable<Cast['mandates']>[number];
type Competence = readonly [element: Mandate['element'], purpose: Mandate['purpose']];

/** An authority, the law that gives it its task, and for which classes of data and purposes. */
export interface CastAuthority {
  readonly identifier: string;
  readonly name: string;
  readonly language: string;
  readonly reference: string;
  readonly mandates: readonly Competence[];
}

const everyParcelData = [
  'goods',
  'value',
  'order',
  'payment',
  'transport',
  'parties',
  'decision',
  'charges',
  'movement',
  'case',
] as const;
const forPurpose = (purpose: Mandate['purpose'], ...elements: readonly Mandate['element'][]): Competence[] =>
  elements.map((element) => [element, purpose]);

const authority = (
  identifier: string,
  name: string,
  reference: string,
  ...mandates: readonly Competence[]
): CastAuthority => ({
  identifier,
  name,
  language: 'en',
  reference,
  mandates,
});
const inspection = ['goods', 'transport', 'parties', 'decision', 'movement', 'case'] as const;

/**
 * The authorities that `xp` names, and the court that audits them. Each sees what its law names: the tax office never
 * learns who a parcel is for.
 */
export const castAuthorities: readonly CastAuthority[] = [
  authority(
    'customs',
    'Customs of Ponenta',
    'Customs Code, art. 3',
    ...forPurpose('clear', '*'),
    ...forPurpose('dispose', '*'),
    ...forPurpose('approve-law', 'law'),
  ),
  authority(
    'quarantine',
    'Plant and Animal Health Service',
    'Quarantine Act, art. 5',
    ...forPurpose('inspect', ...inspection),
    ...forPurpose('clear', ...inspection),
    ...forPurpose('approve-law', 'law'),
  ),
  authority(
    'market',
    'Market Regulation Board',
    'Market Act, art. 6',
    ...forPurpose('inspect', ...inspection),
    ...forPurpose('clear', ...inspection),
    ...forPurpose('clear', ...inspection),
  ),
  authority(
    'post',
    'Post of Ponenta',
    'Post Act, art. 1',
    ...forPurpose('inspect', 'goods', 'transport', 'decision', 'movement', 'case'),
  ),
  authority(
    'tax',
    'Treasury of Ponenta, Tax Office',
    'Consumption Tax Act, art. 2',
    ...forPurpose('tax', ...everyParcelData.filter((element) => element !== 'transport')),
    ...forPurpose('approve-law', 'law'),
  ),
  authority(
    'commerce',
    'Ministry of Commerce',
    'Electronic Commerce Order, art. 1',
    ...forPurpose('read', 'goods', 'value', 'order', 'parties', 'decision'),
    ...forPurpose('register', 'parties'),
    ...forPurpose('propose-law', 'law'),
    ...forPurpose('approve-law', 'law'),
  ),
  authority(
    'exchange',
    'Foreign Exchange Office',
    'Foreign Exchange Act, art. 4',
    ...forPurpose('read', 'value', 'payment', 'parties', 'decision'),
  ),
  authority(
    'court-of-accounts',
    'Court of Accounts of Ponenta',
    'Court of Accounts Act, art. 2',
    ...forPurpose('read', ...everyParcelData),
  ),
];

/** What customs and the market board look at more closely. Ground: the code of the words that the reasons carry. */
export const castWatch = [
  {
    id: 'watch-brands',
    condition: 'commodity.startsWith("9102")',
    share: '14',
    ground: 'demo/watch-brands',
    desk: 'customs',
    source: 'Customs Code, art. 46',
  },
  {
    id: 'dear-phones',
    condition: 'commodity == "851713"',
    share: '9',
    ground: 'demo/watch-value',
    desk: 'customs',
    source: 'Customs Code, art. 46',
  },
  {
    id: 'sample',
    condition: 'movement == "import"',
    share: '0.6',
    ground: 'demo/watch-sample',
    desk: 'customs',
    source: 'Customs Code, art. 46',
  },
  {
    id: 'toys',
    condition: 'commodity.startsWith("9503")',
    share: '4',
    ground: 'demo/watch-toys',
    desk: 'market',
    source: 'Market Act, art. 21',
  },
] as const;

/** Somebody one can be. The key is the name to sign in with and the name of the story. */
export interface CastMember {
  readonly name: string;
  readonly shown: string;
  readonly roles: readonly Exclude<Role, 'system'>[];
  readonly party?: string;
  readonly authority?: string;
  /** Where this person starts. */
  readonly home: string;
}

const member = (
  name: string,
  shown: string,
  roles: CastMember['roles'],
  at: { party?: string; authority?: string },
  home: string,
): CastMember => ({
  name,
  shown,
  roles,
  ...at,
  home,
});

/** The people, in the order of the bar. */
export const castPeople: readonly CastMember[] = [
  member('salma', 'سلمى الفانوس', ['seller', 'filer', 'manager'], { party: ids.seller }, '/parcels'),
  member('viktor', 'Viktor Korall', ['seller', 'filer', 'payer', 'manager'], { party: ids.smallest }, '/notices'),
  member('irma', 'Irma Tessera', ['seller', 'filer', 'manager'], { party: ids.exporter }, '/parcels'),
  member('teo', 'Teo Marchetti', ['seller', 'manager'], { party: ids.platform }, '/parcels'),
  member('bruna', 'Bruna Faro', ['filer', 'payer', 'manager'], { party: ids.agent }, '/parcels'),
  member('petra', 'Petra Lindqvist', ['carrier'], { party: ids.carrier }, '/parcels'),
  member('celso', 'Celso Capo', ['operator'], { party: ids.operator }, '/demo/aircraft'),
  member('fausto', 'Fausto Vallino', ['operator'], { party: ids.dryPort }, '/transfers'),
  member('nives', 'Nives Altomare', ['officer'], { authority: 'customs' }, '/queue'),
  member('orso', 'Orso Vellani', ['officer'], { authority: 'quarantine' }, '/queue'),
  member('marina', 'Marina Scogliera', ['officer'], { authority: 'commerce' }, '/law/changes'),
  member('dora', 'Dora Salsedo', ['officer'], { authority: 'tax' }, '/parcels'),
  member('alba', 'Alba Ripamare', ['payer'], { party: ids.consumer }, '/parcels'),
  member('gildo', 'Gildo Ormeggi', ['payer'], { party: ids.guarantor }, '/notices'),
  member('ilda', 'Ilda Bonaccia', ['administrator'], {}, '/admin/people'),
  member('lino', 'Lino Cabotti', ['auditor'], { authority: 'court-of-accounts' }, '/parcels'),
];

/** The name of an API client of the cast. */
export const castClient = {
  name: 'Lantern Workshop, shop system',
  party: ids.seller,
  scopes: ['file', 'read'],
} as const;
