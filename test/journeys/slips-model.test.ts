import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parcel as invent } from '#modules/demo/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { type Kind, kinds, type State } from '#modules/slips/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { ModelParcel, type Told, type Variant } from '../support/slips-model.ts';
import { type Slip, slipsOf } from '../support/slips.ts';
import { openWindow } from '../support/window.ts';
import { holdsUntilMet } from '../support/long.ts';

/** Slips in any order, again, corrected, contradicting and missing, held against a simple model of the same. */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { db } = window.context;

let numbered = 0;
/** A parcel whose slips have two variants each, and the model of it. */
class Pair {
  readonly model = new ModelParcel();
  readonly #body: Consignment;
  readonly #slips: Map<Kind, Slip>;
  readonly filer: string;

  constructor() {
    numbered += 1;
    const at = clock.now();
    const made = invent({ seed: 9, index: numbered, at, run: 'MDL', kind: 'low-value', buyer: 5_000 + numbered });
    this.filer = made.filer;
    this.#body = JSON.parse(made.raw) as Consignment;
    this.#slips = new Map(slipsOf(this.#body, made.filer).map((slip) => [slip.kind, slip]));
  }

  /** What each slip says otherwise; those of payment and transport contradict the other slips. */
  static readonly #other: Readonly<Record<Kind, object>> = {
    order: { placed: '2026-11-01T10:00:00Z' },
    payment: { amount: { currency: 'EUR', amount: '0.01' } },
    transport: { grossWeight: '29.5' },
    declaration: { placeOfGoods: 'XP-CAPO-SEA' },
  };

  #said(kind: Kind, variant: Variant): Record<string, unknown> {
    const { body } = this.#slips.get(kind)!;
    if (variant === 0) return body;
    const other = { ...Pair.#other[kind] };
    if (kind === 'payment') {
      const { currency } = body['amount'] as { currency: string };
      return { ...body, ...other, amount: { currency, amount: '0.01' } };
    }
    return { ...body, ...other };
  }

  async send(kind: Kind, variant: Variant, replaces?: number): Promise<Told> {
    const slip = this.#slips.get(kind)!;
    const body = { ...this.#said(kind, variant), ...(replaces === undefined ? {} : { replaces }) };
    const told = await window.ask({ method: 'POST', url: `/v1/${kind}s`, as: slip.as, body });
    return { status: told.status, what: told.status === 201 ? told.body.version : told.body.code };
  }

  async states(): Promise<Record<string, State>> {
    const numbers = [...this.#slips].map(([kind, { url }]) => `${kind} ${decodeURIComponent(url.split('/').at(-1)!)}`);
    const rows = await db.query<{ kind: string; state: State }>(
      `select kind, state from slips.slips where kind || ' ' || number = any($1::text[])`,
      [numbers],
    );
    return Object.fromEntries(rows.map(({ kind, state }) => [kind, state]));
  }

  /** What the parcel was decided on; undefined while it was not. */
  async decided(): Promise<{ outcome: string } | undefined> {
    return decision(this.#body.declaration.id);
  }

  /** The same parcel of another person under other numbers, handed in whole, as the slips say it now. */
  async whole(): Promise<unknown> {
    const variants = new Map([...this.model.slips].map(([kind, { versions }]) => [kind, versions.at(-1)!]));
    const part = (kind: Kind): any => {
      const said = this.#said(kind, variants.get(kind)!);
      const { platform: _platform, orders, transports: _transports, ...rest } = said;
      if (kind === 'order') return said;
      if (kind === 'transport') return { ...rest, orders };
      return rest;
    };
    const body = { orders: [part('order')], payments: [part('payment')], transports: [part('transport')] };
    const text = JSON.stringify({ ...body, declaration: part('declaration') }).replaceAll('MDL', 'WHL');
    const twin = JSON.parse(text) as Consignment;
    twin.declaration.consignee!.identity!.number += 'W';
    const told = await window.ask({ method: 'POST', url: '/v1/consignments', as: this.filer, body: twin });
    assert.equal(told.status, 201, told.text);
    return decision(twin.declaration.id);
  }
}

async function decision(declaration: string): Promise<{ outcome: string } | undefined> {
  const [row] = await db.query<{ outcome: string; checks: string }>(
    `select outcome, status, route, border_minor, secured, accounts, checks, charges, missing,
       encode(digest, 'hex') as digest from clearance.declarations where declaration = $1`,
    [declaration],
  );
  return (
    row &&
    JSON.parse(JSON.stringify(row, (_, one) => (typeof one === 'bigint' ? String(one) : one)).replaceAll('WHL', 'MDL'))
  );
}

const agree = async (pairs: readonly Pair[], what: string): Promise<void> => {
  for (const pair of pairs) assert.deepEqual(await pair.states(), pair.model.states, what);
};
const settle = async (pairs: readonly Pair[]): Promise<void> => {
  await window.settle();
  for (const { model } of pairs) model.settle();
};

const orders = (left: readonly Kind[]): Kind[][] =>
  left.length === 0
    ? [[]]
    : left.flatMap((one) => orders(left.filter((other) => other !== one)).map((rest) => [one, ...rest]));

test('S34 in each of the twenty-four orders the four slips make the same parcel as the whole', async () => {
  const all = orders(kinds);
  assert.equal(all.length, 24);
  for (const [index, order] of all.entries()) {
    const pair = new Pair();
    for (const kind of order) {
      assert.deepEqual(await pair.send(kind, 0), pair.model.send(kind, 0));
      // Every other time they come faster than they meet.
      if (index % 2 === 0) {
        await settle([pair]);
        await agree([pair], `${order.join(', ')}: after the ${kind}`);
      }
    }
    await settle([pair]);
    await agree([pair], order.join(', '));
    const decided = await pair.decided();
    assert.equal(decided?.outcome, 'cleared');
    assert.deepEqual(decided, await pair.whole(), order.join(', '));
  }
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      parcel: fc.nat(2),
      kind: fc.constantFrom(...kinds),
      variant: fc.constantFrom<Variant>(0, 1),
      /** The version that it takes the place of: the one that stands, some other, or none named. */
      replaces: fc.constantFrom<'current' | number | undefined>('current', 1, 2, undefined, undefined),
    }),
  },
  { weight: 2, arbitrary: fc.constant('settle' as const) },
);
const streams = fc.record({
  first: fc.shuffledSubarray(
    [0, 1, 2].flatMap((parcel) => kinds.map((kind) => ({ parcel, kind }))),
    { minLength: 8 },
  ),
  wrong: fc.array(fc.nat(11), { maxLength: 3 }),
  steps: fc.array(step, { minLength: 12, maxLength: 40 }),
  expires: fc.boolean(),
});

const counted: Record<string, number> = {};
const count = (what: string): void => void (counted[what] = (counted[what] ?? 0) + 1);

async function run({
  first,
  wrong,
  steps,
  expires,
}: typeof streams extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const pairs = [new Pair(), new Pair(), new Pair()];
  const sends = first.map((one, index) => {
    const variant: Variant = wrong.includes(index) ? 1 : 0;
    return { ...one, variant, replaces: undefined };
  });
  // What a stream does at random is mixed with slips that make parcels, so that many of them are decided.
  const mixed = steps.flatMap((one, index) => (index < sends.length ? [one, sends[index]!] : [one]));
  for (const one of [...mixed, ...sends.slice(steps.length)]) {
    if (one === 'settle') {
      await settle(pairs);
      await agree(pairs, 'after they met');
      continue;
    }
    const pair = pairs[one.parcel]!;
    const { kind, variant } = one;
    const replaces: number | undefined =
      one.replaces === 'current' ? pair.model.slips.get(kind)?.versions.length : one.replaces;
    const told = await pair.send(kind, variant, replaces);
    assert.deepEqual(told, pair.model.send(kind, variant, replaces), JSON.stringify(one));
    count(String(told.what));
  }
  await settle(pairs);
  await agree(pairs, 'at the end');
  for (const pair of pairs) {
    const { outcome } = pair.model;
    count(outcome);
    const decided = await pair.decided();
    if (outcome !== 'cleared' && outcome !== 'rejected') assert.equal(decided, undefined);
    else assert.equal(decided?.outcome, outcome);
    // What was corrected after a rejection is not what was decided.
    if (outcome === 'cleared') assert.deepEqual(decided, await pair.whole());
  }
  if (!expires) return;
  clock.advance(49 * 3_600_000);
  await window.settle();
  for (const { model } of pairs) model.expire();
  await agree(pairs, 'after the deadline');
}

test('whatever comes in whatever order, answers and states are those of the model, and no parcel is decided twice', async () => {
  const answers = ['1', '2', 'slips/key-replayed', 'slips/version-differs', 'slips/used', 'slips/nothing-to-replace'];
  const rare = (all: readonly string[], times: number): string[] => all.filter((what) => (counted[what] ?? 0) <= times);
  await holdsUntilMet(fc.asyncProperty(streams, run), 25, () => [
    ...rare(answers, 5),
    ...rare(['cleared', 'waiting', 'rejected'], 2),
  ]);
  const [doubled] = await db.query(
    `select subject from platform.journal where kind = 'clearance.decided' group by subject having count(*) > 1`,
  );
  assert.equal(doubled, undefined);
});
