import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { barChart } from '#portal/chart.ts';
import { tag, statusTag } from '#portal/components.ts';
import { money } from '#portal/values.ts';
import type { Amount } from './consignment.ts';
import { type Contrast, contrast, desksOf, documentsAsked, verdictOf } from './contrast.ts';
import type { Charge, Determination } from './model.ts';
import { checkName, factNames } from './shown.ts';
import { authorityName, type Voice } from './voice.ts';

/** Answers about the same goods beside each other: two economies, two zones, or before and after a day. */

/** One of the answers, with the voice of its pack and what heads its column. */
export interface Told {
  readonly head: string;
  readonly voice: Voice;
  readonly answer: Determination;
  /** An amount in the currency of the first answer, where that is another one and there is a rate. */
  readonly inFirst?: (amount: Amount) => Amount | undefined;
}

const dash = '–';

const chargeCell = ({ voice }: Told, charge: Charge): Html =>
  html`${money(voice.t, charge.amount)}<br><span class="small">${voice.t('rulebook.rules.owed', { liable: voice('liable', charge.liable), collect: voice('collect', charge.collect) })}</span>`;

function totalCell({ voice: { t }, inFirst }: Told, total: Amount | undefined): Html {
  if (total === undefined) return html`${t('rulebook.verdict.unknown')}`;
  const other = inFirst?.(total);
  const about = other === undefined ? '' : html`<br><span class="small">≈ ${money(t, other)}</span>`;
  return html`<strong>${money(t, total)}</strong>${about}`;
}

function listed(items: readonly Fragment[]): Fragment {
  return items.length === 0 ? dash : join(items, html`<br>`);
}

/** What one answer says of one thing, in words. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive; the compiler holds it to that.
function cell(told: Told, { what, id }: Contrast): Fragment {
  const { voice, answer } = told;
  const { t } = voice;
  switch (what) {
    case 'outcome':
      return statusTag(t, verdictOf(answer));
    case 'route': {
      const route = answer.route ?? answer.otherRoute;
      return route === null ? dash : voice('route', route);
    }
    case 'charge':
      return listed(answer.charges.filter((one) => one.id === id).map((one) => chargeCell(told, one)));
    case 'border':
    case 'elsewhere':
      return totalCell(told, answer.totals?.[what]);
    case 'missing':
      return answer.missing.length === 0 ? dash : factNames(voice, answer.missing);
    case 'documents':
      return listed(documentsAsked(answer).map((one) => voice('document', one)));
    case 'checks':
      return listed([...new Set(troubled(told))]);
    case 'desks':
      return listed(desksOf(answer).map((one) => authorityName(voice, one)));
    case 'slips':
      return listed(answer.slips.need.map((one) => voice('slip', one)));
    case 'obligations':
      return listed(answer.obligations.map((one) => voice('obligation', one.id)));
    case 'release':
      return listed(answer.release.needs.map((one) => voice('need', one)));
  }
}

const troubled = ({ voice, answer }: Told): string[] =>
  answer.checks
    .filter(({ id, result }) => id !== 'route' && (result === 'failed' || result === 'unknown'))
    .map(({ id }) => checkName(voice, id));

function rowName(told: readonly Told[], { what, id }: Contrast): string {
  const knows = told.find(({ answer }) => answer.charges.some((one) => one.id === id)) ?? told[0];
  return knows === undefined || what !== 'charge' || id === null
    ? (told[0]?.voice.t(`rulebook.aspect.${what}`) ?? '')
    : knows.voice('charge', id);
}

/** One thing in the words of each answer, and whether they read the same. */
export interface Row {
  readonly name: string;
  readonly cells: readonly Fragment[];
  readonly same: boolean;
}

/** A total in the money of the first answer; a text of its own where it is not known yet or cannot be compared. */
const inOne = ({ answer, inFirst, head }: Told, what: 'border' | 'elsewhere'): string => {
  const total = answer.totals?.[what];
  return (total === undefined || inFirst === undefined ? total : inFirst(total))?.amount ?? head;
};

/** Totals agree when they come to the same in one currency; everything else when it reads the same. */
function agrees(told: readonly Told[], { what }: Contrast, cells: readonly Fragment[]): boolean {
  const texts = what === 'border' || what === 'elsewhere' ? told.map((one) => inOne(one, what)) : cells.map(String);
  return new Set(texts).size <= 1;
}

/** What the answers say thing by thing, in words; what none of them has is left out. */
export const rowsOf = (told: readonly Told[]): Row[] =>
  contrast(told.map(({ answer }) => answer))
    .filter(({ values }) => values.some((value) => value !== null && !(Array.isArray(value) && value.length === 0)))
    .map((row) => {
      const cells = told.map((one) => cell(one, row));
      return { name: rowName(told, row), cells, same: agrees(told, row, cells) };
    });

/**
 * A table that on a telephone falls apart into one block for each thing; the roles keep it a table for whoever hears
 * it. Where not all rows differ, a word at the end of each says whether it does.
 */
export function contrastTable(
  caption: Html,
  told: readonly Told[],
  rows: readonly Row[],
  marked: 'marked' | 'plain' = 'marked',
): Html {
  const t = told[0]?.voice.t;
  if (t === undefined) return html``;
  const mark = (same: boolean): Html =>
    html`<td role="cell" class="sides__mark">${same ? html`<span class="small">${t('rulebook.sides.same')}</span>` : tag(t('rulebook.sides.differs'), 'hand')}</td>`;
  const body = rows.map(({ name, cells, same }) => {
    const columns = cells.map(
      (one, side) =>
        html`<td role="cell"><span class="sides__who" aria-hidden="true">${told[side]?.head}</span>${one}</td>`,
    );
    return html`<tr role="row"><th role="rowheader" scope="row">${name}</th>${columns}${marked === 'marked' ? mark(same) : ''}</tr>`;
  });
  const last =
    marked === 'marked'
      ? html`<th role="columnheader" scope="col"><span class="govuk-visually-hidden">${t('rulebook.sides.mark')}</span></th>`
      : '';
  const heads = told.map(({ head }) => html`<th role="columnheader" scope="col">${head}</th>`);
  return html`<table class="sides" role="table"><caption>${caption}</caption><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${t('rulebook.sides.what')}</th>${heads}${last}</tr></thead><tbody role="rowgroup">${body}</tbody></table>`;
}

/** What the charges are made of in each answer, drawn on one scale where there is an exchange rate. */
export function compositions(sides: readonly Told[]): Html {
  const t = sides[0]?.voice.t;
  if (t === undefined || sides.every(({ answer }) => answer.charges.length === 0)) return html``;
  const drawn = sides.map(({ answer, inFirst }) =>
    answer.charges.map((charge) => (inFirst === undefined ? charge.amount : inFirst(charge.amount))?.amount),
  );
  const one = drawn.flat().every((amount) => amount !== undefined);
  const lengths = sides.map(({ answer }, side) =>
    answer.charges.map((charge, index) => Number((one ? drawn[side]?.[index] : undefined) ?? charge.amount.amount)),
  );
  const most = Math.max(0, ...lengths.flat());
  const charts = sides.map(({ voice, answer, head }, side) => {
    const title = t('rulebook.sides.made-of', { economy: head });
    if (answer.charges.length === 0)
      return html`<div><h4 class="bars-title">${title}</h4><p>${t('rulebook.charges.none')}</p></div>`;
    const points = answer.charges.map((charge, index) => ({
      label: voice('charge', charge.id),
      value: lengths[side]?.[index] ?? 0,
      text: money(t, charge.amount),
    }));
    const labels = t('rulebook.charges.charge');
    return html`<div>${barChart(t, { title, labels, unit: t('rulebook.charges.amount'), points, ...(one ? { most } : {}) })}</div>`;
  });
  return html`<div class="two">${charts}</div><p class="small">${t(one ? 'rulebook.sides.one-scale' : 'rulebook.sides.own-scale')}</p>`;
}
