import webpush from 'web-push';
import type { Db } from '#platform/db.ts';
import type { Outbound } from '#platform/outbound.ts';
import type { Sent } from './mail.ts';
import { keepPushKeys, pushKeys } from './store-people.ts';

const { generateRequestDetails, generateVAPIDKeys } = webpush;

/** The window's key for push services, made when it is first needed. */
export async function pushKeysOf(db: Db, at: string): Promise<{ publicKey: string; privateKey: string }> {
  const there = await pushKeys(db);
  if (there) return there;
  await keepPushKeys(db, generateVAPIDKeys(), at);
  return (await pushKeys(db))!;
}

/** A note of a browser: short, encrypted for it alone, and replaced by the next one of the same tag. */
export interface Note {
  readonly title: string;
  readonly body: string;
  readonly url: string;
  readonly tag: string;
}

/**
 * Sends a note through the push service of a browser, over the one way out of the window: encrypted for the browser
 * (RFC 8291) and signed with the window's key (RFC 8292). A subscription that its service no longer knows is gone.
 */
export async function push(
  outbound: Outbound,
  keys: { publicKey: string; privateKey: string },
  to: { endpoint: string; p256dh: string; auth: string },
  origin: string,
  note: Note,
): Promise<Sent> {
  const { hostname } = new URL(origin);
  const subscription = { endpoint: to.endpoint, keys: { p256dh: to.p256dh, auth: to.auth } };
  const { headers, body } = generateRequestDetails(subscription, JSON.stringify(note), {
    vapidDetails: { subject: `mailto:no-reply@${hostname}`, ...keys },
    TTL: 24 * 60 * 60,
    contentEncoding: 'aes128gcm',
  });
  const posted = await outbound.post(to.endpoint, headers, body ?? '');
  if (!posted.answered) return { is: 'again', answer: posted.why };
  const { status } = posted;
  const answer = String(status);
  if (status >= 200 && status < 300) return { is: 'taken', answer };
  return { is: status === 404 || status === 410 ? 'gone' : 'again', answer };
}
