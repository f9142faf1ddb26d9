import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, refuse, type Result } from '#kernel/result.ts';

/** An upload that was written to disk, because nothing of it may be acted on before all of it is known. */
export interface Spooled {
  /** SHA-256 of the bytes as they came, hex. */
  readonly sha256: string;
  read(): AsyncIterable<Buffer>;
  /** Takes it off the disk again. */
  drop(): Promise<void>;
}

/**
 * Writes a stream into a file of its own in the folder for temporary files, readable by this user alone, and refuses
 * one of more bytes than the limit. Backpressure is that of the disk.
 */
export async function spool(chunks: AsyncIterable<Buffer>, bytesMax: number): Promise<Result<Spooled>> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-upload-'));
  const path = join(folder, 'upload');
  const drop = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const digest = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > bytesMax) break;
        digest.update(chunk);
        await file.write(chunk);
      }
    } finally {
      await file.close();
    }
    if (bytes > bytesMax) {
      await drop();
      return refuse('http/body-too-large', { params: { limit: String(bytesMax) } });
    }
  } catch (error) {
    await drop();
    throw error;
  }
  return ok({ sha256: digest.digest('hex'), read: () => createReadStream(path), drop });
}
