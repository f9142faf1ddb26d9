import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { type Html, html } from '#kernel/html.ts';
import { barChart } from '#portal/chart.ts';
import { button, inset, linkButton, table, tag } from '#portal/components.ts';
import { type Field, formFields } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';
import { type Answer, open, textOf, type Visit } from '#modules/parties/index.ts';
import { reportPages } from './pages-report.ts';
import { answersOf, answerSigns, areas, type Covered, type Question, questions, scoresOf } from './questions.ts';

const tones: Readonly<Record<Covered, Tone>> = { whole: 'released', part: 'ink', none: 'quiet' };

/** The answers as the form gave them, a sign for each question. */
const asked = (query: unknown): string => {
  const signs = questions.map(({ id }) => textOf(query, id));
  return signs.map((sign) => (answerSigns.some((one) => one === sign) ? sign : '-')).join('');
};

function questionField(t: Words, { id }: Question, number: number): Field {
  return {
    name: id,
    label: 'readiness.question',
    text: t('readiness.numbered', { number, question: t(`readiness.question.${id}`) }),
    type: 'radios',
    optional: true,
    options: answerSigns.map((sign) => ({ value: sign, label: `readiness.answer.${sign}` })),
  };
}

function questionsForm(t: Words, answers: string): Html {
  const values = Object.fromEntries(questions.map(({ id }, index) => [id, answers[index] ?? '']));
  const groups = areas.map((area) => {
    const fields = questions.flatMap((one, index) => (one.area === area ? [questionField(t, one, index + 1)] : []));
    return html`<h2>${t(`readiness.area.${area}`)}</h2>${formFields(t, { fields, values, prefix: area })}`;
  });
  return html`<form method="get" action="/readiness" novalidate>${groups}<input type="hidden" name="go" value="1">${button({ text: t('readiness.show') })}</form>`;
}

const percent = (points: number, most: number): number => Math.round((points * 100) / most);

function scores(t: Words, answers: string): Html {
  const all = scoresOf(answers);
  const points = all.reduce((sum, one) => sum + one.points, 0);
  const most = all.reduce((sum, one) => sum + one.most, 0);
  const answered = all.reduce((sum, one) => sum + one.answered, 0);
  const chart = barChart(t, {
    title: t('readiness.scores'),
    labels: t('readiness.area'),
    unit: t('readiness.score'),
    tone: 'ink',
    most: 100,
    points: all.map((one) => ({
      label: t(`readiness.area.${one.area}`),
      value: percent(one.points, one.most),
      text: t('readiness.percent', { percent: percent(one.points, one.most) }),
    })),
  });
  const whole = t('readiness.whole', { percent: percent(points, most), answered, questions: questions.length });
  return html`<p class="lead">${whole}</p>${chart}`;
}

function covered(t: Words, answers: string): Html {
  const rows = questions.map((one, index) => ({ ...one, number: index + 1, sign: answers[index] ?? '-' }));
  type Row = (typeof rows)[number];
  const see = ({ see: at }: Row): Html | '' =>
    at === undefined ? '' : html` <a href="${at}">${t('readiness.see')}</a>`;
  return table({
    caption: t('readiness.covered'),
    columns: [
      {
        head: t('readiness.question'),
        cell: ({ id, number }: Row) => t('readiness.numbered', { number, question: t(`readiness.question.${id}`) }),
        rowHeader: true,
      },
      {
        head: t('readiness.your-answer'),
        cell: ({ sign }: Row) => t(`readiness.answer.${sign === '-' ? 'none' : sign}`),
      },
      {
        head: t('readiness.software'),
        cell: ({ covered: how }: Row) => tag(t(`readiness.covered.${how}`), tones[how]),
      },
      { head: t('readiness.how'), cell: (row: Row) => html`${t(`readiness.cover.${row.id}`)}${see(row)}` },
    ],
    rows,
  });
}

function readinessPage(context: Context, { t, request }: Visit): Answer {
  const { query } = request;
  if (textOf(query, 'go') !== '') return { to: `/readiness?answers=${asked(query)}` };
  const title = t('readiness.title');
  const lead = html`<h1>${title}</h1><p class="lead">${t('readiness.lead')}</p>`;
  const given = textOf(query, 'answers');
  const answers = answersOf(given);
  if (!answers.ok || textOf(query, 'change') !== '') {
    const main = html`${lead}<p>${t('readiness.stored')}</p>${questionsForm(t, answers.ok ? answers.value : '')}`;
    return { page: { title, main, public: true } };
  }
  const link = `${context.config.origin}/readiness?answers=${answers.value}`;
  const again = linkButton({
    text: t('readiness.change'),
    href: `/readiness?answers=${answers.value}&change=1`,
    kind: 'second',
  });
  const kept = inset(html`<p>${t('readiness.link')}</p><p class="breakable">${ref(link)}</p>`);
  const main = html`<h1>${title}</h1>${scores(t, answers.value)}${kept}${again}${covered(t, answers.value)}<p class="small">${t('readiness.after')}</p>`;
  return { page: { title, main, public: true, wide: true } };
}

/** The self-assessment of an economy, and the pages on which fraud is reported. */
export async function pages(app: App, context: Context): Promise<void> {
  open(app, context, 'GET', '/readiness', (visit) => readinessPage(context, visit));
  await reportPages(app, context);
}
