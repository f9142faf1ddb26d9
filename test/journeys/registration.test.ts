import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ids, parcel as invent } from '#modules/demo/index.ts';
import { partiesPart } from '#modules/parties/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { browser, openWindow, type Told } from '../support/window.ts';

/** A business registers, is let in, brings its people, and lets others act for it; each step through the doors. */

const clock = fixedClock('2026-11-20T08:00:00.000Z');
const window = await openWindow({ clock });
const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, as: string | undefined, body?: unknown) =>
  window.ask({ method, url, ...(as === undefined ? {} : { as }), ...(body === undefined ? {} : { body }) });
const reasons = { ground: 'Electronic Commerce Order, art. 2', reason: 'As asked', remedy: 'Object within 30 days' };

let made = 0;
const application = (identifier: string, roles: string[], more: object = {}) => ({
  name: 'Rete di Sale',
  language: 'it',
  country: 'XP',
  address: 'Via del Faro 7, Porto Ponente',
  identifiers: [{ scheme: 'xp-register', value: identifier }],
  roles,
  person: { name: `person${(made += 1)}`, shown: 'Ada Salina' },
  ...more,
});
const register = (body: object): Promise<Told> => ask('POST', '/v1/registrations', undefined, body);
const registered = (identifier: string) => window.context.reference.current().get(partiesPart).parties.get(identifier);

/** Follows the link that works once, and stays signed in. */
async function signedIn(link: string) {
  const visitor = browser(window);
  const path = new URL(link).pathname;
  const set = await visitor.post(path, path, { password: 'a long enough word', again: 'a long enough word' });
  assert.equal(set.statusCode, 303, set.body);
  return visitor;
}

/** A parcel as the platform Bazaar Quay would file it, for this filer and declarant. */
const parcelOf = (declarant: string, more: Record<string, unknown> = {}) => {
  made += 1;
  const body: any = JSON.parse(invent({ seed: 5, index: made, at: clock.now(), run: 'REG', kind: 'low-value' }).raw);
  return { ...body, declaration: { ...body.declaration, declarant, ...more } };
};

test('S01 who only sells and declares is registered at once, in distinct legal roles, and signs in by a link', async () => {
  const told = await register(application('XP-RETE', ['seller', 'declarant']));
  assert.deepEqual([told.status, told.body.state], [201, 'approved'], told.text);
  assert.deepEqual(registered('XP-RETE')?.roles, ['seller', 'declarant']);
  const ada = await signedIn(told.body.link);
  const page = await ada.get('/business');
  assert.match(page.body, /Rete di Sale/);
  assert.match(page.body, /XP-RETE/);
  const again = await register(application('XP-RETE', ['seller']));
  assert.deepEqual([again.status, again.body.code], [409, 'registration/identifier-taken']);
});

test('a mistyped identifier is told at its place, and every one that is wrong', async () => {
  const identifiers = [
    { scheme: 'uscc', value: '91350100M000100Y44' },
    { scheme: 'lei', value: '506700GE1G29325QX363' },
    { scheme: 'vat-de', value: 'DE1' },
  ];
  const told = await register(application('-', ['seller'], { identifiers }));
  assert.deepEqual(
    told.body.errors.map(({ code, pointer }: any) => [code, pointer]),
    [
      ['registration/check-digits', '/identifiers/0/value'],
      ['registration/identifier-shape', '/identifiers/2/value'],
    ],
    told.text,
  );
});

test('S10 what the pack lets a desk approve becomes a case: asked, answered, approved, and the business files', async () => {
  const told = await register(application('XP-MOLO', ['platform', 'declarant']));
  assert.deepEqual([told.status, told.body.state], [201, 'open'], told.text);
  const { id } = told.body;
  assert.equal(registered('XP-MOLO'), undefined, 'nothing is published before the decision');
  const step = (as: string, body: object) => ask('POST', `/v1/registrations/${id}/steps`, as, body);
  const stamp = async () => (await ask('GET', `/v1/registrations/${id}`, 'commerce')).body.stamp as number;
  const question = await step('commerce', { move: 'ask', stamp: await stamp(), note: 'Whose warehouse is it?' });
  assert.equal(question.body.state, 'asked', question.text);
  const ada = await signedIn(told.body.link);
  assert.match((await ada.get(`/registrations/${id}`)).body, /Whose warehouse is it\?/);
  const answered = await ada.post(`/registrations/${id}`, `/registrations/${id}/answer`, { note: 'It is ours.' });
  assert.equal(answered.statusCode, 303, answered.body);
  const without = await step('commerce', { move: 'approve', stamp: await stamp() });
  assert.equal(without.body.code, 'cases/reasons-missing');
  const approved = await step('commerce', { move: 'approve', stamp: await stamp(), decision: reasons });
  assert.deepEqual([approved.status, approved.body.state], [200, 'approved'], approved.text);
  assert.deepEqual(registered('XP-MOLO')?.roles, ['platform', 'declarant']);
  assert.match((await ada.get('/business')).body, /XP-MOLO/);
  const back = await step('commerce', { move: 'reverse', stamp: await stamp(), decision: reasons });
  assert.equal(back.body.state, 'open', back.text);
  assert.equal(registered('XP-MOLO')?.status, 'suspended', 'a decision taken back ends what it gave');
  const anew = await step('commerce', { move: 'approve', stamp: await stamp(), decision: reasons });
  assert.equal(anew.status, 200, anew.text);
  assert.equal(registered('XP-MOLO')?.status, 'active');
});

test('a refusal says ground, reason and remedy, and who asked may ask again', async () => {
  const told = await register(application('XP-NEBBIA', ['carrier']));
  const { stamp } = (await ask('GET', `/v1/registrations/${told.body.id}`, 'commerce')).body;
  const url = `/v1/registrations/${told.body.id}/steps`;
  const refused = await ask('POST', url, 'commerce', { move: 'refuse', stamp, decision: reasons });
  assert.equal(refused.body.state, 'refused', refused.text);
  const ada = await signedIn(told.body.link);
  assert.match((await ada.get(`/registrations/${told.body.id}`)).body, /Object within 30 days/);
  assert.equal((await register(application('XP-NEBBIA', ['carrier']))).status, 201);
});

test('a manager invites people, changes what they do and lets them go; one manager stays', async () => {
  const told = await register(application('XP-CORDA', ['seller', 'declarant']));
  const ada = await signedIn(told.body.link);
  const invited = await ada.post('/business', '/business/invite', { shown: 'Bo', 'roles.filer': 'yes' });
  const link = /\/join\/[A-Za-z0-9_-]{43}/.exec(invited.body)?.[0] ?? '';
  const bo = browser(window);
  assert.match((await bo.get(link)).body, /Rete di Sale/);
  const joined = await bo.post(link, link, { 'person.name': 'bo.salina', 'person.shown': 'Bo Salina' });
  assert.equal(joined.statusCode, 303, joined.body);
  const password = joined.headers.location ?? '';
  const set = await bo.post(password, password, { password: 'another long word', again: 'another long word' });
  assert.equal(set.statusCode, 303, set.body);
  const seen = (await bo.get('/business')).body;
  assert.match(seen, /Bo Salina/);
  assert.doesNotMatch(seen, /business\/invite/, 'who is no manager invites nobody');
  assert.match((await bo.get(link)).body, /invitation was used/, 'an invitation works once');
  const stranger = await bo.post('/business', '/business/invite', { shown: 'Cy', 'roles.filer': 'yes' });
  assert.match(stranger.body, /managers alone/);
  const person = /business\/people\/([0-9a-f-]{36})"[^>]*><bdi[^>]*>Bo Salina/.exec(
    (await ada.get('/business')).body,
  )?.[1];
  assert.ok(person, 'Bo stands among the people');
  const page = `/business/people/${person}`;
  assert.equal((await ada.post(page, page, { 'roles.payer': 'yes' })).statusCode, 303);
  assert.equal((await ada.post(page, `${page}/end`, {})).statusCode, 303);
  assert.match((await bo.get('/business')).headers.location ?? '', /sign-in/, 'who was let go is signed out');
  const own = /business\/people\/([0-9a-f-]{36})/.exec((await ada.get('/business')).body)?.[1] ?? '';
  const last = await ada.post(`/business/people/${own}`, `/business/people/${own}`, { 'roles.filer': 'yes' });
  assert.equal(last.statusCode, 422);
  assert.match(last.body, /without a manager/);
});

const given = (represented: string, representative: string, more: object = {}) => ({
  represented,
  representative,
  kind: 'direct',
  scope: ['file', 'read'],
  ...more,
});

test('S01 a representation is offered by either side, confirmed by the represented, seen and ended by both', async () => {
  const before = await ask('GET', '/v1/representations', ids.smallest);
  assert.deepEqual(before.body.offers, []);
  const offered = await ask('POST', '/v1/representations', ids.agent, given(ids.smallest, ids.agent));
  assert.deepEqual([offered.status, offered.body.state], [201, 'offered'], offered.text);
  const twice = await ask('POST', '/v1/representations', ids.agent, given(ids.smallest, ids.agent));
  assert.equal(twice.body.code, 'registration/offer-waits');
  const filing = () => ask('POST', '/v1/consignments', ids.agent, parcelOf(ids.smallest));
  assert.equal((await filing()).body.code, 'clearance/not-yours', 'an offer gives nothing');
  const { id } = offered.body;
  const own = await ask('POST', `/v1/representation-offers/${id}/confirmation`, ids.agent);
  assert.equal(own.body.code, 'registration/offer-unknown', 'nobody confirms his own offer');
  const confirmed = await ask('POST', `/v1/representation-offers/${id}/confirmation`, ids.smallest);
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal((await filing()).status, 201, 'it holds from the moment of the answer');
  for (const side of [ids.agent, ids.smallest]) {
    const { items } = (await ask('GET', '/v1/representations', side)).body;
    assert.ok(items.some((one: any) => one.id === id && one.state === 'holds'));
  }
  const stranger = await ask('DELETE', `/v1/representations/${id}`, ids.exporter);
  assert.equal(stranger.body.code, 'registration/representation-unknown');
  assert.equal((await ask('DELETE', `/v1/representations/${id}`, ids.agent)).status, 200);
  assert.equal((await filing()).body.code, 'clearance/not-yours');
});

let chained = '';

test('S01 an agent passes on what the represented allowed, never further, and all of it ends with what it is built on', async () => {
  const base = await ask('POST', '/v1/representations', ids.exporter, given(ids.exporter, ids.agent, { onward: true }));
  assert.equal(base.body.state, 'holds', base.text);
  const pass = (scope: string[]) =>
    ask('POST', `/v1/representations/${base.body.id}/passed-on`, ids.agent, { representative: ids.post, scope });
  assert.equal((await pass(['file'])).body.code, 'registration/no-link', 'the post does not act for the agent yet');
  const link = await ask('POST', '/v1/representations', ids.agent, given(ids.agent, ids.post));
  assert.equal(link.status, 201, link.text);
  assert.equal((await pass(['pay'])).body.code, 'registration/no-link', 'nobody passes on what he has not');
  const passed = await pass(['file', 'read']);
  assert.equal(passed.status, 201, passed.text);
  const filing = () => ask('POST', '/v1/consignments', ids.post, parcelOf(ids.exporter));
  const filed = await filing();
  assert.equal(filed.status, 201, filed.text);
  chained = filed.body.id;
  const { items } = (await ask('GET', '/v1/representations', ids.exporter)).body;
  assert.ok(
    items.some((one: any) => one.id === passed.body.id && one.chain.join() === ids.agent),
    'the represented sees who came in',
  );
  assert.equal((await ask('DELETE', `/v1/representations/${base.body.id}`, ids.exporter)).status, 200);
  assert.equal((await filing()).body.code, 'clearance/not-yours');
  const anew = await ask('POST', '/v1/representations', ids.exporter, given(ids.exporter, ids.agent));
  assert.equal(anew.status, 201);
  assert.equal((await filing()).body.code, 'clearance/not-yours', 'a new appointment brings nothing old back');
});

test('S01 every filing says who acts for whom, by kind and over whom', async () => {
  const { body } = await ask('GET', `/v1/consignments/${chained}`, ids.post);
  const acts = body.decision.checks.find(({ id }: any) => id === 'parties/represented/file');
  const { representative, represented, kind, chain } = acts.params;
  assert.deepEqual([representative, represented, kind, chain], [ids.post, ids.exporter, 'direct', ids.agent]);
  const page = await window.ask({ url: `/parcels/${chained}`, as: ids.post, headers: { accept: 'text/html' } });
  assert.match(page.text, /Who acts for whom/);
  assert.match(page.text, /over <bdi[^>]*>XP-FARO/);
});

test('who tries too often from one address is told to wait, and nothing of it is kept', async () => {
  let told = await register(application('XP-PIOGGIA', ['seller'], { identifiers: [{ scheme: 'ioss', value: '1' }] }));
  for (let tries = 0; tries < 25 && told.status !== 429; tries += 1)
    told = await register(application('XP-PIOGGIA', ['seller'], { identifiers: [{ scheme: 'ioss', value: '1' }] }));
  assert.deepEqual([told.status, told.body.code], [429, 'registration/too-many']);
  assert.equal(registered('XP-PIOGGIA'), undefined);
});
