import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { FilingBody } from './model.ts';
import { beginTable, pieceBytesMax, table, tableBytesMax, tableView, takePiece } from './table.ts';
import { step } from './table-file.ts';

const closed = { additionalProperties: false } as const;
const TableId = Type.Object({ id: FilingBody.properties.id }, closed);
const PieceAt = Type.Object(
  { id: FilingBody.properties.id, at: Type.String({ pattern: '^(0|[1-9][0-9]{0,8})$' }) },
  closed,
);
const TableBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    size: Type.Integer({ minimum: 1, maximum: tableBytesMax }),
  },
  { ...closed, $id: 'ParcelTable' },
);
const Table = Type.Unsafe<object>({
  type: 'object',
  additionalProperties: true,
  description:
    '`state` is `arriving`, `mapping`, `running`, `stopped` or `done`; `received` says how many bytes are here, and ' +
    '`read` how many of them went through the door.',
});
const tags = ['filing'];

/** Tables of parcels, whose bytes come in pieces over a line that breaks. */
export async function tableApi(app: App, context: Context): Promise<void> {
  app.post(
    '/v1/tables',
    {
      schema: {
        summary: 'Announce a table of parcels',
        description: 'Its bytes follow in pieces. What its columns mean is said on its page, `/file/table/{id}`.',
        tags,
        body: TableBody,
        response: { 201: Table },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const begun = await beginTable(context, who.value, request.body);
      return begun.ok ? reply.code(201).send(tableView(begun.value)) : sendProblem(reply, begun.error);
    },
  );
  app.get(
    '/v1/tables/:id',
    { schema: { summary: 'How a table stands', tags, params: TableId, response: { 200: Table } } },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const found = await table(context, who.value, request.params.id);
      return found.ok ? reply.send(tableView(found.value)) : sendProblem(reply, found.error);
    },
  );
  app.post(
    '/v1/tables/:id/steps',
    {
      schema: {
        summary: 'Go on with a table for a moment',
        description: 'Its next rows go through the door of parcels. Ask again until the state is `done`.',
        tags,
        params: TableId,
        response: { 200: Table },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const gone = await step(context, who.value, request.params.id);
      return gone.ok ? reply.send(tableView(gone.value)) : sendProblem(reply, gone.error);
    },
  );
  await pieceApi(app, context);
}

/** The pieces, in a scope of their own, since no other address takes their types. */
async function pieceApi(app: App, context: Context): Promise<void> {
  await app.register((scope: App, _options: object, done: () => void) => {
    const types = ['application/gzip', 'text/csv'];
    scope.addContentTypeParser<Buffer>(types, { parseAs: 'buffer', bodyLimit: pieceBytesMax }, (_request, body, end) =>
      end(null, body),
    );
    scope.put(
      '/v1/tables/:id/pieces/:at',
      {
        bodyLimit: pieceBytesMax,
        schema: {
          summary: 'Send the next piece of a table',
          description:
            'At most 1 MB, as `text/csv` or packed by itself as `application/gzip`; `at` is the place of its first byte ' +
            'in the file. A piece that is here already is answered as when it came.',
          tags,
          params: PieceAt,
          response: { 200: Table },
        },
      },
      async (request, reply) => {
        const who = await identified(context, request);
        if (!who.ok) return sendProblem(reply, who.error);
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const packed = request.headers['content-type']?.startsWith('application/gzip') === true;
        const piece = { at: Number(request.params.at), bytes, packed };
        const taken = await takePiece(context, who.value, request.params.id, piece);
        return taken.ok ? reply.send(tableView(taken.value)) : sendProblem(reply, taken.error);
      },
    );
    done();
  });
}
