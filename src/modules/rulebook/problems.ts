import type { PackSource, Problem } from './model.ts';

/** What to do where a rule of the guide was not kept. */
const guide = 'docs/packs.md says what may stand here';

/** Collects what is wrong in packs; a rule with a problem is still read on, so that one run shows everything. */
export class Problems {
  readonly list: Problem[] = [];
  readonly #texts: ReadonlyMap<string, string>;

  /** The packs whose files are named, as `<pack>/<file>`, so that each problem can say in which line it stands. */
  constructor(sources: readonly PackSource[]) {
    this.#texts = new Map(
      sources.flatMap(({ id, files }) =>
        Object.entries(files).map(([file, text]): [string, string] => [`${id}/${file}`, text]),
      ),
    );
  }

  add(file: string, pointer: string, message: string, remedy: string = guide): void {
    const text = this.#texts.get(file);
    this.list.push({ file, line: text === undefined ? null : lineOf(text, pointer), pointer, message, remedy });
  }
}

/**
 * The line, counted from 1, in which the value of a JSON pointer begins; of a value that is not there the line of the
 * nearest one around it. `/line 12/duty` is a row of a table and says its line itself. The text need not be whole JSON:
 * what stands before the fault is read.
 */
export function lineOf(text: string, pointer: string): number {
  const row = /^\/line (\d+)/.exec(pointer)?.[1];
  if (row !== undefined) return Number(row);
  const wanted = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const place = placeOf(text, wanted);
  return text.slice(0, place).split('\n').length;
}

const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/** Where the deepest part of the path that can be found begins. */
function placeOf(text: string, wanted: readonly string[]): number {
  const levels: { list: boolean; part: string | number; key: boolean }[] = [];
  let matched = 0;
  let place = 0;
  for (const { 0: word, index } of text.matchAll(token)) {
    const level = levels.at(-1);
    if (word === '}' || word === ']') {
      levels.pop();
      continue;
    }
    if (level?.list === false && level.key && word.startsWith('"')) {
      level.part = keyOf(word);
      continue;
    }
    if (word === ':') {
      if (level !== undefined) level.key = false;
      continue;
    }
    if (word === ',') {
      if (typeof level?.part === 'number') level.part += 1;
      if (level?.list === false) level.key = true;
      continue;
    }
    // A value begins here; its path is the parts of all levels.
    if (levels.length > matched && levels.every((one, depth) => String(one.part) === wanted[depth])) {
      matched = levels.length;
      place = index;
      if (matched === wanted.length) return place;
    }
    if (word === '{' || word === '[') levels.push({ list: word === '[', part: word === '[' ? 0 : '', key: true });
  }
  return place;
}

function keyOf(word: string): string {
  try {
    return String(JSON.parse(word));
  } catch {
    return word;
  }
}

/** Of the names there are the one that was probably meant, as a remedy; all of them where they are few. */
export function meant(name: string, known: Iterable<string>): string {
  const all = [...new Set(known)];
  if (all.length === 0) return 'none of this kind is defined yet: define it first';
  const [nearest] = all.map((one) => ({ one, far: distance(name, one) })).toSorted((a, b) => a.far - b.far);
  if (nearest !== undefined && nearest.far <= Math.max(2, name.length / 3)) return `did you mean ${nearest.one}?`;
  return all.length <= 12 ? `there are ${all.join(', ')}` : 'define it first, or use the name of one that is defined';
}

/** The known text that this one almost is; nothing for one that is another word, or the next one of a numbering. */
export function almost(text: string, known: Iterable<string>): string | undefined {
  const letters = (word: string): string => word.replace(/[0-9]/g, '');
  return [...known].find((one) => distance(text, one) <= 2 && letters(one) !== letters(text) && text.length > 3);
}

/** How many letters must be put in, left out or changed to make one text of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
