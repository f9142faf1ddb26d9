import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fastify from 'fastify';
import { ConfigError } from '#platform/config.ts';
import { page } from './layout.ts';
import { svgFault } from './logo.ts';
import { words } from './text.ts';
import { contrast, readTheme, themeRoutes } from './theme.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-theme-'));
after(() => rmSync(folder, { recursive: true }));

const plainLogo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>';

function written(theme: unknown, logo = plainLogo): string {
  writeFileSync(join(folder, 'logo.svg'), logo);
  const path = join(folder, 'theme.json');
  writeFileSync(path, JSON.stringify(theme));
  return path;
}

test('a theme gives a window its name, its logo and its colours, by day and by night', async () => {
  const theme = readTheme(
    written({
      name: { en: 'Single Window of Ponenta', fr: 'Guichet unique de Ponenta' },
      contact: 'mailto:window@ponenta.example',
      logo: 'logo.svg',
      day: { bar: '#0b4f3c', button: '#0b4f3c', link: '#0a5c45' },
      night: { link: '#8fe0c4' },
    }),
  );
  const drawn = page({ t: words('fr'), url: '/', nav: [], title: 'x', main: '', theme }).toString();
  assert.match(drawn, /<title>x – Guichet unique de Ponenta<\/title>/);
  assert.match(drawn, /<img class="header__logo" src="\/theme\/logo\.svg\?v=[0-9a-f]{12}" alt="">/);
  const app = fastify();
  themeRoutes(app, theme);
  const sheet = await app.inject('/theme/colours.css');
  assert.match(sheet.body, /^:root\{--deep:#0b4f3c;--step:#0b4f3c;--step-hover:#0b4f3c;--way:#0a5c45\}/);
  assert.match(sheet.body, /@media \(prefers-color-scheme:dark\)\{:root\{--way:#8fe0c4\}\}$/);
  assert.equal((await app.inject('/theme/logo.svg')).body, plainLogo);
  await app.close();
});

test('without a theme the window keeps the look of its own', () => {
  assert.equal(readTheme(null), null);
  assert.match(page({ t: words('en'), url: '/', nav: [], title: 'x', main: '' }).toString(), /<title>x – Portolan/);
});

test('a colour that people could not read by keeps the window from starting, and says by how much', () => {
  const name = { en: 'W' };
  assert.throws(() => readTheme(written({ name, day: { bar: '#d0d0d0' } })), /day\.bar has a contrast of 1\.\d\d/);
  assert.throws(() => readTheme(written({ name, night: { link: '#203050' } })), /night\.link has a contrast/);
  assert.equal(contrast('#000000', '#ffffff'), 21);
});

test('a file that holds anything else is refused with a sentence', () => {
  for (const wrong of [
    {},
    { name: { en: '' } },
    { name: { en: 'W' }, script: 'x' },
    { name: { en: 'W' }, day: { bar: 'red' } },
  ])
    assert.throws(() => readTheme(written(wrong)), ConfigError);
  assert.throws(() => readTheme(join(folder, 'none.json')), ConfigError);
  assert.throws(() => readTheme(written({ name: { en: 'W' }, contact: 'javascript:alert(1)' })), ConfigError);
});

const open = '<svg xmlns="http://www.w3.org/2000/svg">';
const bad: readonly (readonly [string, string])[] = [
  ['a script', `${open}<script>alert(1)</script></svg>`],
  ['a handler', `${open}<circle onload="alert(1)" r="1"/></svg>`],
  ['a handler after a slash', `${open}<circle r="1"/onload="alert(1)"/></svg>`],
  ['markup of another kind', `${open}<foreignObject><body/></foreignObject></svg>`],
  ['an image from elsewhere', `${open}<use href="https://evil.example/x.svg#a"/></svg>`],
  ['an unquoted way out', `${open}<use href=https://evil.example/x.svg /></svg>`],
  ['an entity', '<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>'],
  ['a style', `${open}<rect style="background:url(https://evil.example)"/></svg>`],
  ['a paint from elsewhere', `${open}<rect fill="url(https://evil.example/#a)"/></svg>`],
  ['an animation', `${open}<set attributeName="href" to="javascript:x"/></svg>`],
  ['no drawing', 'GIF89a'],
];
for (const [what, text] of bad)
  test(`a logo with ${what} is refused`, () => {
    assert.notEqual(svgFault(text), null);
    assert.throws(() => readTheme(written({ name: { en: 'W' }, logo: 'logo.svg' }, text)), ConfigError);
  });

test('a drawing with gradients, masks and text of its own is a logo', () => {
  const text = `<?xml version="1.0"?>${open}<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><rect fill="url(#a)"/><use href="#a"/><text>&amp;</text></svg>`;
  assert.equal(svgFault(text), null);
});
