import type { FastifyReply } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import { day as parseDay } from '#kernel/effective.ts';
import { isUuid } from '#kernel/id.ts';
import { ok, type Refusal, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { inset, table } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import { ref } from '#portal/values.ts';
import { given, type LawVisit, lawPage, lawVisit, refusedLaw, startOfDay, statusOf } from './law-kit.ts';
import type { Grade, PackSource } from './model.ts';
import {
  baseOf,
  changeCase,
  type Drafted,
  type DraftProblem,
  draftRow,
  mayPropose,
  problemsIn,
} from './service-change.ts';
import { changeableValues, citedLaws } from './value-row.ts';

const grades: readonly Grade[] = ['primary', 'secondary', 'memory', 'fictional'];

/** The fields of the commonest change: another figure for a value from a day on, with its law. */
function fieldsOf({ t, voice }: LawVisit, base: PackSource): Field[] {
  return [
    { name: 'title', label: 'law.field.title', hint: 'law.field.title-hint', type: 'text' },
    {
      name: 'value',
      label: 'law.field.value',
      type: 'select',
      options: changeableValues(base).map(({ id, unit }) => ({
        value: id,
        text: `${voice('value', id)} (${unit})`,
      })),
    },
    { name: 'figure', label: 'law.field.figure', hint: 'law.field.figure-hint', type: 'text', width: 10, latin: true },
    { name: 'from', label: 'law.field.from', type: 'date' },
    {
      name: 'law',
      label: 'law.field.law',
      type: 'select',
      value: citedLaws(base)[0]?.key ?? '',
      options: [
        ...citedLaws(base).map(({ key, title }) => ({ value: key, text: title })),
        { value: '', text: t('law.field.another-law') },
      ],
    },
    { name: 'article', label: 'law.field.article', type: 'text', width: 20, optional: true },
    { name: 'lawTitle', label: 'law.field.law-title', hint: 'law.field.law-title-hint', type: 'text', optional: true },
    {
      name: 'grade',
      label: 'law.field.grade',
      type: 'select',
      options: grades.map((value) => ({ value, label: `rulebook.grade.${value}` })),
    },
    { name: 'url', label: 'law.field.url', type: 'text', latin: true, optional: true },
    { name: 'inForce', label: 'law.field.in-force', hint: 'law.field.in-force-hint', type: 'date', optional: true },
    { name: 'dropExamples', label: 'law.field.drop-examples', hint: 'law.field.drop-examples-hint', type: 'checkbox' },
    { name: 'change', label: '', type: 'hidden' },
    { name: 'stamp', label: '', type: 'hidden' },
  ];
}

/** A day that is stated for coming into force is its first moment in the time zone of the economy. */
function momentOf({ home }: LawVisit, values: Values): Result<string | null> {
  const text = values['inForce'] ?? '';
  if (text === '') return ok(null);
  const on = parseDay(text);
  return on === undefined
    ? { ok: false, error: { code: 'rulebook/day-unknown', pointer: '/inForce', params: { day: text } } }
    : ok(startOfDay(on, home.timeZone));
}

async function drafted(visit: LawVisit, values: Values): Promise<Result<Drafted>> {
  const { context, who } = visit;
  const at = (name: string): string => values[name] ?? '';
  if (at('title') === '') return { ok: false, error: { code: 'rulebook/title-missing', pointer: '/title' } };
  const row = {
    value: at('value'),
    from: at('from'),
    figure: at('figure'),
    law: at('law'),
    article: at('article'),
    title: at('lawTitle'),
    grade: grades.find((one) => one === at('grade')) ?? 'memory',
    url: at('url'),
    dropExamples: at('dropExamples') === 'yes',
  };
  const inForce = momentOf(visit, values);
  if (!inForce.ok) return inForce;
  const proposal = { title: at('title').slice(0, 200), inForce: inForce.value };
  const again = { change: at('change'), stamp: Number(at('stamp')) || 0 };
  return draftRow(context, who, row, isUuid(again.change) ? { ...proposal, again } : proposal);
}

/** What is wrong in the files that the form has made: where, and what to do. */
function problems({ t }: LawVisit, refusal: Refusal | undefined): Html | '' {
  const found = refusal === undefined ? [] : problemsIn(refusal);
  if (found.length === 0) return '';
  return inset(
    table({
      caption: t('law.problems'),
      columns: [
        {
          head: t('law.file'),
          cell: ({ file, at }: DraftProblem) => ref(at === '' ? file : `${file} ${at}`),
          rowHeader: true,
        },
        { head: t('law.problem'), cell: ({ message }: DraftProblem) => message },
        { head: t('law.remedy'), cell: ({ remedy }: DraftProblem) => remedy },
      ],
      rows: found,
    }),
    'hand',
  );
}

async function proposePage(visit: LawVisit, values: Values = {}, refusal?: Refusal): Promise<FastifyReply> {
  const { context, t, who, request, csrf } = visit;
  if (!mayPropose(who)) return refusedLaw(visit, { code: 'rulebook/may-not-propose' });
  const found = await baseOf(context);
  if (!found.ok) return refusedLaw(visit, found.error);
  const change = given(request.query, 'change');
  const one = isUuid(change) ? await changeCase(context.db, change) : undefined;
  const again: Values =
    one === undefined ? {} : { change, stamp: String(one.stamp), title: String(one.facts['title']) };
  // The list of problems below says more than their first lines in the summary would.
  const told = refusal?.code === 'rulebook/draft-unsound' ? { ...refusal, more: [] } : refusal;
  const drawn = form(t, {
    action: '/law/changes/new',
    fields: fieldsOf(visit, found.value.base),
    submit: t('law.draft-it'),
    csrf,
    values: { ...again, ...values },
    ...(told === undefined ? {} : { refusal: told }),
  });
  const title = t('law.propose-figure');
  const main = html`<h1>${title}</h1><p class="lead">${t('law.propose-lead')}</p>${problems(visit, refusal)}${drawn}<p>${t('law.other-changes')}</p><pre tabindex="0" dir="ltr"><code>npm run portolan -- law propose FOLDER --title "…" --to ADDRESS --key-file FILE</code></pre>`;
  const content = { title, main, breadcrumbs: [{ text: title }], ...(refusal === undefined ? {} : { error: true }) };
  return lawPage(visit, content, refusal === undefined ? 200 : statusOf(visit, refusal));
}

async function proposed(visit: LawVisit): Promise<FastifyReply> {
  const { context, reply, request, who } = visit;
  if (!mayPropose(who)) return refusedLaw(visit, { code: 'rulebook/may-not-propose' });
  const found = await baseOf(context);
  if (!found.ok) return refusedLaw(visit, found.error);
  const values = posted(fieldsOf(visit, found.value.base), request.body);
  const made = await drafted(visit, values);
  if (!made.ok) return proposePage(visit, values, made.error);
  return reply.redirect(`/law/changes/${made.value.change}`, 303);
}

/** The form for another figure from a day on. */
export function proposalPages(app: App, context: Context): void {
  const hidden = { schema: { hide: true } };
  app.get('/law/changes/new', hidden, (request, reply) =>
    lawVisit(context, request, reply, (visit) => proposePage(visit)),
  );
  app.post('/law/changes/new', hidden, (request, reply) => lawVisit(context, request, reply, proposed));
}
