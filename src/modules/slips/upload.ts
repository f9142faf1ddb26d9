import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { type Line, type LineAnswer, lineBytesMax, linesOf } from '#platform/ndjson.ts';
import { type Reader, readerOf } from '#platform/reader.ts';
import { type Body, type Kind, schemas } from './model.ts';
import { type Sent, take, type Who } from './take.ts';

/** Lines stored in one transaction; the answers to them leave when it is committed. */
const batchMax = 500;
/** Characters of one transaction, so that few long lines are stored early. */
const batchCharacters = 4_000_000;

/** Reads a slip of a kind by the schema of that kind. */
export const readers: Readonly<Record<Kind, Reader<Body>>> = {
  order: readerOf(schemas.order),
  payment: readerOf(schemas.payment),
  transport: readerOf(schemas.transport),
  declaration: readerOf(schemas.declaration),
};

function sentOf(kind: Kind, line: Line): Result<Sent> {
  if ('unreadable' in line) return refuse(line.unreadable, { params: { limit: String(lineBytesMax) } });
  const read = readers[kind].read(line.text);
  return read.ok ? ok({ body: read.value, raw: line.text }) : read;
}

async function answered(
  context: Context,
  who: Who,
  kind: Kind,
  lines: readonly Line[],
  statement: string | null,
): Promise<LineAnswer[]> {
  const read = lines.map((line) => ({ line: line.number, sent: sentOf(kind, line) }));
  const sent = read.flatMap((one) => (one.sent.ok ? [one.sent.value] : []));
  const taken = sent.length > 0 ? await take(context, who, kind, sent, statement) : ok([]);
  let place = 0;
  return read.map((one) => {
    if (!one.sent.ok) return { line: one.line, result: one.sent };
    const result = taken.ok ? taken.value[place]! : taken;
    place += 1;
    return { line: one.line, result: result.ok ? ok(JSON.stringify(result.value)) : result };
  });
}

/**
 * Takes a stream of slips of one kind, one a line, and answers each line in its order, a batch at a time: what is
 * answered is committed, a bad line stops nothing, and the next lines are read when the answers before them were taken.
 * Sent again from the beginning, every line is answered as before.
 */
export async function* upload(
  context: Context,
  who: Who,
  kind: Kind,
  chunks: AsyncIterable<Buffer>,
  statement: string | null,
): AsyncGenerator<readonly LineAnswer[]> {
  let batch: Line[] = [];
  let characters = 0;
  for await (const line of linesOf(chunks)) {
    batch.push(line);
    characters += 'text' in line ? line.text.length : 0;
    if (batch.length < batchMax && characters < batchCharacters) continue;
    yield await answered(context, who, kind, batch, statement);
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield await answered(context, who, kind, batch, statement);
}
