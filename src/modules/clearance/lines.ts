import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { limits, parseStrict } from '#platform/body.ts';
import { lineBytesMax, linesOf } from '#platform/ndjson.ts';
import { misfit } from '#platform/validation.ts';

/** Lines that one master bill or tally may have; a larger one is handed in as several. */
const linesMax = 200_000;
/** Characters of a whole body. */
const bodyMax = 64 << 20;

interface Read<T> {
  body: T;
  raw: string;
}

/**
 * The body of a request that takes JSON or NDJSON. Of NDJSON the first line is the head, and each further line one
 * member of `list`, so that no list has to be held in one document. JSON was checked by the server already.
 */
export async function readLines<S extends TSchema>(
  request: FastifyRequest,
  schema: S,
  list: string,
): Promise<Result<Read<Static<S>>>> {
  if (request.rawText !== '') return ok({ body: request.body as Static<S>, raw: request.rawText });
  const raw: string[] = [];
  let characters = 0;
  const members: unknown[] = [];
  let head: Record<string, unknown> | undefined;
  const stream = request.body as Readable;
  // After a refusal the rest is read away: ending the stream would end the connection before its answer.
  for await (const line of linesOf(stream.iterator({ destroyOnReturn: false }))) {
    const stop = (refused: Result<never>): Result<never> => {
      stream.resume();
      return refused;
    };
    if ('unreadable' in line) return stop(refuse(line.unreadable, { params: { limit: String(lineBytesMax) } }));
    const { text } = line;
    characters += text.length;
    if (characters > bodyMax) return stop(refuse('http/body-too-large', { params: { limit: String(bodyMax) } }));
    const parsed = parseStrict(text, limits);
    if (!parsed.ok) {
      const at = head ? `/${list}/${members.length}` : '';
      return stop(refuse(parsed.error.code, { ...parsed.error, pointer: `${at}${parsed.error.pointer ?? ''}` }));
    }
    raw.push(text);
    if (head) members.push(parsed.value);
    else {
      const first = headOf(parsed.value, list);
      if (!first.ok) return stop(first);
      head = first.value;
    }
    if (members.length > linesMax)
      return stop(refuse('http/list-too-long', { pointer: `/${list}`, params: { limit: String(linesMax) } }));
  }
  if (!head) return refuse('http/body-missing');
  const body = { ...head, [list]: members };
  const bad = misfit(Compile(unbounded(schema, list)), body);
  return bad ? { ok: false, error: bad } : ok({ body: body as Static<S>, raw: raw.join('\n') });
}

/** The head of an NDJSON body: an object that leaves the list to the lines, so that nothing is given in two places. */
function headOf(value: unknown, list: string): Result<Record<string, unknown>> {
  const wrong = (code: string, pointer: string, params: Record<string, string> = {}): Result<never> =>
    refuse('http/invalid', { more: [{ code, pointer, params }] });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong('http/field-type', '', { expected: 'object' });
  return Object.hasOwn(value, list) ? wrong('http/field-unknown', `/${list}`) : ok({ ...value });
}

/** The schema with room for the lines that only NDJSON may bring. */
function unbounded(schema: TSchema, list: string): TSchema {
  const copy = structuredClone(schema) as TSchema & {
    properties: Record<string, { maxItems?: number; uniqueItems?: boolean }>;
  };
  const member = copy.properties[list];
  if (member) {
    member.maxItems = linesMax;
    // Comparing each line with each other would take the square of their number; the store drops repeated ones.
    delete member.uniqueItems;
  }
  return copy;
}
