import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Check, Decision } from '#kernel/check.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { details, inset, sayingNo, statusTag, summaryList, table, timeline } from '#portal/components.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { toneOf } from '#portal/status.ts';
import { money, ref, weight, when, written } from '#portal/values.ts';
import { caseOf, recordOf as caseRecord } from '#modules/cases/index.ts';
import {
  chargesTable,
  checksList,
  type Explained,
  draftNote,
  factNames,
  obligationsTable,
  packsPart,
  stepsTable,
  valueRows,
  type Voice,
  voiceOf,
} from '#modules/rulebook/index.ts';
import { acting } from './pages-acting.ts';
import { filesPart } from './pages-files.ts';
import { cancelPart, type Tried } from './pages-cancel.ts';
import { exportPart } from './pages-export.ts';
import { returnsPart } from './pages-send-back.ts';
import { lineAt } from './pages-stock-kit.ts';
import { differenceLine } from './stock-views.ts';
import { nextPart } from './pages-next.ts';
import { codeOrText, goodsTable, momentsOf, shownStatus } from './pages-kit.ts';
import { linksOf } from './pages-parcel-links.ts';
import { versionsPart } from './pages-versions.ts';
import { parcelView, type ParcelView, shortLandedOf } from './views.ts';

interface Shown {
  readonly voice: Voice;
  readonly timeZone: string;
  readonly parcel: ParcelView;
  readonly decision: Decision | undefined;
  readonly determination: Explained | undefined;
}

type Piece = NonNullable<ParcelView['barcodes']>[number];

const partOf = <T extends object>(value: unknown): Partial<T> | undefined =>
  typeof value === 'object' && value !== null ? { ...value } : undefined;

/** Where the parcel stands, why, and what can be done about it: before everything else. */
function stand({ voice, parcel, decision }: Shown, links: readonly Html[]): Html {
  const { t } = voice;
  const outcome = parcel.outcome ?? 'waiting';
  const code =
    parcel.status === undefined ? outcome : parcel.status === 'lodged' ? outcome : shownStatus(parcel.status);
  const says = code === 'cleared-awaiting-goods' && movementOf(parcel) === 'export' ? 'cleared-for-export' : code;
  const { cancellation } = parcel;
  const ground = cancellation
    ? html`${t(`clearance.cancel.ground.${cancellation.ground}`)}<br>${written(cancellation.reason)}`
    : decision?.ground
      ? codeOrText(voice, decision.ground, decision.checks)
      : '';
  const missing =
    !cancellation && parcel.missing && parcel.missing.length > 0
      ? html`<p>${t('clearance.parcel.missing')} ${factNames(voice, parcel.missing)}</p>`
      : '';
  const route = parcel.route ? html` · ${voice('route', parcel.route)}` : '';
  const remedy =
    decision?.remedy && !cancellation
      ? html`<h2 class="verdict__todo">${t('clearance.parcel.todo')}</h2><p>${codeOrText(voice, decision.remedy)}</p>`
      : '';
  const automated =
    decision === undefined || cancellation
      ? ''
      : html`<p class="small">${t(decision.automated ? 'clearance.parcel.automated' : 'clearance.parcel.by-person')}</p>`;
  return html`<div class="verdict verdict--${toneOf(code)}">${statusTag(t, code)}<p class="verdict__says">${t(`clearance.stands.${says}`)}${route}</p>${ground === '' ? '' : html`<p>${ground}</p>`}${missing}${remedy}${links.length > 0 ? html`<div class="govuk-button-group">${links}</div>` : ''}${automated}</div>`;
}

const movementOf = ({ body }: ParcelView): string | undefined => body?.declaration?.movement;

function happened({ voice, timeZone, parcel, decision }: Shown): Html | '' {
  const moments = parcel.timeline ?? [];
  if (moments.length === 0) return '';
  const steps = timeline(momentsOf(voice, moments, timeZone, decision?.checks, movementOf(parcel)));
  return html`<h2>${voice.t('clearance.parcel.timeline')}</h2>${steps}`;
}

function pieces(
  { voice, timeZone, parcel }: Shown,
  short: readonly { barcode: string; landed: string; place: string }[],
): Html | '' {
  const { t } = voice;
  const rows = parcel.barcodes ?? [];
  if (rows.length === 0) return '';
  const missing = new Map(short.map((one) => [one.barcode, one]));
  const found = ({ barcode, tallied, place }: Piece): Fragment => {
    if (tallied !== null) return html`${when(t, tallied, timeZone)}${place === null ? '' : html` · ${ref(place)}`}`;
    return missing.has(barcode) ? statusTag(t, 'short-landed') : t('clearance.pieces.not-yet');
  };
  const explained = short.map(({ barcode, landed, place }) =>
    inset(
      html`<p>${t.html('clearance.pieces.short', { barcode: ref(barcode), landed: when(t, landed, timeZone), place: ref(place) })}</p>`,
      'hand',
    ),
  );
  return html`<h2>${t('clearance.pieces.title')}</h2>${explained}${table({
    caption: t('clearance.pieces.title'),
    hideCaption: true,
    columns: [
      { head: t('clearance.pieces.barcode'), cell: ({ barcode }: Piece) => ref(barcode), rowHeader: true },
      { head: t('clearance.pieces.document'), cell: ({ document }: Piece) => ref(document) },
      {
        head: t('clearance.pieces.master'),
        cell: ({ master }: Piece) => (master === null ? t('clearance.pieces.no-manifest') : ref(master)),
      },
      {
        head: t('clearance.pieces.weight'),
        cell: ({ weight: kilograms }: Piece) => (kilograms === null ? '–' : weight(t, kilograms)),
        numeric: true,
      },
      { head: t('clearance.pieces.found'), cell: found },
    ],
    rows,
  })}`;
}

/** Who stands where, and the slips that came. What this reader may not see is simply not there. */
function papers({ voice, timeZone, parcel, decision }: Shown): Html {
  const { t } = voice;
  const { body } = parcel;
  const declaration = body?.declaration;
  const rows: { key: string; value: Fragment }[] = [];
  const row = (key: string, value: Fragment): void => {
    if (value !== undefined && value !== null && value !== '') rows.push({ key: t(`clearance.papers.${key}`), value });
  };
  row('filer', parcel.filer && ref(parcel.filer));
  for (const role of ['declarant', 'importer', 'seller', 'guarantor'] as const)
    row(role, declaration?.[role] && ref(declaration[role]));
  for (const one of acting(t, decision?.checks)) row('acting', one);
  const consignee = declaration?.consignee;
  const address = consignee?.address;
  const lines = address ? [...address.lines, address.city ?? '', address.country].filter(Boolean).join(', ') : '';
  row(
    'consignee',
    consignee?.name &&
      html`${written(consignee.name.text, consignee.name.language)}${lines === '' ? '' : html`<br>`}${written(lines)}`,
  );
  for (const order of body?.orders ?? [])
    row(
      'order',
      html`${order.number ? ref(order.number) : '–'}${order.platform ? html` · ${ref(order.platform)}` : ''}${order.total ? html` · ${money(t, order.total)}` : ''}${order.placed ? html` · ${when(t, order.placed, timeZone)}` : ''}`,
    );
  for (const payment of body?.payments ?? [])
    row(
      'payment',
      html`${payment.provider ? html`${ref(payment.provider)} · ` : ''}${payment.method ? t(`rulebook.method.${payment.method}`) : ''}${payment.amount ? html` · ${money(t, payment.amount)}` : ''}`,
    );
  for (const transport of body?.transports ?? [])
    row(
      'transport',
      html`${ref(transport.document)} · ${ref(transport.carrier)}${transport.borderMode ? html` · ${t(`rulebook.mode.${transport.borderMode}`)}` : ''}`,
    );
  row('office', declaration?.office && ref(declaration.office));
  const goods = declaration?.goods ?? [];
  return html`<h2>${t('clearance.papers.title')}</h2>${goods.length > 0 ? goodsTable(voice, goods, parcel.accepted) : ''}${rows.length > 0 ? summaryList(rows) : ''}`;
}

function reasons({ voice, decision, determination, parcel }: Shown): Html {
  const { t } = voice;
  const checks: readonly Check[] = decision?.checks ?? parcel.checks ?? [];
  const charges = determination?.charges ?? parcel.charges;
  const values = determination?.values ? valueRows(voice, determination.values) : [];
  const compared =
    parcel.accepted && parcel.acceptedValue && parcel.declaredValue
      ? summaryList([
          { key: t('clearance.parcel.declared-value'), value: money(t, parcel.declaredValue) },
          { key: t('clearance.parcel.accepted-value'), value: money(t, parcel.acceptedValue) },
        ])
      : '';
  const charged = charges
    ? html`<h2>${t('clearance.parcel.charges')}</h2>${chargesTable(voice, charges, determination?.totals ?? null)}`
    : '';
  const asked = checks.length > 0 ? html`<h2>${t('clearance.parcel.checks')}</h2>${checksList(voice, checks)}` : '';
  const obligations =
    determination?.obligations && determination.obligations.length > 0
      ? html`<h2>${t('rulebook.answer.obligations')}</h2>${obligationsTable(voice, determination.obligations)}`
      : '';
  const steps =
    determination?.steps && determination.steps.length > 0
      ? details(t('rulebook.answer.steps'), stepsTable(voice, determination.steps))
      : '';
  const draft = determination?.pack && determination.unconfirmed ? draftNote(voice, determination) : '';
  return html`${charged}${compared}${values.length > 0 ? summaryList(values) : ''}${draft}${asked}${obligations}${steps}`;
}

/** What the decision stands on: with these anybody can have it worked out again and compare the digest. */
function proof({ voice, parcel, decision }: Shown): Html {
  const { t } = voice;
  const rows = [
    { key: t('clearance.proof.version'), value: String(parcel.version ?? 1) },
    ...(parcel.pack
      ? [
          {
            key: t('clearance.proof.pack'),
            value: html`<a href="/rules/${parcel.pack}">${ref(`${parcel.pack} ${parcel.packVersion ?? ''}`)}</a>`,
          },
        ]
      : []),
    ...(parcel.engine === undefined ? [] : [{ key: t('clearance.proof.engine'), value: String(parcel.engine) }]),
    ...(decision?.day ? [{ key: t('clearance.proof.day'), value: ref(decision.day) }] : []),
    ...(decision?.snapshot ? [{ key: t('clearance.proof.snapshot'), value: ref(decision.snapshot) }] : []),
    ...(parcel.digest ? [{ key: t('clearance.proof.digest'), value: ref(parcel.digest) }] : []),
    { key: t('clearance.proof.id'), value: ref(parcel.id) },
  ];
  return details(t('clearance.proof.title'), html`<p>${t('clearance.proof.text')}</p>${summaryList(rows)}`);
}

/**
 * Every notice leads to a parcel by its id. One over missing stock, or over goods missing from a transfer, carries the
 * id of its case, and what it is about stands elsewhere.
 */
async function placeOf(context: Context, principal: Principal, id: string): Promise<string | undefined> {
  if (!isUuid(id)) return undefined;
  const missing = await differenceLine(context, id);
  if (missing) return lineAt(missing.book, missing.item);
  const one = await caseOf(context.db, id);
  return one !== undefined && may(principal, 'case.read', caseRecord(one)) ? `/cases/${id}` : undefined;
}

/** The page of one parcel, as far as this reader may see it. */
export async function parcelPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  tried?: Tried,
  sent?: Tried,
): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const frame = await context.frame(request);
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(frame.t, home);
  const { t } = voice;
  const crumbs = {
    text: t(principal.authority === null ? 'clearance.list.title' : 'clearance.list.title-authority'),
    href: '/parcels',
  };
  const found = isUuid(id) ? await parcelView(context, principal, id) : undefined;
  const elsewhere = found?.ok ? undefined : await placeOf(context, principal, id);
  if (elsewhere !== undefined) return reply.redirect(elsewhere, 303);
  if (!found?.ok) {
    const archived = found?.error.code === 'clearance/archived' ? found.error : undefined;
    const title = t(archived ? 'clearance.parcel.archived' : 'clearance.parcel.unknown');
    const text = archived ? t(archived.code, archived.params) : t('clearance.parcel.unknown-text');
    const main = sayingNo(t, title, text);
    return sendPage(reply, page({ ...frame, title, main, breadcrumbs: [crumbs] }), archived ? 410 : 404);
  }
  const parcel = found.value;
  const shown: Shown = {
    voice,
    timeZone: home.timeZone,
    parcel,
    decision: partOf<Decision>(parcel.decision) as Decision | undefined,
    determination: partOf<Explained>(parcel.determination) as Explained | undefined,
  };
  const short = parcel.barcodes === undefined ? [] : await shortLandedOf(context, id);
  const links = await linksOf(context, principal, voice, parcel);
  const versions = await versionsPart(context, principal, voice, parcel);
  const csrf = context.csrf(request);
  const { taking, banner } = cancelPart(t, principal, home, parcel, csrf, tried);
  const returns = await returnsPart(context, principal, voice, home.timeZone, parcel, { csrf, tried: sent });
  const files = await filesPart(context, t, parcel);
  const name = parcel.declaration ?? parcel.body?.declaration?.id ?? id;
  const main = html`<h1>${t.html('clearance.parcel.title', { declaration: ref(name) })}</h1>${stand(shown, links)}${exportPart(voice, parcel)}${taking}${nextPart(t, principal, parcel)}${returns.sending}${returns.returned}${happened(shown)}${versions}${pieces(shown, short)}${papers(shown)}${files}${reasons(shown)}${proof(shown)}`;
  return sendPage(
    reply,
    page({
      ...frame,
      title: t('clearance.parcel.title', { declaration: name }),
      main,
      breadcrumbs: [crumbs, { text: name }],
      wide: true,
      banner: html`${banner}${returns.banner}`,
      ...((tried ?? sent) ? { error: true } : {}),
    }),
    (tried ?? sent) === undefined ? 200 : 422,
  );
}
