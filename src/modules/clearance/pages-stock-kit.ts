import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fragment, type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { sayingNo, summaryList } from '#portal/components.ts';
import type { Values } from '#portal/form.ts';
import { type Frame, page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { quantity, ref } from '#portal/values.ts';
import type { Facts } from '#modules/cases/index.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';

/** Somebody who is signed in and looks at a page of bonded stock. */
export interface StockVisit {
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly who: Principal;
  readonly frame: Frame;
  readonly voice: Voice;
  readonly t: Words;
  readonly timeZone: string;
}

/** A form that came back, with what is wrong in it. */
export interface StockTried {
  readonly form: 'book' | 'entry' | 'count';
  readonly values: Values;
  readonly refusal: Refusal;
}

/** Answers for whoever is signed in; anybody else is asked to sign in first. */
export async function stockVisit(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<StockVisit | undefined> {
  const who = await context.identify(request);
  if (who.assurance === 'none') return undefined;
  const frame = await context.frame(request);
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(frame.t, home);
  return { context, request, reply, who, frame, voice, t: voice.t, timeZone: home.timeZone };
}

/** A page that says what is not there, and where to go on. */
export function notThere({ frame, reply, t }: StockVisit, { code, params = {} }: Refusal): FastifyReply {
  const title = t(code, params);
  const breadcrumbs = [{ text: t('clearance.stock.title'), href: '/stock' }, { text: title }];
  return sendPage(reply, page({ ...frame, title, main: sayingNo(t, title), breadcrumbs }), 404);
}

/** A text of the query; empty when it is not there or was given twice. */
export const queried = ({ request }: StockVisit, name: string): string => {
  const { query } = request;
  const value = typeof query === 'object' && query !== null ? (query as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
};

export const bookAt = (book: string): string => `/stock/${encodeURIComponent(book)}`;
export const lineAt = (book: string, item: string): string => `${bookAt(book)}/lines/${encodeURIComponent(item)}`;

/** A quantity with the unit it is counted in. */
export const amountOf = (t: Words, decimal: string, unit: string): Html =>
  html`${quantity(t, decimal)} <span class="small" dir="ltr">${unit}</span>`;

/** What a case about a difference rests on: the line, what the book said and what was counted. */
export function differenceRecord({ t }: Voice, facts: Facts): Html {
  const text = (name: string): string => String(facts[name] ?? '');
  const [book, item, unit] = [text('book'), text('item'), text('unit')];
  const rows = [
    { key: t('clearance.stock.item'), value: html`<a href="${lineAt(book, item)}">${ref(`${book} · ${item}`)}</a>` },
    { key: t('clearance.stock.expected'), value: amountOf(t, text('expected'), unit) },
    { key: t('clearance.stock.counted'), value: amountOf(t, text('counted'), unit) },
  ];
  return html`<h2>${t('clearance.stock.difference')}</h2>${summaryList(rows)}`;
}

/** A figure of a table: nought is a dash, so that what is there stands out. */
export const figureOf = (t: Words, decimal: string | undefined): Fragment =>
  decimal === undefined || decimal === '0' ? '–' : quantity(t, decimal);
