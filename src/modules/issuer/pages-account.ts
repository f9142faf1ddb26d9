import type { FastifyInstance } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal, Result } from '#kernel/result.ts';
import {
  type Answer,
  type Device,
  devicesOf,
  endDevice,
  endDevices,
  members,
  personOf,
  refusedPage,
  sessionCookie,
  textOf,
  type User,
  type Visit,
} from '#modules/parties/index.ts';
import type { Context } from '#platform/context.ts';
import { inset, linkButton, notificationBanner, table, tag } from '#portal/components.ts';
import { csrfField, type Field, formFields, posted } from '#portal/form.ts';
import { when, written } from '#portal/values.ts';
import { deviceNames } from './device.ts';
import { passkeyForm, passkeyScript } from './passkey-form.ts';
import {
  addPasskey,
  newRecoveryCodes,
  passkeyToMake,
  type Proofs,
  proofsOf,
  removeAuthenticator,
  removePasskey,
} from './service-proofs.ts';
import type { Passkey } from './store.ts';

/** A button that does one thing, with a word for those who hear it without its row. */
export const act = (visit: Visit, action: string, text: string, about = ''): Html =>
  html`<form method="post" action="${action}">${csrfField(visit.csrf)}<button class="govuk-button govuk-button--secondary row-button" type="submit">${text}${about === '' ? '' : html`<span class="govuk-visually-hidden"> ${about}</span>`}</button></form>`;

function deviceName({ t }: Visit, { device }: Device): string {
  const { browser, system } = deviceNames(device);
  if (browser !== undefined && system !== undefined) return t('issuer.device', { browser, system });
  return browser ?? system ?? t('issuer.device.unknown');
}

function devicesSection(visit: Visit, devices: readonly Device[]): Html {
  const { t, frame } = visit;
  const rows = table<Device>({
    caption: t('issuer.devices.title'),
    hideCaption: true,
    rows: devices,
    columns: [
      {
        head: t('issuer.devices.device'),
        rowHeader: true,
        cell: (row) =>
          html`<bdi>${deviceName(visit, row)}</bdi>${row.current ? html` ${tag(t('issuer.devices.this'), 'released')}` : ''}<br><span class="small">${t.html('issuer.devices.how', { by: t(`issuer.by.${row.assurance}`), since: when(t, row.created, frame.timeZone) })}</span>`,
      },
      { head: t('issuer.devices.used'), cell: ({ seen }) => when(t, seen, frame.timeZone) },
      {
        head: t('parties.action'),
        cell: (row) =>
          row.current
            ? ''
            : act(visit, `/account/devices/${row.id}/end`, t('issuer.devices.end'), deviceName(visit, row)),
      },
    ],
  });
  const others = devices.some(({ current }) => !current)
    ? act(visit, '/account/devices/end-others', t('issuer.devices.end-others'))
    : '';
  return html`<section id="devices"><h2>${t('issuer.devices.title')}</h2><p>${t('issuer.devices.lead')}</p>${rows}<div class="acts">${others}${act(visit, '/account/devices/end-all', t('issuer.devices.end-all'))}</div></section>`;
}

const nameField: Field = {
  name: 'name',
  label: 'issuer.passkeys.name',
  hint: 'issuer.passkeys.name-hint',
  type: 'text',
  width: 20,
};

function passkeysSection(visit: Visit, { passkeys }: Proofs, asked: object | undefined, tried?: Tried): Html {
  const { t, frame } = visit;
  const rows = table<Passkey>({
    caption: t('issuer.passkeys.title'),
    hideCaption: true,
    rows: passkeys,
    columns: [
      { head: t('issuer.passkeys.name'), rowHeader: true, cell: ({ name }) => written(name) },
      { head: t('issuer.passkeys.added'), cell: ({ created }) => when(t, created, frame.timeZone) },
      {
        head: t('issuer.devices.used'),
        cell: ({ used }) => (used === null ? t('issuer.passkeys.never') : when(t, used, frame.timeZone)),
      },
      {
        head: t('parties.action'),
        cell: ({ id, name }) =>
          act(visit, `/account/passkeys/${encodeURIComponent(id)}/remove`, t('issuer.passkeys.remove'), name),
      },
    ],
    empty: html`<p>${t('issuer.passkeys.none')}</p>`,
  });
  const add =
    asked === undefined
      ? inset(html`<p>${t('issuer.passkeys.no-name')}</p>`)
      : html`${passkeyForm(visit, {
          action: '/account/passkeys',
          kind: 'create',
          asked,
          submit: t('issuer.passkeys.add'),
          fields: formFields(t, { fields: [nameField], values: tried?.values ?? {} }),
          ...(tried === undefined ? {} : { refusal: tried.refusal }),
        })}<noscript><p>${t('issuer.passkeys.no-script')}</p></noscript>`;
  return html`<section id="passkeys"><h2>${t('issuer.passkeys.title')}</h2><p>${t('issuer.passkeys.lead')}</p>${rows}${add}</section>`;
}

function codesSection(visit: Visit, { authenticator, codesLeft, passkeys }: Proofs): Html {
  const { t, frame } = visit;
  const app =
    authenticator?.confirmed === true
      ? html`<p>${t.html('issuer.app.since', { when: when(t, authenticator.created, frame.timeZone) })}</p>${act(visit, '/account/authenticator/remove', t('issuer.app.remove'))}`
      : html`<p>${t('issuer.app.none')}</p>${linkButton({ text: t('issuer.app.set-up'), href: '/account/authenticator', kind: 'second' })}`;
  const needed = passkeys.length > 0 || authenticator?.confirmed === true;
  const left = html`<p>${t('issuer.codes.left', { count: codesLeft })}</p>`;
  const few = needed && codesLeft < 3 ? inset(left, 'hand') : left;
  return html`<section id="app"><h2>${t('issuer.app.title')}</h2><p>${t('issuer.app.lead')}</p>${app}</section><section id="codes"><h2>${t('issuer.codes.title')}</h2><p>${t('issuer.codes.lead')}</p>${few}${act(visit, '/account/recovery-codes', t('issuer.codes.make'))}</section>`;
}

interface Tried {
  readonly values: Readonly<Record<string, string>>;
  readonly refusal: Refusal;
}

const done = new Set(['ended', 'added', 'removed']);

async function accountPage(visit: Visit, context: Context, person: User, tried?: Tried): Promise<Answer> {
  const { t, request } = visit;
  const { issuer } = context.config;
  const devices = await devicesOf(context, person.id, request);
  const proofs = await proofsOf(context, person.id);
  const asked = issuer.embedded ? await passkeyToMake(context, person) : undefined;
  const sections = issuer.embedded
    ? html`${passkeysSection(visit, proofs, asked, tried)}${codesSection(visit, proofs)}${passkeyScript()}`
    : html`<section><h2>${t('issuer.passkeys.title')}</h2><p>${t('issuer.account.elsewhere', { issuer: issuer.url })}</p></section>`;
  const title = t('issuer.account.title');
  const news = textOf(request.query, 'done');
  const banner = done.has(news) ? notificationBanner(t, { kind: 'released', heading: t(`issuer.done.${news}`) }) : '';
  const main = html`<h1>${title}</h1><p class="lead">${t.html('issuer.account.lead', { name: written(person.shown) })}</p>${devicesSection(visit, devices)}${sections}`;
  return {
    page: { title, main, banner, error: tried !== undefined },
    status: tried === undefined ? 200 : 422,
  };
}

/** The codes are shown here and can be shown nowhere again. */
export function codesShown({ t }: Visit, codes: readonly string[]): Answer {
  const title = t('issuer.codes.shown-title');
  const list = codes.map((code) => html`<li><bdi class="ref" dir="ltr">${code}</bdi></li>`);
  const main = html`<h1>${title}</h1><p class="lead">${t('issuer.codes.shown-lead')}</p>${inset(html`<ol class="codes">${list}</ol>`, 'hand')}<p>${t('issuer.codes.shown-once')}</p>${linkButton({ text: t('issuer.account.back'), href: '/account' })}`;
  return { page: { title, main } };
}

type Handle = (visit: Visit, person: User) => Promise<Answer> | Answer;

/** Mounts a page of one's own account: for whoever signed in himself, not for a program with a key. */
export function own(app: FastifyInstance, context: Context, method: 'GET' | 'POST', url: string, handle: Handle): void {
  members(app, context, method, url, async (visit) => {
    const person = visit.who.client === null ? await personOf(context.db, visit.who.subject) : undefined;
    return person === undefined ? refusedPage(visit, { code: 'issuer/for-people' }) : handle(visit, person);
  });
}

const back = (visit: Visit, result: Result<unknown>, news: string): Answer =>
  result.ok ? { to: `/account?done=${news}` } : refusedPage(visit, result.error);

/** Somebody's own account: where he is signed in, and what proves him. */
export function accountPages(app: FastifyInstance, context: Context): void {
  const { config } = context;
  own(app, context, 'GET', '/account', (visit, person) => accountPage(visit, context, person));
  own(app, context, 'POST', '/account/devices/:id/end', async (visit, { id }) =>
    back(visit, await endDevice(context, id, textOf(visit.request.params, 'id')), 'ended'),
  );
  own(app, context, 'POST', '/account/devices/end-others', async ({ request }, { id }) => {
    await endDevices(context, id, request, 'stays');
    return { to: '/account?done=ended' };
  });
  own(app, context, 'POST', '/account/devices/end-all', async ({ request, reply }, { id }) => {
    await endDevices(context, id, request, 'ends');
    reply.header('set-cookie', sessionCookie(config, null));
    return { to: '/' };
  });
  if (!config.issuer.embedded) return;
  own(app, context, 'POST', '/account/passkeys', async (visit, person) => {
    const values = posted(
      [nameField, { name: 'credential', label: 'issuer.passkey', type: 'hidden' }],
      visit.request.body,
    );
    const { name = '', credential: response = '' } = values;
    const added = await addPasskey(context, person.id, { name, response });
    if (!added.ok) return accountPage(visit, context, person, { values: { name }, refusal: added.error });
    return added.value.codes.length > 0 ? codesShown(visit, added.value.codes) : { to: '/account?done=added' };
  });
  own(app, context, 'POST', '/account/passkeys/:id/remove', async (visit, { id }) =>
    back(visit, await removePasskey(context, id, textOf(visit.request.params, 'id')), 'removed'),
  );
  own(app, context, 'POST', '/account/authenticator/remove', async (visit, { id }) =>
    back(visit, await removeAuthenticator(context, id), 'removed'),
  );
  own(app, context, 'POST', '/account/recovery-codes', async (visit, { id }) =>
    codesShown(visit, await newRecoveryCodes(context, id)),
  );
}
