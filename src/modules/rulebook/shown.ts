import type { Check } from '#kernel/check.ts';
import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import { details, inset, statusTag, table } from '#portal/components.ts';
import { money, rate, ref } from '#portal/values.ts';
import type { Amount } from './consignment.ts';
import type { Charge, Determination, Obligation, Step } from './model.ts';
import { authorityName, reasonText, type Voice } from './voice.ts';

/** How a determination is read by people: the same pieces for a dry run, a parcel and a case. */

/** Rule and source under each other, small: everybody can look them up, nobody has to. */
const provenance = (rule: string, source: string): Html =>
  html`<span class="small">${source}${source === '' ? '' : html`<br>`}${ref(rule)}</span>`;

function rateCell({ t }: Voice, charge: Charge): Fragment {
  if (charge.rate === null) return '–';
  return rate(t, charge.rate);
}

function chargeName(voice: Voice, charge: Charge): Html {
  const { t } = voice;
  const notes: Fragment[] = [];
  if (charge.lines.length > 0)
    notes.push(t('rulebook.charges.lines', { count: charge.lines.length, lines: charge.lines.join(', ') }));
  if (charge.waived !== null)
    notes.push(t('rulebook.charges.waived', { rule: voice('waiver', charge.waived.replace(/^waiver\./, '')) }));
  if (charge.secured) notes.push(t('rulebook.charges.secured'));
  const small = notes.map((note) => html`<br><span class="small">${note}</span>`);
  return html`${voice('charge', charge.id)}${small}`;
}

/**
 * Charges one by one: base, rate, amount, who owes it, where it is collected and by which rule; the totals at the foot.
 */
export function chargesTable(voice: Voice, charges: readonly Charge[], totals: Determination['totals'] | null): Html {
  const { t } = voice;
  const foot: Fragment[] | undefined = totals
    ? [t('rulebook.charges.border'), '', '', money(t, totals.border), '', '', '']
    : undefined;
  return table({
    caption: t('rulebook.charges.title'),
    columns: [
      { head: t('rulebook.charges.charge'), cell: (charge: Charge) => chargeName(voice, charge), rowHeader: true },
      { head: t('rulebook.charges.base'), cell: ({ base }: Charge) => (base ? money(t, base) : '–'), numeric: true },
      { head: t('rulebook.charges.rate'), cell: (charge: Charge) => rateCell(voice, charge), numeric: true },
      { head: t('rulebook.charges.amount'), cell: ({ amount }: Charge) => money(t, amount), numeric: true },
      { head: t('rulebook.charges.liable'), cell: ({ liable }: Charge) => voice('liable', liable) },
      {
        head: t('rulebook.charges.collect'),
        cell: ({ collect, due }: Charge) =>
          html`${voice('collect', collect)}<br><span class="small">${voice('due', due)}</span>`,
      },
      { head: t('rulebook.charges.rule'), cell: ({ rule, source }: Charge) => provenance(rule, source) },
    ],
    rows: charges,
    ...(foot ? { foot } : {}),
    empty: html`<p>${t('rulebook.charges.none')}</p>`,
  });
}

/** What was asked of the parcel and what came of it; those that passed stand behind their summary. */
export function checksList(voice: Voice, checks: readonly Check[]): Html {
  const { t } = voice;
  const telling = checks.filter(({ result }) => result === 'failed' || result === 'unknown');
  const quiet = checks.filter(({ result }) => result === 'passed' || result === 'skipped');
  const first =
    telling.length > 0
      ? checksTable(voice, t('rulebook.checks.telling'), telling)
      : html`<p>${t('rulebook.checks.nothing')}</p>`;
  const rest =
    quiet.length > 0
      ? details(
          t('rulebook.checks.quiet', { count: quiet.length }),
          checksTable(voice, t('rulebook.checks.quiet-title'), quiet),
        )
      : '';
  return html`${first}${rest}`;
}

function checksTable(voice: Voice, caption: string, checks: readonly Check[]): Html {
  const { t } = voice;
  return table({
    caption,
    hideCaption: true,
    columns: [
      { head: t('rulebook.checks.check'), cell: ({ id }: Check) => checkName(voice, id), rowHeader: true },
      { head: t('rulebook.checks.result'), cell: ({ result }: Check) => statusTag(t, result) },
      { head: t('rulebook.checks.reason'), cell: (check: Check) => checkReason(voice, check) },
      { head: t('rulebook.checks.rule'), cell: ({ rule, source }: Check) => provenance(rule, source) },
    ],
    rows: checks,
  });
}

/** What a check is called: the pack's or the rulebook's name; for `risk/watch/…` of another module that of its kind. */
export function checkName(voice: Voice, id: string): string {
  if (id.includes('/')) {
    const steps = id.split('/');
    const kinds = steps.map((_, index) => `rulebook.check.${steps.slice(0, steps.length - index).join('-')}`);
    const key = kinds.find((one) => voice.t.has(one));
    return key === undefined ? id : voice.t(key);
  }
  const [topic = '', rest = ''] = id.split('.', 2);
  return topic === 'match' ? voice('match', rest) : voice('check', id);
}

/** The reason in words, with what it lacked. */
export function checkReason(voice: Voice, { reason, params, missing }: Check): Html {
  const { line } = params;
  const where =
    line === undefined ? '' : html` <span class="small">${voice.t('rulebook.checks.of-line', { line })}</span>`;
  const lacks = missing.length > 0 ? html`<br>${factNames(voice, missing)}` : '';
  return html`${reasonText(voice, reason, params)}${where}${lacks}`;
}

/** Missing facts by their names, each with the place where it belongs. */
export const factNames = (voice: Voice, missing: readonly string[]): Html =>
  join(
    missing.map((one) => factName(voice, one)),
    ', ',
  );

/**
 * `declaration.goods.2.netWeight` in words: the field, and the line where there is one; else the law that is not
 * loaded.
 */
export function factName({ t }: Voice, path: string): Html {
  const line = /\.goods\.(\d+)\./.exec(path)?.[1];
  const plain = path.replace(/\.goods\.\d+\./, '.goods.*.');
  const key = `rulebook.fact.${plain}`;
  if (t.has(key)) return line === undefined ? html`${t(key)}` : t.html('rulebook.fact.of-line', { fact: t(key), line });
  // A tariff asks for a quantity in a measure of its own, or for the price of a part: `…supplementaryQuantity.hl`.
  const [, fact = '', measure = ''] = /^([^.]+\.goods\.\*\.[^.]+)\.(.+)$/s.exec(plain) ?? [];
  if (line !== undefined && t.has(`rulebook.fact.${fact}`))
    return t.html('rulebook.fact.measured', { fact: t(`rulebook.fact.${fact}`), line, measure: ref(measure) });
  const [head = '', tail = ''] = path.split(/\.(.*)/s, 2);
  const topic = ['rate', 'account', 'routes'].includes(head) ? head : 'law';
  return t.html(`rulebook.fact.${topic}`, { name: ref(topic === 'law' ? path : tail) });
}

/** Everything the law asks besides money, with the authority to turn to and the law it stands in. */
export function obligationsTable(voice: Voice, obligations: readonly Obligation[]): Html {
  const { t } = voice;
  return table({
    caption: t('rulebook.obligations.title'),
    hideCaption: true,
    columns: [
      { head: t('rulebook.obligations.what'), cell: ({ id }: Obligation) => voice('obligation', id), rowHeader: true },
      {
        head: t('rulebook.obligations.authority'),
        cell: ({ authority }: Obligation) => authorityName(voice, authority),
      },
      {
        head: t('rulebook.obligations.reference'),
        cell: ({ reference, source }: Obligation) => html`${reference}<br><span class="small">${source}</span>`,
      },
      { head: t('rulebook.obligations.when'), cell: ({ when: due }: Obligation) => voice('due', due) },
    ],
    rows: obligations,
    empty: html`<p>${t('rulebook.obligations.none')}</p>`,
  });
}

/** Documents that the goods need and the declaration does not name: who gives or looks at them, and under which law. */
export function documentsTable(voice: Voice, { checks }: Determination): Html {
  const { t } = voice;
  return table({
    caption: t('rulebook.documents.title'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.documents.document'),
        cell: ({ params }: Check) => voice('document', params['document'] ?? ''),
        rowHeader: true,
      },
      { head: t('rulebook.checks.reason'), cell: (check: Check) => checkReason(voice, check) },
      { head: t('rulebook.obligations.authority'), cell: ({ params }: Check) => authorityOf(voice, params) },
      { head: t('rulebook.checks.rule'), cell: ({ rule, source }: Check) => provenance(rule, source) },
    ],
    rows: checks.filter(({ result, params }) => result === 'failed' && params['document'] !== undefined),
    empty: html`<p>${t('rulebook.documents.none')}</p>`,
  });
}

/** The authority whose law it is, and the desk that acts for it where a zone says so. */
function authorityOf(voice: Voice, { authority, desk }: Check['params']): Fragment {
  if (authority === undefined) return '–';
  const name = authorityName(voice, authority);
  if (desk === undefined) return name;
  return html`${name}<br><span class="small">${voice.t('rulebook.documents.desk', { desk: authorityName(voice, desk) })}</span>`;
}

/** A rule, value or row of a table by the name that its pack gives it, else by its id. */
export function ruleName(voice: Voice, id: string): Fragment {
  const { program } = voice.pack;
  if (program.zones.has(id)) return voice('zone', id);
  const [topic = '', rest = ''] = id.split(/\.(.*)/s, 2);
  if (program.tables.has(topic) && !program.values.has(id)) return html`${voice('table', topic)}: ${ref(rest)}`;
  const [kind, name] = program.values.has(id) ? ['value', id] : [topic, rest];
  const word = voice(kind, name);
  return word === name ? ref(id) : word;
}

/** Says that a pack is a draft and which of the values that were used nobody has confirmed. */
export function draftNote(voice: Voice, { pack, unconfirmed }: Determination): Html | '' {
  const { t } = voice;
  if (pack.status !== 'draft') return '';
  const listed =
    unconfirmed.length > 0
      ? html`<p>${join(
          unconfirmed.map((id) => ruleName(voice, id)),
          ', ',
        )}</p>`
      : '';
  return inset(html`<p>${t('rulebook.draft', { count: unconfirmed.length })}</p>${listed}`, 'hand');
}

/** The slips that the route needs, and those that have not come. */
export function slipsNote(voice: Voice, { slips }: Determination): Html {
  const { t } = voice;
  if (slips.need.length === 0) return html`<p>${t('rulebook.slips.none')}</p>`;
  const items = slips.need.map(
    (slip) => html`<li>${voice('slip', slip)} ${statusTag(t, slips.missing.includes(slip) ? 'to-do' : 'done')}</li>`,
  );
  const within =
    slips.withinHours === null ? '' : html`<p>${t('rulebook.slips.within', { hours: slips.withinHours })}</p>`;
  return html`<ul>${items}</ul>${within}`;
}

/** Figures that the pack shows: intrinsic value, customs value and whatever else it names. */
export const valueRows = (voice: Voice, values: Readonly<Record<string, Amount>>): { key: string; value: Html }[] =>
  Object.entries(values).map(([id, amount]) => ({ key: voice('amount', id), value: money(voice.t, amount) }));

/** The reasoning step by step, for whoever wants to check it with a pencil. */
export function stepsTable(voice: Voice, steps: readonly Step[]): Html {
  const { t } = voice;
  const inputs = ({ inputs: read }: Step): Html =>
    join(
      Object.entries(read).map(([name, value]) => html`${ref(name)} = ${ref(value)}`),
      html`<br>`,
    );
  return table({
    caption: t('rulebook.steps.title'),
    hideCaption: true,
    columns: [
      { head: t('rulebook.steps.rule'), cell: ({ rule }: Step) => ref(rule), rowHeader: true },
      { head: t('rulebook.steps.inputs'), cell: inputs },
      { head: t('rulebook.steps.result'), cell: ({ result }: Step) => ref(result), numeric: true },
      {
        head: t('rulebook.steps.source'),
        cell: ({ source, layer }: Step) => html`<span class="small">${source} · ${layer}</span>`,
      },
    ],
    rows: steps,
  });
}
