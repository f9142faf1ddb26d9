import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import { button, details, inset, linkButton, statusTag, summaryList, timeline } from '#portal/components.ts';
import { csrfField, type Field, form, type Values } from '#portal/form.ts';
import { toneOf } from '#portal/status.ts';
import { money, ref, when, written } from '#portal/values.ts';
import { codeOrText, isOwnPractice } from '#modules/clearance/index.ts';
import { attachmentList } from '#modules/documents/index.ts';
import { authorityName, checkName, factNames, reasonText, type Voice } from '#modules/rulebook/index.ts';
import type { CaseView, EnquiryView, Said, Spoke, Step } from './model.ts';

/** A step that came back with what is wrong in it. */
export interface Tried {
  readonly step: Step;
  readonly values: Values;
  readonly refusal: Refusal;
}

/** One parcel as its page shows it. */
export interface Shown {
  readonly voice: Voice;
  readonly timeZone: string;
  readonly view: EnquiryView;
  readonly csrf: string;
  /** Its place among the parcels that were found. */
  readonly at: number;
  readonly now: string;
  readonly tried?: Tried;
  /** A link that was made just now and is shown once. */
  readonly link?: string;
}

/** The words of a status for whoever waits, where they are others than for whoever filed. */
const standing = ({ voice: { t }, view }: Pick<Shown, 'voice' | 'view'>): string => {
  const keys = [`enquiries.stands.${view.status}-${view.movement}`, `enquiries.stands.${view.status}`];
  return t(keys.find((key) => t.has(key)) ?? 'enquiries.stands.lodged');
};

const deskName = (voice: Voice, desk: string): string => authorityName(voice, desk.split('/')[0] ?? desk);

/** Where it stands, in one glance. */
function stand(shown: Pick<Shown, 'voice' | 'view'>): Html {
  const { voice, view } = shown;
  const { t } = voice;
  const at = view.since === null ? '' : when(t, view.since, voice.pack.timeZone);
  const since = at === '' ? '' : html`<p class="small">${t.html('enquiries.since', { at })}</p>`;
  return html`<div class="verdict verdict--${toneOf(view.status)}">${statusTag(t, view.status)}<p class="verdict__says">${standing(shown)}</p>${since}</div>`;
}

/** The case in which something is to be done or awaited, the most pressing first. */
function pressing({ cases }: EnquiryView): CaseView | undefined {
  const open = cases.filter((one) => one.open);
  return (
    open.find(({ state }) => state === 'awaiting-answer') ??
    open.find(({ procedure }) => procedure === 'held-parcel' || procedure === 'disposal') ??
    open[0]
  );
}

/** What the desk asks, in its own words: the last question of a case that waits for an answer. */
function questionOf(one: CaseView | undefined): Said | undefined {
  return one?.state === 'awaiting-answer' ? one.said.findLast(({ move }) => move === 'ask') : undefined;
}

function nothingText({ voice: { t }, view }: Shown, one: CaseView | undefined): string {
  const keys = [
    ...(one ? [`enquiries.nothing.${one.procedure}-${one.state}`, 'enquiries.nothing.desk'] : []),
    `enquiries.nothing.${view.status}`,
    'enquiries.nothing.none',
  ];
  return t(keys.find((key) => t.has(key)) ?? 'enquiries.nothing.none');
}

function facts(shown: Shown): Html {
  const { voice, timeZone, view, now } = shown;
  const { t } = voice;
  const one = pressing(view);
  const rows: { key: string; value: Fragment }[] = [];
  const row = (name: string, value: Fragment): void => void rows.push({ key: t(`enquiries.row.${name}`), value });
  if (view.waybill !== null) row('number', ref(view.waybill));
  if (view.goods.length > 0)
    row(
      'goods',
      join(
        view.goods.map((text) => written(text)),
        html`<br>`,
      ),
    );
  row(
    'place',
    view.place === null
      ? t('enquiries.not-landed')
      : html`${ref(view.place.code)} · ${when(t, view.place.at, timeZone)}`,
  );
  row('holder', view.desk === null ? t('enquiries.nobody-holds') : deskName(voice, view.desk));
  const { ground, missing } = view;
  const lacks = missing.length > 0 ? html`<br>${t('enquiries.lacks')} ${factNames(voice, missing)}` : '';
  if (ground !== null && view.status !== 'released' && view.status !== 'left-supervision')
    row('why', html`${whyText(shown, ground)}${lacks}`);
  if (one?.clock) {
    const { due, source, name } = one.clock;
    const late = due <= now ? html`<br>${statusTag(t, 'overdue')}` : '';
    const law = isOwnPractice(source, one.procedure) ? t('agencies.own-practice') : source;
    const whose = t(`enquiries.clock.${one.procedure}-${name}`);
    row(
      'until',
      html`${whose}<br><strong>${when(t, due, timeZone)}</strong>${late}<br><span class="small">${law}</span>`,
    );
  }
  row('nothing', nothingText(shown, one));
  return summaryList(rows);
}

/** The ground in words for the person concerned; of a selection only that it was one. */
function whyText({ voice, view }: Shown, ground: string): Fragment {
  const { t } = voice;
  if (t.has(`enquiries.why.${ground.replace('/', '-')}`)) return t(`enquiries.why.${ground.replace('/', '-')}`);
  const check = view.explanation.spoke.find(({ reason }) => reason === ground);
  return check ? reasonText(voice, check.reason, check.params) : codeOrText(voice, ground);
}

/** Each charge in one sentence: what it is, how much, who pays it and where. */
function costs({ voice, view }: Shown): Html {
  const { t } = voice;
  const { charges, border } = view;
  const lines = charges.map(
    ({ id, amount, liable, collect }) =>
      html`<li>${t.html('enquiries.charge', { charge: voice('charge', id), amount: money(t, amount), liable: voice('liable', liable), collect: voice('collect', collect) })}</li>`,
  );
  const total = border ? html`<p>${t.html('enquiries.total', { amount: money(t, border) })}</p>` : '';
  const none = html`<p>${t(view.missing.length > 0 ? 'enquiries.cost-unknown' : 'enquiries.cost-none')}</p>`;
  return html`<h2>${t('enquiries.costs')}</h2>${lines.length > 0 ? html`<ul>${lines}</ul>${total}` : none}`;
}

/** The fields of a step; the last ones are hidden. */
export function stepFields(step: Step, at = 0): Field[] {
  const hidden: Field[] = [
    { name: 'step', label: '', type: 'hidden', value: step },
    { name: 'of', label: '', type: 'hidden', value: String(at) },
  ];
  if (step === 'give-up') return hidden;
  const text: Field = {
    name: 'text',
    label: `enquiries.step.${step}-label`,
    type: 'textarea',
    ...(step === 'paper' ? { optional: true } : {}),
  };
  const file: Field = { name: 'file', label: 'enquiries.file', hint: 'enquiries.file-hint', type: 'file' };
  return [...(step === 'paper' ? [file] : []), text, ...hidden];
}

function stepForm(shown: Shown, step: Step, now: boolean): Html {
  const { voice, csrf, at, tried, view, timeZone } = shown;
  const { t } = voice;
  const back = tried?.step === step ? tried : undefined;
  const drawn = form(t, {
    action: '/find-my-parcel/step',
    fields: stepFields(step, at),
    submit: t(`enquiries.step.${step}-do`),
    csrf,
    kind: step === 'give-up' ? 'hand' : 'first',
    prefix: step,
    ...(back ? { values: { ...back.values, of: String(at), step }, refusal: back.refusal } : {}),
  });
  const until =
    step === 'object' && view.objection
      ? html`<p class="small">${t.html('enquiries.object-until', { until: when(t, view.objection.until, timeZone) })} ${isOwnPractice(view.objection.source, 'objection') ? '' : view.objection.source}</p>`
      : '';
  const body = html`<p>${t(`enquiries.step.${step}-text`)}</p>${until}${drawn}`;
  if (now) return html`<h3>${t(`enquiries.step.${step}`)}</h3>${body}`;
  return details(t(`enquiries.step.${step}`), body, back !== undefined);
}

/** What can be done now; what the desk waits for stands open and first. */
function actions(shown: Shown): Html {
  const { voice, view } = shown;
  const { t } = voice;
  const question = questionOf(pressing(view));
  const asked = question
    ? inset(
        html`<p><strong>${t.html('enquiries.asks', { desk: view.desk === null ? t('enquiries.a-desk') : deskName(voice, view.desk) })}</strong></p><p>${codeOrText(voice, question.note ?? '')}</p>`,
        'hand',
      )
    : '';
  const forms = view.can.map((step) => stepForm(shown, step, step === 'fact' && question !== undefined));
  return html`<h2 id="do">${t('enquiries.do')}</h2>${asked}${forms}`;
}

const heading = ({ t }: Voice, one: Said): string => {
  const key = `enquiries.said.${one.move === 'evidence' ? one.kind : one.move}`;
  return t(t.has(key) ? key : 'enquiries.said.step');
};

/** What was said and decided so far, in all cases of the parcel. */
function happened({ voice, view, timeZone }: Shown): Html | '' {
  const { t } = voice;
  const all = view.cases.flatMap(({ said, desk }) => said.map((one) => ({ ...one, desk })));
  if (all.length === 0) return '';
  const events = all
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map((one) => {
      const part = (key: string, text: string): Html => html`<dt>${t(key)}</dt><dd>${codeOrText(voice, text)}</dd>`;
      const { reasons } = one;
      const why = reasons
        ? html`<dl class="reasons">${part('cases.ground', reasons.ground)}${part('cases.reason', reasons.reason)}${part('cases.remedy', reasons.remedy)}</dl>`
        : '';
      const by =
        one.by === 'you'
          ? t('enquiries.you')
          : one.by === 'desk' && one.desk
            ? deskName(voice, one.desk)
            : t('enquiries.window');
      return {
        title: heading(voice, one),
        at: when(t, one.at, timeZone),
        by,
        body: html`${one.note === null ? '' : html`<p>${codeOrText(voice, one.note)}</p>`}${why}`,
        tone: one.by === 'desk' ? ('hand' as const) : ('quiet' as const),
      };
    });
  const papers = view.cases
    .filter(({ attachments }) => attachments.length > 0)
    .map(({ id, attachments }) => attachmentList(t, attachments, `/find-my-parcel/papers/${id}`));
  return html`<h2>${t('enquiries.happened')}</h2>${timeline(events)}${papers.length > 0 ? html`<h3>${t('enquiries.papers')}</h3>${papers}` : ''}`;
}

/** One check that spoke: what it asks and why, what it looked at, how it works, and what a person may change. */
function spoke(voice: Voice, one: Spoke): Html {
  const { t } = voice;
  const of = (what: string): string => t(`enquiries.sort.${one.sort}-${what}`);
  const lacks = one.missing.length > 0 ? html`<br>${t('enquiries.lacks')} ${factNames(voice, one.missing)}` : '';
  return html`<h3>${checkName(voice, one.id)}</h3>${summaryList([
    { key: t('enquiries.explain.found'), value: html`${reasonText(voice, one.reason, one.params)}${lacks}` },
    { key: t('enquiries.explain.purpose'), value: of('purpose') },
    { key: t('enquiries.explain.data'), value: of('data') },
    { key: t('enquiries.explain.works'), value: of('works') },
    { key: t('enquiries.explain.change'), value: of('change') },
    ...(one.source === '' ? [] : [{ key: t('enquiries.explain.law'), value: one.source }]),
  ])}`;
}

/** The very decision in plain words. */
function explained({ voice, view }: Shown): Html {
  const { t } = voice;
  const { explanation } = view;
  const { questions, day, pack } = explanation;
  const decided = view.cases.some(({ said }) => said.some(({ reasons }) => reasons !== null));
  const how = t('enquiries.explain.how', { questions, spoke: explanation.spoke.length });
  const law =
    pack && day
      ? html`<p>${t.html('enquiries.explain.under', { day: ref(day), pack: html`<a href="/rules/${pack.split(' ')[0]}">${ref(pack)}</a>` })}</p>`
      : '';
  const who = t(
    decided
      ? 'enquiries.explain.person'
      : explanation.automated
        ? 'enquiries.explain.program'
        : 'enquiries.explain.person',
  );
  const body = html`<p>${how}</p><p>${who}</p>${law}${explanation.spoke.map((one) => spoke(voice, one))}<p>${t('enquiries.explain.contest')}</p>`;
  return details(t('enquiries.explain'), body);
}

function sharing({ voice: { t }, csrf, at, link }: Shown): Html {
  const made =
    link === undefined
      ? ''
      : inset(html`<p>${t('enquiries.link-made')}</p><p class="breakable">${ref(link)}</p>`, 'released');
  const make = html`<form method="post" action="/find-my-parcel/link">${csrfField(csrf)}<input type="hidden" name="of" value="${at}">${button({ text: t('enquiries.link-make'), kind: 'second' })}</form>`;
  return html`<h2 id="link">${t('enquiries.link')}</h2><p>${t('enquiries.link-text')}</p>${made}${make}`;
}

/** Everything about one parcel, the most pressing first, on one page as wide as a telephone. */
export function parcelPart(shown: Shown): Html {
  const { voice, at } = shown;
  const again = html`<p><a href="/find-my-parcel/parcel?of=${at}">${voice.t('enquiries.again')}</a></p>`;
  const answer = questionOf(pressing(shown.view))
    ? linkButton({ text: voice.t('enquiries.step.fact'), href: '#do' })
    : '';
  return html`${stand(shown)}${answer}${again}${facts(shown)}${actions(shown)}${costs(shown)}${happened(shown)}${explained(shown)}${sharing(shown)}`;
}

/** What a link shows that was sent on: where the parcel stands, who holds it and since when. */
export function linkPart(voice: Voice, view: EnquiryView): Html {
  const { t } = voice;
  const rows = [
    {
      key: t('enquiries.row.holder'),
      value: view.desk === null ? t('enquiries.nobody-holds') : deskName(voice, view.desk),
    },
    { key: t('enquiries.row.landed'), value: t(view.place === null ? 'enquiries.not-landed' : 'enquiries.landed') },
  ];
  return html`${stand({ voice, view })}${summaryList(rows)}`;
}
