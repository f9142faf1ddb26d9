import type { Fragment, Html } from '#kernel/html.ts';
import { html } from '#kernel/html.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { notificationBanner, table, tabs, tag, timeline } from '#portal/components.ts';
import type { Field } from '#portal/form.ts';
import type { PageContent } from '#portal/layout.ts';
import type { Words } from '#portal/text.ts';
import { money, ref, when } from '#portal/values.ts';
import { type CaseRow, timelineOf } from '#modules/cases/index.ts';
import { type Answer, textOf, type Visit } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { banks } from './bank.ts';
import type { OrderReceipt } from './service-orders.ts';

const areas = ['notices', 'bills', 'guarantees', 'refunds', 'exchange', 'bank-statements'] as const;
type Area = (typeof areas)[number];

/** The ways through what is owed and what was paid; the bank's paper is for the office that collects. */
export function ways(t: Words, who: Principal, current: Area): Html {
  const record = { kind: 'bank-statement' as const, id: '', parties: {}, desk: null };
  const open = areas.filter((area) => area !== 'bank-statements' || may(who, 'bank-statement.read', record));
  return tabs(
    t('treasury.areas'),
    open.map((area) => ({ text: t(`treasury.area.${area}`), href: `/${area}`, current: area === current })),
  );
}

const news = new Set(['paid', 'raised', 'decided', 'read']);

/** A page of the treasury: its heading, the ways through it, and what was just done. */
export function treasuryPage(
  { t, who, request }: Visit,
  area: Area,
  content: {
    title: string;
    lead?: Fragment;
    main: Fragment;
    crumb?: boolean;
    error?: boolean;
    status?: number;
  },
): Answer {
  const done = textOf(request.query, 'done');
  const banner =
    news.has(done) && content.error !== true
      ? notificationBanner(t, { kind: 'released', heading: t(`treasury.done.${done}`) })
      : '';
  const inside: PageContent = {
    title: content.title,
    main: html`<h1>${content.title}</h1>${content.lead ? html`<p class="lead">${content.lead}</p>` : ''}${content.crumb ? '' : ways(t, who, area)}${content.main}`,
    banner,
    wide: true,
    ...(content.crumb
      ? { breadcrumbs: [{ text: t(`treasury.area.${area}`), href: `/${area}` }, { text: content.title }] }
      : {}),
    ...(content.error === true ? { error: true } : {}),
  };
  return { page: inside, ...(content.status === undefined ? {} : { status: content.status }) };
}

/** The time zone of the window's own economy. */
export const zoneOf = (context: Context): string => context.reference.current().get(packsPart).home.timeZone;

/** What a payment asks for: a way of paying, and the payer's own reference, under which a second click is harmless. */
export const payFields = (reference: string): Field[] => [
  {
    name: 'method',
    label: 'treasury.page.method',
    hint: 'treasury.page.method-hint',
    type: 'select',
    value: banks[0]!.method,
    options: banks.map(({ method }) => ({ value: method, label: `treasury.method.${method}` })),
  },
  {
    name: 'reference',
    label: 'treasury.page.reference',
    hint: 'treasury.page.reference-hint',
    type: 'text',
    latin: true,
    width: 20,
    value: reference,
  },
];

/** Whether a posted reference is one. */
export const isReference = (text: string): boolean => /^[\x21-\x7e]{1,64}$/.test(text);

/** Ground, reason and remedy of a decision of the office that collects. */
export const reasonFields = (stamp: number, ground: string): Field[] => [
  { name: 'stamp', label: '', type: 'hidden', value: String(stamp) },
  { name: 'ground', label: 'cases.ground', type: 'text', value: ground },
  { name: 'reason', label: 'cases.reason', type: 'textarea' },
  {
    name: 'remedy',
    label: 'cases.remedy',
    type: 'select',
    value: 'agencies/object-to-decision',
    options: ['agencies/object-to-decision', 'clearance/none-needed'].map((code) => ({ value: code, label: code })),
  },
];

/** Payments of a bill, or those that raised a ceiling. */
export function ordersTable(t: Words, timeZone: string, caption: string, rows: readonly OrderReceipt[]): Html | '' {
  if (rows.length === 0) return '';
  return table({
    caption,
    columns: [
      { head: t('treasury.page.reference'), cell: ({ reference }: OrderReceipt) => ref(reference), rowHeader: true },
      {
        head: t('treasury.page.method'),
        cell: ({ method, simulated }: OrderReceipt) =>
          html`${t(`treasury.method.${method}`)}${simulated === true ? html` ${tag(t('treasury.simulated'), 'hand')}` : ''}`,
      },
      { head: t('treasury.page.state'), cell: ({ state }: OrderReceipt) => t(`treasury.payment.${state}`) },
      {
        head: t('treasury.page.at'),
        cell: ({ asked, answered }: OrderReceipt) => when(t, answered ?? asked, timeZone),
      },
      { head: t('treasury.page.amount'), cell: ({ amount }: OrderReceipt) => money(t, amount), numeric: true },
    ],
    rows,
  });
}

/** What was decided in a case, each with its ground, its reason and its remedy. */
export async function decisionsOf(context: Context, t: Words, one: CaseRow): Promise<Html | ''> {
  const { moves } = await timelineOf(context.db, one.id);
  const timeZone = zoneOf(context);
  const said = (label: string, text: string | null): Html | '' =>
    text === null ? '' : html`<dt>${t(label)}</dt><dd><bdi>${t.has(text) ? t(text) : text}</bdi></dd>`;
  const events = moves.map((row) => ({
    title: t(`treasury.move.${row.move}`),
    at: when(t, row.at, timeZone),
    tone: row.decision ? ('hand' as const) : ('quiet' as const),
    body: row.decision
      ? html`<dl class="reasons">${said('cases.ground', row.ground)}${said('cases.reason', row.reason)}${said('cases.remedy', row.remedy)}</dl>`
      : '',
  }));
  const opened = { title: t('treasury.work-opened'), at: when(t, one.opened, timeZone), tone: 'hand' as const };
  return html`<h2>${t('treasury.decisions')}</h2>${timeline([opened, ...events])}`;
}
