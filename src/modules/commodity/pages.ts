import { type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { button, cards, details, inset, progress, tag } from '#portal/components.ts';
import { csrfField, type Field, form } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { rate, ref, written } from '#portal/values.ts';
import { type Answer, open, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { packsPart, type Voice, voiceOf } from '#modules/rulebook/index.ts';
import { type Candidate, languages, type Spoken, type SuggestedLine, type SuggestionView } from './model.ts';
import { choose, suggest, suggestionView } from './service.ts';

/** Lines that one page asks about; more belongs to the API. */
const linesOnPage = 10;
const lineMax = 512;

const field: Field = { name: 'words', label: 'commodity.words', hint: 'commodity.words-hint', type: 'textarea' };

const shownIn = (t: Words): Spoken => languages.find((one) => one === t.lang) ?? 'en';

const dutyText = (t: Words, duty: string): Html => (/^\d+(\.\d+)?$/.test(duty) ? rate(t, duty) : ref(duty));

function categoriesOf(voice: Voice, { categories }: Candidate): Html | '' {
  const { t } = voice;
  if (categories.length === 0) return '';
  const each = categories.map(({ id, duty }) =>
    duty === null
      ? html`<bdi>${voice('category', id)}</bdi>`
      : t.html('commodity.category-duty', { category: voice('category', id), duty: dutyText(t, duty) }),
  );
  return html`<p class="small">${t('commodity.category')} ${each.map((one, index) => (index === 0 ? one : html` · ${one}`))}</p>`;
}

/** One code: what it means, how well it fits, where it stands, and the button that takes it into the dry run. */
function candidate(visit: Visit, voice: Voice, view: SuggestionView, line: SuggestedLine, one: Candidate): Html {
  const { t } = voice;
  const { commodity, score, description, path } = one;
  const mark = line.chosen === commodity ? html` ${tag(t('commodity.chosen'), 'released')}` : '';
  const steps = path.map(({ code, text }) => html`<li>${ref(code)} <bdi>${text}</bdi></li>`);
  const label = t('commodity.score', { code: commodity });
  const text = t('commodity.score-of', { score, most: view.score.most });
  const take = html`<form method="post" action="/commodities/${view.id}">${csrfField(visit.csrf)}<input type="hidden" name="line" value="${line.line}"><input type="hidden" name="commodity" value="${commodity}">${button({ text: t('commodity.take', { code: commodity }), kind: 'second' })}</form>`;
  const tone = line.candidates[0] === one && !line.person.decides ? 'released' : 'quiet';
  return html`<div class="card card--${tone}"><h3 class="card__title">${ref(commodity)} <bdi>${description}</bdi>${mark}</h3><div class="card__body">${progress({ label, value: score, max: view.score.most, text })}${categoriesOf(voice, one)}${details(t('commodity.place'), html`<ol class="small">${steps}</ol>`)}</div><div class="card__foot">${take}</div></div>`;
}

function lineShown(visit: Visit, voice: Voice, view: SuggestionView, line: SuggestedLine): Html {
  const { t } = voice;
  const { reason } = line.person;
  const said =
    reason === null
      ? ''
      : inset(
          html`<p><strong>${t('commodity.person')}</strong> ${t(`commodity.reason.${reason}`, { threshold: view.score.threshold ?? 0 })}</p>`,
          'hand',
        );
  const found = line.candidates.map((one) => candidate(visit, voice, view, line, one));
  const list = found.length === 0 ? '' : cards(...found);
  return html`<section><h2>${written(line.description.text)}</h2>${said}${list}</section>`;
}

/** The page: words in, codes out; `view` is what was found, `refusal` why nothing was looked for. */
function helpPage(
  context: Context,
  visit: Visit,
  told: { text: string; view?: SuggestionView; refusal?: Refusal; status?: number },
): Answer {
  const { t } = visit;
  const { text, view, refusal, status } = told;
  const voice = voiceOf(t, context.reference.current().get(packsPart).home);
  const title = t('commodity.title');
  const asking = form(t, {
    action: '/commodities',
    method: 'get',
    fields: [field],
    submit: t('commodity.ask'),
    values: { words: text },
    ...(refusal ? { refusal } : {}),
  });
  const lines = view?.lines.map((line) => lineShown(visit, voice, view, line)) ?? [];
  const what = view === undefined ? '' : inset(html`<p>${t(view.statement)}</p>`);
  const how = details(t('commodity.how'), html`<p>${t('commodity.how-text')}</p><p>${t('commodity.kept')}</p>`);
  const main = html`<h1>${title}</h1><p class="lead">${t('commodity.lead')}</p>${asking}${what}${lines}${how}`;
  return {
    page: { title, main, public: view === undefined, ...(refusal ? { error: true } : {}) },
    ...(status === undefined ? {} : { status }),
  };
}

/** What was written, a thing a line: without empty lines and what no text may hold. */
const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '');

async function asked(context: Context, visit: Visit): Promise<Answer> {
  const text = textOf(visit.request.query, 'words');
  if (text === '') return helpPage(context, visit, { text });
  const lines = linesOf(text);
  const wrong = (code: string): Answer =>
    helpPage(context, visit, {
      text,
      refusal: { code, pointer: '/words', params: { most: String(linesOnPage), length: String(lineMax) } },
      status: 422,
    });
  if (lines.length === 0) return wrong('commodity/nothing-said');
  if (lines.length > linesOnPage) return wrong('commodity/too-many-lines');
  if (lines.some(({ length }) => length > lineMax)) return wrong('commodity/line-too-long');
  const shown = shownIn(visit.t);
  const asking = { who: visit.who, address: visit.request.ip, shown };
  const made = await suggest(context, asking, {
    lines: lines.map((line) => ({ description: { text: line, language: shown } })),
  });
  if (!made.ok) return helpPage(context, visit, { text, refusal: { ...made.error, pointer: '/words' }, status: 429 });
  return helpPage(context, visit, { text, view: made.value });
}

/** Notes the choice and goes on to the dry run with words and code filled in. */
async function chosen(context: Context, visit: Visit): Promise<Answer> {
  const { request, who } = visit;
  const [id, commodity] = [textOf(request.params, 'id'), textOf(request.body, 'commodity')];
  const line = Number.parseInt(textOf(request.body, 'line'), 10);
  const done = await choose(context, who, id, { line, commodity });
  if (!done.ok) return refusedPage(visit, done.error);
  const description = done.value.lines.find((one) => one.line === line)?.description.text ?? '';
  const filled = new URLSearchParams({ 'goods.0.description': description, 'goods.0.commodity': commodity });
  return { to: `/assess?${filled.toString()}` };
}

async function again(context: Context, visit: Visit): Promise<Answer> {
  const found = await suggestionView(context, visit.who, textOf(visit.request.params, 'id'));
  if (!found.ok) return refusedPage(visit, found.error);
  const text = found.value.lines.map(({ description }) => description.text).join('\n');
  return helpPage(context, visit, { text, view: found.value });
}

/** Help with codes, for anybody: words in, suggestions out, and on into the dry run. */
export function pages(app: App, context: Context): void {
  open(app, context, 'GET', '/commodities', (visit) => asked(context, visit));
  open(app, context, 'GET', '/commodities/:id', (visit) => again(context, visit));
  open(app, context, 'POST', '/commodities/:id', (visit) => chosen(context, visit));
}
