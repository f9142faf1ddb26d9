import { isUtf8 } from 'node:buffer';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Type } from 'typebox';
import { newId } from '#kernel/id.ts';
import { moneyRefusals } from '#kernel/money.ts';
import type { Catalogue, Refusal } from '#kernel/result.ts';
import { bodyRefusals, type Limits, parseStrict, textUnusable } from './body.ts';
import { badConnection, closeConnections } from './connections.ts';
import type { Context } from './context.ts';
import { isOutage } from './db.ts';
import { markDeprecated } from './deprecation.ts';
import { describe } from './description.ts';
import { jwsRefusals, jwsSentences } from './jws.ts';
import type { Reader } from './reader.ts';
import { filled, problemOf, sendProblem, type Problem, type Problems, type Words } from './problem.ts';
import { Invalid, validationRefusals, validatorCompiler } from './validation.ts';

/** The server as modules see it: routes with TypeBox schemas give typed requests. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The JSON body as it was received, for digests and for keeping; empty where there was none. */
    rawText: string;
  }
  interface FastifyContextConfig {
    /** Reads the JSON body of the route, by the schema that it is described by. */
    reads?: Reader<unknown>;
    /** Whether the route takes NDJSON; its body is then the stream, and bounds are the route's own affair. */
    ndjson?: boolean;
    /** What its JSON body may hold at most, where that is more than of every other. */
    limits?: Limits;
  }
}

/** The refusals of the edge itself. */
export const httpRefusals = {
  ...bodyRefusals,
  ...validationRefusals,
  ...jwsRefusals,
  'http/not-found': { status: 404, title: 'There is nothing at this address' },
  'http/method-not-allowed': { status: 405, title: 'This address does not take this method' },
  'http/body-too-large': { status: 413, title: 'The body is too large' },
  'http/media-type': { status: 415, title: 'The body is of a type that this address does not read' },
  'http/bad-request': { status: 400, title: 'The request cannot be read' },
  'http/unusable-address': { status: 400, title: 'The address holds a character that cannot be used' },
  'http/bug': { status: 500, title: 'Something went wrong here' },
  'http/outage': { status: 503, title: 'The window cannot take this at the moment' },
} as const satisfies Catalogue;

/** The sentences of the edge's own codes, each with what to do; other codes have theirs in the locales. */
const sentences: Readonly<Record<keyof typeof httpRefusals, string>> = {
  'http/body-missing': 'Send a JSON document as the body.',
  'http/body-encoding': 'Send the body as UTF-8.',
  'http/body-byte-order-mark': 'Send the body without the byte order mark at its beginning.',
  'http/body-malformed': 'Correct the JSON at line {line}, column {column}.',
  'http/body-too-deep': 'Nest objects and lists no deeper than {limit} levels.',
  'http/key-repeated': 'Send this key only once: two readers could take different values.',
  'http/key-forbidden': 'Remove this key.',
  'http/list-too-long': 'Send at most {limit} entries here, or use the NDJSON form of this address where it has one.',
  'http/text-too-long': 'Send at most {limit} characters here.',
  'http/text-unusable': 'Remove the NUL character or the half surrogate pair from this text.',
  'http/number-too-large': 'Send a number within ±9007199254740991; amounts, weights and quantities are decimal texts.',
  'http/invalid': 'Correct the fields listed under errors and send the request again.',
  'http/field-missing': 'Add this field: it is required.',
  'http/field-unknown': 'Remove this field or correct its spelling: it is not known here.',
  'http/field-type': 'Send this as {expected}.',
  'http/field-format': 'Write this in the form asked for: {format}',
  'http/field-choice': 'Send one of: {allowed}',
  'http/field-size': 'Keep within the bound of this field: {bound} {limit}',
  'http/field-shape': 'Send one of the forms that the description of this field names.',
  ...jwsSentences,
  'http/not-found': 'Check the address; GET /openapi.json lists what there is.',
  'http/method-not-allowed': 'Use one of: {allowed}',
  'http/body-too-large': 'Send at most {limit} bytes, or use the NDJSON form of this address where it has one.',
  'http/media-type': 'Send the body as application/json, or as what the description of this address names.',
  'http/bad-request': 'Check how the request was put together and send it again.',
  'http/unusable-address': 'Remove the NUL character from the address.',
  'http/bug': 'Send the request again later; when it fails again, report the instance named here.',
  'http/outage': 'Send the request again in a few seconds: nothing of it was kept unless it was answered.',
};

/** What the server itself needs of the context. */
export type Grounds = Pick<Context, 'config' | 'db' | 'clock' | 'log' | 'reference'>;

/** What a server is made with, beside that. */
export interface HttpOptions {
  /** The refusals of all modules. */
  readonly refusals: Catalogue;
  /** The words of the modules' codes, in the language that a person reads. */
  readonly words?: Words;
  /** Shows a problem as a page to whoever asked for one; undefined leaves it problem+json. */
  readonly page?: (problem: Problem, request: FastifyRequest) => string | undefined;
}

/** The largest body that is read whole. */
export const bodyBytesMax = 1 << 20;

const contentPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function securityHeaders(origin: string): Record<string, string> {
  return {
    'content-security-policy': contentPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(origin.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  return accept.includes('text/html') && !request.url.startsWith('/v1/');
}

/** Answers with a refusal: as a page where a person asked for one and the portal has one, else as problem+json. */
function answer(reply: FastifyReply, refusal: Refusal, options: HttpOptions): FastifyReply {
  const { request } = reply;
  if (options.page !== undefined && wantsPage(request)) {
    const problem = problemOf(reply.server.problems, refusal, request.id, request.headers['accept-language'] ?? '');
    const page = options.page(problem, request);
    if (page !== undefined) return reply.code(problem.status).type('text/html; charset=utf-8').send(page);
  }
  return sendProblem(reply, refusal);
}

function refusalOf(error: FastifyError, request: FastifyRequest): Refusal | undefined {
  if (error instanceof Invalid) return error.refusal;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { code: 'http/body-too-large', params: { limit: String(request.routeOptions.bodyLimit ?? bodyBytesMax) } };
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'http/media-type' };
  if (error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return { code: 'http/body-missing' };
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return { code: 'http/bad-request' };
  return undefined;
}

function handleErrors(app: App, context: Grounds, options: HttpOptions): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = refusalOf(error, request);
    if (refusal !== undefined) return answer(reply, refusal, options);
    if (isOutage(error)) {
      context.log.warn('database-outage', { instance: request.id, reason: error.message });
      return answer(reply.header('retry-after', '5'), { code: 'http/outage' }, options);
    }
    context.log.error('request-failed', error, { instance: request.id, route: request.routeOptions.url ?? '' });
    return answer(reply, { code: 'http/bug' }, options);
  });
}

/** Which methods an address takes, so that a wrong method is told apart from a wrong address. */
function handleUnknown(app: App, options: HttpOptions): void {
  const known: { pattern: RegExp; methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const parts = url.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
    const pattern = new RegExp(`^${parts.replace(/:\w+/g, '[^/]+').replaceAll('*', '.*')}/?$`);
    known.push({ pattern, methods: Array.isArray(method) ? method : [method] });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!;
    const methods = new Set(known.filter(({ pattern }) => pattern.test(path)).flatMap((one) => one.methods));
    if (methods.size === 0 || methods.has(request.method)) return answer(reply, { code: 'http/not-found' }, options);
    const allowed = [...methods].sort().join(', ');
    return answer(reply.header('allow', allowed), { code: 'http/method-not-allowed', params: { allowed } }, options);
  });
}

function readJson(request: FastifyRequest, body: Buffer): unknown {
  if (!isUtf8(body)) throw new Invalid({ code: 'http/body-encoding' });
  const text = body.toString('utf8');
  request.rawText = text;
  const quick = request.routeOptions.config.reads?.quick(text);
  if (quick !== undefined) return quick;
  const parsed = parseStrict(text, request.routeOptions.config.limits);
  if (!parsed.ok) throw new Invalid(parsed.error);
  return parsed.value;
}

async function readBodies(app: App): Promise<void> {
  app.decorateRequest('rawText', '');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, readJson(request, body));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
  const ndjson = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];
  app.addContentTypeParser(ndjson, (request, payload, done) => {
    if (request.routeOptions.config.ndjson === true) return done(null, payload);
    payload.resume();
    return done(new Invalid({ code: 'http/media-type' }));
  });
  await app.register(formbody, { bodyLimit: bodyBytesMax });
  app.addHook('preValidation', (request, _reply, done) => {
    const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const bad = form ? Object.entries(request.body ?? {}).find((pair) => pair.flat().some(textUnusable)) : undefined;
    done(bad === undefined ? undefined : new Invalid({ code: 'http/text-unusable', pointer: `/${bad[0]}` }));
  });
}

/** What the window says of itself: its doors, and whether it can take parcels. */
function itself(app: App, context: Grounds): void {
  app.get('/openapi.json', { schema: { summary: 'This description', tags: ['window'] } }, () => app.swagger());
  const Health = Type.Object({ status: Type.Literal('ready'), epoch: Type.String(), economy: Type.String() });
  app.get(
    '/health',
    { schema: { summary: 'Can the window take parcels?', tags: ['window'], response: { 200: Health } } },
    async () => {
      await context.db.query('select 1');
      const { epoch } = context.reference.current();
      return { status: 'ready' as const, epoch: String(epoch), economy: context.config.economy };
    },
  );
}

function problemsOf(options: HttpOptions): Problems {
  const own: Readonly<Record<string, string>> = sentences;
  const words: Words = (code, params, languages) =>
    options.words?.(code, params, languages) ?? (Object.hasOwn(own, code) ? filled(own[code]!, params) : undefined);
  // Whatever a module says of an amount in the words of the kernel is listed here once.
  return { catalogue: { ...options.refusals, ...moneyRefusals, ...httpRefusals }, words };
}

/**
 * Makes the server: strict bodies, schemas without coercion, problems with pointers, security headers, one id a
 * request. Modules add their routes to it; `listen` is called by main.ts alone.
 */
export async function createHttp(context: Grounds, options: HttpOptions): Promise<App> {
  const problems = problemsOf(options);
  const app = Fastify({
    bodyLimit: bodyBytesMax,
    forceCloseConnections: 'idle',
    // Who comes while the window stops is told so as everything else is told, below.
    return503OnClosing: false,
    // An upload of many parcels may take an hour; a longer one goes on with the next request.
    requestTimeout: 3_600_000,
    genReqId: () => newId(context.clock.now()),
    requestIdHeader: false,
    // Limits count by address: what a proxy says of it is believed from those that were named, and from nobody else.
    trustProxy: context.config.proxies.length > 0 && [...context.config.proxies],
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    clientErrorHandler: (error, socket) => badConnection(context, problems, error, socket),
    frameworkErrors: (_error, _request, reply) => void sendProblem(reply, { code: 'http/bad-request' }),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.decorate('problems', problems);
  app.decorateRequest('refused', '');
  markDeprecated(app);
  app.setValidatorCompiler(validatorCompiler);
  // Schemas of answers describe; they never drop or change what is sent.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  const headers = securityHeaders(context.config.origin);
  const closing = closeConnections(app);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers);
    if (closing()) return done(new Invalid({ code: 'http/outage' }));
    done(/%00/.test(request.url) ? new Invalid({ code: 'http/unusable-address' }) : undefined);
  });
  handleErrors(app, context, options);
  handleUnknown(app, options);
  await readBodies(app);
  await app.register(cookie);
  await describe(app);
  itself(app, context);
  return app;
}
