import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { card, cards, type Column, table, tabs } from '#portal/components.ts';
import { page, type PageContent } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';
import { type Answer, open, textOf, type Visit } from '#modules/parties/index.ts';
import { leadsFrom, rendered } from './markdown.ts';

const root = new URL('../../../', import.meta.url);
/** The papers at the root of the repository that are for readers too. */
const rootPapers = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'ROADMAP.md', 'SECURITY.md', 'CHANGELOG.md'];

/** Every document by its address below /docs. The list is made once, so that no address can reach another file. */
function papers(): ReadonlyMap<string, URL> {
  const found = new Map<string, URL>();
  const here = readdirSync(fileURLToPath(root));
  for (const name of rootPapers) if (here.includes(name)) found.set(name, new URL(name, root));
  const docs = new URL('docs/', root);
  for (const entry of readdirSync(fileURLToPath(docs), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.md')) continue;
    const path = `${entry.parentPath}/${entry.name}`.slice(fileURLToPath(docs).length).replace(/^\/+/, '');
    found.set(path, new URL(path, docs));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const titleOf = (text: string, path: string): string => /^# (.+)$/m.exec(text)?.[1] ?? path;

/** The rooms of the developer's door, in the order in which somebody needs them. */
const rooms = ['quick-start', 'jobs', 'test-values', 'api', 'problems', 'versions'] as const;

/** The way through the developer's door, above each of its pages. */
export const docsTabs = (t: Words, current: string): Html =>
  tabs(t('developers.docs.title'), [
    { text: t('developers.docs.all'), href: '/docs', current: current === 'index' },
    ...rooms.map((room) => ({
      text: t(`developers.docs.${room}`),
      href: `/docs/${room}`,
      current: room === current,
    })),
  ]);

async function indexPage({ t, who }: Visit, all: ReadonlyMap<string, URL>): Promise<Answer> {
  const rows = await Promise.all(
    [...all].map(async ([path, file]) => ({ path, title: titleOf(await readFile(file, 'utf8'), path) })),
  );
  const doors = rooms.map((room) =>
    card({
      title: t(`developers.docs.${room}`),
      href: `/docs/${room}`,
      body: t(`developers.docs.${room}-text`),
      level: 2,
    }),
  );
  const keys = card({
    title: t('developers.keys.title'),
    href: who.party === null ? '/sign-in?next=%2Fkeys' : '/keys',
    body: t('developers.docs.keys-text'),
    level: 2,
  });
  const list = table({
    caption: t('developers.docs.papers'),
    columns: [
      {
        head: t('developers.docs.document'),
        cell: ({ path, title }: (typeof rows)[number]) =>
          html`<a href="/docs/${path}" lang="en" dir="ltr">${title.replaceAll('`', '')}</a>`,
        rowHeader: true,
      },
      { head: t('developers.docs.file'), cell: ({ path }: (typeof rows)[number]) => ref(path) },
    ],
    rows,
  });
  const files = html`<p><a href="/openapi.json">OpenAPI</a> · <a href="/docs/portolan.ts">portolan.ts</a></p>`;
  const title = t('developers.docs.title');
  const main = html`<h1>${title}</h1><p class="lead">${t('developers.docs.lead')}</p>${cards(...doors, keys)}${files}${list}`;
  return { page: { title, main, public: true } };
}

type Params = Readonly<Record<string, string>>;

/** A sentence as it is before a problem fills it in: what is to come stands there by its name. */
function unfilled(speak: (params: Params) => string, params: Params = {}): string {
  try {
    return speak(params);
  } catch (error) {
    const name = /variable "(\w+)/.exec(String(error))?.[1];
    if (name === undefined || Object.hasOwn(params, name)) return '';
    return unfilled(speak, { ...params, [name]: `{${name}}` });
  }
}

type Row = readonly [code: string, entry: { readonly status: number; readonly title: string }];

const refusalsOf = (app: App): ReadonlyMap<string, readonly Row[]> =>
  Map.groupBy(
    Object.entries(app.problems.catalogue).sort(([a], [b]) => (a < b ? -1 : 1)),
    ([code]) => code.split('/')[0] ?? '',
  );

const refusalColumns = (t: Words, codeCell: (code: string) => Html): Column<Row>[] => [
  {
    head: t('developers.problems.code'),
    cell: ([code]) => html`<span id="${code}">${codeCell(code)}</span>`,
    rowHeader: true,
  },
  { head: t('developers.problems.status'), cell: ([, { status }]) => status, numeric: true },
  { head: t('developers.problems.means'), cell: ([, { title }]) => html`<span lang="en">${title}</span>` },
];

/** Every refusal of the window by its code: what `type` of a problem leads to. */
function problemsPage({ t }: Visit, app: App): Answer {
  const groups = refusalsOf(app);
  const tables = [...groups].map(
    ([module, rows]) =>
      html`<h2 id="${module}">${ref(module)}</h2>${table({
        caption: module,
        hideCaption: true,
        columns: refusalColumns(t, (code) => html`<a href="/docs/problems/${module}#${code}">${ref(code)}</a>`),
        rows,
      })}`,
  );
  const title = t('developers.docs.problems');
  const jump = html`<p>${[...groups.keys()].map((module) => html`<a href="#${module}">${ref(module)}</a> `)}</p>`;
  const main = html`<h1>${title}</h1>${docsTabs(t, 'problems')}<p class="lead">${t('developers.problems.lead')}</p>${jump}${tables}`;
  return { page: { title, main, public: true, wide: true } };
}

/** The refusals of one module, with what to do about each: apart, so that the list of all stays light. */
function moduleProblemsPage({ t, request }: Visit, app: App): Answer {
  const module = textOf(request.params, 'module');
  const rows = refusalsOf(app).get(module);
  if (rows === undefined) return { to: '/docs/problems' };
  const languages = request.headers['accept-language'] ?? '';
  const remedy = (code: string): string => unfilled((params) => app.problems.words(code, params, languages) ?? '');
  const title = t('developers.problems.of', { module });
  const list = table({
    caption: title,
    hideCaption: true,
    columns: [...refusalColumns(t, ref), { head: t('developers.problems.remedy'), cell: ([code]) => remedy(code) }],
    rows,
  });
  const breadcrumbs = [
    { text: t('developers.docs.title'), href: '/docs' },
    { text: t('developers.docs.problems'), href: '/docs/problems' },
    { text: module },
  ];
  const main = html`<h1>${title}</h1>${docsTabs(t, 'problems')}${list}`;
  return { page: { title, main, public: true, wide: true, breadcrumbs } };
}

async function paperPage(t: Words, path: string, file: URL, served: (path: string) => boolean): Promise<PageContent> {
  const text = await readFile(file, 'utf8');
  const title = titleOf(text, path).replaceAll('`', '');
  const room = rooms.find((one) => path === `${one}.md`);
  const breadcrumbs = [{ text: t('developers.docs.title'), href: '/docs' }, { text: title }];
  const main = html`${room === undefined ? '' : docsTabs(t, room)}<div lang="en" dir="ltr">${rendered(text, leadsFrom(path, served))}</div>`;
  return { title, main, public: true, breadcrumbs };
}

/** The documents of the project, as they stand in its repository, and the client that is made from the description. */
export function docsPages(app: App, context: Context): void {
  const all = papers();
  open(app, context, 'GET', '/docs', (visit) => indexPage(visit, all));
  open(app, context, 'GET', '/docs/problems', (visit) => problemsPage(visit, app));
  open(app, context, 'GET', '/docs/problems/:module', (visit) => moduleProblemsPage(visit, app));
  app.get('/docs/portolan.ts', { schema: { hide: true } }, async (_request, reply) => {
    const text = await readFile(new URL('client/portolan.ts', root), 'utf8');
    return reply.type('text/plain; charset=utf-8').send(text);
  });
  app.get<{ Params: { '*': string } }>('/docs/*', { schema: { hide: true } }, async (request, reply) => {
    const path = [request.params['*'], `${request.params['*']}.md`].find((name) => all.has(name));
    const file = all.get(path ?? '');
    if (path === undefined || file === undefined) return reply.callNotFound();
    const frame = await context.frame(request);
    return sendPage(reply, page({ ...frame, ...(await paperPage(frame.t, path, file, (name) => all.has(name))) }));
  });
}
