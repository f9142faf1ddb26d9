import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whose doors are mounted at the moment. */
    readonly mounting: { module: string };
  }
  interface FastifyContextConfig {
    /** The module that mounted it. */
    module?: string;
  }
  interface FastifySchema {
    'x-module'?: string;
    'x-ndjson'?: boolean;
    'x-body-bytes'?: number;
  }
}

const isForSystems = (url: string): boolean => url.startsWith('/v1/') || ['/health', '/openapi.json'].includes(url);

/** Describes the doors of a server as OpenAPI, each with whose it is and what it takes at most. */
export async function describe(app: FastifyInstance): Promise<void> {
  const bytesMax = app.initialConfig.bodyLimit ?? 0;
  app.decorate('mounting', { module: 'http' });
  app.addHook('onRoute', (route) => void (route.config = { module: app.mounting.module, ...route.config }));
  /** What a door takes at most and whose it is, beside what its schema says: members of ours in its description. */
  const bounded = (schema: FastifySchema | undefined, { bodyLimit, config, method }: RouteOptions): FastifySchema => {
    const whose = { ...schema, 'x-module': config?.module ?? 'http' };
    if (method === 'GET' || method === 'DELETE') return whose;
    return config?.ndjson === true
      ? { ...whose, 'x-ndjson': true }
      : { ...whose, 'x-body-bytes': bodyLimit ?? bytesMax };
  };
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Portolan',
        version: '1',
        description: 'An open digital single window for cross-border e-commerce.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
    // Pages are for people; only what other systems call is described.
    transform: ({ schema, url, route }) => ({
      schema: isForSystems(url) ? bounded(schema, route) : { ...schema, hide: true },
      url,
    }),
  });
}
