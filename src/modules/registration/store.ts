import type { Tx } from '#platform/db.ts';
import type { ApplicationRow, ApplicationState, InvitationRow, OfferRow } from './model.ts';

const columns =
  'id, identifier, identifiers, name, language, latin, country, address, roles, person, shown, desk, state, received, ended';

/** Writes an application unless one waits under the same identifier; false when one does. */
export async function add(tx: Tx, row: ApplicationRow): Promise<boolean> {
  const rows = await tx.query(
    `insert into registration.applications (${columns})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (identifier) where state in ('open', 'asked') do nothing returning 1`,
    [
      row.id,
      row.identifier,
      row.identifiers,
      row.name,
      row.language,
      row.latin,
      row.country,
      row.address,
      row.roles,
      row.person,
      row.shown,
      row.desk,
      row.state,
      row.received,
      row.ended,
    ],
  );
  return rows.length > 0;
}

export async function byId(tx: Tx, id: string): Promise<ApplicationRow | undefined> {
  return (await tx.query<ApplicationRow>(`select ${columns} from registration.applications where id = $1`, [id]))[0];
}

export async function setState(tx: Tx, id: string, state: ApplicationState, ended: string | null): Promise<void> {
  await tx.query('update registration.applications set state = $2, ended = $3 where id = $1', [id, state, ended]);
}

/** A page of applications, the oldest first where they wait and the latest first where they do not. */
export const list = (
  tx: Tx,
  page: { waiting: boolean; after: string | null; limit: number },
): Promise<ApplicationRow[]> => {
  const [states, beyond, order] = page.waiting
    ? ["'open', 'asked'", '>', 'asc']
    : ["'approved', 'refused'", '<', 'desc'];
  return tx.query<ApplicationRow>(
    `select ${columns} from registration.applications
     where state in (${states}) and ($1::uuid is null or id ${beyond} $1) order by id ${order} limit $2`,
    [page.after, page.limit],
  );
};

/** What a person asked for, the latest first. */
export const ofPerson = (tx: Tx, person: string): Promise<ApplicationRow[]> =>
  tx.query<ApplicationRow>(
    `select ${columns} from registration.applications where person = $1 order by id desc limit 20`,
    [person],
  );

/** The application on which a party was let in. */
export async function ofParty(tx: Tx, identifier: string): Promise<ApplicationRow | undefined> {
  const sql = `select ${columns} from registration.applications
    where identifier = $1 and state = 'approved' order by id desc limit 1`;
  return (await tx.query<ApplicationRow>(sql, [identifier]))[0];
}

const invitationColumns = 'id, party, shown, roles, expires';

export async function addInvitation(
  tx: Tx,
  row: InvitationRow & { hash: Buffer; by: string; created: string },
): Promise<void> {
  await tx.query(
    `insert into registration.invitations (id, hash, party, shown, roles, invited_by, created, expires)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.id, row.hash, row.party, row.shown, row.roles, row.by, row.created, row.expires],
  );
}

export const invitationsOf = (tx: Tx, party: string, now: string): Promise<InvitationRow[]> =>
  tx.query<InvitationRow>(
    `select ${invitationColumns} from registration.invitations where party = $1 and expires > $2 order by id limit 200`,
    [party, now],
  );

export async function invitationOf(tx: Tx, hash: Buffer, now: string): Promise<InvitationRow | undefined> {
  const sql = `select ${invitationColumns} from registration.invitations where hash = $1 and expires > $2`;
  return (await tx.query<InvitationRow>(sql, [hash, now]))[0];
}

/** Uses an invitation up. Of two who use it at the same moment one finds it gone. */
export async function takeInvitation(tx: Tx, hash: Buffer, now: string): Promise<InvitationRow | undefined> {
  const sql = `delete from registration.invitations where hash = $1 and expires > $2 returning ${invitationColumns}`;
  return (await tx.query<InvitationRow>(sql, [hash, now]))[0];
}

export async function dropInvitation(tx: Tx, party: string, id: string): Promise<boolean> {
  const sql = 'delete from registration.invitations where party = $1 and id = $2 returning 1';
  return (await tx.query(sql, [party, id])).length > 0;
}

export async function sweepInvitations(tx: Tx, now: string): Promise<boolean> {
  return (await tx.query('delete from registration.invitations where expires <= $1 returning 1', [now])).length > 0;
}

const offerColumns = `id, represented, representative, kind, scope, onward, valid_from as "from", valid_until as "until",
  offered_by as "offeredBy", offered`;

/** Writes an offer unless one between the two waits; false when one does. */
export async function addOffer(tx: Tx, row: OfferRow): Promise<boolean> {
  const rows = await tx.query(
    `insert into registration.offers
       (id, represented, representative, kind, scope, onward, valid_from, valid_until, offered_by, offered, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'offered')
     on conflict (represented, representative) where state = 'offered' do nothing returning 1`,
    [
      row.id,
      row.represented,
      row.representative,
      row.kind,
      row.scope,
      row.onward,
      row.from,
      row.until,
      row.offeredBy,
      row.offered,
    ],
  );
  return rows.length > 0;
}

/** The offers that wait for one of a party's answers, or that it made itself. */
export const offersAround = (tx: Tx, party: string): Promise<OfferRow[]> =>
  tx.query<OfferRow>(
    `select ${offerColumns} from registration.offers
     where state = 'offered' and (represented = $1 or representative = $1) order by id limit 200`,
    [party],
  );

/** The offer that still waits, under a lock. */
export async function offerNow(tx: Tx, id: string): Promise<OfferRow | undefined> {
  const sql = `select ${offerColumns} from registration.offers where id = $1 and state = 'offered' for update`;
  return (await tx.query<OfferRow>(sql, [id]))[0];
}

export async function endOffer(
  tx: Tx,
  id: string,
  state: 'confirmed' | 'declined' | 'withdrawn',
  at: string,
): Promise<void> {
  await tx.query('update registration.offers set state = $2, ended = $3 where id = $1', [id, state, at]);
}
