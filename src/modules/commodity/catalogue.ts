import { digestOf } from '#kernel/canonical.ts';
import { type Day, inForce } from '#kernel/effective.ts';
import type { Pack } from '#modules/rulebook/index.ts';
import { languages, type Spoken } from './model.ts';
import { ownWords, plain, wordsOf } from './words.ts';

/** A word, or two together, that speaks for a subheading, from 0 to 1. */
export interface Posting {
  readonly language: Spoken;
  readonly first: string;
  readonly second: string | null;
  readonly code: string;
  readonly weight: number;
}

/** A word that means another one in the language that the nomenclature is written in. */
export interface Alias {
  readonly language: Spoken;
  readonly first: string;
  readonly second: string | null;
  readonly means: string;
}

/** Everything that the index holds before anything was learned. */
export interface Catalogue {
  /** Of what it is made: another mark asks for another index. */
  readonly mark: string;
  readonly subheadings: readonly { readonly code: string; readonly description: string; readonly prior: number }[];
  readonly postings: readonly Posting[];
  readonly aliases: readonly Alias[];
}

// How strongly a word speaks for a code, by where it stands.
const weights = {
  own: 1,
  means: 0.6,
  leading: 0.75,
  further: 0.5,
  excluded: 0.1,
  heading: 0.4,
  chapter: 0.25,
} as const;
/** What ordinary goods are ahead where words alone do not tell codes apart. */
const ownPrior = 1.5;
/** Raise it where the same nomenclature should give another index. */
const version = '1';

/** The rows of a table of codes that are law on a day, by code. A pack without the table has none. */
function rowsOf(pack: Pack, name: string, on: Day): Map<string, string> {
  const rows = new Map<string, string>();
  for (const row of pack.program.tables.get(name)?.rows ?? []) {
    const text = row.cells['description'];
    if (typeof text === 'string' && text !== '' && inForce([row], on) !== undefined) rows.set(row.key, text);
  }
  return rows;
}

/** What a pack says of the nomenclature on a day: subheadings of six digits, and headings above them. */
export function nomenclatureOf(pack: Pack, on: Day): { codes: Map<string, string>; headings: Map<string, string> } {
  const codes = new Map<string, string>();
  for (const [code, text] of rowsOf(pack, 'nomenclature', on)) {
    const six = code.slice(0, 6);
    if (six.length === 6) codes.set(six, codes.has(six) ? `${codes.get(six)}; ${text}` : text);
  }
  return { codes, headings: rowsOf(pack, 'headings', on) };
}

const languageOfText = (text: string): Spoken =>
  /\p{Script=Han}/u.test(text) ? 'zh' : /\p{Script=Arabic}/u.test(text) ? 'ar' : 'en';

/** The words of a text that speak for a code, all as strongly; in the language that the text is most likely in. */
function said(text: string, language: Spoken, code: string, weight: number): Posting[] {
  return wordsOf(text, language)
    .filter((word) => word.likely)
    .map(({ language: spoken, first, second }) => ({ language: spoken, first, second, code, weight }));
}

/** What a description leaves out says what the goods are not. */
function described(text: string, code: string): Posting[] {
  const excluded: string[] = [];
  const kept = text
    .replace(/\([^)]*\b(?:excluding|other than|not)\b[^)]*\)/gi, (found) => (excluded.push(found), ' '))
    .replace(/\b(?:excluding|other than|n\.e\.c\.)[^;,]*/gi, (found) => (excluded.push(found), ' '))
    .replace(/\bnot [^;,]*/gi, (found) => (excluded.push(found), ' '));
  const cut = kept.search(/[;(]/);
  const [leading, further] = cut < 0 ? [kept, ''] : [kept.slice(0, cut), kept.slice(cut)];
  const language = languageOfText(text);
  return [
    ...said(leading, language, code, weights.leading),
    ...said(further, language, code, weights.further),
    ...said(excluded.join(' '), language, code, weights.excluded),
  ];
}

/** What goods are called every day: a name of several words is divided among them. */
function called(name: string, language: Spoken, code: string): Posting[] {
  const found = said(name, language, code, weights.own);
  const singles = found.filter(({ second }) => second === null);
  const each = weights.own / Math.max(1, singles.length) ** 0.45;
  const whole = plain(name);
  const twos: Posting[] =
    language === 'zh' && whole.length > 2
      ? Array.from({ length: whole.length - 1 }, (_, at) => whole.slice(at, at + 2)).map((first) => ({
          language,
          first,
          second: null,
          code,
          weight: 0.5,
        }))
      : [];
  return [...found.map((one) => (one.second === null ? { ...one, weight: each } : one)), ...twos];
}

function categoryNames(pack: Pack, on: Day): Posting[] {
  return pack.program.categories.flatMap((one) => {
    if (inForce([one], on) === undefined) return [];
    const id = one.id.slice(one.id.indexOf('.') + 1);
    return languages.flatMap((language) => {
      const name = pack.words[language]?.[`category.${id}`];
      return name === undefined ? [] : called(name, language, one.commodity.slice(0, 6));
    });
  });
}

/** A foreign word of one or two parts, by each English word that it means. */
const aliases: readonly Alias[] = ownWords.glossary.flatMap(({ en, ...foreign }) =>
  (['zh', 'fr', 'ar'] as const).flatMap((language) =>
    foreign[language].flatMap((name) => {
      const words = wordsOf(name, language).filter(({ likely }) => likely);
      const found = words.find(({ second }) => second !== null) ?? words[0];
      if (found === undefined) return [];
      const { first, second } = found;
      return en.split(' ').map((means) => ({ language, first, second, means }));
    }),
  ),
);

const ownDigest = digestOf(ownWords);

/** What the index of a pack is made of on a day: its law, our words, and the last day on which any of it changed. */
export function markOf(pack: Pack, on: Day): string {
  const { tables, categories } = pack.program;
  const dated = [...['nomenclature', 'headings'].flatMap((name) => tables.get(name)?.rows ?? []), ...categories];
  let since = '';
  for (const { from, until } of dated) for (const day of [from, until ?? '']) if (day <= on && day > since) since = day;
  return `${version} ${ownDigest.slice(0, 16)} ${pack.hash} ${since}`;
}

/**
 * The index of a pack on a day: its nomenclature where one was imported, otherwise the goods of our own words alone,
 * and its simplified categories. Own words for a code that the nomenclature does not have are left out.
 */
export function catalogueOf(pack: Pack, on: Day): Catalogue {
  const { codes, headings } = nomenclatureOf(pack, on);
  const own = ownWords.goods.filter(({ code }) => codes.size === 0 || codes.has(code));
  const categories = categoryNames(pack, on).filter(({ code }) => codes.size === 0 || codes.has(code));
  const texts = new Map(codes);
  for (const { code, means } of own) if (!texts.has(code)) texts.set(code, means);
  for (const { code } of categories) if (!texts.has(code)) texts.set(code, '');
  const ordinary = new Set([...own, ...categories].map(({ code }) => code));
  const postings: Posting[] = [...categories];
  for (const [code, text] of codes) {
    postings.push(...described(text, code));
    const heading = headings.get(code.slice(0, 4));
    if (heading !== undefined) postings.push(...said(heading, languageOfText(heading), code, weights.heading));
  }
  for (const code of texts.keys())
    postings.push(...said(ownWords.chapters[code.slice(0, 2)] ?? '', 'en', code, weights.chapter));
  for (const { code, means, ...names } of own) {
    postings.push(...said(means, 'en', code, weights.means));
    for (const language of languages)
      for (const name of names[language]) postings.push(...called(name, language, code));
  }
  return {
    mark: markOf(pack, on),
    subheadings: [...texts].map(([code, description]) => ({
      code,
      description,
      prior: ordinary.has(code) ? ownPrior : 0,
    })),
    postings,
    aliases,
  };
}
