import type { FastifyInstance } from 'fastify';
import { httpDateOf, msOfInstant } from './clock.ts';

/** Since when a door is deprecated, when it goes, and what takes its place: days, from their beginning in UTC. */
export interface Deprecated {
  readonly since: string;
  /** The day on which it is there no more; undefined while that is not decided. */
  readonly sunset?: string;
  /** The address of the door that takes its place. */
  readonly successor?: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Says that this door goes out of use: its answers carry it, and its description says it. */
    deprecated?: Deprecated;
  }
}

/** Where the promise stands that these headers keep. */
export const promisePage = '/docs/versions';

/** The headers of a deprecated door: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and where to read on. */
export function deprecationHeaders({ since, sunset, successor }: Deprecated): Record<string, string> {
  const links = [`<${promisePage}>; rel="deprecation"; type="text/html"`];
  if (successor !== undefined) links.push(`<${successor}>; rel="successor-version"`);
  return {
    deprecation: `@${msOfInstant(`${since}T00:00:00Z`) / 1_000}`,
    ...(sunset === undefined ? {} : { sunset: httpDateOf(msOfInstant(`${sunset}T00:00:00Z`)) }),
    link: links.join(', '),
  };
}

/** Lets every door that says so carry its deprecation; a door that says nothing gets no hook and pays nothing. */
export function markDeprecated(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const deprecated = route.config?.deprecated;
    if (deprecated === undefined) return;
    const headers = deprecationHeaders(deprecated);
    const present = [route.onRequest ?? []].flat();
    route.onRequest = [
      ...present,
      (_request, reply, done) => {
        reply.headers(headers);
        done();
      },
    ];
    route.schema = { ...route.schema, deprecated: true };
  });
}
