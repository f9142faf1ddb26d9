import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, sayingNo, tabs } from '#portal/components.ts';
import { csrfField } from '#portal/form.ts';
import { type Frame, page, type PageContent } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { refusals } from './model.ts';

/** One request for a page, with who asks and what stands around the page. */
export interface Visit {
  readonly request: FastifyRequest;
  readonly who: Principal;
  readonly frame: Frame;
  readonly t: Words;
  readonly voice: Voice;
  readonly timeZone: string;
  readonly csrf: string;
}

/** What a page handler gives: a page, or where to go after something was done. */
export type Answer = { readonly page: PageContent; readonly status?: number } | { readonly to: string };

const statusOf = (code: string): number => Object.entries(refusals).find(([one]) => one === code)?.[1].status ?? 400;

/** A refusal that belongs to no field: the page says it and where to go on. */
export function refused({ t }: Visit, { code, params }: Refusal): Answer {
  const title = t('feedback.refused');
  return { page: { title, main: sayingNo(t, title, t(code, params)) }, status: statusOf(code) };
}

/** Mounts a page for whoever is signed in; a form that did not come from a page of ours is not acted on. */
export function mount(
  app: App,
  context: Context,
  method: 'GET' | 'POST',
  url: string,
  handle: (visit: Visit) => Promise<Answer>,
): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const who = await context.identify(request);
    if (who.assurance === 'none')
      return reply.redirect(`/sign-in${method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : ''}`, 303);
    const frame = await context.frame(request);
    const { home } = context.reference.current().get(packsPart);
    const voice = voiceOf(frame.t, home);
    const visit = { request, who, frame, t: voice.t, voice, timeZone: home.timeZone, csrf: context.csrf(request) };
    const ours = method === 'GET' || context.checkCsrf(request);
    const given = ours ? await handle(visit) : refused(visit, { code: 'feedback/not-yours' });
    if ('to' in given) return reply.redirect(given.to, 303);
    return sendPage(reply, page({ ...frame, t: voice.t, ...given.page }), given.status);
  };
  app.route({ method, url, schema: { hide: true }, handler: answer });
}

/** A text of the query or of the path; empty where there is none. */
export function textOf(source: unknown, name: string): string {
  const all: Record<string, unknown> = typeof source === 'object' && source !== null ? { ...source } : {};
  const value = all[name];
  return typeof value === 'string' ? value.trim() : '';
}

const wayAddress = { news: '/news', people: '/news/ways', webhooks: '/webhooks' } as const;

/** The ways of being told, above each of their pages, and the keys of the programs that ask. */
export const ways = (t: Words, current: keyof typeof wayAddress): Html =>
  tabs(t('feedback.ways'), [
    ...(['news', 'people', 'webhooks'] as const).map((one) => ({
      text: t(`feedback.${one}.title`),
      href: wayAddress[one],
      current: one === current,
    })),
    { text: t('feedback.keys'), href: '/keys' },
  ]);

/** A form that is one button. */
export const act = (
  { csrf }: Visit,
  options: {
    action: string;
    text: string;
    about?: string;
    kind?: 'first' | 'second' | 'hand';
    hidden?: readonly [name: string, value: string];
  },
): Html => {
  const { action, text, about, kind = 'second', hidden } = options;
  const field = hidden ? html`<input type="hidden" name="${hidden[0]}" value="${hidden[1]}">` : '';
  const inside =
    about === undefined
      ? button({ text, kind })
      : html`<button class="govuk-button govuk-button--secondary row-button" type="submit">${text}<span class="govuk-visually-hidden"> ${about}</span></button>`;
  return html`<form method="post" action="${action}">${csrfField(csrf)}${field}${inside}</form>`;
};

/** The name of a kind of event. */
export const kindName = (t: Words, kind: string): string => t(`feedback.kind.${kind.replaceAll('.', '-')}`);
