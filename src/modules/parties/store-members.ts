import type { Tx } from '#platform/db.ts';
import type { User } from './model.ts';

const columns = 'id, name, shown, roles, party, authority, status, demo, created';

/** The people of a party, by name. */
export const membersOf = (tx: Tx, party: string): Promise<User[]> =>
  tx.query<User>(`select ${columns} from parties.users where party = $1 order by name`, [party]);

/** The same under a lock, so that two changes at once cannot take away the last two managers. */
export const lockMembers = (tx: Tx, party: string): Promise<User[]> =>
  tx.query<User>(`select ${columns} from parties.users where party = $1 order by id for update`, [party]);
