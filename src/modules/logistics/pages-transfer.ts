import type { FastifyReply } from 'fastify';
import { type Html, html, join } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { type Result } from '#kernel/result.ts';
import { may, type RecordRef } from '#platform/auth.ts';
import { barChart } from '#portal/chart.ts';
import {
  button,
  details,
  inset,
  pagination,
  progress,
  stat,
  stats,
  summaryList,
  table,
  tabs,
} from '#portal/components.ts';
import { csrfField, type Field, form, posted } from '#portal/form.ts';
import { countText } from '#portal/format.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { count, money, ref, when } from '#portal/values.ts';
import { readable } from '#modules/clearance/index.ts';
import { reportTransferArrival } from './arrive.ts';
import { depart, split, withdraw } from './depart.ts';
import { explain } from './difference.ts';
import {
  arrivalFields,
  arrivalFrom,
  departureFields,
  departureFrom,
  explanationFields,
  splitFields,
  splitFrom,
} from './forms.ts';
import { type ArrivalView, type PieceView, type State, states, type TransferView } from './model.ts';
import { endText, given, partyName, refused, stateTag, statusTag, type Tried, type Visit } from './pages-kit.ts';
import { piecesView, transferView } from './views.ts';

type Shown = Partial<TransferView> & { id: string };

/** Where the document leads, who stands behind it, and by when. */
function head(visit: Visit, one: Shown): Html {
  const { t, timeZone } = visit;
  const row = (key: string, value: Html | undefined) =>
    value === undefined ? [] : [{ key: t(`logistics.${key}`), value }];
  const list = (marks: readonly string[] = []) =>
    marks.length === 0 ? undefined : join(marks.map((mark, index) => html`${index > 0 ? ', ' : ''}${ref(mark)}`));
  const other = (id: string, master: string): Html => html`<a href="/transfers/${id}">${ref(master)}</a>`;
  const { splits = [], due, source } = one;
  return summaryList([
    ...row('status', one.status && statusTag(t, one.status)),
    ...row('from', one.from && endText(visit, one.from)),
    ...row('to', one.to && endText(visit, one.to)),
    ...row('via', list(one.via)),
    ...row('carrier', one.carrier === undefined ? undefined : partyName(visit, one.carrier)),
    ...row('guarantor', one.guarantor === undefined ? undefined : partyName(visit, one.guarantor)),
    ...row('held', one.guarantee && money(t, one.guarantee.held)),
    ...row('conveyance', one.conveyance ? ref(one.conveyance) : undefined),
    ...row('seals', list(one.seals)),
    ...row('departed', one.departed ? when(t, one.departed, timeZone) : undefined),
    ...row('due', due ? html`${when(t, due, timeZone)}<br><span class="small">${source}</span>` : undefined),
    ...row('parent', one.parent ? other(one.parent, t('logistics.parent-link')) : undefined),
    ...row(
      'splits',
      splits.length === 0 ? undefined : join(splits.map(({ id, master }) => html`<div>${other(id, master)}</div>`)),
    ),
  ]);
}

/** The figures that matter: pieces, what is missing, what came over. */
function figures({ t }: Visit, { counts }: Shown): Html {
  if (counts === undefined) return html``;
  const { missing, over } = counts;
  return stats(
    stat({ label: t('logistics.pieces'), value: count(t, counts.all - over) }),
    stat({ label: t('logistics.state.missing'), value: count(t, missing), tone: missing > 0 ? 'hand' : 'quiet' }),
    stat({ label: t('logistics.over'), value: count(t, over), tone: over > 0 ? 'hand' : 'quiet' }),
  );
}

const chart = ({ t }: Visit, { counts }: Shown): Html | '' =>
  counts === undefined
    ? ''
    : barChart(t, {
        title: t('logistics.chart'),
        labels: t('logistics.where'),
        unit: t('logistics.pieces'),
        points: states.map((state) => ({ label: t(`logistics.state.${state}`), value: counts[state] })),
        tone: 'ink',
      });

/** Tallies at the destination; one that is being worked through shows how far it is, and the page looks again. */
function arrivals({ t, timeZone, reply }: Visit, { arrivals: all = [] }: Shown): Html | '' {
  if (all.length === 0) return '';
  const running = all.filter(({ finished }) => finished === null);
  if (running.length > 0) reply.header('refresh', '2');
  const bars = running.map(({ reference, handled, tallied }) => {
    const text = t('logistics.progress', { handled: countText(t.lang, handled), tallied: countText(t.lang, tallied) });
    return progress({ label: t('logistics.counting', { reference }), value: handled, max: tallied, text });
  });
  const found = ({ waits, seals }: ArrivalView): Html | string => {
    const faults = seals.filter(({ state }) => state !== 'whole');
    const named = faults.map(({ number, state }) => html`<div>${ref(number)} ${t(`logistics.seal.${state}`)}</div>`);
    return waits ? html`${named}<div>${t('logistics.waits')}</div>` : faults.length > 0 ? join(named) : '–';
  };
  const rows = table({
    caption: t('logistics.arrivals'),
    columns: [
      { head: t('logistics.reference'), cell: (one: ArrivalView) => ref(one.reference), rowHeader: true },
      { head: t('logistics.arrived'), cell: (one: ArrivalView) => when(t, one.arrived, timeZone) },
      { head: t('logistics.pieces'), cell: (one: ArrivalView) => count(t, one.tallied), numeric: true },
      { head: t('logistics.seals'), cell: found },
    ],
    rows: all,
  });
  return html`${bars}${rows}`;
}

/** What is not as it should be, and where it is decided. */
function differences({ t, who }: Visit, { differences: all = [], leftOut = [] }: Shown): Html {
  const link = (id: string, text: string): Html =>
    who.authority === null ? html`${text}` : html`<a href="/cases/${id}">${text}</a>`;
  const open = all.map(
    (one) => html`<li>${link(one.case, t(`logistics.cause.${one.cause}`))}: ${t(`logistics.case.${one.state}`)}</li>`,
  );
  const cases = open.length === 0 ? '' : html`<h2>${t('logistics.differences')}</h2><ul>${open}</ul>`;
  const named = leftOut.map(({ barcode, code }) => html`<li>${ref(barcode)}: ${t(code)}</li>`);
  const out =
    named.length === 0 ? '' : details(t('logistics.left-out', { count: named.length }), html`<ul>${named}</ul>`);
  return html`${cases}${out}`;
}

async function pieces(visit: Visit, one: Shown): Promise<Html> {
  const { context, who, request, t, timeZone } = visit;
  const state = states.find((known) => known === given(request.query, 'state'));
  const after = given(request.query, 'after');
  const found = await piecesView(context, who, one.id, { state, after, limit: 25 });
  if (!found.ok) return html``;
  const at = (more: Record<string, string>): string =>
    `/transfers/${one.id}?${new URLSearchParams(more).toString()}#pieces`;
  const many = (known: State): string => countText(t.lang, one.counts?.[known] ?? 0);
  const ways = tabs(t('logistics.where'), [
    { text: t('logistics.all'), href: `/transfers/${one.id}#pieces`, current: state === undefined },
    ...states
      .filter((known) => (one.counts?.[known] ?? 0) > 0 || known === state)
      .map((known) => ({
        text: t(`logistics.state.${known}`),
        href: at({ state: known }),
        current: state === known,
        count: many(known),
      })),
  ]);
  const why = ({ why: said, over }: PieceView): string =>
    over ? t('logistics.why.over') : said === null ? '–' : t(`logistics.why.${said}`);
  const parcels = found.value.pieces.flatMap(({ parcel }) => (parcel === null ? [] : [parcel]));
  const open = await readable(context.db, who, parcels);
  const rows = table({
    caption: t('logistics.list-of-pieces'),
    hideCaption: true,
    columns: [
      {
        head: t('logistics.barcode'),
        cell: ({ barcode, parcel }: PieceView) =>
          parcel === null || !open.includes(parcel)
            ? ref(barcode)
            : html`<a href="/parcels/${parcel}">${ref(barcode)}</a>`,
        rowHeader: true,
      },
      { head: t('logistics.where'), cell: (piece: PieceView) => stateTag(t, piece.state) },
      { head: t('logistics.because'), cell: why },
      { head: t('logistics.since'), cell: ({ since }: PieceView) => when(t, since, timeZone) },
    ],
    rows: found.value.pieces,
  });
  const next = found.value.next;
  const more = pagination(t, next === null ? {} : { next: at({ ...(state ? { state } : {}), after: next }) });
  return html`<h2 id="pieces">${t('logistics.list-of-pieces')}</h2>${ways}${rows}${more}`;
}

const standing = (one: Shown, operator: string | undefined): RecordRef => ({
  kind: 'transfer',
  id: one.id,
  parties: { carrier: one.carrier ? [one.carrier] : [], operator: operator ? [operator] : [] },
  desk: null,
});

interface StepForm {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** The steps that this person may take now, as far as a page can tell; the transfer judges again. */
function stepsOf(visit: Visit, one: Shown): StepForm[] {
  const { who } = visit;
  const carries = who.authority === null && may(who, 'transfer.prepare', standing(one, undefined));
  const keeps = who.authority === null && may(who, 'transfer.report', standing(one, one.to?.operator));
  const { status, differences: all = [] } = one;
  const step = (test: boolean, name: string, fields: readonly Field[]): StepForm[] => (test ? [{ name, fields }] : []);
  const came = status === 'departed' || status === 'arrived' || status === 'closed';
  return [
    ...step(carries && status === 'prepared', 'departure', departureFields),
    ...step(carries && status === 'prepared', 'withdrawal', []),
    ...step(carries && all.some(({ closed }) => closed === null), 'explanation', explanationFields),
    ...step(carries && status === 'departed', 'splits', splitFields(visit)),
    ...step(keeps && came, 'arrivals', arrivalFields(visit, (one.arrivals ?? []).length === 0)),
  ];
}

function stepForm(visit: Visit, one: Shown, { name, fields }: StepForm, tried: Tried | undefined): Html {
  const { t, csrf } = visit;
  const action = `/transfers/${one.id}/${name}`;
  const says = html`<p class="small">${t(`logistics.step.${name}-text`)}</p>`;
  const submit = t(`logistics.step.${name}-submit`);
  const back = tried?.step === name ? { values: tried.values, refusal: tried.refusal } : {};
  const drawn =
    fields.length === 0
      ? html`<form method="post" action="${action}">${csrfField(csrf)}${button({ text: submit, kind: 'hand' })}</form>`
      : form(t, { action, fields, submit, csrf, prefix: name, ...back });
  return details(t(`logistics.step.${name}`), html`${says}${drawn}`, tried?.step === name);
}

/** The page of one transfer, as far as this reader may see it. */
export async function transferPage(visit: Visit, id: string, tried?: Tried): Promise<FastifyReply> {
  const { context, who, frame, reply, t } = visit;
  const found = isUuid(id) ? await transferView(context, who, id) : undefined;
  if (!found?.ok) return refused(visit, { code: 'logistics/not-found' }, 404);
  const one = found.value;
  const steps = stepsOf(visit, one).map((step) => stepForm(visit, one, step, tried));
  // A step that is possible no longer has no form to come back to.
  const lost = tried !== undefined && !stepsOf(visit, one).some(({ name }) => name === tried.step);
  const why = lost ? inset(html`<p>${t(tried.refusal.code, tried.refusal.params)}</p>`, 'hand') : '';
  const name = one.master ?? id;
  const title = t('logistics.title-one', { master: name });
  const main = html`<h1>${t.html('logistics.title-one', { master: ref(name) })}</h1>${why}${figures(visit, one)}<div class="beside"><div>${head(visit, one)}</div><div>${chart(visit, one)}${steps}</div></div>${differences(visit, one)}${arrivals(visit, one)}${await pieces(visit, one)}`;
  const breadcrumbs = [{ text: t('logistics.title'), href: '/transfers' }, { text: name }];
  const document = page({ ...frame, title, main, breadcrumbs, wide: true, error: tried !== undefined });
  return sendPage(reply, document, tried === undefined ? 200 : 422);
}

/** Takes the step that a form of the page asks for; every judgement is the door's own. */
export async function stepped(visit: Visit, id: string, name: string): Promise<FastifyReply> {
  const { context, who, reply, request } = visit;
  const found = isUuid(id) ? await transferView(context, who, id) : undefined;
  if (!found?.ok) return refused(visit, { code: 'logistics/not-found' }, 404);
  const one = found.value;
  const first = (one.arrivals ?? []).length === 0;
  const all = {
    departure: departureFields,
    withdrawal: [],
    explanation: explanationFields,
    splits: splitFields(visit),
    arrivals: arrivalFields(visit, true),
  };
  const values = posted(all[name as keyof typeof all], request.body);
  const raw = JSON.stringify(values);
  const done = await ((): Promise<Result<string>> => {
    const refuse = (said: Result<unknown>) => Promise.resolve(said as Result<string>);
    if (name === 'withdrawal') return withdraw(context, who, id);
    if (name === 'explanation')
      return values['reason']
        ? explain(context, who, id, values['reason'].slice(0, 2_000))
        : refuse({ ok: false, error: { code: 'logistics/reason-needed', pointer: '/reason' } });
    if (name === 'departure') {
      const body = departureFrom(visit, values);
      return body.ok ? depart(context, who, id, body.value) : refuse(body);
    }
    if (name === 'splits') {
      const body = splitFrom(visit, values);
      return body.ok ? split(context, who, id, body.value, raw) : refuse(body);
    }
    const body = arrivalFrom(visit, values, one.seals ?? [], first);
    return body.ok ? reportTransferArrival(context, who, id, body.value, raw) : refuse(body);
  })();
  if (!done.ok) return transferPage(visit, id, { step: name, values, refusal: done.error });
  return reply.redirect(`/transfers/${name === 'splits' ? done.value : id}`, 303);
}
