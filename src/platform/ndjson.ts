import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { TSchema } from 'typebox';
import type { Result } from '#kernel/result.ts';
import { problemOf } from './problem.ts';

/** One line of an upload: its text, or why it cannot be read. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly unreadable: 'http/body-too-large' | 'http/body-encoding' };

/**
 * The longest line that is read, in bytes: as much as a body that is read whole. What is longer is answered as one bad
 * line and skipped.
 */
export const lineBytesMax = 1 << 20;

const lineFeed = 10;
const blank = /^[ \t\r]*$/;

/** The pieces of a stream between line feeds; of one that is too long only so much that this is seen. */
async function* pieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer): void => {
    if (size <= lineBytesMax) parts.push(part);
    size += part.length;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      keep(chunk.subarray(from, at));
      yield Buffer.concat(parts);
      parts = [];
      size = 0;
      from = at + 1;
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield Buffer.concat(parts);
}

/**
 * The lines of an NDJSON upload that hold anything, numbered from 1 as they stand in it. A line that is too long or is
 * not UTF-8 is given as such, so that the lines after it are still read; nothing but one line is held in memory.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 0;
  for await (const piece of pieces(chunks)) {
    number += 1;
    if (piece.length > lineBytesMax) yield { number, unreadable: 'http/body-too-large' };
    else if (!isUtf8(piece)) yield { number, unreadable: 'http/body-encoding' };
    else {
      const text = piece.toString('utf8');
      if (!blank.test(text)) yield { number, text };
    }
  }
}

/** The schema of a JSON body where the route takes NDJSON too, whose lines it checks itself. */
export const jsonOf = (schema: TSchema) => ({ content: { 'application/json': { schema } } });

/** What became of one line of an upload: JSON, or a refusal. */
export interface LineAnswer {
  readonly line: number;
  readonly result: Result<string>;
}

/**
 * Answers an upload while it still comes in: for each line its number and status, and what came of it under `name` or
 * the problem. No more answers are asked for than the caller takes away.
 */
export function sendLines(
  reply: FastifyReply,
  name: string,
  answers: AsyncIterable<readonly LineAnswer[]>,
): FastifyReply {
  const { request, server } = reply;
  const languages = request.headers['accept-language'] ?? '';
  const text = ({ line, result }: LineAnswer): string => {
    if (result.ok) return `{"line":${line},"status":201,"${name}":${result.value}}\n`;
    const problem = problemOf(server.problems, result.error, request.id, languages);
    return `${JSON.stringify({ line, status: problem.status, problem })}\n`;
  };
  const lines = async function* (): AsyncGenerator<string> {
    for await (const some of answers) yield some.map(text).join('');
  };
  return reply.code(200).type('application/x-ndjson; charset=utf-8').send(Readable.from(lines()));
}
