import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, emptyState, inset, notificationBanner, table, tag } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { isLanguage, languages } from '#portal/language.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import { ref, when, written } from '#portal/values.ts';
import { type WishAbout, wishAbouts, type WishView } from './people-model.ts';
import { act, type Answer, mount, refused, textOf, type Visit, ways } from './page-kit.ts';
import {
  confirm,
  letters,
  linkKnown,
  postSimulated,
  pushKey,
  stop,
  unwish,
  wishes,
  wishMail,
  wishPush,
} from './service-people.ts';

const aboutField: Field = {
  name: 'about',
  label: 'news.about',
  type: 'select',
  options: wishAbouts.map((one) => ({ value: one, label: `news.about.${one}` })),
};
const languageField: Field = {
  name: 'language',
  label: 'news.language',
  type: 'select',
  options: languages.map(({ code, name }) => ({ value: code, text: name })),
};
const mailFields: readonly Field[] = [
  {
    name: 'address',
    label: 'news.address',
    type: 'text',
    hint: 'news.address-hint',
    latin: true,
    autocomplete: 'email',
  },
  aboutField,
  languageField,
];
const pushFields: readonly Field[] = ['endpoint', 'p256dh', 'auth'].map((name) => ({
  name,
  label: name,
  type: 'hidden',
}));

const stateTones: Readonly<Record<WishView['state'], Tone>> = { asked: 'hand', active: 'released', ended: 'stopped' };

const asked = (values: Values): { about: WishAbout; language: string } => ({
  about: wishAbouts.find((one) => one === values['about']) ?? 'results',
  language: isLanguage(values['language']) ? values['language'] : 'en',
});

const hostOf = (address: string): string => URL.parse(address)?.hostname ?? address;

function list(visit: Visit, all: readonly WishView[]): Html {
  const { t, timeZone } = visit;
  const end = ({ id, address }: WishView): Html =>
    act(visit, { action: `/news/ways/${id}/remove`, text: t('news.end'), about: address });
  return table<WishView>({
    caption: t('news.yours'),
    columns: [
      {
        head: t('news.where'),
        rowHeader: true,
        cell: ({ way, address }) =>
          way === 'mail' ? ref(address) : html`${t('news.browser')} ${ref(hostOf(address))}`,
      },
      { head: t('news.about'), cell: ({ about }) => t(`news.about.${about}`) },
      {
        head: t('news.language'),
        cell: ({ language }) => languages.find(({ code }) => code === language)?.name ?? language,
      },
      { head: t('news.state'), cell: ({ state }) => tag(t(`news.state.${state}`), stateTones[state]) },
      { head: t('news.told'), cell: ({ told }) => (told === null ? '–' : when(t, told, timeZone)) },
      { head: t('news.do'), cell: end },
    ],
    rows: all,
    empty: emptyState({ title: t('news.none'), body: t('news.none-text') }),
  });
}

/** The button that asks the browser for notes: a script's affair, so that without one it is not there. */
const pushForm = ({ t, csrf }: Visit, key: string): Html =>
  html`<h2>${t('news.push')}</h2><p>${t('news.push-text')}</p><div hidden data-push-key="${key}" data-push-refused="${t('news.push-refused')}">${form(t, { action: '/news/ways/push', fields: [...pushFields, aboutField, languageField], submit: t('news.push-ask'), csrf, prefix: 'push', values: { language: t.lang } })}</div><noscript><p class="small">${t('news.push-script')}</p></noscript><script src="/push-ask.js" defer></script>`;

async function waysPage(context: Context, visit: Visit, tried?: { values: Values; refusal: Refusal }): Promise<Answer> {
  const { t, who, csrf, request } = visit;
  const found = await wishes(context, who);
  if (!found.ok) return refused(visit, found.error);
  const simulated = postSimulated(context)
    ? inset(
        html`<p>${tag(t('portal.status.simulated'), 'hand')} ${t.html('news.simulated', { mailbox: html`<a href="/news/mailbox">${t('news.mailbox.title')}</a>` })}</p>`,
        'hand',
      )
    : '';
  const done =
    textOf(request.query, 'done') === 'mail'
      ? notificationBanner(t, {
          kind: 'released',
          heading: t('news.asked'),
          body: html`<p>${t('news.asked-text')}</p>`,
        })
      : '';
  const mail = form(t, {
    action: '/news/ways',
    fields: mailFields,
    submit: t('news.add'),
    csrf,
    values: tried?.values ?? { language: t.lang },
    ...(tried ? { refusal: tried.refusal } : {}),
  });
  const title = t('news.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('news.lead')}</p>${ways(t, 'people')}${simulated}${list(visit, found.value)}<h2>${t('news.mail')}</h2>${mail}${pushForm(visit, await pushKey(context))}`;
  return {
    page: { title, main, wide: true, banner: done, ...(tried ? { error: true } : {}) },
    ...(tried ? { status: 422 } : {}),
  };
}

async function mailboxPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, timeZone } = visit;
  const title = t('news.mailbox.title');
  const all = await letters(context, who);
  // An address on its own line is a link, as a mail program makes it one.
  const text = (body: string): Html[] =>
    body.split('\n').map((line) => {
      const found = /https?:\/\/\S+/.exec(line)?.[0];
      const path = found?.startsWith(context.config.origin) ? found.slice(context.config.origin.length) : undefined;
      if (found === undefined || path === undefined) return html`${written(line)}<br>`;
      const [before = '', after = ''] = line.split(found);
      return html`${written(before)}<a href="${path}">${ref(found)}</a>${written(after)}<br>`;
    });
  const shown = all.map(
    ({ subject, address, body, at }) =>
      html`<article class="card"><h2 class="card__title">${written(subject)}</h2><p class="small">${ref(address)} · ${when(t, at, timeZone)} ${tag(t('portal.status.simulated'), 'hand')}</p><p>${text(body)}</p></article>`,
  );
  const none = emptyState({ title: t('news.mailbox.none'), body: t('news.mailbox.none-text') });
  const main = html`<h1>${title}</h1><p class="lead">${t('news.mailbox.lead')}</p>${all.length === 0 ? none : shown}`;
  return { page: { title, main, breadcrumbs: [{ text: t('news.title'), href: '/news/ways' }, { text: title }] } };
}

/** How and of what a person is told. */
export function peoplePages(app: App, context: Context): void {
  mount(app, context, 'GET', '/news/ways', (visit) => waysPage(context, visit));
  mount(app, context, 'POST', '/news/ways', async (visit) => {
    const values = posted(mailFields, visit.request.body);
    const done = await wishMail(context, visit.who, values['address'] ?? '', asked(values));
    return done.ok ? { to: '/news/ways?done=mail' } : waysPage(context, visit, { values, refusal: done.error });
  });
  mount(app, context, 'POST', '/news/ways/push', async (visit) => {
    const values = posted([...pushFields, aboutField, languageField], visit.request.body);
    const { endpoint = '', p256dh = '', auth = '' } = values;
    const done = await wishPush(context, visit.who, { endpoint, keys: { p256dh, auth } }, asked(values));
    return done.ok ? { to: '/news/ways' } : refused(visit, done.error);
  });
  mount(app, context, 'POST', '/news/ways/:id/remove', async (visit) => {
    const done = await unwish(context, visit.who, textOf(visit.request.params, 'id'));
    return done.ok ? { to: '/news/ways' } : refused(visit, done.error);
  });
  mount(app, context, 'GET', '/news/mailbox', (visit) => mailboxPage(context, visit));
  for (const what of ['confirm', 'stop'] as const) link(app, context, what);
}

/**
 * Where a link of a letter leads: a page with one button, since programs that look through letters open every link.
 * The link itself is the right to press it, so that no sign-in is needed; a mail program presses it for its reader
 * (RFC 8058).
 */
function link(app: App, context: Context, what: 'confirm' | 'stop'): void {
  const address = `/news/${what}/:token`;
  app.get(address, { schema: { hide: true } }, async (request, reply) => {
    const frame = await context.frame(request);
    const { t } = frame;
    const known = await linkKnown(context, textOf(request.params, 'token'));
    const title = t(known ? `news.${what}.title` : 'news.link-unknown');
    const ask = html`<p>${t(`news.${what}.text`)}</p><form method="post">${button({ text: t(`news.${what}.do`) })}</form>`;
    const main = html`<h1>${title}</h1>${known ? ask : html`<p>${t('feedback/link-unknown')}</p>`}`;
    return sendPage(reply, page({ ...frame, title, main }), known ? 200 : 404);
  });
  app.post(address, { schema: { hide: true } }, async (request, reply) => {
    const frame = await context.frame(request);
    const { t } = frame;
    const token = textOf(request.params, 'token');
    const done = what === 'stop' ? undefined : await confirm(context, token);
    if (what === 'stop') await stop(context, token);
    const unknown = done?.ok === false;
    const title = t(unknown ? 'news.link-unknown' : `news.${what}.done`);
    const main = html`<h1>${title}</h1><p>${t(unknown ? 'feedback/link-unknown' : `news.${what}.done-text`)}</p>`;
    return sendPage(reply, page({ ...frame, title, main }), unknown ? 404 : 200);
  });
}
