import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html, join } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { refuse, type Refusal } from '#kernel/result.ts';
import { may, type Principal, seesAll } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, linkButton } from '#portal/components.ts';
import { csrfField, errorsOf, type FieldError, formFields, posted, type Values, errorSummaryOf } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';
import { isReleased, type Parcel } from './model.ts';
import { amendedBy, amendSections, askedBy, redetermineSections, type Section } from './forms-amend.ts';
import { parcelNow, recordOf } from './read.ts';
import type { ParcelView } from './views.ts';

/** A form that changes what was declared, as one page shows it. */
interface Drawn {
  readonly title: string;
  readonly says: string;
  readonly submit: string;
  readonly action: string;
  readonly sections: readonly Section[];
}

/** The form that came back, with what is wrong in it. */
interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

/** Whether this reader may amend the declaration now, as far as a page can tell; the amendment judges again. */
const amendable = (principal: Principal, parcel: Parcel): boolean => {
  const record = recordOf(parcel);
  // The form hands in the whole declaration, so whoever sees only a part of it has no form.
  return parcel.status === 'cleared' && may(principal, 'consignment.amend', record) && seesAll(principal, record);
};

const redeterminable = (principal: Principal, parcel: Parcel): boolean => {
  const record = { ...recordOf(parcel), desk: null };
  const sees = may(principal, 'consignment.redetermine', record);
  return isReleased(parcel.status) && sees;
};

/** The two ways of changing what was declared, each with its page. */
const ways = {
  amendment: {
    possible: amendable,
    drawn: (t: Words, parcel: Parcel) => ({ words: 'amend', sections: amendSections(t, parcel) }),
    take: amendedBy,
  },
  redetermination: {
    possible: redeterminable,
    drawn: (t: Words, parcel: Parcel) => ({ words: 'redetermine', sections: redetermineSections(t, parcel) }),
    take: askedBy,
  },
} as const;
type Way = keyof typeof ways;

/** The links from a parcel's page to what its reader may change about it now. */
export function changeLinks(t: Words, principal: Principal, { id, status, filer, body, version }: ParcelView): Html[] {
  const list = (party: string | null | undefined): string[] => (party == null ? [] : [party]);
  const { declarant, importer } = body?.declaration ?? {};
  const parties = { filer: list(filer), declarant: list(declarant), importer: list(importer) };
  const record = { kind: 'consignment', id, parties, desk: null } as const;
  const link = (way: Way, text: string) => [
    linkButton({ text: t(text), href: `/parcels/${id}/${way}`, kind: 'second' }),
  ];
  if (status === 'cleared' && version !== undefined && may(principal, 'consignment.amend', record))
    return link('amendment', 'clearance.amend.title');
  return status !== undefined && isReleased(status) && may(principal, 'consignment.redetermine', record)
    ? link('redetermination', 'clearance.redetermine.title')
    : [];
}

/** A part of the form: the fields of a line belong together; those that say why have names enough of their own. */
function section(t: Words, { title, fields }: Section, values: Values, errors: readonly FieldError[]): Html {
  const inside = formFields(t, { fields, values, errors });
  return fields.some(({ type }) => type === 'radios')
    ? html`<h2>${title}</h2>${inside}`
    : html`<fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${title}</legend>${inside}</fieldset>`;
}

function drawn(t: Words, form: Drawn, csrf: string, back: string, { values, refusal }: Partial<Tried>): Html {
  const fields = form.sections.flatMap((one) => one.fields);
  const errors = errorsOf(t, fields, refusal);
  const summary = errorSummaryOf(t, errors);
  const sections = join(form.sections.map((one) => section(t, one, values ?? {}, errors)));
  const leave = html`<a class="govuk-link" href="${back}">${t('clearance.amend.back')}</a>`;
  return html`${summary}<p>${form.says}</p><form method="post" action="${form.action}" novalidate>${csrfField(csrf)}${sections}<div class="govuk-button-group">${button({ text: form.submit })}${leave}</div></form>`;
}

/** The page of one way of changing what was declared. */
async function changePage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  on: { readonly id: string; readonly way: Way; readonly tried?: Tried },
): Promise<FastifyReply> {
  const { id, way, tried } = on;
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const frame = await context.frame(request);
  const { t } = frame;
  const parcel = isUuid(id) ? await parcelNow(context.db, id) : undefined;
  const seen = parcel !== undefined && may(principal, 'consignment.read', recordOf(parcel));
  const crumbs = [
    { text: t('clearance.list.title'), href: '/parcels' },
    ...(seen ? [{ text: parcel.declaration, href: `/parcels/${id}` }] : []),
  ];
  const words = way === 'amendment' ? 'amend' : 'redetermine';
  const title = t(`clearance.${words}.title`);
  if (parcel === undefined || !ways[way].possible(principal, parcel)) {
    const why = tried ? t(tried.refusal.code, tried.refusal.params) : t(`clearance.${words}.not-now-text`);
    const back = seen ? html`<p><a href="/parcels/${id}">${t('clearance.amend.back')}</a></p>` : '';
    const main = html`<h1>${title}</h1><p>${why}</p>${back}`;
    return sendPage(reply, page({ ...frame, title, main, breadcrumbs: crumbs }), seen ? 409 : 404);
  }
  const { sections } = ways[way].drawn(t, parcel);
  const form = {
    title,
    says: t(`clearance.${words}.text`),
    submit: t(`clearance.${words}.submit`),
    action: `/parcels/${id}/${way}`,
    sections,
  };
  const head = html`<h1>${t.html(`clearance.${words}.title-of`, { declaration: ref(parcel.declaration) })}</h1>`;
  const values = tried && { ...tried.values, version: String(parcel.version) };
  const shown = tried && values ? { values, refusal: tried.refusal } : {};
  const main = html`${head}${drawn(t, form, context.csrf(request), `/parcels/${id}`, shown)}`;
  const document = page({
    ...frame,
    title,
    main,
    breadcrumbs: [...crumbs, { text: title }],
    ...(tried ? { error: true } : {}),
  });
  return sendPage(reply, document, tried === undefined ? 200 : 422);
}

async function changed(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  on: { readonly id: string; readonly way: Way },
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect('/sign-in', 303);
  const { id, way } = on;
  const parcel = isUuid(id) ? await parcelNow(context.db, id) : undefined;
  if (parcel === undefined || !ways[way].possible(principal, parcel)) return changePage(context, request, reply, on);
  const { t } = await context.frame(request);
  const fields = ways[way].drawn(t, parcel).sections.flatMap((one) => one.fields);
  const values = posted(fields, request.body);
  const done = context.checkCsrf(request)
    ? await ways[way].take(context, principal, parcel, values)
    : refuse('clearance/form-not-ours');
  return done.ok
    ? reply.redirect(`/parcels/${id}`, 303)
    : changePage(context, request, reply, { ...on, tried: { values, refusal: done.error } });
}

/** The pages on which a person changes what was declared. */
export function amendPages(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  for (const way of ['amendment', 'redetermination'] as const) {
    app.get<{ Params: { id: string } }>(`/parcels/:id/${way}`, hidden, (request, reply) =>
      changePage(context, request, reply, { id: request.params.id, way }),
    );
    app.post<{ Params: { id: string } }>(`/parcels/:id/${way}`, hidden, (request, reply) =>
      changed(context, request, reply, { id: request.params.id, way }),
    );
  }
}
