import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, filterForm, inset, pagination, statusTag, table } from '#portal/components.ts';
import { type Field, formFields } from '#portal/form.ts';
import { money, ref, when } from '#portal/values.ts';
import { shownStatus } from '#modules/clearance/index.ts';
import { reasonText } from '#modules/rulebook/index.ts';
import { eventKinds, type Told } from './model.ts';
import { act, type Answer, kindName, mount, refused, textOf, type Visit, ways } from './page-kit.ts';
import { eventsBefore, openInbox } from './service.ts';

const perPage = 25;

/** What stands behind an event: reasons in words, an amount, a piece, a step. */
function saying({ voice, t }: Visit, event: Told): Fragment {
  const { reasons, notice, barcode, missing } = event;
  const parts: Fragment[] = [];
  if (reasons) parts.push(...reasons.slice(0, 3).map(({ code, params }) => reasonText(voice, code, params)));
  else if (missing)
    parts.push(
      join(
        missing.map((one) => ref(one)),
        ', ',
      ),
    );
  if (notice?.amount) parts.push(money(t, notice.amount));
  if (barcode !== undefined) parts.push(ref(barcode));
  return parts.length === 0 ? '–' : join(parts, html`<br>`);
}

function list(visit: Visit, events: readonly Told[]): Html {
  const { t, timeZone } = visit;
  return table<Told>({
    caption: t('feedback.news.title'),
    hideCaption: true,
    columns: [
      { head: t('feedback.news.at'), cell: ({ at }) => when(t, at, timeZone) },
      { head: t('feedback.news.kind'), cell: ({ kind }) => kindName(t, kind), rowHeader: true },
      {
        head: t('feedback.news.parcel'),
        cell: ({ parcel, declaration }) => html`<a href="/parcels/${parcel}">${ref(declaration ?? parcel)}</a>`,
      },
      {
        head: t('feedback.news.status'),
        cell: ({ status, outcome }) =>
          status === undefined ? '–' : statusTag(t, status === 'lodged' && outcome ? outcome : shownStatus(status)),
      },
      { head: t('feedback.news.says'), cell: (event) => saying(visit, event) },
    ],
    rows: events,
    empty: emptyState({ title: t('feedback.news.none'), body: t('feedback.news.none-text') }),
  });
}

const fields: readonly Field[] = [
  {
    name: 'kind',
    label: 'feedback.news.kind',
    type: 'select',
    options: [
      { value: '', label: 'feedback.news.every' },
      ...eventKinds.map((kind) => ({ value: kind, label: `feedback.kind.${kind.replaceAll('.', '-')}` })),
    ],
  },
];

async function eventsPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, request, who } = visit;
  const kind = eventKinds.find((one) => one === textOf(request.query, 'kind'));
  const before = textOf(request.query, 'before');
  const found = await eventsBefore(context, who, {
    kinds: kind === undefined ? null : [kind],
    limit: perPage,
    ...(/^[1-9]\d{0,17}$/.test(before) ? { before: BigInt(before) } : {}),
  });
  if (!found.ok) return refused(visit, found.error);
  const { events, next, opened } = found.value;
  const open = html`<p>${t('feedback.news.closed')}</p>${act(visit, { action: '/news/open', text: t('feedback.news.open'), kind: 'first' })}`;
  const older = (number: bigint): string =>
    `/news?${new URLSearchParams({ ...(kind ? { kind } : {}), before: String(number) }).toString()}`;
  const filter = filterForm(t, {
    action: '/news',
    fields: formFields(t, { fields, values: { kind: kind ?? '' } }),
    ...(kind === undefined ? {} : { clear: '/news' }),
  });
  const title = t('feedback.news.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('feedback.news.lead')}</p>${ways(t, 'news')}${opened === null ? inset(open, 'hand') : ''}${filter}${list(visit, events)}${pagination(t, next === null ? {} : { next: older(next) })}`;
  return { page: { title, main, wide: true } };
}

/** What happened to one's parcels, newest first. */
export function pages(app: App, context: Context): void {
  mount(app, context, 'GET', '/news', (visit) => eventsPage(context, visit));
  mount(app, context, 'POST', '/news/open', async (visit) => {
    const opened = await openInbox(context, visit.who);
    return opened.ok ? { to: '/news' } : refused(visit, opened.error);
  });
}
