import { addDays, type Day, dayOf } from '#kernel/effective.ts';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { tag, timeline } from '#portal/components.ts';
import { dayText } from '#portal/format.ts';
import { onDay } from '#portal/values.ts';
import type { Announcement, Change, Coming, Edge } from './coming.ts';
import { viewOf } from './day.ts';
import { citation, valueText } from './law-shown.ts';
import type { Explained } from './model.ts';
import { contrastTable, rowsOf } from './sides.ts';
import { ruleName } from './shown.ts';
import type { Voice } from './voice.ts';

/** What changes on a coming day, and what is only announced, as people read it. */

/** What a value was and what it becomes, where the row is one of a value. */
function figures(voice: Voice, zone: string | null, { id, day }: Edge): Html | '' {
  const { pack, t } = voice;
  const unit = pack.program.values.get(id)?.unit;
  if (unit === undefined) return '';
  const at = (on: Day): Fragment => {
    const row = viewOf(pack, on, zone).values.get(id);
    return row === undefined ? t('rulebook.coming.no-value') : valueText(t, row.text, unit);
  };
  return html`: ${t.html('rulebook.coming.figures', { before: html`${at(addDays(day, -1))}`, after: html`${at(day)}` })}`;
}

function differing(voice: Voice, caption: string, heads: readonly [string, string], pair: readonly Explained[]): Html {
  const told = pair.map((answer, index) => ({ head: heads[index] ?? '', voice, answer }));
  const rows = rowsOf(told).filter(({ same }) => !same);
  return rows.length === 0 ? html`` : contrastTable(html`${caption}`, told, rows, 'plain');
}

const because = (voice: Voice, zone: string | null, edges: readonly Edge[]): Html[] =>
  edges.map((edge) => {
    const was = figures(voice, zone, edge);
    const verb = was === '' ? html` ${voice.t(`rulebook.coming.${edge.begins ? 'begins' : 'ends'}`)}` : was;
    return html`<li>${ruleName(voice, edge.id)}${verb}<br><span class="small">${edge.source}</span></li>`;
  });

type Event = Parameters<typeof timeline>[0][number];

function changeShown(voice: Voice, zone: string | null, change: Change, address: (day: Day) => string): Event {
  const { t } = voice;
  const { day, before, after } = change;
  const heads = [t('rulebook.coming.before'), t('rulebook.coming.after')] as const;
  const caption = t('rulebook.coming.differs', { day: dayText(t.lang, day) });
  return {
    title: html`<h3><a href="${address(day)}">${onDay(t, day)}</a></h3>`,
    body: html`<ul>${because(voice, zone, change.because)}</ul>${differing(voice, caption, heads, [before, after])}`,
    tone: 'ink',
  };
}

function announcementShown(voice: Voice, { day, values, before, after, differs }: Announcement): Event {
  const { t } = voice;
  const named = values.map(
    ({ id, value, unit, source }) =>
      html`<li>${ruleName(voice, id)}: ${valueText(t, value, unit)}<br><span class="small">${citation(t, source)}</span></li>`,
  );
  const heads = [t('rulebook.coming.as-law'), t('rulebook.coming.if-made')] as const;
  const caption = t('rulebook.coming.would', { day: dayText(t.lang, day) });
  const effect = differs
    ? differing(voice, caption, heads, [before, after])
    : html`<p>${t('rulebook.coming.would-not')}</p>`;
  const title = html`<h4>${onDay(t, day)} ${tag(t('rulebook.rules.announced'), 'hand')}</h4>`;
  return { title, body: html`<ul>${named}</ul>${effect}`, tone: 'hand' };
}

/** Days on which the answer changes, each leading to the answer of that day; below them what is announced. */
export function comingShown(voice: Voice, zone: string | null, coming: Coming, address: (day: Day) => string): Html {
  const { t } = voice;
  const { changes, announced, until } = coming;
  const law =
    changes.length === 0
      ? html`<p>${t('rulebook.coming.none')}</p>`
      : timeline(changes.map((one) => changeShown(voice, zone, one, address)));
  const rest = until === null ? '' : html`<p>${t('rulebook.coming.until', { day: dayText(t.lang, dayOf(until)) })}</p>`;
  const bills =
    announced.length === 0
      ? ''
      : html`<h3>${t('rulebook.coming.announced')}</h3><p class="small">${t('rulebook.coming.announced-text')}</p>${timeline(announced.map((one) => announcementShown(voice, one)))}`;
  return html`${law}${rest}${bills}`;
}
