import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { sayingNo, tag } from '#portal/components.ts';
import type { Values } from '#portal/form.ts';
import { type Frame, page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { ref, written } from '#portal/values.ts';
import { partiesPart } from '#modules/parties/index.ts';
import { nameIn, packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import type { End, State, TransferStatus } from './model.ts';

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

/** A form that came back, with what is wrong in it. */
export interface Tried {
  readonly step: string;
  readonly values: Values;
  readonly refusal: Refusal;
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
  const csrf = context.csrf(request);
  const visit = { context, request, reply, who, frame, voice, t: voice.t, timeZone: home.timeZone, csrf };
  if (request.method === 'POST' && !context.checkCsrf(request))
    return refused(visit, { code: 'logistics/form-not-ours' }, 403);
  return handle(visit);
}

/** A page that says no and where to go on. */
export function refused({ frame, reply, t }: Visit, refusal: Refusal, status: number): FastifyReply {
  const title = t('logistics.refused');
  const main = sayingNo(t, title, t(refusal.code, refusal.params));
  return sendPage(reply, page({ ...frame, title, main }), status);
}

/** A text that was given in the query or in a posted form. */
export function given(source: unknown, name: string): string | undefined {
  const all: Record<string, unknown> = typeof source === 'object' && source !== null ? { ...source } : {};
  const value = all[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 4_000) : undefined;
}

const statusTones: Readonly<Record<TransferStatus, Tone>> = {
  prepared: 'quiet',
  departed: 'ink',
  arrived: 'hand',
  closed: 'released',
  withdrawn: 'quiet',
};
const stateTones: Readonly<Record<State, Tone>> = {
  origin: 'quiet',
  'under-way': 'ink',
  arrived: 'released',
  missing: 'hand',
  elsewhere: 'quiet',
};

export const statusTag = (t: Words, status: TransferStatus): Html =>
  tag(t(`logistics.status.${status}`), statusTones[status]);
export const stateTag = (t: Words, state: State): Html => tag(t(`logistics.state.${state}`), stateTones[state]);

/** A party by the name that it is registered under. */
export function partyName({ context }: Visit, identifier: string): Html {
  const party = context.reference.current().get(partiesPart).parties.get(identifier);
  return party === undefined ? ref(identifier) : written(party.name);
}

export function officeName({ context, t }: Visit, id: string): string {
  const office = context.reference
    .current()
    .get(packsPart)
    .home.offices.find((one) => one.id === id);
  return office === undefined ? id : nameIn(t, office.name);
}

/** One end of a transfer, shortly: its zone where it has one, its office otherwise. */
export const endName = (visit: Visit, { office, zone }: End): string =>
  zone === undefined ? officeName(visit, office) : visit.voice('zone', zone);

/** One end of a transfer with everything that is known of it. */
export const endText = (visit: Visit, end: End): Html =>
  html`${endName(visit, end)}<br><span class="small">${officeName(visit, end.office)} · ${ref(end.place)} · ${partyName(visit, end.operator)}</span>`;

/** The marks that somebody wrote into a field, one a line or with commas between them, each once. */
export const marksIn = (text = ''): string[] => [
  ...new Set(
    text
      .split(/[\n,;]+/)
      .map((one) => one.trim())
      .filter(Boolean),
  ),
];
