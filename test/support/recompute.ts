import type { Check } from '#kernel/check.ts';
import { dayOf } from '#kernel/effective.ts';
import { parcelFrom, acceptedBody } from '#modules/clearance/read.ts';
import { versionsOf } from '#modules/clearance/store-read.ts';
import { explain, type Explained, type Pack } from '#modules/rulebook/index.ts';
import type { Context } from '#platform/context.ts';

/** What a plain loop over all parcels comes to: counts and amounts in minor units by a name. */
export type Plain = Record<string, bigint>;

interface Laws {
  readonly current: Pack;
  readonly candidate: Pack;
}

interface Facts {
  readonly body: any;
  readonly day: string;
  readonly accounts: any;
  readonly found: readonly Check[];
}

/** The rule of outcomes once more, from the law's side: what stands in the way comes in this order. */
function outcome(explained: Explained, found: readonly Check[]): string {
  const leads = Object.values(explained.leads);
  if (found.some(({ id, result }) => /^(parties|stock)\//.test(id) && result === 'failed')) return 'rejected';
  if (explained.slips.missing.length > 0 && explained.route !== null) return 'waiting';
  if (leads.includes('rejected')) return 'rejected';
  if (leads.includes('denied')) return 'denied';
  if (explained.otherRoute !== null || leads.includes('other-route')) return 'other-route';
  if (!explained.decided) return 'cannot-decide';
  const selected = found.some(({ id, result }) => id.startsWith('risk/') && result === 'failed');
  return leads.includes('control') || selected ? 'control' : 'cleared';
}

interface Under {
  readonly outcome: string;
  readonly route: string | null;
  readonly missing: readonly string[];
  readonly charges: readonly (readonly [id: string, minor: bigint])[];
  readonly revenue: bigint;
  readonly required: string | null;
}

function under(pack: Pack, facts: Facts, assumed: string | null): Under {
  const on = dayOf(assumed ?? facts.day);
  const explained = explain(pack, {
    consignment: facts.body,
    on,
    event: facts.body.declaration.movement === 'export' ? 'exit' : 'entry',
    accounts: facts.accounts,
    ...(assumed === null ? {} : { days: { payment: on } }),
  });
  const result = outcome(explained, facts.found);
  const charged = result === 'cleared' || result === 'control';
  const minor = (amount: string): bigint => BigInt(amount.replace('.', ''));
  return {
    outcome: result,
    route: explained.route,
    missing: result === 'cannot-decide' ? explained.missing : [],
    charges: charged ? explained.charges.map(({ id, amount }) => [id, minor(amount.amount)] as const) : [],
    revenue: charged ? minor(explained.totals!.border.amount) + minor(explained.totals!.elsewhere.amount) : 0n,
    required: result === 'other-route' ? explained.otherRoute : null,
  };
}

/** The same once more, filed under the route that was required. */
function again(pack: Pack, facts: Facts, assumed: string | null, { required, revenue }: Under): bigint {
  if (required === null || required === facts.body.declaration.route) return revenue;
  const declaration = { ...facts.body.declaration, route: required };
  return under(pack, { ...facts, body: { ...facts.body, declaration } }, assumed).revenue;
}

/** Every parcel of these days that was decided and not cancelled, read one by one as any page reads it. */
export async function* factsOf(context: Context, from: string, until: string): AsyncGenerator<Facts> {
  const { db } = context;
  const rows = await db.query<{ id: string }>('select id from clearance.declarations where version = 1');
  const cancelled = new Set(
    (await db.query<{ id: string }>('select id from clearance.cancellations')).map((c) => c.id),
  );
  for (const { id } of rows) {
    const { received, body, accepted, day, accounts, checks } = parcelFrom((await versionsOf(db, id)).at(-1)!);
    if (cancelled.has(id) || received < from || received >= until) continue;
    yield { body: acceptedBody(body, accepted), day, accounts, found: checks };
  }
}

/** The totals of a replay worked out the slow way: one parcel after another, every step written out. */
export function recomputed(all: readonly Facts[], draft: Laws, assumed: string | null): Plain {
  const sums: Plain = {};
  const add = (name: string, by = 1n): void => void (sums[name] = (sums[name] ?? 0n) + by);
  for (const facts of all) {
    const before = under(draft.current, facts, assumed);
    const after = under(draft.candidate, facts, assumed);
    add('parcels');
    add(`outcome ${before.outcome} ${after.outcome}`);
    add(`route ${before.route} ${after.route}`);
    add('revenue before', before.revenue);
    add('revenue after', after.revenue);
    add('again before', again(draft.current, facts, assumed, before));
    add('again after', again(draft.candidate, facts, assumed, after));
    for (const [id, minor] of before.charges) add(`charge ${id} before`, minor);
    for (const [id, minor] of after.charges) add(`charge ${id} after`, minor);
    for (const one of new Set(before.missing)) add(`missing ${one} before`);
    for (const one of new Set(after.missing)) add(`missing ${one} after`);
    const country = facts.body.declaration.dispatch;
    add(`country ${country}`);
    add(`country ${country} before`, before.revenue);
    add(`country ${country} after`, after.revenue);
  }
  for (const [name, many] of Object.entries(sums)) {
    if (!/^country \S+$/.test(name)) continue;
    for (const side of ['', ' before', ' after']) {
      const here = sums[name + side] ?? 0n;
      if (many < 5n) delete sums[name + side];
      add(`countries${side}`, here);
    }
  }
  return withoutZero(sums);
}

const minorOf = ({ amount }: { amount: string }): bigint => BigInt(amount.replace('.', ''));

/** The same totals out of the result of a replay, with what it puts together left out on both sides. */
export function totalsOf(result: any): Plain {
  const sums: Plain = {
    parcels: BigInt(result.parcels),
    'revenue before': minorOf(result.revenue.before),
    'revenue after': minorOf(result.revenue.after),
    'again before': minorOf(result.filedAgain.before),
    'again after': minorOf(result.filedAgain.after),
  };
  for (const { from, to, parcels: many } of result.outcomes ?? []) sums[`outcome ${from} ${to}`] = BigInt(many);
  for (const { from, to, parcels: many } of result.routes ?? []) sums[`route ${from} ${to}`] = BigInt(many);
  for (const { id, before, after } of result.charges ?? []) {
    // One charge stands twice where the draft collects it elsewhere.
    sums[`charge ${id} before`] = (sums[`charge ${id} before`] ?? 0n) + minorOf(before);
    sums[`charge ${id} after`] = (sums[`charge ${id} after`] ?? 0n) + minorOf(after);
  }
  for (const { fact, before, after } of result.undecided?.missing ?? []) {
    const name = fact.replace('.goods.*.', '.goods.1.');
    sums[`missing ${name} before`] = BigInt(before);
    sums[`missing ${name} after`] = BigInt(after);
  }
  for (const { country, parcels: many, before, after } of result.countries ?? []) {
    for (const [side, value] of [
      ['', BigInt(many)],
      [' before', minorOf(before)],
      [' after', minorOf(after)],
    ] as const)
      sums[`countries${side}`] = (sums[`countries${side}`] ?? 0n) + value;
    if (country === '*') continue;
    sums[`country ${country}`] = BigInt(many);
    sums[`country ${country} before`] = minorOf(before);
    sums[`country ${country} after`] = minorOf(after);
  }
  return withoutZero(sums);
}

const withoutZero = (sums: Plain): Plain =>
  Object.fromEntries(
    Object.entries(sums)
      .filter(([, value]) => value !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
