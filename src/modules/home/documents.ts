import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Html, html, raw } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { slug, table } from '#portal/components.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { ref } from '#portal/values.ts';

const root = new URL('../../../', import.meta.url);
/** The papers at the root of the repository that are for readers too. */
const rootPapers = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'ROADMAP.md', 'SECURITY.md', 'CHANGELOG.md'];

/** Every document by its address below /docs. The list is made once, so that no address can reach another file. */
function papers(): Map<string, URL> {
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

/** A document as it was written, its headings made headings: enough to find one's way, and nothing is interpreted. */
export function documentBody(text: string): Html {
  const parts: Html[] = [];
  let block: string[] = [];
  let fenced = false;
  const close = (): void => {
    const body = block.join('\n').replace(/^\n+|\n+$/g, '');
    if (body !== '') parts.push(html`<pre class="document">${body}</pre>`);
    block = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    const heading = fenced ? null : /^(#{1,4}) (.+)$/.exec(line);
    if (heading === null) block.push(line);
    else {
      close();
      const [, marks = '#', title = ''] = heading;
      const level = String(marks.length);
      parts.push(html`${raw(`<h${level}`)} id="${slug(title)}">${title}${raw(`</h${level}>`)}`);
    }
  }
  close();
  return html`${parts}`;
}

const titleOf = (text: string, path: string): string => /^# (.+)$/m.exec(text)?.[1] ?? path;

async function indexPage(context: Context, request: FastifyRequest, all: ReadonlyMap<string, URL>): Promise<Html> {
  const frame = await context.frame(request);
  const { t } = frame;
  const rows = await Promise.all(
    [...all].map(async ([path, file]) => ({ path, title: titleOf(await readFile(file, 'utf8'), path) })),
  );
  const main = html`<h1>${t('home.docs.title')}</h1><p class="lead">${t('home.docs.lead')}</p>${table({
    caption: t('home.docs.title'),
    hideCaption: true,
    columns: [
      {
        head: t('home.docs.document'),
        cell: ({ path, title }: (typeof rows)[number]) => html`<a href="/docs/${path}" lang="en">${title}</a>`,
        rowHeader: true,
      },
      { head: t('home.docs.file'), cell: ({ path }: (typeof rows)[number]) => ref(path) },
    ],
    rows,
  })}<p><a href="/docs/problems">${t('home.docs.problems')}</a></p><p><a href="/openapi.json">OpenAPI</a></p>`;
  return page({ ...frame, title: t('home.docs.title'), main, public: true });
}

/** Every refusal of the window by its code: what `type` of a problem leads to. */
async function problemsPage(context: Context, app: FastifyInstance, request: FastifyRequest): Promise<Html> {
  const frame = await context.frame(request);
  const { t } = frame;
  const rows = Object.entries(app.problems.catalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  const main = html`<h1>${t('home.docs.problems')}</h1><p class="lead">${t('home.docs.problems-lead')}</p>${table({
    caption: t('home.docs.problems'),
    hideCaption: true,
    columns: [
      {
        head: t('home.docs.code'),
        cell: ([code]: (typeof rows)[number]) => html`<span id="${code}">${ref(code)}</span>`,
        rowHeader: true,
      },
      { head: t('home.docs.status'), cell: ([, { status }]: (typeof rows)[number]) => status, numeric: true },
      {
        head: t('home.docs.means'),
        cell: ([, { title }]: (typeof rows)[number]) => html`<span lang="en">${title}</span>`,
      },
    ],
    rows,
  })}`;
  const breadcrumbs = [{ text: t('home.docs.title'), href: '/docs' }, { text: t('home.docs.problems') }];
  return page({ ...frame, title: t('home.docs.problems'), main, breadcrumbs, public: true });
}

/** The documents of the project, as they stand in its repository. */
export function documentPages(app: FastifyInstance, context: Context): void {
  const all = papers();
  app.get('/docs', async (request, reply) => sendPage(reply, await indexPage(context, request, all)));
  app.get('/docs/problems', async (request, reply) => sendPage(reply, await problemsPage(context, app, request)));
  app.get<{ Params: { '*': string } }>('/docs/*', async (request, reply) => {
    const path = request.params['*'];
    const file = all.get(path) ?? all.get(`${path}.md`);
    if (file === undefined) return reply.callNotFound();
    const frame = await context.frame(request);
    const text = await readFile(file, 'utf8');
    const title = titleOf(text, path);
    const breadcrumbs = [{ text: frame.t('home.docs.title'), href: '/docs' }, { text: title }];
    const main = html`<div lang="en" dir="ltr">${documentBody(text)}</div>`;
    return sendPage(reply, page({ ...frame, title, main, breadcrumbs, public: true }));
  });
}
