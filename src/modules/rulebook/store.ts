import type { Tx } from '#platform/db.ts';

/** One version of a pack's sources, as text, and the epochs in which it is the one in force. */
export interface StoredPack {
  readonly id: string;
  readonly hash: string;
  readonly parent: string | null;
  readonly sources: string;
}

/** A version of a pack that is or was in force. */
export interface PackVersion {
  readonly id: string;
  readonly version: string;
  readonly hash: string;
  readonly parent: string | null;
  /** `[from, until)`, epochs of the reference data. */
  readonly from: bigint;
  readonly until: bigint | null;
  /** The moment at which it came into force. */
  readonly since: string;
  /** The change of law that brought it into force; null where it came from a folder at a start. */
  readonly change: string | null;
}

const versionColumns = `id, version, hash, parent, from_epoch as "from", until_epoch as "until",
  coalesce(since, installed) as since, change`;

export const packsAt = (tx: Tx, epoch: bigint): Promise<StoredPack[]> =>
  tx.query<StoredPack>(
    `select id, hash, parent, sources from rulebook.packs
      where from_epoch <= $1 and (until_epoch is null or $1 < until_epoch) order by id`,
    [epoch],
  );

/** Only what tells whether anything changed, so that an unchanged part is not read again. */
export const versionsAt = (tx: Tx, epoch: bigint): Promise<PackVersion[]> =>
  tx.query<PackVersion>(
    `select ${versionColumns} from rulebook.packs
      where from_epoch <= $1 and (until_epoch is null or $1 < until_epoch) order by id`,
    [epoch],
  );

/** Every version of a pack that was ever in force here, the newest first. */
export const versionsOf = (tx: Tx, id: string): Promise<PackVersion[]> =>
  tx.query<PackVersion>(`select ${versionColumns} from rulebook.packs where id = $1 order by from_epoch desc`, [id]);

/** The version of a pack that is in force now. */
export async function currentVersion(tx: Tx, id: string): Promise<PackVersion | undefined> {
  const [row] = await tx.query<PackVersion>(
    `select ${versionColumns} from rulebook.packs where id = $1 and until_epoch is null`,
    [id],
  );
  return row;
}

/** The sources of the version of a pack that is or was in force at an epoch. */
export async function sourcesOf(tx: Tx, id: string, epoch: bigint): Promise<string | undefined> {
  const [row] = await tx.query<{ sources: string }>(
    `select sources from rulebook.packs
      where id = $1 and from_epoch <= $2 and (until_epoch is null or $2 < until_epoch)`,
    [id, epoch],
  );
  return row?.sources;
}

/** The versions that a change of law has brought into force. */
export const versionsBy = (tx: Tx, change: string): Promise<PackVersion[]> =>
  tx.query<PackVersion>(`select ${versionColumns} from rulebook.packs where change = $1 order by from_epoch`, [change]);

export async function homeAt(tx: Tx, epoch: bigint): Promise<string | null> {
  const [row] = await tx.query<{ pack: string }>(
    `select pack from rulebook.home where from_epoch <= $1 and (until_epoch is null or $1 < until_epoch)`,
    [epoch],
  );
  return row?.pack ?? null;
}

/** What a version of a pack comes into force with; `since` and `change` where a change of law brings it. */
export type NewVersion = StoredPack & { readonly version: string } & Partial<Pick<PackVersion, 'since' | 'change'>>;

export async function replacePack(tx: Tx, epoch: bigint, pack: NewVersion): Promise<void> {
  const { id, version, hash, parent, sources, since = null, change = null } = pack;
  await tx.query('update rulebook.packs set until_epoch = $2 where id = $1 and until_epoch is null', [id, epoch]);
  await tx.query(
    `insert into rulebook.packs (id, version, hash, parent, sources, from_epoch, since, change)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, version, hash, parent, sources, epoch, since, change],
  );
}

/**
 * Takes over examples and papers that stand otherwise in the folder of a pack whose law is the same. They change no
 * decision, so they need no epoch.
 */
export async function takePapers(tx: Tx, pack: Pick<StoredPack, 'id' | 'hash' | 'sources'>): Promise<void> {
  await tx.query(
    `update rulebook.packs set sources = $3
      where id = $1 and hash = $2 and until_epoch is null and change is null and sources <> $3`,
    [pack.id, pack.hash, pack.sources],
  );
}

export async function replaceHome(tx: Tx, epoch: bigint, pack: string): Promise<void> {
  await tx.query('update rulebook.home set until_epoch = $1 where until_epoch is null', [epoch]);
  await tx.query('insert into rulebook.home (pack, from_epoch) values ($1, $2)', [pack, epoch]);
}
