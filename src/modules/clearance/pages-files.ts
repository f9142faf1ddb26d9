import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import type { Words } from '#portal/text.ts';
import { attachmentList, attachmentOf, attachmentsOf, sendAttachment } from '#modules/documents/index.ts';
import { parcelView, type ParcelView } from './views.ts';

/** A paper shows everything that stands on it, so it is for whoever sees the consignee and the prices of the parcel. */
const seesPapers = ({ body }: ParcelView): boolean =>
  body?.declaration?.consignee?.name !== undefined && body.declaration.goods?.[0]?.price !== undefined;

/** What was attached to a parcel when it was filed, with links that hand it out. */
export async function filesPart(context: Context, t: Words, parcel: ParcelView): Promise<Html | ''> {
  if (!seesPapers(parcel)) return '';
  const files = await attachmentsOf(context.db, { kind: 'consignment', id: parcel.id });
  if (files.length === 0) return '';
  return html`<h2>${t('clearance.parcel.files')}</h2>${attachmentList(t, files, `/parcels/${parcel.id}/files`)}`;
}

/** Hands out what was attached to a parcel; whoever may not see it is told what a stranger is told. */
export function filePages(app: App, context: Context): void {
  app.get<{ Params: { id: string; file: string } }>(
    '/parcels/:id/files/:file',
    { schema: { hide: true } },
    async (request, reply) => {
      const principal = await context.identify(request);
      if (principal.assurance === 'none')
        return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
      const { id, file } = request.params;
      const parcel = isUuid(id) ? await parcelView(context, principal, id) : undefined;
      if (parcel?.ok !== true || !seesPapers(parcel.value)) return reply.callNotFound();
      const found = await attachmentOf(context.db, { kind: 'consignment', id }, file);
      return found.ok ? sendAttachment(reply, found.value) : reply.callNotFound();
    },
  );
}
