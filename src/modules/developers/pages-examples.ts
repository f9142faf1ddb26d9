import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, inset, statusTag, summaryList, table, tag } from '#portal/components.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';
import { type Answer, open, type Visit } from '#modules/parties/index.ts';
import { type Job, jobs, partyOf, type Step } from './jobs.ts';
import { docsTabs } from './pages-docs.ts';
import { idOfValue, receiverKinds, sample, testValues } from './samples.ts';

const json = (value: unknown): Html =>
  html`<pre dir="ltr" tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`;

const next = ' \\\n  ';

/** The request of a step as somebody types it. */
export function curlOf({ as, path, body, lines }: Step): string {
  const key = as === 'anybody' ? '' : `${next}-H "Authorization: Bearer $${as.toUpperCase()}_KEY"`;
  const type = lines === undefined ? 'application/json' : 'application/x-ndjson';
  const sent =
    body === undefined && lines === undefined
      ? ''
      : `${next}-H 'Content-Type: ${type}'${next}--data-binary @${lines === undefined ? 'body.json' : 'parcels.ndjson'}`;
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  return `curl -s "$WINDOW${address}"${key}${sent}`;
}

function stepHtml(t: Words, step: Step, number: number): Html {
  const { as, body, lines, status, answer } = step;
  const who =
    as === 'anybody'
      ? t('developers.jobs.anybody')
      : t.html('developers.jobs.as', { party: ref(partyOf[as]), role: t(`developers.jobs.as-${as}`) });
  const sent =
    lines === undefined
      ? body === undefined
        ? ''
        : details(t('developers.jobs.body', { number }), json(body))
      : details(
          t('developers.jobs.lines', { number, many: lines.length }),
          html`<pre dir="ltr" tabindex="0"><code>${lines.map((line) => JSON.stringify(line)).join('\n')}</code></pre>`,
        );
  return html`<li><p>${who}</p><pre dir="ltr" tabindex="0"><code>${curlOf(step)}</code></pre>${sent}<p>${t.html('developers.jobs.answer', { status: tag(String(status), status < 400 ? 'released' : 'hand') })}</p>${json(answer)}</li>`;
}

const jobHtml = (t: Words, { id, steps }: Job): Html =>
  html`<section><h2 id="${id}">${t(`developers.jobs.${id}`)}</h2><p>${t(`developers.jobs.${id}-text`)}</p><ol>${steps.map((step, index) => stepHtml(t, step, index + 1))}</ol></section>`;

function jobsPage({ t }: Visit): Answer {
  const title = t('developers.docs.jobs');
  const list = jobs.map(({ id }) => html`<li><a href="#${id}">${t(`developers.jobs.${id}`)}</a></li>`);
  const main = html`<h1>${title}</h1>${docsTabs(t, 'jobs')}<p class="lead">${t('developers.jobs.lead')}</p><ul>${list}</ul>${jobs.map((job) => jobHtml(t, job))}`;
  return { page: { title, main, public: true } };
}

function valuesPage({ t }: Visit, { config }: Context): Answer {
  const title = t('developers.docs.test-values');
  const parcels = testValues.map((value) => {
    const { id, change, status, outcome, check } = value;
    const rows = [
      { key: t('developers.values.declaration'), value: ref(idOfValue(value)) },
      {
        key: t('developers.values.change'),
        value: Object.keys(change).length === 0 ? '–' : ref(JSON.stringify(change)),
      },
      { key: t('developers.values.status'), value: html`${statusTag(t, status)} ${ref(status)}` },
      { key: t('developers.values.outcome'), value: ref(outcome) },
      {
        key: t('developers.values.check'),
        value: check === null ? '–' : ref(`${check.id} ${check.result} ${check.reason}`),
      },
    ];
    return html`<section><h2 id="${id}">${t(`developers.values.${id}`)}</h2><p>${t(`developers.values.${id}-text`)}</p>${summaryList(rows)}<p><a href="/docs/test-values/${id}.json">${ref(`${id}.json`)}</a></p>${details(t('developers.values.body', { id: idOfValue(value) }), json(sample(idOfValue(value), change)))}</section>`;
  });
  const receivers = table({
    caption: t('developers.values.receivers'),
    rows: receiverKinds,
    columns: [
      {
        head: t('developers.values.address'),
        cell: (kind: (typeof receiverKinds)[number]) =>
          ref(`${config.demo ? config.origin : ''}/demo/receivers/${kind}`),
        rowHeader: true,
      },
      { head: t('developers.values.does'), cell: (kind) => t(`developers.values.receiver-${kind}`) },
    ],
  });
  const where = config.demo ? t('developers.values.here') : t('developers.values.elsewhere');
  const main = html`<h1>${title}</h1>${docsTabs(t, 'test-values')}<p class="lead">${t('developers.values.lead')}</p>${inset(html`<p>${where}</p>`)}${parcels}<h2 id="webhooks">${t('developers.values.webhooks')}</h2><p>${t('developers.values.webhooks-text')}</p>${receivers}`;
  return { page: { title, main, public: true } };
}

/** Worked examples, and values to try a program with. */
export function examplePages(app: App, context: Context): void {
  open(app, context, 'GET', '/docs/jobs', (visit) => jobsPage(visit));
  open(app, context, 'GET', '/docs/test-values', (visit) => valuesPage(visit, context));
  for (const value of testValues)
    app.get(`/docs/test-values/${value.id}.json`, { schema: { hide: true } }, () =>
      sample(idOfValue(value), value.change),
    );
}
