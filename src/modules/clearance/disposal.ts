import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { actAll, type CaseRow, casesOf, type Effect, open, type Procedure } from '#modules/cases/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { besidesArchived } from './archive.ts';
import { clock } from './clocks.ts';
import { setStatus } from './store-parcels.ts';

/** What a parcel's status is when its disposal has ended so. */
const endings = {
  're-exported': 'left',
  'ordinary-import': 'lodged',
  destroyed: 'abandoned',
  abandoned: 'abandoned',
  seized: 'denied',
  sold: 'abandoned',
} as const;

/**
 * Brings parcels to the state that their disposal ends in. A piece without data is no parcel and keeps only its case.
 */
function ending(name: string, status: string): Effect {
  const move = async (context: Context, tx: Tx, cases: readonly CaseRow[], to: string, how: string): Promise<void> => {
    const parcels = cases.filter((one) => one.facts['cause'] !== 'over-landed').map((one) => one.subject);
    const moved = await setStatus(tx, parcels, to, context.clock.instant());
    await append(
      tx,
      moved.map(({ id, ...row }) => ({ kind: 'clearance.disposed', subject: id, data: { ...row, ending: how } })),
    );
  };
  return {
    apply: (tx, cases, context) => move(context, tx, cases, status, name),
    async undo(tx, cases, context) {
      // A parcel goes back to what it was brought here for.
      for (const [to, group] of Map.groupBy(cases, ({ facts }) =>
        facts['cause'] === 'cancelled' ? 'cancelled' : 'denied',
      ))
        await move(context, tx, group, to, 'reversed');
    },
  };
}

const decided = (name: string, to: keyof typeof endings) => ({
  name,
  from: ['open', 'chosen'],
  to,
  by: 'desk' as const,
  purpose: 'dispose',
  decision: true,
  effect: to,
});

/**
 * What becomes of goods that may not enter, that nobody claims, or that landed without data: re-export, ordinary
 * import,
 * destruction, abandonment, seizure or sale. The person concerned may say first what he wants.
 */
export const disposal: Procedure = {
  name: 'disposal',
  version: 1,
  first: 'open',
  moves: [
    { name: 'choose', from: ['open'], to: 'chosen', by: 'party' },
    decided('re-export', 're-exported'),
    decided('import-ordinarily', 'ordinary-import'),
    decided('destroy', 'destroyed'),
    decided('accept-abandonment', 'abandoned'),
    decided('seize', 'seized'),
    decided('sell', 'sold'),
    { name: 'declare', from: ['open', 'chosen'], to: 'declared', by: 'system' },
    { name: 'withdraw', from: ['open', 'chosen'], to: 'withdrawn', by: 'system' },
  ],
  deadlines: [
    { name: 'choice', in: ['open'], hours: 'fact:choiceHours', from: 'opened', source: 'fact:choiceSource' },
    {
      name: 'decision',
      in: ['open', 'chosen'],
      hours: 'fact:decideHours',
      from: 'opened',
      source: 'fact:decideSource',
    },
  ],
  effects: Object.fromEntries(
    Object.entries(endings).map(([name, status]) => [name, besidesArchived(ending(name, status))]),
  ),
};

/** Opens a disposal case for each of these subjects: parcels, or pieces without data. */
export async function openDisposal(
  context: Context,
  tx: Tx,
  subjects: readonly { subject: string; cause: string; desk?: string | null; parties?: CaseRow['parties'] }[],
  when: { at?: string; seeded?: boolean } = {},
): Promise<void> {
  if (subjects.length === 0) return;
  const { home } = context.reference.current().get(packsPart);
  const now = context.clock.now();
  const on = dayIn(when.at ?? context.clock.instant(), home.timeZone);
  const clocks = {
    ...clock(home, on, 'held', 'choice', { procedure: 'disposal', hours: 240 }),
    ...clock(home, on, 'presented', 'decide', { procedure: 'disposal', hours: 720 }),
  };
  await open(
    tx,
    {
      procedure: disposal.name,
      actor: 'window',
      at: when.at ?? context.clock.instant(),
      ...(when.seeded ? { seeded: true } : {}),
    },
    subjects.map(({ subject, cause, desk, parties }) => ({
      id: newId(now),
      subject,
      desk: desk ?? home.desks[0] ?? null,
      facts: { cause, ...clocks },
      ...(parties ? { parties } : {}),
    })),
  );
}

/**
 * Ends the open disposal cases of these subjects by a step of the window's own: declared after all, or denial
 * reversed.
 */
export async function endDisposal(
  context: Context,
  tx: Tx,
  subjects: readonly string[],
  move: 'declare' | 'withdraw',
): Promise<void> {
  const cases = (await casesOf(tx, subjects)).filter((one) => one.procedure === disposal.name && one.closed === null);
  await actAll(
    context,
    tx,
    'window',
    cases.map((one) => ({ case: one.id, move })),
  );
}
