import { addDays, dayIn } from '#kernel/effective.ts';
import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { changesFor, draftRow, packsPart, stepChange } from '#modules/rulebook/index.ts';
import { castPrincipal } from './decisions.ts';

const proposal = {
  value: 'low-value-limit',
  figure: '80.00',
  law: 'commerce-order',
  article: 'art. 4(1), bill of the Ministry',
  title: '',
  grade: 'fictional' as const,
  url: '',
  // One example says that the bill is announced only; it does not hold any more when the bill is law.
  dropExamples: true,
};

/**
 * The change of law of the demonstration: the Ministry of Commerce would have a lower limit than the bill that is
 * announced, and at once. One member of the conference has approved it, another one still has to. It is made once.
 */
export async function proposeLaw(context: Context): Promise<void> {
  const author = await castPrincipal(context, 'marina');
  if ((await changesFor(context, author)).length > 0) return;
  const { home } = context.reference.current().get(packsPart);
  const today = dayIn(context.clock.instant(), home.timeZone);
  const title = 'The limit for the low-value route is lowered to XPN 80.00';
  const made = must(await draftRow(context, author, { ...proposal, from: addDays(today, 1) }, { title }));
  const { change, stamp } = made;
  const proposed = must(await stepChange(context, author, change, { move: 'propose', stamp }));
  const member = await castPrincipal(context, 'dora');
  const minutes = {
    text: 'The conference has heard the Tax Office, which agrees: the limit follows the prices at home.',
    reference: 'Conference, minutes 11, item 4',
    on: today,
  };
  const decision = {
    ground: 'Order on the Inter-Ministerial Conference of Ponenta, art. 3',
    reason: 'The limit follows the prices at home.',
    remedy: 'rulebook/remedy-propose-anew',
  };
  must(await stepChange(context, member, change, { move: 'approve', stamp: proposed.stamp, decision, minutes }));
}
