import assert from 'node:assert/strict';
import { test } from 'node:test';
import { map } from '#modules/map.ts';
import { architectureFaults } from './support/architecture.ts';
import { filesIn, type SourceFile } from './support/files.ts';

const files = filesIn(['src'], /\.(ts|sql)$/);

test('the house keeps its rules: imports point left, modules enter by doors the map lists, SQL and settings have their place', () => {
  assert.ok(files.length > 100, 'the files were found');
  assert.deepEqual(architectureFaults(files, map), []);
});

const plan = { accounts: [], parties: [], clearance: ['accounts'] };

function faults(planted: Record<string, string>, on: Record<string, readonly string[]> = plan): string[] {
  const set: SourceFile[] = Object.entries(planted).map(([path, text]) => ({ path, text }));
  return architectureFaults(set, on);
}

const planted: [string, Record<string, string>, RegExp][] = [
  [
    'an upward import',
    { 'src/platform/db.ts': "import { a } from '#portal/text.ts';" },
    /platform imports upwards, from portal/,
  ],
  [
    'an upward import by a relative path',
    { 'src/kernel/id.ts': "\nimport '../platform/db.ts';" },
    /id\.ts:2 the kernel is pure/,
  ],
  [
    'an upward import of a type',
    { 'src/portal/page.ts': "import type { A } from '../app.ts';" },
    /portal imports upwards, from app/,
  ],
  [
    'an upward import when it runs',
    { 'src/platform/db.ts': "const a = await import('#modules/map.ts');" },
    /upwards, from modules/,
  ],
  ['an upward export', { 'src/platform/db.ts': "export {\n  a,\n} from '#modules/map.ts';" }, /upwards, from modules/],
  ['a package in the kernel', { 'src/kernel/id.ts': "import { v7 } from 'uuid';" }, /the kernel is pure/],
  [
    'the driver outside the files that know it',
    { 'src/platform/journal.ts': "import pg from 'pg';" },
    /know the driver/,
  ],
  [
    'a module that the map does not list',
    { 'src/modules/parties/service.ts': "import { a } from '#modules/accounts/index.ts';" },
    /parties may not call accounts/,
  ],
  ['a folder that is not on the map', { 'src/modules/harbour/index.ts': '' }, /harbour is not on the map/],
  [
    'a deep import',
    { 'src/modules/clearance/service.ts': "import { a } from '#modules/accounts/store.ts';" },
    /past its door/,
  ],
  [
    'a deep import by a relative path',
    { 'src/modules/clearance/service.ts': "import { a } from '../accounts/store.ts';" },
    /past its door/,
  ],
  ['a deep import by the app', { 'src/app.ts': "import { a } from '#modules/accounts/service.ts';" }, /past its door/],
  [
    'a store that a page uses',
    { 'src/modules/accounts/pages.ts': "import { a } from './store-read.ts';" },
    /a pages does not import/,
  ],
  [
    'a service that knows the server',
    { 'src/modules/accounts/service.ts': "import Fastify from 'fastify';" },
    /a service does not import fastify/,
  ],
  [
    'a model that reads the database',
    { 'src/modules/accounts/model.ts': "import { a } from './store.ts';" },
    /a model does not import/,
  ],
  [
    'SQL in a service',
    { 'src/modules/accounts/service.ts': 'await tx.query(`select owner\n from accounts.accounts`);' },
    /SQL stands only/,
  ],
  ['SQL on a page', { 'src/portal/page.ts': "const q = 'insert into a values (1)';" }, /SQL stands only/],
  [
    'a table of another schema',
    { 'src/modules/clearance/store.ts': 'const q = `select * from accounts.accounts a`;' },
    /touches a table of accounts/,
  ],
  [
    'a table of another schema in a step',
    { 'src/modules/clearance/sql/001-a.sql': 'insert into platform.journal values (1);' },
    /touches a table of platform/,
  ],
  [
    'a foreign key between schemas',
    { 'src/modules/clearance/sql/001-a.sql': 'create table clearance.a (b uuid references accounts.accounts (id));' },
    /no foreign key crosses/,
  ],
  [
    'process.env outside config',
    { 'src/modules/accounts/service.ts': 'const { env } = process; const a = process.env.HOME;' },
    /only src\/platform\/config\.ts/,
  ],
  [
    'process.env by another name',
    { 'src/main.ts': "import { env } from 'node:process';" },
    /only src\/platform\/config\.ts/,
  ],
];

for (const [what, set, message] of planted) {
  test(`the check fails when it is shown ${what}`, () => {
    const found = faults(set);
    assert.ok(
      found.some((fault) => message.test(fault)),
      found.join('\n'),
    );
  });
}

test('a map that points down is a fault of the map', () => {
  assert.match(
    faults({}, { accounts: ['clearance'], clearance: [] }).join(),
    /accounts lists clearance, which does not stand above/,
  );
});

test('what is allowed is let through', () => {
  const allowed = {
    'src/modules/clearance/service.ts':
      "import { claim } from '#modules/accounts/index.ts';\n// select * from anything in a comment\nimport type { FastifyRequest } from 'fastify';\nconst words = 'Select a person from the list';\n".replace(
        "'Select a person from the list'",
        "'from the list'",
      ),
    'src/modules/clearance/store.ts':
      'const q = `select granted from accounts.claim($1) where x in (select y from clearance.rows)`;',
    'src/platform/config.ts': 'const a = process.env;',
    'src/app.ts': "import { accountsModule } from '#modules/accounts/module.ts';",
    'src/modules/clearance/clear.test.ts':
      "import { a } from '#modules/accounts/store.ts'; const q = 'select 1 from a';",
    'src/modules/accounts/index.ts': '',
  };
  assert.deepEqual(faults(allowed), []);
});
