import { type Fragment, Html, html, join } from '#kernel/html.ts';
import { type Tone, toneOf } from './status.ts';
import type { Words } from './text.ts';

/** An id in the page that is safe in `href="#…"` and in ARIA lists. */
export const slug = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();

/** A button that submits its form. `hand` marks the step that is hard to take back. */
export function button(options: {
  text: string;
  kind?: 'first' | 'second' | 'hand';
  name?: string;
  value?: string;
  form?: string;
  disabled?: boolean;
}): Html {
  const kinds = { first: '', second: ' govuk-button--secondary', hand: ' govuk-button--warning' };
  return html`<button type="submit" class="govuk-button${kinds[options.kind ?? 'first']}"${attribute('name', options.name)}${attribute('value', options.value)}${attribute('form', options.form)}${options.disabled ? html` disabled` : ''}>${options.text}</button>`;
}

/** A link that looks like a button: it goes somewhere, it changes nothing. */
export function linkButton(options: { text: string; href: string; kind?: 'first' | 'second' | 'start' }): Html {
  const kinds = { first: '', second: ' govuk-button--secondary', start: ' govuk-button--start' };
  return html`<a class="govuk-button${kinds[options.kind ?? 'first']}" href="${options.href}" draggable="false">${options.text}</a>`;
}

/** Buttons side by side, wrapping on a small screen. */
export const buttonGroup = (...buttons: readonly Html[]): Html =>
  html`<div class="govuk-button-group">${buttons}</div>`;

/** One attribute, or nothing when it has no value. */
export const attribute = (name: string, value: string | undefined): Html | '' =>
  value === undefined ? '' : html` ${name}="${value}"`;

/** A column of a table. Numbers stand at the end of their cell in figures of one width. */
export interface Column<R> {
  readonly head: string;
  readonly cell: (row: R) => Fragment;
  readonly numeric?: boolean;
  /** The cell names its row for a screen reader. One column at most. */
  readonly rowHeader?: boolean;
}

/**
 * A table with its caption; it scrolls by itself where the screen is narrow and can be reached by keyboard for that.
 * An empty table shows `empty` instead, never a lonely head.
 */
export function table<R>(options: {
  caption: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  hideCaption?: boolean;
  empty?: Html;
  foot?: readonly Fragment[];
}): Html {
  const { caption, columns, rows } = options;
  if (rows.length === 0 && options.empty) return options.empty;
  const size = (column: Column<R>, part: string): string =>
    column.numeric ? `govuk-table__${part} govuk-table__${part}--numeric` : `govuk-table__${part}`;
  const head = columns.map((column) => html`<th scope="col" class="${size(column, 'header')}">${column.head}</th>`);
  const body = rows.map(
    (row) =>
      html`<tr class="govuk-table__row">${columns.map((column) =>
        column.rowHeader
          ? html`<th scope="row" class="govuk-table__header">${column.cell(row)}</th>`
          : html`<td class="${size(column, 'cell')}">${column.cell(row)}</td>`,
      )}</tr>`,
  );
  const foot = options.foot
    ? html`<tfoot class="table-foot"><tr>${columns.map((column, index) => html`<td class="${size(column, 'cell')}">${options.foot?.[index]}</td>`)}</tr></tfoot>`
    : '';
  const hidden = options.hideCaption ? ' govuk-visually-hidden' : '';
  return html`<div class="table-scroll" role="region" aria-label="${caption}" tabindex="0"><table class="govuk-table"><caption class="govuk-table__caption govuk-table__caption--m${hidden}">${caption}</caption><thead class="govuk-table__head"><tr class="govuk-table__row">${head}</tr></thead><tbody class="govuk-table__body">${body}</tbody>${foot}</table></div>`;
}

/** Names and values of one record, with what can be done about each. */
export function summaryList(
  rows: readonly {
    key: string;
    value: Fragment;
    actions?: readonly { text: string; about: string; href: string }[];
  }[],
): Html {
  const lines = rows.map(({ key, value, actions = [] }) => {
    const links = actions.map(
      ({ text, about, href }) =>
        html`<a class="govuk-link" href="${href}">${text}<span class="govuk-visually-hidden"> ${about}</span></a>`,
    );
    const end = links.length > 0 ? html`<dd class="govuk-summary-list__actions">${join(links, ' ')}</dd>` : '';
    const rest = links.length > 0 ? '' : ' govuk-summary-list__row--no-actions';
    return html`<div class="govuk-summary-list__row${rest}"><dt class="govuk-summary-list__key">${key}</dt><dd class="govuk-summary-list__value">${value}</dd>${end}</div>`;
  });
  return html`<dl class="govuk-summary-list">${lines}</dl>`;
}

/** A word in the colour of its tone. The word carries the meaning, the colour and the mark only help to scan. */
export const tag = (text: string, tone: Tone = 'quiet'): Html =>
  html`<strong class="tag tag--${tone}">${text}</strong>`;

/** The tag of a status, an outcome or a check result: its word from `portal.status.<code>`, its tone from the table. */
export const statusTag = (t: Words, code: string): Html => tag(t(`portal.status.${code}`), toneOf(code));

/** What happened and what is to come, oldest first. `at` is shown as given, usually `when(…)`. */
export function timeline(
  events: readonly { title: Fragment; at?: Fragment; by?: Fragment; body?: Fragment; tone?: Tone }[],
): Html {
  const items = events.map(
    ({ title, at, by, body, tone = 'quiet' }) =>
      html`<li class="timeline__event timeline__event--${tone}"><div class="timeline__title">${title}</div>${at || by ? html`<p class="timeline__byline">${join(at && by ? [at, by] : [at || by], ' · ')}</p>` : ''}${body ? html`<div class="timeline__body">${body}</div>` : ''}</li>`,
  );
  return html`<ol class="timeline">${items}</ol>`;
}

/** What is wrong in a form, each line a link to its field. Nothing when nothing is wrong. */
export function errorSummary(t: Words, errors: readonly { text: Fragment; href?: string }[]): Html | '' {
  if (errors.length === 0) return '';
  const items = errors.map(
    ({ text, href }) => html`<li>${href === undefined ? text : html`<a href="${href}">${text}</a>`}</li>`,
  );
  return html`<div class="govuk-error-summary" tabindex="-1" data-focus><div role="alert"><h2 class="govuk-error-summary__title">${t('portal.errors.title')}</h2><div class="govuk-error-summary__body"><ul class="govuk-error-summary__list">${items}</ul></div></div></div>`;
}

/** News about what the person just did (`released`), or what they should know before going on (`note`, `hand`). */
export function notificationBanner(
  t: Words,
  options: { kind: 'released' | 'note' | 'hand'; heading: Fragment; body?: Fragment },
): Html {
  const role = options.kind === 'released' ? 'alert' : 'region';
  const id = `notice-${options.kind}`;
  return html`<div class="govuk-notification-banner banner--${options.kind}" role="${role}" aria-labelledby="${id}"><div class="govuk-notification-banner__header"><h2 class="govuk-notification-banner__title" id="${id}">${t(`portal.banner.${options.kind}`)}</h2></div><div class="govuk-notification-banner__content"><p class="govuk-notification-banner__heading">${options.heading}</p>${options.body}</div></div>`;
}

/** Text set apart from its surroundings: a law quoted, an example, a key shown once. */
export const inset = (body: Fragment, tone: Tone = 'quiet'): Html =>
  html`<div class="govuk-inset-text inset--${tone}">${body}</div>`;

/** More for those who want it, behind its summary; works without JavaScript. */
export const details = (summary: string, body: Fragment, open = false): Html =>
  html`<details class="more"${open ? html` open` : ''}><summary>${summary}</summary><div class="more__body">${body}</div></details>`;

/**
 * Before and after, for lists paged by cursor, where numbers of pages are not known. Nothing when there is one page.
 */
export function pagination(t: Words, options: { previous?: string; next?: string; showing?: string }): Html | '' {
  if (!options.previous && !options.next) return '';
  const link = (side: 'previous' | 'next', href: string): Html =>
    html`<a class="pages__${side}" rel="${side === 'previous' ? 'prev' : 'next'}" href="${href}">${t(`portal.pages.${side}`)}</a>`;
  return html`<nav class="pages" aria-label="${t('portal.pages.label')}">${options.previous ? link('previous', options.previous) : ''}${options.showing ? html`<span class="pages__showing">${options.showing}</span>` : ''}${options.next ? link('next', options.next) : ''}</nav>`;
}

/** Views of the same thing as plain links, with how many are in each. */
export function tabs(
  label: string,
  items: readonly { text: string; href: string; current?: boolean; count?: string }[],
): Html {
  const links = items.map(
    ({ text, href, current, count }) =>
      html`<li><a href="${href}"${current ? html` aria-current="page"` : ''}>${text}${count === undefined ? '' : html` <span class="tabs__count">${count}</span>`}</a></li>`,
  );
  return html`<nav class="tabs" aria-label="${label}"><ul>${links}</ul></nav>`;
}

/** How far something is: counts, so numbers. The words beside the bar say the same. */
export function progress(options: { label: string; value: number; max: number; text: string }): Html {
  const id = `progress-${slug(options.label)}`;
  return html`<div class="progress"><label for="${id}">${options.label}</label><progress id="${id}" value="${options.value}" max="${Math.max(options.max, 1)}">${options.text}</progress><span class="progress__text">${options.text}</span></div>`;
}

/** A thing among others: a heading, what it says, and where it leads. */
export function card(options: {
  title: string;
  href?: string;
  body: Fragment;
  foot?: Fragment;
  tone?: Tone;
  /** Under a heading of the same level less one; 2 where the cards follow the head of the page. */
  level?: 2 | 3;
}): Html {
  const title = options.href ? html`<a href="${options.href}">${options.title}</a>` : options.title;
  return html`<div class="card card--${options.tone ?? 'quiet'}">${options.level === 3 ? html`<h3 class="card__title">${title}</h3>` : html`<h2 class="card__title">${title}</h2>`}<div class="card__body">${options.body}</div>${options.foot ? html`<div class="card__foot">${options.foot}</div>` : ''}</div>`;
}

/** Cards or figures in as many columns as fit. */
export const cards = (...items: readonly Html[]): Html => html`<div class="cards">${items}</div>`;

/** One figure that matters, with its name; `live` names the field of a stream (see `live`) that keeps it up to date. */
export function stat(options: { label: string; value: Fragment; note?: Fragment; tone?: Tone; live?: string }): Html {
  return html`<div class="stat stat--${options.tone ?? 'quiet'}"><span class="stat__label">${options.label}</span><span class="stat__value"${attribute('data-live-field', options.live)}>${options.value}</span>${options.note ? html`<span class="stat__note">${options.note}</span>` : ''}</div>`;
}

/** Figures side by side. */
export const stats = (...items: readonly Html[]): Html => html`<div class="stats">${items}</div>`;

/**
 * A part of the page that follows a stream of server-sent events while it is watched. Messages are JSON objects whose
 * texts go where `data-live-field` names them; `fragment` events put markup of ours on top of a `liveList`. Without
 * JavaScript it is the page as it was made, and a link to make it again; with it a button to stop (WCAG 2.2 §2.2.2).
 */
export function live(t: Words, options: { source: string; refresh: string; body: Fragment }): Html {
  return html`<div class="live" data-live="${options.source}" data-live-pause="${t('portal.live.pause')}" data-live-resume="${t('portal.live.resume')}">${options.body}<p class="live__control"><a href="${options.refresh}">${t('portal.live.refresh')}</a></p></div>`;
}

/** A list inside `live` that grows at its top and forgets at its end: at most `keep` entries, each an `<li>`. */
export const liveList = (name: string, entries: readonly Html[], keep = 12): Html =>
  html`<ul class="live__list" data-live-list="${name}" data-live-keep="${keep}">${entries}</ul>`;

/** A form that narrows a list: plain GET, so that a view can be kept and sent on. `fields` come from `field(…)`. */
export function filterForm(t: Words, options: { action: string; fields: Fragment; clear?: string }): Html {
  return html`<form class="filter" method="get" action="${options.action}" role="search"><div class="filter__fields">${options.fields}</div><div class="filter__buttons">${button({ text: t('portal.filter.apply'), kind: 'second' })}${options.clear ? html`<a class="govuk-link" href="${options.clear}">${t('portal.filter.clear')}</a>` : ''}</div></form>`;
}

/** Nothing here, why, and what to do next. */
export const emptyState = (options: { title: string; body: Fragment; action?: Html }): Html =>
  html`<div class="empty"><p class="empty__title">${options.title}</p><div class="empty__body">${options.body}</div>${options.action}</div>`;

/** The whole of a page that says no: what is wrong, and where to go on, since whoever came here wanted something. */
export const sayingNo = (t: Words, title: Fragment, why?: Fragment): Html =>
  html`<h1>${title}</h1>${why ? html`<p class="lead">${why}</p>` : ''}<h2>${t('portal.ways')}</h2><ul><li><a href="/">${t('portal.ways.home')}</a></li><li><a href="/parcels">${t('portal.nav.parcels')}</a></li><li><a href="/assess">${t('portal.nav.assess')}</a></li><li><a href="/status">${t('portal.footer.status')}</a></li></ul>`;

/** Steps of a longer way, with the state of each. */
export function taskList(
  t: Words,
  items: readonly { text: string; href?: string; status: string; hint?: string }[],
): Html {
  const lines = items.map(
    ({ text, href, status, hint }) =>
      html`<li class="tasks__item"><span class="tasks__name">${href ? html`<a href="${href}">${text}</a>` : text}${hint ? html`<span class="tasks__hint">${hint}</span>` : ''}</span>${statusTag(t, status)}</li>`,
  );
  return html`<ul class="tasks">${lines}</ul>`;
}
