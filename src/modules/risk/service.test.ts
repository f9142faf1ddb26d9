import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymous, type Principal } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import { createReference } from '#platform/snapshot.ts';
import { testDb } from '../../../test/support/db.ts';
import type { DeniedName, WatchRule } from './model.ts';
import { listsPart, screen, watchPart } from './screen.ts';
import { addNames, endName, endRule, listNames, listRules, putRule } from './service.ts';

const on = '2026-07-01';
const subject = '0198c0de-0000-7000-8000-00000000000a';
const administrator: Principal = { ...anonymous(on), subject, roles: ['administrator'], assurance: 'password' };
const watched: WatchRule = {
  condition: 'lines == 1',
  ground: 'risk/random-sample',
  desk: 'customs',
  source: 'Customs Code, art. 46',
};
const person: DeniedName = { list: 'council', name: 'Vellani, Salma', source: 'Council list 7' };
const consignment = {
  declaration: {
    id: 'D1',
    movement: 'import',
    nature: 'sale',
    declarant: 'XP-1',
    consignee: {
      name: { text: 'Salma Vellani', language: 'en' },
      address: { lines: ['Via del Molo 1'], country: 'XP' },
      private: true,
    },
    goods: [
      {
        line: 1,
        description: { text: 'soap', language: 'en' },
        quantity: '1',
        unit: 'C62',
        price: { currency: 'XPN', amount: '1.00' },
      },
    ],
  },
} as const;

async function window() {
  const { db } = await testDb({ modules: ['risk'] });
  const reference = createReference(db, [listsPart, watchPart]);
  await reference.refresh();
  const context = { clock: fixedClock(`${on}T08:00:00.000Z`), reference };
  const failed = (snapshot = reference.current()): string[] =>
    screen(snapshot, { consignment: structuredClone(consignment) as never, route: null }, 'p1', on)
      .filter((check) => check.result === 'failed')
      .map((check) => check.id);
  return { context, db, reference, failed };
}

const codeOf = (result: { ok: boolean; error?: { code: string; pointer?: string } }): string =>
  result.ok ? 'ok' : `${result.error?.code ?? ''} ${result.error?.pointer ?? ''}`.trim();

test('a rule selects from its epoch on until it is ended, and the past reads back as it was', async () => {
  const { context, reference, failed, db } = await window();
  const before = reference.current();
  assert.equal(codeOf(await putRule(context, administrator, 'sample', watched)), 'ok');
  const during = reference.current();
  assert.deepEqual(failed(), ['risk/watch/sample']);
  assert.equal(codeOf(await putRule(context, administrator, 'sample', { ...watched, condition: 'lines > 5' })), 'ok');
  assert.deepEqual(failed(), []);
  assert.equal(codeOf(await endRule(context, administrator, 'sample')), 'ok');
  assert.equal(codeOf(await endRule(context, administrator, 'sample')), 'risk/rule-unknown');
  assert.deepEqual([failed(before), failed(during)], [[], ['risk/watch/sample']]);
  assert.deepEqual(failed(await createReference(db, [listsPart, watchPart]).at(during.epoch)), ['risk/watch/sample']);
  const journal = await db.query<{ kind: string; subject: string }>(
    'select kind, subject from platform.journal order by tx, seq',
  );
  assert.deepEqual(
    journal.map((entry) => entry.kind),
    ['risk.rule-added', 'risk.rule-changed', 'risk.rule-ended'],
  );
  assert.equal(new Set(journal.map((entry) => entry.subject)).size, 1);
});

test('a rule that cannot be used is refused at its field and leaves nothing behind', async () => {
  const { context, db } = await window();
  const ask = async (more: Partial<WatchRule>) =>
    codeOf(await putRule(context, administrator, 'r', { ...watched, ...more }));
  assert.equal(await ask({ condition: 'price > 10' }), 'risk/condition-invalid /condition');
  assert.equal(await ask({ share: '0' }), 'risk/share-invalid /share');
  assert.equal(await ask({ from: '2026-02-30' }), 'risk/day-unknown /from');
  assert.equal(await ask({ until: on }), 'risk/period-empty /until');
  assert.deepEqual(await db.query('select 1 from risk.rules'), []);
});

test('a name is on its list once, is found until it is taken off, and never enters the journal', async () => {
  const { context, db, failed } = await window();
  assert.deepEqual(await addNames(context, administrator, [person, person]), {
    ok: true,
    value: { added: 1, known: 1 },
  });
  assert.deepEqual(await addNames(context, administrator, [person]), { ok: true, value: { added: 0, known: 1 } });
  assert.deepEqual(failed(), ['risk/denied-party']);
  const listed = listNames(context, administrator, { after: '', limit: 10 });
  assert.ok(listed.ok);
  assert.deepEqual(
    listed.value.items.map((one) => one.name),
    ['Vellani, Salma'],
  );
  assert.equal(codeOf(await endName(context, administrator, String(listed.value.items[0]?.id))), 'ok');
  assert.deepEqual(failed(), []);
  assert.equal(codeOf(await addNames(context, administrator, [{ ...person, name: '-' }])), 'risk/name-empty /0/name');
  assert.doesNotMatch(JSON.stringify(await db.query('select kind, data from platform.journal')), /Vellani|Salma/);
});

test('what is watched is shown to no trader and changed only by those who may', async () => {
  const { context, db } = await window();
  const mandate = { authority: 'customs', element: '*', reference: 'Act', from: on, until: null };
  const officer: Principal = {
    ...administrator,
    roles: ['officer'],
    authority: 'customs',
    mandates: [{ ...mandate, purpose: 'inspect' }],
  };
  const trader: Principal = { ...administrator, roles: ['filer', 'seller'], party: 'XP-1' };
  for (const who of [trader, anonymous(on), officer]) {
    assert.equal(codeOf(await putRule(context, who, 'r', watched)), 'risk/not-allowed');
    assert.equal(codeOf(await endRule(context, who, 'r')), 'risk/not-allowed');
    assert.equal(codeOf(await addNames(context, who, [person])), 'risk/not-allowed');
    assert.equal(codeOf(await endName(context, who, subject)), 'risk/not-allowed');
  }
  for (const who of [trader, anonymous(on)]) {
    assert.equal(codeOf(listRules(context, who)), 'risk/not-allowed');
    assert.equal(codeOf(listNames(context, who, { after: '', limit: 10 })), 'risk/not-allowed');
  }
  assert.equal(codeOf(listRules(context, officer)), 'ok');
  const targeting: Principal = { ...officer, mandates: [{ ...mandate, purpose: 'administer' }] };
  assert.equal(codeOf(await putRule(context, targeting, 'r', watched)), 'ok');
  assert.equal((await db.query('select 1 from risk.rules')).length, 1);
});
