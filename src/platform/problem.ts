import type { FastifyReply } from 'fastify';
import type { Catalogue, Refusal, Result } from '#kernel/result.ts';

/** A refusal as it leaves: application/problem+json (RFC 9457), with one entry for each field that is wrong. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request's id: whoever reads the log finds it there, and nobody else learns anything from it. */
  readonly instance: string;
  readonly code: string;
  readonly errors?: readonly {
    readonly pointer: string;
    readonly code: string;
    readonly detail: string;
    /** Where the field stands when it is not in the body. */
    readonly in?: string;
  }[];
}

type Params = Readonly<Record<string, string>>;

/** Looks up the sentence of a code; undefined where it has none, and the title stands in. */
export type Words = (code: string, params: Params, languages: string) => string | undefined;

/** Everything a server needs to turn refusals into problems. */
export interface Problems {
  readonly catalogue: Catalogue;
  readonly words: Words;
}

declare module 'fastify' {
  interface FastifyInstance {
    problems: Problems;
  }
  interface FastifyRequest {
    /** The code with which it was refused; empty where it was not. */
    refused: string;
  }
}

/** Puts parameters into a sentence of our own: `{limit}` is replaced by what `limit` is. */
export const filled = (sentence: string, params: Params): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? params[name]! : whole));

/** Makes the problem of a refusal; throws for a code that no catalogue lists, since that is a bug of ours. */
export function problemOf(problems: Problems, refusal: Refusal, instance: string, languages: string): Problem {
  const { catalogue, words } = problems;
  const entry = Object.hasOwn(catalogue, refusal.code) ? catalogue[refusal.code] : undefined;
  if (entry === undefined) throw new Error(`no catalogue lists the refusal ${refusal.code}`);
  const sentence = (code: string, params: Params = {}): string =>
    words(code, params, languages) ?? (Object.hasOwn(catalogue, code) ? catalogue[code]!.title : entry.title);
  const all = [...(refusal.pointer === undefined ? [] : [refusal]), ...(refusal.more ?? [])];
  const errors = all.map(({ code, pointer = '', params }) => ({
    pointer,
    code,
    detail: sentence(code, params),
    ...(params?.['in'] === undefined ? {} : { in: params['in'] }),
  }));
  return {
    type: `/docs/problems#${refusal.code}`,
    title: entry.title,
    status: entry.status,
    detail: sentence(refusal.code, refusal.params),
    instance: `urn:uuid:${instance}`,
    code: refusal.code,
    ...(errors.length === 0 ? {} : { errors }),
  };
}

/** Answers a request with a refusal as problem+json. */
export function sendProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  reply.request.refused = refusal.code;
  const languages = reply.request.headers['accept-language'] ?? '';
  const problem = problemOf(reply.server.problems, refusal, reply.request.id, languages);
  // Whoever is asked to come back is told when.
  if ((problem.status === 429 || problem.status === 503) && !reply.hasHeader('retry-after'))
    reply.header('retry-after', '1');
  return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

/** Answers with the value, or with the refusal as a problem. */
export const sendResult = <T>(reply: FastifyReply, result: Result<T>, status = 200): FastifyReply =>
  result.ok ? reply.code(status).send(result.value) : sendProblem(reply, result.error);
