import compress from '@fastify/compress';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { constants } from 'node:zlib';
import type { Html } from '#kernel/html.ts';
import { assets } from './assets.ts';

/**
 * Puts the portal's furniture into the app: the asset routes, and compression of pages. Answers of the API are not
 * compressed, since that would cost more than it saves on the path of single parcels; `sendPage` asks for it.
 */
export async function furnish(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    global: false,
    encodings: ['br', 'gzip'],
    // Quality 4 gives nearly the size of 11 on pages of this kind at a hundredth of its time.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  assets(app);
}

/** Sends a page. It is of this person at this moment, so nobody keeps it. */
export function sendPage(reply: FastifyReply, document: Html, status = 200): FastifyReply {
  reply.code(status).type('text/html; charset=utf-8').header('cache-control', 'private, no-store');
  reply.header('vary', 'Accept-Language, Cookie');
  reply.compress(document.toString());
  return reply;
}
