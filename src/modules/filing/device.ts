import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { assetUrl, workerScript } from '#portal/assets.ts';
import { button, details, inset } from '#portal/components.ts';
import { type Field, formFields } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { acceptedFiles } from '#modules/documents/index.ts';
import { type Question, questionsOf, type Setting, settingOf } from './fields.ts';
import { look } from './look.ts';
import { questionFields, titleOf } from './pages-kit.ts';
import { filerOf, toldOf } from './service.ts';

/**
 * The page that works without a line: a device keeps it, with what was written in it, and its service worker sends
 * what waits once the line is back. It says nothing of the person who is signed in but for whom he files.
 */

const states = ['draft', 'queued', 'sent', 'refused'] as const;
const told = ['photos', 'signIn', 'otherParty', 'edit', 'delete', 'unnamed', 'online', 'offline', 'parcel'] as const;

/** The words that the script needs, by name. */
const wordsFor = (t: Words): string =>
  JSON.stringify(
    Object.fromEntries([
      ...states.map((state) => [state, t(`filing.device.state.${state}`)]),
      ...told.map((name) => [name, t(`filing.device.${name}`)]),
      ['errors', t('portal.errors.title')],
      ['error', t('portal.errors.prefix')],
    ]),
  );

/** What is waiting on this device, which only the device knows: the script fills it in. */
export const deviceList = (t: Words): Html =>
  html`<div class="device" data-device data-words="${wordsFor(t)}"><p class="device__line" role="status" data-line></p><ul class="device__list" data-queue></ul></div><script type="module" src="${assetUrl('filing.js')}"></script>`;

const answers = (movement: string): Record<string, string> => ({
  'declaration.movement': movement,
  'declaration.consignee.private': 'yes',
});

/**
 * What an ordinary sale to a person is asked, in and out: without a line nobody can ask the law about the parcel at
 * hand, so this stands on the first page and everything else behind it.
 */
function usual(context: Context, setting: Setting, questions: readonly Question[], t: Words): ReadonlySet<string> {
  const party = setting.parties[0]?.value ?? '';
  const id = '00000000-0000-7000-8000-000000000000';
  const asked = ['import', 'export'].flatMap((movement) => [
    ...look(context, answers(movement), toldOf(context, party, { id, language: t.lang }), questions).asked,
  ]);
  return new Set(asked);
}

const lines = 3;
const photo: Field = {
  name: 'photo',
  label: 'filing.photo',
  type: 'file',
  hint: 'filing.photo-hint',
  accept: acceptedFiles,
  multiple: true,
  optional: true,
};

function deviceForm(context: Context, t: Words, setting: Setting): Html {
  const questions = questionsOf(t, setting, lines);
  const asked = usual(context, setting, questions, t);
  const drawn = { values: {}, errors: [] };
  const part = (question: Question): Html =>
    html`<fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${titleOf({ t }, question, lines)}</legend><div class="fields">${questionFields({ t }, question, asked, drawn)}</div></fieldset>`;
  const goods = questions.filter(({ id }) => id === 'goods');
  const further = details(t('filing.more-goods'), html`${goods.slice(1).map(part)}`);
  const body = questions.map((question) => {
    if (question.id !== 'goods') return part(question);
    return question.line === 0 ? html`${part(question)}${further}` : '';
  });
  const photos = html`<fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${t('filing.papers')}</legend>${formFields(t, { fields: [photo] })}<ul class="govuk-list" data-photos></ul></fieldset>`;
  return html`<form data-device-form data-party="${setting.parties[0]?.value ?? ''}" data-language="${t.lang}" novalidate hidden><div data-errors></div>${body}${photos}<div class="govuk-button-group">${button({ text: t('filing.device-file') })}${button({ text: t('filing.device-new'), kind: 'second', name: 'new', value: '1' })}</div></form>`;
}

async function devicePage(context: Context, request: Parameters<Context['frame']>[0]): Promise<Html | null> {
  const who = await context.identify(request);
  if (who.assurance === 'none') return null;
  const frame = await context.frame(request);
  const { t } = frame;
  const setting = settingOf(context.reference.current(), filerOf(who).ok ? who : null);
  const title = t('filing.device');
  const needs = html`<noscript>${inset(html`<p>${t('filing.device-needs')} <a href="/file">${t('filing.title')}</a></p>`, 'hand')}</noscript>`;
  const main = html`<h1>${title}</h1><p class="lead">${t('filing.device-lead')}</p>${needs}${deviceList(t)}<h2>${t('filing.device-write')}</h2>${deviceForm(context, t, setting)}`;
  const { url, place, timeZone, nav } = frame;
  return page({
    t,
    url,
    nav,
    ...(place === undefined ? {} : { place }),
    ...(timeZone === undefined ? {} : { timeZone }),
    title,
    main,
    breadcrumbs: [{ text: t('filing.title'), href: '/file' }, { text: title }],
  });
}

const worker = workerScript();

/** The page for devices and the worker that keeps it there. */
export function devicePages(app: App, context: Context): void {
  app.get('/file/device', { schema: { hide: true } }, async (request, reply) => {
    const document = await devicePage(context, request);
    return document === null ? reply.redirect('/sign-in?next=%2Ffile%2Fdevice', 303) : sendPage(reply, document);
  });
  app.get('/service-worker.js', { schema: { hide: true } }, (_request, reply) => {
    // A browser allows one worker for the whole window: whoever pushes news brings a script of his own into it.
    const pushed = app.hasRoute({ method: 'GET', url: '/push.js' }) ? "importScripts('/push.js');\n" : '';
    return reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(`${pushed}${worker}`);
  });
}
