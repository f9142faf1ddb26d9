import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { principalUnder, represented } from '#modules/parties/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { archivedRefusal } from './archive.ts';
import { sensible } from './lodge.ts';
import { recordOf } from './read.ts';
import { parcelOf, waitingOf } from './store-read.ts';

/** Whether this caller may amend this declaration now, and what he hands in makes sense. */
export function admitted(context: Context, snapshot: Snapshot, principal: Principal, parcel: Found, body: Consignment) {
  const now = principalUnder(snapshot, principal);
  if (now === null) return refuse('parties/key-unknown');
  if (!may(now, 'consignment.amend', parcel.record))
    return may(now, 'consignment.read', parcel.record)
      ? refuse('clearance/amend-not-yours')
      : refuse('clearance/not-found', { pointer: '/id' });
  const { filer } = parcel;
  const { declarant } = body.declaration;
  const stands = declarant === filer || represented(snapshot, filer, declarant, 'file', now.on).result === 'passed';
  if (!stands)
    return refuse('clearance/not-yours', {
      pointer: '/consignment/declaration/declarant',
      params: { party: declarant },
    });
  const checked = sensible(context, body);
  if (checked.ok) return checked;
  const { error } = checked;
  return { ok: false as const, error: { ...error, pointer: `/consignment${error.pointer ?? ''}` } };
}

interface Found {
  readonly filer: string;
  readonly record: RecordRef;
}

export async function known(context: Context, id: string): Promise<Result<Found>> {
  // In this order: what waited a moment ago may be decided by now, and never the other way round.
  const row = (await waitingOf(context.db, id)) ?? (await parcelOf(context.db, id));
  if (row === undefined) {
    const archived = await archivedRefusal(context.db, [id]);
    return archived ? { ok: false, error: archived } : refuse('clearance/not-found', { pointer: '/id' });
  }
  const { filer } = row;
  const desk = 'desk' in row ? row.desk : null;
  return ok({ filer, record: recordOf({ id, filer, desk, body: JSON.parse(row.body) as Consignment }) });
}
