import type { Tx } from '#platform/db.ts';
import type { WishAbout, WishView, WishWay } from './people-model.ts';

/** A wish as it is kept. */
export interface WishRow {
  readonly id: string;
  readonly person: string;
  readonly party: string;
  readonly way: WishWay;
  readonly address: string;
  readonly p256dh: string | null;
  readonly auth: string | null;
  readonly about: WishAbout;
  readonly language: string;
  readonly token: string;
  readonly state: WishView['state'];
  readonly cursor: bigint;
  readonly attempts: number;
  readonly invited: boolean;
}

const columns = `w.id, w.person, w.party, w.way, w.address, w.p256dh, w.auth, w.about, w.language, w.token, w.state,
  w.cursor, w.attempts, w.invited`;

/** Keeps a wish, or changes what the same person wanted there; false where he has as many as one may have. */
export async function putWish(
  tx: Tx,
  row: Omit<WishRow, 'attempts' | 'invited'> & { readonly created: string },
  most: number,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into feedback.wishes as w
       (id, person, party, way, address, p256dh, auth, about, language, token, state, created, cursor)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
      where (select count(*) from feedback.wishes o where o.person = $2 and (o.way, o.address) <> ($4, $5)) < $14
     on conflict (person, way, address) do update set about = excluded.about, language = excluded.language,
       party = excluded.party, p256dh = excluded.p256dh, auth = excluded.auth, attempts = 0,
       cursor = case when w.state = 'active' then w.cursor else excluded.cursor end,
       state = case when w.state = 'active' then w.state else excluded.state end,
       invited = w.state = 'active' and w.invited
     returning w.id`,
    [
      row.id,
      row.person,
      row.party,
      row.way,
      row.address,
      row.p256dh,
      row.auth,
      row.about,
      row.language,
      row.token,
      row.state,
      row.created,
      row.cursor,
      most,
    ],
  );
  return rows.length > 0;
}

/** What a person wishes, the oldest first. */
export const wishesOf = (tx: Tx, person: string): Promise<WishView[]> =>
  tx.query(
    `select id, way, address, about, language, state, told, last_answer as answer from feedback.wishes
      where person = $1 order by created, id`,
    [person],
  );

export async function dropWish(tx: Tx, person: string, id: string): Promise<void> {
  await tx.query('delete from feedback.wishes where person = $1 and id = $2', [person, id]);
}

/** The wish that a link of a letter is about. */
export async function wishUnder(tx: Tx, token: string): Promise<WishRow | undefined> {
  return (await tx.query<WishRow>(`select ${columns} from feedback.wishes w where token = $1`, [token]))[0];
}

/** Confirms a mailbox; from now on, not from when it was asked for. */
export async function confirmWish(tx: Tx, token: string, cursor: bigint): Promise<boolean> {
  const rows = await tx.query(
    `update feedback.wishes set state = 'active', cursor = $2 where token = $1 and state = 'asked' returning id`,
    [token, cursor],
  );
  return rows.length > 0;
}

export async function endWish(tx: Tx, token: string): Promise<void> {
  await tx.query('delete from feedback.wishes where token = $1', [token]);
}

/** The wish whose turn it is, locked until the end of the transaction. */
export async function takeDueWish(tx: Tx, now: string): Promise<(WishRow & { readonly last: bigint }) | undefined> {
  const rows = await tx.query<WishRow & { last: bigint }>(
    `select ${columns}, s.last from feedback.wishes w, feedback.sequence s
      where w.next_at <= $1::timestamptz
        and ((w.state = 'active' and w.cursor < s.last) or (w.state = 'asked' and not w.invited))
      order by w.next_at, w.id limit 1 for update of w skip locked`,
    [now],
  );
  return rows[0];
}

/** Lends a wish to an attempt until a moment. */
export async function beginWish(tx: Tx, id: string, attempt: string, until: string): Promise<void> {
  await tx.query('update feedback.wishes set attempt = $2, next_at = $3 where id = $1', [id, attempt, until]);
}

/** What came of an attempt; nothing where another one has taken its place. */
export async function endAttempt(
  tx: Tx,
  given: {
    id: string;
    attempt: string;
    cursor: bigint;
    nextAt: string;
    attempts: number;
    /** Whether nobody is told there any more; otherwise the wish stands as it does by now. */
    over: boolean;
    invited: boolean;
    told: string | null;
    answer: string | null;
  },
): Promise<void> {
  await tx.query(
    `update feedback.wishes set attempt = null, cursor = greatest(cursor, $3), next_at = $4, attempts = $5,
            state = case when $6 then 'ended' else state end,
            invited = $7, told = coalesce($8, told), last_answer = coalesce($9, last_answer)
      where id = $1 and attempt = $2`,
    [
      given.id,
      given.attempt,
      given.cursor,
      given.nextAt,
      given.attempts,
      given.over,
      given.invited,
      given.told,
      given.answer,
    ],
  );
}

/** Puts a letter into the simulated mailbox; the same one twice is one. */
export async function addLetter(
  tx: Tx,
  row: { id: string; person: string; to: string; subject: string; text: string; at: string },
): Promise<void> {
  await tx.query(
    `insert into feedback.letters (id, person, address, subject, body, at) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [row.id, row.person, row.to, row.subject, row.text, row.at],
  );
}

/** The letters that a person would have got, the newest first. */
export const lettersOf = (
  tx: Tx,
  person: string,
  limit: number,
): Promise<{ id: string; address: string; subject: string; body: string; at: string }[]> =>
  tx.query(
    'select id, address, subject, body, at from feedback.letters where person = $1 order by at desc, id limit $2',
    [person, limit],
  );

/** Drops letters from before a moment, and wishes that nobody confirmed since. */
export async function forgetBefore(tx: Tx, before: string): Promise<void> {
  await tx.query('delete from feedback.letters where at < $1', [before]);
  await tx.query(`delete from feedback.wishes where state = 'asked' and created < $1`, [before]);
}

export async function pushKeys(tx: Tx): Promise<{ publicKey: string; privateKey: string } | undefined> {
  const rows = await tx.query<{ publicKey: string; privateKey: string }>(
    'select public_key as "publicKey", private_key as "privateKey" from feedback.push_keys',
  );
  return rows[0];
}

/** Keeps the window's push key; of two processes that make one at once, one key stands. */
export async function keepPushKeys(tx: Tx, keys: { publicKey: string; privateKey: string }, at: string): Promise<void> {
  await tx.query(
    'insert into feedback.push_keys (public_key, private_key, made) values ($1, $2, $3) on conflict do nothing',
    [keys.publicKey, keys.privateKey, at],
  );
}
