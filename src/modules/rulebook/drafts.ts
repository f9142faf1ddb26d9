import type { Tx } from '#platform/db.ts';
import { sourceOf } from './folder.ts';
import type { Pack } from './pack.ts';
import { chainOf, compileChain, filesOf, sourcesAt } from './service.ts';
import { draftById, type DraftPlace, type StoredDraft } from './store-drafts.ts';

/** A draft with the law as it would be and the law as it was at the given epoch, both compiled. */
export interface Draft {
  readonly id: string;
  /** The change of law that it belongs to, and which of its drafts it is. */
  readonly change: string;
  readonly number: number;
  readonly title: string;
  readonly pack: string;
  readonly version: string;
  readonly made: string;
  readonly madeBy: string;
  /** The home pack with the draft in its chain: the leaf that a window would run. */
  readonly candidate: Pack;
  readonly current: Pack;
}

/**
 * Reads a draft, by its own id or as the newest one of a change of law, and compiles the pack `leaf` (the home of the
 * window) with it, beside the same pack without it, both as of an epoch. Undefined where there is no such draft, `leaf`
 * does not stand on the pack that it changes, or the layers beside it have changed so that it no longer compiles.
 */
export async function draftOf(tx: Tx, id: string, leaf: string, epoch: bigint): Promise<Draft | undefined> {
  const stored = await draftById(tx, id);
  if (stored === undefined) return undefined;
  const sources = await sourcesAt(tx, epoch);
  const changed = sourceOf(filesOf(stored.sources));
  if (!changed.ok) throw new Error(`the stored draft ${id} cannot be read`);
  const chain = chainOf(leaf, sources);
  if (!chain.some((one) => one.id === stored.pack)) return undefined;
  const current = compileChain(chain);
  const candidate = compileChain(chain.map((one) => (one.id === stored.pack ? changed.value : one)));
  if (!current.ok) throw new Error(`the pack ${leaf} of epoch ${epoch} cannot be compiled`);
  return candidate.ok ? { ...headOf(stored), candidate: candidate.value, current: current.value } : undefined;
}

const headOf = ({ id, change, number, title, pack, version, made, madeBy }: StoredDraft & DraftPlace) => ({
  id,
  change,
  number,
  title,
  pack,
  version,
  made,
  madeBy,
});
