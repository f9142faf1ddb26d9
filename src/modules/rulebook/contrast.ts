import type { Day } from '#kernel/effective.ts';
import { formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import type { Amount } from './consignment.ts';
import { divide, type Exact, ofDecimal, toPlaces } from './exact.ts';
import type { Determination } from './model.ts';
import type { Pack } from './pack.ts';
import { convertExact } from './run.ts';
import { startRun } from './start.ts';

/** How a determination came out, as one of the codes that the portal has words and tones for. */
export function verdictOf({
  decided,
  otherRoute,
  leads,
  route,
}: Determination): 'denied' | 'rejected' | 'control' | 'other-route' | 'cannot-decide' | 'cleared' {
  const led = new Set(Object.values(leads));
  if (led.has('denied')) return 'denied';
  if (led.has('rejected')) return 'rejected';
  if (otherRoute !== null || led.has('other-route')) return 'other-route';
  if (!decided || route === null) return 'cannot-decide';
  return led.has('control') ? 'control' : 'cleared';
}

/** Checks that did not pass and are not the route's own, each once. */
const troubling = ({ checks }: Determination): string[] => [
  ...new Set(
    checks
      .filter(({ id, result }) => id !== 'route' && (result === 'failed' || result === 'unknown'))
      .map(({ id }) => id),
  ),
];

/** Codes of the documents that the law asks for and the declaration does not name. */
export const documentsAsked = ({ checks }: Determination): string[] => [
  ...new Set(checks.filter(({ result }) => result === 'failed').flatMap(({ params }) => params['document'] ?? [])),
];

/** Where the checks that put the parcel under control send it: the desk that takes them, else their authority. */
export const desksOf = ({ checks, leads }: Determination): string[] => [
  ...new Set(
    checks
      .filter(({ id, result }) => result === 'failed' && leads[id] === 'control')
      .flatMap(({ params }) => params['desk'] ?? params['authority'] ?? []),
  ),
];

const shared = [
  'outcome',
  'route',
  'border',
  'elsewhere',
  'missing',
  'documents',
  'checks',
  'desks',
  'slips',
  'obligations',
  'release',
] as const;
type Shared = (typeof shared)[number];

const aspects: Readonly<Record<Shared, (answer: Determination) => unknown>> = {
  outcome: verdictOf,
  route: ({ route, otherRoute }) => route ?? otherRoute,
  border: ({ totals }) => totals?.border,
  elsewhere: ({ totals }) => totals?.elsewhere,
  missing: ({ missing }) => missing,
  documents: documentsAsked,
  checks: troubling,
  desks: desksOf,
  slips: ({ slips }) => slips.need,
  obligations: ({ obligations }) => obligations.map(({ id }) => id),
  release: ({ release }) => release.needs,
};

export type Aspect = Shared | 'charge';

/** One thing that answers say, beside each other: in the order of the answers, null where one does not know it. */
export interface Contrast {
  readonly what: Aspect;
  /** The charge, where it is about one. */
  readonly id: string | null;
  readonly values: readonly unknown[];
  readonly same: boolean;
}

const chargeIn = ({ charges }: Determination, id: string): unknown => {
  const all = charges.filter((one) => one.id === id);
  const told = all.map(({ amount, liable, collect }) => ({ amount, liable, collect }));
  return told.length > 1 ? told : (told[0] ?? null);
};

/** What several answers about the same goods say of each thing, and whether they agree. */
export function contrast(answers: readonly Determination[]): Contrast[] {
  const row = (what: Aspect, id: string | null, values: readonly unknown[]): Contrast => {
    const texts = new Set(values.map((value) => JSON.stringify(value)));
    return { what, id, values, same: texts.size <= 1 };
  };
  const charges = [...new Set(answers.flatMap(({ charges: all }) => all.map(({ id }) => id)))];
  const raised = charges.map((id) =>
    row(
      'charge',
      id,
      answers.map((one) => chargeIn(one, id)),
    ),
  );
  return shared.flatMap((what): Contrast[] => {
    const own = row(what, null, answers.map(aspects[what]));
    // The charges stand before what they add up to.
    return what === 'border' ? [...raised, own] : [own];
  });
}

const nothing = { movement: 'import', nature: 'sale', goods: [] } as const;

/** The amount of one pack's currency in another one's, by that pack's own exchange rule on the day. */
function converted(pack: Pack, on: Day, { currency, amount }: Amount): Exact | undefined {
  const value = parseDecimal(amount);
  const consignment = { declaration: { ...nothing, goods: [] } };
  const run = startRun(pack, { consignment, on, event: 'entry', accounts: {} });
  return value === undefined ? undefined : convertExact(run, ofDecimal(value), currency);
}

/**
 * An amount of another economy in the currency of this one: by this one's rates, else by those of the other; undefined
 * where neither has a rate on the day.
 */
export function amountIn(pack: Pack, other: Pack, on: Day, amount: Amount): Amount | undefined {
  let exact = converted(pack, on, amount);
  if (exact === undefined) {
    const value = parseDecimal(amount.amount);
    const one = converted(other, on, { currency: pack.currency, amount: '1' });
    exact = value === undefined || one === undefined ? undefined : divide(ofDecimal(value), one);
  }
  if (exact === undefined) return undefined;
  return { currency: pack.currency, amount: formatDecimal(toPlaces(exact, pack.exponent, pack.rounding.mode)) };
}
