import { html, type Html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { withUploads } from '#platform/uploads.ts';
import {
  details,
  emptyState,
  inset,
  notificationBanner,
  pagination,
  summaryList,
  table,
  tabs,
} from '#portal/components.ts';
import { type Field, form, posted } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { ref, when, written } from '#portal/values.ts';
import { attachmentBytesMax, attachmentList, attachmentsAtOnce, sendAttachment } from '#modules/documents/index.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { ApplicationState } from './model.ts';
import { documentsField, identifierText, legalRoles, registrationTag, type Tried as Returned } from './pages-kit.ts';
import { decides, registrationDocument, registrationList, type RegistrationView, registrationView } from './service.ts';
import { answerQuestion, decideRegistration, type Step } from './service-desk.ts';

type Shown = Partial<RegistrationView>;
const timeZoneOf = (context: Context): string => context.reference.current().get(packsPart).home.timeZone;

async function listPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, request } = visit;
  const waiting = textOf(request.query, 'view') !== 'decided';
  const after = textOf(request.query, 'after');
  const listed = await registrationList(context, who, { waiting, after: isUuid(after) ? after : null });
  if (!listed.ok) return refusedPage(visit, listed.error);
  const title = t('registration.list.title');
  const rows = table({
    caption: title,
    hideCaption: true,
    columns: [
      {
        head: t('registration.field.name'),
        rowHeader: true,
        cell: (one: Shown) => html`<a href="/registrations/${one.id}">${written(one.name ?? '', one.language)}</a>`,
      },
      { head: t('parties.field.identifier'), cell: (one) => ref(one.identifier ?? '') },
      { head: t('parties.field.roles'), cell: (one) => legalRoles(t, one.roles) },
      { head: t('registration.state'), cell: (one) => registrationTag(t, one.state) },
      { head: t('registration.due'), cell: (one) => (one.due ? when(t, one.due, timeZoneOf(context)) : '–') },
    ],
    rows: listed.value.items,
    empty: emptyState({
      title: t('registration.list.none'),
      body: t(waiting ? 'registration.list.none-waiting' : 'registration.list.none-decided'),
    }),
  });
  const views = tabs(title, [
    { text: t('registration.list.waiting'), href: '/registrations', current: waiting },
    { text: t('registration.list.decided'), href: '/registrations?view=decided', current: !waiting },
  ]);
  const { next } = listed.value;
  const view = waiting ? '' : 'view=decided&';
  const more = pagination(t, next === null ? {} : { next: `/registrations?${view}after=${next}` });
  const main = html`<h1>${title}</h1><p class="lead">${t('registration.list.lead')}</p>${views}${rows}${more}`;
  return { page: { title, main, wide: true } };
}

function facts(context: Context, t: Words, one: Shown): Html {
  const timeZone = timeZoneOf(context);
  const row = (key: string, value: Html | '' | undefined) =>
    value === undefined || value === '' ? [] : [{ key: t(key), value }];
  return summaryList([
    ...row('registration.state', registrationTag(t, one.state)),
    ...row('registration.field.name', one.name === undefined ? '' : written(one.name, one.language)),
    ...row('registration.field.latin', one.latin ? written(one.latin) : ''),
    ...row(
      'registration.identifiers',
      html`<ul class="govuk-list">${(one.identifiers ?? []).map((each) => html`<li>${identifierText(t, each)}</li>`)}</ul>`,
    ),
    ...row('registration.field.roles', legalRoles(t, one.roles)),
    ...row('registration.field.country', one.country === undefined ? '' : ref(one.country)),
    ...row('registration.field.address', one.address === undefined ? '' : written(one.address)),
    ...row('registration.field.shown', one.person === undefined ? '' : written(one.person)),
    ...row('registration.received', one.received === undefined ? '' : when(t, one.received, timeZone)),
    ...row(
      'registration.due',
      one.due ? html`${when(t, one.due, timeZone)} <span class="small">${one.source}</span>` : '',
    ),
  ]);
}

interface Tried extends Returned {
  readonly move: string;
}

const reasons = (move: string, ground: string): Field[] => [
  { name: 'decision.ground', label: 'cases.ground', type: 'text', value: ground },
  { name: 'decision.reason', label: 'cases.reason', type: 'textarea' },
  {
    name: 'decision.remedy',
    label: 'cases.remedy',
    type: 'textarea',
    hint: move === 'approve' ? 'registration.remedy-none-hint' : 'registration.remedy-hint',
  },
];
const noteField: Field = { name: 'note', label: 'registration.question', type: 'textarea' };
const fieldsOf = (move: string, ground: string): Field[] => (move === 'ask' ? [noteField] : reasons(move, ground));

/** The steps of the desk that are open in this state. */
function movesIn(state: ApplicationState | undefined, stamp: number | null | undefined): Step['move'][] {
  if (stamp === null || stamp === undefined) return [];
  if (state === 'open') return ['approve', 'ask', 'refuse'];
  return state === 'asked' ? ['approve', 'refuse'] : ['reverse'];
}

function stepForms({ t, csrf }: Visit, one: Shown, tried: Tried | undefined): Html {
  const forms = movesIn(one.state, one.stamp).map((move) => {
    const back = tried?.move === move ? tried : undefined;
    const hidden: Field[] = [
      { name: 'move', label: '', type: 'hidden', value: move },
      { name: 'stamp', label: '', type: 'hidden', value: String(one.stamp) },
    ];
    const drawn = form(t, {
      action: `/registrations/${one.id}/steps`,
      fields: [...hidden, ...fieldsOf(move, one.source ?? '')],
      submit: t(`registration.move.${move}`),
      csrf,
      prefix: move,
      kind: move === 'refuse' || move === 'reverse' ? 'hand' : 'first',
      ...(back ? { values: { ...back.values, move, stamp: String(one.stamp) }, refusal: back.refusal } : {}),
    });
    return details(t(`registration.move.${move}`), drawn, back !== undefined);
  });
  return html`<h2>${t('registration.desk')}</h2>${forms}`;
}

const answerFields: readonly Field[] = [
  { name: 'note', label: 'registration.answer', type: 'textarea' },
  documentsField,
];

/** What was asked, said and decided, as it was written. */
function said(t: Words, one: Shown): Html {
  const decision = one.decision
    ? inset(
        summaryList([
          { key: t('cases.ground'), value: written(one.decision.ground) },
          { key: t('cases.reason'), value: written(one.decision.reason) },
          { key: t('cases.remedy'), value: written(one.decision.remedy) },
        ]),
        one.state === 'refused' ? 'stopped' : 'released',
      )
    : '';
  const question = one.question
    ? inset(html`<p>${t('registration.was-asked')}</p><p>${written(one.question)}</p>`, 'hand')
    : '';
  const answer = one.answer ? inset(html`<p>${t('registration.was-answered')}</p><p>${written(one.answer)}</p>`) : '';
  return html`${decision}${question}${answer}`;
}

async function onePage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, who, request, csrf } = visit;
  const id = textOf(request.params, 'id');
  const found = await registrationView(context, who, id);
  if (!found.ok) return refusedPage(visit, found.error);
  const one = found.value;
  const desk = decides(context, who) && may(who, 'registration.decide', deskRecord(context, id));
  const answering =
    one.state === 'asked' && !desk
      ? form(t, {
          action: `/registrations/${id}/answer`,
          fields: answerFields,
          submit: t('registration.send-answer'),
          csrf,
          ...(tried?.move === 'answer' ? tried : {}),
        })
      : '';
  const title = one.latin ?? one.name ?? t('registration.one');
  const papers = html`<h2>${t('registration.field.documents')}</h2>${attachmentList(t, one.documents ?? [], `/registrations/${id}/documents`)}`;
  const main = html`<h1>${title}</h1><div class="beside"><div>${facts(context, t, one)}${said(t, one)}${papers}</div><div>${desk ? stepForms(visit, one, tried) : answering}</div></div>`;
  const done = textOf(request.query, 'done') === '' || tried ? '' : t('registration.done');
  const breadcrumbs = desk
    ? [{ text: t('registration.list.title'), href: '/registrations' }, { text: title }]
    : [{ text: t('registration.business.title'), href: '/business' }, { text: title }];
  return {
    page: {
      title,
      main,
      wide: true,
      breadcrumbs,
      ...(done === '' ? {} : { banner: notificationBanner(t, { kind: 'released', heading: done }) }),
      ...(tried ? { error: true } : {}),
    },
    ...(tried ? { status: tried.refusal.code === 'cases/changed-meanwhile' ? 409 : 422 } : {}),
  };
}

const deskRecord = (context: Context, id: string) =>
  ({
    kind: 'registration',
    id,
    parties: {},
    desk: context.reference.current().get(packsPart).home.registration?.desk ?? null,
  }) as const;

const moves: readonly string[] = ['approve', 'refuse', 'ask', 'reverse'];

async function stepped(context: Context, visit: Visit): Promise<Answer> {
  const { who, request } = visit;
  const id = textOf(request.params, 'id');
  const name = textOf(request.body, 'move');
  const move = (moves.includes(name) ? name : 'approve') as Step['move'];
  const values = posted(fieldsOf(move, ''), request.body);
  const stamp = textOf(request.body, 'stamp');
  const decision = {
    ground: values['decision.ground'] ?? '',
    reason: values['decision.reason'] ?? '',
    remedy: values['decision.remedy'] ?? '',
  };
  const step = { move, stamp: /^\d{1,9}$/.test(stamp) ? Number(stamp) : -1 };
  const done = await decideRegistration(
    context,
    who,
    id,
    move === 'ask' ? { ...step, note: values['note'] ?? '' } : { ...step, decision },
  );
  if (done.ok) return { to: `/registrations/${id}?done=1` };
  return onePage(context, visit, { move, values, refusal: done.error });
}

async function answered(context: Context, visit: Visit): Promise<Answer> {
  const { who, request } = visit;
  const id = textOf(request.params, 'id');
  const values = posted(answerFields, request.body);
  const files = request.uploads.get('documents') ?? [];
  const done = await answerQuestion(context, who, id, { note: values['note'] ?? '', files });
  if (done.ok) return { to: `/registrations/${id}?done=1` };
  return onePage(context, visit, { move: 'answer', values, refusal: done.error });
}

/** Registrations for the desk that decides on them, and one of them for whoever asked for it. */
export async function deskPages(app: App, context: Context): Promise<void> {
  members(app, context, 'GET', '/registrations', (visit) => listPage(context, visit));
  members(app, context, 'GET', '/registrations/:id', (visit) => onePage(context, visit));
  members(app, context, 'POST', '/registrations/:id/steps', (visit) => stepped(context, visit));
  app.get<{ Params: { id: string; document: string } }>(
    '/registrations/:id/documents/:document',
    { schema: { hide: true } },
    async (request, reply) => {
      const { id, document } = request.params;
      const found = await registrationDocument(context, await context.identify(request), id, document);
      return found.ok ? sendAttachment(reply, found.value) : reply.callNotFound();
    },
  );
  await withUploads(app, { files: attachmentsAtOnce, bytes: attachmentBytesMax }, (scope) => {
    members(scope, context, 'POST', '/registrations/:id/answer', (visit) => answered(context, visit));
  });
}
