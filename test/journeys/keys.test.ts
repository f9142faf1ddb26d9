import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ids } from '#modules/demo/index.ts';
import { createKey, listKeys, revokeKey, rotateKey } from '#modules/parties/index.ts';
import { addDays, dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { anonymous, type Principal, type Role } from '#platform/auth.ts';
import { msOfInstant } from '#platform/clock.ts';
import { tries } from '../support/long.ts';
import { openWindow, type Told } from '../support/window.ts';

const began = '2026-11-20';
let today = dayOf(began);
const clock = {
  now: () => msOfInstant(`${today}T09:00:00.000Z`),
  instant: () => `${today}T09:00:00.000Z`,
};
const window = await openWindow({ clock });
const { context } = window;

const person = (roles: readonly Role[], party: string | null = ids.seller): Principal => ({
  ...anonymous(today),
  subject: '01900000-0000-7000-8000-000000000001',
  name: 'Somebody',
  party,
  roles,
  assurance: 'password',
});
const asks = (key: string, url = '/v1/me'): Promise<Told> =>
  window.ask({ url, headers: { authorization: `Bearer ${key}` } });
const counts = async (key: string): Promise<boolean> => (await asks(key)).status === 200;

test('whoever hands in data for a party makes its keys, each for no more than himself', async () => {
  const filer = person(['filer']);
  const made = must(await createKey(context, filer, { name: 'Shop', scopes: ['file', 'read'] }));
  assert.ok(await counts(made.key));
  assert.deepEqual((await asks(made.key)).body.scopes, ['file', 'read']);
  assert.equal(JSON.stringify(listKeys(context, filer)).includes(made.key), false);
  const refused = async (who: Principal, scopes: ('file' | 'read' | 'pay')[], until?: string): Promise<string> => {
    const told = await createKey(context, who, { name: 'Shop', scopes, ...(until === undefined ? {} : { until }) });
    return told.ok ? 'made' : told.error.code;
  };
  assert.equal(await refused(filer, ['pay']), 'parties/key-beyond');
  assert.equal(await refused(person(['filer', 'payer']), ['pay']), 'made');
  assert.equal(await refused(person(['payer']), ['pay']), 'parties/key-not-yours');
  assert.equal(await refused(person(['officer'], null), ['read']), 'parties/key-none');
  assert.equal(await refused({ ...filer, client: 'a-key', scopes: ['administer'] }, ['read']), 'parties/key-by-person');
  assert.equal(await refused(filer, ['read'], '2026-02-30'), 'parties/day-unknown');
  assert.equal(await refused(filer, ['read'], began), 'parties/key-ends-before');
});

test('a key of another party is neither seen nor ended, and a key ends itself and others never', async () => {
  const filer = person(['filer']);
  const { key, client } = must(await createKey(context, filer, { name: 'Mine', scopes: ['file', 'read'] }));
  const id = client.id ?? '';
  const stranger = person(['filer'], ids.agent);
  const ended = await revokeKey(context, stranger, id);
  assert.equal(ended.ok ? '' : ended.error.code, 'parties/key-missing');
  for (const as of [ids.agent, ids.seller]) {
    const told = await window.ask({ method: 'DELETE', url: `/v1/keys/${id}`, as });
    assert.equal(told.body.code, 'parties/key-by-person');
  }
  const log = await window.ask({ url: `/v1/keys/${id}/requests`, as: ids.agent });
  assert.equal(log.body.code, 'parties/key-missing');
  assert.ok(await counts(key));
});

test('a party has twenty keys that count at most, and room again when one has ended', async () => {
  const who = person(['operator'], ids.dryPort);
  const standing = must(listKeys(context, who)).length;
  for (let number = standing; number < 20; number += 1)
    must(await createKey(context, who, { name: `Scanner ${number}`, scopes: ['read'] }));
  const more = await createKey(context, who, { name: 'One more', scopes: ['read'] });
  assert.equal(more.ok ? '' : more.error.code, 'parties/keys-full');
  const [last] = must(listKeys(context, who));
  must(await revokeKey(context, who, last?.id ?? ''));
  must(await createKey(context, who, { name: 'One more', scopes: ['read'] }));
});

type Move =
  | { what: 'make'; days: number | null }
  | { what: 'rotate' | 'revoke'; at: number; overlap: number }
  | { what: 'day' };
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ what: fc.constant('make' as const), days: fc.option(fc.integer({ min: 1, max: 4 })) }),
  fc.record({ what: fc.constantFrom('rotate' as const, 'revoke' as const), at: fc.nat(5), overlap: fc.nat(3) }),
  fc.record({ what: fc.constant('day' as const) }),
);

test('a key counts from its making to its end, its revocation or the end of its overlap, whatever happens beside', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 12 }), async (moves) => {
      today = dayOf(began);
      const model: { key: string; id: string; until: string | null; revoked: boolean }[] = [];
      const add = (made: { key: string; client: { id?: string } }, until: string | null): void =>
        void model.push({ key: made.key, id: made.client.id ?? '', until, revoked: false });
      const alive = (one: (typeof model)[number]): boolean => !one.revoked && (one.until === null || today < one.until);
      for (const step of moves) {
        const who = person(['filer'], ids.exporter);
        if (step.what === 'day') today = addDays(today, 1);
        else if (step.what === 'make') {
          const until = step.days === null ? null : addDays(today, step.days);
          add(must(await createKey(context, who, { name: 'K', scopes: ['read'], until })), until);
        } else {
          const one = model[step.at % Math.max(model.length, 1)];
          if (one === undefined) continue;
          if (step.what === 'revoke') {
            assert.equal((await revokeKey(context, who, one.id)).ok, alive(one));
            one.revoked = true;
            continue;
          }
          const made = await rotateKey(context, who, one.id, step.overlap);
          assert.equal(made.ok, alive(one));
          if (!made.ok) continue;
          add(made.value, one.until);
          const end = addDays(today, step.overlap);
          one.revoked = step.overlap === 0;
          one.until = one.until !== null && one.until < end ? one.until : end;
        }
      }
      for (const one of model) assert.equal(await counts(one.key), alive(one));
      // The party is left as it was found, so that the next run has room: on its first day what ended on a later one
      // counts again, also where a revocation came too late for it. What was revoked is refused to be once more.
      today = dayOf(began);
      for (const one of model) await revokeKey(context, person(['filer'], ids.exporter), one.id);
    }),
    { numRuns: tries(25) },
  );
});

test('what a key asked for is there a moment later: address without its query, answer, problem, number', async () => {
  const who = person(['filer'], ids.agent);
  const { key, client } = must(await createKey(context, who, { name: 'Logged', scopes: ['file', 'read'] }));
  await asks(key);
  const refused = await asks(key, '/v1/consignments/00000000-0000-7000-8000-000000000000?name=Somebody');
  await window.ask({ url: '/v1/port-tariffs' });
  await window.settle();
  const { body } = await asks(key, `/v1/keys/${client.id}/requests`);
  const number = refused.body.instance.replace('urn:uuid:', '');
  assert.deepEqual(
    body.requests.map(({ method, path, status, problem }: any) => [method, path, status, problem]),
    [
      ['GET', '/v1/consignments/00000000-0000-7000-8000-000000000000', refused.status, refused.body.code],
      ['GET', '/v1/me', 200, null],
    ],
  );
  assert.equal(body.requests[0].request, number);
  assert.equal(body.next, null);
});

test('the log of a key is a ring of 500, paged from the latest, and goes after 30 days', async () => {
  const who = person(['filer'], ids.agent);
  const { key, client } = must(await createKey(context, who, { name: 'Busy', scopes: ['read'] }));
  for (let batch = 0; batch < 3; batch += 1) {
    for (let many = 0; many < 200; many += 1) await asks(key, `/v1/nowhere/${batch}-${many}`);
    await window.settle();
  }
  const page = (query: string): Promise<Told> =>
    window.ask({ url: `/v1/keys/${client.id}/requests${query}`, as: ids.agent });
  const whole = (await page('?limit=500')).body;
  assert.deepEqual([whole.requests.length, whole.next], [500, null]);
  assert.equal(new Set(whole.requests.map(({ path }: any) => path)).size, 500);
  const first = (await page('?limit=3')).body;
  const second = (await page(`?limit=3&before=${first.next}`)).body;
  assert.deepEqual([...first.requests, ...second.requests], whole.requests.slice(0, 6));
  today = addDays(today, 31);
  await window.settle();
  assert.deepEqual((await page('')).body.requests, []);
  today = dayOf(began);
});
