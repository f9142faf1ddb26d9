/** Markup that is safe to send: made by the `html` tag, or from a constant of our own by `raw`. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: texts are escaped, markup is not, lists are put together, nothing is nothing. */
export type Fragment = Html | string | number | bigint | null | undefined | false | readonly Fragment[];

const special = /[&<>"']/g;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text with the five characters escaped that matter in elements and in quoted attributes. */
export const escape = (text: string): string => text.replace(special, (character) => entities[character]!);

function textOf(part: Fragment): string {
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string') return escape(part);
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'object') return part.map(textOf).join('');
  return escape(String(part));
}

/** Markup from a template; every value is escaped unless it is markup itself. Attributes must stand in quotes. */
export function html(strings: TemplateStringsArray, ...parts: Fragment[]): Html {
  let text = strings[0]!;
  parts.forEach((part, index) => {
    text += textOf(part) + strings[index + 1]!;
  });
  return new Html(text);
}

/** Takes a text as markup. Only for constants written in this repository, never for anything that came in. */
export const raw = (text: string): Html => new Html(text);

/** The parts, one after another, with a separator between them. */
export const join = (parts: readonly Fragment[], separator: Fragment = ''): Html =>
  new Html(parts.map(textOf).join(textOf(separator)));
