import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Connection } from '#platform/db.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { archivedRefusal } from './archive.ts';
import { firstDifference, onlyAddsSlips } from './differences.ts';
import type { Answer } from './model.ts';
import { storedAnswer } from './read.ts';
import type { Item } from './rows.ts';
import * as store from './store.ts';
import { waitingAmong } from './store-waiting.ts';

/** Under its key a declaration stands once: what is fresh is decided, what stands already is answered as it was. */

/** What stands under a key. */
export interface Standing {
  id: string | null;
  digest: Buffer | null;
}

/**
 * Sorts a batch into fresh submissions and those whose key stands already. Slips that complete a waiting parcel count
 * as fresh.
 */
export async function claimKeys(
  connection: Connection,
  items: readonly Item[],
): Promise<{ fresh: Item[]; known: Map<Item, Standing> }> {
  const found = await store.claimKeys(
    connection,
    items.map((item) => ({
      filer: item.submission.filer,
      declaration: item.submission.body.declaration.id,
      id: item.id,
      digest: item.digest,
    })),
  );
  const fresh: Item[] = [];
  const known = new Map<Item, Standing>();
  const changed: { item: Item; id: string }[] = [];
  for (const [index, item] of items.entries()) {
    const claim = found[index];
    if (!claim || claim.fresh) fresh.push(item);
    else {
      known.set(item, claim);
      if (claim.id && claim.digest && !claim.digest.equals(item.digest)) changed.push({ item, id: claim.id });
    }
  }
  if (changed.length === 0) return { fresh, known };
  const waiting = new Map(
    (
      await waitingAmong(
        connection,
        changed.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  for (const { item, id } of changed) {
    const row = waiting.get(id);
    const { supersedes = false, body } = item.submission;
    if (!row || !(supersedes || onlyAddsSlips(JSON.parse(row.body) as Consignment, body))) continue;
    known.delete(item);
    fresh.push(Object.assign(item, { id, completes: true }));
  }
  return { fresh, known };
}

/** The answer for a key whose parcel cannot be read: it is archived, or just being decided. */
async function keptElsewhere(context: Context, { id, digest }: Standing, item: Item): Promise<Result<Answer>> {
  const at = { pointer: '/declaration/id' };
  const archived = id === null ? undefined : await archivedRefusal(context.db, [id]);
  if (archived === undefined) return refuse('clearance/key-busy', at);
  if (digest?.equals(item.digest)) return { ok: false, error: { ...archived, ...at } };
  return refuse('clearance/key-replayed', { ...at, params: { declaration: item.submission.body.declaration.id } });
}

/**
 * The answer for a key that stood already: the same submission gets the same answer, another one is refused by its
 * field.
 */
export async function standing(context: Context, item: Item, stands: Standing): Promise<Result<Answer>> {
  if (!stands.id) return refuse('clearance/key-busy', { pointer: '/declaration/id' });
  const stored = await storedAnswer(context, stands.id);
  if (!stored) return keptElsewhere(context, stands, item);
  if (stands.digest?.equals(item.digest)) return ok(stored.answer);
  if (stored.cancelled) return refuse('clearance/cancelled', { pointer: '/declaration/id' });
  const pointer = firstDifference(stored.body, item.submission.body);
  return pointer
    ? refuse('clearance/key-replayed', { pointer, params: { declaration: item.submission.body.declaration.id } })
    : ok(stored.answer);
}
