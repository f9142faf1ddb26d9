import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { act, actAll, claim, timelineOf } from '#modules/cases/index.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { bringIntoForce, changeView, draftOf, installPacks, packsPart, stepChange } from '#modules/rulebook/index.ts';
import { anonymous, type Principal } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import { portolan } from '../support/command.ts';
import { shipper } from '../support/parcels.ts';
import { silentLog } from '#platform/log.ts';
import { createApp } from '../../src/app.ts';
import { askAt, openWindow } from '../support/window.ts';

/** A change of law from its draft to its coming into force, through the doors of a window. */

const clock = fixedClock('2026-12-01T08:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file } = shipper(window, clock, 'LAW');
/** The version that came with the program. */
const shipped: string = JSON.parse(readFileSync('packs/xp/pack.json', 'utf8')).version;
// A second process of the same window: it has its own snapshot and no worker that keeps it up.
const second = await createApp({ config: context.config, db: window.test.open(8), clock, log: silentLog });
await second.app.ready();
after(() => second.app.close());
const elsewhere = shipper(
  { ...window, ask: (asked) => askAt(second.app, asked, (of) => window.key(of)) },
  clock,
  'ELSE',
);

async function current(pack: string): Promise<any> {
  const { body } = await window.ask({ url: `/v1/law/versions/${pack}` });
  const { files } = (await window.ask({ url: `/v1/law/versions/${pack}/${body.versions[0].from}` })).body;
  return files;
}

/** The files of a draft that makes the low-value limit another one from a day on. */
async function lowered(limit: string, from: string): Promise<Record<string, string | null>> {
  const files = await current('xp');
  const head = JSON.parse(files['pack.json']);
  const version = `1.${Number(head.version.split('.')[1]) + 1}.0`;
  const all = JSON.parse(files['values.json']);
  const source = { law: 'commerce-order', article: 'art. 4(1), as amended' };
  const rows = all['low-value-limit'].values.filter((one: any) => one.from < from && one.status === undefined);
  all['low-value-limit'].values = [...rows, { from, value: limit, source }];
  return {
    'values.json': JSON.stringify(all),
    'pack.json': JSON.stringify({ ...head, version }),
    'CHANGELOG.md': files['CHANGELOG.md'].replace('## ', `## ${version}\n\nFrom ${from}: the limit.\n\n## `),
    'examples/announced-never-applies.json': null,
  };
}

/** A person of an authority, as one who has signed in. */
function person(authority: string, name: string): Principal {
  const on = clock.instant().slice(0, 10);
  const client = principalOfClient(context.reference.current(), window.key(authority), on)!;
  return { ...client, subject: `person-${name}`, client: null, roles: ['officer'], scopes: [], assurance: 'password' };
}
const marina = () => person('commerce', 'marina');
const tea = () => person('commerce', 'tea');
const nives = () => person('customs', 'nives');
const dora = () => person('tax', 'dora');

const minutes = { text: 'The conference agreed.', reference: 'Minutes 12/2026, item 3', on: '2026-12-01' };
const decision = { ground: 'Conference Order, art. 3', reason: 'Parity of the trade at home', remedy: 'Propose anew' };

async function draft(limit: string, from: string, more: object = {}): Promise<any> {
  const body = { title: `Limit of ${limit}`, files: await lowered(limit, from), ...more };
  const made = await window.ask({ method: 'POST', url: '/v1/law/drafts', as: 'commerce', body });
  assert.equal(made.status, 201, made.text);
  return made.body;
}
const stampOf = async (id: string): Promise<number> => {
  const view = await changeView(context, marina(), id);
  assert.ok(view.ok);
  return view.value.stamp;
};
async function step(id: string, who: Principal, move: any, more: object = {}): Promise<string> {
  const done = await stepChange(context, who, id, { move, stamp: await stampOf(id), ...more });
  return done.ok ? done.value.state : `${done.error.code}${done.error.pointer ?? ''}`;
}
const decided = { decision, minutes };
async function adopted(limit: string, from: string, more: object = {}): Promise<string> {
  const { change } = await draft(limit, from, more);
  assert.equal(await step(change, marina(), 'propose'), 'under-review');
  assert.equal(await step(change, nives(), 'approve', decided), 'under-review');
  return change;
}
const limitNow = (): string | undefined => {
  const { home } = context.reference.current().get(packsPart);
  return home.program.values.get('low-value-limit')?.rows.at(-1)?.text;
};

test('a draft with a problem is refused with file, place and remedy, and nothing is kept', async () => {
  const before = await window.rows();
  const hand = async (files: Record<string, string | null>) =>
    window.ask({ method: 'POST', url: '/v1/law/drafts', as: 'commerce', body: { title: 'A', files } });
  const good = await lowered('120.00', '2027-01-01');
  const wrong = await hand({ ...good, 'values.json': good['values.json']!.replace('"120.00"', '"much"') });
  assert.equal(wrong.status, 422, wrong.text);
  assert.equal(wrong.body.code, 'rulebook/draft-unsound');
  assert.equal(wrong.body.errors[0].pointer, '/files/values.json');
  assert.match(wrong.body.errors[0].detail, /^xp\/values\.json:1 \/low-value-limit\/values\/2.*; /);
  const unsourced = await hand({
    ...good,
    'values.json': good['values.json']!.replace('"commerce-order"', '"nothing"'),
  });
  assert.match(unsourced.body.errors[0].detail, /no source is called nothing/);
  const failing = await hand({
    ...good,
    'examples/announced-never-applies.json': (await current('xp'))['examples/announced-never-applies.json'],
  });
  assert.match(failing.body.errors[0].detail, /announced-never-applies\.json:\d+ \/expect/);
  const same = await hand({ ...good, 'pack.json': (await current('xp'))['pack.json'] });
  assert.ok(same.body.errors[0].detail.includes(`${shipped} is in force; raise the version`));
  const stray = await hand({ ...good, 'notes/a.txt': 'A' });
  assert.equal(stray.body.errors[0].pointer, '/files/notes~1a.txt');
  const long = await hand({ ...good, 'tables/long.csv': 'a'.repeat(8_000_001) });
  assert.deepEqual([long.status, long.body.code], [400, 'http/text-too-long']);
  const broken = await hand({ ...good, 'values.json': '{' });
  assert.match(broken.body.errors[0].detail, /not JSON/);
  assert.deepEqual(await window.rows(), before);
});

test('who has no mandate to propose is refused before the draft is read, and nobody hands in another economy’s law', async () => {
  const files = await lowered('120.00', '2027-01-01');
  const hand = (as: string | undefined, body: object) =>
    window.ask({ method: 'POST', url: '/v1/law/drafts', ...(as === undefined ? {} : { as }), body });
  assert.equal((await hand(undefined, { title: 'A', files })).status, 401);
  assert.equal((await hand('customs', { title: 'A', files })).body.code, 'rulebook/may-not-propose');
  assert.equal((await hand(ids.seller, { title: 'A', files })).body.code, 'rulebook/may-not-propose');
  assert.equal((await hand('commerce', { title: 'A', pack: 'xl', files })).body.code, 'rulebook/not-home-law');
  assert.equal(
    (await hand('commerce', { title: 'A', files, base: '0'.repeat(64) })).body.code,
    'rulebook/base-changed',
  );
  const past = await hand('commerce', { title: 'A', files, inForce: '2026-12-01T07:59:59Z' });
  assert.equal(past.body.code, 'rulebook/instant-passed');
  assert.equal(
    (await hand('commerce', { title: 'A', files, inForce: 'tomorrow is good' + ' '.repeat(8) })).body.code,
    'rulebook/instant-unknown',
  );
});

test('a draft is its authors’ own until it is proposed; then everybody reads it, with its difference in figures', async () => {
  const { change, draft: id, stamp } = await draft('120.00', '2027-01-01');
  const read = (as?: string) => window.ask({ url: `/v1/law/changes/${change}`, ...(as === undefined ? {} : { as }) });
  assert.equal((await read()).status, 404);
  assert.equal((await read(ids.seller)).status, 404);
  assert.equal((await read('commerce')).status, 200);
  const replaced = await window.ask({
    method: 'POST',
    url: `/v1/law/changes/${change}/drafts`,
    as: 'commerce',
    body: { title: 'Limit of 110.00', files: await lowered('110.00', '2027-01-01'), stamp },
  });
  assert.equal(replaced.status, 201, replaced.text);
  assert.equal(await step(change, marina(), 'propose'), 'under-review');
  const { status, body } = await read();
  assert.equal(status, 200);
  const [first] = body.differences;
  assert.deepEqual(
    [first.topic, first.id, first.from, first.until, first.was, first.becomes, first.unit],
    ['values', 'low-value-limit', '2027-01-01', null, '150.00', '110.00', 'XPN'],
  );
  assert.equal(body.drafts.length, 2);
  assert.doesNotMatch(JSON.stringify(body), /person-marina/);
  const old = await window.ask({ url: `/v1/law/changes/${change}/drafts/1` });
  assert.equal(JSON.parse(old.body.files['values.json'])['low-value-limit'].values.at(-1).value, '120.00');
  // The replay finds the newest draft by the change, and each by its own id.
  const epoch = context.reference.current().epoch;
  const rows = async (of: string) =>
    (await db.tx((tx) => draftOf(tx, of, 'xp', epoch)))?.candidate.program.values.get('low-value-limit')?.rows.at(-1)
      ?.text;
  assert.deepEqual([await rows(change), await rows(id)], ['110.00', '120.00']);
  assert.equal(await step(change, marina(), 'withdraw'), 'withdrawn');
});

test('S15 two persons of two members approve, none of them an author, each under minutes; a key never does', async () => {
  const { change } = await draft('125.00', '2027-01-01', { inForce: '2027-01-01T00:00:00Z' });
  assert.equal(await step(change, nives(), 'approve', decided), 'cases/move-not-allowed');
  assert.equal(await step(change, nives(), 'propose'), 'cases/not-yours');
  assert.equal(await step(change, marina(), 'propose'), 'under-review');
  assert.equal(await step(change, marina(), 'approve', decided), 'rulebook/proposer-approves');
  assert.equal(await step(change, person('market', 'x'), 'approve', decided), 'cases/not-found');
  assert.equal(await step(change, person('exchange', 'x'), 'approve', decided), 'cases/not-found');
  assert.equal(await step(change, { ...nives(), client: 'key' }, 'approve', decided), 'rulebook/persons-only');
  assert.equal(await step(change, nives(), 'approve', { decision }), 'rulebook/minutes-missing/minutes/text');
  const late = { ...minutes, on: '2026-12-02' };
  assert.equal(await step(change, nives(), 'approve', { decision, minutes: late }), 'rulebook/minutes-day/minutes/on');
  assert.equal(await step(change, nives(), 'approve', { minutes }), 'cases/reasons-missing/decision/ground');
  assert.equal(await step(change, nives(), 'approve', decided), 'under-review');
  assert.equal(await step(change, nives(), 'approve', decided), 'rulebook/approved-already');
  assert.equal(await step(change, person('customs', 'other'), 'approve', decided), 'rulebook/approved-already');
  assert.equal(await step(change, person('customs', 'other'), 'take-back', { decision }), 'rulebook/not-taken-back');
  assert.equal(await step(change, nives(), 'take-back', { decision }), 'under-review');
  assert.equal(await step(change, dora(), 'approve', decided), 'under-review');
  // Another person of the ministry that proposes may approve for it: he is not the author.
  const waiting = async () => (await db.query('select change from rulebook.adopted')).length;
  assert.equal(await step(change, tea(), 'approve', decided), 'adopted');
  assert.equal(await waiting(), 1);
  assert.equal(await step(change, tea(), 'take-back', { decision }), 'under-review');
  assert.equal(await waiting(), 0);
  assert.equal(await step(change, tea(), 'approve', decided), 'adopted');
  assert.equal(limitNow(), '120.00', 'the announced row of the version in force stands last, and does not apply');
  assert.equal(await step(change, dora(), 'withdraw'), 'cases/not-yours');
  assert.equal(await step(change, marina(), 'withdraw'), 'withdrawn');
  assert.equal(await waiting(), 0);
});

test('a refusal by one member ends the proposal and says why', async () => {
  const { change } = await draft('126.00', '2027-01-01');
  await step(change, marina(), 'propose');
  assert.equal(await step(change, nives(), 'refuse', decided), 'refused');
  const { moves } = await timelineOf(db, change);
  assert.equal(moves.at(-1)?.reason, decision.reason);
  assert.equal(await step(change, dora(), 'approve', decided), 'cases/move-not-allowed');
});

const hashNow = (): string => context.reference.current().get(packsPart).home.hash;
const judged = async ({ id, filer }: { id: string; filer: string }) =>
  (await window.ask({ url: `/v1/consignments/${id}`, as: filer })).body;

test('S15 who may take which step, in every state: everybody else is refused and nothing changes', async () => {
  const people = {
    author: marina(),
    colleague: tea(),
    member: nives(),
    stranger: person('market', 'mira'),
    auditor: { ...person('customs', 'lino'), roles: ['auditor'] as const },
    administrator: { ...anonymous(clock.instant().slice(0, 10)), assurance: 'password', roles: ['administrator'] },
    seller: { ...person('customs', 'salma'), authority: null, party: ids.seller, mandates: [], roles: ['seller'] },
    nobody: anonymous(clock.instant().slice(0, 10)),
  } satisfies Record<string, Principal>;
  const moves = ['propose', 'approve', 'refuse', 'withdraw'] as const;
  const allowed: Record<string, readonly string[]> = {
    draft: ['author propose', 'colleague propose', 'author withdraw', 'colleague withdraw'],
    'under-review': [
      'colleague approve',
      'member approve',
      'author refuse',
      'colleague refuse',
      'member refuse',
      'author withdraw',
      'colleague withdraw',
    ],
    adopted: ['author withdraw', 'colleague withdraw'],
    'in-force': [],
    withdrawn: [],
  };
  const reach: Record<string, () => Promise<string>> = {
    draft: async () => (await draft('131.00', '2027-01-01')).change,
    'under-review': async () => {
      const { change } = await draft('132.00', '2027-01-01');
      await step(change, marina(), 'propose');
      return change;
    },
    adopted: async () => {
      const change = await adopted('133.00', '2027-01-01', { inForce: '2027-01-01T00:00:00Z' });
      await step(change, dora(), 'approve', decided);
      return change;
    },
    withdrawn: async () => {
      const { change } = await draft('134.00', '2027-01-01');
      await step(change, marina(), 'withdraw');
      return change;
    },
  };
  for (const [state, open] of Object.entries(reach)) {
    const change = await open();
    const stamp = await stampOf(change);
    for (const [name, who] of Object.entries(people)) {
      for (const move of moves) {
        const may = allowed[state]!.includes(`${name} ${move}`);
        const at = may ? await open() : change;
        const seen = may ? await stampOf(at) : stamp;
        const done = await stepChange(context, who, at, { move, stamp: seen, ...decided });
        assert.equal(done.ok, may, `${state}: ${name} ${move} ${done.ok ? '' : done.error.code}`);
      }
    }
    assert.equal(await stampOf(change), stamp);
  }
});

test('no step is taken past these doors: not by the case itself, not without its effect, and nobody claims the case', async () => {
  const { change } = await draft('135.00', '2027-01-01');
  await step(change, marina(), 'propose');
  await step(change, nives(), 'approve', decided);
  const stamp = await stampOf(change);
  const past = async (move: string, who: Principal) => {
    const done = await db.tx((tx) => act(context, tx, who, { case: change, stamp, move, decision }));
    return done.ok ? 'done' : done.error.code;
  };
  assert.equal(await past('adopt', dora()), 'rulebook/minutes-missing');
  assert.equal(await past('approve', dora()), 'cases/move-not-allowed');
  assert.equal(await past('enter-into-force', dora()), 'cases/not-yours');
  const claimed = await db.tx((tx) => claim(context, tx, nives(), { case: change, stamp }));
  assert.equal(claimed.ok ? '' : claimed.error.code, 'cases/not-yours');
  await step(change, marina(), 'withdraw');
  const late = await adopted('136.00', '2027-01-01', { inForce: '2027-01-01T00:00:00Z' });
  await step(late, dora(), 'approve', decided);
  const [published] = await db.tx((tx) => actAll(context, tx, 'window', [{ case: late, move: 'enter-into-force' }]));
  assert.equal(published?.ok ? '' : published?.error.code, 'cases/move-not-allowed');
  await step(late, marina(), 'withdraw');
});

test('adopted law comes into force at its moment and not before, without a restart, and each parcel has one version', async () => {
  const moment = '2026-12-01T09:00:00.000Z';
  const change = await adopted('1.00', '2026-12-01', { inForce: moment });
  assert.equal(await step(change, dora(), 'approve', decided), 'adopted');
  const [old, epoch] = [hashNow(), context.reference.current().epoch];
  const before = await file('low-value');
  clock.advance(3_599_000);
  await window.settle();
  assert.equal(hashNow(), old);
  clock.advance(1_000);
  // Filing goes on while the law changes, through this process and through one that has not heard of it: whatever is
  // answered is under one version, and nobody who was answered under the new one gets the old one again.
  let acknowledged = false;
  const filer = async (through: typeof file): Promise<{ id: string; filer: string; late: boolean }[]> => {
    const filed = [];
    for (let left = 4; left > 0; ) {
      const late = acknowledged;
      filed.push({ ...(await through('low-value')), late });
      if (late) left -= 1;
    }
    return filed;
  };
  const filers = Array.from({ length: 12 }, (_, index) => filer(index % 2 === 0 ? file : elsewhere.file));
  await delay(60);
  await bringIntoForce(context);
  acknowledged = true;
  const filed = await Promise.all(filers);
  assert.equal(context.reference.current().epoch, epoch + 1n);
  const now = hashNow();
  assert.notEqual(now, old);
  assert.equal((await judged(before)).determination.pack.hash, old);
  const seen = { [old]: 0, [now]: 0 };
  for (const one of filed) {
    let last = old;
    for (const parcel of one) {
      const { determination, outcome } = await judged(parcel);
      const { hash } = determination.pack;
      assert.ok(hash === now || (hash === old && last === old && !parcel.late), 'the old law again');
      assert.equal(outcome === 'other-route', hash === now);
      last = hash;
      seen[hash] = seen[hash]! + 1;
    }
  }
  assert.ok(seen[old]! > 0 && seen[now]! >= 48, JSON.stringify(seen));
  const { body } = await window.ask({ url: `/v1/law/changes/${change}` });
  assert.equal(body.state, 'in-force');
  assert.deepEqual(
    body.versions.map((one: any) => [one.hash, one.since, one.from]),
    [[now, moment, String(epoch + 1n)]],
  );
  assert.equal(await bringIntoForce(context), false);
});

test('what is to apply when it is approved applies when the approval is answered', async () => {
  const change = await adopted('2.00', '2026-12-02');
  const old = hashNow();
  assert.equal(await step(change, dora(), 'approve', decided), 'in-force');
  assert.notEqual(hashNow(), old);
  assert.equal(await step(change, dora(), 'take-back', { decision }), 'rulebook/not-taken-back');
  assert.equal(await step(change, marina(), 'withdraw'), 'cases/move-not-allowed');
});

test('a change that another one has overtaken is not published; its authors draft it anew and it is approved anew', async () => {
  const late = await adopted('3.00', '2026-12-03', { inForce: '2026-12-01T12:00:00Z' });
  assert.equal(await step(late, dora(), 'approve', decided), 'adopted');
  const first = await adopted('4.00', '2026-12-03');
  assert.equal(await step(first, dora(), 'approve', decided), 'in-force');
  const law = hashNow();
  clock.advance(4 * 3_600_000);
  await window.settle();
  assert.equal(hashNow(), law);
  const { body } = await window.ask({ url: `/v1/law/changes/${late}` });
  assert.deepEqual([body.state, body.steps.at(-1).note], ['overtaken', 'rulebook/note-overtaken']);
  const again = await window.ask({
    method: 'POST',
    url: `/v1/law/changes/${late}/drafts`,
    as: 'commerce',
    body: { title: 'Anew', files: await lowered('5.00', '2026-12-04'), stamp: body.stamp },
  });
  assert.equal(again.status, 201, again.text);
  assert.equal(await step(late, marina(), 'propose'), 'under-review');
  assert.equal(await step(late, nives(), 'approve', decided), 'under-review');
  assert.equal(await step(late, dora(), 'approve', decided), 'in-force');
});

test('going back is a change of its own: the version before comes into force again under the next number', async () => {
  const change = await adopted('6.00', '2026-12-05');
  const former = hashNow();
  await step(change, dora(), 'approve', decided);
  assert.notEqual(hashNow(), former);
  const body = { title: 'As it was before' };
  const refused = await window.ask({ method: 'POST', url: `/v1/law/changes/${change}/back`, as: 'customs', body });
  assert.equal(refused.status, 403);
  const back = await window.ask({ method: 'POST', url: `/v1/law/changes/${change}/back`, as: 'commerce', body });
  assert.equal(back.status, 201, back.text);
  const id = back.body.change;
  await step(id, marina(), 'propose');
  await step(id, nives(), 'approve', decided);
  assert.equal(await step(id, dora(), 'approve', decided), 'in-force');
  const { home } = context.reference.current().get(packsPart);
  assert.equal(home.program.values.get('low-value-limit')?.rows.at(-1)?.text, '5.00');
  const list = (await window.ask({ url: '/v1/law/versions/xp' })).body.versions;
  assert.deepEqual([list[0].change, list[1].change], [id, change]);
  assert.equal((await window.ask({ url: `/v1/law/changes/${change}` })).body.reversedBy[0], id);
  const twice = await window.ask({ method: 'POST', url: `/v1/law/changes/${change}/back`, as: 'commerce', body });
  assert.equal(twice.body.code, 'rulebook/nothing-to-go-back-on');
});

test('every version that was in force is read and tried for ever', async () => {
  const list = (await window.ask({ url: '/v1/law/versions/xp' })).body.versions;
  const first = list.at(-1);
  assert.deepEqual([first.version, first.change, list[0].until], [shipped, null, null]);
  const old = await window.ask({ url: `/v1/law/versions/xp/${first.from}` });
  assert.equal(JSON.parse(old.body.files['pack.json']).version, shipped);
  const example = JSON.parse(old.body.files['examples/limit-150-00.json']);
  const assess = (version: string | undefined) =>
    window.ask({
      method: 'POST',
      url: '/v1/assessments',
      body: { ...example.given, on: '2026-12-20', ...(version === undefined ? {} : { version }) },
    });
  const [then, now, byHash] = [await assess(shipped), await assess(undefined), await assess(first.hash.slice(0, 12))];
  assert.equal(then.body.route, 'low-value', then.text);
  assert.deepEqual([then.body.pack.version, then.body.pack.hash], [shipped, first.hash]);
  assert.notEqual(now.body.route, 'low-value');
  assert.equal(byHash.text, then.text);
  const side = { ...example.given, on: '2026-12-20' };
  const both = { assessments: [{ ...side, version: shipped }, side] };
  const compared = await window.ask({ method: 'POST', url: '/v1/assessments/comparison', body: both });
  assert.deepEqual(
    compared.body.determinations.map((one: any) => one.route === 'low-value'),
    [true, false],
  );
  const never = await assess('9.9.9');
  assert.deepEqual([never.status, never.body.code], [404, 'rulebook/version-unknown']);
});

test('a start with the files of before leaves adopted law in force and says so', async () => {
  const law = hashNow();
  const installed = await installPacks(context);
  assert.ok(installed.ok);
  assert.deepEqual(installed.value.changed, []);
  assert.deepEqual(
    installed.value.kept.map(({ pack, folder }) => [pack, folder]),
    [['xp', shipped]],
  );
  assert.equal((await context.reference.refresh()).get(packsPart).home.hash, law);
});

test('the command hands in a folder, and says every problem with its place', async () => {
  const folder = mkdtempSync('/tmp/portolan-law-');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const origin = await window.app.listen({ port: 0, host: '127.0.0.1' });
  for (const [path, text] of Object.entries<string>(await current('xp'))) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const propose = (...more: string[]) =>
    portolan({}, 'law', 'propose', folder, '--title', 'By hand', '--to', origin, ...more);
  const same = await propose('--key', window.key('commerce'));
  assert.equal(same.code, 2);
  assert.match(same.err, /xp\/pack\.json:\d+ \/version: .* raise the version/);
  const files = await lowered('7.00', '2027-01-01');
  for (const [path, text] of Object.entries(files)) if (text !== null) writeFileSync(join(folder, path), text);
  const made = await propose('--key', window.key('commerce'), '--in-force', '2027-01-01T00:00:00Z');
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /The draft is kept: xp 1\.\d+\.0\.\nhttp:.*\/law\/changes\/[0-9a-f-]{36}/);
  const barred = await propose('--key', window.key('customs'));
  assert.equal(barred.code, 2);
  assert.match(barred.err, /mandate to propose law/);
});

test('where three members approve together two are not enough, and the law is that of the pack in force', async () => {
  const levanta = await openWindow({ economy: 'xl', clock });
  const { versions } = (await levanta.ask({ url: '/v1/law/versions/xl' })).body;
  const { files } = (await levanta.ask({ url: `/v1/law/versions/xl/${versions[0].from}` })).body;
  const head = JSON.parse(files['pack.json']);
  // The draft would have two approve; that is law for the change after it.
  const steering = { ...head.steering, approvals: 2 };
  const body = {
    title: 'Two of three',
    files: {
      'pack.json': JSON.stringify({ ...head, version: '1.2.0', steering }),
      'CHANGELOG.md': files['CHANGELOG.md'].replace('## ', '## 1.2.0\n\nTwo members approve.\n\n## '),
    },
  };
  const made = await levanta.ask({ method: 'POST', url: '/v1/law/drafts', as: 'commerce', body });
  assert.equal(made.status, 201, made.text);
  const { change } = made.body;
  const states: string[] = [];
  const steps = [
    [marina(), 'propose'],
    [nives(), 'approve'],
    [dora(), 'approve'],
    [tea(), 'approve'],
  ] as const;
  for (const [stamp, [who, move]] of steps.entries()) {
    const done = await stepChange(levanta.context, who, change, { move, stamp, ...decided });
    states.push(done.ok ? done.value.state : done.error.code);
  }
  assert.deepEqual(states, ['under-review', 'under-review', 'under-review', 'in-force']);
  assert.equal(levanta.context.reference.current().get(packsPart).home.steering?.approvals, 2);
  const { differences } = (await levanta.ask({ url: `/v1/law/changes/${change}` })).body;
  assert.deepEqual(
    differences.map((one: any) => [one.topic, one.id, one.kind]),
    [['pack', 'steering', 'changed']],
  );
});
