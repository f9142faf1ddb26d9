import { readFileSync } from 'node:fs';
import { ids, type Invented, parcel, shares } from '#modules/demo/index.ts';

interface Mix {
  readonly seed: number;
  readonly buyers: number;
  readonly filers: number;
  readonly refusedPermille: number;
  readonly replayedPermille: number;
  readonly watch: readonly { readonly id: string; readonly condition: string; readonly share: string }[];
  readonly deniedNames: number;
}

/** What is sent, as `mix.json` states it. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the file stands beside this one.
export const mix = JSON.parse(readFileSync(new URL('./mix.json', import.meta.url), 'utf8')) as Mix;

/** The same with the shares of the demonstration's kinds, for the output. */
export const statedMix = { ...mix, kindsPermille: shares };

/** The registered identifiers of the filers: customs agents that declare for others. */
export const filers: readonly string[] = Array.from(
  { length: mix.filers },
  (_, index) => `XP-B-${String(index).padStart(4, '0')}`,
);

/** The API key of a filer's client. */
export const keyOf = (filer: string): string => `bench-key-of-${filer}`.padEnd(43, '0');

/** Whose guarantee accounts secure the charges: one for all filers, or each his own. */
export type Guarantors = 'one' | 'own';

/** The parcel of a number in a run. Runs never share a declaration, a document or a barcode. */
export function benchParcel(run: string, index: number, guarantors: Guarantors, at: number): Invented {
  const filer = filers[index % filers.length]!;
  const guarantor = guarantors === 'one' ? ids.guarantor : null;
  const standing = { filer, declarant: filer, guarantor };
  return parcel({ seed: mix.seed, index, at, run, buyers: mix.buyers, standing });
}

const step = 7_919;

/** The order in which the parcels of a run are sent: every number once, neighbours far apart. */
export function sendingOrder(count: number): number[] {
  const from = mix.seed % count;
  // A prime that does not divide the count meets every number once.
  const stride = count % step === 0 ? 1 : step;
  return Array.from({ length: count }, (_, place) => (from + place * stride) % count);
}
