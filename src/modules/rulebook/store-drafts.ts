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

const columns = `id, pack, title, version, hash, base_hash as "baseHash", sources,
  to_char(made at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as made, made_by as "madeBy"`;

export async function keepDraft(tx: Tx, draft: StoredDraft): Promise<void> {
  await tx.query(
    `insert into rulebook.drafts (id, pack, title, version, hash, base_hash, sources, made, made_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      draft.id,
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

export async function draftById(tx: Tx, id: string): Promise<StoredDraft | undefined> {
  const [row] = await tx.query<StoredDraft>(`select ${columns} from rulebook.drafts where id = $1`, [id]);
  return row;
}
