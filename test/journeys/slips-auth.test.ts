import assert from 'node:assert/strict';
import { test } from 'node:test';
import { castParties, ids, parcel as invent } from '#modules/demo/index.ts';
import type { Consignment } from '#modules/rulebook/index.ts';
import { type Kind, kinds } from '#modules/slips/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { type Slip, slipsOf } from '../support/slips.ts';
import { openWindow, type Told } from '../support/window.ts';

/**
 * Who may send which slip and who sees what of it: everybody × every door × every slip, against what is written down
 * here apart from the tables that the window asks.
 */

const agents = {
  /** Sends and reads for the platform, only sends for the provider, only reads for the carrier. */
  helping: 'XP-HELPING',
  /** Was allowed to until yesterday. */
  former: 'XP-FORMER',
  /** Stands in the window in every role and in none of these parcels. */
  stranger: 'XP-STRANGER',
};
const everyRole = ['platform', 'payment-provider', 'carrier', 'declarant', 'seller'] as const;
const party = (identifier: string, roles: readonly any[] = ['declarant']) => ({
  identifier,
  name: identifier,
  language: 'en',
  roles: [...roles],
});
const stands = (
  represented: string,
  representative: string,
  scope: ('file' | 'read')[],
  until: string | null = null,
) => ({
  represented,
  representative,
  kind: 'direct' as const,
  scope,
  from: '2020-01-01',
  until,
});
const window = await openWindow({
  clock: fixedClock('2026-11-20T06:00:00.000Z'),
  cast: {
    parties: [
      ...castParties.map((one) => ({ ...one, roles: [...one.roles] })),
      party(agents.helping),
      party(agents.former),
      party(agents.stranger, everyRole),
    ],
    representations: [
      stands(ids.platform, agents.helping, ['file', 'read']),
      stands(ids.payments, agents.helping, ['file']),
      stands(ids.carrier, agents.helping, ['read']),
      stands(ids.platform, agents.former, ['file', 'read'], '2026-11-20'),
    ],
  },
});

let numbered = 0;
/** The slips of a parcel that the customs agent declares under his own key. */
function make(): Map<Kind, Slip> {
  numbered += 1;
  const options = {
    seed: 31,
    index: numbered,
    at: window.context.clock.now(),
    run: 'ATH',
    kind: 'low-value' as const,
  };
  const made = invent({ ...options, buyer: 12_000 + numbered });
  const body = JSON.parse(made.raw) as Consignment;
  assert.deepEqual([made.filer, body.declaration.declarant], [ids.agent, ids.agent]);
  return new Map(slipsOf(body, made.filer).map((slip) => [slip.kind, slip]));
}
const post = (slip: Slip, as: string | undefined): Promise<Told> =>
  window.ask({ method: 'POST', url: `/v1/${slip.kind}s`, body: slip.body, ...(as === undefined ? {} : { as }) });

const callers = [
  undefined,
  ids.platform,
  ids.payments,
  ids.carrier,
  ids.seller,
  ids.agent,
  ids.post,
  ids.consumer,
  agents.helping,
  agents.former,
  agents.stranger,
  'customs',
  'exchange',
  'quarantine',
] as const;

test('each slip is taken from its own party and from who may file for it today, and from nobody else', async () => {
  const own: Record<Kind, readonly string[]> = {
    order: [ids.platform, agents.helping],
    payment: [ids.payments, agents.helping],
    transport: [ids.carrier],
    declaration: [ids.agent],
  };
  for (const kind of kinds)
    for (const caller of callers) {
      const told = await post(make().get(kind)!, caller);
      const expected = caller === undefined ? 401 : own[kind].includes(caller) ? 201 : 403;
      assert.equal(told.status, expected, `${caller} sends the ${kind}: ${told.text}`);
    }
});

test('a party that is not registered in the role of a sender is not one, also under its own name', async () => {
  const order = make().get('order')!;
  const told = await post({ ...order, body: { ...order.body, platform: ids.seller } }, ids.seller);
  assert.deepEqual([told.status, told.body.code], [403, 'slips/role-not-registered']);
});

/** What a reader may find in an answer, each a word that stands nowhere else in it. */
const words = (slips: Map<Kind, Slip>) => {
  const declaration = slips.get('declaration')!.body as any;
  return {
    street: declaration.consignee.address.lines[0] as string,
    goods: declaration.goods[0].description.text as string,
    price: `"price":${JSON.stringify(declaration.goods[0].price)}`,
    total: `"total":${JSON.stringify((slips.get('order')!.body as any).total)}`,
    buyer: '"buyer":',
    payer: `"payer":`,
    paid: `"amount":${JSON.stringify((slips.get('payment')!.body as any).amount)}`,
    pieces: `"pieces":`,
    parcel: '"parcel":',
    state: '"state":"used"',
  };
};
type Word = keyof ReturnType<typeof words>;

test('a slip is seen by its own party, by who may read for it, and by authorities as far as their mandates go', async () => {
  const slips = make();
  for (const slip of slips.values()) assert.equal((await post(slip, slip.as)).status, 201);
  await window.settle();
  const seen: Record<Kind, Record<string, readonly Word[]>> = {
    order: {
      [ids.platform]: ['total', 'parcel', 'state'],
      [agents.helping]: ['total', 'parcel', 'state'],
      customs: ['total', 'buyer', 'parcel', 'state'],
      // Who may see orders and values, and neither movement nor who bought.
      exchange: ['parcel'],
      quarantine: ['parcel', 'state'],
    },
    payment: {
      [ids.payments]: ['paid', 'state'],
      customs: ['paid', 'payer', 'parcel', 'state'],
      exchange: ['paid', 'parcel'],
      quarantine: ['parcel', 'state'],
    },
    transport: {
      [ids.carrier]: ['pieces', 'state'],
      [agents.helping]: ['pieces', 'state'],
      customs: ['pieces', 'parcel', 'state'],
      exchange: ['parcel'],
      quarantine: ['pieces', 'parcel', 'state'],
    },
    declaration: {
      [ids.agent]: ['street', 'goods', 'price', 'parcel', 'state'],
      customs: ['street', 'goods', 'price', 'parcel', 'state'],
      exchange: ['price', 'parcel'],
      quarantine: ['goods', 'parcel', 'state'],
    },
  };
  const leaves = words(slips);
  for (const kind of kinds)
    for (const caller of callers) {
      const told = await window.ask({ url: slips.get(kind)!.url, ...(caller === undefined ? {} : { as: caller }) });
      const expected = caller === undefined ? undefined : seen[kind][caller];
      const status = caller === undefined ? 401 : expected === undefined ? 404 : 200;
      assert.equal(told.status, status, `${caller} reads the ${kind}: ${told.text}`);
      if (expected === undefined) continue;
      const found = Object.entries(leaves).filter(([, word]) => told.text.includes(word));
      assert.deepEqual(
        found.map(([name]) => name).toSorted(),
        [...expected].toSorted(),
        `${caller} sees of the ${kind}: ${told.text}`,
      );
    }
});

test('a list holds nobody else’s slips', async () => {
  for (const caller of callers) {
    if (caller === undefined) continue;
    const { status, body } = await window.ask({ url: '/v1/slips?limit=100', as: caller });
    assert.equal(status, 200);
    const senders = new Set<string>(body.rows.map(({ sender }: any) => sender));
    const own: Record<string, readonly string[]> = { [agents.helping]: [ids.platform, ids.carrier] };
    const official = ['customs', 'exchange', 'quarantine'].includes(caller);
    if (!official)
      assert.deepEqual(
        [...senders].filter((one) => !(own[caller] ?? [caller]).includes(one)),
        [],
        caller,
      );
    else assert.ok(senders.size >= 4, caller);
  }
  assert.equal((await window.ask({ url: '/v1/slips' })).status, 401);
});

test('a representation that ends takes the next slip with it', async () => {
  const listed = await window.ask({ url: `/v1/administration/parties/${ids.platform}`, as: 'customs' });
  const found = listed.text.match(/"id":"([0-9a-f-]{36})"[^{}]*"representative":"XP-HELPING"/);
  assert.ok(found, listed.text.slice(0, 800));
  assert.equal((await post(make().get('order')!, agents.helping)).status, 201);
  const url = `/v1/administration/representations/${found[1]}`;
  const ended = await window.ask({ method: 'DELETE', url, as: 'customs' });
  assert.equal(ended.status, 200, ended.text);
  const told = await post(make().get('order')!, agents.helping);
  assert.deepEqual([told.status, told.body.code], [403, 'slips/not-yours']);
});
