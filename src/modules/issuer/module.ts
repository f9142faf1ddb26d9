import { html } from '#kernel/html.ts';
import type { Module } from '#platform/module.ts';
import { languageOf } from '#portal/language.ts';
import { page } from '#portal/layout.ts';
import { words } from '#portal/text.ts';
import { mountIssuer, proofsDoor } from './api.ts';
import { refusals } from './model.ts';
import { accountPages } from './pages-account.ts';
import { authenticatorPages } from './pages-authenticator.ts';
import { proofsPages } from './pages-proofs.ts';
import { signInPages } from './pages-sign-in.ts';
import { type ErrorPage, openIssuer } from './provider.ts';
import { sweep } from './store-records.ts';

/** What the library has to say to a person: it happens where a link was cut off, or a program asks wrongly. */
const errorPage: ErrorPage = (ctx, error) => {
  const t = words(languageOf({ acceptLanguage: ctx.get('accept-language') }));
  const title = t('parties.sign-in.stopped');
  const main = html`<h1>${title}</h1><p>${t('issuer.error')}</p><p class="small"><bdi dir="ltr">${error}</bdi></p>`;
  return page({ t, url: '/sign-in', nav: [], title, main, signIn: '/sign-in' }).toString();
};

/** The issuer of this window: OpenID Connect for people and programs, passkeys, second proofs, one's own account. */
export const issuerModule: Module = {
  name: 'issuer',
  refusals,
  api(app, context) {
    if (context.config.issuer.embedded) proofsDoor(app, context);
  },
  async pages(app, context) {
    accountPages(app, context);
    // Where people prove themselves at another issuer this one is not there at all.
    if (!context.config.issuer.embedded) return;
    authenticatorPages(app, context);
    proofsPages(app, context);
    const issuer = openIssuer(context, errorPage);
    signInPages(app, context, issuer);
    await mountIssuer(app, issuer);
  },
  work: ({ db }) => [{ name: 'issuer-sweep', idleMs: 300_000, step: () => sweep(db) }],
};
