import type { Tx } from '#platform/db.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import type { Effect, Procedure } from '#modules/cases/index.ts';
import { cancel, issueService, noticeOf, reinstate } from '#modules/treasury/index.ts';
import type { ServiceBody, TransactionRow } from './model.ts';
import * as store from './store.ts';

/** Who owes what is charged: the customer at home, who pays for himself and withholds for the other. */
const payerOf = (body: string): string => (JSON.parse(body) as ServiceBody).customer.identifier;

/** Asks for what an accepted transaction owes; what owes nothing is settled at once. */
export async function ask(context: Context, tx: Tx, one: Omit<TransactionRow, 'settled'>): Promise<void> {
  const { id, owed, charges, body } = one;
  const at = context.clock.instant();
  if (owed > 0n) {
    const stands = await noticeOf(tx, id);
    if (stands !== undefined) await reinstate(tx, [id], [false]);
    else {
      const { currency } = (JSON.parse(charges) as { amount: { currency: string } }[])[0]!.amount;
      await issueService(tx, { id, payer: payerOf(body), currency, amount: owed, charges, issued: at });
    }
  }
  await append(tx, [{ kind: 'services.accepted', subject: id, data: { owed: String(owed) } }]);
}

/** Moves the transactions of these cases; each is accepted with its notice, refused, or looked at again. */
const moving =
  (state: TransactionRow['state']) =>
  async (tx: Tx, cases: readonly { readonly subject: string }[], context: Context): Promise<void> => {
    for (const { subject } of cases) {
      const at = context.clock.instant();
      await store.decide(tx, subject, state, state === 'under-review' ? null : at);
      if (state === 'accepted') await ask(context, tx, (await store.byId(tx, subject))!);
      else {
        await cancel(tx, [subject], at);
        await append(tx, [{ kind: `services.${state}`, subject, data: {} }]);
      }
    }
  };

const acceptEffect: Effect = { apply: moving('accepted'), undo: moving('under-review') };
const refuseEffect: Effect = { apply: moving('refused'), undo: moving('under-review') };

/** A transaction that an officer who levies taxes looks at before it stands. */
export const serviceReview: Procedure = {
  name: 'service-review',
  version: 1,
  first: 'open',
  moves: [
    { name: 'accept', from: ['open'], to: 'accepted', by: 'desk', purpose: 'tax', decision: true, effect: 'accept' },
    { name: 'refuse', from: ['open'], to: 'refused', by: 'desk', purpose: 'tax', decision: true, effect: 'refuse' },
  ],
  deadlines: [],
  effects: { accept: acceptEffect, refuse: refuseEffect },
};
