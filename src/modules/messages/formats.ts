import type { Result } from '#kernel/result.ts';
import { cebUri } from './ceb-fields.ts';
import { readCeb } from './ceb-read.ts';
import { cdsRoot, readCds } from './cds-read.ts';
import type { Message } from './read.ts';
import type { Element } from '#platform/xml.ts';

/** A format of XML: whose its documents are, and how they are read. */
interface Format {
  readonly owns: (root: Element) => boolean;
  readonly read: (root: Element, allowed: boolean) => Result<Message>;
}

const formats: readonly Format[] = [
  { owns: ({ uri, name }) => uri === cebUri && /^CEB\d{3}Message$/.test(name), read: readCeb },
  { owns: cdsRoot, read: readCds },
];

/** The format of a document; undefined where it is of none that is read here. */
export const formatOf = (root: Element): Format | undefined => formats.find(({ owns }) => owns(root));
