import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './db.ts';

/**
 * A file of named members that is written front to back and read front to back: a plain POSIX tar (ustar), so that
 * `tar -tf` lists it everywhere and in thirty years. The last member, `checksum`, holds the SHA-256 of every byte
 * before its header.
 */

/** A file that is not what it should be; the message is one sentence. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const block = 512;
const nameMax = 100;
const memberMax = 1 << 28;
const checksumName = 'checksum';

const padding = (size: number): number => (block - (size % block)) % block;
const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > nameMax) throw new Error(`the name of a member is too long: ${name}`);
  const header = Buffer.alloc(block);
  header.write(name, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(0, 12), 136);
  header.fill(' ', 148, 156);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return header;
}

/** An archive being written. Under its own name it appears when it is whole and on the disk. */
export interface ArchiveWriter {
  readonly bytes: number;
  add(name: string, content: Buffer): Promise<void>;
  /** Writes the checksum, brings everything to the disk, and gives the file its name; answers the SHA-256. */
  finish(): Promise<string>;
  /** Removes what was written so far. */
  abandon(): Promise<void>;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Begins an archive; only its owner may read it. Throws an ArchiveError where the file is there already. */
export async function createArchive(path: string): Promise<ArchiveWriter> {
  const half = `${path}.part`;
  const there = await open(path, 'r').catch(() => undefined);
  if (there !== undefined) {
    await there.close();
    throw new ArchiveError(`${path} is there already, and stays as it is: choose another name.`);
  }
  const handle = await open(half, 'w', 0o600).catch((error: unknown) => {
    throw new ArchiveError(`${path} cannot be written (${codeOf(error)}).`);
  });
  const hash = createHash('sha256');
  let bytes = 0;
  const put = async (piece: Buffer): Promise<void> => {
    hash.update(piece);
    bytes += piece.length;
    await handle.appendFile(piece).catch((error: unknown) => {
      const full = codeOf(error) === 'ENOSPC';
      throw new ArchiveError(full ? `The disk of ${path} is full.` : `${path} cannot be written (${codeOf(error)}).`);
    });
  };
  const add = (name: string, content: Buffer): Promise<void> =>
    put(Buffer.concat([headerOf(name, content.length), content, Buffer.alloc(padding(content.length))]));
  return {
    get bytes() {
      return bytes;
    },
    add,
    async finish() {
      const digest = hash.copy().digest('hex');
      await add(checksumName, Buffer.from(`sha256 ${digest}\n`));
      await put(Buffer.alloc(2 * block));
      await handle.sync();
      await handle.close();
      await rename(half, path);
      await syncFolder(dirname(path));
      return digest;
    },
    async abandon() {
      await handle.close().catch(() => undefined);
      await rm(half, { force: true });
    },
  };
}

/** One member of an archive. */
export interface Member {
  readonly name: string;
  readonly content: Buffer;
}

async function exactly(handle: FileHandle, size: number, damaged: () => ArchiveError): Promise<Buffer> {
  const into = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(into, filled, size - filled, null);
    if (bytesRead === 0) throw damaged();
    filled += bytesRead;
  }
  return into;
}

function sizeOf(header: Buffer): number | undefined {
  const text = (from: number, until: number): string => header.toString('latin1', from, until).replace(/[\0 ]+$/, '');
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  const size = Number.parseInt(text(124, 136), 8);
  const sound = text(257, 262) === 'ustar' && Number.parseInt(text(148, 156), 8) === sum;
  return sound && size >= 0 && size <= memberMax ? size : undefined;
}

/**
 * The members of an archive in their order, without the checksum, which is compared when everything before it has been
 * read: whoever acts before the last member acts on what may be damaged. Throws an ArchiveError where the file is not
 * there, is no archive, ends too early, or is not what was written.
 */
export async function* readArchive(
  path: string,
  progress: (bytes: number) => void = () => undefined,
): AsyncGenerator<Member> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    const missing = codeOf(error) === 'ENOENT';
    throw new ArchiveError(missing ? `There is no file ${path}.` : `${path} cannot be read (${codeOf(error)}).`);
  });
  try {
    const hash = createHash('sha256');
    let read = 0;
    const cut = (): ArchiveError =>
      new ArchiveError(
        read === 0 ? `${path} is no backup.` : `${path} is damaged: it ends after ${read} bytes, too early.`,
      );
    for (;;) {
      const header = await exactly(handle, block, cut);
      const size = sizeOf(header);
      if (size === undefined) {
        throw new ArchiveError(read === 0 ? `${path} is no backup.` : `${path} is damaged at byte ${read}.`);
      }
      const name = header.toString('utf8', 0, header.indexOf(0));
      const body = await exactly(handle, size + padding(size), cut);
      const content = body.subarray(0, size);
      if (name === checksumName) {
        if (content.toString('latin1') === `sha256 ${hash.digest('hex')}\n`) return;
        throw new ArchiveError(`${path} is damaged: its bytes are not those that were written (checksum).`);
      }
      hash.update(header).update(body);
      read += block + body.length;
      progress(read);
      yield { name, content };
    }
  } finally {
    await handle.close();
  }
}
