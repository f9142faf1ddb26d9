import type { Day } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import type { WireMoney } from '#kernel/money.ts';
import { countText, dayText, decimalText, instantText, moneyText, rateText, weightText } from './format.ts';
import type { Words } from './text.ts';

/** As many signs as stand in one piece also in a narrow column of a telephone. */
const shortRef = 18;

/**
 * A reference, code or identifier, as it is written everywhere: left to right and apart from the sentence around it,
 * so that it can be compared letter by letter also on a page that reads from the right.
 */
export const ref = (text: string): Html =>
  html`<bdi class="${text.length > shortRef ? 'ref' : 'ref ref--short'}" dir="ltr">${text}</bdi>`;

/** A text somebody wrote (a name, a description) in its own direction; `lang` where the record knows it. */
export const written = (text: string, lang?: string): Html =>
  lang === undefined ? html`<bdi>${text}</bdi>` : html`<bdi lang="${lang}">${text}</bdi>`;

/** An amount with its currency. */
export const money = (t: Words, wire: WireMoney): Html => html`<bdi class="figure">${moneyText(t.lang, wire)}</bdi>`;

/** A weight, from the decimal text of the wire, in kilograms unless said otherwise. */
export const weight = (t: Words, decimal: string, unit: 'kilogram' | 'gram' = 'kilogram'): Html =>
  html`<bdi class="figure">${weightText(t.lang, decimal, unit)}</bdi>`;

/** A quantity or another decimal text, every digit kept. */
export const quantity = (t: Words, decimal: string): Html =>
  html`<bdi class="figure">${decimalText(t.lang, decimal)}</bdi>`;

/** A rate, as percent. */
export const rate = (t: Words, decimal: string): Html => html`<bdi class="figure">${rateText(t.lang, decimal)}</bdi>`;

/** A count of things. */
export const count = (t: Words, many: number | bigint): Html =>
  html`<bdi class="figure">${countText(t.lang, many)}</bdi>`;

/** An instant (RFC 3339, UTC) on the clock of a time zone, readable by machines too. */
export const when = (t: Words, instant: string, timeZone = 'UTC'): Html =>
  html`<time datetime="${instant}"><bdi>${instantText(t.lang, instant, timeZone)}</bdi></time>`;

/** A calendar day. */
export const onDay = (t: Words, day: Day): Html =>
  html`<time datetime="${day}"><bdi>${dayText(t.lang, day)}</bdi></time>`;
