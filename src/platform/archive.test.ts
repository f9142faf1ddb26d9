import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { ArchiveError, createArchive, readArchive } from './archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-archive-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const path = (): string => join(folder, `${(made += 1)}.tar`);

async function written(members: Readonly<Record<string, Buffer>>): Promise<string> {
  const file = path();
  const archive = await createArchive(file);
  for (const [name, content] of Object.entries(members)) await archive.add(name, content);
  await archive.finish();
  return file;
}

async function read(file: string): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for await (const { name, content } of readArchive(file)) found[name] = Buffer.from(content);
  return found;
}

const three = { 'one.json': Buffer.from('{}'), 'two/000001.gz': Buffer.alloc(1_500, 7), empty: Buffer.alloc(0) };

test('what is put in comes out, in its order, and tar itself lists and unpacks it', async () => {
  const file = await written(three);
  assert.deepEqual(await read(file), three);
  const listed = spawnSync('tar', ['-tf', file], { encoding: 'utf8' });
  assert.deepEqual(listed.stdout.trim().split('\n'), [...Object.keys(three), 'checksum']);
  const unpacked = spawnSync('tar', ['-xOf', file, 'two/000001.gz']);
  assert.deepEqual(unpacked.stdout, three['two/000001.gz']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a file with any byte before the checksum changed is refused', async () => {
  const file = await written(three);
  const bytes = readFileSync(file);
  const end = bytes.indexOf('checksum');
  const copy = path();
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: end - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ by;
      writeFileSync(copy, changed);
      await assert.rejects(read(copy), ArchiveError);
    }),
    { numRuns: 200 },
  );
});

test('a file cut anywhere before its checksum is complete is refused', async () => {
  const whole = readFileSync(await written(three));
  const file = path();
  for (let size = 0; size <= whole.length - 1_025; size += 331) {
    writeFileSync(file, whole);
    truncateSync(file, size);
    await assert.rejects(read(file), /is damaged|is no backup/);
  }
});

test('a file that is there stays, and one that was abandoned leaves nothing', async () => {
  const file = await written(three);
  await assert.rejects(createArchive(file), /is there already, and stays as it is/);
  const other = path();
  const archive = await createArchive(other);
  await archive.add('one', Buffer.from('1'));
  await archive.abandon();
  assert.equal(existsSync(other) || existsSync(`${other}.part`), false);
  await assert.rejects(read(other), /There is no file/);
});
