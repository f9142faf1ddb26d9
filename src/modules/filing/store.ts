import type { Tx } from '#platform/db.ts';
import type { Values } from '#portal/form.ts';
import type { Draft, Template } from './model.ts';

interface DraftRow extends Omit<Draft, 'values'> {
  readonly answers: string;
}
const draftColumns = 'id, filer, by, changed, expires, answers, parcel';
const valuesIn = (answers: string): Values => JSON.parse(answers) as Values;
const draftFrom = ({ answers, ...row }: DraftRow): Draft => ({ ...row, values: valuesIn(answers) });

/** Puts a draft down, unless it is another party's or was sent already; whether it did. */
export async function putDraft(tx: Tx, one: Draft): Promise<boolean> {
  const rows = await tx.query(
    `insert into filing.drafts (${draftColumns}) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (id) do update set answers = excluded.answers, changed = excluded.changed, expires = excluded.expires,
       parcel = excluded.parcel
     where drafts.filer = excluded.filer and drafts.parcel is null returning 1`,
    [one.id, one.filer, one.by, one.changed, one.expires, JSON.stringify(one.values), one.parcel],
  );
  return rows.length > 0;
}

export async function draftOf(tx: Tx, id: string): Promise<Draft | undefined> {
  const [row] = await tx.query<DraftRow>(`select ${draftColumns} from filing.drafts where id = $1`, [id]);
  return row && draftFrom(row);
}

/** What a party is writing, the latest first. */
export const draftsOf = async (tx: Tx, filer: string, size: number): Promise<Draft[]> =>
  (
    await tx.query<DraftRow>(
      `select ${draftColumns} from filing.drafts where filer = $1 and parcel is null order by changed desc limit $2`,
      [filer, size],
    )
  ).map(draftFrom);

export async function dropDraft(tx: Tx, filer: string, id: string): Promise<void> {
  await tx.query('delete from filing.drafts where id = $1 and filer = $2 and parcel is null', [id, filer]);
}

/** Forgets what nobody has touched for so long; how much that was. */
export async function expire(tx: Tx, now: string, size: number): Promise<number> {
  const drafts = await tx.query(
    `delete from filing.drafts where id in (select id from filing.drafts where expires <= $1 limit $2) returning 1`,
    [now, size],
  );
  const tables = await tx.query(
    `delete from filing.tables where id in (select id from filing.tables where expires <= $1 limit $2) returning 1`,
    [now, size],
  );
  return drafts.length + tables.length;
}

interface TemplateRow extends Omit<Template, 'values'> {
  readonly answers: string;
}

/** Keeps a template under its name; one of the same name gives way to it. */
export async function putTemplate(tx: Tx, one: Template & { readonly changed: string }): Promise<void> {
  await tx.query(
    `insert into filing.templates (id, filer, name, changed, answers) values ($1, $2, $3, $4, $5)
     on conflict (filer, name) do update set answers = excluded.answers, changed = excluded.changed`,
    [one.id, one.filer, one.name, one.changed, JSON.stringify(one.values)],
  );
}

export const templatesOf = async (tx: Tx, filer: string, size: number): Promise<Template[]> =>
  (
    await tx.query<TemplateRow>(
      'select id, filer, name, answers from filing.templates where filer = $1 order by name limit $2',
      [filer, size],
    )
  ).map(({ answers, ...row }) => ({ ...row, values: valuesIn(answers) }));

export async function templateOf(tx: Tx, filer: string, id: string): Promise<Template | undefined> {
  const [row] = await tx.query<TemplateRow>(
    'select id, filer, name, answers from filing.templates where filer = $1 and id = $2',
    [filer, id],
  );
  if (row === undefined) return undefined;
  const { answers, ...rest } = row;
  return { ...rest, values: valuesIn(answers) };
}

export async function dropTemplate(tx: Tx, filer: string, id: string): Promise<void> {
  await tx.query('delete from filing.templates where filer = $1 and id = $2', [filer, id]);
}
