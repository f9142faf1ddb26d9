import { Readable } from 'node:stream';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { withUploads } from '#platform/uploads.ts';
import { assetUrl } from '#portal/assets.ts';
import {
  button,
  emptyState,
  inset,
  linkButton,
  pagination,
  progress,
  stat,
  stats,
  table as tableOf,
  tag,
} from '#portal/components.ts';
import { csvText } from '#portal/csv.ts';
import { csrfField, type Field, form } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { count, ref, when, written } from '#portal/values.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { mapped, mappingPage } from './pages-mapping.ts';
import { crumbs, discardForm, faultsTable, faultText } from './pages-table-kit.ts';
import {
  beginning,
  type Beginning,
  discardTable,
  faultsOf,
  type Table,
  table,
  tables,
  type TableState,
  takeWhole,
} from './table.ts';
import { preview, step } from './table-file.ts';

/** Many parcels from a spreadsheet: chosen, its columns named, looked at, filed step by step, its errors taken away. */

/** How large a file a form without a script brings at most. */
const formBytesMax = 16 * 1_048_576;
const tones: Readonly<Record<TableState, Tone>> = {
  arriving: 'ink',
  mapping: 'hand',
  running: 'ink',
  stopped: 'stopped',
  done: 'released',
};

const fileField: Field = {
  name: 'file',
  label: 'filing.table.file',
  type: 'file',
  hint: 'filing.table.file-hint',
  accept: '.csv,text/csv',
};

const wordsFor = (t: Words): string =>
  JSON.stringify(
    Object.fromEntries(
      ['sending', 'pause', 'resume', 'paused', 'broken'].map((name) => [name, t(`filing.table.${name}`)]),
    ),
  );

async function listPage(context: Context, visit: Visit, refusal?: Refusal): Promise<Answer> {
  const { t, who, csrf, frame } = visit;
  const found = await tables(context, who);
  if (!found.ok) return refusedPage(visit, found.error);
  const title = t('filing.table.title');
  const send = form(t, {
    action: '/file/table',
    fields: [fileField],
    submit: t('filing.table.send'),
    csrf,
    ...(refusal === undefined ? {} : { refusal }),
  });
  const list = tableOf({
    caption: t('filing.table.list'),
    columns: [
      {
        head: t('filing.table.name'),
        cell: ({ id, name }: Table) => html`<a href="/file/table/${id}">${written(name)}</a>`,
        rowHeader: true,
      },
      { head: t('filing.table.begun'), cell: ({ begun }: Table) => when(t, begun, frame.timeZone) },
      {
        head: t('filing.table.state'),
        cell: ({ state }: Table) => tag(t(`filing.table.state.${state}`), tones[state]),
      },
      { head: t('filing.table.filed'), cell: ({ filed }: Table) => count(t, filed), numeric: true },
      { head: t('filing.table.refused'), cell: ({ refused }: Table) => count(t, refused), numeric: true },
    ],
    rows: found.value,
    empty: emptyState({ title: t('filing.table.none'), body: t('filing.table.none-text') }),
  });
  const arriving = found.value
    .filter(({ state }) => state === 'arriving')
    .map(
      ({ id, name, size, received }) =>
        html`<li data-arriving="${id}" data-name="${name}" data-size="${String(size)}" data-received="${String(received)}"></li>`,
    );
  const main = html`<h1>${title}</h1><p class="lead">${t('filing.table.lead')}</p><div data-table data-words="${wordsFor(t)}">${send}<ul hidden>${arriving}</ul><div class="progress" data-progress hidden><label for="sent">${t('filing.table.sending')}</label><progress id="sent" max="100" value="0"></progress><span class="progress__text" role="status" data-told></span> <button type="button" class="govuk-button govuk-button--secondary" data-pause>${t('filing.table.pause')}</button></div></div><p class="small">${t('filing.table.columns-text')}</p>${list}<script type="module" src="${assetUrl('table.js')}"></script>`;
  return {
    page: { title, main, wide: true, breadcrumbs: crumbs(visit), ...(refusal ? { error: true } : {}) },
    ...(refusal ? { status: 422 } : {}),
  };
}

const stepForm = ({ t, csrf }: Visit, { id }: Table, text: string): Html =>
  html`<form method="post" action="/file/table/${id}/steps" data-step>${csrfField(csrf)}<div class="govuk-button-group">${button({ text: t(text) })}</div></form>`;

function previewPage(context: Context, visit: Visit, one: Table, start: Beginning): Answer {
  const { t } = visit;
  const seen = preview(context, visit.who, one, start);
  type Parcel = (typeof seen.parcels)[number];
  const lines = ({ rows, values }: Parcel, field: string): Html =>
    html`${rows.map((_, line) => html`${written(values[`declaration.goods.${line}.${field}`] ?? '–')}<br>`)}`;
  const parcels = tableOf({
    caption: t('filing.table.understood'),
    columns: [
      {
        head: t('filing.table.number'),
        cell: ({ number }: Parcel) => ref(number || '–'),
        rowHeader: true,
      },
      { head: t('filing.goods'), cell: (parcel) => lines(parcel, 'description.text') },
      { head: t('filing.field.goods.price.amount'), cell: (parcel) => lines(parcel, 'price.amount') },
      {
        head: t('filing.field.consignee.name.text'),
        cell: ({ values }) => written(values['declaration.consignee.name.text'] ?? '–'),
      },
      { head: t('filing.table.row'), cell: ({ line }) => ref(String(line)), numeric: true },
    ],
    rows: seen.parcels,
  });
  const found =
    seen.faults.length > 0
      ? html`${inset(t('filing.table.preview-faults', { count: seen.faults.length }), 'hand')}${faultsTable(context, visit, seen.faults.slice(0, 50))}`
      : html`<p>${t('filing.table.preview-fine', { count: seen.seen })}</p>`;
  const title = t('filing.table.preview');
  const main = html`<h1>${title}</h1><p class="lead">${t('filing.table.preview-text')}</p>${parcels}${found}${stepForm(visit, one, 'filing.table.start')}<p><a href="/file/table/${one.id}?mapping=1">${t('filing.table.change-mapping')}</a></p>${discardForm(visit, one)}`;
  return { page: { title, main, wide: true, breadcrumbs: crumbs(visit, one.name) } };
}

const faultsShown = 50;

async function progressPage(context: Context, visit: Visit, one: Table): Promise<Answer> {
  const { t, request } = visit;
  const [line = 0, place = 0] = textOf(request.query, 'after')
    .split('.')
    .map((text) => Number(text) || 0);
  const faults = await faultsOf(context, one, { line, place }, faultsShown + 1);
  const { id, state, size, taken, filed, refused } = one;
  const share = Number((taken * 100n) / size);
  const figures = stats(
    stat({ label: t('filing.table.filed'), value: html`<span data-filed>${count(t, filed)}</span>`, tone: 'released' }),
    stat({
      label: t('filing.table.refused'),
      value: html`<span data-refused>${count(t, refused)}</span>`,
      tone: refused > 0 ? 'hand' : 'quiet',
    }),
  );
  const bar = progress({ label: t('filing.table.progress'), value: share, max: 100, text: `${share} %` });
  const go =
    state === 'running'
      ? html`<p>${t('filing.table.running-text')}</p>${stepForm(visit, one, 'filing.table.resume')}`
      : '';
  const end = state === 'stopped' ? inset(t('filing.table.stopped-text'), 'stopped') : '';
  const last = faults[faultsShown - 1];
  const more =
    faults.length > faultsShown && last
      ? pagination(t, { next: `/file/table/${id}?after=${last.line}.${last.place}` })
      : '';
  const away =
    faults.length > 0
      ? html`<p><a href="/file/table/${id}/faults.csv" download>${t('filing.table.download')}</a></p>`
      : '';
  const parcels = filed > 0 ? linkButton({ text: t('filing.table.parcels'), href: '/parcels', kind: 'second' }) : '';
  const main = html`<h1>${written(one.name)}</h1><p>${tag(t(`filing.table.state.${state}`), tones[state])}</p><div data-running="${state === 'running' ? id : ''}" data-words="${wordsFor(t)}">${figures}${bar}${end}${go}</div>${faultsTable(context, visit, faults.slice(0, faultsShown))}${more}${away}<div class="govuk-button-group">${parcels}</div>${discardForm(visit, one)}<script type="module" src="${assetUrl('table.js')}"></script>`;
  return { page: { title: one.name, main, wide: true, breadcrumbs: crumbs(visit, one.name) } };
}

async function onePage(context: Context, visit: Visit): Promise<Answer> {
  const { t, request, who } = visit;
  const found = await table(context, who, textOf(request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const one = found.value;
  if (one.state === 'arriving') {
    const title = one.name;
    const main = html`<h1>${written(title)}</h1>${inset(t('filing.table.arriving-text'), 'hand')}${progress({ label: t('filing.table.sending'), value: Number((one.received * 100n) / one.size), max: 100, text: `${String((one.received * 100n) / one.size)} %` })}<p><a href="/file/table">${t('filing.table.choose-again')}</a></p>${discardForm(visit, one)}`;
    return { page: { title, main, breadcrumbs: crumbs(visit, title) } };
  }
  if (one.taken > 0n || one.state === 'stopped') return progressPage(context, visit, one);
  const start = await beginning(context, one);
  if (!start.ok) return refusedPage(visit, start.error);
  const choosing = one.mapping === null || textOf(request.query, 'mapping') !== '';
  return choosing ? mappingPage(context, visit, one, start.value) : previewPage(context, visit, one, start.value);
}

async function chosen(context: Context, visit: Visit): Promise<Answer> {
  const [file] = visit.request.uploads.get('file') ?? [];
  const params = { limit: String(formBytesMax / 1_048_576) };
  if (file?.tooLarge === true)
    return listPage(context, visit, { code: 'filing/table-too-large', pointer: '/file', params });
  if (file === undefined) return listPage(context, visit, { code: 'filing/table-empty', pointer: '/file' });
  const taken = await takeWhole(context, visit.who, file);
  return taken.ok ? { to: `/file/table/${taken.value.id}` } : listPage(context, visit, taken.error);
}

/** The pages of tables. */
export async function tablePages(app: App, context: Context): Promise<void> {
  members(app, context, 'GET', '/file/table', (visit) => listPage(context, visit));
  members(app, context, 'GET', '/file/table/:id', (visit) => onePage(context, visit));
  members(app, context, 'POST', '/file/table/:id/mapping', (visit) => mapped(context, visit));
  members(app, context, 'POST', '/file/table/:id/steps', async (visit) => {
    const id = textOf(visit.request.params, 'id');
    const gone = await step(context, visit.who, id);
    return gone.ok ? { to: `/file/table/${id}` } : refusedPage(visit, gone.error);
  });
  members(app, context, 'POST', '/file/table/:id/delete', async (visit) => {
    const done = await discardTable(context, visit.who, textOf(visit.request.params, 'id'));
    return done.ok ? { to: '/file/table' } : refusedPage(visit, done.error);
  });
  await withUploads(app, { files: 1, bytes: formBytesMax }, (scope) => {
    members(scope, context, 'POST', '/file/table', (visit) => chosen(context, visit));
  });
  faultsFile(app, context);
}

/** Every fault of a table as a table again. */
function faultsFile(app: App, context: Context): void {
  app.get('/file/table/:id/faults.csv', { schema: { hide: true } }, async (request, reply) => {
    const who = await context.identify(request);
    const found = await table(context, who, textOf(request.params, 'id'));
    if (!found.ok) return reply.callNotFound();
    const { t } = await context.frame(request);
    return reply
      .header('content-disposition', 'attachment; filename="errors.csv"')
      .type('text/csv; charset=utf-8')
      .send(Readable.from(faultLines(context, t, found.value)));
  });
}

async function* faultLines(context: Context, t: Words, one: Table): AsyncGenerator<string> {
  const heads = ['row', 'cell', 'column', 'declaration', 'code', 'what'] as const;
  let after = { line: 0, place: 0 };
  let first = true;
  for (;;) {
    const faults = await faultsOf(context, one, after, 1_000);
    const rows = faults.map((fault) => ({
      row: fault.line,
      cell: fault.cell,
      column: fault.pointer,
      declaration: fault.declaration,
      code: fault.code,
      what: faultText(t, fault),
    }));
    const text = csvText(heads, rows);
    yield first ? text : text.slice(text.indexOf('\n') + 1);
    const last = faults.at(-1);
    if (last === undefined || faults.length < 1_000) return;
    after = { line: last.line, place: last.place };
    first = false;
  }
}
