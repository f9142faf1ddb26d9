import { readdirSync, readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { Html, html, join } from '#kernel/html.ts';
import { type Language, language, languageFile } from './language.ts';

/** A module's words in one language: ICU messages by key. */
export type Messages = Readonly<Record<string, string>>;
/** Values for the places in a message. Numbers are counts only; money, weights and days come in as finished text. */
export type Params = Readonly<Record<string, string | number>>;

/** The words of one language. `t('clearance.title')` and `t('clearance/late')` both look in the module `clearance`. */
export interface Words {
  (key: string, params?: Params): string;
  /** The same message as Html, where a value may itself be Html (a link, a reference). */
  html(key: string, params?: Readonly<Record<string, string | number | Html>>): Html;
  /** True when this language or English has the key. */
  has(key: string): boolean;
  readonly lang: Language;
  readonly dir: 'ltr' | 'rtl';
  readonly locale: string;
}

const folder = new URL('../../locales/', import.meta.url);
const catalogues = new Map<Language, Map<string, string>>();
const spoken = new Map<Language, Words>();
let missing: (key: string, lang: Language) => string = (key, lang) => {
  throw new Error(`no words for ${key} in ${lang} or in English`);
};

/**
 * What to show for a key nobody has words for. Until this is called a missing key throws, so that every test sees it;
 * a running window shows the key itself rather than losing a page over it.
 */
export function onMissingWords(show: (key: string, lang: Language) => string): void {
  missing = show;
}

/** Adds words that do not stand in locales/: a pack brings its own. Later words win over earlier ones. */
export function addWords(lang: Language, module: string, messages: Messages): void {
  const catalogue = catalogueOf(lang);
  for (const [key, message] of Object.entries(messages)) catalogue.set(`${module}.${key}`, message);
  spoken.clear();
}

/** The words of a language, read from locales/ once and compiled when first used; English where a key is lacking. */
export function words(lang: Language): Words {
  const known = spoken.get(lang);
  if (known) return known;
  const compiled = new Map<string, IntlMessageFormat | undefined>();
  const messageOf = (key: string): IntlMessageFormat | undefined => {
    const name = key.replace('/', '.');
    if (!compiled.has(name)) compiled.set(name, compile(name, lang) ?? compile(name, 'en'));
    return compiled.get(name);
  };
  const { dir, locale } = language(lang);
  const speak = (key: string, params: Params = {}): string => {
    const message = messageOf(key);
    return message ? String(message.format(isolated(params, dir))) : missing(key, lang);
  };
  const t: Words = Object.assign(speak, {
    html: (key: string, params: Readonly<Record<string, string | number | Html>> = {}): Html => {
      const message = messageOf(key);
      if (!message) return html`${missing(key, lang)}`;
      return join(
        message.formatToParts<Html>(isolated(params, dir)).map((part) => html`${part.value}`),
        '',
      );
    },
    has: (key: string) => messageOf(key) !== undefined,
    lang,
    dir,
    locale,
  });
  spoken.set(lang, t);
  return t;
}

function catalogueOf(lang: Language): Map<string, string> {
  const known = catalogues.get(lang);
  if (known) return known;
  const catalogue = new Map<string, string>();
  const here = new URL(`${lang}/`, folder);
  for (const file of readdirSync(here).filter((name) => name.endsWith('.json') && name !== languageFile)) {
    for (const [key, message] of Object.entries(readMessages(new URL(file, here))))
      catalogue.set(`${file.slice(0, -5)}.${key}`, message);
  }
  catalogues.set(lang, catalogue);
  return catalogue;
}

function readMessages(file: URL): Messages {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const messages: Record<string, string> = {};
  for (const [key, message] of Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {})) {
    if (typeof message !== 'string') throw new Error(`${file.pathname}: ${key} is not a text`);
    messages[key] = message;
  }
  return messages;
}

type Elements = ReturnType<IntlMessageFormat['getAst']>;

function compile(name: string, lang: Language): IntlMessageFormat | undefined {
  const message = catalogueOf(lang).get(name);
  if (message === undefined) return undefined;
  const locale = language(lang).locale;
  const parsed = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
  return new IntlMessageFormat(shown(parsed.getAst()), locale, undefined, { ignoreTag: true });
}

/** What the parser calls a place without a format, `{name}`; its enum is not exported. */
const plainArgument = 1;

/** Marks the places where a value is shown as it is, so that only those get isolates and a `select` still matches. */
function shown(elements: Elements): Elements {
  return elements.map((element) => {
    const type: number = element.type;
    if (type === plainArgument && 'value' in element) return { ...element, value: `${element.value} shown` };
    if (!('options' in element)) return element;
    const options = Object.entries(element.options).map(([name, option]) => [
      name,
      { ...option, value: shown(option.value) },
    ]);
    return { ...element, options: Object.fromEntries(options) };
  });
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** Values in their isolates (UAX #9 FSI, PDI): without them 2026-01-05 reads 05-01-2026 inside Arabic. */
function isolated<T extends string | number | Html>(
  params: Readonly<Record<string, T>>,
  dir: 'ltr' | 'rtl',
): Record<string, T | string> {
  const values: Record<string, T | string> = {};
  for (const [name, value] of Object.entries(params)) {
    values[name] = value;
    const foreign = typeof value === 'string' && (dir === 'rtl' || rightToLeft.test(value));
    values[`${name} shown`] = foreign ? `\u2068${value}\u2069` : value;
  }
  return values;
}
