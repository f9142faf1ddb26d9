import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { openAccount } from '#modules/accounts/index.ts';
import { castAuthorities, castGuarantees, castParties, castRepresentations, ids } from '#modules/demo/index.ts';
import { enrol } from '#modules/parties/index.ts';
import { addNames, putRule } from '#modules/risk/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { schemas } from '#modules/schemas.ts';
import type { Principal } from '#platform/auth.ts';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Context } from '#platform/context.ts';
import { type Db, openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { migrate } from '#platform/migrate.ts';
import { startPostgres } from '#platform/postgres.ts';
import { must } from '#kernel/result.ts';
import { filers, guaranteeCeiling, keyOf, mix, senders } from './mix.ts';

const from = '2020-01-01';

const administrator: Principal = {
  subject: '00000000-0000-7000-8000-000000000001',
  name: 'bench',
  client: null,
  party: null,
  authority: null,
  roles: ['administrator'],
  representations: [],
  mandates: [],
  scopes: [],
  assurance: 'password',
  on: from,
};

async function enrolEverybody(context: Context): Promise<void> {
  const declarants = filers.map((identifier) => ({
    identifier,
    name: `Agent ${identifier}`,
    language: 'en',
    roles: ['declarant' as const],
  }));
  await enrol(context, {
    from,
    parties: [...castParties.map((one) => ({ ...one, roles: [...one.roles] })), ...declarants],
    authorities: castAuthorities.map(({ identifier, name, language }) => ({ identifier, name, language })),
    representations: [
      ...castRepresentations.map((one) => ({ ...one, scope: [...one.scope] })),
      ...filers.map((representative) => ({
        represented: ids.guarantor,
        representative,
        kind: 'direct' as const,
        scope: ['guarantee' as const],
      })),
    ],
    clients: senders.map((party) => ({
      name: party,
      key: keyOf(party),
      party,
      authority: null,
      scopes: ['file' as const, 'read' as const],
    })),
  });
  const unit = context.reference.current().get(packsPart).home.currency;
  await context.db.tx(async (tx) => {
    for (const one of castGuarantees) must(await openAccount(tx, { kind: 'guarantee', unit, ...one }));
    for (const owner of filers)
      must(await openAccount(tx, { kind: 'guarantee', owner, unit, ceiling: guaranteeCeiling }));
  });
}

async function watch(context: Context): Promise<void> {
  for (const { id, condition, share } of mix.watch) {
    const rule = { condition, share, ground: 'bench/watched', desk: 'customs', source: 'Customs Code, art. 46', from };
    must(await putRule(context, administrator, id, rule));
  }
  const names = Array.from({ length: mix.deniedNames }, (_, index) => ({
    list: 'bench',
    name: `Nobody Number${index} Whatsoever`,
    source: 'invented for the benchmark',
  }));
  must(await addNames(context, administrator, names));
}

/** What a window of its own is started with, in a folder below the benchmark's. */
export function below(config: Config, name: string, port: number): Config {
  const dataFolder = join(config.dataFolder, name);
  mkdirSync(dataFolder, { recursive: true, mode: 0o755 });
  return { ...config, dataFolder, port };
}

/**
 * Brings PostgreSQL's log to the length that it has, and keeps, in a window that has been at work: in a new database
 * every 16 MB of it are a new file that is filled and flushed first, and every commit waits for that.
 */
async function lengthenLog(db: Db, files: number): Promise<void> {
  for (let file = 0; file < files; file += 1) {
    await db.query("select pg_logical_emit_message(false, 'bench', '')");
    await db.query('select pg_switch_wal()');
  }
  await db.query('checkpoint');
}

/**
 * Fills a data folder with an empty window's parties, clients, accounts, rules and names, and leaves it stopped, with
 * `logFiles` more files in PostgreSQL's log.
 */
export async function prepareFolder(config: Config, logFiles: number): Promise<void> {
  const postgres = await startPostgres(config.dataFolder, { sharedBuffers: config.sharedBuffers });
  const db = openDb({ url: postgres.url, size: 4 });
  try {
    await migrate(db, schemas);
    const { app, context } = await createApp({ config, db, clock: systemClock, log: silentLog });
    await enrolEverybody(context);
    await watch(context);
    await app.close();
    await lengthenLog(db, logFiles);
  } finally {
    await db.close();
    await postgres.stop();
  }
}
