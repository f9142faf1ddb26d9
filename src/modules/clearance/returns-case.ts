import { formatMoney } from '#kernel/money.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { CaseRow, Effect, Procedure } from '#modules/cases/index.ts';
import { besidesArchived } from './archive.ts';
import { giveBackFor } from './returns-give.ts';
import { goodsBack } from './returns-back.ts';
import type { Outcome } from './returns-model.ts';
import * as store from './store-returns.ts';

const ids = (cases: readonly CaseRow[]): string[] => cases.map(({ id }) => id);

/** A return ends, or goes on after the decision that ended it was reversed. */
function ending(outcome: Outcome): Effect {
  const end = async (context: Context, tx: Tx, cases: readonly CaseRow[], to: Outcome | null): Promise<void> => {
    await store.endReturns(tx, ids(cases), to, context.clock.instant());
    await append(
      tx,
      cases.map(({ id, subject }) => ({
        kind: 'clearance.return-ended',
        subject,
        data: { return: id, outcome: to ?? 'reversed' },
      })),
    );
  };
  return {
    apply: (tx, cases, context) => end(context, tx, cases, outcome),
    undo: (tx, cases, context) => end(context, tx, cases, null),
  };
}

/** What goes back goes back once: money that was asked of a bank is not called in by a reversal. */
const refund: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const { border, elsewhere, currency } = await giveBackFor(context, tx, one.id);
      const amount = (minor: bigint): string => formatMoney({ currency, minor }).amount;
      await append(tx, [
        {
          kind: 'clearance.return-ended',
          subject: one.subject,
          data: {
            return: one.id,
            outcome: 'refunded',
            refund: amount(border),
            elsewhere: amount(elsewhere),
            currency,
          },
        },
      ]);
    }
  },
  undo: (): Promise<Refusal> => Promise.resolve({ code: 'clearance/return-given-back' }),
};

const arrived: Effect = {
  async apply(tx, cases, context) {
    for (const one of cases) {
      const refused = await goodsBack(context, tx, one);
      if (refused !== undefined) return refused;
    }
    return undefined;
  },
  undo: () => Promise.resolve(),
};

const said = (code: string, remedy: string) => ({ ground: code, reason: code, remedy });
const open = ['back', 'doubt'];

/**
 * Goods that go back: applied for, back by a day of the law, and then refunded or refused: by the rules where they can
 * say, by a person of the desk where the goods or the facts are in doubt.
 */
export const returnProcedure: Procedure = {
  name: 'return',
  version: 1,
  first: 'applied',
  moves: [
    { name: 'arrive', from: ['applied'], to: 'back', by: 'system', effect: 'arrive' },
    {
      name: 'give-back',
      from: ['back'],
      to: 'refunded',
      by: 'system',
      decision: true,
      effect: 'refund',
      reasons: said('clearance/return-granted', 'clearance/none-needed'),
    },
    {
      name: 'withhold',
      from: ['back'],
      to: 'refused',
      by: 'system',
      decision: true,
      effect: 'refuse',
      reasons: said('clearance/return-not-granted', 'clearance/object-to-return'),
    },
    { name: 'doubt', from: ['back'], to: 'doubt', by: 'system' },
    { name: 'refund', from: open, to: 'refunded', by: 'desk', purpose: 'clear', decision: true, effect: 'refund' },
    {
      name: 'refuse-refund',
      from: open,
      to: 'refused',
      by: 'desk',
      purpose: 'clear',
      decision: true,
      effect: 'refuse',
    },
    { name: 'call-off', from: ['applied'], to: 'withdrawn', by: 'party', effect: 'withdraw' },
    {
      name: 'lapse',
      from: ['applied'],
      to: 'lapsed',
      by: 'clock',
      decision: true,
      effect: 'lapse',
      reasons: said('clearance/return-not-back', 'clearance/return-apply-again'),
    },
  ],
  deadlines: [
    {
      name: 'goods-back',
      in: ['applied'],
      hours: 'fact:backHours',
      from: 'fact:backFrom',
      move: 'lapse',
      source: 'fact:backSource',
    },
    { name: 'decision', in: open, hours: 'fact:decideHours', from: 'entered', source: 'fact:decideSource' },
  ],
  effects: {
    arrive: besidesArchived(arrived),
    refund: besidesArchived(refund),
    refuse: besidesArchived(ending('refused')),
    withdraw: besidesArchived(ending('withdrawn')),
    lapse: besidesArchived(ending('lapsed')),
  },
};
