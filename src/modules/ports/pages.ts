import { day as parseDay, dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { details, emptyState, inset, summaryList, table } from '#portal/components.ts';
import { type Field, form, type Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { money, onDay, quantity, ref, written } from '#portal/values.ts';
import { type Answer, open, refusedPage, textOf, type Visit } from '#modules/parties/index.ts';
import { type Fee, type FeeLine, type TariffView, type Unit, units } from './model.ts';
import { feesOn, portList, portOn, todayIn } from './service.ts';

const named = ({ text, language }: TariffView['name']): Html => written(text, language);

async function listPage(context: Context, visit: Visit): Promise<Answer> {
  const { t } = visit;
  const on = parseDay(textOf(visit.request.query, 'on')) ?? todayIn(context);
  const list = table({
    caption: t('ports.title'),
    hideCaption: true,
    columns: [
      {
        head: t('ports.port'),
        cell: ({ operator, port, name }: TariffView) =>
          html`<a href="/ports/${encodeURIComponent(operator)}/${encodeURIComponent(port)}">${named(name)}</a>`,
        rowHeader: true,
      },
      { head: t('ports.operator'), cell: ({ operator }: TariffView) => ref(operator) },
      { head: t('ports.from'), cell: ({ from }: TariffView) => onDay(t, dayOf(from)) },
      { head: t('ports.fees'), cell: ({ fees }: TariffView) => String(fees.length), numeric: true },
    ],
    rows: await portList(context, on),
    empty: emptyState({ title: t('ports.empty'), body: t('ports.empty-text') }),
  });
  const title = t('ports.title');
  return { page: { title, main: html`<h1>${title}</h1><p class="lead">${t('ports.lead')}</p>${list}`, public: true } };
}

const basis = (t: Words, { unit, daily, freeDays = 0 }: Fee): string =>
  daily ? t('ports.by-day', { unit: t(`ports.unit.${unit}`), free: freeDays }) : t(`ports.unit.${unit}`);

function feesTable(t: Words, { fees, currency }: TariffView): Html {
  return table({
    caption: t('ports.fees'),
    columns: [
      { head: t('ports.fee'), cell: ({ name }: Fee) => named(name), rowHeader: true },
      { head: t('ports.basis'), cell: (fee: Fee) => basis(t, fee) },
      {
        head: t('ports.rate'),
        cell: ({ amount }: Fee) => html`${ref(currency)} ${quantity(t, amount)}`,
        numeric: true,
      },
      {
        head: t('ports.minimum'),
        cell: ({ minimum }: Fee) => (minimum === undefined ? '–' : html`${ref(currency)} ${quantity(t, minimum)}`),
        numeric: true,
      },
    ],
    rows: fees,
  });
}

/** What a coming version changes: fees that are new, that end, and that ask otherwise. */
function changes(t: Words, now: TariffView | null, next: TariffView): Html {
  const before = new Map((now?.fees ?? []).map((fee) => [fee.id, fee]));
  const told = (fee: Fee): string => `${fee.amount} ${next.currency} · ${basis(t, fee)}`;
  const asks = (fee: Fee): Html =>
    html`<bdi class="figure" dir="ltr">${fee.amount} ${next.currency}</bdi> · <bdi>${basis(t, fee)}</bdi>`;
  const after = new Set(next.fees.map(({ id }) => id));
  const lines = [
    ...next.fees.flatMap((fee) => {
      const old = before.get(fee.id);
      if (old === undefined) return [t.html('ports.new', { fee: named(fee.name), asks: asks(fee) })];
      const same = told(old) === told(fee) && old.minimum === fee.minimum && now?.currency === next.currency;
      return same ? [] : [t.html('ports.changed', { fee: named(fee.name), before: asks(old), after: asks(fee) })];
    }),
    ...[...before.values()]
      .filter(({ id }) => !after.has(id))
      .map(({ name }) => t.html('ports.ends', { fee: named(name) })),
  ].map((line) => html`<li>${line}</li>`);
  const title = html`<p><strong>${t.html('ports.comes', { day: onDay(t, dayOf(next.from)) })}</strong></p>`;
  return inset(
    html`${title}${lines.length > 0 ? html`<ul>${lines}</ul>` : html`<p>${t('ports.nothing-changes')}</p>`}`,
    'hand',
  );
}

const calculatorFields: readonly Field[] = [
  ...units.map(
    (unit): Field => ({
      name: unit,
      label: `ports.many.${unit}`,
      type: 'decimal',
      width: 5,
      value: unit === 'consignment' ? '1' : '',
      optional: unit !== 'consignment',
    }),
  ),
  { name: 'days', label: 'ports.days', type: 'decimal', width: 3, value: '', optional: true },
  { name: 'on', label: 'ports.on', type: 'date' },
];

function resultTable(t: Words, lines: readonly FeeLine[], total: FeeLine['amount']): Html {
  return table({
    caption: t('ports.result'),
    columns: [
      { head: t('ports.fee'), cell: ({ name }: FeeLine) => named(name), rowHeader: true },
      {
        head: t('ports.basis'),
        cell: (line: FeeLine) =>
          html`${quantity(t, line.quantity)} × ${t(`ports.unit.${line.unit}`)}${line.days === null ? '' : html` × ${t('ports.charged-days', { days: line.days })}`}${line.minimum ? html`<br><span class="small">${t('ports.minimum')}</span>` : ''}`,
      },
      { head: t('ports.amount-head'), cell: ({ amount }: FeeLine) => money(t, amount), numeric: true },
    ],
    rows: lines,
    foot: [t('ports.total'), '', money(t, total)],
    empty: html`<p>${t('ports.no-fees')}</p>`,
  });
}

/** What the query asks the calculator; the name of a field whose figure is none. */
function askedOf(query: unknown): { amounts: Record<Unit, string>; days: number } | { wrong: string } {
  const amounts: Record<string, string> = {};
  for (const unit of units) {
    const text = textOf(query, unit).trim() || (unit === 'consignment' ? '1' : '0');
    if (!/^\d{1,9}(\.\d{1,3})?$/.test(text)) return { wrong: unit };
    amounts[unit] = text.replace(/^0+(?=\d)/, '');
  }
  const days = textOf(query, 'days').trim() || '0';
  return /^\d{1,4}$/.test(days) ? { amounts: amounts, days: Number(days) } : { wrong: 'days' };
}

async function portPage(context: Context, visit: Visit): Promise<Answer> {
  const { t, request } = visit;
  const { query } = request;
  const [operator, port] = [textOf(request.params, 'operator'), textOf(request.params, 'port')];
  const on = parseDay(textOf(query, 'on')) ?? todayIn(context);
  const found = await portOn(context, operator, port, on);
  if (!found.ok) return refusedPage(visit, found.error);
  const { tariff, coming } = found.value;
  const asking = units.some((unit) => textOf(query, unit) !== '');
  const asked = askedOf(query);
  const worked = asking && !('wrong' in asked) ? await feesOn(context, { operator, port, on }, asked) : undefined;
  const names = [...units, 'days', 'on'];
  const values: Values = Object.fromEntries(names.map((name) => [name, textOf(query, name)]));
  const wrong = asking && 'wrong' in asked ? { code: 'ports/figure', pointer: `/${asked.wrong}` } : undefined;
  const calculator = form(t, {
    action: `/ports/${encodeURIComponent(operator)}/${encodeURIComponent(port)}`,
    fields: calculatorFields,
    submit: t('ports.calculate'),
    method: 'get',
    columns: true,
    values: { ...values, on, ...(asking ? {} : { consignment: '1' }) },
    ...(wrong ? { refusal: wrong } : {}),
  });
  const [shown] = [tariff ?? coming[0]];
  const head = summaryList([
    { key: t('ports.operator'), value: ref(operator) },
    { key: t('ports.port'), value: ref(port) },
    ...(tariff
      ? [
          { key: t('ports.from'), value: onDay(t, dayOf(tariff.from)) },
          { key: t('ports.version'), value: String(tariff.version) },
          { key: t('ports.source'), value: written(tariff.source) },
        ]
      : []),
  ]);
  const result = worked?.ok ? resultTable(t, worked.value.lines, worked.value.total) : '';
  const title = shown?.name.text ?? port;
  const main = html`<h1>${shown ? named(shown.name) : port}</h1><p class="lead">${t.html('ports.on-day', { day: onDay(t, dayOf(on)) })}</p>${head}${tariff ? feesTable(t, tariff) : html`<p>${t('ports.none-yet')}</p>`}${coming.map((next, index) => changes(t, index === 0 ? tariff : coming[index - 1]!, next))}${result}${details(t('ports.calculator'), calculator, asking)}`;
  const breadcrumbs = [{ text: t('ports.title'), href: '/ports' }, { text: title }];
  return {
    page: { title, main, breadcrumbs, wide: true, ...(wrong ? { error: true } : {}) },
    ...(wrong ? { status: 422 } : {}),
  };
}

/** What ports charge, for anybody: the list, one port on a day, what changes, and the calculator. */
export function pages(app: App, context: Context): void {
  open(app, context, 'GET', '/ports', (visit) => listPage(context, visit));
  open(app, context, 'GET', '/ports/:operator/:port', (visit) => portPage(context, visit));
}
