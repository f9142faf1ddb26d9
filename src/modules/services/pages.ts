import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal } from '#kernel/result.ts';
import { mandated } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import {
  details,
  emptyState,
  inset,
  linkButton,
  notificationBanner,
  pagination,
  summaryList,
  table,
  tag,
} from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, onDay, rate, ref, when, written } from '#portal/values.ts';
import { timelineOf } from '#modules/cases/index.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { type ServiceBody, type ServiceCharge, type ShownState } from './model.ts';
import { filingPages } from './pages-file.ts';
import {
  decideService,
  reviewOf,
  serviceCounts,
  type ServiceCount,
  serviceList,
  type ServiceView,
  serviceView,
} from './service.ts';

type Listed = Partial<ServiceView>;
const tones: Readonly<Record<ShownState, Tone>> = {
  'under-review': 'ink',
  accepted: 'hand',
  settled: 'released',
  refused: 'stopped',
};
const stateTag = (t: Words, state: ShownState | undefined): Html | '' =>
  state === undefined ? '' : tag(t(`services.state.${state}`), tones[state]);

function listTable(t: Words, rows: readonly Listed[]): Html {
  return table({
    caption: t('services.title'),
    hideCaption: true,
    columns: [
      {
        head: t('services.reference'),
        cell: ({ id = '', reference }: Listed) =>
          html`<a href="/services/${id}">${ref(reference ?? id.slice(-12))}</a>`,
        rowHeader: true,
      },
      { head: t('services.state'), cell: ({ state }: Listed) => stateTag(t, state) },
      { head: t('services.kind'), cell: ({ kind }: Listed) => (kind ? t(`services.kind.${kind}`) : '–') },
      { head: t('services.supplier'), cell: ({ supplier }: Listed) => (supplier ? ref(supplier.identifier) : '–') },
      { head: t('services.customer'), cell: ({ customer }: Listed) => (customer ? ref(customer.identifier) : '–') },
      { head: t('services.value'), cell: ({ value }: Listed) => (value ? money(t, value) : '–'), numeric: true },
      { head: t('services.owed'), cell: ({ owed }: Listed) => (owed ? money(t, owed) : '–'), numeric: true },
    ],
    rows,
    empty: emptyState({ title: t('services.empty'), body: t('services.empty-text') }),
  });
}

function countsTable(t: Words, counts: readonly ServiceCount[]): Html {
  return table({
    caption: t('services.counts'),
    columns: [
      { head: t('services.month'), cell: ({ month }: ServiceCount) => month, rowHeader: true },
      { head: t('services.direction'), cell: ({ direction }) => t(`services.direction.${direction}`) },
      { head: t('services.kind'), cell: (one) => html`${t(`services.kind.${one.kind}`)} ${ref(one.class)}` },
      { head: t('services.how-many'), cell: ({ count }) => String(count), numeric: true },
      { head: t('services.value'), cell: ({ value }) => money(t, value), numeric: true },
      { head: t('services.charged'), cell: ({ charged }) => money(t, charged), numeric: true },
    ],
    rows: counts,
    empty: html`<p>${t('services.none-counted')}</p>`,
  });
}

async function listPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, request } = visit;
  const before = textOf(request.query, 'before');
  const { services, next } = await serviceList(context, who, isUuid(before) ? before : null);
  const counts = await serviceCounts(context, who);
  const filing = who.party === null ? '' : linkButton({ text: t('services.file'), href: '/services/new' });
  const more = pagination(t, next === null ? {} : { next: `/services?before=${next}` });
  const title = t('services.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('services.lead')}</p>${filing}${listTable(t, services)}${more}${counts.ok ? countsTable(t, counts.value) : ''}`;
  return { page: { title, main, wide: true } };
}

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

function chargesTable(voice: Voice, charges: readonly ServiceCharge[]): Html {
  const { t } = voice;
  return table({
    caption: t('services.charges'),
    columns: [
      { head: t('rulebook.charges.charge'), cell: ({ id }: ServiceCharge) => voice('charge', id), rowHeader: true },
      { head: t('rulebook.charges.base'), cell: ({ base }) => money(t, base), numeric: true },
      { head: t('rulebook.charges.rate'), cell: (one) => rate(t, one.rate), numeric: true },
      { head: t('rulebook.charges.amount'), cell: ({ amount }) => money(t, amount), numeric: true },
      { head: t('rulebook.charges.liable'), cell: ({ liable }) => voice('liable', liable) },
      { head: t('services.law'), cell: ({ source }) => source },
    ],
    rows: charges,
    empty: html`<p>${t('services.no-charges')}</p>`,
  });
}

function head(t: Words, timeZone: string, one: Listed): Html {
  const { contract, licence, period, receipt, supplier, customer, value, home } = one;
  const side = (who: ServiceBody['supplier']): Html => html`${ref(who.identifier)} · ${ref(who.country)}`;
  return summaryList([
    { key: t('services.state'), value: stateTag(t, one.state) },
    ...(one.kind
      ? [{ key: t('services.kind'), value: html`${t(`services.kind.${one.kind}`)} ${ref(one.class ?? '')}` }]
      : []),
    ...(supplier ? [{ key: t('services.supplier'), value: side(supplier) }] : []),
    ...(customer ? [{ key: t('services.customer'), value: side(customer) }] : []),
    ...(contract
      ? [
          {
            key: t('services.contract'),
            value: html`${ref(contract.number)} · ${onDay(t, dayOf(contract.day))}<br><span class="small">${ref(contract.sha256)}</span>`,
          },
        ]
      : []),
    ...(licence ? [{ key: t(`services.right.${licence.right}`), value: written(licence.subject) }] : []),
    ...(period
      ? [{ key: t('services.period'), value: html`${onDay(t, dayOf(period.from))} – ${onDay(t, dayOf(period.until))}` }]
      : []),
    ...(receipt
      ? [{ key: t('services.receipt'), value: html`${ref(receipt.reference)} · ${onDay(t, dayOf(receipt.day))}` }]
      : []),
    ...(value ? [{ key: t('services.value'), value: money(t, value) }] : []),
    ...(home && value && home.currency !== value.currency ? [{ key: t('services.home'), value: money(t, home) }] : []),
    ...(one.received ? [{ key: t('services.received'), value: when(t, one.received, timeZone) }] : []),
  ]);
}

const reasonFields = (stamp: number): Field[] => [
  { name: 'stamp', label: '', type: 'hidden', value: String(stamp) },
  { name: 'ground', label: 'cases.ground', type: 'text' },
  { name: 'reason', label: 'cases.reason', type: 'textarea' },
  {
    name: 'remedy',
    label: 'cases.remedy',
    type: 'select',
    value: 'agencies/object-to-decision',
    options: ['agencies/object-to-decision', 'clearance/none-needed'].map((code) => ({
      value: code,
      label: code,
    })),
  },
];

/** What an officer may decide now, each move behind its name, and what was decided before. */
async function reviewPart(
  context: Context,
  visit: Visit,
  id: string,
  tried?: Tried & { move: string },
): Promise<Html | ''> {
  const { t, who, csrf } = visit;
  const one = await reviewOf(context.db, id);
  if (one === undefined) return '';
  const { moves } = await timelineOf(context.db, one.id);
  const said = moves
    .filter(({ decision }) => decision)
    .map(
      (row) =>
        html`<p>${t(`services.move.${row.move}`)}: ${row.ground} · <bdi>${row.reason}</bdi> · ${row.remedy && t.has(row.remedy) ? t(row.remedy) : row.remedy}</p>`,
    );
  const open = mandated(who, 'tax') ? (one.state === 'open' ? ['accept', 'refuse'] : ['reverse']) : [];
  const forms = open.map((move) =>
    details(
      t(`services.move.${move}`),
      form(t, {
        action: `/services/${id}/decision`,
        fields: [...reasonFields(one.stamp), { name: 'move', label: '', type: 'hidden', value: move }],
        submit: t(`services.move.${move}`),
        csrf,
        kind: move === 'accept' ? 'first' : 'hand',
        prefix: move,
        ...(tried?.move === move
          ? { values: { ...tried.values, stamp: String(one.stamp) }, refusal: tried.refusal }
          : {}),
      }),
      tried?.move === move,
    ),
  );
  return html`<h2>${t('services.review')}</h2>${said.length > 0 ? inset(html`${said}`) : html`<p>${t('services.review-text')}</p>`}${forms}`;
}

async function servicePage(
  context: Context,
  visit: Visit,
  id: string,
  tried?: Tried & { move: string },
): Promise<Answer> {
  const { t, who, request } = visit;
  const found = isUuid(id) ? await serviceView(context, who, id) : undefined;
  if (!found?.ok) return refusedPage(visit, { code: 'services/not-found' });
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(t, home);
  const one = found.value;
  const owes = one.state === 'accepted' || (one.state === 'settled' && (one.charges ?? []).length > 0);
  const notice = owes
    ? linkButton({
        text: t('services.notice'),
        href: `/notices/${id}`,
        kind: one.state === 'accepted' ? 'first' : 'second',
      })
    : '';
  const done = ['filed', 'decided'].find((name) => name === textOf(request.query, 'done'));
  const banner = done && !tried ? notificationBanner(t, { kind: 'released', heading: t(`services.done.${done}`) }) : '';
  const title = t('services.one');
  const main = html`<h1>${title}</h1>${head(voice.t, home.timeZone, one)}${one.charges ? chargesTable(voice, one.charges) : ''}${notice}${await reviewPart(context, visit, id, tried)}`;
  const breadcrumbs = [{ text: t('services.title'), href: '/services' }, { text: one.reference ?? title }];
  return {
    page: { title, main, banner, breadcrumbs, wide: true, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: 422 } : {}),
  };
}

async function decided(context: Context, visit: Visit, id: string): Promise<Answer> {
  const { who, request } = visit;
  const values = posted([...reasonFields(0), { name: 'move', label: '', type: 'hidden' }], request.body);
  const { ground = '', reason = '', remedy = '', stamp = '' } = values;
  const move = (['accept', 'refuse', 'reverse'] as const).find((one) => one === values['move']) ?? 'accept';
  const decision = { move, stamp: /^\d{1,9}$/.test(stamp) ? Number(stamp) : -1, ground, reason, remedy };
  const result = isUuid(id) ? await decideService(context, who, id, decision) : undefined;
  if (result?.ok === true) return { to: `/services/${id}?done=decided` };
  const { code, pointer, params } = result?.error ?? { code: 'services/not-found' };
  const at = pointer?.replace('/decision', '');
  const refusal = { code, ...(params ? { params } : {}), ...(at ? { pointer: at } : {}) };
  return servicePage(context, visit, id, { move, values, refusal });
}

/** Services and licences: the list with what they come to, filing one, one of them, and reviewing it. */
export function pages(app: App, context: Context): void {
  const id = ({ request }: Visit): string => textOf(request.params, 'id');
  members(app, context, 'GET', '/services', (visit) => listPage(context, visit));
  filingPages(app, context);
  members(app, context, 'GET', '/services/:id', (visit) => servicePage(context, visit, id(visit)));
  members(app, context, 'POST', '/services/:id/decision', (visit) => decided(context, visit, id(visit)));
}
