import type { IncomingHttpHeaders } from 'node:http';
import { type Config, isLoopback } from '#platform/config.ts';

/** What of a request is looked at to find out who asks. Fastify's request has this shape. */
export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly body?: unknown;
}

/** What a browser says of itself, as far as it is kept to tell one device of a person from another. */
export const deviceOf = ({ headers }: Asked): string =>
  (headers['user-agent'] ?? '').replaceAll(/[^\x20-\x7e]/g, '').slice(0, 300);

/**
 * Whether a changing request comes from a page of this window, by what the browser says itself: `Sec-Fetch-Site`, and
 * from a browser too old for that `Origin`. A caller that says neither is no browser of today.
 */
export function fromOurPages(config: Config, request: Asked): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return origin === config.origin || (host !== undefined && URL.parse(origin)?.host === host);
}

/** Whether the request comes from this machine itself and went through no proxy, asked under a name of this machine. */
export function fromLoopback(request: Asked): boolean {
  const { headers } = request;
  const address = request.socket.remoteAddress ?? '';
  const here = address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address);
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some(
    (name) => name in headers,
  );
  // A page elsewhere can point a name of its own at 127.0.0.1 and let a browser here ask for it.
  const asked = URL.parse(`http://${headers.host ?? ''}`)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return here && !forwarded && isLoopback(asked);
}
