import { addMonths, dayOf } from '#kernel/effective.ts';
import { formatDecimal } from '#kernel/decimal.ts';
import { isUuid } from '#kernel/id.ts';
import { formatMoney, type WireMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { addSums, noSums, type Sums } from './book.ts';
import { declarantsFor, dueDays, monthNow, recordOf } from './closing.ts';
import { firstOf, type Ground, isSummaryId, monthText, type Reason } from './model.ts';
import { type SumsRow, sumsOf } from './store-sums.ts';
import * as store from './store-read.ts';

/** Sums as they leave: exact texts, value in its currency. */
export interface SumsView {
  readonly items: number;
  readonly checklists: number;
  readonly value: WireMoney;
  readonly quantity: string;
  readonly netWeight: string;
  readonly grossWeight: string;
}

export const sumsView = (currency: string, sums: Sums): SumsView => ({
  items: sums.items,
  checklists: sums.checklists,
  value: formatMoney({ currency, minor: sums.value }),
  quantity: formatDecimal(sums.quantity),
  netWeight: formatDecimal(sums.netWeight),
  grossWeight: formatDecimal(sums.grossWeight),
});

/** Sums within a line: a checklist counts as such where its first line of goods stands, so here it is left out. */
export type LineSums = Omit<SumsView, 'checklists'>;

function lineSums(currency: string, sums: Sums): LineSums {
  const { checklists: _checklists, ...rest } = sumsView(currency, sums);
  return rest;
}

const viewOfRow = (currency: string, row: SumsRow): LineSums => lineSums(currency, sumsOf(row));

const minus = (one: Sums): Sums => ({
  items: -one.items,
  checklists: -one.checklists,
  value: -one.value,
  quantity: { ...one.quantity, digits: -one.quantity.digits },
  netWeight: { ...one.netWeight, digits: -one.netWeight.digits },
  grossWeight: { ...one.grossWeight, digits: -one.grossWeight.digits },
});

export interface SummaryHead {
  readonly id: string;
  readonly run: string;
  readonly month: string;
  readonly declarant: string;
  readonly rule: string;
  readonly movement: string;
  readonly head: Readonly<Record<string, string | null>>;
  readonly due: string | null;
  readonly filed: string | null;
}

function headOf(context: Context, row: store.SummaryRow): SummaryHead {
  const { id, run, month, declarant, rule, movement, head, filed } = row;
  const due = dueDays(context, dayOf(month)).find((one) => one.rule === rule)?.due ?? null;
  const fields = JSON.parse(head) as SummaryHead['head'];
  return { id, run, month: monthText(month), declarant, rule, movement, head: fields, due, filed };
}

const pageMax = 100;

/** One page of the summaries of a month. `next` is the id to go on after; null on the last page. */
export async function summaryList(
  context: Context,
  principal: Principal,
  query: { month: string; after?: string | undefined },
): Promise<{ summaries: Partial<SummaryHead>[]; next: string | null }> {
  const declarants = declarantsFor(principal);
  const of = { month: firstOf(query.month), declarants, after: query.after ?? null, limit: pageMax + 1 };
  const rows = await store.summariesOf(context.db, of);
  const shown = rows.slice(0, pageMax);
  return {
    summaries: shown.map((row) => view(principal, { ...recordOf(row.id, row.declarant), data: headOf(context, row) })),
    next: rows.length > pageMax ? shown.at(-1)!.id : null,
  };
}

export interface LineView {
  readonly id: string;
  readonly number: number | null;
  readonly commodity: string | null;
  readonly origin: string | null;
  readonly unit: string;
  readonly filed: LineSums;
  readonly corrections: LineSums;
  readonly now: LineSums;
}

export interface CorrectionView {
  readonly checklist: string;
  readonly entry: number;
  readonly at: string;
  readonly period: string;
  readonly ground: Ground;
  readonly line: number | null;
  readonly sums: LineSums;
}

export interface SummaryView extends SummaryHead {
  readonly lines: readonly LineView[];
  readonly corrections: readonly CorrectionView[];
}

function lineView(line: store.LineRow, corrected: Sums): LineView {
  const { id, number, commodity, origin, unit, currency } = line;
  const now = sumsOf(line);
  return {
    id,
    number,
    commodity,
    origin,
    unit,
    filed: lineSums(currency, addSums(now, minus(corrected))),
    corrections: lineSums(currency, corrected),
    now: lineSums(currency, now),
  };
}

async function seenSummary(context: Context, principal: Principal, id: string): Promise<Result<store.SummaryRow>> {
  const row = isSummaryId(id) ? await store.summaryById(context.db, id) : undefined;
  return row !== undefined && may(principal, 'summary.read', recordOf(id, row.declarant))
    ? ok(row)
    : refuse('statistics/summary-unknown', { pointer: '/id' });
}

/** A summary declaration: its lines as they were filed, by what they were corrected, and as they stand now. */
export async function summaryView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<{ id: string } & Partial<SummaryView>>> {
  const found = await seenSummary(context, principal, id);
  if (!found.ok) return found;
  const { db } = context;
  const corrected = new Map((await store.correctionSums(db, id)).map((row) => [row.id, sumsOf(row)]));
  const lines = await store.linesOfSummary(db, id);
  const corrections = await store.correctionsOf(db, id);
  const data: SummaryView = {
    ...headOf(context, found.value),
    lines: lines.map((line) => lineView(line, corrected.get(line.id) ?? noSums)),
    corrections: corrections.map(({ checklist, entry, at, period, ground, number, currency, ...row }) => ({
      checklist,
      entry,
      at,
      period: monthText(period),
      ground,
      line: number,
      sums: viewOfRow(currency, row),
    })),
  };
  return ok({ id, ...view(principal, { ...recordOf(id, found.value.declarant), data }) });
}

export interface LinePage {
  readonly summary: string;
  readonly number: number | null;
  readonly lines: readonly LineView[];
  readonly checklists: readonly { readonly checklist: string; readonly sums: LineSums }[];
}

/** A line of a summary with its checklists, a page at a time. */
export async function lineChecklists(
  context: Context,
  principal: Principal,
  of: { id: string; number: number; after?: string | undefined },
): Promise<Result<Partial<LinePage> & { next: string | null }>> {
  const found = await seenSummary(context, principal, of.id);
  if (!found.ok) return found;
  const line = await store.lineByNumber(context.db, of.id, of.number);
  if (line === undefined) return refuse('statistics/line-unknown', { pointer: '/number' });
  const rows = await store.checklistsOf(context.db, line.id, of.after ?? null, pageMax + 1);
  const shown = rows.slice(0, pageMax);
  const corrected = (await store.correctionSums(context.db, of.id)).find(({ id }) => id === line.id);
  const data: LinePage = {
    summary: of.id,
    number: line.number,
    lines: [lineView(line, corrected === undefined ? noSums : sumsOf(corrected))],
    checklists: shown.map(({ checklist, ...row }) => ({ checklist, sums: viewOfRow(line.currency, row) })),
  };
  const record = recordOf(of.id, found.value.declarant);
  const next = rows.length > pageMax ? shown.at(-1)!.checklist : null;
  return ok({ ...view(principal, { ...record, data }), next });
}

export interface Placed {
  readonly checklist: string;
  readonly month: string;
  readonly released: string;
  readonly state: 'pending' | 'booked';
  readonly rule: string | null;
  readonly summary: string | null;
  readonly reason: Reason | null;
  readonly lines: readonly (Omit<LineView, 'filed' | 'corrections'> & { line: number; summary: string })[];
  readonly corrections: readonly Omit<CorrectionView, 'checklist' | 'line' | 'sums'>[];
}

/** Where a checklist stands in the books: its summary and lines, or why it stands in none, and what corrected it. */
export async function placeView(context: Context, principal: Principal, id: string): Promise<Result<Partial<Placed>>> {
  const { db } = context;
  const placed = isUuid(id) ? await store.placedOf(db, id) : undefined;
  const pending = placed === undefined && isUuid(id) ? await store.pendingOf(db, id) : undefined;
  const row = placed ?? pending;
  if (row === undefined || !may(principal, 'summary.read', recordOf(id, row.declarant)))
    return refuse('statistics/not-booked', { pointer: '/id' });
  const lines = placed === undefined ? [] : await store.linesOfChecklist(db, id);
  const corrections = placed === undefined ? [] : await store.correctionsOfChecklist(db, id);
  const data: Placed = {
    checklist: id,
    month: monthText(row.month),
    released: row.released,
    state: placed === undefined ? 'pending' : 'booked',
    rule: placed?.rule ?? null,
    summary: placed?.summary ?? null,
    reason: placed?.reason ?? null,
    lines: lines.map(({ line, id: own, summary, number, commodity, origin, unit, currency, ...sums }) => ({
      line,
      id: own,
      summary,
      number,
      commodity,
      origin,
      unit,
      now: viewOfRow(currency, sums),
    })),
    corrections: corrections.map(({ period, ...one }) => ({ ...one, period: monthText(period) })),
  };
  return ok(view(principal, { ...recordOf(id, row.declarant), data }));
}

export interface Alone {
  readonly checklist: string;
  readonly released: string;
  readonly declarant: string;
  readonly rule: string | null;
  readonly reason: Reason | null;
}

/** Released checklists of a month that stand in no summary, each with its reason, and how many wait for a close. */
export async function aloneList(
  context: Context,
  principal: Principal,
  query: { month: string; after?: string | undefined },
): Promise<{ checklists: Partial<Alone>[]; next: string | null; pending: { month: string; checklists: number }[] }> {
  const declarants = declarantsFor(principal);
  const of = { month: firstOf(query.month), declarants, after: query.after ?? null, limit: pageMax + 1 };
  const rows = await store.aloneOf(context.db, of);
  const shown = rows.slice(0, pageMax);
  const pending = await store.pendingCounts(context.db, declarants);
  return {
    checklists: shown.map(({ id, released, declarant, rule, reason }) =>
      view(principal, {
        ...recordOf(id, declarant),
        data: { checklist: id, released, declarant, rule, reason } satisfies Alone,
      }),
    ),
    next: rows.length > pageMax ? shown.at(-1)!.id : null,
    pending: pending.map(({ month, checklists }) => ({ month: monthText(month), checklists })),
  };
}

/** The months that this principal may read summaries of, the last one first; the month that is over comes first. */
export async function monthsFor(context: Context, principal: Principal): Promise<string[]> {
  const months = await store.summaryMonths(context.db, declarantsFor(principal));
  const last = addMonths(monthNow(context), -1);
  return [...new Set([last, ...months])].sort().toReversed().map(monthText);
}

/** Some checklists of a closed month that stand in a summary, for whoever makes history up. */
export const mergedChecklists = (context: Context, month: string): Promise<string[]> =>
  store.mergedOf(context.db, firstOf(month));

/** A summary to be shown as an example: one with corrections where there is one, of the latest month. */
export const shownSummary = (context: Context): Promise<string | undefined> => store.exampleSummary(context.db);
