import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type Action,
  actions,
  anonymous,
  type Mandate,
  may,
  mandated,
  type Principal,
  places,
  type RecordRef,
  type Representation,
  roles,
  scopes,
  seen,
  view,
} from './auth.ts';
import { tries } from '../../test/support/long.ts';

const partyNames = ['P1', 'P2', 'P3'];
const authorityNames = ['customs', 'tax'];
const days = ['2026-06-30', '2026-07-01', '2026-07-02', '2026-07-03'];
const classes = ['goods', 'value', 'transport', 'consignee', 'movement', 'charges', 'case', '*', 'nothing-known'];
const aims = ['clear', 'inspect', 'tax', 'read', 'dispose', 'administer', 'register', 'propose-law', 'approve-law'];

const period = {
  from: fc.constantFrom(...days),
  until: fc.option(fc.constantFrom(...days), { nil: null }),
};
const representation: fc.Arbitrary<Representation> = fc.record({
  represented: fc.constantFrom(...partyNames),
  representative: fc.constantFrom(...partyNames),
  kind: fc.constantFrom('direct', 'indirect'),
  scope: fc.subarray(['file', 'read', 'pay', 'guarantee']),
  ...period,
  chain: fc.constant([]),
});
const mandate: fc.Arbitrary<Mandate> = fc.record({
  authority: fc.constantFrom(...authorityNames),
  element: fc.constantFrom(...classes),
  purpose: fc.constantFrom(...aims),
  reference: fc.constant('Act 1'),
  ...period,
});
const principal: fc.Arbitrary<Principal> = fc.record({
  subject: fc.constant('someone'),
  name: fc.constant('Someone'),
  client: fc.option(fc.constant('key'), { nil: null }),
  party: fc.option(fc.constantFrom(...partyNames), { nil: null }),
  authority: fc.option(fc.constantFrom(...authorityNames), { nil: null }),
  roles: fc.subarray([...roles]),
  representations: fc.array(representation, { maxLength: 3 }),
  mandates: fc.array(mandate, { maxLength: 3 }),
  scopes: fc.subarray([...scopes]),
  assurance: fc.constantFrom('none', 'key', 'password', 'demo', 'passkey'),
  on: fc.constantFrom(...days),
});
const record: fc.Arbitrary<RecordRef> = fc
  .record({
    kind: fc.constantFrom(
      'consignment',
      'slip',
      'event',
      'webhook',
      'key',
      'case',
      'manifest',
      'arrival',
      'departure',
      'notice',
      'account',
      'party',
      'registration',
      'affairs',
      'client',
      'reference',
      'pack',
      'law',
      'replay',
    ),
    id: fc.constant('r'),
    parties: fc.dictionary(
      fc.constantFrom(...places),
      fc.uniqueArray(fc.constantFrom(...partyNames), { maxLength: 2 }),
      {
        noNullPrototype: true,
      },
    ),
    desk: fc.option(fc.constantFrom('customs', 'customs/parcels', 'customsx', 'tax'), { nil: null }),
  })
  .chain((it) => fc.constantFrom<RecordRef>(it, { ...it, author: 'someone' }, { ...it, author: 'another' }));
const action = fc.constantFrom(...actions);

// The specification, written from the law's side and without the tables: plain sentences, one after another.

const inPeriod = (it: { from: string; until: string | null }, on: string): boolean =>
  !(on < it.from) && !(it.until !== null && on >= it.until);

/** The parties for whom somebody may speak in a matter: his own, and whom it represents on that day for that matter. */
function voices(who: Principal, matter: string): Set<string> {
  const found = new Set<string>();
  if (who.party === null) return found;
  found.add(who.party);
  for (const one of who.representations) {
    if (one.representative !== who.party || !inPeriod(one, who.on)) continue;
    if (one.scope.some((scope) => scope === matter)) found.add(one.represented);
  }
  return found;
}
const namedAt = (it: RecordRef, at: readonly string[], who: Set<string>): boolean =>
  Object.entries(it.parties).some(([place, there]) => at.includes(place) && there.some((one) => who.has(one)));
const competent = (who: Principal, forWhat: readonly string[]): boolean =>
  who.mandates.some((one) => one.authority === who.authority && inPeriod(one, who.on) && forWhat.includes(one.purpose));
const person = (who: Principal, ...any: string[]): boolean =>
  who.client === null && who.roles.some((role) => any.includes(role));
const key = (who: Principal, scope: string): boolean => who.client !== null && who.scopes.includes(scope);
const everyPurpose = ['clear', 'inspect', 'tax', 'read', 'dispose'];
const trader = ['filer', 'seller', 'carrier', 'operator', 'payer'];

function allowed(who: Principal, what: Action, it: RecordRef): boolean {
  if ((what === 'reference.read' || what === 'law.read') && it.kind === 'pack') return true;
  if (what === 'tariff.read' && it.kind === 'tariff') return true;
  if (who.assurance === 'none') return false;
  const reads = person(who, ...trader) || key(who, 'read');
  const officerReads = person(who, 'officer', 'auditor') || key(who, 'read');
  const ownDesk =
    it.desk === null || it.desk === who.authority || it.desk.split('/').slice(0, -1).join('/') === who.authority;
  const runs = person(who, 'administrator') || key(who, 'administer');
  switch (what) {
    case 'consignment.file':
      return (person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, ['filer'], voices(who, 'file'));
    case 'consignment.read':
      return (
        (reads && namedAt(it, Object.keys(it.parties), voices(who, 'read'))) ||
        (officerReads && competent(who, everyPurpose))
      );
    case 'consignment.cancel':
      return (
        (person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, ['filer', 'declarant'], voices(who, 'file'))
      );
    case 'consignment.return': {
      const at = ['filer', 'declarant', 'seller', 'platform'];
      return (person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, at, voices(who, 'file'));
    }
    case 'consignment.amend':
      return (person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, ['filer'], voices(who, 'file'));
    case 'consignment.redetermine':
      return (
        ((person(who, 'filer', 'seller', 'payer') || key(who, 'file')) &&
          namedAt(it, ['filer', 'declarant', 'importer'], voices(who, 'file'))) ||
        ((person(who, 'officer') || key(who, 'file')) && ownDesk && competent(who, ['clear', 'tax']))
      );
    case 'case.read': {
      const at = ['filer', 'declarant', 'importer', 'seller', 'consignor', 'payer', 'platform', 'consignee'];
      return (reads && namedAt(it, at, voices(who, 'read'))) || (officerReads && competent(who, everyPurpose));
    }
    case 'case.answer':
      return (
        (person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, ['filer', 'consignee'], voices(who, 'file'))
      );
    case 'case.claim':
    case 'case.decide':
      return (
        (person(who, 'officer') || key(who, 'file')) &&
        ownDesk &&
        competent(who, ['clear', 'inspect', 'tax', 'dispose'])
      );
    case 'order.file':
      return (person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, ['platform'], voices(who, 'file'));
    case 'payment.file':
      return (person(who, 'filer', 'payer') || key(who, 'file')) && namedAt(it, ['provider'], voices(who, 'file'));
    case 'transport.file':
      return (person(who, 'filer', 'carrier') || key(who, 'file')) && namedAt(it, ['carrier'], voices(who, 'file'));
    case 'slip.read': {
      const at = ['platform', 'provider', 'carrier', 'filer', 'declarant'];
      return (reads && namedAt(it, at, voices(who, 'read'))) || (officerReads && competent(who, everyPurpose));
    }
    case 'draft.keep':
      return (person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, ['filer'], voices(who, 'file'));
    case 'message.send':
      return (person(who, ...trader) || key(who, 'file')) && namedAt(it, ['filer'], voices(who, 'file'));
    case 'message.read':
      return reads && namedAt(it, ['filer'], voices(who, 'read'));
    case 'webhook.read':
      return reads && namedAt(it, ['subscriber'], voices(who, 'read'));
    case 'webhook.administer':
      return (person(who, ...trader) || key(who, 'file')) && namedAt(it, ['subscriber'], voices(who, 'file'));
    case 'key.read':
      return reads && namedAt(it, ['subscriber'], voices(who, 'read'));
    case 'key.administer':
      return (
        (person(who, 'filer', 'carrier', 'operator') || key(who, 'administer')) &&
        namedAt(it, ['subscriber'], voices(who, 'administer'))
      );
    case 'manifest.file':
      return (person(who, 'carrier') || key(who, 'file')) && namedAt(it, ['carrier'], voices(who, 'file'));
    case 'stock.keep':
      return (person(who, 'operator') || key(who, 'file')) && namedAt(it, ['filer'], voices(who, 'file'));
    case 'stock.count':
      return (
        ((person(who, 'operator') || key(who, 'file')) && namedAt(it, ['filer'], voices(who, 'file'))) ||
        ((person(who, 'officer') || key(who, 'file')) && competent(who, ['clear', 'inspect']))
      );
    case 'stock.read':
      return (
        (reads && namedAt(it, ['filer', 'seller'], voices(who, 'read'))) ||
        (officerReads && competent(who, everyPurpose))
      );
    case 'arrival.report':
    case 'departure.report':
      return (person(who, 'operator') || key(who, 'file')) && namedAt(it, ['operator'], voices(who, 'file'));
    case 'scan.read':
      return (
        ((person(who, 'operator', 'carrier') || key(who, 'read')) &&
          namedAt(it, ['operator', 'carrier'], voices(who, 'read'))) ||
        ((person(who, 'officer') || key(who, 'read')) && competent(who, ['clear', 'inspect']))
      );
    case 'notice.read': {
      const at = ['payer', 'guarantor', 'filer', 'declarant', 'importer'];
      return (
        (reads && namedAt(it, at, voices(who, 'read'))) || (officerReads && competent(who, ['tax', 'clear', 'read']))
      );
    }
    case 'notice.pay':
      return (
        (person(who, 'payer', 'filer') || key(who, 'pay')) && namedAt(it, ['payer', 'guarantor'], voices(who, 'pay'))
      );
    case 'bank-statement.file':
      return (person(who, 'officer') || key(who, 'file')) && competent(who, ['tax']);
    case 'bank-statement.read':
      return officerReads && competent(who, ['tax', 'read']);
    case 'receipt.file':
      return (person(who, 'filer', 'payer') || key(who, 'file')) && namedAt(it, ['provider'], voices(who, 'file'));
    case 'receipt.read':
      return (
        (reads && namedAt(it, ['provider', 'seller'], voices(who, 'read'))) ||
        (officerReads && competent(who, ['read', 'tax', 'clear']))
      );
    case 'movement.tell':
      return (
        (person(who, 'carrier', 'operator', 'filer', 'payer') || key(who, 'file')) &&
        namedAt(it, ['carrier', 'operator', 'provider'], voices(who, 'file'))
      );
    case 'service.file':
      return (
        (person(who, 'filer', 'seller', 'payer') || key(who, 'file')) && namedAt(it, ['filer'], voices(who, 'file'))
      );
    case 'service.read':
      return (
        (reads && namedAt(it, ['filer', 'seller', 'importer'], voices(who, 'read'))) ||
        (officerReads && competent(who, ['tax', 'read']))
      );
    case 'tariff.publish':
      return (person(who, 'operator') || key(who, 'file')) && namedAt(it, ['operator'], voices(who, 'file'));
    case 'tariff.read':
      return false;
    case 'account.read':
      return (
        (reads && namedAt(it, ['guarantor', 'payer'], voices(who, 'read'))) ||
        (officerReads && competent(who, ['tax', 'clear', 'read']))
      );
    case 'transfer.prepare':
      return (person(who, 'carrier') || key(who, 'file')) && namedAt(it, ['carrier'], voices(who, 'file'));
    case 'transfer.report':
      return (person(who, 'operator') || key(who, 'file')) && namedAt(it, ['operator'], voices(who, 'file'));
    case 'transfer.read': {
      const at = ['carrier', 'operator', 'guarantor', 'declarant'];
      return (
        (reads && namedAt(it, at, voices(who, 'read'))) ||
        (officerReads && competent(who, ['clear', 'inspect', 'tax', 'read']))
      );
    }
    case 'registration.read':
      return (
        it.author === who.subject ||
        runs ||
        ((person(who, 'officer') || key(who, 'read')) && ownDesk && competent(who, ['register']))
      );
    case 'registration.decide':
      return runs || ((person(who, 'officer') || key(who, 'administer')) && ownDesk && competent(who, ['register']));
    case 'affairs.read':
      return (person(who, ...trader, 'manager') || key(who, 'read')) && namedAt(it, ['party'], voices(who, 'read'));
    case 'affairs.offer':
      return (person(who, 'manager') || key(who, 'file')) && namedAt(it, ['party'], voices(who, 'file'));
    case 'affairs.manage':
      return (person(who, 'manager') || key(who, 'administer')) && namedAt(it, ['party'], voices(who, 'administer'));
    case 'party.administer':
    case 'client.administer':
      return runs;
    case 'reference.read':
      return runs || (officerReads && competent(who, everyPurpose));
    case 'law.read':
      return officerReads && competent(who, ['propose-law', 'approve-law']);
    case 'law.decide':
      return (person(who, 'officer') || key(who, 'file')) && competent(who, ['propose-law', 'approve-law']);
    case 'reference.administer':
      return runs || ((person(who, 'officer') || key(who, 'administer')) && competent(who, ['administer']));
    case 'replay.start':
      return (person(who, 'officer') || key(who, 'file')) && competent(who, ['propose-law', 'approve-law', 'tax']);
    case 'replay.read':
      return officerReads && competent(who, ['propose-law', 'approve-law', 'tax', 'clear', 'read']);
    case 'summary.close':
      return (
        ((person(who, 'filer', 'seller') || key(who, 'file')) && namedAt(it, ['declarant'], voices(who, 'file'))) ||
        ((person(who, 'officer') || key(who, 'file')) && competent(who, ['clear', 'tax']))
      );
    case 'summary.read':
      return (
        (reads && namedAt(it, ['declarant'], voices(who, 'read'))) || (officerReads && competent(who, everyPurpose))
      );
    case 'statistics.read':
      return officerReads && competent(who, everyPurpose);
    case 'journal.read':
      return runs || ((person(who, 'auditor') || key(who, 'read')) && competent(who, ['read']));
    default:
      throw new Error(`the specification says nothing about ${String(what satisfies never)}`);
  }
}

test('may answers as the written specification does, for users, representations, mandates and records of every kind', () => {
  let granted = 0;
  fc.assert(
    fc.property(principal, action, record, (who, what, it) => {
      const answer = may(who, what, it);
      if (answer) granted += 1;
      assert.equal(answer, allowed(who, what, it));
    }),
    { numRuns: tries(20_000) },
  );
  // The comparison would say nothing if hardly anybody were ever let in.
  assert.ok(granted > 500, `only ${granted} were let in`);
});

test('taking away a representation, a mandate, a role, a scope, the party or the sign-in never grants anything', () => {
  fc.assert(
    fc.property(principal, action, record, fc.nat(), (who, what, it, at) => {
      const without = <T>(list: readonly T[]): T[] =>
        list.filter((_, index) => index !== at % Math.max(list.length, 1));
      const poorer: Principal[] = [
        { ...who, representations: without(who.representations) },
        { ...who, mandates: without(who.mandates) },
        { ...who, roles: without(who.roles) },
        { ...who, scopes: without(who.scopes) },
        { ...who, party: null },
        { ...who, authority: null },
        { ...who, assurance: 'none' },
      ];
      const before = seen(who, it);
      for (const less of poorer) {
        assert.ok(may(who, what, it) || !may(less, what, it));
        for (const element of seen(less, it)) assert.ok(before.has(element), `${element} appeared`);
      }
    }),
    { numRuns: tries(5_000) },
  );
});

test('a representation holds from its first day and no longer on its last, a mandate likewise', () => {
  const it: RecordRef = { kind: 'consignment', id: 'r', parties: { filer: ['P2'] }, desk: null };
  const agent: Principal = {
    ...anonymous('2026-07-01'),
    assurance: 'password',
    party: 'P1',
    roles: ['filer'],
    representations: [
      {
        represented: 'P2',
        representative: 'P1',
        kind: 'direct',
        scope: ['file'],
        from: '2026-07-01',
        until: '2026-07-03',
        chain: [],
      },
    ],
  };
  const files = (on: string): boolean => may({ ...agent, on }, 'consignment.file', it);
  assert.deepEqual(days.map(files), [false, true, true, false]);
  const officer: Principal = {
    ...anonymous('2026-07-01'),
    assurance: 'password',
    authority: 'customs',
    roles: ['officer'],
    mandates: [
      {
        authority: 'customs',
        element: '*',
        purpose: 'clear',
        reference: 'Act 1',
        from: '2026-07-01',
        until: '2026-07-03',
      },
    ],
  };
  const reads = (on: string): boolean => may({ ...officer, on }, 'consignment.read', it);
  assert.deepEqual(days.map(reads), [false, true, true, false]);
  assert.deepEqual(
    days.map((on) => mandated({ ...officer, on }, 'clear')),
    [false, true, true, false],
  );
});

test('a principal who was given no day is let in by no period', () => {
  const { on: _, ...timeless } = anonymous('2026-07-01');
  const it: RecordRef = { kind: 'consignment', id: 'r', parties: {}, desk: null };
  const mandates = [{ authority: 'tax', element: '*', purpose: 'tax', reference: '', from: '2000-01-01', until: null }];
  const who = { ...timeless, assurance: 'password', authority: 'tax', roles: ['officer'], mandates };
  // The cast plays a caller whose types were wrong.
  assert.equal(may(who as unknown as Principal, 'consignment.read', it), false);
});

// Data whose every leaf says by hand which classes it tells about, so that what leaves can be judged without the
// tables.
const parcel = {
  id: 'key',
  status: 'movement',
  filer: 'parties',
  border: { currency: 'charges', amount: 'charges' },
  charges: [{ id: 'charges', amount: 'charges' }],
  checks: [{ id: 'decision' }],
  declaredValue: { amount: 'value' },
  accounts: { yearly: 'consignee value' },
  raw: 'goods value order payment transport consignee parties',
  invented: 'nobody',
  body: {
    orders: [{ number: 'order', platform: 'parties', buyer: 'consignee', total: 'order value' }],
    payments: [{ reference: 'payment', payer: 'consignee', amount: 'payment value' }],
    transports: [{ document: 'transport', pieces: [{ barcode: 'transport' }] }],
    declaration: {
      id: 'key',
      declarant: 'parties',
      destination: 'movement',
      consignee: { name: { text: 'consignee' }, address: { city: 'consignee' }, private: 'consignee' },
      consignor: { name: { text: 'parties' } },
      freight: { amount: 'value' },
      goods: [{ line: 'goods', description: { text: 'goods' }, price: { amount: 'value' }, secret: 'nobody' }],
      '': 'nobody',
    },
  },
};

function leaves(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
  return [String(value)];
}

/** Which classes somebody sees of a consignment, place by place and mandate by mandate. */
function visible(who: Principal, it: RecordRef): Set<string> {
  const sum = new Set<string>();
  if (who.assurance === 'none') return sum;
  const stands = (...at: string[]): boolean =>
    (person(who, ...trader) || key(who, 'read')) && namedAt(it, at, voices(who, 'read'));
  const add = (...more: string[]): void => more.forEach((one) => sum.add(one));
  const trade = [
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
  ];
  if (stands('filer', 'declarant')) add(...trade, 'consignee');
  if (stands('importer', 'seller', 'platform')) add(...trade);
  if (stands('consignor')) add('goods', 'transport', 'parties', 'decision', 'movement', 'case');
  if (stands('carrier', 'operator')) add('transport', 'movement');
  if (stands('provider')) add('payment', 'value', 'movement');
  if (stands('guarantor')) add('parties', 'charges', 'movement');
  if (stands('payer')) add('goods', 'value', 'parties', 'decision', 'charges', 'movement', 'case');
  if (stands('consignee')) add('goods', 'value', 'transport', 'decision', 'charges', 'movement', 'case');
  if (stands('subscriber')) add('administration');
  if (stands('party')) add('parties', 'administration');
  if (person(who, 'officer', 'auditor') || key(who, 'read')) {
    for (const one of who.mandates) {
      if (one.authority !== who.authority || !inPeriod(one, who.on) || !everyPurpose.includes(one.purpose)) continue;
      if (one.element === '*') add(...trade, 'consignee', 'administration', 'law');
      else if (one.element !== 'nothing-known') add(one.element);
    }
  }
  return sum;
}

test('view lets out every leaf whose classes are seen, and not one that no rule names', () => {
  fc.assert(
    fc.property(principal, record, (who, it) => {
      const ref: RecordRef = { ...it, kind: 'consignment' };
      const sees = visible(who, ref);
      const wanted = leaves(parcel).filter((leaf) =>
        leaf === 'key' ? sees.size > 0 : leaf.split(' ').every((one) => sees.has(one)),
      );
      assert.deepEqual(leaves(view(who, { ...ref, data: parcel })), wanted);
      assert.deepEqual([...seen(who, ref)].sort(), [...sees].sort());
    }),
    { numRuns: tries(5_000) },
  );
});

test('only who may read a record sees anything of it', () => {
  const kinds: [RecordRef['kind'], Action][] = [
    ['summary', 'summary.read'],
    ['statistics', 'statistics.read'],
    ['consignment', 'consignment.read'],
    ['slip', 'slip.read'],
    ['event', 'consignment.read'],
    ['webhook', 'webhook.read'],
    ['key', 'key.read'],
    ['case', 'case.read'],
    ['manifest', 'consignment.read'],
    ['arrival', 'consignment.read'],
    ['departure', 'consignment.read'],
    ['notice', 'notice.read'],
    ['bill', 'notice.read'],
    ['bank-statement', 'bank-statement.read'],
    ['account', 'account.read'],
    ['service', 'service.read'],
    ['receipt', 'receipt.read'],
    ['party', 'party.administer'],
    ['client', 'client.administer'],
    ['reference', 'reference.read'],
    ['pack', 'reference.read'],
    ['replay', 'replay.read'],
  ];
  fc.assert(
    fc.property(principal, record, fc.constantFrom(...kinds), (who, it, [kind, reads]) => {
      const ref: RecordRef = { ...it, kind };
      if (!may(who, reads, ref)) assert.equal(seen(who, ref).size, 0);
    }),
    { numRuns: tries(5_000) },
  );
});

const trading = (party: string, role: Principal['roles'][number]): Principal => ({
  ...anonymous('2026-07-01'),
  assurance: 'password',
  party,
  roles: [role],
});
const standing: RecordRef = {
  kind: 'consignment',
  id: 'r',
  parties: { filer: ['D'], declarant: ['D'], seller: ['S'], carrier: ['C'], operator: ['O'] },
  desk: null,
};

test('the consignee leaves to the declarant, and to no seller, carrier, operator or stranger', () => {
  const told = (who: Principal): boolean => seen(who, standing).has('consignee');
  assert.equal(told(trading('D', 'filer')), true);
  for (const [party, role] of [
    ['S', 'seller'],
    ['C', 'carrier'],
    ['O', 'operator'],
    ['X', 'filer'],
  ] as const) {
    assert.equal(told(trading(party, role)), false, party);
  }
  assert.deepEqual(view(trading('X', 'filer'), { ...standing, data: parcel }), {});
});

test('the carrier sees transport, movement and status, and no price', () => {
  const sees = view(trading('C', 'carrier'), { ...standing, data: parcel });
  assert.deepEqual(sees, {
    id: 'key',
    status: 'movement',
    body: { transports: parcel.body.transports, declaration: { id: 'key', destination: 'movement' } },
  });
});

test('of an event each place sees what it sees of the parcel: a carrier no outcome, a guarantor no reason', () => {
  const data = {
    id: 'e',
    kind: 'clearance.decided',
    parcel: 'p',
    status: 'control',
    outcome: 'control',
    reasons: [{ code: 'risk/selected' }],
    border: { currency: 'XPN', amount: '1.00' },
    case: { move: 'ask' },
    consignee: 'nobody',
  };
  const told = (party: string, role: Principal['roles'][number], parties: RecordRef['parties']): object =>
    view(trading(party, role), { kind: 'event', id: 'e', parties, desk: null, data });
  const basis = { id: 'e', kind: 'clearance.decided', parcel: 'p', status: 'control' };
  const { consignee: _, ...all } = data;
  assert.deepEqual(told('D', 'filer', { filer: ['D'] }), all);
  assert.deepEqual(told('C', 'carrier', { carrier: ['C'] }), basis);
  assert.deepEqual(told('G', 'payer', { guarantor: ['G'] }), { ...basis, border: data.border });
  assert.deepEqual(told('X', 'filer', { filer: ['D'] }), {});
});

test('a webhook is seen by the party it belongs to, and its secret by nobody', () => {
  const data = { id: 'w', url: 'https://consumer.example/', secret: 'whsec_AA==' };
  const webhook: RecordRef = { kind: 'webhook', id: 'w', parties: { subscriber: ['D'] }, desk: null };
  assert.deepEqual(view(trading('D', 'filer'), { ...webhook, data }), { id: 'w', url: data.url });
  assert.deepEqual(view(trading('X', 'filer'), { ...webhook, data }), {});
  assert.equal(may(trading('X', 'filer'), 'webhook.administer', webhook), false);
});

test('the public sees nothing but packs', () => {
  const public_: Principal = anonymous('2026-07-01');
  fc.assert(
    fc.property(record, (it) => {
      assert.deepEqual(
        view(public_, { ...it, data: { id: 'x', status: 'y' } }),
        it.kind === 'pack' ? { id: 'x', status: 'y' } : {},
      );
    }),
  );
});

test('a member that came with the prototype names no rule', () => {
  const data = JSON.parse(
    '{"id":"key","constructor":"nobody","__proto__":{"status":"nobody"},"toString":"nobody"}',
  ) as object;
  assert.deepEqual(view(trading('D', 'filer'), { ...standing, data }), { id: 'key' });
});
