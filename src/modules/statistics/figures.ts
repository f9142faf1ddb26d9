import { formatMoney } from '#kernel/money.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, type RecordRef, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { type Dimension, firstOf, monthText } from './model.ts';
import { sumsView, type SumsView } from './service.ts';
import { sumsOf } from './store-sums.ts';
import { publishedMonths, publishedOf, type PublishedRow } from './store-publish.ts';
import { figureMonths, figuresBy, figuresOf } from './store-read.ts';

const record: RecordRef = { kind: 'statistics', id: '', parties: {}, desk: null };

/** Whether this principal may read figures that are not published. */
export const mayReadFigures = (principal: Principal): boolean => may(principal, 'statistics.read', record);

/** One row of the figures of a month, by whatever they are put together. */
export interface FigureView extends SumsView {
  readonly movement: string;
  readonly key: string | null;
  readonly currency: string;
}

/** The figures of a month by one dimension, as far as this principal sees them. */
export async function figuresView(
  context: Context,
  principal: Principal,
  month: string,
  by: Dimension,
): Promise<Result<Partial<FigureView>[]>> {
  if (!mayReadFigures(principal)) return refuse('statistics/not-yours');
  const rows = await figuresBy(context.db, firstOf(month), by);
  return ok(
    rows.map(({ movement, key, currency, ...row }) =>
      view(principal, { ...record, data: { movement, key, currency, ...sumsView(currency, sumsOf(row)) } }),
    ),
  );
}

/** A figure as it is kept: everything that is counted together in one month. */
export interface CellView extends SumsView {
  readonly movement: string;
  readonly route: string | null;
  readonly procedure: string | null;
  readonly country: string | null;
  readonly commodity: string | null;
  readonly currency: string;
  readonly unit: string;
}

/** Every figure of a month, as far as this principal sees them. */
export async function cellsView(
  context: Context,
  principal: Principal,
  month: string,
): Promise<Result<Partial<CellView>[]>> {
  if (!mayReadFigures(principal)) return refuse('statistics/not-yours');
  const rows = await figuresOf(context.db, firstOf(month));
  return ok(
    rows.map(({ movement, route, procedure, country, commodity, currency, unit, ...row }) => {
      const dimensions = { movement, route, procedure, country, commodity, currency, unit };
      return view(principal, { ...record, data: { ...dimensions, ...sumsView(currency, sumsOf(row)) } });
    }),
  );
}

/** The months of which there are figures, the last one first. */
export const monthsWithFigures = async (context: Context): Promise<string[]> =>
  (await figureMonths(context.db)).map(monthText);

/** A row of what everybody may read; without figures it has too few traders behind it, or would tell one that has. */
export interface PublishedView extends Omit<PublishedRow, 'value' | 'checklists' | 'items'> {
  readonly checklists: number | null;
  readonly items: number | null;
  readonly value: SumsView['value'] | null;
}

export interface PublishedMonth {
  readonly month: string;
  readonly published: string;
  readonly currency: string;
  readonly rows: readonly PublishedView[];
}

/** The published months, the last one first. */
export const publishedList = async (context: Context): Promise<{ month: string; published: string }[]> =>
  (await publishedMonths(context.db)).map(({ period, published }) => ({ month: monthText(period), published }));

/** The published figures of a month; undefined where it is not published. They name nobody and are for everybody. */
export async function publishedMonth(context: Context, month: string): Promise<PublishedMonth | undefined> {
  const found = (await publishedList(context)).find((one) => one.month === month);
  if (found === undefined) return undefined;
  const { currency } = context.reference.current().get(packsPart).home;
  const rows = await publishedOf(context.db, firstOf(month));
  return {
    ...found,
    currency,
    rows: rows.map((row) => ({
      ...row,
      checklists: row.checklists === null ? null : Number(row.checklists),
      items: row.items === null ? null : Number(row.items),
      value: row.value === null ? null : formatMoney({ currency, minor: BigInt(row.value) }),
    })),
  };
}
