import { readFileSync } from 'node:fs';
import { ids, type Invented, type Kind, parcel, shares } from '#modules/demo/index.ts';

interface Mix {
  readonly seed: number;
  readonly buyers: number;
  readonly filers: number;
  readonly refusedPermille: number;
  readonly replayedPermille: number;
  readonly watch: readonly { readonly id: string; readonly condition: string; readonly share: string }[];
  readonly deniedNames: number;
  readonly bulk: { readonly filers: number };
  readonly slips: { readonly without: readonly Kind[] };
  readonly arrival: { readonly without: readonly Kind[] };
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

/** Everybody who sends anything, each with a key of his own. */
export const senders: readonly string[] = [...filers, ids.post, ids.platform, ids.payments, ids.carrier, ids.operator];

/** The API key of a sender's client. */
export const keyOf = (sender: string): string => `bench-key-of-${sender}`.padEnd(43, '0');

/** The ceiling of a filer's own guarantee account, in minor units: no run uses it up. */
export const guaranteeCeiling = 9_000_000_000_000n;

/** Whose guarantee accounts secure the charges: one for all filers, or each his own. */
export type Guarantors = 'one' | 'own';

/** The parcels of one run: runs never share a declaration, a document or a barcode. */
export interface Parcels {
  /** With what every number in it begins: capital letters and digits. */
  readonly run: string;
  readonly guarantors: Guarantors;
  /** Over how many filers they are spread; gifts come from the post. All, where it is left out. */
  readonly filers?: number;
  /** The master bill that they travel on. */
  readonly master?: string;
  /** Kinds that are left out. */
  readonly without?: readonly Kind[];
}

/** The parcel of a number in a run, filed at a moment; null where its kind is left out. */
export function benchParcel(parcels: Parcels, index: number, at: number): Invented | null {
  const { run, master, without = [] } = parcels;
  const filer = filers[index % (parcels.filers ?? filers.length)]!;
  const guarantor = parcels.guarantors === 'one' ? ids.guarantor : null;
  const standing = { filer, declarant: filer, guarantor };
  const travels = master === undefined ? {} : { master };
  const made = parcel({ seed: mix.seed, index, at, run, buyers: mix.buyers, standing, ...travels });
  return without.includes(made.kind) ? null : made;
}

/** So many parcels of a run, in their order. */
export function* benchParcels(parcels: Parcels, count: number, at: number): Generator<Invented> {
  for (let [index, given] = [0, 0]; given < count; index += 1) {
    const made = benchParcel(parcels, index, at);
    if (made === null) continue;
    given += 1;
    yield made;
  }
}

/** A parcel as the window has to refuse it. */
export const spoilt = (raw: string): string => raw.replace('"movement":"import"', '"movement":"?"');

const step = 7_919;

/** The order in which the parcels of a run are sent: every number once, neighbours far apart. */
export function sendingOrder(count: number): number[] {
  const from = mix.seed % count;
  // A prime that does not divide the count meets every number once.
  const stride = count % step === 0 ? 1 : step;
  return Array.from({ length: count }, (_, place) => (from + place * stride) % count);
}
