import type { Tx } from '#platform/db.ts';

/** A message as it is kept. */
export interface MessageRow {
  readonly id: string;
  readonly filer: string;
  readonly by: string;
  readonly kind: string;
  readonly guid: string;
  readonly received: string;
  readonly digest: Buffer;
  readonly validated: boolean;
  /** What became of each node, as JSON; null until all of them went through their doors. */
  readonly nodes: string | null;
}

const columns = 'id, filer, by, kind, guid, received, digest, validated, nodes';

/** Keeps a message under its guid, and gives the one that stands there: another one, where it was taken before. */
export async function keepMessage(
  tx: Tx,
  row: Omit<MessageRow, 'nodes'>,
  bytes: Buffer,
): Promise<{ row: MessageRow; fresh: boolean }> {
  const { id, filer, by, kind, guid, received, digest, validated } = row;
  await tx.query(
    `insert into messages.messages (id, filer, by, kind, guid, received, digest, validated, bytes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (filer, kind, guid) do nothing`,
    [id, filer, by, kind, guid, received, digest, validated, bytes],
  );
  const [standing] = await tx.query<MessageRow>(
    `select ${columns} from messages.messages where filer = $1 and kind = $2 and guid = $3`,
    [filer, kind, guid],
  );
  return { row: standing!, fresh: standing!.id === id };
}

/** Writes down what became of a message's nodes, unless that was written before; gives what stands. */
export async function settleNodes(tx: Tx, id: string, nodes: string): Promise<string> {
  await tx.query('update messages.messages set nodes = $2 where id = $1 and nodes is null', [id, nodes]);
  const [row] = await tx.query<{ nodes: string }>('select nodes from messages.messages where id = $1', [id]);
  return row!.nodes;
}

export async function messageOf(tx: Tx, id: string): Promise<MessageRow | undefined> {
  const rows = await tx.query<MessageRow>(`select ${columns} from messages.messages where id = $1`, [id]);
  return rows[0];
}

/** The messages of these senders before an id, newest first. */
export const listMessages = (
  tx: Tx,
  filers: readonly string[],
  before: string | null,
  limit: number,
): Promise<MessageRow[]> =>
  tx.query<MessageRow>(
    `select ${columns} from messages.messages
      where filer = any($1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [filers, before, limit],
  );

/** The message exactly as it came. */
export async function bytesOf(tx: Tx, id: string): Promise<Buffer | undefined> {
  const rows = await tx.query<{ bytes: Buffer }>('select bytes from messages.messages where id = $1', [id]);
  return rows[0]?.bytes;
}
