import { type Fragment, type Html, html } from '#kernel/html.ts';
import { details } from './components.ts';
import type { Language } from './language.ts';
import type { Words } from './text.ts';

/** The words of the field that a reader may not know, in the order of the glossary page: a parcel's way first. */
export const terms = [
  'window',
  'declaration',
  'declarant',
  'filer',
  'checklist',
  'summary-declaration',
  'slip',
  'manifest',
  'master-bill',
  'consignee',
  'presented',
  'control',
  'release',
  'charges',
  'customs-value',
  'intrinsic-value',
  'commodity-code',
  'guarantee',
  'notice',
  'tax-bill',
  'case',
  'ground',
  'remedy',
  'mandate',
  'representation',
  'party',
  'pack',
  'route',
  'dry-run',
  'bonded-stock',
  'transit',
  'transfer',
] as const;
type Term = (typeof terms)[number];

/** So much of a page is looked through; what is longer is a list that repeats itself. */
const lookedThrough = 60_000;
/** So many words are explained on one page; the glossary has the others. */
const most = 10;

interface Finder {
  readonly pattern: RegExp;
  readonly termOf: ReadonlyMap<string, Term>;
}

const finders = new Map<Language, Finder>();

/** Finds the words of a language in one pass, the longer one first; scripts without spaces have no ends of words. */
function finderOf(t: Words): Finder {
  const known = finders.get(t.lang);
  if (known) return known;
  const termOf = new Map(
    terms.flatMap((term) =>
      t(`terms.${term}.forms`)
        .split(', ')
        .map((form) => [form.toLowerCase(), term] as const),
    ),
  );
  const forms = [...termOf.keys()].sort((a, b) => b.length - a.length);
  const spaced = /^\p{Script=Latin}/u.test(forms[0] ?? '');
  const either = forms.map((form) => RegExp.escape(form)).join('|');
  const pattern = spaced ? `(?<!\\p{L})(?:${either})(?!\\p{L})` : either;
  const finder = { pattern: new RegExp(pattern, 'giu'), termOf };
  finders.set(t.lang, finder);
  return finder;
}

/** The terms that a text uses, each once, as they first come. */
export function termsIn(t: Words, text: string): Term[] {
  const { pattern, termOf } = finderOf(t);
  const found = new Set<Term>();
  for (const [form] of text.slice(0, lookedThrough).matchAll(pattern)) {
    const term = termOf.get(form.toLowerCase());
    if (term !== undefined) found.add(term);
    if (found.size === most) break;
  }
  return [...found];
}

/** The list of some terms with what each means; every term can be linked to. */
export const termList = (t: Words, listed: readonly Term[]): Html =>
  html`<dl class="terms__list">${listed.map((term) => html`<div><dt id="${term}">${t(`terms.${term}.term`)}</dt><dd>${t(`terms.${term}.means`)}</dd></div>`)}</dl>`;

/**
 * Below a page, closed until somebody asks: what the words of the field on it mean. It stands apart from the text, so
 * that whoever knows them is not disturbed.
 */
export function termHelp(t: Words, main: Fragment): Html | '' {
  const text = html`${main}`.toString().replaceAll(/<[^>]*>/g, ' ');
  const found = termsIn(t, text);
  if (found.length === 0) return '';
  const all = html`<p><a href="/glossary">${t('terms.all')}</a></p>`;
  return html`<aside class="terms" aria-label="${t('terms.on-page')}">${details(t('terms.on-page'), html`${termList(t, found)}${all}`)}</aside>`;
}
