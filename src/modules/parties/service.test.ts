import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymous, may, type Principal } from '#platform/auth.ts';
import { fixedClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { beginUnderEpoch, createReference } from '#platform/snapshot.ts';
import { testDb } from '../../../test/support/db.ts';
import { partiesPart, registered, represented } from './directory.ts';
import { addMandate, addRepresentation, endMandate, putAuthority, putParty, revokeRepresentation } from './service.ts';
import { createClient, revokeClient } from './service-clients.ts';
import { enrol } from './service-enrol.ts';
import { principalOfClient } from './service-identify.ts';
import { listClients, listParties, partyFile } from './service-lists.ts';
import { changeUser, createUser, listUsers, renewLink } from './service-people.ts';
import { followLink } from './service-sign-in.ts';

const on = '2026-07-01';
const administrator: Principal = {
  ...anonymous(on),
  subject: '0198c0de-0000-7000-8000-00000000000a',
  roles: ['administrator'],
  assurance: 'password',
};
const registration = (name: string, ...roles: ('declarant' | 'importer' | 'seller')[]) => ({
  name,
  language: 'en',
  roles,
});

async function window() {
  const { db, open } = await testDb({ modules: ['parties'] });
  const clock = fixedClock(`${on}T08:00:00.000Z`);
  const reference = createReference(db, [partiesPart]);
  await reference.refresh();
  const context = { config: readConfig({}, []), db, clock, reference };
  const journal = () =>
    db.query<{ kind: string; data: string; subject: string }>(
      'select kind, subject, data from platform.journal order by tx, seq',
    );
  return { context, db, open, clock, reference, journal };
}

const must = <T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T => {
  assert.ok(result.ok, result.ok ? '' : result.error.code);
  return result.value;
};
const refused = (result: { ok: boolean; error?: { code: string } }): string =>
  result.ok ? 'allowed' : (result.error?.code ?? '');

test('a registration is true from its epoch on, the earlier one stays readable, and the same again changes nothing', async () => {
  const { context, reference, journal } = await window();
  must(await putParty(context, administrator, 'XP-1', registration('One', 'declarant')));
  const first = reference.current();
  must(await putParty(context, administrator, 'XP-1', registration('One', 'declarant', 'importer')));
  const second = reference.current();
  must(await putParty(context, administrator, 'XP-1', registration('One', 'declarant', 'importer')));
  assert.equal(registered(first, 'XP-1', 'importer', on).result, 'failed');
  assert.equal(registered(second, 'XP-1', 'importer', on).result, 'passed');
  const past = await createReference(context.db, [partiesPart]).at(first.epoch);
  assert.equal(registered(past, 'XP-1', 'importer', on).result, 'failed');
  assert.equal(past.digest, first.digest);
  assert.deepEqual(
    (await journal()).map((entry) => entry.kind),
    ['parties.party-registered', 'parties.party-changed'],
  );
});

test('the journal of administration holds ids and codes and nobody’s name', async () => {
  const { context, journal } = await window();
  must(await putParty(context, administrator, 'XP-1', registration('Rosamunda Imports', 'declarant')));
  must(await putAuthority(context, administrator, 'customs', { name: 'Dogana di Ponenta', language: 'it' }));
  must(
    await createUser(context, administrator, { name: 'rosa', shown: 'Rosa Piccola', roles: ['filer'], party: 'XP-1' }),
  );
  must(await createClient(context, administrator, { name: 'Rosas Maschine', party: 'XP-1', scopes: ['file'] }));
  const text = JSON.stringify(await journal());
  assert.match(text, /parties\.user-created/);
  assert.doesNotMatch(text, /Rosa|rosa|Dogana/);
});

test('a revoked representation files in no batch that begins after the revocation was acknowledged', async () => {
  const { context, reference, open } = await window();
  for (const name of ['agent', 'owner'])
    must(await putParty(context, administrator, name, registration(name, 'declarant')));
  const { id } = must(
    await addRepresentation(context, administrator, {
      represented: 'owner',
      representative: 'agent',
      kind: 'direct',
      scope: ['file'],
      from: on,
    }),
  );
  const old = reference.current();
  assert.equal(represented(old, 'agent', 'owner', 'file', on).result, 'passed');
  const batch = await open(1).connection();
  const before = await batch.simple(beginUnderEpoch);
  assert.equal(before.at(-1)?.[0]?.['epoch'], old.epoch);
  // A batch is open on the old snapshot, so the revocation is not acknowledged before it has ended.
  let acknowledged = false;
  const revoking = revokeRepresentation(context, administrator, id ?? '').then((result) => {
    acknowledged = true;
    return result;
  });
  await context.db.query('select pg_sleep(0.2)');
  assert.equal(acknowledged, false);
  await batch.simple('commit');
  must(await revoking);
  const after = await batch.simple(beginUnderEpoch);
  await batch.simple('rollback');
  batch.release();
  assert.equal(after.at(-1)?.[0]?.['epoch'], old.epoch + 1n);
  assert.equal(represented(reference.current(), 'agent', 'owner', 'file', on).reason, 'parties/not-represented');
  assert.equal(refused(await revokeRepresentation(context, administrator, id ?? '')), 'parties/representation-unknown');
});

test('a representation of an unregistered party, of oneself, twice, or with an empty period is refused at its field', async () => {
  const { context } = await window();
  for (const name of ['agent', 'owner'])
    must(await putParty(context, administrator, name, registration(name, 'declarant')));
  const given = {
    represented: 'owner',
    representative: 'agent',
    kind: 'direct' as const,
    scope: ['file' as const],
    from: on,
  };
  const ask = async (more: object) => {
    const result = await addRepresentation(context, administrator, { ...given, ...more });
    return result.ok ? 'allowed' : `${result.error.code} ${result.error.pointer ?? ''}`;
  };
  assert.equal(await ask({ represented: 'nobody' }), 'parties/party-unknown /represented');
  assert.equal(await ask({ chain: ['nobody'] }), 'parties/party-unknown /chain/0');
  assert.equal(await ask({ representative: 'owner' }), 'parties/representation-of-oneself /representative');
  assert.equal(await ask({ chain: ['owner'] }), 'parties/representation-of-oneself /representative');
  assert.equal(await ask({ until: on }), 'parties/period-empty /until');
  assert.equal(await ask({ from: '2026-02-30' }), 'parties/day-unknown /from');
  assert.equal(await ask({}), 'allowed');
  assert.equal(await ask({}), 'parties/representation-known ');
});

test('a client’s key is shown once, stored as its hash, narrowed by its scopes, and dead once revoked', async () => {
  const { context, db, reference } = await window();
  must(await putParty(context, administrator, 'XP-1', registration('One', 'declarant')));
  const { key, client } = must(
    await createClient(context, administrator, { name: 'till', party: 'XP-1', scopes: ['read'] }),
  );
  assert.match(key, /^portolan_[A-Za-z0-9_-]{43}$/);
  assert.equal(JSON.stringify(client).includes(key), false);
  const stored = await db.query<{ text: string }>('select c::text as text from parties.clients c');
  assert.equal(JSON.stringify(stored).includes(key), false);
  assert.equal(key.startsWith(String(client.prefix)), true);
  const principal = principalOfClient(reference.current(), key, on);
  const record = { kind: 'consignment', id: 'x', parties: { filer: ['XP-1'] }, desk: null } as const;
  assert.ok(principal);
  assert.equal(may(principal, 'consignment.read', record), true);
  assert.equal(may(principal, 'consignment.file', record), false);
  assert.equal(principalOfClient(reference.current(), key, on), principal);
  assert.equal(principalOfClient(reference.current(), `${key.slice(0, -1)}!`, on), null);
  must(await revokeClient(context, administrator, String(client.id)));
  assert.equal(principalOfClient(reference.current(), key, on), null);
  const listed = must(listClients(context, administrator, { after: '', limit: 10 }));
  assert.deepEqual(
    listed.items.map((one) => one.status),
    ['revoked'],
  );
  assert.equal('hash' in (listed.items[0] ?? {}), false);
});

test('a client of a suspended party still reads and pays, and files nothing', async () => {
  const { context, reference } = await window();
  must(await putParty(context, administrator, 'XP-1', registration('One', 'declarant')));
  const { key } = must(
    await createClient(context, administrator, { name: 'till', party: 'XP-1', scopes: ['file', 'read', 'pay'] }),
  );
  must(await putParty(context, administrator, 'XP-1', { ...registration('One', 'declarant'), status: 'suspended' }));
  assert.deepEqual(principalOfClient(reference.current(), key, on)?.scopes, ['read', 'pay']);
});

test('an API client belongs to one registered holder', async () => {
  const { context } = await window();
  const ask = async (more: object) =>
    refused(await createClient(context, administrator, { name: 'c', scopes: ['read'], ...more }));
  assert.equal(await ask({}), 'parties/client-needs-holder');
  assert.equal(await ask({ party: 'a', authority: 'b' }), 'parties/client-needs-holder');
  assert.equal(await ask({ party: 'nobody' }), 'parties/party-unknown');
  assert.equal(await ask({ authority: 'nobody' }), 'parties/authority-unknown');
});

test('a mandate ends for every principal with the next snapshot', async () => {
  const { context, reference } = await window();
  must(await putAuthority(context, administrator, 'customs', { name: 'Customs', language: 'en' }));
  const mandate = {
    authority: 'customs',
    element: '*',
    purpose: 'clear',
    reference: 'Customs Act 12',
    from: on,
  } as const;
  const { id } = must(await addMandate(context, administrator, mandate));
  assert.equal(refused(await addMandate(context, administrator, mandate)), 'parties/mandate-known');
  assert.equal(
    refused(await addMandate(context, administrator, { ...mandate, authority: 'tax' })),
    'parties/authority-unknown',
  );
  const { key } = must(
    await createClient(context, administrator, { name: 'desk', authority: 'customs', scopes: ['read'] }),
  );
  const record = { kind: 'consignment', id: 'x', parties: {}, desk: null } as const;
  const reads = (): boolean => {
    const principal = principalOfClient(reference.current(), key, on);
    return principal !== null && may(principal, 'consignment.read', record);
  };
  assert.equal(reads(), true);
  must(await endMandate(context, administrator, String(id)));
  assert.equal(reads(), false);
});

test('nobody but an administrator administers, and a refusal leaves nothing behind', async () => {
  const { context, db, journal } = await window();
  const nobodys: Principal[] = [
    anonymous(on),
    { ...administrator, roles: ['officer', 'filer', 'auditor'] },
    { ...administrator, assurance: 'none' },
  ];
  for (const who of nobodys) {
    const answers = [
      await putParty(context, who, 'XP-1', registration('One', 'declarant')),
      await putAuthority(context, who, 'customs', { name: 'Customs', language: 'en' }),
      await addRepresentation(context, who, {
        represented: 'a',
        representative: 'b',
        kind: 'direct',
        scope: ['file'],
        from: on,
      }),
      await revokeRepresentation(context, who, administrator.subject),
      await addMandate(context, who, {
        authority: 'customs',
        element: '*',
        purpose: 'clear',
        reference: 'Act',
        from: on,
      }),
      await endMandate(context, who, administrator.subject),
      await createClient(context, who, { name: 'c', party: 'a', scopes: ['read'] }),
      await revokeClient(context, who, administrator.subject),
      await createUser(context, who, { name: 'eve', shown: 'Eve', roles: ['administrator'] }),
      await changeUser(context, who, administrator.subject, {
        shown: 'Eve',
        roles: ['administrator'],
        status: 'active',
      }),
      await renewLink(context, who, administrator.subject),
      await listUsers(context, who, { after: '', limit: 10 }),
      listParties(context, who, { after: '', limit: 10 }),
      listClients(context, who, { after: '', limit: 10 }),
      partyFile(context, who, 'XP-1'),
    ];
    assert.deepEqual(new Set(answers.map(refused)), new Set(['parties/not-allowed']));
  }
  const tables = ['parties', 'authorities', 'representations', 'mandates', 'clients', 'users', 'links'];
  for (const table of tables) assert.deepEqual(await db.query(`select 1 from parties.${table}`), []);
  assert.deepEqual(await journal(), []);
});

test('the last administrator can be neither suspended nor stripped of his role, also by two at the same moment', async () => {
  const { context } = await window();
  const make = async (name: string): Promise<string> => {
    const { user, link } = must(
      await createUser(context, administrator, { name, shown: name, roles: ['administrator'] }),
    );
    const token = link.split('/').at(-1) ?? '';
    must(
      await followLink(context, {
        token,
        name: '',
        device: '',
        shown: '',
        password: 'a long enough word',
        again: 'a long enough word',
      }),
    );
    return String(user.id);
  };
  const [ada, bea] = [await make('ada'), await make('bea')];
  const strip = (id: string) =>
    changeUser(context, administrator, id, { shown: 'x', roles: ['auditor'], status: 'active' });
  const answers = (await Promise.all([strip(ada), strip(bea)])).map(refused).sort();
  assert.deepEqual(answers, ['allowed', 'parties/last-administrator']);
});

test('a cast is enrolled once, under one epoch, and an administrator’s change of it stays', async () => {
  const { context, reference } = await window();
  const cast = {
    from: '2026-06-01',
    parties: ['agent', 'owner'].map((identifier) => ({ identifier, ...registration(identifier, 'declarant') })),
    authorities: [{ identifier: 'customs', name: 'Customs', language: 'en' }],
    representations: [
      { represented: 'owner', representative: 'agent', kind: 'direct' as const, scope: ['file' as const] },
    ],
    mandates: [{ authority: 'customs', element: '*' as const, purpose: 'clear' as const, reference: 'Act 12' }],
    clients: [{ name: 'curl', party: 'agent', scopes: ['file' as const], key: 'portolan_demo-key' }],
    users: [{ name: 'mara', shown: 'Mara', roles: ['filer' as const], party: 'agent' }],
  };
  const { epoch } = reference.current();
  const whole = { parties: 2, authorities: 1, representations: 1, mandates: 1, clients: 1, users: 1 };
  assert.deepEqual(await enrol(context, cast), whole);
  assert.equal(reference.current().epoch, epoch + 1n);
  assert.equal(principalOfClient(reference.current(), 'portolan_demo-key', on)?.party, 'agent');
  must(await putParty(context, administrator, 'owner', { ...registration('owner', 'importer'), status: 'suspended' }));
  const nothing = { parties: 0, authorities: 0, representations: 0, mandates: 0, clients: 0, users: 0 };
  assert.deepEqual(await enrol(context, cast), nothing);
  assert.equal(registered(reference.current(), 'owner', 'importer', on).reason, 'parties/suspended');
});

test('lists are cut into pages that together hold everything once', async () => {
  const { context } = await window();
  const names = ['a', 'b', 'c', 'd', 'e'];
  await enrol(context, {
    from: on,
    parties: names.map((identifier) => ({ identifier, ...registration(identifier, 'seller') })),
  });
  const seen: (string | undefined)[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: { items: { identifier?: string }[]; next: string | null } = must(
      listParties(context, administrator, { after, limit: 2 }),
    );
    seen.push(...page.items.map((one) => one.identifier));
    after = page.next;
  }
  assert.deepEqual(seen, names);
});
