import { join } from 'node:path';
import { newId } from '#kernel/id.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { emit, emitted, type EmittedKind, type Outgoing, type Schemas, schemasIn } from '#modules/messages/index.ts';
import { environment, readConfig } from '#platform/config.ts';
import { instantOf, systemClock } from '#platform/clock.ts';
import { say } from './bench.ts';
import { figure } from './figures.ts';
import { retailParcels } from './retail.ts';
import type { Sizes } from './sizes.ts';

const cebUri = 'http://www.chinaport.gov.cn/ceb';
const kinds = Object.keys(emitted) as EmittedKind[];

/** What one unit of the parcels' currency is worth in the one currency of the format: any figure will do. */
const rate = { digits: 91_234n, scale: 4 };

/** The same parcel, going the way that messages of a kind are about. */
function bound(body: Consignment, movement: 'import' | 'export'): Consignment {
  const { declaration } = body;
  if (movement === declaration.movement) return body;
  const { dispatch, destination, ...rest } = declaration;
  const turned = { ...(destination && { dispatch: destination }), ...(dispatch && { destination: dispatch }) };
  return { ...body, declaration: { ...rest, ...turned, movement } };
}

interface Rates {
  readonly emit: number;
  readonly judge: number;
  readonly both: number;
}

/** Writes every parcel as a message of each of the eight kinds, and has the official schema judge each. */
function round(parcels: readonly Outgoing[], schemas: Schemas): Rates {
  let [written, writing, judging] = [0, 0, 0];
  for (const kind of kinds) {
    const going = parcels.map((one) => ({ ...one, body: bound(one.body, emitted[kind]) }));
    const start = performance.now();
    const sent = going.map((one) => emit(kind, [one]));
    const middle = performance.now();
    for (const message of sent) {
      if (!message.ok) throw new Error(`${kind}: ${JSON.stringify(message.error)}`);
      const judged = schemas.check(cebUri, kind, Buffer.from(message.value));
      if (!judged.ok) throw new Error(`${kind}: ${JSON.stringify(judged.error)}\n${message.value}`);
    }
    writing += middle - start;
    judging += performance.now() - middle;
    written += sent.length;
  }
  const each = (ms: number): number => (written * 1_000) / ms;
  return { emit: each(writing), judge: each(judging), both: each(writing + judging) };
}

/** How many messages a second are written of parcels, and judged by their official schemas, on one core. */
export async function messages({ runs, messaged }: Sizes): Promise<void> {
  const { shared } = readConfig(environment(), []);
  const real = await retailParcels(shared, messaged);
  // Teaching economies have no code for their currency in this system, so parcels of the mix cannot be written in it.
  if (real.length === 0) return say('messages: the retailer’s orders are not there, so nothing is written');
  const now = systemClock.now();
  const parcels = real.map(
    (body): Outgoing => ({
      id: newId(now),
      received: instantOf(now),
      filer: body.declaration.declarant,
      body,
      rate,
      nameOf: (identifier) => identifier,
    }),
  );
  const schemas = schemasIn(join(shared, 'data/ceb/2018-113/xsd'));
  const judged = schemas.knows(cebUri, 'CEB621Message');
  if (!judged) say('messages: the official schemas are not there, so that nothing is judged');
  const rounds = Array.from({ length: runs }, () => round(parcels, schemas));
  say(`messages: ${parcels.length} parcels in ${kinds.length} kinds, every one of them allowed`);
  figure(
    'messages.emit.rate',
    'messages/s and core',
    rounds.map((one) => one.emit),
  );
  if (!judged) return;
  figure(
    'messages.validate.rate',
    'messages/s and core',
    rounds.map((one) => one.judge),
  );
  figure(
    'messages.rate',
    'messages/s and core',
    rounds.map((one) => one.both),
  );
}
