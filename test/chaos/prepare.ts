import { openAccount } from '#modules/accounts/index.ts';
import { castAuthorities, castGuarantees, castParties, castRepresentations, ids } from '#modules/demo/index.ts';
import { enrol } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { schemas } from '#modules/schemas.ts';
import { systemClock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { openDb } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { migrate } from '#platform/migrate.ts';
import { startPostgres } from '#platform/postgres.ts';
import { createWork } from '../../src/app.ts';

/** The key of a party's API client. */
export const keyOf = (party: string): string => `chaos-key-of-${party}`.padEnd(43, '0');

const filing = [ids.agent, ids.post, ids.platform, ids.payments, ids.carrier, ids.operator];

/**
 * Fills a data folder with parties, their keys and guarantees, and leaves it stopped. A window that starts on it is no
 * demonstration, and may all the same tell news to this machine.
 */
export async function prepareFolder(folder: string): Promise<void> {
  const postgres = await startPostgres(folder, { sharedBuffers: '64MB' });
  const db = openDb({ url: postgres.url, size: 4 });
  try {
    await migrate(db, schemas);
    const config = readConfig({ PORTOLAN_DATA: folder }, []);
    const { context } = await createWork({ config, db, clock: systemClock, log: silentLog });
    await enrol(context, {
      from: '2020-01-01',
      parties: castParties.map((party) => ({ ...party, roles: [...party.roles] })),
      authorities: castAuthorities.map(({ identifier, name, language }) => ({ identifier, name, language })),
      representations: castRepresentations.map((one) => ({ ...one, scope: [...one.scope] })),
      clients: filing.map((party) => ({
        name: party,
        key: keyOf(party),
        party,
        authority: null,
        scopes: ['file' as const, 'read' as const],
      })),
    });
    const unit = context.reference.current().get(packsPart).home.currency;
    await db.tx(async (tx) => {
      for (const one of castGuarantees) await openAccount(tx, { kind: 'guarantee', unit, ...one });
    });
  } finally {
    await db.close();
    await postgres.stop();
  }
}
