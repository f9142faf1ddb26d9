import type { Decision } from '#kernel/check.ts';
import { dayIn } from '#kernel/effective.ts';
import { ok, type Result } from '#kernel/result.ts';
import { asConsignee, may, type Principal } from '#platform/auth.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { type CaseRow, casesOf, type DeadlineRow, type MoveRow, recordOf, timelineOf } from '#modules/cases/index.ts';
import {
  clock,
  disposal,
  givenUp,
  heldParcel,
  type ParcelView,
  parcelView,
  shownStatus,
} from '#modules/clearance/index.ts';
import { attachmentsOf } from '#modules/documents/index.ts';
import { type Charge, packsPart } from '#modules/rulebook/index.ts';
import { explanationOf } from './explain.ts';
import type { CaseView, ChargeView, EnquiryView, Said, Step } from './model.ts';
import { enquiry, objection } from './procedures.ts';

/** The person at the far end of a parcel, as the table of rights knows him. */
export const consignee = (context: Context, parcel: string): Principal => {
  const { home } = context.reference.current().get(packsPart);
  return asConsignee(parcel, dayIn(context.clock.instant(), home.timeZone));
};

/** The cases that the person who waits can do something in; others are between the window and those who filed. */
const shownProcedures: readonly string[] = [heldParcel.name, disposal.name, enquiry.name, objection.name];

/** Steps that say who works on a case are the desk's own affair. */
const quiet: readonly string[] = ['claim', 'hand-over'];

function saidIn(moves: readonly MoveRow[]): Said[] {
  return moves
    .filter(({ move }) => !quiet.includes(move))
    .map(({ number, move, details, actor, authority, at, note, ground, reason, remedy }) => ({
      number,
      move,
      kind: typeof details === 'object' && details !== null && 'kind' in details ? String(details.kind) : null,
      by: actor === 'consignee' ? 'you' : authority === null ? 'other' : 'desk',
      at,
      note,
      reasons: ground && reason && remedy ? { ground, reason, remedy } : null,
    }));
}

function clockOf(deadlines: readonly DeadlineRow[]): CaseView['clock'] {
  const [next] = deadlines.filter(({ ended }) => ended === null).toSorted((a, b) => (a.due < b.due ? -1 : 1));
  return next ? { name: next.name, due: next.due, source: next.source } : null;
}

async function caseView(context: Context, one: CaseRow): Promise<CaseView> {
  const { moves, deadlines } = await timelineOf(context.db, one.id);
  return {
    id: one.id,
    procedure: one.procedure,
    state: one.state,
    open: one.closed === null,
    desk: one.desk,
    clock: one.closed === null ? clockOf(deadlines) : null,
    said: saidIn(moves),
    attachments: await attachmentsOf(context.db, { kind: 'case', id: one.id }),
  };
}

const adverse: readonly string[] = [
  'rejected',
  'other-route',
  'cannot-decide',
  'denied',
  'control',
  'released-changed',
];

/** When what somebody could object to was decided: by a person in a case, else by the window when it was filed. */
function decidedAt(parcel: ParcelView, cases: readonly CaseView[]): string | undefined {
  const own: readonly string[] = [heldParcel.name, disposal.name];
  const decisions = cases
    .filter(({ procedure }) => own.includes(procedure))
    .flatMap(({ said }) => said.filter(({ reasons, move }) => reasons !== null && move !== 'release'));
  const last = decisions
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return last ?? (adverse.includes(parcel.outcome ?? '') ? parcel.received : undefined);
}

/** Until when an objection can be made by the pack's law, else by the window's own practice. */
export function objectionUntil(
  context: Context,
  parcel: ParcelView,
  cases: readonly CaseView[],
): EnquiryView['objection'] {
  const at = decidedAt(parcel, cases);
  if (at === undefined) return null;
  const { home } = context.reference.current().get(packsPart);
  const set = clock(home, dayIn(at, home.timeZone), 'decision', 'object', { procedure: objection.name, hours: 720 });
  const until = instantOf(msOfInstant(at) + Number(set['objectHours']) * 3_600_000);
  return { until, source: String(set['objectSource']) };
}

/** Statuses in which the goods are no longer the window's to hold. */
const gone: readonly string[] = ['released', 'left', 'returned', 'abandoned', 'unclaimed'];

function stepsOf(
  context: Context,
  parcel: ParcelView,
  cases: readonly CaseView[],
  until: EnquiryView['objection'],
): Step[] {
  const open = cases.filter((one) => one.open);
  const at = (procedure: string) => open.find((one) => one.procedure === procedure);
  const gave = cases.some((one) => one.said.some(({ note }) => note === givenUp));
  const held = at(heldParcel.name) ?? at(disposal.name);
  const objecting = until !== null && context.clock.instant() < until.until && at(objection.name) === undefined;
  const can: Record<Step, boolean> = {
    fact: held !== undefined || !gone.includes(parcel.status ?? ''),
    paper: open.length > 0,
    object: objecting,
    question: true,
    'give-up': !gave && parcel.status !== 'cancelled' && !gone.includes(parcel.status ?? ''),
  };
  return (Object.keys(can) as Step[]).filter((step) => can[step]);
}

const chargeView = ({ id, amount, liable, collect, due }: Charge): ChargeView => ({
  id,
  amount,
  liable,
  collect,
  due,
});

function placeOf({ barcodes = [] }: ParcelView): EnquiryView['place'] {
  const [last] = barcodes
    .filter(({ tallied, place }) => tallied !== null && place !== null)
    .toSorted((a, b) => ((a.tallied ?? '') < (b.tallied ?? '') ? 1 : -1));
  return last?.tallied && last.place ? { code: last.place, at: last.tallied } : null;
}

/**
 * The parcel as the person at its far end sees it: answered from the records as they stand, and by the same two tables
 * as everybody's view. What the pages say in words stands here as codes.
 */
export async function enquiryView(context: Context, id: string): Promise<Result<EnquiryView>> {
  const who = consignee(context, id);
  const seen = await parcelView(context, who, id);
  if (!seen.ok) return seen;
  const parcel = seen.value;
  const rows = (await casesOf(context.db, [id])).filter(
    (one) => shownProcedures.includes(one.procedure) && may(who, 'case.read', recordOf(one)),
  );
  const cases = await Promise.all(rows.map((one) => caseView(context, one)));
  const decision = parcel.decision as Partial<Decision> | undefined;
  const until = objectionUntil(context, parcel, cases);
  const open = cases.find((one) => one.open && one.procedure !== enquiry.name);
  return ok({
    id,
    waybill: parcel.body?.transports?.[0]?.document ?? null,
    status: parcel.status === 'lodged' ? (parcel.outcome ?? 'lodged') : shownStatus(parcel.status ?? 'lodged'),
    since: parcel.since ?? null,
    movement: parcel.body?.declaration?.movement ?? 'import',
    outcome: parcel.outcome ?? null,
    place: placeOf(parcel),
    goods: (parcel.body?.declaration?.goods ?? []).flatMap(({ description }) => description?.text ?? []),
    desk: open?.desk ?? null,
    ground: decision?.ground ?? null,
    remedy: decision?.remedy ?? null,
    missing: parcel.missing ?? [],
    explanation: explanationOf(parcel),
    charges: (parcel.charges ?? []).map(chargeView),
    border: parcel.border ?? null,
    cases,
    can: stepsOf(context, parcel, cases, until),
    objection: until,
  });
}
