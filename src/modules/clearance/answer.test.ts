import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shared } from '#kernel/check.ts';
import { type Principal, seesAll, view } from '#platform/auth.ts';
import { answerText } from './answer.ts';
import type { Answer } from './model.ts';

const check = {
  id: 'limit',
  result: 'passed',
  reason: 'passed',
  params: {},
  rule: 'r',
  source: 's',
  missing: [],
} as const;
const decision: Answer['decision'] = {
  outcome: 'cleared',
  checks: [shared({ ...check, params: {}, missing: [] }), { ...check, id: 'é"', params: { a: 'b' }, missing: [] }],
  ground: 'clearance/every-check-passed',
  remedy: null,
  desk: null,
  automated: true,
  by: 'engine',
  day: '2026-11-25',
  snapshot: '00',
};
const amount = { currency: 'EUR', amount: '1.00' };
const determination: NonNullable<Answer['determination']> = {
  pack: { id: 'xp', version: '1', hash: '00', status: 'draft' },
  engine: 1,
  day: '2026-11-25',
  event: 'entry',
  route: 'low-value',
  decided: true,
  otherRoute: null,
  missing: [],
  values: { intrinsic: amount },
  charges: [],
  totals: { border: amount, elsewhere: amount },
  counts: [],
  obligations: [],
  slips: { need: [], missing: [], withinHours: null },
  release: { needs: [] },
  unconfirmed: [],
};
const answer: Answer = {
  id: '019ab000-0000-7000-8000-000000000001',
  declaration: 'D "1"',
  version: 1,
  status: 'cleared',
  received: '2026-11-25T08:15:00.000Z',
  secured: true,
  decision,
  determination,
};
const filer: Principal = {
  subject: 's',
  name: '',
  client: 'c',
  party: 'XP-1',
  authority: null,
  roles: [],
  representations: [],
  mandates: [],
  scopes: ['file', 'read'],
  assurance: 'key',
  on: '2026-11-25',
};
const record = { kind: 'consignment', id: answer.id, parties: { filer: ['XP-1'] }, desk: null } as const;

test('an answer is written as JSON writes it', () => {
  assert.equal(answerText(answer), JSON.stringify(answer));
});

test('who sees everything of a parcel is answered all that a view lets out, and who sees less does not see everything', () => {
  assert.equal(seesAll(filer, record), true);
  const waiting: Answer = { ...answer, status: 'waiting', determination: null };
  for (const one of [answer, waiting])
    assert.equal(JSON.stringify(view(filer, { ...record, data: one })), answerText(one));
  assert.equal(seesAll({ ...filer, scopes: ['file'] }, record), false);
  assert.equal(seesAll(filer, { ...record, parties: { seller: ['XP-1'] } }), false);
});
