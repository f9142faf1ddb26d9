import type { FastifyReply } from 'fastify';
import { dayOf } from '#kernel/effective.ts';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { refuse } from '#kernel/result.ts';
import { emptyState, pagination, summaryList, table } from '#portal/components.ts';
import type { Words } from '#portal/text.ts';
import { onDay, ref, when } from '#portal/values.ts';
import type { Voice } from '#modules/rulebook/index.ts';
import { dueDays, runList, startRun } from './closing.ts';
import { isMonth } from './model.ts';
import * as kit from './pages-kit.ts';
import { closingForm, readClosing, runsTable, type Tried } from './pages-closing.ts';
import * as service from './service.ts';

/** What the law calls a rule of merging. */
export const ruleName = (voice: Voice, rule: string | null | undefined): string =>
  rule ? voice('aggregation', rule) : voice.t('statistics.no-rule');

type Head = Partial<service.SummaryHead>;

const day = (t: Words, text: string | null | undefined): Fragment => (text ? onDay(t, dayOf(text)) : '–');

function summariesTable(visit: kit.Visit, voice: Voice, rows: readonly Head[]): Html {
  const { t } = voice;
  return table<Head>({
    caption: t('statistics.summaries.title'),
    hideCaption: true,
    rows,
    columns: [
      {
        head: t('statistics.summary'),
        rowHeader: true,
        cell: ({ id = '', rule }) => html`<a href="/summaries/${id}">${ruleName(voice, rule)}</a>`,
      },
      { head: t('statistics.declarant'), cell: ({ declarant }) => (declarant ? ref(declarant) : '–') },
      { head: t('statistics.merged-by'), cell: ({ head }) => headText(voice, head, ['declarant']) },
      { head: t('statistics.due'), cell: ({ due }) => day(t, due) },
      {
        head: t('statistics.filed'),
        cell: ({ filed }) => (filed ? when(t, filed, kit.timeZoneOf(visit)) : t('statistics.not-filed')),
      },
    ],
    empty: emptyState({ title: t('statistics.summaries.none'), body: t('statistics.summaries.none-text') }),
  });
}

/** The fields by which a summary was merged, as far as they hold something. */
function headText({ t }: Voice, head: service.SummaryHead['head'] | undefined, without: readonly string[]): Html {
  const rows = Object.entries(head ?? {}).filter(([name, value]) => value !== null && !without.includes(name));
  return html`${rows.map(([name, value], index) => html`${index === 0 ? '' : ' · '}${fieldText(t, name, value)}`)}`;
}

const fieldText = (t: Words, name: string, value: string | null): Fragment =>
  name === 'borderMode' || name === 'nature' ? t(`statistics.field.${name}.${value}`) : ref(value ?? '–');

/** The summaries of a month, the closings, and the form that closes one. */
export async function listPage(visit: kit.Visit, tried?: Tried): Promise<FastifyReply> {
  const { context, request, principal } = visit;
  const months = await service.monthsFor(context, principal);
  const month = kit.monthAsked(request, months) ?? months[0]!;
  const after = kit.textAsked(request, 'after');
  const { summaries, next } = await service.summaryList(context, principal, { month, after });
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const runs = await runList(context, principal);
  const dues = dueDays(context, dayOf(`${month}-01`));
  const title = t('statistics.summaries.title');
  const due = dues.map(
    ({ rule, due: until }) =>
      html`<li>${t.html('statistics.due-on', { rule: html`${ruleName(voice, rule)}`, day: html`${day(t, until)}` })}</li>`,
  );
  const alone = html`<p><a href="/summaries/alone?month=${month}">${t('statistics.alone.link')}</a></p>`;
  const main = html`<h1>${title}</h1><p class="lead">${t('statistics.summaries.lead', { month: kit.month(t, month) })}</p>${kit.monthForm(t, '/summaries', months, month)}${due.length > 0 ? html`<ul class="govuk-list govuk-list--bullet">${due}</ul>` : ''}${summariesTable(visit, voice, summaries)}${pagination(t, next === null ? {} : { next: `${kit.listAt(month)}&after=${next}` })}${alone}${runsTable(visit, t, runs)}${closingForm(visit, t, month, tried)}`;
  return kit.send(visit, voice, { title, main, error: tried !== undefined }, tried === undefined ? 200 : 422);
}

type Line = Partial<service.LineView>;

function linesTable(voice: Voice, id: string, lines: readonly Line[], linked: boolean): Html {
  const { t } = voice;
  const corrected = lines.some(({ corrections }) => (corrections?.items ?? 0) !== 0 || isMoved(corrections));
  const name = ({ number, commodity }: Line): Fragment =>
    linked && number
      ? html`<a href="/summaries/${id}/lines/${number}">${number}. ${commodity ? ref(commodity) : t('statistics.not-said')}</a>`
      : html`${number ?? '–'}. ${commodity ? ref(commodity) : t('statistics.not-said')}`;
  const columns = [
    { head: t('statistics.line'), cell: name, rowHeader: true },
    { head: t('statistics.origin'), cell: ({ origin }: Line): Fragment => (origin ? ref(origin) : '–') },
    { head: t('statistics.unit'), cell: ({ unit }: Line): Fragment => (unit ? ref(unit) : '–') },
  ];
  const part = (which: 'filed' | 'corrections' | 'now'): Html =>
    html`${linked ? html`<h3>${t(`statistics.lines.${which}`)}</h3>` : html`<h2>${t(`statistics.lines.${which}`)}</h2>`}${kit.sumsTable<Line>(
      t,
      {
        caption: t(`statistics.lines.${which}`),
        rows: which === 'corrections' ? lines.filter((one) => isMoved(one.corrections)) : lines,
        columns,
        sums: (line) => line[which],
      },
    )}`;
  return corrected ? html`${part('now')}${part('corrections')}${part('filed')}` : part('filed');
}

const isMoved = (sums: Partial<service.LineSums> | undefined): boolean =>
  sums !== undefined &&
  [sums.value?.amount, sums.quantity, sums.netWeight, sums.grossWeight].some(
    (one) => one !== undefined && /[1-9]/.test(one),
  );

type Correction = Partial<service.CorrectionView>;

function correctionsPart(visit: kit.Visit, voice: Voice, corrections: readonly Correction[]): Html {
  const { t } = voice;
  if (corrections.length === 0) return html`<p>${t('statistics.corrections.none')}</p>`;
  return kit.sumsTable<Correction>(t, {
    caption: t('statistics.corrections.list'),
    rows: corrections,
    columns: [
      {
        head: t('statistics.checklist'),
        rowHeader: true,
        cell: ({ checklist = '' }) => html`<a href="/parcels/${checklist}">${ref(checklist.slice(-12))}</a>`,
      },
      { head: t('statistics.line'), cell: ({ line }) => (line ? String(line) : '–') },
      { head: t('statistics.ground'), cell: ({ ground = 'amended' }) => t(`statistics.ground.${ground}`) },
      { head: t('statistics.known'), cell: ({ at }) => (at ? when(t, at, kit.timeZoneOf(visit)) : '–') },
      { head: t('statistics.counts-in'), cell: ({ period }) => (period ? kit.month(t, period) : '–') },
    ],
    sums: ({ sums }) => sums,
  });
}

/** A summary declaration: how it was merged, its lines, and what corrects them. */
export async function summaryPage(visit: kit.Visit, id: string): Promise<FastifyReply> {
  const { context, principal } = visit;
  const found = await service.summaryView(context, principal, id);
  if (!found.ok) return kit.refused(visit, found.error);
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const { month = '', rule, declarant, movement, head, due, filed, lines = [], corrections = [] } = found.value;
  const title = t('statistics.summary.of', { rule: ruleName(voice, rule), month: kit.month(t, month) });
  const merged = Object.entries(head ?? {}).map(([name, value]) => ({
    key: t(`statistics.field.${name}`),
    value: value === null ? t('statistics.not-said') : fieldText(t, name, value),
  }));
  const rows = [
    ...(declarant && !head?.['declarant'] ? [{ key: t('statistics.declarant'), value: ref(declarant) }] : []),
    ...merged,
    ...(movement ? [{ key: t('statistics.movement'), value: t(`rulebook.movement.${movement}`) }] : []),
    { key: t('statistics.due'), value: day(t, due) },
    {
      key: t('statistics.filed'),
      value: filed ? when(t, filed, kit.timeZoneOf(visit)) : t('statistics.not-filed'),
    },
  ];
  const main = html`<h1>${title}</h1>${summaryList(rows)}<h2>${t('statistics.lines')}</h2>${linesTable(voice, id, lines, true)}<h2>${t('statistics.corrections')}</h2><p>${t('statistics.corrections.text')}</p>${correctionsPart(visit, voice, corrections)}`;
  return kit.send(visit, voice, { title, main, breadcrumbs: kit.crumbs(t, { text: title }) });
}

type InLine = { readonly checklist?: string; readonly sums?: Partial<service.LineSums> };

/** Asks for a month to be closed, as the form of the list says it. */
export async function start(visit: kit.Visit): Promise<FastifyReply> {
  const { context, request, reply, principal } = visit;
  const values = readClosing(request.body);
  const { month = '', declarant = '' } = values;
  const fault = kit.checked(visit);
  const done = !fault.ok
    ? fault
    : !isMonth(month)
      ? refuse('statistics/month-invalid', { pointer: '/month' })
      : await startRun(context, principal, { month, ...(declarant === '' ? {} : { declarant }) });
  return done.ok
    ? reply.redirect(`/summaries/runs/${done.value}`, 303)
    : listPage(visit, { values, refusal: done.error });
}

/** A line of a summary with the checklists that it was made of. */
export async function linePage(visit: kit.Visit, id: string, number: string): Promise<FastifyReply> {
  const { context, principal, request } = visit;
  const of = { id, number: /^[1-9]\d{0,8}$/.test(number) ? Number(number) : 0, after: kit.textAsked(request, 'after') };
  const found = await service.lineChecklists(context, principal, of);
  if (!found.ok) return kit.refused(visit, found.error);
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const { lines = [], checklists = [], next } = found.value;
  const title = t('statistics.line.of', { number });
  const rows: readonly InLine[] = checklists;
  const list = kit.sumsTable<InLine>(t, {
    caption: t('statistics.line.checklists'),
    rows,
    columns: [
      {
        head: t('statistics.checklist'),
        rowHeader: true,
        cell: ({ checklist = '' }) => html`<a href="/parcels/${checklist}">${ref(checklist)}</a>`,
      },
    ],
    sums: ({ sums }) => sums,
  });
  const here = `/summaries/${id}/lines/${number}`;
  const main = html`<h1>${title}</h1>${linesTable(voice, id, lines, false)}<h2>${t('statistics.line.checklists')}</h2>${list}${pagination(t, next === null ? {} : { next: `${here}?after=${next}` })}`;
  const breadcrumbs = kit.crumbs(t, { text: t('statistics.summary'), href: `/summaries/${id}` }, { text: title });
  return kit.send(visit, voice, { title, main, breadcrumbs });
}
