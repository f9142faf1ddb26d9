import type { FastifyReply } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { mandated } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { barChart } from '#portal/chart.ts';
import {
  emptyState,
  filterForm,
  notificationBanner,
  pagination,
  stat,
  stats,
  table,
  tabs,
} from '#portal/components.ts';
import { csrfField, type Field, formFields } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { count, ref, when } from '#portal/values.ts';
import { type CaseRow, countsOf, queue, type QueueCount, type QueueFilter } from '#modules/cases/index.ts';
import { keptBackNote } from '#modules/clearance/index.ts';
import { nameIn } from '#modules/rulebook/index.ts';
import { ageBands } from './model.ts';
import { casePages } from './pages-case.ts';
import { dueCell, given, holderText, refused, stateTag, type Visit, visited } from './pages-kit.ts';
import { groundText } from './pages-record.ts';
import { agesOf } from './service.ts';

const views = ['open', 'mine', 'unclaimed', 'overdue', 'closed'] as const;
type View = (typeof views)[number];
const procedures = [
  'held-parcel',
  'disposal',
  'return',
  'stock-difference',
  'transfer-difference',
  'transfer-seals',
  'unpaid-bill',
  'statement-differences',
  'service-review',
  'registration',
] as const;

const pageOf = 25;

function filterOf(visit: Visit, desk: string): { filter: QueueFilter; view: View; kept: Record<string, string> } {
  const { query } = visit.request;
  const view = views.find((one) => one === given(query, 'view')) ?? 'open';
  const procedure = procedures.find((one) => one === given(query, 'procedure'));
  const state = given(query, 'state');
  const after = given(query, 'after');
  const narrowed: Record<View, QueueFilter> = {
    open: {},
    mine: { claimedBy: visit.who.subject },
    unclaimed: { unclaimed: true },
    overdue: { overdue: true },
    closed: { closed: true },
  };
  const filter: QueueFilter = {
    desk,
    size: pageOf,
    ...narrowed[view],
    ...(procedure ? { procedure } : {}),
    ...(state ? { state } : {}),
    ...(after && isUuid(after) ? { after } : {}),
  };
  const kept = { view, ...(procedure ? { procedure } : {}), ...(state ? { state } : {}) };
  return { filter, view, kept };
}

const address = (kept: Record<string, string>): string => `/queue?${new URLSearchParams(kept).toString()}`;

function figures({ t }: Visit, counts: readonly QueueCount[]): Html {
  const sum = (of: (one: QueueCount) => number): number => counts.reduce((total, one) => total + of(one), 0);
  return stats(
    stat({
      label: t('agencies.figure.open'),
      value: count(
        t,
        sum((one) => one.count),
      ),
      tone: 'ink',
    }),
    stat({
      label: t('agencies.figure.unclaimed'),
      value: count(
        t,
        sum((one) => one.unclaimed),
      ),
      tone: 'hand',
    }),
    stat({
      label: t('agencies.figure.overdue'),
      value: count(
        t,
        sum((one) => one.overdue),
      ),
      tone: 'hand',
    }),
  );
}

/** The button that takes a case, in the row where it is read; the stamp says which state was seen. */
function claimCell({ t, who, csrf }: Visit, one: CaseRow): Html {
  if (one.closed !== null || one.claimedBy !== null || !who.roles.includes('officer')) return html``;
  return html`<form method="post" action="/cases/${one.id}/claim">${csrfField(csrf)}<input type="hidden" name="stamp" value="${String(one.stamp)}"><input type="hidden" name="back" value="queue"><button type="submit" class="govuk-button govuk-button--secondary row-button">${t('agencies.claim')}<span class="govuk-visually-hidden"> ${one.id}</span></button></form>`;
}

function queueTable(visit: Visit, cases: readonly CaseRow[]): Html {
  const { t, timeZone } = visit;
  return table({
    caption: t('agencies.queue'),
    hideCaption: true,
    columns: [
      {
        head: t('agencies.case'),
        cell: (one: CaseRow) =>
          html`<a href="/cases/${one.id}">${t(`agencies.procedure.${one.procedure}`)}<br><span class="small">${ref(one.subject.slice(-12))}</span></a>`,
        rowHeader: true,
      },
      { head: t('agencies.why'), cell: (one: CaseRow) => groundText(visit, one) },
      { head: t('agencies.state'), cell: (one: CaseRow) => stateTag(t, one) },
      { head: t('agencies.opened'), cell: ({ opened }: CaseRow) => when(t, opened, timeZone) },
      { head: t('agencies.due'), cell: ({ due }: CaseRow) => dueCell(visit, due) },
      { head: t('agencies.holder'), cell: ({ claimedBy }: CaseRow) => holderText(visit, claimedBy) },
      { head: t('agencies.do'), cell: (one: CaseRow) => claimCell(visit, one) },
    ],
    rows: cases,
    empty: emptyState({ title: t('agencies.empty'), body: t('agencies.empty-text') }),
  });
}

async function queuePage(visit: Visit): Promise<FastifyReply> {
  const { context, who, frame, reply, request, t, voice } = visit;
  const { authority } = who;
  if (authority === null || who.mandates.length === 0) return refused(visit, 'agencies/not-an-officer', 403);
  const { filter, view, kept } = filterOf(visit, authority);
  const now = context.clock.instant();
  const [{ cases, next }, counts, ages, keptBack] = await Promise.all([
    queue(context.db, filter, now),
    countsOf(context.db, authority, now),
    agesOf(context, authority),
    mandated(who, 'clear') ? keptBackNote(context, t, who) : '',
  ]);
  const states = [...new Set(counts.map((one) => one.state))].sort();
  const fields: Field[] = [
    {
      name: 'procedure',
      label: 'agencies.procedure',
      type: 'select',
      options: [
        { value: '', label: 'agencies.every' },
        ...procedures.map((value) => ({ value, label: `agencies.procedure.${value}` })),
      ],
    },
    {
      name: 'state',
      label: 'agencies.state',
      type: 'select',
      options: [
        { value: '', label: 'agencies.every' },
        ...states.map((value) => ({ value, label: `agencies.state.${value}` })),
      ],
    },
  ];
  const narrow = filterForm(t, {
    action: '/queue',
    fields: html`<input type="hidden" name="view" value="${view}">${formFields(t, { fields, values: kept })}`,
    clear: address({ view }),
  });
  const ways = tabs(
    t('agencies.views'),
    views.map((one) => ({
      text: t(`agencies.view.${one}`),
      href: address({ ...kept, view: one }),
      current: one === view,
    })),
  );
  const chart = barChart(t, {
    title: t(ages.whole ? 'agencies.ages' : 'agencies.ages-first'),
    labels: t('agencies.age'),
    unit: t('agencies.cases'),
    tone: 'hand',
    points: ageBands.map((from, index) => ({ label: ageText(visit, index, from), value: ages.counts[index] ?? 0 })),
  });
  const done = given(request.query, 'done');
  const banner = done === undefined ? '' : notificationBanner(t, { kind: 'released', heading: t('agencies.done') });
  const name = voice.pack.authorities.find((one) => one.id === authority);
  const title = t('agencies.queue-of', { authority: name ? nameIn(t, name.name) : authority });
  const main = html`<h1>${title}</h1>${figures(visit, counts)}${keptBack}${ways}${narrow}${queueTable(visit, cases)}${pagination(t, next === null ? {} : { next: address({ ...kept, after: next }) })}${chart}`;
  return sendPage(reply, page({ ...frame, title, main, banner, wide: true }));
}

function ageText({ t }: Visit, index: number, from: number): string {
  const next = ageBands[index + 1];
  return next === undefined ? t('agencies.age-from', { from }) : t('agencies.age-between', { from, until: next });
}

/** The officer's queue and the page of one case. */
export function pages(app: App, context: Context): void {
  app.get('/queue', { schema: { hide: true } }, (request, reply) => visited(context, request, reply, queuePage));
  casePages(app, context);
}
