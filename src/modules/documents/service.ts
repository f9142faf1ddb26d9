import { hash } from 'node:crypto';
import { isUuid, newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import {
  type About,
  type Attachment,
  attachmentBytesMax,
  kindOf,
  nameOf,
  type NewAttachment,
  type StoredAttachment,
} from './model.ts';
import * as store from './store.ts';

/**
 * Keeps a file with the record that it is about, in the caller's transaction. What the file is, its first bytes say.
 * The caller has asked whether this person may attach anything to this record; a refusal has no pointer, since only he
 * knows the field.
 */
export async function attach(
  { clock }: Pick<Context, 'clock'>,
  tx: Tx,
  given: NewAttachment,
): Promise<Result<Attachment>> {
  const { bytes, by, about } = given;
  if (given.tooLarge === true || bytes.length > attachmentBytesMax) return refuse('documents/too-large');
  if (bytes.length === 0) return refuse('documents/empty');
  const kind = kindOf(bytes);
  if (kind === undefined) return refuse('documents/kind-unknown');
  const sha256 = hash('sha256', bytes, 'hex');
  const attachment: Attachment = {
    id: newId(clock.now()),
    name: nameOf(given.name, kind),
    mediaType: kind.mediaType,
    size: bytes.length,
    sha256,
    by,
    attached: clock.instant(),
  };
  await store.add(tx, about, { ...attachment, bytes });
  const { mediaType, size } = attachment;
  const data = { about: about.kind, record: about.id, mediaType, size, sha256, by };
  await append(tx, [{ kind: 'documents.attached', subject: attachment.id, data }]);
  return ok(attachment);
}

/** What is attached to a record, oldest first; for whom the caller lets read the record. */
export const attachmentsOf = (tx: Tx, about: About): Promise<Attachment[]> => store.list(tx, about);

/**
 * One attachment of this very record with its bytes; for whom the caller lets read the record. An id of another
 * record's attachment finds nothing.
 */
export async function attachmentOf(tx: Tx, about: About, id: string): Promise<Result<StoredAttachment>> {
  const found = isUuid(id) ? await store.one(tx, about, id) : undefined;
  return found === undefined ? refuse('documents/not-found') : ok(found);
}
