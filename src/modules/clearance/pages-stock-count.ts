import type { FastifyReply } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { isUuid, newId } from '#kernel/id.ts';
import { refuse } from '#kernel/result.ts';
import { may } from '#platform/auth.ts';
import { button, inset, linkButton, pagination, table } from '#portal/components.ts';
import { csrfField, errorsOf, type Field, formFields, posted, errorSummaryOf } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { quantity, ref, when, written } from '#portal/values.ts';
import { casesOf, recordOf as caseRecord } from '#modules/cases/index.ts';
import { amountOf, bookAt, lineAt, notThere, queried, type StockTried, type StockVisit } from './pages-stock-kit.ts';
import { type CountAnswer, countStock, countView } from './stock-count.ts';
import { stockBook, type StockLine } from './stock-views.ts';

type Line = Partial<StockLine> & { readonly item: string };

/** Lines on one sheet; a longer book is counted in several. */
const sheetMax = 50;

const referenceField: Field = {
  name: 'reference',
  label: 'clearance.stock.reference',
  type: 'text',
  latin: true,
  width: 20,
};

/** What is asked of one line: how much was counted, and what explains a difference. */
const lineFields = ({ unit }: Line, index: number): Field[] => [
  {
    name: `lines.${index}.quantity`,
    label: 'clearance.stock.counted',
    type: 'decimal',
    optional: true,
    width: 10,
    suffix: unit ?? '',
  },
  { name: `lines.${index}.explanation`, label: 'clearance.stock.explanation', type: 'text', optional: true },
];

const fieldsOf = (lines: readonly Line[]): Field[] => [referenceField, ...lines.flatMap(lineFields)];

/** The address of a sheet: the lines behind one, or the first ones. */
const sheetAt = (book: string, after: string): string =>
  `${bookAt(book)}/count${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`;

/** The sheet's form: each line by its goods and item as they stand on the shelf, and not by what the book says. */
function sheetOf(visit: StockVisit, book: string, lines: readonly Line[], tried?: StockTried): Html {
  const { context, request, t } = visit;
  const values = tried?.values ?? { reference: newId(context.clock.now()).slice(-12) };
  const errors = errorsOf(t, fieldsOf(lines), tried?.refusal);
  const summary = errorSummaryOf(t, errors);
  const drawn = (fields: readonly Field[]): Html => formFields(t, { fields, values, errors });
  const parts = lines.map(
    (line, index) =>
      html`<fieldset class="govuk-fieldset"><legend class="govuk-fieldset__legend">${written(line.description ?? line.item, line.language)} · ${ref(line.item)}</legend>${drawn(lineFields(line, index))}</fieldset>`,
  );
  return html`${summary}<form method="post" action="${sheetAt(book, queried(visit, 'after'))}" novalidate>${csrfField(context.csrf(request))}${drawn([referenceField])}${parts}<div class="govuk-button-group">${button({ text: t('clearance.stock.count-submit') })}</div></form>`;
}

/** The sheet on which the lines of a book are counted. */
export async function countFormPage(visit: StockVisit, book: string, tried?: StockTried): Promise<FastifyReply> {
  const { context, reply, who, frame, t } = visit;
  const found = await stockBook(context, who, book, queried(visit, 'after'), sheetMax);
  if (!found.ok) return notThere(visit, found.error);
  const { lines, next } = found.value;
  const title = t('clearance.stock.count-of', { number: book });
  const main = html`<h1>${t.html('clearance.stock.count-of', { number: ref(book) })}</h1><p class="lead">${t('clearance.stock.count-text')}</p>${sheetOf(visit, book, lines, tried)}${pagination(t, next === null ? {} : { next: sheetAt(book, next) })}`;
  const breadcrumbs = [
    { text: t('clearance.stock.title'), href: '/stock' },
    { text: book, href: bookAt(book) },
    { text: t('clearance.stock.count') },
  ];
  const status = tried === undefined ? 200 : 422;
  return sendPage(reply, page({ ...frame, title, main, breadcrumbs, error: tried !== undefined }), status);
}

/** Takes what was filled in; a line that was left empty was not counted. */
export async function counted(visit: StockVisit, book: string): Promise<FastifyReply> {
  const { context, request, reply, who } = visit;
  const found = await stockBook(context, who, book, queried(visit, 'after'), sheetMax);
  if (!found.ok) return notThere(visit, found.error);
  const values = posted(fieldsOf(found.value.lines), request.body);
  const { reference = '' } = values;
  const filled = found.value.lines.flatMap(({ item }, index) => {
    const many = values[`lines.${index}.quantity`] ?? '';
    const explanation = values[`lines.${index}.explanation`] ?? '';
    return many === '' ? [] : [{ index, line: { item, quantity: many, ...(explanation && { explanation }) } }];
  });
  const wrong = filled
    .filter(({ line }) => !/^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$/.test(line.quantity))
    .map(({ index }) => ({ code: 'clearance/stock.wrong-quantity', pointer: `/lines/${index}/quantity` }));
  const named = /^[\x21-\x7e]{1,64}$/.test(reference);
  const faults = [
    ...(named ? [] : [{ code: 'clearance/stock.wrong-reference', pointer: '/reference' }]),
    ...(filled.length > 0 ? [] : [{ code: 'clearance/stock.nothing-counted', pointer: '/lines/0/quantity' }]),
    ...wrong,
  ];
  const [first, ...more] = faults;
  const body = { reference, book, counted: context.clock.instant(), lines: filled.map(({ line }) => line) };
  // The moment is the window's own here, so it says nothing about whether two forms are the same.
  const said = JSON.stringify({ ...body, counted: null });
  const done =
    first === undefined
      ? await countStock(context, who, body, said)
      : refuse(first.code, { pointer: first.pointer, more });
  return done.ok
    ? reply.redirect(`${bookAt(book)}/counts/${done.value.id}`, 303)
    : countFormPage(visit, book, { form: 'count', values, refusal: done.error });
}

type Row = CountAnswer['lines'][number] & { readonly link: Html | string };

/** What a count came to: line by line, with the case that a difference has opened. */
export async function countPage(visit: StockVisit, book: string, id: string): Promise<FastifyReply> {
  const { context, reply, who, frame, t, timeZone } = visit;
  const found = isUuid(id)
    ? await countView(context, who, book, id)
    : refuse('clearance/book-unknown', { params: { book } });
  if (!found.ok) return notThere(visit, found.error);
  const { counted: at, lines } = found.value;
  const subjects = lines.flatMap((one) => (one.case === null ? [] : [one.case]));
  const cases = await casesOf(context.db, subjects);
  const rows = lines.map((one): Row => {
    const opened = cases.find(({ subject }) => subject === one.case);
    if (opened === undefined) return { ...one, link: t('clearance.stock.agrees') };
    const text = t(opened.closed === null ? 'clearance.stock.case' : 'clearance.stock.case-closed');
    const link = may(who, 'case.read', caseRecord(opened)) ? html`<a href="/cases/${opened.id}">${text}</a>` : text;
    return { ...one, link };
  });
  const list = table<Row>({
    caption: t('clearance.stock.lines'),
    hideCaption: true,
    rows,
    columns: [
      {
        head: t('clearance.stock.item'),
        cell: ({ item }) => html`<a href="${lineAt(book, item)}">${ref(item)}</a>`,
        rowHeader: true,
      },
      { head: t('clearance.stock.expected'), cell: (row) => amountOf(t, row.expected, row.unit), numeric: true },
      { head: t('clearance.stock.counted'), cell: (row) => amountOf(t, row.counted, row.unit), numeric: true },
      {
        head: t('clearance.stock.difference'),
        cell: ({ difference }) => (difference === '0' ? '–' : quantity(t, difference)),
        numeric: true,
      },
      { head: t('clearance.stock.what-follows'), cell: ({ link }) => link },
    ],
  });
  const says = subjects.length > 0 ? 'clearance.stock.differs' : 'clearance.stock.all-agree';
  const title = t('clearance.stock.counted-on', { number: book });
  const main = html`<h1>${t.html('clearance.stock.counted-on', { number: ref(book) })}</h1><p class="lead">${when(t, at, timeZone)}</p>${inset(html`<p>${t(says, { count: subjects.length })}</p>`, subjects.length > 0 ? 'hand' : 'released')}${list}<p>${linkButton({ text: t('clearance.stock.back'), href: bookAt(book), kind: 'second' })}</p>`;
  const breadcrumbs = [
    { text: t('clearance.stock.title'), href: '/stock' },
    { text: book, href: bookAt(book) },
    { text: title },
  ];
  return sendPage(reply, page({ ...frame, title, main, breadcrumbs, wide: true }));
}
