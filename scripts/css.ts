import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import rtlcss from 'rtlcss';
import { compile } from 'sass';

const source = new URL('../src/portal/styles/app.scss', import.meta.url);
const assets = new URL('../src/portal/assets/', import.meta.url);
const packages = new URL('../node_modules/', import.meta.url);

/** The style sheets as they should stand in src/portal/assets: one for each direction of writing, minified. */
export function styleSheets(): { path: string; text: string }[] {
  const { css } = compile(fileURLToPath(source), {
    style: 'compressed',
    loadPaths: [fileURLToPath(packages)],
    charset: false,
  });
  // The theme sets every custom property, so the fallbacks of the library would only be carried along.
  const lean = css.replace(/var\((--govuk-[a-z-]+),\s*#[0-9a-f]{3,8}\)/gi, 'var($1)');
  if (/url\(|@import|@font-face/.test(lean)) throw new Error('the style sheet must not fetch anything');
  return [
    { path: fileURLToPath(new URL('app.css', assets)), text: `${lean}\n` },
    { path: fileURLToPath(new URL('app.rtl.css', assets)), text: `${rtlcss.process(lean)}\n` },
  ];
}

/** The names of the committed style sheets that differ from what the sources give. */
export const staleStyleSheets = (): string[] =>
  styleSheets()
    .filter(({ path, text }) => {
      try {
        return readFileSync(path, 'utf8') !== text;
      } catch {
        return true;
      }
    })
    .map(({ path }) => path);

if (import.meta.main) for (const { path, text } of styleSheets()) writeFileSync(path, text);
