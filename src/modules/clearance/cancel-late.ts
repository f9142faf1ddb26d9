import { dayIn, dayOf } from '#kernel/effective.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Principal, RecordRef } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { Effect, Procedure } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { Application } from './amend-model.ts';
import { applicationDeadlines, applicationMoves, apply } from './applications.ts';
import { besidesArchived } from './archive.ts';
import { conditionOf, lastDayOf } from './conditions.ts';
import { disposeLanded, giveBack } from './give-back.ts';
import { type CancellationBody, type Ground } from './cancel-model.ts';
import { isReleased, type Parcel, type Status } from './model.ts';
import { holdParcel } from './store-amend.ts';
import { applicationsIn, coveredElsewhere } from './store-applications.ts';
import { talliedAmong } from './store-arrive.ts';
import { writeCancellation } from './store-cancel.ts';
import { setStatus } from './store-parcels.ts';

/** Who takes a released declaration back, on what ground and why. */
interface TakingBack extends CancellationBody {
  readonly id: string;
  readonly party: string;
  readonly by: string;
}

/**
 * Cancels a declaration whose goods were released: what was used up of accounts is given back, what was paid is
 * refunded, and goods that no other declaration covers are to be disposed of.
 */
async function takeBack(context: Context, tx: Tx, one: TakingBack): Promise<Refusal | undefined> {
  const { id, ground } = one;
  const held = await holdParcel(tx, id);
  if (held === undefined || !isReleased(held.status as Status)) return { code: 'clearance/nothing-to-cancel' };
  const at = context.clock.instant();
  const [moved] = await setStatus(tx, [id], 'cancelled', at);
  const { id: subject, ...row } = moved!;
  await writeCancellation(tx, { ...one, version: row.version, waited: false, at });
  await giveBack(context, tx, [id]);
  const data = { ...row, ground, by: one.by, was: held.status };
  await append(tx, [{ kind: 'clearance.cancelled', subject, data }]);
  if ((await talliedAmong(tx, [id])).length > 0) await disposeLanded(context, tx, [id]);
  return undefined;
}

const cancelEffect: Effect = {
  async apply(tx, cases, context) {
    const asked = new Map(
      (
        await applicationsIn(
          tx,
          cases.map(({ id }) => id),
        )
      ).map((one) => [one.case, one]),
    );
    for (const { id } of cases) {
      const { id: parcel, ground, reason, party, by } = asked.get(id)!;
      const one = { id: parcel, ground: ground as Ground, reason, party: party ?? '', by };
      const refused = await takeBack(context, tx, one);
      if (refused !== undefined) return refused;
    }
    return undefined;
  },
  // What was given back is not taken again: goods that are here after all are declared anew.
  undo: () => Promise.resolve({ code: 'clearance/cancelled' }),
};

/** A released declaration is asked to be cancelled on a ground that the law leaves to a person. */
export const lateCancellation: Procedure = {
  name: 'late-cancellation',
  version: 1,
  first: 'open',
  moves: applicationMoves({ name: 'grant', to: 'cancelled', effect: 'cancel' }),
  deadlines: applicationDeadlines,
  effects: { cancel: besidesArchived(cancelEffect) },
};

/**
 * Takes back a declaration whose goods were released, on a ground and within the time that the pack gives. Where the
 * pack leaves the ground to the window it is done at once, and goods declared twice are that only where the window has
 * released every piece under another declaration. Otherwise a desk is asked. Answers what it was asked; null when it is
 * done.
 */
export async function cancelReleased(
  context: Context,
  principal: Principal,
  parcel: Parcel,
  record: RecordRef,
  asked: CancellationBody,
): Promise<Result<Application | null>> {
  const { id } = parcel;
  const { ground, reason } = asked;
  const { home } = context.reference.current().get(packsPart);
  const accepted = dayOf(parcel.day);
  const last = lastDayOf(home, accepted, `cancellation-days.${ground}`);
  if (last === undefined) return refuse('clearance/released-already');
  if (dayIn(context.clock.instant(), home.timeZone) > last)
    return refuse('clearance/cancellation-late', { pointer: '/ground', params: { last } });
  const ours = conditionOf(home, accepted, `cancellation-by.${ground}`)?.value === 'window';
  return context.db.tx(async (tx) => {
    if (ours && (ground !== 'declared-twice' || (await coveredElsewhere(tx, id)))) {
      const one = { id, ground, reason, party: principal.party ?? '', by: principal.subject };
      const refused = await takeBack(context, tx, one);
      // Somebody else came first: what stands by now is answered as it is to whoever asks again.
      return refused === undefined || refused.code === 'clearance/nothing-to-cancel'
        ? ok(null)
        : { ok: false, error: refused };
    }
    await holdParcel(tx, id);
    const on = { parcel, record, procedure: lateCancellation.name };
    return apply(context, tx, principal, on, { kind: 'cancellation', ground, reason });
  });
}
