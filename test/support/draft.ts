import { must } from '#kernel/result.ts';
import { newId } from '#kernel/id.ts';
import { sourceOf } from '#modules/rulebook/folder.ts';
import { sourcesAt } from '#modules/rulebook/service.ts';
import { keepDraft } from '#modules/rulebook/store-drafts.ts';
import type { Context } from '#platform/context.ts';

/** What a draft changes: the content of a JSON file of the pack, by its name. */
export type Changes = Readonly<Record<string, (content: any) => void>>;

/** Keeps a draft of a pack in force with some of its files changed, as a case of change of law would; gives its id. */
export async function draftWith(context: Context, changes: Changes, pack = 'xp'): Promise<string> {
  const { epoch } = context.reference.current();
  const base = (await context.db.tx((tx) => sourcesAt(tx, epoch))).get(pack)!;
  const files: Record<string, string> = { ...base.files };
  for (const [name, change] of Object.entries(changes)) {
    const content: unknown = JSON.parse(files[name] ?? '{}');
    change(content);
    files[name] = JSON.stringify(content);
  }
  const { version, hash } = must(sourceOf(files));
  const id = newId(context.clock.now());
  await context.db.tx((tx) =>
    keepDraft(tx, {
      id,
      pack,
      title: 'A lower limit',
      version,
      hash,
      baseHash: base.hash,
      sources: JSON.stringify(files),
      made: context.clock.instant(),
      madeBy: 'somebody',
    }),
  );
  return id;
}

/** A further row of a value of the pack, in force from a day on. */
export const valueFrom =
  (name: string, from: string, value: string) =>
  (values: any): void => {
    const rows = values[name].values;
    const kept = rows.filter((row: { from: string }) => row.from !== from);
    const all = [...kept, { from, value, source: rows[0].source }];
    values[name].values = all.sort((a: { from: string }, b: { from: string }) => (a.from < b.from ? -1 : 1));
  };
