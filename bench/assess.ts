import { fileURLToPath } from 'node:url';
import { dayIn } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import { assess, compile, loadPackFolder } from '#modules/rulebook/index.ts';
import { systemClock } from '#platform/clock.ts';
import { benchParcels } from './mix.ts';

const different = 5_000;

/**
 * How many parcels a second the engine decides alone on one core: nothing parsed, checked elsewhere, stored or sent.
 */
export async function assessRates(parcels: number, runs: number): Promise<number[]> {
  const folder = fileURLToPath(new URL('../packs/xp', import.meta.url));
  const pack = must(compile([must(await loadPackFolder(folder))]));
  const on = dayIn(systemClock.instant(), pack.timeZone);
  const invented = benchParcels({ run: 'A', guarantors: 'own' }, Math.min(different, parcels), systemClock.now());
  const accounts = { yearly: { currency: pack.currency, amount: '0.00' } };
  const inputs = [...invented].map(({ raw }) => ({
    consignment: JSON.parse(raw),
    on,
    event: 'entry' as const,
    accounts,
  }));
  const round = (): number => {
    let decided = 0;
    const start = performance.now();
    for (let number = 0; number < parcels; number += 1) {
      if (assess(pack, inputs[number % inputs.length]!).decided) decided += 1;
    }
    const seconds = (performance.now() - start) / 1_000;
    if (decided === 0) throw new Error('the engine decided nothing');
    return parcels / seconds;
  };
  round();
  return Array.from({ length: runs }, round);
}
