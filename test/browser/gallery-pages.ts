import { dayOf } from '#kernel/effective.ts';
import { type Html, html } from '#kernel/html.ts';
import { refuse } from '#kernel/result.ts';
import { barChart, lineChart } from '#portal/chart.ts';
import * as piece from '#portal/components.ts';
import { type Field, form, formFields } from '#portal/form.ts';
import { type Frame, page } from '#portal/layout.ts';
import type { Language } from '#portal/language.ts';
import { harboursOfTheCoast, portolanChart } from '#portal/portolan.ts';
import { addWords, words, type Words } from '#portal/text.ts';
import * as value from '#portal/values.ts';

const english = {
  home: 'What will a parcel meet at the border?',
  lead: 'Ponenta’s single window: hand in each parcel’s data once, and see in writing what was decided, why, and what to do.',
  parcels: 'My parcels',
  rules: 'Rules in force',
  queue: 'Officer’s queue',
  assess: 'Try a parcel',
  parcel: 'A parcel of hand-made lamps',
  reference: 'Reference',
  value: 'Customs value',
  weight: 'Gross mass',
  consignee: 'Consignee',
  change: 'Change',
  decided: 'The decision',
  lodged: 'Declaration lodged',
  control: 'Selected for control: the value is far below others of this kind',
  explain: 'Show an invoice or proof of payment before the day named, or object.',
  released: 'Released, charges secured',
  charges: 'Charges',
  charge: 'Charge',
  base: 'Base',
  rate: 'Rate',
  amount: 'Amount',
  duty: 'Customs duty',
  vat: 'Value added tax',
  total: 'Total at the border',
  decidedToday: 'Decided today',
  releasedToday: 'Released',
  held: 'Waiting for a person',
  median: 'Half decided within',
  month: 'Parcels a day',
  kinds: 'Why parcels wait',
  day: 'Day',
  ground: 'Ground',
  low: 'Value in doubt',
  slip: 'A slip is missing',
  permit: 'A permit is missing',
  law: 'Act on Small Parcels, article 7: “Whoever decides against a person says why, and what the person can do.”',
  more: 'What is a customs value?',
  moreText: 'The price paid for the goods, with transport up to the border.',
  empty: 'No parcels yet',
  emptyText: 'File the first one, or try one without an account.',
  progress: 'An aircraft is landing',
  progressText: '6,200 of 10,000 parcels',
  all: 'All',
  mine: 'In my hands',
  send: 'Decide',
  name: 'Amal Haddad',
  role: 'Officer, Garbino',
  place: 'Single window of Ponenta',
  'field-total': 'Customs value',
  'field-total-hint': 'As paid by the buyer, for example 24.50',
  'field-origin': 'Country of origin',
  'field-outcome': 'Outcome',
  'field-outcome-hint': 'A selection for control is not yet a decision.',
  'field-reason': 'Reason, in your words',
  'field-day': 'Day of the decision',
  'field-told': 'I have told the filer',
  'field-told-hint': 'By the address they gave.',
  'amount-malformed': 'Enter the value as a plain amount, such as 24.50',
  'reason-missing': 'Write down a reason',
  'outcome-missing': 'Choose what is decided',
  demo: 'Demonstration',
  clock: 'The legal clock of this window runs 3 days ahead.',
  note: 'Your objection was received',
  noteText: 'An officer who did not take the first decision answers within 14 days.',
  'who-next': 'Aurelio, seller',
};

const arabic: Record<keyof typeof english, string> = {
  home: 'ماذا ينتظر الطرد عند الحدود؟',
  lead: 'النافذة الموحدة لبونينتا: قدّم بيانات كل طرد مرة واحدة، واطّلع كتابةً على ما تقرر ولماذا وما العمل.',
  parcels: 'طرودي',
  rules: 'القواعد النافذة',
  queue: 'قائمة الموظف',
  assess: 'جرّب طردًا',
  parcel: 'طرد مصابيح مصنوعة يدويًا',
  reference: 'المرجع',
  value: 'القيمة الجمركية',
  weight: 'الوزن القائم',
  consignee: 'المرسل إليه',
  change: 'تغيير',
  decided: 'القرار',
  lodged: 'قُدِّم البيان',
  control: 'اختير للرقابة: القيمة أقل بكثير من مثيلاتها',
  explain: 'قدّم فاتورة أو إثبات دفع قبل اليوم المحدد، أو اعترض.',
  released: 'أُفرج عنه والرسوم مضمونة',
  charges: 'الرسوم',
  charge: 'الرسم',
  base: 'الأساس',
  rate: 'المعدل',
  amount: 'المبلغ',
  duty: 'الرسم الجمركي',
  vat: 'ضريبة القيمة المضافة',
  total: 'المجموع عند الحدود',
  decidedToday: 'بُتّ فيها اليوم',
  releasedToday: 'مفرج عنها',
  held: 'بانتظار موظف',
  median: 'نصفها خلال',
  month: 'الطرود في اليوم',
  kinds: 'لماذا تنتظر الطرود',
  day: 'اليوم',
  ground: 'السبب',
  low: 'شك في القيمة',
  slip: 'مستند ناقص',
  permit: 'ترخيص ناقص',
  law: 'قانون الطرود الصغيرة، المادة 7: «من قرر ضد شخص بيّن السبب وما يستطيع الشخص فعله.»',
  more: 'ما القيمة الجمركية؟',
  moreText: 'الثمن المدفوع عن البضاعة مع النقل حتى الحدود.',
  empty: 'لا طرود بعد',
  emptyText: 'قدّم أول طرد، أو جرّب دون حساب.',
  progress: 'طائرة تهبط',
  progressText: '6,200 من 10,000 طرد',
  all: 'الكل',
  mine: 'لديّ',
  send: 'اتخذ القرار',
  name: 'أمل حداد',
  role: 'موظفة، غاربينو',
  place: 'النافذة الموحدة لبونينتا',
  'field-total': 'القيمة الجمركية',
  'field-total-hint': 'كما دفعها المشتري، مثلًا 24.50',
  'field-origin': 'بلد المنشأ',
  'field-outcome': 'النتيجة',
  'field-outcome-hint': 'الاختيار للرقابة ليس قرارًا بعد.',
  'field-reason': 'السبب بكلماتك',
  'field-day': 'يوم القرار',
  'field-told': 'أبلغتُ مقدّم البيان',
  'field-told-hint': 'على العنوان الذي أعطاه.',
  'amount-malformed': 'أدخل القيمة مبلغًا بسيطًا مثل 24.50',
  'reason-missing': 'اكتب سببًا',
  'outcome-missing': 'اختر ما تقرر',
  demo: 'عرض توضيحي',
  clock: 'الساعة القانونية لهذه النافذة متقدمة 3 أيام.',
  note: 'وصل اعتراضك',
  noteText: 'يجيب خلال 14 يومًا موظف لم يتخذ القرار الأول.',
  'who-next': 'أوريليو، بائع',
};

addWords('en', 'gallery', english);
addWords('ar', 'gallery', arabic);

function frameOf(t: Words, url: string): Frame {
  const g = (key: keyof typeof english): string => t(`gallery.${key}`);
  return {
    t,
    url,
    place: g('place'),
    nav: [
      { text: g('parcels'), href: '/inner' },
      { text: g('assess'), href: '/assess' },
      { text: g('rules'), href: '/rules' },
      { text: g('queue'), href: '/queue' },
    ],
    person: { name: g('name'), role: g('role'), href: '/me' },
    signOut: { action: '/sign-out', csrf: 'token' },
    demoBar: html`<aside class="demo-bar" aria-label="${g('demo')}"><div class="demo-bar__row"><strong class="demo-bar__word">${g('demo')}</strong><form method="post" action="/as"><button aria-current="true">${g('name')}</button><button>${g('who-next')}</button></form></div><div class="demo-bar__row"><form method="post" action="/clock"><span>${g('clock')}</span><button>${g('who-next')}</button></form></div></aside>`,
  };
}

const routes = [
  { from: 'grecale', to: 'maestro', volume: 18_400, waiting: 0 },
  { from: 'rosalba', to: 'garbino', volume: 61_200, waiting: 340 },
  { from: 'sirocca', to: 'garbino', volume: 22_000, waiting: 0 },
  { from: 'sirocca', to: 'franca', volume: 9_300, waiting: 41 },
  { from: 'garbino', to: 'rosalba', volume: 12_500, waiting: 0 },
  { from: 'franca', to: 'ostria', volume: 4_100, waiting: 0 },
  { from: 'rosalba', to: 'acquamorta', volume: 2_700, waiting: 12 },
];

/** A page as for anybody: the portolan, live figures, cards, charts. */
export function publicPage(lang: Language): Html {
  const t = words(lang);
  const g = (key: keyof typeof english): string => t(`gallery.${key}`);
  const { chart, table } = portolanChart(t, { harbours: harboursOfTheCoast(), routes });
  const figures = piece.stats(
    piece.stat({ label: g('decidedToday'), value: value.count(t, 128_204), live: 'decided' }),
    piece.stat({ label: g('releasedToday'), value: value.count(t, 127_811), tone: 'released', live: 'released' }),
    piece.stat({ label: g('held'), value: value.count(t, 393), tone: 'hand' }),
    piece.stat({ label: g('median'), value: html`<bdi>3 ms</bdi>` }),
  );
  const entry = (code: string, id: string): Html => html`<li>${value.ref(id)}${piece.statusTag(t, code)}</li>`;
  const list = piece.liveList('parcels', [entry('released', 'XP-26-004711'), entry('control', 'XP-26-004710')]);
  const days = Array.from({ length: 14 }, (_, index) => ({
    label: `${index + 1}/11`,
    value: 4000 + ((index * 7919) % 3100) + index * 150,
  }));
  const grounds = [
    { label: g('low'), value: 212 },
    { label: g('slip'), value: 140 },
    { label: g('permit'), value: 41 },
  ];
  const main = html`<h1>${g('home')}</h1><p class="lead">${g('lead')}</p>${piece.buttonGroup(piece.linkButton({ text: g('assess'), href: '/assess', kind: 'start' }), piece.linkButton({ text: g('rules'), href: '/rules', kind: 'second' }))}${chart}${piece.live(t, { source: '/events', refresh: '/', body: html`${figures}${list}` })}${table}${lineChart(t, { title: g('month'), labels: g('day'), unit: g('parcels'), points: days })}${barChart(t, { title: g('kinds'), labels: g('ground'), unit: g('parcels'), points: grounds, tone: 'hand' })}${piece.cards(piece.card({ title: g('assess'), href: '/assess', body: html`<p>${g('emptyText')}</p>` }), piece.card({ title: g('queue'), href: '/queue', tone: 'hand', body: html`<p>${g('control')}</p>`, foot: g('role') }), piece.card({ title: g('rules'), href: '/rules', tone: 'released', body: html`<p>${g('moreText')}</p>` }))}`;
  return page({ ...frameOf(t, `/?lang=${lang}`), title: g('home'), main, public: true });
}

const fields: readonly Field[] = [
  {
    name: 'value.total',
    label: 'gallery.field-total',
    hint: 'gallery.field-total-hint',
    type: 'decimal',
    width: 10,
    suffix: 'EUR',
  },
  {
    name: 'origin',
    label: 'gallery.field-origin',
    type: 'select',
    options: [
      { value: 'XL', label: 'portal.portolan.levanta' },
      { value: 'XP', label: 'portal.portolan.ponenta' },
    ],
  },
  {
    name: 'outcome',
    label: 'gallery.field-outcome',
    hint: 'gallery.field-outcome-hint',
    type: 'radios',
    options: ['released', 'released-changed', 'control', 'denied'].map((code) => ({
      value: code,
      label: `portal.status.${code}`,
    })),
  },
  { name: 'reason', label: 'gallery.field-reason', type: 'textarea' },
  { name: 'day', label: 'gallery.field-day', type: 'date', optional: true, width: 10 },
  { name: 'told', label: 'gallery.field-told', hint: 'gallery.field-told-hint', type: 'checkbox' },
];

const wrong = refuse('gallery/amount-malformed', {
  pointer: '/value/total/amount',
  more: [
    { code: 'gallery/outcome-missing', pointer: '/outcome' },
    { code: 'gallery/reason-missing', pointer: '/reason' },
  ],
}).error;

function decisionForm(t: Words): Html {
  return form(t, {
    action: '/inner',
    fields,
    submit: t('gallery.send'),
    csrf: 'token',
    values: { 'value.total': '24,50', told: 'yes' },
    refusal: wrong,
    beside: html`<a class="govuk-link" href="/queue">${t('gallery.queue')}</a>`,
  });
}

function record(t: Words): Html {
  const g = (key: keyof typeof english): string => t(`gallery.${key}`);
  const charges = [
    { name: g('duty'), base: '24.50', rate: '0.055', amount: '1.35' },
    { name: g('vat'), base: '25.85', rate: '0.19', amount: '4.91' },
  ];
  return html`${piece.summaryList([
    { key: g('reference'), value: value.ref('XP-26-004711-K') },
    { key: g('value'), value: value.money(t, { currency: 'EUR', amount: '24.50' }) },
    { key: g('weight'), value: value.weight(t, '1.250') },
    {
      key: g('consignee'),
      value: value.written('ليلى منصور', 'ar'),
      actions: [{ text: g('change'), about: g('consignee'), href: '/change' }],
    },
    { key: g('decided'), value: piece.statusTag(t, 'released-security') },
  ])}${piece.table({
    caption: g('charges'),
    columns: [
      { head: g('charge'), cell: ({ name }) => name, rowHeader: true },
      { head: g('base'), cell: ({ base }) => value.money(t, { currency: 'EUR', amount: base }), numeric: true },
      { head: g('rate'), cell: ({ rate }) => value.rate(t, rate), numeric: true },
      { head: g('amount'), cell: ({ amount }) => value.money(t, { currency: 'EUR', amount }), numeric: true },
    ],
    rows: charges,
    foot: [g('total'), '', '', value.money(t, { currency: 'EUR', amount: '6.26' })],
  })}${piece.timeline([
    { title: g('lodged'), at: value.when(t, '2026-11-20T09:12:03.120Z', 'Europe/Rome'), by: g('name'), tone: 'ink' },
    {
      title: g('control'),
      at: value.when(t, '2026-11-20T09:12:03.123Z'),
      body: html`<p>${g('explain')}</p>`,
      tone: 'hand',
    },
    { title: g('released'), at: value.onDay(t, dayOf('2026-11-23')), tone: 'released' },
  ])}`;
}

/** A page of work: every other component, and a form that came back with errors. */
export function innerPage(lang: Language): Html {
  const t = words(lang);
  const g = (key: keyof typeof english): string => t(`gallery.${key}`);
  const states = ['lodged', 'released', 'control', 'denied', 'cannot-decide', 'left-supervision'];
  const filter = formFields(t, {
    prefix: 'filter',
    fields: [
      { name: 'q', label: 'gallery.reference', type: 'text', width: 10, latin: true },
      { name: 'status', label: 'gallery.decided', type: 'select', options: [{ value: '', label: 'gallery.all' }] },
    ],
  });
  const main = html`${decisionForm(t)}<h1>${g('parcel')}</h1>${piece.notificationBanner(t, { kind: 'hand', heading: g('control'), body: html`<p>${g('explain')}</p>` })}${piece.notificationBanner(t, { kind: 'note', heading: g('note'), body: html`<p>${g('noteText')}</p>` })}${piece.tabs(
    g('queue'),
    [
      { text: g('all'), href: '/inner', current: true, count: '393' },
      { text: g('mine'), href: '/inner?mine', count: '4' },
    ],
  )}${piece.filterForm(t, { action: '/inner', fields: filter, clear: '/inner' })}<p>${states.map((code) => html`${piece.statusTag(t, code)} `)}</p>${record(t)}${piece.pagination(t, { previous: '/inner?before=1', next: '/inner?after=2', showing: '26–50' })}${piece.inset(html`<p>${g('law')}</p>`)}${piece.details(g('more'), html`<p>${g('moreText')}</p>`)}${piece.progress({ label: g('progress'), value: 6200, max: 10_000, text: g('progressText') })}${piece.taskList(
    t,
    [
      { text: g('assess'), href: '/assess', status: 'done' },
      { text: g('parcels'), href: '/parcels', status: 'to-do', hint: g('emptyText') },
    ],
  )}${piece.buttonGroup(piece.button({ text: g('send') }), piece.button({ text: g('change'), kind: 'second' }), piece.button({ text: g('decided'), kind: 'hand' }))}${piece.emptyState({ title: g('empty'), body: html`<p>${g('emptyText')}</p>`, action: piece.linkButton({ text: g('assess'), href: '/assess' }) })}`;
  const banner = piece.notificationBanner(t, { kind: 'released', heading: g('released') });
  const breadcrumbs = [{ text: g('parcels'), href: '/parcels' }, { text: g('parcel') }];
  return page({ ...frameOf(t, `/inner?lang=${lang}`), title: g('parcel'), main, banner, breadcrumbs, error: true });
}
