import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { type Day, dayIn } from '#kernel/effective.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { details, sayingNo, summaryList, table, tag } from '#portal/components.ts';
import { type Frame, page, type PageContent } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { count, ref } from '#portal/values.ts';
import type { Difference, RowDifference } from './diff-model.ts';
import { differenceName, differenceSentence, rowSentence } from './diff-words.ts';
import type { Pack } from './pack.ts';
import { packsPart } from './service.ts';
import { authorityName, type Voice, voiceOf } from './voice.ts';

/** One request for a page about law in the making, with who asks and the words of the home pack. */
export interface LawVisit {
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly who: Principal;
  readonly frame: Frame;
  readonly home: Pack;
  readonly voice: Voice;
  readonly t: Words;
  readonly csrf: string;
}

type Handler = (visit: LawVisit) => Promise<FastifyReply>;

/**
 * Answers a request for such a page. Reading is for everybody; whoever posts a form has signed in and comes from a page
 * of ours.
 */
export async function lawVisit(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: Handler,
): Promise<FastifyReply> {
  const who = await context.identify(request);
  const frame = await context.frame(request);
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(frame.t, home);
  const visit = { context, request, reply, who, frame, home, voice, t: voice.t, csrf: context.csrf(request) };
  if (request.method === 'POST') {
    if (who.assurance === 'none') return reply.redirect('/sign-in', 303);
    if (!context.checkCsrf(request)) return refusedLaw(visit, { code: 'parties/form-not-ours' });
  }
  return handle(visit);
}

/** A page of these, open to everybody. */
export const lawPage = ({ frame, reply, t }: LawVisit, content: PageContent, status = 200): FastifyReply =>
  sendPage(
    reply,
    page({
      ...frame,
      ...content,
      ...(content.breadcrumbs && {
        breadcrumbs: [{ text: t('law.changes'), href: '/law/changes' }, ...content.breadcrumbs],
      }),
      public: true,
    }),
    status,
  );

/** The status that a refusal has by the catalogue. */
export const statusOf = ({ reply }: LawVisit, { code }: Refusal): number =>
  reply.server.problems.catalogue[code]?.status ?? 400;

/** A refusal that belongs to no form: the page says it and where to go on. */
export function refusedLaw(visit: LawVisit, refusal: Refusal): FastifyReply {
  const { t } = visit;
  const title = t('law.refused');
  const main = sayingNo(t, title, t(refusal.code, refusal.params));
  return lawPage(visit, { title, main }, statusOf(visit, refusal));
}

/** A text of the query or of a posted form. */
export function given(source: unknown, name: string): string {
  const all: Record<string, unknown> = typeof source === 'object' && source !== null ? { ...source } : {};
  const value = all[name];
  return typeof value === 'string' ? value.trim() : '';
}

const tones: Readonly<Record<string, Tone>> = {
  draft: 'quiet',
  'under-review': 'hand',
  adopted: 'ink',
  'in-force': 'released',
  overtaken: 'hand',
  refused: 'stopped',
  withdrawn: 'quiet',
};

/** Where a change stands. */
export const changeState = (t: Words, state: string): Html => tag(t(`law.state.${state}`), tones[state] ?? 'quiet');

/** An authority by its name in the pack; a dash where there is none. */
export const authorityText = (voice: Voice, id: string | null): string =>
  id === null ? voice.t('law.the-window') : authorityName(voice, id);

/** The first moment of a day in a time zone: law that comes into force on a day does so when the day begins there. */
export function startOfDay(day: Day, timeZone: string): string {
  let [before, from] = [
    msOfInstant(`${day}T00:00:00.000Z`) - 86_400_000,
    msOfInstant(`${day}T00:00:00.000Z`) + 86_400_000,
  ];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (dayIn(instantOf(middle), timeZone) >= day) from = middle;
    else before = middle;
  }
  return instantOf(from);
}

function rowsTable(voice: Voice, rows: readonly RowDifference[], name: string): Html {
  const { t } = voice;
  return details(
    t('law.rows-shown', { count: rows.length }),
    table({
      caption: name,
      hideCaption: true,
      columns: [
        { head: t('rulebook.rules.key'), cell: ({ key }: RowDifference) => ref(key), rowHeader: true },
        { head: t('law.what-changes'), cell: (row: RowDifference) => rowSentence(voice, row) },
      ],
      rows,
    }),
  );
}

function ruleText({ t }: Voice, { was, becomes }: Difference): Html {
  const text = (json: string): Html =>
    html`<pre tabindex="0"><code>${JSON.stringify(JSON.parse(json), null, 2)}</code></pre>`;
  return details(
    t('law.rule-text'),
    summaryList([
      { key: t('law.was'), value: typeof was === 'string' ? text(was) : t('law.nothing') },
      { key: t('law.becomes'), value: typeof becomes === 'string' ? text(becomes) : t('law.nothing') },
    ]),
  );
}

function difference(voice: Voice, one: Difference): Html {
  const source = one.source === undefined ? '' : html`<br><span class="small">${one.source}</span>`;
  const rows = one.rows === undefined ? '' : rowsTable(voice, one.rows, differenceName(voice, one));
  const plain =
    one.topic === 'values' || one.topic === 'examples' || one.topic === 'supplements' || one.counts !== undefined;
  return html`<li>${differenceSentence(voice, one)} <span class="small">${ref(one.id)}</span>${source}${rows}${plain ? '' : ruleText(voice, one)}</li>`;
}

/** Everything that a draft, or a version, changes: topic by topic, in words and figures. */
export function differencesView(voice: Voice, all: readonly Difference[]): Html {
  const { t } = voice;
  if (all.length === 0) return html`<p>${t('law.no-difference')}</p>`;
  const byTopic = [...Map.groupBy(all, ({ topic }) => topic)];
  return join(
    byTopic.map(
      ([topic, some]) =>
        html`<h3>${t(`rulebook.diff.topic.${topic}`)} <span class="small">${count(t, some.length)}</span></h3><ul>${some.map((one) => difference(voice, one))}</ul>`,
    ),
  );
}

/** A page shows this much of a file; the rest is for the API. */
const shownMax = 100_000;

/** The files of a version, one of them open. */
export function filesView(t: Words, files: Readonly<Record<string, string>>, address: string, chosen: string): Html {
  const names = Object.keys(files).sort();
  const name = names.find((one) => one === chosen);
  const link = (one: string): Fragment =>
    one === name
      ? html`<li><strong>${ref(one)}</strong></li>`
      : html`<li><a href="${address}?file=${encodeURIComponent(one)}">${ref(one)}</a></li>`;
  const isExample = (one: string): boolean => one.startsWith('examples/');
  const examples = names.filter(isExample);
  const law = names.filter((one) => !isExample(one));
  const text = name === undefined ? '' : (files[name] ?? '');
  const shown =
    name === undefined
      ? ''
      : html`<h3>${ref(name)}</h3>${text.length > shownMax ? html`<p>${t('law.file-cut')}</p>` : ''}<pre tabindex="0" dir="ltr"><code>${text.slice(0, shownMax)}</code></pre>`;
  const worked =
    examples.length === 0
      ? ''
      : details(
          t('law.examples', { count: examples.length }),
          html`<ul>${examples.map(link)}</ul>`,
          name !== undefined && isExample(name),
        );
  return html`<h2>${t('law.files')}</h2><ul>${law.map(link)}</ul>${worked}${shown}`;
}
