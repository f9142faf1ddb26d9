import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A source file as the checkers see it: its path from the root of the repository, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files of some folders whose names match, in the order of their paths. */
export function filesIn(folders: readonly string[], pattern: RegExp): SourceFile[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && pattern.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length)),
  );
  return paths
    .filter((path) => !path.includes('node_modules'))
    .sort()
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));
}

/** The text without its comments, which say what they like; line breaks stay, so that line numbers do. */
export function withoutComments(text: string): string {
  // Strings and templates are matched first, so that what looks like a comment in them stays.
  const pattern = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`)|\/\*[^]*?\*\/|\/\/[^\n]*/g;
  return text.replace(pattern, (whole, kept: string | undefined) => kept ?? whole.replace(/[^\n]/g, ' '));
}

/** The number of the line in which a place of the text stands. */
export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;
