import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Vitals } from '#platform/vitals.ts';
import * as find from './findings.ts';

const sound: Vitals = {
  version: 180_004,
  encoding: 'UTF8',
  fsync: 'on',
  synchronousCommit: 'on',
  fullPageWrites: 'on',
  now: 1_795_000_000_000,
  oldestSeconds: 1,
  prepared: 0,
  connections: 3,
  connectionsMax: 60,
  bytes: 1,
};
const states = (found: readonly find.Finding[]): string => found.map(({ state }) => state).join(' ');
const hour = 3_600;

test('every finding that is not well says what to do about it', () => {
  const all = [
    find.disk('/data', 5e8),
    find.disk('/data', 2e9),
    find.archived(30, 2, 0),
    find.official('/schemas', null),
    find.official('/schemas', [
      { file: 'a.xsd', said: 'Premature end of data' },
      { file: 'b.xsd', said: 'Document is empty' },
    ]),
    ...find.durable({ ...sound, fsync: 'off', version: 140_000 }),
    find.schema(undefined),
    find.schema({ kind: 'newer', run: [], missing: [], strange: ['clearance/9'] }),
    find.schema({ kind: 'other', run: [], missing: [], strange: ['clearance/1'] }),
    find.followers([{ name: 'home-figures', seconds: 200 }], true),
    find.followers([{ name: 'home-figures', seconds: 20_000 }], true),
    find.transactions({ ...sound, oldestSeconds: hour }),
    find.transactions({ ...sound, prepared: 1 }),
    find.clock(sound, sound.now + 5_000),
    find.clock(sound, sound.now - 90_000),
    ...find.backups({ backup: null, proved: null, failed: null }, sound.now),
    find.partitions(1, true),
    find.packs('xp', [{ id: 'xp', version: '1', status: 'draft' }]),
  ];
  for (const { state, says, remedy } of all) {
    assert.notEqual(state, 'well', says);
    assert.match(remedy ?? '', /^.+\.$/);
    assert.match(says, /^.+\.$/);
  }
});

test('a server that gives up durability is wrong, by the name of the setting', () => {
  assert.equal(states(find.durable(sound)), 'well well');
  for (const [setting, name] of [
    [{ fsync: 'off' }, 'fsync'],
    [{ synchronousCommit: 'off' }, 'synchronous_commit'],
    [{ fullPageWrites: 'off' }, 'full_page_writes'],
  ] as const) {
    const [, durable] = find.durable({ ...sound, ...setting });
    assert.equal(durable?.state, 'wrong');
    assert.match(durable?.says ?? '', new RegExp(`: ${name} is off`));
  }
});

test('followers are judged by the slowest, and not while the window is closed', () => {
  const lags = [
    { name: 'a', seconds: 0 },
    { name: 'b', seconds: 1_000 },
  ];
  assert.equal(find.followers(lags.slice(0, 1), true).state, 'well');
  assert.equal(find.followers(lags, true).state, 'wrong');
  assert.equal(find.followers(lags, false).state, 'warn');
  assert.match(find.followers(lags, true).says, /^b by 16 minutes/);
});

test('a backup is well for a day, to be looked at for a week, and then wrong', () => {
  const at = (hours: number): string => new Date(sound.now - hours * hour * 1_000).toISOString();
  const judged = (hours: number): string =>
    states(find.backups({ backup: at(hours), proved: at(hours), failed: null }, sound.now));
  assert.equal(judged(3), 'well well');
  assert.equal(judged(30), 'warn well');
  assert.equal(judged(24 * 9), 'wrong well');
  assert.equal(judged(24 * 40), 'wrong warn');
  assert.equal(states(find.backups({ backup: at(1), proved: null, failed: at(1) }, sound.now)), 'well wrong');
});

test('ages are told in the largest unit that they fill', () => {
  assert.deepEqual([1, 59, 60, 7_200, 100_000, 200_000].map(find.ageText), [
    '1 second',
    '59 seconds',
    '1 minute',
    '2 hours',
    '27 hours',
    '2 days',
  ]);
});
