import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parcel as invent } from '#modules/demo/index.ts';
import { enrol, represented as actsFor } from '#modules/parties/index.ts';
import type { Clock } from '#platform/clock.ts';
import { fixedClock, instantOf, msOfInstant } from '#platform/clock.ts';
import { holdsUntilMet } from '../support/long.ts';
import { openWindow, type Told } from '../support/window.ts';

/** Chains, ends and revocations in any order, also while parcels are filed; and sellers of one platform. */

let now = msOfInstant('2026-11-20T08:00:00.000Z');
const clock: Clock = { ...fixedClock(instantOf(now)), now: () => now, instant: () => instantOf(now) };
const window = await openWindow({ clock });
const { context } = window;
const keyOf = (party: string): string => `representation-key-of-${party}`.padEnd(43, '0');
const ask = async (method: string, url: string, as: string, body?: unknown): Promise<Told> => {
  const headers = { authorization: `Bearer ${keyOf(as)}` };
  const asked = { method: method as 'GET', url, headers };
  return window.ask(body === undefined ? asked : { ...asked, body });
};

async function enrolled(parties: readonly string[], roles: readonly ('seller' | 'platform' | 'declarant')[]) {
  await enrol(context, {
    from: '2020-01-01',
    parties: parties.map((identifier) => ({ identifier, name: identifier, language: 'en', roles: [...roles] })),
    clients: parties.map((party) => ({
      name: party,
      party,
      key: keyOf(party),
      scopes: ['file', 'read', 'administer'] as const satisfies string[] as ('file' | 'read' | 'administer')[],
    })),
  });
}

const today = (): string => instantOf(now + 2 * 3_600_000).slice(0, 10);
const dayAfter = (days: number): string => instantOf(now + 2 * 3_600_000 + days * 86_400_000).slice(0, 10);

const many = 4;
const party = fc.nat(many - 1);
const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('give' as const),
      represented: party,
      representative: party,
      onward: fc.boolean(),
      pay: fc.boolean(),
      days: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
    }),
    fc.record({
      do: fc.constant('chain' as const),
      from: party,
      by: fc.constantFrom(1, 3),
      days: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ do: fc.constant('pass' as const), which: fc.nat(), to: party }),
    fc.record({ do: fc.constant('revoke' as const), which: fc.nat(), second: fc.boolean() }),
    fc.record({ do: fc.constant('wait' as const) }),
  ),
  { minLength: 4, maxLength: 14 },
);

/** What was given, told apart from the tables: with what it was built on. */
interface Given {
  readonly id: string;
  readonly represented: string;
  readonly representative: string;
  readonly chain: readonly string[];
  readonly onward: boolean;
  readonly scope: readonly string[];
  readonly until: string | null;
  alive: boolean;
}

let round = 0;

async function give(given: Given[], one: Omit<Given, 'id' | 'chain' | 'alive'>): Promise<void> {
  const { represented, representative, scope, onward, until } = one;
  const body = { represented, representative, kind: 'direct', scope, onward, until };
  const told = await ask('POST', '/v1/representations', represented, body);
  if (told.status === 201) given.push({ ...one, id: told.body.id, chain: [], alive: true });
  else assert.ok(['registration/oneself', 'parties/representation-known'].includes(told.body.code), told.text);
}

async function passOn(given: Given[], one: Given, to: string): Promise<void> {
  const body = { representative: to, scope: ['file'] };
  const told = await ask('POST', `/v1/representations/${one.id}/passed-on`, one.representative, body);
  if (told.status !== 201) return;
  assert.ok(one.onward, 'only what may be passed on is passed on');
  const { items } = (await ask('GET', '/v1/representations', one.represented)).body;
  const made = items.find(({ id }: any) => id === told.body.id);
  assert.ok(made, 'the represented sees it');
  assert.deepEqual(made.chain, [...one.chain, one.representative]);
  assert.ok(one.until === null || (made.until !== null && made.until <= one.until), 'it ends no later');
  const { id, represented, chain, onward, scope, until } = made;
  given.push({ id, represented, representative: to, chain, onward, scope, until, alive: true });
}

async function lived(given: Given[], names: string[], step: any): Promise<void> {
  const alive = given.filter((one) => one.alive);
  if (step.do === 'wait') now += 86_400_000;
  if (step.do === 'give') {
    const [represented, representative] = [names[step.represented]!, names[step.representative]!];
    const scope = step.pay ? ['file', 'pay'] : ['file'];
    const until = step.days === null ? null : dayAfter(step.days);
    await give(given, { represented, representative, onward: step.onward, scope, until });
  }
  if (step.do === 'chain') {
    // Each link is given, and then the first is passed on over it: the whole of a chain, which chance seldom makes.
    const [first, second, third] = [0, 1, 2].map((at) => names[(step.from + at * step.by) % many]!) as [any, any, any];
    const until = dayAfter(step.days);
    await give(given, { represented: first, representative: second, onward: true, scope: ['file'], until });
    await give(given, { represented: second, representative: third, onward: false, scope: ['file'], until: null });
    const passed = given.find(
      (each) => each.alive && each.onward && each.represented === first && each.representative === second,
    );
    if (passed !== undefined) await passOn(given, passed, third);
  }
  const one = alive[step.which % Math.max(alive.length, 1)];
  if (step.do === 'revoke' && one !== undefined) {
    const side = step.second ? one.representative : one.represented;
    assert.equal((await ask('DELETE', `/v1/representations/${one.id}`, side)).status, 200);
    one.alive = false;
    if (one.chain.length === 0)
      for (const other of given) {
        const way = [other.represented, ...other.chain, other.representative];
        const over = way.some((each, at) => each === one.represented && way[at + 1] === one.representative);
        if (other.chain.length > 0 && over) other.alive = false;
      }
  }
  if (step.do === 'pass' && one !== undefined) await passOn(given, one, names[step.to]!);
}

/** Whether one may file for another: by what is alive, in time, and for a chain by each of its links. */
function mayFile(given: readonly Given[], taker: string, giver: string): boolean {
  const day = today();
  const holds = (one: Given): boolean => one.alive && (one.until === null || day < one.until);
  const direct = (a: string, b: string): boolean =>
    given.some((one) => holds(one) && one.chain.length === 0 && one.represented === a && one.representative === b);
  return given.some((one) => {
    if (!holds(one) || one.represented !== giver || one.representative !== taker) return false;
    const way = [giver, ...one.chain, taker];
    return one.chain.length === 0 || way.slice(1).every((each, at) => direct(way[at]!, each));
  });
}

test('who may act for whom follows from what was given, passed on, ended and revoked, in any order', async () => {
  const met = { may: 0, chains: 0 };
  await holdsUntilMet(
    fc.asyncProperty(steps, async (all) => {
      round += 1;
      const names = Array.from({ length: many }, (_, index) => `R${round}-${index}`);
      await enrolled(names, ['seller', 'declarant']);
      const given: Given[] = [];
      for (const step of all) {
        await lived(given, names, step);
        const snapshot = context.reference.current();
        for (const taker of names)
          for (const giver of names) {
            if (taker === giver) continue;
            const check = actsFor(snapshot, taker, giver, 'file', today());
            assert.equal(check.result === 'passed', mayFile(given, taker, giver), `${taker} for ${giver}`);
            if (check.result === 'passed') met.may += 1;
            if (check.result === 'passed' && check.params['chain'] !== '') met.chains += 1;
          }
      }
    }),
    25,
    () => (met.may > 20 && met.chains > 0 ? [] : [JSON.stringify(met)]),
  );
});

let made = 0;
function bodyOf(declarant: string, seller: string, more: object = {}): any {
  made += 1;
  const { raw } = invent({ seed: 9, index: made, at: now, run: 'REP', kind: 'low-value', buyer: 5_000 + made });
  const body = JSON.parse(raw);
  return { ...body, declaration: { ...body.declaration, declarant, seller, ...more } };
}

const link = (represented: string, representative: string, more: object = {}, as = represented): Promise<Told> =>
  ask('POST', '/v1/representations', as, { represented, representative, kind: 'direct', scope: ['file'], ...more });
const pass = (id: string, as: string, more: object): Promise<Told> =>
  ask('POST', `/v1/representations/${id}/passed-on`, as, { scope: ['file'], ...more });

test('a representation without a sound period, with a stranger, between others or passed on too far is refused by its field', async () => {
  const names = Array.from({ length: 9 }, (_, index) => `FAR-${index}`);
  await enrolled(names, ['seller', 'declarant']);
  const [owner, agent, third] = names as [string, string, string];
  const base = await link(owner, agent);
  assert.equal(base.status, 201, base.text);
  for (const [told, code, pointer] of [
    [await link(owner, third, { from: '2026-02-30' }), 'parties/day-unknown', '/from'],
    [await link(owner, third, { until: '2027-02-30' }), 'parties/day-unknown', '/until'],
    [await link(owner, third, { from: dayAfter(3), until: dayAfter(3) }), 'registration/period-empty', '/until'],
    [await link(owner, 'FAR-NOBODY'), 'registration/party-unknown', '/representative'],
    [await link(owner, owner), 'registration/oneself', '/representative'],
    [await link(owner, agent, {}, third), 'registration/not-between-us', undefined],
    [await pass(base.body.id, agent, { representative: third }), 'registration/not-onward', undefined],
    [await pass(base.body.id, owner, { representative: third }), 'registration/representation-unknown', undefined],
  ] as const)
    assert.deepEqual([told.body.code, told.body.errors?.[0].pointer], [code, pointer], told.text);
  let last = (await link(owner, third, { onward: true })).body.id;
  const codes: string[] = [];
  for (let at = 2; at < names.length - 1; at += 1) {
    assert.equal((await link(names[at]!, names[at + 1]!, { onward: true })).status, 201);
    const told = await pass(last, names[at]!, { representative: names[at + 1] });
    codes.push(told.body.code ?? 'passed on');
    last = told.body.id ?? last;
  }
  assert.deepEqual(codes, [...Array<string>(5).fill('passed on'), 'registration/chain-long']);
});

test('nothing is filed under a representation after its revocation was answered, however many parcels are under way', async () => {
  await enrolled(['MID-OWNER', 'MID-AGENT', 'MID-SECOND'], ['seller', 'declarant']);
  for (let turn = 0; turn < 6; turn += 1) {
    const base = await link('MID-OWNER', 'MID-AGENT', { onward: true });
    const own = await link('MID-AGENT', 'MID-SECOND');
    const chain = await pass(base.body.id, 'MID-AGENT', { representative: 'MID-SECOND' });
    assert.deepEqual([base.status, own.status, chain.status], [201, 201, 201], chain.text);
    const file = (as: string) => ask('POST', '/v1/consignments', as, bodyOf('MID-OWNER', 'MID-OWNER'));
    const underWay = [...Array(12)].map((_, index) => file(index % 2 === 0 ? 'MID-AGENT' : 'MID-SECOND'));
    // Some are already with the writer when the revocation comes, some are not yet.
    const revoked = await ask(
      'DELETE',
      `/v1/representations/${base.body.id}`,
      turn % 2 === 0 ? 'MID-OWNER' : 'MID-AGENT',
    );
    assert.equal(revoked.status, 200);
    const { epoch } = context.reference.current();
    const after = await Promise.all([file('MID-AGENT'), file('MID-SECOND')]);
    for (const told of after) assert.equal(told.body.code, 'clearance/not-yours', told.text);
    for (const told of await Promise.all(underWay)) {
      if (told.status !== 201) assert.equal(told.body.code, 'clearance/not-yours', told.text);
      else {
        const parcel = await ask('GET', `/v1/consignments/${told.body.id}`, 'MID-OWNER');
        assert.ok(BigInt(parcel.body.epoch) < epoch, 'what was filed was decided before the revocation');
      }
    }
    assert.equal((await ask('DELETE', `/v1/representations/${own.body.id}`, 'MID-AGENT')).status, 200);
  }
});

const sellers = ['SHOP-1', 'SHOP-2', 'SHOP-3', 'SHOP-4'];

test('S31 a platform files in bulk for many sellers: it sees all of them, each seller only its own, at every door', async () => {
  await enrolled(['QUAY'], ['platform', 'declarant']);
  await enrol(context, {
    from: '2020-01-01',
    parties: sellers.map((identifier) => ({ identifier, name: identifier, language: 'en', roles: ['seller'] })),
    clients: sellers.map((one) => ({ name: one, party: one, key: keyOf(one), scopes: ['file', 'read', 'pay'] })),
  });
  const bodies = Array.from({ length: 24 }, (_, index) =>
    bodyOf('QUAY', sellers[index % sellers.length]!, { id: `QUAY-${index}-OF` }),
  );
  const told = await window.ask({
    method: 'POST',
    url: '/v1/consignments/bulk',
    type: 'application/x-ndjson',
    raw: bodies.map((one) => JSON.stringify(one)).join('\n'),
    headers: { authorization: `Bearer ${keyOf('QUAY')}` },
  });
  assert.equal(told.status, 200, told.text);
  const ids = told.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).answer.id as string);
  const of = (seller: string): string[] => ids.filter((_, index) => sellers[index % sellers.length] === seller);
  const listed = async (as: string): Promise<string> => (await ask('GET', '/v1/consignments?limit=100', as)).text;
  const all = await listed('QUAY');
  assert.ok(
    ids.every((id) => all.includes(id)),
    'the platform sees what it filed',
  );
  const { paths } = (await ask('GET', '/openapi.json', 'QUAY')).body;
  const readable = Object.entries<any>(paths).flatMap(([path, doors]) =>
    doors.get && !path.endsWith('/stream') ? [path] : [],
  );
  assert.ok(readable.length > 30, 'the doors were found');
  for (const seller of sellers) {
    const own = of(seller);
    const others = ids.filter((id) => !own.includes(id));
    const list = await listed(seller);
    assert.ok(
      own.every((id) => list.includes(id)),
      `${seller} sees its own`,
    );
    for (const path of readable) {
      const url = path.replace(/\{[^}]+\}/g, others[0]!);
      const { text } = await ask('GET', url, seller);
      const leaked =
        others.find((id) => text.replaceAll(url, '').includes(`"id":"${id}"`)) ?? /QUAY-\d+-OF/.exec(text)?.[0];
      const mine = bodies.some(({ declaration }) => declaration.seller === seller && declaration.id === leaked);
      assert.ok(leaked === undefined || mine, `${seller} learns ${leaked} at ${url}`);
    }
  }
});
