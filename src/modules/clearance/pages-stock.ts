import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { newId } from '#kernel/id.ts';
import { refuse } from '#kernel/result.ts';
import { may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, emptyState, linkButton, pagination, summaryList, table } from '#portal/components.ts';
import { type Field, form, posted } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { count, money, ref, when, written } from '#portal/values.ts';
import { nameIn, packsPart } from '#modules/rulebook/index.ts';
import { counted, countFormPage, countPage } from './pages-stock-count.ts';
import {
  bookAt,
  figureOf,
  lineAt,
  notThere,
  queried,
  type StockTried,
  stockVisit,
  type StockVisit,
} from './pages-stock-kit.ts';
import { linePage } from './pages-stock-line.ts';
import { bookRecord, openBook } from './stock-book.ts';
import { enterStock } from './stock-entry.ts';
import { bookCsv } from './stock-csv.ts';
import { stockBook, stockBooks, type StockLine } from './stock-views.ts';

type Line = Partial<StockLine> & { readonly item: string };

/** The fields of a new book: where its goods lie, and under which office. */
function bookFields({ context, t, voice, who }: StockVisit): Field[] {
  const { home } = context.reference.current().get(packsPart);
  const offices = home.offices.map(({ id, name }) => ({ value: id, text: nameIn(t, name) }));
  const zones = [...home.program.zones.keys()].map((id) => ({ value: id, text: voice('zone', id) }));
  return [
    { name: 'number', label: 'clearance.stock.number', type: 'text', latin: true, width: 20 },
    { name: 'operator', label: '', type: 'hidden', value: who.party ?? '' },
    { name: 'place', label: 'clearance.stock.place', hint: 'clearance.stock.place-hint', type: 'text', latin: true },
    { name: 'office', label: 'clearance.stock.office', type: 'select', options: offices },
    {
      name: 'zone',
      label: 'clearance.stock.zone',
      type: 'select',
      optional: true,
      options: [{ value: '', label: 'clearance.stock.no-zone' }, ...zones],
    },
  ];
}

const keeps = ({ who }: StockVisit, operator: string): boolean =>
  may(who, 'stock.keep', bookRecord({ id: '', operator }));

async function listPage(visit: StockVisit, tried?: StockTried): Promise<FastifyReply> {
  const { context, request, reply, who, frame, t } = visit;
  const { books, next } = await stockBooks(context, who, queried(visit, 'after'));
  const opening = keeps(visit, who.party ?? '')
    ? details(
        t('clearance.stock.open'),
        html`<p class="small">${t('clearance.stock.open-text')}</p>${form(t, {
          action: '/stock',
          fields: bookFields(visit),
          submit: t('clearance.stock.open'),
          csrf: context.csrf(request),
          ...tried,
        })}`,
        tried !== undefined,
      )
    : '';
  const list = table({
    caption: t('clearance.stock.title'),
    hideCaption: true,
    rows: books,
    columns: [
      {
        head: t('clearance.stock.number'),
        rowHeader: true,
        cell: ({ number }) => html`<a href="${bookAt(number)}">${ref(number)}</a>`,
      },
      { head: t('clearance.stock.operator'), cell: ({ operator }) => ref(operator) },
      { head: t('clearance.stock.place'), cell: ({ place }) => ref(place) },
      { head: t('clearance.stock.office'), cell: ({ office }) => officeName(visit, office) },
      { head: t('clearance.stock.lines'), cell: ({ lines }) => count(t, lines), numeric: true },
    ],
    empty: emptyState({ title: t('clearance.stock.none'), body: t('clearance.stock.none-text') }),
  });
  const more = pagination(t, next === null ? {} : { next: `/stock?after=${encodeURIComponent(next)}` });
  const title = t('clearance.stock.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('clearance.stock.lead')}</p>${list}${more}${opening}`;
  const status = tried === undefined ? 200 : 422;
  return sendPage(reply, page({ ...frame, title, main, wide: true, error: tried !== undefined }), status);
}

function officeName({ context, t }: StockVisit, office: string): Html {
  const found = context.reference
    .current()
    .get(packsPart)
    .home.offices.find(({ id }) => id === office);
  return found === undefined ? ref(office) : html`${nameIn(t, found.name)}`;
}

const entryFields: readonly Field[] = [
  { name: 'reference', label: 'clearance.stock.reference', type: 'text', latin: true, width: 20 },
  {
    name: 'lines.0.import',
    label: 'clearance.stock.import',
    hint: 'clearance.stock.import-hint',
    type: 'text',
    latin: true,
  },
  { name: 'lines.0.line', label: 'clearance.stock.import-line', type: 'decimal', value: '1', width: 3 },
  { name: 'lines.0.quantity', label: 'clearance.stock.quantity', type: 'decimal', width: 10 },
  {
    name: 'lines.0.item',
    label: 'clearance.stock.item',
    hint: 'clearance.stock.item-hint',
    type: 'text',
    latin: true,
    width: 10,
  },
];

function linesTable({ t }: StockVisit, book: string, lines: readonly Line[]): Html {
  const figure = (name: keyof StockLine['figures'], key: string = name) => ({
    head: t(`clearance.stock.${key}`),
    cell: ({ figures }: Line) => figureOf(t, figures?.[name]),
    numeric: true,
  });
  return table<Line>({
    caption: t('clearance.stock.lines'),
    rows: lines,
    columns: [
      { head: t('clearance.stock.item'), cell: ({ item }) => ref(item) },
      {
        head: t('clearance.goods.description'),
        rowHeader: true,
        cell: ({ item, description, language, commodity, origin }) =>
          html`<a href="${lineAt(book, item)}">${description === undefined ? ref(item) : written(description, language)}</a>${commodity === undefined ? '' : html`<br><span class="small">${ref(`${commodity}${origin ? ` · ${origin}` : ''}`)}</span>`}`,
      },
      { head: t('clearance.stock.owner'), cell: ({ owner }) => (owner ? ref(owner) : '–') },
      { head: t('clearance.stock.unit'), cell: ({ unit }) => (unit ? ref(unit) : '–') },
      figure('entered'),
      figure('gone'),
      figure('onHand', 'on-hand'),
      figure('reserved'),
      figure('free'),
      {
        head: t('clearance.stock.unit-value'),
        cell: ({ unitValue }) => (unitValue ? money(t, unitValue) : '–'),
        numeric: true,
      },
    ],
    empty: emptyState({ title: t('clearance.stock.no-lines'), body: t('clearance.stock.no-lines-text') }),
  });
}

async function bookPage(visit: StockVisit, number: string, tried?: StockTried): Promise<FastifyReply> {
  const { context, request, reply, who, frame, t, timeZone } = visit;
  const found = await stockBook(context, who, number, queried(visit, 'after'));
  if (!found.ok) return notThere(visit, found.error);
  const { book, lines, next } = found.value;
  const head = summaryList([
    { key: t('clearance.stock.operator'), value: ref(book.operator) },
    { key: t('clearance.stock.place'), value: ref(book.place) },
    { key: t('clearance.stock.office'), value: officeName(visit, book.office) },
    ...(book.zone === null ? [] : [{ key: t('clearance.stock.zone'), value: visit.voice('zone', book.zone) }]),
    { key: t('clearance.stock.opened'), value: when(t, book.opened, timeZone) },
  ]);
  const entering = keeps(visit, book.operator)
    ? details(
        t('clearance.stock.enter'),
        html`<p class="small">${t('clearance.stock.enter-text')}</p>${form(t, {
          action: `${bookAt(number)}/entries`,
          fields: entryFields,
          submit: t('clearance.stock.enter'),
          csrf: context.csrf(request),
          values: { reference: newId(context.clock.now()).slice(-12) },
          ...tried,
        })}`,
        tried !== undefined,
      )
    : '';
  const counting =
    lines.length > 0 && may(who, 'stock.count', bookRecord({ id: '', operator: book.operator }))
      ? linkButton({ text: t('clearance.stock.count'), href: `${bookAt(number)}/count`, kind: 'second' })
      : '';
  const csv =
    lines.length > 0
      ? linkButton({ text: t('clearance.stock.csv'), href: `${bookAt(number)}/lines.csv`, kind: 'second' })
      : '';
  const after = next === null ? {} : { next: `${bookAt(number)}?after=${encodeURIComponent(next)}` };
  const title = t('clearance.stock.book', { number });
  const main = html`<h1>${t.html('clearance.stock.book', { number: ref(number) })}</h1>${head}${linesTable(visit, number, lines)}${pagination(t, after)}<div class="govuk-button-group">${counting}${csv}</div>${entering}`;
  const breadcrumbs = [{ text: t('clearance.stock.title'), href: '/stock' }, { text: number }];
  const status = tried === undefined ? 200 : 422;
  return sendPage(reply, page({ ...frame, title, main, breadcrumbs, wide: true, error: tried !== undefined }), status);
}

async function opened(visit: StockVisit): Promise<FastifyReply> {
  const { context, request, reply, who } = visit;
  const values = posted(bookFields(visit), request.body);
  const { number = '', operator = '', place = '', office = '', zone = '' } = values;
  const short = (['number', 'place'] as const).find((name) => !/^[\x21-\x7e]{1,35}$/.test(values[name] ?? ''));
  const asked = { number, operator, place, office, ...(zone === '' ? {} : { zone }) };
  const done =
    short === undefined
      ? await openBook(context, who, asked)
      : refuse('clearance/stock.mark-needed', { pointer: `/${short}` });
  return done.ok
    ? reply.redirect(bookAt(done.value.number), 303)
    : listPage(visit, { form: 'book', values, refusal: done.error });
}

async function entered(visit: StockVisit, book: string): Promise<FastifyReply> {
  const { context, request, reply, who } = visit;
  const values = posted(entryFields, request.body);
  const text = (name: string): string => values[name] ?? '';
  const line = text('lines.0.line');
  const wrong = [
    ...(/^[\x21-\x7e]{1,64}$/.test(text('reference')) ? [] : ['/reference']),
    ...(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text('lines.0.import')) ? [] : ['/lines/0/import']),
    ...(/^[1-9][0-9]{0,2}$/.test(line) ? [] : ['/lines/0/line']),
    ...(/^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$/.test(text('lines.0.quantity')) ? [] : ['/lines/0/quantity']),
    ...(/^[\x21-\x7e]{1,20}$/.test(text('lines.0.item')) ? [] : ['/lines/0/item']),
  ].map((pointer) => ({ code: `clearance/stock.wrong-${pointer.split('/').at(-1)!}`, pointer }));
  const [first, ...more] = wrong;
  const found = await stockBook(context, who, book, '', 1);
  if (!found.ok) return notThere(visit, found.error);
  const { operator } = found.value.book;
  const body = {
    reference: text('reference'),
    operator,
    book,
    lines: [
      {
        item: text('lines.0.item'),
        import: text('lines.0.import'),
        line: Number(line),
        quantity: text('lines.0.quantity'),
      },
    ],
  };
  const done =
    first === undefined
      ? await enterStock(context, who, body, JSON.stringify(body))
      : refuse(first.code, { pointer: first.pointer, more });
  return done.ok
    ? reply.redirect(bookAt(book), 303)
    : bookPage(visit, book, { form: 'entry', values, refusal: done.error });
}

async function csvPage(visit: StockVisit, number: string): Promise<FastifyReply> {
  const found = await bookCsv(visit.context, visit.who, number);
  if (!found.ok) return notThere(visit, found.error);
  return visit.reply
    .type('text/csv; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .header('content-disposition', 'attachment; filename="stock.csv"')
    .send(found.value);
}

type Params = { book: string; item: string; id: string };

/** Books of bonded stock: who keeps one, what lies in it, what moved it, what was counted. */
export function stockPages(app: App, context: Context): void {
  const visited = (work: (visit: StockVisit, params: Params) => Promise<FastifyReply>) => {
    return async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
      const visit = await stockVisit(context, request, reply);
      if (visit === undefined) {
        const next = request.method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : '';
        return reply.redirect(`/sign-in${next}`, 303);
      }
      if (request.method === 'POST' && !context.checkCsrf(request))
        return notThere(visit, { code: 'clearance/form-not-ours' });
      return work(visit, request.params);
    };
  };
  const get = (at: string, work: (visit: StockVisit, params: Params) => Promise<FastifyReply>) =>
    app.get<{ Params: Params }>(at, { schema: { hide: true } }, visited(work));
  const post = (at: string, work: (visit: StockVisit, params: Params) => Promise<FastifyReply>) =>
    app.post<{ Params: Params }>(at, { schema: { hide: true } }, visited(work));
  get('/stock', (visit) => listPage(visit));
  post('/stock', (visit) => opened(visit));
  get('/stock/:book', (visit, { book }) => bookPage(visit, book));
  post('/stock/:book/entries', (visit, { book }) => entered(visit, book));
  get('/stock/:book/lines.csv', (visit, { book }) => csvPage(visit, book));
  get('/stock/:book/lines/:item', (visit, { book, item }) => linePage(visit, book, item));
  get('/stock/:book/count', (visit, { book }) => countFormPage(visit, book));
  post('/stock/:book/count', (visit, { book }) => counted(visit, book));
  get('/stock/:book/counts/:id', (visit, { book, id }) => countPage(visit, book, id));
}
