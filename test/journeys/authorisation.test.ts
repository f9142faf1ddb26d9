import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ids, parcel as invent } from '#modules/demo/index.ts';
import { type Cast, enrol } from '#modules/parties/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { openWindow, type Told } from '../support/window.ts';
import { holdsUntilMet } from '../support/long.ts';

/**
 * Users × representations × mandates × records, through the API and through the pages: what leaves is held against a
 * second telling of the rules, written down here apart from the tables that the window asks.
 */

const today = '2026-11-20';
const clock = fixedClock(`${today}T06:00:00.000Z`);
const window = await openWindow({ clock });

const partiesMany = 7;
const clientsMany = 14;
const parcelsMany = 10;
const authoritiesMany = 3;

const dates = fc.constantFrom(
  { from: '2026-01-01', until: null },
  { from: today, until: null },
  { from: '2026-01-01', until: today },
  { from: '2026-11-21', until: null },
  { from: '2026-01-01', until: '2026-11-21' },
);
const party = fc.nat(partiesMany - 1);
const elements = [
  '*',
  'goods',
  'value',
  'order',
  'payment',
  'transport',
  'consignee',
  'parties',
  'decision',
  'charges',
  'movement',
  'case',
  'administration',
] as const;
const purposes = ['clear', 'inspect', 'tax', 'read', 'dispose', 'administer'] as const;
const worlds = fc.record({
  // What is enrolled is enrolled once: a second representation or competence of the same content would be passed over.
  representations: fc.uniqueArray(
    fc.record({
      represented: party,
      representative: party,
      scope: fc.subarray(['file', 'read', 'pay', 'guarantee'] as const, { minLength: 1 }),
      dates,
    }),
    {
      minLength: 6,
      maxLength: 14,
      selector: ({ represented, representative, scope }) => [represented, representative, ...scope].join(),
    },
  ),
  mandates: fc.uniqueArray(
    fc.record({
      authority: fc.nat(authoritiesMany - 1),
      element: fc.constantFrom(...elements),
      purpose: fc.constantFrom(...purposes),
      dates,
    }),
    {
      minLength: 6,
      maxLength: 16,
      selector: ({ authority, element, purpose }) => `${authority} ${element} ${purpose}`,
    },
  ),
  clients: fc.array(
    fc.record({
      party,
      authority: fc.option(fc.nat(authoritiesMany - 1), { freq: 2 }),
      scopes: fc.subarray(['file', 'read', 'pay', 'administer'] as const, { minLength: 1 }),
    }),
    { minLength: clientsMany, maxLength: clientsMany },
  ),
  parcels: fc.array(
    fc.record({
      filer: party,
      declarant: fc.option(party),
      seller: party,
      importer: fc.option(party),
      carrier: party,
      operator: party,
      guarantor: fc.option(party),
      platform: party,
      paid: fc.boolean(),
    }),
    { minLength: parcelsMany, maxLength: parcelsMany },
  ),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

const legal = [
  'seller',
  'platform',
  'declarant',
  'importer',
  'carrier',
  'place-operator',
  'payment-provider',
  'postal-operator',
  'guarantor',
] as const;
const holds = ({ from, until }: { from: string; until: string | null }): boolean =>
  from <= today && (until === null || today < until);

interface Reader {
  readonly key: string;
  readonly party: string | null;
  readonly authority: string | null;
  readonly scopes: readonly string[];
}
interface Filed {
  readonly id: string;
  readonly body: unknown;
  readonly at: Readonly<Record<string, readonly string[]>>;
  /** Words that stand for one class of data and occur nowhere else. */
  readonly words: {
    readonly consignee: string;
    readonly street: string;
    readonly price: string;
    readonly payment: string;
    readonly waybill: string;
  };
}

/** The classes of data that a reader sees of a parcel: for standing in it himself or through another, or by mandate. */
function classes(
  reader: Reader,
  filed: Filed,
  names: { reps: World['representations']; mandates: World['mandates'] },
  prefix: string,
): Set<string> {
  const seen = new Set<string>();
  if (!reader.scopes.includes('read')) return seen;
  const all = ['goods', 'value', 'order', 'payment', 'transport', 'parties', 'decision', 'charges', 'movement', 'case'];
  const given: Record<string, readonly string[]> = {
    filer: [...all, 'consignee'],
    declarant: [...all, 'consignee'],
    importer: all,
    seller: all,
    platform: all,
    carrier: ['transport', 'movement'],
    operator: ['transport', 'movement'],
    guarantor: ['parties', 'charges', 'movement'],
  };
  if (reader.party !== null) {
    const mine = new Set([reader.party]);
    for (const { represented, representative, scope, dates: period } of names.reps)
      if (`${prefix}P${representative}` === reader.party && scope.includes('read') && holds(period))
        mine.add(`${prefix}P${represented}`);
    for (const [place, parties] of Object.entries(filed.at))
      if (parties.some((one) => mine.has(one))) for (const element of given[place] ?? []) seen.add(element);
  }
  if (reader.authority !== null)
    for (const { authority, element, purpose, dates: period } of names.mandates) {
      if (`${prefix}a${authority}` !== reader.authority || purpose === 'administer' || !holds(period)) continue;
      for (const one of element === '*' ? [...all, 'consignee'] : [element]) seen.add(one);
    }
  return seen;
}

/** Registers a world of its own beside those before it. */
async function settle(world: World, prefix: string): Promise<Reader[]> {
  const parties = Array.from({ length: partiesMany }, (_, index) => ({
    identifier: `${prefix}P${index}`,
    name: `Party ${index}`,
    language: 'en',
    roles: [...legal],
  }));
  const authorities = Array.from({ length: authoritiesMany }, (_, index) => ({
    identifier: `${prefix}a${index}`,
    name: `Authority ${index}`,
    language: 'en',
  }));
  const readers = world.clients.map(({ party: of, authority, scopes }, index) => ({
    key: `reader-${prefix}-${index}-`.padEnd(43, '0'),
    party: authority === null ? `${prefix}P${of}` : null,
    authority: authority === null ? null : `${prefix}a${authority}`,
    scopes,
  }));
  const cast: Cast = {
    from: '2026-01-01',
    parties,
    authorities,
    representations: world.representations
      .filter(({ represented, representative }) => represented !== representative)
      .map(({ represented, representative, scope, dates: period }) => ({
        represented: `${prefix}P${represented}`,
        representative: `${prefix}P${representative}`,
        kind: 'direct',
        scope,
        ...period,
      })),
    mandates: world.mandates.map(({ authority, element, purpose, dates: period }) => ({
      authority: `${prefix}a${authority}`,
      element,
      purpose,
      reference: 'art. 1',
      ...period,
    })),
    clients: [
      ...readers.map(({ key, party: of, authority, scopes }, index) => ({
        name: `Reader ${index}`,
        key,
        party: of,
        authority,
        scopes: [...scopes],
      })),
      ...parties.map(({ identifier }) => ({
        name: identifier,
        key: `filer-of-${identifier}-`.padEnd(43, '0'),
        party: identifier,
        authority: null,
        scopes: ['file' as const],
      })),
    ],
  };
  await enrol(window.context, cast);
  return readers;
}

async function lodge(world: World, prefix: string): Promise<Filed[]> {
  const of = (index: number | null): string | null => (index === null ? null : `${prefix}P${index}`);
  const filed: Filed[] = [];
  for (const [index, one] of world.parcels.entries()) {
    const body: any = JSON.parse(
      invent({ seed: 23, index, at: clock.now(), run: `AUTH${prefix.toUpperCase()}`, kind: 'low-value' }).raw,
    );
    const mark = `${prefix}${index}`;
    const words = {
      consignee: `Zuleika-${mark}`,
      street: `Via Nascosta ${mark}`,
      price: `${100 + index}.37`,
      payment: `PAYREF-${mark}`,
      waybill: `WAYBILL-${mark}`,
    };
    const filer = `${prefix}P${one.filer}`;
    const declared = of(one.declarant);
    const stands =
      declared !== null &&
      world.representations.some(
        ({ represented, representative, scope, dates: period }) =>
          representative === one.filer && of(represented) === declared && scope.includes('file') && holds(period),
      );
    const declarant = stands ? declared : filer;
    const at = {
      declarant,
      seller: of(one.seller)!,
      importer: of(one.importer),
      placeOperator: of(one.operator),
      guarantor: of(one.guarantor),
    };
    Object.assign(body.declaration, at);
    body.declaration.consignee.name = { text: words.consignee, language: 'en' };
    body.declaration.consignee.address.lines = [words.street];
    for (const amount of [body.declaration.goods[0].price, body.orders[0].total, body.payments[0].amount])
      amount.amount = words.price;
    Object.assign(body.orders[0], { platform: of(one.platform), seller: of(one.seller), buyer: words.consignee });
    Object.assign(body.payments[0], { reference: words.payment, payer: words.consignee });
    Object.assign(body.transports[0], { carrier: of(one.carrier), document: words.waybill });
    if (!one.paid) delete body.payments;
    const headers = { authorization: `Bearer ${`filer-of-${filer}-`.padEnd(43, '0')}` };
    const told = await window.ask({ method: 'POST', url: '/v1/consignments', headers, body });
    assert.equal(told.status, 201, told.text);
    const list = (...values: (string | null)[]) => values.filter((value): value is string => value !== null);
    filed.push({
      id: told.body.id,
      body,
      words,
      at: {
        filer: [filer],
        declarant: [declarant],
        seller: list(at.seller),
        importer: list(at.importer),
        operator: list(at.placeOperator),
        guarantor: list(at.guarantor),
        carrier: list(of(one.carrier)),
        platform: list(of(one.platform)),
      },
    });
  }
  return filed;
}

/**
 * What a text shows although the reader may not see that class, told by the words that stand for it. A price shows
 * also as the base of a charge and as a figure in a reason: whoever sees those could work it out.
 */
function shown(text: string, { words }: Filed, seen: ReadonlySet<string>): string[] {
  const all: [readonly string[], string][] = [
    [['consignee'], words.consignee],
    [['consignee'], words.street],
    [['value', 'charges', 'decision'], words.price],
    [['payment'], words.payment],
    [['transport'], words.waybill],
  ];
  return all
    .filter(([of, word]) => !of.some((element) => seen.has(element)) && text.includes(word))
    .map(([of, word]) => `${of.join(' ')}: ${word}`);
}

/** Whether a reader may take a parcel back: it was filed or is declared by him, or by whom he represents for filing. */
function takesBack(
  reader: Reader,
  { at }: Filed,
  reps: World['representations'],
  prefix: string,
  places: readonly string[] = ['filer', 'declarant'],
): boolean {
  if (reader.party === null || !reader.scopes.includes('file')) return false;
  const mine = new Set([reader.party]);
  for (const { represented, representative, scope, dates: period } of reps)
    if (`${prefix}P${representative}` === reader.party && scope.includes('file') && holds(period))
      mine.add(`${prefix}P${represented}`);
  return places.flatMap((place) => at[place] ?? []).some((one) => mine.has(one));
}

/** What was met no more often than so. */
const rare = (met: Readonly<Record<string, number>>, times: number): string[] =>
  Object.keys(met).filter((what) => met[what]! <= times);

let round = 0;
test('what the API and the pages show of a parcel is what the reader may see of it, and nothing of any other', async () => {
  const met = { yes: 0, no: 0, listed: 0, waiting: 0 };
  await holdsUntilMet(
    fc.asyncProperty(worlds, async (world) => {
      round += 1;
      const prefix = `w${round}`;
      const readers = await settle(world, prefix);
      const filed = await lodge(world, prefix);
      const names = { reps: world.representations, mandates: world.mandates };
      for (const reader of readers) {
        const headers = { authorization: `Bearer ${reader.key}` };
        const get = (url: string): Promise<Told> => window.ask({ url, headers });
        const list = await get('/v1/consignments?limit=100');
        const board = await get('/parcels');
        assert.equal(list.status, 200, list.text);
        for (const one of filed) {
          const seen = classes(reader, one, names, prefix);
          const may = seen.size > 0;
          const told = await get(`/v1/consignments/${one.id}`);
          const page = await get(`/parcels/${one.id}`);
          const note = JSON.stringify({ reader, seen: [...seen], at: one.at });
          assert.equal(told.status, may ? 200 : 404, `${told.text} ${note}`);
          assert.equal(page.status, may ? 200 : 404, note);
          for (const text of [told.text, page.text, list.text, board.text])
            assert.deepEqual(shown(text, one, seen), [], note);
          met[may ? 'yes' : 'no'] += 1;
          const found = await get(`/parcels?mark=${one.words.waybill}`);
          if (!may)
            for (const text of [list.text, board.text, found.text, String(found.headers['location'])])
              assert.ok(!text.includes(one.id), `something names it: ${note}`);
          if (may) sees(told.body, seen, note);
          met.waiting += Number(list.body.waiting.some((row: any) => row.id === one.id));
          met.listed += Number(list.body.rows.some((row: any) => row.id === one.id));
        }
      }
    }),
    3,
    () => rare(met, 5),
  );
});

test('a declaration is taken back by who filed or declares it, and nobody else learns more of it than he may', async () => {
  const met: Record<string, number> = { taken: 0, refused: 0, hidden: 0 };
  await holdsUntilMet(
    fc.asyncProperty(worlds, async (world) => {
      round += 1;
      const prefix = `w${round}`;
      const readers = await settle(world, prefix);
      const filed = await lodge(world, prefix);
      const names = { reps: world.representations, mandates: world.mandates };
      for (const reader of readers)
        for (const one of filed) {
          const told = await window.ask({
            method: 'POST',
            url: `/v1/consignments/${one.id}/cancellation`,
            headers: { authorization: `Bearer ${reader.key}` },
            body: { ground: 'declared-twice', reason: 'Once is enough.' },
          });
          const seen = classes(reader, one, names, prefix);
          const mine = takesBack(reader, one, names.reps, prefix);
          const note = `${told.text} ${JSON.stringify({ reader, at: one.at })}`;
          if (mine) assert.ok([201, 409].includes(told.status), note);
          else assert.equal(told.status, seen.size > 0 ? 403 : 404, note);
          assert.deepEqual(shown(told.text, one, seen), [], note);
          if (told.status === 201) assert.equal('cancellation' in told.body, seen.has('decision'), note);
          met[told.status === 201 ? 'taken' : told.status === 403 ? 'refused' : 'hidden']! += 1;
        }
    }),
    3,
    () => rare(met, 0),
  );
});

/** Whether a reader may have charges determined again: who declared or owes them, and who clears or taxes. */
function determines(reader: Reader, one: Filed, world: World, prefix: string): boolean {
  if (takesBack(reader, one, world.representations, prefix, ['filer', 'declarant', 'importer'])) return true;
  if (reader.authority === null || !reader.scopes.includes('file')) return false;
  return world.mandates.some(
    ({ authority, purpose, dates: period }) =>
      `${prefix}a${authority}` === reader.authority && ['clear', 'tax'].includes(purpose) && holds(period),
  );
}

test('a declaration is amended by who filed it and determined again for who owes or levies, and its versions show no more than may be seen', async () => {
  const met: Record<string, number> = { amends: 0, determines: 0, reads: 0, refused: 0, hidden: 0 };
  await holdsUntilMet(
    fc.asyncProperty(worlds, async (world) => {
      round += 1;
      const prefix = `w${round}`;
      const readers = await settle(world, prefix);
      const filed = await lodge(world, prefix);
      const names = { reps: world.representations, mandates: world.mandates };
      const rows = await window.context.db.query<{ id: string }>('select id from clearance.waiting');
      const waiting = new Set(rows.map(({ id }) => id));
      for (const reader of readers)
        for (const one of filed) {
          const headers = { authorization: `Bearer ${reader.key}` };
          const url = `/v1/consignments/${one.id}`;
          const seen = classes(reader, one, names, prefix);
          const note = JSON.stringify({ reader, at: one.at });
          const versions = await window.ask({ url: `${url}/versions`, headers });
          // What waits for slips has no version yet.
          const waits = waiting.has(one.id);
          assert.equal(versions.status, seen.size > 0 && !waits ? 200 : 404, note);
          assert.deepEqual(shown(versions.text, one, seen), [], note);
          met['reads']! += Number(versions.status === 200);
          const why = { version: 999, reason: 'So it is.' };
          const asked = { ...why, ground: 'clerical-error', consignment: one.body };
          const amended = await window.ask({ method: 'POST', url: `${url}/amendments`, headers, body: asked });
          const mine = takesBack(reader, one, names.reps, prefix, ['filer']);
          const outside = seen.size > 0 ? 403 : 404;
          assert.equal(amended.status, mine ? 409 : outside, `${amended.text} ${note}`);
          assert.deepEqual(shown(amended.text, one, seen), [], note);
          const lines = [{ line: 1, origin: 'GR' }];
          const figures = { ...why, ground: 'wrong-origin', lines };
          const again = await window.ask({ method: 'POST', url: `${url}/redeterminations`, headers, body: figures });
          const levies = determines(reader, one, world, prefix);
          assert.equal(again.status, waits ? 404 : levies ? 409 : outside, `${again.text} ${note}`);
          met['amends']! += Number(mine);
          met['determines']! += Number(levies && !waits);
          met[amended.status === 403 ? 'refused' : 'hidden']! += 1;
        }
    }),
    2,
    () => rare(met, 0),
  );
});

/** Who may see a class does see it: a window that shows nothing would pass otherwise. */
function sees({ body, status, decision, timeline }: any, seen: ReadonlySet<string>, note: string): void {
  const there: Record<string, boolean> = {
    goods: body?.declaration?.goods?.[0]?.description !== undefined,
    value: body?.declaration?.goods?.[0]?.price !== undefined,
    consignee: body?.declaration?.consignee !== undefined,
    transport: body?.transports !== undefined,
    parties: body?.declaration?.seller !== undefined,
    order: body?.orders?.[0]?.number !== undefined,
    decision: decision !== undefined,
    movement: status !== undefined && timeline !== undefined,
  };
  for (const [element, is] of Object.entries(there)) assert.equal(is, seen.has(element), `${element} ${note}`);
}

test('who has no key, a key without the scope, or a mandate of yesterday reads nothing', async () => {
  const filed = invent({ seed: 29, index: 1, at: clock.now(), run: 'NOBODY', kind: 'low-value' });
  const { body } = await window.ask({ method: 'POST', url: '/v1/consignments', as: filed.filer, raw: filed.raw });
  const url = `/v1/consignments/${body.id}`;
  assert.equal((await window.ask({ url })).status, 401);
  assert.equal((await window.ask({ url, as: filed.filer })).status, 200);
  assert.equal((await window.ask({ url, as: ids.smallest })).status, 404);
  const list = await window.ask({ url: '/v1/administration/authorities', as: 'customs' });
  const { mandates } = list.body.find((one: any) => one.authority.identifier === 'customs');
  assert.equal((await window.ask({ url, as: 'customs' })).status, 200);
  for (const { id } of mandates)
    assert.equal(
      (await window.ask({ method: 'DELETE', url: `/v1/administration/mandates/${id}`, as: 'tax' })).status,
      200,
    );
  assert.equal((await window.ask({ url, as: 'customs' })).status, 404);
  assert.deepEqual((await window.ask({ url: '/v1/consignments', as: 'customs' })).body.rows, []);
});
