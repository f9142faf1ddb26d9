import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import {
  type Kind as SlipKind,
  kinds as slipKinds,
  readers,
  type Sent,
  slipView,
  take,
  type Who,
} from '#modules/slips/index.ts';
import { type Handed, otherDoors, refused } from './doors.ts';
import type { Door, MessageKind } from './fields.ts';
import { mapNode } from './map.ts';
import type { NodeOutcome } from './model.ts';
import type { Message, MessageNode } from './read.ts';

const bare = (node: MessageNode, index: number, kind: MessageKind | null): NodeOutcome => ({
  node: index + 1,
  path: node.path,
  guid: node.fields.get('guid')?.text ?? null,
  state: 'kept',
  homeless: [],
  given: [],
  repeats: Object.fromEntries(
    (kind?.receipt?.repeats ?? []).flatMap((name) => {
      const text = node.fields.get(name)?.text;
      return text === undefined ? [] : [[name, text]];
    }),
  ),
});

const atField = (node: MessageNode, name: string): { pointer: string; params: Record<string, string> } => {
  const { path, line } = node.fields.get(name) ?? node;
  return { pointer: path, params: { in: 'xml', line: String(line), found: node.fields.get(name)?.text ?? '' } };
};

/** A new report is 1, a change 2, a deletion 3; what its sender only stored (1) he has not declared (2) yet. */
function reportOf(node: MessageNode): Result<'new' | 'change' | 'stored'> {
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

const isSlip = (door: Door | null): door is SlipKind => slipKinds.some((one) => one === door);

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
async function handSlips(context: Context, who: Who, kind: SlipKind, handed: readonly Handed[]): Promise<Result<null>> {
  const sent: { one: Handed; slip: Sent }[] = [];
  for (const one of handed) {
    const raw = JSON.stringify(one.body);
    const read = readers[kind].read(raw);
    if (read.ok) sent.push({ one, slip: { body: read.value, raw } });
    else refused(one, one.mapped.placed(read.error));
  }
  if (sent.length === 0) return ok(null);
  const slips = sent.map(({ slip }) => slip);
  const taken = await take(context, who, kind, slips);
  if (!taken.ok) return taken;
  for (const [index, { one }] of sent.entries()) {
    const answer = taken.value[index]!;
    if (answer.ok) one.outcome = { ...one.outcome, state: 'taken', slip: answer.value };
    else refused(one, one.mapped.placed(answer.error));
  }
  return ok(null);
}

/** What each node is on its way to its door; `handed` are those that go through it. */
interface Sorted {
  readonly outcomes: { outcome: NodeOutcome }[];
  readonly handed: Handed[];
}

function sorted(message: Message, home: string | null): Sorted {
  const { kind, nodes } = message;
  const outcomes: { outcome: NodeOutcome }[] = [];
  const handed: Handed[] = [];
  for (const [index, node] of nodes.entries()) {
    const one = { outcome: bare(node, index, kind) };
    outcomes.push(one);
    if (kind === null) continue;
    const mapped = mapNode(kind, node, home);
    if (mapped.ok) one.outcome = { ...one.outcome, homeless: mapped.value.homeless, given: mapped.value.given };
    if (kind.door === null) continue;
    const what = message.reports ? reportOf(node) : ok('new' as const);
    if (what.ok && what.value === 'stored') continue;
    const error: Refusal | undefined = what.ok ? (mapped.ok ? undefined : mapped.error) : what.error;
    if (error !== undefined) one.outcome = { ...one.outcome, state: 'refused', refusal: error };
    else if (what.ok && mapped.ok)
      handed.push(
        Object.assign(one, { node, mapped: mapped.value, body: mapped.value.body, change: what.value === 'change' }),
      );
  }
  return { outcomes, handed };
}

/** Hands each node of a message to the door of its kind and says what became of it, in their order. */
export async function handNodes(
  context: Context,
  who: Who,
  principal: Principal,
  message: Message,
  home: string | null,
): Promise<Result<readonly NodeOutcome[]>> {
  const door = message.kind?.door ?? null;
  const { outcomes, handed } = sorted(message, home);
  if (isSlip(door)) {
    for (const one of handed)
      if (one.change) one.body = { ...one.body, ...(await replaced(context, principal, door, one.body)) };
    const done = await handSlips(context, who, door, handed);
    if (!done.ok) return done;
  } else if (door !== null) await otherDoors[door]?.(context, principal, handed);
  return ok(outcomes.map(({ outcome }) => outcome));
}
