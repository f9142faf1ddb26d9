import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Day, dayIn, dayOf, day as parseDay } from '#kernel/effective.ts';
import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import {
  card,
  cards,
  details,
  emptyState,
  filterForm,
  inset,
  pagination,
  statusTag,
  summaryList,
  table,
  tabs,
  tag,
} from '#portal/components.ts';
import { formFields } from '#portal/form.ts';
import { type Frame, page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Words } from '#portal/text.ts';
import { count, onDay, ref } from '#portal/values.ts';
import { formatExact } from './exact.ts';
import { citation, grade, valueText } from './law-shown.ts';
import { shortId, viewOf } from './day.ts';
import { deadlinesInForce, valuesInForce } from './listing.ts';
import type { ListedDeadline, ListedValue, Source } from './model.ts';
import type { ChargeRule, CheckRule, ObligationRule, Pack, Route, Table, TableRow } from './pack.ts';
import { packsPart } from './service.ts';
import { authorityName, nameIn, type Voice, voiceOf } from './voice.ts';
import { zoneLinks } from './zone-pages.ts';

const views = ['values', 'routes', 'checks', 'tables', 'sources'] as const;
type View = (typeof views)[number];
const rowsPerPage = 100;

/** What one page of a pack needs to know of its request. */
interface Asked {
  readonly frame: Frame;
  readonly voice: Voice;
  readonly pack: Pack;
  readonly on: Day;
  readonly view: View;
  readonly table: string | undefined;
  readonly from: number;
}

function textOf(query: unknown, name: string): string | undefined {
  const given: Record<string, unknown> = typeof query === 'object' && query !== null ? { ...query } : {};
  const value = given[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The packs of this window, the home one first. */
function overview(t: Words, home: Pack, all: ReadonlyMap<string, Pack>): Html {
  const packs = [home, ...[...all.values()].filter((pack) => pack.id !== home.id)];
  const one = (pack: Pack): Html => {
    const layers = pack.layers.map(({ id, version }) => html`${ref(`${id} ${version}`)}`);
    const body = html`<p>${statusTag(t, pack.status === 'draft' ? 'draft' : 'in-force')} ${pack.fictional ? tag(t('rulebook.rules.fictional')) : ''} ${pack.id === home.id ? tag(t('rulebook.rules.home'), 'ink') : ''}</p><p>${t.html('rulebook.rules.layers', { layers: join(layers, ' → ') })}</p>`;
    return card({ title: nameIn(t, pack.name), href: `/rules/${pack.id}`, body });
  };
  return html`<h1>${t('rulebook.rules.title')}</h1><p class="lead">${t('rulebook.rules.lead')}</p>${cards(...packs.map(one))}`;
}

function valuesView({ frame: { t }, voice, pack, on }: Asked): Html {
  const dates = ({ from, until, announced }: ListedValue): Html =>
    html`${onDay(t, dayOf(from))}${until === null ? '' : html` – ${onDay(t, dayOf(until))}`}${announced ? html` ${tag(t('rulebook.rules.announced'), 'hand')}` : ''}`;
  return table({
    caption: t('rulebook.rules.values'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.rules.value'),
        cell: ({ id, zone }: ListedValue) =>
          html`${voice('value', id)}${zone === null ? '' : html` ${tag(voice('zone', zone), 'ink')}`}<br><span class="small">${ref(id)}</span>`,
        rowHeader: true,
      },
      {
        head: t('rulebook.rules.amount'),
        cell: ({ value, unit }: ListedValue) => valueText(t, value, unit),
        numeric: true,
      },
      { head: t('rulebook.rules.dates'), cell: dates },
      { head: t('rulebook.rules.source'), cell: ({ source }: ListedValue) => citation(t, source) },
      { head: t('rulebook.rules.layer'), cell: ({ layer }: ListedValue) => ref(layer) },
    ],
    rows: valuesInForce(pack, on),
    empty: emptyState({ title: t('rulebook.rules.no-values'), body: t('rulebook.rules.no-law') }),
  });
}

const about = (t: Words, source: string, layer: string, confirmed: boolean): Html =>
  html`<span class="small">${source} · ${ref(layer)}${confirmed ? '' : html` · ${t('rulebook.rules.unconfirmed')}`}</span>`;

/** A condition is said by the reason it gives when it fails; the figures of a parcel that is not there stay open. */
const figures = { limit: '…', value: '…', used: '…', line: '…' };

function routeCard({ frame: { t }, voice, pack, on }: Asked, route: Route): Html {
  const id = shortId(route.id);
  const conditions = route.conditions.map(
    (one) => html`<li>${voice('reason', one.reason, figures)}<br><span class="small">${one.source}</span></li>`,
  );
  const charges = pack.program.charges.filter(
    (one) => inForceOn(one, on) && (one.routes.length === 0 || one.routes.includes(id)),
  );
  const list = (items: readonly string[]): string =>
    items.length === 0 ? t('rulebook.rules.nothing') : items.join(', ');
  const rows = [
    { key: t('rulebook.rules.movement'), value: voice('movement', route.movement) },
    { key: t('rulebook.rules.charges'), value: chargeItems(t, voice, charges) },
    { key: t('rulebook.rules.slips'), value: list(route.slips.map(({ slip }) => voice('slip', slip))) },
    { key: t('rulebook.rules.release'), value: list(route.release.map((need) => voice('need', need))) },
    { key: t('rulebook.rules.counts'), value: list(route.counts.map((account) => voice('account', account))) },
  ];
  const qualifies =
    conditions.length === 0 ? html`<p>${t('rulebook.rules.no-conditions')}</p>` : html`<ul>${conditions}</ul>`;
  return html`<section class="law"><h2>${voice('route', id)} ${route.other ? tag(t('rulebook.rules.other'), 'hand') : ''}</h2><p>${about(t, route.source, route.layer, route.confirmed)}</p><h3>${t('rulebook.rules.conditions')}</h3>${qualifies}${summaryList(rows)}</section>`;
}

const inForceOn = ({ from, until }: { from: Day; until?: Day | undefined }, on: Day): boolean =>
  from <= on && (until === undefined || on < until);

function chargeItems(t: Words, voice: Voice, charges: readonly ChargeRule[]): Html {
  if (charges.length === 0) return html`${t('rulebook.rules.nothing')}`;
  const items = charges.map(
    (charge) =>
      html`<li>${voice('charge', shortId(charge.id))}: ${t('rulebook.rules.owed', { liable: voice('liable', charge.liable), collect: voice('collect', charge.collect) })}<br>${about(t, charge.source, charge.layer, charge.confirmed)}</li>`,
  );
  return html`<ul>${items}</ul>`;
}

function checksView({ frame: { t }, voice, pack, on }: Asked): Html {
  const rules = pack.program.checks.filter((one) => inForceOn(one, on));
  const deadlines = deadlinesInForce(pack, on);
  const obligations = pack.program.obligations.filter((one) => inForceOn(one, on));
  const where = (routes: readonly string[]): string =>
    routes.length === 0 ? t('rulebook.rules.every-route') : routes.map((id) => voice('route', id)).join(', ');
  return html`<h2>${t('rulebook.rules.checks')}</h2>${table({
    caption: t('rulebook.rules.checks'),
    hideCaption: true,
    columns: [
      { head: t('rulebook.rules.check'), cell: ({ id }: CheckRule) => voice('check', shortId(id)), rowHeader: true },
      { head: t('rulebook.rules.kind'), cell: ({ kind }: CheckRule) => t(`rulebook.kind.${kind}`) },
      { head: t('rulebook.rules.routes'), cell: ({ routes }: CheckRule) => where(routes) },
      { head: t('rulebook.rules.leads'), cell: ({ leads }: CheckRule) => statusTag(t, leads) },
      {
        head: t('rulebook.rules.source'),
        cell: ({ source, layer, confirmed }: CheckRule) => about(t, source, layer, confirmed),
      },
    ],
    rows: rules,
    empty: html`<p>${t('rulebook.rules.nothing')}</p>`,
  })}<h2>${t('rulebook.rules.deadlines')}</h2>${table({
    caption: t('rulebook.rules.deadlines'),
    hideCaption: true,
    columns: [
      { head: t('rulebook.rules.deadline'), cell: ({ id }: ListedDeadline) => voice('deadline', id), rowHeader: true },
      {
        head: t('rulebook.rules.hours'),
        cell: ({ hours }: ListedDeadline) => html`${count(t, hours)} ${t('rulebook.unit.hours')}`,
        numeric: true,
      },
      { head: t('rulebook.rules.after'), cell: ({ after }: ListedDeadline) => voice('event', after) },
      { head: t('rulebook.rules.source'), cell: ({ source, layer }: ListedDeadline) => about(t, source, layer, true) },
    ],
    rows: deadlines,
    empty: html`<p>${t('rulebook.rules.nothing')}</p>`,
  })}<h2>${t('rulebook.rules.obligations')}</h2>${obligationsInForce(t, voice, obligations)}`;
}

const obligationsInForce = (t: Words, voice: Voice, rules: readonly ObligationRule[]): Html =>
  table({
    caption: t('rulebook.rules.obligations'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.obligations.what'),
        cell: ({ id }: ObligationRule) => voice('obligation', shortId(id)),
        rowHeader: true,
      },
      {
        head: t('rulebook.obligations.authority'),
        cell: ({ stated }: ObligationRule) => authorityName(voice, stated.authority),
      },
      { head: t('rulebook.obligations.reference'), cell: ({ stated }: ObligationRule) => stated.reference },
      { head: t('rulebook.obligations.when'), cell: ({ stated }: ObligationRule) => voice('due', stated.when) },
    ],
    rows: rules,
    empty: html`<p>${t('rulebook.rules.nothing')}</p>`,
  });

const address = ({ pack, on, view }: Pick<Asked, 'pack' | 'on' | 'view'>, more: Record<string, string> = {}): string =>
  `/rules/${pack.id}?${new URLSearchParams({ view, on, ...more }).toString()}`;

function tablesView(asked: Asked): Html {
  const { frame, pack } = asked;
  const { t } = frame;
  const tables = [...pack.program.tables.values()];
  const chosen = tables.find(({ name }) => name === asked.table);
  if (chosen) return oneTable(asked, chosen);
  return table({
    caption: t('rulebook.rules.tables'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.rules.table'),
        cell: ({ name }: Table) => html`<a href="${address(asked, { table: name })}">${asked.voice('table', name)}</a>`,
        rowHeader: true,
      },
      { head: t('rulebook.rules.match'), cell: ({ match }: Table) => t(`rulebook.match.${match}`) },
      { head: t('rulebook.rules.rows'), cell: ({ rows }: Table) => count(t, rows.length), numeric: true },
    ],
    rows: tables,
    empty: html`<p>${t('rulebook.rules.nothing')}</p>`,
  });
}

function oneTable(asked: Asked, { name }: Table): Html {
  const { frame, pack, on, voice } = asked;
  const { t } = frame;
  const rows = [...(viewOf(pack, on, null).tables.get(name)?.rows.values() ?? [])].sort((a, b) =>
    a.key < b.key ? -1 : 1,
  );
  const shown = rows.slice(asked.from, asked.from + rowsPerPage);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.cells)))];
  const cell = (row: TableRow, column: string): Fragment => {
    const value = row.cells[column];
    return value === null || value === undefined ? '–' : typeof value === 'string' ? value : ref(formatExact(value));
  };
  const next =
    asked.from + rowsPerPage < rows.length
      ? address(asked, { table: name, start: String(asked.from + rowsPerPage) })
      : undefined;
  const previous =
    asked.from > 0 ? address(asked, { table: name, start: String(Math.max(0, asked.from - rowsPerPage)) }) : undefined;
  const showing = t('rulebook.rules.showing', {
    first: asked.from + 1,
    last: asked.from + shown.length,
    all: rows.length,
  });
  return html`<h2>${voice('table', name)}</h2>${table({
    caption: voice('table', name),
    hideCaption: true,
    columns: [
      { head: t('rulebook.rules.key'), cell: ({ key }: TableRow) => ref(key), rowHeader: true },
      ...columns.map((column) => ({
        head: voice('column', column),
        cell: (row: TableRow) => cell(row, column),
        numeric: true,
      })),
      {
        head: t('rulebook.rules.dates'),
        cell: ({ from, until }: TableRow) =>
          html`${onDay(t, from)}${until === undefined ? '' : html` – ${onDay(t, until)}`}`,
      },
      {
        head: t('rulebook.rules.source'),
        cell: ({ source, layer, confirmed }: TableRow) => about(t, source, layer, confirmed),
      },
    ],
    rows: shown,
    empty: html`<p>${t('rulebook.rules.no-law')}</p>`,
  })}${pagination(t, { showing, ...(previous ? { previous } : {}), ...(next ? { next } : {}) })}`;
}

const allGrades = ['primary', 'secondary', 'memory', 'fictional'] as const;

function sourcesView({ frame: { t }, voice, pack }: Asked): Html {
  const inWords = (code: (typeof allGrades)[number]) =>
    html`<li>${grade(t, { grade: code })} ${t(`rulebook.grade-text.${code}`)}</li>`;
  const authorities = pack.authorities.map((one) => ({
    key: authorityName(voice, one.id),
    value: html`${voice('authority-kind', one.kind)}<br><span class="small">${one.reference}</span>`,
  }));
  return html`${table({
    caption: t('rulebook.rules.sources'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.rules.source'),
        cell: ([, source]: [string, Source]) => citation(t, source),
        rowHeader: true,
      },
      {
        head: t('rulebook.rules.seen'),
        cell: ([, { seen }]: [string, Source]) => (seen === null ? '–' : onDay(t, dayOf(seen))),
      },
    ],
    rows: Object.entries(pack.sources),
  })}${details(t('rulebook.rules.grades'), html`<ul>${allGrades.map(inWords)}</ul>`)}${authorities.length > 0 ? html`<h2>${t('rulebook.rules.authorities')}</h2>${summaryList(authorities)}` : ''}`;
}

function part(asked: Asked): Html {
  switch (asked.view) {
    case 'values':
      return valuesView(asked);
    case 'routes':
      return join(
        asked.pack.program.routes.filter((route) => inForceOn(route, asked.on)).map((route) => routeCard(asked, route)),
      );
    case 'checks':
      return checksView(asked);
    case 'tables':
      return tablesView(asked);
    default:
      return sourcesView(asked);
  }
}

function packPage(asked: Asked): Html {
  const { frame, pack, on, view } = asked;
  const { t } = frame;
  const name = nameIn(t, pack.name);
  const draft = pack.status === 'draft' ? inset(html`<p>${t('rulebook.rules.draft')}</p>`, 'hand') : '';
  const layers = join(
    pack.layers.map(
      ({ id, version, hash }) => html`${ref(`${id} ${version}`)} <span class="small">${ref(hash.slice(0, 12))}</span>`,
    ),
    ' → ',
  );
  const law = html`<p><a href="/law/versions/${pack.id}">${t('law.versions-link')}</a> · <a href="/law/changes">${t('law.changes')}</a></p>`;
  const head = html`<h1>${t('rulebook.rules.of', { economy: name })}</h1><p>${t.html('rulebook.rules.layers', { layers })}</p>${law}${zoneLinks(asked.voice, on)}${draft}`;
  const day = filterForm(t, {
    action: `/rules/${pack.id}`,
    fields: html`<input type="hidden" name="view" value="${view}">${formFields(t, { fields: [{ name: 'on', label: 'rulebook.rules.on', type: 'date', value: on }] })}`,
    clear: `/rules/${pack.id}?view=${view}`,
  });
  const ways = tabs(
    t('rulebook.rules.parts'),
    views.map((one) => ({
      text: t(`rulebook.rules.${one}`),
      href: address({ pack, on, view: one }),
      current: one === view,
    })),
  );
  return page({
    ...frame,
    title: t('rulebook.rules.of', { economy: name }),
    main: html`${head}${day}${ways}${part(asked)}`,
    breadcrumbs: [{ text: t('rulebook.rules.title'), href: '/rules' }, { text: name }],
    public: true,
    wide: true,
  });
}

function askedOf(context: Context, frame: Frame, pack: Pack, request: FastifyRequest): Asked {
  const { query } = request;
  const view = views.find((one) => one === textOf(query, 'view')) ?? 'values';
  const start = Number.parseInt(textOf(query, 'start') ?? '0', 10);
  return {
    frame,
    voice: voiceOf(frame.t, pack),
    pack,
    on: parseDay(textOf(query, 'on') ?? '') ?? dayIn(context.clock.instant(), pack.timeZone),
    view,
    table: textOf(query, 'table'),
    from: Number.isSafeInteger(start) && start > 0 ? start : 0,
  };
}

/** The rules in force, for everybody: every value with its dates, its source and the layer it comes from. */
export function lawPages(app: FastifyInstance, context: Context): void {
  app.get('/rules', async (request, reply) => {
    const frame = await context.frame(request);
    const { home, all } = context.reference.current().get(packsPart);
    return sendPage(
      reply,
      page({ ...frame, title: frame.t('rulebook.rules.title'), main: overview(frame.t, home, all), public: true }),
    );
  });
  // Administrators look for the packs in force among their pages; everybody may see them.
  app.get('/admin/packs', (_request, reply) => reply.redirect('/rules', 303));
  app.get<{ Params: { economy: string } }>('/rules/:economy', async (request, reply) => {
    const frame = await context.frame(request);
    const pack = context.reference.current().get(packsPart).all.get(request.params.economy);
    if (pack === undefined) {
      const { t } = frame;
      const main = html`<h1>${t('rulebook.rules.unknown')}</h1><p><a href="/rules">${t('rulebook.rules.title')}</a></p>`;
      return sendPage(reply, page({ ...frame, title: t('rulebook.rules.unknown'), main, public: true }), 404);
    }
    return sendPage(reply, packPage(askedOf(context, frame, pack, request)));
  });
}
