import type { FastifyReply, FastifyRequest } from 'fastify';
import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import {
  emptyState,
  notificationBanner,
  pagination,
  sayingNo,
  summaryList,
  table,
  tabs,
  tag,
} from '#portal/components.ts';
import { form, posted, type Values } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, onDay, ref, when } from '#portal/values.ts';
import { type Charge, chargesTable, packsPart, voiceOf } from '#modules/rulebook/index.ts';
import type { NoticeState } from './model.ts';
import { isReference, payFields, ways as areaWays } from './page-kit.ts';
import { noticeList, type NoticeView, noticeView, type Receipt } from './service.ts';
import { pay } from './service-pay.ts';

const states: readonly NoticeState[] = ['due', 'secured', 'paid', 'cancelled', 'refunded'];
const tones: Readonly<Record<NoticeState, Tone>> = {
  due: 'hand',
  secured: 'released',
  paid: 'released',
  cancelled: 'quiet',
  refunded: 'quiet',
};
type Listed = Partial<NoticeView>;

const stateTag = (t: Words, state: NoticeState | undefined): Html | '' =>
  state === undefined ? '' : tag(t(`treasury.state.${state}`), tones[state]);

/** The page of whoever is not signed in is the sign-in; he comes back here afterwards. */
const signIn = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.redirect(`/sign-in${request.method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : ''}`, 303);

const asked = (source: unknown, name: string): string | undefined => {
  const all: Record<string, unknown> = typeof source === 'object' && source !== null ? { ...source } : {};
  const value = all[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

async function listPage(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return signIn(request, reply);
  const frame = await context.frame(request);
  const { t } = frame;
  const { timeZone } = context.reference.current().get(packsPart).home;
  const state = states.find((one) => one === asked(request.query, 'state'));
  const before = asked(request.query, 'before');
  const { notices, next } = await noticeList(context, principal, {
    size: 25,
    ...(state ? { state } : {}),
    ...(before && isUuid(before) ? { before } : {}),
  });
  const address = (more: Record<string, string>): string => `/notices?${new URLSearchParams(more).toString()}`;
  const ways = tabs(t('treasury.page.states'), [
    { text: t('treasury.page.all'), href: '/notices', current: state === undefined },
    ...states.map((one) => ({
      text: t(`treasury.state.${one}`),
      href: address({ state: one }),
      current: state === one,
    })),
  ]);
  const list = table({
    caption: t('treasury.page.title'),
    hideCaption: true,
    columns: [
      {
        head: t('treasury.notice'),
        cell: ({ id = '' }: Listed) => html`<a href="/notices/${id}">${ref(id.slice(-12))}</a>`,
        rowHeader: true,
      },
      { head: t('treasury.page.state'), cell: ({ state: one }: Listed) => stateTag(t, one) },
      { head: t('treasury.payer'), cell: ({ payer }: Listed) => (payer ? ref(payer) : '–') },
      { head: t('treasury.guarantor'), cell: ({ guarantor }: Listed) => (guarantor ? ref(guarantor) : '–') },
      { head: t('treasury.issued'), cell: ({ issued }: Listed) => (issued ? when(t, issued, timeZone) : '–') },
      {
        head: t('treasury.page.amount'),
        cell: ({ amount }: Listed) => (amount ? money(t, amount) : '–'),
        numeric: true,
      },
    ],
    rows: notices,
    empty: emptyState({
      title: t('treasury.page.empty'),
      body: t(principal.party === null ? 'treasury.page.empty-authority' : 'treasury.page.empty-text'),
    }),
  });
  const more = pagination(t, next === null ? {} : { next: address({ ...(state ? { state } : {}), before: next }) });
  const main = html`<h1>${t('treasury.page.title')}</h1><p class="lead">${t('treasury.page.lead')}</p>${areaWays(t, principal, 'notices')}${ways}${list}${more}`;
  return sendPage(reply, page({ ...frame, title: t('treasury.page.title'), main, wide: true }));
}

/** The amount is not for typing: a notice is paid exactly or not at all. A second click does nothing more. */
const payReference = (id: string, version: number): string => `W-${id.slice(-12)}-${version}`;

function payments(t: Words, timeZone: string, rows: readonly Receipt[]): Html | '' {
  if (rows.length === 0) return '';
  return html`<h2>${t('treasury.page.payments')}</h2>${table({
    caption: t('treasury.page.payments'),
    hideCaption: true,
    columns: [
      { head: t('treasury.page.reference'), cell: ({ reference }: Receipt) => ref(reference), rowHeader: true },
      {
        head: t('treasury.page.method'),
        cell: ({ method, simulated }: Receipt) =>
          html`${t(`treasury.method.${method}`)}${simulated === true ? html` ${tag(t('treasury.simulated'), 'hand')}` : ''}`,
      },
      { head: t('treasury.page.state'), cell: ({ state }: Receipt) => t(`treasury.payment.${state}`) },
      { head: t('treasury.page.at'), cell: ({ asked: at, answered }: Receipt) => when(t, answered ?? at, timeZone) },
      { head: t('treasury.page.amount'), cell: ({ amount }: Receipt) => money(t, amount), numeric: true },
    ],
    rows,
  })}`;
}

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

/** By when a notice is paid: before release, with its period's bill, or on the day that the bill names. */
const dueText = (t: Words, { event, day, bill, source }: NonNullable<NoticeView['due']>): Html =>
  html`${bill === null ? '' : html`<a href="/bills/${bill}">${t('treasury.bill.title')}</a> · `}${day === null ? t(`treasury.due.${event}`) : onDay(t, dayOf(day))}${source === null ? '' : html`<br><span class="small">${source}</span>`}`;

async function noticePage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  tried?: Tried,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return signIn(request, reply);
  const frame = await context.frame(request);
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(frame.t, home);
  const { t } = voice;
  const crumbs = [{ text: t('treasury.page.title'), href: '/notices' }];
  const found = isUuid(id) ? await noticeView(context.db, principal, id) : undefined;
  if (!found?.ok) {
    const title = t('treasury.page.unknown');
    return sendPage(
      reply,
      page({ ...frame, title, main: sayingNo(t, title, t('treasury/not-found')), breadcrumbs: crumbs }),
      404,
    );
  }
  const notice = found.value;
  const rows = [
    { key: t('treasury.page.state'), value: stateTag(t, notice.state) },
    ...(notice.amount ? [{ key: t('treasury.page.amount'), value: money(t, notice.amount) }] : []),
    ...(notice.payer ? [{ key: t('treasury.payer'), value: ref(notice.payer) }] : []),
    ...(notice.guarantor ? [{ key: t('treasury.guarantor'), value: ref(notice.guarantor) }] : []),
    ...(notice.issued ? [{ key: t('treasury.issued'), value: when(t, notice.issued, home.timeZone) }] : []),
    ...(notice.settled ? [{ key: t('treasury.settled'), value: when(t, notice.settled, home.timeZone) }] : []),
    ...(notice.due ? [{ key: t('treasury.bill.due'), value: dueText(t, notice.due) }] : []),
    notice.about === 'service'
      ? { key: t('treasury.page.service'), value: html`<a href="/services/${id}">${ref(id)}</a>` }
      : { key: t('treasury.page.parcel'), value: html`<a href="/parcels/${id}">${ref(id)}</a>` },
  ];
  const charges = Array.isArray(notice.charges) ? (notice.charges as Charge[]) : [];
  const open = notice.amount && (notice.state === 'due' || notice.state === 'secured');
  // As a paper it says what is asked, of whom, by which law and until when, and has nothing to press.
  const paper = asked(request.query, 'paper') !== undefined;
  const payForm =
    open && !paper
      ? html`<div class="screen"><h2>${t('treasury.page.pay')}</h2><p>${tag(t('treasury.simulated'), 'hand')} ${t('treasury.page.pay-text')}</p>${form(t, { action: `/notices/${id}/pay`, fields: payFields(payReference(id, notice.version ?? 1)), submit: t('treasury.page.pay-button'), csrf: context.csrf(request), ...tried })}</div>`
      : '';
  const done =
    asked(request.query, 'done') !== undefined && tried === undefined
      ? notificationBanner(t, { kind: 'released', heading: t('treasury.page.done') })
      : '';
  const main = html`<h1>${t('treasury.notice')}</h1>${summaryList(rows)}${charges.length > 0 ? chargesTable(voice, charges, null) : ''}${payForm}${payments(t, home.timeZone, notice.payments ?? [])}${paper ? html`<p class="small">${t('treasury.bill.paper-text')}</p>` : html`<p class="screen"><a href="/notices/${id}?paper=1">${t('treasury.bill.print')}</a></p>`}`;
  const document = page({
    ...frame,
    title: t('treasury.notice'),
    main,
    banner: done,
    breadcrumbs: [...crumbs, { text: t('treasury.notice') }],
    wide: true,
    ...(tried ? { error: true } : {}),
  });
  return sendPage(reply, document, tried === undefined ? 200 : 422);
}

async function paid(context: Context, request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return signIn(request, reply);
  const found = context.checkCsrf(request) && isUuid(id) ? await noticeView(context.db, principal, id) : undefined;
  if (!found?.ok || !found.value.amount)
    return noticePage(context, request, reply, id, { values: {}, refusal: { code: 'treasury/not-found' } });
  const values = posted(payFields(''), request.body);
  const reference = values['reference'] ?? '';
  if (!isReference(reference))
    return noticePage(context, request, reply, id, {
      values,
      refusal: { code: 'treasury/page.reference-needed', pointer: '/reference' },
    });
  const result = await pay(context, principal, id, {
    method: values['method'] ?? '',
    reference,
    amount: { ...found.value.amount },
  });
  return result.ok
    ? reply.redirect(`/notices/${id}?done=1`, 303)
    : noticePage(context, request, reply, id, { values, refusal: result.error });
}

/** What I owe, one notice, and paying it. */
export function pages(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  type Named = { Params: { id: string } };
  app.get('/notices', hidden, (request, reply) => listPage(context, request, reply));
  app.get<Named>('/notices/:id', hidden, (request, reply) => noticePage(context, request, reply, request.params.id));
  app.post<Named>('/notices/:id/pay', hidden, (request, reply) => paid(context, request, reply, request.params.id));
}
