import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { withUploads } from '#platform/uploads.ts';
import { inset, notificationBanner, summaryList, tag, timeline } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { ref, when } from '#portal/values.ts';
import { codeOrText } from '#modules/clearance/index.ts';
import { attachmentBytesMax, attachmentsAtOnce } from '#modules/documents/index.ts';
import { type Answer, open, textOf, type Visit } from '#modules/parties/index.ts';
import { authorityName, packsPart, voiceOf } from '#modules/rulebook/index.ts';
import { fraudKinds, type ReportView } from './model.ts';
import { addToReport, reportFraud, reportState } from './service.ts';

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const fields: readonly Field[] = [
  {
    name: 'kind',
    label: 'readiness.kind',
    type: 'radios',
    value: fraudKinds[0],
    options: fraudKinds.map((value) => ({ value, label: `readiness.kind.${value}` })),
  },
  { name: 'text', label: 'readiness.text', hint: 'readiness.text-hint', type: 'textarea' },
  { name: 'where', label: 'readiness.where', hint: 'readiness.where-hint', type: 'text', optional: true },
  { name: 'contact', label: 'readiness.contact', hint: 'readiness.contact-hint', type: 'text', optional: true },
  { name: 'file', label: 'readiness.file', hint: 'readiness.file-hint', type: 'file', optional: true },
];
const numberField: Field = {
  name: 'number',
  label: 'readiness.number',
  hint: 'readiness.number-hint',
  type: 'text',
  latin: true,
  width: 20,
};
const moreFields = (number: string): Field[] => [
  { name: 'text', label: 'readiness.more', type: 'textarea' },
  { name: 'number', label: '', type: 'hidden', value: number },
];

const statusOf = ({ code }: Refusal): number => (code === 'readiness/too-many' ? 429 : 422);

function reportPage(visit: Visit, tried?: Tried): Answer {
  const { t, csrf } = visit;
  const title = t('readiness.report');
  const drawn = form(t, { action: '/report-fraud', fields, submit: t('readiness.send'), csrf, ...tried });
  const look = form(t, {
    action: '/report-fraud/state',
    fields: [numberField],
    submit: t('readiness.look'),
    csrf,
    prefix: 'look',
    kind: 'second',
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('readiness.report-lead')}</p>${drawn}<h2 id="state">${t('readiness.state')}</h2>${look}`;
  return {
    page: { title, main, public: true, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: statusOf(tried.refusal) } : {}),
  };
}

async function reported(context: Context, visit: Visit): Promise<Answer> {
  const { t, request } = visit;
  const values = posted(fields, request.body);
  const kind = fraudKinds.find((one) => one === values['kind']) ?? 'other';
  const some = (name: string, most: number) => (values[name] ? { [name]: values[name].slice(0, most) } : {});
  const body = { kind, text: (values['text'] ?? '').slice(0, 4_000), ...some('where', 500), ...some('contact', 200) };
  const made = await reportFraud(context, body, { address: request.ip, files: request.uploads.get('file') ?? [] });
  if (!made.ok) return reportPage(visit, { values, refusal: made.error });
  const title = t('readiness.reported');
  const number = html`<p>${t('readiness.keep')}</p><p class="govuk-heading-l">${ref(made.value.number)}</p>`;
  const main = html`<h1>${title}</h1>${inset(number, 'released')}<p>${t('readiness.reported-text')}</p><p><a href="/report-fraud#state">${t('readiness.state')}</a></p>`;
  return { page: { title, main, public: true }, status: 201 };
}

function saidIn(context: Context, { t }: Visit, view: ReportView): Html {
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(t, home);
  const desk = view.desk === null ? t('readiness.desk') : authorityName(voice, view.desk);
  const part = (key: string, text: string): Html => html`<dt>${voice.t(key)}</dt><dd>${codeOrText(voice, text)}</dd>`;
  const why = (of: ReportView['said'][number]['reasons']): Html | '' =>
    of
      ? html`<dl class="reasons">${part('cases.ground', of.ground)}${part('cases.reason', of.reason)}${part('cases.remedy', of.remedy)}</dl>`
      : '';
  return timeline(
    view.said.map(({ move, by, at, note, reasons }) => ({
      title: voice.t(`readiness.said.${move}`),
      at: when(voice.t, at, home.timeZone),
      by: by === 'you' ? voice.t('readiness.you') : desk,
      tone: by === 'you' ? ('quiet' as const) : ('hand' as const),
      body: html`${note === null ? '' : html`<p>${codeOrText(voice, note)}</p>`}${why(reasons)}`,
    })),
  );
}

function statePage(
  context: Context,
  visit: Visit,
  number: string,
  view: ReportView,
  more: { tried?: Tried; added?: boolean } = {},
): Answer {
  const { t, csrf } = visit;
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(t, home);
  const title = t('readiness.state-of');
  const rows = [
    { key: t('readiness.number'), value: ref(number) },
    { key: t('readiness.stands'), value: tag(t(`agencies.state.${view.state}`), view.open ? 'ink' : 'released') },
    { key: t('readiness.kind'), value: t(`readiness.kind.${view.kind}`) },
    { key: t('readiness.received'), value: when(t, view.received, home.timeZone) },
    ...(view.desk ? [{ key: t('readiness.desk'), value: authorityName(voice, view.desk) }] : []),
    ...(view.due ? [{ key: t('readiness.due'), value: when(t, view.due, home.timeZone) }] : []),
  ];
  const say = view.open
    ? form(t, {
        action: '/report-fraud/more',
        fields: moreFields(number),
        submit: t('readiness.send-more'),
        csrf,
        ...(more.tried ? { ...more.tried, values: { ...more.tried.values, number } } : {}),
      })
    : '';
  const banner = more.added ? notificationBanner(t, { kind: 'released', heading: t('readiness.added') }) : '';
  const main = html`<h1>${title}</h1>${summaryList(rows)}${saidIn(context, visit, view)}${say}`;
  return {
    page: { title, main, banner, public: true, ...(more.tried ? { error: true } : {}) },
    ...(more.tried ? { status: 422 } : {}),
  };
}

async function stateAsked(context: Context, visit: Visit): Promise<Answer> {
  const { t, csrf, request } = visit;
  const { number = '' } = posted([numberField], request.body);
  const view = await reportState(context, number, request.ip);
  if (view.ok) return statePage(context, visit, number.toUpperCase(), view.value);
  const title = t('readiness.state');
  const drawn = form(t, {
    action: '/report-fraud/state',
    fields: [numberField],
    submit: t('readiness.look'),
    csrf,
    values: { number },
    refusal: view.error,
  });
  const main = html`<h1>${title}</h1>${drawn}`;
  return { page: { title, main, public: true, error: true }, status: statusOf(view.error) };
}

async function moreSaid(context: Context, visit: Visit): Promise<Answer> {
  const { request } = visit;
  const number = textOf(request.body, 'number').slice(0, 40);
  const values = posted(moreFields(number), request.body);
  const added = await addToReport(context, number, (values['text'] ?? '').slice(0, 4_000), request.ip);
  if (added.ok) return statePage(context, visit, number.toUpperCase(), added.value, { added: true });
  const view = await reportState(context, number, request.ip);
  return view.ok
    ? statePage(context, visit, number, view.value, { tried: { values, refusal: added.error } })
    : stateAsked(context, visit);
}

/** Reporting fraud: by anybody, with or without a name, and what became of it by the number that was given. */
export async function reportPages(app: App, context: Context): Promise<void> {
  open(app, context, 'GET', '/report-fraud', (visit) => reportPage(visit));
  open(app, context, 'POST', '/report-fraud/state', (visit) => stateAsked(context, visit));
  open(app, context, 'POST', '/report-fraud/more', (visit) => moreSaid(context, visit));
  await withUploads(app, { files: attachmentsAtOnce, bytes: attachmentBytesMax }, (scope) => {
    open(scope, context, 'POST', '/report-fraud', (visit) => reported(context, visit));
  });
}
