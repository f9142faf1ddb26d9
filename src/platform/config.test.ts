import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

test('nothing set gives a demonstration window on loopback', () => {
  assert.deepEqual(readConfig({}, [], '/srv/portolan'), {
    host: '127.0.0.1',
    port: 8080,
    origin: 'http://127.0.0.1:8080',
    issuer: {
      url: 'http://127.0.0.1:8080/oidc',
      embedded: true,
      clientId: 'portal',
      clientSecret: null,
      audience: 'http://127.0.0.1:8080/v1',
      claims: { person: 'preferred_username', client: 'client_id' },
      windows: [],
    },
    dataFolder: '/srv/portolan/data',
    economy: 'xp',
    packFolders: [],
    proxies: [],
    demo: true,
    shared: '/srv/shared',
    schemas: null,
    smtp: null,
    processes: 1,
    sharedBuffers: '512MB',
    keepDays: null,
    theme: null,
  });
});

test('every setting is taken, and the whole is frozen', () => {
  const config = readConfig(
    {
      HOST: '0.0.0.0',
      PORT: '9000',
      PORTOLAN_ORIGIN: 'https://window.example/',
      PORTOLAN_DATA: 'elsewhere',
      DATABASE_URL: 'postgres://a@b/c',
      PORTOLAN_ECONOMY: 'xp-free',
      PORTOLAN_PACKS: '/packs:mine',
      PORTOLAN_SHARED: '',
      PORTOLAN_SCHEMAS: '',
    },
    ['--empty'],
    '/srv',
  );
  assert.deepEqual(
    [config.origin, config.dataFolder, config.databaseUrl, config.packFolders, config.demo, config.shared],
    ['https://window.example', '/srv/elsewhere', 'postgres://a@b/c', ['/packs', '/srv/mine'], false, '/shared'],
  );
  assert.throws(() => Object.assign(config, { port: 1 }), TypeError);
});

test('a folder of official schemas is only there where it was named', () => {
  assert.equal(readConfig({}, [], '/srv').schemas, null);
  assert.equal(readConfig({ PORTOLAN_SCHEMAS: 'xsd' }, [], '/srv').schemas, '/srv/xsd');
});

test('a window that others can reach is never a demonstration', () => {
  assert.equal(readConfig({ HOST: '10.0.0.1', PORTOLAN_ORIGIN: 'https://w.example' }, []).demo, false);
  assert.equal(readConfig({ HOST: '::1' }, []).origin, 'http://[::1]:8080');
});

test('what cannot be used is refused by the name of the setting', () => {
  const refused = (env: Record<string, string>, argv: string[] = []): string => {
    try {
      readConfig(env, argv);
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.message;
    }
    return '';
  };
  assert.match(refused({ PORT: '80a' }), /^PORT must/);
  assert.match(refused({ PORT: '70000' }), /^PORT must/);
  assert.match(refused({ HOST: '0.0.0.0' }), /^PORTOLAN_ORIGIN must be set/);
  assert.match(refused({ HOST: '0.0.0.0', PORTOLAN_ORIGIN: 'http://w.example' }), /^PORTOLAN_ORIGIN must be an https/);
  assert.match(refused({ PORTOLAN_ORIGIN: 'https://w.example/path' }), /^PORTOLAN_ORIGIN must/);
  assert.match(refused({ DATABASE_URL: 'mysql://x' }), /^DATABASE_URL must/);
  assert.match(refused({ PORTOLAN_ECONOMY: 'Ponenta' }), /^PORTOLAN_ECONOMY must/);
  assert.match(refused({ PORTOLAN_KEEP_DAYS: '0' }), /^PORTOLAN_KEEP_DAYS must/);
  assert.match(refused({ PORTOLAN_SHARED_BUFFERS: 'lots' }), /^PORTOLAN_SHARED_BUFFERS must/);
  assert.match(refused({}, ['--emtpy']), /--emtpy/);
});

test('proxies are named by address or network, and anything else is told', () => {
  const named = (PORTOLAN_PROXIES: string): readonly string[] => readConfig({ PORTOLAN_PROXIES }, [], '/srv').proxies;
  assert.deepEqual(named('127.0.0.1, 10.0.0.0/8,::1'), ['127.0.0.1', '10.0.0.0/8', '::1']);
  for (const wrong of ['localhost', '10.0.0.0/33', '10.0.0.0/8/8', 'true'])
    assert.throws(() => named(wrong), ConfigError, wrong);
});
