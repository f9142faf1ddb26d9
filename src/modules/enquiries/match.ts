import { hash, timingSafeEqual } from 'node:crypto';
import type { FarEnd } from '#modules/clearance/index.ts';

type Consignee = NonNullable<FarEnd['consignee']>;

/** What a person types is compared by its letters and digits alone, without accents and in small letters. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Languages in which the family's name is written first (Unicode CLDR, person names). */
const familyFirst: ReadonlySet<string> = new Set(['hu', 'ja', 'km', 'ko', 'mn', 'si', 'ta', 'te', 'vi', 'yue', 'zh']);

const familyWordsMax = 3;

/** The family's name out of a whole one, in the forms in which people give it; a name of one word is given whole. */
function familyNames(name: string, language: string): string[] {
  const words = name.split(/\s+/).filter((word) => plain(word) !== '');
  if (familyFirst.has(language.split('-')[0]!.toLowerCase())) return [words[0] ?? '', name];
  const ends = [1, 2, familyWordsMax].filter((many) => many < words.length).map((many) => words.slice(-many).join(' '));
  return [...ends, name];
}

/** Everything that a parcel says of the person at its far end and that somebody else would have to guess. */
export function factsOf({ name, address, identity }: Consignee): string[] {
  const names = [name.text, ...(name.latin === undefined ? [] : [name.latin])];
  const facts = [...names.flatMap((one) => familyNames(one, name.language)), address.postcode ?? ''];
  if (identity && plain(identity.number).length >= 6) facts.push(plain(identity.number).slice(-4));
  return [...new Set(facts.map(plain))].filter((fact) => fact.length >= 2);
}

const digest = (text: string): Buffer => Buffer.from(hash('sha256', text, 'hex'), 'hex');

/** Whether somebody knows one of these facts. Every one is compared, so that time does not say which came close. */
export function knows(facts: readonly string[], given: string): boolean {
  const asked = digest(plain(given));
  let found = false;
  for (const fact of facts) found = timingSafeEqual(digest(fact), asked) || found;
  return found;
}
