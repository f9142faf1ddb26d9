import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { inset, notificationBanner, summaryList, table, tag } from '#portal/components.ts';
import { type Field, form, posted } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import { money, quantity, ref, when, written } from '#portal/values.ts';
import { factNames, reasonText, type Voice } from '#modules/rulebook/index.ts';
import { conditions, type Given, type ReturnView } from './returns-model.ts';
import { reportReturn } from './returns.ts';
import type { Tried } from './pages-cancel.ts';

type Shown = Partial<ReturnView> & { readonly id: string };
type Line = NonNullable<ReturnView['lines']>[number];

const tones: Readonly<Record<string, Tone>> = {
  applied: 'ink',
  doubt: 'hand',
  refunded: 'released',
  refused: 'stopped',
};

/**
 * One return: where it stands, its clock, what the law says, and what is given back line by line. `heading` is its
 * place among the headings of the page.
 */
export function returnShown(voice: Voice, timeZone: string, one: Shown, heading: 'h2' | 'h3'): Html {
  const { t } = voice;
  const row = (key: string, value: Fragment | undefined): { key: string; value: Fragment }[] =>
    value === undefined || value === '' ? [] : [{ key: t(`clearance.returns.${key}`), value }];
  const lines = (one.lines ?? []).map(
    ({ line, quantity: many, value }: Partial<Line>) =>
      html`${t('clearance.returns.line', { line: line ?? 0 })}: ${many === undefined ? '' : quantity(t, many)}${value ? html` · ${money(t, value)}` : ''}<br>`,
  );
  const state = one.state ?? 'applied';
  const rows = [
    ...row('number', ref(one.id)),
    ...row('applied', one.applied && when(t, one.applied, timeZone)),
    ...row('due', one.due ? when(t, one.due, timeZone) : undefined),
    ...row(
      'back',
      one.back ? html`${when(t, one.back, timeZone)}${one.place ? html` · ${ref(one.place)}` : ''}` : undefined,
    ),
    ...row('condition', one.condition ? t(`clearance.returns.condition.${one.condition}`) : undefined),
    ...row('goods', lines.length > 0 ? html`${lines}` : undefined),
    ...row(
      'ground',
      one.ground &&
        html`${t(`clearance.returns.ground.${one.ground}`)}${one.reason ? html`<br>${written(one.reason)}` : ''}`,
    ),
  ];
  const stands = tag(t(`clearance.returns.state.${state}`), tones[state] ?? 'quiet');
  const head = heading === 'h2' ? html`<h2>${stands}</h2>` : html`<h3>${stands}</h3>`;
  return html`<section class="card">${head}${lawSays(voice, one)}${summaryList(rows)}${givenTable(voice, one)}</section>`;
}

/** What the law says of it, in words: granted, not granted and why, or what it does not say. */
function lawSays(voice: Voice, { law, state }: Shown): Html | '' {
  const { t } = voice;
  if (law === undefined || state === 'lapsed' || state === 'withdrawn') return '';
  const source = law.source === '' ? '' : html`<br><span class="small">${law.source}</span>`;
  if (law.granted === true) return html`<p>${t('clearance.returns.granted')}${source}</p>`;
  if (law.granted === false)
    return inset(
      html`<p>${law.reason ? reasonText(voice, law.reason, law.params) : ''} ${t('clearance.returns.not-granted')}${source}</p>`,
      'hand',
    );
  return inset(html`<p>${t('clearance.returns.unsaid')} ${factNames(voice, law.missing)}</p>`, 'hand');
}

function givenTable(voice: Voice, { given, refund, state }: Shown): Html | '' {
  const { t } = voice;
  if (given === undefined || refund === undefined || given.length === 0) return '';
  const elsewhere = given.some(({ collect }) => collect !== 'border');
  return table({
    caption: t(`clearance.returns.${state === 'refunded' ? 'given' : state === 'doubt' ? 'may-give' : 'would-give'}`),
    columns: [
      { head: t('clearance.goods.line'), cell: ({ line }: Given) => line, numeric: true },
      { head: t('rulebook.charges.charge'), cell: ({ charge }: Given) => voice('charge', charge), rowHeader: true },
      { head: t('rulebook.charges.amount'), cell: ({ amount }: Given) => money(t, amount), numeric: true },
      ...(elsewhere
        ? [{ head: t('rulebook.charges.collect'), cell: ({ collect }: Given) => voice('collect', collect) }]
        : []),
      { head: t('clearance.returns.law'), cell: ({ source }: Given) => source },
    ],
    rows: given,
    foot: [t('clearance.returns.here'), '', money(t, refund.border), ...(elsewhere ? [''] : []), ''],
  });
}

const arrivalFields: readonly Field[] = [
  { name: 'id', label: 'clearance.returns.number', hint: 'clearance.returns.number-hint', type: 'text', latin: true },
  { name: 'place', label: 'clearance.returns.place', type: 'text', latin: true, width: 20 },
  {
    name: 'condition',
    label: 'clearance.returns.condition',
    type: 'radios',
    value: 'as-sent',
    options: conditions.map((value) => ({ value, label: `clearance.returns.condition.${value}` })),
  },
];

/** Whether this person takes goods in for a place operator: only then there is a page for it. */
const takesIn = (principal: Principal): boolean =>
  principal.party !== null &&
  may(principal, 'arrival.report', { kind: 'arrival', id: '', parties: { operator: [principal.party] }, desk: null });

async function arrivalPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: { tried?: Tried; done?: Partial<ReturnView> } = {},
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent('/returns')}`, 303);
  const frame = await context.frame(request);
  const { t } = frame;
  const { tried, done } = outcome;
  const title = t('clearance.returns.arrivals');
  const drawn = takesIn(principal)
    ? html`<p>${t('clearance.returns.arrivals-text')}</p>${form(t, { action: '/returns', fields: arrivalFields, submit: t('clearance.returns.take-in'), csrf: context.csrf(request), ...tried })}`
    : html`<p>${t('clearance.returns.not-operator')}</p>`;
  const banner = done
    ? notificationBanner(t, {
        kind: done.state === 'doubt' ? 'hand' : 'released',
        heading: t('clearance.returns.taken-in', { declaration: done.declaration ?? '' }),
        body: t(`clearance.returns.state.${done.state ?? 'applied'}`),
      })
    : '';
  const main = html`<h1>${title}</h1>${drawn}`;
  const document = page({ ...frame, title, main, banner, ...(tried ? { error: true } : {}) });
  return sendPage(reply, document, tried ? 422 : 200);
}

async function takenIn(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const principal = await context.identify(request);
  const values = posted(arrivalFields, request.body);
  const condition = conditions.find((one) => one === values['condition']);
  const { id = '', place = '' } = values;
  const wrong = (): Refusal | undefined => {
    if (!context.checkCsrf(request)) return { code: 'clearance/form-not-ours' };
    if (!isUuid(id)) return { code: 'clearance/return-unknown', pointer: '/id' };
    if (place === '' || place.length > 50) return { code: 'clearance/returns.place-needed', pointer: '/place' };
    return undefined;
  };
  const refusal = wrong();
  if (refusal !== undefined) return arrivalPage(context, request, reply, { tried: { values, refusal } });
  const done = await reportReturn(context, principal, id, {
    operator: principal.party ?? '',
    place,
    back: context.clock.instant(),
    condition: condition ?? 'as-sent',
  });
  return arrivalPage(
    context,
    request,
    reply,
    done.ok ? { done: done.value } : { tried: { values, refusal: done.error } },
  );
}

/** Where the place operator takes in what comes back. */
export function returnPages(app: App, context: Context): void {
  app.get('/returns', { schema: { hide: true } }, (request, reply) => arrivalPage(context, request, reply));
  app.post('/returns', { schema: { hide: true } }, (request, reply) => takenIn(context, request, reply));
}
