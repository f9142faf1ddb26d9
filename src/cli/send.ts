import {
  Agent as PlainAgent,
  type ClientRequest,
  type IncomingMessage,
  request as plainRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isObject } from './build.ts';
import { lineBytesMax } from './read.ts';

/** What a window answered to one line. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The window cannot be used, now or with this key: nothing more is sent. The message is for the person at the terminal.
 */
export class DoorClosed extends Error {
  override readonly name = 'DoorClosed';
}

/** Where lines are filed, over one connection that is kept. */
export interface Door {
  /**
   * Sends lines in one request and gives the answer to each in their order, as they come. A line that was broken off
   * is sent again until it is answered; after `stop` no further one is, and those on their way are still answered.
   */
  upload(lines: readonly string[], stop: AbortSignal): AsyncGenerator<Answered>;
  close(): void;
}

const tries = 8;
const silentMs = 60_000;
const problemBytesMax = 65_536;
/** Lines that are written to the connection at one time. */
const pieceLines = 16;

/** The window is away or busy for the moment; what was not answered is sent again after a rest. */
class Interrupted extends Error {
  readonly restMs: number;
  constructor(message: string, retryAfter = '') {
    super(message);
    this.restMs = /^\d{1,3}$/.test(retryAfter) ? Number(retryAfter) * 1000 : 0;
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a status means for all lines after it, where it means that; undefined where it concerns this one only. */
function closedBy(status: number, url: URL): string | undefined {
  if (status === 401) return 'The window does not know this key.';
  if (status === 404 || status === 405) return `There is no Portolan window at ${url.origin}.`;
  return status >= 300 && status < 400 ? `${url.origin} sends elsewhere; give the address it sends to.` : undefined;
}

const isBusy = (status: number): boolean => status === 429 || status >= 500;

/** The lines of an answer, one in memory at a time. */
async function* linesOf(message: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of message.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineBytesMax * 4) throw new Error('the answer is too long');
    yield* lines;
  }
}

/** What a window says to a whole request that it does not take. */
async function saidIn(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > problemBytesMax) break;
  }
  const { title, detail } = parsed(text) ?? {};
  return [title, detail].filter((one) => typeof one === 'string').join(': ');
}

/** Throws unless the window takes the request; then its answers follow. */
async function admitted(message: IncomingMessage, url: URL): Promise<void> {
  const status = message.statusCode ?? 0;
  if (status === 200) return;
  const closed = closedBy(status, url);
  if (closed !== undefined) throw new DoorClosed(closed);
  if (isBusy(status)) throw new Interrupted(`it answers ${status}`, message.headers['retry-after']);
  throw new DoorClosed(`The window does not take this: it answers ${status}. ${await saidIn(message)}`.trimEnd());
}

/** The answer to one line, which says itself to which. */
function answerIn(text: string, line: number, url: URL): Answered {
  const { line: to, status, answer, receipt, event, problem } = parsed(text) ?? {};
  if (to !== line || typeof status !== 'number')
    throw new DoorClosed(`${url.origin} does not answer as a Portolan window does.`);
  const closed = closedBy(status, url);
  if (closed !== undefined) throw new DoorClosed(closed);
  if (isBusy(status)) throw new Interrupted(`it answers ${status}`);
  return { status, body: answer ?? receipt ?? event ?? problem };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));

/** Which window, by which key, at which of its doors. */
export interface Address {
  readonly to: string;
  readonly key: string;
  readonly path: string;
  /** Tells the person at the terminal why nothing moves. */
  readonly say: (sentence: string) => void;
  /** The rest before the second try; each further one is twice as long. */
  readonly restMs?: number;
}

/**
 * Opens the way to a window. A parcel sent twice is answered as the first time, so what was broken off is simply sent
 * again.
 */
export function openDoor({ to, key, path, say, restMs = 250 }: Address): Door {
  const base = URL.parse(to);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new DoorClosed(`--to must be an address like http://127.0.0.1:8080, not “${to}”.`);
  }
  const url = new URL(path, base);
  const secure = url.protocol === 'https:';
  const agent = new (secure ? SecureAgent : PlainAgent)({ keepAlive: true, maxSockets: 1 });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/x-ndjson',
    accept: 'application/x-ndjson, application/problem+json',
  };
  const options: RequestOptions = { agent, method: 'POST', headers, timeout: silentMs };
  const post = (): ClientRequest => (secure ? secureRequest : plainRequest)(url, options);
  const way = { url, post, say, restMs };
  return { upload: (lines, stop) => persistently(lines, stop, way), close: () => agent.destroy() };
}

interface Way {
  readonly url: URL;
  readonly post: () => ClientRequest;
  readonly say: (sentence: string) => void;
  readonly restMs: number;
}

/** One request: its answers, as far as they come. Throws where fewer come than lines went out. */
async function* once(lines: readonly string[], stop: AbortSignal, { url, post }: Way): AsyncGenerator<Answered> {
  const request = post();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.on('response', resolve);
  request.on('error', reject);
  request.on('timeout', () => request.destroy(new Interrupted(`nothing moved for ${silentMs / 1000} s`)));
  let sent = 0;
  const pieces = function* (): Generator<string> {
    while (sent < lines.length && !stop.aborted) {
      const piece = lines.slice(sent, sent + pieceLines);
      sent += piece.length;
      yield `${piece.join('\n')}\n`;
    }
  };
  // What goes wrong in sending ends the answer too, and is told there.
  void pipeline(Readable.from(pieces()), request).catch(() => undefined);
  let answers = 0;
  try {
    const message = await promise;
    await admitted(message, url);
    for await (const text of linesOf(message)) {
      answers += 1;
      yield answerIn(text, answers, url);
    }
    if (answers < sent || (sent < lines.length && !stop.aborted)) throw new Interrupted('its answer ended early');
  } finally {
    request.destroy();
  }
}

/** Sends what is not yet answered again, with longer and longer rests, as long as the window is away or too busy. */
async function* persistently(lines: readonly string[], stop: AbortSignal, way: Way): AsyncGenerator<Answered> {
  let done = 0;
  let failed = 0;
  while (done < lines.length) {
    const before = done;
    try {
      for await (const answer of once(lines.slice(done), stop, way)) {
        done += 1;
        yield answer;
      }
      return;
    } catch (error) {
      if (error instanceof DoorClosed) throw error;
      if (done === lines.length) return;
      failed = done > before ? 1 : failed + 1;
      const { origin } = way.url;
      if (failed === tries) throw new DoorClosed(`The window at ${origin} cannot be reached: ${reasonOf(error)}.`);
      const asked = error instanceof Interrupted ? error.restMs : 0;
      const restMs = Math.max(way.restMs * 2 ** (failed - 1), asked);
      way.say(`The window at ${origin} is away or busy (${reasonOf(error)}); asked again in ${restMs / 1000} s.`);
      await delay(restMs, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return;
    }
  }
}
