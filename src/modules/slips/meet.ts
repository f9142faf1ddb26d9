import { hash } from 'node:crypto';
import { dayIn } from '#kernel/effective.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Result } from '#kernel/result.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { type Answer, clear, sound, type Submission } from '#modules/clearance/index.ts';
import { type Consignment, type Determination, openParcel, packsPart } from '#modules/rulebook/index.ts';
import { late, type Slip, slipOfRow, worse } from './late.ts';
import type { State } from './model.ts';
import { assemble, type Bundle, reasonsOf, valueAt } from './slips.ts';
import * as store from './store.ts';

/** A parcel put together, on its way to be decided. */
interface Meeting {
  readonly declaration: Slip;
  readonly bundle: Bundle;
  readonly members: readonly Slip[];
  readonly submission: Submission;
  readonly handed: Buffer;
}

/**
 * Lets slips meet that came or were corrected: puts together every parcel that they belong to, hands it in through the
 * one way that whole parcels take, and writes down what that says about each slip. Their rows stay locked until then,
 * so that no correction comes in between; where the process ends half-way the same parcel is handed in again and gets
 * the same answer.
 */
export async function meet(context: Context, tx: Tx, ids: readonly string[]): Promise<void> {
  const declarations = await store.declarationsTouched(tx, ids);
  const { slips, meetings } = await together(tx, declarations, ids);
  const found = new Map<string, store.Found>();
  const going = meetings.filter((one) => mayGo(context, one));
  const staying = meetings.filter((one) => !going.includes(one)).flatMap((one) => heldBack(context, one));
  for (const one of [...staying, ...(await handIn(context, going))]) found.set(one.id, worse(found.get(one.id), one));
  // Of those that met no open parcel, and of a parcel whose number was decided with something else.
  const rest = new Set([...ids, ...meetings.flatMap(({ members }) => members.map(({ id }) => id))]);
  const alone = [...rest].flatMap((id) => {
    const slip = slips.get(id);
    return slip && slip.kind !== 'declaration' && slip.row.state !== 'used' && !found.has(id) ? [slip] : [];
  });
  for (const one of await late(context, tx, alone)) found.set(one.id, one);
  await writeDown(tx, slips, [...found.values()]);
}

/** Hands in what stands under these declarations at their deadline, complete or not: their filers get an answer. */
export async function meetAtDeadline(context: Context, tx: Tx, declarations: readonly string[]): Promise<void> {
  const { slips, meetings } = await together(tx, declarations, []);
  await writeDown(tx, slips, await handIn(context, meetings));
}

/**
 * Writes down what was found out. What a decided parcel was made of stays so, whatever another parcel of the same order
 * says about it. The journal hears of contradictions, by field; what was used follows from the decision of its parcel.
 */
async function writeDown(tx: Tx, slips: ReadonlyMap<string, Slip>, found: readonly store.Found[]): Promise<void> {
  const open = found.filter(({ id }) => slips.get(id)?.row.state !== 'used');
  const news = open.filter(({ id, state, reasons }) => {
    const { row } = slips.get(id) ?? {};
    return state === 'contradicts' && (row?.state !== state || row.reasons !== JSON.stringify(reasons));
  });
  await store.settle(tx, open);
  await append(
    tx,
    news.map(({ id, reasons, parcel }) => ({
      kind: 'slips.contradicts',
      subject: id,
      data: { slip: slips.get(id)?.kind ?? '', parcel, fields: reasons.map(({ field }) => field) },
    })),
  );
}

/** The parcels under these declarations as they stand, with every slip that they and the others are about, locked. */
async function together(
  tx: Tx,
  declarations: readonly string[],
  others: readonly string[],
): Promise<{ slips: Map<string, Slip>; meetings: Meeting[] }> {
  const candidates = declarations.length > 0 ? await store.candidatesOf(tx, declarations) : [];
  const all = new Set([...others, ...candidates.map(({ id }) => id)]);
  const slips = new Map((await store.lockSlips(tx, [...all])).map((row) => [row.id, slipOfRow(row)]));
  const near = Map.groupBy(candidates, ({ declaration }) => declaration);
  const meetings = declarations.flatMap((id) => {
    const declaration = slips.get(id);
    if (!declaration || declaration.row.state === 'used') return [];
    const around = (near.get(id) ?? []).flatMap((one) => slips.get(one.id) ?? []);
    return meetingOf(declaration, around) ?? [];
  });
  return { slips, meetings };
}

/**
 * Whether a parcel is handed in before all that its declaration is about has come. It is where the route is known and
 * says which slips it waits for, or needs no more of them. Where a fact is missing that a slip may still bring,
 * deciding now would end what the slip was on its way to; it is handed in when they are there, or when the deadline has
 * passed.
 */
function mayGo(context: Context, { bundle, submission }: Meeting): boolean {
  if (bundle.complete) return true;
  const { route, decided, slips } = determinationNow(context, submission);
  return route !== null && (decided || slips.missing.length > 0);
}

/** A parcel of this declaration, unless it was handed in just so before and nothing of it has come since. */
function meetingOf(declaration: Slip, around: readonly Slip[]): Meeting | undefined {
  const bundle = assemble(declaration, around);
  const parts = new Set([...bundle.orders, ...bundle.payments, ...bundle.transports].map(({ id }) => id));
  const members = around.filter(({ id }) => parts.has(id));
  const raw = JSON.stringify(bundle.body);
  const handed = hash('sha256', raw, 'buffer');
  const news = [declaration, ...members].some(({ row }) => row.state === 'received');
  if (!news && declaration.row.handed?.equals(handed)) return undefined;
  // The moment at which the last of them came, so that a parcel handed in again is of the same day.
  const receivedMs = Math.max(...[declaration, ...members].map(({ row }) => msOfInstant(row.received)));
  const { sender: filer, by } = declaration.row;
  const submission = { filer, by, body: bundle.body, raw, receivedMs, seeded: false, supersedes: true };
  return { declaration, bundle, members, submission, handed };
}

/** The window cannot take parcels at this moment, or is deciding this one: the follower comes back to it. */
class NotNow extends Error {}
const notNow = new Set(['clearance/busy', 'clearance/key-busy', 'clearance/lane-full']);

async function handIn(context: Context, meetings: readonly Meeting[]): Promise<store.Found[]> {
  const checked = meetings.map((one) => ({ one, sense: sound(one.bundle.body) }));
  const fit = checked.filter(({ sense }) => sense.ok).map(({ one }) => one);
  const answers = await clear(
    context,
    fit.map(({ submission }) => submission),
    'bulk',
  );
  const answered = new Map<Meeting, Result<Answer>>(fit.map((one, index) => [one, answers[index]!]));
  return checked.flatMap(({ one, sense }) => saidOf(context, one, sense.ok ? answered.get(one)! : sense));
}

/** What is known of the slips of a parcel that is not handed in yet. */
function heldBack(context: Context, { declaration, bundle, members, submission }: Meeting): store.Found[] {
  const reasons = reasonsOf(bundle, declaration.id, determinationNow(context, submission).checks);
  const { parcel } = declaration.row;
  return [declaration, ...members].map(({ id }) => ({
    id,
    state: reasons.has(id) ? 'contradicts' : members.length > 0 ? 'matched' : 'received',
    reasons: reasons.get(id) ?? [],
    parcel: id === declaration.id ? parcel : null,
  }));
}

/** What the answer to a parcel says about the slips that it was put together from. */
function saidOf(context: Context, meeting: Meeting, answer: Result<Answer | Consignment>): store.Found[] {
  const { declaration, members, handed, bundle } = meeting;
  if (!answer.ok) {
    const { code, pointer = '' } = answer.error;
    if (notNow.has(code)) throw new NotNow(code);
    const field = pointer.replace(/^\/declaration/, '');
    const reason = { code, field, found: valueAt(bundle.body, pointer), expected: '', source: '' };
    return [{ id: declaration.id, state: 'contradicts', reasons: [reason], parcel: null, handed }];
  }
  if (!('decision' in answer.value)) return [];
  const { id: parcel, status, decision } = answer.value;
  const waits = status === 'waiting';
  const checks = waits ? determinationNow(context, meeting.submission).checks : decision.checks;
  const reasons = reasonsOf(bundle, declaration.id, checks);
  const state = (id: string): State => (reasons.has(id) ? 'contradicts' : 'matched');
  const own: store.Found = {
    id: declaration.id,
    state: waits ? (members.length > 0 ? state(declaration.id) : 'received') : 'used',
    reasons: reasons.get(declaration.id) ?? [],
    parcel,
    due: waits ? decision.checks[0]?.params['due'] || null : null,
    handed,
  };
  // A parcel that has to be handed in anew leaves its slips free to be corrected.
  const used = !waits && status !== 'lodged';
  return [
    own,
    ...members.map(({ id }) => ({
      id,
      state: used ? ('used' as const) : state(id),
      reasons: reasons.get(id) ?? [],
      parcel: used ? parcel : null,
    })),
  ];
}

/** What a parcel that still waits comes to as it stands. What it would use of a quota is not known yet. */
function determinationNow(context: Context, { body, receivedMs }: Submission): Determination {
  const { home } = context.reference.current().get(packsPart);
  const on = dayIn(instantOf(receivedMs), home.timeZone);
  const event = body.declaration.movement === 'export' ? 'exit' : 'entry';
  const opened = openParcel(home, { consignment: body, on, event });
  return opened.assess(
    Object.fromEntries(opened.claims.map(({ account, unit }) => [account, formatMoney({ currency: unit, minor: 0n })])),
  );
}
