import { day as parseDay, dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import { type Line, type LineAnswer, lineBytesMax, linesOf } from '#platform/ndjson.ts';
import { readerOf } from '#platform/reader.ts';
import { firstDifference } from '#modules/clearance/index.ts';
import { registered } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { type EventRow, isMoney, type Kept, type Mark, MovementEvent, tellers, tellingRecord } from './model.ts';
import * as store from './store.ts';

/** Says who is telling, as it stands now: a right that ended while an upload runs ends for its next lines. */
export type Who = () => Promise<Result<Principal>>;

/** One event as it came. */
export interface Sent {
  readonly body: MovementEvent;
  readonly raw: string;
}

/** How far the clock of a source may be ahead of the window's own. */
const aheadMs = 5 * 60_000;

function markOf({ about }: MovementEvent): Result<Mark> {
  const named = Object.values(about).filter((one) => one !== undefined);
  if (named.length !== 1) return refuse('trade/names-one', { pointer: '/about' });
  const { barcode, waybill, order } = about;
  if (order) return ok({ kind: 'order', sender: order.platform, number: order.number });
  return ok(
    barcode === undefined
      ? { kind: 'waybill', sender: '', number: waybill ?? '' }
      : { kind: 'barcode', sender: '', number: barcode },
  );
}

const zoneOf = (instant: string): string => (instant.endsWith('Z') ? 'Z' : instant.slice(-6));
const isDay = (instant: string | undefined): boolean =>
  instant === undefined || parseDay(instant.slice(0, 10)) !== undefined;

/** Whether the party that an event names may tell it, and this caller for the party. */
function allowed(context: Context, who: Principal, { by, step }: MovementEvent): Result<null> {
  if (!may(who, 'movement.tell', tellingRecord(by))) return refuse('trade/not-yours', { pointer: '/by' });
  const snapshot = context.reference.current();
  const today = dayIn(context.clock.instant(), snapshot.get(packsPart).home.timeZone);
  const stands = tellers(step).some((role) => registered(snapshot, by, role, today).result === 'passed');
  return stands ? ok(null) : refuse('trade/not-in-role', { pointer: '/step' });
}

/** What an event says, as a row; its moment is kept in UTC beside the offset of its source. */
function rowOf(context: Context, who: Principal, { body, raw }: Sent): Result<EventRow> {
  const { by: party, event, step, at, place = null, amount, expected, simulated = false } = body;
  const right = allowed(context, who, body);
  if (!right.ok) return right;
  const mark = markOf(body);
  if (!mark.ok) return mark;
  for (const [pointer, instant] of [
    ['/at', at],
    ['/expected', expected],
  ] as const)
    if (!isDay(instant)) return refuse('trade/no-such-moment', { pointer });
  if (msOfInstant(at) > context.clock.now() + aheadMs) return refuse('trade/not-yet', { pointer: '/at' });
  if (amount && !isMoney(step)) return refuse('trade/amount-misplaced', { pointer: '/amount' });
  const money = amount ? parseMoney(amount) : undefined;
  if (money && (!money.ok || money.value.minor <= 0n)) return refuse('trade/amount', { pointer: '/amount' });
  return ok({
    ...mark.value,
    party,
    event,
    step,
    place,
    simulated,
    id: newId(context.clock.now()),
    at: instantOf(msOfInstant(at)),
    zone: zoneOf(at),
    currency: money?.ok ? money.value.currency : null,
    minor: money?.ok ? money.value.minor : null,
    expected: expected === undefined ? null : instantOf(msOfInstant(expected)),
    received: context.clock.instant(),
    body: raw,
  });
}

const keyOf = ({ party, event }: { party: string; event: string }): string => `${party} ${event}`;

/**
 * Keeps events that parties tell of goods and money, in any order, as many at once as came. The same event again is
 * answered as the first time; another one under its id is refused by the field that differs.
 */
export async function tell(context: Context, who: Principal, sent: readonly Sent[]): Promise<Result<Kept>[]> {
  const read = sent.map((one) => rowOf(context, who, one));
  const rows = new Map<string, EventRow>();
  for (const one of read) if (one.ok && !rows.has(keyOf(one.value))) rows.set(keyOf(one.value), one.value);
  if (rows.size === 0) return read.map((one) => (one.ok ? refuse('trade/not-found') : one));
  const there = await context.db.tx(async (tx) => {
    const added = await store.addEvents(tx, [...rows.values()]);
    await append(
      tx,
      [...rows.values()]
        .filter(({ id }) => added.has(id))
        .map(({ id, step, simulated }) => ({ kind: 'trade.told', subject: id, data: { step, simulated } })),
    );
    return store.eventsUnder(tx, [...rows.values()]);
  });
  const standing = new Map(there.map((one) => [keyOf(one), one]));
  return read.map((one) => {
    if (!one.ok) return one;
    const { id, event, received, body } = standing.get(keyOf(one.value))!;
    const pointer = firstDifference(JSON.parse(body), JSON.parse(one.value.body));
    return pointer === undefined ? ok({ id, event, received }) : refuse('trade/differs', { pointer });
  });
}

const reader = readerOf(MovementEvent);
const batchMax = 500;
const batchCharacters = 2_000_000;

async function answered(context: Context, who: Who, lines: readonly Line[]): Promise<LineAnswer[]> {
  const read = lines.map((line): Result<Sent> => {
    if ('unreadable' in line) return refuse(line.unreadable, { params: { limit: String(lineBytesMax) } });
    const body = reader.read(line.text);
    return body.ok ? ok({ body: body.value, raw: line.text }) : body;
  });
  const principal = await who();
  const kept = principal.ok
    ? await tell(
        context,
        principal.value,
        read.flatMap((one) => (one.ok ? [one.value] : [])),
      )
    : [];
  let place = 0;
  return read.map((one, index) => {
    const line = lines[index]!.number;
    if (!one.ok) return { line, result: one };
    if (!principal.ok) return { line, result: principal };
    const result = kept[place]!;
    place += 1;
    return { line, result: result.ok ? ok(JSON.stringify(result.value)) : result };
  });
}

/** Takes a stream of events, one a line, and answers each line in its order: what is answered is committed. */
export async function* tellMany(
  context: Context,
  who: Who,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly LineAnswer[]> {
  let batch: Line[] = [];
  let characters = 0;
  for await (const line of linesOf(chunks)) {
    batch.push(line);
    characters += 'text' in line ? line.text.length : 0;
    if (batch.length < batchMax && characters < batchCharacters) continue;
    yield await answered(context, who, batch);
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield await answered(context, who, batch);
}
