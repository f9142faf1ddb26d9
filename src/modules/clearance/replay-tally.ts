import { createHmac } from 'node:crypto';
import type { Check, Outcome } from '#kernel/check.ts';
import { type Day, dayOf } from '#kernel/effective.ts';
import { parseMoney } from '#kernel/money.ts';
import { type Amount, assess, type Charge, type Consignment, type Pack } from '#modules/rulebook/index.ts';
import type { Accepted } from './model.ts';
import { acceptedBody } from './read.ts';
import { conclude, questionOf } from './review.ts';
import type { ReplayedRow } from './store-replay.ts';

/** The two laws of a replay, and the day on which every parcel is taken to have come; null for each parcel's own. */
export interface Laws {
  readonly current: Pack;
  readonly candidate: Pack;
  readonly assumed: Day | null;
}

/** What one law comes to for one parcel. */
export interface Found {
  readonly outcome: Outcome;
  readonly route: string | null;
  readonly desk: string | null;
  /** What is charged where the parcel gets through, in minor units, by charge, where it is collected and currency. */
  readonly charges: ReadonlyMap<string, bigint>;
  /** All of it, but for what nobody collects. */
  readonly revenue: bigint;
  /** The same, with a parcel that another route is required for taken as filed again under that route. */
  readonly again: bigint;
  /** Facts without which it could not be decided; none where it could. */
  readonly missing: readonly string[];
}

/** How many parcels a thing happened to, how many of them the draft changes, and what is charged for them. */
export interface Cell {
  parcels: number;
  changed: number;
  before: bigint;
  after: bigint;
}

/** A parcel as an example of what happens, under the name that it has in this replay alone. */
export interface Example {
  readonly handle: string;
  readonly parcel: string;
}

/** Parcels given as examples of one kind of change. */
export const examplesMax = 5;

/** A parcel that the draft could be held against, as it was read back. */
interface Parcel {
  readonly body: Consignment;
  readonly on: Day;
  readonly accounts: Readonly<Record<string, Amount>>;
  readonly exported: Day | null;
  /** What was found that is not the pack's: whoever stands behind it, and names and watch rules. */
  readonly parties: readonly Check[];
  readonly screened: readonly Check[];
}

const nothing: Readonly<Record<string, Amount>> = {};
const none: readonly Check[] = [];

/** A stored parcel with what was found of it then that is not the pack's: a draft of the law leaves that as it is. */
function parcelOf(row: ReplayedRow): Parcel {
  const accepted = row.accepted === null ? null : (JSON.parse(row.accepted) as Accepted);
  const checks = row.checks === '[]' ? none : (JSON.parse(row.checks) as Check[]);
  return {
    body: acceptedBody(JSON.parse(row.body) as Consignment, accepted),
    on: dayOf(row.day),
    accounts: row.accounts === '{}' ? nothing : (JSON.parse(row.accounts) as Record<string, Amount>),
    exported: row.exported === null ? null : dayOf(row.exported),
    parties: checks.filter(({ id }) => id.startsWith('parties/') || id.startsWith('stock/')),
    screened: checks.filter(({ id }) => id.startsWith('risk/')),
  };
}

/** Where nothing goes through nothing is charged. */
const through: ReadonlySet<Outcome> = new Set<Outcome>(['cleared', 'control']);
const noCharges: ReadonlyMap<string, bigint> = new Map();

function minorOf(amount: Amount): bigint {
  const money = parseMoney(amount);
  if (!money.ok) throw new Error(`a determination holds the amount ${amount.currency} ${amount.amount}`);
  return money.value.minor;
}

const chargeKey = ({ id, collect, amount }: Charge): string => keyOf('charge', id, collect, amount.currency);

function chargesOf(charges: readonly Charge[]): Pick<Found, 'charges' | 'revenue'> {
  const found = new Map<string, bigint>();
  let revenue = 0n;
  for (const charge of charges) {
    const minor = minorOf(charge.amount);
    if (charge.collect !== 'none') revenue += minor;
    const key = chargeKey(charge);
    found.set(key, (found.get(key) ?? 0n) + minor);
  }
  return { charges: found, revenue };
}

const clocksOf = (pack: Pack, day: Day): Record<string, Day> =>
  Object.fromEntries([...pack.program.clocks.keys()].map((clock) => [clock, day]));

/** Decides a parcel under one law. On an assumed day every clock of the law stands on that day too. */
function decide(pack: Pack, parcel: Parcel, assumed: Day | null): Found {
  const given = { ...questionOf(parcel.body, assumed ?? parcel.on, parcel.exported), accounts: parcel.accounts };
  const determination = assess(pack, assumed === null ? given : { ...given, days: clocksOf(pack, assumed) });
  const { parties, screened } = parcel;
  const checks =
    parties.length + screened.length === 0 ? determination.checks : [...parties, ...determination.checks, ...screened];
  const { outcome, desk } = conclude(pack, determination, checks);
  const charged = through.has(outcome) ? chargesOf(determination.charges) : { charges: noCharges, revenue: 0n };
  const missing = outcome === 'cannot-decide' ? determination.missing : [];
  const other = outcome === 'other-route' ? determination.otherRoute : null;
  const again = other === null ? charged.revenue : filedAgain(pack, parcel, assumed, other);
  return { outcome, route: determination.route, desk, missing, ...charged, again };
}

/** What would be charged for a parcel if it were filed once more under the route that the law requires. */
function filedAgain(pack: Pack, parcel: Parcel, assumed: Day | null, route: string): bigint {
  const { body } = parcel;
  if (body.declaration.route === route) return 0n;
  const declaration = { ...body.declaration, route };
  return decide(pack, { ...parcel, body: { ...body, declaration } }, assumed).revenue;
}

/** The key of a cell: what it counts, and of which things. */
export const keyOf = (kind: string, ...of: readonly (string | null)[]): string => JSON.stringify([kind, ...of]);

/** A fact without the number of its line. */
const factOf = (path: string): string => path.replace(/\.goods\.\d+\./, '.goods.*.');

const handleBytes = 12;

/**
 * What the parcels of a range come to, summed up under one key. Sums can be put together in whatever order, so that
 * ranges are looked at apart.
 */
export class Tally {
  readonly #laws: Laws;
  readonly #key: Buffer;
  readonly #handles = new Map<string, string>();
  readonly #sums = new Sums();
  parcels = 0;

  constructor(laws: Laws, key: Buffer) {
    this.#laws = laws;
    this.#key = key;
  }

  get sums(): Sums {
    return this.#sums;
  }

  /** Decides a parcel under both laws and adds what comes of it. */
  add(row: ReplayedRow): void {
    const { current, candidate, assumed } = this.#laws;
    const parcel = parcelOf(row);
    const before = decide(current, parcel, assumed);
    const after = decide(candidate, parcel, assumed);
    this.parcels += 1;
    this.#count(row, parcel, before, after);
  }

  /** Says how many parcels were not looked at, because they were taken back or have no decision yet. */
  leaveOut({ cancelled, waiting }: { readonly cancelled: number; readonly waiting: number }): void {
    this.#sums.add(keyOf('cancelled'), cancelled, 0, 0n, 0n);
    this.#sums.add(keyOf('waiting'), waiting, 0, 0n, 0n);
  }

  #count(row: ReplayedRow, parcel: Parcel, before: Found, after: Found): void {
    const sums = this.#sums;
    const differing = new Set(
      [...before.charges.keys(), ...after.charges.keys()].filter(
        (key) => before.charges.get(key) !== after.charges.get(key),
      ),
    );
    const flips = before.outcome !== after.outcome;
    const changed = flips || before.route !== after.route || before.desk !== after.desk || differing.size > 0;
    const add = (...key: readonly [string, ...(string | null)[]]): void =>
      sums.add(keyOf(...key), 1, changed ? 1 : 0, before.revenue, after.revenue);
    add('all');
    if (before.outcome === 'other-route' || after.outcome === 'other-route') add('other-route');
    sums.add(keyOf('again'), 1, before.again === after.again ? 0 : 1, before.again, after.again);
    add('outcome', before.outcome, after.outcome);
    add('route', before.route, after.route);
    if (before.desk !== null || after.desk !== null) add('desk', before.desk, after.desk);
    add('country', parcel.body.declaration.dispatch ?? null);
    const seller = parcel.body.declaration.seller ?? parcel.body.orders?.[0]?.seller;
    if (typeof seller === 'string') add('seller', this.#handle(seller));
    if (parcel.accounts !== nothing) add('claimed');
    if (row.version > 1) add('by-officer');
    if (this.#otherwise(row, before)) add('decided-otherwise');
    for (const key of new Set([...before.charges.keys(), ...after.charges.keys()]))
      sums.add(key, 1, differing.has(key) ? 1 : 0, before.charges.get(key) ?? 0n, after.charges.get(key) ?? 0n);
    for (const fact of new Set(before.missing.map(factOf))) sums.add(keyOf('missing-before', fact), 1, 0, 0n, 0n);
    for (const fact of new Set(after.missing.map(factOf))) sums.add(keyOf('missing-after', fact), 1, 0, 0n, 0n);
    if (changed) sums.example(keyOf('example', before.outcome, after.outcome), row.id, this.#key);
  }

  /** Whether the law in force gives something else than was decided then: it was another law, or another day. */
  #otherwise({ version, outcome, route, border }: ReplayedRow, before: Found): boolean {
    if (version > 1) return false;
    if (outcome !== before.outcome || route !== before.route) return true;
    let atBorder = 0n;
    for (const [key, minor] of before.charges) if (key.includes('","border","')) atBorder += minor;
    return through.has(before.outcome) && border !== atBorder;
  }

  #handle(party: string): string {
    let handle = this.#handles.get(party);
    if (handle === undefined) this.#handles.set(party, (handle = handleOf(this.#key, party)));
    return handle;
  }
}

/** What a party or a parcel is called by in one replay and nowhere else. */
const handleOf = (key: Buffer, of: string): string =>
  createHmac('sha256', key).update(of).digest().subarray(0, handleBytes).toString('base64url');

/** Cells by their key, and examples by the kind of change. */
export class Sums {
  readonly cells = new Map<string, Cell>();
  readonly examples = new Map<string, Example[]>();

  add(key: string, parcels: number, changed: number, before: bigint, after: bigint): void {
    const cell = this.cells.get(key);
    if (cell === undefined) {
      this.cells.set(key, { parcels, changed, before, after });
      return;
    }
    cell.parcels += parcels;
    cell.changed += changed;
    cell.before += before;
    cell.after += after;
  }

  example(key: string, parcel: string, secret: Buffer): void {
    let examples = this.examples.get(key);
    if (examples === undefined) this.examples.set(key, (examples = []));
    if (examples.length < examplesMax) examples.push({ handle: handleOf(secret, parcel), parcel });
  }

  /** Adds what was written of other parcels. */
  merge(text: string): void {
    const { cells, examples } = JSON.parse(text) as Written;
    for (const [key, parcels, changed, before, after] of cells)
      this.add(key, parcels, changed, BigInt(before), BigInt(after));
    for (const [key, some] of examples) {
      const mine = this.examples.get(key) ?? [];
      this.examples.set(key, [...mine, ...some].slice(0, examplesMax));
    }
  }

  write(): string {
    const cells = [...this.cells].map(
      ([key, { parcels, changed, before, after }]) => [key, parcels, changed, String(before), String(after)] as const,
    );
    return JSON.stringify({ cells, examples: [...this.examples] } satisfies Written);
  }
}

interface Written {
  readonly cells: readonly (readonly [key: string, parcels: number, changed: number, before: string, after: string])[];
  readonly examples: readonly (readonly [key: string, examples: readonly Example[]])[];
}
