import type { FastifyReply } from 'fastify';
import { html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, linkButton, summaryList, table } from '#portal/components.ts';
import { ref, when } from '#portal/values.ts';
import { changePages } from './pages-change.ts';
import { proposalPages } from './pages-propose.ts';
import {
  authorityText,
  changeState,
  differencesView,
  filesView,
  given,
  type LawVisit,
  lawPage,
  lawVisit,
  refusedLaw,
} from './law-kit.ts';
import { mayPropose } from './service-change.ts';
import {
  type ChangeLine,
  changesFor,
  draftFiles,
  type VersionLine,
  versionFiles,
  versionsFor,
} from './service-read.ts';
import { packsPart } from './service.ts';
import { nameIn } from './voice.ts';

const inForceText = ({ t, home }: LawVisit, moment: string | null) =>
  moment === null ? t('law.when-approved') : when(t, moment, home.timeZone);

async function changesPage(visit: LawVisit): Promise<FastifyReply> {
  const { context, who, t, voice, home } = visit;
  const changes = await changesFor(context, who);
  const list = table({
    caption: t('law.changes'),
    hideCaption: true,
    columns: [
      {
        head: t('law.change'),
        cell: ({ id, title }: ChangeLine) => html`<a href="/law/changes/${id}"><bdi>${title}</bdi></a>`,
        rowHeader: true,
      },
      { head: t('law.pack'), cell: ({ pack, version }: ChangeLine) => ref(`${pack} ${version}`) },
      { head: t('law.state-of'), cell: ({ state }: ChangeLine) => changeState(t, state) },
      { head: t('law.proposed-by'), cell: ({ authority }: ChangeLine) => authorityText(voice, authority) },
      { head: t('law.in-force-from'), cell: ({ inForceAt }: ChangeLine) => inForceText(visit, inForceAt) },
    ],
    rows: changes,
    empty: emptyState({ title: t('law.no-changes'), body: t('law.no-changes-text') }),
  });
  const propose = mayPropose(who) ? linkButton({ text: t('law.propose-figure'), href: '/law/changes/new' }) : '';
  const main = html`<h1>${t('law.changes')}</h1><p class="lead">${t('law.lead')}</p>${propose}${list}<p><a href="/law/versions/${home.id}">${t('law.versions-of', { economy: nameIn(t, home.name) })}</a></p>`;
  return lawPage(visit, { title: t('law.changes'), main, wide: true });
}

/** A pack by the name of its economy; by its id where it is not law of this window any more. */
const packName = ({ context, t }: LawVisit, id: string): string => {
  const pack = context.reference.current().get(packsPart).all.get(id);
  return pack === undefined ? id : nameIn(t, pack.name);
};

/** What a version is called in a list, and where it is read. */
const versionLink = ({ pack, version, from }: VersionLine) =>
  html`<a href="/law/versions/${pack}/${from}">${ref(version)}</a>`;

async function versionsPage(visit: LawVisit, pack: string): Promise<FastifyReply> {
  const { context, t, home } = visit;
  const found = await versionsFor(context, pack);
  if (!found.ok) return refusedLaw(visit, found.error);
  const versions = found.value;
  const ended = ({ until }: VersionLine) => {
    const next = versions.find(({ from }) => from === until);
    return next === undefined ? t('law.still') : when(t, next.since, home.timeZone);
  };
  const title = t('law.versions', { pack: packName(visit, pack) });
  const list = table({
    caption: title,
    hideCaption: true,
    columns: [
      { head: t('law.version'), cell: versionLink, rowHeader: true },
      { head: t('law.since'), cell: ({ since }: VersionLine) => when(t, since, home.timeZone) },
      { head: t('law.until'), cell: ended },
      { head: t('law.epochs'), cell: ({ from, until }: VersionLine) => ref(`${from} – ${until ?? '…'}`) },
      { head: t('law.hash'), cell: ({ hash }: VersionLine) => ref(hash.slice(0, 12)) },
      {
        head: t('law.brought-by'),
        cell: ({ change }: VersionLine) =>
          change === null ? t('law.a-folder') : html`<a href="/law/changes/${change}">${t('law.a-change')}</a>`,
      },
    ],
    rows: versions,
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('law.versions-lead')}</p>${list}`;
  return lawPage(visit, { title, main, wide: true, breadcrumbs: [{ text: title }] });
}

async function versionPage(visit: LawVisit, pack: string, from: string): Promise<FastifyReply> {
  const { context, t, home, voice, request } = visit;
  const found = await versionFiles(context, pack, from);
  if (!found.ok) return refusedLaw(visit, found.error);
  const { line, files, differences } = found.value;
  const name = packName(visit, pack);
  const title = t('law.version-title', { pack: name, version: line.version });
  const rows = [
    { key: t('law.since'), value: when(t, line.since, home.timeZone) },
    { key: t('law.epochs'), value: ref(`${line.from} – ${line.until ?? '…'}`) },
    { key: t('law.hash'), value: ref(line.hash) },
    {
      key: t('law.brought-by'),
      value:
        line.change === null ? t('law.a-folder') : html`<a href="/law/changes/${line.change}">${t('law.a-change')}</a>`,
    },
  ];
  const body = JSON.stringify({ economy: pack, version: line.version, consignment: '…' });
  const main = html`<h1>${title}</h1>${summaryList(rows)}<p>${t('law.dry-run')}</p><pre tabindex="0" dir="ltr"><code>POST /v1/assessments ${body}</code></pre><h2>${t('law.against-former')}</h2>${differences === null ? html`<p>${t('law.no-former')}</p>` : differencesView(voice, differences)}${filesView(t, files, `/law/versions/${pack}/${from}`, given(request.query, 'file'))}`;
  const crumbs = [{ text: t('law.versions', { pack: name }), href: `/law/versions/${pack}` }, { text: line.version }];
  return lawPage(visit, { title, main, wide: true, breadcrumbs: crumbs });
}

async function draftPage(visit: LawVisit, change: string, number: string): Promise<FastifyReply> {
  const { context, who, t, request, home } = visit;
  const found = await draftFiles(context, who, change, /^\d{1,6}$/.test(number) ? Number(number) : 0);
  if (!found.ok) return refusedLaw(visit, found.error);
  const { draft, files } = found.value;
  const title = t('law.draft-title', { number: draft.number });
  const rows = [
    { key: t('law.change'), value: html`<a href="/law/changes/${change}"><bdi>${draft.title}</bdi></a>` },
    { key: t('law.pack'), value: ref(`${draft.pack} ${draft.version}`) },
    { key: t('law.made'), value: when(t, draft.made, home.timeZone) },
    { key: t('law.hash'), value: ref(draft.hash) },
  ];
  const address = `/law/changes/${change}/drafts/${draft.number}`;
  const main = html`<h1>${title}</h1>${summaryList(rows)}${filesView(t, files, address, given(request.query, 'file'))}`;
  const crumbs = [{ text: draft.title, href: `/law/changes/${change}` }, { text: title }];
  return lawPage(visit, { title, main, wide: true, breadcrumbs: crumbs });
}

/** Law in the making and law that was: the list of changes, each of them, and every version that was in force. */
export function pagesOfLaw(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  app.get('/law/changes', hidden, (request, reply) => lawVisit(context, request, reply, changesPage));
  proposalPages(app, context);
  changePages(app, context);
  app.get<{ Params: { id: string; number: string } }>('/law/changes/:id/drafts/:number', hidden, (request, reply) =>
    lawVisit(context, request, reply, (visit) => draftPage(visit, request.params.id, request.params.number)),
  );
  app.get<{ Params: { pack: string } }>('/law/versions/:pack', hidden, (request, reply) =>
    lawVisit(context, request, reply, (visit) => versionsPage(visit, request.params.pack)),
  );
  app.get<{ Params: { pack: string; from: string } }>('/law/versions/:pack/:from', hidden, (request, reply) =>
    lawVisit(context, request, reply, (visit) => versionPage(visit, request.params.pack, request.params.from)),
  );
}
