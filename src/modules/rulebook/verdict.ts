import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { stat, stats, statusTag } from '#portal/components.ts';
import { toneOf } from '#portal/status.ts';
import { money, onDay } from '#portal/values.ts';
import { verdictOf } from './contrast.ts';
import type { Determination } from './model.ts';
import { factName } from './shown.ts';
import { reasonText, type Voice } from './voice.ts';

/** Where a missing fact can be given on the same page, and where it leads to say that there is none. */
export type Link = (path: string) => { readonly field: string; readonly none?: string } | undefined;

/** The answer in one line and the figures that go with it. */
export function verdict(voice: Voice, determination: Determination, link: Link = () => undefined): Html {
  const { t } = voice;
  const code = verdictOf(determination);
  const route = determination.route ?? determination.otherRoute;
  const sentence = t(`rulebook.verdict.${code}`, { route: route === null ? '' : voice('route', route) });
  const { totals } = determination;
  const amount = (of: 'border' | 'elsewhere'): Html =>
    totals === null ? html`${t('rulebook.verdict.unknown')}` : money(t, totals[of]);
  return html`<div class="verdict verdict--${toneOf(code)}">${statusTag(t, code)}<p class="verdict__says">${sentence}</p>${reasonOf(voice, determination, link)}</div>${stats(
    stat({
      label: t('rulebook.verdict.border'),
      value: amount('border'),
    }),
    stat({ label: t('rulebook.verdict.elsewhere'), value: amount('elsewhere') }),
    stat({ label: t('rulebook.verdict.day'), value: onDay(t, dayOf(determination.day)) }),
  )}`;
}

/** Why it is not simply yes: the checks that lead elsewhere, and the facts that are missing. */
function reasonOf(voice: Voice, determination: Determination, link: Link): Html {
  const { t } = voice;
  const route = determination.checks.filter(({ id, result }) => id === 'route' && result === 'failed');
  const leading = determination.checks.filter(
    ({ id, result }) => result === 'failed' && Object.hasOwn(determination.leads, id),
  );
  const texts = [...route, ...leading].map((check) => reasonText(voice, check.reason, check.params));
  const reasons = [...new Set(texts)].map((text) => html`<li>${text}</li>`);
  const lacks =
    determination.missing.length > 0
      ? html`<p>${t('rulebook.missing.title')}</p><ul>${determination.missing.map((one) => html`<li>${linked(voice, factName(voice, one), link(one))}</li>`)}</ul>`
      : '';
  return html`${reasons.length > 0 ? html`<ul>${reasons}</ul>` : ''}${lacks}`;
}

function linked({ t }: Voice, text: Html, at: ReturnType<Link>): Html {
  if (at === undefined) return text;
  const none = at.none === undefined ? '' : html` (<a href="${at.none}">${t('rulebook.missing.none')}</a>)`;
  return html`<a href="${at.field}">${text}</a>${none}`;
}
