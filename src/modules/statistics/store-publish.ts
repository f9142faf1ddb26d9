import { column, type Tx } from '#platform/db.ts';
import type { Counted } from './publish.ts';

/** The months up to one whose figures changed since they were last published. */
export async function changedUpTo(tx: Tx, month: string): Promise<string[]> {
  const rows = await tx.query<{ period: string }>(
    'select period from statistics.periods where changed and period <= $1::text::date order by period for update',
    [month],
  );
  return rows.map(({ period }) => period);
}

/**
 * What a month comes to by movement, and within it by country, chapter and route, with how many traders stand behind
 * each. Value is that of goods priced in one currency; who cancels out counts for nobody.
 */
export const countedOf = (tx: Tx, period: string, currency: string): Promise<Counted[]> =>
  tx.query<Counted>(
    `with booked as (
       select cell, trader, sum(items) as items, sum(checklists) as checklists, sum(value_minor) as value,
              sum(net_weight) as net
         from statistics.bookings where period = $1::text::date group by 1, 2
       having sum(items) <> 0 or sum(value_minor) <> 0 or sum(net_weight) <> 0
     ),
     placed as (
       select c.movement, coalesce(c.country, '') as country, coalesce(left(c.commodity, 2), '') as chapter,
              coalesce(c.route, '') as route, b.trader, b.items, b.checklists, b.net,
              case when c.currency = $2 then b.value else 0 end as value
         from booked b join statistics.cells c on c.id = b.cell
     )
     select movement,
            case when grouping(country) = 0 then 'country' when grouping(chapter) = 0 then 'chapter'
                 when grouping(route) = 0 then 'route' else 'all' end as breakdown,
            coalesce(country, chapter, route, '') as key, count(distinct trader)::int as traders,
            sum(checklists)::int8 as checklists, sum(items)::int8 as items, sum(value)::text as value,
            sum(net)::text as "netWeight"
       from placed group by grouping sets ((movement), (movement, country), (movement, chapter), (movement, route))
      order by 1, 2, 3`,
    [period, currency],
  );

/** Puts what is published of a month in the place of what was. */
export async function publish(
  tx: Tx,
  period: string,
  at: string,
  rows: readonly (Counted & { readonly closed: boolean })[],
): Promise<void> {
  const shown = (value: (row: Counted) => string) => column.text(rows.map((row) => (row.closed ? null : value(row))));
  await tx.query('delete from statistics.published where period = $1::text::date', [period]);
  await tx.query(
    `insert into statistics.published
       (period, movement, breakdown, key, checklists, items, value_minor, net_weight)
     select $1::text::date, * from unnest($2::text[], $3::text[], $4::text[], $5::text[]::int8[], $6::text[]::int8[],
       $7::text[]::numeric[], $8::text[]::numeric[])`,
    [
      period,
      column.text(rows.map(({ movement }) => movement)),
      column.text(rows.map(({ breakdown }) => breakdown)),
      column.text(rows.map(({ key }) => key)),
      shown(({ checklists }) => String(checklists)),
      shown(({ items }) => String(items)),
      shown(({ value }) => value),
      shown(({ netWeight }) => netWeight),
    ],
  );
  await tx.query('update statistics.periods set changed = false, published = $2 where period = $1::text::date', [
    period,
    at,
  ]);
}

/** One row of what everybody may read of a month; null where too few stand behind it. */
export interface PublishedRow {
  readonly movement: string;
  readonly breakdown: Counted['breakdown'];
  readonly key: string;
  readonly checklists: bigint | null;
  readonly items: bigint | null;
  readonly value: string | null;
  readonly netWeight: string | null;
}

export const publishedOf = (tx: Tx, period: string): Promise<PublishedRow[]> =>
  tx.query<PublishedRow>(
    `select movement, breakdown, key, checklists, items, value_minor::text as value, net_weight::text as "netWeight"
       from statistics.published where period = $1::text::date
      order by movement, breakdown, items desc nulls last, key`,
    [period],
  );

/** The months that are published, the last one first. */
export async function publishedMonths(tx: Tx): Promise<{ period: string; published: string }[]> {
  return tx.query<{ period: string; published: string }>(
    'select period, published from statistics.periods where published is not null order by period desc limit 120',
  );
}
