import type { FastifyReply } from 'fastify';
import { type Html, html, join } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Result } from '#kernel/result.ts';
import { mandated, may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, details, inset, live, liveList, notificationBanner } from '#portal/components.ts';
import { csrfField, type Field, form, formFields, posted, type Values } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import {
  act,
  type CaseRow,
  caseOf,
  claim,
  handOver,
  type Move,
  movesIn,
  recordOf,
  reverse,
  timelineOf,
} from '#modules/cases/index.ts';
import {
  acceptedOf,
  applicationOf,
  decideHeld,
  decideRedetermination,
  differenceRecord,
  heldParcel,
  type HeldDecision,
  overLandedPiece,
  type ParcelView,
  parcelView,
  returnProcedure,
  returnShown,
  returnView,
  redetermination,
  stockDifference,
} from '#modules/clearance/index.ts';
import { attachmentList, attachmentOf, attachmentsOf, sendAttachment } from '#modules/documents/index.ts';
import { authorityName, changeOfLaw } from '#modules/rulebook/index.ts';
import { fieldsOf, goodsOf, moveField, noteField, type Open, stampField, type Tried } from './case-fields.ts';
import { reasonFields } from './forms.ts';
import { given, ownPages, refused, type Visit, visited } from './pages-kit.ts';
import { applicationPart, caseHead, caseTimeline, clocks, moveText, parcelRecord } from './pages-record.ts';
import { transferRecord } from './pages-transfer-record.ts';
import { caseStream } from './stream.ts';

/** One step as a form behind its name; the one that came back with errors stands open. */
function moveForm(opened: Open, move: Move): Html {
  const { visit, one, tried } = opened;
  const { t, csrf } = visit;
  const back = tried?.move === move.name ? tried : undefined;
  const kind = move.name === 'deny' || move.name === 'seize' || move.name === 'destroy' ? 'hand' : 'first';
  const text = moveText(t, move.name);
  const drawn = form(t, {
    action: `/cases/${one.id}/step`,
    fields: fieldsOf(opened, move),
    submit: t('agencies.do-it', { move: text }),
    csrf,
    kind,
    prefix: move.name,
    ...(back ? { values: { ...back.values, stamp: String(one.stamp) }, refusal: back.refusal } : {}),
  });
  const hint = t.has(`agencies.move-hint.${move.name}`)
    ? html`<p class="small">${t(`agencies.move-hint.${move.name}`)}</p>`
    : '';
  return details(text, html`${hint}${drawn}`, back !== undefined);
}

/** Whether this principal may take a step now, as far as a page can tell; the case itself judges again. */
function possible({ visit, one }: Open, move: Move): boolean {
  const { who } = visit;
  if (one.closed !== null || !move.from.includes(one.state)) return false;
  if (move.by === 'party') return who.authority === null && may(who, 'case.answer', recordOf(one));
  if (move.by !== 'desk' || !may(who, 'case.decide', recordOf(one))) return false;
  return move.purpose === undefined || mandated(who, move.purpose);
}

function holdForms({ visit, one }: Open): Html | '' {
  const { t, who, csrf, voice } = visit;
  if (one.closed !== null || !may(who, 'case.claim', recordOf(one))) return '';
  const stamp = html`<input type="hidden" name="stamp" value="${String(one.stamp)}">`;
  const take =
    one.claimedBy === null
      ? html`<form method="post" action="/cases/${one.id}/claim">${csrfField(csrf)}${stamp}${button({ text: t('agencies.claim') })}</form>`
      : '';
  const desks = voice.pack.desks.map((desk) => ({ value: desk, text: authorityName(voice, desk) }));
  const fields: Field[] = [
    { name: 'desk', label: 'agencies.to-desk', type: 'select', value: one.desk ?? '', options: desks },
    { ...noteField('agencies.note'), optional: true },
  ];
  const over = details(
    t('agencies.hand-over'),
    html`<form method="post" action="/cases/${one.id}/hand-over">${csrfField(csrf)}${stamp}${formFields(t, { fields, prefix: 'over' })}${button({ text: t('agencies.hand-over'), kind: 'second' })}</form>`,
  );
  return html`${take}${over}`;
}

/** Everything that can be done about the case now, by this person. */
function actions(opened: Open): Html {
  const { visit, one } = opened;
  const { t, who } = visit;
  const steps = movesIn(one).filter((move) => possible(opened, move));
  const taken = one.claimedBy !== null && one.claimedBy !== who.subject && who.authority !== null;
  const forms = taken ? inset(html`<p>${t('agencies.taken')}</p>`) : join(steps.map((move) => moveForm(opened, move)));
  const hold = holdForms(opened);
  const undo = one.closed !== null && may(who, 'case.decide', recordOf(one)) ? reverseForm(opened) : '';
  const nothing = steps.length === 0 && hold === '' && undo === '' ? html`<p>${t('agencies.nothing-to-do')}</p>` : '';
  return html`<h2>${t('agencies.actions')}</h2>${hold}${forms}${undo}${nothing}`;
}

function reverseForm({ visit, one, tried }: Open): Html {
  const { t, csrf } = visit;
  const back = tried?.move === 'reverse' ? tried : undefined;
  const drawn = form(t, {
    action: `/cases/${one.id}/step`,
    fields: [stampField(one), moveField('reverse'), ...reasonFields('reverse', '')],
    submit: t('agencies.do-it', { move: t('agencies.move.reverse') }),
    csrf,
    kind: 'hand',
    prefix: 'reverse',
    ...(back ? { values: { ...back.values, stamp: String(one.stamp) }, refusal: back.refusal } : {}),
  });
  return details(
    t('agencies.move.reverse'),
    html`<p class="small">${t('agencies.move-hint.reverse')}</p>${drawn}`,
    back !== undefined,
  );
}

async function casePage(visit: Visit, id: string, tried?: Tried): Promise<FastifyReply> {
  const { context, who, frame, reply, request, t } = visit;
  const one = isUuid(id) ? await caseOf(context.db, id) : undefined;
  if (one === undefined || !may(who, 'case.read', recordOf(one))) return refused(visit, 'cases/not-found', 404);
  if (one.procedure === changeOfLaw.name) return reply.redirect(`/law/changes/${id}`, 303);
  const elsewhere = ownPages[one.procedure];
  if (elsewhere !== undefined) return reply.redirect(`${elsewhere}/${one.subject}`, 303);
  const found = await parcelView(context, who, one.subject);
  const application = await applicationOf(context.db, id);
  const opened: Open = { visit, one, parcel: found.ok ? found.value : undefined, application, tried };
  const barcode = found.ok ? undefined : await overLandedPiece(context, who, recordOf(one), one.subject);
  const { moves, deadlines } = await timelineOf(context.db, id);
  const papers = await attachmentsOf(context.db, { kind: 'case', id });
  const brought =
    papers.length > 0 ? html`<h2>${t('agencies.papers')}</h2>${attachmentList(t, papers, `/cases/${id}/papers`)}` : '';
  const back = one.procedure === returnProcedure.name ? await returnView(context, who, id) : undefined;
  const returned = back?.ok ? returnShown(visit.voice, visit.timeZone, { ...back.value, id }, 'h2') : '';
  const done =
    given(request.query, 'done') === undefined || tried
      ? ''
      : notificationBanner(t, { kind: 'released', heading: t('agencies.done') });
  const general =
    tried && (tried.move === '' || tried.refusal.code === 'cases/changed-meanwhile')
      ? notificationBanner(t, { kind: 'hand', heading: t(tried.refusal.code, tried.refusal.params) })
      : '';
  const title = t(`agencies.procedure.${one.procedure}`);
  const crumbs =
    who.authority === null
      ? [{ text: t('clearance.list.title'), href: '/parcels' }]
      : [{ text: t('agencies.queue'), href: '/queue' }];
  const record =
    one.procedure === stockDifference.name
      ? differenceRecord(visit.voice, one.facts)
      : ((await transferRecord(visit, one)) ?? parcelRecord(visit, opened.parcel));
  const followed = live(t, {
    source: `/cases/${id}/events?after=${one.stamp}`,
    refresh: `/cases/${id}`,
    body: html`${liveList('moves', [])}${caseHead(visit, one, barcode)}`,
  });
  const main = html`<h1>${title}</h1>${followed}${applicationPart(visit, application, goodsOf(opened.parcel))}<div class="beside"><div>${returned}${record}</div><div>${actions(opened)}</div></div>${clocks(visit, one, deadlines)}${caseTimeline(visit, one, moves)}${brought}`;
  const document = page({
    ...frame,
    title,
    main,
    banner: html`${done}${general}`,
    breadcrumbs: [...crumbs, { text: title }],
    wide: true,
    ...(tried ? { error: true } : {}),
  });
  return sendPage(
    reply,
    document,
    tried === undefined ? 200 : tried.refusal.code === 'cases/changed-meanwhile' ? 409 : 422,
  );
}

const stampOf = (visit: Visit): number => {
  const text = given(visit.request.body, 'stamp') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
};

const heldMoves: readonly string[] = ['release', 'release-changed', 'deny'] satisfies HeldDecision['move'][];

/** Takes the step that the form names, with what it says; every judgement is the case's own. */
async function takeStep(
  visit: Visit,
  one: CaseRow,
  move: Move | undefined,
  name: string,
  values: Values,
  parcel: ParcelView | undefined,
): Promise<Result<CaseRow>> {
  const { context, who } = visit;
  const stamp = stampOf(visit);
  const decision = {
    ground: values['decision.ground'] ?? '',
    reason: values['decision.reason'] ?? '',
    remedy: values['decision.remedy'] ?? '',
  };
  if (one.procedure === redetermination.name && name === 'redetermine') {
    const accepted = acceptedOf(goodsOf(parcel), values);
    if (!accepted.ok) return accepted;
    return decideRedetermination(context, who, { case: one.id, stamp, ...decision, accepted: accepted.value });
  }
  if (name === 'reverse') return context.db.tx((tx) => reverse(context, tx, who, { case: one.id, stamp, decision }));
  if (one.procedure === heldParcel.name && heldMoves.includes(name)) {
    const held: HeldDecision = { case: one.id, move: name as HeldDecision['move'], stamp, ...decision };
    if (name !== 'release-changed') return decideHeld(context, who, held);
    const accepted = acceptedOf(goodsOf(parcel), values);
    return accepted.ok ? decideHeld(context, who, { ...held, accepted: accepted.value }) : accepted;
  }
  const note = values['note'];
  const step = {
    case: one.id,
    move: name,
    stamp,
    ...(move?.decision === true ? { decision } : {}),
    ...(note ? { note } : {}),
  };
  return context.db.tx((tx) => act(context, tx, who, step));
}

async function stepped(visit: Visit, id: string): Promise<FastifyReply> {
  const { context, who, reply, request } = visit;
  const one = isUuid(id) ? await caseOf(context.db, id) : undefined;
  if (one === undefined || !may(who, 'case.read', recordOf(one))) return refused(visit, 'cases/not-found', 404);
  const name = given(request.body, 'move') ?? '';
  const move = movesIn(one).find((known) => known.name === name);
  const found = await parcelView(context, who, one.subject);
  const parcel = found.ok ? found.value : undefined;
  const application = await applicationOf(context.db, id);
  const fields = move ? fieldsOf({ visit, one, parcel, application, tried: undefined }, move) : reasonFields(name, '');
  const values = posted(fields, request.body);
  const result = await takeStep(visit, one, move, name, values, parcel);
  if (result.ok) return reply.redirect(`/cases/${id}?done=1`, 303);
  return casePage(visit, id, { move: name, values, refusal: result.error });
}

/** A file of a case, for whoever may read the case. */
async function paper(visit: Visit, named: { readonly id: string; readonly paper: string }): Promise<FastifyReply> {
  const { context, who, reply } = visit;
  const one = isUuid(named.id) ? await caseOf(context.db, named.id) : undefined;
  if (one === undefined || !may(who, 'case.read', recordOf(one))) return refused(visit, 'cases/not-found', 404);
  const found = await attachmentOf(context.db, { kind: 'case', id: one.id }, named.paper);
  return found.ok ? sendAttachment(reply, found.value) : refused(visit, found.error.code, 404);
}

async function claimed(visit: Visit, id: string): Promise<FastifyReply> {
  const { context, who, reply, request } = visit;
  const result = await context.db.tx((tx) => claim(context, tx, who, { case: id, stamp: stampOf(visit) }));
  if (!result.ok) return casePage(visit, id, { move: '', values: {}, refusal: result.error });
  return reply.redirect(
    given(request.body, 'back') === 'queue' ? '/queue?view=mine&done=1' : `/cases/${id}?done=1`,
    303,
  );
}

async function handedOver(visit: Visit, id: string): Promise<FastifyReply> {
  const { context, who, reply, request, voice } = visit;
  const desk = voice.pack.desks.find((known) => known === given(request.body, 'desk'));
  const note = given(request.body, 'note');
  const what = { case: id, stamp: stampOf(visit), officer: null, ...(desk ? { desk } : {}), ...(note ? { note } : {}) };
  const result = await context.db.tx((tx) => handOver(context, tx, who, what));
  if (!result.ok) return casePage(visit, id, { move: '', values: {}, refusal: result.error });
  return reply.redirect('/queue?done=1', 303);
}

/** The page of one case and its forms. */
export function casePages(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  type Named = { Params: { id: string } };
  app.get<Named>('/cases/:id', hidden, (request, reply) =>
    visited(context, request, reply, (visit) => casePage(visit, request.params.id)),
  );
  app.post<Named>('/cases/:id/step', hidden, (request, reply) =>
    visited(context, request, reply, (visit) => stepped(visit, request.params.id)),
  );
  app.post<Named>('/cases/:id/claim', hidden, (request, reply) =>
    visited(context, request, reply, (visit) => claimed(visit, request.params.id)),
  );
  app.get<{ Params: { id: string; paper: string } }>('/cases/:id/papers/:paper', hidden, (request, reply) =>
    visited(context, request, reply, (visit) => paper(visit, request.params)),
  );
  caseStream(app, context);
  app.post<Named>('/cases/:id/hand-over', hidden, (request, reply) =>
    visited(context, request, reply, (visit) => handedOver(visit, request.params.id)),
  );
}
