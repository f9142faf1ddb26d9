import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { act, type CaseRow } from '#modules/cases/index.ts';
import { parcelNow } from '#modules/clearance/index.ts';
import { take } from '#modules/enquiries/index.ts';
import { reportFraud } from '#modules/readiness/index.ts';
import { caseQueue, firstCase } from './case-doors.ts';
import { castPrincipal } from './decisions.ts';

/** Held parcels of the customs desk that nobody has decided, the oldest first. */
async function heldParcels(context: Context, many: number): Promise<CaseRow[]> {
  const held: CaseRow[] = [];
  for await (const one of caseQueue(context, { procedure: 'held-parcel', desk: 'customs', state: 'open' }))
    if (held.push(one) === many) break;
  return held;
}

/**
 * What the people do who wait for parcels: one asked a person and has a reply, one objects, one sends what is missing
 * without being asked, and somebody reports a message that asks for money. Done before stays as it is.
 */
export async function letBuyersSpeak(context: Context): Promise<void> {
  if ((await firstCase(context, { procedure: 'enquiry' })) !== undefined) return;
  const [first, second, third] = await heldParcels(context, 3);
  const say = async (one: CaseRow | undefined, step: 'question' | 'object' | 'fact', text: string) =>
    one === undefined ? undefined : must(await take(context, one.subject, { step, text }));
  await say(second, 'object', 'It is a birthday present. Nobody asked me anything before it was held.');
  await say(third, 'fact', 'The watch was a present to my sister. It cost what the invoice says.');
  const asked = await say(first, 'question', 'Will it still come before Saturday?');
  const nives = await castPrincipal(context, 'nives');
  const reply = 'We look at it today. If nothing is wrong, the carrier has it tomorrow.';
  if (asked !== undefined)
    await context.db.tx(async (tx) =>
      must(await act(context, tx, nives, { case: asked.id, stamp: asked.stamp, move: 'reply', note: reply })),
    );
  const text = 'A message says that customs hold my parcel and that I must pay 2.99 at once. I wait for no parcel.';
  const report = { kind: 'false-message', text, where: 'ponenta-customs.example' } as const;
  must(await reportFraud(context, report, { address: 'demonstration' }));
}

/** The page on which a held parcel is found, filled in for the first whose desk waits for an answer. */
export async function buyersDoor(context: Context): Promise<string | undefined> {
  const fits = { procedure: 'held-parcel' };
  for (const filter of [{ ...fits, state: 'awaiting-answer' }, fits])
    for await (const { subject } of caseQueue(context, filter)) {
      const { body } = (await parcelNow(context.db, subject)) ?? {};
      const number = body?.transports?.[0]?.document;
      const fact = body?.declaration.consignee?.address.postcode;
      if (number && fact) return `/find-my-parcel?${new URLSearchParams({ number, fact }).toString()}`;
    }
  return undefined;
}
