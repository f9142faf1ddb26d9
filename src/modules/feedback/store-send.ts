import type { Tx } from '#platform/db.ts';

/** A webhook whose turn it is, locked until the end of the transaction. */
export interface DueRow {
  readonly id: string;
  readonly party: string;
  readonly url: string;
  readonly kinds: readonly string[] | null;
  readonly size: number;
  readonly secret: string;
  /** The secret before it, as long as it signs too. */
  readonly old_secret: string | null;
  readonly cursor: bigint;
  readonly batch: string | null;
  readonly upto: bigint | null;
  readonly batch_kinds: readonly string[] | null;
  readonly attempts: number;
  readonly parked_in_row: number;
  /** The greatest number that was given out when this was read. */
  readonly last: bigint;
}

/**
 * The webhook that has waited longest among those whose turn it is: it has a batch to send again, something beyond its
 * cursor, or a dead letter to replay. Another process looks at another one. Whoever waits for nothing, or for longer than
 * anything is ever waited for, is due whatever his next moment says: the clock was put back since it was written.
 */
export async function takeDue(tx: Tx, now: string, except: readonly string[]): Promise<DueRow | undefined> {
  const rows = await tx.query<DueRow>(
    `select w.id, w.party, w.url, w.kinds, w.size, w.secret,
            case when w.old_until > $1::timestamptz then w.old_secret end as old_secret,
            w.cursor, w.batch, w.upto, w.batch_kinds, w.attempts, w.parked_in_row, s.last
       from feedback.webhooks w, feedback.sequence s
      where w.state = 'active' and w.id <> all ($2::uuid[])
        and (w.next_at <= $1::timestamptz or (w.batch is null and w.attempt is null)
             or w.next_at > $1::timestamptz + case when w.attempt is null then interval '6h 1min' else interval '1min' end)
        and (w.batch is not null or w.cursor < s.last
             or exists (select from feedback.dead_letters d where d.webhook = w.id and d.state = 'replaying'))
      order by w.next_at, w.id limit 1 for update of w skip locked`,
    [now, except],
  );
  return rows[0];
}

/** The dead letter of a webhook that is to be replayed first. */
export async function nextReplay(
  tx: Tx,
  webhook: string,
): Promise<{ batch: string; after: bigint; upto: bigint; kinds: readonly string[] | null } | undefined> {
  const rows = await tx.query<{ batch: string; after: bigint; upto: bigint; kinds: readonly string[] | null }>(
    `select batch, after, upto, kinds from feedback.dead_letters where webhook = $1 and state = 'replaying'
      order by upto limit 1`,
    [webhook],
  );
  return rows[0];
}

/** Nothing for this webhook stands up to here. */
export async function pass(tx: Tx, id: string, cursor: bigint): Promise<void> {
  await tx.query('update feedback.webhooks set cursor = $2 where id = $1', [id, cursor]);
}

/**
 * Begins an attempt: the batch is written down before it is sent, so that after a fall of the window the same one goes
 * out again under the same id. Until the moment given the attempt belongs to whoever began it.
 */
export async function beginAttempt(
  tx: Tx,
  id: string,
  given: {
    attempt: string;
    until: string;
    batch: string | null;
    upto: bigint | null;
    kinds: readonly string[] | null;
    attempts: number;
  },
): Promise<void> {
  await tx.query(
    `update feedback.webhooks set attempt = $2, next_at = $3::timestamptz, batch = $4, upto = $5, batch_kinds = $6,
            attempts = $7 where id = $1`,
    [id, given.attempt, given.until, given.batch, given.upto, given.kinds, given.attempts],
  );
}

/** How an attempt ended, and when. */
export interface Ended {
  readonly id: string;
  readonly attempt: string;
  readonly at: string;
  readonly answer: string;
}

/** The webhook goes on after its batch; false when the attempt is not the one that counts any more. */
export async function goOn(
  tx: Tx,
  { id, attempt, at, answer }: Ended,
  how: { readonly end: 'delivered' | 'parked' | 'nothing'; readonly pause: boolean },
): Promise<boolean> {
  const rows = await tx.query(
    `update feedback.webhooks set cursor = upto, batch = null, upto = null, batch_kinds = null, attempts = 0,
            next_at = $3::timestamptz, attempt = null, last_at = $3::timestamptz, last_answer = $4,
            delivered = case when $5 = 'delivered' then $3::timestamptz else delivered end,
            parked_in_row = case $5 when 'delivered' then 0 when 'parked' then parked_in_row + 1 else parked_in_row end,
            state = case when $6 and state = 'active' then 'paused' else state end,
            since = case when $6 and state = 'active' then $3::timestamptz else since end
      where id = $1 and attempt = $2 returning id`,
    [id, attempt, at, answer, how.end, how.pause],
  );
  return rows.length > 0;
}

/** The same batch is sent again at the moment given; or never, where its receiver is gone. */
export async function tryAgain(
  tx: Tx,
  { id, attempt, at, answer }: Ended,
  next: string,
  gone: boolean,
): Promise<boolean> {
  const rows = await tx.query(
    `update feedback.webhooks set next_at = $5::timestamptz, attempt = null, last_at = $3::timestamptz, last_answer = $4,
            state = case when $6 then 'gone' else state end, since = case when $6 then $3::timestamptz else since end
      where id = $1 and attempt = $2 returning id`,
    [id, attempt, at, answer, next, gone],
  );
  return rows.length > 0;
}

/** Parks the batch under way, before the webhook goes on. */
export async function park(tx: Tx, { id, attempt, at, answer }: Ended, events: number): Promise<void> {
  await tx.query(
    `insert into feedback.dead_letters (batch, webhook, after, upto, kinds, events, attempts, parked, state, last_at, last_answer)
     select batch, id, cursor, upto, batch_kinds, $3, attempts, $4::timestamptz, 'parked', $4::timestamptz, $5
       from feedback.webhooks where id = $1 and attempt = $2`,
    [id, attempt, events, at, answer],
  );
}

/** What came of sending a dead letter again; the webhook itself stands where it stood. */
export async function endReplay(
  tx: Tx,
  { id, attempt, at, answer }: Ended,
  batch: string,
  state: 'parked' | 'delivered',
): Promise<boolean> {
  const rows = await tx.query(
    'update feedback.webhooks set next_at = to_timestamp(0), attempt = null where id = $1 and attempt = $2 returning id',
    [id, attempt],
  );
  if (rows.length === 0) return false;
  await tx.query(
    `update feedback.dead_letters set state = $3, attempts = attempts + 1, last_at = $4::timestamptz, last_answer = $5
      where webhook = $1 and batch = $2`,
    [id, batch, state, at, answer],
  );
  return true;
}

/**
 * Webhooks that have nothing before them go on to where everything later stands; those whose next event is no longer
 * kept are told so and go on from the oldest that is. Dead letters whose events are gone go with them.
 */
export async function sweep(tx: Tx, bounds: { passed: bigint; oldest: bigint }): Promise<void> {
  await tx.query(
    `update feedback.webhooks w set cursor = $1 from feedback.sequence s
      where w.batch is null and w.cursor >= s.last and w.cursor < $1`,
    [bounds.passed],
  );
  await tx.query(
    `update feedback.webhooks set cursor = $1, missed = clock_timestamp(), batch = null, upto = null, batch_kinds = null,
            attempts = 0, attempt = null
      where cursor < $1 and coalesce(upto, 0) < $1`,
    [bounds.oldest],
  );
  await tx.query('delete from feedback.dead_letters where upto < $1', [bounds.oldest]);
}
