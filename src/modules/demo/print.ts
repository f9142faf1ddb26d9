import type { Context } from '#platform/context.ts';
import { counters } from '#modules/clearance/index.ts';
import { countText } from '#portal/format.ts';
import type { Words } from '#portal/text.ts';
import { curlLine } from './curl.ts';
import type { Demo } from './demo.ts';

/** The order in which the table lists where parcels stand; what nothing stands in is left out. */
const order = [
  'released',
  'cleared',
  'control',
  'waiting',
  'lodged',
  'cancelled',
  'denied',
  'left',
  'returned',
  'abandoned',
  'unclaimed',
];

/** What `npm start` prints once the demonstration is there: where its parcels stand, its address, a line to paste. */
export async function demoTable(context: Context, demo: Demo, t: Words): Promise<string> {
  const counted = await counters(context);
  const rows = Object.entries(counted)
    .filter(([, many]) => many > 0)
    .toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([status, many]) => [t(`demo.print.${status}`), countText(t.lang, many)] as const);
  const wide = Math.max(...rows.map(([name]) => name.length), 0);
  const lines = rows.map(([name, many]) => `  ${name.padEnd(wide)}  ${many.padStart(7)}`);
  const { origin } = context.config;
  return [
    '',
    t('demo.print.title'),
    '',
    ...lines,
    '',
    t('demo.print.open', { address: origin, tour: `${origin}/tour` }),
    '',
    t('demo.print.curl'),
    `  ${curlLine(origin, demo.key)}`,
    '',
  ].join('\n');
}
