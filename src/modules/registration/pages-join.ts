import { html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { type Field, form, posted } from '#portal/form.ts';
import { written } from '#portal/values.ts';
import { type Answer, open, refusedPage, said, textOf, type Visit } from '#modules/parties/index.ts';
import { rolesOf, type Tried } from './pages-kit.ts';
import { invitationFor, join } from './service-people.ts';

const joinFields: readonly Field[] = [
  { name: 'person.shown', label: 'registration.field.shown', type: 'text', width: 20, autocomplete: 'name' },
  {
    name: 'person.name',
    label: 'parties.field.name',
    hint: 'parties.field.name-hint',
    type: 'text',
    latin: true,
    width: 20,
    autocomplete: 'username',
  },
];

async function joinPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, who, csrf, request } = visit;
  const token = textOf(request.params, 'token');
  const found = await invitationFor(context, token);
  if (!found.ok) return refusedPage(visit, found.error);
  const { partyName, roles, shown } = found.value;
  const known = who.assurance !== 'none';
  const drawn = form(t, {
    action: `/join/${encodeURIComponent(token)}`,
    fields: known ? [] : joinFields,
    submit: t('registration.join.submit'),
    csrf,
    values: { 'person.shown': shown, ...tried?.values },
    ...(tried ? { refusal: tried.refusal } : {}),
  });
  const title = t('registration.join.title');
  const main = html`<h1>${title}</h1><p class="lead">${t.html('registration.join.lead', { party: written(partyName), roles: rolesOf(visit.t, roles) })}</p>${known ? html`<p>${t.html('registration.join.as', { name: written(who.name) })}</p>` : ''}${drawn}`;
  return {
    page: { title, main, public: true, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: 422 } : {}),
  };
}

async function accepted(context: Context, visit: Visit): Promise<Answer> {
  const { who, request } = visit;
  const values = posted(joinFields, request.body);
  const shown = said(values['person.shown']);
  if (who.assurance === 'none' && shown === undefined)
    return joinPage(context, visit, { values, refusal: { code: 'parties/field-missing', pointer: '/person/shown' } });
  const given = { name: values['person.name'] ?? '', shown: (shown ?? '').slice(0, 200) };
  const done = await join(context, who, textOf(request.params, 'token'), given);
  if (!done.ok)
    return done.error.pointer === undefined
      ? refusedPage(visit, done.error)
      : joinPage(context, visit, { values, refusal: done.error });
  return { to: done.value.link === null ? '/business?done=joined' : new URL(done.value.link).pathname };
}

/** The page that an invitation leads to: open to who has its link. */
export function joinPages(app: App, context: Context): void {
  open(app, context, 'GET', '/join/:token', (visit) => joinPage(context, visit));
  open(app, context, 'POST', '/join/:token', (visit) => accepted(context, visit));
}
