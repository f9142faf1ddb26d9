import { hash } from 'node:crypto';
import type { Check } from '#kernel/check.ts';
import { dayIn, dayOf } from '#kernel/effective.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Result } from '#kernel/result.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import {
  type Answer,
  clear,
  type DecidedParcel,
  decidedWith,
  firstDifference,
  sound,
  type Submission,
} from '#modules/clearance/index.ts';
import { assess, claims, type Amount, type Consignment, packsPart } from '#modules/rulebook/index.ts';
import type { Body, Reason, State } from './model.ts';
import { assemble, type Bundle, type Member, partOf, readSlip, reasonsOf, valueAt } from './slips.ts';
import * as store from './store.ts';

/** A slip with what was read out of it. */
interface Slip extends Member {
  readonly row: store.SlipRow;
}

const slipOfRow = (row: store.SlipRow): Slip => ({
  ...readSlip(row.kind, JSON.parse(row.raw) as Body, row.sender),
  id: row.id,
  row,
});

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
  const candidates = declarations.length > 0 ? await store.candidatesOf(tx, declarations) : [];
  const all = new Set([...ids, ...candidates.map(({ id }) => id)]);
  const slips = new Map((await store.lockSlips(tx, [...all])).map((row) => [row.id, slipOfRow(row)]));
  const near = Map.groupBy(candidates, ({ declaration }) => declaration);
  const meetings = declarations.flatMap((id) => {
    const declaration = slips.get(id);
    if (!declaration || declaration.row.state === 'used') return [];
    const around = (near.get(id) ?? []).flatMap((one) => slips.get(one.id) ?? []);
    return meetingOf(declaration, around) ?? [];
  });
  const found = new Map<string, store.Found>();
  for (const one of await handIn(context, meetings)) found.set(one.id, worse(found.get(one.id), one));
  // Of those that met no open parcel, and of a parcel whose number was decided with something else.
  const rest = new Set([...ids, ...meetings.flatMap(({ members }) => members.map(({ id }) => id))]);
  const alone = [...rest].flatMap((id) => {
    const slip = slips.get(id);
    return slip && slip.kind !== 'declaration' && slip.row.state !== 'used' && !found.has(id) ? [slip] : [];
  });
  for (const one of await late(context, tx, alone)) found.set(one.id, one);
  // What a decided parcel was made of stays so, whatever another parcel of the same order says about it.
  const open = [...found.values()].filter(({ id }) => slips.get(id)?.row.state !== 'used');
  await store.settle(tx, open);
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

/** What the answer to a parcel says about the slips that it was put together from. */
function saidOf(context: Context, meeting: Meeting, answer: Result<Answer | Consignment>): store.Found[] {
  const { declaration, members, handed, bundle } = meeting;
  if (!answer.ok) {
    const { code, pointer = '' } = answer.error;
    if (code === 'clearance/busy' || code === 'clearance/key-busy') throw new NotNow(code);
    const field = pointer.replace(/^\/declaration/, '');
    const reason = { code, field, found: valueAt(bundle.body, pointer), expected: '', source: '' };
    return [{ id: declaration.id, state: 'contradicts', reasons: [reason], parcel: null, handed }];
  }
  if (!('decision' in answer.value)) return [];
  const { id: parcel, status, decision } = answer.value;
  const waits = status === 'waiting';
  const checks = waits ? checksNow(context, meeting.submission) : decision.checks;
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

/**
 * How the slips of a parcel that still waits compare with each other. What it would use of a quota is not known yet and
 * does not matter to that.
 */
function checksNow(context: Context, { body, receivedMs }: Submission): readonly Check[] {
  const { home } = context.reference.current().get(packsPart);
  const on = dayIn(instantOf(receivedMs), home.timeZone);
  const accounts = Object.fromEntries(
    claims(home, body, on).map(({ account, unit }) => [account, formatMoney({ currency: unit, minor: 0n })]),
  );
  const event = body.declaration.movement === 'export' ? 'exit' : 'entry';
  return assess(home, { consignment: body, on, event, accounts }).checks;
}

/** Of two parcels that a slip stands in, that one counts which was decided; otherwise that one which it contradicts. */
function worse(before: store.Found | undefined, now: store.Found): store.Found {
  const rank: readonly State[] = ['received', 'expired', 'matched', 'contradicts', 'used'];
  return before && rank.indexOf(before.state) > rank.indexOf(now.state) ? before : now;
}

/**
 * Slips whose parcel was decided before they came, or without them: each is held against what was used. Nothing of the
 * parcel changes; its sender learns in which field his slip says something else.
 */
export async function late(context: Context, tx: Tx, slips: readonly Slip[]): Promise<store.Found[]> {
  if (slips.length === 0) return [];
  const keys = (kind: string) =>
    slips.flatMap(({ names }) =>
      names.filter((one) => one.kind === kind).map(({ sender, number }) => [sender, number] as const),
    );
  const parcels = await decidedWith(tx, keys('order'), keys('transport'));
  return slips.flatMap((slip) => {
    const mine = parcels.filter(({ kind, first, second }) =>
      slip.names.some((one) => one.kind === kind && one.sender === first && one.number === second),
    );
    const told = mine.map((parcel) => against(context, slip, parcel));
    return told.length > 0 ? [told.reduce(worse)] : [];
  });
}

/** A word of the window's own beside those of the packs: what came later says something else than what was used. */
const differsFromUsed = 'slips/differs-from-used';

function against(context: Context, slip: Slip, parcel: DecidedParcel): store.Found {
  const body = JSON.parse(parcel.body) as Consignment;
  const own = partOf(slip.content);
  const used = usedOf(slip, body);
  const told = (state: State, reasons: readonly Reason[] = []): store.Found => ({
    id: slip.id,
    state,
    reasons,
    parcel: parcel.id,
  });
  if (used !== undefined) {
    const field = firstDifference(used, own);
    if (field === undefined) return told('used');
    const reason = { code: differsFromUsed, field, found: valueAt(own, field) };
    return told('contradicts', [{ ...reason, expected: valueAt(used, field), source: '' }]);
  }
  const reasons = reasonsWith(context, slip, parcel, body);
  return reasons.length > 0 ? told('contradicts', reasons) : told('matched');
}

/** The slip of the same sender and number that a parcel was decided with. */
function usedOf({ kind, sender, number }: Slip, { orders = [], payments = [], transports = [] }: Consignment): unknown {
  if (kind === 'order') return orders.find((one) => one.platform === sender && one.number === number);
  if (kind === 'payment') return payments.find((one) => one.provider === sender && one.reference === number);
  return transports.find((one) => one.carrier === sender && one.document === number);
}

/** What the checks of a decided parcel would have said of a slip that was not among those it was decided with. */
function reasonsWith(context: Context, slip: Slip, parcel: DecidedParcel, body: Consignment): readonly Reason[] {
  const { home } = context.reference.current().get(packsPart);
  const { content } = slip;
  const { orders = [], payments = [], transports = [] } = body;
  const all = {
    orders: content.kind === 'order' ? [...orders, content.order] : orders,
    payments: content.kind === 'payment' ? [...payments, content.payment] : payments,
    transports: content.kind === 'transport' ? [...transports, content.transport] : transports,
  };
  const other = { ...slip, id: '' };
  const among = (kind: string, some: readonly unknown[]) =>
    some.map((_, index) => (content.kind === kind && index === some.length - 1 ? slip : other));
  const bundle = {
    orders: among('order', all.orders),
    payments: among('payment', all.payments),
    transports: among('transport', all.transports),
  };
  const { checks } = assess(home, {
    consignment: { ...body, ...all },
    on: dayOf(parcel.day),
    event: body.declaration.movement === 'export' ? 'exit' : 'entry',
    accounts: JSON.parse(parcel.accounts) as Record<string, Amount>,
  });
  return reasonsOf(bundle, '', checks).get(slip.id) ?? [];
}

/** Slips looked at in one transaction of the sweep. */
const sweepMax = 500;

/**
 * Ends the waiting of slips whose deadline has passed: those whose parcel came whole meanwhile are held against it, the
 * others are work that a person sees. A slip that comes after all is still taken.
 */
export async function expire(context: Context): Promise<number> {
  return context.db.tx(async (tx) => {
    const rows = await store.overdue(tx, context.clock.instant(), sweepMax);
    if (rows.length === 0) return 0;
    const slips = rows.map(slipOfRow);
    const met = await late(
      context,
      tx,
      slips.filter(({ kind }) => kind !== 'declaration'),
    );
    const done = new Set(met.map(({ id }) => id));
    const ended = slips.filter(({ id }) => !done.has(id));
    await store.settle(tx, [
      ...met,
      ...ended.map(({ id, row: { reasons, parcel } }): store.Found => {
        return { id, state: 'expired', reasons: JSON.parse(reasons) as Reason[], parcel };
      }),
    ]);
    await append(
      tx,
      ended.map(({ id, kind }) => ({ kind: 'slips.expired', subject: id, data: { slip: kind } })),
    );
    return rows.length;
  });
}
