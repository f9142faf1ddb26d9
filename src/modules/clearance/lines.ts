import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { limits, parseStrict } from '#platform/body.ts';
import { misfit } from '#platform/validation.ts';

/** Lines that one master bill or tally may have; a larger one is handed in as several. */
const linesMax = 200_000;
/** Characters of a whole body. */
const bodyMax = 64 << 20;
/** Characters of one line. */
const lineMax = 10_000;

interface Read<T> {
  body: T;
  raw: string;
}

/**
 * The body of a request that takes JSON or NDJSON. Of NDJSON the first line is the head, and each further line one
 * member
 * of `list`, so that no list has to be held in one document. JSON was checked by the server already.
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
  for await (const line of linesOf(request.body as Readable)) {
    characters += line.length;
    if (characters > bodyMax) return refuse('http/body-too-large', { params: { limit: String(bodyMax) } });
    if (line.length > lineMax) return refuse('http/body-too-large', { params: { limit: String(lineMax) } });
    if (line.trim() === '') continue;
    const parsed = parseStrict(line, limits);
    if (!parsed.ok)
      return refuse(parsed.error.code, { ...parsed.error, pointer: `/${raw.length}${parsed.error.pointer ?? ''}` });
    raw.push(line);
    if (!head) head = parsed.value as Record<string, unknown>;
    else members.push(parsed.value);
    if (members.length > linesMax)
      return refuse('http/list-too-long', { pointer: `/${list}`, params: { limit: String(linesMax) } });
  }
  const body = { ...head, [list]: members };
  const bad = misfit(Compile(unbounded(schema, list)), body);
  return bad ? { ok: false, error: bad } : ok({ body: body as Static<S>, raw: raw.join('\n') });
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

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
