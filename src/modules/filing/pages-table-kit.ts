import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { button, table as tableOf } from '#portal/components.ts';
import { csrfField, type Field } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';
import type { Visit } from '#modules/parties/index.ts';
import { settingOf } from './fields.ts';
import type { FaultRow } from './store-table.ts';
import type { Table } from './table.ts';
import { columnFields, numberColumn } from './table-read.ts';

/** What a column says, in words: those of the form's field. */
export const columnLabel = (t: Words, fields: readonly Field[], name: string): string => {
  if (name === numberColumn) return t('filing.table.number');
  const field = fields.find((one) => one.name === name);
  return field === undefined ? name : t(field.label);
};

export const fieldsFor = (context: Context, { t, who }: Visit): readonly Field[] =>
  columnFields(t, settingOf(context.reference.current(), who));

export const crumbs = ({ t }: Visit, title?: string) => [
  { text: t('filing.title'), href: '/file' },
  ...(title === undefined
    ? [{ text: t('filing.table.title') }]
    : [{ text: t('filing.table.title'), href: '/file/table' }, { text: title }]),
];

export const discardForm = ({ t, csrf }: Visit, { id }: Table): Html =>
  html`<form method="post" action="/file/table/${id}/delete">${csrfField(csrf)}${button({ text: t('filing.table.delete'), kind: 'second' })}</form>`;

/** What is wrong with a row, in words. */
export function faultText(t: Words, { code, params }: Pick<FaultRow, 'code' | 'params'>): string {
  const given = JSON.parse(params) as Record<string, string>;
  const { status } = given;
  const known = status !== undefined && t.has(`portal.status.${status}`) ? t(`portal.status.${status}`) : status;
  return t.has(code) ? t(code, { ...given, ...(known === undefined ? {} : { status: known }) }) : code;
}

export function faultsTable(context: Context, visit: Visit, faults: readonly FaultRow[]): Html {
  const { t } = visit;
  const fields = fieldsFor(context, visit);
  return tableOf({
    caption: t('filing.table.faults'),
    columns: [
      { head: t('filing.table.row'), cell: ({ line }: FaultRow) => ref(String(line)), rowHeader: true, numeric: true },
      {
        head: t('filing.table.cell'),
        cell: ({ cell }: FaultRow) => (cell === null ? '–' : ref(String(cell))),
        numeric: true,
      },
      {
        head: t('filing.table.says'),
        cell: ({ pointer }: FaultRow) => (pointer === null ? '–' : columnLabel(t, fields, pointer)),
      },
      {
        head: t('filing.table.number'),
        cell: ({ declaration }: FaultRow) => (declaration === null ? '–' : ref(declaration)),
      },
      { head: t('filing.table.wrong'), cell: (fault: FaultRow) => faultText(t, fault) },
    ],
    rows: faults,
    empty: html`<p>${t('filing.table.faultless')}</p>`,
  });
}
