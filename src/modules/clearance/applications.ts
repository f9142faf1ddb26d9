import { firstDifference } from './differences.ts';
import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal, RecordRef } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { casesOf, type Deadline, type Move, open } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { Application } from './amend-model.ts';
import { clock } from './clocks.ts';
import type { Accepted, Parcel } from './model.ts';
import * as store from './store-applications.ts';

/** What somebody asks of a desk about a released parcel. */
export interface Asking {
  readonly kind: store.ApplicationRow['kind'];
  readonly ground: string;
  readonly reason: string;
  readonly lines?: Accepted['lines'];
}

const deciding = ['open', 'answered', 'awaiting-answer'];

/** The steps of a procedure in which a desk grants or refuses what was asked of it, and may ask back first. */
export const applicationMoves = (grant: { name: string; to: string; effect: string }): Move[] => [
  { ...grant, from: deciding, by: 'desk', purpose: 'clear', decision: true },
  { name: 'refuse', from: deciding, to: 'refused', by: 'desk', purpose: 'clear', decision: true },
  { name: 'ask', from: ['open', 'answered'], to: 'awaiting-answer', by: 'desk', purpose: 'clear' },
  { name: 'answer', from: ['awaiting-answer'], to: 'answered', by: 'party' },
];

/** The clocks of such a procedure: the desk's, and the party's while it is asked. */
export const applicationDeadlines: readonly Deadline[] = [
  {
    name: 'decision',
    in: ['open', 'answered'],
    hours: 'fact:decideHours',
    from: 'entered',
    source: 'fact:decideSource',
  },
  { name: 'answer', in: ['awaiting-answer'], hours: 'fact:answerHours', from: 'entered', source: 'fact:answerSource' },
];

/** What is shown of an application that is kept. */
export const applicationFrom = (row: store.ApplicationRow): Application => ({
  case: row.case,
  kind: row.kind,
  at: row.at,
  ground: row.ground,
  reason: row.reason,
  ...(row.proposed === null ? {} : { lines: JSON.parse(row.proposed) as Accepted['lines'] }),
});

/** What was asked in a case; undefined in a case that nobody's application opened. */
export async function applicationOf(tx: Tx, id: string): Promise<Application | undefined> {
  const [row] = await store.applicationsIn(tx, [id]);
  return row && applicationFrom(row);
}

/**
 * Asks a desk about a released parcel that the caller holds: opens the case in which it is decided. The same again is
 * answered with the case that it opened first; while another application is open, a second one is refused.
 */
export async function apply(
  context: Context,
  tx: Tx,
  principal: Principal,
  on: { readonly parcel: Parcel; readonly record: RecordRef; readonly procedure: string },
  asking: Asking,
): Promise<Result<Application>> {
  const { parcel, record, procedure } = on;
  const { kind, ground, reason, lines = null } = asking;
  const said = { kind, ground, reason, lines, party: principal.party, authority: principal.authority };
  const before = await store.applicationsOf(tx, parcel.id);
  const same = before.find(({ proposed, ...one }) => {
    const then = { kind: one.kind, ground: one.ground, reason: one.reason, party: one.party, authority: one.authority };
    return firstDifference({ ...then, lines: proposed && (JSON.parse(proposed) as unknown) }, said) === undefined;
  });
  if (same !== undefined) return ok(applicationFrom(same));
  const standing = (await casesOf(tx, [parcel.id])).filter(({ closed }) => closed === null).map((one) => one.id);
  if (before.some((one) => standing.includes(one.case))) return refuse('clearance/applied-otherwise');
  const { home } = context.reference.current().get(packsPart);
  const at = context.clock.instant();
  const today = dayIn(at, home.timeZone);
  const id = newId(context.clock.now());
  const facts = {
    ground: `clearance/${kind === 'cancellation' ? 'cancel' : 'redetermine'}.ground.${ground}`,
    ...clock(home, today, 'application', 'decide', { procedure, hours: 720 }),
    ...clock(home, today, 'held', 'answer', { procedure, hours: 240 }),
  };
  const desk = home.desks[0] ?? null;
  await open(tx, { procedure, actor: principal.subject, at }, [
    { id, subject: parcel.id, desk, parties: record.parties, facts },
  ]);
  const row: store.ApplicationRow = {
    case: id,
    id: parcel.id,
    kind,
    version: parcel.version,
    at,
    party: principal.party,
    authority: principal.authority,
    by: principal.subject,
    ground,
    reason,
    proposed: lines === null ? null : JSON.stringify(lines),
  };
  await store.addApplication(tx, row);
  return ok(applicationFrom(row));
}
