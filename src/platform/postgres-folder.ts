import { chmodSync, lstatSync, mkdirSync, realpathSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { codeOf } from './db.ts';
import { own, StartError, type Runner } from './postgres-binaries.ts';

const firstBytesMin = 200 * 2 ** 20;
const laterBytesMin = 48 * 2 ** 20;
const socketPathMax = 107;

/** What kept a server from starting, as one sentence that says what to do. */
export function spoken(folder: string, words: string): StartError {
  if (/No space left|ENOSPC|Disk quota/i.test(words)) {
    return new StartError(
      `The disk that holds ${folder} is full: free some space there, or set PORTOLAN_DATA to a folder on another disk.`,
    );
  }
  if (/EROFS|Read-only file system/i.test(words)) {
    return new StartError(
      `${folder} is on a disk that is read-only: set PORTOLAN_DATA to a folder that can be written.`,
    );
  }
  if (/EACCES|EPERM|Permission denied|Operation not permitted|wrong ownership/i.test(words)) {
    return new StartError(
      `${folder} cannot be written by this user: give the folder to the user, or set PORTOLAN_DATA to another one.`,
    );
  }
  if (/ENOTDIR|EEXIST/.test(words)) {
    return new StartError(`${folder} is a file, not a folder: set PORTOLAN_DATA to a folder.`);
  }
  if (/Cannot allocate memory|could not map anonymous shared memory|could not create shared memory/i.test(words)) {
    return new StartError(
      'PostgreSQL was given more memory than there is: set PORTOLAN_SHARED_BUFFERS to less, say 64MB.',
    );
  }
  if (/incompatible with server|initialized by PostgreSQL version/i.test(words)) {
    return new StartError(
      `${folder} was made by another version of PostgreSQL: start the program that made it, or use its backup.`,
    );
  }
  return new StartError(`PostgreSQL did not start on ${folder}: ${words.trim().split('\n').slice(-3).join(' | ')}`);
}

/** Makes the data folder where it is missing, and finds out whether it can be written. */
export function prepare(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    const probe = join(folder, `.probe-${process.pid}`);
    writeFileSync(probe, 'x');
    rmSync(probe);
    return realpathSync(folder);
  } catch (error) {
    throw spoken(folder, codeOf(error));
  }
}

/** Refuses a disk that would be full in a moment, before anything half-made stands on it. */
export function checkSpace(folder: string, first: boolean): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < (first ? firstBytesMin : laterBytesMin)) throw spoken(folder, 'ENOSPC');
}

/**
 * Takes the folder for this process. The lock is a name in the kernel's own table of sockets, derived from the folder's
 * identity: it is given back at the very moment the process ends, however it ends, and no file is left to judge.
 */
export function lockFolder(folder: string): Promise<Server> {
  const { dev, ino } = statSync(folder);
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error) => {
      if (codeOf(error) !== 'EADDRINUSE') return reject(error);
      const words = `Another window already runs on ${folder}: stop it first, or set PORTOLAN_DATA to another folder.`;
      return reject(new StartError(words));
    });
    server.listen(`\0portolan-${dev.toString(36)}-${ino.toString(36)}`, () => resolve(server));
  });
}

/** A socket's path has at most 107 bytes, so a long data folder gets a short one for it, which only we may enter. */
export function socketFolderFor(folder: string, runner: Runner): string {
  const near = join(folder, 'run');
  const fits = Buffer.byteLength(join(near, '.s.PGSQL.5432')) <= socketPathMax;
  const { dev, ino } = statSync(folder);
  const path = fits ? near : `/tmp/portolan-${runner.owner.uid}-${dev.toString(36)}-${ino.toString(36)}`;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const there = lstatSync(path);
  if (!there.isDirectory() || (there.uid !== runner.owner.uid && there.uid !== process.getuid?.())) {
    throw new StartError(
      `${path} belongs to somebody else: remove it, or set PORTOLAN_DATA to a folder with a shorter path.`,
    );
  }
  chmodSync(path, 0o700);
  own(path, runner);
  return path;
}
