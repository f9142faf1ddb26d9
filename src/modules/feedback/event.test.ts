import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalEntry } from '#platform/journal.ts';
import { isUuid, msOf } from '#kernel/id.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { Standing } from '#modules/clearance/index.ts';
import { eventId, eventOf, parcelIn } from './event.ts';

const parcel = '01900000-0000-7000-8000-000000000001';
const entry = (kind: string, data: JournalEntry['data'] = {}, more: Partial<JournalEntry> = {}): JournalEntry => ({
  tx: 7n,
  seq: 11n,
  at: '2026-11-20T06:00:00.123Z',
  kind,
  subject: parcel,
  data,
  seeded: false,
  ...more,
});
const standing: Standing = {
  record: { kind: 'consignment', id: parcel, parties: { filer: ['XP-A'] }, desk: null },
  declaration: 'D-1',
  checks: [
    {
      id: 'permit',
      result: 'failed',
      reason: 'permit-missing',
      params: { line: '1' },
      rule: 'r',
      source: 's',
      missing: [],
    },
  ],
  missing: ['payment'],
};

test('the id of an event is a UUIDv7 of its moment, the same every time and another for another entry', () => {
  const one = entry('clearance.decided');
  const id = eventId(one);
  assert.ok(isUuid(id));
  assert.equal(msOf(id), msOfInstant(one.at));
  assert.equal(eventId({ ...one }), id);
  const others = [{ seq: 12n }, { kind: 'clearance.denied' }, { at: '2026-11-20T06:00:00.124Z' }];
  const ids = new Set([id, ...others.map((other) => eventId({ ...one, ...other }))]);
  assert.equal(ids.size, 4);
});

test('a decision is told with its reasons as codes, and a mere move without', () => {
  const decided = eventOf(
    entry('clearance.decided', {
      status: 'control',
      outcome: 'control',
      filer: 'XP-A',
      border: '1.50',
      currency: 'XPN',
    }),
    parcel,
    standing,
  );
  assert.deepEqual(decided.data, {
    declaration: 'D-1',
    status: 'control',
    outcome: 'control',
    reasons: [{ check: 'permit', result: 'failed', code: 'permit-missing', params: { line: '1' } }],
    missing: ['payment'],
    border: { currency: 'XPN', amount: '1.50' },
  });
  const moved = eventOf(entry('clearance.released', { status: 'released', version: 2 }), parcel, standing);
  assert.deepEqual(moved.data, { declaration: 'D-1', version: 2, status: 'released' });
});

test('what an entry says beyond the table is told to nobody', () => {
  const { data } = eventOf(entry('clearance.decided', { by: 'somebody', digest: 'ff', arrival: 'a' }), parcel, {
    ...standing,
    checks: [],
    missing: [],
  });
  assert.deepEqual(data, { declaration: 'D-1' });
});

test('amounts of a notice leave in major units', () => {
  const paid = eventOf(entry('treasury.paid', { currency: 'EUR', minor: '1234', version: 1 }), parcel, standing);
  assert.deepEqual(paid.data.notice, { state: 'paid', amount: { currency: 'EUR', amount: '12.34' } });
  const bare = eventOf(entry('treasury.secured', {}), parcel, standing);
  assert.deepEqual(bare.data.notice, { state: 'secured' });
});

test('of a case the steps are told that nobody decided in, and they belong to its parcel', () => {
  const step = { procedure: 'held-parcel', subject: parcel, move: 'ask', to: 'awaiting-answer' };
  const asked = entry('cases.moved', step, { subject: '01900000-0000-7000-8000-00000000000a' });
  assert.deepEqual(parcelIn(asked), { id: parcel, version: 1 });
  assert.deepEqual(eventOf(asked, parcel, standing).data.case, {
    id: asked.subject,
    procedure: 'held-parcel',
    move: 'ask',
    state: 'awaiting-answer',
  });
  assert.equal(parcelIn(entry('cases.moved', { ...step, decision: true })), null);
});
