import type { Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { actAll } from '#modules/cases/index.ts';
import { withDraft } from './draft-files.ts';
import { sourceOf } from './folder.ts';
import type { PackSource } from './model.ts';
import { chainOf, compileChain, filesOf, sourcesAt, versionOf } from './service.ts';
import { currentVersion, replacePack, versionsAt } from './store.ts';
import { draftById, dueChanges, type StoredDraft } from './store-drafts.ts';

/** Thrown out of a transaction that is not to be kept. */
class NotNow extends Error {
  override readonly name = 'NotNow';
}

const newest = 9_223_372_036_854_775_806n;

function sourceIn(draft: StoredDraft): PackSource {
  const read = sourceOf(filesOf(draft.sources));
  if (!read.ok) throw new Error(`the stored draft ${draft.id} cannot be read`);
  return read.value;
}

/** Every version in force now, as one text: the same text is the same law. */
const lawNow = async (tx: Tx): Promise<string> =>
  (await versionsAt(tx, newest)).map(({ id, hash }) => `${id} ${hash}`).join('\n');

/** Whether the draft still stands on what is in force, and every pack that stands on it still compiles. */
async function fits(tx: Tx, draft: StoredDraft, source: PackSource): Promise<boolean> {
  if ((await currentVersion(tx, draft.pack))?.hash !== draft.baseHash) return false;
  const all = withDraft(await sourcesAt(tx, newest), source);
  return [...all.keys()].every((id) => {
    const chain = chainOf(id, all);
    return !chain.includes(source) || compileChain(chain).ok;
  });
}

const must = (step: Result<string> | undefined): void => {
  if (step?.ok !== true) throw new NotNow(step?.error.code ?? '');
};

/** It came too late: another version is in force. The case says so, and waits for whoever proposed it. */
async function overtake(context: Context, change: string): Promise<void> {
  const note = 'rulebook/note-overtaken';
  await context.db.tx(async (tx) =>
    must((await actAll(context, tx, 'window', [{ case: change, move: 'overtake', note }]))[0]),
  );
}

/**
 * Publishes a change under a new epoch. Whoever publishes holds the lock that every batch holds shared, so no batch
 * that is still open has used the law before, and none that begins later does.
 */
async function publish(
  context: Context,
  { change, draft, source, law }: { change: string; draft: StoredDraft; source: PackSource; law: string },
): Promise<void> {
  await context.reference.publish(async (tx, epoch) => {
    // What it was compiled with is looked at before the lock, which everybody waits for; here only that it still holds.
    if ((await lawNow(tx)) !== law) throw new NotNow('changed-meanwhile');
    const since = context.clock.instant();
    await replacePack(tx, epoch, { ...versionOf(source), since, change });
    const details = { epoch: String(epoch) };
    must((await actAll(context, tx, 'window', [{ case: change, move: 'enter-into-force', details }]))[0]);
    const { pack, version, hash } = draft;
    await append(tx, [
      { kind: 'rulebook.in-force', subject: change, data: { pack, version, hash, epoch: String(epoch) } },
    ]);
  });
}

/**
 * Brings every adopted change into force whose moment has come, each under an epoch of its own. Any number of processes
 * may do so at once: one publishes, the others find it done. True when anything was done.
 */
export async function bringIntoForce(context: Context): Promise<boolean> {
  let did = false;
  for (const change of await dueChanges(context.db, context.clock.instant())) {
    try {
      const draft = await draftById(context.db, change);
      if (draft === undefined) throw new Error(`the change of law ${change} has no draft`);
      const source = sourceIn(draft);
      const law = await lawNow(context.db);
      if (await fits(context.db, draft, source)) await publish(context, { change, draft, source, law });
      else await overtake(context, change);
      did = true;
    } catch (error) {
      // Somebody else was quicker, or it was withdrawn; the next look tells.
      if (!(error instanceof NotNow)) context.log.error('law-not-in-force', error, { change });
    }
  }
  return did;
}
