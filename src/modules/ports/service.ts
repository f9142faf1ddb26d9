import { digestOf } from '#kernel/canonical.ts';
import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { isCurrency, parseMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Refused, type Result } from '#kernel/result.ts';
import { anonymous, may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { registered } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { feesFor } from './calculate.ts';
import {
  type FeeLine,
  type Quantities,
  type TariffBody,
  tariffRecord,
  type TariffRow,
  type TariffView,
} from './model.ts';
import * as store from './store.ts';

/** The legal day of the window. */
export const todayIn = (context: Context): string =>
  dayIn(context.clock.instant(), context.reference.current().get(packsPart).home.timeZone);

/** A version as anybody reads it: what an operator publishes is public whole. */
export function tariffView({ id, operator, port, version, from, currency, body, published }: TariffRow): TariffView {
  const { name, source, fees } = JSON.parse(body) as TariffBody;
  return { id, operator, port, version, name, from, currency, source, fees, published };
}

function unsound({ fees, currency }: TariffBody): Refused | undefined {
  if (!isCurrency(currency)) return refuse('ports/currency-unknown', { pointer: '/currency', params: { currency } });
  const ids = new Set<string>();
  for (const [index, fee] of fees.entries()) {
    const at = `/fees/${index}`;
    if (ids.has(fee.id)) return refuse('ports/fee-twice', { pointer: `${at}/id`, params: { id: fee.id } });
    ids.add(fee.id);
    if (!fee.daily && fee.freeDays !== undefined) return refuse('ports/free-days', { pointer: `${at}/freeDays` });
    if (fee.minimum !== undefined && !parseMoney({ currency, amount: fee.minimum }).ok)
      return refuse('ports/amount', { pointer: `${at}/minimum`, params: { currency } });
  }
  return undefined;
}

async function keep(context: Context, tx: Tx, body: TariffBody, today: string): Promise<Result<TariffRow>> {
  const { operator, port, from, currency } = body;
  await store.lock(tx, operator, port);
  const versions = await store.versionsOf(tx, operator, port);
  const digest = Buffer.from(digestOf(body), 'hex');
  const same = versions.find((one) => one.from === from && one.digest.equals(digest));
  if (same !== undefined && same === versions.find((one) => one.from === from)) return ok(same);
  // The first tariff of a port may begin today; what was public yesterday is never rewritten.
  if (from < today || (from === today && versions.some((one) => one.from <= today)))
    return refuse('ports/past', { pointer: '/from', params: { today } });
  const row: TariffRow = {
    id: newId(context.clock.now()),
    operator,
    port,
    version: (versions[0]?.version ?? 0) + 1,
    from,
    currency,
    digest,
    body: JSON.stringify(body),
    published: context.clock.instant(),
  };
  await store.add(tx, row);
  await append(tx, [
    { kind: 'ports.published', subject: row.id, data: { operator, port, version: row.version, from } },
  ]);
  return ok(row);
}

/**
 * Publishes a version of what a port charges, by its operator, from a day that is still to come: nobody is charged by
 * what he could not read. The same again is the version that stands.
 */
export async function publish(context: Context, principal: Principal, body: TariffBody): Promise<Result<TariffView>> {
  const { operator } = body;
  if (!may(principal, 'tariff.publish', tariffRecord('', operator)))
    return refuse('ports/not-yours', { pointer: '/operator' });
  const today = todayIn(context);
  if (registered(context.reference.current(), operator, 'place-operator', today).result !== 'passed')
    return refuse('ports/not-an-operator', { pointer: '/operator', params: { operator } });
  const wrong = unsound(body);
  if (wrong !== undefined) return wrong;
  const kept = await context.db.tx((tx) => keep(context, tx, body, today));
  return kept.ok ? ok(tariffView(kept.value)) : kept;
}

/** A port's tariff on a day, and what will hold later. */
export interface PortView {
  readonly on: string;
  readonly tariff: TariffView | null;
  readonly coming: readonly TariffView[];
}

/** What a port charges on a day, for anybody. */
export async function portOn(context: Context, operator: string, port: string, on: string): Promise<Result<PortView>> {
  if (!may(anonymous(on), 'tariff.read', tariffRecord('', operator))) return refuse('ports/not-found');
  const [now, later] = await Promise.all([
    store.inForce(context.db, operator, port, on),
    store.coming(context.db, operator, port, on),
  ]);
  if (now === undefined && later.length === 0) return refuse('ports/not-found');
  return ok({ on, tariff: now === undefined ? null : tariffView(now), coming: later.map(tariffView) });
}

/** Every port that has a tariff, with the one that holds on a day or comes first. */
export const portList = async (context: Context, on: string): Promise<TariffView[]> =>
  (await store.ports(context.db, on)).map(tariffView);

/** What a port asks on a day for a cargo, fee by fee. */
export async function feesOn(
  context: Context,
  asked: { operator: string; port: string; on: string },
  quantities: Quantities,
): Promise<Result<{ tariff: TariffView; lines: FeeLine[]; total: WireMoney }>> {
  const found = await portOn(context, asked.operator, asked.port, asked.on);
  if (!found.ok) return found;
  const { tariff } = found.value;
  if (tariff === null) return refuse('ports/not-found');
  const { rounding } = context.reference.current().get(packsPart).home;
  return ok({ tariff, ...feesFor(tariff, quantities, rounding.mode) });
}
