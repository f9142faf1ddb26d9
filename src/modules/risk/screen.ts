import { hash } from 'node:crypto';
import { type Check, shared } from '#kernel/check.ts';
import { parseDecimal, toMinor } from '#kernel/decimal.ts';
import type { Part, Snapshot } from '#platform/snapshot.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { compile, type Condition } from './condition.ts';
import type { Sight } from './facts.ts';
import type { StoredName, StoredRule } from './model.ts';
import { normalised } from './names.ts';
import * as store from './store.ts';

/** A watch rule ready to be asked. */
export interface Watch {
  readonly rule: StoredRule;
  readonly asks: Condition;
  /** Of the 2^32 values that the first four bytes of the lot can have, how many select. */
  readonly threshold: number;
}

const whole = 2 ** 32;

/** A share in hundredths of a percent, exactly; undefined when it is not above 0 and at most 100. */
export function hundredths(share: string): number | undefined {
  const decimal = parseDecimal(share);
  if (decimal === undefined || decimal.scale > 2) return undefined;
  const value = Number(toMinor(decimal, 2, 'down'));
  return value > 0 && value <= 10_000 ? value : undefined;
}

/** Makes a stored rule ready. One that cannot be compiled was refused when it was added, so it is a bug here. */
export function watchOf(rule: StoredRule): Watch {
  const compiled = compile(rule.condition);
  const share = hundredths(rule.share);
  if (!compiled.ok || share === undefined) throw new Error(`the watch rule ${rule.id} cannot be used`);
  return { rule, asks: compiled.asks, threshold: Math.floor((share * whole) / 10_000) };
}

/** The reference part `watch`: the rules, ready to be asked. */
export const watchPart: Part<readonly Watch[]> = {
  name: 'watch',
  load: async (tx, epoch, previous) => {
    const version = String(await store.changedIn(tx, 'rules', epoch));
    if (previous?.version === version) return previous;
    const rules = await store.rulesIn(tx, epoch);
    return { version, data: rules.map(watchOf), digest: hash('sha256', JSON.stringify(rules), 'hex') };
  },
};

/** The reference part `lists`: denied names by what they are compared by; several lists can name the same person. */
export const listsPart: Part<ReadonlyMap<string, readonly StoredName[]>> = {
  name: 'lists',
  load: async (tx, epoch, previous) => {
    const version = String(await store.changedIn(tx, 'names', epoch));
    if (previous?.version === version) return previous;
    const names = await store.namesIn(tx, epoch);
    const data = Map.groupBy(names, (one) => one.normalised);
    return { version, data, digest: hash('sha256', JSON.stringify(names), 'hex') };
  },
};

/** What is screened: the parcel as handed in, and the route that the pack chose for it. */
export interface ScreenInput {
  readonly consignment: Consignment;
  readonly route: string | null;
}

/**
 * The lot of a parcel under a rule: the same again and again, and foreseeable by nobody who does not know the parcel's
 * id.
 */
const lot = (parcelId: string, ruleId: string): number =>
  Number.parseInt(hash('sha256', `${parcelId}\n${ruleId}`, 'hex').slice(0, 8), 16);

/**
 * Screens a parcel: against the denied names, and by every watch rule in force on the day. A rule that selects gives a
 * failed check; that is no finding on the merits, only that somebody looks. No check carries a name of anybody.
 */
export function screen(snapshot: Snapshot, input: ScreenInput, parcelId: string, on: string): Check[] {
  const checks = [deniedParty(snapshot.get(listsPart), input.consignment)];
  const sight: Sight = { consignment: input.consignment, route: input.route, line: null };
  for (const { rule, asks, threshold } of snapshot.get(watchPart)) {
    if (on < rule.from || (rule.until !== null && on >= rule.until)) continue;
    if (asks(sight) !== true) continue;
    if (threshold < whole && lot(parcelId, rule.id) >= threshold) continue;
    checks.push({
      id: `risk/watch/${rule.id}`,
      result: 'failed',
      reason: 'risk/selected',
      params: { rule: rule.id, ground: rule.ground, desk: rule.desk },
      rule: rule.id,
      source: rule.source,
      missing: [],
    });
  }
  if (checks.length === 1) checks.push(notSelected);
  return checks;
}

const check = (
  id: string,
  result: Check['result'],
  reason: string,
  params: Record<string, string>,
  source: string,
): Check => ({ id, result, reason, params, rule: id, source, missing: [] });

const notSelected = shared(check('risk/watch', 'passed', 'risk/not-selected', {}, ''));
const notDenied = shared(check('risk/denied-party', 'passed', 'risk/no-denied-party', {}, ''));

/** Every name of a person or firm in a parcel, with the place where it stands. */
function* namesIn({ declaration, orders, payments }: Consignment): Generator<[place: string, name: string]> {
  const { consignee, consignor } = declaration;
  if (consignee !== undefined) {
    yield ['consignee', consignee.name.text];
    if (consignee.name.latin !== undefined) yield ['consignee', consignee.name.latin];
  }
  if (consignor !== undefined) {
    yield ['consignor', consignor.name.text];
    if (consignor.name.latin !== undefined) yield ['consignor', consignor.name.latin];
  }
  for (const { buyer } of orders ?? []) if (typeof buyer === 'string') yield ['buyer', buyer];
  for (const { payer } of payments ?? []) if (typeof payer === 'string') yield ['payer', payer];
}

function deniedParty(lists: ReadonlyMap<string, readonly StoredName[]>, consignment: Consignment): Check {
  const id = 'risk/denied-party';
  if (lists.size === 0) return notDenied;
  // The buyer, the payer and the consignee are mostly one person: each spelling is compared once.
  const compared = new Set<string>();
  for (const [place, name] of namesIn(consignment)) {
    if (compared.has(name)) continue;
    compared.add(name);
    const found = lists.get(normalised(name))?.[0];
    if (found === undefined) continue;
    return check(id, 'failed', 'risk/denied-party', { list: found.list, entry: found.id, place }, found.source);
  }
  return notDenied;
}
