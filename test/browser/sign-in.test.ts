import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { codeOf, stepAt } from '#modules/issuer/totp.ts';
import { firstAdministratorLink } from '#modules/parties/index.ts';
import { systemClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { silentLog } from '#platform/log.ts';
import { createApp, type Portolan } from '../../src/app.ts';
import { findings, openBrowser, skipBrowser } from '../support/browser.ts';
import { testDb } from '../support/db.ts';
import { freePort, overflows, shows } from '../support/demonstration.ts';
import { closeOpened } from '../support/opened.ts';

const name = 'window.example';
const password = 'rope and lantern and tide';

/** A certificate for the name, and the digest of its key by which the browser is told to take it. */
function certificate(folder: string): { key: Buffer; cert: Buffer; digest: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const named = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', cert];
  execFileSync('openssl', [...made, ...named], { stdio: 'ignore' });
  const bytes = readFileSync(cert);
  const spki = new X509Certificate(bytes).publicKey.export({ type: 'spki', format: 'der' });
  return { key: readFileSync(key), cert: bytes, digest: createHash('sha256').update(spki).digest('base64') };
}

const withoutOpenssl = (): string | false => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'no openssl, which makes the certificate of the test';
  }
};

describe('a telephone signs in over https, under the name of the window', {
  skip: skipBrowser || withoutOpenssl(),
}, () => {
  let window: Portolan;
  let proxy: Server;
  let browser: Browser;
  let page: Page;
  let cdp: CDPSession;
  let authenticator = '';
  let origin = '';
  const codes: string[] = [];

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-tls-'));
    const { key, cert, digest } = certificate(folder);
    rmSync(folder, { recursive: true });
    const [port, tls] = [await freePort(), await freePort()];
    origin = `https://${name}:${tls}`;
    const env = { PORT: String(port), PORTOLAN_ORIGIN: origin, PORTOLAN_DATA: '/nonexistent' };
    const { db } = await testDb();
    window = await createApp({ config: readConfig(env, ['--empty']), db, clock: systemClock, log: silentLog });
    await window.app.listen({ port, host: '127.0.0.1' });
    // What stands in front of a window as Caddy or nginx does: it takes TLS off and hands everything on.
    proxy = createServer({ key, cert }, (asked, reply) => {
      const { method, url, headers } = asked;
      const onward = request({ port, method, path: url, headers }, (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(reply);
      });
      asked.pipe(onward);
    }).listen(tls, '127.0.0.1');
    await once(proxy, 'listening');
    browser = await openBrowser([
      `--host-resolver-rules=MAP ${name} 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${digest}`,
    ]);
    const telephone = { viewport: { width: 320, height: 700 }, locale: 'en-GB', isMobile: true, hasTouch: true };
    const context = await browser.newContext(telephone);
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
    cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    authenticator = await plugIn();
  });
  after(async () => {
    await closeOpened();
    proxy.close().closeAllConnections();
    await window.app.close();
  });

  async function plugIn(): Promise<string> {
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
    } as const;
    const made = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
    });
    return made.authenticatorId;
  }

  const main = 'main';
  const passwordForm = 'form[action^="/oidc/interaction/"]:not([data-passkey])';
  const fine = async (): Promise<void> => {
    assert.deepEqual(await findings(page), []);
    assert.equal(await overflows(page), false);
  };
  async function withPassword(): Promise<void> {
    await page.goto(`${origin}/sign-in?next=/account`);
    await page.fill(`${passwordForm} [name=name]`, 'ada');
    await page.fill(`${passwordForm} [name=password]`, password);
    await page.click(`${passwordForm} button`);
  }
  const signOut = () => page.click('form[action="/sign-out"] button');

  test('the first administrator adds a passkey to his account, and gets recovery codes with it', async () => {
    const link = new URL((await firstAdministratorLink(window.context)) ?? '').pathname;
    await page.goto(origin + link);
    for (const [field, value] of Object.entries({ name: 'ada', shown: 'Ada', password, again: password }))
      await page.fill(`[name=${field}]`, value);
    await page.click('main form button');
    await page.click('.header__person a');
    await shows(page, /Android|Linux|Chrome/, '#devices');
    await fine();
    await page.fill('#passkeys [name=name]', 'Telephone of the shop');
    await page.click('#passkeys form[data-passkey] button');
    await shows(page, /Your recovery codes/, 'h1');
    codes.push(...(await page.locator('.codes li').allInnerTexts()).map((text) => text.trim()));
    assert.equal(codes.length, 10);
    await fine();
    await page.click('main a.govuk-button');
    await shows(page, /Telephone of the shop/, '#passkeys');
    await page.goto(`${origin}/account?lang=ar`);
    await fine();
    await page.goto(`${origin}/account?lang=en`);
  });

  test('he signs in with it and types nothing', async () => {
    await signOut();
    await page.goto(`${origin}/sign-in?next=/account`);
    await fine();
    const { cookies } = await cdp.send('Network.getCookies', { urls: [origin] });
    assert.ok(cookies.some(({ name: one, secure }) => one === '__Host-sign-in' && secure));
    await page.click('form[data-passkey=get] button');
    await shows(page, /Your account/, 'h1');
    await shows(page, /Passkey/, '#devices tbody');
    const [row] = await window.context.db.query<{ assurance: string }>('select assurance from parties.sessions', []);
    assert.equal(row?.assurance, 'passkey');
  });

  test('a passkey that is turned away leaves the password form as it was', async () => {
    await signOut();
    await page.goto(`${origin}/sign-in`);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false });
    await page.click('form[data-passkey=get] button');
    await shows(page, /No passkey was given/, 'form[data-passkey=get] [role=alert]');
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true });
  });

  test('with the telephone lost, password and a recovery code let him in, and the old passkey is removed', async () => {
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: authenticator });
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: authenticator });
    await withPassword();
    await shows(page, /One more proof/, 'h1');
    await fine();
    await page.fill('[name=code]', codes[0]!);
    await page.click('main form button');
    await shows(page, /9 codes are left/, '#codes');
    await page.click('form[action$="/remove"] button');
    await shows(page, /There is no passkey/, '#passkeys');
    await signOut();
    // Whoever found the telephone holds a passkey that opens nothing any more.
    authenticator = await plugIn();
    await cdp.send('WebAuthn.addCredential', { authenticatorId: authenticator, credential: credentials[0]! });
    await page.goto(`${origin}/sign-in`);
    await page.click('form[data-passkey=get] button');
    await shows(page, /not known in this window/, '.govuk-error-summary');
  });

  test('an authenticator app is set up from a picture or a text, and then asked for', async () => {
    await withPassword();
    await page.click('a[href="/account/authenticator"]');
    await shows(page, /Let the app on your telephone read this picture/, main);
    await fine();
    const [row] = await window.context.db.query<{ secret: Buffer }>('select secret from issuer.authenticators', []);
    const code = (away: number): string => codeOf(row!.secret, stepAt(Date.now()) + away);
    await page.fill('[name=code]', '000000');
    await page.click('main form button');
    await shows(page, /not right/, '.govuk-error-summary');
    await page.fill('[name=code]', code(-1));
    await page.click('main form button');
    await shows(page, /An app is set up since/, '#app');
    await signOut();
    await withPassword();
    await page.fill('[name=code]', code(1));
    await page.click('main form button');
    await shows(page, /Your account/, 'h1');
  });
});
