import { Type } from 'typebox';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { withUploads } from '#platform/uploads.ts';
import { attachmentBytesMax, attachmentsAtOnce } from '#modules/documents/index.ts';
import { FilingBody } from './model.ts';
import { tableApi } from './api-table.ts';
import { addPapers, send } from './service.ts';

const open = (description: string) => Type.Unsafe<object>({ type: 'object', additionalProperties: true, description });
const FilingId = Type.Object({ id: FilingBody.properties.id }, { additionalProperties: false });
const tags = ['filing'];

/** What a device without a line hands in once the line is back. */
export async function api(app: App, context: Context): Promise<void> {
  app.post(
    '/v1/filings',
    {
      schema: {
        summary: 'File a parcel that was written in the fields of the form',
        description:
          'For devices that wrote it without a line. `values` holds texts by the names of the fields of the form, which ' +
          'are pointers into the parcel with dots. What is lacking or cannot be read is refused with the pointer of its ' +
          'field, and nothing is filed. The same `id` again is the same parcel.',
        tags,
        body: FilingBody,
        response: { 201: open('`parcel`, its `status`, and the number of its `declaration`.') },
      },
    },
    async (request, reply) => {
      const who = await identified(context, request);
      if (!who.ok) return sendProblem(reply, who.error);
      const filed = await send(context, who.value, request.body);
      return filed.ok ? reply.code(201).send(filed.value) : sendProblem(reply, filed.error);
    },
  );
  await withUploads(app, { files: attachmentsAtOnce, bytes: attachmentBytesMax }, (scope) => {
    scope.post(
      '/v1/filings/:id/photos',
      {
        schema: {
          summary: 'Attach photographs or papers to a filing',
          description:
            'As `multipart/form-data` with one or more files in the field `photo`: PDF, JPEG, PNG or WebP. The same ' +
            'bytes again are kept once.',
          tags,
          params: FilingId,
          response: { 204: Type.Null({ description: 'They are kept.' }) },
        },
      },
      async (request, reply) => {
        const who = await identified(context, request);
        if (!who.ok) return sendProblem(reply, who.error);
        const done = await addPapers(context, who.value, request.params.id, request.uploads.get('photo') ?? []);
        return done.ok ? reply.code(204).send(null) : sendProblem(reply, done.error);
      },
    );
  });
  await tableApi(app, context);
}
