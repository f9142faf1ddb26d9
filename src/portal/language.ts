import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A language code, as in `<html lang>`: the name of a folder of locales/. */
export type Language = string;

interface LanguageEntry {
  readonly code: Language;
  readonly name: string;
  readonly dir: 'ltr' | 'rtl';
  /** By which Intl writes dates and figures. */
  readonly locale: string;
}

const folder = new URL('../../locales/', import.meta.url);

/** The file of a language's folder that is no module's words: what the language is called, and how it is written. */
export const languageFile = 'language.json';

function readLanguage(code: Language): LanguageEntry {
  const file = new URL(`${code}/${languageFile}`, folder);
  const { name, dir, locale }: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof name !== 'string' || (dir !== 'ltr' && dir !== 'rtl') || typeof locale !== 'string')
    throw new Error(`${file.pathname}: give name, dir (ltr or rtl) and locale`);
  return { code, name, dir, locale };
}

/**
 * The languages that the pages speak: every folder of locales/ that has a language.json. English comes first, since it
 * is spoken where nobody asks for another one.
 */
export const languages: readonly LanguageEntry[] = readdirSync(folder)
  .filter((code) => existsSync(new URL(`${code}/${languageFile}`, folder)))
  .sort((a, b) => Number(b === 'en') - Number(a === 'en') || a.localeCompare(b, 'en'))
  .map(readLanguage);

const entries = new Map<string, LanguageEntry>(languages.map((one) => [one.code, one]));

/** True when the portal has this language. */
export function isLanguage(code: unknown): code is Language {
  return typeof code === 'string' && entries.has(code);
}

/** Name in its own language, direction of writing and formatting locale. Throws on a language that does not exist. */
export function language(code: Language): LanguageEntry {
  const entry = entries.get(code);
  if (!entry) throw new Error(`no language ${code}`);
  return entry;
}

/** The name of the cookie that keeps a person's choice. */
export const languageCookieName = 'language';

/**
 * The language of an answer: what the address asks (`?lang=ar`), else the cookie, else what the browser prefers
 * (RFC 9110 §12.5.4, quality values honoured, region ignored), else English. Unknown values are passed over.
 */
export function languageOf(asked: {
  query?: string | undefined;
  cookie?: string | undefined;
  acceptLanguage?: string | undefined;
}): Language {
  if (isLanguage(asked.query)) return asked.query;
  if (isLanguage(asked.cookie)) return asked.cookie;
  const wanted = (asked.acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return { code: tag.toLowerCase().split('-')[0], quality: Number.parseFloat(quality) || 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { code } of wanted) if (isLanguage(code)) return code;
  return 'en';
}

/** The `Set-Cookie` value that keeps a choice for a year. It names no person, so it needs no consent. */
export function languageCookie(code: Language, secure: boolean): string {
  return `${languageCookieName}=${code}; Path=/; Max-Age=31536000; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** The same address in another language: only the `lang` of the query changes. `url` is a path with a query. */
export function inLanguage(url: string, code: Language): string {
  const [path = '/', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('lang', code);
  return `${path}?${parameters.toString()}`;
}
