import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ids } from '#modules/demo/index.ts';
import { teller } from '#modules/feedback/index.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Outbound } from '#platform/outbound.ts';
import { shipper } from '../support/parcels.ts';
import { settle } from '../support/settle.ts';
import { browser, openWindow } from '../support/window.ts';

/** People who are told what happens to their parcels: by letter and as notes of a browser, in their language. */

const clock = fixedClock('2026-03-10T08:00:00.000Z');
const window = await openWindow({ clock });
const { file } = shipper(window, clock, 'TEL');
const standing = { filer: ids.seller, declarant: ids.seller, guarantor: ids.guarantor };
const own = () => file('low-value', { standing, seller: ids.seller });

/** Somebody of a party, signed in with a browser without JavaScript. */
async function signedIn(name: string, party: string) {
  const body = { name, shown: name, roles: ['seller', 'filer'], party };
  const made = await window.ask({ method: 'POST', url: '/v1/administration/users', as: 'customs', body });
  assert.equal(made.status, 201, made.text);
  const person = browser(window);
  const link = new URL(made.body.link).pathname;
  const password = 'rope and lantern and tide';
  assert.equal((await person.post(link, link, { password, again: password })).statusCode, 303);
  return person;
}

const linkIn = (page: string, what: string): string => new RegExp(`/news/${what}/[\\w-]+`).exec(page)?.[0] ?? '';
const plain = (page: string): string => page.replaceAll(/<[^>]*>/g, '').replaceAll(/[\u2066-\u2069]/g, '');

test('S11 whoever is concerned is notified of a result: one letter for many, in his language, ended by one link', async () => {
  const salma = await signedIn('salma', ids.seller);
  const wish = { address: 'salma@lantern.example', about: 'all', language: 'en' };
  assert.equal((await salma.post('/news/ways', '/news/ways', { ...wish, address: 'nowhere' })).statusCode, 422);
  assert.equal((await salma.post('/news/ways', '/news/ways', wish)).statusCode, 303);
  await own();
  await window.settle();
  const asked = (await salma.get('/news/mailbox')).body;
  assert.match(asked, /Confirm this mailbox/);
  assert.doesNotMatch(asked, /Decided/, 'nothing is told before the mailbox is confirmed');
  assert.match((await salma.get(linkIn(asked, 'confirm'))).body, /Is this mailbox yours/);
  assert.equal((await browser(window).bare(linkIn(asked, 'confirm'), {})).statusCode, 200, 'without a sign-in');
  const parcels = [await own(), await own(), await own()];
  await window.settle();
  const page = (await salma.get('/news/mailbox')).body;
  assert.match(plain(page), /\d+ pieces of news about your parcels/);
  assert.equal(page.match(/<article/g)?.length, 2, 'one letter for all three beside the first');
  for (const { declaration, body } of parcels) {
    assert.ok(plain(page).includes(`${declaration}: Decided (Cleared, awaiting goods)`), plain(page));
    assert.ok(!page.includes(body.declaration.consignee.name.text), 'no letter names a buyer');
  }
  const stop = linkIn(page, 'stop');
  assert.equal((await browser(window).bare(stop, { 'List-Unsubscribe': 'One-Click' })).statusCode, 200);
  assert.equal((await salma.get(stop)).statusCode, 404, 'the link has done its work');
  assert.match((await salma.get('/news/ways')).body, /You are told nothing yet/);
});

test('notes of a browser are short, go to its push service alone, and end when that knows it no more', async () => {
  const nadir = await signedIn('nadir', ids.seller);
  const ecdh = createECDH('prime256v1');
  const subscription = {
    endpoint: 'https://push.example/send/nadir',
    p256dh: ecdh.generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
  const wish = { ...subscription, about: 'results', language: 'ar' };
  const inside = { ...wish, endpoint: 'https://10.0.0.1/send' };
  assert.equal((await nadir.post('/news/ways', '/news/ways/push', inside)).statusCode, 400);
  assert.equal((await nadir.post('/news/ways', '/news/ways/push', wish)).statusCode, 303);
  await own();
  await own();
  const sent: string[] = [];
  let status = 201;
  const outbound: Outbound = {
    faultOf: () => undefined,
    post: (address) => {
      sent.push(address);
      return Promise.resolve({ answered: true, status, body: '', retryAfterMs: null });
    },
  };
  let now = Date.now();
  const worker = teller(window.context, { outbound, now: () => now });
  const events = window.workers.filter(({ name }) => name === 'feedback-events');
  const collect = (): Promise<void> => settle(window.context.db, events);
  await collect();
  while (await worker.step(window.context.db));
  assert.deepEqual(sent, [subscription.endpoint], 'one note for both');
  status = 410;
  now += 60_000;
  await own();
  await collect();
  while (await worker.step(window.context.db));
  assert.match((await nadir.get('/news/ways')).body, /Ended/);
});
