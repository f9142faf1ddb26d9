import type { Principal } from '#platform/auth.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { find, lastReplay, parcelList, returnsIn, stockBooks } from '#modules/clearance/index.ts';
import { transferList } from '#modules/logistics/index.ts';
import { changesFor } from '#modules/rulebook/index.ts';
import { shownSummary } from '#modules/statistics/index.ts';
import { amendedOf } from './amend.ts';
import { serviceList } from '#modules/services/index.ts';
import { billList, statementList } from '#modules/treasury/index.ts';
import { buyersDoor } from './buyers.ts';
import { firstCase } from './case-doors.ts';
import type { Demo } from './demo.ts';
import { differences, historyDay, historyDays } from './history.ts';
import { placeOf } from './landing.ts';
import { waitingRegistration } from './registration.ts';
import { ids } from './roles.ts';

/**
 * One stop of the tour: one sentence, one link, what to look for. Its words are `demo.tour.<id>.title`, `.sentence` and
 * `.look`; `person` is who it signs in, null for a page that anybody may open.
 */
export interface Stop {
  readonly id: string;
  readonly person: string | null;
  /** The address that it opens; undefined when no such record is there at the moment. */
  path(context: Context, demo: Demo, principal: Principal): Promise<string | undefined>;
}

const page = (id: string, person: string | null, address: string): Stop => ({
  id,
  person,
  path: () => Promise.resolve(address),
});

async function parcelIn(context: Context, principal: Principal, status: string): Promise<string | undefined> {
  const { rows } = await parcelList(context, principal, { status, limit: 1 });
  return rows[0] === undefined ? undefined : `/parcels/${rows[0].id}`;
}

/** A parcel on its way that this person's own party filed, so that it is hers to take back. */
async function ownCleared(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const { rows } = await parcelList(context, principal, { status: 'cleared', limit: 100 });
  const own = rows.find(({ filer }) => filer === principal.party);
  return own === undefined ? undefined : `/parcels/${own.id}`;
}

/** An export that left, by its proof. */
async function exportProven(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const address = await parcelIn(context, principal, 'left');
  return address === undefined ? undefined : `${address}/export-proof`;
}

/** A parcel of hers of which a part is back and given back, and a part is still there to be sent back. */
async function partlyBack(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  for (let before: string | null | undefined; before !== null; ) {
    const listed = await parcelList(context, principal, {
      status: 'released',
      limit: 100,
      ...(before ? { before } : {}),
    });
    for (const { id, filer } of listed.rows) {
      if (filer !== principal.party) continue;
      const back = await returnsIn(context, principal, id);
      if (back.some(({ state }) => state === 'refunded')) return `/parcels/${id}`;
    }
    before = listed.next;
  }
  return undefined;
}

/** The parcel of the last day that its seller amended. */
async function amended(context: Context, demo: Demo, principal: Principal): Promise<string | undefined> {
  const day = historyDay(demo.seed, msOfInstant(demo.began), historyDays);
  const id = await amendedOf(context, principal, day);
  return id === undefined ? undefined : `/parcels/${id}`;
}

/** A parcel of which a piece was on the paper and not in the aircraft, and has not come since. */
async function shortLanded(context: Context, demo: Demo, principal: Principal): Promise<string | undefined> {
  const began = msOfInstant(demo.began);
  for (let number = historyDays - 1; number >= 0; number -= 1) {
    for (const barcode of differences(demo.seed, historyDay(demo.seed, began, number), false).missing) {
      const [id] = await find(context, principal, barcode);
      if (id !== undefined) return `/parcels/${id}`;
    }
  }
  return undefined;
}

const caseAt = (id: string | undefined): string | undefined => (id === undefined ? undefined : `/cases/${id}`);

async function heldPlants(context: Context): Promise<string | undefined> {
  return caseAt(await firstCase(context, { procedure: 'held-parcel', desk: 'quarantine', unclaimed: true }));
}

async function overLanded(context: Context): Promise<string | undefined> {
  return caseAt(await firstCase(context, { procedure: 'disposal' }, ({ facts }) => facts['cause'] === 'over-landed'));
}

/** The line of the bonded warehouse that has moved most in the demonstration: the first of its book. */
async function stockLineWithMoves(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const { books } = await stockBooks(context, principal);
  const [book] = books.filter(({ lines }) => lines > 0);
  return book === undefined ? undefined : `/stock/${encodeURIComponent(book.number)}/lines/1`;
}

async function stockDiffers(context: Context): Promise<string | undefined> {
  return caseAt(await firstCase(context, { procedure: 'stock-difference' }));
}

async function replayOfTheMonth(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const id = await lastReplay(context, principal);
  return id === undefined ? undefined : `/replays/${id}`;
}

/** A summary declaration of a closed month, where there is one with a correction. */
async function monthEnd(context: Context): Promise<string> {
  const id = await shownSummary(context);
  return id === undefined ? '/summaries' : `/summaries/${id}`;
}

/** The transfer between the zones from which something is still missing. */
async function transferWithMissing(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const { rows } = await transferList(context, principal, { status: 'arrived', limit: 100 });
  const found = rows.find(({ counts }) => (counts?.missing ?? 0) > 0);
  return found === undefined ? undefined : `/transfers/${found.id}`;
}

/** The tax bill to be paid, or the one that still collects; the list, until the window has read what was released. */
async function taxBill(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const { bills } = await billList(context, principal, {});
  const one = bills.find(({ state }) => state === 'open') ?? bills[0];
  return one === undefined ? '/bills' : `/bills/${one.id}`;
}

/** The bank's statement that says otherwise than the window. */
async function bankStatement(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const found = await statementList(context.db, principal);
  const one = found.ok ? found.value.find(({ open }) => open > 0) : undefined;
  return one === undefined ? undefined : `/bank-statements/${one.id}`;
}

/** The licence that the tax office looks at. */
async function licence(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const [one] = (await serviceList(context, principal)).services;
  return one === undefined ? undefined : `/services/${one.id}`;
}

/** A parcel for the pre-check: its value lies between two limits of the low-value route, an older and a newer one. */
const cups = {
  run: '1',
  economy: 'xp',
  'goods.0.description': 'Two cups',
  'goods.0.price': '120.00',
  'goods.0.quantity': '2',
  'goods.0.netWeight': '0.700',
  'goods.0.commodity': '691200',
  'goods.0.origin': 'CN',
  private: 'yes',
  currency: 'XPN',
  freight: '5.00',
  mode: 'air',
  method: 'card',
  'assumed.yearly': '0',
};
const asked = (more: Record<string, string>): string =>
  `/assess?${new URLSearchParams({ ...cups, ...more }).toString()}`;
/** The change of law that waits for the steering body. */
async function lawBeforeTheBody(context: Context, _: Demo, principal: Principal): Promise<string | undefined> {
  const waiting = (await changesFor(context, principal)).find(({ state }) => state === 'under-review');
  return waiting === undefined ? undefined : `/law/changes/${waiting.id}`;
}

/** The tour, in the order in which the idea unfolds. Every stop is walked by a test. */
export const tourStops: readonly Stop[] = [
  page('chart', null, '/'),
  page('dry-run', null, '/assess'),
  page('commodity', null, `/commodities?words=${encodeURIComponent('男士纯棉T恤\n无线蓝牙耳机')}`),
  page('law-and-date', null, asked({ on: '2023-12-01' })),
  page('rules', null, '/rules/xp'),
  page('file', 'salma', '/parcels'),
  page('offline', 'salma', '/file/device'),
  page('my-parcels', 'salma', '/parcels?status=released'),
  { id: 'parcel', person: 'salma', path: (context, _, principal) => parcelIn(context, principal, 'released') },
  { id: 'take-back', person: 'salma', path: ownCleared },
  { id: 'export', person: 'irma', path: exportProven },
  { id: 'return', person: 'salma', path: partlyBack },
  { id: 'versions', person: 'salma', path: amended },
  page('slips', 'teo', '/slips'),
  page('trade', 'salma', '/trade'),
  page('messages', 'teo', '/messages'),
  page('integrator', 'salma', '/keys'),
  page('news', 'salma', '/news'),
  page('queue', 'orso', '/queue'),
  { id: 'decision', person: 'orso', path: heldPlants },
  { id: 'buyer', person: null, path: buyersDoor },
  page('pay', 'alba', '/notices'),
  { id: 'tax-bill', person: 'bruna', path: taxBill },
  { id: 'bank-statement', person: 'dora', path: bankStatement },
  { id: 'licence', person: 'dora', path: licence },
  page('port', null, `/ports/${ids.operator}/${placeOf(false)}?consignment=1&tonne=0.4&days=5`),
  page('aircraft', 'celso', '/demo/aircraft'),
  { id: 'bonded', person: 'celso', path: stockLineWithMoves },
  { id: 'stock-difference', person: 'nives', path: stockDiffers },
  { id: 'short-landed', person: 'nives', path: shortLanded },
  { id: 'over-landed', person: 'nives', path: overLanded },
  { id: 'transfer', person: 'nives', path: transferWithMissing },
  { id: 'law', person: 'nives', path: lawBeforeTheBody },
  { id: 'replay', person: 'dora', path: replayOfTheMonth },
  { id: 'month-end', person: 'dora', path: monthEnd },
  page('statistics', null, '/statistics'),
  page('agent', 'salma', '/representations'),
  { id: 'registration', person: 'marina', path: (context, _, principal) => waitingRegistration(context, principal) },
  page('account', 'salma', '/account'),
  page('people', 'ilda', '/admin/people'),
  page('clients', 'ilda', '/admin/clients'),
  page('audit', 'lino', '/parcels'),
  page('side-by-side', null, asked({ with: 'xl', 'with.scheme': 'REG' })),
  page('zone', null, '/rules/xp/zones/porto-franco'),
  page('readiness', null, '/readiness?answers=12210212012122101212'),
  page('status', null, '/status'),
  page('report', null, '/about/report'),
];
