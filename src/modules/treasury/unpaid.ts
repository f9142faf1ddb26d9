import { newId } from '#kernel/id.ts';
import { formatMoney } from '#kernel/money.ts';
import { refuse, type Refusal, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { consume, reserveAgain, restore } from '#modules/accounts/index.ts';
import {
  act,
  actAll,
  type CaseRow,
  casesOf,
  type Effect,
  open,
  type Procedure,
  reverse,
} from '#modules/cases/index.ts';
import { type Pack, packsPart } from '#modules/rulebook/index.ts';
import type { Bill, CallBody } from './model-bills.ts';
import { billOf, lockBill, securedOn, setState } from './store-bills.ts';

/**
 * The guarantee is drawn on for what the bill still asks: what its notices hold on the guarantor's account counts as
 * used until somebody pays, and gives no room to other parcels.
 */
const callEffect: Effect = {
  async apply(tx, cases, context): Promise<Refusal | undefined> {
    for (const { subject } of cases) {
      await lockBill(tx, subject);
      const bill = await billOf(tx, subject);
      if (bill?.state !== 'open' || bill.overdue === null) return { code: 'treasury/not-overdue' };
      const drawn = await consume(
        tx,
        (await securedOn(tx, subject)).map((hold) => ({ hold, kind: 'guarantee' })),
      );
      await setState(tx, subject, 'called', context.clock.instant());
      const minor = String(drawn.reduce((sum, { amount }) => sum + amount, 0n));
      const data = { guarantor: bill.guarantor, currency: bill.currency, minor };
      await append(tx, [{ kind: 'treasury.guarantee-called', subject, data }]);
    }
    return undefined;
  },
  async undo(tx, cases, context): Promise<Refusal | undefined> {
    for (const { subject } of cases) {
      await lockBill(tx, subject);
      const bill = await billOf(tx, subject);
      if (bill?.state !== 'called') return { code: 'treasury/bill-settled' };
      const holds = (await securedOn(tx, subject)).map((hold) => ({ hold, kind: 'guarantee', amount: null }));
      // The account stays locked between the two, so that nobody takes the room meanwhile.
      await reserveAgain(tx, await restore(tx, holds));
      await setState(tx, subject, 'open', context.clock.instant());
      await append(tx, [{ kind: 'treasury.call-reversed', subject, data: { guarantor: bill.guarantor } }]);
    }
    return undefined;
  },
};

/** A bill that nobody paid by its due day: an officer who levies taxes may call the guarantee, and take that back. */
export const unpaidBill: Procedure = {
  name: 'unpaid-bill',
  version: 1,
  first: 'open',
  moves: [
    { name: 'call', from: ['open'], to: 'called', by: 'desk', purpose: 'tax', decision: true, effect: 'call' },
    { name: 'settle', from: ['open', 'called'], to: 'settled', by: 'system' },
  ],
  deadlines: [],
  effects: { call: callEffect },
};

/** The authority that collects: the one of the pack that levies taxes, else its customs. */
export const collector = ({ authorities, desks }: Pack): string =>
  ['tax', 'customs'].flatMap((kind) => authorities.filter((one) => one.kind === kind))[0]?.id ?? desks[0] ?? 'customs';

/** Makes an unpaid bill somebody's work. */
export async function openUnpaid(context: Context, tx: Tx, bill: Bill): Promise<void> {
  const { home } = context.reference.current().get(packsPart);
  const { amount, currency } = formatMoney({ currency: bill.currency, minor: bill.standing });
  const one = {
    id: newId(context.clock.now()),
    subject: bill.id,
    desk: collector(home),
    parties: { payer: [bill.payer] },
    facts: { ground: 'treasury/unpaid', amount, currency, due: bill.due },
  };
  await open(tx, { procedure: unpaidBill.name, actor: 'window', at: context.clock.instant() }, [one]);
}

/** The case of an unpaid bill; undefined for one that was never overdue. */
export async function unpaidCase(tx: Tx, bill: string): Promise<CaseRow | undefined> {
  return (await casesOf(tx, [bill])).find(({ procedure }) => procedure === unpaidBill.name);
}

/** Ends the work on a bill that is settled. */
export async function settleUnpaid(context: Context, tx: Tx, bill: string): Promise<void> {
  const one = await unpaidCase(tx, bill);
  if (one !== undefined && one.closed === null) await actAll(context, tx, 'window', [{ case: one.id, move: 'settle' }]);
}

/** Calls the guarantee for an unpaid bill, or takes the call back: a decision with ground, reason and remedy. */
export async function decideUnpaid(
  context: Context,
  principal: Principal,
  bill: string,
  { move, stamp, ...decision }: CallBody,
): Promise<Result<CaseRow>> {
  return context.db.tx(async (tx) => {
    const one = await unpaidCase(tx, bill);
    if (one === undefined) return refuse('treasury/not-overdue');
    return move === 'reverse'
      ? reverse(context, tx, principal, { case: one.id, stamp, decision })
      : act(context, tx, principal, { case: one.id, move, stamp, decision });
  });
}
