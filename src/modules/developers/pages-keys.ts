import { type Html, html, join } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import { may } from '#platform/auth.ts';
import { day } from '#kernel/effective.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, emptyState, inset, notificationBanner, pagination, table, tag } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { onDay, ref, when, written } from '#portal/values.ts';
import {
  type Answer,
  checked,
  choicesOf,
  createKey,
  groupedForm,
  keyOf,
  keyScopes,
  type KeyView,
  listKeys,
  members,
  NewKey,
  overlapMax,
  ownScopes,
  refusedPage,
  revokeKey,
  rotateKey,
  rowButton,
  said,
  textOf,
  ticked,
  type Visit,
} from '#modules/parties/index.ts';
import type { Logged } from './model.ts';
import { requestLog } from './service.ts';

type Key = Partial<KeyView>;

const texts: readonly Field[] = [
  { name: 'name', label: 'developers.keys.name', hint: 'developers.keys.name-hint', type: 'text', width: 20 },
  { name: 'until', label: 'developers.keys.until', hint: 'developers.keys.until-hint', type: 'date', optional: true },
];
const overlaps = [0, 1, 7, overlapMax];
const overlapField: Field = {
  name: 'overlap',
  label: 'developers.keys.overlap',
  hint: 'developers.keys.overlap-hint',
  type: 'radios',
  value: '7',
  options: overlaps.map((days) => ({ value: String(days), label: `developers.keys.overlap-${days}` })),
};

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const state = ({ status, until }: Key, on: string): 'active' | 'ending' | 'ended' | 'revoked' => {
  if (status === 'revoked') return 'revoked';
  if (until === null || until === undefined) return 'active';
  return until <= on ? 'ended' : 'ending';
};
const tones = { active: 'released', ending: 'hand', ended: 'quiet', revoked: 'stopped' } as const;

const dayText = (t: Words, text: string | null | undefined): Html | string => {
  const found = day(text ?? '');
  return found === undefined ? '–' : onDay(t, found);
};

const scopesText = (t: Words, { scopes = [] }: Key): Html =>
  join(
    scopes.map((scope) => t(`parties.scope.${scope}`)),
    ', ',
  );

const keeps = ({ who }: Visit): boolean =>
  may(who, 'key.administer', { kind: 'key', id: '', parties: { subscriber: [who.party ?? ''] }, desk: null });

function keysTable(visit: Visit, keys: readonly Key[]): Html {
  const { t, who, frame } = visit;
  const act = (key: Key): Html | '' => {
    const now = state(key, who.on);
    if (!keeps(visit) || now === 'revoked' || now === 'ended') return '';
    return html`<p><a class="govuk-button govuk-button--secondary row-button" href="/keys/${key.id}/rotation">${t('developers.keys.rotate')}<span class="govuk-visually-hidden"> ${key.name}</span></a></p>${rowButton(visit, `/keys/${key.id}/revoke`, t('developers.keys.revoke'), key.name ?? '')}`;
  };
  return table<Key>({
    caption: t('developers.keys.title'),
    hideCaption: true,
    rows: keys,
    columns: [
      {
        head: t('developers.keys.name'),
        rowHeader: true,
        cell: (key) => html`<a href="/keys/${key.id}">${written(key.name ?? '')}</a>`,
      },
      { head: t('developers.keys.begins'), cell: (key) => ref(`${key.prefix ?? ''}…`) },
      { head: t('developers.keys.may'), cell: (key) => scopesText(t, key) },
      {
        head: t('developers.keys.state'),
        cell: (key) => tag(t(`developers.keys.state.${state(key, who.on)}`), tones[state(key, who.on)]),
      },
      { head: t('developers.keys.made'), cell: ({ created }) => (created ? when(t, created, frame.timeZone) : '–') },
      { head: t('developers.keys.ends'), cell: ({ until }) => dayText(t, until) },
      { head: t('developers.keys.action'), cell: act },
    ],
    empty: emptyState({ title: t('developers.keys.none'), body: t('developers.keys.none-text') }),
  });
}

function keysPage(context: Context, visit: Visit, tried?: Tried): Answer {
  const { t, who, csrf } = visit;
  const keys = listKeys(context, who);
  if (!keys.ok) return refusedPage(visit, keys.error);
  const title = t('developers.keys.title');
  const own = ownScopes(who);
  const add = keeps(visit)
    ? details(
        t('developers.keys.add'),
        groupedForm(t, {
          action: '/keys',
          csrf,
          submit: 'developers.keys.add',
          groups: [
            { fields: texts },
            { legend: 'developers.keys.may', fields: choicesOf('scopes', own, 'parties.scope') },
          ],
          values: tried?.values ?? {},
          refusal: tried?.refusal,
        }),
        tried !== undefined || keys.value.length === 0,
      )
    : html`<p>${t('developers.keys.only-read')}</p>`;
  const done = textOf(visit.request.query, 'done') === 'revoked';
  const banner = done
    ? { banner: notificationBanner(t, { kind: 'released', heading: t('developers.keys.revoked') }) }
    : {};
  const main = html`<h1>${title}</h1><p class="lead">${t('developers.keys.lead')}</p><p><a href="/docs">${t('developers.keys.docs')}</a></p>${add}${keysTable(visit, keys.value)}`;
  return {
    page: { title, main, wide: true, ...banner, ...(tried === undefined ? {} : { error: true }) },
    status: tried === undefined ? 200 : 422,
  };
}

/** The key is shown here and can be shown nowhere again. */
function keyShown(visit: Visit, { key, client }: { key: string; client: Key }): Answer {
  const { t, request } = visit;
  const title = t('developers.keys.shown');
  const example = `curl -H 'Authorization: Bearer ${key}' ${request.protocol}://${request.host}/v1/me`;
  const main = html`<h1>${title}</h1><p class="lead">${t.html('developers.keys.shown-for', { name: written(client.name ?? '') })}</p>${inset(html`<p>${ref(key)}</p>`, 'hand')}<p>${t('developers.keys.once')}</p><pre dir="ltr" tabindex="0"><code>${example}</code></pre><p><a href="/docs/quick-start">${t('developers.keys.next')}</a></p><p><a href="/keys/${client.id}">${t('developers.keys.log-link')}</a></p>`;
  return { page: { title, main, breadcrumbs: [{ text: t('developers.keys.title'), href: '/keys' }, { text: title }] } };
}

const statusTone = (status: number) => (status < 400 ? 'released' : status < 500 ? 'hand' : 'stopped');

function logTable({ t, frame }: Visit, requests: readonly Logged[]): Html {
  return table<Logged>({
    caption: t('developers.log.title'),
    rows: requests,
    columns: [
      { head: t('developers.log.at'), rowHeader: true, cell: ({ at }) => when(t, at, frame.timeZone) },
      { head: t('developers.log.asked'), cell: ({ method, path }) => ref(`${method} ${path}`) },
      { head: t('developers.log.status'), cell: ({ status }) => tag(String(status), statusTone(status)) },
      {
        head: t('developers.log.problem'),
        cell: ({ problem }) => (problem === null ? '–' : html`<a href="/docs/problems#${problem}">${ref(problem)}</a>`),
      },
      { head: t('developers.log.request'), cell: ({ request }) => ref(request) },
    ],
    empty: emptyState({ title: t('developers.log.none'), body: t('developers.log.none-text') }),
  });
}

const pageSize = 50;

async function keyPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, request, frame } = visit;
  const id = textOf(request.params, 'id');
  const key = keyOf(context, who, id);
  if (!key.ok) return refusedPage(visit, key.error);
  const asked = textOf(request.query, 'before');
  const before = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(asked) ? asked : null;
  const log = await requestLog(context, who, id, before, pageSize);
  if (!log.ok) return refusedPage(visit, log.error);
  const { name = '', prefix = '', created, until } = key.value;
  const now = state(key.value, who.on);
  const made = created === undefined ? '' : html` · ${t('developers.keys.made')}: ${when(t, created, frame.timeZone)}`;
  const ends = until ? html` · ${t('developers.keys.ends')}: ${dayText(t, until)}` : '';
  const facts = html`<p>${tag(t(`developers.keys.state.${now}`), tones[now])} ${ref(`${prefix}…`)} · ${scopesText(t, key.value)}${made}${ends}</p>`;
  const { next, requests } = log.value;
  const more = pagination(t, next === null ? {} : { next: `/keys/${id}?before=${next}` });
  const main = html`<h1>${written(name)}</h1>${facts}<p class="lead">${t('developers.log.lead')}</p>${logTable(visit, requests)}${more}`;
  const breadcrumbs = [{ text: t('developers.keys.title'), href: '/keys' }, { text: name }];
  return { page: { title: name, main, wide: true, breadcrumbs } };
}

function rotationPage(context: Context, visit: Visit, tried?: Tried): Answer {
  const { t, who, csrf, request } = visit;
  const id = textOf(request.params, 'id');
  const key = keyOf(context, who, id);
  if (!key.ok) return refusedPage(visit, key.error);
  const name = key.value.name ?? '';
  const title = t('developers.keys.rotate-title', { name });
  const asked = form(t, {
    action: `/keys/${id}/rotation`,
    csrf,
    submit: t('developers.keys.rotate-now'),
    fields: [overlapField],
    values: tried?.values ?? { overlap: '7' },
    ...(tried === undefined ? {} : { refusal: tried.refusal }),
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('developers.keys.rotate-lead')}</p>${asked}`;
  const breadcrumbs = [
    { text: t('developers.keys.title'), href: '/keys' },
    { text: name, href: `/keys/${id}` },
  ];
  return {
    page: { title, main, breadcrumbs, ...(tried === undefined ? {} : { error: true }) },
    status: tried === undefined ? 200 : 422,
  };
}

/** Keys in self-service, each with what it asked for. */
export function keysPages(app: App, context: Context): void {
  members(app, context, 'GET', '/keys', (visit) => keysPage(context, visit));
  members(app, context, 'POST', '/keys', async (visit) => {
    const values = posted([...texts, ...choicesOf('scopes', keyScopes, 'parties.scope')], visit.request.body);
    const given = checked<NewKey>(NewKey, {
      ...(values['name'] === '' ? {} : { name: values['name'] }),
      scopes: ticked(values, 'scopes', keyScopes),
      until: said(values['until']) ?? null,
    });
    const made = given.ok ? await createKey(context, visit.who, given.value) : given;
    return made.ok ? keyShown(visit, made.value) : keysPage(context, visit, { values, refusal: made.error });
  });
  members(app, context, 'GET', '/keys/:id', (visit) => keyPage(context, visit));
  members(app, context, 'POST', '/keys/:id/revoke', async (visit) => {
    const ended = await revokeKey(context, visit.who, textOf(visit.request.params, 'id'));
    return ended.ok ? { to: '/keys?done=revoked' } : refusedPage(visit, ended.error);
  });
  members(app, context, 'GET', '/keys/:id/rotation', (visit) => rotationPage(context, visit));
  members(app, context, 'POST', '/keys/:id/rotation', async (visit) => {
    const values = posted([overlapField], visit.request.body);
    const overlap = overlaps.find((days) => String(days) === values['overlap']);
    if (overlap === undefined) {
      const refusal = { code: 'parties/field-invalid', pointer: '/overlap' };
      return rotationPage(context, visit, { values, refusal });
    }
    const made = await rotateKey(context, visit.who, textOf(visit.request.params, 'id'), overlap);
    return made.ok ? keyShown(visit, made.value) : refusedPage(visit, made.error);
  });
}
