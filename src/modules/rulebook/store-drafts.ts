import type { Tx } from '#platform/db.ts';

/** A draft version of a pack, as it was handed in. */
export interface StoredDraft {
  readonly id: string;
  readonly pack: string;
  readonly title: string;
  readonly version: string;
  readonly hash: string;
  /** The hash of the sources in force that it was written on. */
  readonly baseHash: string;
  /** A JSON object of texts by path. */
  readonly sources: string;
  readonly made: string;
  readonly madeBy: string;
}

/** The change of law that a draft belongs to, and which of its drafts it is; a draft by itself is its own change. */
export interface DraftPlace {
  readonly change: string;
  readonly number: number;
}

const columns = `id, change, number, pack, title, version, hash, base_hash as "baseHash", sources, made, made_by as "madeBy"`;

export async function keepDraft(tx: Tx, draft: StoredDraft & Partial<DraftPlace>): Promise<void> {
  const { id, change = id, number = 1 } = draft;
  await tx.query(
    `insert into rulebook.drafts (id, change, number, pack, title, version, hash, base_hash, sources, made, made_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      change,
      number,
      draft.pack,
      draft.title,
      draft.version,
      draft.hash,
      draft.baseHash,
      draft.sources,
      draft.made,
      draft.madeBy,
    ],
  );
}

/** A draft by its own id, or the newest one of the change of law that has this id. */
export async function draftById(tx: Tx, id: string): Promise<(StoredDraft & DraftPlace) | undefined> {
  const [row] = await tx.query<StoredDraft & DraftPlace>(
    `select ${columns} from rulebook.drafts where id = $1 or change = $1 order by number desc limit 1`,
    [id],
  );
  return row;
}

/** A draft in a list, without its sources and without the person who made it. */
export type DraftLine = Omit<StoredDraft, 'sources' | 'madeBy'> & Pick<DraftPlace, 'number'>;

/** Every draft of a change of law, the first one first. */
export const draftsOf = (tx: Tx, change: string): Promise<DraftLine[]> =>
  tx.query(
    `select id, number, pack, title, version, hash, base_hash as "baseHash", made
       from rulebook.drafts where change = $1 order by number`,
    [change],
  );

/** The changes of law there are, the newest first. */
export async function changeIds(tx: Tx, size: number): Promise<string[]> {
  const rows = await tx.query<{ change: string }>(
    'select change from rulebook.drafts where number = 1 order by change desc limit $1',
    [size],
  );
  return rows.map(({ change }) => change);
}

/** Notes an adopted change for its moment, or for at once. */
export async function noteAdopted(tx: Tx, change: string, inForce: string | null): Promise<void> {
  await tx.query('insert into rulebook.adopted (change, in_force) values ($1, $2)', [change, inForce]);
}

/** Nothing is waited for any more: it is in force, or will not be. */
export async function forgetAdopted(tx: Tx, change: string): Promise<void> {
  await tx.query('delete from rulebook.adopted where change = $1', [change]);
}

/** The adopted changes whose moment has come, the earliest first. */
export async function dueChanges(tx: Tx, now: string): Promise<string[]> {
  const rows = await tx.query<{ change: string }>(
    `select change from rulebook.adopted where in_force is null or in_force <= $1
      order by in_force nulls first, change limit 100`,
    [now],
  );
  return rows.map(({ change }) => change);
}
