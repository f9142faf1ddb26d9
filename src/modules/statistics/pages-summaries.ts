import type { FastifyReply } from 'fastify';
import { dayOf } from '#kernel/effective.ts';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { refuse, type Refusal } from '#kernel/result.ts';
import { emptyState, inset, linkButton, pagination, progress, summaryList, table, tag } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { countText } from '#portal/format.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { count, onDay, ref, when } from '#portal/values.ts';
import type { Voice } from '#modules/rulebook/index.ts';
import { isMonth } from './model.ts';
import * as kit from './pages-kit.ts';
import * as service from './service.ts';

/** Seconds after which a page asks again how far a run has come; by a header, so that no script is needed. */
const refreshSeconds = 3;

const tones: Readonly<Record<string, Tone>> = { done: 'released', failed: 'stopped' };
const stateTag = (t: Words, state: string): Html => tag(t(`statistics.run.state.${state}`), tones[state] ?? 'ink');

const listAt = (month: string): string => `/summaries?month=${month}`;
const crumbs = (t: Words, ...more: readonly { text: string; href?: string }[]) => [
  { text: t('statistics.summaries.title'), href: '/summaries' },
  ...more,
];

const ruleName = (voice: Voice, rule: string | null | undefined): string =>
  rule ? voice('aggregation', rule) : voice.t('statistics.no-rule');

const fields = (own: boolean): readonly Field[] => [
  {
    name: 'month',
    label: 'statistics.run.month',
    hint: 'statistics.run.month-hint',
    type: 'text',
    width: 10,
    latin: true,
  },
  {
    name: 'declarant',
    label: 'statistics.declarant',
    hint: own ? 'statistics.run.declarant-own' : 'statistics.run.declarant-hint',
    type: 'text',
    width: 20,
    latin: true,
    optional: !own,
  },
];

type Run = Partial<service.RunView>;

function runsTable(visit: kit.Visit, t: Words, runs: readonly Run[]): Html {
  if (runs.length === 0) return html``;
  return html`<h2>${t('statistics.runs')}</h2>${table<Run>({
    caption: t('statistics.runs'),
    hideCaption: true,
    rows: runs,
    columns: [
      {
        head: t('statistics.month'),
        rowHeader: true,
        cell: ({ id = '', month = '' }) => html`<a href="/summaries/runs/${id}">${kit.month(t, month)}</a>`,
      },
      {
        head: t('statistics.declarant'),
        cell: ({ declarant }) => (declarant ? ref(declarant) : t('statistics.run.everybody')),
      },
      { head: t('statistics.run.state'), cell: ({ state = 'running' }) => stateTag(t, state) },
      {
        head: t('statistics.run.started'),
        cell: ({ started }) => (started ? when(t, started, kit.timeZoneOf(visit)) : '–'),
      },
      {
        head: t('statistics.checklists'),
        cell: ({ progress: at }) => count(t, at?.checklists ?? 0),
        numeric: true,
      },
    ],
  })}`;
}

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
export async function listPage(visit: kit.Visit, tried?: { values: Values; refusal: Refusal }): Promise<FastifyReply> {
  const { context, request, principal } = visit;
  const months = await service.monthsFor(context, principal);
  const month = kit.monthAsked(request, months) ?? months[0]!;
  const after = kit.textAsked(request, 'after');
  const { summaries, next } = await service.summaryList(context, principal, { month, after });
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const runs = await service.runList(context, principal);
  const dues = service.dueDays(context, dayOf(`${month}-01`));
  const title = t('statistics.summaries.title');
  const due = dues.map(
    ({ rule, due: until }) =>
      html`<li>${t.html('statistics.due-on', { rule: html`${ruleName(voice, rule)}`, day: html`${day(t, until)}` })}</li>`,
  );
  const alone = html`<p><a href="/summaries/alone?month=${month}">${t('statistics.alone.link')}</a></p>`;
  const main = html`<h1>${title}</h1><p class="lead">${t('statistics.summaries.lead', { month: kit.month(t, month) })}</p>${kit.monthForm(t, '/summaries', months, month)}${due.length > 0 ? html`<ul class="govuk-list govuk-list--bullet">${due}</ul>` : ''}${summariesTable(visit, voice, summaries)}${pagination(t, next === null ? {} : { next: `${listAt(month)}&after=${next}` })}${alone}${runsTable(visit, t, runs)}${closing(visit, t, month, tried)}`;
  return kit.send(visit, voice, { title, main, error: tried !== undefined }, tried === undefined ? 200 : 422);
}

function closing(
  visit: kit.Visit,
  t: Words,
  month: string,
  tried: { values: Values; refusal: Refusal } | undefined,
): Html {
  const { context, principal, request } = visit;
  const everybody = service.mayClose(principal, null);
  const own = principal.party !== null && service.mayClose(principal, principal.party);
  if (!everybody && !own) return html``;
  const values = { month, declarant: everybody ? '' : (principal.party ?? '') };
  return html`<h2>${t('statistics.run.title')}</h2><p>${t('statistics.run.text')}</p>${form(t, {
    action: '/summaries/runs',
    fields: fields(!everybody),
    submit: t('statistics.run.submit'),
    csrf: context.csrf(request),
    values,
    ...tried,
  })}`;
}

/** Asks for a month to be closed, as the form of the list says it. */
export async function start(visit: kit.Visit): Promise<FastifyReply> {
  const { context, request, reply, principal } = visit;
  const values = posted(fields(false), request.body);
  const { month = '', declarant = '' } = values;
  const fault = kit.checked(visit);
  const done = !fault.ok
    ? fault
    : !isMonth(month)
      ? refuse('statistics/month-invalid', { pointer: '/month' })
      : await service.startRun(context, principal, { month, ...(declarant === '' ? {} : { declarant }) });
  return done.ok
    ? reply.redirect(`/summaries/runs/${done.value}`, 303)
    : listPage(visit, { values, refusal: done.error });
}

/** How far the closing of a month has come. */
export async function runPage(visit: kit.Visit, id: string): Promise<FastifyReply> {
  const { context, principal, reply } = visit;
  const found = await service.runView(context, principal, id);
  if (!found.ok) return kit.refused(visit, found.error);
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const { month = '', declarant, state = 'planning', progress: at, ended } = found.value;
  const { ranges = 0, done = 0, checklists = 0 } = at ?? {};
  const title = t('statistics.run.of', { month: kit.month(t, month) });
  const going = state === 'planning' || state === 'running';
  if (going) reply.header('refresh', String(refreshSeconds));
  const text = t('statistics.run.progress', { checklists: countText(t.lang, checklists) });
  const bar = progress({ label: t(`statistics.run.state.${state}`), value: done, max: ranges, text });
  const rows = [
    { key: t('statistics.run.state'), value: stateTag(t, state) },
    { key: t('statistics.declarant'), value: declarant ? ref(declarant) : t('statistics.run.everybody') },
    { key: t('statistics.checklists'), value: count(t, checklists) },
    ...(ended ? [{ key: t('statistics.run.ended'), value: when(t, ended, kit.timeZoneOf(visit)) }] : []),
  ];
  const body = going
    ? html`${bar}<p><a href="/summaries/runs/${id}">${t('statistics.run.refresh')}</a></p>`
    : html`${summaryList(rows)}<div class="govuk-button-group">${linkButton({ text: t('statistics.run.see'), href: listAt(month) })}${linkButton({ text: t('statistics.run.see-figures'), href: `/statistics?month=${month}`, kind: 'second' })}</div>`;
  return kit.send(visit, voice, {
    title,
    main: html`<h1>${title}</h1>${body}`,
    breadcrumbs: crumbs(t, { text: title }),
  });
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
    html`<h3>${t(`statistics.lines.${which}`)}</h3>${kit.sumsTable<Line>(t, {
      caption: t(`statistics.lines.${which}`),
      rows: which === 'corrections' ? lines.filter((one) => isMoved(one.corrections)) : lines,
      columns,
      sums: (line) => line[which],
    })}`;
  return corrected ? html`${part('now')}${part('corrections')}${part('filed')}` : part('filed');
}

const isMoved = (sums: Partial<service.SumsView> | undefined): boolean =>
  sums !== undefined &&
  [sums.value?.amount, sums.quantity, sums.netWeight, sums.grossWeight].some(
    (one) => one !== undefined && /[1-9]/.test(one),
  );

type Correction = Partial<service.CorrectionView>;

function correctionsPart(visit: kit.Visit, voice: Voice, corrections: readonly Correction[]): Html {
  const { t } = voice;
  if (corrections.length === 0) return html`<p>${t('statistics.corrections.none')}</p>`;
  return kit.sumsTable<Correction>(t, {
    caption: t('statistics.corrections'),
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
    ...(movement ? [{ key: t('statistics.by.movement'), value: t(`rulebook.movement.${movement}`) }] : []),
    { key: t('statistics.due'), value: day(t, due) },
    {
      key: t('statistics.filed'),
      value: filed ? when(t, filed, kit.timeZoneOf(visit)) : t('statistics.not-filed'),
    },
  ];
  const main = html`<h1>${title}</h1>${summaryList(rows)}<h2>${t('statistics.lines')}</h2>${linesTable(voice, id, lines, true)}<h2>${t('statistics.corrections')}</h2><p>${t('statistics.corrections.text')}</p>${correctionsPart(visit, voice, corrections)}`;
  return kit.send(visit, voice, { title, main, breadcrumbs: crumbs(t, { text: title }) });
}

type InLine = { readonly checklist?: string; readonly sums?: Partial<service.SumsView> };

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
  const breadcrumbs = crumbs(t, { text: t('statistics.summary'), href: `/summaries/${id}` }, { text: title });
  return kit.send(visit, voice, { title, main, breadcrumbs });
}

/** Released checklists that stand in no summary, and how many wait for their month. */
export async function alonePage(visit: kit.Visit): Promise<FastifyReply> {
  const { context, principal, request } = visit;
  const months = await service.monthsFor(context, principal);
  const month = kit.monthAsked(request, months) ?? months[0]!;
  const after = kit.textAsked(request, 'after');
  const { checklists, next, pending } = await service.aloneList(context, principal, { month, after });
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const title = t('statistics.alone.title');
  const waiting = pending.map(
    (one) => html`<li>${t('statistics.alone.pending', { month: kit.month(t, one.month), many: one.checklists })}</li>`,
  );
  const list = table<Partial<service.Alone>>({
    caption: title,
    hideCaption: true,
    rows: checklists,
    columns: [
      {
        head: t('statistics.checklist'),
        rowHeader: true,
        cell: ({ checklist = '' }) => html`<a href="/parcels/${checklist}">${ref(checklist)}</a>`,
      },
      { head: t('statistics.declarant'), cell: ({ declarant }) => (declarant ? ref(declarant) : '–') },
      {
        head: t('statistics.released'),
        cell: ({ released }) => (released ? when(t, released, kit.timeZoneOf(visit)) : '–'),
      },
      { head: t('statistics.reason'), cell: ({ reason }) => (reason ? t(`statistics.reason.${reason}`) : '–') },
    ],
    empty: emptyState({ title: t('statistics.alone.none'), body: t('statistics.alone.none-text') }),
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('statistics.alone.lead', { month: kit.month(t, month) })}</p>${kit.monthForm(t, '/summaries/alone', months, month)}${waiting.length > 0 ? inset(html`<p>${t('statistics.alone.waiting')}</p><ul>${waiting}</ul>`) : ''}${list}${pagination(t, next === null ? {} : { next: `/summaries/alone?month=${month}&after=${next}` })}`;
  return kit.send(visit, voice, { title, main, breadcrumbs: crumbs(t, { text: title }) });
}

type PlacedLine = Partial<service.Placed['lines'][number]>;

/** Where one checklist stands: its month, its summary lines, and what corrected it. */
export async function placePage(visit: kit.Visit, id: string): Promise<FastifyReply> {
  const { context, principal } = visit;
  const found = await service.placeView(context, principal, id);
  if (!found.ok) return kit.refused(visit, found.error);
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const { month = '', state, rule, reason, summary, lines = [], corrections = [] } = found.value;
  const title = t('statistics.place.title');
  const says =
    state === 'pending'
      ? t('statistics.place.pending', { month: kit.month(t, month) })
      : reason
        ? t(`statistics.reason.${reason}`)
        : t('statistics.place.booked', { rule: ruleName(voice, rule), month: kit.month(t, month) });
  const list =
    lines.length === 0
      ? ''
      : kit.sumsTable<PlacedLine>(t, {
          caption: t('statistics.place.lines'),
          hideCaption: false,
          rows: lines,
          columns: [
            { head: t('statistics.place.line'), cell: ({ line }) => String(line ?? ''), rowHeader: true },
            {
              head: t('statistics.line'),
              cell: ({ summary: of = '', number, commodity }) =>
                html`<a href="/summaries/${of}/lines/${number ?? ''}">${number ?? ''}. ${commodity ? ref(commodity) : ''}</a>`,
            },
          ],
          sums: ({ now }) => now,
        });
  const corrected = corrections.map(
    ({ at, ground, period }) =>
      html`<li>${t(`statistics.ground.${ground}`)} · ${when(t, at, kit.timeZoneOf(visit))} · ${t('statistics.place.counts-in', { month: kit.month(t, period) })}</li>`,
  );
  const main = html`<h1>${title}</h1><p class="lead">${says}</p>${summary ? html`<p><a href="/summaries/${summary}">${t('statistics.place.summary')}</a></p>` : ''}${list}${corrected.length > 0 ? html`<h2>${t('statistics.corrections')}</h2><ul class="govuk-list govuk-list--bullet">${corrected}</ul>` : ''}`;
  const breadcrumbs = [
    { text: t('clearance.list.title'), href: '/parcels' },
    { text: t('statistics.place.parcel'), href: `/parcels/${id}` },
    { text: title },
  ];
  return kit.send(visit, voice, { title, main, breadcrumbs });
}
