import { html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { inset } from '#portal/components.ts';
import { type Field, posted } from '#portal/form.ts';
import {
  type Answer,
  checked,
  groupedForm,
  members,
  refusedPage,
  representationScopes,
  said,
  textOf,
  ticked,
  ticks,
  type Visit,
} from '#modules/parties/index.ts';
import { PassOn } from './model.ts';
import type { Tried } from './pages-kit.ts';
import { atOther, other, party, scopeFields, scopeText, untilField } from './pages-representations.ts';
import { passOn, representationList } from './service-representations.ts';

const passFields: readonly Field[] = [other, untilField];

async function passPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, csrf, who, request } = visit;
  const id = textOf(request.params, 'id');
  const found = await representationList(context, who, null);
  if (!found.ok) return refusedPage(visit, found.error);
  const one = found.value.items.find((each) => each.id === id);
  if (one === undefined) return refusedPage(visit, { code: 'registration/representation-unknown' });
  const own = found.value.items.filter((each) => each.represented === who.party && each.state === 'holds');
  const agents =
    own.length > 0
      ? inset(
          html`<p>${t('registration.representations.agents')}</p><ul>${own.map((each) => html`<li>${party(each.representativeName, each.representative)} · ${scopeText(visit, each.scope)}</li>`)}</ul>`,
        )
      : '';
  const title = t('registration.representations.pass-on');
  const drawn = groupedForm(t, {
    action: `/representations/${id}/pass-on`,
    csrf,
    submit: 'registration.representations.pass-on',
    groups: [{ fields: passFields }, { legend: 'registration.representations.scope', fields: scopeFields }],
    values: tried?.values ?? ticks('scope', one.scope ?? []),
    refusal: tried === undefined ? undefined : atOther(tried.refusal),
  });
  const lead = t.html('registration.representations.pass-on-lead', {
    represented: party(one.representedName, one.represented),
  });
  const main = html`<h1>${title}</h1><p class="lead">${lead}</p>${agents}${drawn}`;
  return {
    page: { title, main, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: 422 } : {}),
  };
}

async function passed(context: Context, visit: Visit): Promise<Answer> {
  const { who, request } = visit;
  const values = posted([...passFields, ...scopeFields], request.body);
  const representative = said(values['other']);
  const read = checked<PassOn>(PassOn, {
    ...(representative === undefined ? {} : { representative }),
    scope: ticked(values, 'scope', representationScopes),
    until: said(values['until']) ?? null,
  });
  const done = read.ok ? await passOn(context, who, textOf(request.params, 'id'), read.value) : read;
  return done.ok
    ? { to: '/representations?done=passed-on' }
    : passPage(context, visit, { values, refusal: done.error });
}

/** Letting one's own representative act in one's place. */
export function passOnPages(app: App, context: Context): void {
  members(app, context, 'GET', '/representations/:id/pass-on', (visit) => passPage(context, visit));
  members(app, context, 'POST', '/representations/:id/pass-on', (visit) => passed(context, visit));
}
