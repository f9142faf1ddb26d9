import { formatMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Tx } from '#platform/db.ts';
import { type Account, accountOf, freeOf, openedAccounts } from '#modules/accounts/index.ts';
import { guaranteeRecord, type OrderRow, type RefundView } from './model-bills.ts';
import { readsFor } from './service-bills.ts';
import { guaranteeKey, type OrderReceipt, receiptOf } from './service-orders.ts';
import * as store from './store-orders.ts';

/** A guarantee account as it leaves. `called` is drawn on for bills that nobody paid. */
export interface GuaranteeView {
  readonly kind: string;
  readonly owner: string;
  readonly unit: string;
  readonly ceiling: WireMoney | null;
  readonly reserved: WireMoney;
  /** What was drawn on for bills that nobody has paid. */
  readonly consumed: WireMoney;
  readonly free: WireMoney | null;
  readonly topUps: readonly OrderReceipt[];
}

function guaranteeOf(principal: Principal, account: Account, topUps: readonly OrderRow[]): Partial<GuaranteeView> {
  const { kind, owner, unit, ceiling, reserved, consumed } = account;
  const wire = (minor: bigint): WireMoney => formatMoney({ currency: unit, minor });
  const left = freeOf(account);
  const data: GuaranteeView = {
    kind,
    owner,
    unit,
    reserved: wire(reserved),
    consumed: wire(consumed),
    ceiling: ceiling === null ? null : wire(ceiling),
    free: left === null ? null : wire(left > 0n ? left : 0n),
    topUps: topUps.map(receiptOf),
  };
  return view(principal, { ...guaranteeRecord(owner), data });
}

/** A guarantor's account with what raised it, for himself, for who pays for him, and for who levies taxes. */
export async function guaranteeView(
  tx: Tx,
  principal: Principal,
  guarantor: string,
): Promise<Result<Partial<GuaranteeView>>> {
  const account = await accountOf(tx, guaranteeKey(guarantor));
  if (account === undefined || !may(principal, 'account.read', guaranteeRecord(guarantor)))
    return refuse('treasury/guarantee-not-found');
  return ok(guaranteeOf(principal, account, await store.ordersOf(tx, 'top-up', guarantor)));
}

/** The guarantee accounts that this principal may read: his own, or a page of all for an authority. */
export async function guaranteeList(tx: Tx, principal: Principal, after = ''): Promise<Partial<GuaranteeView>[]> {
  const parties = readsFor(principal);
  const accounts =
    parties === null
      ? await openedAccounts(tx, 'guarantee', after, 100)
      : (await Promise.all(parties.map((one) => accountOf(tx, guaranteeKey(one))))).filter((one) => one !== undefined);
  return accounts
    .filter(({ owner }) => may(principal, 'account.read', guaranteeRecord(owner)))
    .map((account) => guaranteeOf(principal, account, []));
}

/** Refunds that are to be made and the latest that were, of one's own parties, or of all for an authority. */
export async function refundList(tx: Tx, principal: Principal): Promise<RefundView[]> {
  const rows = await store.refundsOf(tx, readsFor(principal), 100);
  return rows.map(({ currency, amount, ...one }) => ({ ...one, amount: formatMoney({ currency, minor: amount }) }));
}
