import type { FastifyInstance, FastifyRequest } from 'fastify';
import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { barChart } from '#portal/chart.ts';
import { emptyState, inset, stat, stats, summaryList, table } from '#portal/components.ts';
import { dayText, rateText } from '#portal/format.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { count, ref, when, written } from '#portal/values.ts';
import { incidentPages } from './pages-incidents.ts';
import type { DayView, Incident, StatusView } from './model.ts';
import { statusOf } from './service.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** An age as people say it: in the largest unit that it fills. */
function age(t: Words, seconds: number): string {
  if (seconds < minute) return t('operations.age.seconds', { count: seconds });
  if (seconds < hour) return t('operations.age.minutes', { count: Math.floor(seconds / minute) });
  if (seconds < 2 * day) return t('operations.age.hours', { count: Math.floor(seconds / hour) });
  return t('operations.age.days', { count: Math.floor(seconds / day) });
}

/** A share with its whole precision, so that a bad minute stays visible. */
const percent = (t: Words, share: string): string => rateText(t.lang, share);

/** What seals the journal: whoever notes the hash can tell later whether history was changed. */
function sealedJournal(t: Words, { lastSegment: last, at }: StatusView): Html {
  if (last === null) return html`<h2>${t('operations.sealed')}</h2><p>${t('operations.no-segment')}</p>`;
  const seconds = Math.max(0, Math.floor((msOfInstant(at) - msOfInstant(last.sealed)) / 1_000));
  const list = summaryList([
    { key: t('operations.segment'), value: html`<a href="/v1/segments/${last.number}">${count(t, last.number)}</a>` },
    { key: t('operations.segment-sealed'), value: html`${when(t, last.sealed)} (${age(t, seconds)})` },
    { key: t('operations.segment-entries'), value: count(t, last.entries) },
    { key: t('operations.segment-root'), value: ref(last.root) },
    { key: t('operations.segment-hash'), value: ref(last.hash) },
  ]);
  return html`<h2>${t('operations.sealed')}</h2><p>${t('operations.sealed-text')} <a href="/v1/segments">${t('operations.segments')}</a></p>${list}`;
}

const dayName = (t: Words, { day: one }: DayView): string => dayText(t.lang, dayOf(one));

function availability(t: Words, { days, available, measuredSince }: StatusView): Html {
  const told = days.filter((one) => one.available !== null).toReversed();
  if (available === null || measuredSince === null)
    return html`<h2>${t('operations.availability')}</h2>${emptyState({ title: t('operations.unmeasured'), body: t('operations.unmeasured-text') })}`;
  const chart = barChart(t, {
    title: t('operations.by-day'),
    labels: t('operations.day'),
    unit: t('operations.share'),
    tone: 'released',
    points: told.map((one) => ({
      label: dayName(t, one),
      value: Number(one.available ?? 0),
      text: percent(t, one.available ?? '0'),
    })),
  });
  const bad = told.filter((one) => one.unansweredSeconds + one.unmeasuredSeconds > 0);
  const faults = table<DayView>({
    caption: t('operations.faults'),
    columns: [
      { head: t('operations.day'), rowHeader: true, cell: (one) => dayName(t, one) },
      { head: t('operations.unanswered'), numeric: true, cell: (one) => age(t, one.unansweredSeconds) },
      { head: t('operations.not-asked'), numeric: true, cell: (one) => age(t, one.unmeasuredSeconds) },
    ],
    rows: bad,
    empty: html`<p>${t('operations.no-faults')}</p>`,
  });
  return html`<h2>${t('operations.availability')}</h2><p>${t('operations.how')} ${t.html('operations.measured-since', { at: when(t, measuredSince) })}</p>${chart}${faults}`;
}

/** An incident in the reader's language, or else in one that it was told in. */
function incidentItem(t: Words, incident: Incident): Html {
  const language = t.lang in incident.words ? t.lang : (Object.keys(incident.words)[0] ?? t.lang);
  const told = incident.words[language] ?? { title: '', text: '' };
  const times =
    incident.ended === null
      ? html`${t('operations.since')} ${when(t, incident.began)}`
      : html`${when(t, incident.began)} – ${when(t, incident.ended)}`;
  const paragraphs = told.text.split(/\n{2,}/).map((part) => html`<p>${written(part, language)}</p>`);
  const body = html`<h3>${written(told.title, language)}</h3><p class="small">${times}</p>${paragraphs}`;
  return incident.ended === null ? inset(body, 'hand') : inset(body);
}

/** What everybody may see of how the window runs. */
async function statusPage(context: Context, request: FastifyRequest): Promise<Html> {
  const frame = await context.frame(request);
  const { t } = frame;
  const view = await statusOf(context);
  const { queue } = view;
  const open = view.incidents.filter((one) => one.ended === null);
  const past = view.incidents.filter((one) => one.ended !== null);
  const nothing = t('operations.nothing');
  const aged = (seconds: number | null): string => (seconds === null ? nothing : age(t, seconds));
  const figures = stats(
    stat({
      label: t('operations.available'),
      ...(view.available === null
        ? { value: '–', note: t('operations.unmeasured') }
        : { value: percent(t, view.available), tone: 'released' }),
    }),
    stat({ label: t('operations.for-person'), value: aged(queue.forPersonSeconds), tone: 'hand' }),
    stat({ label: t('operations.for-data'), value: aged(queue.forDataSeconds), tone: 'ink' }),
    stat({ label: t('operations.news'), value: age(t, queue.newsSeconds), tone: 'ink' }),
  );
  const backup =
    view.lastBackup === null
      ? t('operations.no-backup')
      : t.html('operations.backup', { at: when(t, view.lastBackup) });
  const proved =
    view.lastProved === null
      ? t('operations.not-proved')
      : t.html('operations.proved', { at: when(t, view.lastProved) });
  const main = html`<h1>${t('operations.title')}</h1><p class="lead">${open.length === 0 ? t('operations.well') : t('operations.unwell', { count: open.length })}</p>${open.map((one) => incidentItem(t, one))}${figures}${availability(t, view)}<h2>${t('operations.backups')}</h2><p>${backup} ${proved}</p>${sealedJournal(t, view)}<h2>${t('operations.incidents')}</h2>${past.length === 0 ? html`<p>${t('operations.no-incidents')}</p>` : past.map((one) => incidentItem(t, one))}<p class="small">${t.html('operations.as-of', { at: when(t, view.at) })} <a href="/v1/status">${t('operations.json')}</a></p>`;
  return page({ ...frame, title: t('operations.title'), main, public: true });
}

/** How the window runs, for everybody; and for the administrator what went wrong. */
export function pages(app: FastifyInstance, context: Context): void {
  app.get('/status', { schema: { hide: true } }, async (request, reply) =>
    sendPage(reply, await statusPage(context, request)),
  );
  incidentPages(app, context);
}
