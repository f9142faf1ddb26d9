import { html, type Html } from '#kernel/html.ts';
import { may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, emptyState, inset, linkButton, notificationBanner, summaryList, table } from '#portal/components.ts';
import { type Field, posted } from '#portal/form.ts';
import { ref, when, written } from '#portal/values.ts';
import { attachmentList, sendAttachment } from '#modules/documents/index.ts';
import {
  type Answer,
  checked,
  choicesOf,
  groupedForm,
  members,
  refusedPage,
  rowButton,
  said,
  textOf,
  ticked,
  ticks,
  type Visit,
} from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { affairsOf, type ApplicationRow, Invitation, Membership, memberRoles } from './model.ts';
import { identifierText, legalRoles, registrationTag, rolesOf, type Tried } from './pages-kit.ts';
import type { Identified } from './schemes.ts';
import { businessDocument, ownRegistrations, papersOf, registrationOf } from './service.ts';
import { type Business, businessOf, invite, type MemberView, setMember, uninvite } from './service-people.ts';

const shownField: Field = { name: 'shown', label: 'registration.field.shown', type: 'text', width: 20 };
const roleFields = choicesOf('roles', memberRoles, 'parties.role');
const news = new Set(['saved', 'ended', 'uninvited', 'joined']);

/** Whoever belongs to nobody sees what he asked for, and the way in. */
async function outsidePage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who } = visit;
  const title = t('registration.business.title');
  const asked = await ownRegistrations(context, who);
  const list = asked.map(
    (one) =>
      html`<li><a href="/registrations/${one.id}">${written(one.name ?? '', one.language)}</a> ${registrationTag(t, one.state)}</li>`,
  );
  const body =
    asked.length > 0
      ? html`<p class="lead">${t('registration.business.asked')}</p><ul class="govuk-list govuk-list--spaced">${list}</ul>`
      : emptyState({
          title: t('registration.business.none'),
          body: t('registration.business.none-text'),
          action: linkButton({ text: t('registration.register.title'), href: '/register' }),
        });
  return { page: { title, main: html`<h1>${title}</h1>${body}` } };
}

async function factsOf(context: Context, visit: Visit, business: Business): Promise<Html> {
  const { t } = visit;
  const { party } = business;
  if (party === undefined) return html``;
  const row: ApplicationRow | undefined = await registrationOf(context, party.identifier);
  const identifiers =
    row === undefined
      ? ref(party.identifier)
      : html`<ul class="govuk-list">${(JSON.parse(row.identifiers) as Identified[]).map((one) => html`<li>${identifierText(t, one)}</li>`)}</ul>`;
  const list = summaryList([
    { key: t('registration.identifiers'), value: identifiers },
    {
      key: t('registration.field.roles'),
      value: legalRoles(t, party.roles),
    },
    { key: t('parties.field.status'), value: t(`parties.status.${party.status}`) },
    ...(row === undefined ? [] : [{ key: t('registration.field.address'), value: written(row.address) }]),
  ]);
  const papers =
    row === undefined
      ? ''
      : details(
          t('registration.field.documents'),
          attachmentList(t, await papersOf(context, row.id), `/business/documents`),
        );
  return html`${list}${papers}`;
}

function peopleTable(visit: Visit, business: Business, manages: boolean): Html {
  const { t, who } = visit;
  const head = t('registration.business.people');
  return table<Partial<MemberView>>({
    caption: head,
    hideCaption: true,
    columns: [
      {
        head: t('registration.field.shown'),
        rowHeader: true,
        cell: (row) =>
          manages
            ? html`<a href="/business/people/${row.id}">${written(row.shown ?? '')}</a>`
            : html`${written(row.shown ?? '')}${row.id === who.subject ? html` <span class="small">${t('registration.business.you')}</span>` : ''}`,
      },
      { head: t('parties.field.name'), cell: (row) => ref(row.name ?? '') },
      { head: t('parties.field.roles'), cell: (row) => rolesOf(t, row.roles) },
    ],
    rows: business.people,
    empty: html`<p>${t('registration.business.nobody')}</p>`,
  });
}

function invitationsTable(visit: Visit, business: Business, timeZone: string): Html | '' {
  const { t } = visit;
  if (business.invitations.length === 0) return '';
  return table<Business['invitations'][number]>({
    caption: t('registration.business.invited'),
    columns: [
      { head: t('registration.field.shown'), rowHeader: true, cell: (row) => written(row.shown ?? '') },
      { head: t('parties.field.roles'), cell: (row) => rolesOf(t, row.roles) },
      {
        head: t('registration.business.until'),
        cell: (row) => (row.expires === undefined ? '–' : when(t, row.expires, timeZone)),
      },
      {
        head: t('parties.action'),
        cell: (row) =>
          rowButton(visit, `/business/invitations/${row.id}/end`, t('registration.business.uninvite'), row.shown ?? ''),
      },
    ],
    rows: business.invitations,
    empty: html``,
  });
}

async function businessPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, who, csrf, request } = visit;
  if (who.party === null) return outsidePage(context, visit);
  const found = await businessOf(context, who);
  if (!found.ok) return refusedPage(visit, found.error);
  const business = found.value;
  const { party } = business;
  const manages = may(who, 'affairs.manage', affairsOf(who.party));
  const { timeZone } = context.reference.current().get(packsPart).home;
  const inviting = manages
    ? details(
        t('registration.business.invite'),
        html`<p>${t('registration.business.invite-text')}</p>${groupedForm(t, {
          action: '/business/invite',
          csrf,
          submit: 'registration.business.invite',
          prefix: 'invite',
          groups: [{ fields: [shownField] }, { legend: 'parties.field.roles', fields: roleFields }],
          ...tried,
        })}`,
        tried !== undefined,
      )
    : '';
  const done = textOf(request.query, 'done');
  const title = t('registration.business.title');
  const name = party === undefined ? ref(who.party) : written(party.name, party.language);
  const acting = linkButton({
    text: t('registration.representations.title'),
    href: '/representations',
    kind: 'second',
  });
  const main = html`<h1>${title}</h1><p class="lead">${name}</p>${await factsOf(context, visit, business)}${acting}<h2>${t('registration.business.people')}</h2>${peopleTable(visit, business, manages)}${invitationsTable(visit, business, timeZone)}${inviting}`;
  return {
    page: {
      title,
      main,
      ...(news.has(done) && !tried
        ? { banner: notificationBanner(t, { kind: 'released', heading: t(`registration.business.done-${done}`) }) }
        : {}),
      ...(tried ? { error: true } : {}),
    },
    ...(tried ? { status: 422 } : {}),
  };
}

/** The link is shown here and can be shown nowhere again. */
function invitedPage({ t }: Visit, shown: string, link: string): Answer {
  const title = t('registration.business.invited-title');
  const main = html`<h1>${title}</h1><p class="lead">${t.html('registration.business.invited-for', { name: written(shown) })}</p>${inset(html`<p class="breakable">${ref(link)}</p>`, 'hand')}<p>${t('registration.business.invited-once')}</p><p><a href="/business">${t('registration.business.back')}</a></p>`;
  return { page: { title, main } };
}

async function memberPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, who, csrf, request } = visit;
  const found = await businessOf(context, who);
  if (!found.ok) return refusedPage(visit, found.error);
  const id = textOf(request.params, 'id');
  const one = found.value.people.find((each) => each.id === id);
  if (one === undefined) return refusedPage(visit, { code: 'registration/member-unknown' });
  const change = groupedForm(t, {
    action: `/business/people/${id}`,
    csrf,
    submit: 'parties.save',
    groups: [{ legend: 'parties.field.roles', fields: roleFields }],
    values: tried?.values ?? ticks('roles', one.roles ?? []),
    refusal: tried?.refusal,
    beside: html`<a class="govuk-link" href="/business">${t('registration.business.back')}</a>`,
  });
  const leave = details(
    t('registration.business.end'),
    html`<p>${t('registration.business.end-text')}</p>${rowButton(visit, `/business/people/${id}/end`, t('registration.business.end'), one.shown ?? '')}`,
  );
  const title = one.shown ?? '';
  const main = html`<h1>${title}</h1><p>${t('parties.field.name')}: ${ref(one.name ?? '')}</p>${change}${leave}`;
  const breadcrumbs = [{ text: t('registration.business.title'), href: '/business' }, { text: title }];
  return {
    page: { title, main, breadcrumbs, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: 422 } : {}),
  };
}

/** One's own business: what is registered of it, its people, and who is invited. */
export function businessPages(app: App, context: Context): void {
  members(app, context, 'GET', '/business', (visit) => businessPage(context, visit));
  app.get<{ Params: { document: string } }>(
    '/business/documents/:document',
    { schema: { hide: true } },
    async (request, reply) => {
      const found = await businessDocument(context, await context.identify(request), request.params.document);
      return found.ok ? sendAttachment(reply, found.value) : reply.callNotFound();
    },
  );
  members(app, context, 'POST', '/business/invite', async (visit) => {
    const values = posted([shownField, ...roleFields], visit.request.body);
    const shown = said(values['shown']);
    const given = checked<Invitation>(Invitation, {
      ...(shown === undefined ? {} : { shown }),
      roles: ticked(values, 'roles', memberRoles),
    });
    const done = given.ok ? await invite(context, visit.who, given.value) : given;
    if (!done.ok && done.error.pointer === undefined) return refusedPage(visit, done.error);
    return done.ok
      ? invitedPage(visit, shown ?? '', done.value.link)
      : businessPage(context, visit, { values, refusal: done.error });
  });
  members(app, context, 'POST', '/business/invitations/:id/end', async (visit) => {
    const done = await uninvite(context, visit.who, textOf(visit.request.params, 'id'));
    return done.ok ? { to: '/business?done=uninvited' } : refusedPage(visit, done.error);
  });
  members(app, context, 'GET', '/business/people/:id', (visit) => memberPage(context, visit));
  members(app, context, 'POST', '/business/people/:id', async (visit) => {
    const values = posted(roleFields, visit.request.body);
    const roles = ticked(values, 'roles', memberRoles);
    // Nothing ticked is a slip of the hand here: who leaves is let go by the button that says so.
    const given = roles.length > 0 ? checked<{ roles: string[] }>(Membership, { roles }) : missingRoles;
    const done = given.ok
      ? await setMember(context, visit.who, textOf(visit.request.params, 'id'), given.value.roles)
      : given;
    return done.ok ? { to: '/business?done=saved' } : memberPage(context, visit, { values, refusal: done.error });
  });
  members(app, context, 'POST', '/business/people/:id/end', async (visit) => {
    const done = await setMember(context, visit.who, textOf(visit.request.params, 'id'), []);
    return done.ok ? { to: '/business?done=ended' } : refusedPage(visit, done.error);
  });
}

const missingRoles = { ok: false, error: { code: 'parties/field-missing', pointer: '/roles' } } as const;
