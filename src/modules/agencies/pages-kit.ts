import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { type Html, html } from '#kernel/html.ts';
import { sayingNo, statusTag, tag } from '#portal/components.ts';
import { type Frame, page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { when } from '#portal/values.ts';
import type { CaseRow } from '#modules/cases/index.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { registrationProcedure } from '#modules/registration/index.ts';
import { serviceReview } from '#modules/services/index.ts';
import { statementDifferences, unpaidBill } from '#modules/treasury/index.ts';

/** Cases about something that is no parcel are decided on the page of what they are about. */
export const ownPages: Readonly<Record<string, string>> = {
  [unpaidBill.name]: '/bills',
  [statementDifferences.name]: '/bank-statements',
  [serviceReview.name]: '/services',
  [registrationProcedure.name]: '/registrations',
};

/** One request of somebody who is signed in, with what stands around its page. */
export interface Visit {
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly who: Principal;
  readonly frame: Frame;
  readonly voice: Voice;
  readonly t: Words;
  readonly timeZone: string;
  readonly csrf: string;
}

/** Answers for whoever is signed in; anybody else is asked to sign in first. */
export async function visited(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: (visit: Visit) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const who = await context.identify(request);
  if (who.assurance === 'none') {
    const next = request.method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : '';
    return reply.redirect(`/sign-in${next}`, 303);
  }
  const frame = await context.frame(request);
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(frame.t, home);
  const visit = {
    context,
    request,
    reply,
    who,
    frame,
    voice,
    t: voice.t,
    timeZone: home.timeZone,
    csrf: context.csrf(request),
  };
  if (request.method === 'POST' && !context.checkCsrf(request)) return refused(visit, 'agencies/form-not-ours', 403);
  return handle(visit);
}

/** A page that says no and where to go on. */
export function refused({ frame, reply, t }: Visit, code: string, status: number): FastifyReply {
  const title = t('agencies.refused');
  return sendPage(reply, page({ ...frame, title, main: sayingNo(t, title, t(code)) }), status);
}

/** A text that was given in the query or in a posted form. */
export function given(source: unknown, name: string): string | undefined {
  const all: Record<string, unknown> = typeof source === 'object' && source !== null ? { ...source } : {};
  const value = all[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 4_000) : undefined;
}

/** The state of a case: its word, warm while a person is needed. */
export const stateTag = (t: Words, { state, closed }: Pick<CaseRow, 'state' | 'closed'>): Html =>
  tag(
    t(`agencies.state.${state}`),
    closed === null ? (state === 'awaiting-answer' ? 'ink' : 'hand') : state === 'denied' ? 'stopped' : 'released',
  );

/** By when something has to be done, and whether that moment has passed. */
export function dueCell({ t, timeZone, context }: Visit, due: string | null): Html {
  if (due === null) return html`–`;
  const late = due <= context.clock.instant();
  return html`${when(t, due, timeZone)}${late ? html`<br>${statusTag(t, 'overdue')}` : ''}`;
}

/** Who has the case: oneself, somebody else, nobody. */
export const holderText = ({ t, who }: Visit, claimedBy: string | null): string =>
  claimedBy === null ? t('agencies.nobody') : claimedBy === who.subject ? t('agencies.you') : t('agencies.somebody');
