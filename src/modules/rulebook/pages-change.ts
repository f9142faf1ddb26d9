import type { FastifyReply } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { dayIn } from '#kernel/effective.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal, Result } from '#kernel/result.ts';
import { mandated, may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, linkButton, notificationBanner } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { count } from '#portal/values.ts';
import { differencesView, given, type LawVisit, lawPage, lawVisit, refusedLaw, statusOf } from './law-kit.ts';
import { draftBack, mayPropose, stepChange } from './service-change.ts';
import { type ChangeView, changeView } from './service-read.ts';
import { changeHead, changeRecord } from './pages-change-record.ts';

const moves = ['propose', 'approve', 'refuse', 'take-back', 'withdraw', 'back'] as const;
type Move = (typeof moves)[number];

/** The form that came back, with what is wrong in it. */
interface Tried {
  readonly move: Move;
  readonly values: Values;
  readonly refusal: Refusal;
}

interface Open {
  readonly visit: LawVisit;
  readonly view: ChangeView;
  readonly tried: Tried | undefined;
}

const remedies = ['rulebook/remedy-propose-back', 'rulebook/remedy-propose-anew'];

function reasonFields(ground: string, move: Move): Field[] {
  return [
    { name: 'decision.ground', label: 'cases.ground', type: 'text', value: ground },
    { name: 'decision.reason', label: 'cases.reason', type: 'textarea' },
    {
      name: 'decision.remedy',
      label: 'cases.remedy',
      type: 'select',
      options: (move === 'approve' ? remedies : remedies.toReversed()).map((code) => ({ value: code, label: code })),
    },
  ];
}

function minutesFields({ visit }: Open): Field[] {
  const { context, home } = visit;
  return [
    { name: 'minutes.text', label: 'law.minutes.text', hint: 'law.minutes.text-hint', type: 'textarea' },
    { name: 'minutes.reference', label: 'law.minutes.reference', type: 'text', width: 20 },
    { name: 'minutes.on', label: 'law.minutes.on', type: 'date', value: dayIn(context.clock.instant(), home.timeZone) },
  ];
}

function fieldsOf(opened: Open, move: Move): Field[] {
  const { view } = opened;
  const stamp: Field = { name: 'stamp', label: '', type: 'hidden', value: String(view.stamp) };
  const named: Field = { name: 'move', label: '', type: 'hidden', value: move };
  const ground = view.steering?.source ?? '';
  if (move === 'approve' || move === 'refuse')
    return [stamp, named, ...minutesFields(opened), ...reasonFields(ground, move)];
  if (move === 'take-back') return [stamp, named, ...reasonFields(ground, move)];
  if (move === 'back') return [named, { name: 'title', label: 'law.field.title', type: 'text' }];
  return [stamp, named, { name: 'note', label: 'law.note', type: 'textarea', optional: true }];
}

/** The steps that this person may take now, as far as a page can tell; the case judges again. */
function possible({ visit, view }: Open): Move[] {
  const { who } = visit;
  if (who.client !== null || !who.roles.includes('officer')) return [];
  const own = mayPropose(who) && who.authority === view.authority;
  const member = mandated(who, 'approve-law') && view.steering?.members.includes(who.authority ?? '') === true;
  const last = view.steps.at(-1);
  const takesBack = last !== undefined && ['approve', 'adopt'].includes(last.move) && last.authority === who.authority;
  const found: Move[] = [];
  if (own && view.state === 'draft') found.push('propose');
  const spoken = view.approvals.some(({ authority }) => authority === who.authority);
  if (member && !view.mine && !spoken && view.state === 'under-review') found.push('approve');
  if (member && view.state === 'under-review') found.push('refuse');
  if (member && takesBack && ['under-review', 'adopted'].includes(view.state)) found.push('take-back');
  if (own && ['draft', 'under-review', 'adopted', 'overtaken'].includes(view.state)) found.push('withdraw');
  const inForce = view.versions.some(({ until }) => until === null);
  if (mayPropose(who) && view.state === 'in-force' && inForce) found.push('back');
  return found;
}

function moveForm(opened: Open, move: Move): Html {
  const { visit, view, tried } = opened;
  const { t, csrf } = visit;
  const back = tried?.move === move ? tried : undefined;
  const drawn = form(t, {
    action: `/law/changes/${view.id}/step`,
    fields: fieldsOf(opened, move),
    submit: t(`law.do.${move}`),
    csrf,
    kind: ['refuse', 'withdraw', 'back'].includes(move) ? 'hand' : 'first',
    prefix: move,
    ...(back ? { values: { ...back.values, stamp: String(view.stamp) }, refusal: back.refusal } : {}),
  });
  return details(
    t(`law.do.${move}`),
    html`<p class="small">${t(`law.do-hint.${move}`)}</p>${drawn}`,
    back !== undefined,
  );
}

function actions(opened: Open): Html {
  const { visit, view } = opened;
  const { t, who } = visit;
  const steps = possible(opened);
  const own = mayPropose(who) && who.authority === view.authority;
  const redraft =
    own && ['draft', 'under-review', 'overtaken'].includes(view.state)
      ? linkButton({ text: t('law.redraft'), href: `/law/changes/new?change=${view.id}`, kind: 'second' })
      : '';
  if (steps.length === 0 && redraft === '') return html``;
  return html`<h2>${t('law.steps')}</h2>${redraft}${steps.map((move) => moveForm(opened, move))}`;
}

async function changePage(visit: LawVisit, id: string, tried?: Tried): Promise<FastifyReply> {
  const { context, who, t, voice, request } = visit;
  if (!isUuid(id)) return refusedLaw(visit, { code: 'rulebook/change-unknown' });
  const found = await changeView(context, who, id);
  if (!found.ok) return refusedLaw(visit, found.error);
  const view = found.value;
  const opened: Open = { visit, view, tried };
  const done =
    given(request.query, 'done') === '' || tried
      ? ''
      : notificationBanner(t, { kind: 'released', heading: t('law.done') });
  const overtaken =
    view.state === 'overtaken' ? notificationBanner(t, { kind: 'hand', heading: t('law.overtaken') }) : '';
  const replays = may(who, 'replay.read', { kind: 'replay', id, parties: {}, desk: null })
    ? html`<p><a href="/law/changes/${id}/replays">${t('law.replays')}</a></p>`
    : '';
  const main = html`<h1>${t('law.a-change')}: <bdi>${view.title}</bdi></h1>${changeHead(visit, view)}<div class="beside"><div><h2>${t('law.what-changes')} <span class="small">${count(t, view.differences.length)}</span></h2>${differencesView(voice, view.differences)}${replays}</div><div>${actions(opened)}</div></div>${changeRecord(visit, view)}`;
  const content = {
    title: view.title,
    main,
    banner: html`${done}${overtaken}`,
    wide: true,
    breadcrumbs: [{ text: view.title }],
    ...(tried ? { error: true } : {}),
  };
  return lawPage(visit, content, tried === undefined ? 200 : statusOf(visit, tried.refusal));
}

async function taken(visit: LawVisit, view: ChangeView, move: Move, values: Values): Promise<Result<string>> {
  const { context, who } = visit;
  const at = (name: string): string => values[name] ?? '';
  if (move === 'back') {
    const made = await draftBack(context, who, view.id, { title: at('title') || view.title });
    return made.ok ? { ok: true, value: made.value.change } : made;
  }
  const reasoned = { ground: at('decision.ground'), reason: at('decision.reason'), remedy: at('decision.remedy') };
  const minutes = { text: at('minutes.text'), reference: at('minutes.reference'), on: at('minutes.on') };
  const done = await stepChange(context, who, view.id, {
    move,
    stamp: /^\d{1,6}$/.test(at('stamp')) ? Number(at('stamp')) : -1,
    decision: reasoned,
    minutes,
    note: at('note'),
  });
  return done.ok ? { ok: true, value: view.id } : done;
}

async function stepped(visit: LawVisit, id: string): Promise<FastifyReply> {
  const { context, who, reply, request } = visit;
  const found = isUuid(id) ? await changeView(context, who, id) : undefined;
  if (found?.ok !== true) return refusedLaw(visit, found?.error ?? { code: 'rulebook/change-unknown' });
  const move = moves.find((one) => one === given(request.body, 'move'));
  if (move === undefined) return refusedLaw(visit, { code: 'cases/move-unknown', params: { move: '' } });
  const values = posted(fieldsOf({ visit, view: found.value, tried: undefined }, move), request.body);
  const done = await taken(visit, found.value, move, values);
  if (!done.ok) return changePage(visit, id, { move, values, refusal: done.error });
  return reply.redirect(`/law/changes/${done.value}?done=1`, 303);
}

/** One change of law: what it changes, who approved it under which minutes, and what can be done about it. */
export function changePages(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  type Named = { Params: { id: string } };
  app.get<Named>('/law/changes/:id', hidden, (request, reply) =>
    lawVisit(context, request, reply, (visit) => changePage(visit, request.params.id)),
  );
  app.post<Named>('/law/changes/:id/step', hidden, (request, reply) =>
    lawVisit(context, request, reply, (visit) => stepped(visit, request.params.id)),
  );
}
