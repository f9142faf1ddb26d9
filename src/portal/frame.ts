import type { FastifyRequest } from 'fastify';
import type { Frame } from './layout.ts';

/** What a page needs beside what every service needs: the frame of its request, which app.ts makes. */
declare module '#platform/context.ts' {
  interface Context {
    frame(request: FastifyRequest): Promise<Frame>;
  }
}
