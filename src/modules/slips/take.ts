import { digestOf } from '#kernel/canonical.ts';
import { newId } from '#kernel/id.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import { dayIn } from '#kernel/effective.ts';
import { type Action, may, type Place, type Principal } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { holdsEpoch } from '#platform/snapshot.ts';
import { admissible, sound } from '#modules/clearance/index.ts';
import { type PartyRole, registered } from '#modules/parties/index.ts';
import { type Consignment, deadlinesInForce, packsPart } from '#modules/rulebook/index.ts';
import type { Body, Kind, Name, Receipt } from './model.ts';
import { type Read, readSlip, type Standing, verdict } from './slips.ts';
import * as store from './store.ts';

/** A slip as it came: its body, which fits the schema of its kind, and its text. */
export interface Sent {
  readonly body: Body;
  readonly raw: string;
}

/** Who asks, found out anew whenever it is asked. */
export type Who = () => Promise<Result<Principal>>;

interface Admitted extends Read {
  readonly filer: string;
  readonly by: string;
  readonly raw: string;
  readonly body: Body;
  readonly digest: string;
}

/** Who may send which slip: the action, the place at which its party stands, its legal roles, and the field. */
const senders: Readonly<
  Record<Exclude<Kind, 'declaration'>, { action: Action; place: Place; roles: readonly PartyRole[]; pointer: string }>
> = {
  order: { action: 'order.file', place: 'platform', roles: ['platform'], pointer: '/platform' },
  payment: { action: 'payment.file', place: 'provider', roles: ['payment-provider'], pointer: '/provider' },
  transport: {
    action: 'transport.file',
    place: 'carrier',
    roles: ['carrier', 'postal-operator'],
    pointer: '/carrier',
  },
};

/** A parcel of which nothing is known but the slip that is looked at. */
const nothingDeclared: Consignment['declaration'] = {
  id: '-',
  movement: 'transit',
  nature: 'sale',
  declarant: '-',
  goods: [],
};

/** The refusal of a whole parcel, said of the one slip that it is about. */
const ofSlip = (refusal: Refusal): Refusal =>
  refusal.pointer === undefined
    ? refusal
    : { ...refusal, pointer: refusal.pointer.replace(/^\/(declaration|(orders|payments|transports)\/0)/, '') };

function soundSlip(context: Context, principal: Principal, read: Read): Result<string> {
  const { content } = read;
  if (content.kind === 'declaration') {
    const admitted = admissible(context, principal, { declaration: content.declaration });
    return admitted.ok ? admitted : { ok: false, error: ofSlip(admitted.error) };
  }
  const part =
    content.kind === 'order'
      ? { orders: [content.order] }
      : content.kind === 'payment'
        ? { payments: [content.payment] }
        : { transports: [content.transport] };
  const checked = sound({ ...part, declaration: nothingDeclared });
  return checked.ok ? ok(principal.party ?? '') : { ok: false, error: ofSlip(checked.error) };
}

/** Whether this caller may send this slip and it makes sense by itself. */
function admit(context: Context, principal: Principal, kind: Kind, { body, raw }: Sent): Result<Admitted> {
  const read = readSlip(kind, body, principal.party ?? '');
  if (kind !== 'declaration') {
    const { action, place, roles, pointer } = senders[kind];
    const { sender } = read;
    const record = { kind: 'slip', id: '', parties: { [place]: [sender] }, desk: null } as const;
    if (!may(principal, action, record)) return refuse('slips/not-yours', { pointer, params: { party: sender } });
    const snapshot = context.reference.current();
    if (!roles.some((role) => registered(snapshot, sender, role, principal.on).result === 'passed'))
      return refuse('slips/role-not-registered', { pointer, params: { party: sender } });
  }
  const checked = soundSlip(context, principal, read);
  if (!checked.ok) return checked;
  const { replaces: _replaces, ...said } = body;
  return ok({ ...read, filer: checked.value, by: principal.subject, raw, body, digest: digestOf(said) });
}

const hourMs = 3_600_000;
/** How long a slip is kept for the others where the pack gives no deadline from the first slip: thirty days. */
const ownHours = 720;

/** By when the other slips should have come: the pack's hours from the first slip. */
function dueAt(context: Context, receivedMs: number): string {
  const { home } = context.reference.current().get(packsPart);
  const law = deadlinesInForce(home, dayIn(instantOf(receivedMs), home.timeZone));
  const hours = law.find((one) => one.after === 'first-slip')?.hours ?? ownHours;
  return instantOf(receivedMs + hours * hourMs);
}

/** The reference data moved on while slips were stored: who may send them is looked at anew. */
class EpochMoved extends Error {}

/**
 * Takes slips of one kind and keeps those that stand: the answers come in their order, each for a committed row. The
 * same slip again gets the same receipt. They meet afterwards, in the worker.
 */
export async function take(
  context: Context,
  who: Who,
  kind: Kind,
  sent: readonly Sent[],
  statement: string | null = null,
): Promise<Result<Result<Receipt>[]>> {
  for (;;) {
    const snapshot = context.reference.current();
    const principal = await who();
    if (!principal.ok) return principal;
    const admitted = sent.map((one) => admit(context, principal.value, kind, one));
    try {
      const answers = await context.db.tx(async (tx) => {
        const kept = await keep(context, tx, admitted, statement);
        // The rows first and the epoch last: whoever puts parcels together holds rows while he waits for batches that
        // hold the epoch, so the other way round each could wait for the other.
        if (!(await holdsEpoch(tx, snapshot))) throw new EpochMoved();
        return kept;
      });
      return ok(answers);
    } catch (error) {
      if (!(error instanceof EpochMoved)) throw error;
      await context.reference.refresh();
    }
  }
}

const keyOf = ({ kind, sender, number }: Name): string => `${kind}\n${sender}\n${number}`;

/** Keeps what is admitted, in rounds in which no key stands twice, so that the later one meets the earlier. */
async function keep(
  context: Context,
  tx: Tx,
  admitted: readonly Result<Admitted>[],
  statement: string | null,
): Promise<Result<Receipt>[]> {
  const answers: Result<Receipt>[] = admitted.map((one) => (one.ok ? refuse('slips/not-found') : one));
  let left = admitted.flatMap((one, place) => (one.ok ? [{ place, slip: one.value }] : []));
  while (left.length > 0) {
    const keys = new Set<string>();
    const later: typeof left = [];
    const round = left.filter((one) => {
      const key = keyOf(one.slip);
      if (keys.has(key)) later.push(one);
      return !keys.has(key) && keys.add(key);
    });
    const taken = await keepRound(
      context,
      tx,
      round.map(({ slip }) => slip),
      statement,
    );
    for (const [index, { place }] of round.entries()) answers[place] = taken[index]!;
    left = later;
  }
  return answers;
}

async function keepRound(
  context: Context,
  tx: Tx,
  slips: readonly Admitted[],
  statement: string | null,
): Promise<Result<Receipt>[]> {
  const nowMs = context.clock.now();
  const received = instantOf(nowMs);
  const due = dueAt(context, nowMs);
  const fresh = slips.map((slip) => ({ ...slip, id: newId(nowMs), version: 1, received, due, statement }));
  const inserted = await store.insertSlips(
    tx,
    fresh.filter(({ replaces }) => replaces === undefined),
  );
  const standing = await standingOf(
    tx,
    fresh.filter(({ id }) => !inserted.has(id)),
  );
  const kept: (typeof fresh)[number][] = [];
  const answers = fresh.map((slip): Result<Receipt> => {
    const known = standing.get(keyOf(slip));
    const found = inserted.has(slip.id) ? ({ as: 'new' } as const) : verdict(known?.standing ?? null, slip);
    if (found.as === 'refused') return found.refused;
    if (found.as === 'again') return ok(receiptOf({ ...slip, ...found, id: known!.id }));
    const row = found.as === 'correction' && known ? { ...slip, id: known.id, version: found.version } : slip;
    kept.push(row);
    return ok(receiptOf(row));
  });
  if (kept.length === 0) return answers;
  const corrections = kept.filter(({ version }) => version > 1);
  await Promise.all([
    store.writeVersions(tx, kept),
    corrections.length > 0 ? store.correct(tx, corrections) : null,
    append(tx, kept.map(entryOf)),
  ]);
  return answers;
}

/** What stands under the keys of these slips, with every version there was. */
async function standingOf(tx: Tx, slips: readonly Name[]): Promise<Map<string, { id: string; standing: Standing }>> {
  if (slips.length === 0) return new Map();
  const rows = await store.lockKeys(tx, slips);
  const versions = Map.groupBy(
    await store.versionsOf(
      tx,
      rows.map(({ id }) => id),
    ),
    ({ id }) => id,
  );
  return new Map(
    rows.map((row) => [
      keyOf(row),
      {
        id: row.id,
        standing: {
          version: row.version,
          used: row.state === 'used',
          versions: (versions.get(row.id) ?? []).map((one) => ({ ...one, digest: one.digest.toString('hex') })),
          body: JSON.parse(row.raw) as unknown,
        },
      },
    ]),
  );
}

const receiptOf = (slip: Name & { id: string; version: number; received: string }): Receipt => ({
  id: slip.id,
  slip: slip.kind,
  sender: slip.sender,
  number: slip.number,
  version: slip.version,
  received: slip.received,
});

/** The journal says that a slip came, by ids and a digest; what it says about whom stays out of it. */
const entryOf = (slip: Admitted & { id: string; version: number; statement: string | null }) => ({
  kind: 'slips.received',
  subject: slip.id,
  data: {
    slip: slip.kind,
    version: slip.version,
    filer: slip.filer,
    by: slip.by,
    digest: slip.digest,
    statement: slip.statement,
  },
});
