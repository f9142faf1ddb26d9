import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import { refuse, type Refusal, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { filterForm, sayingNo, table, type Column } from '#portal/components.ts';
import { type Field, formFields } from '#portal/form.ts';
import { monthText as monthName } from '#portal/format.ts';
import { page, type PageContent } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { count, money, quantity, weight } from '#portal/values.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { firstOf, isMonth } from './model.ts';
import type { SumsView } from './service.ts';

/** One visit of a page: who asks, and what the page is made with. */
export interface Visit {
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

/** The voice of the window's own law, in the language of the visit. */
export async function voiceFor({ context, request }: Visit): Promise<Voice> {
  const { t } = await context.frame(request);
  return voiceOf(t, context.reference.current().get(packsPart).home);
}

export const timeZoneOf = ({ context }: Visit): string => context.reference.current().get(packsPart).home.timeZone;

/** Sends a page of this module in the frame of the window. */
export async function send(
  { context, request, reply }: Visit,
  voice: Voice,
  content: PageContent,
  status = 200,
): Promise<FastifyReply> {
  const frame = await context.frame(request);
  return sendPage(reply, page({ ...frame, t: voice.t, wide: true, ...content }), status);
}

/** Sends a refusal as a page of its own. */
export async function refused(visit: Visit, refusal: Refusal, status = 404): Promise<FastifyReply> {
  const voice = await voiceFor(visit);
  const title = voice.t(refusal.code, refusal.params ?? {});
  return send(visit, voice, { title, main: sayingNo(voice.t, title) }, status);
}

/** The month that a page was asked for; anything else than a month is the first that there is. */
export function monthAsked(request: FastifyRequest, months: readonly string[]): string | undefined {
  const query: unknown = request.query;
  const asked =
    typeof query === 'object' && query !== null && 'month' in query && typeof query.month === 'string'
      ? query.month
      : undefined;
  return asked !== undefined && isMonth(asked) ? asked : months[0];
}

/** One text of a query; undefined where it is not given, or given twice. */
export function textAsked(request: FastifyRequest, name: string): string | undefined {
  const query = request.query as Readonly<Record<string, unknown>>;
  const value = query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export const month = (t: Words, text: string): string => monthName(t.lang, firstOf(text));

/** The choice of a month above a page, as a form that works by itself. */
export function monthForm(t: Words, action: string, months: readonly string[], chosen: string): Html {
  if (months.length < 2) return html``;
  const options = months.map((value) => ({ value, text: month(t, value) }));
  const field: Field = { name: 'month', label: 'statistics.month', type: 'select', options, value: chosen };
  return filterForm(t, { action, fields: formFields(t, { fields: [field] }) });
}

/** Sums of which a reader may see a part. */
export type SeenSums = Partial<SumsView>;

const shown = <T>(value: T | null | undefined, show: (value: T) => Fragment): Fragment =>
  value === null || value === undefined ? '–' : show(value);

/** The columns of sums, those that a reader sees none of left out. */
export function sumColumns<R>(t: Words, rows: readonly R[], sumsOf: (row: R) => SeenSums | undefined): Column<R>[] {
  const column = <K extends keyof SumsView>(name: K, show: (value: SumsView[K]) => Fragment): Column<R>[] =>
    rows.some((row) => sumsOf(row)?.[name] !== undefined)
      ? [{ head: t(`statistics.${name}`), cell: (row) => shown(sumsOf(row)?.[name], show), numeric: true }]
      : [];
  return [
    ...column('checklists', (many) => count(t, many)),
    ...column('items', (many) => count(t, many)),
    ...column('value', (amount) => money(t, amount)),
    ...column('quantity', (many) => quantity(t, many)),
    ...column('netWeight', (kilograms) => weight(t, kilograms)),
    ...column('grossWeight', (kilograms) => weight(t, kilograms)),
  ];
}

/** A table whose rows have sums. */
export const sumsTable = <R>(
  t: Words,
  of: {
    caption: string;
    rows: readonly R[];
    columns: readonly Column<R>[];
    sums: (row: R) => SeenSums | undefined;
    hideCaption?: boolean;
    empty?: Html;
  },
): Html => {
  const { sums, columns, ...rest } = of;
  return table<R>({ hideCaption: true, ...rest, columns: [...columns, ...sumColumns(t, of.rows, sums)] });
};

/** A form that did not come from a page of this window is refused before anything else. */
export const checked = (visit: Visit): Result<null> =>
  visit.context.checkCsrf(visit.request) ? { ok: true, value: null } : refuse('statistics/form-not-ours');

/** Sends a text as a file that a spreadsheet opens. */
export const sendCsv = (reply: FastifyReply, name: string, text: string, open: boolean): FastifyReply =>
  reply
    .type('text/csv; charset=utf-8')
    .header('cache-control', open ? 'public, max-age=300' : 'private, no-store')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(text);

/** Where the summaries of a month are listed. */
export const listAt = (of: string): string => `/summaries?month=${of}`;

/** The way to a page below the list of summaries. */
export const crumbs = (t: Words, ...more: readonly { text: string; href?: string }[]) => [
  { text: t('statistics.summaries.title'), href: '/summaries' },
  ...more,
];
