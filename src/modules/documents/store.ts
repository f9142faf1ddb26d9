import type { Tx } from '#platform/db.ts';
import type { About, Attachment, StoredAttachment } from './model.ts';

const columns = `id, name, media_type as "mediaType", length(bytes) as size, encode(sha256, 'hex') as sha256,
  attached_by as by, attached`;

export async function add(tx: Tx, about: About, row: StoredAttachment): Promise<void> {
  await tx.query(
    `insert into documents.attachments
       (id, about_kind, about_id, name, media_type, sha256, bytes, attached_by, attached)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      row.id,
      about.kind,
      about.id,
      row.name,
      row.mediaType,
      Buffer.from(row.sha256, 'hex'),
      row.bytes,
      row.by,
      row.attached,
    ],
  );
}

/** What is attached to a record, oldest first. */
export const list = (tx: Tx, { kind, id }: About): Promise<Attachment[]> =>
  tx.query<Attachment>(
    `select ${columns} from documents.attachments where about_kind = $1 and about_id = $2 order by id`,
    [kind, id],
  );

export async function one(tx: Tx, { kind, id }: About, attachment: string): Promise<StoredAttachment | undefined> {
  const sql = `select ${columns}, bytes from documents.attachments
    where id = $3 and about_kind = $1 and about_id = $2`;
  return (await tx.query<StoredAttachment>(sql, [kind, id, attachment]))[0];
}
