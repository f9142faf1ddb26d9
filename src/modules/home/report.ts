import { readFile } from 'node:fs/promises';
import type { FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { progress, table, tag } from '#portal/components.ts';
import { page } from '#portal/layout.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';
import { chapters, readRows, type Row, rowsFile } from './rows.ts';

const rowDone = (row: Row): boolean => row.clauses.every(({ test, place }) => test !== null && place !== null);

/** Where a clause can be seen: a page, with the person to be in a demonstration, or a command. */
function placeHtml(t: Words, place: Row['clauses'][number]['place'], demo: boolean): Html {
  if (place === null) return tag(t('portal.status.not-yet'));
  if ('command' in place) return html`<code>${place.command}</code>`;
  const who =
    place.person === undefined
      ? ''
      : html` <span class="small">${t('home.report.as', { person: personName(t, place.person) })}</span>`;
  const href = demo && place.stop !== undefined ? `/tour#${place.stop}` : place.page;
  return html`<a href="${href}">${t('home.report.show-me')}</a>${who}`;
}

const personName = (t: Words, name: string): string => (t.has(`demo.role.${name}`) ? t(`demo.role.${name}`) : name);

function clauseList(t: Words, row: Row, demo: boolean): Html {
  const begun = row.clauses.some(({ place }) => place !== null);
  const items = row.clauses.map(
    ({ text, test, place }) =>
      html`<li><span lang="en" dir="ltr">${text}</span> ${begun ? placeHtml(t, place, demo) : ''}${test === null ? '' : html` <span class="small">${t('home.report.tested')}</span>`}</li>`,
  );
  return html`<ul>${items}</ul>`;
}

/** What of the report works, chapter by chapter; what is not there yet says so. */
export async function reportPage(context: Context, request: FastifyRequest): Promise<Html> {
  const frame = await context.frame(request);
  const { t } = frame;
  const rows = readRows(await readFile(rowsFile, 'utf8'));
  const done = rows.filter(rowDone).length;
  const parts = chapters.map(({ id, first, last }) => {
    const own = rows.filter(({ number }) => number >= first && number <= last);
    return html`<h2 id="${id}">${t(`home.report.chapter.${id}`)}</h2>${table({
      caption: t(`home.report.chapter.${id}`),
      hideCaption: true,
      columns: [
        { head: t('home.report.row'), cell: ({ name }: Row) => ref(name), rowHeader: true },
        { head: t('home.report.kind'), cell: ({ kind }: Row) => t(`home.report.kind.${kind}`) },
        { head: t('home.report.clauses'), cell: (row: Row) => clauseList(t, row, context.config.demo) },
        {
          head: t('home.report.state'),
          cell: (row: Row) =>
            rowDone(row)
              ? tag(t('home.report.done'), 'released')
              : row.clauses.some(({ place }) => place !== null)
                ? tag(t('home.report.begun'), 'ink')
                : tag(t('portal.status.not-yet')),
        },
      ],
      rows: own,
    })}`;
  });
  const main = html`<h1>${t('home.report.title')}</h1><p class="lead">${t('home.report.lead')}</p>${progress({ label: t('home.report.progress'), value: done, max: rows.length, text: t('home.report.of', { done, all: rows.length }) })}${parts}`;
  return page({ ...frame, title: t('home.report.title'), main, public: true, wide: true });
}
