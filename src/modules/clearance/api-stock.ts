import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { jsonOf } from '#platform/ndjson.ts';
import { sendProblem, sendResult } from '#platform/problem.ts';
import { ok } from '#kernel/result.ts';
import { readLines } from './lines.ts';
import { openBook } from './stock-book.ts';
import { enterStock } from './stock-entry.ts';
import { countStock } from './stock-count.ts';
import { BookNumber, StockBookBody, StockCountBody, StockEntryBody } from './stock-model.ts';
import { stockBook, stockBooks, stockLine } from './stock-views.ts';

const tags = ['stock'];
const after = Type.Optional(Type.String({ minLength: 1, maxLength: 35 }));
const Book = Type.Object({ book: BookNumber }, { additionalProperties: false });
const Line = Type.Object(
  { book: BookNumber, item: Type.String({ minLength: 1, maxLength: 20 }) },
  { additionalProperties: false },
);
const After = Type.Object({ after }, { additionalProperties: false });
const Before = Type.Object(
  { before: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,17}$' })) },
  { additionalProperties: false },
);

const entryDescription =
  'By the keeper of the book. Each line names a goods line of a released import whose law has its goods entered in a ' +
  'book, and how much of it; what the goods are is said by the import. JSON up to 1,000 lines, NDJSON beyond, with the ' +
  'head in the first line. All lines are entered or none; the same again is answered as before.';
const countDescription =
  'By the keeper of the book or an officer. Each line is compared with what the book has on hand; a difference opens a ' +
  'case and moves nothing until it is decided.';

/** Books of bonded stock: opened, entered into, counted, read. */
export function stockApi(app: App, context: Context): void {
  const config = { ndjson: true };
  app.post(
    '/v1/stock/books',
    { schema: { summary: 'Open a book of a bonded place', tags, body: StockBookBody } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const opened = await openBook(context, principal.value, request.body);
      if (!opened.ok) return sendProblem(reply, opened.error);
      const { by: _by, ...book } = opened.value;
      return sendResult(reply, ok(book), 201);
    },
  );
  app.post(
    '/v1/stock/entries',
    {
      config,
      schema: { summary: 'Enter goods into a book', description: entryDescription, tags, body: jsonOf(StockEntryBody) },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const read = await readLines(request, StockEntryBody, 'lines');
      if (!read.ok) return sendProblem(reply, read.error);
      return sendResult(reply, await enterStock(context, principal.value, read.value.body, read.value.raw), 201);
    },
  );
  app.post(
    '/v1/stock/counts',
    {
      config,
      schema: { summary: 'Count lines of a book', description: countDescription, tags, body: jsonOf(StockCountBody) },
    },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const read = await readLines(request, StockCountBody, 'lines');
      if (!read.ok) return sendProblem(reply, read.error);
      return sendResult(reply, await countStock(context, principal.value, read.value.body, read.value.raw), 201);
    },
  );
  reading(app, context);
}

function reading(app: App, context: Context): void {
  app.get(
    '/v1/stock/books',
    { schema: { summary: 'The books that you keep, or in which goods of yours lie', tags, querystring: After } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return stockBooks(context, principal.value, request.query.after);
    },
  );
  app.get(
    '/v1/stock/books/:book',
    { schema: { summary: 'A book with a page of its lines', tags, params: Book, querystring: After } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      return sendResult(reply, await stockBook(context, principal.value, request.params.book, request.query.after));
    },
  );
  app.get(
    '/v1/stock/books/:book/lines/:item',
    { schema: { summary: 'A line of a book with its movements', tags, params: Line, querystring: Before } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const { book, item } = request.params;
      const { before } = request.query;
      const from = before === undefined ? null : BigInt(before);
      return sendResult(reply, await stockLine(context, principal.value, book, item, from));
    },
  );
}
