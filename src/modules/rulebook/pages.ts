import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { button, buttonGroup, details, linkButton } from '#portal/components.ts';
import { errorsOf, type Field, type FieldError, formFields, type Values, errorSummaryOf } from '#portal/form.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { answerShown } from './answer.ts';
import { exportSteps } from './filing.ts';
import {
  allFields,
  besideFields,
  fieldOfFact,
  filled,
  furtherFields,
  lawFields,
  lineFields,
  linesMax,
  linesShown,
  parcelFields,
} from './assess-fields.ts';
import { addressOf, compact, valuesOf } from './assess-link.ts';
import { examples } from './examples.ts';
import { lawPages } from './law-pages.ts';
import { pagesOfLaw } from './pages-law.ts';
import { type Precheck, precheck, type Side } from './precheck.ts';
import { packsPart } from './service.ts';
import { voiceOf } from './voice.ts';
import { zonePages } from './zone-pages.ts';

interface Drawn {
  readonly values: Values;
  readonly errors: readonly FieldError[];
}

const section = (t: Words, title: string, fields: readonly Field[], drawn: Drawn): Html =>
  html`<fieldset class="govuk-fieldset section"><legend class="govuk-fieldset__legend govuk-fieldset__legend--m">${title}</legend><div class="fields">${formFields(t, { fields, ...drawn })}</div></fieldset>`;

/** What an answer lacked, or found to be required, as paths of facts. */
function lacking(side: Side | null): string[] {
  if (side === null) return [];
  const { missing, checks } = side.determination;
  const required = checks.filter(({ result, params }) => result === 'failed' && params['element'] !== undefined);
  return [...missing, ...required.map(({ params }) => pathOf(params['pointer'] ?? ''))];
}

/** A pointer counts the lines from nought, the path of a fact by their numbers. */
const pathOf = (pointer: string): string =>
  pointer
    .slice(1)
    .replaceAll('/', '.')
    .replace(/^(declaration\.goods\.)(\d+)/, (_, before: string, index: string) => `${before}${Number(index) + 1}`);

/** The rarely asked fields that this parcel needs after all: those that were lacking, and those that hold something. */
function furtherOf({ setting, values, side, beside }: Precheck): Field[] {
  const all = furtherFields(setting.lines);
  const named = new Set([
    ...[side, beside].flatMap(lacking).flatMap((path) => fieldOfFact(path, all)?.name ?? []),
    ...filled(all, values).map(({ name }) => name),
  ]);
  return all.filter(({ name }) => named.has(name));
}

/** The way to somebody’s code where he has only words; those that stand there go along. */
const codeHelp = (t: Words, words: string): Html =>
  html`<p><a href="/commodities${words === '' ? '' : `?words=${encodeURIComponent(words)}`}">${t('rulebook.assess.commodity-help')}</a></p>`;

function assessForm(t: Words, asked: Precheck, errors: readonly FieldError[]): Html {
  const { setting, values } = asked;
  const drawn = { values, errors };
  const further = furtherOf(asked);
  const lines = Array.from({ length: setting.lines }, (_, line) => [
    ...lineFields(t, setting, line),
    ...further.filter(({ name }) => name.startsWith(`goods.${line}.`)),
  ]);
  const parcel = further.filter(({ name }) => !name.startsWith('goods.'));
  const more = lines.slice(1);
  const used = filled(more.flat(), values).length > 0 || setting.lines > linesShown;
  const goods = lines.map((fields, line) => [
    section(t, t('rulebook.assess.line', { line: line + 1 }), fields, drawn),
    codeHelp(t, values[`goods.${line}.description`] ?? ''),
  ]);
  const others = details(t('rulebook.assess.more-lines'), html`${goods.slice(1)}`, used);
  const lawful = section(t, t('rulebook.assess.law'), lawFields(t, setting), drawn);
  const beside = section(t, t('rulebook.assess.beside'), besideFields(t, setting), drawn);
  const addLines =
    setting.lines < linesMax
      ? button({ text: t('rulebook.assess.add-lines'), kind: 'second', name: 'more', value: '1' })
      : html``;
  return html`<form class="screen" method="get" action="/assess" novalidate><input type="hidden" name="run" value="1">${goods[0]}${others}${section(t, t('rulebook.assess.parcel'), parcelFields(setting), drawn)}${parcel.length > 0 ? section(t, t('rulebook.assess.further'), parcel, drawn) : ''}${lawful}${beside}${buttonGroup(button({ text: t('rulebook.assess.submit') }), addLines)}</form>`;
}

/** Whether what was asked about can be filed here: a window decides what leaves its own economy. */
const files = (context: Context, { pack }: Side): boolean =>
  pack.id === context.reference.current().get(packsPart).home.id;

async function assessPage(
  context: Context,
  request: FastifyRequest,
  given: Values,
): Promise<{ document: Html; status: number }> {
  const frame = await context.frame(request);
  const { t } = frame;
  const asked = precheck(context, t, given);
  const { setting, side, refusal, on } = asked;
  const found = errorsOf(t, allFields(t, setting), refusal);
  const voice = voiceOf(t, setting.pack);
  const buttons = examples(t, setting.pack, on).map(({ text, href }) => linkButton({ text, href, kind: 'second' }));
  const shown =
    side === null
      ? html`<div class="govuk-button-group">${buttons}</div>`
      : html`${answerShown(voice, asked, side, context.config.origin)}${files(context, side) ? exportSteps(voice, side) : ''}<h2 id="again" class="screen">${t('rulebook.assess.again')}</h2>`;
  const main = html`${errorSummaryOf(t, found)}<h1>${t('rulebook.assess.title')}</h1><p class="lead screen">${t('rulebook.assess.lead')}</p>${shown}${assessForm(t, asked, found)}`;
  const document = page({
    ...frame,
    title: t('rulebook.assess.title'),
    main,
    public: true,
    wide: true,
    ...(found.length > 0 ? { error: true } : {}),
  });
  return { document, status: found.length > 0 ? 422 : 200 };
}

/** The pre-check, the rules in force and what zones change, for everybody. */
export function pages(app: FastifyInstance, context: Context): void {
  app.get('/assess', async (request, reply) => {
    const given = valuesOf(request.query);
    // A form sends its empty fields too; the address that is kept and sent on says only what was filled in.
    const short = addressOf(given);
    if (Object.keys(compact(given)).join() !== Object.keys(given).join()) return reply.redirect(short, 303);
    const { document, status } = await assessPage(context, request, given);
    return sendPage(reply, document, status);
  });
  lawPages(app, context);
  zonePages(app, context);
  pagesOfLaw(app, context);
}
