import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { details, slug, summaryList, table } from '#portal/components.ts';
import { dayText } from '#portal/format.ts';
import { money, onDay, ref, written } from '#portal/values.ts';
import { besideName, allFields, fieldOfFact, filled, none, nullable } from './assess-fields.ts';
import { toldTo } from './assess-form.ts';
import { addressOf } from './assess-link.ts';
import { comingOf } from './coming.ts';
import { comingShown } from './coming-shown.ts';
import { amountIn } from './contrast.ts';
import type { Amount } from './consignment.ts';
import { inputOf, type Precheck, type Side } from './precheck.ts';
import {
  chargesTable,
  checksList,
  documentsTable,
  draftNote,
  obligationsTable,
  slipsNote,
  stepsTable,
  valueRows,
} from './shown.ts';
import { compositions, contrastTable, rowsOf, type Told } from './sides.ts';
import { type Link, verdict } from './verdict.ts';
import { nameIn, type Voice, voiceOf } from './voice.ts';

/** The answer of the pre-check: what a person takes to a counter, or sends to whom she sells to. */

/** The economy, and the zone of it that was asked about. */
function headOf(voice: Voice, { pack, request }: Side): string {
  const { zone } = request.consignment.declaration;
  const name = nameIn(voice.t, pack.name);
  return zone ? `${name}, ${voice('zone', zone)}` : name;
}

/** Where what one economy lacks is filled in: `name` says under which name it is told apart from the other. */
const linkTo =
  ({ t }: Voice, { setting, values, on }: Precheck, name: (field: string) => string = (field) => field): Link =>
  (path) => {
    const fields = allFields(t, setting);
    const found = fieldOfFact(path, fields)?.name ?? '';
    const own = fields.find((one) => one.name === name(found));
    if (own === undefined) return undefined;
    const field = `#f-${slug(own.name)}`;
    return nullable.has(found) ? { field, none: addressOf({ ...values, run: '1', on, [own.name]: none }) } : { field };
  };

/** What was asked, for paper: the form that holds it on the page is not printed. */
function question(voice: Voice, { setting, values }: Precheck, { request }: Side): Html {
  const { t } = voice;
  const { goods } = request.consignment.declaration;
  type Line = (typeof goods)[number];
  const lines = table({
    caption: t('rulebook.assess.goods'),
    columns: [
      {
        head: t('rulebook.assess.description'),
        cell: ({ line, description }: Line) =>
          html`${String(line)}. ${written(description.text, description.language)}`,
        rowHeader: true,
      },
      {
        head: t('rulebook.assess.commodity'),
        cell: ({ commodity, category }: Line) =>
          commodity ? ref(commodity) : category ? voice('category', category) : '–',
      },
      { head: t('rulebook.assess.origin'), cell: ({ origin }: Line) => (origin ? ref(origin) : '–') },
      {
        head: t('rulebook.assess.quantity'),
        cell: ({ quantity }: Line) => (quantity ? ref(quantity) : '–'),
        numeric: true,
      },
      { head: t('rulebook.assess.price'), cell: ({ price }: Line) => money(t, price), numeric: true },
    ],
    rows: goods,
  });
  const fields = filled(allFields(t, setting), values).filter(({ name }) => !name.startsWith('goods.'));
  const rest = fields.map(({ name, label, options }) => {
    const chosen = options?.find(({ value }) => value === values[name]);
    const text = chosen?.label === undefined ? (chosen?.text ?? values[name] ?? '') : t(chosen.label);
    return { key: t(label), value: written(text) };
  });
  return html`<div class="paper">${lines}${summaryList(rest)}</div>`;
}

/** Which law gave this answer, on which day, and the address at which it can be read again. */
function reference(voice: Voice, { pack, determination }: Side, address: string, origin: string): Html {
  const { t } = voice;
  const { id, version, hash } = determination.pack;
  const rows = [
    {
      key: t('rulebook.answer.law'),
      value: html`<a href="/rules/${pack.id}?on=${determination.day}">${ref(`${id} ${version}`)}</a> <span class="small">${ref(hash.slice(0, 12))}</span>`,
    },
    { key: t('rulebook.verdict.day'), value: onDay(t, dayOf(determination.day)) },
    {
      key: t('rulebook.answer.link'),
      value: html`<a class="breakable" href="${address}">${ref(`${origin}${address}`)}</a>`,
    },
  ];
  const taught = pack.fictional ? html`<p class="small">${t('rulebook.answer.fictional')}</p>` : '';
  return html`<div class="reference">${summaryList(rows)}<p class="small">${t('rulebook.assess.nothing-stored')}</p>${taught}</div>`;
}

/** Each charge by the line of goods it falls on, exact and before it is rounded; nothing for a parcel of one line. */
function byLine(voice: Voice, { pack, request, determination }: Side): Html | '' {
  const { t } = voice;
  const { goods } = request.consignment.declaration;
  const steps = determination.steps.filter(({ rule, inputs }) => rule.startsWith('charge.') && inputs['line']);
  const charges = [...new Set(steps.map(({ rule }) => rule))];
  if (goods.length < 2 || charges.length === 0) return '';
  const amount = (line: number, rule: string): Html | string => {
    const result = steps.find((one) => one.rule === rule && one.inputs['line'] === String(line))?.result;
    if (result === undefined) return '–';
    if (result.includes('/')) return ref(result);
    const [whole = '', places = ''] = result.split('.');
    const text = `${whole}${pack.exponent > 0 ? '.' : ''}${places.padEnd(pack.exponent, '0')}`;
    return money(t, { currency: pack.currency, amount: text });
  };
  const lines = table({
    caption: t('rulebook.charges.by-line'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.charges.goods'),
        cell: ({ line, description }: (typeof goods)[number]) =>
          html`${String(line)}. ${written(description.text, description.language)}`,
        rowHeader: true,
      },
      ...charges.map((rule) => ({
        head: voice('charge', rule.slice('charge.'.length)),
        cell: ({ line }: (typeof goods)[number]) => amount(line, rule),
        numeric: true,
      })),
    ],
    rows: goods,
  });
  return details(
    t('rulebook.charges.by-line'),
    html`<p class="small">${t('rulebook.charges.by-line-text')}</p>${lines}`,
  );
}

function apiBody(voice: Voice, { request }: Side): Html {
  const { t } = voice;
  return details(
    t('rulebook.answer.api'),
    html`<p>${t('rulebook.answer.api-text')}</p><pre tabindex="0"><code>POST /v1/assessments

${JSON.stringify(request, null, 2)}</code></pre>`,
  );
}

/** Everything that the law of one economy says of the parcel. */
function inFull(voice: Voice, side: Side): Html {
  const { t } = voice;
  const { determination } = side;
  const values = valueRows(voice, determination.values);
  const heading = (key: string): Html => html`<h3 id="${slug(key)}">${t(`rulebook.answer.${key}`)}</h3>`;
  return html`${chargesTable(voice, determination.charges, determination.totals)}${byLine(voice, side)}${values.length > 0 ? summaryList(values) : ''}${heading('documents')}${documentsTable(voice, determination)}${heading('obligations')}${obligationsTable(voice, determination.obligations)}${heading('slips')}${slipsNote(voice, determination)}${heading('checks')}${checksList(voice, determination.checks)}${details(t('rulebook.answer.steps'), stepsTable(voice, determination.steps))}${apiBody(voice, side)}`;
}

function besideEachOther(voice: Voice, asked: Precheck, side: Side, other: Side): Html {
  const { t } = voice;
  const { values, on } = asked;
  const theirs = voiceOf(t, other.pack);
  const inFirst = (amount: Amount) => amountIn(side.pack, other.pack, on, amount);
  const foreign = other.pack.currency !== side.pack.currency;
  const told: Told[] = [
    { head: headOf(voice, side), voice, answer: side.determination },
    { head: headOf(theirs, other), voice: theirs, answer: other.determination, ...(foreign ? { inFirst } : {}) },
  ];
  const swapped = addressOf({ ...toldTo(values, side.pack, other.pack), run: '1', on });
  const column = ({ head, voice: own }: Told, one: Side, link: Link): Html =>
    html`<div><h3>${head}</h3>${verdict(own, one.determination, link)}${draftNote(own, one.determination)}</div>`;
  const rows = rowsOf(told);
  const apart = rows.filter(({ same }) => !same).length;
  return html`<div class="two">${column(told[0]!, side, linkTo(voice, asked))}${column(told[1]!, other, linkTo(theirs, asked, besideName))}</div><h3 id="side-by-side">${t('rulebook.sides.title')}</h3><p>${t('rulebook.sides.count', { count: apart, all: rows.length })}</p>${contrastTable(html`<span class="govuk-visually-hidden">${t('rulebook.sides.title')}</span>`, told, rows)}${compositions(told)}<p class="screen"><a href="${swapped}">${t('rulebook.sides.swap', { economy: told[1]!.head })}</a></p>`;
}

/** The whole answer to a pre-check that was answered. */
export function answerShown(voice: Voice, asked: Precheck, side: Side, origin: string): Html {
  const { t } = voice;
  const { values, beside, on } = asked;
  const address = (day: string): string => addressOf({ ...values, run: '1', economy: side.pack.id, on: day });
  const zone = side.request.consignment.declaration.zone ?? null;
  const first =
    beside === null
      ? html`${verdict(voice, side.determination, linkTo(voice, asked))}${draftNote(voice, side.determination)}`
      : html`${besideEachOther(voice, asked, side, beside)}<h2>${t('rulebook.answer.full', { economy: headOf(voice, side) })}</h2>`;
  const coming = comingShown(voice, zone, comingOf(side.pack, inputOf(side)), address);
  return html`<section class="answer" aria-labelledby="answer">${question(voice, asked, side)}<h2 id="answer">${t('rulebook.answer.title')}</h2>${first}${inFull(voice, side)}<h2 id="coming">${t('rulebook.coming.title')}</h2><p>${t('rulebook.coming.lead', { day: dayText(t.lang, on) })}</p>${coming}${reference(voice, side, address(on), origin)}</section>`;
}
