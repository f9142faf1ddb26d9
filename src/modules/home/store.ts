import { column, type Tx } from '#platform/db.ts';
import type { LaneCount, News } from './model.ts';
import { newsKept } from './model.ts';

/** Adds to figures of days, each by so much. */
export const addFigures = async (
  tx: Tx,
  rows: readonly { day: string; name: string; count: bigint }[],
): Promise<void> => {
  await tx.query(
    `insert into home.figures as f (day, name, count) select * from unnest($1::date[], $2::text[], $3::int8[])
      on conflict (day, name) do update set count = f.count + excluded.count`,
    [
      column.date(rows.map((row) => row.day)),
      column.text(rows.map((row) => row.name)),
      column.int8(rows.map((row) => row.count)),
    ],
  );
};

export const addLanes = async (
  tx: Tx,
  rows: readonly { day: string; origin: string; office: string; count: bigint }[],
): Promise<void> => {
  await tx.query(
    `insert into home.lanes as l (day, origin, office, count) select * from unnest($1::date[], $2::text[], $3::text[], $4::int8[])
      on conflict (day, origin, office) do update set count = l.count + excluded.count`,
    [
      column.date(rows.map((row) => row.day)),
      column.text(rows.map((row) => row.origin)),
      column.text(rows.map((row) => row.office)),
      column.int8(rows.map((row) => row.count)),
    ],
  );
};

export const addWaiting = async (
  tx: Tx,
  rows: readonly { origin: string; office: string; count: bigint }[],
): Promise<void> => {
  await tx.query(
    `insert into home.waiting as w (origin, office, count) select * from unnest($1::text[], $2::text[], $3::int8[])
      on conflict (origin, office) do update set count = w.count + excluded.count`,
    [
      column.text(rows.map((row) => row.origin)),
      column.text(rows.map((row) => row.office)),
      column.int8(rows.map((row) => row.count)),
    ],
  );
};

export async function addNews(tx: Tx, news: readonly Omit<News, 'number'>[]): Promise<void> {
  await tx.query(
    `insert into home.news (at, what, route, ground)
     select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[])`,
    [
      news.map((one) => one.at),
      column.text(news.map((one) => one.what)),
      column.text(news.map((one) => one.route)),
      column.text(news.map((one) => one.ground)),
    ],
  );
  await tx.query(`delete from home.news where number <= (select max(number) from home.news) - ${newsKept}`);
}

/** The figures of one day, and the sums since another. */
export const figures = (
  tx: Tx,
  today: string,
  since: string,
): Promise<{ name: string; today: bigint; month: bigint }[]> =>
  tx.query(
    `select name, coalesce(sum(count) filter (where day = $1::date), 0)::int8 as today, sum(count)::int8 as month
       from home.figures where day >= $2::date group by name`,
    [today, since],
  );

export const lanes = (tx: Tx, since: string, limit: number): Promise<LaneCount[]> =>
  tx.query(
    `select l.origin, l.office, l.volume::int as volume, coalesce(greatest(w.count, 0), 0)::int as waiting
       from (select origin, office, sum(count) as volume from home.lanes where day >= $1::date group by 1, 2) l
       left join home.waiting w using (origin, office)
      order by l.volume desc limit $2`,
    [since, limit],
  );

/** News after a number, newest first. */
export const newsAfter = (tx: Tx, after: bigint, limit: number): Promise<News[]> =>
  tx.query('select number, at, what, route, ground from home.news where number > $1 order by number desc limit $2', [
    after,
    limit,
  ]);
