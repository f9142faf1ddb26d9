import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { act, caseOf, casesOf, reverse, sweep } from '#modules/cases/index.ts';
import { ids } from '#modules/demo/index.ts';
import { resumeTransfers } from '#modules/logistics/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { tries } from '../support/long.ts';
import { shipper } from '../support/parcels.ts';
import { openWindow } from '../support/window.ts';

const clock = fixedClock('2026-11-20T06:00:00.000Z');
const window = await openWindow({ clock });
const { context } = window;
const ask: typeof window.ask = (asked) => window.ask(asked);
const goods = shipper(window, clock, 'MOD');
const from = { office: 'XP000101', place: 'XP-PORTO-FRANCO', operator: ids.operator };
const to = { office: 'XP000201', place: 'XP-VALLOMBRA', operator: ids.dryPort };
const post = (url: string, as: string, body: unknown) => ask({ method: 'POST', url, as, body });
const officer = async () => context.identify({ headers: { authorization: `Bearer ${window.key('customs')}` } } as any);

type State = 'origin' | 'under-way' | 'arrived' | 'missing' | 'elsewhere';
interface Line {
  state: State;
  charged: boolean;
}
interface Modelled {
  readonly id: string;
  status: 'prepared' | 'departed' | 'arrived' | 'closed' | 'withdrawn';
  readonly lines: Map<string, Line>;
  due: number;
  /** Whether a difference is open, and whether its time limit has passed. */
  difference: 'none' | 'open';
}

/** What ought to be true of transfers over a few pieces, told without a database. */
class Model {
  readonly transfers: Modelled[] = [];
  readonly amounts: ReadonlyMap<string, bigint>;
  constructor(amounts: ReadonlyMap<string, bigint>) {
    this.amounts = amounts;
  }
  openIn(piece: string): { transfer: Modelled; line: Line } | undefined {
    for (const transfer of this.transfers) {
      const line = transfer.lines.get(piece);
      if (line && ['origin', 'under-way', 'missing'].includes(line.state)) return { transfer, line };
    }
    return undefined;
  }
  in(transfer: Modelled, ...states: State[]): string[] {
    return [...transfer.lines].filter(([, { state }]) => states.includes(state)).map(([piece]) => piece);
  }
  settle(transfer: Modelled): void {
    if (!['departed', 'arrived'].includes(transfer.status)) return;
    const under = this.in(transfer, 'under-way').length > 0;
    const missing = this.in(transfer, 'missing').length > 0;
    transfer.status = under ? 'departed' : missing ? 'arrived' : 'closed';
    if (!missing) transfer.difference = 'none';
  }
  /** Everything still under way is missing. */
  miss(transfer: Modelled): void {
    const under = this.in(transfer, 'under-way');
    for (const piece of under) transfer.lines.set(piece, { state: 'missing', charged: false });
    if (under.length > 0) transfer.difference = 'open';
  }
  arrive(transfer: Modelled, pieces: readonly string[], complete: boolean): void {
    for (const piece of pieces) {
      const open = this.openIn(piece);
      if (open && open.transfer !== transfer) {
        open.transfer.lines.set(piece, { state: 'elsewhere', charged: false });
        this.settle(open.transfer);
      }
      transfer.lines.set(piece, { state: 'arrived', charged: false });
    }
    if (complete) this.miss(transfer);
    this.settle(transfer);
  }
  lapse(now: number): void {
    for (const transfer of this.transfers) {
      if (transfer.status !== 'departed' || transfer.due > now) continue;
      this.miss(transfer);
      this.settle(transfer);
    }
  }
  held(): bigint {
    let sum = 0n;
    for (const { lines } of this.transfers)
      for (const [piece, { state, charged }] of lines)
        if (state === 'under-way' || state === 'missing' || charged) sum += this.amounts.get(piece) ?? 0n;
    return sum;
  }
}

let runs = 0;
const held = async (): Promise<bigint> => {
  const [row] = await context.db.query<{ reserved: bigint }>(
    `select reserved from accounts.accounts where kind = 'guarantee' and owner = $1`,
    [ids.carrier],
  );
  return row!.reserved;
};

/** Parcels of one, two and three pieces, and what stands good for each piece. */
async function fresh(): Promise<Model & { pieces: string[] }> {
  const filed = await Promise.all([1, 1, 1, 2, 3].map((pieces) => goods.file('simplified', { pieces })));
  const pieces = filed.flatMap(({ barcodes }) => barcodes);
  runs += 1;
  const probe = { reference: `P-${runs}`, master: `P-${runs}`, from, to, carrier: ids.carrier, pieces };
  const { body } = await post('/v1/transfers', ids.carrier, probe);
  assert.equal(body.counts.origin, pieces.length, JSON.stringify(body));
  const rows = await context.db.query<{ barcode: string; amount: bigint; parcel: string }>(
    'select barcode, amount, parcel from logistics.lines where transfer = $1',
    [body.id],
  );
  await post(`/v1/transfers/${body.id}/withdrawal`, ids.carrier, undefined);
  for (const { id, barcodes } of filed) {
    const [borderRow] = await context.db.query<{ border: bigint }>(
      'select border_minor as border from clearance.declarations where id = $1',
      [id],
    );
    const asked = (borderRow!.border * 12n + 5n) / 10n;
    const whole = rows.filter(({ parcel }) => parcel === id).reduce((sum, { amount }) => sum + amount, 0n);
    assert.equal(
      whole,
      asked > 50n ? asked : 50n,
      `the guarantee of ${barcodes.length} pieces is that of their parcel`,
    );
  }
  const model = new Model(new Map(rows.map(({ barcode, amount }) => [barcode, amount])));
  return Object.assign(model, { pieces });
}

const kinds = [
  'prepare',
  'depart',
  'withdraw',
  'split',
  'arrive',
  'arrive',
  'complete',
  'wait',
  'decide',
  'reverse',
] as const;
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    which: fc.nat({ max: 20 }),
    mask: fc.nat({ max: 255 }),
  }),
  { minLength: 4, maxLength: 18 },
);
type Told = { kind: (typeof kinds)[number]; which: number; mask: number };

async function take(model: Model & { pieces: string[] }, { kind, which, mask }: Told): Promise<void> {
  const named = model.pieces.filter((_, index) => (mask >> index) & 1);
  const mark = `M-${(runs += 1)}`;
  if (kind === 'prepare') {
    const free = named.filter((piece) => !model.openIn(piece));
    const body = { reference: mark, master: mark, from, to, carrier: ids.carrier, pieces: named };
    const told = await post('/v1/transfers', ids.carrier, body);
    // What arrived was released, and free goods need no transfer.
    const [goneRow] = await context.db.query<{ gone: string[] }>(
      `select coalesce(array_agg(x.barcode), '{}') as gone from clearance.pieces x join clearance.parcels p on p.id = x.id
        where x.barcode = any ($1::text[]) and p.status = 'released'`,
      [named],
    );
    const going = free.filter((piece) => !goneRow!.gone.includes(piece));
    assert.equal(told.status, going.length > 0 ? 201 : 409, told.text);
    if (going.length === 0) return;
    const lines = new Map<string, Line>(going.map((piece) => [piece, { state: 'origin', charged: false }]));
    model.transfers.push({ id: told.body.id, status: 'prepared', lines, due: 0, difference: 'none' });
    return;
  }
  if (kind === 'wait') {
    clock.advance(40 * 3_600_000);
    model.lapse(clock.now());
    while (await resumeTransfers(context));
    await sweep(context);
    return;
  }
  const transfer = model.transfers[which % Math.max(model.transfers.length, 1)];
  if (!transfer) return;
  const at = clock.instant();
  if (kind === 'depart') {
    const leftBehind = named.filter((piece) => transfer.lines.get(piece)?.state === 'origin');
    const told = await post(`/v1/transfers/${transfer.id}/departure`, ids.carrier, { departed: at, leftBehind });
    if (told.status !== 200) return;
    if (transfer.status !== 'prepared') return;
    for (const piece of leftBehind) transfer.lines.set(piece, { state: 'elsewhere', charged: false });
    for (const piece of await barred(transfer)) transfer.lines.set(piece, { state: 'elsewhere', charged: false });
    for (const piece of model.in(transfer, 'origin')) transfer.lines.set(piece, { state: 'under-way', charged: false });
    Object.assign(transfer, { status: 'departed', due: clock.now() + 72 * 3_600_000 });
    return;
  }
  if (kind === 'withdraw') {
    const told = await post(`/v1/transfers/${transfer.id}/withdrawal`, ids.carrier, undefined);
    if (transfer.status !== 'prepared') {
      assert.ok(told.status === 409 || transfer.status === 'withdrawn');
      return;
    }
    for (const piece of model.in(transfer, 'origin')) transfer.lines.set(piece, { state: 'elsewhere', charged: false });
    transfer.status = 'withdrawn';
    return;
  }
  if (kind === 'split') {
    const going = named.filter((piece) => transfer.lines.get(piece)?.state === 'under-way');
    const body = { reference: mark, master: mark, at, to: { ...to, place: 'XP-OTHER' }, pieces: going };
    const told = await post(`/v1/transfers/${transfer.id}/splits`, ids.carrier, body);
    if (going.length === 0) {
      assert.ok(told.status >= 400);
      return;
    }
    assert.equal(told.status, 201, told.text);
    const lines = new Map<string, Line>(going.map((piece) => [piece, { state: 'under-way', charged: false }]));
    for (const piece of going) transfer.lines.set(piece, { state: 'elsewhere', charged: false });
    model.transfers.push({ id: told.body.id, status: 'departed', lines, due: transfer.due, difference: 'none' });
    model.settle(transfer);
    return;
  }
  if (kind === 'arrive' || kind === 'complete') {
    const body = { reference: mark, operator: ids.dryPort, arrived: at, complete: kind === 'complete', pieces: named };
    const told = await post(`/v1/transfers/${transfer.id}/arrivals`, ids.dryPort, body);
    if (['prepared', 'withdrawn'].includes(transfer.status)) {
      assert.equal(told.status, 409, told.text);
      return;
    }
    assert.equal(told.status, 201, told.text);
    model.arrive(transfer, named, kind === 'complete');
    return;
  }
  await judge(model, transfer, kind, mask);
}

/** Pieces at the origin whose parcels were released meanwhile, because they came by another transfer. */
async function barred(transfer: Modelled): Promise<string[]> {
  const rows = await context.db.query<{ barcode: string }>(
    `select barcode from logistics.lines where transfer = $1 and state = 'elsewhere' and why = 'left-behind'`,
    [transfer.id],
  );
  return rows.map(({ barcode }) => barcode);
}

async function judge(model: Model, transfer: Modelled, kind: 'decide' | 'reverse', mask: number): Promise<void> {
  const cases = (await casesOf(context.db, [transfer.id])).filter(
    ({ procedure }) => procedure === 'transfer-difference',
  );
  assert.equal(
    cases.some(({ closed }) => closed === null),
    transfer.difference === 'open',
  );
  const last = cases.toSorted((a, b) => (a.id < b.id ? -1 : 1)).at(-1);
  if (!last) return;
  const one = (await caseOf(context.db, last.id))!;
  const who = await officer();
  const decision = { ground: 'art. 87', reason: 'found so', remedy: 'objection' };
  const step = { case: one.id, stamp: one.stamp, decision };
  if (kind === 'decide') {
    const move = one.state === 'due' && mask % 2 === 0 ? 'charge' : 'excuse';
    const done = await context.db.tx((tx) => act(context, tx, who, { ...step, move }));
    assert.equal(done.ok, one.closed === null, JSON.stringify(done));
    if (!done.ok) return;
    for (const piece of model.in(transfer, 'missing'))
      transfer.lines.set(piece, { state: 'elsewhere', charged: move === 'charge' });
    model.settle(transfer);
    return;
  }
  if (one.state !== 'charges-called') return;
  const back = [...transfer.lines].filter(([, { charged }]) => charged).map(([piece]) => piece);
  const done = await context.db.tx((tx) => reverse(context, tx, who, step));
  assert.ok(done.ok, JSON.stringify(done));
  for (const piece of back) transfer.lines.set(piece, { state: 'missing', charged: false });
  transfer.difference = 'open';
  transfer.status = 'arrived';
}

async function agree(model: Model): Promise<void> {
  for (const transfer of model.transfers) {
    const { body } = await ask({ url: `/v1/transfers/${transfer.id}`, as: ids.carrier });
    const counted = (state: State) => model.in(transfer, state).length;
    const { over: _over, ...counts } = body.counts;
    assert.deepEqual(counts, {
      origin: counted('origin'),
      'under-way': counted('under-way'),
      arrived: counted('arrived'),
      missing: counted('missing'),
      elsewhere: counted('elsewhere'),
      all: transfer.lines.size,
    });
    assert.equal(body.status, transfer.status);
  }
}

test('whatever is split, short, over, late or found again, every piece is in one place and the guarantee is its sum to the unit', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (asked) => {
      const model = await fresh();
      const before = await held();
      for (const step of asked) {
        await take(model, step);
        await agree(model);
        assert.equal((await held()) - before, model.held(), JSON.stringify(step));
      }
    }),
    { numRuns: tries(25) },
  );
  const [twiceRow] = await context.db.query<{ twice: bigint }>(
    `select count(*) as twice from (select barcode from logistics.lines where state in ('origin', 'under-way', 'missing')
      group by barcode having count(*) > 1) x`,
  );
  assert.equal(twiceRow!.twice, 0n);
});
