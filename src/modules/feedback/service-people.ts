import { randomBytes } from 'node:crypto';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { instantOf, systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Worker } from '#platform/module.ts';
import { personOf } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { invitationOf, letterOf, noteOf } from './letters.ts';
import { type Post, postOf, type Sent } from './mail.ts';
import { keptDays } from './model.ts';
import { kindsAbout, type PushSubscription, type WishAbout, wishesMax, type WishView } from './people-model.ts';
import { push, pushKeysOf } from './push.ts';
import { wayOut } from './reach.ts';
import type { Means } from './service-send.ts';
import { newest, readerOf } from './service.ts';
import { today, toldToParty } from './service-tell.ts';
import { eventsAfter } from './store.ts';
import * as store from './store-people.ts';

/** Who wishes: a person of a party. A program has webhooks. */
function wisherOf(principal: Principal): Result<string> {
  const party = readerOf(principal);
  if (!party.ok) return party;
  return principal.client === null ? party : refuse('feedback/not-a-person');
}

/** What a person wishes to be told, by which ways. */
export async function wishes(context: Context, principal: Principal): Promise<Result<WishView[]>> {
  const party = wisherOf(principal);
  return party.ok ? ok(await store.wishesOf(context.db, principal.subject)) : party;
}

const mailbox = /^[^\s@<>"(),:;[\]\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

/** What is wished for: where, of what, in which language. */
interface Wished {
  readonly about: WishAbout;
  readonly language: string;
}

async function wish(
  context: Context,
  principal: Principal,
  given: Wished & Pick<store.WishRow, 'way' | 'address' | 'p256dh' | 'auth' | 'state'>,
): Promise<Result<null>> {
  const party = wisherOf(principal);
  if (!party.ok) return party;
  const row = {
    ...given,
    id: newId(context.clock.now()),
    person: principal.subject,
    party: party.value,
    token: randomBytes(24).toString('base64url'),
    created: systemClock.instant(),
    cursor: await newest(context),
  };
  const kept = await store.putWish(context.db, row, wishesMax);
  return kept ? ok(null) : refuse('feedback/wishes-full', { params: { limit: String(wishesMax) } });
}

/** Asks for letters; they begin once the mailbox has been confirmed by the first one. */
export function wishMail(context: Context, principal: Principal, address: string, as: Wished): Promise<Result<null>> {
  if (address.length > 200 || !mailbox.test(address))
    return Promise.resolve(refuse('feedback/not-a-mailbox', { pointer: '/address' }));
  return wish(context, principal, { ...as, way: 'mail', address, p256dh: null, auth: null, state: 'asked' });
}

/** Asks for notes in a browser, which has given itself an address with its push service. */
export function wishPush(
  context: Context,
  principal: Principal,
  { endpoint, keys }: PushSubscription,
  as: Wished,
): Promise<Result<null>> {
  const fault = wayOut(context.config).faultOf(endpoint);
  if (fault !== undefined) return Promise.resolve(refuse(`feedback/${fault}`, { pointer: '/endpoint' }));
  return wish(context, principal, { ...as, way: 'push', address: endpoint, ...keys, state: 'active' });
}

/** The public half of the window's push key, which a browser asks for when it subscribes. */
export const pushKey = async (context: Context): Promise<string> =>
  (await pushKeysOf(context.db, systemClock.instant())).publicKey;

export async function unwish(context: Context, principal: Principal, id: string): Promise<Result<null>> {
  const party = wisherOf(principal);
  if (party.ok) await store.dropWish(context.db, principal.subject, id);
  return party.ok ? ok(null) : party;
}

/** Whether a link of a letter is still good for anything. */
export const linkKnown = async (context: Context, token: string): Promise<boolean> =>
  (await store.wishUnder(context.db, token)) !== undefined;

/** Confirms a mailbox by the link of its first letter; doing it twice is no fault. */
export async function confirm(context: Context, token: string): Promise<Result<null>> {
  const confirmed = await store.confirmWish(context.db, token, await newest(context));
  return confirmed || (await linkKnown(context, token)) ? ok(null) : refuse('feedback/link-unknown');
}

/** Ends a wish by the link of any of its letters; doing it twice is no fault. */
export const stop = (context: Context, token: string): Promise<void> => store.endWish(context.db, token);

/** The letters that a person would have got from a window that has no mail server. */
export const letters = (context: Context, principal: Principal) => store.lettersOf(context.db, principal.subject, 50);

/** Whether letters leave this window at all. */
export const postSimulated = ({ config }: Context): boolean => config.smtp === null;

const eventsMax = 200;
const leaseMs = 30_000;
/** How long news are gathered for one letter, or one note. */
const gatherMs = { mail: 60_000, push: 5_000 } as const;
const attemptsMax = 12;
const againMs = (attempts: number): number => Math.min(5_000 * 4 ** (attempts - 1), 6 * 3_600_000);

type Due = store.WishRow & { readonly last: bigint };

interface Told {
  readonly sent: Sent | null;
  readonly cursor: bigint;
}

/**
 * Tells one person what happened since he was last told, as one letter or note. What his party may see is asked now,
 * and whether he still belongs to it: what he may no longer see is passed over.
 */
async function tellPerson(
  context: Context,
  ways: { post: Post; means: Pick<Means, 'outbound'> },
  due: Due,
): Promise<Told> {
  const { origin } = context.config;
  const person = await personOf(context.db, due.person);
  if (person?.status !== 'active' || person.party !== due.party)
    return { sent: { is: 'gone', answer: 'nothing-to-tell' }, cursor: due.last };
  if (due.state === 'asked') return { sent: await ways.post.send(invitationOf(origin, due)), cursor: due.cursor };
  const { rows, reached } = await eventsAfter(context.db, due.party, due.cursor, kindsAbout[due.about], eventsMax);
  const snapshot = await context.reference.refresh();
  const events = toldToParty(snapshot, due.party, rows, today(context));
  const cursor = reached ?? due.last;
  if (events.length === 0) return { sent: null, cursor };
  const { timeZone } = snapshot.get(packsPart).home;
  if (due.way === 'mail') return { sent: await ways.post.send(letterOf(origin, timeZone, due, events)), cursor };
  const to = { endpoint: due.address, p256dh: due.p256dh ?? '', auth: due.auth ?? '' };
  const keys = await pushKeysOf(context.db, systemClock.instant());
  return { sent: await push(ways.means.outbound, keys, to, origin, noteOf(due, events)), cursor };
}

function outcome(due: Due, { sent, cursor }: Told, now: number): Parameters<typeof store.endAttempt>[1] {
  const answer = sent?.answer ?? null;
  const kept = { id: due.id, attempt: '', invited: due.invited, answer };
  const rest = (ms: number): string => instantOf(now + ms);
  if (sent === null) return { ...kept, cursor, nextAt: instantOf(now), attempts: 0, over: false, told: null };
  if (sent.is === 'taken')
    return {
      ...kept,
      cursor,
      attempts: 0,
      over: false,
      invited: true,
      nextAt: rest(due.state === 'asked' ? 0 : gatherMs[due.way]),
      told: instantOf(now),
    };
  const attempts = due.attempts + 1;
  const over = sent.is === 'gone' || attempts >= attemptsMax;
  return {
    ...kept,
    cursor: due.cursor,
    attempts,
    over,
    told: null,
    nextAt: rest(againMs(attempts)),
  };
}

/**
 * Tells people what they wished to be told. A wish is a cursor; while a mail server or a push service is waited for no
 * transaction is open, and an attempt that was cut off is made again under the same id.
 */
export function teller(
  context: Context,
  means: Pick<Means, 'outbound' | 'now'> = { outbound: wayOut(context.config), now: () => systemClock.now() },
): Worker {
  const post = postOf(context.config, context.db, means.now);
  return {
    name: 'feedback-people',
    idleMs: 500,
    async step(db) {
      const attempt = newId(means.now());
      const due = await db.tx(async (tx) => {
        const found = await store.takeDueWish(tx, instantOf(means.now()));
        if (found) await store.beginWish(tx, found.id, attempt, instantOf(means.now() + leaseMs));
        return found;
      });
      if (due === undefined) return false;
      const told = await tellPerson(context, { post, means }, due);
      await store.endAttempt(db, { ...outcome(due, told, means.now()), attempt });
      return true;
    },
  };
}

/** Forgets letters and unconfirmed wishes after as many days as events. */
export const forgetLetters = (context: Context): Promise<void> =>
  store.forgetBefore(context.db, instantOf(systemClock.now() - keptDays * 86_400_000));
