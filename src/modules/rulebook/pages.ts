import type { FastifyInstance, FastifyRequest } from 'fastify';
import { dayIn } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { button, details, errorSummary, linkButton, slug, summaryList } from '#portal/components.ts';
import { errorsOf, type Field, formFields, posted, type Values } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { allFields, lawFields, lineFields, linesShown, onFields, parcelFields, requestOf } from './assess-form.ts';
import type { AssessmentRequest } from './consignment.ts';
import { dryRun } from './dry-run.ts';
import { examples } from './examples.ts';
import { lawPages } from './law-pages.ts';
import { pagesOfLaw } from './pages-law.ts';
import type { Explained } from './model.ts';
import type { Pack } from './pack.ts';
import { packsPart } from './service.ts';
import {
  chargesTable,
  checksList,
  draftNote,
  obligationsTable,
  slipsNote,
  stepsTable,
  valueRows,
  verdict,
} from './shown.ts';
import { voiceOf } from './voice.ts';

/** What a GET form sent, as the reader of posted forms wants it. */
const queryOf = (request: FastifyRequest): Record<string, unknown> =>
  typeof request.query === 'object' && request.query !== null ? { ...request.query } : {};

interface Tried {
  readonly values: Values;
  readonly refusal?: Refusal;
  readonly request?: AssessmentRequest;
  readonly determination?: Explained;
}

/** The dry run of a form's values; nothing when the form was not sent. */
function tried(context: Context, t: Words, pack: Pack, query: Record<string, unknown>): Tried {
  const fields = allFields(t, context.reference.current().get(packsPart).all, pack);
  if (query['run'] === undefined) return { values: { economy: pack.id } };
  const values: Record<string, string> = posted(fields, query);
  const request = requestOf(t, values, pack);
  if (!request.ok) return { values, refusal: request.error };
  const result = dryRun(context, request.value);
  if (!result.ok) return { values, refusal: onFields(values, result.error) };
  return { values, request: request.value, determination: result.value };
}

function section(
  t: Words,
  title: string,
  fields: readonly Field[],
  drawn: { values: Values; errors: ReturnType<typeof errorsOf> },
): Html {
  return html`<fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${title}</legend><div class="fields">${fields.map((field) => formFields(t, { fields: [field], ...drawn }))}</div></fieldset>`;
}

function assessForm(t: Words, packs: ReadonlyMap<string, Pack>, pack: Pack, state: Tried): Html {
  const errors = errorsOf(t, allFields(t, packs, pack), state.refusal);
  const drawn = { values: state.values, errors };
  const lines = Array.from({ length: linesShown }, (_, line) => lineFields(t, pack, line));
  const more = lines.slice(1);
  const used = more.flat().some(({ name }) => /price|description/.test(name) && (state.values[name] ?? '') !== '');
  const first = section(t, t('rulebook.assess.line', { line: 1 }), lines[0] ?? [], drawn);
  const others = more.map((fields, index) => section(t, t('rulebook.assess.line', { line: index + 2 }), fields, drawn));
  return html`<form method="get" action="/assess" novalidate><input type="hidden" name="run" value="1">${first}${details(t('rulebook.assess.more-lines'), html`${others}`, used)}${section(t, t('rulebook.assess.parcel'), parcelFields(pack), drawn)}${section(t, t('rulebook.assess.law'), lawFields(t, packs, pack), drawn)}${button({ text: t('rulebook.assess.submit') })}</form>`;
}

function answer(t: Words, pack: Pack, determination: Explained, request: AssessmentRequest): Html {
  const voice = voiceOf(t, pack);
  const values = valueRows(voice, determination.values);
  const heading = (key: string): Html => html`<h2 id="${slug(key)}">${t(`rulebook.answer.${key}`)}</h2>`;
  const body = JSON.stringify(request, null, 2);
  return html`<section aria-labelledby="answer"><h2 id="answer">${t('rulebook.answer.title')}</h2>${verdict(voice, determination)}<p class="small">${t('rulebook.assess.nothing-stored')}</p>${draftNote(voice, determination)}${heading('charges')}${chargesTable(voice, determination.charges, determination.totals)}${values.length > 0 ? summaryList(values) : ''}${heading('checks')}${checksList(voice, determination.checks)}${heading('obligations')}${obligationsTable(voice, determination.obligations)}${heading('slips')}${slipsNote(voice, determination)}${details(t('rulebook.answer.steps'), stepsTable(voice, determination.steps))}${details(
    t('rulebook.answer.api'),
    html`<p>${t('rulebook.answer.api-text')}</p><pre tabindex="0"><code>POST /v1/assessments

${body}</code></pre>`,
  )}</section>`;
}

async function assessPage(context: Context, request: FastifyRequest): Promise<{ document: Html; status: number }> {
  const frame = await context.frame(request);
  const { t } = frame;
  const query = queryOf(request);
  const packs = context.reference.current().get(packsPart);
  const asked = typeof query['economy'] === 'string' ? packs.all.get(query['economy']) : undefined;
  const pack = asked ?? packs.home;
  const state = tried(context, t, pack, query);
  const today = dayIn(context.clock.instant(), pack.timeZone);
  const buttons = examples(t, pack, today).map(({ text, href }) => linkButton({ text, href, kind: 'second' }));
  const errors = errorsOf(t, allFields(t, packs.all, pack), state.refusal).map(({ text, field }) =>
    field ? { text, href: `#f-${slug(field.name)}` } : { text },
  );
  const shown =
    state.determination && state.request
      ? html`${answer(t, pack, state.determination, state.request)}<h2 id="again">${t('rulebook.assess.again')}</h2>`
      : html`<div class="govuk-button-group">${buttons}</div>`;
  const main = html`${errorSummary(t, errors)}<h1>${t('rulebook.assess.title')}</h1><p class="lead">${t('rulebook.assess.lead')}</p>${shown}${assessForm(t, packs.all, pack, state)}`;
  const document = page({
    ...frame,
    title: t('rulebook.assess.title'),
    main,
    public: true,
    wide: true,
    ...(errors.length > 0 ? { error: true } : {}),
  });
  return { document, status: errors.length > 0 ? 422 : 200 };
}

/** The dry run and the rules in force, for everybody. */
export function pages(app: FastifyInstance, context: Context): void {
  app.get('/assess', async (request, reply) => {
    const { document, status } = await assessPage(context, request);
    return sendPage(reply, document, status);
  });
  lawPages(app, context);
  pagesOfLaw(app, context);
}
