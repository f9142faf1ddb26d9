import { hash } from 'node:crypto';
import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Worker } from '#platform/module.ts';
import { createOutbound } from '#platform/outbound.ts';
import { papersOf, parcelList } from '#modules/clearance/index.ts';
import { carrierTale, type Course, type MovementEvent, paymentTale, tell } from '#modules/trade/index.ts';
import { machine, slipSystem } from './principals.ts';
import { ids } from './roles.ts';
import type { State } from './store.ts';

/** Of so many parcels of a seller the simulators tell, the newest ones. */
const toldMax = 60;
const sellersTold = [ids.seller, ids.smallest];
const hourMs = 3_600_000;

/** The keys of the simulators' API clients: made of the demonstration's own, so that they stand nowhere else. */
export const simulatorKey = (key: string, party: string): string =>
  `portolan_demo_${hash('sha256', `${key} ${party}`, 'base64url')}`;

/** The parties that a simulator stands in for in the demonstration. */
export const simulated = [ids.carrier, ids.post, ids.payments] as const;

const gone = new Set<string | undefined>(['released', 'left']);

/** What the simulators tell until this moment of the newest parcels of the small sellers. */
async function talesUntil(context: Context, paceMs: number, since: number): Promise<MovementEvent[]> {
  const now = context.clock.now();
  const events: MovementEvent[] = [];
  for (const seller of sellersTold) {
    const { rows } = await parcelList(context, slipSystem(context, seller), { limit: toldMax });
    const fresh = rows.filter(({ received }) => received !== undefined && msOfInstant(received) >= since);
    const papers = await papersOf(
      context.db,
      fresh.map(({ id }) => id),
    );
    for (const { id, received, status, since: stood } of fresh) {
      const paper = papers.get(id);
      if (paper === undefined || received === undefined) continue;
      const released = gone.has(status) && stood !== undefined ? msOfInstant(stood) : null;
      const course: Course = { from: msOfInstant(received), released, paceMs };
      events.push(...paymentTale(paper, course), ...carrierTale(paper, course));
    }
  }
  return events.filter(({ at }) => msOfInstant(at) <= now);
}

const ofParty = (events: readonly MovementEvent[], party: string): MovementEvent[] =>
  events.filter(({ by }) => by === party);

/** What had been told of the history's last parcels when the demonstration began. */
export async function tellHistory(context: Context): Promise<void> {
  const events = await talesUntil(context, hourMs, 0);
  for (const party of simulated) {
    const who = machine(context, party, 'carrier', 'filer');
    const mine = ofParty(events, party).map((body) => ({ body, raw: JSON.stringify(body) }));
    if (mine.length > 0) await tell(context, who, mine);
  }
}

const livePaceMs = 5_000;

/**
 * Lets the simulators tell of what is filed while the window runs: over HTTP, at the door that every carrier and
 * payment provider has. What was told before is answered as the first time.
 */
export function movementsWorker(context: Context, state: Pick<State, 'key' | 'began'>): Worker {
  const out = createOutbound({ loopback: true });
  return {
    name: 'demo.movements',
    idleMs: 5_000,
    async step() {
      const events = await talesUntil(context, livePaceMs, msOfInstant(state.began));
      for (const party of simulated) {
        const mine = ofParty(events, party);
        if (mine.length === 0) continue;
        const headers = {
          authorization: `Bearer ${simulatorKey(state.key, party)}`,
          'content-type': 'application/x-ndjson',
        };
        const lines = mine.map((event) => JSON.stringify(event)).join('\n');
        await out.post(`${context.config.origin}/v1/movement-events`, headers, lines);
      }
      return false;
    },
  };
}
