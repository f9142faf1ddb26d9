import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { type Refusal, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, linkButton, sayingNo, summaryList } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { money, ref } from '#portal/values.ts';
import { type Consignment, factNames, nameIn, packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { lodge } from './lodge.ts';
import { type NextDeclaration, nextDeclaration, type NextMovement, nextMovements } from './next.ts';
import { goodsTable } from './pages-kit.ts';
import type { ParcelView } from './views.ts';

/** The ways on that a parcel has: the movements that it is not declared for yet, for who filed or declares it. */
export function nextPart(t: Words, principal: Principal, { id, status, filer, body }: ParcelView): Html | '' {
  const declared = body?.declaration;
  if (declared?.movement === undefined || status === 'cancelled') return '';
  const list = (party: string | undefined): string[] => (party === undefined ? [] : [party]);
  const parties = { filer: list(filer), declarant: list(declared.declarant) };
  if (!may(principal, 'consignment.cancel', { kind: 'consignment', id, parties, desk: null })) return '';
  const ways = nextMovements.filter((movement) => movement !== declared.movement && declared.movement !== 'import');
  if (ways.length === 0) return '';
  const links = ways.map((movement) =>
    linkButton({
      text: t(`clearance.next.${movement}`),
      href: `/parcels/${id}/next?movement=${movement}`,
      kind: 'second',
    }),
  );
  return details(t('clearance.next.title'), html`<p class="small">${t('clearance.next.text')}</p>${links}`);
}

/** Only what is really missing is asked: a number of its own, and who stands good where nobody does. */
const fieldsFor = (next: NextDeclaration): Field[] => [
  { name: 'declaration', label: 'clearance.next.declaration', type: 'text', latin: true, width: 20 },
  ...(next.missing.includes('guarantor')
    ? [{ name: 'guarantor', label: 'clearance.next.guarantor', type: 'text', latin: true, width: 20 } as const]
    : []),
];

const asksOnly: readonly string[] = ['declaration.id', 'guarantor'];

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

function drawn(voice: Voice, economy: string, next: NextDeclaration, csrf: string, tried?: Tried): Html {
  const { t } = voice;
  const { missing, movement, consignment } = next;
  const rest = missing.filter((fact) => !asksOnly.includes(fact));
  const list = summaryList([
    { key: t('clearance.next.economy'), value: economy },
    { key: t('clearance.next.from'), value: html`<a href="/parcels/${next.from}">${ref(next.from)}</a>` },
    ...(next.route === null ? [] : [{ key: t('clearance.next.route'), value: voice('route', next.route) }]),
    ...(next.totals ? [{ key: t('clearance.next.border'), value: money(t, next.totals.border) }] : []),
    ...(rest.length === 0 ? [] : [{ key: t('clearance.next.missing'), value: factNames(voice, rest) }]),
  ]);
  const filing =
    movement === 'transit' && rest.length === 0
      ? form(t, {
          action: `/parcels/${next.from}/next?movement=${movement}`,
          fields: fieldsFor(next),
          submit: t('clearance.next.submit'),
          csrf,
          ...tried,
        })
      : html`<p>${t('clearance.next.elsewhere')}</p><p><a href="/v1/consignments/${next.from}/as?movement=${movement}">${t('clearance.next.data')}</a></p>`;
  return html`${list}${filing}<h2>${t('clearance.next.goods')}</h2>${goodsTable(voice, consignment.declaration.goods, null)}`;
}

async function nextPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  tried?: Tried,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const frame = await context.frame(request);
  const packs = context.reference.current().get(packsPart);
  const found = await asked(context, request, principal, id);
  const voice = voiceOf(frame.t, packs.all.get((found.ok && found.value.economy) || packs.home.id) ?? packs.home);
  const { t } = voice;
  if (!found.ok) {
    const title = t('clearance.next.title');
    const main = sayingNo(t, title, t(found.error.code, found.error.params));
    return sendPage(reply, page({ ...frame, title, main }), 404);
  }
  const next = found.value;
  const title = t(`clearance.next.${next.movement}`);
  const economy = next.economy === null ? t('clearance.next.no-pack') : nameIn(t, voice.pack.name);
  const main = html`<h1>${title}</h1><p class="lead">${t('clearance.next.lead')}</p>${drawn(voice, economy, next, context.csrf(request), tried)}`;
  const breadcrumbs = [{ text: t('clearance.list.title'), href: '/parcels' }, { text: title }];
  const document = page({ ...frame, title, main, breadcrumbs, error: tried !== undefined });
  return sendPage(reply, document, tried === undefined ? 200 : 422);
}

function asked(
  context: Context,
  request: FastifyRequest,
  principal: Principal,
  id: string,
): Promise<Result<NextDeclaration>> {
  const query: Record<string, unknown> = typeof request.query === 'object' ? { ...request.query } : {};
  const movement: NextMovement = nextMovements.find((one) => one === query['movement']) ?? 'transit';
  const known = isUuid(id);
  return known
    ? nextDeclaration(context, principal, id, movement)
    : Promise.resolve(refuse('clearance/not-found', { pointer: '/id' }));
}

/** Files the next declaration with what was really missing, and nothing else. */
async function fileNext(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect('/sign-in', 303);
  const found = await asked(context, request, principal, id);
  const values = found.ok ? posted(fieldsFor(found.value), request.body) : {};
  const again = (refusal: Refusal) => nextPage(context, request, reply, id, { values, refusal });
  if (!found.ok) return again(found.error);
  if (!context.checkCsrf(request)) return again({ code: 'clearance/form-not-ours' });
  const { declaration: number = '', guarantor = '' } = values;
  if (!/^[\x21-\x7e]{1,64}$/.test(number)) return again({ code: 'clearance/next.number', pointer: '/declaration' });
  const { declaration, ...slips } = found.value.consignment;
  const { declarant } = declaration;
  if (declarant === undefined) return again({ code: 'clearance/next-not-yours' });
  const body: Consignment = {
    ...slips,
    declaration: { ...declaration, declarant, id: number, ...(guarantor === '' ? {} : { guarantor }) },
  };
  const filed = await lodge(context, principal, body, JSON.stringify(body));
  if (!filed.ok) return again(filed.error);
  const { id: made } = JSON.parse(filed.value) as { id: string };
  return reply.redirect(`/parcels/${made}`, 303);
}

/** On with the same data: what a parcel is declared for next. */
export function nextPages(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  type Named = { Params: { id: string } };
  app.get<Named>('/parcels/:id/next', hidden, (request, reply) => nextPage(context, request, reply, request.params.id));
  app.post<Named>('/parcels/:id/next', hidden, (request, reply) =>
    fileNext(context, request, reply, request.params.id),
  );
}
