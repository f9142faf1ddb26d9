import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Lookup } from './build.ts';

/** A lookup answers the same few thousand texts again and again; this many answers are remembered. */
const rememberedMax = 20_000;

const spaced = (text: string): string =>
  ` ${text
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

/** Text of one cell for another, without regard to case and to spaces around it. */
function exact(entries: readonly (readonly [string, string])[]): Lookup {
  const found = new Map(entries.map(([key, value]) => [key.trim().toUpperCase(), value]));
  return (text) => found.get(text.trim().toUpperCase());
}

/**
 * The first keyword, in the order of the file, that stands in the text as whole words; a keyword that ends in `*` also
 * matches the beginning of a word. A keyword `*` alone matches everything and so belongs on the last row.
 */
function words(entries: readonly (readonly [string, string])[]): Lookup {
  const keys = entries.map(([key, value]): [string, string] => {
    const open = key.trim().endsWith('*');
    const word = spaced(key);
    return [open ? word.trimEnd() : word, value];
  });
  const remembered = new Map<string, string | undefined>();
  return (text) => {
    if (remembered.has(text)) return remembered.get(text);
    const searched = spaced(text);
    const value = keys.find(([key]) => key === '' || searched.includes(key))?.[1];
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(text, value);
    return value;
  };
}

export type Find = 'exact' | 'words';

/** Reads a keyword file: a small CSV with a head, of which two columns matter. Says what is wrong with it as a text. */
export async function readLookup(path: string, find: Find, key: string, value: string): Promise<Lookup | string> {
  let rows: Record<string, string>[];
  try {
    rows = parse(await readFile(path, 'utf8'), {
      columns: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      comment: '#',
    });
  } catch (error) {
    return `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const first = rows[0];
  if (first === undefined) return `${path} has no rows`;
  const absent = [key, value].filter((column) => first[column] === undefined);
  if (absent.length > 0) return `${path} has no column ${absent.join(', ')}`;
  const entries = rows.flatMap((row) => (row[key] === '' ? [] : [[row[key]!, row[value]!] as const]));
  return find === 'exact' ? exact(entries) : words(entries);
}
