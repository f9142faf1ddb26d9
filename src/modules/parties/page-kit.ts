import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { ok, type Refusal, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { misfit } from '#platform/validation.ts';
import { button, notificationBanner, sayingNo, slug, tabs } from '#portal/components.ts';
import {
  csrfField,
  encodingOf,
  errorsOf,
  type Field,
  type FieldError,
  formFields,
  type Values,
  errorSummaryOf,
} from '#portal/form.ts';
import { type Frame, page, type PageContent } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';

/** One request for a page, with who asks and what stands around the page. */
export interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly who: Principal;
  readonly frame: Frame;
  readonly t: Words;
  /** The token for the forms of this page. */
  readonly csrf: string;
}

/** What a page handler gives: a page, or where to go after something was done. */
export type Answer = { readonly page: PageContent; readonly status?: number } | { readonly to: string };

async function visitOf(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<Visit> {
  const who = await context.identify(request);
  const frame = await context.frame(request);
  return { request, reply, who, frame, t: frame.t, csrf: context.csrf(request) };
}

const statusOf = ({ reply }: Visit, { code }: Refusal): number => reply.server.problems.catalogue[code]?.status ?? 400;

/** A refusal that belongs to no field: the page says it and where to go on. */
export function refusedPage(visit: Visit, refusal: Refusal): Answer {
  const { t } = visit;
  const title = t('parties.refused');
  return {
    page: { title, main: sayingNo(t, title, t(refusal.code, refusal.params)) },
    status: statusOf(visit, refusal),
  };
}

function send({ reply, frame }: Visit, answer: Answer): FastifyReply {
  if ('to' in answer) return reply.redirect(answer.to, 303);
  return sendPage(reply, page({ ...frame, ...answer.page }), answer.status);
}

type Handler = (visit: Visit) => Promise<Answer> | Answer;

/** Mounts a page for anybody. A form that did not come from a page of ours is not acted on. */
export function open(
  app: FastifyInstance,
  context: Context,
  method: 'GET' | 'POST',
  url: string,
  handle: Handler,
): void {
  app.route({
    method,
    url,
    schema: { hide: true },
    handler: async (request, reply) => {
      const visit = await visitOf(context, request, reply);
      if (method === 'POST' && !context.checkCsrf(request)) {
        return send(visit, refusedPage(visit, { code: 'parties/form-not-ours' }));
      }
      return send(visit, await handle(visit));
    },
  });
}

const signIn = (method: 'GET' | 'POST', url: string): Answer => ({
  to: method === 'GET' ? `/sign-in?next=${encodeURIComponent(url)}` : '/sign-in',
});

/** Mounts a page for whoever is signed in; anybody else is asked to sign in first, and comes back here. */
export function members(
  app: FastifyInstance,
  context: Context,
  method: 'GET' | 'POST',
  url: string,
  handle: Handler,
): void {
  open(app, context, method, url, (visit) =>
    visit.who.assurance === 'none' ? signIn(method, visit.request.url) : handle(visit),
  );
}

/** Mounts a page for the administrator: whoever is nobody yet is asked to sign in first, anybody else is told no. */
export function administrators(
  app: FastifyInstance,
  context: Context,
  method: 'GET' | 'POST',
  url: string,
  handle: Handler,
): void {
  open(app, context, method, url, (visit) => {
    const { who, request } = visit;
    const record = { kind: 'party', id: '', parties: {}, desk: null } as const;
    if (may(who, 'party.administer', record)) return handle(visit);
    if (who.assurance !== 'none') return refusedPage(visit, { code: 'parties/not-allowed' });
    return signIn(method, request.url);
  });
}

/** A text of the query or of the path; empty when there is none. */
export function textOf(source: unknown, name: string): string {
  const value: unknown =
    typeof source === 'object' && source !== null
      ? Object.entries(source).find(([key]) => key === name)?.[1]
      : undefined;
  return typeof value === 'string' ? value : '';
}

/** Checks posted values by the schema that guards the API, and tells each fault at its field. */
export function checked<T>(schema: TSchema, value: unknown): Result<T> {
  const found = misfit(Compile(schema), value);
  // The schema has said that the value is of the type that it stands for.
  if (found === undefined) return ok(value as T);
  const faults = (found.more ?? []).map(({ code, pointer = '' }) => ({
    code: code === 'http/field-missing' ? 'parties/field-missing' : 'parties/field-invalid',
    pointer,
  }));
  const [first = { code: 'parties/field-invalid', pointer: '' }, ...more] = faults;
  return { ok: false, error: { ...first, more } };
}

/** What a form's empty field means: nothing was said. */
export const said = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** Fields that belong together. A group with a legend is a list of checkboxes. */
export interface Group {
  readonly legend?: string;
  readonly fields: readonly Field[];
}

/** Checkboxes under their legend, close together; what is wrong with the list is told once, above them. */
function boxes(
  t: Words,
  group: { legend: string; fields: readonly Field[]; values: Values; errors: readonly FieldError[]; prefix: string },
): Html {
  const { legend, fields, values, errors, prefix } = group;
  const mine = errors.filter(({ field }) => field !== undefined && fields.includes(field));
  const id = `${prefix}-${slug(legend)}`;
  const told = mine.map(
    ({ text }) =>
      html`<p class="govuk-error-message"><span class="govuk-visually-hidden">${t('portal.errors.prefix')}</span> ${text}</p>`,
  );
  const items = fields.map((field) => {
    const box = `${prefix}-${slug(field.name)}`;
    const on = values[field.name] === 'yes' ? html` checked` : '';
    return html`<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox" id="${box}" name="${field.name}" value="yes"${on}><label class="govuk-label govuk-checkboxes__label" for="${box}">${t(field.label)}</label></div>`;
  });
  const wrong = mine.length > 0;
  return html`<div class="govuk-form-group${wrong ? ' govuk-form-group--error' : ''}"><fieldset class="govuk-fieldset"${wrong ? html` aria-describedby="${id}-error"` : ''}><legend class="govuk-fieldset__legend">${t(legend)}</legend>${wrong ? html`<div id="${id}-error">${told}</div>` : ''}<div class="govuk-checkboxes govuk-checkboxes--small">${items}</div></fieldset></div>`;
}

/** A form in groups, with the summary of what is wrong above it. */
export function groupedForm(
  t: Words,
  options: {
    action: string;
    csrf: string;
    submit: string;
    groups: readonly Group[];
    values?: Values;
    refusal?: Refusal | undefined;
    prefix?: string;
    beside?: Fragment;
  },
): Html {
  const { action, csrf, groups, values = {}, prefix = 'f' } = options;
  const errors = errorsOf(
    t,
    groups.flatMap((group) => group.fields),
    options.refusal,
  );
  const summary = errorSummaryOf(t, errors, prefix);
  const drawn = groups.map(({ legend, fields }) => {
    if (legend === undefined) return formFields(t, { fields, values, errors, prefix });
    return boxes(t, { legend, fields, values, errors, prefix });
  });
  return html`${summary}<form method="post" action="${action}"${encodingOf(groups.flatMap((group) => group.fields))} novalidate>${csrfField(csrf)}${drawn}<div class="govuk-button-group">${button({ text: t(options.submit) })}${options.beside}</div></form>`;
}

/** Checkboxes for a list of codes: the field of each is `<name>.<code>`. */
export const choicesOf = (name: string, codes: readonly string[], words: string): Field[] =>
  codes.map((code) => ({ name: `${name}.${code}`, label: `${words}.${code}`, type: 'checkbox' }));

/** The codes whose boxes were ticked. */
export const ticked = <T extends string>(values: Values, name: string, codes: readonly T[]): T[] =>
  codes.filter((code) => values[`${name}.${code}`] === 'yes');

/** The values that tick the boxes of these codes. */
export const ticks = (name: string, codes: readonly string[]): Record<string, string> =>
  Object.fromEntries(codes.map((code) => [`${name}.${code}`, 'yes']));

/** A button that does one thing to one row. */
export const rowButton = (visit: Visit, action: string, text: string, about: string): Html =>
  html`<form method="post" action="${action}">${csrfField(visit.csrf)}<button class="govuk-button govuk-button--secondary row-button" type="submit">${text}<span class="govuk-visually-hidden"> ${about}</span></button></form>`;

const areas = ['people', 'parties', 'authorities', 'clients', 'packs', 'incidents', 'settings'] as const;

const news = new Set(['saved', 'revoked', 'ended', 'added']);

/** A page of the administration: the ways through it, what was just done, and the page's own content. */
export function administrationPage(
  visit: Visit,
  area: (typeof areas)[number],
  content: { title: string; main: Fragment; error?: boolean },
): PageContent {
  const { t, request } = visit;
  const items = areas.map((one) => ({ text: t(`parties.area.${one}`), href: `/admin/${one}`, current: one === area }));
  const done = textOf(request.query, 'done');
  const banner = news.has(done) ? notificationBanner(t, { kind: 'released', heading: t(`parties.done.${done}`) }) : '';
  return {
    title: content.title,
    main: html`<h1>${content.title}</h1>${tabs(t('parties.areas'), items)}${content.main}`,
    banner,
    wide: true,
    ...(content.error === true ? { error: true } : {}),
  };
}
