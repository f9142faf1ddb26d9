import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { textUnusable } from './body.ts';
import type { App } from './http.ts';
import { Invalid } from './validation.ts';

/** A file of a form, as it was sent. What its sender calls it and says it is, is not to be believed. */
export interface Upload {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether there was more of it than is taken; the bytes are then worth nothing. */
  readonly tooLarge: boolean;
}

/** How many files one form brings at most, and how large each may be. */
export interface UploadLimits {
  readonly files: number;
  readonly bytes: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The files that came with the form, by the name of their field; a field left empty is not there. */
    uploads: ReadonlyMap<string, readonly Upload[]>;
  }
}

/** What a form has around its files. */
const aroundFiles = 1 << 18;

async function read(part: MultipartFile): Promise<Upload> {
  const chunks: Buffer[] = [];
  for await (const chunk of part.file) chunks.push(chunk as Buffer);
  // The plugin's types promise a name, which a field in which nothing was chosen does not have.
  const { filename }: { filename?: string } = part;
  return { name: filename ?? '', bytes: Buffer.concat(chunks), tooLarge: part.file.truncated };
}

/** Takes the form apart: its texts become the body, as of any other form, and its files stand beside them. */
async function takeApart(request: FastifyRequest, most: number): Promise<void> {
  if (Number(request.headers['content-length'] ?? Infinity) > most)
    throw new Invalid({ code: 'http/body-too-large', params: { limit: String(most) } });
  const texts: Record<string, string> = {};
  const files = new Map<string, Upload[]>();
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      if (textUnusable(part.value)) throw new Invalid({ code: 'http/text-unusable', pointer: `/${part.fieldname}` });
      // As with any other form, a repeated name counts once.
      if (!Object.hasOwn(texts, part.fieldname) && typeof part.value === 'string') texts[part.fieldname] = part.value;
    } else {
      const upload = await read(part);
      // A browser sends a field in which nothing was chosen as a file without a name and without bytes.
      if (upload.name !== '' || upload.bytes.length > 0)
        files.set(part.fieldname, [...(files.get(part.fieldname) ?? []), upload]);
    }
  }
  request.body = texts;
  request.uploads = files;
}

/**
 * Mounts routes whose forms bring files (`multipart/form-data`). They stand in a scope of their own, so that no other
 * address reads files. A form without files is read there as everywhere.
 */
export async function withUploads(app: App, limits: UploadLimits, mount: (scope: App) => void): Promise<void> {
  const most = limits.files * limits.bytes + aroundFiles;
  await app.register(async (scope: App) => {
    await scope.register(multipart, {
      throwFileSizeLimit: false,
      limits: { files: limits.files, fileSize: limits.bytes, fields: 200, fieldSize: 65_536 },
    });
    scope.decorateRequest('uploads');
    scope.addHook('onRequest', (request, _reply, done) => {
      request.uploads = new Map();
      done();
    });
    scope.addHook('preValidation', async (request) => {
      if (request.isMultipart()) await takeApart(request, most);
    });
    mount(scope);
  });
}
