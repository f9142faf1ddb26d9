import { addDays, day as parseDay, dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Refusal } from '#kernel/result.ts';
import { may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, emptyState, summaryList, table, tag } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { money, onDay, ref, when } from '#portal/values.ts';
import { type Answer, members, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { decisionsOf, reasonFields, treasuryPage, zoneOf } from './page-kit.ts';
import type { Verdict } from './reconcile.ts';
import { todayIn } from './service-bills.ts';
import {
  clearUp,
  differencesCase,
  type LineView,
  type MissingView,
  simulatedStatement,
  statementList,
  type StatementView,
  statementView,
  takeStatement,
} from './service-statements.ts';
import type { StatementRow } from './store-statements.ts';

const tones: Readonly<Record<Verdict, Tone>> = {
  matched: 'released',
  unknown: 'stopped',
  doubled: 'stopped',
  partial: 'hand',
  over: 'hand',
  'other-currency': 'hand',
  reversed: 'stopped',
};
const verdictTag = (t: Words, verdict: Verdict): Html => tag(t(`treasury.verdict.${verdict}`), tones[verdict]);
const record = { kind: 'bank-statement' as const, id: '', parties: {}, desk: null };

interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const fileField: Field = {
  name: 'file',
  label: 'treasury.statement.file',
  hint: 'treasury.statement.file-hint',
  type: 'textarea',
};
/** A page's form is smaller than the door of the API: what is longer than this is sent there. */
const pastedMax = 500_000;

function handIn(context: Context, visit: Visit, tried: Tried | undefined): Html | '' {
  const { t, who, csrf } = visit;
  if (!may(who, 'bank-statement.file', record)) return '';
  const until = todayIn(context);
  const from = addDays(until, -30);
  const drawn = form(t, {
    action: '/bank-statements',
    fields: [fileField],
    submit: t('treasury.statement.hand-in'),
    csrf,
    ...tried,
  });
  const simulated = html`<p>${tag(t('treasury.simulated'), 'hand')} <a href="/bank-statements/simulated.csv?from=${from}&amp;until=${until}">${t('treasury.statement.simulated')}</a></p>`;
  return html`${details(t('treasury.statement.hand-in'), html`${simulated}${drawn}`, tried !== undefined)}`;
}

async function listPage(context: Context, visit: Visit, tried?: Tried): Promise<Answer> {
  const { t, who } = visit;
  const found = await statementList(context.db, who);
  if (!found.ok) return refusedPage(visit, found.error);
  type Row = StatementRow & { lines: number; open: number };
  const list = table({
    caption: t('treasury.area.bank-statements'),
    hideCaption: true,
    columns: [
      {
        head: t('treasury.statement.number'),
        cell: ({ id, number }: Row) => html`<a href="/bank-statements/${id}">${ref(number)}</a>`,
        rowHeader: true,
      },
      { head: t('treasury.statement.account'), cell: ({ account }: Row) => ref(account) },
      {
        head: t('treasury.bill.period'),
        cell: ({ from, until }: Row) => html`${onDay(t, dayOf(from))} – ${onDay(t, dayOf(until))}`,
      },
      { head: t('treasury.statement.lines'), cell: ({ lines }: Row) => String(lines), numeric: true },
      {
        head: t('treasury.statement.open'),
        cell: ({ open }: Row) =>
          open === 0 ? tag(t('treasury.verdict.matched'), 'released') : tag(String(open), 'hand'),
      },
      { head: t('treasury.statement.received'), cell: ({ received }: Row) => when(t, received, zoneOf(context)) },
    ],
    rows: found.value,
    empty: emptyState({ title: t('treasury.statement.empty'), body: t('treasury.statement.empty-text') }),
  });
  const title = t('treasury.area.bank-statements');
  const main = html`${handIn(context, visit, tried)}${list}`;
  const error = tried ? { error: true, status: 422 } : {};
  return treasuryPage(visit, 'bank-statements', { title, lead: t('treasury.statement.lead'), main, ...error });
}

/** Where a line's money belongs: the notice, the bill or the guarantor it speaks of. */
function subjectLink(kind: string | undefined, subject: string | null): Html | string {
  if (subject === null) return '–';
  if (kind === 'top-up' || !isUuid(subject))
    return html`<a href="/guarantees/${encodeURIComponent(subject)}">${ref(subject)}</a>`;
  const path = kind === 'bill' ? 'bills' : 'notices';
  return html`<a href="/${path}/${subject}">${ref(subject.slice(-12))}</a>`;
}

function linesTable(t: Words, lines: readonly LineView[]): Html {
  return table({
    caption: t('treasury.statement.lines'),
    columns: [
      { head: t('treasury.statement.line'), cell: ({ number }: LineView) => String(number), rowHeader: true },
      { head: t('treasury.page.state'), cell: ({ verdict }: LineView) => verdictTag(t, verdict) },
      {
        head: t('treasury.statement.corrects'),
        cell: ({ corrects }: LineView) => (corrects === null ? '–' : t(`treasury.corrects.${corrects}`)),
      },
      {
        head: t('treasury.statement.reference'),
        cell: ({ reference, bank }: LineView) => ref(reference === '' ? bank : reference),
      },
      { head: t('treasury.statement.about'), cell: ({ subject }: LineView) => subjectLink(undefined, subject) },
      { head: t('treasury.statement.booked'), cell: ({ booked }: LineView) => onDay(t, dayOf(booked)) },
      { head: t('treasury.page.amount'), cell: ({ amount }: LineView) => money(t, amount), numeric: true },
    ],
    rows: lines,
  });
}

function missingTable(context: Context, t: Words, missing: readonly MissingView[]): Html | '' {
  if (missing.length === 0) return '';
  const list = table({
    caption: t('treasury.statement.missing'),
    columns: [
      { head: t('treasury.statement.reference'), cell: ({ movement }: MissingView) => ref(movement), rowHeader: true },
      { head: t('treasury.statement.kind'), cell: ({ kind }: MissingView) => t(`treasury.movement.${kind}`) },
      { head: t('treasury.statement.about'), cell: ({ kind, subject }: MissingView) => subjectLink(kind, subject) },
      {
        head: t('treasury.statement.corrects'),
        cell: ({ corrects }: MissingView) => t(`treasury.corrects.${corrects}`),
      },
      { head: t('treasury.page.at'), cell: ({ at }: MissingView) => when(t, at, zoneOf(context)) },
      { head: t('treasury.page.amount'), cell: ({ amount }: MissingView) => money(t, amount), numeric: true },
    ],
    rows: missing,
  });
  return html`${list}<p class="small">${t('treasury.statement.missing-text')}</p>`;
}

function sumsTable(t: Words, sums: StatementView['sums']): Html {
  type Sum = StatementView['sums'][number];
  return table({
    caption: t('treasury.statement.sums'),
    columns: [
      { head: t('treasury.page.state'), cell: ({ verdict }: Sum) => verdictTag(t, verdict), rowHeader: true },
      { head: t('treasury.statement.lines'), cell: ({ lines }: Sum) => String(lines), numeric: true },
      { head: t('treasury.page.amount'), cell: ({ amount }: Sum) => money(t, amount), numeric: true },
    ],
    rows: sums,
  });
}

async function statementPage(context: Context, visit: Visit, id: string, tried?: Tried): Promise<Answer> {
  const { t, who, csrf } = visit;
  const found = isUuid(id) ? await statementView(context.db, who, id) : undefined;
  if (!found?.ok) return refusedPage(visit, { code: 'treasury/statement-not-found' });
  const { number = '', account = '', from, until, opening, closing, sums = [], lines = [], missing = [] } = found.value;
  const work = await differencesCase(context.db, id);
  const rows = [
    { key: t('treasury.statement.number'), value: ref(number) },
    { key: t('treasury.statement.account'), value: ref(account) },
    ...(from && until
      ? [{ key: t('treasury.bill.period'), value: html`${onDay(t, dayOf(from))} – ${onDay(t, dayOf(until))}` }]
      : []),
    ...(opening ? [{ key: t('treasury.statement.opening'), value: money(t, opening) }] : []),
    ...(closing ? [{ key: t('treasury.statement.closing'), value: money(t, closing) }] : []),
  ];
  const may_ = work?.closed === null && may(who, 'bank-statement.file', record);
  const end = may_
    ? details(
        t('treasury.move.clear-up'),
        html`<p class="small">${t('treasury.move-hint.clear-up')}</p>${form(t, { action: `/bank-statements/${id}/decision`, fields: reasonFields(work.stamp, ''), submit: t('treasury.move.clear-up'), csrf, prefix: 'end', ...(tried ? { values: { ...tried.values, stamp: String(work.stamp) }, refusal: tried.refusal } : {}) })}`,
        tried !== undefined,
      )
    : '';
  const main = html`${summaryList(rows)}${sumsTable(t, sums)}${end}${work ? await decisionsOf(context, t, work) : ''}${linesTable(t, lines)}${missingTable(context, t, missing)}`;
  const error = tried ? { error: true, status: 422 } : {};
  return treasuryPage(visit, 'bank-statements', { title: t('treasury.statement.title'), main, crumb: true, ...error });
}

async function taken(context: Context, visit: Visit): Promise<Answer> {
  const { who, request } = visit;
  const body: unknown = request.body;
  const text = textOf(body, 'file').replaceAll('\r\n', '\n');
  const values = { file: text };
  const again = (refusal: Refusal) => listPage(context, visit, { values, refusal: { ...refusal, pointer: '/file' } });
  if (text.trim() === '' || text.length > pastedMax) return again({ code: 'treasury/statement.pasted' });
  const read = await takeStatement(context, who, Buffer.from(text));
  return read.ok ? { to: `/bank-statements/${read.value.id}?done=read` } : again(read.error);
}

async function ended(context: Context, visit: Visit, id: string): Promise<Answer> {
  const { who, request } = visit;
  const values = posted(reasonFields(0, ''), request.body);
  const { ground = '', reason = '', remedy = '', stamp = '' } = values;
  const decision = { stamp: /^\d{1,9}$/.test(stamp) ? Number(stamp) : -1, ground, reason, remedy };
  const result = isUuid(id) ? await clearUp(context, who, id, decision) : undefined;
  if (result?.ok === true) return { to: `/bank-statements/${id}?done=decided` };
  const refusal = result?.error ?? { code: 'treasury/statement-not-found' };
  const pointer = refusal.pointer?.replace('/decision', '');
  return statementPage(context, visit, id, { values, refusal: { ...refusal, ...(pointer ? { pointer } : {}) } });
}

/** Bank statements: handing one in, what was found of it, and ending the work on what differs. */
export function statementPages(app: App, context: Context): void {
  const id = ({ request }: Visit): string => textOf(request.params, 'id');
  members(app, context, 'GET', '/bank-statements', (visit) => listPage(context, visit));
  members(app, context, 'POST', '/bank-statements', (visit) => taken(context, visit));
  members(app, context, 'GET', '/bank-statements/:id', (visit) => statementPage(context, visit, id(visit)));
  members(app, context, 'POST', '/bank-statements/:id/decision', (visit) => ended(context, visit, id(visit)));
  app.get('/bank-statements/simulated.csv', { schema: { hide: true } }, async (request, reply) => {
    const from = parseDay(textOf(request.query, 'from'));
    const until = parseDay(textOf(request.query, 'until'));
    if (from === undefined || until === undefined) return reply.redirect('/bank-statements', 303);
    const made = await simulatedStatement(context, await context.identify(request), from, until);
    if (!made.ok) return reply.redirect('/bank-statements', 303);
    return reply.type('text/csv; charset=utf-8').send(made.value);
  });
}
