import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { statusTag } from '#portal/components.ts';
import { countText } from '#portal/format.ts';
import type { Words } from '#portal/text.ts';
import { when } from '#portal/values.ts';
import { packsPart, reasonText, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import type { Figures, News } from './model.ts';

const decisions = [
  'cleared',
  'released',
  'released-security',
  'control',
  'denied',
  'rejected',
  'other-route',
  'cannot-decide',
];

/** How many parcels were decided, whatever came of it. */
export const decided = (figures: Readonly<Record<string, number>>): number =>
  decisions.reduce((sum, name) => sum + (figures[name] ?? 0), 0);

/** The figures as text, by the name that the page and its stream give them. */
export const shownFigures = (t: Words, { today, month, waiting }: Figures): Record<string, string> => ({
  decided: countText(t.lang, decided(today)),
  released: countText(t.lang, today['landed'] ?? 0),
  waiting: countText(t.lang, waiting),
  'month-decided': countText(t.lang, decided(month)),
  'month-released': countText(t.lang, month['landed'] ?? 0),
});

/** Figures of a parcel that no news tells stay open. */
const figures = { limit: '…', value: '…', used: '…', line: '…', commodity: '…', document: '…' };

/** Why somebody looks at it. What selects parcels is nobody's business outside: who knows it avoids it. */
function whyText(voice: Voice, ground: string): string {
  return ground.startsWith('risk/') ? voice.t('home.news.selected') : reasonText(voice, ground, figures);
}

/** One thing that just happened: when, what, by which route or for which reason. Nobody is named. */
export function newsItem(t: Words, { at, what, route, ground }: News, context: Context): Html {
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(t, home);
  const held = what === 'control' || what === 'denied';
  const told = held && ground !== null ? whyText(voice, ground) : route === null ? '' : voice('route', route);
  return html`<li>${statusTag(voice.t, what)} <span class="news__what">${told}</span> <span class="small">${when(voice.t, at, home.timeZone)}</span></li>`;
}
