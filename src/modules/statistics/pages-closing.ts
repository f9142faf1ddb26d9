import type { FastifyReply } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import { linkButton, progress, summaryList, table, tag } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { countText } from '#portal/format.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { count, ref, when } from '#portal/values.ts';
import * as service from './closing.ts';
import * as kit from './pages-kit.ts';

/** Seconds after which a page asks again how far a run has come; by a header, so that no script is needed. */
const refreshSeconds = 3;

const tones: Readonly<Record<string, Tone>> = { done: 'released', failed: 'stopped' };
const stateTag = (t: Words, state: string): Html => tag(t(`statistics.run.state.${state}`), tones[state] ?? 'ink');

const fields = (own: boolean): readonly Field[] => [
  {
    name: 'month',
    label: 'statistics.run.month',
    hint: 'statistics.run.month-hint',
    type: 'text',
    width: 10,
    latin: true,
  },
  {
    name: 'declarant',
    label: 'statistics.declarant',
    hint: own ? 'statistics.run.declarant-own' : 'statistics.run.declarant-hint',
    type: 'text',
    width: 20,
    latin: true,
    optional: !own,
  },
];

/** A form that was sent and refused, with what it said. */
export interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

/** What that form says, as it was posted. */
export const readClosing = (body: unknown): Values => posted(fields(false), body);

type Run = Partial<service.RunView>;

/** The last closings, each with how far it has come. */
export function runsTable(visit: kit.Visit, t: Words, runs: readonly Run[]): Html {
  if (runs.length === 0) return html``;
  return html`<h2>${t('statistics.runs')}</h2>${table<Run>({
    caption: t('statistics.runs'),
    hideCaption: true,
    rows: runs,
    columns: [
      {
        head: t('statistics.month'),
        rowHeader: true,
        cell: ({ id = '', month = '' }) => html`<a href="/summaries/runs/${id}">${kit.month(t, month)}</a>`,
      },
      {
        head: t('statistics.declarant'),
        cell: ({ declarant }) => (declarant ? ref(declarant) : t('statistics.run.everybody')),
      },
      { head: t('statistics.run.state'), cell: ({ state = 'running' }) => stateTag(t, state) },
      {
        head: t('statistics.run.started'),
        cell: ({ started }) => (started ? when(t, started, kit.timeZoneOf(visit)) : '–'),
      },
      {
        head: t('statistics.checklists'),
        cell: ({ progress: at }) => count(t, at?.checklists ?? 0),
        numeric: true,
      },
    ],
  })}`;
}

/** The form that closes a month, for whoever may. */
export function closingForm(visit: kit.Visit, t: Words, month: string, tried: Tried | undefined): Html {
  const { context, principal, request } = visit;
  const everybody = service.mayClose(principal, null);
  const own = principal.party !== null && service.mayClose(principal, principal.party);
  if (!everybody && !own) return html``;
  const values = { month, declarant: everybody ? '' : (principal.party ?? '') };
  return html`<h2>${t('statistics.run.title')}</h2><p>${t('statistics.run.text')}</p>${form(t, {
    action: '/summaries/runs',
    fields: fields(!everybody),
    submit: t('statistics.run.submit'),
    csrf: context.csrf(request),
    values,
    ...tried,
  })}`;
}

/** How far the closing of a month has come. */
export async function runPage(visit: kit.Visit, id: string): Promise<FastifyReply> {
  const { context, principal, reply } = visit;
  const found = await service.runView(context, principal, id);
  if (!found.ok) return kit.refused(visit, found.error);
  const voice = await kit.voiceFor(visit);
  const { t } = voice;
  const { month = '', declarant, state = 'planning', progress: at, ended } = found.value;
  const { ranges = 0, done = 0, checklists = 0 } = at ?? {};
  const title = t('statistics.run.of', { month: kit.month(t, month) });
  const going = state === 'planning' || state === 'running';
  if (going) reply.header('refresh', String(refreshSeconds));
  const text = t('statistics.run.progress', { checklists: countText(t.lang, checklists) });
  const bar = progress({ label: t(`statistics.run.state.${state}`), value: done, max: ranges, text });
  const rows = [
    { key: t('statistics.run.state'), value: stateTag(t, state) },
    { key: t('statistics.declarant'), value: declarant ? ref(declarant) : t('statistics.run.everybody') },
    { key: t('statistics.checklists'), value: count(t, checklists) },
    ...(ended ? [{ key: t('statistics.run.ended'), value: when(t, ended, kit.timeZoneOf(visit)) }] : []),
  ];
  const body = going
    ? html`${bar}<p><a href="/summaries/runs/${id}">${t('statistics.run.refresh')}</a></p>`
    : html`${summaryList(rows)}<div class="govuk-button-group">${linkButton({ text: t('statistics.run.see'), href: kit.listAt(month) })}${linkButton({ text: t('statistics.run.see-figures'), href: `/statistics?month=${month}`, kind: 'second' })}</div>`;
  return kit.send(visit, voice, {
    title,
    main: html`<h1>${title}</h1>${body}`,
    breadcrumbs: kit.crumbs(t, { text: title }),
  });
}
