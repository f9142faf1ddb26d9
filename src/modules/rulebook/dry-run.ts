import type { Check } from '#kernel/check.ts';
import { day } from '#kernel/effective.ts';
import { parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { AssessmentRequest } from './consignment.ts';
import type { Explained } from './model.ts';
import { assessRequest, type Packs, packsPart } from './service.ts';

/** What only a lodged parcel is asked: a dry run knows no party, and must not tell what is watched. */
const notAsked = ['parties/registered', 'parties/represented', 'risk/screening', 'risk/watch', 'risk/profile'];

const skipped = (id: string): Check => ({
  id,
  result: 'skipped',
  reason: 'rulebook/not-asked-in-a-dry-run',
  params: {},
  rule: id,
  source: '',
  missing: [],
});

/**
 * The answer of a dry run: the determination of the real engine, and every other check skipped for one and the same
 * reason.
 */
export function dryRun(
  context: Context,
  request: AssessmentRequest,
  packs: Packs = context.reference.current().get(packsPart),
): Result<Explained> {
  const fitting = amountsFit(request);
  if (!fitting.ok) return fitting;
  const known = daysKnown(request);
  if (!known.ok) return known;
  const result = assessRequest(packs, request, context.clock.instant());
  if (!result.ok) return result;
  return ok({ ...result.value, checks: [...result.value.checks, ...notAsked.map(skipped)] });
}

/** Amounts finer than their currency, or in one that nobody knows, pass a schema: it knows no currencies. */
function amountsFit({ assumed = {}, consignment }: AssessmentRequest): Result<null> {
  const { declaration, orders = [], payments = [] } = consignment;
  const at = '/consignment/declaration';
  const amounts: (readonly [pointer: string, amount: { currency: string; amount: string } | null | undefined])[] = [
    ...declaration.goods.map(({ price }, index) => [`${at}/goods/${index}/price`, price] as const),
    ...(['discount', 'freight', 'insurance', 'onward', 'taxIncluded'] as const).map(
      (name) => [`${at}/${name}`, declaration[name]] as const,
    ),
    ...orders.map(({ total }, index) => [`/consignment/orders/${index}/total`, total] as const),
    ...payments.map(({ amount }, index) => [`/consignment/payments/${index}/amount`, amount] as const),
    ...Object.entries(assumed).map(([account, amount]) => [`/assumed/${account}`, amount] as const),
  ];
  for (const [pointer, amount] of amounts) {
    const money = amount ? parseMoney(amount) : undefined;
    if (money && !money.ok)
      return { ok: false, error: { ...money.error, pointer: `${pointer}${money.error.pointer ?? ''}` } };
  }
  return ok(null);
}

/** Days that no calendar has pass a schema too. */
function daysKnown({ consignment }: AssessmentRequest): Result<null> {
  const { declaration, orders = [], payments = [] } = consignment;
  const days: (readonly [pointer: string, text: string | null | undefined])[] = [
    ...orders.map(({ placed }, index) => [`orders/${index}/placed`, placed] as const),
    ...payments.map(({ paid }, index) => [`payments/${index}/paid`, paid] as const),
    ...(['documents', 'previousDocuments'] as const).flatMap((name) =>
      (declaration[name] ?? []).map(({ issued }, index) => [`declaration/${name}/${index}/issued`, issued] as const),
    ),
  ];
  for (const [pointer, text] of days)
    if (text && !day(text.slice(0, 10)))
      return refuse('rulebook/day-unknown', { pointer: `/consignment/${pointer}`, params: { day: text.slice(0, 10) } });
  return ok(null);
}
