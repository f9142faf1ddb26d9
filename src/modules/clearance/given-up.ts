import { asConsignee } from '#platform/auth.ts';
import { dayIn } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { act, type CaseRow, casesOf, timelineOf } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { disposal } from './disposal.ts';

/** What the person at the far end says who does not want his goods any more. */
export const givenUp = 'clearance/given-up';

/**
 * Says, in the disposal case of each parcel whose consignee gave it up while it was held, that he did: he is not asked
 * the same again.
 */
export async function carryGivenUp(context: Context, tx: Tx, held: readonly CaseRow[]): Promise<void> {
  const { home } = context.reference.current().get(packsPart);
  for (const { id, subject } of held) {
    const { moves } = await timelineOf(tx, id);
    if (!moves.some(({ note, actor }) => note === givenUp && actor === 'consignee')) continue;
    const open = (await casesOf(tx, [subject])).find(
      ({ procedure, state }) => procedure === disposal.name && state === 'open',
    );
    const who = asConsignee(subject, dayIn(context.clock.instant(), home.timeZone));
    if (open) await act(context, tx, who, { case: open.id, stamp: open.stamp, move: 'choose', note: givenUp });
  }
}
