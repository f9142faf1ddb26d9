import type { Tx } from '#platform/db.ts';
import type { DeadLetter, WebhookState } from './model.ts';

/** A webhook as it stands. */
export interface WebhookRow {
  readonly id: string;
  readonly party: string;
  readonly url: string;
  readonly kinds: readonly string[] | null;
  readonly size: number;
  readonly state: WebhookState;
  readonly since: string;
  readonly created: string;
  readonly old_until: string | null;
  readonly missed: string | null;
  readonly batch: string | null;
  readonly attempts: number;
  readonly next_at: string;
  readonly delivered: string | null;
  readonly last_at: string | null;
  readonly last_answer: string | null;
  readonly waiting: boolean;
  readonly dead: number;
}

const shown = `w.id, w.party, w.url, w.kinds, w.size, w.state, w.since, w.created, w.old_until, w.missed, w.batch, w.attempts,
  w.next_at, w.delivered, w.last_at, w.last_answer,
  w.batch is not null or exists (select from feedback.events e where e.party = w.party and e.number > w.cursor) as waiting,
  (select count(*)::int from feedback.dead_letters d where d.webhook = w.id and d.state <> 'delivered') as dead`;

export const webhooksOf = (tx: Tx, party: string): Promise<WebhookRow[]> =>
  tx.query<WebhookRow>(`select ${shown} from feedback.webhooks w where w.party = $1 order by w.id`, [party]);

export async function webhookOf(tx: Tx, id: string): Promise<WebhookRow | undefined> {
  return (await tx.query<WebhookRow>(`select ${shown} from feedback.webhooks w where w.id = $1`, [id]))[0];
}

/** Adds a webhook that is told everything after its cursor; false when its party has as many as it may have. */
export async function addWebhook(
  tx: Tx,
  row: Pick<WebhookRow, 'id' | 'party' | 'url' | 'kinds' | 'size'> & {
    secret: string;
    by: string;
    at: string;
    cursor: bigint;
  },
  max: number,
): Promise<boolean> {
  await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`feedback.webhooks ${row.party}`]);
  const added = await tx.query(
    `insert into feedback.webhooks (id, party, url, kinds, size, secret, state, since, created, created_by, cursor)
     select $1, $2, $3, $4, $5, $6, 'active', $7::timestamptz, $7::timestamptz, $8, $9::bigint
      where (select count(*) from feedback.webhooks w where w.party = $2) < $10 returning id`,
    [row.id, row.party, row.url, row.kinds, row.size, row.secret, row.at, row.by, row.cursor, max],
  );
  return added.length > 0;
}

/** Changes where, what and how much is sent; the batch under way keeps what it holds. */
export async function changeWebhook(
  tx: Tx,
  row: Pick<WebhookRow, 'id' | 'url' | 'kinds' | 'size' | 'state'> & { at: string },
): Promise<void> {
  await tx.query(
    `update feedback.webhooks set url = $2, kinds = $3, size = $4,
            since = case when state = $5 then since else $6::timestamptz end,
            attempts = case when state <> 'active' and $5 = 'active' then 0 else attempts end,
            parked_in_row = case when state <> 'active' and $5 = 'active' then 0 else parked_in_row end,
            next_at = case when state <> 'active' and $5 = 'active' then to_timestamp(0) else next_at end,
            state = $5
      where id = $1`,
    [row.id, row.url, row.kinds, row.size, row.state, row.at],
  );
}

/** Puts a new secret in the place of the one there is, which signs too until the moment given. */
export async function rotateSecret(tx: Tx, id: string, secret: string, until: string): Promise<void> {
  await tx.query(
    `update feedback.webhooks set old_secret = secret, old_until = $3::timestamptz, secret = $2 where id = $1`,
    [id, secret, until],
  );
}

export async function removeWebhook(tx: Tx, id: string): Promise<void> {
  await tx.query('delete from feedback.webhooks where id = $1', [id]);
}

const letter = `batch, events, attempts, parked, state, last_at as "lastAt", last_answer as "lastAnswer"`;

export const deadLettersOf = (tx: Tx, webhook: string, limit: number): Promise<DeadLetter[]> =>
  tx.query<DeadLetter>(
    `select ${letter} from feedback.dead_letters where webhook = $1 order by parked desc, batch desc limit $2`,
    [webhook, limit],
  );

/** Asks for a dead letter to be sent again; undefined when there is none. */
export async function askReplay(tx: Tx, webhook: string, batch: string): Promise<DeadLetter | undefined> {
  await tx.query(`update feedback.webhooks set next_at = to_timestamp(0) where id = $1 and attempt is null`, [webhook]);
  const rows = await tx.query<DeadLetter>(
    `update feedback.dead_letters set state = case when state = 'parked' then 'replaying' else state end
      where webhook = $1 and batch = $2 returning ${letter}`,
    [webhook, batch],
  );
  return rows[0];
}
