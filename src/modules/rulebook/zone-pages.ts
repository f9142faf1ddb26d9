import type { FastifyInstance } from 'fastify';
import { covers, type Day, dayIn, day as parseDay } from '#kernel/effective.ts';
import { type Fragment, type Html, html, join } from '#kernel/html.ts';
import type { Context } from '#platform/context.ts';
import { filterForm, inset, linkButton, table, tag } from '#portal/components.ts';
import { formFields } from '#portal/form.ts';
import { type Frame, page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import { onDay, ref } from '#portal/values.ts';
import { addressOf } from './assess-link.ts';
import { shortId, viewOf } from './day.ts';
import { citation, valueText } from './law-shown.ts';
import type { CategoryRule, Pack, ValueRow, Zone } from './pack.ts';
import { packsPart } from './service.ts';
import { authorityName, nameIn, type Voice, voiceOf } from './voice.ts';

/** What a zone changes: its values, categories and desks beside those of the pack without it. */

interface Looked {
  readonly frame: Frame;
  readonly voice: Voice;
  readonly pack: Pack;
  readonly zone: Zone;
  readonly on: Day;
}

interface Changed {
  readonly id: string;
  readonly unit: string;
  readonly without: ValueRow | undefined;
  readonly within: ValueRow;
}

/** Values that the zone states for the day, with what holds outside it. */
export function changedValues(pack: Pack, zone: Zone, on: Day): Changed[] {
  const outside = viewOf(pack, on, null).values;
  const inside = viewOf(pack, on, zone.id).values;
  return [...zone.values.values()].flatMap(({ id, unit }) => {
    const within = inside.get(id);
    return within === undefined || within === outside.get(id) ? [] : [{ id, unit, without: outside.get(id), within }];
  });
}

const nothing = ({ frame: { t } }: Looked): Html => html`<p>${t('rulebook.zone.nothing')}</p>`;

function valuesTable(looked: Looked): Html {
  const { frame, voice, pack, zone, on } = looked;
  const { t } = frame;
  const cell = (unit: string, row: ValueRow | undefined): Fragment =>
    row === undefined
      ? '–'
      : html`${valueText(t, row.text, unit)}<br><span class="small">${citation(t, row.cited)}</span>`;
  return table({
    caption: t('rulebook.zone.values'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.rules.value'),
        cell: ({ id }: Changed) => html`${voice('value', id)}<br><span class="small">${ref(id)}</span>`,
        rowHeader: true,
      },
      { head: t('rulebook.zone.without'), cell: ({ unit, without }: Changed) => cell(unit, without) },
      { head: t('rulebook.zone.within'), cell: ({ unit, within }: Changed) => cell(unit, within) },
    ],
    rows: changedValues(pack, zone, on),
    empty: nothing(looked),
  });
}

function categoriesTable(looked: Looked): Html {
  const { frame, voice, pack, zone, on } = looked;
  const { t } = frame;
  return table({
    caption: t('rulebook.zone.categories'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.assess.category'),
        cell: ({ id }: CategoryRule) => voice('category', shortId(id)),
        rowHeader: true,
      },
      { head: t('rulebook.zone.without'), cell: () => t('rulebook.zone.not-listed') },
      { head: t('rulebook.zone.within'), cell: ({ commodity }: CategoryRule) => ref(commodity) },
      { head: t('rulebook.rules.source'), cell: ({ source }: CategoryRule) => source },
    ],
    rows: pack.program.categories.filter((one) => one.zone === zone.id && covers(one, on)),
    empty: nothing(looked),
  });
}

function desksTable(looked: Looked): Html {
  const { frame, voice, pack, zone } = looked;
  const { t } = frame;
  const seated = zone.desks.length > 0 ? zone.desks : pack.desks;
  return table({
    caption: t('rulebook.zone.desks'),
    hideCaption: true,
    columns: [
      {
        head: t('rulebook.zone.of'),
        cell: (authority: string) => authorityName(voice, authority),
        rowHeader: true,
      },
      { head: t('rulebook.zone.without'), cell: (authority: string) => authorityName(voice, authority) },
      {
        head: t('rulebook.zone.within'),
        cell: (authority: string) => {
          const desk = zone.acting.get(authority);
          if (desk !== undefined)
            return html`${authorityName(voice, desk)} ${tag(t('rulebook.sides.differs'), 'hand')}`;
          return seated.includes(authority) ? t('rulebook.zone.seated') : authorityName(voice, authority);
        },
      },
      { head: t('rulebook.rules.source'), cell: () => zone.source },
    ],
    rows: pack.desks.filter((one) => zone.acting.has(one) || zone.desks.includes(one)),
    empty: nothing(looked),
  });
}

function zonePage(looked: Looked): Html {
  const { frame, voice, pack, zone, on } = looked;
  const { t } = frame;
  const id = zone.id;
  const title = t('rulebook.zone.title', { zone: voice('zone', id) });
  const dates = html`<p>${onDay(t, zone.from)}${zone.until === undefined ? '' : html` – ${onDay(t, zone.until)}`} · ${zone.source}</p>`;
  const early = covers(zone, on) ? '' : inset(html`<p>${t('rulebook.zone.not-in-force')}</p>`, 'hand');
  const day = filterForm(t, {
    action: `/rules/${pack.id}/zones/${id}`,
    fields: formFields(t, { fields: [{ name: 'on', label: 'rulebook.rules.on', type: 'date', value: on }] }),
  });
  const tryIt = linkButton({
    text: t('rulebook.zone.try'),
    href: addressOf({ economy: pack.id, on, with: pack.id, 'with.zone': id }),
    kind: 'second',
  });
  const main = html`<h1>${title}</h1><p class="lead">${t('rulebook.zone.lead')}</p>${dates}${day}${early}<h2>${t('rulebook.zone.values')}</h2>${valuesTable(looked)}<h2>${t('rulebook.zone.categories')}</h2>${categoriesTable(looked)}<h2>${t('rulebook.zone.desks')}</h2>${desksTable(looked)}${tryIt}`;
  const economy = nameIn(t, pack.name);
  return page({
    ...frame,
    title,
    main,
    breadcrumbs: [
      { text: t('rulebook.rules.title'), href: '/rules' },
      { text: economy, href: `/rules/${pack.id}?on=${on}` },
      { text: voice('zone', id) },
    ],
    public: true,
    wide: true,
  });
}

/** Links to the zones of a pack; nothing where it has none. */
export function zoneLinks(voice: Voice, on: Day): Html | '' {
  const { pack, t } = voice;
  const links = [...pack.program.zones.keys()].map(
    (id) => html`<a href="/rules/${pack.id}/zones/${id}?on=${on}">${voice('zone', id)}</a>`,
  );
  return links.length === 0 ? '' : html`<p>${t('rulebook.zone.all')} ${join(links, ' · ')}</p>`;
}

/** A page for each zone of each pack, for everybody. */
export function zonePages(app: FastifyInstance, context: Context): void {
  type Named = { Params: { economy: string; zone: string }; Querystring: { on?: unknown } };
  app.get<Named>('/rules/:economy/zones/:zone', async (request, reply) => {
    const frame = await context.frame(request);
    const { t } = frame;
    const pack = context.reference.current().get(packsPart).all.get(request.params.economy);
    const zone = pack?.program.zones.get(request.params.zone);
    if (pack === undefined || zone === undefined) {
      const title = t('rulebook.zone.unknown');
      const main = html`<h1>${title}</h1><p><a href="/rules">${t('rulebook.rules.title')}</a></p>`;
      return sendPage(reply, page({ ...frame, title, main, public: true }), 404);
    }
    const { on: asked } = request.query;
    const on = parseDay(typeof asked === 'string' ? asked : '') ?? dayIn(context.clock.instant(), pack.timeZone);
    return sendPage(reply, zonePage({ frame, voice: voiceOf(t, pack), pack, zone, on }));
  });
}
