import type { Tx } from '#platform/db.ts';
import type { Device, SessionAssurance, SessionTimes, User } from './model.ts';

/** A person with the hash of his password, which leaves this module nowhere. */
export interface StoredUser extends User {
  readonly password: string | null;
}

const columns = 'id, name, shown, roles, party, authority, status, demo, created';

export async function userNamed(tx: Tx, name: string): Promise<StoredUser | undefined> {
  return (await tx.query<StoredUser>(`select ${columns}, password from parties.users where name = $1`, [name]))[0];
}

export async function userOf(tx: Tx, id: string): Promise<User | undefined> {
  return (await tx.query<User>(`select ${columns} from parties.users where id = $1`, [id]))[0];
}

/** People in the order of their names, after one of them. */
export const users = (tx: Tx, after: string, limit: number): Promise<User[]> =>
  tx.query<User>(`select ${columns} from parties.users where name > $1 order by name limit $2`, [after, limit]);

export async function anyUser(tx: Tx): Promise<boolean> {
  return (await tx.query('select 1 from parties.users limit 1', [])).length > 0;
}

/** Writes a person unless the name is taken; false when it is. */
export async function insertUser(tx: Tx, user: StoredUser): Promise<boolean> {
  const rows = await tx.query(
    `insert into parties.users (id, name, shown, password, roles, party, authority, status, demo, created, changed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) on conflict (name) do nothing returning id`,
    [
      user.id,
      user.name,
      user.shown,
      user.password,
      user.roles,
      user.party,
      user.authority,
      user.status,
      user.demo,
      user.created,
    ],
  );
  return rows.length > 0;
}

export async function changeUser(tx: Tx, user: User, at: string): Promise<void> {
  await tx.query(
    `update parties.users set shown = $2, roles = $3, party = $4, authority = $5, status = $6, changed = $7 where id = $1`,
    [user.id, user.shown, user.roles, user.party, user.authority, user.status, at],
  );
}

/** Sets a person's password; true when it is his first. */
export async function setPassword(tx: Tx, id: string, password: string, at: string): Promise<boolean> {
  const sql = `update parties.users as now set password = $2, changed = $3
    from (select id, password from parties.users where id = $1 for update) as before
    where now.id = before.id returning before.password is null as first`;
  return (await tx.query<{ first: boolean }>(sql, [id, password, at]))[0]?.first ?? false;
}

/** Locks the administrators who can sign in, so that two changes at once cannot take away the last two of them. */
export async function lockAdministrators(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from parties.users where 'administrator' = any(roles) and status = 'active' order by id for update`,
    [],
  );
  return rows.map((row) => row.id);
}

/** The person and the assurance of a session that is not too old and was not left too long. */
export interface SessionRow extends User {
  readonly assurance: SessionAssurance;
  readonly seen: string;
}

export async function session(tx: Tx, hash: Buffer, times: SessionTimes): Promise<SessionRow | undefined> {
  const sql = `select s.assurance, s.seen, u.id, u.name, u.shown, u.roles, u.party, u.authority, u.status, u.demo, u.created
    from parties.sessions s join parties.users u on u.id = s.person
    where s.hash = $1 and s.seen > $2 and s.created > $3 and u.status = 'active'`;
  return (await tx.query<SessionRow>(sql, [hash, times.seenAfter, times.createdAfter]))[0];
}

export async function openSession(
  tx: Tx,
  row: { hash: Buffer; person: string; assurance: SessionAssurance; device: string; at: string },
): Promise<void> {
  await tx.query(
    'insert into parties.sessions (hash, person, assurance, device, created, seen) values ($1, $2, $3, $4, $5, $5)',
    [row.hash, row.person, row.assurance, row.device, row.at],
  );
}

/** The sessions of a person that count, the last used first. */
export const sessionsOf = (tx: Tx, person: string, hash: Buffer | null, times: SessionTimes): Promise<Device[]> =>
  tx.query<Device>(
    `select id, assurance, device, created, seen, coalesce(hash = $2, false) as current from parties.sessions
     where person = $1 and seen > $3 and created > $4 order by seen desc, id`,
    [person, hash, times.seenAfter, times.createdAfter],
  );

/** Ends one session of a person, or all of them but the one that asks; gives how many there were. */
export async function endSessions(
  tx: Tx,
  person: string,
  which: { id: string } | { butHash: Buffer | null },
): Promise<number> {
  const gone =
    'id' in which
      ? await tx.query('delete from parties.sessions where person = $1 and id = $2 returning 1', [person, which.id])
      : await tx.query('delete from parties.sessions where person = $1 and hash is distinct from $2 returning 1', [
          person,
          which.butHash,
        ]);
  return gone.length;
}

export async function touchSession(tx: Tx, hash: Buffer, at: string): Promise<void> {
  await tx.query('update parties.sessions set seen = $2 where hash = $1 and seen < $2', [hash, at]);
}

export async function closeSession(tx: Tx, hash: Buffer): Promise<void> {
  await tx.query('delete from parties.sessions where hash = $1', [hash]);
}

export async function closeSessionsOf(tx: Tx, person: string): Promise<void> {
  await tx.query('delete from parties.sessions where person = $1', [person]);
}

export async function writeLink(
  tx: Tx,
  row: { hash: Buffer; person: string | null; created: string; expires: string },
): Promise<void> {
  await tx.query('delete from parties.links where person is not distinct from $1', [row.person]);
  await tx.query('insert into parties.links (hash, person, created, expires) values ($1, $2, $3, $4)', [
    row.hash,
    row.person,
    row.created,
    row.expires,
  ]);
}

/** Whom a link is for, and the name that he signs in with. */
export interface LinkRow {
  readonly person: string | null;
  readonly name: string | null;
}

/** Whom a link is for, null for the first administrator; undefined when it does not work any more. */
export async function linkOf(tx: Tx, hash: Buffer, at: string): Promise<LinkRow | undefined> {
  const [row] = await tx.query<LinkRow>(
    `select l.person, u.name from parties.links l left join parties.users u on u.id = l.person
      where l.hash = $1 and l.expires > $2`,
    [hash, at],
  );
  return row;
}

/** Uses a link up. Of two who use it at the same moment one finds it gone. */
export async function takeLink(tx: Tx, hash: Buffer, at: string): Promise<{ person: string | null } | undefined> {
  const sql = 'delete from parties.links where hash = $1 and expires > $2 returning person';
  return (await tx.query<{ person: string | null }>(sql, [hash, at]))[0];
}

/** Counts one more try and gives the tries since the window opened; a window that is over starts anew. */
export async function countAttempt(tx: Tx, subject: Buffer, at: string, since: string): Promise<number> {
  const [row] = await tx.query<{ tries: number }>(
    `insert into parties.attempts as a (subject, since, tries) values ($1, $2, 1)
     on conflict (subject) do update set
       tries = case when a.since <= $3 then 1 else a.tries + 1 end,
       since = case when a.since <= $3 then excluded.since else a.since end
     returning tries`,
    [subject, at, since],
  );
  return row?.tries ?? 1;
}

export async function forgetAttempts(tx: Tx, subject: Buffer): Promise<void> {
  await tx.query('delete from parties.attempts where subject = $1', [subject]);
}

/** Removes what is over: sessions, links and counted attempts. True when anything was. */
export async function sweep(
  tx: Tx,
  times: { seen: string; created: string; now: string; attempts: string },
): Promise<boolean> {
  const sessions = await tx.query('delete from parties.sessions where seen <= $1 or created <= $2 returning 1', [
    times.seen,
    times.created,
  ]);
  const links = await tx.query('delete from parties.links where expires <= $1 returning 1', [times.now]);
  const attempts = await tx.query('delete from parties.attempts where since <= $1 returning 1', [times.attempts]);
  return sessions.length + links.length + attempts.length > 0;
}
