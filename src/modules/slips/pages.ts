import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html, join } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { emptyState, pagination, table, tabs, tag } from '#portal/components.ts';
import { countText } from '#portal/format.ts';
import { page } from '#portal/layout.ts';
import { sendPage } from '#portal/pages.ts';
import type { Tone } from '#portal/status.ts';
import type { Words } from '#portal/text.ts';
import { ref, when } from '#portal/values.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { kinds, type Reason, type State, states } from './model.ts';
import { type ShownSlip, slipCounts, slipList, type SlipQuery } from './views.ts';

const tones: Readonly<Record<State, Tone>> = {
  received: 'ink',
  matched: 'ink',
  contradicts: 'stopped',
  used: 'released',
  expired: 'hand',
};

const asked = (request: FastifyRequest, name: string): string | undefined => {
  const query: Record<string, unknown> =
    typeof request.query === 'object' && request.query !== null ? { ...request.query } : {};
  const value = query[name];
  return typeof value === 'string' ? value : undefined;
};

/** What the address asks for; what makes no sense is passed over, since a list is no form that could be wrong. */
function queryOf(request: FastifyRequest): SlipQuery {
  const state = states.find((one) => one === asked(request, 'state'));
  const slip = kinds.find((one) => one === asked(request, 'slip'));
  const before = asked(request, 'before');
  return {
    ...(state === undefined ? {} : { state }),
    ...(slip === undefined ? {} : { slip }),
    ...(before !== undefined && isUuid(before) ? { before } : {}),
  };
}

const address = (query: SlipQuery, more: Partial<Record<'state' | 'before', string | undefined>> = {}): string => {
  const kept = Object.entries({ ...query, ...more }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const text = new URLSearchParams(kept).toString();
  return text === '' ? '/slips' : `/slips?${text}`;
};

/** One difference in words: which field, what it says, and what the others say where this reader may know. */
function reasonText(t: Words, { code, field, found, expected }: Partial<Reason>): Html {
  const said = t.has(code ?? '') ? t(code ?? '') : undefined;
  const differs = t.html(expected === undefined || expected === '' ? 'slips.differs' : 'slips.differs-from', {
    field: ref(field ?? ''),
    found: ref(found ?? ''),
    expected: ref(expected ?? ''),
  });
  return html`<p class="small">${differs}${said === undefined ? '' : html` ${said}`}</p>`;
}

function slipsTable(t: Words, timeZone: string, rows: readonly ShownSlip[], everybody: boolean): Html {
  const due = ({ state, due: by }: ShownSlip) =>
    by === undefined || by === null || state === 'used' ? '–' : when(t, by, timeZone);
  return table({
    caption: t('slips.title'),
    hideCaption: true,
    columns: [
      { head: t('slips.number'), cell: (row: ShownSlip) => ref(row.number ?? ''), rowHeader: true },
      { head: t('slips.kind'), cell: ({ slip }: ShownSlip) => (slip === undefined ? '' : t(`slips.kind.${slip}`)) },
      ...(everybody ? [{ head: t('slips.sender'), cell: ({ sender }: ShownSlip) => ref(sender ?? '') }] : []),
      {
        head: t('slips.state'),
        cell: ({ state }: ShownSlip) => (state === undefined ? '–' : tag(t(`slips.state.${state}`), tones[state])),
      },
      {
        head: t('slips.reasons'),
        cell: ({ reasons = [] }: ShownSlip) =>
          reasons.length === 0 ? '–' : join(reasons.map((one) => reasonText(t, one))),
      },
      {
        head: t('slips.received'),
        cell: ({ received }: ShownSlip) => (received === undefined ? '–' : when(t, received, timeZone)),
      },
      { head: t('slips.due'), cell: due },
      {
        head: t('slips.parcel'),
        cell: ({ parcel }: ShownSlip) =>
          parcel === undefined || parcel === null
            ? '–'
            : html`<a href="/parcels/${parcel}">${ref(parcel.slice(-12))}</a>`,
      },
    ],
    rows,
  });
}

/** The ways through the list: every state that has slips, with how many. */
function ways(t: Words, query: SlipQuery, counts: Readonly<Record<string, number>>): Html {
  const { state: _state, before: _before, ...rest } = query;
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const shown = states.filter((state) => (counts[state] ?? 0) > 0 || state === query.state);
  return tabs(t('slips.states'), [
    {
      text: t('slips.all'),
      href: address(rest),
      current: query.state === undefined,
      count: countText(t.lang, all),
    },
    ...shown.map((state) => ({
      text: t(`slips.state.${state}`),
      href: address(rest, { state }),
      current: query.state === state,
      count: countText(t.lang, counts[state] ?? 0),
    })),
  ]);
}

async function listPage(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const principal = await context.identify(request);
  if (principal.assurance === 'none') return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
  const frame = await context.frame(request);
  const { t } = frame;
  const { timeZone } = context.reference.current().get(packsPart).home;
  const query = queryOf(request);
  const [{ rows, next }, counts] = await Promise.all([
    slipList(context, principal, query),
    slipCounts(context, principal),
  ]);
  const everybody = principal.party === null || principal.representations.length > 0;
  const list =
    rows.length === 0
      ? emptyState({ title: t('slips.empty'), body: t('slips.empty-text') })
      : slipsTable(t, timeZone, rows, everybody);
  const more = pagination(t, next === null ? {} : { next: address(query, { before: next }) });
  const main = html`<h1>${t('slips.title')}</h1><p class="lead">${t('slips.lead')} <a href="/messages">${t('slips.messages')}</a></p>${ways(t, query, counts)}${list}${more}`;
  return sendPage(reply, page({ ...frame, title: t('slips.title'), main, wide: true }));
}

/** Where a sender sees what became of his slips, and an authority those that nothing came of. */
export function pages(app: App, context: Context): void {
  app.get('/slips', { schema: { hide: true } }, (request, reply) => listPage(context, request, reply));
}
