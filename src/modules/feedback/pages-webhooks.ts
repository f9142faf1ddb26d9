import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal, Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import {
  button,
  details,
  emptyState,
  inset,
  notificationBanner,
  slug,
  summaryList,
  table,
  tag,
} from '#portal/components.ts';
import { csrfField, errorsOf, type Field, formFields, posted, type Values, errorSummaryOf } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { count, ref, when } from '#portal/values.ts';
import { type DeadLetter, eventKinds, keptDays, sizeUsual, type WebhookState, type WebhookView } from './model.ts';
import { act, type Answer, kindName, mount, refused, textOf, type Visit, ways } from './page-kit.ts';
import {
  changeWebhook,
  createWebhook,
  deadLetters,
  listWebhooks,
  removeWebhook,
  replay,
  rotateSecret,
  webhookView,
} from './service-webhooks.ts';

type Hook = Partial<WebhookView>;

const tones: Readonly<Record<WebhookState, Tone>> = { active: 'released', paused: 'hand', gone: 'stopped' };
const letterTones: Readonly<Record<DeadLetter['state'], Tone>> = {
  parked: 'hand',
  replaying: 'ink',
  delivered: 'released',
};

const stateTag = (t: Words, { state = 'active' }: Hook): Html => tag(t(`feedback.state.${state}`), tones[state]);

const texts: readonly Field[] = [
  { name: 'url', label: 'feedback.field.url', hint: 'feedback.field.url-hint', type: 'text', latin: true },
  {
    name: 'size',
    label: 'feedback.field.size',
    hint: 'feedback.field.size-hint',
    type: 'text',
    latin: true,
    width: 4,
    value: String(sizeUsual),
  },
];
const kindField = (kind: string): string => `kinds.${kind.replaceAll('.', '-')}`;
const kindFields = eventKinds.map(
  (kind): Field => ({
    name: kindField(kind),
    label: `feedback.kind.${kind.replaceAll('.', '-')}`,
    type: 'checkbox',
  }),
);
const fields: readonly Field[] = [...texts, ...kindFields];

/** What was posted, as the API takes it; nothing ticked means every kind. */
function asIs(values: Values): Result<{ url: string; size: number; kinds: (typeof eventKinds)[number][] | null }> {
  const { url = '', size = '' } = values;
  if (!/^[\x21-\x7e]{8,500}$/.test(url))
    return { ok: false, error: { code: 'feedback/not-an-address', pointer: '/url' } };
  if (!/^([1-9]\d?|[1-4]\d\d|500)$/.test(size))
    return { ok: false, error: { code: 'feedback/page.size-wrong', pointer: '/size' } };
  const kinds = eventKinds.filter((kind) => values[kindField(kind)] === 'yes');
  return { ok: true, value: { url, size: Number(size), kinds: kinds.length === 0 ? null : kinds } };
}

const valuesOf = ({ url = '', size = sizeUsual, kinds }: Hook): Values => ({
  url,
  size: String(size),
  ...Object.fromEntries((kinds ?? []).map((kind) => [kindField(kind), 'yes'])),
});

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

/** The kinds under their legend, close together. */
function kindBoxes(t: Words, values: Values): Html {
  const items = kindFields.map(({ name, label }) => {
    const id = `f-${slug(name)}`;
    const on = values[name] === 'yes' ? html` checked` : '';
    return html`<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox" id="${id}" name="${name}" value="yes"${on}><label class="govuk-label govuk-checkboxes__label" for="${id}">${t(label)}</label></div>`;
  });
  return html`<div class="govuk-form-group"><fieldset class="govuk-fieldset" aria-describedby="kinds-hint"><legend class="govuk-fieldset__legend">${t('feedback.field.kinds')}</legend><div class="govuk-hint" id="kinds-hint">${t('feedback.field.kinds-hint')}</div><div class="govuk-checkboxes govuk-checkboxes--small">${items}</div></fieldset></div>`;
}

function hookForm(visit: Visit, action: string, submit: string, given: Values, tried?: Tried): Html {
  const { t, csrf } = visit;
  const values = tried?.values ?? given;
  const errors = errorsOf(t, texts, tried?.refusal);
  const summary = errorSummaryOf(t, errors);
  return html`${summary}<form method="post" action="${action}" novalidate>${csrfField(csrf)}${formFields(t, { fields: texts, values, errors })}${kindBoxes(t, values)}${button({ text: t(submit) })}</form>`;
}

/** The last answer: what the receiver said as it said it, or in words why it said nothing. */
const answerOf = (t: Words, answer: string): Html | string => {
  const words = `feedback.answer.${answer}`;
  return /^[a-z-]+$/.test(answer) && t.has(words) ? t(words) : ref(answer);
};

async function listPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, who, timeZone } = visit;
  const found = await listWebhooks(context, who);
  if (!found.ok) return refused(visit, found.error);
  const rows = table<Hook>({
    caption: t('feedback.webhooks.title'),
    hideCaption: true,
    columns: [
      {
        head: t('feedback.field.url'),
        cell: ({ id = '', url = '' }) => html`<a href="/webhooks/${id}">${ref(url)}</a>`,
        rowHeader: true,
      },
      { head: t('feedback.field.state'), cell: (row) => stateTag(t, row) },
      {
        head: t('feedback.field.kinds'),
        cell: ({ kinds }) => (kinds ? count(t, kinds.length) : t('feedback.webhooks.every')),
      },
      {
        head: t('feedback.field.delivered'),
        cell: ({ last }) => (last?.delivered ? when(t, last.delivered, timeZone) : '–'),
      },
      { head: t('feedback.letters.title'), cell: ({ deadLetters: dead = 0 }) => count(t, dead), numeric: true },
    ],
    rows: found.value.items,
    empty: emptyState({ title: t('feedback.webhooks.none'), body: t('feedback.webhooks.none-text') }),
  });
  const add = hookForm(visit, '/webhooks', 'feedback.webhooks.add', {}, tried);
  const title = t('feedback.webhooks.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('feedback.webhooks.lead')}</p>${ways(t, 'webhooks')}${rows}${details(t('feedback.webhooks.add'), add, tried !== undefined)}`;
  return { page: { title, main, wide: true, ...(tried ? { error: true } : {}) }, status: tried ? 422 : 200 };
}

/** The secret is shown here and can be shown nowhere again. */
function secretShown({ t }: Visit, id: string, secret: string): Answer {
  const title = t('feedback.secret.title');
  const main = html`<h1>${title}</h1>${inset(html`<p>${ref(secret)}</p>`, 'hand')}<p>${t('feedback.secret.once')}</p><p><a href="/webhooks/${id}">${t('feedback.secret.on')}</a></p>`;
  return { page: { title, main, breadcrumbs: [{ text: t('feedback.webhooks.title'), href: '/webhooks' }] } };
}

function standing(visit: Visit, hook: Hook): Html {
  const { t, timeZone } = visit;
  const { last, delivery, kinds, rotating, missed } = hook;
  const row = (key: string, value: Html | string | undefined) =>
    value === undefined ? [] : [{ key: t(`feedback.field.${key}`), value }];
  return summaryList([
    ...row('state', stateTag(t, hook)),
    ...row(
      'kinds',
      kinds ? html`${kinds.map((kind) => html`${kindName(t, kind)}<br>`)}` : t('feedback.webhooks.every'),
    ),
    ...row('size', count(t, hook.size ?? sizeUsual)),
    ...row('waiting', t(hook.waiting ? 'feedback.waiting.yes' : 'feedback.waiting.no')),
    ...row('delivered', last?.delivered ? when(t, last.delivered, timeZone) : t('feedback.waiting.never')),
    ...row(
      'answer',
      last?.answer && last.at ? html`${when(t, last.at, timeZone)}<br>${answerOf(t, last.answer)}` : undefined,
    ),
    ...row(
      'delivery',
      delivery
        ? t.html('feedback.waiting.again', { attempts: delivery.attempts, next: when(t, delivery.next, timeZone) })
        : undefined,
    ),
    ...row('rotating', rotating ? when(t, rotating, timeZone) : undefined),
    ...row('missed', missed ? when(t, missed, timeZone) : undefined),
  ]);
}

function letters(visit: Visit, hook: Hook, items: readonly DeadLetter[]): Html {
  const { t, timeZone } = visit;
  return html`<h2>${t('feedback.letters.title')}</h2><p>${t('feedback.letters.text', { days: keptDays })}</p>${table<DeadLetter>(
    {
      caption: t('feedback.letters.title'),
      hideCaption: true,
      columns: [
        { head: t('feedback.letters.batch'), cell: ({ batch }) => ref(batch.slice(-8)), rowHeader: true },
        {
          head: t('feedback.field.state'),
          cell: ({ state }) => tag(t(`feedback.letter.${state}`), letterTones[state]),
        },
        { head: t('feedback.letters.parked'), cell: ({ parked }) => when(t, parked, timeZone) },
        { head: t('feedback.letters.events'), cell: ({ events }) => count(t, events), numeric: true },
        { head: t('feedback.letters.attempts'), cell: ({ attempts }) => count(t, attempts), numeric: true },
        { head: t('feedback.field.answer'), cell: ({ lastAnswer }) => answerOf(t, lastAnswer) },
        {
          head: t('feedback.letters.do'),
          cell: ({ batch, state }) =>
            state === 'parked' && hook.state === 'active'
              ? act(visit, {
                  action: `/webhooks/${hook.id}/dead-letters/${batch}/replay`,
                  text: t('feedback.letters.replay'),
                  about: batch.slice(-8),
                })
              : '–',
        },
      ],
      rows: items,
      empty: emptyState({ title: t('feedback.letters.none'), body: '' }),
    },
  )}`;
}

const news = new Set(['saved', 'replaying']);

async function hookPage(context: Context, visit: Visit, id: string, tried?: Tried): Promise<Answer> {
  const { t, who, request } = visit;
  const found = isUuid(id) ? await webhookView(context, who, id) : undefined;
  if (!found?.ok) return refused(visit, found ? found.error : { code: 'feedback/webhook-unknown' });
  const hook = found.value;
  const dead = await deadLetters(context, who, id);
  const active = hook.state === 'active';
  const buttons = html`<div class="govuk-button-group">${act(visit, { action: `/webhooks/${id}/state`, text: t(active ? 'feedback.do.pause' : 'feedback.do.resume'), hidden: ['state', active ? 'paused' : 'active'] })}${act(visit, { action: `/webhooks/${id}/secret`, text: t('feedback.do.rotate') })}${act(visit, { action: `/webhooks/${id}/remove`, text: t('feedback.do.remove'), kind: 'hand' })}</div>`;
  const edit = hookForm(visit, `/webhooks/${id}`, 'feedback.do.save', valuesOf(hook), tried);
  const done = textOf(request.query, 'done');
  const title = t('feedback.webhook.title');
  const main = html`<h1>${title}</h1><p class="lead">${ref(hook.url ?? '')}</p>${standing(visit, hook)}${buttons}${details(t('feedback.do.change'), edit, tried !== undefined)}${letters(visit, hook, dead.ok ? dead.value.items : [])}`;
  const crumbs = [{ text: t('feedback.webhooks.title'), href: '/webhooks' }, { text: title }];
  const banner = news.has(done) ? notificationBanner(t, { kind: 'released', heading: t(`feedback.done.${done}`) }) : '';
  return {
    page: { title, main, banner, breadcrumbs: crumbs, wide: true, ...(tried ? { error: true } : {}) },
    status: tried ? 422 : 200,
  };
}

/** Where a party has its news sent, each with what became of them. */
export function webhooksPages(app: App, context: Context): void {
  const idOf = ({ request }: Visit): string => textOf(request.params, 'id');
  /** Does something to the webhook of the address and goes where it leads. */
  const doing = (
    path: string,
    to: (id: string) => string,
    work: (visit: Visit, id: string) => Promise<Result<unknown>>,
  ) =>
    mount(app, context, 'POST', `/webhooks/:id${path}`, async (visit) => {
      const id = idOf(visit);
      const result = isUuid(id) ? await work(visit, id) : undefined;
      if (result?.ok) return { to: to(id) };
      return refused(visit, result ? result.error : { code: 'feedback/webhook-unknown' });
    });
  const saved = (id: string): string => `/webhooks/${id}?done=saved`;

  mount(app, context, 'GET', '/webhooks', (visit) => listPage(context, visit));
  mount(app, context, 'POST', '/webhooks', async (visit) => {
    const values = posted(fields, visit.request.body);
    const asked = asIs(values);
    const made = asked.ok ? await createWebhook(context, visit.who, asked.value) : asked;
    return made.ok
      ? secretShown(visit, made.value.webhook.id ?? '', made.value.secret)
      : listPage(context, visit, { values, refusal: made.error });
  });
  mount(app, context, 'GET', '/webhooks/:id', (visit) => hookPage(context, visit, idOf(visit)));
  mount(app, context, 'POST', '/webhooks/:id', async (visit) => {
    const id = idOf(visit);
    const values = posted(fields, visit.request.body);
    const asked = asIs(values);
    const changed = asked.ok && isUuid(id) ? await changeWebhook(context, visit.who, id, asked.value) : asked;
    return changed.ok ? { to: saved(id) } : hookPage(context, visit, id, { values, refusal: changed.error });
  });
  mount(app, context, 'POST', '/webhooks/:id/secret', async (visit) => {
    const id = idOf(visit);
    const made = isUuid(id) ? await rotateSecret(context, visit.who, id) : undefined;
    if (made?.ok) return secretShown(visit, id, made.value.secret);
    return refused(visit, made ? made.error : { code: 'feedback/webhook-unknown' });
  });
  doing('/state', saved, (visit, id) => {
    const state = textOf(visit.request.body, 'state') === 'paused' ? 'paused' : 'active';
    return changeWebhook(context, visit.who, id, { state });
  });
  doing(
    '/remove',
    () => '/webhooks',
    (visit, id) => removeWebhook(context, visit.who, id),
  );
  doing(
    '/dead-letters/:batch/replay',
    (id) => `/webhooks/${id}?done=replaying`,
    async (visit, id): Promise<Result<unknown>> => {
      const batch = textOf(visit.request.params, 'batch');
      if (!isUuid(batch)) return { ok: false, error: { code: 'feedback/batch-unknown' } };
      return replay(context, visit.who, id, batch);
    },
  );
}
