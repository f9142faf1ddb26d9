import { lookup } from 'node:dns/promises';
import { request as plain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as secure } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { isLoopback } from './config.ts';

/**
 * The one way out of the window. Whoever registers an address could otherwise make the window knock on doors that only
 * it can reach (server-side request forgery), so that an address is looked at before anything is sent, and the
 * connection goes to the very address that was looked at: a name that answers otherwise the second time leads nowhere.
 */

/** Why an address is never written to. */
export type AddressFault = 'not-an-address' | 'not-https' | 'has-credentials' | 'not-public';

/** Why no answer came. */
export type Failure = AddressFault | 'name-unknown' | 'no-answer-in-time' | 'connection-failed';

/** What came of sending: an answer of any status, or none. */
export type Posted =
  | {
      readonly answered: true;
      readonly status: number;
      /** The beginning of the answer's body, as text. */
      readonly body: string;
      /** What `Retry-After` asks for (RFC 9110 §10.2.3), in milliseconds; null without one given in seconds. */
      readonly retryAfterMs: number | null;
    }
  | { readonly answered: false; readonly why: Failure };

/** Sends to addresses outside. */
export interface Outbound {
  /** What can be told of an address without asking for its name; undefined when nothing speaks against it. */
  faultOf(address: string): AddressFault | undefined;
  /** Posts a body. It never throws, follows no redirect, and reads no more of the answer than it keeps. */
  post(address: string, headers: Readonly<Record<string, string>>, body: string | Buffer): Promise<Posted>;
}

export interface OutboundOptions {
  /** Whether this machine itself may be written to, also without TLS: only ever in a demonstration. */
  readonly loopback: boolean;
  /** How long an exchange may take from the name to the last byte. */
  readonly timeoutMs?: number;
  readonly answerBytesMax?: number;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/** Ranges that are not the public internet: IANA special-purpose registries (RFC 6890), multicast, and tunnels. */
const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  inside.addSubnet(net, bits, 'ipv6');
/** Everything else of IPv6 that is global stands here; what embeds an IPv4 address in another way does not. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');
const here = new BlockList();
here.addSubnet('127.0.0.0', 8, 'ipv4');
here.addAddress('::1', 'ipv6');

/** Whether an IP address may be connected to. */
export function mayConnect(address: string, loopback: boolean): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (here.check(address, kind)) return loopback;
  if (inside.check(address, kind)) return false;
  return family === 4 || globalUnicast.check(address, 'ipv6');
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function faultOf(address: string, loopback: boolean): AddressFault | undefined {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'not-an-address';
  if (url.username !== '' || url.password !== '') return 'has-credentials';
  const host = hostOf(url);
  if (url.protocol === 'http:' && !(loopback && isLoopback(host))) return 'not-https';
  if (isIP(host) !== 0 && !mayConnect(host, loopback)) return 'not-public';
  // A name without a dot is one of the operator's own network.
  return isIP(host) === 0 && !host.includes('.') && !(loopback && isLoopback(host)) ? 'not-public' : undefined;
}

const systemResolve = async (name: string): Promise<readonly string[]> =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/** The address to connect to; every one that the name has must be allowed, since any of them could be meant. */
async function checkedAddress(
  url: URL,
  loopback: boolean,
  resolve: (name: string) => Promise<readonly string[]>,
): Promise<{ address: string } | Failure> {
  const host = hostOf(url);
  const found = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  const [address] = found;
  if (address === undefined) return 'name-unknown';
  return found.every((one) => mayConnect(one, loopback)) ? { address } : 'not-public';
}

async function readStart(answer: IncomingMessage, bytesMax: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer) {
    const chunk: Buffer = Buffer.from(part);
    parts.push(chunk.subarray(0, bytesMax - bytes));
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  answer.destroy();
  return Buffer.concat(parts).toString('utf8').replaceAll('\0', '�');
}

function retryAfterOf(answer: IncomingMessage): number | null {
  const given = answer.headers['retry-after'];
  return given !== undefined && /^\d{1,9}$/.test(given) ? Number(given) * 1_000 : null;
}

function exchange(url: URL, options: RequestOptions, body: string | Buffer, bytesMax: number): Promise<Posted> {
  const { promise, resolve, reject } = Promise.withResolvers<Posted>();
  const sent = (url.protocol === 'https:' ? secure : plain)(url, options, (answer) => {
    readStart(answer, bytesMax).then((text) => {
      const status = answer.statusCode ?? 0;
      resolve({ answered: true, status, body: text, retryAfterMs: retryAfterOf(answer) });
    }, reject);
  });
  sent.once('error', reject);
  sent.end(body);
  return promise;
}

/** Makes a way out. Ten seconds an exchange and 4 KiB of an answer are enough to say what came of it. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { loopback, timeoutMs = 10_000, answerBytesMax = 4_096, resolve = systemResolve } = options;
  const send = async (url: URL, headers: Readonly<Record<string, string>>, body: string | Buffer): Promise<Posted> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<'no-answer-in-time'>((done) =>
      signal.addEventListener('abort', () => done('no-answer-in-time'), { once: true }),
    );
    // A name server that stays silent counts as the other side's silence.
    const found = await Promise.race([checkedAddress(url, loopback, resolve), late]);
    if (typeof found === 'string') return { answered: false, why: found };
    const { address } = found;
    const family = isIP(address);
    const request: RequestOptions = {
      method: 'POST',
      agent: false,
      signal,
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      lookup: (_name, { all }, done) =>
        all === true ? done(null, [{ address, family }]) : done(null, address, family),
    };
    return exchange(url, request, body, answerBytesMax).catch(
      (): Posted => ({ answered: false, why: signal.aborted ? 'no-answer-in-time' : 'connection-failed' }),
    );
  };
  return {
    faultOf: (address) => faultOf(address, loopback),
    async post(address, headers, body) {
      const why = faultOf(address, loopback);
      return why === undefined ? send(new URL(address), headers, body) : { answered: false, why };
    },
  };
}

/**
 * Asks an address that the operator himself has set, such as that of an issuer: it may stand in his own network, which
 * no other address leads into. Redirects are not followed.
 */
export const askTrusted = (address: string, init: RequestInit): Promise<Response> =>
  fetch(address, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
