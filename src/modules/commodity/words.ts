import { readFileSync } from 'node:fs';
import type { Spoken } from './model.ts';

/** Everyday goods by their words in four languages, as `words.json` holds them: own work. */
export interface OwnWords {
  readonly source: string;
  readonly edition: string;
  readonly chapters: Readonly<Record<string, string>>;
  readonly goods: readonly ({ readonly code: string; readonly means: string } & Readonly<
    Record<Spoken, readonly string[]>
  >)[];
  /** Materials and the like: English words and what they are called elsewhere. */
  readonly glossary: readonly ({ readonly en: string } & Readonly<Record<'zh' | 'fr' | 'ar', readonly string[]>>)[];
}

export const ownWords = JSON.parse(readFileSync(new URL('words.json', import.meta.url), 'utf8')) as OwnWords;

/** A word of a description, or two that stand together, in a language in which it may be meant. */
export interface Word {
  /** Its place in the description; a pair has one of its own. */
  readonly place: number;
  readonly language: Spoken;
  readonly first: string;
  readonly second: string | null;
  /** How much it counts beside the others. */
  readonly share: number;
  /** Whether this is the language in which the word is most likely meant. */
  readonly likely: boolean;
}

/** Words are cut here, so that a hostile text costs no more than an ordinary one. */
const wordsMax = 40;
const likely = 1;
const lessLikely = 0.85;
const headShare = 1.6;
const beside = 0.35;

/** Said of any goods: these count, but little. */
const ofAnyGoods = new Set(
  (
    'set sets pack packs piece pieces pcs pc pair pairs lot box boxed size sizes small large medium big mini jumbo giant ' +
    'new quality assorted various style design designs colour colours color colors colored coloured vintage retro ' +
    'modern classic cute lovely red blue green white black pink yellow purple grey gray ivory cream brown orange ' +
    'home house garden girl girls boy boys kids gift gifts brand original origin portable adjustable heavy ' +
    'rouge bleu bleue vert verte blanc blanche noir noire rose lot grand grande petit petite ' +
    'kg cm mm ml litre litres bottles boxes pallet pallets reel reels box weight'
  ).split(' '),
);

/** After these a description says with what, for whom, of what; the thing itself was named before. */
const afterThing = new Set([
  'with',
  'for',
  'of',
  'in',
  'on',
  'from',
  'made',
  'and',
  'containing',
  'including',
  'without',
]);

/** Texts are compared without accents, vowel signs and case. */
export const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\p{Mn}\u0640]/gu, '')
    .normalize('NFC')
    .replace(/ى/g, 'ي')
    .replace(/ة/g, 'ه');

const chinese = new Set(
  [...ownWords.goods, ...ownWords.glossary]
    .flatMap(({ zh }) => zh.map(plain))
    .filter((one) => /\p{Script=Han}/u.test(one)),
);
const longestChinese = Math.max(...[...chinese].map((one) => one.length));

interface Token {
  readonly text: string;
  readonly script: 'latin' | 'zh' | 'ar';
}

/** Chinese is written without spaces: the longest known word is taken, and what is not known by twos. */
function cutChinese(text: string): { tokens: Token[]; rest: string } {
  const tokens: Token[] = [];
  let rest = '';
  let unknown = '';
  const twos = (): void => {
    for (let at = 0; at < Math.max(unknown.length - 1, Math.min(1, unknown.length)); at += 1)
      tokens.push({ text: unknown.slice(at, at + 2), script: 'zh' });
    unknown = '';
  };
  for (let at = 0; at < text.length; ) {
    let length = Math.min(longestChinese, text.length - at);
    while (length > 0 && !chinese.has(text.slice(at, at + length))) length -= 1;
    if (length > 0) {
      twos();
      tokens.push({ text: text.slice(at, at + length), script: 'zh' });
      rest += ' ';
      at += length;
      continue;
    }
    const letter = text[at]!;
    const han = /\p{Script=Han}/u.test(letter);
    if (!han) twos();
    unknown += han ? letter : '';
    rest += han ? ' ' : letter;
    at += 1;
  }
  twos();
  return { tokens, rest };
}

/** `t-shirt` is one word, `battery-operated` are two; `d’or` is `or`, `men’s` is `men`. */
function partsOf(token: string): string[] {
  const parts = token
    .replace(/^(?:d|l|qu|n|s|j|m|t|c)['’](?=\p{L}{2})/u, '')
    .replace(/['’]\p{L}?$/u, '')
    .split(/['’-]/);
  return parts.some(({ length }) => length === 1) ? [parts.join('')] : parts;
}

function tokensOf(text: string): Token[] {
  const low = plain(text);
  const { tokens, rest } = /\p{Script=Han}/u.test(low) ? cutChinese(low) : { tokens: [], rest: low };
  for (const [found] of rest.matchAll(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu))
    for (const part of partsOf(found)) {
      if (part.length < 2 || part.length > 40 || /^\d/.test(part)) continue;
      tokens.push({ text: part, script: /\p{Script=Arabic}/u.test(part) ? 'ar' : 'latin' });
    }
  return tokens.slice(0, wordsMax);
}

const spokenIn = ({ script }: Token, language: Spoken): readonly Spoken[] => {
  if (script !== 'latin') return [script];
  return language === 'fr' ? ['fr', 'en'] : ['en', 'fr'];
};

/** Where the thing itself is named: last in English and Chinese, first in French and Arabic. */
function headOf(tokens: readonly Token[], language: Spoken): number {
  if (tokens.length === 0) return -1;
  if (tokens[0]?.script === 'ar' || (tokens[0]?.script === 'latin' && language === 'fr')) return 0;
  const end = tokens.findIndex(({ text }, index) => index > 0 && afterThing.has(text));
  let at = (end < 0 ? tokens.length : end) - 1;
  while (at > 0 && ofAnyGoods.has(tokens[at]?.text ?? '')) at -= 1;
  return at;
}

/** The words of a description as they are looked up. Pure; any text gives words, or none. */
export function wordsOf(description: string, language: Spoken): Word[] {
  const tokens = tokensOf(description.slice(0, 2_000));
  const head = headOf(tokens, language);
  const share = (at: number): number => (ofAnyGoods.has(tokens[at]?.text ?? '') ? beside : at === head ? headShare : 1);
  return tokens.flatMap((token, at) =>
    spokenIn(token, language).flatMap((one, index): Word[] => {
      const next = tokens[at + 1];
      const counts = (index === 0 ? likely : lessLikely) * share(at);
      const base = { language: one, first: token.text, share: counts, likely: index === 0 };
      const single = { ...base, place: at, second: null };
      if (next === undefined || next.script !== token.script || token.script === 'zh') return [single];
      return [single, { ...base, place: wordsMax + at, second: next.text }];
    }),
  );
}
