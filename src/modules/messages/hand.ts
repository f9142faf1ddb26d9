import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { readerOf } from '#platform/reader.ts';
import { cancel, CancellationBody } from '#modules/clearance/index.ts';
import { type Kind as SlipKind, readers, type Sent, slipView, take, type Who } from '#modules/slips/index.ts';
import type { CebKind } from './ceb-fields.ts';
import { type Mapped, mapNode } from './ceb-map.ts';
import type { CebMessage, CebNode } from './ceb-read.ts';
import type { NodeOutcome } from './model.ts';

/** A node on its way through its door. */
interface Handed {
  outcome: NodeOutcome;
  /** Set while the door has not answered. */
  mapped?: Mapped;
}

const bare = (node: CebNode, index: number, kind: CebKind | null): NodeOutcome => ({
  node: index + 1,
  path: node.path,
  guid: node.fields.get('guid')?.text ?? null,
  state: 'kept',
  homeless: [],
  given: [],
  repeats: Object.fromEntries(
    (kind?.receipt.repeats ?? []).flatMap((name) => {
      const text = node.fields.get(name)?.text;
      return text === undefined ? [] : [[name, text]];
    }),
  ),
});

const refused = (outcome: NodeOutcome, refusal: Refusal): NodeOutcome => ({ ...outcome, state: 'refused', refusal });

const atField = (node: CebNode, name: string): { pointer: string; params: Record<string, string> } => {
  const { path, line } = node.fields.get(name) ?? node;
  return { pointer: path, params: { in: 'xml', line: String(line), found: node.fields.get(name)?.text ?? '' } };
};

/** A new report is 1, a change 2, a deletion 3; what its sender only stored (1) he has not declared (2) yet. */
function reportOf(node: CebNode): Result<'new' | 'change' | 'stored'> {
  const text = (name: string): string | undefined => node.fields.get(name)?.text;
  if (text('appStatus') === '1') return ok('stored');
  if (text('appStatus') !== '2') return refuse('messages/code-unknown', atField(node, 'appStatus'));
  if (text('appType') === '3') return refuse('messages/no-deletion', atField(node, 'appType'));
  if (text('appType') === '1') return ok('new');
  return text('appType') === '2' ? ok('change') : refuse('messages/code-unknown', atField(node, 'appType'));
}

const numberOf: Readonly<Record<SlipKind, readonly [sender: string, number: string]>> = {
  order: ['platform', 'number'],
  payment: ['provider', 'reference'],
  transport: ['carrier', 'document'],
  declaration: ['', 'id'],
};

/** The version that a change takes the place of: the one that stands, since the message names none. */
async function replaced(
  context: Context,
  principal: Principal,
  kind: SlipKind,
  body: Readonly<Record<string, unknown>>,
): Promise<object> {
  const [sender, number] = numberOf[kind];
  const whose = sender === '' ? principal.party : body[sender];
  const name = { kind, sender: String(whose), number: String(body[number]) };
  const standing = await slipView(context, principal, name);
  return { replaces: standing.ok ? (standing.value.version ?? 1) : 1 };
}

/** Hands the nodes of a message that are slips to the door of slips, all of them in one go. */
async function handSlips(
  context: Context,
  who: Who,
  kind: SlipKind,
  handed: readonly Handed[],
  bodies: ReadonlyMap<Handed, Readonly<Record<string, unknown>>>,
): Promise<Result<null>> {
  const sent: { one: Handed; slip: Sent }[] = [];
  for (const one of handed) {
    const body = bodies.get(one);
    if (body === undefined || one.mapped === undefined) continue;
    const raw = JSON.stringify(body);
    const read = readers[kind].read(raw);
    if (read.ok) sent.push({ one, slip: { body: read.value, raw } });
    else one.outcome = refused(one.outcome, one.mapped.placed(read.error));
  }
  if (sent.length === 0) return ok(null);
  const taken = await take(
    context,
    who,
    kind,
    sent.map(({ slip }) => slip),
  );
  if (!taken.ok) return taken;
  for (const [index, { one }] of sent.entries()) {
    const answer = taken.value[index]!;
    one.outcome = answer.ok
      ? { ...one.outcome, state: 'taken', slip: answer.value }
      : refused(one.outcome, one.mapped!.placed(answer.error));
  }
  return ok(null);
}

const cancellation = readerOf(CancellationBody);

/** Takes back the parcel whose declaration a node names, under the key by which its sender filed it. */
async function handCancellation(context: Context, principal: Principal, one: Handed): Promise<void> {
  const { body, placed } = one.mapped!;
  const { declaration, ...said } = body;
  const asked = cancellation.read(JSON.stringify(said));
  if (!asked.ok) {
    one.outcome = refused(one.outcome, placed(asked.error));
    return;
  }
  const number = typeof declaration === 'string' ? declaration : '';
  const name = { kind: 'declaration', sender: principal.party ?? '', number } as const;
  const slip = await slipView(context, principal, name);
  const parcel = slip.ok ? slip.value.parcel : undefined;
  if (parcel === undefined || parcel === null) {
    const refusal = refuse('messages/nothing-declared', { pointer: '/declaration' }).error;
    one.outcome = refused(one.outcome, placed(refusal));
    return;
  }
  const done = await cancel(context, principal, parcel, asked.value);
  one.outcome = done.ok
    ? { ...one.outcome, state: 'taken', ...(done.value.made ? { cancelled: parcel } : {}) }
    : refused(one.outcome, placed(done.error));
}

/** Hands each node of a message to the door of its kind and says what became of it, in their order. */
export async function handNodes(
  context: Context,
  who: Who,
  principal: Principal,
  message: CebMessage,
  home: string | null,
): Promise<Result<readonly NodeOutcome[]>> {
  const { kind, nodes } = message;
  const bodies = new Map<Handed, Readonly<Record<string, unknown>>>();
  const handed: Handed[] = [];
  for (const [index, node] of nodes.entries()) {
    const one: Handed = { outcome: bare(node, index, kind) };
    handed.push(one);
    if (kind === null) continue;
    const mapped = mapNode(kind, node, home);
    const what = reportOf(node);
    if (mapped.ok) one.outcome = { ...one.outcome, homeless: mapped.value.homeless, given: mapped.value.given };
    if (what.ok && what.value === 'stored') continue;
    if (!what.ok) one.outcome = refused(one.outcome, what.error);
    else if (!mapped.ok) one.outcome = refused(one.outcome, mapped.error);
    if (!what.ok || !mapped.ok) continue;
    one.mapped = mapped.value;
    const { body } = mapped.value;
    const change = what.value === 'change' && kind.door !== 'cancellation';
    bodies.set(one, change ? { ...body, ...(await replaced(context, principal, kind.door, body)) } : body);
  }
  if (kind?.door === 'cancellation')
    for (const one of handed) if (one.mapped !== undefined) await handCancellation(context, principal, one);
  if (kind !== null && kind.door !== 'cancellation') {
    const done = await handSlips(context, who, kind.door, handed, bodies);
    if (!done.ok) return done;
  }
  return ok(handed.map(({ outcome }) => outcome));
}
