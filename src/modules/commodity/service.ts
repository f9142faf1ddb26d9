import { type Day, dayIn } from '#kernel/effective.ts';
import { isUuid, newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { type Goods, type Pack, packsPart } from '#modules/rulebook/index.ts';
import { catalogueOf, markOf, type Posting } from './catalogue.ts';
import { Limit } from './limits.ts';
import {
  candidatesMax,
  type ChoiceBody,
  keptDays,
  perMinute,
  scoreMax,
  type Spoken,
  type SuggestionBody,
  type SuggestionView,
} from './model.ts';
import * as store from './store.ts';
import { candidatesOf, lineFrom, reasonFor, thresholdOf } from './suggest.ts';
import { wordsOf } from './words.ts';

const limits = new WeakMap<Context['db'], Limit>();
const current = new WeakMap<Context['db'], { readonly pack: Pack; readonly on: Day }>();

function homeOf({ reference, clock }: Context): { pack: Pack; on: Day } {
  const { home } = reference.current().get(packsPart);
  return { pack: home, on: dayIn(clock.instant(), home.timeZone) };
}

/** Makes the index anew where it was made of another pack, other words or other days than today's. */
export async function keepIndex(context: Context): Promise<boolean> {
  const { pack, on } = homeOf(context);
  const known = current.get(context.db);
  if (known?.pack === pack && known.on === on) return false;
  const mark = markOf(pack, on);
  const made = (await store.markStanding(context.db)) !== mark && (await context.db.tx((tx) => make(tx, pack, on)));
  current.set(context.db, { pack, on });
  return made;
}

async function make(tx: Tx, pack: Pack, on: Day): Promise<boolean> {
  await store.holdIndex(tx);
  if ((await store.markStanding(tx)) === markOf(pack, on)) return false;
  await store.replaceIndex(tx, catalogueOf(pack, on));
  return true;
}

/** The language of a description: what its letters tell, otherwise the one that was said. */
export const languageOf = (text: string, said: string): Spoken =>
  /\p{Script=Han}/u.test(text) ? 'zh' : /\p{Script=Arabic}/u.test(text) ? 'ar' : said === 'fr' ? 'fr' : 'en';

/** The codes that fit a description, the best first. For measuring: it asks nobody and keeps nothing. */
export async function codesFor(context: Context, description: string, said: string): Promise<store.Found[]> {
  await keepIndex(context);
  return store.searched(context.db, wordsOf(description, languageOf(description, said)), candidatesMax);
}

/** Who asks, how the answer is written, and from where. */
export interface Asking {
  readonly who: Principal;
  readonly address: string;
  /** The language in which candidates are named; null for that of each description. */
  readonly shown: Spoken | null;
}

/** Suggests codes for goods that are described in words, and keeps what was suggested apart from everything else. */
export async function suggest(
  context: Context,
  { who, address, shown }: Asking,
  body: SuggestionBody,
): Promise<Result<SuggestionView>> {
  const limit = limits.get(context.db) ?? new Limit();
  limits.set(context.db, limit);
  if (!limit.take(address, body.lines.length, context.clock.now()))
    return refuse('commodity/too-often', { params: { most: String(perMinute) } });
  await keepIndex(context);
  const { pack, on } = homeOf(context);
  const threshold = thresholdOf(pack, on);
  const head = {
    id: newId(context.clock.now()),
    asked: context.clock.instant(),
    askedBy: who.party ?? who.authority,
    pack: `${pack.id} ${pack.version}`,
    threshold,
  };
  const lines: store.LineRow[] = [];
  for (const [index, { description }] of body.lines.entries()) {
    const { text, language } = description;
    const spoken = languageOf(text, language);
    const found = await store.searched(context.db, wordsOf(text, spoken), candidatesMax);
    const candidates = candidatesOf(pack, on, shown ?? spoken, found);
    const person = reasonFor(candidates, threshold) !== null;
    lines.push({ line: index + 1, text, language, candidates: JSON.stringify(candidates), person, chosen: null });
  }
  await store.add(context.db, head, lines);
  return ok(viewFrom(head, lines));
}

const viewFrom = (head: store.SuggestionRow, lines: readonly store.LineRow[]): SuggestionView => ({
  id: head.id,
  kind: 'suggestion',
  binding: false,
  statement: 'commodity/suggestion-only',
  asked: head.asked,
  pack: head.pack,
  score: { least: 0, most: scoreMax, threshold: head.threshold },
  lines: lines.map((line) => lineFrom(line, head.threshold)),
});

/** What the public asked is for whoever knows its id, what a party asked for that party alone. */
async function suggestionOf(context: Context, who: Principal, id: string) {
  const kept = isUuid(id) ? await store.byId(context.db, id) : undefined;
  const mine = kept?.head.askedBy === null || kept?.head.askedBy === (who.party ?? who.authority);
  return kept !== undefined && mine ? kept : undefined;
}

/** A suggestion as it was given. */
export async function suggestionView(context: Context, who: Principal, id: string): Promise<Result<SuggestionView>> {
  const kept = await suggestionOf(context, who, id);
  return kept === undefined ? refuse('commodity/not-found') : ok(viewFrom(kept.head, kept.lines));
}

/** Notes which code somebody chose last. It files nothing and teaches nothing: only what was released does. */
export async function choose(
  context: Context,
  who: Principal,
  id: string,
  { line, commodity }: ChoiceBody,
): Promise<Result<SuggestionView>> {
  const kept = await suggestionOf(context, who, id);
  const row = kept?.lines.find((one) => one.line === line);
  if (kept === undefined || row === undefined)
    return refuse('commodity/not-found', kept === undefined ? {} : { pointer: '/line' });
  const { candidates } = lineFrom(row, kept.head.threshold);
  if (!candidates.some((one) => one.commodity === commodity))
    return refuse('commodity/not-suggested', { pointer: '/commodity', params: { line: String(line) } });
  await store.choose(context.db, id, line, commodity, context.clock.instant());
  return suggestionView(context, who, id);
}

/** Teaches the search that goods described so were released under these codes. */
export async function teach(tx: Tx, goods: readonly Pick<Goods, 'description' | 'commodity'>[]): Promise<void> {
  const rows = goods.flatMap(({ description, commodity }): Omit<Posting, 'weight'>[] => {
    const code = (commodity ?? '').slice(0, 6);
    if (code.length < 6) return [];
    const { text, language: said } = description;
    // The same word twice in a description teaches once.
    const seen = new Map(
      wordsOf(text, languageOf(text, said === 'fr' ? 'en' : said))
        .filter(({ likely }) => likely)
        .map(({ language, first, second }) => [`${language} ${first} ${second}`, { language, first, second, code }]),
    );
    return [...seen.values()];
  });
  if (rows.length > 0) await store.learn(tx, rows);
}

/** Forgets what was suggested long ago; true while there may be more. */
export const forgetOld = async (context: Context): Promise<boolean> =>
  (await store.forget(context.db, instantOf(context.clock.now() - keptDays * 86_400_000))) > 0;
