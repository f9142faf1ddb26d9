import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Part, Snapshot } from '#platform/snapshot.ts';
import { directoryOf, type RegisteredRepresentation, registered, represented, representationsOf } from './directory.ts';
import type { Party } from './model.ts';
import { tries } from '../../../test/support/long.ts';

const party = (identifier: string, more: Partial<Party> = {}): Party => ({
  id: '0198c0de-0000-7000-8000-000000000001',
  identifier,
  name: identifier,
  language: 'en',
  latin: null,
  roles: ['declarant'],
  status: 'active',
  from: '2026-01-01',
  until: null,
  ...more,
});
let count = 0;
const act = (
  representative: string,
  giver: string,
  more: Partial<RegisteredRepresentation> = {},
): RegisteredRepresentation => ({
  id: `r${(count += 1)}`,
  represented: giver,
  representative,
  kind: 'direct',
  onward: false,
  scope: ['file'],
  chain: [],
  from: '2026-01-01',
  until: null,
  ...more,
});
function snapshotOf(parties: Party[], representations: RegisteredRepresentation[]): Snapshot {
  const data: unknown = directoryOf({ parties, authorities: [], representations, mandates: [], clients: [] });
  // The one part that is asked for is this one.
  return {
    epoch: 1n,
    digest: '',
    parts: {},
    get: <T>(part: Part<T>): T => (part.name === 'parties' ? data : undefined) as T,
  };
}
const reasonOf = (check: { result: string; reason: string }): string => `${check.result} ${check.reason}`;

test('a registration counts in its role, while it is active, from its first day until its last', () => {
  const snapshot = snapshotOf(
    [party('A', { from: '2026-07-01', until: '2026-08-01' }), party('B', { status: 'suspended' })],
    [],
  );
  const ask = (identifier: string, role: 'declarant' | 'importer', on: string): string =>
    reasonOf(registered(snapshot, identifier, role, on));
  assert.equal(ask('A', 'declarant', '2026-06-30'), 'failed parties/not-registered');
  assert.equal(ask('A', 'declarant', '2026-07-01'), 'passed parties/registered');
  assert.equal(ask('A', 'declarant', '2026-07-31'), 'passed parties/registered');
  assert.equal(ask('A', 'declarant', '2026-08-01'), 'failed parties/not-registered');
  assert.equal(ask('A', 'importer', '2026-07-01'), 'failed parties/role-not-registered');
  assert.equal(ask('B', 'declarant', '2026-07-01'), 'failed parties/suspended');
  assert.equal(ask('nobody', 'declarant', '2026-07-01'), 'failed parties/not-registered');
});

test('a representation counts for its scope within its dates, and only for an active representative', () => {
  const parties = [party('agent'), party('owner'), party('gone', { status: 'suspended' })];
  const snapshot = snapshotOf(parties, [
    act('agent', 'owner', { from: '2026-07-01', until: '2026-07-03' }),
    act('gone', 'owner'),
  ]);
  const ask = (who: string, scope: string, on: string): string =>
    reasonOf(represented(snapshot, who, 'owner', scope, on));
  assert.equal(ask('agent', 'file', '2026-06-30'), 'failed parties/not-represented');
  assert.equal(ask('agent', 'file', '2026-07-02'), 'passed parties/represented');
  assert.equal(ask('agent', 'file', '2026-07-03'), 'failed parties/not-represented');
  assert.equal(ask('agent', 'pay', '2026-07-02'), 'failed parties/not-represented');
  assert.equal(ask('gone', 'file', '2026-07-02'), 'failed parties/representative-not-active');
  assert.equal(ask('owner', 'file', '2026-07-02'), 'failed parties/not-represented');
});

test('a chain holds while each of its links holds, and the check names it', () => {
  const parties = ['owner', 'broker', 'agent'].map((name) => party(name));
  const links = [
    act('broker', 'owner', { until: '2026-09-01' }),
    act('agent', 'broker'),
    act('agent', 'owner', { chain: ['broker'], kind: 'indirect' }),
  ];
  const snapshot = snapshotOf(parties, links);
  const check = represented(snapshot, 'agent', 'owner', 'file', '2026-08-31');
  assert.equal(check.result, 'passed');
  assert.deepEqual(check.params, {
    representative: 'agent',
    represented: 'owner',
    scope: 'file',
    kind: 'indirect',
    chain: 'broker',
  });
  assert.equal(reasonOf(represented(snapshot, 'agent', 'owner', 'file', '2026-09-01')), 'failed parties/chain-broken');
  const without = snapshotOf(parties, links.slice(1));
  assert.equal(reasonOf(represented(without, 'agent', 'owner', 'file', '2026-08-31')), 'failed parties/chain-broken');
  const suspended = snapshotOf([party('owner'), party('agent'), party('broker', { status: 'suspended' })], links);
  assert.equal(reasonOf(represented(suspended, 'agent', 'owner', 'file', '2026-08-31')), 'failed parties/chain-broken');
});

test('the representations a principal is given are those that the check of a parcel would pass', () => {
  const names = ['P1', 'P2', 'P3'];
  const days = ['2026-07-01', '2026-07-02', '2026-07-03'];
  const link = fc
    .record({
      represented: fc.constantFrom(...names),
      representative: fc.constantFrom(...names),
      scope: fc.subarray(['file', 'read'], { minLength: 1 }),
      from: fc.constantFrom(...days),
      until: fc.option(fc.constantFrom('2026-07-02', '2026-07-03', '2026-07-04'), { nil: null }),
      chain: fc.subarray(names, { maxLength: 1 }),
    })
    .filter(
      (one) =>
        one.represented !== one.representative &&
        !one.chain.includes(one.represented) &&
        !one.chain.includes(one.representative),
    );
  const statuses = fc.dictionary(fc.constantFrom(...names), fc.boolean(), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(link, { maxLength: 6 }), statuses, fc.constantFrom(...days), (links, alive, on) => {
      const parties = names.map((name) => party(name, { status: alive[name] === true ? 'active' : 'suspended' }));
      const rows = links.map((one) => act(one.representative, one.represented, one));
      const snapshot = snapshotOf(parties, rows);
      const directory = directoryOf({ parties, authorities: [], representations: rows, mandates: [], clients: [] });
      for (const who of names.filter((name) => alive[name] === true)) {
        const held = representationsOf(directory, who, on);
        for (const whom of names) {
          for (const scope of ['file', 'read']) {
            const may = held.some((one) => one.represented === whom && one.scope.includes(scope));
            assert.equal(may, represented(snapshot, who, whom, scope, on).result === 'passed');
          }
        }
      }
    }),
    { numRuns: tries(2_000) },
  );
});
