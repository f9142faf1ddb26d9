import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { emptyDb } from '../../test/support/db.ts';
import { migrate, MigrationError, type Schema } from './migrate.ts';

const root = mkdtempSync(join(tmpdir(), 'portolan-migrate-'));
after(() => rmSync(root, { recursive: true }));

function schema(name: string, files: Record<string, string>): Schema {
  const folder = mkdtempSync(join(root, `${name}-`));
  for (const [file, sql] of Object.entries(files)) writeFileSync(join(folder, file), sql);
  return { name, folder: pathToFileURL(`${folder}/`) };
}

const harbour = { '001-quay.sql': 'create table harbour.quay (a int);' };
const longer = {
  ...harbour,
  '002-crane.sql': 'create table harbour.crane (b int); insert into harbour.crane values (1);',
};

test('steps run once, in order, platform first, and later ones on top', async () => {
  const { db } = await emptyDb();
  const first = await migrate(db, [schema('harbour', harbour)]);
  const files = first.map((step) => `${step.module}/${step.file}`);
  assert.equal(files[0], 'platform/001-platform.sql');
  assert.equal(files.indexOf('harbour/001-quay.sql'), files.length - 1);
  const second = await migrate(db, [schema('harbour', longer)]);
  assert.deepEqual(
    second.map((step) => step.file),
    ['002-crane.sql'],
  );
  assert.deepEqual(await migrate(db, [schema('harbour', longer)]), []);
});

test('eight processes that start together make one schema', async () => {
  const { open } = await emptyDb();
  const folders = schema('harbour', longer);
  const ran = await Promise.all(Array.from({ length: 8 }, () => migrate(open(1), [folders])));
  assert.equal(ran.filter((steps) => steps.length > 0).length, 1);
  assert.deepEqual(await open(1).query('select count(*)::int as n from harbour.crane'), [{ n: 1 }]);
});

test('a database that is newer than the program is refused and left alone', async () => {
  const { db } = await emptyDb();
  await migrate(db, [schema('harbour', longer)]);
  await assert.rejects(
    migrate(db, [schema('harbour', harbour)]),
    /newer than this program: it holds step 2 of harbour/,
  );
  await assert.rejects(migrate(db, []), MigrationError);
  const left = `select count(*)::int as n from platform.migrations where module = 'harbour'`;
  assert.deepEqual(await db.query(left), [{ n: 2 }]);
});

test('a step whose text changed after it ran is refused by its file', async () => {
  const { db } = await emptyDb();
  await migrate(db, [schema('harbour', harbour)]);
  const changed = { '001-quay.sql': 'create table harbour.quay (a bigint);' };
  await assert.rejects(migrate(db, [schema('harbour', changed)]), /harbour\/001-quay\.sql is not the file/);
});

test('a step that fails leaves nothing of itself and names its line', async () => {
  const { db } = await emptyDb();
  const broken = { '001-quay.sql': 'create table harbour.quay (a int);\n\nselect nothing;\n' };
  await assert.rejects(migrate(db, [schema('harbour', broken)]), /harbour\/001-quay\.sql line 3: .*nothing/);
  assert.deepEqual(await db.query(`select to_regclass('harbour.quay') as there`), [{ there: null }]);
  assert.equal((await migrate(db, [schema('harbour', harbour)])).length, 1);
});

test('a missing number or a misnamed file is refused before anything runs', async () => {
  const { db } = await emptyDb();
  const gap = { '001-quay.sql': '', '003-crane.sql': '' };
  await assert.rejects(migrate(db, [schema('harbour', gap)]), /003-crane\.sql stands where 002-/);
  await assert.rejects(migrate(db, [schema('harbour', { '1-quay.sql': '' })]), MigrationError);
  assert.deepEqual(await db.query(`select to_regclass('platform.migrations') as there`), [{ there: null }]);
});
