import { html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { button, table as tableOf } from '#portal/components.ts';
import { type Choice, csrfField, errorsOf, type Field, formFields, posted, errorSummaryOf } from '#portal/form.ts';
import { written } from '#portal/values.ts';
import { type Answer, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { columnLabel, crumbs, discardForm, fieldsFor } from './pages-table-kit.ts';
import { beginning, type Beginning, remembered, setMapping, type Table, table } from './table.ts';
import { fixable, type Mapping, numberColumn, ownColumns } from './table-read.ts';

/** Which column of a table is what: asked once for each head, and remembered. */

/** A mapping to begin with: the one used last, or whatever a head says in our names or words. */
async function guessed(context: Context, visit: Visit, one: Table, head: readonly string[]): Promise<Mapping> {
  const before = one.mapping ?? (await remembered(context, one, head));
  if (before !== undefined) return before;
  const { t, who } = visit;
  const fields = fieldsFor(context, visit);
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_.]+/g, '-');
  const names = [numberColumn, ...fields.map(({ name }) => name)];
  const byWord = new Map([
    ...names.map((name) => [plain(columnLabel(t, fields, name)), name] as const),
    ...[...ownColumns].filter(([, name]) => names.includes(name)),
  ]);
  const columns = head.map((text) => byWord.get(plain(text)) ?? null);
  const fixed = Object.fromEntries(fields.map(({ name, value = '' }) => [name, value]));
  return {
    columns: columns.map((name, index) => (name !== null && columns.indexOf(name) < index ? null : name)),
    fixed: {
      ...fixed,
      'declaration.movement': 'import',
      'declaration.nature': 'sale',
      'declaration.declarant': who.party ?? '',
      'orders.0.platform': who.party ?? '',
    },
    language: t.lang,
  };
}

/** The fields of a mapping: what each column is, and what is the same for every row. */
function mappingFields(
  context: Context,
  visit: Visit,
  head: readonly string[],
  mapping: Pick<Mapping, 'columns' | 'fixed'>,
) {
  const { t } = visit;
  const fields = fieldsFor(context, visit);
  const options: Choice[] = [
    { value: '', label: 'filing.table.aside' },
    { value: numberColumn, label: 'filing.table.number' },
    ...fields.map(({ name, label }) => ({ value: name, text: t(label) })),
  ];
  const columns = head.map(
    (text, index): Field => ({
      name: `column.${index}`,
      label: 'filing.table.column',
      text,
      type: 'select',
      options,
      value: mapping.columns[index] ?? '',
    }),
  );
  const fixed = fixable.flatMap((name): Field[] => {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) return [];
    const type = field.type === 'radios' ? 'select' : field.type;
    return [{ ...field, type, name: `fixed.${name}`, value: mapping.fixed[name] ?? '', optional: true }];
  });
  return { columns, fixed };
}

export async function mappingPage(
  context: Context,
  visit: Visit,
  one: Table,
  start: Beginning,
  refusal?: Refusal,
): Promise<Answer> {
  const { t, csrf } = visit;
  const { head, rows } = start;
  const mapping = await guessed(context, visit, one, head);
  const { columns, fixed } = mappingFields(context, visit, head, mapping);
  const fields = [...columns, ...fixed];
  const values = refusal === undefined ? {} : posted(fields, visit.request.body);
  const errors = errorsOf(t, fields, refusal).map((error) => {
    const name = /^\/needed\/(.+)$/.exec(refusal?.pointer ?? '')?.[1];
    return name === undefined
      ? error
      : { text: t('portal.errors.named', { name: columnLabel(t, fieldsFor(context, visit), name), text: error.text }) };
  });
  const summary = errorSummaryOf(t, errors);
  const shown = tableOf({
    caption: t('filing.table.first-rows'),
    columns: head.map((text, index) => ({
      head: text === '' ? String(index + 1) : text,
      cell: (row: Beginning['rows'][number]) => written(row[index]?.text ?? ''),
    })),
    rows: rows.slice(0, 4),
  });
  const drawn = { values, errors };
  const title = t('filing.table.mapping');
  const main = html`${summary}<h1>${title}</h1><p class="lead">${t('filing.table.mapping-text')}</p>${shown}<form method="post" action="/file/table/${one.id}/mapping" novalidate>${csrfField(csrf)}<fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${t('filing.table.columns')}</legend><div class="fields">${formFields(t, { fields: columns, ...drawn })}</div></fieldset><fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${t('filing.table.fixed')}</legend><p class="small">${t('filing.table.fixed-text')}</p><div class="fields">${formFields(t, { fields: fixed, ...drawn })}</div></fieldset><div class="govuk-button-group">${button({ text: t('filing.table.look') })}</div></form>${discardForm(visit, one)}`;
  return {
    page: { title, main, wide: true, breadcrumbs: crumbs(visit, one.name), ...(refusal ? { error: true } : {}) },
    ...(refusal ? { status: 422 } : {}),
  };
}

export async function mapped(context: Context, visit: Visit): Promise<Answer> {
  const found = await table(context, visit.who, textOf(visit.request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const start = await beginning(context, found.value);
  if (!start.ok) return refusedPage(visit, start.error);
  const { head } = start.value;
  const drawn = mappingFields(context, visit, head, { columns: [], fixed: {} });
  const values = posted([...drawn.columns, ...drawn.fixed], visit.request.body);
  const names = new Set([numberColumn, ...fieldsFor(context, visit).map(({ name }) => name)]);
  const columns = head.map((_, index) => {
    const name = values[`column.${index}`] ?? '';
    return names.has(name) ? name : null;
  });
  const said = fixable.map((name) => [name, values[`fixed.${name}`] ?? ''] as const);
  const fixed = Object.fromEntries(said.filter(([name, text]) => text !== '' && !columns.includes(name)));
  const mapping = { columns, fixed, language: visit.t.lang };
  const done = await setMapping(context, found.value, head, mapping);
  return done.ok
    ? { to: `/file/table/${found.value.id}` }
    : mappingPage(context, visit, found.value, start.value, done.error);
}
