import { addDays, dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { must } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { lastReplay, replayNow, startReplay } from '#modules/clearance/index.ts';
import { keepDraft, packsPart, packSourceOf, sourcesAt } from '#modules/rulebook/index.ts';
import { castPrincipal } from './decisions.ts';
import { historyDays } from './history.ts';

interface Row {
  readonly from: string;
  readonly value: string;
  readonly source: unknown;
}

/** A draft that lowers the limit of the low-value route from tomorrow on; gives its id. */
async function lowerLimit(context: Context): Promise<string> {
  const { epoch } = context.reference.current();
  const { home } = context.reference.current().get(packsPart);
  const base = (await context.db.tx((tx) => sourcesAt(tx, epoch))).get(home.id)!;
  const values = JSON.parse(base.files['values.json']!) as Record<'low-value-limit', { values: Row[] }>;
  const rows = values['low-value-limit'].values;
  const from = addDays(dayIn(context.clock.instant(), home.timeZone), 1);
  rows.push({ from, value: '80.00', source: rows[0]!.source });
  rows.sort((a, b) => (a.from < b.from ? -1 : 1));
  const files = { ...base.files, 'values.json': JSON.stringify(values) };
  const { version, hash } = must(packSourceOf(files));
  const id = newId(context.clock.now());
  await context.db.tx((tx) =>
    keepDraft(tx, {
      id,
      pack: home.id,
      title: 'The limit for the low-value route is lowered to XPN 80.00',
      version,
      hash,
      baseHash: base.hash,
      sources: JSON.stringify(files),
      made: context.clock.instant(),
      madeBy: 'demo',
    }),
  );
  return id;
}

/** Holds the draft against the month of the history, as the tax office would, to the end. It is done once. */
export async function replayHistory(context: Context): Promise<void> {
  const officer = await castPrincipal(context, 'dora');
  if ((await lastReplay(context, officer)) !== undefined) return;
  const until = addDays(dayIn(context.clock.instant(), 'UTC'), 1);
  const period = { from: addDays(until, -historyDays - 2), until };
  must(await startReplay(context, officer, await lowerLimit(context), period));
  await replayNow(context);
}
