import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { newId } from '#kernel/id.ts';
import type { Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { isDuplicate } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { testDb } from '../../../test/support/db.ts';
import { type CaseRow, endsOf, faultsOf, type Procedure, type Reasons } from './model.ts';
import { registerProcedures } from './registry.ts';
import {
  act,
  actAll,
  caseOf,
  casesOf,
  claim,
  handOver,
  installProcedures,
  open,
  queue,
  reverse,
  timelineOf,
} from './service.ts';
import { countsOf } from './service-counts.ts';
import { sweep } from './service-sweep.ts';
import { tries } from '../../../test/support/long.ts';

const { db, open: openMore } = await testDb({ modules: ['cases'] });
await db.query('create table effects (case_id uuid, what text, by text, details text)');

const trace = (what: string) => async (tx: { query: typeof db.query }, cases: readonly CaseRow[]) => {
  for (const one of cases) {
    if (one.facts['refuses'] === what) return { code: 'test/refused' };
    if (one.facts['breaks'] === what) throw new Error('this effect is broken');
    await tx.query('insert into effects values ($1, $2, $3, $4)', [
      one.id,
      what,
      one.decidedBy,
      JSON.stringify(one.details),
    ]);
  }
  return undefined;
};
const trial: Procedure = {
  name: 'trial',
  version: 1,
  first: 'open',
  moves: [
    { name: 'ask', from: ['open', 'answered'], to: 'asked', by: 'desk' },
    { name: 'answer', from: ['asked'], to: 'answered', by: 'party' },
    {
      name: 'grant',
      from: ['open', 'answered'],
      to: 'granted',
      by: 'desk',
      purpose: 'clear',
      decision: true,
      effect: 'grant',
    },
    {
      name: 'deny',
      from: ['open', 'answered'],
      to: 'denied',
      by: 'desk',
      purpose: 'dispose',
      decision: true,
      effect: 'deny',
    },
    {
      name: 'lapse',
      from: ['asked'],
      to: 'lapsed',
      by: 'clock',
      decision: true,
      effect: 'lapse',
      reasons: { ground: 'XP Border Act 12', reason: 'no-answer', remedy: 'file-again' },
    },
    { name: 'withdraw', from: ['open', 'asked', 'answered'], to: 'withdrawn', by: 'system', effect: 'withdraw' },
  ],
  deadlines: [
    { name: 'decision', in: ['open', 'answered'], hours: 'fact:decideHours', from: 'entered', source: 'fact:source' },
    { name: 'answer', in: ['asked'], hours: 24, from: 'entered', move: 'lapse', source: 'XP Border Act 11' },
  ],
  effects: Object.fromEntries(
    ['grant', 'deny', 'lapse', 'withdraw'].map((name) => [name, { apply: trace(name), undo: trace(`undo-${name}`) }]),
  ),
};
registerProcedures([trial]);
await installProcedures(db);

const start = '2026-03-01T08:00:00.000Z';
const contextAt = (instant = start) => {
  const clock = fixedClock(instant);
  return { clock, context: { db, clock, log: silentLog } as unknown as Context };
};
let ids = 0;
const id = (): string => newId(1_700_000_000_000 + (ids += 1));
const desk = 'xp-customs';
const person: Principal = {
  subject: 'p1',
  name: '',
  client: null,
  party: null,
  authority: null,
  roles: [],
  representations: [],
  mandates: [],
  scopes: [],
  assurance: 'password',
  on: '2026-03-01',
};
const mandate = { authority: desk, element: '*', reference: 'XP Border Act 2', from: '2020-01-01', until: null };
const officer = (subject: string, purposes = ['clear', 'dispose']): Principal => ({
  ...person,
  subject,
  authority: desk,
  roles: ['officer'],
  mandates: purposes.map((purpose) => ({ ...mandate, purpose })),
});
const ida = officer('ida');
const olaf = officer('olaf');
const filer: Principal = { ...person, subject: 'f1', party: 'XP-FILER', roles: ['filer'] };
const why: Reasons = { ground: 'XP Border Act 4', reason: 'papers-in-order', remedy: 'objection' };

async function opened(facts: CaseRow['facts'] = {}, at = start): Promise<CaseRow> {
  const one = { id: id(), subject: id(), desk, parties: { filer: ['XP-FILER'] }, facts };
  await open(db, { procedure: 'trial', actor: 'engine', at }, [one]);
  return (await caseOf(db, one.id))!;
}
const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);
const effects = async (one: string): Promise<string[]> =>
  (await db.query<{ what: string }>('select what from effects where case_id = $1', [one])).map((row) => row.what);
const journal = async (one: string): Promise<string[]> =>
  (
    await db.query<{ kind: string }>('select kind from platform.journal where subject = $1 order by tx, seq', [one])
  ).map((row) => row.kind);
const must = async (result: Promise<Result<CaseRow>>): Promise<CaseRow> => {
  const given = await result;
  assert.equal(code(given), 'ok');
  return given.ok ? given.value : assert.fail();
};

// Sweeps take every case of the database, so each of these tests first stops the clocks that others left running.
const stopClocks = () =>
  db.query(`update cases.deadlines set state = 'stopped', ended = now() where state = 'running'`);

test('a procedure says what is wrong with it, and its ends are the states that no move leaves', () => {
  assert.deepEqual(faultsOf(trial), []);
  assert.deepEqual(endsOf(trial), ['denied', 'granted', 'lapsed', 'withdrawn']);
  const broken: Procedure = {
    ...trial,
    moves: [
      ...trial.moves,
      { name: 'ask', from: ['nowhere'], to: 'asked', by: 'system', decision: true, effect: 'none' },
      { name: 'claim', from: ['open'], to: 'open', by: 'desk' },
    ],
    deadlines: [{ name: 'late', in: ['open'], hours: 1, from: 'opened', move: 'lapse', source: 's' }],
  };
  assert.equal(faultsOf(broken).length, 6);
  assert.throws(() => registerProcedures([{ ...trial }]), /registered already/);
});

test('a procedure whose content changed under the same version is refused, since cases run under it', async () => {
  await db.tx(async (tx) => {
    await tx.query(`update cases.procedures set digest = 'other' where name = 'trial'`);
    await assert.rejects(installProcedures({ ...db, tx: (work) => work(tx) }), /raise its version/);
    await tx.query('rollback');
    await tx.query('begin');
  });
});

test('cases open in sets, each with its clocks and its entry, and one that is open is passed over', async () => {
  const two = [1, 2].map(() => ({ id: id(), subject: id(), desk, facts: { decideHours: '1.5', source: 'XP Act 9' } }));
  const first = await open(db, { procedure: 'trial', actor: 'engine', at: start }, two);
  assert.deepEqual(
    first,
    two.map((one) => one.id),
  );
  assert.deepEqual(await open(db, { procedure: 'trial', actor: 'engine', at: start }, two), []);
  const row = (await caseOf(db, two[0]!.id))!;
  assert.equal(row.state, 'open');
  assert.equal(row.due, '2026-03-01T09:30:00.000Z');
  assert.deepEqual(await timelineOf(db, row.id), {
    moves: [],
    deadlines: [
      {
        name: 'decision',
        since: 0,
        due: '2026-03-01T09:30:00.000Z',
        source: 'XP Act 9',
        state: 'running',
        ended: null,
      },
    ],
  });
  assert.deepEqual(await journal(row.id), ['cases.opened']);
  assert.equal((await casesOf(db, [two[0]!.subject, two[1]!.subject])).length, 2);
});

test('a case without the fact that holds the hours has no such clock', async () => {
  assert.equal((await opened()).due, null);
});

test('a decision runs its effect, is stored with its reasons, meets its clock, closes the case and enters the journal without its words', async () => {
  const { context, clock } = contextAt();
  const one = await opened({ decideHours: 2, source: 's' });
  clock.advance(3_600_000);
  const done = await must(
    db.tx((tx) =>
      act(context, tx, ida, { case: one.id, stamp: 0, move: 'grant', decision: why, details: { price: '3' } }),
    ),
  );
  assert.deepEqual([done.state, done.stamp, done.closed], ['granted', 1, clock.instant()]);
  const { moves, deadlines } = await timelineOf(db, one.id);
  assert.equal(moves[0]!.ground, why.ground);
  assert.equal(moves[0]!.actor, 'ida');
  assert.deepEqual(moves[0]!.details, { price: '3' });
  assert.equal(deadlines[0]!.state, 'met');
  assert.deepEqual(await db.query('select what, by, details from effects where case_id = $1', [one.id]), [
    { what: 'grant', by: 'ida', details: '{"price":"3"}' },
  ]);
  const [entry] = await db.query<{ data: string }>(
    `select data from platform.journal where subject = $1 and kind = 'cases.moved'`,
    [one.id],
  );
  assert.ok(!entry!.data.includes(why.reason) && /"reasons": "[0-9a-f]{64}"/.test(entry!.data));
});

test('a decision without ground, reason and remedy is refused naming each', async () => {
  const { context } = contextAt();
  const one = await opened();
  const bad = await db.tx((tx) =>
    act(context, tx, ida, {
      case: one.id,
      stamp: 0,
      move: 'grant',
      decision: { ...why, ground: ' ', remedy: '\u00a0' },
    }),
  );
  assert.equal(code(bad), 'cases/reasons-missing');
  assert.deepEqual(!bad.ok && [bad.error.pointer, bad.error.more?.[0]?.pointer], [
    '/decision/ground',
    '/decision/remedy',
  ]);
  assert.deepEqual(await effects(one.id), []);
});

test('a decision without reasons cannot be stored by SQL either, not even under the name of a step that is none', async () => {
  const one = await opened();
  const blank = fc.constantFrom(null, '', ' ', '\t\n', '\u00a0', '\u200b', '\u3000');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 2),
      blank,
      fc.constantFrom('grant', 'deny', 'lapse', 'reverse'),
      async (at, none, move) => {
        const reasons = ['ground', 'reason', 'remedy'].map((text, place) => (place === at ? none : text));
        const insert = (decision: boolean) =>
          db.query(
            `insert into cases.moves (case_id, number, procedure, version, move, decision, from_state, to_state, actor,
       at, ground, reason, remedy, undoes)
           values ($1, 1, 'trial', 1, $2, $3, 'open', 'granted', 'x', now(), $4, $5, $6, case $2 when 'reverse' then 0 end)`,
            [one.id, move, decision, ...reasons],
          );
        await assert.rejects(insert(true), { code: '23514', constraint: 'decisions_say_why' });
        await assert.rejects(insert(false), { code: '23503' });
      },
    ),
    { numRuns: tries(60) },
  );
});

test('a step judged on what somebody has changed since is refused, and so is one that the state or the person does not allow', async () => {
  const { context } = contextAt();
  const one = await opened();
  const step = (who: Principal, move: string, stamp: number, decision?: Reasons) =>
    db.tx((tx) => act(context, tx, who, { case: one.id, stamp, move, ...(decision ? { decision } : {}) }));
  assert.equal(code(await step(ida, 'ask', 0)), 'ok');
  assert.equal(code(await step(olaf, 'grant', 0, why)), 'cases/changed-meanwhile');
  assert.equal(code(await step(olaf, 'grant', 1, why)), 'cases/move-not-allowed');
  assert.equal(code(await step(olaf, 'dance', 1)), 'cases/move-unknown');
  assert.equal(code(await step(ida, 'answer', 1)), 'cases/not-yours');
  assert.equal(code(await step(ida, 'lapse', 1, why)), 'cases/not-yours');
  assert.equal(code(await step({ ...filer, party: 'XP-OTHER' }, 'answer', 1)), 'cases/not-found');
  assert.equal(code(await step(filer, 'answer', 1)), 'ok');
  assert.equal(code(await step(officer('tom', ['clear']), 'deny', 2, why)), 'cases/not-yours');
  assert.equal(code(await step({ ...ida, authority: 'xp-tax' }, 'deny', 2, why)), 'cases/not-found');
  assert.equal(code(await step(filer, 'grant', 2, why)), 'cases/not-yours');
  assert.equal(code(await step(officer('tom', ['clear']), 'grant', 2, why)), 'ok');
  assert.equal(code(await step(ida, 'ask', 3)), 'cases/move-not-allowed');
});

test('of two officers deciding at the same moment one decides, and the effect runs once', async () => {
  const { context } = contextAt();
  const one = await opened();
  const grant = (who: Principal) =>
    db.tx((tx) => act(context, tx, who, { case: one.id, stamp: 0, move: 'grant', decision: why }));
  const codes = (await Promise.all([grant(ida), grant(olaf)])).map(code).sort();
  assert.deepEqual(codes, ['cases/changed-meanwhile', 'ok']);
  assert.deepEqual(await effects(one.id), ['grant']);
});

test('what an effect refuses is refused, and nothing of the step is written', async () => {
  const { context } = contextAt();
  const one = await opened({ refuses: 'grant' });
  const step = { case: one.id, stamp: 0, move: 'grant', decision: why };
  assert.equal(code(await db.tx((tx) => act(context, tx, ida, step))), 'test/refused');
  assert.deepEqual(await caseOf(db, one.id), one);
  assert.deepEqual(await journal(one.id), ['cases.opened']);
});

test('a claimed case is decided by who claimed it; handing it over makes it another’s, and an old view is refused', async () => {
  const { context } = contextAt();
  const one = await opened();
  const in1 = <T>(work: (tx: Parameters<Parameters<typeof db.tx>[0]>[0]) => Promise<T>) => db.tx(work);
  assert.equal(code(await in1((tx) => claim(context, tx, filer, { case: one.id, stamp: 0 }))), 'cases/not-yours');
  const mine = await must(in1((tx) => claim(context, tx, ida, { case: one.id, stamp: 0 })));
  assert.deepEqual([mine.claimedBy, mine.claimedAt, mine.stamp], ['ida', start, 1]);
  assert.deepEqual(await must(in1((tx) => claim(context, tx, ida, { case: one.id, stamp: 0 }))), mine);
  assert.equal(
    code(await in1((tx) => claim(context, tx, olaf, { case: one.id, stamp: 0 }))),
    'cases/changed-meanwhile',
  );
  assert.equal(
    code(await in1((tx) => claim(context, tx, olaf, { case: one.id, stamp: 1 }))),
    'cases/claimed-by-another',
  );
  const grant = (who: Principal, stamp: number) =>
    in1((tx) => act(context, tx, who, { case: one.id, stamp, move: 'grant', decision: why }));
  assert.equal(code(await grant(olaf, 1)), 'cases/claimed-by-another');
  const handed = { case: one.id, stamp: 1, officer: 'olaf', desk: `${desk}/parcels`, note: 'knows the goods' };
  const his = await must(in1((tx) => handOver(context, tx, ida, handed)));
  assert.deepEqual([his.claimedBy, his.desk, his.stamp], ['olaf', `${desk}/parcels`, 2]);
  assert.equal(code(await in1((tx) => handOver(context, tx, ida, handed))), 'cases/changed-meanwhile');
  assert.equal(code(await grant(olaf, 2)), 'ok');
  assert.equal(code(await in1((tx) => claim(context, tx, ida, { case: one.id, stamp: 3 }))), 'cases/closed');
  assert.deepEqual(await journal(one.id), ['cases.opened', 'cases.claimed', 'cases.handed-over', 'cases.moved']);
  const { moves } = await timelineOf(db, one.id);
  assert.deepEqual(
    moves.map((move) => [move.move, move.from, move.to, move.note]),
    [
      ['claim', 'open', 'open', null],
      ['hand-over', 'open', 'open', 'knows the goods'],
      ['grant', 'open', 'granted', null],
    ],
  );
});

test('a reversal undoes the decision’s effect once, with reasons of its own, gives the time anew, and lets the case be decided again', async () => {
  const { context, clock } = contextAt();
  const one = await opened({ decideHours: 2, source: 's' });
  const decide = (move: string, stamp: number) =>
    db.tx((tx) => act(context, tx, ida, { case: one.id, stamp, move, decision: why, details: { move } }));
  const back = (stamp: number, decision = why, who = olaf) =>
    db.tx((tx) => reverse(context, tx, who, { case: one.id, stamp, decision }));
  assert.equal(code(await back(0)), 'cases/nothing-to-reverse');
  await decide('deny', 0);
  clock.advance(86_400_000);
  assert.equal(code(await back(1, { ...why, reason: '' })), 'cases/reasons-missing');
  assert.equal(code(await back(1, why, officer('tom', ['clear']))), 'cases/not-yours');
  const reopened = await must(back(1));
  assert.deepEqual([reopened.state, reopened.closed, reopened.due], ['open', null, '2026-03-02T10:00:00.000Z']);
  assert.deepEqual(await effects(one.id), ['deny', 'undo-deny']);
  assert.deepEqual(
    await db.query(`select by, details from effects where what = 'undo-deny' and case_id = $1`, [one.id]),
    [{ by: 'olaf', details: '{"move":"deny"}' }],
  );
  assert.equal(code(await back(2)), 'cases/nothing-to-reverse');
  await decide('grant', 2);
  await must(back(3));
  assert.deepEqual(await effects(one.id), ['deny', 'undo-deny', 'grant', 'undo-grant']);
  const { moves } = await timelineOf(db, one.id);
  assert.deepEqual(
    moves.map((move) => [move.move, move.undoes]),
    [
      ['deny', null],
      ['reverse', 1],
      ['grant', null],
      ['reverse', 3],
    ],
  );
  const twice = db.query(
    `insert into cases.moves (case_id, number, procedure, version, move, decision, from_state, to_state, actor,
       at, ground, reason, remedy, undoes)
     select case_id, 9, procedure, version, move, decision, from_state, to_state, actor, at, ground, reason, remedy,
       undoes
     from cases.moves where case_id = $1 and number = 2`,
    [one.id],
  );
  await assert.rejects(twice, isDuplicate);
});

test('the window’s own steps go through in sets, each case answered in its place', async () => {
  const { context } = contextAt();
  const [a, b, c, d] = [await opened(), await opened(), await opened({ refuses: 'withdraw' }), await opened()];
  await db.tx((tx) => act(context, tx, ida, { case: d.id, stamp: 0, move: 'grant', decision: why }));
  const steps = [a.id, d.id, id(), b.id].map((one) => ({ case: one, move: 'withdraw' }));
  const answers = await db.tx((tx) => actAll(context, tx, 'engine', [...steps, { case: b.id, move: 'grant' }]));
  assert.deepEqual(answers.map(code), ['ok', 'cases/move-not-allowed', 'cases/not-found', 'ok', 'cases/not-yours']);
  assert.equal((await caseOf(db, a.id))!.state, 'withdrawn');
  const [refused] = await db.tx((tx) => actAll(context, tx, 'engine', [{ case: c.id, move: 'withdraw' }]));
  assert.equal(code(refused!), 'test/refused');
  assert.equal((await caseOf(db, c.id))!.state, 'open');
});

test('the SQL door takes steps in sets and refuses each case that cannot take its own', async () => {
  const [a, b] = [await opened(), await opened()];
  const rows = await db.query<{ id: string; moved: boolean; refusal: string | null }>(
    `select id, moved, refusal from cases.act($1::uuid[], $2::int[], $3::text[], 'desk', 'x', null, $4::text[])`,
    [
      [a.id, b.id, id(), a.id],
      [0, 5, null, null],
      ['grant', 'ask', 'ask', 'ask'],
      [null, null, null, null],
    ],
  );
  assert.deepEqual(rows.map((row) => `${row.moved} ${row.refusal}`).sort(), [
    'false cases/changed-meanwhile',
    'false cases/changed-meanwhile',
    'false cases/not-found',
    'false cases/reasons-missing',
  ]);
});

test('a clock that brings a move takes it when it falls, with the reasons of the procedure; until it is swept nobody else may act', async () => {
  await stopClocks();
  const { context, clock } = contextAt();
  const one = await opened();
  await db.tx((tx) => act(context, tx, ida, { case: one.id, stamp: 0, move: 'ask' }));
  clock.advance(24 * 3_600_000 - 1);
  assert.equal(await sweep(context), 0);
  clock.advance(1);
  const late = await db.tx((tx) => act(context, tx, filer, { case: one.id, stamp: 1, move: 'answer' }));
  assert.equal(code(late), 'cases/deadline-passed');
  assert.equal(await sweep(context), 1);
  assert.equal((await caseOf(db, one.id))!.state, 'lapsed');
  const { moves, deadlines } = await timelineOf(db, one.id);
  assert.deepEqual([moves[1]!.actor, moves[1]!.reason], ['clock', 'no-answer']);
  assert.deepEqual([deadlines[0]!.state, deadlines[0]!.ended], ['fallen', clock.instant()]);
  assert.deepEqual(await effects(one.id), ['lapse']);
  assert.deepEqual(await journal(one.id), ['cases.opened', 'cases.moved', 'cases.deadline-fell', 'cases.moved']);
  assert.equal(await sweep(context), 0);
});

test('a clock without a move leaves the case overdue until somebody acts', async () => {
  await stopClocks();
  const { context, clock } = contextAt('2026-04-01T08:00:00.000Z');
  const one = await opened({ decideHours: 1, source: 's' }, clock.instant());
  const find = async () =>
    (await queue(db, { overdue: true, openedBefore: '2026-04-01T08:00:00.001Z', size: 100 }, clock.instant())).cases;
  assert.ok(!(await find()).some((row) => row.id === one.id));
  clock.advance(3_600_000);
  await sweep(context);
  assert.ok((await find()).some((row) => row.id === one.id));
  await must(db.tx((tx) => act(context, tx, ida, { case: one.id, stamp: 0, move: 'ask' })));
  assert.ok(!(await find()).some((row) => row.id === one.id));
});

test('under several sweepers at once every deadline falls exactly once', async () => {
  await stopClocks();
  const { context, clock } = contextAt('2026-05-01T08:00:00.000Z');
  const all = await Promise.all(Array.from({ length: 230 }, () => opened({}, clock.instant())));
  await db.query(
    `select 1 from cases.act($1::uuid[], null, array_fill('ask'::text, array[230]), 'desk', 'x', null, at => $2::timestamptz)`,
    [all.map((one) => one.id), clock.instant()],
  );
  clock.advance(25 * 3_600_000);
  const sweepers = Array.from({ length: 4 }, () => ({ ...context, db: openMore(1) }));
  const fell = await Promise.all(sweepers.map((one) => sweep(one)));
  assert.equal(
    fell.reduce((sum, one) => sum + one, 0),
    230,
  );
  const [counted] = await db.query<{ effects: bigint; journal: bigint; lapsed: bigint }>(
    `select (select count(*) from effects where case_id = any ($1::uuid[]) and what = 'lapse') as effects,
       (select count(*) from platform.journal where subject = any ($1::uuid[]) and kind = 'cases.deadline-fell') as journal,
       (select count(*) from cases.cases where id = any ($1::uuid[]) and state = 'lapsed') as lapsed`,
    [all.map((one) => one.id)],
  );
  assert.deepEqual(counted, { effects: 230n, journal: 230n, lapsed: 230n });
});

test('a case whose effect breaks is logged and left, and does not hold up the others of its set', async () => {
  await stopClocks();
  const { context, clock } = contextAt('2026-06-01T08:00:00.000Z');
  const [good, bad, refusing] = [
    await opened({}, clock.instant()),
    await opened({ breaks: 'lapse' }),
    await opened({ refuses: 'lapse' }),
  ];
  for (const one of [good, bad, refusing]) {
    await db.tx((tx) => act(context, tx, ida, { case: one.id, stamp: 0, move: 'ask' }));
  }
  clock.advance(25 * 3_600_000);
  const failed: unknown[] = [];
  const log = {
    ...silentLog,
    error: (_event: string, _error: unknown, fields?: Readonly<Record<string, unknown>>) =>
      void failed.push(fields?.['case']),
  };
  assert.equal(await sweep({ ...context, log }), 1);
  assert.equal((await caseOf(db, good.id))!.state, 'lapsed');
  assert.deepEqual(new Set(failed), new Set([bad.id, refusing.id]));
  assert.equal((await timelineOf(db, bad.id)).deadlines[0]!.state, 'running');
  await db.query(`update cases.cases set facts = '{}' where id = any ($1::uuid[])`, [[bad.id, refusing.id]]);
  assert.equal(await sweep(context), 2);
});

test('a queue is paged oldest first, filtered by desk, state, holder and age, and counted', async () => {
  const { context } = contextAt();
  const place = 'xp-queue';
  const cases = Array.from({ length: 5 }, (_, index) => ({
    id: id(),
    subject: id(),
    desk: index < 4 ? place : `${place}/post`,
  }));
  await open(db, { procedure: 'trial', actor: 'engine', at: start }, cases);
  const boss = { ...officer('boss'), authority: place, mandates: [{ ...mandate, authority: place, purpose: 'clear' }] };
  await must(db.tx((tx) => claim(context, tx, boss, { case: cases[1]!.id, stamp: 0 })));
  await must(db.tx((tx) => act(context, tx, boss, { case: cases[2]!.id, stamp: 0, move: 'grant', decision: why })));
  const seen = async (filter: Parameters<typeof queue>[1]) =>
    (await queue(db, { desk: place, ...filter }, start)).cases.map((row) =>
      cases.findIndex((one) => one.id === row.id),
    );
  assert.deepEqual(await seen({}), [0, 1, 3, 4]);
  assert.deepEqual(await seen({ desk: `${place}/post` }), [4]);
  assert.deepEqual(await seen({ claimedBy: 'boss' }), [1]);
  assert.deepEqual(await seen({ unclaimed: true }), [0, 3, 4]);
  assert.deepEqual(await seen({ state: 'granted', closed: true }), [2]);
  assert.deepEqual(await seen({ openedBefore: start }), []);
  const first = await queue(db, { desk: place, size: 3 }, start);
  assert.equal(first.next, cases[3]!.id);
  assert.deepEqual(await seen({ size: 3, after: first.next }), [4]);
  assert.deepEqual(await countsOf(db, place, start), [
    { procedure: 'trial', state: 'open', count: 4, unclaimed: 3, overdue: 0 },
  ]);
});

const step = fc.record({
  who: fc.constantFrom<[string, Principal | null]>(['ida', ida], ['olaf', olaf], ['filer', filer], ['system', null]),
  what: fc.constantFrom('ask', 'answer', 'grant', 'deny', 'withdraw', 'reverse', 'claim', 'hand-over', 'wait'),
  stale: fc.boolean(),
});

test('whatever is tried in whatever order, replaying the recorded moves gives the state, and every effect is undone as often as it was reversed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const { context, clock } = contextAt('2026-07-01T08:00:00.000Z');
      const one = await opened({ decideHours: 5, source: 's' }, clock.instant());
      for (const { who, what, stale } of steps) {
        const now = (await caseOf(db, one.id))!;
        const stamp = stale && now.stamp > 0 ? now.stamp - 1 : now.stamp;
        const base = { case: one.id, stamp, decision: why };
        const before = now.stamp;
        const result = await db.tx(async (tx): Promise<Result<unknown> | undefined> => {
          const [, principal] = who;
          if (what === 'wait') return undefined;
          if (principal === null) return (await actAll(context, tx, 'engine', [{ case: one.id, move: what }]))[0];
          if (what === 'claim') return claim(context, tx, principal, base);
          if (what === 'hand-over') return handOver(context, tx, principal, { ...base, officer: null });
          if (what === 'reverse') return reverse(context, tx, principal, base);
          return act(context, tx, principal, { ...base, move: what });
        });
        if (what === 'wait') {
          clock.advance(13 * 3_600_000);
          await sweep(context);
        } else if (result?.ok === false) assert.equal((await caseOf(db, one.id))!.stamp, before);
      }
      const end = (await caseOf(db, one.id))!;
      const { moves } = await timelineOf(db, one.id);
      let state = trial.first;
      for (const [index, move] of moves.entries()) {
        assert.equal(move.number, index + 1);
        assert.equal(move.from, state);
        const rule = trial.moves.find((each) => each.name === move.move);
        if (rule !== undefined) assert.ok(rule.from.includes(state) && rule.to === move.to);
        else if (move.move === 'reverse') assert.equal(move.to, moves[move.undoes! - 1]!.from);
        else assert.equal(move.to, state);
        state = move.to;
      }
      assert.equal(end.state, state);
      assert.equal(end.stamp, moves.length);
      assert.equal(end.closed !== null, endsOf(trial).includes(state));
      const done = await effects(one.id);
      for (const name of Object.keys(trial.effects)) {
        const reversed = moves.filter((move) => move.undoes !== null && moves[move.undoes - 1]!.move === name).length;
        assert.equal(done.filter((what) => what === `undo-${name}`).length, reversed);
        assert.equal(done.filter((what) => what === name).length, moves.filter((move) => move.move === name).length);
      }
      assert.equal((await journal(one.id)).filter((kind) => kind !== 'cases.deadline-fell').length, moves.length + 1);
    }),
    { numRuns: tries(60) },
  );
});
