import { pointerOf } from '#platform/body.ts';
import { ok, type Refused, refuse, type Result } from '#kernel/result.ts';
import { draftMax } from './change-model.ts';
import { checkLayers } from './check-pack.ts';
import { compileLayers } from './compile.ts';
import { fileMax, isPackPath, sourceOf } from './folder.ts';
import type { PackSource, Problem } from './model.ts';
import { chainOf, isHigher } from './service.ts';

/** The files of a draft, as they are handed in. */
export interface DraftFiles {
  readonly files: Readonly<Record<string, string | null>>;
  readonly whole?: boolean | undefined;
}

const problemsMax = 100;

/** A draft with problems is refused, each with the file as a pointer, the place in it, and what is wrong. */
export function unsound(problems: readonly Problem[]): Refused {
  const more = problems.slice(0, problemsMax).map(({ file, pointer, message }) => {
    const path = file.split('/').slice(1).join('/');
    return {
      code: 'rulebook/draft-problem',
      pointer: pointerOf(['files', path]),
      params: { file, at: pointer, message },
    };
  });
  return refuse('rulebook/draft-unsound', { params: { count: String(problems.length) }, more });
}

/** The files over those in force, or by themselves where they are the whole pack. */
function laidOver(base: PackSource, { files, whole = false }: DraftFiles): Record<string, string> {
  const all: Record<string, string | null> = whole ? { ...files } : { ...base.files, ...files };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null));
}

function misfits(base: PackSource, files: Readonly<Record<string, string>>): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, message: string): void =>
    void problems.push({ file: `${base.id}/${path}`, pointer: '', message });
  for (const [path, text] of Object.entries(files)) {
    if (!isPackPath(path)) add(path, 'no file of a pack is called so; docs/packs.md lists them');
    if (text.length > fileMax) add(path, `it has more than ${fileMax} characters; split the table`);
  }
  const size = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  if (size > draftMax) add('pack.json', `the pack has more than ${draftMax} characters`);
  return problems;
}

/** What may not differ from the version in force, or has to. */
function headProblems(base: PackSource, draft: PackSource): Problem[] {
  const file = `${base.id}/pack.json`;
  const problems: Problem[] = [];
  if (draft.id !== base.id) problems.push({ file, pointer: '/id', message: `the draft changes the pack ${base.id}` });
  if (draft.extends !== base.extends)
    problems.push({ file, pointer: '/extends', message: 'the pack that it stands on cannot be changed by a draft' });
  if (!isHigher(draft.version, base.version))
    problems.push({ file, pointer: '/version', message: `raise it: ${base.version} is in force` });
  return problems;
}

/** Reads a draft over the version in force; refuses files that no pack has, and another pack than that one. */
export function draftSource(base: PackSource, given: DraftFiles): Result<PackSource> {
  const files = laidOver(base, given);
  const problems = misfits(base, files);
  if (problems.length > 0) return unsound(problems);
  const source = sourceOf(files);
  const file = `${base.id}/pack.json`;
  if (!source.ok) return unsound([{ file, pointer: '', message: 'it is not JSON, or has no id and version' }]);
  if (!/^\d+\.\d+\.\d+$/.test(source.value.version))
    return unsound([{ file, pointer: '/version', message: 'a version is three numbers, such as 1.2.0' }]);
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
  const own = checkLayers(chainOf(draft.id, all)).problems;
  if (own.length > 0) return [...own];
  const leaves = [...all.keys()].map((id) => chainOf(id, all)).filter((chain) => chain.slice(0, -1).includes(draft));
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
