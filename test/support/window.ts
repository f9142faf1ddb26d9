import { after } from 'node:test';
import { createApp, type Portolan } from '../../src/app.ts';
import { openAccount } from '#modules/accounts/index.ts';
import { type Cast, enrol } from '#modules/parties/index.ts';
import { castAuthorities, castGuarantees, castParties, castRepresentations } from '#modules/demo/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { systemClock, type Clock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import { silentLog } from '#platform/log.ts';
import { testDb, type TestDb } from './db.ts';

/** A whole window on a database of its own, asked through its real doors without a network. */
export interface TestWindow extends Portolan {
  readonly test: TestDb;
  /** The key of an API client that was enrolled for this party or authority, with every scope. */
  key(of: string): string;
  /** Runs every worker until none has anything to do. */
  settle(): Promise<void>;
}

const scopes = ['file', 'read', 'pay', 'guarantee', 'administer'] as const;

/** Opens a window with the demonstration's parties in it, and an API client for each of them. */
export async function openWindow(
  options: { economy?: string; clock?: Clock; cast?: Partial<Cast> } = {},
): Promise<TestWindow> {
  const test = await testDb();
  const { clock = systemClock, economy = 'xp' } = options;
  const config = readConfig({ PORTOLAN_ECONOMY: economy, PORTOLAN_DATA: '/nonexistent' }, ['--empty']);
  const opened = await createApp({ config, db: test.db, clock, log: silentLog });
  const { context } = opened;
  const parties = options.cast?.parties ?? castParties.map((one) => ({ ...one, roles: [...one.roles] }));
  const mandates = castAuthorities.flatMap(({ identifier: authority, reference, mandates: held }) =>
    held.map(([element, purpose]) => ({ authority, element, purpose, reference })),
  );
  const keys = new Map<string, string>();
  const clients = [
    ...parties.map(({ identifier }) => ({ name: identifier, party: identifier, authority: null })),
    ...castAuthorities.map(({ identifier }) => ({ name: identifier, party: null, authority: identifier })),
  ].map(({ name, party, authority }) => {
    const key = `test-key-of-${name}`.padEnd(43, '0');
    keys.set(name, key);
    return { name, key, party, authority, scopes: [...scopes] };
  });
  const authorities = castAuthorities.map(({ identifier, name, language }) => ({ identifier, name, language }));
  await enrol(context, {
    from: '2020-01-01',
    representations: castRepresentations.map((one) => ({ ...one, scope: [...one.scope] })),
    mandates,
    ...options.cast,
    parties,
    authorities,
    clients,
  });
  const unit = context.reference.current().get(packsPart).home.currency;
  await context.db.tx(async (tx) => {
    for (const { owner, ceiling } of castGuarantees) await openAccount(tx, { kind: 'guarantee', owner, unit, ceiling });
  });
  await opened.app.ready();
  after(() => opened.app.close());
  return {
    ...opened,
    test,
    key: (of) => keys.get(of) ?? '',
    async settle() {
      for (let busy = true; busy; ) {
        busy = false;
        for (const worker of opened.workers) busy = (await worker.step(context.db)) || busy;
      }
    },
  };
}
