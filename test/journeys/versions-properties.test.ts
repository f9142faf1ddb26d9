import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { act, casesOf, reverse } from '#modules/cases/index.ts';
import { decideRedetermination, rebuild } from '#modules/clearance/index.ts';
import { parcelFrom, reviewAgain } from '#modules/clearance/read.ts';
import { versionsOf } from '#modules/clearance/store-read.ts';
import { ids } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { noticeOf } from '#modules/treasury/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { holdsUntilMet, long } from '../support/long.ts';
import { type Filed, shipper } from '../support/parcels.ts';
import { openWindow, type Told } from '../support/window.ts';

/**
 * Parcels of one consignee and one guarantor through any sequence of their lives, held against a second telling: a
 * model that knows a price, a version and a state of each, and one rate.
 */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const { file, land } = shipper(window, clock, 'VPR');
const reasons = { ground: 'art. 64', reason: 'looked at', remedy: 'clearance/object-to-change' };
const officer = () => principalOfClient(context.reference.current(), window.key('customs'), '2026-11-20')!;

const slots = 4;
/** Most of what can go wrong comes after release. */
const drawn = [
  'amend',
  'amend',
  'cancel',
  'land',
  'land',
  'determine',
  'determine',
  'determine',
  'reverse',
  'reverse',
] as const;
interface Step {
  readonly what: 'file' | (typeof drawn)[number];
  readonly slot: number;
  /** A price in hundredths; the low-value route takes up to 150.00. */
  readonly price: number;
}
/** What the model knows of a parcel; prices in hundredths. */
interface Known {
  readonly parcel: Filed;
  state: 'cleared' | 'released' | 'cancelled';
  price: number;
  version: number;
  /** The prices of the redeterminations that stand, each with what was before it. */
  readonly before: number[];
}

const text = (minor: number): string => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
const priced = (body: any, minor: number): void => {
  for (const one of [body.declaration.goods[0].price, body.orders[0].total, body.payments[0].amount])
    one.amount = text(minor);
  Object.assign(body.declaration, { freight: { currency: 'XPN', amount: '0.00' } });
};
/** Twelve per cent, rounded half up: all that a low-value parcel of this kind owes. */
const owed = (minor: number): bigint => (BigInt(minor) * 12n + 50n) / 100n;

async function step(known: Known, { what, price }: Step): Promise<string> {
  const { parcel } = known;
  const post = (door: string, body: object): Promise<Told> =>
    window.ask({ method: 'POST', url: `/v1/consignments/${parcel.id}/${door}`, as: parcel.filer, body });
  if (what === 'amend') {
    const consignment = structuredClone(parcel.body);
    priced(consignment, price);
    const version = known.version;
    const told = await post('amendments', { version, ground: 'value-changed', reason: 'so it is', consignment });
    if (told.status !== 201) return told.body.code;
    assert.equal(known.state, 'cleared', told.text);
    Object.assign(known, { price, version: told.body.version });
    return 'amended';
  }
  if (what === 'cancel') {
    const told = await post('cancellation', { ground: 'declared-in-error', reason: 'so it is' });
    if (told.status === 201) known.state = 'cancelled';
    if (told.status !== 202) return told.status === 201 ? 'cancelled' : told.body.code;
    const one = (await casesOf(db, [parcel.id])).find(({ id }) => id === told.body.application?.case)!;
    return grant(known, one);
  }
  if (what === 'determine') {
    const lines = [{ line: 1, price: { currency: 'XPN', amount: text(price) } }];
    const asked = { version: known.version, ground: 'wrong-value', reason: `so it is ${price}`, lines };
    const told = await post('redeterminations', asked);
    if (told.status !== 202) return told.body.code;
    const one = (await casesOf(db, [parcel.id])).find(({ id }) => id === told.body.application.case)!;
    const decision = { case: one.id, stamp: one.stamp, ...reasons, accepted: { lines } as any };
    const done = await decideRedetermination(context, officer(), decision);
    if (!done.ok) return done.error.code;
    known.before.push(known.price);
    Object.assign(known, { price, version: known.version + 1 });
    return 'determined';
  }
  if (what === 'reverse') {
    const one = (await casesOf(db, [parcel.id])).filter(({ state }) => state === 'redetermined').at(-1);
    if (one === undefined) return 'nothing to reverse';
    const undone = await db.tx((tx) =>
      reverse(context, tx, officer(), { case: one.id, stamp: one.stamp, decision: reasons }),
    );
    if (!undone.ok) return undone.error.code;
    Object.assign(known, { price: known.before.pop()!, version: known.version + 1 });
    return 'reversed';
  }
  return 'nothing';
}

const decide = ({ id, stamp }: { id: string; stamp: number }, move: string) =>
  db.tx((tx) => act(context, tx, officer(), { case: id, stamp, move, decision: reasons }));

async function grant(known: Known, one: { id: string; stamp: number; closed: string | null }): Promise<string> {
  if (one.closed !== null) return 'asked before';
  const done = await decide(one, 'grant');
  if (!done.ok) return done.error.code;
  known.state = 'cancelled';
  return 'granted';
}

/** The accounts and notices as the model has them, to the unit. */
async function agrees(all: readonly Known[], earlier: bigint): Promise<void> {
  const standing = all.filter(({ state }) => state !== 'cancelled');
  const [quota] = await db.query<{ sum: bigint }>(
    `select coalesce(sum(h.reserved + h.consumed), 0)::int8 as sum from accounts.holds h where h.kind = 'quota' and h.hold = any($1::uuid[])`,
    [`{${all.map(({ parcel }) => parcel.id).join(',')}}`],
  );
  assert.equal(
    quota!.sum,
    standing.reduce((sum, { price }) => sum + BigInt(price), 0n),
  );
  const due = standing.reduce((sum, { price }) => sum + owed(price), 0n);
  const [guarantee] = await db.query<{ sum: bigint }>(
    `select (reserved + consumed)::int8 as sum from accounts.accounts where kind = 'guarantee' and owner = $1`,
    [ids.guarantor],
  );
  assert.equal(guarantee!.sum - earlier, due);
  for (const { parcel, state, price, version } of all) {
    const notice = (await noticeOf(db, parcel.id))!;
    if (state === 'cancelled') assert.equal(notice.state, 'cancelled', parcel.id);
    else assert.deepEqual([notice.state, notice.amount, notice.version], ['secured', owed(price), version]);
    const rows = await versionsOf(db, parcel.id);
    assert.equal(rows.length, version);
    for (const row of rows) {
      const stored = parcelFrom(row);
      assert.equal((await reviewAgain(context, stored)).digest, stored.digest, `${parcel.id} ${stored.version}`);
    }
  }
}

test('S18 through any life of several parcels, accounts, notices and versions are what a model says, and cancelling all leaves nothing', async () => {
  let round = 0;
  const done = new Map<string, number>();
  const price = fc.integer({ min: 100, max: 14_900 });
  const steps = fc.record({ what: fc.constantFrom<Step['what']>(...drawn), slot: fc.nat(slots - 1), price });
  const wanted = [
    'amend amended',
    'cancel cancelled',
    // So few lives reach this that only the long run can be sure of it.
    ...(long ? ['cancel granted'] : []),
    'determine determined',
    'reverse reversed',
  ];
  await holdsUntilMet(
    fc.asyncProperty(
      fc.array(steps, { minLength: 20, maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      async (all, abreast) => {
        round += 1;
        const [before] = await db.query<{ sum: bigint }>(
          `select coalesce(sum(reserved + consumed), 0)::int8 as sum from accounts.accounts where kind = 'guarantee' and owner = $1`,
          [ids.guarantor],
        );
        const known = new Map<number, Known>();
        // One parcel takes its steps one after the other; different ones at the same time, as many as come abreast.
        const run = async (one: Step): Promise<void> => {
          const has = known.get(one.slot);
          const what = has === undefined ? 'file' : one.what;
          if (what === 'file') {
            if (has !== undefined) return;
            const parcel = await file('low-value', { buyer: 700_000 + round }, (body) => {
              body.declaration.goods[0].commodity = '691110';
              priced(body, one.price);
            });
            known.set(one.slot, { parcel, state: 'cleared', price: one.price, version: 1, before: [] });
            return;
          }
          let said = what as string;
          if (what === 'land') {
            const { released } = await land([has!.parcel]);
            if (has!.state === 'cleared' && released === 1) has!.state = 'released';
          } else said = `${what} ${await step(has!, one)}`;
          done.set(said, (done.get(said) ?? 0) + 1);
        };
        for (let at = 0; at < all.length; at += abreast) {
          const together = Map.groupBy(all.slice(at, at + abreast), ({ slot }) => slot);
          await Promise.all(
            [...together.values()].map(async (queue) => {
              for (const one of queue) await run(one);
            }),
          );
          await agrees([...known.values()], before!.sum);
        }
        for (const one of known.values()) {
          // A decision that was reversed leaves its case to be decided again, and one thing is asked at a time.
          for (const left of await casesOf(db, [one.parcel.id]))
            if (left.procedure === 'redetermination' && left.closed === null)
              assert.ok((await decide(left, 'refuse')).ok);
          if (one.state !== 'cancelled') await step(one, { what: 'cancel', slot: 0, price: 0 });
        }
        assert.ok([...known.values()].every(({ state }) => state === 'cancelled'));
        await agrees([...known.values()], before!.sum);
        await window.settle();
        assert.equal((await rebuild(context)).differing, 0);
      },
    ),
    10,
    () => wanted.filter((what) => !done.has(what)),
  );
});
