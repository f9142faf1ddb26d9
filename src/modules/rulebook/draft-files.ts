import { pointerOf } from '#platform/body.ts';
import { ok, type Refused, refuse, type Result } from '#kernel/result.ts';
import { draftMax } from './change-model.ts';
import { checkLayers } from './check-pack.ts';
import { compileLayers } from './compile.ts';
import { fileMax, importsIn, isPackPath, sourceOf, withoutSupplements } from './folder.ts';
import type { PackSource, Problem } from './model.ts';
import { Problems } from './problems.ts';
import { chainOf, isHigher } from './service.ts';

/** The files of a draft, as they are handed in. */
export interface DraftFiles {
  readonly files: Readonly<Record<string, string | null>>;
  readonly whole?: boolean | undefined;
}

const problemsMax = 100;

/** A draft with problems is refused, each with its file as a pointer, the place in it, what is wrong and the remedy. */
export function unsound(problems: readonly Problem[]): Refused {
  const more = problems.slice(0, problemsMax).map(({ file, line, pointer, message, remedy }) => {
    const path = file.split('/').slice(1).join('/');
    const place = line === null ? file : `${file}:${line}`;
    return {
      code: 'rulebook/draft-problem',
      pointer: pointerOf(['files', path]),
      params: { file: place, at: pointer, message, remedy },
    };
  });
  return refuse('rulebook/draft-unsound', { params: { count: String(problems.length) }, more });
}

/**
 * The files over those in force, or by themselves where they are the whole pack. What was imported is no part of a
 * draft: it stays as it is in force.
 */
function laidOver(base: PackSource, { files, whole = false }: DraftFiles): Record<string, string> {
  const all: Record<string, string | null> = whole ? { ...importsIn(base), ...files } : { ...base.files, ...files };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null));
}

function misfits(base: PackSource, files: DraftFiles['files']): readonly Problem[] {
  const problems = new Problems([]);
  const add = (path: string, message: string, remedy: string): void =>
    problems.add(`${base.id}/${path}`, '', message, remedy);
  for (const [path, text] of Object.entries(files)) {
    if (!isPackPath(path))
      add(path, 'no file of a pack is called so', 'name it as docs/packs.md says, or leave it out');
    if (text !== null && text.length > fileMax) add(path, `it has more than ${fileMax} characters`, 'split the table');
  }
  const size = Object.values(files).reduce((sum, text) => sum + (text?.length ?? 0), 0);
  if (size > draftMax)
    add('pack.json', `the pack has more than ${draftMax} characters`, 'hand in the files that differ');
  return problems.list;
}

/** What may not differ from the version in force, or has to. */
function headProblems(base: PackSource, draft: PackSource): readonly Problem[] {
  const file = `${base.id}/pack.json`;
  const problems = new Problems([{ ...draft, id: base.id }]);
  const add = (pointer: string, message: string, remedy: string): void => problems.add(file, pointer, message, remedy);
  if (draft.id !== base.id) add('/id', `the draft changes the pack ${base.id}`, 'keep its id, or name another pack');
  if (draft.extends !== base.extends)
    add('/extends', 'a draft does not change what a pack stands on', 'keep it as it is in force');
  if (!/^\d+\.\d+\.\d+$/.test(draft.version)) add('/version', 'a version is three numbers', 'write one such as 1.2.0');
  else if (!isHigher(draft.version, base.version))
    add('/version', `${base.version} is in force`, 'raise the version above it');
  return problems.list;
}

/** Reads a draft over the version in force; refuses files that no pack has, and another pack than that one. */
export function draftSource(base: PackSource, given: DraftFiles): Result<PackSource> {
  const problems = misfits(base, given.files);
  if (problems.length > 0) return unsound(problems);
  const files = laidOver(base, given);
  const source = sourceOf(files);
  if (!source.ok) {
    const unreadable = new Problems([{ ...base, files }]);
    unreadable.add(`${base.id}/pack.json`, '', 'it is no JSON with an id and a version', 'correct what stands in it');
    return unsound(unreadable.list);
  }
  const wrong = headProblems(base, source.value);
  return wrong.length > 0 ? unsound(wrong) : source;
}

/** The sources with the draft in the place of the pack that it changes. */
export const withDraft = (
  sources: ReadonlyMap<string, PackSource>,
  draft: PackSource,
): ReadonlyMap<string, PackSource> => new Map(sources).set(draft.id, draft);

/**
 * Everything wrong in a draft: what `portolan pack check` would say of it, and whatever no longer compiles of the packs
 * that stand on it.
 */
export function draftProblems(sources: ReadonlyMap<string, PackSource>, draft: PackSource): Problem[] {
  const all = withDraft(sources, draft);
  // Its examples speak of the pack alone; with what was imported it still has to compile.
  const own = checkLayers(chainOf(draft.id, all).map(withoutSupplements)).problems;
  if (own.length > 0) return [...own];
  const leaves = [...all.keys()].map((id) => chainOf(id, all)).filter((chain) => chain.includes(draft));
  const found = leaves.flatMap((chain) => compileLayers(chain).problems);
  return [...new Map(found.map((one) => [`${one.file} ${one.pointer} ${one.message}`, one])).values()];
}

/** A sound draft, ready to be kept. */
export function soundDraft(
  sources: ReadonlyMap<string, PackSource>,
  base: PackSource,
  given: DraftFiles,
): Result<PackSource> {
  const draft = draftSource(base, given);
  if (!draft.ok) return draft;
  const problems = draftProblems(sources, draft.value);
  return problems.length > 0 ? unsound(problems) : ok(draft.value);
}
