import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { type MoveRow, timelineOf } from '#modules/cases/index.ts';
import type { Amount, Charge, Consignment } from '#modules/rulebook/index.ts';
import { archivedRefusal } from './archive.ts';
import { type Difference, differences } from './differences.ts';
import { acceptedBody, parcelFrom, recordOf } from './read.ts';
import { furtherVersions, type FurtherRow } from './store-amend.ts';
import { versionsOf } from './store-read.ts';

/** One version of a declaration, as far as a reader may see it. */
export interface VersionView {
  readonly version: number;
  readonly at?: string;
  readonly kind?: 'filed' | FurtherRow['kind'];
  readonly party?: string | null;
  readonly authority?: string | null;
  readonly ground?: string | null;
  readonly reason?: string | null;
  readonly case?: string | null;
  readonly outcome?: string;
  readonly route?: string | null;
  readonly day?: string;
  readonly digest?: string;
  readonly value?: Amount | null;
  readonly border?: Amount | null;
  readonly charges?: readonly Charge[];
  /** What it says otherwise than the version before it. */
  readonly changes: readonly Difference[];
}

/** The steps of the cases in which versions were decided, by the case. */
async function stepsOf(context: Context, further: readonly FurtherRow[]): Promise<Map<string, readonly MoveRow[]>> {
  const cases = [...new Set(further.flatMap((one) => (one.case === null ? [] : [one.case])))];
  const read = async (id: string) => [id, (await timelineOf(context.db, id)).moves] as const;
  return new Map(await Promise.all(cases.map(read)));
}

/**
 * Every version of a declaration, oldest first: who wrote it, when and why, what it came to, and field by field what it
 * says otherwise than the one before, with what an officer accepted in place of what was declared. What changed is
 * worked out from what the reader may see of both, so that it tells nothing else.
 */
export async function versionsView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string; versions: readonly VersionView[] }>> {
  const parcels = (await versionsOf(context.db, id)).map(parcelFrom);
  const current = parcels.at(-1);
  if (current === undefined) {
    const archived = await archivedRefusal(context.db, [id]);
    return archived ? { ok: false, error: archived } : refuse('clearance/not-found', { pointer: '/id' });
  }
  const record = recordOf(current);
  if (!may(principal, 'consignment.read', record)) return refuse('clearance/not-found', { pointer: '/id' });
  const further = await furtherVersions(context.db, id);
  const steps = await stepsOf(context, further);
  const shown = (body: Consignment) => view(principal, { ...record, data: { body } }).body;
  const versions = parcels.map((parcel, index): VersionView => {
    const made = further.find(({ version }) => version === parcel.version);
    const step = made?.case == null ? undefined : steps.get(made.case)?.find((one) => one.number === made.step);
    const before = parcels[index - 1];
    const now = shown(acceptedBody(parcel.body, parcel.accepted));
    const then = before && shown(acceptedBody(before.body, before.accepted));
    const first = parcel.version === 1;
    return {
      version: parcel.version,
      at: first ? parcel.received : (made?.at ?? parcel.since),
      kind: first ? 'filed' : (made?.kind ?? 'redetermined'),
      party: first ? parcel.filer : (made?.party ?? null),
      authority: made?.authority ?? null,
      ground: made?.ground ?? step?.ground ?? null,
      reason: made?.reason ?? step?.reason ?? null,
      case: made?.case ?? null,
      outcome: parcel.outcome,
      route: parcel.route,
      day: parcel.day,
      digest: parcel.digest,
      value: parcel.acceptedValue ?? parcel.declaredValue,
      border: parcel.border,
      charges: parcel.charges,
      changes: before === undefined ? [] : [...differences(then, now)],
    };
  });
  const { versions: seen = [] } = view(principal, { ...record, data: { versions } });
  return ok({ id, versions: seen });
}
