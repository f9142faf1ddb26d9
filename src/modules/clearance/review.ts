import { hash } from 'node:crypto';
import { type Check, checkBytes, type Decision, type Outcome } from '#kernel/check.ts';
import { type Day, day as parseDay, dayIn } from '#kernel/effective.ts';
import { parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Snapshot } from '#platform/snapshot.ts';
import { registered, represented } from '#modules/parties/index.ts';
import { screen } from '#modules/risk/index.ts';
import {
  type Amount,
  assess,
  type AssessInput,
  type Consignment,
  type Determination,
  engineVersion,
  explain,
  type Explained,
  type Opened,
  type Pack,
  packsPart,
} from '#modules/rulebook/index.ts';
import { stockChecks, type StockFigure } from './stock-model.ts';

/**
 * Everything that decides one parcel, as a pure function of the reference snapshot, the declaration as it stands, and
 * the account figures that were claimed for it. The same arguments give the same bytes, so that a decision can be
 * looked at again years later.
 */
export interface Review {
  determination: Determination;
  decision: Decision;
  /** SHA-256, hex, over determination and checks in the one order in which their members are written. */
  digest: string;
  /** The determination as JSON, as it stands in the first answer: without its checks and what they lead to. */
  brief: string;
}

export interface ReviewInput {
  id: string;
  filer: string;
  body: Consignment;
  on: Day;
  accounts: Readonly<Record<string, StockFigure>>;
  /** The day on which these goods left before, where this window knows the export that they come back from. */
  exported?: Day | null;
  /** The same parcel as it was opened under the same snapshot to see what it claims. */
  opened?: Opened | undefined;
  /** The version of the engine under which it was decided; the newest where nothing is said. */
  engine?: number;
}

/** The engine whose steps a stored digest stands for. It rises when any digest would change for the same inputs. */
export const reviewEngine = engineVersion;

export function review(snapshot: Snapshot, input: ReviewInput): Review {
  const { home } = snapshot.get(packsPart);
  const determination = input.opened?.assess(input.accounts) ?? assess(home, assessed(input), input.engine);
  const parties = ownChecks(snapshot, input);
  const screened = screen(snapshot, { consignment: input.body, route: determination.route }, input.id, input.on);
  const checks = [...parties, ...determination.checks, ...screened];
  const { outcome, decisive, desk } = conclude(home, determination, checks);
  const { whole, brief } = textsOf(determination);
  return {
    determination,
    decision: {
      outcome,
      checks,
      ground: groundOf(outcome, determination, decisive),
      remedy: remedies[outcome],
      desk,
      automated: true,
      by: 'engine',
      day: input.on,
      snapshot: snapshot.digest,
    },
    digest: hash('sha256', digested(whole, determination.checks, [...parties, ...screened]), 'hex'),
    brief,
  };
}

/** The determination of a review with its working, for whoever asks how it came about. */
export const reviewExplained = (snapshot: Snapshot, input: ReviewInput): Explained =>
  explain(snapshot.get(packsPart).home, assessed(input), input.engine);

const assessed = ({ body, on, accounts, exported }: ReviewInput): AssessInput => ({
  ...questionOf(body, on, exported),
  accounts,
});

/** What the engine is asked about a declaration that is lodged; goods that come back are back on the day they are. */
export const questionOf = (body: Consignment, on: Day, exported?: Day | null): Omit<AssessInput, 'accounts'> => ({
  consignment: body,
  on,
  ...(exported ? { days: { exported, back: on } } : {}),
  event: body.declaration.movement === 'export' ? 'exit' : 'entry',
});

/** What a decision comes to before it is put into words. */
export interface Conclusion {
  readonly outcome: Outcome;
  readonly decisive: Check | undefined;
  /** The desk that looks at the parcel, or that denied it; null where nobody has to. */
  readonly desk: string | null;
}

/** What a determination comes to, with all checks of the parcel in the order in which they count. */
export function conclude(home: Pack, determination: Determination, checks: readonly Check[]): Conclusion {
  const outcome = outcomeOf(determination, checks);
  const decisive = decisiveCheck(determination, checks, outcome);
  const looked = outcome === 'control' || outcome === 'denied';
  const desk = decisive?.params['desk'] ?? decisive?.params['authority'] ?? home.desks[0] ?? 'customs';
  return { outcome, decisive, desk: looked ? desk : null };
}

/** A determination as JSON without its checks, and once more without what they lead to: both are written in one go. */
function textsOf({ checks: _checks, leads, obligations, slips, release, unconfirmed, ...head }: Determination): {
  whole: string;
  brief: string;
} {
  const before = JSON.stringify(head).slice(0, -1);
  const behind = JSON.stringify({ obligations, slips, release, unconfirmed }).slice(1);
  return { whole: `${before},"leads":${JSON.stringify(leads)},${behind}`, brief: `${before},${behind}` };
}

/**
 * What the digest is taken over: the determination with its checks at the end, then the checks that are not the pack's.
 */
const digested = (determination: string, checks: readonly Check[], others: readonly Check[]): string =>
  `[${determination},[${checks.map(checkBytes).join()}],[${others.map(checkBytes).join()}]]`;

/** What is asked whatever the pack says: who may stand behind it on this day, and has a book what is drawn from it? */
function ownChecks(snapshot: Snapshot, { filer, body, on, accounts }: ReviewInput): Check[] {
  const { declarant, importer, seller } = body.declaration;
  const checks = [registered(snapshot, declarant, 'declarant', on)];
  if (declarant !== filer) checks.push(represented(snapshot, filer, declarant, 'file', on));
  if (importer) {
    checks.push(registered(snapshot, importer, 'importer', on));
    if (importer !== declarant) checks.push(represented(snapshot, declarant, importer, 'file', on));
  }
  if (seller) checks.push(registered(snapshot, seller, 'seller', on));
  checks.push(...stockChecks(body, accounts));
  return checks;
}

/** The order in which outcomes win: a declaration that cannot stand comes before what would be decided on it. */
function outcomeOf(determination: Determination, checks: readonly Check[]): Outcome {
  const led = new Set(Object.values(determination.leads));
  if (checks.some((check) => check.result === 'failed' && barsFiling(check.id))) return 'rejected';
  if (determination.slips.missing.length > 0 && determination.route !== null) return 'waiting';
  if (led.has('rejected')) return 'rejected';
  if (led.has('denied')) return 'denied';
  if (determination.otherRoute !== null || led.has('other-route')) return 'other-route';
  if (!determination.decided) return 'cannot-decide';
  if (led.has('control') || checks.some((check) => check.result === 'failed' && check.id.startsWith('risk/')))
    return 'control';
  return 'cleared';
}

/** Checks that are the window's own: where one of them fails, the declaration cannot stand. */
const barsFiling = (id: string): boolean => id.startsWith('parties/') || id.startsWith('stock/');

function decisiveCheck(determination: Determination, checks: readonly Check[], outcome: Outcome): Check | undefined {
  return checks.find(
    (check) =>
      check.result === 'failed' &&
      (determination.leads[check.id] === outcome || check.id.startsWith('risk/') || barsFiling(check.id)),
  );
}

const remedies: Readonly<Record<Outcome, string>> = {
  rejected: 'clearance/correct-and-lodge-again',
  'other-route': 'clearance/lodge-under-other-route',
  'cannot-decide': 'clearance/give-missing-facts',
  waiting: 'clearance/hand-in-slips',
  cleared: 'clearance/none-needed',
  control: 'clearance/answer-the-desk',
  released: 'clearance/none-needed',
  'released-changed': 'clearance/object-to-change',
  'released-security': 'clearance/settle-the-notice',
  denied: 'clearance/object-to-denial',
};

function groundOf(outcome: Outcome, determination: Determination, decisive: Check | undefined): string {
  if (decisive) return decisive.reason;
  if (outcome === 'cannot-decide') return 'clearance/facts-missing';
  if (outcome === 'waiting') return 'clearance/slips-missing';
  if (outcome === 'other-route') return 'clearance/over-the-limit';
  return determination.route === null ? 'clearance/no-route' : 'clearance/every-check-passed';
}

/** Who answers for the charges: the guarantor that the declaration names, otherwise the declarant himself. */
export const guarantorOf = (body: Consignment): string => body.declaration.guarantor ?? body.declaration.declarant;

/** The charges due at the border in the home currency; null while they cannot be decided. */
export function borderOf(reviewed: Review | null): { currency: string; minor: bigint } | null {
  const totals = reviewed?.determination.decided ? reviewed.determination.totals : null;
  const parsed = totals === null ? null : parseMoney(totals.border);
  return parsed?.ok ? parsed.value : null;
}

/** The legal day of a submission in the home economy's own time zone. */
export function legalDay(snapshot: Snapshot, receivedIso: string): Day {
  return dayIn(receivedIso, snapshot.get(packsPart).home.timeZone);
}

/** What a schema cannot see: days that no calendar has, amounts finer than their currency, numbers given twice. */
export function sound(body: Consignment): Result<Consignment> {
  const { declaration } = body;
  const lines = new Set<number>();
  for (const [index, goods] of declaration.goods.entries()) {
    const pointer = `/declaration/goods/${index}`;
    if (lines.has(goods.line))
      return refuse('clearance/line-repeated', { pointer: `${pointer}/line`, params: { line: String(goods.line) } });
    lines.add(goods.line);
    const price = amount(goods.price, `${pointer}/price`);
    if (!price.ok) return price;
  }
  for (const key of ['discount', 'freight', 'insurance', 'onward', 'taxIncluded'] as const) {
    const given = declaration[key];
    const checked = given ? amount(given, `/declaration/${key}`) : undefined;
    if (checked && !checked.ok) return checked;
  }
  for (const key of ['documents', 'previousDocuments'] as const)
    for (const [index, document] of (declaration[key] ?? []).entries())
      if (document.issued && !parseDay(document.issued))
        return refuse('clearance/day-invalid', { pointer: `/declaration/${key}/${index}/issued` });
  return soundSlips(body);
}

function soundSlips(body: Consignment): Result<Consignment> {
  const orders = new Set((body.orders ?? []).map((order) => order.number));
  const barcodes = new Set<string>();
  for (const [index, order] of (body.orders ?? []).entries()) {
    const total = amount(order.total, `/orders/${index}/total`);
    if (!total.ok) return total;
    const placed = soundInstant(order.placed, `/orders/${index}/placed`);
    if (!placed.ok) return placed;
  }
  for (const [index, payment] of (body.payments ?? []).entries()) {
    const paid = amount(payment.amount, `/payments/${index}/amount`);
    if (!paid.ok) return paid;
    const when = soundInstant(payment.paid, `/payments/${index}/paid`);
    if (!when.ok) return when;
    if (orders.size > 0 && !orders.has(payment.order))
      return refuse('clearance/order-unknown', {
        pointer: `/payments/${index}/order`,
        params: { order: payment.order },
      });
  }
  for (const [index, transport] of (body.transports ?? []).entries())
    for (const [place, piece] of transport.pieces.entries()) {
      if (barcodes.has(piece.barcode))
        return refuse('clearance/piece-repeated', {
          pointer: `/transports/${index}/pieces/${place}/barcode`,
          params: { barcode: piece.barcode },
        });
      barcodes.add(piece.barcode);
    }
  return ok(body);
}

/** An instant whose day the calendar has; one that is left out is sound. */
export function soundInstant(given: string | null | undefined, pointer: string): Result<null> {
  if (given === null || given === undefined || parseDay(given.slice(0, 10))) return ok(null);
  return refuse('clearance/day-invalid', { pointer });
}

function amount(given: Amount, pointer: string): Result<Amount> {
  const money = parseMoney(given);
  return money.ok
    ? ok(given)
    : refuse('clearance/amount-invalid', {
        pointer: pointer + (money.error.pointer ?? '/amount'),
        params: { currency: given.currency, amount: given.amount },
      });
}
