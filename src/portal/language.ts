/** The languages the pages speak. A language is added here and as a folder of locales/. */
export const languages = [
  { code: 'en', name: 'English', dir: 'ltr', locale: 'en-GB' },
  // Latin digits: tariff codes, references and amounts are copied between pages, papers and other systems.
  { code: 'ar', name: 'العربية', dir: 'rtl', locale: 'ar-u-nu-latn' },
] as const;

/** A language code, as in `<html lang>`. */
export type Language = (typeof languages)[number]['code'];

const entries = new Map<string, (typeof languages)[number]>(languages.map((one) => [one.code, one]));

/** True when the portal has this language. */
export function isLanguage(code: unknown): code is Language {
  return typeof code === 'string' && entries.has(code);
}

/** Name in its own language, direction of writing and formatting locale. Throws on a language that does not exist. */
export function language(code: Language): (typeof languages)[number] {
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
