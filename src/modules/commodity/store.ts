import { column, type Tx } from '#platform/db.ts';
import type { Alias, Catalogue, Posting } from './catalogue.ts';
import type { Word } from './words.ts';

/** The mark of the index that stands; undefined before the first. */
export async function markStanding(tx: Tx): Promise<string | undefined> {
  const [row] = await tx.query<{ mark: string }>('select mark from commodity.stand');
  return row?.mark;
}

/** Keeps others from making the index at the same time, until the transaction ends. */
export const holdIndex = (tx: Tx): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(hashtext('commodity.index'))`);

const languagesOf = (rows: readonly { language: string }[]): Buffer => column.text(rows.map((one) => one.language));
const firstsOf = (rows: readonly { first: string }[]): Buffer => column.text(rows.map((one) => one.first));
const secondsOf = (rows: readonly { second: string | null }[]): Buffer => column.text(rows.map((one) => one.second));
const textsOf = (shares: readonly number[]): Buffer => column.text(shares.map(String));

async function addPostings(tx: Tx, rows: readonly Posting[]): Promise<void> {
  await tx.query(
    `insert into commodity.postings (language, term, code, weight)
     select u.language, w.term, u.code, max(u.weight::real)
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) u(language, first, second, code, weight)
       join (select distinct language, first, second, commodity.term(language, first, second) as term
               from unnest($1::text[], $2::text[], $3::text[]) x(language, first, second)) w
         on w.language = u.language and w.first = u.first and w.second is not distinct from u.second
      where w.term <> '' group by 1, 2, 3`,
    [
      languagesOf(rows),
      firstsOf(rows),
      secondsOf(rows),
      column.text(rows.map(({ code }) => code)),
      textsOf(rows.map(({ weight }) => weight)),
    ],
  );
}

const addAliases = (tx: Tx, rows: readonly Alias[]): Promise<unknown> =>
  tx.query(
    `insert into commodity.aliases (language, term, means_language, means)
     select distinct u.language, commodity.term(u.language, u.first, u.second), 'en', commodity.stem('en', u.means)
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) u(language, first, second, means)
      where commodity.term(u.language, u.first, u.second) <> '' and commodity.stem('en', u.means) <> ''`,
    [languagesOf(rows), firstsOf(rows), secondsOf(rows), column.text(rows.map(({ means }) => means))],
  );

/** Makes the index anew. What was learned stays. */
export async function replaceIndex(tx: Tx, { mark, subheadings, postings, aliases }: Catalogue): Promise<void> {
  for (const table of ['stand', 'subheadings', 'terms', 'postings', 'aliases'])
    await tx.query(`delete from commodity.${table}`);
  await tx.query(
    `insert into commodity.subheadings (code, description, prior)
     select code, description, prior::real from unnest($1::text[], $2::text[], $3::text[]) u(code, description, prior)`,
    [
      column.text(subheadings.map(({ code }) => code)),
      column.text(subheadings.map(({ description }) => description)),
      textsOf(subheadings.map(({ prior }) => prior)),
    ],
  );
  await addPostings(tx, postings);
  await addAliases(tx, aliases);
  await tx.query(
    `insert into commodity.terms (language, term, subheadings)
     select language, term, count(*) from commodity.postings group by 1, 2`,
  );
  // What is asked right after a large index was made would be planned for the small one before it.
  for (const table of ['subheadings', 'terms', 'postings', 'aliases']) await tx.query(`analyze commodity.${table}`);
  await tx.query('insert into commodity.stand (mark, subheadings) values ($1, $2)', [mark, subheadings.length]);
}

/**
 * A word that no subheading has and nobody taught is taken for the one most like it (trigrams). Each place of the
 * description then counts once for a code: by the strongest of what its word, its likenesses and its translations say,
 * and by what was learned of it. What speaks for a code is divided by what there is to speak for. A language
 * is compared as it is so that the index by trigrams is taken and not the one by language, which is ten times slower.
 */
const search = `
  with asked as materialized (
    select place, language, share::real as share, likely, pair, term from (
      select *, commodity.term(language, first, second) as term, second is not null as pair
        from unnest($1::int4[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bool[])
          u(place, language, first, second, share, likely)) x
  ), whole as (
    select coalesce(max(subheadings), 1)::real as n from commodity.stand
  ), silent as (
    -- A word that says nothing in the language it is likely in says nothing at all.
    select place from asked where term = '' and likely
  ), told as materialized (
    select a.*, t.subheadings,
      (select count(*) from commodity.learned l where l.language = a.language and l.term = a.term) as taught
    from asked a left join commodity.terms t on t.language = a.language and t.term = a.term
    where a.term <> '' and a.place not in (select place from silent)
  ), strange as (
    select place, max(term) filter (where likely) as term, max(language) filter (where likely) as language,
      max(share) as share
    from told group by place
    having bool_and(subheadings is null and taught = 0) and not bool_or(pair)
  ), alike as (
    select s.place, n.language, n.term, (s.share * n.likeness)::real as share from strange s cross join lateral (
      select t.language, t.term, similarity(t.term, s.term) as likeness from commodity.terms t
      where length(s.term) >= 5 and s.language <> 'zh' and t.language || '' = s.language
        and t.term % s.term and position(' ' in t.term) = 0
      order by likeness desc, t.term limit 1) n where n.likeness >= 0.45
  ), meant as materialized (
    select place, pair, language, term, share from told where subheadings is not null or taught > 0
    union all select place, false, language, term, share from alike
    union all select t.place, t.pair, a.means_language, a.means, t.share * 0.9 from told t
      join commodity.aliases a on a.language = t.language and a.term = t.term
  ), rare as (
    select m.place, m.pair, m.language, m.term, m.share,
      ln(1 + w.n / greatest(coalesce(t.subheadings, 0),
        (select count(*) from commodity.learned l where l.language = m.language and l.term = m.term), 1)) as rarity
    from meant m cross join whole w left join commodity.terms t on t.language = m.language and t.term = m.term
  ), spoken as (
    select r.place, r.pair, p.code, max(r.share * r.rarity * p.weight) as own, 0::float8 as taught, max(r.share * r.rarity) as most
    from rare r join commodity.postings p on p.language = r.language and p.term = r.term group by 1, 2, 3
    union all
    select place, pair, code, 0, max(share * rarity * times / (total + 0.5)), max(share * rarity) from (
      select r.*, l.code, l.times::float8 as times, sum(l.times) over (partition by r.place, r.language, r.term) as total
      from rare r join commodity.learned l on l.language = r.language and l.term = r.term) x group by 1, 2, 3
  ), places as (
    select place, pair, code, max(most) as most, max(own) as own, max(taught) as taught from spoken group by 1, 2, 3
  ), codes as (
    select code, sum(case when pair then 0.35 else 1 end
      * most * (1 - (1 - own / most) * (1 - taught / most))) as speaks
    from places where most > 0 group by code
  ), there as (
    -- What nobody knows the meaning of counts half: it may be a name.
    select sum(most) as is from (
      select place, max(share * rarity) as most from rare where not pair group by place
      union all
      select s.place, s.share * ln(1 + w.n / 5) / 2 from strange s cross join whole w
       where s.place not in (select place from rare)) x
  )
  select c.code, least(100, round((100 * c.speaks / there.is)::numeric))::int as score, s.description
  from codes c join commodity.subheadings s using (code) cross join there
  where there.is > 0
  order by 100 * c.speaks / there.is + s.prior desc, c.code
  limit $7`;

/** A code with how much of the words speaks for it, of a hundred. */
export interface Found {
  readonly code: string;
  readonly score: number;
  readonly description: string;
}

/** The codes that words speak for, the best first; the same words give the same order. */
export async function searched(tx: Tx, words: readonly Word[], limit: number): Promise<Found[]> {
  if (words.length === 0) return [];
  return tx.query<Found>(search, [
    column.int4(words.map(({ place }) => place)),
    languagesOf(words),
    firstsOf(words),
    secondsOf(words),
    textsOf(words.map(({ share }) => share)),
    column.bool(words.map(({ likely }) => likely)),
    limit,
  ]);
}

/** Counts once more that goods with these words were released under their code. */
export const learn = (tx: Tx, rows: readonly Pick<Posting, 'language' | 'first' | 'second' | 'code'>[]) =>
  tx.query(
    `insert into commodity.learned (language, term, code, times)
     select u.language, commodity.term(u.language, u.first, u.second), u.code, count(*)
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) u(language, first, second, code)
      where commodity.term(u.language, u.first, u.second) <> '' group by 1, 2, 3
      order by 1, 2, 3
     on conflict (language, term, code) do update set times = commodity.learned.times + excluded.times`,
    [languagesOf(rows), firstsOf(rows), secondsOf(rows), column.text(rows.map(({ code }) => code))],
  );

/** A suggestion as it is stored. */
export interface SuggestionRow {
  readonly id: string;
  readonly asked: string;
  readonly askedBy: string | null;
  readonly pack: string;
  readonly threshold: number | null;
}

export interface LineRow {
  readonly line: number;
  readonly text: string;
  readonly language: string;
  readonly candidates: string;
  readonly person: boolean;
  readonly chosen: string | null;
}

export async function add(tx: Tx, one: SuggestionRow, lines: readonly LineRow[]): Promise<void> {
  await tx.query(
    `with head as (
       insert into commodity.suggestions (id, asked, asked_by, pack, threshold)
       values ($1, $2, $3, $4, $5) returning id)
     insert into commodity.lines (suggestion, line, text, language, candidates, person)
     select head.id, u.line, u.text, u.language, u.candidates, u.person
       from head, unnest($6::int4[], $7::text[], $8::text[], $9::text[], $10::bool[])
         u(line, text, language, candidates, person)`,
    [
      one.id,
      one.asked,
      one.askedBy,
      one.pack,
      one.threshold,
      column.int4(lines.map(({ line }) => line)),
      column.text(lines.map(({ text }) => text)),
      languagesOf(lines),
      column.text(lines.map(({ candidates }) => candidates)),
      column.bool(lines.map(({ person }) => person)),
    ],
  );
}

export async function byId(tx: Tx, id: string): Promise<{ head: SuggestionRow; lines: LineRow[] } | undefined> {
  const [head] = await tx.query<SuggestionRow>(
    `select id, asked, asked_by as "askedBy", pack, threshold from commodity.suggestions where id = $1`,
    [id],
  );
  if (head === undefined) return undefined;
  const lines = await tx.query<LineRow>(
    'select line, text, language, candidates, person, chosen from commodity.lines where suggestion = $1 order by line',
    [id],
  );
  return { head, lines };
}

/** Notes what was chosen of a line; a later choice takes the place of an earlier one. */
export const choose = (tx: Tx, id: string, line: number, code: string, at: string): Promise<unknown> =>
  tx.query('update commodity.lines set chosen = $3, chosen_at = $4 where suggestion = $1 and line = $2', [
    id,
    line,
    code,
    at,
  ]);

/** Forgets what was suggested before a moment, a bounded number at a time; how many went. */
export async function forget(tx: Tx, before: string): Promise<number> {
  const rows = await tx.query(
    `delete from commodity.suggestions where id in (
       select id from commodity.suggestions where asked < $1 order by asked limit 1000) returning 1`,
    [before],
  );
  return rows.length;
}
