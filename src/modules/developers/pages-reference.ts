import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, inset, slug, table, tag } from '#portal/components.ts';
import type { Words } from '#portal/text.ts';
import { count, ref } from '#portal/values.ts';
import { type Answer, open, textOf, type Visit } from '#modules/parties/index.ts';
import { docsTabs } from './pages-docs.ts';
import { type Description, type Door, doorsOf, type FieldRow, fieldsOf } from './reference.ts';

const english = (text: string): Html => html`<span lang="en" dir="ltr">${text}</span>`;
const idOf = ({ method, path }: Door): string => slug(`${method}-${path}`);

const fieldTable = (t: Words, caption: string, rows: readonly FieldRow[]): Html =>
  table<FieldRow>({
    caption,
    rows,
    columns: [
      { head: t('developers.api.field'), cell: ({ path }) => ref(path), rowHeader: true },
      { head: t('developers.api.type'), cell: ({ type }) => english(type) },
      {
        head: t('developers.api.needed'),
        cell: ({ required }) => t(required ? 'developers.api.yes' : 'developers.api.no'),
      },
      { head: t('developers.api.bounds'), cell: ({ bounds }) => (bounds === '' ? '–' : ref(bounds)) },
      { head: t('developers.api.means'), cell: ({ description }) => (description === '' ? '' : english(description)) },
    ],
  });

const parameterRows = ({ parameters = [] }: Door): FieldRow[] =>
  parameters.map(({ name, in: where, required = false, schema, description = '' }) => {
    const [row] = fieldsOf({}, { properties: { [name]: schema } });
    return { path: name, type: `${row?.type ?? ''} (${where})`, required, bounds: row?.bounds ?? '', description };
  });

/** What a door takes as its body, and how much of it. */
function bodyHtml(t: Words, description: Description, door: Door): Html | '' {
  const { requestBody, 'x-body-bytes': bytes, 'x-ndjson': lines } = door;
  if (lines === true) return html`<p>${t('developers.api.lines')}</p>`;
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {});
  if (type === undefined || content === undefined) return '';
  const rows = fieldsOf(description, content.schema);
  const types = Object.keys(requestBody?.content ?? {}).join(', ');
  const limit = bytes === undefined ? '' : html` ${t.html('developers.api.bytes', { bytes: count(t, bytes) })}`;
  const fields = fieldTable(t, t('developers.api.body-of', { door: `${door.method} ${door.path}` }), rows);
  return html`<p>${t.html('developers.api.body', { type: ref(types) })}${limit}</p>${rows.length === 0 ? '' : rows.length > 12 ? details(t('developers.api.fields', { many: rows.length }), fields) : fields}`;
}

function answersHtml(t: Words, description: Description, door: Door): Html {
  const answers = Object.entries(door.responses ?? {}).map(([status, answer]) => {
    const schema = Object.values(answer.content ?? {})[0]?.schema;
    const rows = schema === undefined ? [] : fieldsOf(description, schema);
    const said = schema?.description ?? answer.description ?? '';
    const text = said === '' || said === 'Default Response' ? '' : english(said);
    const caption = t('developers.api.answer-of', { door: `${door.method} ${door.path}`, status });
    return html`<p>${tag(status, 'released')} ${text}</p>${rows.length === 0 ? '' : details(t('developers.api.fields', { many: rows.length }), fieldTable(t, caption, rows))}`;
  });
  return html`${answers}`;
}

function problemsHtml(t: Words, app: App, { 'x-module': module = 'http', path }: Door): Html {
  const codes = Object.entries(app.problems.catalogue).filter(([code]) => code.startsWith(`${module}/`));
  const own = codes.map(
    ([code, { status, title }]) =>
      html`<li><a href="/docs/problems#${code}">${ref(code)}</a> ${status} ${english(title)}</li>`,
  );
  const edge = html`<p>${t.html('developers.api.edge', { http: html`<a href="/docs/problems#http">${ref('http/…')}</a>`, parties: html`<a href="/docs/problems#parties">${ref('parties/…')}</a>` })}</p>`;
  return details(
    t('developers.api.problems', { many: codes.length, door: path }),
    html`${own.length === 0 ? '' : html`<ul>${own}</ul>`}${edge}`,
  );
}

function doorHtml(t: Words, app: App, description: Description, door: Door): Html {
  const parameters = parameterRows(door);
  const old = door.deprecated === true ? html`<p>${tag(t('developers.api.deprecated'), 'hand')}</p>` : '';
  const asked =
    parameters.length === 0
      ? ''
      : fieldTable(t, t('developers.api.parameters-of', { door: `${door.method} ${door.path}` }), parameters);
  return html`<section><h2 id="${idOf(door)}">${ref(`${door.method} ${door.path}`)}</h2>${old}<p class="lead">${english(door.summary ?? '')}</p>${door.description === undefined ? '' : html`<p>${english(door.description)}</p>`}${asked}${bodyHtml(t, description, door)}${answersHtml(t, description, door)}${problemsHtml(t, app, door)}</section>`;
}

function referencePage({ t }: Visit, doors: readonly Door[]): Answer {
  const title = t('developers.docs.api');
  const tables = [...Map.groupBy(doors, ({ tag: name }) => name)].map(
    ([name, rows]) =>
      html`<h2 id="${slug(name)}">${english(name)}</h2>${table<Door>({
        caption: name,
        hideCaption: true,
        rows,
        columns: [
          {
            head: t('developers.api.door'),
            cell: (door) =>
              html`<a href="/docs/api/${slug(door.tag)}#${idOf(door)}">${ref(`${door.method} ${door.path}`)}</a>`,
            rowHeader: true,
          },
          { head: t('developers.api.does'), cell: ({ summary = '' }) => english(summary) },
        ],
      })}`,
  );
  const main = html`<h1>${title}</h1>${docsTabs(t, 'api')}<p class="lead">${t('developers.api.lead', { many: doors.length })}</p>${inset(html`<p>${t('developers.api.conventions')}</p><p><a href="/openapi.json">OpenAPI 3.1</a></p>`)}${tables}`;
  return { page: { title, main, public: true, wide: true } };
}

/** The reference: every door of the window as its own description says. */
export function referencePages(app: App, context: Context): void {
  let made: { description: Description; doors: readonly Door[] } | undefined;
  // The description is whole once every door is mounted, and does not change after that.
  const described = () => {
    if (made === undefined) {
      const description = JSON.parse(JSON.stringify(app.swagger())) as Description;
      made = { description, doors: doorsOf(description) };
    }
    return made;
  };
  open(app, context, 'GET', '/docs/api', (visit) => referencePage(visit, described().doors));
  open(app, context, 'GET', '/docs/api/:tag', (visit) => {
    const { description, doors } = described();
    const mine = doors.filter(({ tag: name }) => slug(name) === textOf(visit.request.params, 'tag'));
    const { t } = visit;
    const [first] = mine;
    if (first === undefined) return { to: '/docs/api' };
    const parts = mine.map((door) => doorHtml(t, app, description, door));
    const main = html`<h1>${english(first.tag)}</h1>${docsTabs(t, 'api')}${parts}`;
    const breadcrumbs = [
      { text: t('developers.docs.title'), href: '/docs' },
      { text: t('developers.docs.api'), href: '/docs/api' },
      { text: first.tag },
    ];
    return { page: { title: first.tag, main, public: true, wide: true, breadcrumbs } };
  });
}
