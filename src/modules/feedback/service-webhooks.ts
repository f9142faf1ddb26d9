import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import { instantOf, systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import type { AddressFault } from '#platform/outbound.ts';
import {
  type DeadLetter,
  type NewWebhook,
  sizeUsual,
  type WebhookChange,
  webhooksMax,
  type WebhookView,
} from './model.ts';
import { wayOut } from './reach.ts';
import { newSecret } from './signature.ts';
import { bounds } from './store.ts';
import * as store from './store-webhooks.ts';

/** How long the secret before the newest one signs beside it. */
export const rotationMs = 24 * 3_600_000;

const recordOf = (id: string, party: string): RecordRef => ({
  kind: 'webhook',
  id,
  parties: { subscriber: [party] },
  desk: null,
});

/** The party whose webhooks somebody may look at, or change. Nobody does that for another whom he represents. */
function holder(principal: Principal, action: 'webhook.read' | 'webhook.administer'): Result<string> {
  const { party } = principal;
  if (party === null) return refuse('feedback/party-needed');
  return may(principal, action, recordOf('', party)) ? ok(party) : refuse('feedback/not-yours');
}

async function owned(
  context: Context,
  principal: Principal,
  id: string,
  action: 'webhook.read' | 'webhook.administer',
): Promise<Result<store.WebhookRow>> {
  const party = holder(principal, action);
  if (!party.ok) return party;
  const row = await store.webhookOf(context.db, id);
  return row?.party === party.value ? ok(row) : refuse('feedback/webhook-unknown', { pointer: '/id' });
}

function shown(principal: Principal, row: store.WebhookRow): Partial<WebhookView> {
  const failed = row.batch !== null && row.attempts > 0;
  const data: WebhookView = {
    id: row.id,
    url: row.url,
    kinds: row.kinds,
    size: row.size,
    state: row.state,
    since: row.since,
    created: row.created,
    rotating: row.old_until !== null && row.old_until > systemClock.instant() ? row.old_until : null,
    missed: row.missed,
    waiting: row.waiting,
    delivery: failed ? { batch: row.batch, attempts: row.attempts, next: row.next_at } : null,
    last: { at: row.last_at, answer: row.last_answer, delivered: row.delivered },
    deadLetters: row.dead,
  };
  return view(principal, { ...recordOf(row.id, row.party), data });
}

const addressRefusals: Readonly<Record<AddressFault, string>> = {
  'not-an-address': 'feedback/not-an-address',
  'not-https': 'feedback/not-https',
  'has-credentials': 'feedback/has-credentials',
  'not-public': 'feedback/not-public',
};

/** Refuses an address that nothing will ever be sent to. What its name leads to is looked at with every message. */
function soundAddress(context: Context, url: string): Result<null> {
  const fault = wayOut(context.config).faultOf(url);
  return fault === undefined ? ok(null) : refuse(addressRefusals[fault], { pointer: '/url' });
}

export async function listWebhooks(
  context: Context,
  principal: Principal,
): Promise<Result<{ items: readonly Partial<WebhookView>[] }>> {
  const party = holder(principal, 'webhook.read');
  if (!party.ok) return party;
  const rows = await store.webhooksOf(context.db, party.value);
  return ok({ items: rows.map((row) => shown(principal, row)) });
}

export async function webhookView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<WebhookView>>> {
  const row = await owned(context, principal, id, 'webhook.read');
  return row.ok ? ok(shown(principal, row.value)) : row;
}

/** Registers where a party's news are sent from now on. The secret is in this answer and nowhere else. */
export async function createWebhook(
  context: Context,
  principal: Principal,
  given: NewWebhook,
): Promise<Result<{ webhook: Partial<WebhookView>; secret: string }>> {
  const party = holder(principal, 'webhook.administer');
  if (!party.ok) return party;
  const address = soundAddress(context, given.url);
  if (!address.ok) return address;
  const id = newId(context.clock.now());
  const secret = newSecret();
  const { passed } = await bounds(context.db);
  const row = {
    id,
    party: party.value,
    url: given.url,
    kinds: given.kinds ?? null,
    size: given.size ?? sizeUsual,
    secret,
    by: principal.subject,
    at: systemClock.instant(),
    cursor: passed,
  };
  const added = await context.db.tx(async (tx) => {
    if (!(await store.addWebhook(tx, row, webhooksMax))) return false;
    await append(tx, [{ kind: 'feedback.webhook-created', subject: id, data: { by: principal.subject } }]);
    return true;
  });
  if (!added) return refuse('feedback/webhooks-full', { params: { limit: String(webhooksMax) } });
  const made = await webhookView(context, principal, id);
  return ok({ webhook: made.ok ? made.value : { id }, secret });
}

/** Changes a webhook, or pauses it, or lets it go on; one whose receiver was gone goes on the same way. */
export async function changeWebhook(
  context: Context,
  principal: Principal,
  id: string,
  change: WebhookChange,
): Promise<Result<Partial<WebhookView>>> {
  const row = await owned(context, principal, id, 'webhook.administer');
  if (!row.ok) return row;
  const { url = row.value.url, kinds = row.value.kinds, size = row.value.size, state = row.value.state } = change;
  const address = change.url === undefined ? ok(null) : soundAddress(context, url);
  if (!address.ok) return address;
  await context.db.tx(async (tx) => {
    await store.changeWebhook(tx, { id, url, kinds, size, state, at: systemClock.instant() });
    const data = { by: principal.subject, state };
    await append(tx, [{ kind: 'feedback.webhook-changed', subject: id, data }]);
  });
  return webhookView(context, principal, id);
}

/** Gives a new secret, shown once. For a day the one before it signs too, so that the receiver can change over. */
export async function rotateSecret(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<{ secret: string; until: string }>> {
  const row = await owned(context, principal, id, 'webhook.administer');
  if (!row.ok) return row;
  const secret = newSecret();
  const until = instantOf(systemClock.now() + rotationMs);
  await context.db.tx(async (tx) => {
    await store.rotateSecret(tx, id, secret, until);
    await append(tx, [{ kind: 'feedback.secret-rotated', subject: id, data: { by: principal.subject } }]);
  });
  return ok({ secret, until });
}

export async function removeWebhook(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string }>> {
  const row = await owned(context, principal, id, 'webhook.administer');
  if (!row.ok) return row;
  await context.db.tx(async (tx) => {
    await store.removeWebhook(tx, id);
    await append(tx, [{ kind: 'feedback.webhook-removed', subject: id, data: { by: principal.subject } }]);
  });
  return ok({ id });
}

const lettersShown = 100;

/** The batches that were given up, newest first, with the last answer to each; at most a hundred. */
export async function deadLetters(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<{ items: readonly DeadLetter[] }>> {
  const row = await owned(context, principal, id, 'webhook.read');
  return row.ok ? ok({ items: await store.deadLettersOf(context.db, id, lettersShown) }) : row;
}

/** Sends a dead letter again, once, under the ids it had. */
export async function replay(
  context: Context,
  principal: Principal,
  id: string,
  batch: string,
): Promise<Result<DeadLetter>> {
  const row = await owned(context, principal, id, 'webhook.administer');
  if (!row.ok) return row;
  if (row.value.state !== 'active') return refuse('feedback/not-active');
  const letter = await context.db.tx((tx) => store.askReplay(tx, id, batch));
  if (letter === undefined) return refuse('feedback/batch-unknown', { pointer: '/batch' });
  return letter.state === 'delivered' ? refuse('feedback/batch-delivered', { pointer: '/batch' }) : ok(letter);
}
