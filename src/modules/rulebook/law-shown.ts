import { type Fragment, type Html, html } from '#kernel/html.ts';
import { tag } from '#portal/components.ts';
import type { Words } from '#portal/text.ts';
import { money, quantity, rate } from '#portal/values.ts';
import type { Source } from './model.ts';

/** A value in its unit: money, a share, hours, or a plain decimal with the unit's word. */
export function valueText(t: Words, value: string, unit: string): Fragment {
  const [base = '', per] = unit.split('/', 2);
  const shown: Fragment = /^[A-Z]{3}$/.test(base)
    ? money(t, { currency: base, amount: value })
    : base === 'rate'
      ? rate(t, value)
      : base === 'text'
        ? value
        : html`${quantity(t, value)} ${base === 'count' ? '' : t(`rulebook.unit.${base}`)}`;
  return per === undefined ? shown : html`${shown} ${t('rulebook.unit.per', { unit: t(`rulebook.unit.${per}`) })}`;
}

/** How sure a source is, in a word and a tone. */
export const grade = (t: Words, { grade: code }: Pick<Source, 'grade'>): Html =>
  tag(t(`rulebook.grade.${code}`), code === 'primary' || code === 'fictional' ? 'released' : 'hand');

/** A law with its article, its address and how sure it is. */
export function citation(t: Words, source: Source): Html {
  const title =
    source.url === null ? html`${source.title}` : html`<a href="${source.url}" rel="noreferrer">${source.title}</a>`;
  return html`${title}${source.article === null ? '' : html`, ${source.article}`} ${grade(t, source)}`;
}
