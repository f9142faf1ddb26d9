import type { Tx } from '#platform/db.ts';

/** One version of a pack's sources, as text, and the epochs in which it is the one in force. */
export interface StoredPack {
  readonly id: string;
  readonly hash: string;
  readonly parent: string | null;
  readonly sources: string;
}

export const packsAt = (tx: Tx, epoch: bigint): Promise<StoredPack[]> =>
  tx.query<StoredPack>(
    `select id, hash, parent, sources from rulebook.packs
      where from_epoch <= $1 and (until_epoch is null or $1 < until_epoch) order by id`,
    [epoch],
  );

/** Only what tells whether anything changed, so that an unchanged part is not read again. */
export const hashesAt = (tx: Tx, epoch: bigint): Promise<{ id: string; hash: string }[]> =>
  tx.query<{ id: string; hash: string }>(
    `select id, hash from rulebook.packs
      where from_epoch <= $1 and (until_epoch is null or $1 < until_epoch) order by id`,
    [epoch],
  );

export async function homeAt(tx: Tx, epoch: bigint): Promise<string | null> {
  const [row] = await tx.query<{ pack: string }>(
    `select pack from rulebook.home where from_epoch <= $1 and (until_epoch is null or $1 < until_epoch)`,
    [epoch],
  );
  return row?.pack ?? null;
}

export async function replacePack(tx: Tx, epoch: bigint, pack: StoredPack & { version: string }): Promise<void> {
  await tx.query('update rulebook.packs set until_epoch = $2 where id = $1 and until_epoch is null', [pack.id, epoch]);
  await tx.query(
    `insert into rulebook.packs (id, version, hash, parent, sources, from_epoch) values ($1, $2, $3, $4, $5, $6)`,
    [pack.id, pack.version, pack.hash, pack.parent, pack.sources, epoch],
  );
}

export async function replaceHome(tx: Tx, epoch: bigint, pack: string): Promise<void> {
  await tx.query('update rulebook.home set until_epoch = $1 where until_epoch is null', [epoch]);
  await tx.query('insert into rulebook.home (pack, from_epoch) values ($1, $2)', [pack, epoch]);
}
