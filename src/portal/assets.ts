import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const names = ['app.css', 'app.rtl.css', 'app.js', 'filing.js', 'table.js', 'passkeys.js', 'favicon.svg'] as const;

/** A file of src/portal/assets. */
type AssetName = (typeof names)[number];

const kinds: Readonly<Record<AssetName, string>> = {
  'app.css': 'text/css; charset=utf-8',
  'app.rtl.css': 'text/css; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'filing.js': 'text/javascript; charset=utf-8',
  'table.js': 'text/javascript; charset=utf-8',
  'passkeys.js': 'text/javascript; charset=utf-8',
  'favicon.svg': 'image/svg+xml',
};

interface Asset {
  readonly type: string;
  readonly hash: string;
  readonly identity: Buffer;
  br?: Buffer;
  gzip?: Buffer;
}

const loaded = new Map<string, Asset>();

function load(name: AssetName): Asset {
  const known = loaded.get(name);
  if (known) return known;
  const identity = readFileSync(new URL(`assets/${name}`, import.meta.url));
  const asset: Asset = {
    type: kinds[name],
    hash: createHash('sha256').update(identity).digest('hex').slice(0, 12),
    identity,
  };
  loaded.set(name, asset);
  return asset;
}

/** The bytes as they are sent, compressed when they are first asked for: a window that starts has more to do. */
function bytesOf(asset: Asset, encoding: 'br' | 'gzip' | 'identity'): Buffer {
  if (encoding === 'br')
    return (asset.br ??= brotliCompressSync(asset.identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  if (encoding === 'gzip') return (asset.gzip ??= gzipSync(asset.identity, { level: 9 }));
  return asset.identity;
}

/** The address of a file with the hash of its content, so that browsers may keep it for ever. */
export const assetUrl = (name: AssetName): string => `/assets/${name}?v=${load(name).hash}`;

/**
 * The script of the service worker: it is served at the root of the window, since a browser lets a worker look after
 * what lies below its own address only.
 */
export const workerScript = (): string => readFileSync(new URL('assets/service-worker.js', import.meta.url), 'utf8');

/** Serves the files at `/assets/<name>`, each compressed once. */
export function assets(app: FastifyInstance): void {
  for (const name of names) {
    const asset = load(name);
    app.get(`/assets/${name}`, (request, reply) => send(asset, request, reply));
  }
}

function send(asset: Asset, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const accepted = request.headers['accept-encoding'] ?? '';
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
  const etag = `"${asset.hash}-${encoding}"`;
  const asked = new URLSearchParams(request.url.split('?')[1]).get('v');
  reply
    .header('vary', 'Accept-Encoding')
    .header('etag', etag)
    // Only an address that names the content may be kept without asking again (RFC 8246).
    .header('cache-control', asked === asset.hash ? 'public, max-age=31536000, immutable' : 'public, no-cache');
  if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
  reply.type(asset.type);
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.send(bytesOf(asset, encoding));
}
