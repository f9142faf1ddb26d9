/**
 * What a specific duty counts: kilograms, litres, pieces. `family` says where a line of goods holds it; one of the
 * measure is `num/den` of the family's own unit.
 */
export interface Measure {
  readonly symbol: string;
  readonly family: Family;
  readonly num: bigint;
  readonly den: bigint;
}

/**
 * `net` and `gross` are weights of the line; `alcohol` is pure alcohol in litres, `proof` twice as much; `content` is
 * what the goods hold of something, such as lead or total sugars; what is `named` no declaration can say. The others
 * are counted in the unit of their name.
 */
export type Family =
  | 'net'
  | 'gross'
  | 'drained'
  | 'litre'
  | 'alcohol'
  | 'proof'
  | 'item'
  | 'pair'
  | 'pack'
  | 'metre'
  | 'square-metre'
  | 'cubic-metre'
  | 'barrel'
  | 'carat'
  | 'content'
  | 'named';

type Ratio = readonly [num: bigint, den: bigint];
const itself: Ratio = [1n, 1n];

/** The codes of UN/ECE Recommendation 20 that a line may count a family in, and how many of its units each is. */
export const codesOf: Readonly<Partial<Record<Family, Readonly<Record<string, Ratio>>>>> = {
  net: { KGM: itself, GRM: [1n, 1000n], DTN: [100n, 1n], TNE: [1000n, 1n] },
  drained: { KDW: itself },
  litre: { LTR: itself, MLT: [1n, 1000n], CLT: [1n, 100n], DLT: [1n, 10n], HLT: [100n, 1n] },
  alcohol: { LPA: itself, HPA: [100n, 1n] },
  proof: { PFL: itself },
  item: {
    C62: itself,
    H87: itself,
    NAR: itself,
    EA: itself,
    DZN: [12n, 1n],
    CEN: [100n, 1n],
    GRO: [144n, 1n],
    MIL: [1000n, 1n],
  },
  pair: { PR: itself, NPR: itself },
  pack: { PK: itself },
  metre: { MTR: itself, CMT: [1n, 100n], KMT: [1000n, 1n] },
  'square-metre': { MTK: itself, CMK: [1n, 10000n] },
  'cubic-metre': { MTQ: itself, DMQ: [1n, 1000n] },
  barrel: { BLL: itself },
  carat: { CTM: itself },
  content: { KNS: itself },
};

/** The alcoholic strength by volume, in hundredths. */
export const strengthCodes: readonly string[] = ['ASU', 'ASV'];

const measure = (symbol: string, family: Family, num = 1n, den = 1n): Measure => ({ symbol, family, num, den });

/** Every measure with the ways in which tariffs write it; the first is how it is written here. */
const known: readonly (readonly [measure: Measure, ...others: string[]])[] = [
  [measure('kg', 'net'), 'kg/net', 'kg net'],
  [measure('g', 'net', 1n, 1000n)],
  [measure('tonne', 'net', 1000n), 't'],
  [measure('kg gross', 'gross'), 'kg/gross', 'kg/br'],
  [
    measure('kg drained', 'drained'),
    'kg/net drained wt',
    'kg eda',
    'kg/net eda',
    'kg on drained weight',
    'kg on drained weght',
  ],
  [measure('l', 'litre'), 'liter', 'litre'],
  [measure('hl', 'litre', 100n)],
  [measure('% vol/hl', 'alcohol'), '%vol/hl'],
  [measure('l of pure alcohol', 'alcohol'), 'lpa'],
  [measure('proof litre', 'proof'), 'pf. liter', 'pf.liter', 'pf. liter on ethyl alcohol content'],
  [measure('item', 'item'), 'items', 'each', 'head', 'article', ''],
  [measure('doz.', 'item', 12n), 'doz', 'dozen'],
  [measure('gross', 'item', 144n)],
  [measure('thousand', 'item', 1000n), 'thou- sand'],
  [measure('pair', 'pair'), 'pr', 'pr.'],
  [measure('pack', 'pack')],
  [measure('m', 'metre'), 'lin. m'],
  [measure('m2', 'square-metre')],
  [measure('m3', 'cubic-metre')],
  [measure('barrel', 'barrel'), 'bbl'],
  [measure('carat', 'carat')],
  [measure('kg of dry matter', 'content'), 'kg/net dry', 'kg mas'],
  [measure('kg of lactic matter', 'content'), 'kg/lactic matter'],
  [measure('kg of dry lactic matter', 'content'), 'kg/dry lactic matter'],
  [measure('kg of total alcohol', 'content'), 'kg/tot alc'],
  [measure('kg of standard quality', 'content'), 'kg std qual', 'kg/std qual'],
  [measure('kg/% sucrose', 'named'), 'kg/net/% sacchar', 'kg/net/%sacchar'],
  [measure('kg of goods and container', 'content'), 'kg, including weight of container'],
  [measure('tonne of goods and container', 'named', 1000n), 't, including weight of container'],
  [measure('clean kg', 'named')],
  [measure('kg/degree under 100', 'named')],
  [measure('jewel', 'named')],
  [measure('jewel over 7', 'named')],
  [measure('pin', 'named'), 'pins'],
  [measure('line/gross', 'named')],
  [measure('gross of immediate containers', 'named')],
  [measure('m2 of recording surface', 'named'), 'm2of recording surface'],
];

const byText: ReadonlyMap<string, Measure> = new Map(
  known.flatMap(([one, ...others]) => [one.symbol.toLowerCase(), ...others].map((text) => [text, one] as const)),
);

/** The measures as a pack writes them. */
export const measureSymbols: readonly string[] = known.map(([{ symbol }]) => symbol);

/** The measure that a text means; `kg of lead` and its like are contents of whatever name. */
export function measureOf(text: string): Measure | undefined {
  const plain = text
    .toLowerCase()
    .replace(/\s*\/\s*/g, '/')
    .replace(/\s+/g, ' ')
    .trim();
  const found = byText.get(plain) ?? byText.get(plain.replace(/\.$/, ''));
  if (found !== undefined) return found;
  const content = /^kg (?:of|on) ([a-z][a-z -]*?)(?: content)?$/.exec(plain)?.[1];
  return content === undefined ? undefined : measure(`kg of ${content}`, 'content');
}
