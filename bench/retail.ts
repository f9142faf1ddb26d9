import { createWriteStream, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Consignment } from '#modules/rulebook/index.ts';
import { split } from '../examples/online-retail/split.ts';
import { loadMapping } from '../src/cli/mapping.ts';
import { parcelsOf } from '../src/cli/parcels.ts';
import { meterOf } from '../src/cli/read.ts';

/** The parcels of a real retailer, derived by the rules of `examples/online-retail`; none without his orders. */
export async function retailParcels(shared: string, lines: number): Promise<Consignment[]> {
  const folder = join(shared, 'data/orders/uci-online-retail');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
  const scratch = mkdtempSync(join(tmpdir(), 'portolan-retail-'));
  try {
    const csv = join(scratch, 'parcels.csv');
    const stream = createWriteStream(csv);
    await split('352', files, stream, lines);
    stream.end();
    await once(stream, 'close');
    const mapping = await loadMapping(join(import.meta.dirname, '../examples/online-retail/parcels.xp.json'));
    const found: Consignment[] = [];
    for await (const item of parcelsOf({ files: [csv], mapping, only: null }, await meterOf([csv])))
      if (item.kind === 'parcel') found.push(item.body as Consignment);
    return found;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
