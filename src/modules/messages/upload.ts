import type { FastifyRequest } from 'fastify';
import type { Form } from './service.ts';

/** A file out of a form, with the token that the form carries. */
export interface Uploaded {
  readonly csrf: string;
  readonly file: Buffer;
  readonly form: Form;
}

const nothing: Uploaded = { csrf: '', file: Buffer.alloc(0), form: 'xml' };

/** What begins like XML is; a table is told by its name otherwise, since browsers call both what they like. */
function formOf(file: Buffer, name: string): Form {
  const start = file
    .subarray(0, 64)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  return !start.startsWith('<') && (/\.csv$/i.test(name) || start.includes(',')) ? 'csv' : 'xml';
}

/** Reads a form with a file in it, by the reader that comes with Node; what is no form is one without anything. */
export async function readUpload(request: FastifyRequest, body: string | Buffer): Promise<Uploaded> {
  const type = request.headers['content-type'] ?? '';
  const bytes = Buffer.from(body);
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => null);
  if (form === null) return nothing;
  const csrf = form.get('csrf');
  const sent = form.get('file');
  const file = sent instanceof File ? Buffer.from(await sent.arrayBuffer()) : Buffer.alloc(0);
  const name = sent instanceof File ? sent.name : '';
  return { csrf: typeof csrf === 'string' ? csrf : '', file, form: formOf(file, name) };
}
