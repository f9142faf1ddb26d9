import type { Tx } from '#platform/db.ts';
import { type Follower, follow, type JournalEntry } from '#platform/journal.ts';
import { releasedGoods } from '#modules/clearance/index.ts';
import { teach } from './service.ts';

/** Of a page of the journal so many parcels teach: words repeat, and a night of parcels must not wait for this. */
const teachersMax = 100;

/**
 * Learns from goods that were released: the code that a declarant filed and the window accepted, or the one that an
 * officer put in its place. What somebody merely asked or chose teaches nothing, so that nobody can teach it nonsense
 * who does not file it.
 */
export const learner = (): Follower => follow('commodity', ['clearance.released'], learn, { canWait: true });

async function learn(tx: Tx, entries: readonly JournalEntry[]): Promise<void> {
  const released = entries.filter(({ kind, data }) => kind === 'clearance.released' && data['status'] === 'released');
  const each = Math.max(1, Math.ceil(released.length / teachersMax));
  const ids = released.filter((_, index) => index % each === 0).map(({ subject }) => subject);
  await teach(tx, await releasedGoods(tx, ids));
}
