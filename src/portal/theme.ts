import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConfigError } from '#platform/config.ts';
import { svgFault } from './logo.ts';

/**
 * How one economy's window differs from another's: its name, a logo, three colours by day and by night, and where to
 * write to. Everything else stays, so that whoever knows one window knows them all.
 */
export interface Theme {
  /** By language; a language that is lacking is shown the English one. */
  readonly name: Readonly<Record<string, string>>;
  /** An address of https or mailto that people may write to. */
  readonly contact?: string;
  readonly logo?: string;
  readonly css?: string;
}

const Colour = Type.String({ pattern: '^#[0-9a-f]{6}$' });
const Colours = Type.Object(
  { bar: Type.Optional(Colour), button: Type.Optional(Colour), link: Type.Optional(Colour) },
  { additionalProperties: false },
);
const File = Compile(
  Type.Object(
    {
      name: Type.Record(Type.String({ pattern: '^[a-z]{2,3}$' }), Type.String({ minLength: 1, maxLength: 60 })),
      contact: Type.Optional(Type.String({ pattern: '^(https://|mailto:)[^\\s<>"]{3,200}$' })),
      logo: Type.Optional(Type.String({ minLength: 1 })),
      day: Type.Optional(Colours),
      night: Type.Optional(Colours),
    },
    { additionalProperties: false },
  ),
);

const linear = (channel: number): number => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours as WCAG 2.2 §1.4.3 counts it, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const leastContrast = 4.5;

/** The colours of the portal, which stand in one file, by the hour they are for. */
function ownColours(hour: 'day' | 'night'): Map<string, string> {
  const sheet = readFileSync(new URL('styles/_theme.scss', import.meta.url), 'utf8');
  const body = new RegExp(`@mixin ${hour} \\{([^}]*)\\}`).exec(sheet)?.[1] ?? '';
  return new Map([...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

/** What each colour of a theme sets, and on or under what it is read. */
const uses = {
  bar: { sets: ['deep'], with: ['on-deep', 'on-deep-faded'] },
  button: { sets: ['step', 'step-hover'], with: ['on-deep'] },
  link: { sets: ['way'], with: ['ground', 'raised', 'sea'] },
} as const;

function rulesOf(file: string, hour: 'day' | 'night', colours: Record<string, string>): string {
  const own = ownColours(hour);
  const rules: string[] = [];
  for (const [name, { sets, with: others }] of Object.entries(uses)) {
    const colour = colours[name];
    if (colour === undefined) continue;
    for (const other of others) {
      const beside = own.get(other) ?? '#000000';
      const found = contrast(colour, beside);
      if (found < leastContrast)
        throw new ConfigError(
          `${file}: the colour ${colour} of ${hour}.${name} has a contrast of ${found.toFixed(2)} with ${beside}; ` +
            `people need ${leastContrast}. Choose a ${contrast(beside, '#ffffff') < 4 ? 'darker' : 'lighter or darker'} one.`,
        );
    }
    for (const set of sets) rules.push(`--${set}:${colour}`);
  }
  return rules.length === 0 ? '' : `:root{${rules.join(';')}}`;
}

/**
 * Reads the file of a theme once at the start. What cannot be read, a colour that people could not read by, and a logo
 * that is more than a picture keep the window from starting, with a sentence for whoever wrote it.
 */
export function readTheme(path: string | null): Theme | null {
  if (path === null) return null;
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`PORTOLAN_THEME: ${path} cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
  if (!File.Check(given)) {
    const [first] = File.Errors(given);
    throw new ConfigError(
      `${path}${first?.instancePath ?? ''}: ${first?.message ?? ''}. docs/operate.md says what it holds.`,
    );
  }
  const { name, contact, day = {}, night = {} } = given;
  const dark = rulesOf(path, 'night', night);
  const css = `${rulesOf(path, 'day', day)}${dark === '' ? '' : `@media (prefers-color-scheme:dark){${dark}}`}`;
  const logo = given.logo === undefined ? undefined : logoOf(resolve(dirname(path), given.logo));
  return { name, ...(contact && { contact }), ...(logo && { logo }), ...(css && { css }) };
}

function logoOf(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(`PORTOLAN_THEME: the logo ${path} cannot be read.`);
  }
  const fault = svgFault(text);
  if (fault !== null) throw new ConfigError(`PORTOLAN_THEME: the logo ${path} ${fault}.`);
  return text;
}

const versioned = (path: string, text: string): string =>
  `${path}?v=${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;

/** The address of the theme's own colours, where it has any. */
export const themeSheet = ({ css }: Theme): string | null => (css ? versioned('/theme/colours.css', css) : null);
/** The address of the logo, where there is one. */
export const themeLogo = ({ logo }: Theme): string | null => (logo ? versioned('/theme/logo.svg', logo) : null);
/** What the window is called in a language. */
export const themeName = ({ name }: Theme, lang: string): string => name[lang] ?? name['en'] ?? 'Portolan';

/** Serves what a theme brings. */
export function themeRoutes(app: FastifyInstance, theme: Theme | null): void {
  const serve = (path: string, type: string, text: string | undefined): void => {
    if (text === undefined) return;
    app.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(text),
    );
  };
  serve('/theme/colours.css', 'text/css; charset=utf-8', theme?.css);
  serve('/theme/logo.svg', 'image/svg+xml', theme?.logo);
}
