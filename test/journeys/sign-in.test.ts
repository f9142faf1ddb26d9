import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, stepAt } from '#modules/issuer/totp.ts';
import { firstAdministratorLink } from '#modules/parties/index.ts';
import { browser, openWindow } from '../support/window.ts';

const window = await openWindow();
const { db, config } = window.context;
const password = 'rope and lantern and tide';

const first = browser(window);
const link = new URL((await firstAdministratorLink(window.context)) ?? '').pathname;
await first.post(link, link, { name: 'ada', shown: 'Ada', password, again: password });

type Person = ReturnType<typeof browser>;
type Reply = Awaited<ReturnType<Person['get']>>;

/** Adds a person by the administrator's page; gives the path of the link that it shows. */
async function invited(name: string): Promise<string> {
  const fields = { name, shown: name, 'roles.auditor': 'yes' };
  const shown = await first.post('/admin/people/new', '/admin/people/new', fields);
  return /\/password\/[\w-]{43}/.exec(shown.body)?.[0] ?? assert.fail(shown.body);
}

/** Adds a person, who sets his password by his link. */
async function added(name: string): Promise<string> {
  const path = await invited(name);
  const guest = browser(window);
  assert.equal((await guest.post(path, path, { password, again: password })).statusCode, 303);
  const [row] = await db.query<{ id: string }>('select id from parties.users where name = $1', [name]);
  return row!.id;
}

for (const name of ['gone', 'cyd']) await added(name);

test('a password is long enough and not too long, typed twice alike, and never the name: then only is the link used up', async () => {
  const path = await invited('long-enough-a-name');
  const guest = browser(window);
  for (const [given, again, said] of [
    ['eleven char', 'eleven char', /12/],
    ['x'.repeat(201), 'x'.repeat(201), /200/],
    [' Long-Enough-A-Name ', ' Long-Enough-A-Name ', /name/i],
    [password, `${password}.`, /#f-again/],
  ] as const) {
    const reply = await guest.post(path, path, { password: given, again });
    assert.equal(reply.statusCode, 422, given);
    const summary = /govuk-error-summary[\s\S]*?<\/ul>/.exec(reply.body)?.[0] ?? assert.fail(reply.body);
    assert.match(summary, said);
  }
  assert.equal((await guest.post(path, path, { password, again: password })).statusCode, 303);
});

async function signedIn(name: string): Promise<Person> {
  const person = browser(window);
  const reply = await person.signIn({ name, password }, '/account');
  assert.deepEqual([reply.statusCode, reply.headers.location], [303, '/account'], reply.body);
  return person;
}

/** Sets up an authenticator app for whoever this is; gives its secret and the recovery codes that were shown. */
async function withApp(person: Person, id: string): Promise<{ secret: Buffer; codes: string[] }> {
  const page = await person.get('/account/authenticator');
  assert.match(page.body, /<svg class="qr"/);
  const [row] = await db.query<{ secret: Buffer }>('select secret from issuer.authenticators where person = $1', [id]);
  const secret = row!.secret;
  const code = codeOf(secret, stepAt(Date.now()) - 1);
  const shown = await person.post('/account/authenticator', '/account/authenticator', { code });
  return { secret, codes: shown.body.match(/[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/g) ?? [] };
}

const code = (person: Person, open: Reply, value: string): Promise<Reply> => person.submit(open, { code: value });
const second = async (name: string): Promise<{ person: Person; open: Reply }> => {
  const person = browser(window);
  const open = await person.signIn({ name, password });
  assert.match(open.body, /One more proof/);
  return { person, open };
};

test('/sign-in leads to the issuer’s page and back to where one wanted to go, with a session of one’s own', async () => {
  const person = browser(window);
  const entry = await person.get('/sign-in?next=%2Fadmin%2Fpeople%3Fafter%3Da');
  const asked = new URL(String(entry.headers.location));
  assert.equal(asked.origin + asked.pathname, `${config.issuer.url}/auth`);
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.match(asked.searchParams.get(name) ?? '', /^[\w-]{43}$/);
  assert.equal(asked.searchParams.get('redirect_uri'), `${config.origin}/sign-in/return`);
  const open = await person.follow(entry);
  assert.match(open.body, /<h1>Sign in<\/h1>/);
  const reply = await person.submit(open, { name: 'Ada ', password });
  assert.deepEqual([reply.statusCode, reply.headers.location], [303, '/admin/people?after=a']);
  const cookies = [reply.headers['set-cookie'] ?? []].flat();
  assert.match(
    cookies.find((one) => one.startsWith('session=')) ?? '',
    /^session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/,
  );
  assert.equal((await person.get('/admin/people')).statusCode, 200);
});

test('an unknown name, a wrong password, a suspended person and one without a password get the same answer', async () => {
  await db.query(`update parties.users set status = 'suspended' where name = 'gone'`, []);
  await first.post('/admin/people/new', '/admin/people/new', { name: 'new', shown: 'New', 'roles.auditor': 'yes' });
  const answers = new Set<string>();
  for (const [name, word] of [
    ['nobody', password],
    ['ada', 'another password entirely'],
    ['gone', password],
    ['new', ''],
  ] as const) {
    const reply = await browser(window).signIn({ name, password: word });
    const said = reply.body
      .replaceAll(/value="[^"]*"|action="\/oidc[^"]*"|href="\/oidc[^"]*"/g, '')
      .replaceAll(/interaction\/[\w-]+/g, '');
    answers.add(`${reply.statusCode} ${String(reply.headers['set-cookie'])} ${said}`);
  }
  assert.equal(answers.size, 1, [...answers].join('\n'));
  assert.match([...answers][0] ?? '', /^422 undefined .*do not go together/s);
  await db.query('delete from parties.attempts', []);
});

test('after ten tries a name is closed for a quarter of an hour, and after forty an address', async () => {
  const tries = async (name: string, word: string) =>
    (await browser(window).signIn({ name, password: word })).statusCode;
  for (const name of ['ada', 'nobody']) {
    assert.equal(await tries(name, 'wrong'), 422);
    await db.query(`update parties.attempts set tries = 9 where subject = sha256(convert_to('name ' || $1, 'UTF8'))`, [
      name,
    ]);
    assert.deepEqual([await tries(name, 'wrong'), await tries(name, password)], [422, 429], name);
  }
  await db.query('delete from parties.attempts', []);
  assert.equal(await tries('first', password), 422);
  await db.query(`update parties.attempts set tries = 40 where subject = sha256('address 127.0.0.1')`, []);
  assert.equal(await tries('ada', password), 429);
  await db.query('delete from parties.attempts', []);
  assert.equal(await tries('ada', password), 303);
});

test('a sign-in sent from another page, without the token of its own, or with another browser’s cookie does nothing', async () => {
  const person = browser(window);
  const open = await person.follow(await person.get('/sign-in'));
  const action = /action="(\/oidc\/interaction\/[\w-]+)"/.exec(open.body)?.[1] ?? '';
  const before = await db.query('select 1 from parties.sessions', []);
  assert.equal((await person.bare(action, { name: 'ada', password })).statusCode, 403);
  const stranger = browser(window);
  const theirs = await stranger.follow(await stranger.get('/sign-in'));
  assert.equal((await stranger.submit(open, { name: 'ada', password })).statusCode, 410);
  assert.equal(theirs.statusCode, 200);
  assert.deepEqual(await db.query('select 1 from parties.sessions', []), before);
});

/** Signs in as far as the answer of the issuer, which is not taken yet: its address. */
async function answered(person: Person): Promise<string> {
  const open = await person.follow(await person.get('/sign-in'));
  const action = /action="(\/oidc\/interaction\/[\w-]+)"/.exec(open.body)?.[1] ?? '';
  const csrf = /name="csrf" value="([^"]+)"/.exec(open.body)?.[1] ?? '';
  const sent = await person.bare(action, { name: 'ada', password, csrf });
  const resumed = await person.get(String(sent.headers.location));
  const address = String(resumed.headers.location);
  assert.match(address, /\/sign-in\/return\?code=/);
  return address;
}

test('an answer of the issuer is taken from the browser that asked, once, and by no other', async () => {
  const [mine, other] = [browser(window), browser(window)];
  const address = await answered(mine);
  // Somebody who makes another open the answer to his own sign-in does not get him in under his name.
  await other.get('/sign-in');
  for (const stranger of [other, browser(window)]) {
    const reply = await stranger.get(address);
    assert.deepEqual([reply.statusCode, stranger.jar.has('session')], [400, false]);
  }
  const changed = await browser(window).get(`${address}&state=another`);
  assert.equal(changed.statusCode, 400);
  const again = new Map(mine.jar);
  assert.equal((await mine.get(address)).statusCode, 303);
  for (const [name, value] of again) mine.jar.set(name, value);
  const twice = await mine.get(address);
  assert.deepEqual([twice.statusCode, String(twice.headers['set-cookie']).includes('session=')], [403, false]);
});

test('a session that was put there before is not the one that one is signed in with, and ends', async () => {
  const eve = await signedIn('ada');
  const planted = eve.jar.get('session')!;
  const victim = browser(window);
  victim.jar.set('session', planted);
  assert.equal((await victim.signIn({ name: 'ada', password })).statusCode, 303);
  assert.notEqual(victim.jar.get('session'), planted);
  assert.equal((await victim.get('/account')).statusCode, 200);
  assert.equal((await eve.get('/account')).statusCode, 303);
});

test('nobody is sent on to another place than this window, however it is written', async () => {
  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/%0d%0ax', 'javascript:alert(1)']) {
    const reply = await browser(window).signIn({ name: 'ada', password }, next);
    assert.equal(reply.statusCode, 303);
    const to = new URL(String(reply.headers.location), config.origin);
    assert.equal(to.origin, config.origin, next);
  }
  const other = `${config.issuer.url}/auth?client_id=portal&response_type=code&scope=openid&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256&redirect_uri=https://evil.example/`;
  const reply = await browser(window).get(other);
  assert.deepEqual([reply.statusCode, reply.headers.location], [400, undefined]);
  const plain = other
    .replace('https://evil.example/', `${config.origin}/sign-in/return`)
    .replace(/code_challenge=a+/, 'x=');
  const without = await browser(window).get(plain.replace('&code_challenge_method=S256', ''));
  assert.match(String(without.headers.location), /error=invalid_request/, 'without PKCE');
});

test('with an authenticator app the password alone opens nothing, and a code is taken once', async () => {
  const id = await added('bea');
  const { secret, codes } = await withApp(await signedIn('bea'), id);
  assert.equal(codes.length, 10);
  const now = codeOf(secret, stepAt(Date.now()));
  const { person, open } = await second('bea');
  assert.equal(person.jar.has('session'), false);
  assert.equal((await code(person, open, '000000')).statusCode, 422);
  assert.equal((await code(person, open, now)).statusCode, 303);
  assert.equal((await person.get('/account')).statusCode, 200);
  const replay = await second('bea');
  assert.equal((await code(replay.person, replay.open, now)).statusCode, 422, 'the same code again');
  assert.equal((await code(replay.person, replay.open, codes[0]!.toLowerCase())).statusCode, 303, 'a code on paper');
  const third = await second('bea');
  assert.equal((await code(third.person, third.open, codes[0]!)).statusCode, 422, 'the same code on paper again');
  assert.match((await replay.person.get('/account')).body, /9 codes are left/);
});

test('codes are tried ten times in a quarter of an hour, in however many sign-ins', async () => {
  const [{ id }] = (await db.query<{ id: string }>(`select id from parties.users where name = 'bea'`, [])) as [
    { id: string },
  ];
  await db.query(`update parties.attempts set tries = 10 where subject = sha256(convert_to('code ' || $1, 'UTF8'))`, [
    id,
  ]);
  const { person, open } = await second('bea');
  const reply = await code(person, open, '123456');
  assert.equal(reply.statusCode, 429);
  await db.query('delete from parties.attempts', []);
});

test('an account shows where one is signed in; one device is ended, then all others, then every one', async () => {
  const agents = [await signedIn('ada'), await signedIn('ada'), await signedIn('ada')] as const;
  const works = async () => Promise.all(agents.map(async (one) => (await one.get('/account')).statusCode === 200));
  const page = await agents[0].get('/account');
  const [end] = /\/account\/devices\/[0-9a-f-]{36}\/end/.exec(page.body) ?? [];
  const before = (await db.query('select 1 from parties.sessions', [])).length;
  assert.equal((await agents[0].post('/admin/people/new', end!, {})).statusCode, 303);
  assert.equal((await db.query('select 1 from parties.sessions', [])).length, before - 1);
  // The last used stands first, so the one that was ended is one of the two others.
  assert.equal((await works()).filter(Boolean).length >= 2, true);
  const stranger = await signedIn('bea').catch(() => undefined);
  assert.equal(stranger, undefined, 'she is asked for a code');
  assert.equal((await agents[0].post('/admin/people/new', '/account/devices/end-others', {})).statusCode, 303);
  assert.deepEqual(await works(), [true, false, false]);
  assert.equal((await agents[0].post('/admin/people/new', '/account/devices/end-all', {})).statusCode, 303);
  assert.deepEqual(await works(), [false, false, false]);
});

test('nobody ends a session of somebody else', async () => {
  const [ada, cyd] = [await signedIn('ada'), await signedIn('cyd')];
  const [row] = await db.query<{ id: string }>(
    `select s.id from parties.sessions s join parties.users u on u.id = s.person where u.name = 'ada'`,
    [],
  );
  const page = await cyd.post('/account/authenticator', `/account/devices/${row!.id}/end`, {});
  assert.equal(page.statusCode, 404);
  assert.equal((await ada.get('/account')).statusCode, 200);
});

test('who has lost every proof is let in again by an administrator, by a new password, and only then', async () => {
  const [row] = await db.query<{ id: string }>(`select id from parties.users where name = 'bea'`, []);
  const id = row!.id;
  const ada = await signedIn('ada');
  const proofs = `/admin/people/${id}/proofs`;
  assert.match((await ada.get(proofs)).body, /Set up/);
  const shown = await ada.post(`/admin/people/${id}`, `/admin/people/${id}/link`, {});
  const path = /\/password\/[\w-]{43}/.exec(shown.body)?.[0] ?? '';
  const bea = browser(window);
  const reset = await bea.post(path, path, { password: 'another long word', again: 'another long word' });
  assert.deepEqual([reset.headers.location, bea.jar.has('session')], ['/sign-in', false], 'a password is one proof');
  const half = await bea.signIn({ name: 'bea', password: 'another long word' });
  assert.match(half.body, /One more proof/);
  const cyd = await signedIn('cyd');
  assert.equal((await cyd.post('/account/authenticator', proofs, {})).statusCode, 403);
  assert.equal((await ada.post(proofs, proofs, {})).statusCode, 303);
  assert.equal((await browser(window).signIn({ name: 'bea', password: 'another long word' })).statusCode, 303);
});

test('what is stored of a recovery code is its hash', async () => {
  const cyd = await signedIn('cyd');
  const shown = await cyd.post('/account', '/account/recovery-codes', {});
  const codes = shown.body.match(/[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/g) ?? [];
  const stored = JSON.stringify(await db.query('select c::text from issuer.recovery_codes c', []));
  assert.equal(codes.length, 10);
  for (const one of codes) assert.equal(stored.includes(one.replaceAll('-', '')) || stored.includes(one), false);
});

test('signing out ends the session, and whoever sits down next is asked who he is', async () => {
  const ada = await signedIn('ada');
  const held = ada.jar.get('session')!;
  await ada.post('/admin/people/new', '/sign-out', {});
  assert.equal(ada.jar.has('session'), false);
  const thief = browser(window);
  thief.jar.set('session', held);
  assert.equal((await thief.get('/account')).statusCode, 303);
  const silent = new URL(String((await ada.get('/sign-in')).headers.location));
  silent.searchParams.delete('prompt');
  const open = await ada.follow(await ada.get(silent.href));
  assert.match(open.body, /<h1>Sign in<\/h1>/, 'also where the address was cut');
});
