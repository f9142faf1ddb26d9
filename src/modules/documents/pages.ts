import type { FastifyReply } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Words } from '#portal/text.ts';
import { count, ref, written } from '#portal/values.ts';
import type { Attachment, StoredAttachment } from './model.ts';

/**
 * Sends an attachment to be kept by whoever asked. It is never shown inside the window, since a stranger's file may
 * be a page in disguise.
 */
export const sendAttachment = (reply: FastifyReply, { name, mediaType, bytes }: StoredAttachment): FastifyReply =>
  reply
    .header('content-disposition', `attachment; filename*=UTF-8''${encoded(name)}`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .type(mediaType)
    .send(bytes);

/** A name as RFC 8187 writes it: what it keeps free and `encodeURIComponent` leaves is written in hexadecimal too. */
const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** The attachments of a record as a list of links below `at`, each with its size and the start of its digest. */
export function attachmentList(
  t: Words,
  attachments: readonly Pick<Attachment, 'id' | 'name' | 'size' | 'sha256'>[],
  at: string,
): Html {
  if (attachments.length === 0) return html`<p>${t('documents.none')}</p>`;
  const items = attachments.map(
    ({ id, name, size, sha256 }) =>
      html`<li><a class="breakable" href="${at}/${id}" download>${written(name)}</a> <span class="small">${t.html('documents.size', { size: count(t, Math.ceil(size / 1024)) })} · ${t.html('documents.digest', { digest: ref(sha256.slice(0, 12)) })}</span></li>`,
  );
  return html`<ul class="govuk-list govuk-list--spaced">${items}</ul>`;
}
