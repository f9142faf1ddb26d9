import type { FastifyReply } from 'fastify';
import { html } from '#kernel/html.ts';
import { emptyState, inset, pagination, table } from '#portal/components.ts';
import { ref, when } from '#portal/values.ts';
import * as kit from './pages-kit.ts';
import { ruleName } from './pages-summaries.ts';
import * as service from './service.ts';

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
  return kit.send(visit, voice, { title, main, breadcrumbs: kit.crumbs(t, { text: title }) });
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
