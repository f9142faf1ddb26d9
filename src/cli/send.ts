import { Agent as PlainAgent, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

/** What a window answered. */
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

/** Where parcels are filed, over kept-alive connections, at most so many at once. */
export interface Door {
  file(raw: string): Promise<Answered>;
  close(): void;
}

const tries = 7;
const firstRestMs = 250;
const silentMs = 30_000;
const answerBytesMax = 4_000_000;

interface Exchange extends Answered {
  readonly retryAfter: string | undefined;
}

async function bodyOf(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > answerBytesMax) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.slice(0, 200);
  }
}

/** What an answer means for all parcels after it, where it means that; undefined where it concerns this one only. */
function closedBy({ status }: Answered, url: URL): string | undefined {
  if (status === 401) return 'The window does not know this key.';
  if (status === 404 || status === 405) return `There is no Portolan window at ${url.origin}.`;
  return status >= 300 && status < 400 ? `${url.origin} sends elsewhere; give the address it sends to.` : undefined;
}

/**
 * Opens the way to a window. A parcel sent twice is answered as the first time, so a lost answer is simply asked for
 * again.
 */
export function openDoor(address: string, key: string, atOnce: number, path = '/v1/consignments'): Door {
  const base = URL.parse(address);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new DoorClosed(`--to must be an address like http://127.0.0.1:8080, not “${address}”.`);
  }
  const url = new URL(path, base);
  const secure = url.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: atOnce };
  const agent = secure ? new SecureAgent(options) : new PlainAgent(options);
  const post = secure ? secureRequest : plainRequest;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json' };
  const once = async (raw: string): Promise<Exchange> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const length = Buffer.byteLength(raw);
    const how: RequestOptions = {
      agent,
      method: 'POST',
      headers: { ...headers, 'content-length': length },
      timeout: silentMs,
    };
    const sent = post(url, how, resolve);
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${silentMs / 1000} s`)));
    sent.on('error', reject);
    sent.end(raw);
    const message = await promise;
    return { status: message.statusCode ?? 0, retryAfter: message.headers['retry-after'], body: await bodyOf(message) };
  };
  return {
    file: (raw) => persistently(() => once(raw), url),
    close: () => agent.destroy(),
  };
}

/** Asks again, with longer and longer rests, where the window is not there or is too busy. */
async function persistently(once: () => Promise<Exchange>, url: URL): Promise<Answered> {
  let last = '';
  for (let attempt = 0; attempt < tries; attempt += 1) {
    let restMs = firstRestMs * 2 ** attempt;
    try {
      const answer = await once();
      const closed = closedBy(answer, url);
      if (closed !== undefined) throw new DoorClosed(closed);
      if (answer.status < 500 && answer.status !== 429) return answer;
      last = `it answers ${answer.status}`;
      if (/^\d{1,3}$/.test(answer.retryAfter ?? '')) restMs = Math.max(restMs, Number(answer.retryAfter) * 1000);
    } catch (error) {
      if (error instanceof DoorClosed) throw error;
      last = error instanceof Error ? error.message : String(error);
    }
    if (attempt < tries - 1) await delay(restMs);
  }
  throw new DoorClosed(`The window at ${url.origin} cannot be reached: ${last}.`);
}
