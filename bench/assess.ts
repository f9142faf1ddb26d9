import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { dayIn, dayOf } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import {
  assess,
  type AssessInput,
  type Consignment,
  compile,
  type Determination,
  loadPackFolder,
  type Pack,
  packsAt,
  type PackSource,
} from '#modules/rulebook/index.ts';
import { systemClock } from '#platform/clock.ts';
import { say } from './bench.ts';
import { benchParcels } from './mix.ts';
import { plain } from './plain.ts';

const different = 5_000;
const folder = fileURLToPath(new URL('../packs', import.meta.url));

/** Every shipped pack that an economy can run, with the folder it comes from. */
async function shippedPacks(): Promise<Map<string, { pack: Pack; files: PackSource['files'] }>> {
  const sources = new Map<string, PackSource>();
  for (const path of await packsAt(folder)) {
    const source = must(await loadPackFolder(path));
    sources.set(source.id, source);
  }
  const chain = (id: string): PackSource[] => {
    const source = sources.get(id)!;
    return [...(source.extends === null ? [] : chain(source.extends)), source];
  };
  return new Map(
    [...sources.values()].map((source) => [source.id, { pack: must(compile(chain(source.id))), files: source.files }]),
  );
}

/**
 * How many parcels a second the engine decides alone on one core: nothing parsed, checked elsewhere, stored or sent.
 */
export async function assessRates(parcels: number, runs: number): Promise<number[]> {
  const pack = must(compile([must(await loadPackFolder(`${folder}/xp`))]));
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

/** Microseconds of processor time that each of so many calls takes, its share of collecting garbage included. */
function microseconds(calls: number, call: (number: number) => unknown): number {
  const before = process.cpuUsage();
  for (let number = 0; number < calls; number += 1) call(number);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** So few that they stay near the processor, as the facts of a parcel do that was just read. */
const near = 250;

/** Rounds in which the compiler still works beside what is measured. */
const warmUp = 3;

const yearly = { currency: 'CNY', amount: '1250.00' };
const day = dayOf('2026-11-23');

/** A parcel of two lines, one of which bears consumption tax; no two have the same amounts. */
function twoLineParcel(number: number): Consignment {
  const amount = (fen: number) => ({ currency: 'CNY', amount: (fen / 100).toFixed(2) });
  const [cream, toy, freight] = [
    30_000 + ((number * 7_919) % 20_000),
    4_000 + ((number * 613) % 9_000),
    990 + (number % 700),
  ];
  const goods = (line: number, commodity: string, fen: number) => ({
    line,
    description: { text: 'Goods', language: 'en' },
    commodity,
    origin: 'JP',
    quantity: '1',
    unit: 'C62',
    netWeight: '0.300',
    price: amount(fen),
  });
  const total = amount(cream + toy + freight);
  const parcel: Consignment = {
    orders: [{ platform: 'PLATFORM-1', number: `O-${number}`, seller: 'SHOP-1', buyer: 'A. Buyer', total }],
    payments: [
      {
        provider: 'PAY-1',
        reference: `R-${number}`,
        order: `O-${number}`,
        method: 'wallet',
        payer: 'A. Buyer',
        amount: total,
      },
    ],
    transports: [
      {
        carrier: 'CARRIER-1',
        document: `T-${number}`,
        orders: [`O-${number}`],
        borderMode: 'air',
        pieces: [{ barcode: `B-${number}` }],
      },
    ],
    declaration: {
      id: `D-${number}`,
      movement: 'import',
      procedure: '9610',
      nature: 'sale',
      declarant: 'AGENT-1',
      seller: 'SHOP-1',
      dispatch: 'JP',
      consignee: {
        name: { text: 'A. Buyer', language: 'en' },
        identity: { type: 'ID', number: `CN-${number}` },
        address: { lines: ['1 Renmin Road'], country: 'CN' },
        private: true,
      },
      goods: [
        { ...goods(1, '33049900', cream), statutoryQuantity: '30', statutoryUnit: 'MLT' },
        goods(2, '95030089', toy),
      ],
      freight: amount(freight),
    },
  };
  // As it comes from the wire.
  return JSON.parse(JSON.stringify(parcel)) as Consignment;
}

/** What both ways say, without what only the engine says: sources, obligations, what is not confirmed. */
const told = ({ route, values, charges, totals, checks }: Determination) => ({
  route,
  values: Object.fromEntries(Object.entries(values).map(([id, one]) => [id, one.amount])),
  charges: charges.map(({ id, base, rate, amount, lines }) => ({
    id,
    base: base?.amount,
    rate,
    amount: amount.amount,
    lines,
  })),
  elsewhere: totals?.elsewhere.amount,
  failed: checks.filter((one) => one.result === 'failed').map((one) => one.id),
});

/**
 * Microseconds for a parcel of two lines, from validated facts to determination: the engine on the richest pack, and
 * the same rules as plain TypeScript. Both come to the same, or the benchmark ends.
 */
export async function twoLines(parcels: number, runs: number): Promise<{ engine: number[]; byHand: number[] }> {
  const pack = must(compile([must(await loadPackFolder(`${folder}/${richest}`))]));
  const inputs = Array.from({ length: Math.min(near, parcels) }, (_, number) => twoLineParcel(number)).map(
    (consignment) => ({ consignment, on: day, event: 'entry' as const, accounts: { yearly } }),
  );
  for (const input of inputs) assert.deepEqual(told(assess(pack, input)), plain(input.consignment, yearly));
  const [engine, byHand]: [number[], number[]] = [[], []];
  for (let round = 0; round < warmUp + runs; round += 1) {
    const ofEngine = microseconds(parcels, (number) => assess(pack, inputs[number % inputs.length]!));
    const ofHand = microseconds(parcels, (number) => plain(inputs[number % inputs.length]!.consignment, yearly));
    if (round < warmUp) continue;
    engine.push(ofEngine);
    byHand.push(ofHand);
  }
  for (const line of dearest(await shippedPacks(), parcels)) say(line);
  return { engine, byHand };
}

/** The pack of whose rules a parcel of two lines meets most, by what `dearest` says. */
const richest = 'cn';

/** Each pack's dearest worked example, made one of two lines where it has one: by this the richest pack is known. */
function dearest(packs: ReadonlyMap<string, { pack: Pack; files: PackSource['files'] }>, calls: number): string[] {
  return [...packs].map(([id, { pack, files }]) => {
    let [most, name] = [0, 'no example'];
    for (const [file, text] of Object.entries(files)) {
      if (!file.startsWith('examples/')) continue;
      const input = twoLined(JSON.parse(text));
      if (input === null || !assess(pack, input).decided) continue;
      const each = Math.min(...[1, 2, 3, 4].map(() => microseconds(Math.ceil(calls / 30), () => assess(pack, input))));
      if (each > most) [most, name] = [each, file];
    }
    return `  two lines on ${id}: ${most.toFixed(1)} µs (${name})`;
  });
}

interface Example {
  readonly on: string;
  readonly given: Pick<AssessInput, 'consignment'> & {
    readonly event?: AssessInput['event'];
    readonly days?: AssessInput['days'];
    readonly assumed?: AssessInput['accounts'];
  };
}

function twoLined({ on, given }: Example): AssessInput | null {
  const { consignment, event = 'entry', days = {}, assumed: accounts = {} } = given;
  const { goods } = consignment.declaration;
  const [first] = goods;
  if (first === undefined || goods.length > 2) return null;
  if (goods.length === 1) goods.push({ ...first, line: first.line + 1 });
  return { consignment, on: dayOf(on), event, days, accounts };
}
