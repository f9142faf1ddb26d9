import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { assetUrl } from './assets.ts';
import { csrfField } from './form.ts';
import { inLanguage, languages } from './language.ts';
import { mark, ornament } from './rose.ts';
import { type Theme, themeLogo, themeName, themeSheet } from './theme.ts';
import { termHelp } from './terms.ts';
import type { Words } from './text.ts';

/** A way through the portal. Without `current` the longest address that begins the page's own is the current one. */
export interface NavItem {
  readonly text: string;
  readonly href: string;
  readonly current?: boolean;
}

/** What is around every page of one request: the app makes it once, a page adds its content. */
export interface Frame {
  readonly t: Words;
  /** Path and query of this request, for the language links. */
  readonly url: string;
  readonly nav: readonly NavItem[];
  /** Whose window this is, such as the name of the economy. */
  readonly place?: string;
  /** How this window looks where that is not the look of its own. */
  readonly theme?: Theme | null;
  /** In which its pages say when something was; UTC where it is left out. */
  readonly timeZone?: string;
  readonly person?: { readonly name: string; readonly role?: string; readonly href?: string };
  readonly signIn?: string;
  readonly signOut?: { readonly action: string; readonly csrf: string };
  /** The bar of a demonstration window, on every page. */
  readonly demoBar?: Html;
}

/** What one page says. */
export interface PageContent {
  readonly title: string;
  readonly main: Fragment;
  /** Between the bar and the content: what the person just did, or a legal clock that was moved. */
  readonly banner?: Fragment;
  readonly breadcrumbs?: readonly { readonly text: string; readonly href?: string }[];
  /** For anybody, without signing in: these pages carry the ornament. */
  readonly public?: boolean;
  /** The form of this page came back with errors: the title says so first. */
  readonly error?: boolean;
  /** False where the page explains its words itself. */
  readonly terms?: false;
  /** Uses the whole width, for tables of work. */
  readonly wide?: boolean;
}

/**
 * The whole document. Everything in it comes from this server: no inline style or script, so the strict policy holds.
 */
export function page(options: Frame & PageContent): Html {
  const { t, theme } = options;
  const title = `${options.error ? `${t('portal.errors.prefix')} ` : ''}${options.title} – ${theme ? themeName(theme, t.lang) : 'Portolan'}`;
  const main = html`${options.main}`;
  const sheet = theme ? themeSheet(theme) : null;
  const colours = sheet === null ? '' : html`<link rel="stylesheet" href="${sheet}">`;
  return html`<!doctype html>
<html lang="${t.lang}" dir="${t.dir}"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="theme-color" content="#16284a"><link rel="icon" href="${assetUrl('favicon.svg')}" type="image/svg+xml"><link rel="stylesheet" href="${assetUrl(t.dir === 'rtl' ? 'app.rtl.css' : 'app.css')}">${colours}<script type="module" src="${assetUrl('app.js')}"></script></head>
<body class="${options.public ? 'public' : 'inner'}"><a class="govuk-skip-link" href="#main">${t('portal.skip')}</a>${options.demoBar}${header(options)}<div class="width">${options.public ? ornament() : ''}${breadcrumbs(t, options.breadcrumbs)}${options.banner}<main id="main"${options.wide ? html` class="wide"` : ''} tabindex="-1">${main}</main>${options.terms === false ? '' : termHelp(t, main)}</div>${footer(options)}</body></html>`;
}

function header(options: Frame): Html {
  const { t, url, nav, place, person, signIn, signOut, theme } = options;
  const logo = theme ? themeLogo(theme) : null;
  const sign = logo === null ? mark() : html`<img class="header__logo" src="${logo}" alt="">`;
  const who = person
    ? html`<li class="header__person">${person.href ? html`<a href="${person.href}"><bdi>${person.name}</bdi></a>` : html`<bdi>${person.name}</bdi>`}${person.role ? html` <span class="header__role"><bdi>${person.role}</bdi></span>` : ''}</li>`
    : '';
  const leave = signOut
    ? html`<li><form method="post" action="${signOut.action}">${csrfField(signOut.csrf)}<button class="header__button" type="submit">${t('portal.sign-out')}</button></form></li>`
    : '';
  const enter = !person && signIn ? html`<li><a href="${signIn}">${t('portal.sign-in')}</a></li>` : '';
  return html`<header class="header"><div class="header__top width"><a class="header__name" href="/">${sign}<span>${theme ? themeName(theme, t.lang) : 'Portolan'}</span></a>${place ? html`<span class="header__place">${place}</span>` : ''}<ul class="header__tools">${languageLinks(t, url)}${who}${leave}${enter}</ul></div>${navigation(t, url, nav)}</header>`;
}

function languageLinks(t: Words, url: string): Html {
  const others = languages.filter(({ code }) => code !== t.lang);
  return join(
    others.map(
      ({ code, name, dir }) =>
        html`<li><a href="${inLanguage(url, code)}" lang="${code}" dir="${dir}" hreflang="${code}">${name}</a></li>`,
    ),
  );
}

function navigation(t: Words, url: string, nav: readonly NavItem[]): Html | '' {
  if (nav.length === 0) return '';
  const path = url.split('?', 1)[0] ?? '/';
  const leads = (href: string): boolean => path === href || (href !== '/' && path.startsWith(`${href}/`));
  const nearest = nav
    .map(({ href }) => href)
    .filter(leads)
    .sort((a, b) => b.length - a.length)[0];
  const items = nav.map(({ text, href, current = href === nearest }) => {
    const here = current ? html` aria-current="${path === href ? 'page' : 'true'}"` : '';
    return html`<li><a href="${href}"${here}>${text}</a></li>`;
  });
  return html`<nav class="nav" aria-label="${t('portal.nav')}"><ul class="width">${items}</ul></nav>`;
}

function breadcrumbs(t: Words, crumbs: PageContent['breadcrumbs']): Html | '' {
  if (!crumbs || crumbs.length === 0) return '';
  const items = crumbs.map(
    ({ text, href }) =>
      html`<li class="govuk-breadcrumbs__list-item"${href ? '' : html` aria-current="page"`}>${href ? html`<a class="govuk-breadcrumbs__link" href="${href}">${text}</a>` : text}</li>`,
  );
  return html`<nav class="govuk-breadcrumbs" aria-label="${t('portal.breadcrumbs')}"><ol class="govuk-breadcrumbs__list">${items}</ol></nav>`;
}

const footerLinks = [
  { key: 'portal.footer.report', href: '/about/report' },
  { key: 'portal.footer.docs', href: '/docs' },
  { key: 'terms.title', href: '/glossary' },
  { key: 'statements.accessibility.title', href: '/accessibility' },
  { key: 'statements.privacy.title', href: '/privacy' },
  { key: 'portal.footer.status', href: '/status' },
  { key: 'portal.footer.openapi', href: '/openapi.json' },
];

function footer({ t }: Frame): Html {
  const links = footerLinks.map(({ key, href }) => html`<li><a href="${href}">${t(key)}</a></li>`);
  return html`<footer class="footer"><div class="width"><ul class="footer__links">${links}</ul><p>${t('portal.footer.line')}</p></div></footer>`;
}
