import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { hash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import Fastify from 'fastify';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { Client } from 'pg';
import { castGuarantees } from '#modules/demo/index.ts';
import { sound } from '#modules/clearance/index.ts';
import { Consignment } from '#modules/rulebook/index.ts';
import { systemClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import type { Reference } from '#platform/snapshot.ts';
import { createApp } from '../../src/app.ts';
import { filers, guaranteeCeiling, keyOf, senders } from '../mix.ts';
import { tables as normalised } from './a1-tables.ts';
import { openNormalised } from './a1.ts';
import { openLean, tables as lean } from './a2.ts';
import type { Baseline } from './work.ts';

/**
 * A conventional window: Fastify and Kysely, one transaction a parcel, on a database of its own beside the window's.
 * It says on which port it listens. Arguments: `a1` (normalised rows, lookups in SQL) or `a2` (lean rows, lookups in
 * memory), the address of the window's database, from which it takes the reference data, that of its own, and how many
 * connections it keeps to that.
 */
const [design = '', windowUrl = '', ownUrl = '', connections = ''] = process.argv.slice(2);

/** The window's reference data, frozen in memory: the pack, parties, lists and watch rules decide alike. */
async function referenceOf(): Promise<Reference> {
  const db = openDb({ url: windowUrl, size: 2 });
  const config = readConfig({}, ['--empty']);
  const { app, context } = await createApp({ config, db, clock: systemClock, log: silentLog });
  await app.close();
  await db.close();
  return context.reference;
}

async function fillAccounts(own: Client): Promise<void> {
  const owners = [...castGuarantees, ...filers.map((owner) => ({ owner, ceiling: guaranteeCeiling }))];
  await own.query(
    'insert into guarantees select owner, ceiling, 0 from unnest($1::text[], $2::bigint[]) t (owner, ceiling)',
    [owners.map(({ owner }) => owner), owners.map(({ ceiling }) => String(ceiling))],
  );
}

/** What the normalised one looks up in SQL: clients, parties, representations and the tariff. */
async function fillLookups(own: Client): Promise<void> {
  await own.query('insert into clients select * from unnest($1::bytea[], $2::text[])', [
    senders.map((party) => hash('sha256', keyOf(party), 'buffer')),
    [...senders],
  ]);
  const window = new Client({ connectionString: windowUrl });
  await window.connect();
  const copy = async (from: string, into: string, types: string): Promise<void> => {
    const { rows } = await window.query<{ all: unknown }>(`select json_agg(t) as all from (${from}) t`);
    await own.query(`insert into ${into} select * from json_to_recordset($1::json) as t (${types})`, [
      JSON.stringify(rows[0]!.all),
    ]);
  };
  await copy(
    'select distinct on (identifier) identifier, name, roles, status from parties.parties order by 1, from_epoch desc',
    'parties',
    'identifier text, name text, roles text[], status text',
  );
  await copy(
    'select distinct on (1, 2) represented, representative, scope, valid_from from parties.representations',
    'representations',
    'represented text, representative text, scope text[], valid_from date',
  );
  await window.end();
  const path = fileURLToPath(new URL('../../packs/xp/tables/goods.csv', import.meta.url));
  const goods = parse<Record<string, string>>(await readFile(path), { columns: true });
  const column = (name: string): (string | null)[] => goods.map((row) => row[name] || null);
  await own.query(
    `insert into tariff select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[])
     on conflict do nothing`,
    ['commodity', 'duty', 'tax', 'permit', 'from'].map(column),
  );
}

async function open(): Promise<Baseline> {
  const reference = await referenceOf();
  const own = new Client({ connectionString: ownUrl });
  await own.connect();
  await own.query(design === 'a1' ? normalised : lean);
  await fillAccounts(own);
  if (design === 'a1') await fillLookups(own);
  await own.query('analyze');
  await own.end();
  const parties = new Map(senders.map((party) => [keyOf(party), party]));
  return design === 'a1'
    ? openNormalised(ownUrl, Number(connections), reference)
    : openLean(ownUrl, Number(connections), reference, parties);
}

const baseline = await open();
const app = Fastify({ logger: false }).setValidatorCompiler(TypeBoxValidatorCompiler);
app.decorateRequest('rawText', '');
app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
  request.rawText = String(text);
  try {
    done(null, JSON.parse(request.rawText));
  } catch (error) {
    done(Object.assign(error as Error, { statusCode: 400 }));
  }
});
app.post<{ Body: Consignment }>('/v1/consignments', { schema: { body: Consignment } }, async (request, reply) => {
  const { authorization = '' } = request.headers;
  const filer = await baseline.partyOf(authorization.slice('Bearer '.length));
  if (filer === null) return reply.code(401).send();
  const { body, rawText } = request;
  if (body.declaration.declarant !== filer) return reply.code(403).send();
  if (!sound(body).ok) return reply.code(400).send();
  const answer = await baseline.file(filer, body, rawText);
  if (answer === null) return reply.code(409).send();
  return reply.code(201).type('application/json').send(answer);
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.(app.server.address());
process.on('disconnect', () => process.exit(0));
