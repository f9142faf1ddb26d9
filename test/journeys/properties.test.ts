import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { casesOf, reverse } from '#modules/cases/index.ts';
import { decideHeld, rebuild } from '#modules/clearance/index.ts';
import { parcelFrom, reviewAgain } from '#modules/clearance/read.ts';
import { parcelOf, versionsOf } from '#modules/clearance/store-read.ts';
import { ids, type Kind, parcel as invent, shares } from '#modules/demo/index.ts';
import { principalOfClient } from '#modules/parties/index.ts';
import { noticeOf } from '#modules/treasury/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow, type Told } from '../support/window.ts';
import { holdsUntilMet, tries } from '../support/long.ts';

/**
 * What has to hold whatever comes: the same bytes again, a projection that the journal makes, accounts that come out
 * even.
 */

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const { db } = context;
const kinds = Object.keys(shares) as Kind[];
const reasons = { ground: 'art. 46', reason: 'looked at', remedy: 'clearance/object-to-change' };
const officer = (desk = 'customs') => principalOfClient(context.reference.current(), window.key(desk), '2026-11-20')!;

let numbered = 0;
function make(kind: Kind, change: (body: any) => void = () => undefined, buyer?: number) {
  numbered += 1;
  const options = { seed: 17, index: numbered, at: clock.now(), run: 'PROP', kind };
  const made = invent(buyer === undefined ? options : { ...options, buyer });
  const body: any = JSON.parse(made.raw);
  change(body);
  return { ...made, body };
}
const file = (made: { filer: string; body: unknown }): Promise<Told> =>
  window.ask({ method: 'POST', url: '/v1/consignments', as: made.filer, body: made.body });

const rule = async (id: string, condition: string, share?: string) => {
  const body = {
    condition,
    ground: 'demo/watch-sample',
    desk: 'customs',
    source: 'art. 46',
    ...(share ? { share } : {}),
  };
  const told = await window.ask({ method: 'PUT', url: `/v1/administration/watch-rules/${id}`, as: 'customs', body });
  assert.equal(told.status, 200, told.text);
};

/** Facts that are left out, known absent, or at the edge of what a field may hold. */
const changes: Record<string, (body: any, some: number) => void> = {
  nothing: () => undefined,
  'no origin': (body) => delete body.declaration.goods[0].origin,
  'origin absent': (body) => (body.declaration.goods[0].origin = null),
  'no commodity': (body) => delete body.declaration.goods[0].commodity,
  'commodity of nowhere': (body) => (body.declaration.goods[0].commodity = '990000'),
  'no payments': (body) => delete body.payments,
  'no transports': (body) => delete body.transports,
  'no orders': (body) => delete body.orders,
  'no consignee': (body) => delete body.declaration.consignee,
  'nobody private': (body) => body.declaration.consignee && (body.declaration.consignee.private = false),
  'no freight': (body) => delete body.declaration.freight,
  'much freight': (body, some) => (body.declaration.freight.amount = `${some}.99`),
  'a discount': (body, some) => (body.declaration.discount = { currency: 'XPN', amount: `${some}.50` }),
  'another price': (body, some) => (body.declaration.goods[0].price.amount = `${some}.01`),
  'another currency': (body) => (body.declaration.goods[0].price.currency = 'EUR'),
  'a huge price': (body) => (body.declaration.goods[0].price.amount = '999999999999.99'),
  'a gift': (body) => (body.declaration.nature = 'gift'),
  'a return': (body) => (body.declaration.nature = 'return'),
  'an export': (body) =>
    Object.assign(body.declaration, { movement: 'export', dispatch: 'XP', destination: 'XL', route: undefined }),
  'in transit': (body) => Object.assign(body.declaration, { movement: 'transit', route: undefined }),
  'no route': (body) => delete body.declaration.route,
  'in a zone': (body) => (body.declaration.zone = 'free'),
};

test('a decision is worked out again to the same bytes, whatever the parcel and whatever changed since', async () => {
  await rule('sample', 'movement == "import"', '30');
  const seen = new Set<string>();
  const all: string[] = [];
  const arbitrary = fc.record({
    kind: fc.constantFrom(...kinds),
    change: fc.constantFrom(...Object.keys(changes)),
    some: fc.integer({ min: 0, max: 4_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(arbitrary, { minLength: 4, maxLength: 8 }), async (several) => {
      const told = await Promise.all(
        several.map(({ kind, change, some }) => file(make(kind, (body) => changes[change]!(body, some)))),
      );
      for (const { status, body, text } of told) {
        assert.ok(status === 201 || (status === 400 && body.code === 'clearance/amount-invalid'), text);
        if (status !== 201) continue;
        seen.add(body.decision.outcome);
        if (body.status !== 'waiting') all.push(body.id);
      }
    }),
    { numRuns: tries(40), endOnFailure: true },
  );
  for (const outcome of ['cleared', 'control', 'denied', 'other-route', 'rejected', 'cannot-decide', 'waiting'])
    assert.ok(seen.has(outcome), `no parcel came out as ${outcome}`);
  await rule('sample', 'movement == "export"');
  await rule('more', 'route == "low-value"', '50');
  const suspended = { name: 'Paylink', language: 'en', roles: ['seller'], status: 'suspended' };
  await window.ask({ method: 'PUT', url: '/v1/administration/parties/XL-S-003', as: 'customs', body: suspended });
  const names = [{ list: 'ours', name: 'Alba Scogliera', source: 'art. 1' }];
  await window.ask({ method: 'POST', url: '/v1/administration/denied-names', as: 'customs', body: names });
  clock.advance(40 * 86_400_000);
  for (const id of all) {
    const stored = parcelFrom((await parcelOf(db, id))!);
    const again = await reviewAgain(context, stored);
    assert.equal(again.digest, stored.digest, id);
    assert.equal(again.decision.outcome, stored.outcome);
    assert.deepEqual(again.determination.charges, stored.charges);
  }
});

const slots = 6;
interface Step {
  readonly what: 'file' | 'bill' | 'arrive' | 'release' | 'change' | 'deny' | 'reverse' | 'pay' | 'again';
  readonly slot: number;
  readonly price: number;
}
interface Slot {
  readonly made: ReturnType<typeof make>;
  readonly id: string;
  readonly landed: string;
}

/** Takes a step with the parcel of a slot, as somebody might at any moment: what is not possible then is refused. */
async function take({ what, price }: Step, { id, made, landed }: Slot): Promise<string> {
  const one = (await casesOf(db, [id])).find(({ procedure }) => procedure === 'held-parcel');
  const amount = { currency: 'XPN', amount: `${price}.00` };
  if (what === 'again') return String((await file(made)).status);
  if (what === 'bill' || what === 'arrive') {
    const head = { master: landed, mode: 'air', carrier: ids.carrier };
    const lines = [{ house: made.house, pieces: made.barcodes.length, barcodes: made.barcodes }];
    if (what === 'bill')
      return (await window.ask({ method: 'POST', url: '/v1/manifests', as: ids.carrier, body: { ...head, lines } }))
        .text;
    const tally = {
      reference: landed,
      master: landed,
      operator: ids.operator,
      place: 'XP-CAPO-AIR',
      landed: '2026-11-20T05:00:00Z',
      pieces: made.barcodes,
    };
    return (await window.ask({ method: 'POST', url: '/v1/arrivals', as: ids.operator, body: tally })).text;
  }
  if (what === 'pay') {
    const notice = await noticeOf(db, id);
    if (notice === undefined) return 'no notice';
    const due = {
      currency: notice.currency,
      amount: `${notice.amount / 100n}.${String(notice.amount % 100n).padStart(2, '0')}`,
    };
    const body = { method: 'simulated-bank', reference: `R-${notice.version}-${price}`, amount: due };
    const as = made.filer === ids.smallest ? ids.smallest : ids.agent;
    return (await window.ask({ method: 'POST', url: `/v1/notices/${id}/payments`, as, body })).text;
  }
  if (one === undefined) return 'no case';
  const common = { case: one.id, stamp: one.stamp };
  if (what === 'reverse') {
    const done = await db.tx((tx) => reverse(context, tx, officer(), { ...common, decision: reasons }));
    return done.ok ? 'reversed' : done.error.code;
  }
  const move = what === 'change' ? ('release-changed' as const) : (what as 'release' | 'deny');
  const accepted = what === 'change' ? { accepted: { lines: [{ line: 1, price: amount }] } } : {};
  const done = await decideHeld(context, officer(), { ...common, ...reasons, move, ...accepted });
  return done.ok ? move : done.error.code;
}

/** The accounts as they stand: none over its ceiling, and each the sum of what is held on it. */
async function even(): Promise<void> {
  const over = await db.query(
    `select * from accounts.accounts where reserved < 0 or consumed < 0 or reserved + consumed > ceiling`,
  );
  assert.deepEqual(over, []);
  const odd = await db.query(
    `select a.kind, a.owner, a.period from accounts.accounts a
     left join (select account, sum(reserved) as reserved, sum(consumed) as consumed from accounts.holds group by 1) h on h.account = a.id
     where a.reserved <> coalesce(h.reserved, 0) or a.consumed <> coalesce(h.consumed, 0)`,
  );
  assert.deepEqual(odd, []);
  const unlike = await db.query(
    `select n.id, n.version, n.state, n.amount, h.reserved, h.state as hold from treasury.notices n
       left join accounts.holds h on h.hold = n.id and h.kind = 'guarantee'
      where not exists (select from treasury.notices l where l.id = n.id and l.version > n.version)
        and coalesce(h.reserved, 0) <> case when n.state = 'secured' then n.amount else 0 end`,
  );
  assert.deepEqual(unlike, [], 'a guarantee is held for what is secured and for nothing else');
}

test('after any sequence of filing, landing, deciding, reversing and paying the projection is what the journal makes, and every account comes out even', async () => {
  await rule('sample', 'commodity == "691110"');
  let round = 0;
  const done = new Map<string, number>();
  const steps = fc.record({
    what: fc.constantFrom<Step['what']>(
      'file',
      'bill',
      'arrive',
      'release',
      'change',
      'deny',
      'reverse',
      'pay',
      'again',
    ),
    slot: fc.nat(slots - 1),
    price: fc.integer({ min: 1, max: 149 }),
  });
  await holdsUntilMet(
    fc.asyncProperty(
      fc.array(steps, { minLength: 20, maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      async (all, abreast) => {
        round += 1;
        const made = Array.from({ length: slots }, (_, slot) =>
          make(
            slot % 3 === 2 ? 'ordinary' : 'low-value',
            (body) => {
              body.declaration.goods[0].commodity = '691110';
              for (const amount of [body.declaration.goods[0].price, body.orders[0].total, body.payments[0].amount])
                amount.amount = slot % 3 === 2 ? '400.00' : '149.00';
              if (slot % 2 === 1)
                Object.assign(body.declaration, { declarant: ids.smallest, representation: 'self', guarantor: null });
            },
            900_000 + round,
          ),
        ).map((one, slot) => ({ ...one, filer: slot % 2 === 1 ? ids.smallest : one.filer }));
        const filed = new Map<number, Slot>();
        for (let at = 0; at < all.length; at += abreast) {
          await Promise.all(
            all.slice(at, at + abreast).map(async (step) => {
              const one = made[step.slot]!;
              if (step.what === 'file' || !filed.has(step.slot)) {
                const told = await file(one);
                assert.equal(told.status, 201, told.text);
                filed.set(step.slot, { made: one, id: told.body.id, landed: `618-${round}-${step.slot}` });
                return;
              }
              const said = await take(step, filed.get(step.slot)!);
              assert.doesNotMatch(said, /http\/bug|undefined/);
              const key = `${step.what} ${said.length < 40 ? said : 'told'}`;
              done.set(key, (done.get(key) ?? 0) + 1);
            }),
          );
          await even();
        }
        await window.settle();
        await even();
        const kept = await rebuild(context);
        assert.equal(kept.differing, 0);
      },
    ),
    12,
    () =>
      ['release release', 'change release-changed', 'deny deny', 'reverse reversed'].filter((one) => !done.has(one)),
  );
  await everythingComesBack();
});

/**
 * Whatever is still held is denied, whatever is still secured is paid: then no guarantee is left, and quotas hold what
 * went in.
 */
async function everythingComesBack(): Promise<void> {
  const parcels = await db.query<{ id: string; status: string; filer: string }>(
    `select d.id, coalesce(p.status, d.status) as status, d.filer from clearance.declarations d left join clearance.parcels p using (id) where d.version = 1`,
  );
  for (const { id, status } of parcels) {
    if (status !== 'control') continue;
    const one = (await casesOf(db, [id])).find(
      ({ procedure, closed }) => procedure === 'held-parcel' && closed === null,
    );
    const told = await decideHeld(context, officer(one?.desk ?? ''), {
      case: one!.id,
      stamp: one!.stamp,
      move: 'deny',
      ...reasons,
    });
    assert.ok(told.ok, JSON.stringify(told));
  }
  for (const { id, filer } of parcels) {
    const notice = await noticeOf(db, id);
    if (notice === undefined || !['due', 'secured'].includes(notice.state) || notice.amount === 0n) continue;
    const amount = {
      currency: notice.currency,
      amount: `${notice.amount / 100n}.${String(notice.amount % 100n).padStart(2, '0')}`,
    };
    const body = { method: 'simulated-bank', reference: 'R-END', amount };
    const told = await window.ask({ method: 'POST', url: `/v1/notices/${id}/payments`, as: filer, body });
    assert.equal(told.status, 200, told.text);
  }
  await window.settle();
  await even();
  const left = await db.query(
    `select h.hold, h.reserved, (select string_agg(n.version || ' ' || n.state || ' ' || n.amount, ', ' order by n.version) from treasury.notices n where n.id = h.hold) as notices,
            (select string_agg(j.kind, ', ' order by j.tx, j.seq) from platform.journal j where j.subject = h.hold) as journal
       from accounts.holds h where h.kind = 'guarantee' and h.reserved + h.consumed > 0`,
  );
  assert.deepEqual(left, [], 'every guarantee is free again');
  const quotas = await db.query<{ id: string; status: string; held: bigint; value: bigint }>(
    `select d.id, coalesce(p.status, d.status) as status, h.reserved + h.consumed as held, coalesce(v.accepted_value_minor, d.declared_value_minor) as value
       from clearance.declarations d left join clearance.parcels p using (id)
       left join clearance.declarations v on v.id = d.id and v.version = p.version
       join accounts.holds h on h.hold = d.id and h.kind = 'quota' where d.version = 1`,
  );
  for (const { id, status, held, value } of quotas) {
    if (status === 'denied' || status === 'lodged') assert.equal(held, 0n, id);
    else assert.ok(held === value || held === 0n, `${id} ${status} holds ${held} of ${value}`);
  }
}

test('each version of a parcel that was decided anew is worked out again to its own bytes', async () => {
  const rows = await db.query<{ id: string }>(
    'select distinct id from clearance.declarations where version > 1 limit 40',
  );
  assert.ok(rows.length > 0);
  for (const { id } of rows) {
    for (const version of await versionsOf(db, id)) {
      const stored = parcelFrom(version);
      assert.equal((await reviewAgain(context, stored)).digest, stored.digest, `${id} ${stored.version}`);
    }
  }
});
