import type { Day } from '#kernel/effective.ts';
import { type Pack, tariffDuty, valuesInForce } from '#modules/rulebook/index.ts';
import { nomenclatureOf } from './catalogue.ts';
import { type Candidate, type Reason, scoreMax, type Spoken, type Step, type SuggestedLine } from './model.ts';
import type { Found, LineRow } from './store.ts';
import { ownWords } from './words.ts';

/** The value of a pack below which a person decides: a whole number up to a hundred. */
const thresholdId = 'commodity-suggestion-least';

/** What a pack says on a day of how far a suggestion may be relied upon; null where it says nothing. */
export function thresholdOf(pack: Pack, on: Day): number | null {
  const found = valuesInForce(pack, on).find(({ id, announced, zone }) => id === thresholdId && !announced && !zone);
  return found === undefined ? null : Math.min(scoreMax, Number.parseInt(found.value, 10));
}

const ordinary = new Map(ownWords.goods.map((one) => [one.code, one]));

/** What goods of a code are called in a language every day; undefined where we have no word. */
const nameIn = (code: string, language: Spoken): string | undefined =>
  language === 'en' ? ordinary.get(code)?.means : ordinary.get(code)?.[language][0];

/** Where a code stands: chapter, the headings that the nomenclature names, and the subheading itself. */
function pathOf(headings: ReadonlyMap<string, string>, code: string, description: string): Step[] {
  const chapter = code.slice(0, 2);
  const heading = code.slice(0, 4);
  const named = headings.get(heading);
  return [
    { code: chapter, text: headings.get(chapter) ?? ownWords.chapters[chapter] ?? '' },
    ...(named === undefined ? [] : [{ code: heading, text: named }]),
    { code, text: description },
  ];
}

/** Codes as candidates: with what they mean, where they stand, and the simplified categories that stand for them. */
export function candidatesOf(pack: Pack, on: Day, language: Spoken, found: readonly Found[]): Candidate[] {
  const { headings } = nomenclatureOf(pack, on);
  const { categories } = pack.program;
  return found.map(({ code, score, description }) => ({
    commodity: code,
    score,
    description: nameIn(code, language) ?? description,
    path: pathOf(headings, code, description),
    categories: categories
      .filter(({ commodity, from, until, zone }) => {
        const law = from <= on && (until === undefined || until > on);
        return commodity.startsWith(code) && law && zone === null;
      })
      .map(({ id, commodity }) => ({ id: id.slice(id.indexOf('.') + 1), duty: tariffDuty(pack, commodity, on) })),
  }));
}

/** Why a person decides on a line; null where the best candidate may be relied upon as far as the pack says. */
export function reasonFor(candidates: readonly Pick<Candidate, 'score'>[], threshold: number | null): Reason | null {
  const [best] = candidates;
  if (best === undefined) return 'nothing-found';
  if (threshold === null) return 'no-threshold';
  return best.score < threshold ? 'below-threshold' : null;
}

/** A line as it was stored, read back with its reason. */
export function lineFrom(row: LineRow, threshold: number | null): SuggestedLine {
  const candidates = JSON.parse(row.candidates) as Candidate[];
  const reason = reasonFor(candidates, threshold);
  return {
    line: row.line,
    description: { text: row.text, language: row.language },
    candidates,
    person: { decides: reason !== null, reason },
    chosen: row.chosen,
  };
}
