import type { Catalogue } from '#kernel/result.ts';

/** How large an attachment may be. */
export const attachmentBytesMax = 5 * 1_048_576;

/** How many files one form may bring; a record may have more, brought by several forms. */
export const attachmentsAtOnce = 4;

/** The kinds that are taken. Each is known by its first bytes, and gives its file the ending that belongs to it. */
const kinds = [
  { mediaType: 'application/pdf', endings: ['pdf'], starts: (bytes: Buffer) => begins(bytes, '%PDF-') },
  { mediaType: 'image/jpeg', endings: ['jpg', 'jpeg'], starts: (bytes: Buffer) => begins(bytes, '\xff\xd8\xff') },
  { mediaType: 'image/png', endings: ['png'], starts: (bytes: Buffer) => begins(bytes, '\x89PNG\r\n\x1a\n') },
  {
    mediaType: 'image/webp',
    endings: ['webp'],
    starts: (bytes: Buffer) => begins(bytes, 'RIFF') && begins(bytes.subarray(8), 'WEBP'),
  },
] as const;
type Kind = (typeof kinds)[number];

/** What is known by its first bytes to be one of the kinds that are taken. */
export type MediaType = Kind['mediaType'];

/** What a browser's file chooser offers. */
export const acceptedFiles = kinds.map(({ mediaType }) => mediaType).join(',');

const begins = (bytes: Buffer, start: string): boolean =>
  bytes.subarray(0, start.length).equals(Buffer.from(start, 'latin1'));

/** What these bytes are; undefined when they are nothing that is taken. */
export const kindOf = (bytes: Buffer): Kind | undefined => kinds.find(({ starts }) => starts(bytes));

/**
 * The name under which a file is kept: without the folders of its sender's machine and what cannot be shown, and with
 * the ending of what it is, so that nobody opens it as something else.
 */
export function nameOf(given: string, { endings }: Pick<Kind, 'endings'>): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  // Controls, and the marks that would turn the direction of what follows.
  const plain = last.replace(/[\p{Cc}\p{Cf}\u2028\u2029"]/gu, '').trim();
  const ending = /\.([A-Za-z0-9]{1,8})$/.exec(plain)?.[1]?.toLowerCase();
  const right = ending !== undefined && endings.some((one) => one === ending);
  const stem = (right ? plain.slice(0, -ending.length - 1) : plain).trim() || 'file';
  return `${Array.from(stem).slice(0, 100).join('')}.${right ? ending : endings[0]}`;
}

/** The record that an attachment is about: a kind of its module's own, and its id. */
export interface About {
  readonly kind: string;
  readonly id: string;
}

/** What somebody attaches. */
export interface NewAttachment {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether it came incomplete, because there was more of it than is read. */
  readonly tooLarge?: boolean;
  /** The subject of who attaches. */
  readonly by: string;
  readonly about: About;
}

/** What is known of an attachment without its bytes. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly mediaType: MediaType;
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly by: string;
  readonly attached: string;
}

export interface StoredAttachment extends Attachment {
  readonly bytes: Buffer;
}

export const refusals = {
  'documents/kind-unknown': { status: 400, title: 'This file is no PDF, JPEG, PNG or WebP' },
  'documents/too-large': { status: 413, title: 'A file has at most 5 MB' },
  'documents/empty': { status: 400, title: 'This file has nothing in it' },
  'documents/not-found': { status: 404, title: 'There is no such attachment here' },
} as const satisfies Catalogue;
