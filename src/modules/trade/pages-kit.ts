import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { tag, timeline } from '#portal/components.ts';
import type { Tone } from '#portal/status.ts';
import { toneOf } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, ref, when } from '#portal/values.ts';
import { shownStatus } from '#modules/clearance/index.ts';
import type { SeenFlow } from './flows.ts';
import type { Told, Trouble } from './model.ts';

const troubleTones: Readonly<Record<Trouble, Tone>> = {
  'payment-failed': 'stopped',
  mismatch: 'stopped',
  held: 'hand',
  stopped: 'stopped',
  slips: 'hand',
  late: 'hand',
  undecided: 'hand',
};

/** What is wrong, in words. */
export const troubleTags = (t: Words, troubles: readonly Trouble[]): Html =>
  join(
    troubles.map((one) => tag(t(`trade.trouble.${one}`), troubleTones[one])),
    ' ',
  );

const stepTones: Readonly<Record<string, Tone>> = {
  delivered: 'released',
  'payment-settled': 'released',
  'payment-captured': 'released',
  'payment-failed': 'stopped',
  'delivery-failed': 'hand',
  'sent-back': 'hand',
};
export const stepTone = (step: string): Tone => stepTones[step] ?? 'ink';

/** The word that a parcel's clearance is called by: its status, or why it has none. */
export const clearanceCode = ({ status, outcome }: SeenFlow): string =>
  status === undefined ? 'unknown' : status === 'lodged' && outcome !== undefined ? outcome : shownStatus(status);

const said = (t: Words, told: Told | null | undefined): string =>
  told ? t(`trade.step.${told.step}`) : t('trade.nothing-told');

/** The three words of a parcel by flow, as they stand on the page and in the stream; without those not to be seen. */
export function flowWords(t: Words, flow: SeenFlow): Record<'money' | 'goods' | 'clearance', string | undefined> {
  return {
    money: flow.money === undefined ? undefined : said(t, flow.money),
    goods: flow.goods === undefined ? undefined : said(t, flow.goods),
    clearance: flow.status === undefined ? undefined : t(`portal.status.${clearanceCode(flow)}`),
  };
}

/** That something was told by a machine of the demonstration and not by anybody. */
export const simulatedTag = (t: Words, told: Pick<Told, 'simulated'> | null | undefined): Html | '' =>
  told?.simulated ? tag(t('portal.status.simulated'), 'hand') : '';

/** How far the source's own clock stood from UTC, where that is not nothing. */
const zoneText = (t: Words, { zone }: Told): Fragment =>
  zone === 'Z' || zone === '+00:00'
    ? ''
    : html` <span class="small">${t.html('trade.zone', { zone: ref(zone) })}</span>`;

/** When, where and by whom something was told. */
export function toldDetails(t: Words, told: Told, timeZone: string): Html {
  const { at, place, by, step, amount, expected } = told;
  const parts: Fragment[] = [html`${when(t, at, timeZone)}${zoneText(t, told)}`, ref(by)];
  if (place !== null) parts.push(ref(place));
  if (amount) parts.push(money(t, amount));
  const due =
    expected === null || step === 'delivered' || step === 'sent-back'
      ? ''
      : html`<br>${t.html('trade.expected', { when: when(t, expected, timeZone) })}`;
  return html`<span class="small">${join(parts, ' · ')}${due}</span>`;
}

/** Everything told of one flow as a timeline. */
export const toldTimeline = (t: Words, told: readonly Told[], timeZone: string): Html =>
  timeline(
    told.map((one) => ({
      title: html`${t(`trade.step.${one.step}`)} ${simulatedTag(t, one)}`,
      body: html`<p>${toldDetails(t, one, timeZone)}</p>`,
      tone: stepTone(one.step),
    })),
  );

/** One flow of a parcel under its own name. */
const part = (t: Words, name: string, tone: Tone, body: Fragment): Html =>
  html`<div class="flow__part flow__part--${tone}"><dt>${t(`trade.flow.${name}`)}</dt><dd>${body}</dd></div>`;

/** A parcel in its three flows side by side, under what is wrong with it. */
export function flowCard(t: Words, flow: SeenFlow, timeZone: string): Html {
  const { id, declaration, money: paid, goods, troubles, orders = [], waybills = [], since } = flow;
  const text = flowWords(t, flow);
  const live = (name: string, value: string | undefined): Html =>
    html`<strong data-live-field="${id}-${name}">${value}</strong>`;
  const told = (name: 'money' | 'goods', one: Told | null | undefined): Html | '' =>
    one === undefined
      ? ''
      : part(
          t,
          name,
          one ? stepTone(one.step) : 'quiet',
          html`${live(name, text[name])} ${simulatedTag(t, one)}${one ? html`<br>${toldDetails(t, one, timeZone)}` : ''}`,
        );
  const code = clearanceCode(flow);
  const moment = since === undefined ? '' : html`<br><span class="small">${when(t, since, timeZone)}</span>`;
  const clearance = part(t, 'clearance', toneOf(code), html`${live('clearance', text.clearance)}${moment}`);
  const marks = [...orders.map(({ number }) => number), ...waybills].filter((one) => one !== undefined);
  const papers =
    marks.length === 0
      ? ''
      : html`<span class="small">${join(
          marks.map((one) => ref(one)),
          ' · ',
        )}</span>`;
  return html`<li class="flow"><div class="flow__title"><h3><a href="/trade/${id}">${ref(declaration ?? id)}</a></h3>${troubleTags(t, troubles)}</div>${papers}<dl class="flow__parts">${told('money', paid)}${told('goods', goods)}${clearance}</dl></li>`;
}
