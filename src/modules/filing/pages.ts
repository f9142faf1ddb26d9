import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, card, cards, linkButton, notificationBanner, table } from '#portal/components.ts';
import { csrfField } from '#portal/form.ts';
import { ref, when, written } from '#portal/values.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { deviceList, devicePages } from './device.ts';
import { type Draft, numberOf, type Template } from './model.ts';
import { draftPages } from './pages-draft.ts';
import { tablePages } from './pages-table.ts';
import { begin, beginFrom, discardTemplate, drafts } from './service.ts';

/** Where a person begins to file a parcel, or goes on with one. */

const nameOf = ({ t }: Visit, { values }: Pick<Draft, 'values'>): Html => {
  const text = values['declaration.goods.0.description.text'];
  return text === undefined ? html`${t('filing.unnamed')}` : written(text);
};

/** A button that does one thing to one row, with what it is about for who hears it. */
const rowForm = (visit: Visit, action: string, text: string, about: Html): Html =>
  html`<form method="post" action="${action}">${csrfField(visit.csrf)}<button class="govuk-button govuk-button--secondary row-button" type="submit">${text}<span class="govuk-visually-hidden"> ${about}</span></button></form>`;

function draftsTable(visit: Visit, rows: readonly Draft[]): Html | '' {
  const { t, frame } = visit;
  if (rows.length === 0) return '';
  return table({
    caption: t('filing.drafts'),
    columns: [
      {
        head: t('filing.goods'),
        cell: (one: Draft) =>
          html`<a href="/file/drafts/${one.id}">${nameOf(visit, one)}</a><br><span class="small">${ref(numberOf(one.id))}</span>`,
        rowHeader: true,
      },
      { head: t('filing.changed'), cell: ({ changed }: Draft) => when(t, changed, frame.timeZone) },
      { head: t('filing.expires'), cell: ({ expires }: Draft) => when(t, expires, frame.timeZone) },
      {
        head: t('filing.do'),
        cell: (one: Draft) => rowForm(visit, `/file/drafts/${one.id}/delete`, t('filing.delete'), nameOf(visit, one)),
      },
    ],
    rows,
  });
}

function templatesTable(visit: Visit, rows: readonly Template[]): Html | '' {
  const { t } = visit;
  if (rows.length === 0) return '';
  return table({
    caption: t('filing.templates'),
    columns: [
      { head: t('filing.template-name'), cell: ({ name }: Template) => written(name), rowHeader: true },
      { head: t('filing.goods'), cell: (one: Template) => nameOf(visit, one) },
      {
        head: t('filing.do'),
        cell: (one: Template) =>
          html`${rowForm(visit, `/file/templates/${one.id}/use`, t('filing.use'), written(one.name))} ${rowForm(visit, `/file/templates/${one.id}/delete`, t('filing.delete'), written(one.name))}`,
      },
    ],
    rows,
  });
}

const news = new Set(['saved', 'template', 'deleted']);

async function startPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, who, request, csrf } = visit;
  const found = await drafts(context, who);
  if (!found.ok) return refusedPage(visit, found.error);
  const title = t('filing.title');
  const done = textOf(request.query, 'done');
  const banner = news.has(done) ? notificationBanner(t, { kind: 'released', heading: t(`filing.done.${done}`) }) : '';
  const start = (all: boolean): Html =>
    button({
      text: t(all ? 'filing.at-once' : 'filing.by-question'),
      kind: all ? 'second' : 'first',
      name: 'all',
      value: all ? '1' : '',
    });
  const begins = html`<form method="post" action="/file/drafts">${csrfField(csrf)}<div class="govuk-button-group">${start(false)}${start(true)}</div></form>`;
  const device = html`<p>${t('filing.device-text')}</p>${deviceList(t)}${linkButton({ text: t('filing.device-open'), href: '/file/device', kind: 'second' })}`;
  const ways = cards(
    card({ title: t('filing.table.title'), href: '/file/table', body: html`<p>${t('filing.table-text')}</p>` }),
    card({ title: t('filing.export'), href: '/assess?event=exit', body: html`<p>${t('filing.export-text')}</p>` }),
  );
  const main = html`<h1>${title}</h1><p class="lead">${t('filing.lead')}</p>${begins}${draftsTable(visit, found.value.drafts)}${templatesTable(visit, found.value.templates)}<h2>${t('filing.device')}</h2>${device}<h2>${t('filing.other')}</h2>${ways}`;
  return { page: { title, main, banner } };
}

async function began(context: Context, visit: Visit): Promise<Answer> {
  const made = await begin(context, visit.who);
  if (!made.ok) return refusedPage(visit, made.error);
  return { to: `/file/drafts/${made.value}${textOf(visit.request.body, 'all') === '' ? '' : '?all=1'}` };
}

/** The pages of filing by hand. */
export async function pages(app: App, context: Context): Promise<void> {
  members(app, context, 'GET', '/file', (visit) => startPage(context, visit));
  members(app, context, 'POST', '/file/drafts', (visit) => began(context, visit));
  members(app, context, 'POST', '/file/templates/:id/use', async (visit) => {
    const made = await beginFrom(context, visit.who, textOf(visit.request.params, 'id'));
    return made.ok ? { to: `/file/drafts/${made.value}` } : refusedPage(visit, made.error);
  });
  members(app, context, 'POST', '/file/templates/:id/delete', async (visit) => {
    const done = await discardTemplate(context, visit.who, textOf(visit.request.params, 'id'));
    return done.ok ? { to: '/file?done=deleted' } : refusedPage(visit, done.error);
  });
  await draftPages(app, context);
  await tablePages(app, context);
  devicePages(app, context);
}
