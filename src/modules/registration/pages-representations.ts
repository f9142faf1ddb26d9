import { dayOf } from '#kernel/effective.ts';
import { html, join as joined, type Html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal, Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { cards, emptyState, linkButton, notificationBanner, pagination, tag } from '#portal/components.ts';
import { csrfField, type Field, posted, type Values } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import { onDay, ref, written } from '#portal/values.ts';
import {
  type Answer,
  checked,
  choicesOf,
  groupedForm,
  members,
  partiesPart,
  refusedPage,
  representationScopes,
  said,
  textOf,
  ticked,
  ticks,
  type Visit,
} from '#modules/parties/index.ts';
import { affairsOf, NewOffer } from './model.ts';
import type { Tried } from './pages-kit.ts';
import {
  confirm,
  decline,
  offer,
  representationList,
  type Representations,
  type RepresentationView,
  revoke,
  type Standing,
} from './service-representations.ts';

type Shown = Partial<RepresentationView>;
const tones: Readonly<Record<Standing, Tone>> = {
  offered: 'hand',
  holds: 'released',
  'to-come': 'ink',
  over: 'quiet',
  broken: 'stopped',
};

export const scopeFields = choicesOf('scope', representationScopes, 'parties.scope');
export const untilField: Field = {
  name: 'until',
  label: 'parties.field.until',
  hint: 'registration.representations.until-hint',
  type: 'date',
  optional: true,
};
export const other: Field = {
  name: 'other',
  label: 'registration.representations.other',
  hint: 'registration.representations.other-hint',
  type: 'text',
  latin: true,
  width: 20,
};
const offerFields: readonly Field[] = [
  {
    name: 'side',
    label: 'registration.representations.side',
    type: 'radios',
    options: [
      { value: 'give', label: 'registration.representations.give', hint: 'registration.representations.give-hint' },
      { value: 'offer', label: 'registration.representations.offer', hint: 'registration.representations.offer-hint' },
    ],
  },
  other,
  {
    name: 'kind',
    label: 'parties.field.kind',
    type: 'radios',
    options: [
      { value: 'direct', label: 'parties.kind.direct', hint: 'parties.kind.direct-hint' },
      { value: 'indirect', label: 'parties.kind.indirect', hint: 'parties.kind.indirect-hint' },
    ],
  },
];
const periodFields: readonly Field[] = [
  { name: 'from', label: 'parties.field.from', type: 'date', optional: true },
  untilField,
  {
    name: 'onward',
    label: 'registration.representations.onward',
    hint: 'registration.representations.onward-hint',
    type: 'checkbox',
  },
];
const offerGroups = [
  { fields: offerFields },
  { legend: 'registration.representations.scope', fields: scopeFields },
  { fields: periodFields },
];

export const scopeText = ({ t }: Visit, scope: readonly string[] = []): Html =>
  joined(
    scope.map((one) => t(`parties.scope.${one}`)),
    ', ',
  );

export const party = (name: string | undefined, identifier: string | undefined): Html =>
  html`${written(name ?? '')} <span class="small">${ref(identifier ?? '')}</span>`;

/** From when until when, in one line. */
const period = ({ t }: Visit, { from, until }: Shown): Html =>
  until
    ? t.html('registration.representations.between', {
        from: from === undefined ? '' : onDay(t, dayOf(from)),
        until: onDay(t, dayOf(until)),
      })
    : t.html('registration.representations.from', { from: from === undefined ? '' : onDay(t, dayOf(from)) });

const post = (visit: Visit, action: string, text: string, about: Html, kind: '' | ' govuk-button--secondary'): Html =>
  html`<form method="post" action="${action}">${csrfField(visit.csrf)}<button class="govuk-button${kind} row-button" type="submit">${text}<span class="govuk-visually-hidden"> ${about}</span></button></form>`;

/** One representation as a card: who acts for whom, how far, how long, over whom, and what one can do about it. */
function card(visit: Visit, context: Context, one: Shown, own: string, manages: boolean): Html {
  const { t } = visit;
  const { state = 'holds', chain = [] } = one;
  const acts = t.html('registration.representations.acts', {
    representative: party(one.representativeName, one.representative),
    represented: party(one.representedName, one.represented),
  });
  const { parties } = context.reference.current().get(partiesPart);
  const over =
    chain.length > 0
      ? html`<p>${t.html('registration.representations.over', {
          chain: joined(
            chain.map((each) => party(parties.get(each)?.name, each)),
            ' → ',
          ),
        })}</p>`
      : '';
  const onward = one.onward === true ? html`<p class="small">${t('registration.representations.is-onward')}</p>` : '';
  const head = html`<h3 class="card__title">${acts} ${tag(t(`registration.standing.${state}`), tones[state])}</h3>`;
  const facts = html`<p>${t(`parties.kind.${one.kind ?? 'direct'}`)} · ${scopeText(visit, one.scope)} · ${period(visit, one)}</p>`;
  const does = actions(visit, one, own, manages, acts);
  const foot = does === '' ? '' : html`<div class="card__foot">${does}</div>`;
  return html`<section class="card card--${tones[state]}"><div class="card__body">${head}${facts}${over}${onward}</div>${foot}</section>`;
}

function actions(visit: Visit, one: Shown, own: string, manages: boolean, acts: Html): Html | '' {
  const { t } = visit;
  const { id, state } = one;
  if (!manages) return '';
  if (state === 'offered') {
    const mine = one.represented === own;
    const yes = mine
      ? post(visit, `/representations/${id}/confirm`, t('registration.representations.confirm'), acts, '')
      : '';
    const word = t(mine ? 'registration.representations.decline' : 'registration.representations.withdraw');
    return html`<div class="govuk-button-group">${yes}${post(visit, `/representations/${id}/decline`, word, acts, ' govuk-button--secondary')}</div>`;
  }
  const passing =
    one.representative === own && one.onward === true && state === 'holds'
      ? html`<p><a href="/representations/${id}/pass-on">${t('registration.representations.pass-on')}</a></p>`
      : '';
  return html`${passing}${post(visit, `/representations/${id}/revoke`, t('registration.representations.revoke'), acts, ' govuk-button--secondary')}`;
}

const news = new Set(['given', 'offered', 'confirmed', 'declined', 'revoked', 'passed-on']);

const managesOf = (who: Principal): boolean => who.party !== null && may(who, 'affairs.manage', affairsOf(who.party));

function lists(visit: Visit, context: Context, found: Representations, own: string): Html {
  const { t, who } = visit;
  const manages = managesOf(who);
  const drawn = (key: string, all: readonly Shown[]): Html | '' =>
    all.length === 0
      ? ''
      : html`<h2>${t(`registration.representations.${key}`)}</h2>${cards(...all.map((one) => card(visit, context, one, own, manages)))}`;
  const sideOf = (of: (one: Shown) => boolean): readonly Shown[] => found.items.filter(of);
  return html`${drawn('waiting', found.offers)}${drawn(
    'by',
    sideOf(({ represented }) => represented === own),
  )}${drawn(
    'for',
    sideOf(({ representative }) => representative === own),
  )}${drawn(
    'between-others',
    sideOf(({ represented, representative }) => represented !== own && representative !== own),
  )}`;
}

async function listPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, request } = visit;
  const after = textOf(request.query, 'after');
  const found = await representationList(context, who, isUuid(after) ? after : null);
  if (!found.ok) return refusedPage(visit, found.error);
  const own = who.party ?? '';
  const { items, offers, next } = found.value;
  const nothing =
    items.length + offers.length === 0
      ? emptyState({ title: t('registration.representations.none'), body: t('registration.representations.none-text') })
      : '';
  const add = managesOf(who)
    ? linkButton({ text: t('registration.representations.add'), href: '/representations/new' })
    : '';
  const done = textOf(request.query, 'done');
  const title = t('registration.representations.title');
  const more = pagination(t, next === null ? {} : { next: `/representations?after=${next}` });
  const main = html`<h1>${title}</h1><p class="lead">${t('registration.representations.lead')}</p>${add}${nothing}${lists(visit, context, found.value, own)}${more}`;
  return {
    page: {
      title,
      main,
      breadcrumbs: [{ text: t('registration.business.title'), href: '/business' }, { text: title }],
      ...(news.has(done)
        ? {
            banner: notificationBanner(t, {
              kind: 'released',
              heading: t(`registration.representations.done-${done}`),
            }),
          }
        : {}),
    },
  };
}

function newPage(visit: Visit, tried?: Tried): Answer {
  const { t, csrf, who } = visit;
  if (who.party === null) return refusedPage(visit, { code: 'registration/no-party' });
  if (!managesOf(who)) return refusedPage(visit, { code: 'registration/managers-only' });
  const title = t('registration.representations.add');
  const drawn = groupedForm(t, {
    action: '/representations/new',
    csrf,
    submit: 'registration.representations.submit',
    groups: offerGroups,
    values: tried?.values ?? { side: 'give', kind: 'direct', ...ticks('scope', ['file', 'read']) },
    refusal: tried === undefined ? undefined : atOther(tried.refusal),
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('registration.representations.new-lead')}</p>${drawn}`;
  const breadcrumbs = [{ text: t('registration.representations.title'), href: '/representations' }, { text: title }];
  return {
    page: { title, main, breadcrumbs, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: 422 } : {}),
  };
}

/** Either side of the body is the form's one field for the other business. */
export const atOther = (refusal: Refusal): Refusal =>
  ['/represented', '/representative'].includes(refusal.pointer ?? '') ? { ...refusal, pointer: '/other' } : refusal;

function offerOf(values: Values, own: string): object {
  const gives = values['side'] !== 'offer';
  const them = said(values['other']);
  const sides = gives ? { represented: own, representative: them } : { represented: them, representative: own };
  return {
    ...Object.fromEntries(Object.entries(sides).filter(([, value]) => value !== undefined)),
    kind: values['kind'],
    scope: ticked(values, 'scope', representationScopes),
    ...(said(values['from']) === undefined ? {} : { from: values['from'] }),
    until: said(values['until']) ?? null,
    onward: values['onward'] === 'yes',
  };
}

async function given(context: Context, visit: Visit): Promise<Answer> {
  const { who, request } = visit;
  const values = posted(
    offerGroups.flatMap(({ fields }) => fields),
    request.body,
  );
  const read = checked<NewOffer>(NewOffer, offerOf(values, who.party ?? ''));
  const done = read.ok ? await offer(context, who, read.value) : read;
  if (!done.ok) return newPage(visit, { values, refusal: done.error });
  return { to: `/representations?done=${done.value.state === 'holds' ? 'given' : 'offered'}` };
}

/** Who acts for one's own business and for whom it acts: given, offered, confirmed and ended by the parties. */
export function representationPages(app: App, context: Context): void {
  members(app, context, 'GET', '/representations', (visit) => listPage(context, visit));
  members(app, context, 'GET', '/representations/new', (visit) => newPage(visit));
  members(app, context, 'POST', '/representations/new', (visit) => given(context, visit));
  const steps: readonly [string, string, (context: Context, who: Principal, id: string) => Promise<Result<object>>][] =
    [
      ['confirm', 'confirmed', confirm],
      ['decline', 'declined', decline],
      ['revoke', 'revoked', revoke],
    ];
  for (const [step, done, take] of steps)
    members(app, context, 'POST', `/representations/:id/${step}`, async (visit) => {
      const taken = await take(context, visit.who, textOf(visit.request.params, 'id'));
      return taken.ok ? { to: `/representations?done=${done}` } : refusedPage(visit, taken.error);
    });
}
