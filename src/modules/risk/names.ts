/**
 * How names are compared with a denied-party list: for equality, after what does not tell persons apart has been taken
 * away.
 *
 * Taken away or levelled: the form of characters (Unicode NFKD: full-width letters, ligatures), capitals (full case
 * folding as far as upper and lower casing give it: `ß` is `ss`), Latin and Greek accents, Arabic vowel signs and the
 * tatweel, apostrophes and full stops, every other punctuation and space, and the order of the words.
 *
 * Not done, on purpose: nothing is transliterated (the Latin form handed in beside a name is compared as a name of its
 * own), nothing is similar to anything (a misspelt name passes), initials do not stand for names, and a name written
 * without spaces between its words (Chinese, Korean) is one word. Whoever needs more adds the other spellings to the
 * list.
 */

/** U+0300 to U+036F: the accents that NFKD takes off; U+064B to U+065F, U+0670: Arabic vowel signs; U+0640: tatweel. */
const marks = /[\u0300-\u036f\u064b-\u065f\u0670\u0640]+/g;
/** Within a word: the apostrophes of O'Brien, the full stops of J.R. */
const within = /['’‘`´.]+/g;
const between = /[^\p{L}\p{N}\p{M}]+/u;
const plain = /^[\x20-\x7e]*$/;
const plainBetween = /[^a-z0-9]+/;

function inOrder(words: string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return words.sort().join('');
}

/** What a name is compared by; empty when nothing of it is left. */
export function normalised(name: string): string {
  if (plain.test(name)) {
    const levelled = name.toLowerCase();
    return inOrder((/['`.]/.test(levelled) ? levelled.replace(within, '') : levelled).split(plainBetween));
  }
  const levelled = name.normalize('NFKD').toUpperCase().toLowerCase().replace(marks, '').replace(within, '');
  return inOrder(levelled.split(between));
}
